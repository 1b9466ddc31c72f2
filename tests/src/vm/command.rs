//! The command line of QEMU, and the names that later commands use.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::process::Command;

use super::accel::Accel;
use super::arch::Arch;
use super::{Config, Network};
use crate::paths;

/// Name of the graphics card.
pub const SCREEN: &str = "screen";

/// No kernel message, cursor or logo over the player's picture; the console is the serial line.
/// What `systemd.condition_needs_update` leaves out was done when the image was made.
const KERNEL: &str = "root=PARTLABEL=rootfs_a fsck.repair=yes quiet vt.global_cursor_default=0 fbcon=map:9 logo.nologo \
    systemd.show_status=0 systemd.condition_needs_update=no audit=0";

/// Sockets of one machine.
#[derive(Debug)]
pub struct Sockets {
    pub qmp: PathBuf,
    pub agent: PathBuf,
}

impl Sockets {
    pub fn in_directory(directory: &Path) -> Self {
        Self { qmp: directory.join("qmp.sock"), agent: directory.join("agent.sock") }
    }

    /// Sockets of an earlier machine would be connected to before the new one listens.
    pub fn remove(&self) -> Result<()> {
        for path in [&self.qmp, &self.agent] {
            if path.exists() {
                std::fs::remove_file(path).with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }
}

/// Where the guest's serial console goes.
#[derive(Debug, Clone, Copy)]
pub enum Console<'a> {
    /// Into a file.
    File(&'a Path),
    /// To the terminal of this process, with QEMU's monitor behind Ctrl-A C.
    Terminal,
}

/// QEMU with everything that `config` asks for.
pub fn qemu(config: &Config, disk: &Path, console: Console<'_>, sockets: &Sockets, accel: Accel) -> Command {
    let image = paths::image();
    let (width, height) = config.screen;
    let mut command = bare(accel);
    command.arg("-kernel").arg(image.join("vmlinuz"));
    command.arg("-initrd").arg(image.join("initrd"));
    command.args(["-append", &format!("{KERNEL} console={} {}", Arch::current().console, config.append)]);
    command.args(["-smp", "2", "-m", &config.memory.to_string()]);

    let card = json!({ "driver": "virtio-gpu-pci", "id": SCREEN, "xres": width, "yres": height });
    device(&mut command, &card);
    device(&mut command, &json!({ "driver": "virtio-rng-pci" }));

    let file = json!({ "driver": "file", "filename": disk });
    drive(&mut command, &json!({ "node-name": "disk", "driver": "qcow2", "file": file }));
    device(&mut command, &json!({ "driver": "virtio-blk-pci", "drive": "disk" }));

    for (index, disk) in config.disks.iter().enumerate() {
        let name = format!("disk{index}");
        let file = json!({ "driver": "file", "filename": disk, "read-only": true });
        drive(&mut command, &json!({ "node-name": name, "driver": "raw", "read-only": true, "file": file }));
        device(&mut command, &json!({ "driver": "virtio-blk-pci", "drive": name }));
    }
    if let Some(share) = &config.share {
        let path = share.display();
        command.args(["-fsdev", &format!("local,id=share,path={path},security_model=none,readonly=on")]);
        device(
            &mut command,
            &json!({ "driver": "virtio-9p-pci", "fsdev": "share", "mount_tag": "checkout" }),
        );
    }

    for (index, network) in config.networks.iter().enumerate() {
        let restrict = if *network == Network::Isolated { "on" } else { "off" };
        // A subnet for each, so that no two cards have one address; the first is 10.0.2.0.
        let subnet = format!("10.0.{}.0/24", index + 2);
        let id = format!("net{index}");
        command.args(["-netdev", &format!("user,id={id},restrict={restrict},net={subnet}")]);
        device(&mut command, &json!({ "driver": "virtio-net-pci", "netdev": id }));
    }

    device(&mut command, &json!({ "driver": "qemu-xhci", "id": "usb" }));
    for (index, stick) in config.sticks.iter().enumerate() {
        let id = stick_id(index);
        drive(&mut command, &stick_drive(&id, stick));
        device(&mut command, &stick_device(&id));
    }

    for (name, value) in &config.credentials {
        command.args(Arch::current().credential(name, value));
    }

    match console {
        Console::File(path) => command.args(["-serial", &format!("file:{}", path.display())]),
        Console::Terminal => command.args(["-serial", "mon:stdio"]),
    };
    let socket = |path: &Path| format!("{},server=on,wait=off", path.display());
    command.args(["-qmp", &format!("unix:{}", socket(&sockets.qmp))]);
    command.args(["-chardev", &format!("socket,id=agent,path={}", socket(&sockets.agent))]);
    device(&mut command, &json!({ "driver": "virtio-serial-pci" }));
    let port = json!({ "driver": "virtserialport", "chardev": "agent", "name": "org.qemu.guest_agent.0" });
    device(&mut command, &port);
    command
}

/// QEMU with a processor and nothing else.
pub fn bare(accel: Accel) -> Command {
    let mut command = Command::new(&Arch::current().qemu);
    command.args([
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-machine",
        &Arch::current().machine,
    ]);
    command.args(accel.arguments());
    command
}

/// Name of the stick that was plugged in as number `index`.
pub fn stick_id(index: usize) -> String {
    format!("stick{index}")
}

/// The medium of a stick.
pub fn stick_drive(id: &str, image: &Path) -> Value {
    json!({
        "node-name": format!("{id}-drive"), "driver": "raw", "file": { "driver": "file", "filename": image },
    })
}

/// The medium of a stick that answers reads of `sectors` with an error.
pub fn worn_stick_drive(id: &str, image: &Path, sectors: Range<u64>) -> Value {
    let errors: Vec<Value> = sectors
        .map(|sector| json!({ "event": "none", "iotype": "read", "errno": 5, "sector": sector }))
        .collect();
    let file = json!({ "driver": "file", "filename": image });
    json!({
        "node-name": format!("{id}-drive"), "driver": "raw",
        "file": { "driver": "blkdebug", "image": file, "inject-error": errors },
    })
}

/// The medium of a write-protected stick.
pub fn protected_stick_drive(id: &str, image: &Path) -> Value {
    json!({
        "node-name": format!("{id}-drive"), "driver": "raw", "read-only": true,
        "file": { "driver": "file", "filename": image, "read-only": true },
    })
}

/// The stick around its medium.
pub fn stick_device(id: &str) -> Value {
    json!({
        "driver": "usb-storage", "id": id, "drive": format!("{id}-drive"), "bus": "usb.0", "removable": true,
    })
}

fn device(command: &mut Command, options: &Value) {
    command.args(["-device", &options.to_string()]);
}

fn drive(command: &mut Command, options: &Value) {
    command.args(["-blockdev", &options.to_string()]);
}
