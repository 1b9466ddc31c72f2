//! `/playlists`, `/layouts`, `/time-blocks`, `/schedules`: drafts.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::super::Shared;
use super::super::super::user::User;
use super::super::Input;
use super::{Page, Wanted, by_name, check, cursor, limit, page};
use crate::Result;
use crate::composition::layouts::{self, Design, NewLayout};
use crate::composition::playlists::{self, Entry, Full, NewPlaylist};
use crate::composition::schedules::{self, NewEntry, Plan, Timing};
use crate::composition::time_blocks::{self, NewTimeBlock, Times};
use crate::composition::{Audience, Shown};
use crate::folder_rights::Area;
use crate::ident::{self, timestamp};
use crate::rights::Right;
use crate::sight::{Sight, quiet};
use crate::store::composed::{self, Composed, Draft, Filter};
use crate::store::playlists as rows;

/// A playlist in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistView {
    /// `pls_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A playlist with its items.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullPlaylist {
    /// The playlist.
    #[serde(flatten)]
    pub playlist: PlaylistView,
    /// In the order of showing.
    pub items: Vec<Entry>,
}

/// A layout.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayoutView {
    /// `lay_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// What it is like.
    pub design: Design,
}

/// A time block.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeBlockView {
    /// `tbl_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// The times.
    pub times: Times,
}

/// An entry of the schedule.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// `sch_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// Where it is listed; levels separated by a slash.
    pub folder: Option<String>,
    /// When it was made; of equal priorities the newest is shown.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// What is shown.
    pub target: Shown,
    /// On which screens.
    pub audience: Audience,
    /// The higher one is shown.
    pub priority: i32,
    /// When.
    pub timing: Timing,
}

impl From<rows::Playlist> for PlaylistView {
    fn from(row: rows::Playlist) -> Self {
        let updated_at = timestamp(row.updated_at.max(row.created_at));
        let created_at = timestamp(row.created_at);
        Self { id: row.id, name: row.name, folder: row.folder, created_at, updated_at }
    }
}

impl From<Full> for FullPlaylist {
    fn from(full: Full) -> Self {
        Self { playlist: full.playlist.into(), items: full.items }
    }
}

impl From<Draft<Design>> for LayoutView {
    fn from(draft: Draft<Design>) -> Self {
        let Draft { id, name, folder, body: design, created_at, updated_at, .. } = draft;
        let (created_at, updated_at) = (timestamp(created_at), timestamp(updated_at));
        Self { id, name, folder, created_at, updated_at, design }
    }
}

impl From<Draft<Times>> for TimeBlockView {
    fn from(draft: Draft<Times>) -> Self {
        let Draft { id, name, folder, body: times, created_at, updated_at, .. } = draft;
        let (created_at, updated_at) = (timestamp(created_at), timestamp(updated_at));
        Self { id, name, folder, created_at, updated_at, times }
    }
}

impl From<Draft<Plan>> for EntryView {
    fn from(draft: Draft<Plan>) -> Self {
        let Draft { id, name, folder, body, created_at, updated_at, .. } = draft;
        let Plan { target, audience, priority, timing } = body;
        let (created_at, updated_at) = (timestamp(created_at), timestamp(updated_at));
        Self { id, name, folder, created_at, updated_at, target, audience, priority, timing }
    }
}

/// The playlists of the account by name.
pub(super) async fn playlists(
    State(state): State<Shared>,
    user: User,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<PlaylistView>>> {
    user.may(Right::View)?;
    let (limit, after) = (limit(wanted.limit)?, cursor(&wanted.after)?);
    let visible = user.scope.sql(Area::Content, "folder");
    let filter = Filter {
        search: &wanted.search,
        folder: &wanted.folder,
        after: (&after.0, &after.1),
        limit: limit + 1,
        visible: &visible,
    };
    let found = rows::page(&mut *state.store.read().await?, &user.account, &filter).await?;
    Ok(Json(page(found, limit, |row| by_name(&row.name, &row.id), |row| Ok(row.into()))?))
}

/// A playlist with the titles that may be seen.
async fn told(state: &Shared, user: &User, mut full: Full) -> Result<Json<FullPlaylist>> {
    user.sight(state).await?.items(&mut full.items);
    Ok(Json(full.into()))
}

pub(super) async fn playlist(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Json<FullPlaylist>> {
    user.may(Right::View)?;
    let full = playlists::find(&mut *state.store.read().await?, &user.account, &id).await?;
    told(&state, &user, full).await
}

pub(super) async fn create_playlist(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<NewPlaylist>,
) -> Result<(StatusCode, Json<FullPlaylist>)> {
    let actor = user.may(Right::EditContent)?;
    check(&user, new.folder.as_deref())?;
    let full = playlists::create(&state.store, &actor, &new, ident::now()).await?;
    Ok((StatusCode::CREATED, told(&state, &user, full).await?))
}

pub(super) async fn change_playlist(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
    Input(new): Input<NewPlaylist>,
) -> Result<Json<FullPlaylist>> {
    let actor = user.may(Right::EditContent)?;
    check(&user, new.folder.as_deref())?;
    let full = playlists::change(&state.store, &actor, &id, &new, ident::now()).await?;
    told(&state, &user, full).await
}

pub(super) async fn duplicate_playlist(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<FullPlaylist>)> {
    let actor = user.may(Right::EditContent)?;
    let full = playlists::duplicate(&state.store, &actor, &id, ident::now()).await?;
    Ok((StatusCode::CREATED, told(&state, &user, full).await?))
}

pub(super) async fn delete_playlist(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::EditContent)?;
    quiet(&user.scope, playlists::delete(&state.store, &actor, &id, ident::now()).await)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list<T: Reaching, V: From<Draft<T>>>(
    state: &Shared,
    user: &User,
    wanted: &Wanted,
) -> Result<Json<Page<V>>> {
    user.may(Right::View)?;
    let (limit, after) = (limit(wanted.limit)?, cursor(&wanted.after)?);
    let visible = user.scope.sql(Area::Content, "folder");
    let filter = Filter {
        search: &wanted.search,
        folder: &wanted.folder,
        after: (&after.0, &after.1),
        limit: limit + 1,
        visible: &visible,
    };
    let sight = user.sight(state).await?;
    let found = composed::page::<T>(&mut *state.store.read().await?, &user.account, &filter).await?;
    let next = |draft: &Draft<T>| by_name(&draft.name, &draft.id);
    Ok(Json(page(found, limit, next, |draft| Ok(narrow(draft, &sight).into()))?))
}

async fn one<T: Reaching, V: From<Draft<T>>>(state: &Shared, user: &User, id: &str) -> Result<Json<V>> {
    user.may(Right::View)?;
    let sight = user.sight(state).await?;
    let draft = composed::find::<T>(&mut *state.store.read().await?, &user.account, id).await?;
    Ok(Json(narrow(draft, &sight).into()))
}

/// What depends on which screens somebody sees.
trait Reaching: Composed {
    /// What is asked for.
    type New;

    /// Refuses to reach screens that are not there for somebody; keeps those that are not.
    fn reach(_: &Sight, _: Option<&Self>, new: Self::New) -> Result<Self::New> {
        Ok(new)
    }

    /// Without the names of screens that are not there.
    fn narrow(self, _: &Sight) -> Self {
        self
    }
}

impl Reaching for Design {
    type New = NewLayout;
}

impl Reaching for Times {
    type New = NewTimeBlock;
}

impl Reaching for Plan {
    type New = NewEntry;

    fn reach(sight: &Sight, old: Option<&Self>, mut new: NewEntry) -> Result<NewEntry> {
        new.audience = sight.reach(old.map(|old| &old.audience), new.audience)?;
        Ok(new)
    }

    fn narrow(mut self, sight: &Sight) -> Self {
        self.audience = sight.audience(self.audience).unwrap_or_default();
        self
    }
}

fn narrow<T: Reaching>(draft: Draft<T>, sight: &Sight) -> Draft<T> {
    Draft { body: draft.body.narrow(sight), ..draft }
}

macro_rules! drafts {
    ($body:ty, $view:ty, $new:ty, $module:ident, $list:ident, $one:ident, $create:ident, $change:ident, $delete:ident) => {
        pub(super) async fn $list(
            State(state): State<Shared>,
            user: User,
            Query(wanted): Query<Wanted>,
        ) -> Result<Json<Page<$view>>> {
            list::<$body, $view>(&state, &user, &wanted).await
        }

        pub(super) async fn $one(
            State(state): State<Shared>,
            user: User,
            Path(id): Path<String>,
        ) -> Result<Json<$view>> {
            one::<$body, $view>(&state, &user, &id).await
        }

        pub(super) async fn $create(
            State(state): State<Shared>,
            user: User,
            Input(new): Input<$new>,
        ) -> Result<(StatusCode, Json<$view>)> {
            let actor = user.may(Right::EditContent)?;
            check(&user, new.folder.as_deref())?;
            let sight = user.sight(&state).await?;
            let new = <$body>::reach(&sight, None, new)?;
            let made = $module::create(&state.store, &actor, new, ident::now()).await?;
            Ok((StatusCode::CREATED, Json(made.into())))
        }

        pub(super) async fn $change(
            State(state): State<Shared>,
            user: User,
            Path(id): Path<String>,
            Input(new): Input<$new>,
        ) -> Result<Json<$view>> {
            let actor = user.may(Right::EditContent)?;
            check(&user, new.folder.as_deref())?;
            let sight = user.sight(&state).await?;
            let old = match sight.is_limited() {
                true => Some(composed::find(&mut *state.store.read().await?, &user.account, &id).await?.body),
                false => None,
            };
            let new = <$body>::reach(&sight, old.as_ref(), new)?;
            let changed = $module::change(&state.store, &actor, &id, new, ident::now()).await?;
            Ok(Json(narrow(changed, &sight).into()))
        }

        pub(super) async fn $delete(
            State(state): State<Shared>,
            user: User,
            Path(id): Path<String>,
        ) -> Result<StatusCode> {
            let actor = user.may(Right::EditContent)?;
            let removed = $module::delete(&state.store, &actor, &id, ident::now()).await;
            quiet(&user.scope, removed)?;
            Ok(StatusCode::NO_CONTENT)
        }
    };
}

drafts!(Design, LayoutView, NewLayout, layouts, layouts, layout, create_layout, change_layout, delete_layout);
drafts!(
    Times,
    TimeBlockView,
    NewTimeBlock,
    time_blocks,
    time_blocks,
    time_block,
    create_time_block,
    change_time_block,
    delete_time_block
);
drafts!(Plan, EntryView, NewEntry, schedules, entries, entry, create_entry, change_entry, delete_entry);

pub(super) async fn duplicate_layout(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<LayoutView>)> {
    let actor = user.may(Right::EditContent)?;
    let made = layouts::duplicate(&state.store, &actor, &id, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
