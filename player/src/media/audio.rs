//! The one sound output of the device.
//!
//! Every video renders its sound against the clock and hands the samples over here, where one pipeline with
//! one ALSA device plays whatever comes. So the device is never opened twice, the next video can be prepared
//! while the current one sounds, and a missing or broken sound card never stops a picture: samples then go
//! nowhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSrc;
use tracing::{debug, info, warn};

/// After a failure the card is left alone for so long.
const RETRY: Duration = Duration::from_secs(10);

/// A handle to the output; clones share it.
#[derive(Debug, Clone, Default)]
pub struct AudioOutput {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    not_before: Option<Instant>,
}

#[derive(Debug)]
struct Open {
    pipeline: gst::Pipeline,
    source: AppSrc,
}

/// The format that is played: what every card takes, so that it never has to be opened anew.
pub(super) fn caps() -> gst::Caps {
    gst::Caps::builder("audio/x-raw")
        .field("format", "S16LE")
        .field("layout", "interleaved")
        .field("rate", 48_000i32)
        .field("channels", 2i32)
        .build()
}

impl AudioOutput {
    /// Plays samples of the format [`caps`] now. Called from a streaming thread.
    pub(super) fn play(&self, mut buffer: gst::Buffer) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.open.is_none() {
            if state.not_before.is_some_and(|moment| Instant::now() < moment) {
                return;
            }
            state.not_before = Some(Instant::now() + RETRY);
            if !card_present() {
                debug!("no sound card");
                return;
            }
            match self.open() {
                Ok(open) => {
                    info!("sound output opened");
                    state.open = Some(open);
                }
                Err(error) => {
                    warn!(error = %error, "sound output not opened");
                    return;
                }
            }
        }
        if let Some(open) = &state.open {
            // The time of its arrival counts, which is when it is due.
            let buffer_mut = buffer.make_mut();
            buffer_mut.set_pts(gst::ClockTime::NONE);
            buffer_mut.set_dts(gst::ClockTime::NONE);
            let _ = open.source.push_buffer(buffer);
        }
    }

    fn open(&self) -> Result<Open, gst::glib::BoolError> {
        let source = AppSrc::builder()
            .caps(&caps())
            .format(gst::Format::Time)
            .is_live(true)
            .do_timestamp(true)
            .max_bytes(192_000) // one second
            .build();
        source.set_property_from_str("leaky-type", "downstream");
        let convert = gst::ElementFactory::make("audioconvert").build()?;
        let resample = gst::ElementFactory::make("audioresample").build()?;
        let sink = gst::ElementFactory::make("alsasink").property("provide-clock", false).build()?;
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([source.upcast_ref(), &convert, &resample, &sink])?;
        gst::Element::link_many([source.upcast_ref(), &convert, &resample, &sink])?;
        let state = Arc::downgrade(&self.state);
        if let Some(bus) = pipeline.bus() {
            bus.set_sync_handler(move |_, message| {
                if let gst::MessageView::Error(error) = message.view() {
                    warn!(error = %error.error(), "sound output failed");
                    // Not in this thread: it belongs to the pipeline that has to stop.
                    if let Some(state) = state.upgrade() {
                        std::thread::spawn(move || close(&state));
                    }
                }
                gst::BusSyncReply::Drop
            });
        }
        if let Err(error) = pipeline.set_state(gst::State::Playing) {
            let _ = pipeline.set_state(gst::State::Null);
            return Err(gst::glib::bool_error!("{error}"));
        }
        Ok(Open { pipeline, source })
    }
}

fn close(state: &Mutex<State>) {
    let open = state.lock().unwrap_or_else(PoisonError::into_inner).open.take();
    if let Some(open) = open {
        let _ = open.pipeline.set_state(gst::State::Null);
    }
}

/// Whether ALSA has a device to play on (`pcmC0D0p`).
fn card_present() -> bool {
    std::fs::read_dir("/dev/snd").into_iter().flatten().flatten().any(|entry| {
        entry.file_name().to_str().is_some_and(|name| name.starts_with("pcmC") && name.ends_with('p'))
    })
}
