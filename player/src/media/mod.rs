//! Turns files into pictures. Each [`Slot`] is one item: prepared in a thread of its own up to its first
//! picture, started by the presenter, torn down in the background when dropped.

mod audio;
mod fit;
mod image;
mod video;

use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;
use signage_protocol::document::ItemKind;

use self::audio::AudioOutput;
pub use self::fit::{Placement, fit, refit};
use self::video::{Mailbox, Signal};
use crate::content::ProgramItem;
use crate::engine::{Event, Ticket};
use crate::frame::{Frame, Size};
use crate::presenter::Message;

/// Makes slots.
#[derive(Debug, Clone)]
pub struct Media {
    messages: Sender<Message>,
    sound: AudioOutput,
}

/// One item on its way to the screen.
#[derive(Debug)]
pub struct Slot {
    mailbox: Arc<Mailbox>,
    /// An image has none.
    pipeline: Option<Arc<Mutex<Stage>>>,
}

#[derive(Debug, Default)]
enum Stage {
    /// Still being built.
    #[default]
    Absent,
    Built(gst::Element),
    /// The slot was dropped; whoever finishes building later has to clean up.
    Released,
}

impl Media {
    /// Slots report to `messages`.
    pub fn new(messages: Sender<Message>) -> Self {
        Self { messages, sound: AudioOutput::default() }
    }

    /// Loads GStreamer in the background, so that the first video does not wait for it.
    pub fn warm_up(&self) {
        spawn("gst-init", || {
            if let Err(error) = gst::init() {
                tracing::error!(%error, "GStreamer not initialised");
            }
        });
    }

    /// Starts to prepare an item for a screen of `size`. [`Event::Ready`] or [`Event::Broken`] follows.
    pub fn prepare(&self, ticket: Ticket, item: &ProgramItem, size: Size) -> Slot {
        let mailbox = Arc::new(Mailbox::default());
        let mut slot = Slot { mailbox: mailbox.clone(), pipeline: None };
        let messages = self.messages.clone();
        let path = item.path.clone();
        match item.kind {
            ItemKind::Image => spawn("image", move || {
                let event = match image::load(&path, size) {
                    Ok(frame) => {
                        mailbox.put(frame);
                        Event::Ready(ticket)
                    }
                    Err(error) => Event::Broken(ticket, crate::error_chain(&error)),
                };
                // Without a presenter there is nobody to tell.
                let _ = messages.send(Message::Event(event));
            }),
            ItemKind::Video => {
                let stage = slot.pipeline.insert(Arc::default()).clone();
                let sound = self.sound.clone();
                spawn("video", move || prepare_video(ticket, &path, size, mailbox, sound, &stage, messages));
            }
        }
        slot
    }
}

fn prepare_video(
    ticket: Ticket,
    path: &Path,
    size: Size,
    mailbox: Arc<Mailbox>,
    sound: AudioOutput,
    stage: &Mutex<Stage>,
    messages: Sender<Message>,
) {
    let reports = messages.clone();
    let report = move |signal| {
        let _ = reports.send(match signal {
            Signal::Picture => Message::Picture(ticket),
            Signal::Prerolled => Message::Event(Event::Ready(ticket)),
            Signal::Ended => Message::Event(Event::Ended(ticket)),
            Signal::Failed(reason) => Message::Event(Event::Broken(ticket, reason)),
        });
    };
    let result = video::pipeline(path, size, mailbox, sound, report)
        .map_err(|error| error.to_string())
        .and_then(|pipeline| preroll(stage, pipeline));
    if let Err(reason) = result {
        let _ = messages.send(Message::Event(Event::Broken(ticket, reason)));
    }
}

/// Hands the pipeline to its slot and lets it run up to its first picture. The lock is held over the change of
/// state, so that a slot dropped meanwhile stops the pipeline after this and not before.
fn preroll(stage: &Mutex<Stage>, pipeline: gst::Element) -> Result<(), String> {
    let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
    if matches!(*stage, Stage::Released) {
        return Ok(());
    }
    let result = pipeline.set_state(gst::State::Paused).map(drop).map_err(|error| error.to_string());
    *stage = Stage::Built(pipeline);
    result
}

impl Slot {
    /// The newest picture that was not taken yet.
    pub fn take(&self) -> Option<Frame> {
        self.mailbox.take()
    }

    /// Lets a video run; an image does not need to.
    pub fn start(&self) {
        let Some(pipeline) = self.pipeline.clone() else {
            return;
        };
        // Changing the state may block, which the presenter must not.
        spawn("video-start", move || {
            let stage = pipeline.lock().unwrap_or_else(PoisonError::into_inner);
            if let Stage::Built(pipeline) = &*stage {
                // A failure also comes as a message on the pipeline's bus.
                let _ = pipeline.set_state(gst::State::Playing);
            }
        });
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(pipeline) = self.pipeline.take() else {
            return;
        };
        spawn("video-stop", move || {
            let stage = std::mem::replace(
                &mut *pipeline.lock().unwrap_or_else(PoisonError::into_inner),
                Stage::Released,
            );
            if let Stage::Built(pipeline) = stage {
                let _ = pipeline.set_state(gst::State::Null);
            }
        });
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(work) {
        tracing::error!(%error, "no thread for {name}");
    }
}
