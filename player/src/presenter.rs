//! The thread that owns the screen: turns the engine's decisions into pictures.
//!
//! It waits for messages and timers, never for a file, a network or a pipeline. A picture that is still
//! waiting when a newer one comes is dropped; the newest wins. The last picture is kept, so it can be shown
//! again when the screen changes.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tracing::{debug, info, warn};

use crate::bus::Face;
use crate::clock::Clock;
use crate::content::sync::Command;
use crate::display::{Display, Output, Presented};
use crate::engine::{Effect, Engine, Event, Scene, Ticket};
use crate::frame::{Frame, Size};
use crate::media::{Media, Slot, refit};
use crate::scene::{Painter, StatusView};
use crate::supervision::Supervision;

/// While the first display is awaited: every moment counts.
const EAGER_POLL: Duration = Duration::from_millis(10);
/// For so long.
const EAGER_TIME: Duration = Duration::from_secs(60);
/// A display that is missing later.
const PATIENT_POLL: Duration = Duration::from_millis(100);
/// A display that is there.
const CALM_POLL: Duration = Duration::from_secs(1);
/// After the hardware was busy.
const BUSY_RETRY: Duration = Duration::from_millis(4);
/// A picture that waits longer than this for a display that is there means that something hangs.
const PRESENT_TIMEOUT: Duration = Duration::from_secs(10);

/// What the presenter is told.
#[derive(Debug, Clone)]
pub enum Message {
    /// For the engine.
    Event(Event),
    /// A slot has a new picture.
    Picture(Ticket),
    /// The kernel says that a display changed.
    Hotplug,
    /// End; the last picture goes with the process.
    Stop,
}

/// Where the presenter tells what it does.
#[derive(Debug)]
pub struct Outlook {
    /// To the D-Bus face.
    pub face: watch::Sender<Face>,
    /// Pictures put on the screen.
    pub frames: Arc<AtomicU64>,
    /// To the content side.
    pub content: mpsc::UnboundedSender<Command>,
}

/// Called once, after the first picture is on the screen.
pub type Begin = Box<dyn FnOnce() + Send>;

/// Owns display, engine and slots.
pub struct Presenter {
    display: Display,
    painter: Painter,
    engine: Engine,
    media: Media,
    messages: Receiver<Message>,
    outlook: Outlook,
    supervision: Supervision,
    begin: Option<Begin>,
    clock: Clock,
    slots: HashMap<Ticket, Slot>,
    playing: Option<Ticket>,
    /// Size for which slots are prepared.
    size: Option<Size>,
    /// The status view that was drawn last; `None` when something else was.
    drawn: Option<StatusView>,
    waiting: Option<Waiting>,
    shown: Option<Frame>,
    last_commit: Option<Duration>,
    busy_until: Option<Duration>,
    next_poll: Duration,
    /// The kernel hinted at a change of the display.
    hotplug: bool,
    announcement: Option<Announcement>,
    content_seen: bool,
    suspects: BTreeSet<PathBuf>,
}

/// A picture on its way to the screen.
struct Waiting {
    frame: Frame,
    since: Duration,
}

/// An item whose first picture is on its way.
struct Announcement {
    title: String,
    index: usize,
    first: bool,
}

impl Presenter {
    /// Opens nothing yet.
    pub fn new(
        display: Display,
        media: Media,
        messages: Receiver<Message>,
        outlook: Outlook,
        supervision: Supervision,
        begin: Begin,
    ) -> Self {
        Self {
            display,
            painter: Painter::default(),
            engine: Engine::default(),
            media,
            messages,
            outlook,
            supervision,
            begin: Some(begin),
            clock: Clock::default(),
            slots: HashMap::new(),
            playing: None,
            size: None,
            drawn: None,
            waiting: None,
            shown: None,
            last_commit: None,
            busy_until: None,
            next_poll: Duration::ZERO,
            hotplug: false,
            announcement: None,
            content_seen: false,
            suspects: BTreeSet::new(),
        }
    }

    /// Runs until [`Message::Stop`], or until nobody is left to send messages.
    pub fn run(mut self) {
        // Shaping text the first time costs more than drawing it: done while the display is not there yet.
        let now = self.clock.now();
        let _ = self.painter.paint(&self.engine.view(now), Size::new(1280, 720));
        loop {
            self.poll_display();
            self.draw_status();
            self.present();
            self.publish();
            self.supervise();
            match self.messages.recv_timeout(self.patience()) {
                Ok(message) => {
                    let mut next = Some(message);
                    while let Some(message) = next {
                        if !self.take(message) {
                            return;
                        }
                        next = self.messages.try_recv().ok();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let now = self.clock.now();
            if self.engine.wake_at(now).is_some_and(|due| due <= now.mono) {
                self.dispatch(Event::Tick);
            }
        }
    }

    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Event(event) => self.dispatch(event),
            Message::Picture(ticket) => {
                if self.playing == Some(ticket) {
                    if let Some(frame) = self.slots.get(&ticket).and_then(Slot::take) {
                        self.show(frame);
                    }
                    self.dispatch(Event::Progress(ticket));
                }
            }
            Message::Hotplug => self.hotplug = true,
            Message::Stop => return false,
        }
        true
    }

    fn dispatch(&mut self, event: Event) {
        let before = (self.engine.authorized(), self.engine.permitted());
        for effect in self.engine.handle(event, self.clock.now()) {
            self.carry_out(effect);
        }
        let after = (self.engine.authorized(), self.engine.permitted());
        if before.1 != after.1 {
            info!(permitted = after.1, "permission to play");
        }
        // Whenever the provisioner arrives at "authorized", the hub may be another one than before.
        let command = match (before, after) {
            ((false, _), (true, _)) => Command::Resume,
            ((_, true), (_, false)) => Command::Pause,
            _ => return,
        };
        let _ = self.outlook.content.send(command);
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Prepare { ticket, item } => {
                debug!(title = item.title, "item being prepared");
                // Without a display there is no size to prepare for; a new one begins with `Resized`.
                let size = self.size.unwrap_or(Size::new(1280, 720));
                let slot = self.media.prepare(ticket, &item, size);
                self.slots.insert(ticket, slot);
            }
            Effect::Start { ticket, index, item, first } => {
                // It plays, so a later failure is news.
                self.suspects.remove(&item.path);
                self.display.caption(&item.title);
                self.drawn = None;
                self.playing = Some(ticket);
                if let Some(slot) = self.slots.get(&ticket) {
                    if let Some(frame) = slot.take() {
                        self.waiting = Some(Waiting { frame, since: self.clock.now().mono });
                    }
                    slot.start();
                }
                self.announcement = Some(Announcement { title: item.title, index, first });
            }
            Effect::Release(ticket) => {
                self.slots.remove(&ticket);
                self.playing = self.playing.filter(|&playing| playing != ticket);
            }
            Effect::Skipped { item, reason } => {
                if self.suspects.insert(item.path.clone()) {
                    warn!(title = item.title, reason, "item skipped");
                    let _ = self.outlook.content.send(Command::Suspect(item.path));
                } else {
                    debug!(title = item.title, reason, "item skipped again");
                }
            }
        }
    }

    fn poll_display(&mut self) {
        let now = self.clock.now().mono;
        // A burst of hints is one hint.
        let hotplug = std::mem::take(&mut self.hotplug);
        if !hotplug && now < self.next_poll {
            return;
        }
        match self.display.poll(hotplug) {
            Output::Unchanged => self.next_poll = now + CALM_POLL,
            Output::Missing => {
                let eager = self.shown.is_none() && now < EAGER_TIME;
                self.next_poll = now + if eager { EAGER_POLL } else { PATIENT_POLL };
            }
            Output::New => {
                self.next_poll = now + CALM_POLL;
                self.adapt();
            }
        }
    }

    /// Another output, perhaps of another size, that shows nothing yet.
    fn adapt(&mut self) {
        let size = self.display.size();
        let resized = size != self.size;
        self.size = size;
        self.drawn = None;
        if self.engine.scene() == Scene::Content
            && let Some(frame) =
                self.waiting.take().map(|waiting| waiting.frame).or_else(|| self.shown.clone())
            && let Some(frame) = size.and_then(|size| refit(&frame, size))
        {
            self.show(frame);
        }
        if resized {
            self.dispatch(Event::Resized);
        }
    }

    /// Draws the status scene if it is on the screen and says something new.
    fn draw_status(&mut self) {
        let Some(size) = self.size.filter(|_| self.engine.scene() == Scene::Status) else {
            return;
        };
        let view = self.engine.view(self.clock.now());
        if self.drawn.as_ref() == Some(&view) {
            return;
        }
        if let Some((frame, _)) = self.painter.paint(&view, size) {
            self.announcement = None;
            self.display.caption(&format!("status-{}", view.phase.as_str()));
            self.show(frame);
            self.drawn = Some(view);
        }
    }

    fn show(&mut self, frame: Frame) {
        // The age of the oldest picture that waits tells whether the display hangs.
        let since = self.waiting.take().map_or(self.clock.now().mono, |waiting| waiting.since);
        self.waiting = Some(Waiting { frame, since });
    }

    /// Puts the waiting picture on the screen, unless the one before has had no time to be seen.
    fn present(&mut self) {
        let now = self.clock.now().mono;
        if self.display.size().is_none() || self.present_at().is_some_and(|moment| moment > now) {
            return;
        }
        let Some(waiting) = self.waiting.take() else {
            return;
        };
        match self.display.present(&waiting.frame) {
            Presented::Shown => {
                self.last_commit = Some(now);
                self.busy_until = None;
                self.after_commit(waiting.frame);
            }
            Presented::Busy => {
                self.busy_until = Some(now + BUSY_RETRY);
                self.waiting = Some(waiting);
            }
            Presented::Lost => {
                self.next_poll = now;
                self.waiting = Some(waiting);
            }
        }
    }

    fn after_commit(&mut self, frame: Frame) {
        self.outlook.frames.fetch_add(1, Ordering::Relaxed);
        let first_ever = self.shown.is_none();
        self.shown = Some(frame);
        if first_ever {
            info!(monotonic_ms = crate::clock::monotonic_ms(), "first status frame");
            self.supervision.ready();
        }
        if let Some(Announcement { title, index, first }) = self.announcement.take() {
            if !std::mem::replace(&mut self.content_seen, true) {
                info!(monotonic_ms = crate::clock::monotonic_ms(), "first content frame");
            }
            if first {
                info!(title, index, "item shown");
            } else {
                debug!(title, index, "item shown");
            }
        }
        if let Some(begin) = self.begin.take() {
            begin();
        }
    }

    /// The earliest moment for the waiting picture.
    fn present_at(&self) -> Option<Duration> {
        let paced = self.last_commit.map(|moment| moment + self.display.refresh());
        paced.into_iter().chain(self.busy_until).max()
    }

    /// How long nothing has to be done.
    fn patience(&self) -> Duration {
        let now = self.clock.now();
        let picture = self.waiting.as_ref().filter(|_| self.display.size().is_some()).map(|_| {
            // At once if it may go now.
            self.present_at().unwrap_or(now.mono)
        });
        let due = [self.engine.wake_at(now), picture, Some(self.next_poll), self.supervision.due()]
            .into_iter()
            .flatten()
            .min();
        due.map_or(CALM_POLL, |due| due.saturating_sub(now.mono))
    }

    fn publish(&mut self) {
        let scene = self.engine.scene();
        let face = Face {
            scene: if self.shown.is_some() { scene.as_str() } else { "" },
            item: self.engine.item_title().unwrap_or_default().to_owned(),
            items_shown: self.engine.items_shown(),
            problem: match (&self.drawn, scene) {
                (Some(view), Scene::Status) => {
                    view.problem.as_ref().map(|problem| problem.code.clone()).unwrap_or_default()
                }
                _ => String::new(),
            },
        };
        self.outlook.face.send_if_modified(|last| {
            let changed = *last != face;
            if changed {
                *last = face;
            }
            changed
        });
    }

    /// Feeds the watchdog for as long as pictures get through.
    fn supervise(&mut self) {
        let now = self.clock.now().mono;
        let stuck = self.display.size().is_some()
            && self
                .waiting
                .as_ref()
                .is_some_and(|waiting| now.saturating_sub(waiting.since) > PRESENT_TIMEOUT);
        if !stuck {
            self.supervision.feed(now);
        }
    }
}

impl std::fmt::Debug for Presenter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presenter").field("display", &self.display).finish_non_exhaustive()
    }
}
