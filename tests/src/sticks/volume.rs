//! What the writers of file systems have in common: the tree of files, the damage that is wanted, and where
//! things came to lie.

use std::ops::Range;

use serde::Deserialize;

/// A file or a folder.
#[derive(Debug, Clone)]
pub struct Node {
    /// Name, without slashes.
    pub name: String,
    /// What it holds.
    pub kind: NodeKind,
    /// What is particular to it.
    pub traits: Traits,
}

/// What a [`Node`] is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// A file and its bytes.
    File(Vec<u8>),
    /// A folder and what is in it.
    Folder(Vec<Node>),
}

/// What is particular to an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traits {
    /// An 8.3 name (`TELEME~1.JSO`) in place of the long one; FAT only.
    pub short: Option<String>,
    /// The entry is there, marked as deleted.
    #[serde(default)]
    pub deleted: bool,
    /// With the attribute "hidden".
    #[serde(default)]
    pub hidden: bool,
    /// How its clusters hang together.
    #[serde(default)]
    pub chain: Chain,
    /// The size that its entry claims, in bytes, when that is not the true one.
    pub claims: Option<u32>,
    /// The checksum of its long name (FAT) or of its entries (exFAT) is wrong.
    #[serde(default)]
    pub wrong_checksum: bool,
}

/// How the clusters of a file hang together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// As they should.
    #[default]
    Whole,
    /// The last one leads back to the first, and the entry claims more bytes than there are.
    Cyclic,
    /// The chain ends before the file does.
    Short,
    /// The chain leads out of the volume.
    Wild,
}

/// The state of the top folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Root {
    /// As it should be.
    #[default]
    Sound,
    /// Full of random bytes.
    Garbage,
    /// Its clusters lead in a circle and nowhere is an end.
    Cyclic,
}

/// What is particular to a volume.
#[derive(Debug, Clone, Default)]
pub struct VolumeTraits {
    /// Its label.
    pub label: Option<String>,
    /// It was pulled out while being written to.
    pub dirty: bool,
    /// Every other cluster is left out.
    pub scattered: bool,
    /// The top folder.
    pub root: Root,
    /// There is nothing but zeros in the boot sector and its copy.
    pub no_boot: bool,
    /// Bytes of a sector; 0 for the usual 512.
    pub sector: u16,
    /// This many empty files come before all others.
    pub crowd: usize,
    /// No cluster is left for anything new.
    pub full: bool,
}

/// Where things came to lie, as ranges of the disk.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Boot sectors and what belongs to them.
    pub boot: Range<u64>,
    /// Allocation tables.
    pub fat: Range<u64>,
    /// First cluster of the top folder.
    pub root: Range<u64>,
    /// Clusters of each file, by name.
    pub files: Vec<(String, Range<u64>)>,
}

/// Bytes that look random and are the same every time.
pub(super) fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

/// The tree with `crowd` empty files in front.
pub(super) fn crowded(nodes: &[Node], crowd: usize) -> Vec<Node> {
    let filler = (0..crowd).map(|number| Node {
        name: format!("Holiday picture number {number:05}.jpg"),
        kind: NodeKind::File(Vec::new()),
        traits: Traits::default(),
    });
    filler.chain(nodes.iter().cloned()).collect()
}
