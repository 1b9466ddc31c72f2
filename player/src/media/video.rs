//! One video: a pipeline that decodes, scales to the screen and renders against the clock into memory.
//!
//! `playbin3` finds the decoders. Its picture branch ends in an appsink that is paced by the clock and keeps
//! one picture, the newest; its sound branch ends in another that hands samples to the sound output. Both
//! sinks synchronise, so sound and picture keep together with or without a sound card.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSinkCallbacks};

use super::audio::{self, AudioOutput};
use crate::frame::{Frame, Size};

/// What a video reports, from any thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signal {
    /// Stands at its first picture.
    Prerolled,
    /// There is a new picture in the mailbox.
    Picture,
    /// Came to its end.
    Ended,
    /// Cannot go on.
    Failed(String),
}

/// Holds the newest picture.
#[derive(Debug, Default)]
pub(super) struct Mailbox(Mutex<Option<Frame>>);

impl Mailbox {
    pub(super) fn put(&self, frame: Frame) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
    }

    pub(super) fn take(&self) -> Option<Frame> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

type Report = Arc<dyn Fn(Signal) + Send + Sync>;

/// Builds the pipeline for a file, stopped.
pub(super) fn pipeline(
    path: &Path,
    screen: Size,
    mailbox: Arc<Mailbox>,
    sound: AudioOutput,
    report: impl Fn(Signal) + Send + Sync + 'static,
) -> Result<gst::Element, gst::glib::Error> {
    gst::init()?;
    let report: Report = Arc::new(report);
    let uri = gst::glib::filename_to_uri(path, None)?;
    let build = || -> Result<gst::Element, gst::glib::BoolError> {
        let playbin = gst::ElementFactory::make("playbin3").property("uri", uri.as_str()).build()?;
        // No subtitles, no visualisation of sound, no software volume.
        playbin.set_property_from_str("flags", "video+audio");
        playbin.set_property("video-sink", picture_branch(screen, mailbox, report.clone())?);
        playbin.set_property("audio-sink", sound_branch(sound)?);
        Ok(playbin)
    };
    let playbin =
        build().map_err(|error| gst::glib::Error::new(gst::CoreError::MissingPlugin, &error.to_string()))?;
    if let Some(bus) = playbin.bus() {
        bus.set_sync_handler(move |_, message| {
            match message.view() {
                gst::MessageView::AsyncDone(_) => report(Signal::Prerolled),
                gst::MessageView::Eos(_) => report(Signal::Ended),
                gst::MessageView::Error(error) => report(Signal::Failed(error.error().to_string())),
                _ => {}
            }
            gst::BusSyncReply::Drop
        });
    }
    Ok(playbin)
}

fn picture_branch(
    screen: Size,
    mailbox: Arc<Mailbox>,
    report: Report,
) -> Result<gst::Bin, gst::glib::BoolError> {
    let scale = gst::ElementFactory::make("videoconvertscale")
        .property("add-borders", true)
        .property("n-threads", 2u32)
        .build()?;
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "BGRx")
        .field("width", screen.width as i32)
        .field("height", screen.height as i32)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .build();
    let sink = AppSink::builder().caps(&caps).sync(true).max_buffers(1).drop(true).build();
    // A picture that is late by more than this is dropped and the decoder told to hurry.
    sink.set_property("max-lateness", gst::ClockTime::from_mseconds(100).nseconds() as i64);
    sink.set_property("qos", true);
    let (preroll_mailbox, preroll_report) = (mailbox.clone(), report.clone());
    sink.set_callbacks(
        AppSinkCallbacks::builder()
            .new_preroll(move |sink| {
                deliver(
                    &sink.pull_preroll().map_err(|_| gst::FlowError::Eos)?,
                    &preroll_mailbox,
                    &preroll_report,
                )
            })
            .new_sample(move |sink| {
                deliver(&sink.pull_sample().map_err(|_| gst::FlowError::Eos)?, &mailbox, &report)
            })
            .build(),
    );
    branch(&[scale, sink.upcast()])
}

fn deliver(
    sample: &gst::Sample,
    mailbox: &Mailbox,
    report: &Report,
) -> Result<gst::FlowSuccess, gst::FlowError> {
    let frame = sample
        .caps()
        .and_then(|caps| gstreamer_video::VideoInfo::from_caps(caps).ok())
        .zip(sample.buffer_owned())
        .and_then(|(info, buffer)| gstreamer_video::VideoFrame::from_buffer_readable(buffer, &info).ok())
        .and_then(Frame::from_video)
        .ok_or(gst::FlowError::NotNegotiated)?;
    mailbox.put(frame);
    report(Signal::Picture);
    Ok(gst::FlowSuccess::Ok)
}

fn sound_branch(sound: AudioOutput) -> Result<gst::Bin, gst::glib::BoolError> {
    let convert = gst::ElementFactory::make("audioconvert").build()?;
    let resample = gst::ElementFactory::make("audioresample").build()?;
    let sink = AppSink::builder().caps(&audio::caps()).sync(true).max_buffers(8).drop(true).build();
    sink.set_callbacks(
        AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                if let Some(buffer) = sample.buffer_owned() {
                    sound.play(buffer);
                }
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
    branch(&[convert, resample, sink.upcast()])
}

/// A bin of linked elements with the first one's sink pad.
fn branch(elements: &[gst::Element]) -> Result<gst::Bin, gst::glib::BoolError> {
    let bin = gst::Bin::new();
    bin.add_many(elements)?;
    gst::Element::link_many(elements)?;
    let pad = elements
        .first()
        .and_then(|first| first.static_pad("sink"))
        .ok_or_else(|| gst::glib::bool_error!("no sink pad"))?;
    bin.add_pad(&gst::GhostPad::with_target(&pad)?)?;
    Ok(bin)
}
