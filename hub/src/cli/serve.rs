//! `signage-hub serve`

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::output;
use crate::serve::{Hub, Options};
use crate::{Error, Result};

#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDRESS:PORT", env = "SIGNAGE_HUB_LISTEN", default_value = "0.0.0.0:8443")]
    listen: SocketAddr,
    /// Address under which devices reach this hub; without it, the name of this host and the port.
    #[arg(long, value_name = "https://HOST[:PORT]", env = "SIGNAGE_HUB_PUBLIC_URL")]
    public_url: Option<String>,
    /// Do not announce this hub in the local network by multicast DNS.
    #[arg(long)]
    no_announce: bool,
    #[command(flatten)]
    sending: super::alert::Sending,
}

impl Serve {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let signals = |source| Error::Serve { source };
        let mut terminate = signal(SignalKind::terminate()).map_err(signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(signals)?;
        allow_files();
        let options = Options {
            public_url: self.public_url,
            announce: !self.no_announce,
            alerts: self.sending.config()?,
            ..Options::new(data_dir, self.listen)
        };
        let mut running = Hub::start(options).await?;
        let (url, listen, ca) = (&running.url, running.addr, running.ca_path.display());
        tracing::info!(%url, %listen, %ca, "ready");
        if let Some(link) = &running.setup_url {
            // On standard output, apart from the log.
            output::line(&format!("This hub has no account yet. Make the first one at {}", link.expose()))?;
        }
        tell_systemd(NotifyState::Ready);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            error = running.failed() => return Err(error),
        }
        tracing::info!("stopping");
        tell_systemd(NotifyState::Stopping);
        running.stop().await
    }
}

/// Every connected screen is an open file, and what is usual allows 1024: as many as the system lets this process have.
fn allow_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(%error, ?current, "cannot have more open files");
    }
}

/// Without systemd this does nothing.
fn tell_systemd(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot reach systemd");
    }
}
