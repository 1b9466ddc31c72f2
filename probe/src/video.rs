//! Videos, by GStreamer's discoverer and decoders, on this machine's processor.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;
use gstreamer_pbutils as pbutils;
use gstreamer_pbutils::prelude::*;
use gstreamer_video::VideoFrameExt as _;
use image::{DynamicImage, RgbImage};
use signage_protocol::probe::{Audio, Report, Video};

use crate::thumbnail;

/// How long reading the file may take, and how long getting one picture.
const READING: gst::ClockTime = gst::ClockTime::from_seconds(20);
const PICTURE: gst::ClockTime = gst::ClockTime::from_seconds(15);

/// The plugins that may be used: those that read files and decode, and nothing that opens a connection or a device.
const PLUGINS: &[&str] = &[
    "staticelements",
    "coreelements",
    "app",
    "playback",
    "typefindfunctions",
    "isomp4",
    "matroska",
    "mpegtsdemux",
    "ogg",
    "id3demux",
    "videoparsersbad",
    "audioparsers",
    "libav",
    "openh264",
    "vpx",
    "dav1d",
    "aom",
    "de265",
    "jpeg",
    "faad",
    "fdkaac",
    "mpg123",
    "opus",
    "opusparse",
    "vorbis",
    "videoconvertscale",
    "videoconvert",
    "videoscale",
    "audioconvert",
    "audioresample",
    "deinterlace",
    "videorate",
    "wavparse",
];

/// What the file is. Damage that the first seconds do not show is not found.
pub fn probe(path: &Path, small: Option<&Path>) -> Result<Report> {
    gst::init().context("GStreamer does not start")?;
    let registry = gst::Registry::get();
    for plugin in registry.plugins() {
        if !PLUGINS.contains(&plugin.plugin_name().as_str()) {
            registry.remove_plugin(&plugin);
        }
    }
    let path = path.canonicalize().context("the file cannot be read")?;
    let uri = glib::filename_to_uri(&path, None).context("the name of the file is no address")?;
    let info = discover(&uri)?;
    let mut report = describe(&info)?;
    if let (Some(small), Some(video)) = (small, &report.video) {
        // A video without a small picture is better than none.
        match picture(&uri, video, info.duration()).and_then(|picture| thumbnail::write(&picture, small)) {
            Ok(()) => report.thumbnail = true,
            Err(error) => eprintln!("signage-probe: no small picture: {error:#}"),
        }
    }
    Ok(report)
}

/// The callbacks give what was found also when a decoder is missing, where the plain call would only fail.
fn discover(uri: &str) -> Result<pbutils::DiscovererInfo> {
    let discoverer = pbutils::Discoverer::new(READING).context("GStreamer has no discoverer")?;
    let found = Arc::new(Mutex::new(None));
    let answer = found.clone();
    discoverer.connect_discovered(move |_, info, error| {
        *answer.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((info.clone(), error.map(|error| error.message().to_owned())));
    });
    discoverer.start();
    discoverer.discover_uri_async(uri).context("GStreamer does not take the file")?;
    let context = glib::MainContext::default();
    let (info, error) = loop {
        if let Some(found) = found.lock().unwrap_or_else(PoisonError::into_inner).take() {
            break found;
        }
        context.iteration(true);
    };
    discoverer.stop();
    let told = error.unwrap_or_default();
    match info.result() {
        pbutils::DiscovererResult::Ok | pbutils::DiscovererResult::MissingPlugins => Ok(info),
        pbutils::DiscovererResult::Timeout => {
            bail!("the file takes too long to read; it is probably damaged")
        }
        // A file whose streams were found and whose pictures cannot be decoded is damaged for a screen as well.
        _ => bail!("the video is damaged: {told}"),
    }
}

fn describe(info: &pbutils::DiscovererInfo) -> Result<Report> {
    let name = |caps: &gst::CapsRef| match caps.is_fixed() {
        true => pbutils::pb_utils_get_codec_description(caps).to_string(),
        false => media(caps),
    };
    let video = info.video_streams().into_iter().find(|stream| !stream.is_image()).map(|stream| {
        let caps = stream.caps().unwrap_or_else(gst::Caps::new_empty);
        let (width, height) = (stream.width(), stream.height());
        let rate = stream.framerate();
        let bits = caps.structure(0).and_then(|s| s.get::<u32>("bit-depth-luma").ok());
        Video {
            codec: name(&caps),
            media: media(&caps),
            width,
            height,
            frame_rate: (rate.numer() > 0)
                .then(|| (f64::from(rate.numer()) / f64::from(rate.denom().max(1)) * 100.0).round() / 100.0),
            bits,
        }
    });
    let audio = info.audio_streams().into_iter().next().map(|stream| {
        let caps = stream.caps().unwrap_or_else(gst::Caps::new_empty);
        Audio {
            codec: name(&caps),
            media: media(&caps),
            channels: stream.channels(),
            sample_rate: stream.sample_rate(),
        }
    });
    if video.is_none() && audio.is_none() {
        bail!("there is neither a picture nor sound in the file");
    }
    let container = info.stream_info().and_then(|stream| stream.caps());
    Ok(Report {
        kind: "video".to_owned(),
        container: container.map(|caps| name(&caps)),
        duration_ms: info.duration().map(gst::ClockTime::mseconds).filter(|duration| *duration > 0),
        video,
        audio,
        thumbnail: false,
    })
}

/// The name of the format, with the version where that is another codec.
fn media(caps: &gst::CapsRef) -> String {
    let Some(structure) = caps.structure(0) else { return String::new() };
    match structure.get::<i32>("mpegversion") {
        Ok(version) => format!("{};version={version}", structure.name()),
        Err(_) => structure.name().to_string(),
    }
}

/// A picture from near the beginning, where titles are over.
fn picture(uri: &str, video: &Video, duration: Option<gst::ClockTime>) -> Result<DynamicImage> {
    let (width, height) = thumbnail::fit(video.width, video.height);
    // Scalers like even sides.
    let (width, height) = ((width & !1).max(2), (height & !1).max(2));
    let source = gst::ElementFactory::make("uridecodebin")
        .property("uri", uri)
        .property("force-sw-decoders", true)
        .build()?;
    let scale = gst::ElementFactory::make("videoconvertscale").build()?;
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "RGB")
        .field("width", i32::try_from(width)?)
        .field("height", i32::try_from(height)?)
        .field("pixel-aspect-ratio", gst::Fraction::new(1, 1))
        .build();
    let sink = AppSink::builder().caps(&caps).sync(false).max_buffers(1).build();
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([&source, &scale, sink.upcast_ref()])?;
    scale.link(&sink)?;
    let input = scale.static_pad("sink").context("the scaler has no input")?;
    source.connect_pad_added(move |_, pad| {
        let video = pad.current_caps().is_some_and(|caps| media(&caps).starts_with("video/"));
        if video && !input.is_linked() {
            let _ = pad.link(&input);
        }
    });
    let taken = take(&pipeline, &sink, duration);
    let _ = pipeline.set_state(gst::State::Null);
    let sample = taken?;
    let info = sample.caps().and_then(|caps| gstreamer_video::VideoInfo::from_caps(caps).ok());
    let info = info.context("the picture has no format")?;
    let buffer = sample.buffer_owned().context("the picture is empty")?;
    let frame = gstreamer_video::VideoFrame::from_buffer_readable(buffer, &info);
    let frame = frame.ok().context("the picture cannot be read")?;
    let stride = usize::try_from(frame.plane_stride()[0])?;
    let line = width as usize * 3;
    let data = frame.plane_data(0).context("the picture cannot be read")?;
    let pixels: Vec<u8> = data
        .chunks(stride)
        .take(height as usize)
        .filter_map(|row| row.get(..line))
        .flatten()
        .copied()
        .collect();
    let picture = RgbImage::from_raw(width, height, pixels).context("the picture has another size")?;
    Ok(DynamicImage::ImageRgb8(picture))
}

fn take(pipeline: &gst::Pipeline, sink: &AppSink, duration: Option<gst::ClockTime>) -> Result<gst::Sample> {
    let ready = || -> Result<()> {
        pipeline.set_state(gst::State::Paused).context("the decoder does not start")?;
        let bus = pipeline.bus().context("the pipeline has no bus")?;
        let kinds = [gst::MessageType::AsyncDone, gst::MessageType::Error];
        match bus.timed_pop_filtered(PICTURE, &kinds) {
            Some(message) => match message.view() {
                gst::MessageView::Error(error) => bail!("{}", error.error().message()),
                _ => Ok(()),
            },
            None => bail!("decoding takes too long"),
        }
    };
    ready()?;
    let third = duration.map_or(gst::ClockTime::ZERO, |duration| duration / 3);
    let at = third.min(gst::ClockTime::from_seconds(3));
    if !at.is_zero() && pipeline.seek_simple(gst::SeekFlags::FLUSH | gst::SeekFlags::KEY_UNIT, at).is_ok() {
        let bus = pipeline.bus().context("the pipeline has no bus")?;
        let _ = bus.timed_pop_filtered(PICTURE, &[gst::MessageType::AsyncDone, gst::MessageType::Error]);
    }
    sink.try_pull_preroll(PICTURE).context("there is no picture")
}
