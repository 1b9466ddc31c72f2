//! The loop that joins the machine with the world.
//!
//! Adapters send events into one channel; the machine answers with effects; long effects run as tasks and
//! send their result back as an event. The state is written before anything that follows from it is shown.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use signage_protocol::api::{Enrolled, Enrollment, Wishes};
use signage_protocol::bus::Status;
use signage_protocol::config::Finding;
use signage_protocol::problem::{Code, Problem};
use signage_protocol::verdict::{Outcome, Verdict};
use tokio::sync::mpsc;
use zbus::Connection;

use crate::bus::{self, Content, Face};
use crate::clock;
use crate::hub::HubClient;
use crate::identity::{self, Identity};
use crate::machine::{Effect, Event, Failure, Job, Machine, Moment};
use crate::medium::{self, Found, Volume};
use crate::network::{self, Link};
use crate::offer::{self, Candidate, Decision, Offer, Screen};
use crate::settings;
use crate::sources::{Source, Standing};
use crate::storage;
use crate::store::{Store, Stored};

/// A service that has not answered by then will not.
const CALL: Duration = Duration::from_secs(30);

/// How long a stick that is plugged in at power-on may take to appear.
const SLOW_STICK: Duration = Duration::from_secs(5);

/// Where the daemon keeps and finds things.
#[derive(Debug, Clone)]
pub struct Options {
    /// State directory.
    pub state: PathBuf,
    /// Runtime directory; sticks are mounted below it.
    pub runtime: PathBuf,
    /// Where the boot partition is mounted.
    pub boot: PathBuf,
    /// What the command line, the environment and credentials name.
    pub sources: Vec<Source>,
}

/// Runs until the process is told to stop. Fails only when there is no bus or no place for the key.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let bus = zbus::connection::Builder::system()?.method_timeout(CALL).build().await?;
    let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    if !storage::stays(&options.state)? {
        storage::explain(&bus).await?;
        notify(&[sd_notify::NotifyState::Ready]);
        return tokio::select! {
            () = tokio::time::sleep(storage::LOOK_AGAIN) => Err(anyhow::anyhow!("looking for the storage again")),
            _ = stop.recv() => Ok(()),
        };
    }
    let store = Store::open(&options.state)?;
    let identity = Identity::load_or_create(&store)?;
    let face = Face::default();
    bus::serve(&bus, face.clone(), identity.clone()).await?;

    let (events, mut inbox) = mpsc::unbounded_channel();
    watch_network(bus.clone(), events.clone());

    let mut daemon = Daemon {
        machine: Machine::new(identity.id()),
        started: Instant::now(),
        store,
        identity,
        bus,
        face,
        events,
        applying: Arc::default(),
        shown_problem: Default::default(),
        standing: Standing::default(),
        waiting: false,
        decided: None,
        verdict: None,
        writing: Arc::default(),
        result_point: options.runtime.join("result"),
    };
    // A disk that does not answer is no reason to forget the account: the service is started again.
    let stored = daemon.store.load()?;
    tracing::info!(device = daemon.identity.id(), enrolled = stored.enrolment.is_some(), "started");
    daemon.take(Event::Loaded(Box::new(stored))).await;
    // Sources come after the stored state, since what they mean depends on it.
    daemon.read_standing(&options).await;
    let (media, mut found) = mpsc::unbounded_channel();
    watch_media(options.runtime.join("medium"), media);
    notify(&[sd_notify::NotifyState::Ready]);

    let stick_deadline = tokio::time::Instant::now() + SLOW_STICK;
    let bus_lost = daemon.bus.clone();
    let mut watchdog = tokio::time::interval(watchdog_interval());
    loop {
        let now = daemon.now();
        let wait = daemon.machine.wake_at(now).map(|at| at.saturating_sub(now.mono));
        tokio::select! {
            event = inbox.recv() => match event {
                Some(event) => daemon.take(event).await,
                None => return Ok(()),
            },
            found = found.recv() => match found {
                Some(found) => daemon.media(found).await,
                None => anyhow::bail!("sticks are not noticed any more"),
            },
            () = tokio::time::sleep_until(stick_deadline), if daemon.waiting => daemon.offer(None).await,
            () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => daemon.take(Event::WakeUp).await,
            _ = watchdog.tick() => notify(&[sd_notify::NotifyState::Watchdog]),
            // Without its bus the daemon is deaf and mute; the service is started again.
            () = bus_lost.closed() => anyhow::bail!("the connection to the bus is lost"),
            _ = stop.recv() => return Ok(()),
        }
    }
}

struct Daemon {
    machine: Machine,
    started: Instant,
    store: Store,
    identity: Identity,
    bus: Connection,
    face: Face,
    events: mpsc::UnboundedSender<Event>,
    applying: Arc<tokio::sync::Mutex<()>>,
    shown_problem: (String, String),
    /// The sources that are there at every start.
    standing: Standing,
    /// Whether those wait for a stick that may still be on its way.
    waiting: bool,
    /// What the media meant when they changed last, and which media they were.
    decided: Option<(Decision, Vec<String>)>,
    verdict: Option<Pending>,
    writing: Arc<std::sync::Mutex<()>>,
    result_point: PathBuf,
}

/// The media that brought the newest file, to which the verdict goes.
struct Pending {
    volumes: Vec<(String, Volume)>,
    findings: Vec<Finding>,
    /// What was written last.
    written: Option<(Outcome, String)>,
}

impl Daemon {
    fn now(&self) -> Moment {
        Moment { mono: self.started.elapsed(), wall: Timestamp::now() }
    }

    async fn take(&mut self, event: Event) {
        let (name, before) = (event.name(), self.machine.state().phase());
        match self.machine.handle(event, self.now(), rand::random()) {
            Ok(effects) => effects.into_iter().for_each(|effect| self.carry_out(effect)),
            Err(error) => tracing::error!(%error, "illegal transition"),
        }
        let after = self.machine.state().phase();
        if before != after {
            tracing::info!(event = name, from = before.as_str(), to = after.as_str(), "phase");
        }
        self.publish().await;
    }

    /// Reads the sources that are there at every start. What they say waits for the first look at sticks, which
    /// outrank one of them.
    async fn read_standing(&mut self, options: &Options) {
        let taken = self.machine.stored().standing();
        self.standing = Standing::read(&options.sources, &options.boot, &self.screen(), &taken);
        for (origin, problem, findings) in std::mem::take(&mut self.standing.faults) {
            log_findings(&origin, &findings);
            tracing::warn!(origin, code = %problem.code, detail = problem.detail, "source refused");
            // A screen that has an account has more to say than that.
            if self.machine.stored().enrolment.is_none() {
                self.take(Event::Rejected(problem)).await;
            }
        }
    }

    /// Offers what the sources of every start and a stick say together, if anything of it is new.
    async fn offer(&mut self, stick: Option<Offer>) {
        self.waiting = false;
        if let Some(offer) = self.standing.with(stick, &self.machine.stored().standing()) {
            tracing::info!(origin = offer.origin, "provisioning file accepted");
            self.take(Event::Offered(Box::new(offer))).await;
        }
    }

    fn screen(&self) -> Screen {
        let stored = self.machine.stored();
        Screen {
            serial: identity::hardware().serial,
            now: Timestamp::now(),
            lock: stored.lock(),
            taken: stored.taken().map(str::to_owned),
        }
    }

    /// The media that are plugged in have changed, or were looked at for the first time.
    async fn media(&mut self, found: Vec<Found>) {
        let candidates: Vec<Candidate> = found
            .iter()
            .map(|found| Candidate { origin: found.origin.clone(), content: found.content.clone() })
            .collect();
        let decision = offer::decide(&candidates, &self.screen());
        let concerned = || decision.concerns.iter().filter_map(|index| found.get(*index));
        let media = concerned().map(|found| format!("{} {}", found.origin, found.medium)).collect();
        let decided = (decision.clone(), media);
        // Somebody's private stick beside the one that counts changes nothing.
        if self.decided.as_ref() == Some(&decided) {
            return;
        }
        let had_media = self.decided.replace(decided).is_some_and(|(before, _)| before.outcome.is_some());
        // A stick without the file is private, and nothing is written to it.
        let volumes: Vec<_> = concerned().map(|found| (found.origin.clone(), found.volume.clone())).collect();
        self.face.note_verdict(&self.bus, String::new()).await;
        let names: Vec<&str> = volumes.iter().map(|(origin, _)| origin.as_str()).collect();
        let origin = names.join(", ");
        log_findings(&origin, &decision.findings);
        let findings = decision.findings;
        let pending = (!volumes.is_empty()).then_some(Pending { volumes, findings, written: None });
        // What becomes of other sources meanwhile is no verdict on a stick.
        self.verdict = None;
        match decision.outcome {
            Some(Ok(stick)) => {
                self.verdict = pending;
                self.offer(Some(*stick)).await;
            }
            Some(Err(problem)) => {
                tracing::warn!(origin, code = %problem.code, detail = problem.detail, "medium refused");
                self.offer(None).await;
                self.verdict = pending;
                self.take(Event::Rejected(problem)).await;
            }
            None if had_media => self.take(Event::MediaGone).await,
            // A stick that is there from the start may need a moment, and outranks the boot partition.
            None if self.standing.boots_anew(&self.machine.stored().standing()) => self.waiting = true,
            None => self.offer(None).await,
        }
    }

    /// Leaves on the medium what has become of its file, whenever that changes.
    fn leave_verdict(&mut self, status: &Status) {
        let Some(pending) = &mut self.verdict else { return };
        let Some(outcome) = self.machine.outcome() else { return };
        let news = (outcome, status.problem_code.clone());
        if pending.written.as_ref() == Some(&news) {
            return;
        }
        pending.written = Some(news);
        let software = env!("CARGO_PKG_VERSION");
        let document = Verdict::new(outcome, status, pending.findings.clone(), software, Timestamp::now());
        let volumes = pending.volumes.clone();
        let (result_point, writing) = (self.result_point.clone(), self.writing.clone());
        let (face, bus) = (self.face.clone(), self.bus.clone());
        let leave = move || {
            // One after the other, the newest last.
            let _alone = writing.lock();
            let mut note = String::new();
            for (origin, volume) in volumes {
                let written = serde_json::to_vec_pretty(&document)
                    .map_err(std::io::Error::from)
                    .and_then(|bytes| medium::write_result(&volume, &result_point, &bytes));
                match written {
                    Ok(()) => tracing::info!(origin, ?outcome, "verdict left on the stick"),
                    Err(error) => {
                        tracing::warn!(origin, ?outcome, %error, "no verdict left on the stick");
                        if let Some(why) = medium::why_not_written(&error) {
                            note = format!("{origin}: {why}");
                        }
                    }
                }
            }
            note
        };
        tokio::spawn(async move {
            let note = tokio::task::spawn_blocking(leave).await.unwrap_or_default();
            face.note_verdict(&bus, note).await;
        });
    }

    async fn publish(&mut self) {
        let status = self.machine.status(self.now());
        self.leave_verdict(&status);
        let content = self.machine.stored().enrolment.as_ref().map(|enrolment| Content {
            hub: enrolment.hub.clone(),
            account_key: enrolment.enrolled.account_key.clone(),
        });
        let problem = (status.problem_code.clone(), status.problem_detail.clone());
        if problem != self.shown_problem {
            if !problem.0.is_empty() {
                tracing::warn!(code = problem.0, detail = problem.1, "problem");
            }
            self.shown_problem = problem;
        }
        let configuration = self.machine.stored().configuration.as_ref();
        let origins = configuration.map(|configuration| configuration.origins.clone()).unwrap_or_default();
        if self.face.show(status, content, origins)
            && let Err(error) = self.face.announce(&self.bus).await
        {
            tracing::warn!(%error, "status not announced");
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Save => self.save(),
            Effect::Apply { job, network } => self.apply(job, network),
            Effect::CheckClock(job) => self.check_clock(job),
            Effect::Enroll(job) => self.enroll(job),
            Effect::RefreshAuthorization(job) => self.refresh(job),
        }
    }

    fn send(&self, event: Event) {
        // The receiver lives as long as the loop that calls this.
        let _ = self.events.send(event);
    }

    fn save(&self) {
        if let Err(error) = self.store.save(self.machine.stored()) {
            let detail = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(detail, "state not saved");
            self.send(Event::SaveFailed(Problem::new(Code::HwStorage, detail)));
        }
    }

    fn apply(&self, job: Job, with_network: bool) {
        let Some(configuration) = self.machine.stored().configuration.clone() else {
            return self.send(Event::SettingsApplied(job, None));
        };
        let (bus, events, applying) = (self.bus.clone(), self.events.clone(), self.applying.clone());
        tokio::spawn(async move {
            // One after the other: the newest comes last, and checkpoints do not meet.
            let _alone = applying.lock().await;
            let event = match settings::apply(&bus, &configuration.file, with_network).await {
                Ok(notice) => {
                    tracing::info!(origin = configuration.origin, network = with_network, "settings applied");
                    Event::SettingsApplied(job, notice)
                }
                Err(problem) => Event::SettingsFailed(job, problem),
            };
            let _ = events.send(event);
        });
    }

    fn check_clock(&self, job: Job) {
        // A screen that has an account knows the time by what its hub has signed, not by somebody's stick.
        let stored = self.machine.stored();
        let issued_at = match &stored.enrolment {
            Some(_) => self.machine.authorized_from(),
            None => stored.configuration.as_ref().and_then(|stored| stored.file.issued_at),
        };
        self.send(match clock::make_credible(issued_at) {
            Ok(()) => Event::ClockCredible(job),
            Err(problem) => Event::ClockWrong(job, problem),
        });
    }

    fn enroll(&self, job: Job) {
        let stored = self.machine.stored().clone();
        let (identity, events) = (self.identity.clone(), self.events.clone());
        tokio::spawn(async move {
            let event = match enroll(&identity, &stored).await {
                Ok(enrolled) => {
                    tracing::info!(device = enrolled.device_id, name = enrolled.name, "enrolled");
                    Event::Enrolled(job, Box::new(enrolled))
                }
                Err(failure) => Event::EnrollFailed(job, failure),
            };
            let _ = events.send(event);
        });
    }

    fn refresh(&self, job: Job) {
        let hub = self.machine.stored().hub();
        let (identity, events) = (self.identity.clone(), self.events.clone());
        tokio::spawn(async move {
            let answer = match hub.as_ref().map(HubClient::new) {
                Some(Ok(client)) => client.authorization(&identity).await,
                Some(Err(failure)) => Err(failure),
                None => Err(Failure::Refused(Code::AutPending.into())),
            };
            let _ = events.send(match answer {
                Ok(text) => Event::Authorization(job, text),
                Err(failure) => Event::AuthorizationFailed(job, failure),
            });
        });
    }
}

/// Every finding as a record of its own, with fields.
fn log_findings(origin: &str, findings: &[Finding]) {
    for finding in findings {
        let place = finding.position;
        tracing::warn!(
            origin,
            code = %finding.code,
            pointer = finding.pointer,
            line = place.line,
            column = place.column,
            "{}",
            finding.message
        );
    }
}

async fn enroll(identity: &Identity, stored: &Stored) -> Result<Enrolled, Failure> {
    let file = stored.configuration.as_ref().map(|configuration| &configuration.file);
    let (Some(hub), Some(token)) = (stored.hub(), file.and_then(|file| file.token())) else {
        // The table enrols only with both.
        return Err(Failure::Refused(Code::UsbNone.into()));
    };
    let device = file.and_then(|file| file.device.clone()).unwrap_or_default();
    let account = file.and_then(|file| file.account.clone()).unwrap_or_default();
    let enrollment = Enrollment {
        hub: hub.url.clone(),
        token: token.clone(),
        hardware: identity::hardware(),
        software: env!("CARGO_PKG_VERSION").into(),
        name: device.name,
        location: device.location,
        tags: device.tags,
        wishes: Wishes {
            playlist: account.default_playlist,
            layout: account.default_layout,
            folder: account.folder,
            group: account.group,
        },
    };
    HubClient::new(&hub)?.enroll(identity, enrollment).await
}

fn watch_network(bus: Connection, events: mpsc::UnboundedSender<Event>) {
    let report = move |link| {
        let event = match link {
            Link::Up(address) => Event::NetworkUp(address),
            Link::Down(problem) => Event::NetworkDown(problem),
        };
        events.send(event).is_ok()
    };
    tokio::spawn(network::watch(bus, report));
}

fn watch_media(mount_point: PathBuf, media: mpsc::UnboundedSender<Vec<Found>>) {
    std::thread::spawn(move || {
        let report = |found| media.send(found).is_ok();
        if let Err(error) = medium::watch(&mount_point, report) {
            tracing::error!(%error, "USB sticks are not noticed any more");
        }
    });
}

/// Half of what systemd allows; without a watchdog, rarely.
fn watchdog_interval() -> Duration {
    sd_notify::watchdog_enabled().map_or(Duration::from_secs(3600), |limit| limit / 2)
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    // Outside systemd there is nobody to tell.
    let _ = sd_notify::notify(states);
}
