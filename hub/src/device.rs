//! Screens that are in an account: changing, authorizing, and letting them go.
//!
//! A screen leaves in this order: its authorization is cancelled, then it is unpaired, deleted or transferred. It
//! plays from its own copies, so it has to learn of it: as long as it has not read the withdrawal, and for
//! [`GRACE`] after, the hub goes on answering it. Then the hub no longer knows it, and it goes back to pairing.
//!
//! | | what the hub keeps | back in the same account |
//! |---|---|---|
//! | unpair | name, location, tags | has location and tags again |
//! | delete | key and sequence | begins as new |
//! | transfer | name, location, tags | joins the other account when it asks to be paired |

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::Secret;
use signage_protocol::api::Hardware;
use signage_protocol::document::AuthorizationKind;
use signage_protocol::problem::Code;

use crate::account::MAX_NAME;
use crate::api_token::Actor;
use crate::composition::defaults;
use crate::enrolment::{MAX_LIST, clean, default_name};
use crate::ident::{self, DAY, MINUTE, Millis, digest, timestamp};
use crate::store::devices::Device;
use crate::store::pushes::{self, Topic};
use crate::store::{self, Connection, Store, accounts, audit, devices, pairings, policies};
use crate::{Error, Result, authorization};

/// How long a screen that has left may ask for its withdrawal again: it asks every minute, and an answer may be
/// lost.
pub const GRACE: Millis = 2 * MINUTE;
/// How long a transfer code holds.
pub const TRANSFER_LIFETIME: Millis = DAY;
/// By it people and secret scanners know such a code.
const TRANSFER_PREFIX: &str = "sgt_";

/// A screen for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Screen")]
pub struct View {
    /// RFC 7638 thumbprint of its key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it stands.
    pub location: Option<String>,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Id of what it plays instead of the account's default.
    pub playlist: Option<String>,
    /// Whether it may play.
    pub authorized: bool,
    /// On what terms.
    pub authorization: AuthorizationKind,
    /// When that was decided.
    pub authorized_at: Timestamp,
    /// When it ends by itself.
    pub authorized_until: Option<Timestamp>,
    /// What its licence is.
    pub authorization_code: Option<String>,
    /// Grows with each such decision.
    pub sequence: i64,
    /// Id of the token by which it came in last; a paired screen has none.
    pub token: Option<String>,
    /// What the board says of itself.
    pub hardware: Hardware,
    /// Version of its provisioner.
    pub software: String,
    /// The address that its last request came from.
    pub address: Option<String>,
    /// When it came in first.
    pub created_at: Timestamp,
    /// When it was heard last; one that was authorized by a file may never have been.
    pub last_seen: Option<Timestamp>,
}

/// A screen for programs.
pub fn describe(device: &Device) -> View {
    let (authorized, device) = (device.authorized(ident::now()), device.clone());
    View {
        id: device.id,
        name: device.name,
        location: device.location,
        folder: device.folder,
        timezone: device.timezone,
        tags: device.tags,
        playlist: device.playlist,
        authorized,
        authorization: device.terms.kind,
        authorized_at: timestamp(device.authorized_at),
        authorized_until: device.terms.expires_at.map(timestamp),
        authorization_code: device.terms.code,
        sequence: device.sequence,
        token: device.enrol_token,
        hardware: device.hardware,
        software: device.software,
        address: device.address,
        created_at: timestamp(device.created_at),
        last_seen: Some(device.last_seen).filter(|at| *at != 0).map(timestamp),
    }
}

/// What an operator changes; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// For people.
    pub name: Option<String>,
    /// Where it stands; empty for nowhere in particular.
    pub location: Option<String>,
    /// Labels.
    pub tags: Option<Vec<String>>,
    /// Id of what it plays; empty for the account's default. It takes the place of a layout.
    pub playlist: Option<String>,
    /// Id of the layout that it shows; empty for the account's default. It takes the place of a playlist.
    pub layout: Option<String>,
}

/// How a screen leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It may come back.
    Unpair,
    /// For good.
    Delete,
}

/// A screen of an account.
pub async fn find(connection: &mut Connection, account: &str, id: &str) -> Result<Device> {
    devices::by_id(connection, id)
        .await?
        .filter(|device| device.account == account)
        .ok_or_else(|| Error::NotFound { what: "screen", name: id.to_owned() })
}

/// The device that a hub answers by this id: also one that has left and may not have heard of it.
pub async fn answered(connection: &mut Connection, id: &str, now: Millis) -> Result<Option<Device>> {
    let device = devices::known(connection, id).await?;
    if device.as_ref().is_none_or(|device| device.granted) {
        return Ok(device);
    }
    let standing = devices::standing(connection, id).await?;
    let gone = standing.left_at.is_some() && standing.told_at.is_some_and(|told| now >= told + GRACE);
    Ok(device.filter(|_| !gone))
}

/// Changes name, location, labels or playlist.
pub async fn change(store: &Store, actor: &Actor<'_>, id: &str, new: &Change, now: Millis) -> Result<Device> {
    let mut change = store.write().await?;
    let mut device = find(&mut change, actor.account, id).await?;
    let mut changed = Vec::new();
    if let Some(text) = &new.name {
        device.name = name(text)?;
        changed.push("name");
    }
    if let Some(text) = &new.location {
        device.location = location(text)?;
        changed.push("location");
    }
    if let Some(list) = &new.tags {
        let tags = tags(list);
        if device.tags != tags {
            device.tags = tags;
            // Some of the schedule may be for its tags.
            accounts::content_changed(&mut change, actor.account, now).await?;
        }
        changed.push("tags");
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let before = (device.playlist.clone(), device.layout.clone());
    if new.playlist.is_some() {
        device.playlist = given(&new.playlist);
        device.layout = device.layout.filter(|_| device.playlist.is_none());
        changed.push("playlist");
    }
    if new.layout.is_some() {
        device.layout = given(&new.layout);
        device.playlist = device.playlist.filter(|_| device.layout.is_none());
        changed.push("layout");
    }
    if (&before.0, &before.1) != (&device.playlist, &device.layout) {
        let (playlist, layout) = (device.playlist.as_deref(), device.layout.as_deref());
        defaults::check(&mut change, actor.account, playlist, layout).await?;
        // Its publication changes, so it must see a higher sequence.
        accounts::content_changed(&mut change, actor.account, now).await?;
    }
    if changed.is_empty() {
        return Ok(device);
    }
    devices::put(&mut change, &device).await?;
    pushes::account(&mut change, actor.account, Topic::Screens, now).await?;
    audit::by(&mut change, actor, "device.change", id, Some(&changed.join(", ")), now).await?;
    store::commit(change).await?;
    Ok(device)
}

/// Withdraws the authorization of a screen, which stops playing; another good token, or an operator, authorizes
/// it again. Withdrawing twice changes nothing.
pub async fn withdraw(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Device> {
    authorization::cancel(store, actor, id, now).await
}

/// Authorizes a screen again, without a code. Doing it twice changes nothing.
pub async fn authorize(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Device> {
    authorization::authorize(store, actor, id, None, false, now).await
}

/// Whether an account has no room for one more screen that plays.
pub async fn full(connection: &mut Connection, account: &str, device: &str, now: Millis) -> Result<bool> {
    let account = accounts::by_id(connection, account).await?;
    match account.screen_limit {
        Some(limit) => Ok(devices::count_authorized(connection, &account.id, device, now).await? >= limit),
        None => Ok(false),
    }
}

/// Whether an account lets no more screens in. One whose screens need codes does: they wait there for theirs.
pub async fn closed(connection: &mut Connection, account: &str, device: &str, now: Millis) -> Result<bool> {
    Ok(!policies::get(connection, account).await?.codes && full(connection, account, device, now).await?)
}

/// What an operator is told then.
pub fn no_room() -> Error {
    let detail =
        "As many screens as the account may have are playing. Cancel the authorization of another first.";
    Error::refused(403, Code::TokFull, detail)
}

/// Takes a screen out of the account, once its authorization is withdrawn.
pub async fn leave(store: &Store, actor: &Actor<'_>, id: &str, how: Leave, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let device = find(&mut change, actor.account, id).await?;
    if device.authorized(now) {
        return Err(Error::Conflict(
            "Cancel the authorization of this screen first, so that it stops playing. Then unpair or delete it."
                .into(),
        ));
    }
    if device.granted {
        // It has expired. The hub answers a screen that has left until it has read a withdrawal.
        authorization::end(&mut change, actor, &device, now).await?;
    }
    devices::leave(&mut change, id, None, now).await?;
    pairings::delete(&mut change, id).await?;
    let action = if how == Leave::Unpair { "device.unpair" } else { "device.delete" };
    audit::by(&mut change, actor, action, id, Some(&device.name), now).await?;
    if how == Leave::Delete {
        devices::forget(&mut change, id, &default_name(id)).await?;
    }
    store::commit(change).await
}

/// Makes a code by which the actor's account takes one screen over from another. Shown once.
pub async fn transfer_code(store: &Store, actor: &Actor<'_>, now: Millis) -> Result<(Secret, Millis)> {
    let code = Secret::new(format!("{TRANSFER_PREFIX}{}", hex::encode(ident::random::<16>()?)));
    let expires_at = now + TRANSFER_LIFETIME;
    let mut change = store.write().await?;
    pairings::insert_transfer(&mut change, &digest(code.expose()), actor.account, actor.id, now, expires_at)
        .await?;
    audit::by(&mut change, actor, "transfer-code.create", actor.account, None, now).await?;
    store::commit(change).await?;
    Ok((code, expires_at))
}

/// Gives a screen to the account that made the code. Its authorization ends here; it joins the other account by
/// itself as soon as it has learned of it.
pub async fn transfer(store: &Store, actor: &Actor<'_>, id: &str, code: &Secret, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let device = find(&mut change, actor.account, id).await?;
    let account =
        pairings::use_transfer(&mut change, &digest(code.expose().trim()), now).await?.ok_or_else(|| {
            let detail = "This transfer code does not hold: it is mistyped, used or older than a day.";
            Error::refused(404, Code::ApiNotFound, detail)
        })?;
    if account == actor.account {
        return Err(Error::Conflict("The code is of this account. The other account has to make it.".into()));
    }
    if device.granted {
        authorization::end(&mut change, actor, &device, now).await?;
    }
    devices::leave(&mut change, id, Some(&account), now).await?;
    pairings::delete(&mut change, id).await?;
    audit::by(&mut change, actor, "device.transfer", id, Some(&device.name), now).await?;
    let other = Actor { account: &account, id: "device" };
    audit::by(&mut change, &other, "device.expect", id, Some(&device.name), now).await?;
    store::commit(change).await
}

/// A name as it is stored.
pub fn name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err(Error::Field {
            field: "name",
            detail: format!("The name of a screen has 1 to {MAX_NAME} characters."),
        });
    }
    Ok(name.to_owned())
}

/// A location as it is stored; none when it is blank.
pub fn location(text: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > MAX_NAME || text.contains(char::is_control) {
        return Err(Error::Field {
            field: "location",
            detail: format!("A location has at most {MAX_NAME} characters."),
        });
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// Labels as they are stored: each once, none blank.
pub fn tags(list: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in list.iter().map(|tag| clean(tag)) {
        if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MAX_LIST {
            tags.push(tag);
        }
    }
    tags
}
