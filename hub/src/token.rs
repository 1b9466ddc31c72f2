//! Enrolment tokens: making, renewing and revoking them. A device token comes with an entry for its screen, which
//! stays when the token goes.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use signage_protocol::Secret;
use signage_protocol::token::{Kind, RANDOM_BYTES, digest};

use crate::api_token::Actor;
use crate::composition::defaults;
use crate::ident::{self, DAY, Millis, timestamp};
use crate::store::screens::Screen;
use crate::store::tokens::kind_name;
pub use crate::store::tokens::{Grant, State, Token};
use crate::store::{self, Connection, Store, audit, devices, screens, settings, tokens};
use crate::{Error, Result, authorization, name_pattern, provision};

/// How long a device token waits for its device.
pub const UNUSED_DAYS: Millis = 30;
/// Most tokens that are made together.
pub const MAX_BULK: usize = 10_000;

/// A token that was just made. The secret is here and nowhere else.
#[derive(Debug, Clone)]
pub struct Made {
    /// The token.
    pub token: Token,
    /// What the device needs.
    pub secret: Secret,
}

impl From<(Token, Secret)> for Made {
    fn from((token, secret): (Token, Secret)) -> Self {
        Self { token, secret }
    }
}

/// Makes a token; a device token with an entry for its screen.
pub async fn create(
    store: &Store,
    actor: &Actor<'_>,
    kind: Kind,
    grant: Grant,
    now: Millis,
) -> Result<(Token, Secret)> {
    let grant = provision::check(grant)?;
    let screen = (kind == Kind::Device).then(|| screen(actor.account, &grant, now)).transpose()?;
    let made = make(actor.account, kind, grant, screen.as_ref().map(|screen| screen.id.clone()), now)?;
    let mut change = store.write().await?;
    check_default(&mut change, &made.token).await?;
    screens::insert(&mut change, screen.as_slice()).await?;
    tokens::insert(&mut change, std::slice::from_ref(&made.token)).await?;
    audit::by(&mut change, actor, "token.create", &made.token.id, Some(kind_name(kind)), now).await?;
    store::commit(change).await?;
    Ok((made.token, made.secret))
}

/// Makes `count` device tokens and their screens in one change: all or none. The name of the grant is a pattern, see
/// [`name_pattern`]; its numbers begin with `first`.
pub async fn bulk(
    store: &Store,
    actor: &Actor<'_>,
    count: usize,
    first: usize,
    grant: Grant,
    now: Millis,
) -> Result<Vec<Made>> {
    if !(1..=MAX_BULK).contains(&count) {
        return Err(Error::Field {
            field: "count",
            detail: format!("the number of tokens is 1 to {MAX_BULK}"),
        });
    }
    let names = name_pattern::expand(grant.name.as_deref().unwrap_or_default(), first, count)?;
    // The last name is the longest; everything else is the same in all.
    let grant = provision::check(Grant { name: names.last().cloned(), ..grant })?;
    let batch = ident::new("bat")?;
    let mut made = Vec::with_capacity(count);
    let mut entries = Vec::with_capacity(count);
    for name in names {
        let grant = Grant { name: Some(name), ..grant.clone() };
        let entry = screen(actor.account, &grant, now)?;
        made.push(make(actor.account, Kind::Device, grant, Some(entry.id.clone()), now)?);
        entries.push(entry);
    }
    // Lists show the newest, which is the greatest, first, and these in the order of their names.
    let mut ids: Vec<String> = made.iter().map(|made| made.token.id.clone()).collect();
    ids.sort_unstable_by(|one, two| two.cmp(one));
    for (made, id) in made.iter_mut().zip(ids) {
        made.token.id = id;
        made.token.batch = Some(batch.clone());
    }
    let rows: Vec<Token> = made.iter().map(|made| made.token.clone()).collect();
    let mut change = store.write().await?;
    check_default(&mut change, &rows[0]).await?;
    screens::insert(&mut change, &entries).await?;
    tokens::insert(&mut change, &rows).await?;
    let detail = format!("{count} device tokens");
    audit::by(&mut change, actor, "token.bulk", &batch, Some(&detail), now).await?;
    store::commit(change).await?;
    Ok(made)
}

/// Makes another token for the screen of a device token: after that one was revoked, has expired or is lost. A
/// token in use has to be revoked first; an unused one ends here.
pub async fn renew(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<(Token, Secret)> {
    let mut change = store.write().await?;
    let old = find_in(&mut change, actor.account, id).await?;
    let entry = match &old.screen {
        Some(screen) => screens::by_id(&mut change, actor.account, screen).await?,
        None => None,
    };
    let Some(entry) = entry else {
        return Err(Error::Conflict(
            "a provisioning token belongs to no screen; make another one instead".into(),
        ));
    };
    for token in tokens::of_screen(&mut change, &entry.id).await? {
        if token.used_by.is_some() {
            return Err(Error::Conflict(format!(
                "the token {} of this screen is in use; revoke it first",
                token.id
            )));
        }
        tokens::set_revoked(&mut change, &token.id, now).await?;
        audit::by(&mut change, actor, "token.revoke", &token.id, None, now).await?;
    }
    let made = make(actor.account, Kind::Device, entry.grant, Some(entry.id), now)?;
    tokens::insert(&mut change, std::slice::from_ref(&made.token)).await?;
    audit::by(&mut change, actor, "token.renew", &made.token.id, Some(&old.id), now).await?;
    store::commit(change).await?;
    Ok((made.token, made.secret))
}

/// Revokes a token. A provisioning token enrols nobody any more, and its devices go on; a device token also
/// takes the authorization of its device along. Revoking twice changes nothing.
pub async fn revoke(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<Token> {
    let mut change = store.write().await?;
    let mut token = find_in(&mut change, actor.account, id).await?;
    if token.revoked_at.is_some() {
        return Ok(token);
    }
    tokens::set_revoked(&mut change, id, now).await?;
    token.revoked_at = Some(now);
    audit::by(&mut change, actor, "token.revoke", id, None, now).await?;
    if token.kind == Kind::Device
        && let Some(used_by) = &token.used_by
        // A device that has moved on to another token no longer depends on this one.
        && let Some(device) = devices::by_id(&mut change, used_by).await?
        && device.enrol_token.as_deref() == Some(id)
        && device.granted
    {
        authorization::end(&mut change, actor, &device, now).await?;
        audit::by(&mut change, actor, "device.withdraw", &device.id, None, now).await?;
    }
    store::commit(change).await?;
    Ok(token)
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

/// A token for programs, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Token")]
pub struct View {
    /// `tok_…`
    pub id: String,
    /// The account that it opens.
    pub account: String,
    /// How many it enrols: one, or any number.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// For people; the screen's name in a device token.
    pub name: Option<String>,
    /// What its screens play instead of the account's default.
    pub playlist: Option<String>,
    /// The layout that they show instead of a playlist.
    pub layout: Option<String>,
    /// Where they are listed; levels separated by a slash.
    pub folder: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Where they stand.
    pub location: Option<String>,
    /// Labels they get.
    pub tags: Vec<String>,
    /// The entry that a device token fills.
    pub screen: Option<String>,
    /// `bat_…`, when it was made together with others.
    pub batch: Option<String>,
    /// The screen that used a device token.
    pub device: Option<String>,
    /// How many screens it has let in.
    pub devices: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// End of a device token that nobody uses.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TokenWithSecret")]
pub struct WithSecret {
    #[serde(flatten)]
    view: View,
    /// The token itself: it is in this answer only.
    #[schemars(with = "String")]
    token: Secret,
}

impl Made {
    /// For programs.
    pub fn describe(&self, now: Millis) -> WithSecret {
        WithSecret { view: describe(&self.token, now), token: self.secret.clone() }
    }
}

/// A token for programs.
pub fn describe(token: &Token, now: Millis) -> View {
    let Grant { name, playlist, layout, folder, timezone, location, tags } = token.grant.clone();
    View {
        id: token.id.clone(),
        account: token.account.clone(),
        kind: token.kind,
        state: token.state(now),
        name,
        playlist,
        layout,
        folder,
        timezone,
        location,
        tags,
        screen: token.screen.clone(),
        batch: token.batch.clone(),
        device: token.used_by.clone(),
        devices: token.devices,
        created_at: timestamp(token.created_at),
        expires_at: token.expires_at.filter(|_| token.used_by.is_none()).map(timestamp),
        revoked_at: token.revoked_at.map(timestamp),
    }
}

/// A token of an account.
pub async fn find(store: &Store, account: &str, id: &str) -> Result<Token> {
    find_in(&mut *store.read().await?, account, id).await
}

async fn find_in(connection: &mut Connection, account: &str, id: &str) -> Result<Token> {
    let token = tokens::by_id(connection, id).await?.filter(|token| token.account == account);
    token.ok_or_else(|| Error::NotFound { what: "token", name: id.to_owned() })
}

fn screen(account: &str, grant: &Grant, now: Millis) -> Result<Screen> {
    let id = ident::new("scr")?;
    Ok(Screen { id, account: account.to_owned(), grant: grant.clone(), device: None, created_at: now })
}

fn make(account: &str, kind: Kind, grant: Grant, screen: Option<String>, now: Millis) -> Result<Made> {
    let secret = kind.encode(&ident::random::<RANDOM_BYTES>()?);
    let token = Token {
        id: ident::new_sorted("tok", now)?,
        account: account.to_owned(),
        kind,
        grant,
        digest: digest(&secret),
        screen,
        batch: None,
        created_at: now,
        expires_at: (kind == Kind::Device).then_some(now + UNUSED_DAYS * DAY),
        revoked_at: None,
        used_by: None,
        devices: 0,
    };
    Ok(Made { token, secret })
}

async fn check_default(change: &mut Connection, token: &Token) -> Result<()> {
    let grant = &token.grant;
    defaults::check(change, &token.account, grant.playlist.as_deref(), grant.layout.as_deref()).await
}
