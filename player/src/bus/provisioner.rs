//! The provisioner as the player sees it: its state whenever that changes, the hub, an access token.

use futures_util::StreamExt as _;
use signage_protocol::Secret;
use signage_protocol::bus::{INTERFACE, PATH, SERVICE, Status};
use tokio::sync::watch;
use tracing::{debug, info};
use zbus::{Connection, MatchRule, MessageStream, fdo, message};

use crate::content::sync::{AccessError, Hub, Provisioner};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Calls the provisioner over whatever connection there is at the moment.
#[derive(Debug, Clone)]
pub struct ProvisionerClient {
    connection: watch::Receiver<Option<Connection>>,
}

impl ProvisionerClient {
    /// Takes connections from `connection`.
    pub fn new(connection: watch::Receiver<Option<Connection>>) -> Self {
        Self { connection }
    }

    async fn call(&self, method: &str) -> Result<zbus::Message, AccessError> {
        let connection = self.connection.borrow().clone();
        let connection = connection.ok_or_else(|| AccessError("not connected to the bus".into()))?;
        let call = connection.call_method(Some(SERVICE), PATH, Some(INTERFACE), method, &());
        call.await.map_err(|error| AccessError(error.into()))
    }
}

impl Provisioner for ProvisionerClient {
    async fn hub(&self) -> Result<Option<Hub>, AccessError> {
        let reply = self.call("GetHub").await?;
        let (url, ca, account_key): (String, String, String) =
            reply.body().deserialize().map_err(|error| AccessError(error.into()))?;
        Ok((!url.is_empty() && !account_key.is_empty()).then_some(Hub { url, ca, account_key }))
    }

    async fn token(&self) -> Result<Secret, AccessError> {
        let reply = self.call("GetAccessToken").await?;
        let (token, _expires_at): (String, u64) =
            reply.body().deserialize().map_err(|error| AccessError(error.into()))?;
        Ok(Secret::new(token))
    }
}

/// Reports every state of the provisioner until the connection breaks. A signal is only a hint: the state
/// is always read as a whole, so nothing can be missed.
pub(super) async fn watch(connection: &Connection, report: impl Fn(Status)) -> zbus::Result<()> {
    let bus = fdo::DBusProxy::new(connection).await?;
    let mut owners = bus.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await?;
    let rule = MatchRule::builder()
        .msg_type(message::Type::Signal)
        .sender(SERVICE)?
        .path(PATH)?
        .interface(PROPERTIES)?
        .member("PropertiesChanged")?
        .arg(0, INTERFACE)?
        .build();
    let mut changes = MessageStream::for_match_rule(rule, connection, Some(64)).await?;
    let mut present = false;
    loop {
        let was_present = std::mem::replace(&mut present, bus.name_has_owner(SERVICE.try_into()?).await?);
        if present {
            match read(connection).await {
                Ok(status) => {
                    debug!(phase = status.phase, generation = status.generation, "provisioner's state");
                    report(status);
                }
                // It may have gone in between; its return is announced.
                Err(error) => debug!(error = crate::error_chain(&error), "provisioner's state not read"),
            }
        }
        if present != was_present {
            info!(present, "provisioner");
        }
        tokio::select! {
            change = owners.next() => change.map(drop),
            change = changes.next() => match change {
                Some(Err(error)) => return Err(error),
                other => other.map(drop),
            },
        }
        .ok_or_else(|| zbus::Error::Failure("the connection was closed".into()))?;
    }
}

async fn read(connection: &Connection) -> zbus::Result<Status> {
    let reply = connection.call_method(Some(SERVICE), PATH, Some(PROPERTIES), "GetAll", &INTERFACE).await?;
    reply.body().deserialize()
}
