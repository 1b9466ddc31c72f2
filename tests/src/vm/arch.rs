//! The architecture of the machines, by what `images/qemu/arch` says of it. `SIGNAGE_ARCH` names another one than
//! that of a PC, as `make scenarios ARCH=arm64` does.

use std::sync::LazyLock;

const AMD64: &str = "amd64";
const KNOWN: [(&str, &str); 2] = [
    (AMD64, include_str!("../../../images/qemu/arch/amd64")),
    ("arm64", include_str!("../../../images/qemu/arch/arm64")),
];

/// What differs between architectures.
#[derive(Debug)]
pub struct Arch {
    /// As Debian calls it.
    pub name: String,
    /// As Rust calls it.
    pub target: String,
    /// The emulator.
    pub qemu: String,
    /// The board that it plays.
    pub machine: String,
    /// The processor, where it is translated.
    pub processor: String,
    /// The kernel's name of the serial console.
    pub console: String,
    /// How many times longer than on a calm PC everything may take that is waited for.
    pub patience: u32,
}

impl Arch {
    /// The one that was asked for. One that is not known has no emulator and starts nothing.
    pub fn current() -> &'static Self {
        static CURRENT: LazyLock<Arch> = LazyLock::new(|| {
            let name = std::env::var("SIGNAGE_ARCH").unwrap_or_else(|_| AMD64.to_owned());
            let file = KNOWN.iter().find(|(known, _)| *known == name).map_or("", |(_, file)| file);
            Arch::read(&name, file)
        });
        &CURRENT
    }

    fn read(name: &str, file: &str) -> Self {
        let value = |key: &str| {
            let line = file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().to_owned()
        };
        Self {
            name: name.to_owned(),
            target: value("TARGET"),
            qemu: value("QEMU"),
            machine: value("MACHINE"),
            processor: value("PROCESSOR"),
            console: value("CONSOLE"),
            patience: value("PATIENCE").parse().unwrap_or(1),
        }
    }

    /// Whether it is the one that this program runs on.
    pub fn is_native(&self) -> bool {
        self.target.starts_with(std::env::consts::ARCH)
    }

    /// Arguments of QEMU for a systemd credential. Without firmware nothing on the Arm board finds SMBIOS tables.
    pub fn credential(&self, name: &str, value: &str) -> [String; 2] {
        if self.name == AMD64 {
            ["-smbios".to_owned(), format!("type=11,value=io.systemd.credential:{name}={value}")]
        } else {
            ["-fw_cfg".to_owned(), format!("name=opt/io.systemd.credentials/{name},string={value}")]
        }
    }

    /// The name of a directory below `target/` that there is once for each architecture.
    pub fn directory(&self, name: &str) -> String {
        if self.name == AMD64 { name.to_owned() } else { format!("{name}-{}", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_one_is_described_in_full() {
        for (name, file) in KNOWN {
            let arch = Arch::read(name, file);
            for value in [&arch.target, &arch.qemu, &arch.machine, &arch.processor, &arch.console] {
                assert!(!value.is_empty(), "{arch:?}");
            }
            assert!(file.contains(&format!("PATIENCE={}", arch.patience)), "{arch:?}");
        }
    }
}
