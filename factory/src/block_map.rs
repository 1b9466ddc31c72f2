//! Block maps, as bmaptool makes them: which blocks of an image hold anything, and a checksum of each range.
//! Format 2.0 (XML): <https://docs.yoctoproject.org/dev/dev-manual/bmaptool.html>.

use std::path::Path;

use roxmltree::{Document, Node};
use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// What an image is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockMap {
    /// Size of the whole image in bytes.
    pub image_bytes: u64,
    /// Size of a block in bytes.
    pub block_bytes: u64,
    /// What is written, in order, without overlaps.
    pub ranges: Vec<Range>,
}

/// Blocks that are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// First block.
    pub first: u64,
    /// Last block.
    pub last: u64,
    /// SHA-256 of their bytes; of the image's last block only what the image has of it.
    pub sha256: [u8; 32],
}

/// Reads a block map. `path` is for messages.
pub fn parse(path: &Path, text: &str) -> Result<BlockMap> {
    let wrong = |detail: String| Error::BlockMap { path: path.to_owned(), detail };
    let document = Document::parse(text).map_err(|error| wrong(format!("it is not XML: {error}")))?;
    let root = document.root_element();
    if root.tag_name().name() != "bmap" {
        return Err(wrong("it is no block map".into()));
    }
    let version = root.attribute("version").unwrap_or_default();
    if version.split('.').next() != Some("2") {
        return Err(wrong(format!("its version is {version:?}; this reads version 2.0")));
    }
    let child = |name: &str| {
        let node = root.children().find(|node| node.has_tag_name(name));
        node.ok_or_else(|| wrong(format!("it has no {name}")))
    };
    let number = |name: &str| {
        let text = child(name)?.text().unwrap_or_default().trim();
        text.parse::<u64>().map_err(|_| wrong(format!("{name} is {text:?}, which is no number")))
    };
    if child("ChecksumType")?.text().unwrap_or_default().trim() != "sha256" {
        return Err(wrong("its checksums are not sha256".into()));
    }
    let own = child("BmapFileChecksum")?.text().unwrap_or_default().trim();
    if !is_own_checksum(text, own) {
        return Err(wrong("its own checksum does not match: it was changed or cut off".into()));
    }
    let (image_bytes, block_bytes) = (number("ImageSize")?, number("BlockSize")?);
    if block_bytes == 0 || image_bytes == 0 {
        return Err(wrong("sizes of zero".into()));
    }
    let blocks = image_bytes.div_ceil(block_bytes);
    let nodes = child("BlockMap")?.children().filter(|node| node.has_tag_name("Range"));
    let ranges: Vec<Range> = nodes.map(|node| range(node).map_err(&wrong)).collect::<Result<_>>()?;
    let mut next = 0;
    for range in &ranges {
        if range.first < next || range.last < range.first || range.last >= blocks {
            return Err(wrong(format!("the range {}-{} is out of place", range.first, range.last)));
        }
        next = range.last + 1;
    }
    if ranges.is_empty() {
        return Err(wrong("it has no ranges".into()));
    }
    Ok(BlockMap { image_bytes, block_bytes, ranges })
}

fn range(node: Node<'_, '_>) -> std::result::Result<Range, String> {
    let text = node.text().unwrap_or_default().trim();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |part: &str| part.trim().parse().map_err(|_| format!("{text:?} is no range of blocks"));
    let checksum = node.attribute("chksum").ok_or_else(|| format!("the range {text} has no checksum"))?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(checksum, &mut sha256)
        .map_err(|_| format!("the checksum of the range {text} is no sha256"))?;
    Ok(Range { first: number(first)?, last: number(last)?, sha256 })
}

/// The checksum of the file was made with zeros in its own place.
fn is_own_checksum(text: &str, checksum: &str) -> bool {
    let zeros = "0".repeat(checksum.len());
    checksum.len() == 64 && hex::encode(Sha256::digest(text.replacen(checksum, &zeros, 1))) == checksum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block map of these ranges with its own checksum.
    fn map(ranges: &str, image_bytes: u64) -> String {
        let zeros = "0".repeat(64);
        let text = format!(
            "<?xml version=\"1.0\" ?>\n<bmap version=\"2.0\">\n<ImageSize> {image_bytes} </ImageSize>\n\
             <BlockSize> 4096 </BlockSize>\n<ChecksumType> sha256 </ChecksumType>\n\
             <BmapFileChecksum> {zeros} </BmapFileChecksum>\n<BlockMap>{ranges}</BlockMap>\n</bmap>\n"
        );
        let own = hex::encode(Sha256::digest(&text));
        text.replacen(&zeros, &own, 1)
    }

    fn entry(blocks: &str) -> String {
        format!("<Range chksum=\"{}\"> {blocks} </Range>", "ab".repeat(32))
    }

    fn refusal(text: &str) -> String {
        parse(Path::new("x.bmap"), text).unwrap_err().to_string()
    }

    #[test]
    fn ranges_of_one_and_of_many_blocks_are_read() {
        let text = map(&(entry("0-3") + &entry("9")), 40_961);
        let map = parse(Path::new("x.bmap"), &text).unwrap();
        assert_eq!((map.image_bytes, map.block_bytes), (40_961, 4096));
        assert_eq!(map.ranges[1], Range { first: 9, last: 9, sha256: [0xab; 32] });
    }

    #[test]
    fn what_is_no_sound_map_is_refused_in_words() {
        let sound = map(&entry("0-3"), 40_960);
        assert!(refusal(&sound.replace("40960", "81920")).contains("own checksum"));
        assert!(refusal(&map(&(entry("0-3") + &entry("3-4")), 40_960)).contains("3-4 is out of place"));
        assert!(refusal(&map(&entry("0-10"), 40_960)).contains("0-10 is out of place"));
        assert!(refusal(&map("", 40_960)).contains("no ranges"));
        assert!(refusal("<bmap version=\"1.4\"/>").contains("version 2.0"));
        assert!(refusal("<html/>").contains("no block map"));
        assert!(refusal("").contains("not XML"));
    }
}
