//! Serves `org.signage.Provisioner1` (see [`signage_protocol::bus`]).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use signage_protocol::bus::{INTERFACE, PATH, SERVICE, Status};
use signage_protocol::jws::PublicKey;
use zbus::names::InterfaceName;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, fdo, interface};
use zvariant::Value;

use crate::hub::HubClient;
use crate::identity::Identity;
use crate::merge::Origins;
use crate::store::HubAddress;

/// What the bus shows, written by the daemon.
#[derive(Debug, Clone)]
pub struct Face {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    status: Status,
    content: Option<Content>,
    origins: Origins,
}

impl Inner {
    fn change(&mut self, mut status: Status) -> bool {
        status.generation = self.status.generation;
        if status == self.status {
            return false;
        }
        status.generation += 1;
        self.status = status;
        true
    }
}

/// Where the player gets content from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The hub.
    pub hub: HubAddress,
    /// Whose signature the player accepts.
    pub account_key: PublicKey,
}

impl Default for Face {
    fn default() -> Self {
        Self { inner: Arc::new(Mutex::new(Inner::default())) }
    }
}

impl Face {
    fn with<T>(&self, action: impl FnOnce(&mut Inner) -> T) -> T {
        // A panic elsewhere cannot leave the copy half-written: fields are replaced whole.
        action(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces what is shown. True when the status differs; its generation is counted here.
    pub fn show(&self, mut status: Status, content: Option<Content>, origins: Origins) -> bool {
        self.with(|inner| {
            (inner.content, inner.origins) = (content, origins);
            status.verdict_note.clone_from(&inner.status.verdict_note);
            inner.change(status)
        })
    }

    /// Replaces what is said about the verdict, and tells everybody if that differs.
    pub async fn note_verdict(&self, bus: &Connection, note: String) {
        let news = self.with(|inner| inner.change(Status { verdict_note: note, ..inner.status.clone() }));
        if news && let Err(error) = self.announce(bus).await {
            tracing::warn!(%error, "status not announced");
        }
    }

    /// Tells everybody, in one signal.
    pub async fn announce(&self, bus: &Connection) -> zbus::Result<()> {
        let status = self.with(|inner| inner.status.clone());
        let changed: HashMap<&str, Value<'_>> = HashMap::from([
            ("Generation", Value::from(status.generation)),
            ("Phase", Value::from(status.phase)),
            ("DeviceId", Value::from(status.device_id)),
            ("DeviceName", Value::from(status.device_name)),
            ("Address", Value::from(status.address)),
            ("Hub", Value::from(status.hub)),
            ("ProblemCode", Value::from(status.problem_code)),
            ("ProblemDetail", Value::from(status.problem_detail)),
            ("RetryAt", Value::from(status.retry_at)),
            ("VerdictNote", Value::from(status.verdict_note)),
        ]);
        let emitter = SignalEmitter::new(bus, PATH)?;
        let name = InterfaceName::from_static_str(INTERFACE)?;
        fdo::Properties::properties_changed(&emitter, name, changed, Cow::Borrowed(&[])).await
    }
}

/// The errors that callers can tell apart.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.signage.Provisioner1.Error")]
pub enum BusError {
    /// Transport.
    #[zbus(error)]
    ZBus(zbus::Error),
    /// There is no hub to get a token from.
    NotEnrolled(String),
    /// The hub gave none.
    HubUnavailable(String),
}

struct Provisioner {
    face: Face,
    identity: Identity,
}

#[interface(name = "org.signage.Provisioner1")]
impl Provisioner {
    /// `(url, ca, accountKey)`.
    async fn get_hub(&self) -> (String, String, String) {
        match self.face.with(|inner| inner.content.clone()) {
            Some(Content { hub, account_key }) => {
                // A JWK of three texts always serializes.
                let key = serde_json::to_string(&account_key).unwrap_or_default();
                (hub.url, hub.ca.unwrap_or_default(), key)
            }
            None => Default::default(),
        }
    }

    /// JSON pointer of every setting in force → its source.
    async fn get_settings(&self) -> Origins {
        self.face.with(|inner| inner.origins.clone())
    }

    /// `(token, expires at in ms since 1970)`.
    async fn get_access_token(&self) -> Result<(String, u64), BusError> {
        let content = self.face.with(|inner| inner.content.clone());
        let Content { hub, .. } =
            content.ok_or_else(|| BusError::NotEnrolled("this device has no hub yet".into()))?;
        let unavailable =
            |failure: crate::machine::Failure| BusError::HubUnavailable(failure.problem().to_string());
        let client = HubClient::new(&hub).map_err(unavailable)?;
        let token = client.access_token(&self.identity).await.map_err(unavailable)?;
        let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
        Ok((token.access_token.expose().to_owned(), now + token.expires_in * 1000))
    }

    #[zbus(property)]
    fn generation(&self) -> u64 {
        self.face.with(|inner| inner.status.generation)
    }

    #[zbus(property)]
    fn phase(&self) -> String {
        self.face.with(|inner| inner.status.phase.clone())
    }

    #[zbus(property)]
    fn device_id(&self) -> String {
        self.face.with(|inner| inner.status.device_id.clone())
    }

    #[zbus(property)]
    fn device_name(&self) -> String {
        self.face.with(|inner| inner.status.device_name.clone())
    }

    #[zbus(property)]
    fn address(&self) -> String {
        self.face.with(|inner| inner.status.address.clone())
    }

    #[zbus(property)]
    fn hub(&self) -> String {
        self.face.with(|inner| inner.status.hub.clone())
    }

    #[zbus(property)]
    fn problem_code(&self) -> String {
        self.face.with(|inner| inner.status.problem_code.clone())
    }

    #[zbus(property)]
    fn problem_detail(&self) -> String {
        self.face.with(|inner| inner.status.problem_detail.clone())
    }

    #[zbus(property)]
    fn retry_at(&self) -> u64 {
        self.face.with(|inner| inner.status.retry_at)
    }

    #[zbus(property)]
    fn verdict_note(&self) -> String {
        self.face.with(|inner| inner.status.verdict_note.clone())
    }
}

/// Puts the object on the bus and takes the name.
pub async fn serve(bus: &Connection, face: Face, identity: Identity) -> zbus::Result<()> {
    bus.object_server().at(PATH, Provisioner { face, identity }).await?;
    bus.request_name(SERVICE).await
}
