//! Tells when the kernel says that something about a display changed.
//!
//! Uevents come straight from the kernel's netlink group 1, so this works before udev is up. They are a hint
//! only: who gets one looks at the device itself.

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, netlink};

const KERNEL_GROUP: u32 = 1;

/// Calls `changed` after each uevent of a DRM device, from a thread of its own, until it returns false.
pub fn watch(mut changed: impl FnMut() -> bool + Send + 'static) -> io::Result<()> {
    let socket = open()?;
    std::thread::Builder::new().name("hotplug".into()).spawn(move || {
        let mut message = [0; 8192];
        loop {
            match rustix::net::recv(&socket, &mut message[..], RecvFlags::empty()) {
                Ok((length, _)) if !concerns_display(&message[..length]) => {}
                // An overrun of the queue may have hidden one of ours.
                Ok(_) | Err(rustix::io::Errno::NOBUFS) => {
                    if !changed() {
                        return;
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => {
                    tracing::warn!(%error, "no more news about displays from the kernel");
                    return;
                }
            }
        }
    })?;
    Ok(())
}

fn open() -> io::Result<OwnedFd> {
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        Some(netlink::KOBJECT_UEVENT),
    )?;
    rustix::net::bind(&socket, &netlink::SocketAddrNetlink::new(0, KERNEL_GROUP))?;
    Ok(socket)
}

/// A uevent is a list of texts, each ended by a zero byte.
fn concerns_display(message: &[u8]) -> bool {
    message.split(|&byte| byte == 0).any(|field| field == b"SUBSYSTEM=drm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_events_of_displays_count() {
        assert!(concerns_display(b"change@/devices/x\0ACTION=change\0SUBSYSTEM=drm\0HOTPLUG=1\0"));
        assert!(!concerns_display(b"add@/devices/y\0ACTION=add\0SUBSYSTEM=usb\0X=SUBSYSTEM=drm\0"));
    }

    #[test]
    fn the_kernel_lets_anybody_listen() {
        open().unwrap();
    }
}
