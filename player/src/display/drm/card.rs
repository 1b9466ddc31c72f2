//! One DRM device: opening it as its master, and which way a picture takes through it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use drm::control::{
    Device as _, Mode, ModeFlags, ModeTypeFlags, PlaneType, connector, crtc, plane, property,
};
use drm::{ClientCapability, Device as _};

/// An open device node with modesetting rights.
#[derive(Debug)]
pub struct Card {
    file: File,
    path: PathBuf,
}

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl drm::Device for Card {}
impl drm::control::Device for Card {}

/// The way of a picture: plane, CRTC, connector, and the modes to try in order.
#[derive(Debug, Clone)]
pub struct Route {
    pub connector: connector::Handle,
    /// Such as `HDMI-A-1`.
    pub name: String,
    pub crtc: crtc::Handle,
    pub plane: plane::Handle,
    /// Best first, never empty.
    pub modes: Vec<Mode>,
}

/// Property handles of one object, by name.
pub type Properties = HashMap<String, property::Info>;

/// Device nodes that may drive a screen, in the order of their numbers.
pub fn nodes(directory: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.strip_prefix("card")?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

impl Card {
    /// Opens the node and becomes its master. The first to open a device is its master without any
    /// privilege; if somebody else is, this fails with `EACCES` or `EBUSY`, and is worth another try.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let card = Self { file, path: path.to_owned() };
        card.set_client_capability(ClientCapability::UniversalPlanes, true)?;
        card.set_client_capability(ClientCapability::Atomic, true)?;
        card.acquire_master_lock()?;
        Ok(card)
    }

    /// Its device node.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Finds a connected screen and a way to it; `None` when nothing is connected. With `probe` the hardware
    /// is asked for the screen's modes, which takes tens of milliseconds; without, the kernel's last
    /// knowledge counts.
    pub fn route(&self, probe: bool) -> io::Result<Option<Route>> {
        let resources = self.resource_handles()?;
        for &handle in resources.connectors() {
            let info = self.get_connector(handle, probe)?;
            if info.state() != connector::State::Connected || info.modes().is_empty() {
                continue;
            }
            for crtc in self.crtcs_for(&info, &resources)? {
                if let Some(plane) = self.primary_plane(crtc, &resources)? {
                    let name = format!("{}-{}", info.interface().as_str(), info.interface_id());
                    return Ok(Some(Route {
                        connector: handle,
                        name,
                        crtc,
                        plane,
                        modes: ranked(info.modes()),
                    }));
                }
            }
        }
        Ok(None)
    }

    /// Whether the kernel believes that a screen is connected there.
    pub fn is_connected(&self, handle: connector::Handle) -> io::Result<bool> {
        Ok(self.get_connector(handle, false)?.state() == connector::State::Connected)
    }

    /// CRTCs that can feed a connector. The one that does so already comes first, since keeping it needs no
    /// change elsewhere.
    fn crtcs_for(
        &self,
        info: &connector::Info,
        resources: &drm::control::ResourceHandles,
    ) -> io::Result<Vec<crtc::Handle>> {
        let mut crtcs = Vec::new();
        if let Some(encoder) = info.current_encoder() {
            crtcs.extend(self.get_encoder(encoder)?.crtc());
        }
        for &encoder in info.encoders() {
            let possible = self.get_encoder(encoder)?.possible_crtcs();
            crtcs.extend(resources.filter_crtcs(possible));
        }
        Ok(crtcs)
    }

    fn primary_plane(
        &self,
        crtc: crtc::Handle,
        resources: &drm::control::ResourceHandles,
    ) -> io::Result<Option<plane::Handle>> {
        for handle in self.plane_handles()? {
            let info = self.get_plane(handle)?;
            let fits = resources.filter_crtcs(info.possible_crtcs()).contains(&crtc)
                && info.formats().contains(&(drm::buffer::DrmFourcc::Xrgb8888 as u32));
            if fits && self.raw_value(handle, "type")? == Some(u64::from(PlaneType::Primary as u32)) {
                return Ok(Some(handle));
            }
        }
        Ok(None)
    }

    /// All properties of an object, by name.
    pub fn properties<H: drm::control::ResourceHandle>(&self, handle: H) -> io::Result<Properties> {
        self.get_properties(handle)?.as_hashmap(self)
    }

    /// The present value of one property.
    pub fn raw_value<H: drm::control::ResourceHandle>(
        &self,
        handle: H,
        name: &str,
    ) -> io::Result<Option<u64>> {
        for (&id, &value) in &self.get_properties(handle)? {
            if self.get_property(id)?.name().to_bytes() == name.as_bytes() {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

/// The screen's own choice first, then what nearly every screen takes, then the rest as the screen lists it.
fn ranked(modes: &[Mode]) -> Vec<Mode> {
    let rank = |mode: &Mode| {
        if mode.mode_type().contains(ModeTypeFlags::PREFERRED) {
            return 0;
        }
        match (mode.size(), mode.vrefresh()) {
            _ if mode.flags().contains(ModeFlags::INTERLACE) => 4,
            ((1920, 1080), 60) => 1,
            ((1280, 720), 60) => 2,
            _ => 3,
        }
    };
    let mut modes = modes.to_vec();
    modes.sort_by_key(rank);
    modes
}
