//! The list of playlists, and the page of one: its name and the order of its items.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::Shared;
use super::super::form::{Checked, Nothing};
use super::super::layout::Viewer;
use super::super::moment::ago;
use super::super::session::Session;
use super::catalogue::Catalogue;
use super::fields::Fields;
use super::{answer, button, careful, frame, then, words};
use crate::composition::defaults::{self, Settings};
use crate::composition::playlists::{self, Entry, Full, NewPlaylist};
use crate::composition::{Shown, publishing};
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::sight::quiet;
use crate::store::{self, accounts};
use crate::{Result, ident};

/// What was just done, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    saved: Option<String>,
}

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    render_list(&state, &session, html! {}).await
}

async fn render_list(state: &Shared, session: &Session, message: Markup) -> Result<Markup> {
    let mut lists = store::playlists::list(&state.store, &session.operator.account).await?;
    let sight = session.sight(state).await?;
    lists.retain(|list| sight.sees(&list.id));
    let account = accounts::find(&state.store, &session.operator.account).await?;
    let now = ident::now();
    frame(state, session, "Playlists", |viewer| {
        html! {
            div.head { h1 { "Playlists" } p.summary { (lists.len()) } }
            (message)
            @if lists.is_empty() {
                div.card {
                    h2 { "No playlist yet" }
                    p { "A playlist shows pictures, films, layouts and web pages one after the other. Make one here, then add what it shows." }
                }
            } @else {
                div.card.flush {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Folder" } th scope="col" { "Changed" } } }
                        tbody {
                            @for list in &lists {
                                tr {
                                    th scope="row" {
                                        a href={ "/playlists/" (list.id) } { (list.name) }
                                        @if account.default_playlist.as_ref() == Some(&list.id) { span.minor { "default of the account" } }
                                    }
                                    td data-label="Folder" { (list.folder.as_deref().unwrap_or("–")) }
                                    td data-label="Changed" { (ago(list.updated_at.max(list.created_at), now)) }
                                }
                            }
                        }
                    }
                }
            }
            @if viewer.may(Right::EditContent) { (new(viewer)) }
        }
    })
}

fn new(viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card.part {
            h2 { "New playlist" }
            form method="post" action="/playlists" {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name" }
                input #name name="name" required maxlength="100";
                label for="folder" { "Folder (optional)" }
                input #folder name="folder" maxlength="200" placeholder="Berlin/Foyer";
                button type="submit" { "Make playlist" }
            }
        }
    }
}

pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let new = NewPlaylist {
        name: input.text("name").to_owned(),
        folder: input.given("folder").map(ToOwned::to_owned),
        items: Vec::new(),
    };
    let made = async {
        session.check_folder(Right::EditContent, Area::Content, new.folder.as_deref())?;
        playlists::create(&state.store, &actor, &new, ident::now()).await
    };
    let made = made.await;
    let next = made.map(|made| format!("/playlists/{}", made.playlist.id));
    answer(next, async |message| render_list(&state, &session, message).await).await
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Markup> {
    let message = match done.saved {
        Some(_) => html! { p.good role="status" { "Saved. Screens show it once it is published." } },
        None => html! {},
    };
    render(&state, &session, &id, message).await
}

async fn render(state: &Shared, session: &Session, id: &str, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut full = playlists::find(&mut *state.store.read().await?, account, id).await?;
    let sight = session.sight(state).await?;
    sight.items(&mut full.items);
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let settings = defaults::settings(&accounts::find(&state.store, account).await?)?;
    let waits = publishing::pending(&state.store, account).await?.iter().any(|change| change.id == id);
    frame(state, session, &full.playlist.name, |viewer| {
        html! {
            p { a href="/playlists" { "Playlists" } }
            div.head {
                h1 { (full.playlist.name) }
                @if waits { span.state.offline { "Not published" } } @else { span.state.online { "Published" } }
            }
            (message)
            (items(&full, &catalogue, viewer))
            @if viewer.may_in(Right::EditContent, full.playlist.folder.as_deref()) {
                (adding(&full, &catalogue, viewer))
                (details(&full, viewer))
                (publish(&full, waits, &settings, viewer))
            }
        }
    })
}

fn items(full: &Full, catalogue: &Catalogue, viewer: &Viewer<'_>) -> Markup {
    let path = format!("/playlists/{}", full.playlist.id);
    let last = full.items.len().saturating_sub(1);
    let edits = viewer.may_in(Right::EditContent, full.playlist.folder.as_deref());
    html! {
        @if full.items.is_empty() {
            div.card { h2 { "Nothing in it yet" } p { "Add content, a layout or a web page below. What is to be shown has to be uploaded first, on the page " a href="/content" { "Content" } "." } }
        } @else {
            div.card.flush {
                table {
                    thead { tr { th scope="col" { "Shows" } th scope="col" { "How long" } th scope="col" { "When" } @if edits { th scope="col" { "Order" } } } }
                    tbody {
                        @for (item, index) in full.items.iter().zip(0..) {
                            @let id = item.id.as_deref().unwrap_or_default();
                            @let name = item.title.clone().unwrap_or_else(|| catalogue.name(&item.shows));
                            tr {
                                th scope="row" {
                                    @if edits { a href={ (path) "/item?item=" (id) } { (name) } } @else { (name) }
                                    span.minor { (kind(&item.shows)) }
                                }
                                td data-label="How long" { (lasts(item)) }
                                td data-label="When" { (due(item)) }
                                @if edits {
                                    td data-label="Order" {
                                        div.actions.tight {
                                            @if index > 0 { (button(viewer, &format!("{path}/move"), "Up", "quiet", &[("item", id), ("to", "up")])) }
                                            @if index < last { (button(viewer, &format!("{path}/move"), "Down", "quiet", &[("item", id), ("to", "down")])) }
                                            (button(viewer, &format!("{path}/move"), "Remove", "quiet", &[("item", id), ("to", "out")]))
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn kind(shown: &Shown) -> &'static str {
    match shown {
        Shown::Content { .. } => "Content",
        Shown::Layout { .. } => "Layout",
        Shown::Playlist { .. } => "Playlist",
        Shown::Web { .. } => "Web page",
    }
}

fn lasts(item: &Entry) -> String {
    match item.duration_ms {
        Some(length) if length % 1000 == 0 => format!("{} s", length / 1000),
        Some(length) => format!("{}.{:03} s", length / 1000, length % 1000),
        None => "to its end, or 10 s".into(),
    }
}

fn due(item: &Entry) -> String {
    let mut parts = Vec::new();
    if !item.days.is_empty() {
        parts.push(words::days(&item.days));
    }
    if !item.hours.is_empty() {
        parts.push(words::spans(&item.hours));
    }
    match (item.from, item.until) {
        (Some(from), Some(until)) => parts.push(format!("{from} to {until}")),
        (Some(from), None) => parts.push(format!("from {from}")),
        (None, Some(until)) => parts.push(format!("until {until}")),
        (None, None) => {}
    }
    if let Some(interval) = item.min_interval_ms {
        parts.push(format!("at most every {} s", interval / 1000));
    }
    if parts.is_empty() { "always".into() } else { parts.join(", ") }
}

fn adding(full: &Full, catalogue: &Catalogue, viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card.part {
            h2 { "Add to the playlist" }
            form method="post" action={ "/playlists/" (full.playlist.id) "/add" } {
                input type="hidden" name="form" value=(viewer.form);
                (catalogue.choose(None, false))
                label for="duration" { "Seconds (without them a film plays to its end, everything else stays for 10)" }
                input #duration type="number" name="duration" min="0.1" max="86400" step="any";
                button type="submit" { "Add" }
            }
        }
    }
}

fn details(full: &Full, viewer: &Viewer<'_>) -> Markup {
    let path = format!("/playlists/{}", full.playlist.id);
    html! {
        div.card.part {
            h2 { "Name and folder" }
            form method="post" action=(path) {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name" }
                input #name name="name" value=(full.playlist.name) required maxlength="100";
                label for="folder" { "Folder (optional)" }
                input #folder name="folder" value=[full.playlist.folder.as_deref()] maxlength="200";
                button type="submit" { "Save" }
            }
            div.actions { (button(viewer, &format!("{path}/duplicate"), "Duplicate", "quiet", &[])) }
            (careful(viewer, &format!("{path}/delete"), "Delete playlist", "The playlist is removed. What it shows stays on the page Content."))
        }
    }
}

fn publish(full: &Full, waits: bool, settings: &Settings, viewer: &Viewer<'_>) -> Markup {
    let id = &full.playlist.id;
    let default = settings.default == Some(Shown::Playlist { playlist: id.clone() });
    html! {
        div.card.part {
            h2 { "On the screens" }
            @if waits {
                p { "What you see here differs from what screens show." }
                @if viewer.may_everywhere(Right::Publish) { (button(viewer, "/publish", "Publish this playlist", "", &[("only", id)])) }
            } @else {
                p { "Screens show it as it is here." }
            }
            @if default {
                p { "It is the default: screens without a playlist of their own show it when nothing is scheduled." }
            } @else if viewer.role.may(Right::ManageAccount) {
                div.actions { (button(viewer, "/publish/settings", "Make it the default of the account", "quiet", &[("target", id)])) }
            }
            @if viewer.role.may(Right::ManageScreens) { p { a href="/pair" { "Publish to a new screen" } " by the code that it shows." } }
            @if viewer.may_in(Right::EditContent, None) { p { a href={ "/schedule/new?target=" (id) } { "Schedule it" } } }
        }
    }
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let result = edit(&state, &session, &id, |full| {
        full.name = input.text("name").to_owned();
        full.folder = input.given("folder").map(ToOwned::to_owned);
        Ok(())
    });
    let next = result.await.map(|()| format!("/playlists/{id}?saved=1"));
    answer(next, async |message| render(&state, &session, &id, message).await).await
}

pub(super) async fn add(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let result = edit(&state, &session, &id, |full| {
        full.items.push(Entry::new(input.shown()?, input.seconds("duration", "Seconds")?));
        Ok(())
    });
    let next = result.await.map(|()| format!("/playlists/{id}"));
    answer(next, async |message| render(&state, &session, &id, message).await).await
}

pub(super) async fn move_item(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let result = edit(&state, &session, &id, |full| {
        let own = input.given("item");
        if let Some(at) = full.items.iter().position(|item| item.id.as_deref() == own) {
            match input.text("to") {
                "up" if at > 0 => full.items.swap(at, at - 1),
                "down" if at + 1 < full.items.len() => full.items.swap(at, at + 1),
                "out" => drop(full.items.remove(at)),
                _ => {}
            }
        }
        Ok(())
    });
    let next = result.await.map(|()| format!("/playlists/{id}"));
    answer(next, async |message| render(&state, &session, &id, message).await).await
}

/// Changes a playlist by what `change` makes of it as it is.
pub(super) async fn edit(
    state: &Shared,
    session: &Session,
    id: &str,
    change: impl FnOnce(&mut NewPlaylist) -> Result<()>,
) -> Result<()> {
    let actor = session.may(Right::EditContent)?;
    let Full { playlist, items } =
        playlists::find(&mut *state.store.read().await?, &session.operator.account, id).await?;
    let mut new = NewPlaylist { name: playlist.name, folder: playlist.folder, items };
    change(&mut new)?;
    session.check_folder(Right::EditContent, Area::Content, new.folder.as_deref())?;
    playlists::change(&state.store, &actor, id, &new, ident::now()).await.map(drop)
}

pub(super) async fn duplicate(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    let made = playlists::duplicate(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to(&format!("/playlists/{}", made.playlist.id)))
}

pub(super) async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    then(
        quiet(&session.scope, playlists::delete(&state.store, &actor, &id, ident::now()).await),
        "/playlists",
    )
}
