//! Doing one thing to many screens, folders, and groups of screens.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::form::{Checked, Nothing, Pairs};
use super::layout::{Viewer, page};
use super::screens::Wanted;
use super::session::Session;
use crate::fleet::{self as many, Action, Asks, Selection};
use crate::folder_rights::Area;
use crate::ident;
use crate::rights::Right;
use crate::second_step::escape;
use crate::store::doubts::Kind;
use crate::store::{fleet, playlists, screen_groups};
use crate::{Error, Result, device};

/// Names that the page of confirmation lists.
const NAMED: usize = 20;

/// A folder that is to be made.
#[derive(Debug, Deserialize)]
pub(super) struct NewFolder {
    path: String,
}

/// A folder that is to be changed.
#[derive(Debug, Deserialize)]
pub(super) struct ChangedFolder {
    path: String,
    #[serde(default)]
    to: String,
    delete: Option<String>,
}

/// A group.
#[derive(Debug, Deserialize)]
pub(super) struct Name {
    name: String,
}

/// What somebody chose on the list.
struct Chosen {
    selection: Selection,
    action: String,
    value: String,
}

impl Chosen {
    fn read(pairs: &[(String, String)]) -> Result<Self> {
        let one = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let fields: String = pairs
            .iter()
            .filter(|(name, _)| matches!(&**name, "search" | "state" | "folder" | "tag" | "group"))
            .map(|(name, value)| format!("&{name}={}", escape(value)))
            .collect();
        let wanted = format!("https://hub.invalid/?{}", fields.trim_start_matches('&'));
        let selection = match one("which").as_str() {
            "all" => {
                let uri = wanted.parse().map_err(|_| Error::Invalid("the filter cannot be read".into()))?;
                Selection::All(Wanted::read(&uri).filter()?)
            }
            _ => {
                let ids = pairs.iter().filter(|(name, _)| name == "id");
                Selection::Ids(ids.map(|(_, id)| id.clone()).collect())
            }
        };
        Ok(Self { selection, action: one("action"), value: one("value") })
    }
}

/// Says how many screens it would be, and asks for what the action needs.
pub(super) async fn confirm(State(state): State<Shared>, Pairs(session, pairs): Pairs) -> Result<Response> {
    session.may(Right::ManageScreens)?;
    ask(&state, &session, &pairs, None).await
}

async fn ask(
    state: &Shared,
    session: &Session,
    pairs: &[(String, String)],
    wrong: Option<&Error>,
) -> Result<Response> {
    let account = &session.operator.account;
    let chosen = Chosen::read(pairs)?;
    let mut connection = state.store.read().await?;
    let screens = many::chosen(&mut connection, account, &chosen.selection, ident::now()).await?;
    drop(connection);
    if screens.is_empty() {
        return Err(Error::Invalid(
            "No screen is ticked. Go back and tick some, or choose all that match.".into(),
        ));
    }
    let (_, word, asks) = Action::ALL
        .into_iter()
        .find(|(name, ..)| *name == chosen.action)
        .ok_or_else(|| Error::Invalid("Choose what to do.".into()))?;
    let viewer = session.viewer(state)?;
    let count = if screens.len() == 1 { "1 screen".to_owned() } else { format!("{} screens", screens.len()) };
    let input = input(state, account, asks, &chosen.value).await?;
    let content = html! {
        div.card.narrow.wide {
            h1 { (word) ": " (count) }
            @if let Some(error) = wrong { p.alert role="alert" { (error) } }
            @if chosen.action == "withdraw" { p.alert { "These screens stop playing, until somebody authorizes them again." } }
            ul.names {
                @for (_, name) in screens.iter().take(NAMED) { li { (name) } }
                @if screens.len() > NAMED { li { "and " (screens.len() - NAMED) " more" } }
            }
            form method="post" action="/screens/bulk/apply" {
                input type="hidden" name="form" value=(viewer.form);
                @for (name, value) in pairs.iter().filter(|(name, _)| !matches!(&**name, "form" | "value")) {
                    input type="hidden" name=(name) value=(value);
                }
                (input)
                div.actions {
                    button type="submit" { (word) ": " (count) }
                    a.button.quiet href="/screens" { "Cancel" }
                }
            }
        }
    };
    let status = wrong.map_or(axum::http::StatusCode::OK, |_| axum::http::StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, page("Screens", Some(&viewer), content)).into_response())
}

async fn input(state: &Shared, account: &str, asks: Asks, value: &str) -> Result<Markup> {
    Ok(match asks {
        Asks::Nothing => html! {},
        Asks::Text => html! {
            label for="value" { "Tag" }
            input #value name="value" value=(value) required;
        },
        Asks::Folder => {
            let folders = fleet::folders(&state.store, account).await?;
            html! {
                label for="value" { "Folder, levels separated by a slash; empty for none" }
                input #value name="value" value=(value) list="folders" placeholder="Berlin/Foyer";
                datalist #folders { @for folder in folders { option value=(folder) {} } }
            }
        }
        Asks::Playlist => {
            let playlists = playlists::list(&state.store, account).await?;
            html! {
                label for="value" { "Playlist" }
                select #value name="value" {
                    option value="" { "The account's default" }
                    @for playlist in playlists { option value=(playlist.id) selected[playlist.id == value] { (playlist.name) } }
                }
            }
        }
        Asks::Zone => html! {
            label for="value" { "Time zone, such as Europe/Berlin; empty for the account's" }
            input #value name="value" value=(value) placeholder="Europe/Berlin";
        },
        Asks::Group => {
            let groups = screen_groups::list(&state.store, account).await?;
            html! {
                label for="value" { "Group" }
                select #value name="value" required {
                    @for group in groups { option value=(group.id) selected[group.id == value] { (group.name) } }
                }
                p.minor { "A group that is not here is made on the page " a href="/screen-groups" { "Groups" } "." }
            }
        }
    })
}

/// Does it.
pub(super) async fn apply(State(state): State<Shared>, Pairs(session, pairs): Pairs) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let chosen = Chosen::read(&pairs)?;
    let done = match Action::named(&chosen.action, &chosen.value) {
        Ok(action) => many::bulk(&state.store, &actor, &chosen.selection, &action, ident::now()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(1) => Ok(Redirect::to("/screens?done=1+screen+changed.").into_response()),
        Ok(count) => Ok(Redirect::to(&format!("/screens?done={count}+screens+changed.")).into_response()),
        Err(error @ (Error::Invalid(_) | Error::Field { .. })) => {
            ask(&state, &session, &pairs, Some(&error)).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn make_folder(
    State(state): State<Shared>,
    Checked(session, input): Checked<NewFolder>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    let path = many::make_folder(&state.store, &actor, &input.path, ident::now()).await?;
    Ok(Redirect::to(&format!("/screens?folder={}", escape(&path))))
}

pub(super) async fn change_folder(
    State(state): State<Shared>,
    Checked(session, input): Checked<ChangedFolder>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    if input.delete.is_some() {
        many::delete_folder(&state.store, &actor, &input.path, ident::now()).await?;
        return Ok(Redirect::to("/screens"));
    }
    let path = many::move_folder(&state.store, &actor, &input.path, &input.to, ident::now()).await?;
    Ok(Redirect::to(&format!("/screens?folder={}", escape(&path))))
}

pub(super) async fn groups(State(state): State<Shared>, session: Session) -> Result<Markup> {
    let mut groups = screen_groups::list(&state.store, &session.operator.account).await?;
    session.sight(&state).await?.groups(&mut groups);
    let viewer = session.viewer(&state)?;
    let manages = viewer.role.may(Right::ManageScreens);
    let content = html! {
        p { a href="/screens" { "Screens" } }
        div.head {
            h1 { "Groups of screens" }
            p.summary { "Screens that belong together, wherever they are listed." }
        }
        @if groups.is_empty() {
            div.card {
                h2 { "No groups yet" }
                p { "Make one here. Then tick screens in the list and choose “Add to a group”." }
            }
        } @else {
            div.card.flush { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Screens" } th scope="col" { "Change" } } }
                tbody { @for group in &groups { (group_row(group, manages, &viewer)) } }
            } }
        }
        @if manages {
            section.card {
                form.line method="post" action="/screen-groups" {
                    input type="hidden" name="form" value=(viewer.form);
                    div { label for="name" { "New group" } input #name name="name" required; }
                    button type="submit" { "Make group" }
                }
            }
        }
    };
    Ok(page("Groups of screens", Some(&viewer), content))
}

fn group_row(group: &screen_groups::Group, manages: bool, viewer: &Viewer<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/screens?group=" (group.id) } { (group.name) } }
            td data-label="Screens" { (group.screens) }
            td data-label="Change" {
                @if manages {
                    form.inline method="post" action={ "/screen-groups/" (group.id) } {
                        input type="hidden" name="form" value=(viewer.form);
                        input name="name" value=(group.name) aria-label={ "Name of " (group.name) } required;
                        button.quiet type="submit" { "Rename" }
                        button.quiet type="submit" formaction={ "/screen-groups/" (group.id) "/delete" } { "Delete" }
                    }
                }
            }
        }
    }
}

pub(super) async fn make_group(
    State(state): State<Shared>,
    Checked(session, input): Checked<Name>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    many::make_group(&state.store, &actor, &input.name, ident::now()).await?;
    Ok(Redirect::to("/screen-groups"))
}

pub(super) async fn rename_group(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Name>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    many::rename_group(&state.store, &actor, &id, &input.name, ident::now()).await?;
    Ok(Redirect::to("/screen-groups"))
}

pub(super) async fn delete_group(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    many::delete_group(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to("/screen-groups"))
}

/// The screen takes the place of the one that its board was.
pub(super) async fn rebind(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, old): Checked<Other>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    let before = device::find(&mut *state.store.read().await?, actor.account, &old.other).await?;
    session.check_folder(Right::ManageScreens, Area::Screens, before.folder.as_deref())?;
    many::rebind(&state.store, &actor, &id, &old.other, ident::now()).await?;
    Ok(Redirect::to(&format!("/screens/{id}?saved=1")))
}

/// What is settled, when it is not all.
#[derive(Debug, Deserialize)]
pub(super) struct Settled {
    wish: Option<String>,
}

/// What was odd about the screen is settled.
pub(super) async fn settle(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, settled): Checked<Settled>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageScreens)?;
    let only = settled.wish.map(|_| Kind::Wish);
    many::settle(&state.store, &actor, &id, only, ident::now()).await?;
    Ok(Redirect::to(&format!("/screens/{id}")))
}

/// Another screen.
#[derive(Debug, Deserialize)]
pub(super) struct Other {
    other: String,
}
