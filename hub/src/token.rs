//! Enrolment tokens: making, listing, revoking, and the provisioning file that carries one.

use serde::Serialize;
use signage_protocol::Secret;
use signage_protocol::config::{Hub, HubUrl, ProvisionFile};
use signage_protocol::token::{Kind, RANDOM_BYTES, digest};

use crate::ident::{self, DAY, Millis};
use crate::store::accounts::Account;
use crate::store::tokens::{Token, kind_name};
use crate::store::{self, Store, audit, devices, playlists, settings, tokens};
use crate::{Error, Result};

/// How long a device token waits for its device.
pub const UNUSED_DAYS: Millis = 30;

/// What a token gives to the devices that it enrols.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// For people; the screen's name in a device token.
    pub name: Option<String>,
    /// What they play instead of the account's default.
    pub playlist: Option<String>,
    /// Labels they get.
    pub tags: Vec<String>,
}

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A device token that waits for its device.
    Unused,
    /// A device token that waited too long.
    Expired,
    /// In use, or ready for use any number of times.
    Active,
    /// Withdrawn by an operator.
    Revoked,
}

impl Token {
    /// Where this token stands at a moment.
    pub fn state(&self, now: Millis) -> State {
        match (self.revoked_at, self.kind, &self.used_by) {
            (Some(_), ..) => State::Revoked,
            (None, Kind::Provisioning, _) | (None, Kind::Device, Some(_)) => State::Active,
            (None, Kind::Device, None) if self.expires_at.is_some_and(|end| now >= end) => State::Expired,
            (None, Kind::Device, None) => State::Unused,
        }
    }
}

/// Makes a token. The secret is in the answer and nowhere else.
pub async fn create(
    store: &Store,
    account: &Account,
    kind: Kind,
    grant: Grant,
    now: Millis,
) -> Result<(Token, Secret)> {
    let secret = kind.encode(&ident::random::<RANDOM_BYTES>()?);
    let token = Token {
        id: ident::new("tok")?,
        account: account.id.clone(),
        kind,
        name: grant.name,
        digest: digest(&secret),
        playlist: grant.playlist,
        tags: grant.tags,
        created_at: now,
        expires_at: (kind == Kind::Device).then_some(now + UNUSED_DAYS * DAY),
        revoked_at: None,
        used_by: None,
    };
    let mut change = store.write().await?;
    if let Some(playlist) = &token.playlist
        && playlists::by_id(&mut change, &account.id, playlist).await?.is_none()
    {
        return Err(Error::NotFound { what: "playlist", name: playlist.clone() });
    }
    tokens::insert(&mut change, &token).await?;
    let entry = audit::Entry {
        account: Some(&account.id),
        actor: "cli",
        action: "token.create",
        subject: &token.id,
        detail: Some(kind_name(kind)),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    Ok((token, secret))
}

/// Revokes a token. A provisioning token enrols nobody any more, and its devices go on; a device token also
/// takes the authorization of its device along. Revoking twice changes nothing.
pub async fn revoke(store: &Store, id: &str, now: Millis) -> Result<Token> {
    let mut change = store.write().await?;
    let mut token = tokens::by_id(&mut change, id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "token", name: id.to_owned() })?;
    if token.revoked_at.is_some() {
        return Ok(token);
    }
    tokens::set_revoked(&mut change, id, now).await?;
    token.revoked_at = Some(now);
    let entry = audit::Entry {
        account: Some(&token.account),
        actor: "cli",
        action: "token.revoke",
        subject: &token.id,
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    if token.kind == Kind::Device
        && let Some(used_by) = &token.used_by
        // A device that has moved on to another token no longer depends on this one.
        && let Some(device) = devices::by_id(&mut change, used_by).await?
        && device.enrol_token == token.id
    {
        devices::withdraw(&mut change, &device.id, now).await?;
        let entry = audit::Entry { action: "device.withdraw", subject: &device.id, ..entry };
        audit::record(&mut change, &entry, now).await?;
    }
    store::commit(change).await?;
    Ok(token)
}

/// The provisioning file for a token: all that a device needs to find, trust and enter this hub.
pub fn provision_file(
    account: &Account,
    kind: Kind,
    token: Secret,
    url: &str,
    ca_pem: &str,
    now: Millis,
) -> Result<String> {
    let (provision_token, device_token) = match kind {
        Kind::Provisioning => (Some(token), None),
        Kind::Device => (None, Some(token)),
    };
    let file = ProvisionFile {
        issued_at: Some(ident::timestamp(now)),
        provision_token,
        device_token,
        hub: Some(Hub {
            url: HubUrl::from(url.to_owned()),
            ca: Some(ca_pem.to_owned()),
            public_key: Some(account.public_key()?),
            allow_http: false,
        }),
        ..ProvisionFile::empty()
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(Error::json("the provisioning file"))?;
    text.push('\n');
    Ok(text)
}

/// The address that provisioning files name: the one given, else the one that this hub last served.
pub async fn public_url(store: &Store, given: Option<&str>) -> Result<String> {
    if let Some(given) = given {
        return Ok(given.parse::<crate::address::HubUrl>()?.to_string());
    }
    settings::get(store, settings::PUBLIC_URL).await?.ok_or_else(|| {
        Error::Invalid("the address of this hub is not known yet; start it once, or give --public-url".into())
    })
}
