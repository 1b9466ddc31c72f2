//! A player without a screen: the real presenter on a headless display that keeps what it was shown, and
//! generated media to show.

// Each test binary uses its part of this. Helpers may unwrap: a panic here is a failed test.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

pub mod hub;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use signage_player::bus::Face;
use signage_player::content::sync::Command;
use signage_player::content::{Program, ProgramItem};
use signage_player::display::{Display, Headless};
use signage_player::engine::Event;
use signage_player::frame::{Frame, Size};
use signage_player::media::Media;
use signage_player::presenter::{Message, Outlook, Presenter};
use signage_player::supervision::Supervision;
use signage_protocol::bus::{Phase, Status};
use signage_protocol::document::ItemKind;
use tokio::sync::{mpsc, watch};

pub const SCREEN: Size = Size::new(320, 180);

/// One picture that was on the screen.
#[derive(Clone)]
pub struct Shot {
    pub caption: String,
    pub frame: Frame,
}

impl Shot {
    pub fn is_black(&self) -> bool {
        self.frame.to_rgb().iter().all(|&value| value < 16)
    }

    /// The smallest rectangle that holds every pixel which is not black: left, top, right, bottom.
    pub fn extent(&self) -> Option<(u32, u32, u32, u32)> {
        let Size { width, height } = self.frame.size();
        let bright = self
            .frame
            .to_rgb()
            .chunks_exact(3)
            .enumerate()
            .filter(|(_, pixel)| pixel.iter().any(|&value| value > 60))
            .map(|(index, _)| (index as u32 % width, index as u32 / width))
            .collect::<Vec<_>>();
        assert!(height > 0);
        Some((
            bright.iter().map(|place| place.0).min()?,
            bright.iter().map(|place| place.1).min()?,
            bright.iter().map(|place| place.0).max()?,
            bright.iter().map(|place| place.1).max()?,
        ))
    }
}

/// A running player.
pub struct Rig {
    pub messages: Sender<Message>,
    pub shots: Arc<Mutex<Vec<Shot>>>,
    pub face: watch::Receiver<Face>,
    pub commands: Option<mpsc::UnboundedReceiver<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Rig {
    pub fn start() -> Self {
        let (messages, inbox) = channel();
        let shots: Arc<Mutex<Vec<Shot>>> = Arc::default();
        let seen = shots.clone();
        let display = Display::Headless(Headless::new(SCREEN).observe(Box::new(move |caption, frame| {
            seen.lock().unwrap().push(Shot { caption: caption.to_owned(), frame: frame.clone() });
        })));
        let (face_sender, face) = watch::channel(Face::default());
        let (content, commands) = mpsc::unbounded_channel();
        let outlook = Outlook { face: face_sender, frames: Arc::new(AtomicU64::new(0)), content };
        let media = Media::new(messages.clone());
        let supervision = Supervision::default();
        let presenter = Presenter::new(display, media, inbox, outlook, supervision, Box::new(|| {}));
        let thread = Some(std::thread::spawn(move || presenter.run()));
        Self { messages, shots, face, commands: Some(commands), thread }
    }

    pub fn tell(&self, event: Event) {
        self.messages.send(Message::Event(event)).unwrap();
    }

    pub fn authorize(&self) {
        self.tell(Event::Provisioner(status(Phase::Authorized)));
    }

    pub fn play(&self, sequence: u64, items: Vec<ProgramItem>) {
        let program = Program { sequence, name: "Default".into(), items };
        self.tell(Event::Content(Some(Arc::new(program))));
    }

    pub fn shots(&self) -> Vec<Shot> {
        self.shots.lock().unwrap().clone()
    }

    /// Captions in their order, each run of the same one once.
    pub fn captions(&self) -> Vec<String> {
        let mut captions: Vec<String> = self.shots().into_iter().map(|shot| shot.caption).collect();
        captions.dedup();
        captions
    }

    pub fn last(&self, caption: &str) -> Shot {
        self.shots().into_iter().rfind(|shot| shot.caption == caption).unwrap()
    }

    /// Waits until `condition` holds; fails after half a minute with what was seen.
    pub fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !condition(self) {
            assert!(Instant::now() < end, "{what}; seen {:?}, {:?}", self.captions(), *self.face.borrow());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until these captions came in this order, others between them or not.
    pub fn until_captions(&self, wanted: &[&str]) {
        self.until(&format!("waiting for {wanted:?}"), |rig| {
            let mut captions = rig.captions().into_iter();
            wanted.iter().all(|wanted| captions.any(|caption| caption == *wanted))
        });
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let result = thread.join();
            assert!(std::thread::panicking() || result.is_ok(), "the presenter panicked");
        }
    }
}

pub fn status(phase: Phase) -> Status {
    Status { generation: 1, phase: phase.as_str().into(), ..Status::default() }
}

pub fn image(path: &Path, milliseconds: u64) -> ProgramItem {
    item(path, ItemKind::Image, Some(Duration::from_millis(milliseconds)))
}

pub fn video(path: &Path) -> ProgramItem {
    item(path, ItemKind::Video, None)
}

fn item(path: &Path, kind: ItemKind, duration: Option<Duration>) -> ProgramItem {
    let title = path.file_name().unwrap().to_str().unwrap().to_owned();
    ProgramItem { title, kind, path: path.to_owned(), duration }
}

/// A picture of one colour.
pub fn solid(directory: &Path, name: &str, (width, height): (u32, u32), color: [u8; 3]) -> PathBuf {
    let path = directory.join(name);
    image::RgbImage::from_pixel(width, height, image::Rgb(color)).save(&path).unwrap();
    path
}

/// A white disc that touches the edges of a black square.
pub fn disc(directory: &Path, name: &str, side: u32) -> PathBuf {
    let path = directory.join(name);
    let radius = side as f32 / 2.0;
    let picture = image::RgbImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (x as f32 + 0.5 - radius, y as f32 + 0.5 - radius);
        image::Rgb(if dx * dx + dy * dy <= radius * radius { [255; 3] } else { [0; 3] })
    });
    picture.save(&path).unwrap();
    path
}

/// An MP4 file with H.264 in one colour and an AAC tone. `aspect` is that of a pixel.
pub fn film(
    directory: &Path,
    name: &str,
    (width, height): (u32, u32),
    aspect: &str,
    frames: u32,
    color: u32,
) -> PathBuf {
    gst::init().unwrap();
    let path = directory.join(name);
    let sound = frames * 48_000 / 25 / 1024;
    let description = format!(
        "videotestsrc num-buffers={frames} pattern=solid-color foreground-color={color} \
         ! video/x-raw,format=I420,width={width},height={height},framerate=25/1,pixel-aspect-ratio={aspect} \
         ! x264enc speed-preset=ultrafast key-int-max=25 ! h264parse ! mp4mux name=mux ! filesink location={path} \
         audiotestsrc num-buffers={sound} ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse ! mux.",
        path = path.display(),
    );
    let pipeline = gst::parse::launch(&description).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let message = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::from_seconds(30),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(message.map(|message| message.type_()), Some(gst::MessageType::Eos), "{description}");
    path
}

pub fn near(found: [u8; 3], wanted: [u8; 3]) -> bool {
    found.iter().zip(wanted).all(|(&found, wanted)| found.abs_diff(wanted) < 40)
}
