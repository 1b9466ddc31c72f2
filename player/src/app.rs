//! Puts the parts together, in the order in which a screen comes to life.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Sender, channel};

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tracing::{error, warn};

use crate::bus::{self, BusAddress, Face, ProvisionerClient};
use crate::content::sync::{Command, Syncer};
use crate::display::{Display, hotplug};
use crate::engine::Event;
use crate::media::Media;
use crate::presenter::{Message, Outlook, Presenter};
use crate::supervision::Supervision;

/// What a run needs.
#[derive(Debug)]
pub struct Options {
    /// The screen.
    pub display: Display,
    /// Where content is kept.
    pub store: PathBuf,
    /// Where the provisioner is.
    pub bus: BusAddress,
}

/// Runs in this thread, which becomes the presenter's, until the process ends.
pub fn run(options: Options) -> anyhow::Result<()> {
    let (messages, inbox) = channel();
    let (face_sender, face) = watch::channel(Face::default());
    let (commands, command_inbox) = mpsc::unbounded_channel();
    let frames = Arc::new(AtomicU64::new(0));
    let media = Media::new(messages.clone());

    if let Display::Drm(_) = options.display {
        let messages = messages.clone();
        if let Err(error) = hotplug::watch(move || messages.send(Message::Hotplug).is_ok()) {
            warn!(%error, "no news about displays from the kernel");
        }
    }
    let io = Io {
        bus: options.bus,
        store: options.store,
        messages,
        face,
        frames: frames.clone(),
        commands: command_inbox,
    };
    let warm_up = media.clone();
    let begin = Box::new(move || {
        warm_up.warm_up();
        io.spawn();
    });
    let outlook = Outlook { face: face_sender, frames, content: commands };
    Presenter::new(options.display, media, inbox, outlook, Supervision::from_environment(), begin).run();
    Ok(())
}

/// Everything that talks to other processes, in one thread.
struct Io {
    bus: BusAddress,
    store: PathBuf,
    messages: Sender<Message>,
    face: watch::Receiver<Face>,
    frames: Arc<AtomicU64>,
    commands: mpsc::UnboundedReceiver<Command>,
}

impl Io {
    fn spawn(self) {
        let messages = self.messages.clone();
        let result = std::thread::Builder::new().name("io".into()).spawn(move || {
            if let Err(error) = self.run() {
                // A player that cannot hear the provisioner is of no use; systemd starts it again.
                error!(error = format!("{error:#}"), "input and output stopped");
                let _ = messages.send(Message::Stop);
            }
        });
        if let Err(error) = result {
            error!(%error, "no thread for input and output");
        }
    }

    fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        let (connection_sender, connection) = watch::channel(None);
        let messages = self.messages.clone();
        let report = move |event: Event| {
            let _ = messages.send(Message::Event(event));
        };
        let sync = Syncer::new(self.store, ProvisionerClient::new(connection), report.clone());
        runtime.block_on(async {
            let bus = bus::run(self.bus, connection_sender, self.face, self.frames, |status| {
                report(Event::Provisioner(status));
            });
            tokio::join!(bus, sync.run(self.commands));
        });
        Ok(())
    }
}
