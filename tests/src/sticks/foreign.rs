//! File systems that a screen does not read: made by their own tools where those are installed, else as much of
//! their superblock, by its published layout, as tells what they are.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::disk::{Area, le16, le32, le64};
use super::volume::noise;

const MIB: u64 = 1 << 20;

/// What a stick may hold besides FAT and exFAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    Ntfs,
    Ext4,
    Apfs,
    Hfsplus,
    Luks,
    Bitlocker,
    Iso9660,
    Udf,
    Btrfs,
    Xfs,
    F2fs,
    Swap,
    Lvm,
    Raid,
    Squashfs,
    Refs,
    /// Nothing but zeros.
    Empty,
    /// Bytes without meaning.
    Noise,
}

impl Foreign {
    /// A size that its tool accepts.
    pub fn usual_bytes(self) -> u64 {
        match self {
            Self::Btrfs => 128 * MIB,
            Self::F2fs => 64 * MIB,
            _ => 16 * MIB,
        }
    }

    /// Its type in an MBR.
    pub fn usual_kind(self) -> u8 {
        match self {
            Self::Ntfs | Self::Bitlocker | Self::Refs => 0x07,
            Self::Swap => 0x82,
            Self::Lvm => 0x8e,
            Self::Raid => 0xfd,
            Self::Hfsplus | Self::Apfs => 0xaf,
            _ => 0x83,
        }
    }

    /// The tool that makes it, with its arguments.
    fn tool(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Ext4 => &["mkfs.ext4", "-q", "-F"],
            Self::Ntfs => &["mkfs.ntfs", "-q", "-F", "-Q", "-s", "512"],
            Self::Btrfs => &["mkfs.btrfs", "-q", "-f"],
            Self::F2fs => &["mkfs.f2fs", "-q", "-f"],
            _ => return None,
        })
    }
}

/// Fills `area`.
pub fn write(area: &mut Area<'_>, foreign: Foreign) -> io::Result<()> {
    if let Some(arguments) = foreign.tool()
        && by_tool(area, arguments)?
    {
        return Ok(());
    }
    superblock(area, foreign);
    Ok(())
}

/// Whether the tool is there and did it.
fn by_tool(area: &mut Area<'_>, arguments: &[&str]) -> io::Result<bool> {
    let path = scratch();
    std::fs::File::create(&path)?.set_len(area.bytes)?;
    let mut command = Command::new(arguments[0]);
    let search = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{search}:/usr/sbin:/sbin")).args(&arguments[1..]).arg(&path);
    let made = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let made = made.is_ok_and(|status| status.success());
    if made {
        area.disk.load(area.start, &path)?;
    }
    std::fs::remove_file(&path)?;
    Ok(made)
}

/// A file of this thread alone.
fn scratch() -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    std::env::temp_dir().join(format!("signage-stick-{}-{thread}.img", std::process::id()))
}

/// What tells the file system, and nothing else.
pub fn superblock(area: &mut Area<'_>, foreign: Foreign) {
    match foreign {
        Foreign::Empty => {}
        Foreign::Noise => area.put(0, &noise(MIB as usize)),
        Foreign::Ntfs => ntfs(area),
        Foreign::Ext4 => ext4(area),
        Foreign::Apfs => apfs(area),
        Foreign::Hfsplus => {
            let mut header = [0; 512];
            header[..4].copy_from_slice(&[b'H', b'+', 0, 4]);
            header[40..44].copy_from_slice(&4096u32.to_be_bytes());
            header[44..48].copy_from_slice(&((area.bytes / 4096) as u32).to_be_bytes());
            area.put(1024, &header);
        }
        Foreign::Luks => {
            let mut header = [0; 592];
            header[..8].copy_from_slice(b"LUKS\xba\xbe\0\x01");
            header[8..11].copy_from_slice(b"aes");
            header[40..51].copy_from_slice(b"xts-plain64");
            header[72..78].copy_from_slice(b"sha256");
            header[168..204].copy_from_slice(b"6c0ecb14-7a4e-4c0d-9c63-0d9a5bd5b7a1");
            area.put(0, &header);
        }
        Foreign::Bitlocker => {
            let mut boot = [0; 512];
            boot[..11].copy_from_slice(b"\xeb\x58\x90-FVE-FS-");
            le16(&mut boot, 11, 512);
            boot[13] = 8;
            boot[160..176].copy_from_slice(&[
                0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0,
                0x01,
            ]);
            le64(&mut boot, 176, 4 * MIB);
            boot[510..].copy_from_slice(&[0x55, 0xaa]);
            area.put(0, &boot);
            area.put(4 * MIB, b"-FVE-FS-\x3f\0\x02\0");
        }
        Foreign::Iso9660 => {
            let mut primary = [0; 2048];
            primary[..7].copy_from_slice(b"\x01CD001\x01");
            primary[8..40].fill(b' ');
            primary[40..72].copy_from_slice(b"INSTALLER                       ");
            le32(&mut primary, 80, (area.bytes / 2048) as u32);
            le16(&mut primary, 128, 2048);
            area.put(16 * 2048, &primary);
            area.put(17 * 2048, b"\xffCD001\x01");
        }
        Foreign::Udf => {
            for (index, name) in [b"BEA01", b"NSR03", b"TEA01"].into_iter().enumerate() {
                area.put((16 + index as u64) * 2048, &[&[0], &name[..], &[1]].concat());
            }
        }
        Foreign::Btrfs => {
            let mut header = [0; 4096];
            le64(&mut header, 48, 0x1_0000);
            header[64..72].copy_from_slice(b"_BHRfS_M");
            le64(&mut header, 112, area.bytes);
            area.put(0x1_0000, &header);
        }
        Foreign::Xfs => {
            let mut header = [0; 512];
            header[..8].copy_from_slice(b"XFSB\0\0\x10\0");
            header[8..16].copy_from_slice(&(area.bytes / 4096).to_be_bytes());
            header[100..106].copy_from_slice(&[0xb4, 0xa5, 2, 0, 2, 0]);
            area.put(0, &header);
        }
        Foreign::F2fs => {
            let mut header = [0; 512];
            le32(&mut header, 0, 0xf2f5_2010);
            le16(&mut header, 4, 1);
            area.put(1024, &header);
        }
        Foreign::Swap => {
            let mut header = [0; 4096];
            le32(&mut header, 1024, 1);
            le32(&mut header, 1028, (area.bytes / 4096 - 1) as u32);
            header[4086..].copy_from_slice(b"SWAPSPACE2");
            area.put(0, &header);
        }
        Foreign::Lvm => {
            let mut label = [0; 512];
            label[..8].copy_from_slice(b"LABELONE");
            le64(&mut label, 8, 1);
            le32(&mut label, 20, 32);
            label[24..32].copy_from_slice(b"LVM2 001");
            area.put(512, &label);
        }
        Foreign::Raid => {
            let mut header = [0; 256];
            le32(&mut header, 0, 0xa92b_4efc);
            le32(&mut header, 4, 1);
            le64(&mut header, 144, 8);
            area.put(4096, &header);
        }
        Foreign::Squashfs => {
            let mut header = [0; 96];
            header[..4].copy_from_slice(b"hsqs");
            le32(&mut header, 12, 0x2_0000);
            le16(&mut header, 20, 1);
            le16(&mut header, 22, 17);
            le16(&mut header, 28, 4);
            area.put(0, &header);
        }
        Foreign::Refs => {
            let mut boot = [0; 512];
            boot[3..7].copy_from_slice(b"ReFS");
            boot[16..20].copy_from_slice(b"FSRS");
            le16(&mut boot, 20, 512);
            le64(&mut boot, 24, area.bytes / 512);
            le32(&mut boot, 32, 512);
            le32(&mut boot, 36, 128);
            boot[40] = 3;
            area.put(0, &boot);
        }
    }
}

fn ntfs(area: &mut Area<'_>) {
    let mut boot = [0; 512];
    boot[..11].copy_from_slice(b"\xeb\x52\x90NTFS    ");
    le16(&mut boot, 11, 512);
    boot[13] = 8;
    boot[21] = 0xf8;
    le64(&mut boot, 40, area.bytes / 512 - 1);
    le64(&mut boot, 48, 4);
    le64(&mut boot, 56, 2);
    (boot[64], boot[68]) = (0xf6, 1);
    boot[510..].copy_from_slice(&[0x55, 0xaa]);
    area.put(0, &boot);
    area.put(4 * 4096, b"FILE");
}

fn ext4(area: &mut Area<'_>) {
    let mut header = [0; 1024];
    le32(&mut header, 0, 4096);
    le32(&mut header, 4, (area.bytes / 4096) as u32);
    le32(&mut header, 24, 2);
    le16(&mut header, 56, 0xef53);
    le32(&mut header, 76, 1);
    // A journal, extents, 64 bit.
    (header[92], header[96]) = (0x04, 0xc2);
    area.put(1024, &header);
}

fn apfs(area: &mut Area<'_>) {
    let mut block = [0; 4096];
    le64(&mut block, 8, 1);
    le64(&mut block, 16, 2);
    le32(&mut block, 24, 0x8000_0001);
    block[32..36].copy_from_slice(b"NXSB");
    le32(&mut block, 36, 4096);
    le64(&mut block, 40, area.bytes / 4096);
    // Fletcher's checksum over words of 32 bits, of everything behind itself.
    let (mut one, mut two) = (0u64, 0u64);
    for word in block[8..].chunks_exact(4) {
        let word = word.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        one = (one + word) % 0xffff_ffff;
        two = (two + one) % 0xffff_ffff;
    }
    let low = 0xffff_ffff - (one + two) % 0xffff_ffff;
    let high = 0xffff_ffff - (one + low) % 0xffff_ffff;
    le64(&mut block, 0, (high << 32) | low);
    area.put(0, &block);
}
