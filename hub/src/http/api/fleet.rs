//! Many screens at once: `/screens/bulk`, `/folders`, `/screen-groups`; `/account` with what holds for all screens.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::user::User;
use super::Input;
use crate::fleet::{self as many, Action, Selection};
use crate::folder_rights::{Area, Scope};
use crate::ident::{self, timestamp};
use crate::rights::Right;
use crate::store::fleet::{self, Filter, State as Is};
use crate::store::{Store, screen_groups, workspace};
use crate::workspace::{self as set, New};
use crate::{Error, Result, device};

/// A list, all of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AllOf{T}")]
pub struct All<T> {
    /// In the order of the resource.
    pub items: Vec<T>,
}

/// A folder.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ScreenFolder")]
pub struct Folder {
    /// Levels separated by a slash.
    pub path: String,
    /// Screens in it, without those in folders below it.
    pub screens: i64,
    /// How many of them are online.
    pub online: i64,
}

/// A folder that is to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewScreenFolder")]
pub struct NewFolder {
    /// Levels separated by a slash.
    pub path: String,
}

/// A folder that is to have another path, with everything in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MovedScreenFolder")]
pub struct MovedFolder {
    /// As it is.
    pub path: String,
    /// As it is to be.
    pub to: String,
}

/// Which folder is to be deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NamedScreenFolder")]
pub struct Named {
    /// Levels separated by a slash.
    pub path: String,
}

/// A group of screens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScreenGroup")]
pub struct Group {
    /// `sgr_…`
    pub id: String,
    /// Unique in the account.
    pub name: String,
    /// How many screens are in it.
    pub screens: i64,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

/// A group that is to be made or renamed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupName {
    /// Unique in the account.
    pub name: String,
}

/// Which screens fit; what is absent is not asked for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// In name, location, serial number, model, address or id.
    pub search: String,
    /// online, offline or unauthorized.
    pub state: Option<String>,
    /// Only those with faults that are not resolved.
    pub faults: bool,
    /// In this folder or below it.
    pub folder: Option<String>,
    /// With this label.
    pub tag: Option<String>,
    /// Id of a group that they are in.
    pub group: Option<String>,
}

/// One thing for many screens: `ids`, or all that `match`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BulkChange")]
pub struct Bulk {
    /// These.
    pub ids: Option<Vec<String>>,
    /// All that fit.
    #[serde(rename = "match")]
    pub fitting: Option<Match>,
    /// move, tag, untag, playlist, timezone, join, part, refresh, identify, reboot or withdraw.
    pub action: String,
    /// Folder, label, id of a playlist, time zone, or id of a group; empty takes it away.
    #[serde(default)]
    pub value: String,
}

/// How many screens it was done to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    /// How many.
    pub screens: usize,
}

/// The screen whose place is taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rebind {
    /// Id of the screen that the board was.
    pub other: String,
}

/// What holds for the account and all of its screens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AccountSettings")]
pub struct Account {
    /// `acc_…`
    pub id: String,
    /// Unique on the hub.
    pub name: String,
    /// IANA time zone of screens without one.
    pub timezone: Option<String>,
    /// Id of what screens play when nothing else is said.
    pub default_playlist: Option<String>,
    /// Minutes without a sign of life after which a screen is offline.
    pub online_minutes: i64,
    /// Days that logs of screens and resolved faults are kept.
    pub keep_logs_days: i64,
    /// Days that proof of play is kept.
    pub keep_plays_days: i64,
    /// Days that the audit log is kept; 0 for ever, except for refusals, which stay 30 days.
    pub keep_audit_days: i64,
    /// Most screens that may play at the same time.
    pub screen_limit: Option<i64>,
}

/// What is to be changed; what is absent stays, an empty text takes something away.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountChange {
    /// Unique on the hub.
    pub name: Option<String>,
    /// IANA time zone of screens without one.
    pub timezone: Option<String>,
    /// Id of what screens play when nothing else is said.
    pub default_playlist: Option<String>,
    /// Minutes without a sign of life after which a screen is offline, 2 to 1440.
    pub online_minutes: Option<i64>,
    /// Days that logs of screens and resolved faults are kept.
    pub keep_logs_days: Option<i64>,
    /// Days that proof of play is kept.
    pub keep_plays_days: Option<i64>,
    /// Days that the audit log is kept, at least 30; 0 for ever.
    pub keep_audit_days: Option<i64>,
}

pub(super) async fn folders(State(state): State<Shared>, user: User) -> Result<Json<All<Folder>>> {
    user.may(Right::View)?;
    Ok(Json(All { items: folders_of(&state.store, &user.account, &user.scope).await? }))
}

/// The folders of an account, as far as somebody sees them.
pub(crate) async fn folders_of(store: &Store, account: &str, scope: &Scope) -> Result<Vec<Folder>> {
    let settings = workspace::settings(&mut *store.read().await?, account).await?;
    let mut found: HashMap<String, (i64, i64)> = HashMap::new();
    for path in fleet::folders(store, account).await? {
        found.insert(path, (0, 0));
    }
    let online = settings.online(ident::now());
    for count in fleet::counts(store, account, scope, online).await? {
        let entry = found.entry(count.folder).or_default();
        entry.0 += count.screens;
        entry.1 += if count.state == "online" { count.screens } else { 0 };
    }
    found.retain(|path, _| !path.is_empty() && scope.sees(Area::Screens, Some(path)));
    let mut items: Vec<Folder> =
        found.into_iter().map(|(path, (screens, online))| Folder { path, screens, online }).collect();
    items.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    Ok(items)
}

pub(super) async fn make_folder(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<NewFolder>,
) -> Result<(StatusCode, Json<Folder>)> {
    let actor = user.may(Right::ManageScreens)?;
    let path = many::make_folder(&state.store, &actor, &new.path, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(Folder { path, screens: 0, online: 0 })))
}

pub(super) async fn move_folder(
    State(state): State<Shared>,
    user: User,
    Input(moved): Input<MovedFolder>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    many::move_folder(&state.store, &actor, &moved.path, &moved.to, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete_folder(
    State(state): State<Shared>,
    user: User,
    named: std::result::Result<Query<Named>, QueryRejection>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    let Query(named) = named.map_err(|rejection| Error::Invalid(rejection.body_text()))?;
    many::delete_folder(&state.store, &actor, &named.path, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn groups(State(state): State<Shared>, user: User) -> Result<Json<All<Group>>> {
    user.may(Right::View)?;
    let mut groups = screen_groups::list(&state.store, &user.account).await?;
    user.sight(&state).await?.groups(&mut groups);
    Ok(Json(All { items: groups.into_iter().map(Group::from).collect() }))
}

impl From<screen_groups::Group> for Group {
    fn from(group: screen_groups::Group) -> Self {
        Self {
            id: group.id,
            name: group.name,
            screens: group.screens,
            created_at: timestamp(group.created_at),
        }
    }
}

pub(super) async fn make_group(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<GroupName>,
) -> Result<(StatusCode, Json<Group>)> {
    let actor = user.may(Right::ManageScreens)?;
    let made = many::make_group(&state.store, &actor, &new.name, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

pub(super) async fn rename_group(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(new): Input<GroupName>,
) -> Result<Json<Group>> {
    let actor = user.may(Right::ManageScreens)?;
    Ok(Json(many::rename_group(&state.store, &actor, &id, &new.name, ident::now()).await?.into()))
}

pub(super) async fn delete_group(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    many::delete_group(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn bulk(
    State(state): State<Shared>,
    user: User,
    Input(bulk): Input<Bulk>,
) -> Result<Json<Done>> {
    let actor = user.may(Right::ManageScreens)?;
    let selection = match (bulk.ids, bulk.fitting) {
        (Some(ids), None) => Selection::Ids(ids),
        (None, Some(fitting)) => Selection::All(filter(fitting)?),
        _ => return Err(Error::Invalid("name either ids or match".into())),
    };
    let action = Action::named(&bulk.action, &bulk.value)?;
    Ok(Json(Done { screens: many::bulk(&state.store, &actor, &selection, &action, ident::now()).await? }))
}

fn filter(fitting: Match) -> Result<Filter> {
    let state = fitting.state.map(|text| {
        Is::named(&text).ok_or_else(|| {
            Error::Invalid(format!("{text:?} is no state; use online, offline or unauthorized"))
        })
    });
    Ok(Filter {
        text: fitting.search,
        state: state.transpose()?,
        faults: fitting.faults,
        folder: fitting.folder,
        tag: fitting.tag,
        group: fitting.group,
    })
}

pub(super) async fn rebind(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(old): Input<Rebind>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageScreens)?;
    let before = device::find(&mut *state.store.read().await?, actor.account, &old.other).await?;
    user.check_folder(Right::ManageScreens, Area::Screens, before.folder.as_deref())?;
    many::rebind(&state.store, &actor, &id, &old.other, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn account(State(state): State<Shared>, user: User) -> Result<Json<Account>> {
    user.may(Right::View)?;
    let mut settings = workspace::settings(&mut *state.store.read().await?, &user.account).await?;
    let sight = user.sight(&state).await?;
    settings.default_playlist = settings.default_playlist.filter(|id| sight.sees(id));
    Ok(Json(describe(&user.account, settings)))
}

pub(super) async fn change_account(
    State(state): State<Shared>,
    user: User,
    Input(change): Input<AccountChange>,
) -> Result<Json<Account>> {
    let actor = user.may(Right::ManageAccount)?;
    let new = New {
        name: change.name,
        timezone: change.timezone,
        default_playlist: change.default_playlist,
        online_minutes: change.online_minutes,
        keep_logs_days: change.keep_logs_days,
        keep_plays_days: change.keep_plays_days,
        keep_audit_days: change.keep_audit_days,
    };
    let settings = set::change(&state.store, &actor, &new, ident::now()).await?;
    Ok(Json(describe(&user.account, settings)))
}

/// What holds for an account.
pub(crate) fn describe(id: &str, settings: workspace::Settings) -> Account {
    Account {
        id: id.to_owned(),
        name: settings.name,
        timezone: settings.timezone,
        default_playlist: settings.default_playlist,
        online_minutes: settings.online_minutes,
        keep_logs_days: settings.keep_logs_days,
        keep_plays_days: settings.keep_plays_days,
        keep_audit_days: settings.keep_audit_days,
        screen_limit: settings.screen_limit,
    }
}
