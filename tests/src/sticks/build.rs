//! From the description of a stick to its bytes.

use anyhow::{Context as _, Result, ensure};
use signage_protocol::config::FILE_NAME;

use super::disk::{Area, SparseDisk};
use super::fat::Width;
use super::spec::{File, Fs, Place, Stick, Volume};
use super::table::{self, Wanted};
use super::volume::{Node, NodeKind, Traits, VolumeTraits, Written};
use super::{exfat, fat, foreign};

const MIB: u64 = 1 << 20;
const KIB: u64 = 1 << 10;

/// Builds a stick of the case called `case`.
pub fn build(stick: &Stick, case: &str) -> Result<SparseDisk> {
    let wanted: Vec<Wanted> = stick.volumes.iter().map(wanted).collect();
    let (starts, bytes) = table::places(stick.table, &wanted);
    let mut disk = SparseDisk::new(if stick.no_medium { 0 } else { bytes });
    let mut written = Vec::new();
    for ((volume, wanted), start) in stick.volumes.iter().zip(&wanted).zip(&starts) {
        let mut area = Area { disk: &mut disk, start: *start, bytes: wanted.bytes };
        written.push(fill(&mut area, volume, case).with_context(|| format!("{:?}", volume.fs))?);
    }
    table::write(stick.table, &mut disk, &wanted, &starts);
    if let Some(kib) = stick.truncated_kib {
        disk.truncate(kib * KIB);
    }
    for place in &stick.unreadable {
        let bad = match (place, written.first()) {
            (Place::All, _) => 0..disk.bytes(),
            (Place::FirstSector, _) => 0..512,
            (Place::Boot, Some(written)) => written.boot.clone(),
            (Place::Fat, Some(written)) => written.fat.clone(),
            (Place::Root, Some(written)) => written.root.clone(),
            (Place::File, Some(written)) => {
                let file = written.files.iter().find(|(name, _)| name.eq_ignore_ascii_case(FILE_NAME));
                file.context("no provisioning file to be unreadable")?.1.clone()
            }
            (_, None) => anyhow::bail!("no volume to be unreadable"),
        };
        disk.unreadable.push(bad);
    }
    Ok(disk)
}

fn wanted(volume: &Volume) -> Wanted {
    let usual = match volume.fs {
        Fs::Fat12 => 4 * MIB,
        Fs::Fat16 => 16 * MIB,
        Fs::Fat32 => 36 * MIB,
        Fs::Exfat => 8 * MIB,
        Fs::Foreign(foreign) => foreign.usual_bytes(),
    };
    let kind = match volume.fs {
        Fs::Fat12 => 0x01,
        Fs::Fat16 => 0x0e,
        Fs::Fat32 => 0x0c,
        Fs::Exfat => 0x07,
        Fs::Foreign(foreign) => foreign.usual_kind(),
    };
    Wanted {
        bytes: volume.mib.map_or(usual, |mib| mib * MIB),
        kind: volume.kind.unwrap_or(kind),
        logical: volume.logical,
        esp: volume.esp,
    }
}

fn fill(area: &mut Area<'_>, volume: &Volume, case: &str) -> Result<Written> {
    if let Some(before) = volume.before {
        foreign::superblock(area, before);
    }
    let width = match volume.fs {
        Fs::Fat12 => Some(Width::Twelve),
        Fs::Fat16 => Some(Width::Sixteen),
        Fs::Fat32 => Some(Width::ThirtyTwo),
        Fs::Exfat => None,
        Fs::Foreign(foreign) => {
            ensure!(volume.files.is_none(), "files on a foreign file system");
            foreign::write(area, foreign)?;
            return Ok(Written::default());
        }
    };
    let nodes = tree(volume.files.as_deref().unwrap_or(&[File::default()]), case)?;
    let traits = VolumeTraits {
        label: volume.label.clone(),
        dirty: volume.dirty,
        scattered: volume.scattered,
        root: volume.root,
        no_boot: volume.no_boot,
        sector: volume.sector,
        crowd: volume.crowd,
        full: volume.full,
    };
    Ok(match width {
        Some(width) => fat::write(area, width, &nodes, &traits),
        None => exfat::write(area, &nodes, &traits),
    })
}

fn tree(files: &[File], case: &str) -> Result<Vec<Node>> {
    let mut nodes = Vec::new();
    // What a signature is over: the first file.
    let mut first = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let path = file.name.as_deref().unwrap_or(FILE_NAME);
        let content = file.content.bytes(case, &first).with_context(|| path.to_owned())?;
        if index == 0 {
            first.clone_from(&content);
        }
        add(&mut nodes, path, content, &file.traits);
    }
    Ok(nodes)
}

fn add(nodes: &mut Vec<Node>, path: &str, content: Vec<u8>, traits: &Traits) {
    let Some((folder, rest)) = path.split_once('/') else {
        let kind = NodeKind::File(content);
        nodes.push(Node { name: path.to_owned(), kind, traits: traits.clone() });
        return;
    };
    let place = nodes.iter().position(|node| node.name == folder).unwrap_or_else(|| {
        let traits = if rest.is_empty() { traits.clone() } else { Traits::default() };
        nodes.push(Node { name: folder.to_owned(), kind: NodeKind::Folder(Vec::new()), traits });
        nodes.len() - 1
    });
    if let NodeKind::Folder(inner) = &mut nodes[place].kind
        && !rest.is_empty()
    {
        add(inner, rest, content, traits);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::foreign::Foreign;
    use super::*;

    fn run(program: &str, arguments: &[&str], volume: &Volume) -> Option<(bool, String)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("stick.img");
        let stick = Stick { volumes: vec![volume.clone()], ..Stick::default() };
        build(&stick, "real").unwrap().dump(&path).unwrap();
        let search = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let output = Command::new(program).env("PATH", search).args(arguments).arg(&path).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
    }

    fn volumes(fs: Fs) -> Vec<Volume> {
        let plain = Volume { fs, label: Some("SIGNAGE".into()), ..Volume::default() };
        let file = |name: &str, size| File {
            name: Some(name.into()),
            content: super::super::content::Content { pad: Some(size), ..Default::default() },
            ..File::default()
        };
        let files =
            vec![file("Holiday in Köln.jpg", 100_000), file("A/B/deep.txt", 9000), file(FILE_NAME, 60)];
        let busy = Volume { files: Some(files), ..plain.clone() };
        vec![Volume { scattered: true, ..busy.clone() }, Volume { crowd: 400, ..plain.clone() }, busy, plain]
    }

    /// The tools that people repair sticks with have nothing to complain about.
    #[test]
    fn the_file_systems_are_sound() {
        for (fs, program) in [
            (Fs::Fat12, "fsck.vfat"),
            (Fs::Fat16, "fsck.vfat"),
            (Fs::Fat32, "fsck.vfat"),
            (Fs::Exfat, "fsck.exfat"),
        ] {
            for (index, mut volume) in volumes(fs).into_iter().enumerate() {
                if fs == Fs::Fat12 || fs == Fs::Fat16 {
                    // Their top folder has room for 512 entries.
                    volume.crowd = volume.crowd.min(100);
                }
                if let Some((fine, text)) = run(program, &["-n"], &volume) {
                    assert!(fine, "{fs:?} {index}: {text}");
                    assert!(!text.to_lowercase().contains("error"), "{fs:?} {index}: {text}");
                }
            }
        }
    }

    /// blkid knows the others, whether they were made by their own tool or here.
    #[test]
    fn the_foreign_file_systems_are_recognised() {
        for (foreign, name) in [
            (Foreign::Ntfs, "ntfs"),
            (Foreign::Ext4, "ext4"),
            (Foreign::Apfs, "apfs"),
            (Foreign::Hfsplus, "hfsplus"),
            (Foreign::Luks, "crypto_LUKS"),
            (Foreign::Bitlocker, "BitLocker"),
            (Foreign::Iso9660, "iso9660"),
            (Foreign::Btrfs, "btrfs"),
            (Foreign::F2fs, "f2fs"),
            (Foreign::Swap, "swap"),
        ] {
            let volume = Volume { fs: Fs::Foreign(foreign), ..Volume::default() };
            let Some((_, text)) = run("blkid", &["-p", "-o", "value", "-s", "TYPE"], &volume) else { return };
            assert_eq!(text.trim(), name);
        }
    }
}
