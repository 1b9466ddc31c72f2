//! Decides what is on the screen: a pure machine that takes events with the time, and answers with effects.
//!
//! Two slots: the *current* item is on the screen, the *next* one is prepared (decoded, first picture in
//! hand) while the current one plays. When the current item is over its last picture stays until the next
//! one can start, so between two items there is never a dark moment. A new publication takes effect at the
//! next change of item. Network and provisioner may come and go meanwhile; only an explicit withdrawal of the
//! permission, or content that is empty, brings the status scene back.
//!
//! | event \ slots | current runs | current over (its picture held) | none (status scene) |
//! |---|---|---|---|
//! | next `Ready` | waits | starts | starts |
//! | next `Broken`, late | skipped | skipped, picture held | skipped |
//! | current `Ended`, stalled, time over | over | – | – |
//! | `Content` | next replaced | next replaced | next replaced |
//! | permission withdrawn, playlist empty | status scene | status scene | – |
//! | every item failed | goes on | held, or status scene if the picture is of older content | rest, PLY-003 |
//!
//! An event about a slot that is gone (late answers of threads) changes nothing.

mod sync_state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use signage_protocol::bus::{Phase, Status};
use signage_protocol::document::ItemKind;
use signage_protocol::problem::Code;

pub use self::sync_state::SyncState;
use crate::content::{Program, ProgramItem};
use crate::scene::{ProblemView, StatusView};

/// How long an item may take to get ready; generous, for emulated machines under load.
pub const PREPARE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a video may show nothing new before it counts as stalled.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(20);
/// The pause after every item of a playlist has failed.
pub const REST: Duration = Duration::from_secs(30);
/// How long an image stays when its item does not say.
pub const IMAGE_DURATION: Duration = Duration::from_secs(10);

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since some fixed moment; never goes back.
    pub mono: Duration,
    /// Milliseconds since 1970, for the countdown of the provisioner. May jump.
    pub wall_ms: u64,
}

/// Names one use of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the engine is told.
#[derive(Debug, Clone)]
pub enum Event {
    /// The provisioner's state.
    Provisioner(Status),
    /// What may be played from now on, with every file in the store; `None` when there is nothing.
    Content(Option<Arc<Program>>),
    /// How the download of content goes.
    Sync(SyncState),
    /// The slot has its first picture.
    Ready(Ticket),
    /// The slot showed another picture.
    Progress(Ticket),
    /// The slot's video came to its end.
    Ended(Ticket),
    /// The slot cannot go on.
    Broken(Ticket, String),
    /// The screen has another size: pictures in hand do not fit any more.
    Resized,
    /// The time of [`Engine::wake_at`] has come.
    Tick,
}

/// What the engine wants done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Decode the item up to its first picture, then report [`Event::Ready`].
    Prepare {
        /// Names the slot from now on.
        ticket: Ticket,
        /// What to decode.
        item: ProgramItem,
    },
    /// Put the slot's first picture on the screen and let it run.
    Start {
        /// A slot that is ready.
        ticket: Ticket,
        /// Place in the playlist.
        index: usize,
        /// What it is.
        item: ProgramItem,
        /// Not only again: the first time since this content is played.
        first: bool,
    },
    /// Forget the slot. Its last picture stays on the screen until something else comes.
    Release(Ticket),
    /// An item was skipped.
    Skipped {
        /// What it is.
        item: ProgramItem,
        /// Why.
        reason: String,
    },
}

/// What is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// The status scene.
    Status,
    /// Content.
    Content,
}

impl Scene {
    /// The value on the bus.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Content => "content",
        }
    }
}

#[derive(Debug)]
struct Current {
    program: Arc<Program>,
    index: usize,
    item: ProgramItem,
    /// `None` once it is over; its last picture stays.
    running: Option<Running>,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    ticket: Ticket,
    /// End of an image; for a video the moment when it counts as stalled.
    until: Duration,
}

#[derive(Debug)]
struct Next {
    ticket: Ticket,
    index: usize,
    item: ProgramItem,
    ready: bool,
    since: Duration,
}

/// The machine. See the module for its table.
#[derive(Debug, Default)]
pub struct Engine {
    status: Status,
    permitted: bool,
    program: Option<Arc<Program>>,
    sync: SyncState,
    current: Option<Current>,
    next: Option<Next>,
    /// The item to prepare next.
    cursor: usize,
    /// Items that failed since the last one that started.
    failures: usize,
    /// Set after all items failed: nothing is tried until then.
    rest_until: Option<Duration>,
    last_ticket: u64,
    items_shown: u64,
    /// Items shown of the present program.
    shown_of_program: usize,
}

impl Engine {
    /// Takes one event and answers with what is to be done.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Provisioner(status) => {
                if let Some(permitted) = permission(&status) {
                    self.permitted = permitted;
                }
                self.status = status;
            }
            Event::Content(program) => self.replace_program(program, &mut effects),
            Event::Sync(state) => self.sync = state,
            Event::Ready(ticket) => {
                if let Some(next) = self.next.as_mut().filter(|next| next.ticket == ticket) {
                    next.ready = true;
                }
            }
            Event::Progress(ticket) => {
                if let Some(running) = self.running_video(ticket) {
                    running.until = now.mono + STALL_TIMEOUT;
                }
            }
            Event::Ended(ticket) => {
                if self.running_video(ticket).is_some() {
                    self.finish_current(&mut effects);
                }
            }
            Event::Broken(ticket, reason) => self.broken(ticket, reason, now, &mut effects),
            Event::Resized => self.prepare_again(&mut effects),
            Event::Tick => {}
        }
        self.expire(now, &mut effects);
        self.advance(now, &mut effects);
        effects
    }

    /// When [`Event::Tick`] is due at the latest, on the monotonic clock.
    pub fn wake_at(&self, now: Now) -> Option<Duration> {
        let running = self.current.as_ref().and_then(|current| current.running).map(|running| running.until);
        let preparing =
            self.next.as_ref().filter(|next| !next.ready).map(|next| next.since + PREPARE_TIMEOUT);
        let second = (self.scene() == Scene::Status).then(|| self.countdown_changes(now)).flatten();
        [running, preparing, self.rest_until, second].into_iter().flatten().min()
    }

    /// What is on the screen.
    pub fn scene(&self) -> Scene {
        if self.current.is_some() { Scene::Content } else { Scene::Status }
    }

    /// Whether the provisioner says so right now.
    pub fn authorized(&self) -> bool {
        self.status.phase() == Phase::Authorized
    }

    /// Whether the device may play, as far as is known.
    pub fn permitted(&self) -> bool {
        self.permitted
    }

    /// Title of the item on the screen.
    pub fn item_title(&self) -> Option<&str> {
        self.current.as_ref().map(|current| current.item.title.as_str())
    }

    /// Items started since the process did.
    pub fn items_shown(&self) -> u64 {
        self.items_shown
    }

    /// What the status scene says now.
    pub fn view(&self, now: Now) -> StatusView {
        let mut view = StatusView::from_status(&self.status, now.wall_ms);
        if self.permitted {
            view.progress = self.progress();
            if let Some(problem) = self.content_problem(now) {
                view.problem = Some(problem);
            }
        }
        view
    }

    /// What is wrong with the content, while none is on the screen.
    fn content_problem(&self, now: Now) -> Option<ProblemView> {
        if let Some(until) = self.rest_until {
            let seconds = until.saturating_sub(now.mono).as_millis().div_ceil(1000) as u64;
            return Some(ProblemView::new(Code::PlyDecode, "", Some(seconds)));
        }
        match &self.program {
            Some(program) if program.items.is_empty() => {
                Some(ProblemView::new(Code::PlyEmpty, &program.name, None))
            }
            Some(_) => None,
            None => self.sync.problem(now.wall_ms),
        }
    }

    fn progress(&self) -> Option<String> {
        if self.program.as_ref().is_some_and(|program| !program.items.is_empty()) {
            return Some("Preparing content …".into());
        }
        self.sync.progress()
    }

    /// The next moment at which a countdown on the status scene shows another second.
    fn countdown_changes(&self, now: Now) -> Option<Duration> {
        let until_second = |remaining_ms: u64| {
            (remaining_ms > 0).then(|| now.mono + Duration::from_millis((remaining_ms - 1) % 1000 + 1))
        };
        let wall = [Some(self.status.retry_at), self.sync.retry_at()]
            .into_iter()
            .flatten()
            .filter_map(|at| until_second(at.saturating_sub(now.wall_ms)));
        let rest =
            self.rest_until.and_then(|until| until_second(until.saturating_sub(now.mono).as_millis() as u64));
        wall.chain(rest).min()
    }

    fn running_video(&mut self, ticket: Ticket) -> Option<&mut Running> {
        let current = self.current.as_mut().filter(|current| current.item.kind == ItemKind::Video)?;
        current.running.as_mut().filter(|running| running.ticket == ticket)
    }

    fn replace_program(&mut self, program: Option<Arc<Program>>, effects: &mut Vec<Effect>) {
        if program == self.program {
            return;
        }
        self.program = program;
        self.cursor = 0;
        self.failures = 0;
        self.rest_until = None;
        self.shown_of_program = 0;
        self.drop_next(effects);
    }

    fn drop_next(&mut self, effects: &mut Vec<Effect>) {
        effects.extend(self.next.take().map(|next| Effect::Release(next.ticket)));
    }

    /// The current item is over; its picture stays, its decoder need not.
    fn finish_current(&mut self, effects: &mut Vec<Effect>) {
        if let Some(running) = self.current.as_mut().and_then(|current| current.running.take()) {
            effects.push(Effect::Release(running.ticket));
        }
    }

    fn prepare_again(&mut self, effects: &mut Vec<Effect>) {
        if let Some(next) = &self.next {
            self.cursor = next.index;
        }
        if let Some(current) = self.current.as_ref().filter(|current| current.running.is_some())
            && self.program.as_ref().is_some_and(|program| Arc::ptr_eq(program, &current.program))
        {
            self.cursor = current.index;
        }
        self.drop_next(effects);
        self.finish_current(effects);
    }

    fn broken(&mut self, ticket: Ticket, reason: String, now: Now, effects: &mut Vec<Effect>) {
        if let Some(next) = self.next.take_if(|next| next.ticket == ticket) {
            self.cursor = next.index + 1;
            effects.push(Effect::Release(next.ticket));
            effects.push(Effect::Skipped { item: next.item, reason });
        } else if let Some(current) = self.current.as_ref()
            && current.running.is_some_and(|running| running.ticket == ticket)
        {
            effects.push(Effect::Skipped { item: current.item.clone(), reason });
            self.finish_current(effects);
        } else {
            return;
        }
        self.failures += 1;
        if self.program.as_ref().is_some_and(|program| self.failures >= program.items.len()) {
            self.failures = 0;
            self.rest_until = Some(now.mono + REST);
            self.drop_next(effects);
        }
    }

    /// Everything that ends by the clock.
    fn expire(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if let Some(current) = &self.current
            && let Some(running) = current.running.filter(|running| running.until <= now.mono)
        {
            match current.item.kind {
                ItemKind::Image => self.end_image(now, effects),
                ItemKind::Video => {
                    self.broken(running.ticket, "no new picture for a long time".into(), now, effects);
                }
            }
        }
        if let Some(next) = &self.next
            && !next.ready
            && next.since + PREPARE_TIMEOUT <= now.mono
        {
            self.broken(next.ticket, "not ready in time".into(), now, effects);
        }
        self.rest_until = self.rest_until.filter(|&until| until > now.mono);
    }

    /// An image that is the whole playlist simply stays: there is nothing to decode again.
    fn end_image(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if let Some(current) = &mut self.current
            && let Some(program) = &self.program
            && program.items.as_slice() == [current.item.clone()]
            && let Some(running) = &mut current.running
        {
            running.until = now.mono + image_duration(&current.item);
            self.items_shown += 1;
            return;
        }
        self.finish_current(effects);
    }

    /// Brings the slots in line with everything else.
    fn advance(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Some(program) = self.playable() else {
            self.drop_next(effects);
            self.finish_current(effects);
            self.current = None;
            return;
        };
        if self.rest_until.is_some() {
            let stale = self
                .current
                .as_ref()
                .is_some_and(|current| current.running.is_none() && current.program != program);
            if stale {
                self.current = None;
            }
            return;
        }
        let running = self.current.as_ref().is_some_and(|current| current.running.is_some());
        if !running && let Some(next) = self.next.take_if(|next| next.ready) {
            self.start(next, &program, now, effects);
        }
        if self.next.is_none() && !self.stays(&program) {
            self.prepare(&program, now, effects);
        }
    }

    /// Whether the image on the screen is all there is to show.
    fn stays(&self, program: &Program) -> bool {
        self.current.as_ref().is_some_and(|current| {
            current.running.is_some()
                && current.item.kind == ItemKind::Image
                && program.items.as_slice() == std::slice::from_ref(&current.item)
        })
    }

    fn playable(&self) -> Option<Arc<Program>> {
        self.program.as_ref().filter(|program| self.permitted && !program.items.is_empty()).cloned()
    }

    fn start(&mut self, next: Next, program: &Arc<Program>, now: Now, effects: &mut Vec<Effect>) {
        let Next { ticket, index, item, .. } = next;
        let lasts = match item.kind {
            ItemKind::Image => image_duration(&item),
            ItemKind::Video => STALL_TIMEOUT,
        };
        self.items_shown += 1;
        self.failures = 0;
        self.cursor = index + 1;
        let first = self.shown_of_program < program.items.len();
        self.shown_of_program += 1;
        effects.push(Effect::Start { ticket, index, item: item.clone(), first });
        let running = Some(Running { ticket, until: now.mono + lasts });
        self.current = Some(Current { program: program.clone(), index, item, running });
    }

    fn prepare(&mut self, program: &Program, now: Now, effects: &mut Vec<Effect>) {
        let index = self.cursor % program.items.len();
        let item = program.items[index].clone();
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        effects.push(Effect::Prepare { ticket, item: item.clone() });
        self.next = Some(Next { ticket, index, item, ready: false, since: now.mono });
    }
}

/// What a state of the provisioner says about playing; `None` when it says nothing, as while it starts again.
fn permission(status: &Status) -> Option<bool> {
    match status.phase() {
        Phase::Authorized => Some(true),
        Phase::Pending | Phase::Unauthorized => Some(false),
        // Back to factory state: whatever was allowed before is not any more.
        Phase::Sources if status.problem() == Some(Code::UsbNone) => Some(false),
        _ => None,
    }
}

fn image_duration(item: &ProgramItem) -> Duration {
    // A tenth of a second keeps a playlist of zeros from turning into a flicker.
    item.duration.unwrap_or(IMAGE_DURATION).max(Duration::from_millis(100))
}
