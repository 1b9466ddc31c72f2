//! The page of one screen: what it is, changing it, and letting it go.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::Secret;

use super::super::Shared;
use super::about::{About, tabs};
use super::codes;
use super::commands;
use super::composing::Catalogue;
use super::confirm::confirm;
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::moment;
use super::records::{self, Place};
use super::screen_token;
use super::screens::Health;
use super::session::Session;
use crate::account::MAX_NAME;
use crate::authorization::says;
use crate::composition::layouts::Design;
use crate::device::{self, Change, Leave};
use crate::ident::{self, Millis};
use crate::records::Query as Part;
use crate::rights::Right;
use crate::sight::Sight;
use crate::store::codes as stored_codes;
use crate::store::composed::Composed as _;
use crate::store::devices::{self, Device, Standing};
use crate::store::{accounts, faults, workspace};
use crate::{Error, Result, why};

/// Faults of a kind on the page.
const FAULTS: i64 = 200;

/// What was just done, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    paired: Option<String>,
    authorized: Option<String>,
    saved: Option<String>,
}

/// What stands in the form.
#[derive(Debug, Deserialize)]
pub(super) struct Details {
    name: String,
    location: String,
    /// Separated by commas.
    tags: String,
    /// Id of a layout or a playlist; empty for the default of the account.
    default: String,
}

/// The code of the account that takes the screen over.
#[derive(Debug, Deserialize)]
pub(super) struct Transfer {
    code: Secret,
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    Query(part): Query<Part>,
) -> Result<Markup> {
    let default = accounts::find(&state.store, &session.operator.account).await?.default_playlist;
    let message = match done {
        Done { paired: Some(_), .. } if default.is_none() => {
            Some("This screen is paired. It plays as soon as the account has a default playlist.")
        }
        Done { paired: Some(_), .. } => {
            Some("This screen is paired. It starts to play within a few seconds.")
        }
        Done { authorized: Some(_), .. } => {
            Some("Authorized. The screen refreshes by itself; it needs no restart.")
        }
        Done { saved: Some(_), .. } => Some("Saved."),
        Done { .. } => None,
    };
    let message = message.map(|text| html! { p.good role="status" { (text) } });
    render(&state, &session, &id, &part, message).await
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Details>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let (layout, playlist) = match input.default.starts_with(Design::PREFIX) {
        true => (input.default, String::new()),
        false => (String::new(), input.default),
    };
    let new = Change {
        name: Some(input.name),
        location: Some(input.location),
        tags: Some(input.tags.split(',').map(ToOwned::to_owned).collect()),
        playlist: Some(playlist),
        layout: Some(layout),
    };
    let result = device::change(&state.store, &actor, &id, &new, ident::now()).await.map(drop);
    answer(&state, &session, &id, result, &format!("/screens/{id}?saved=1")).await
}

pub(super) async fn withdraw(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let result = device::withdraw(&state.store, &actor, &id, ident::now()).await.map(drop);
    answer(&state, &session, &id, result, &format!("/screens/{id}")).await
}

pub(super) async fn unpair(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let result = device::leave(&state.store, &actor, &id, Leave::Unpair, ident::now()).await;
    answer(&state, &session, &id, result, "/screens").await
}

pub(super) async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let result = device::leave(&state.store, &actor, &id, Leave::Delete, ident::now()).await;
    answer(&state, &session, &id, result, "/screens").await
}

pub(super) async fn transfer(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Transfer>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let result = device::transfer(&state.store, &actor, &id, &input.code, ident::now()).await;
    answer(&state, &session, &id, result, "/screens").await
}

/// On to the next page, or this one again with what was wrong.
async fn answer(
    state: &Shared,
    session: &Session,
    id: &str,
    result: Result<()>,
    next: &str,
) -> Result<Response> {
    match result {
        Ok(()) => Ok(Redirect::to(next).into_response()),
        Err(
            error @ (Error::Refused { .. } | Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. }),
        ) => {
            let message = html! { p.alert role="alert" { (error) } };
            let page = render(state, session, id, &Part::default(), Some(message)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn render(
    state: &Shared,
    session: &Session,
    id: &str,
    part: &Part,
    message: Option<Markup>,
) -> Result<Markup> {
    let account = &session.operator.account;
    let mut connection = state.store.read().await?;
    let device = device::find(&mut connection, account, id).await?;
    let standing = devices::standing(&mut connection, id).await?;
    let given = commands::newest(&mut connection, &device).await?;
    let code = match &device.terms.code {
        Some(code) => stored_codes::find(&mut connection, account, code).await?,
        None => None,
    };
    let settings = workspace::settings(&mut connection, account).await?;
    let mut about = About::read(&mut connection, &device, ident::now()).await?;
    let sight = Sight::load(&mut connection, account, &session.scope).await?;
    about.narrow(&sight);
    let path = format!("/screens/{id}");
    let place = Place { path: &path, screen: Some(id) };
    let open = match part.tab.as_str() {
        "faults" => {
            let open = faults::of(&mut connection, id, false, FAULTS).await?;
            Some(records::faults(&open, &faults::of(&mut connection, id, true, FAULTS).await?))
        }
        "logs" => Some(records::logs(&state.store, session, part, place).await?),
        "plays" => Some(records::plays(&state.store, session, part, place).await?),
        _ => None,
    };
    drop(connection);
    let viewer = session.viewer(state)?;
    let now = ident::now();
    let answer = why::ask(&state.store, account, id, now).await?;
    let health = Health::of(&device, settings.threshold(), now);
    let content = html! {
        p { a href="/screens" { "Screens" } }
        div.head {
            h1 { (device.name) }
            span #live-state data-live { span.state.(health.class()) { (health.word()) } }
        }
        @if let Some(message) = message { (message) }
        (tabs(&path, &part.tab, &about))
        @if let Some(open) = &open { (open) } @else {
        (about.doubts(&device, &viewer))
        (about.doing(now))
        div.card {
            h2 { "This screen" }
            div #live-facts data-live { (facts(&device, &standing, now)) }
            p { a href={ "/screens/" (device.id) "/preview" } { "What it shows" } }
        }
        (commands::section(&device, &given, &viewer, now))
        (codes::why(&answer.checks, answer.authorized))
        @if viewer.may_in(Right::ManageScreens, device.folder.as_deref()) {
            (details(&device, &Catalogue::without_content(&state.store, account, &sight).await?, &viewer))
            (codes::section(&device, code.as_ref(), &viewer, now))
            (screen_token::part(state, account, &device, &viewer, now).await?)
            (leaving(&device, &viewer, now))
        }
        }
    };
    Ok(page(&device.name, Some(&viewer), content))
}

fn facts(device: &Device, standing: &Standing, now: Millis) -> Markup {
    let hardware = &device.hardware;
    let moment = |at: Millis| moment::ago(at, now);
    html! {
        dl.facts {
            @if let Some(location) = &device.location { dt { "Location" } dd { (location) } }
            dt { "Model" } dd { (hardware.model.as_deref().unwrap_or("not known")) }
            dt { "Serial number" } dd { (hardware.serial.as_deref().unwrap_or("not known")) }
            dt { "Network address" } dd { (device.address.as_deref().unwrap_or("not known")) }
            @if !hardware.macs.is_empty() { dt { "Hardware addresses" } dd { (hardware.macs.join(", ")) } }
            dt { "Software" } dd { (device.software) }
            dt { "Last seen" } dd { @if device.last_seen == 0 { "never" } @else { (moment(device.last_seen)) } }
            dt { "Known since" } dd { (moment(device.created_at)) }
            dt { "Came by" }
            dd {
                @match &device.enrol_token {
                    Some(token) => { a href={ "/tokens/" (token) } { "Token" } },
                    None if device.is_offline_only() => "its device code",
                    None => "pairing",
                }
            }
            @if let Some(folder) = &device.folder { dt { "Folder" } dd { (folder) } }
            @if let Some(zone) = &device.timezone { dt { "Time zone" } dd { (zone) } }
            dt { "Authorization" }
            dd {
                @match (device.granted, standing.told_at) {
                    (true, _) => { (says(device, now)) ", given " (moment(device.authorized_at)) }
                    (false, Some(at)) => { "Unauthorized; the screen has known since " (moment(at)) }
                    (false, None) => { "Unauthorized; the screen has not asked since, and may still be playing" }
                }
            }
            dt { "ID" } dd { code { (device.id) } }
        }
    }
}

fn details(device: &Device, catalogue: &Catalogue, viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card {
            h2 { "Change" }
            form.form method="post" action={ "/screens/" (device.id) } {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name" }
                input #name name="name" value=(device.name) maxlength=(MAX_NAME) required;
                label for="location" { "Location" }
                input #location name="location" value=(device.location.as_deref().unwrap_or_default()) maxlength=(MAX_NAME);
                label for="tags" { "Tags, separated by commas" }
                input #tags name="tags" value=(device.tags.join(", "));
                (catalogue.default_field(device.layout.as_deref().or(device.playlist.as_deref())))
                button type="submit" { "Save" }
            }
        }
    }
}

fn leaving(device: &Device, viewer: &Viewer<'_>, now: Millis) -> Markup {
    let playing = device.authorized(now);
    html! {
        div.card {
            h2 { "Let go" }
            @if playing {
                p #first { "First cancel the authorization above, so that the screen stops playing. Then it can be unpaired or deleted." }
            }
            h3 { "Unpair" }
            p { "The screen shows a pairing code again. When it comes back to this account, its location and tags come back with it." }
            (leave(device, viewer, "unpair", "Unpair", "The screen leaves this account and shows a pairing code.", now))
            h3 { "Delete" }
            p { "For a screen that is broken, lost or retired: the hub forgets its name, place and hardware." }
            (leave(device, viewer, "delete", "Delete", "Everything that the hub knows of the screen is gone. If it comes back, it begins as new.", now))
            h3 { "Transfer to another account" }
            p { "An administrator of the other account makes a transfer code on the page “Pair”. With it the screen stops playing for this account and joins the other by itself." }
            form.form method="post" action={ "/screens/" (device.id) "/transfer" } {
                input type="hidden" name="form" value=(viewer.form);
                label for="code" { "Transfer code" }
                input #code name="code" placeholder="sgt_…" autocomplete="off" spellcheck="false" required;
                button.quiet type="submit" { "Transfer" }
            }
        }
    }
}

fn leave(
    device: &Device,
    viewer: &Viewer<'_>,
    action: &str,
    word: &str,
    question: &str,
    now: Millis,
) -> Markup {
    if device.authorized(now) {
        return html! { button.quiet type="button" disabled aria-describedby="first" { (word) } };
    }
    let address = format!("/screens/{}/{action}", device.id);
    confirm(&address, &viewer.form, word, question, &format!("{word} {}", device.name))
}
