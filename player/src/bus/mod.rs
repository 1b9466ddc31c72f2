//! The player on D-Bus: a reader of the provisioner's state, and a small face of its own.
//!
//! The bus is not there when the player starts, and the provisioner comes and goes; neither matters to what
//! plays. Everything here is tried again for ever.

mod face;
mod provisioner;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use signage_protocol::bus::Status;
use tokio::sync::watch;
use tracing::{debug, info, warn};
use zbus::Connection;

pub use self::face::{Face, INTERFACE, PATH, SERVICE};
pub use self::provisioner::ProvisionerClient;

/// Between two tries to reach the bus; at boot it appears at some time, and the screen waits for it.
const RETRY: Duration = Duration::from_millis(500);

/// Which bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusAddress {
    /// The system bus.
    System,
    /// The session bus, on a desk.
    Session,
    /// A D-Bus address, in tests.
    Address(String),
}

impl std::str::FromStr for BusAddress {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "system" => Self::System,
            "session" => Self::Session,
            address => Self::Address(address.to_owned()),
        })
    }
}

/// Keeps the connection for as long as the process lives: `status` gets every state of the provisioner,
/// `connection` is where calls go, `face` is what others see.
pub async fn run(
    address: BusAddress,
    connection: watch::Sender<Option<Connection>>,
    face: watch::Receiver<Face>,
    frames: Arc<AtomicU64>,
    status: impl Fn(Status),
) {
    let mut silent = false;
    loop {
        match connect(&address).await {
            Ok(bus) => {
                info!("connected to the bus");
                silent = false;
                connection.send_replace(Some(bus.clone()));
                let serve = face::serve(&bus, face.clone(), frames.clone());
                let watch = provisioner::watch(&bus, &status);
                let result = tokio::select! { result = serve => result, result = watch => result };
                connection.send_replace(None);
                if let Err(error) = result {
                    warn!(error = crate::error_chain(&error), "bus lost");
                }
            }
            Err(error) if !silent => {
                debug!(error = crate::error_chain(&error), "bus not there yet");
                silent = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn connect(address: &BusAddress) -> zbus::Result<Connection> {
    let builder = match address {
        BusAddress::System => zbus::connection::Builder::system()?,
        BusAddress::Session => zbus::connection::Builder::session()?,
        BusAddress::Address(address) => zbus::connection::Builder::address(address.as_str())?,
    };
    builder.build().await
}
