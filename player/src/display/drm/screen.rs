//! A lit output: two buffers in dumb memory, one atomic commit with a modeset, then one small commit per
//! picture.
//!
//! Commits block until the kernel has taken the picture over, so the buffer that is not shown may always be
//! written. With a driver without vertical blanking this returns at once; pacing is not done here.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::atomic::AtomicModeReq;
use drm::control::dumbbuffer::{DumbBuffer, DumbMapping};
use drm::control::property::Value;
use drm::control::{
    AtomicCommitFlags, Device as _, Mode, ResourceHandle, connector, crtc, framebuffer, plane, property,
};

use super::card::{Card, Properties, Route};
use crate::frame::{Frame, Size};

/// One screen in one mode.
#[derive(Debug)]
pub struct Screen {
    card: Arc<Card>,
    route: Route,
    mode: Mode,
    buffers: [Buffer; 2],
    front: usize,
    lit: bool,
    plane_fb: property::Handle,
}

struct Buffer {
    card: Arc<Card>,
    dumb: DumbBuffer,
    framebuffer: framebuffer::Handle,
    /// Writable for as long as the buffer lives: mapping anew for each picture would fault in every page.
    mapping: Option<DumbMapping<'static>>,
}

impl Screen {
    /// Takes the first mode that the kernel would accept. The screen changes with the first picture, so it
    /// never shows an empty buffer.
    pub fn new(card: &Arc<Card>, route: Route) -> io::Result<Self> {
        let mut result = Err(io::Error::other("the screen has no mode"));
        for &mode in &route.modes {
            match Self::with_mode(card, &route, mode) {
                Ok(screen) => return Ok(screen),
                Err(error) => {
                    tracing::debug!(connector = route.name, mode = %name(&mode), %error, "mode not possible");
                    // The reason of the best mode is the one that counts.
                    if result.as_ref().is_err_and(|error| error.raw_os_error().is_none()) {
                        result = Err(error);
                    }
                }
            }
        }
        result
    }

    fn with_mode(card: &Arc<Card>, route: &Route, mode: Mode) -> io::Result<Self> {
        let (width, height) = mode.size();
        let size = Size::new(width.into(), height.into());
        let buffers = [Buffer::new(card, size)?, Buffer::new(card, size)?];
        let plane_fb = find(&card.properties(route.plane)?, "FB_ID")?;
        let screen =
            Self { card: card.clone(), route: route.clone(), mode, buffers, front: 0, lit: false, plane_fb };
        screen.modeset(AtomicCommitFlags::TEST_ONLY, screen.buffers[0].framebuffer)?;
        Ok(screen)
    }

    pub fn card(&self) -> &Arc<Card> {
        &self.card
    }

    pub const fn route(&self) -> &Route {
        &self.route
    }

    pub fn mode_name(&self) -> String {
        name(&self.mode)
    }

    pub fn size(&self) -> Size {
        let (width, height) = self.mode.size();
        Size::new(width.into(), height.into())
    }

    pub fn refresh(&self) -> Duration {
        Duration::from_micros(1_000_000 / u64::from(self.mode.vrefresh().clamp(1, 240)))
    }

    /// Draws into the buffer that is not shown and shows it.
    pub fn show(&mut self, frame: &Frame) -> io::Result<()> {
        let back = 1 - self.front;
        self.buffers[back].draw(frame);
        let framebuffer = self.buffers[back].framebuffer;
        if self.lit {
            let mut request = AtomicModeReq::new();
            request.add_property(self.route.plane, self.plane_fb, Value::Framebuffer(Some(framebuffer)));
            self.card.atomic_commit(AtomicCommitFlags::empty(), request)?;
        } else {
            self.modeset(AtomicCommitFlags::empty(), framebuffer)?;
            self.lit = true;
        }
        self.front = back;
        Ok(())
    }

    /// Sets the whole state of the card: this screen on, all others off. Where other outputs cannot be
    /// switched off, they are left alone.
    fn modeset(&self, flags: AtomicCommitFlags, framebuffer: framebuffer::Handle) -> io::Result<()> {
        let blob = self.card.create_property_blob(&self.mode)?;
        let flags = flags | AtomicCommitFlags::ALLOW_MODESET;
        let result = self
            .request(blob, framebuffer, true)
            .and_then(|request| self.card.atomic_commit(flags, request))
            .or_else(|error| match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
                Some(rustix::io::Errno::INVAL) => {
                    self.card.atomic_commit(flags, self.request(blob, framebuffer, false)?)
                }
                _ => Err(error),
            });
        if let Value::Blob(id) = blob {
            // The kernel keeps what it uses.
            let _ = self.card.destroy_property_blob(id);
        }
        result
    }

    fn request(
        &self,
        mode: Value<'static>,
        framebuffer: framebuffer::Handle,
        others_off: bool,
    ) -> io::Result<AtomicModeReq> {
        let Route { connector, crtc, plane, .. } = self.route;
        let mut request = Request { card: &self.card, inner: AtomicModeReq::new() };
        if others_off {
            request.others_off(connector, crtc, plane)?;
        }
        request.object(connector, &[("CRTC_ID", Value::CRTC(Some(crtc)))])?;
        request.object(crtc, &[("MODE_ID", mode), ("ACTIVE", Value::Boolean(true))])?;
        let Size { width, height } = self.size();
        let fixed = |pixels: u32| Value::UnsignedRange(u64::from(pixels) << 16); // 16.16 fixed point
        request.object(
            plane,
            &[
                ("FB_ID", Value::Framebuffer(Some(framebuffer))),
                ("CRTC_ID", Value::CRTC(Some(crtc))),
                ("SRC_X", fixed(0)),
                ("SRC_Y", fixed(0)),
                ("SRC_W", fixed(width)),
                ("SRC_H", fixed(height)),
                ("CRTC_X", Value::SignedRange(0)),
                ("CRTC_Y", Value::SignedRange(0)),
                ("CRTC_W", Value::UnsignedRange(width.into())),
                ("CRTC_H", Value::UnsignedRange(height.into())),
            ],
        )?;
        Ok(request.inner)
    }
}

/// An atomic request that finds property handles by name.
struct Request<'a> {
    card: &'a Card,
    inner: AtomicModeReq,
}

impl Request<'_> {
    fn object<H: ResourceHandle>(&mut self, handle: H, values: &[(&str, Value<'static>)]) -> io::Result<()> {
        let properties = self.card.properties(handle)?;
        for &(name, value) in values {
            self.inner.add_property(handle, find(&properties, name)?, value);
        }
        Ok(())
    }

    /// What the firmware or the console left on: a CRTC that loses its connector but stays active, or a
    /// plane on it, would make the whole request invalid.
    fn others_off(
        &mut self,
        connector: connector::Handle,
        crtc: crtc::Handle,
        plane: plane::Handle,
    ) -> io::Result<()> {
        let in_use = |value: Option<u64>| value.is_some_and(|id| id != 0);
        let resources = self.card.resource_handles()?;
        for &other in resources.connectors().iter().filter(|&&other| other != connector) {
            if in_use(self.card.raw_value(other, "CRTC_ID")?) {
                self.object(other, &[("CRTC_ID", Value::CRTC(None))])?;
            }
        }
        for &other in resources.crtcs().iter().filter(|&&other| other != crtc) {
            if in_use(self.card.raw_value(other, "ACTIVE")?) || in_use(self.card.raw_value(other, "MODE_ID")?)
            {
                self.object(other, &[("MODE_ID", Value::Blob(0)), ("ACTIVE", Value::Boolean(false))])?;
            }
        }
        for other in self.card.plane_handles()?.into_iter().filter(|&other| other != plane) {
            if in_use(self.card.raw_value(other, "CRTC_ID")?) {
                self.object(other, &[("FB_ID", Value::Framebuffer(None)), ("CRTC_ID", Value::CRTC(None))])?;
            }
        }
        Ok(())
    }
}

fn find(properties: &Properties, name: &str) -> io::Result<property::Handle> {
    properties
        .get(name)
        .map(property::Info::handle)
        .ok_or_else(|| io::Error::other(format!("the driver has no property {name}")))
}

fn name(mode: &Mode) -> String {
    let (width, height) = mode.size();
    format!("{width}x{height}@{}", mode.vrefresh())
}

impl Buffer {
    fn new(card: &Arc<Card>, size: Size) -> io::Result<Self> {
        let dumb = card.create_dumb_buffer((size.width, size.height), DrmFourcc::Xrgb8888, 32)?;
        let framebuffer = match card.add_framebuffer(&dumb, 24, 32) {
            Ok(framebuffer) => framebuffer,
            Err(error) => {
                let _ = card.destroy_dumb_buffer(dumb);
                return Err(error);
            }
        };
        // The mapping borrows the description of its buffer. Leaking that (a few words per modeset) lets both
        // live in one struct without unsafe code.
        let mapping = card.map_dumb_buffer(Box::leak(Box::new(dumb)));
        let mut buffer = Self { card: card.clone(), dumb, framebuffer, mapping: None };
        buffer.mapping = Some(mapping?);
        Ok(buffer)
    }

    fn draw(&mut self, frame: &Frame) {
        let (width, height) = self.dumb.size();
        let pitch = self.dumb.pitch() as usize;
        let Some(memory) = self.mapping.as_deref_mut() else {
            return;
        };
        if frame.size() != Size::new(width, height) {
            memory.fill(0);
        }
        let row = width.min(frame.size().width) as usize * 4;
        for (line, pixels) in memory.chunks_mut(pitch).zip(frame.rows()) {
            line[..row].copy_from_slice(&pixels[..row]);
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.mapping = None;
        // A card that is gone has freed both already.
        let _ = self.card.destroy_framebuffer(self.framebuffer);
        let _ = self.card.destroy_dumb_buffer(self.dumb);
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("framebuffer", &self.framebuffer).finish_non_exhaustive()
    }
}
