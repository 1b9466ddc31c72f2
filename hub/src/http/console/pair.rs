//! Pairing a screen by the code that it shows: typed, or from its QR code.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::super::peer::Peer;
use super::form::{Checked, Nothing};
use super::layout::page;
use super::session::Session;
use crate::folder_rights::Area;
use crate::pairing::{self, Entry};
use crate::rights::Right;
use crate::store::pairings::Pairing;
use crate::store::playlists;
use crate::{Error, Result, account::MAX_NAME, device, ident};

/// What stands in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    code: String,
    name: String,
    location: String,
    /// What it plays; empty for the account's default.
    playlist: String,
    /// The screen that was shown for this code; empty as long as none was.
    device: String,
}

/// The form, or with a code the screen that shows it.
pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    peer: Peer,
    Query(mut input): Query<Input>,
) -> Result<Response> {
    input.device.clear();
    if input.code.is_empty() {
        return form(&state, &session, &input, None);
    }
    confirm(&state, &session, peer, &input, None).await
}

/// First the screen of the code is shown, then it is paired.
pub(super) async fn submit(
    State(state): State<Shared>,
    peer: Peer,
    Checked(session, input): Checked<Input>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    if input.device.is_empty() {
        return match device::name(&input.name) {
            Ok(_) => confirm(&state, &session, peer, &input, None).await,
            Err(error) => form(&state, &session, &input, Some(&error)),
        };
    }
    if let Err(error) = session.check_folder(Right::ManageScreens, Area::Screens, None) {
        return form(&state, &session, &input, Some(&error));
    }
    let entry = Entry {
        code: &input.code,
        device: Some(&input.device),
        name: &input.name,
        location: Some(&input.location),
        playlist: Some(&input.playlist),
    };
    match pairing::pair(&state.store, &actor, &entry, peer.text().as_deref(), ident::now()).await {
        Ok(device) => Ok(Redirect::to(&format!("/screens/{}?paired=1", device.id)).into_response()),
        Err(error @ (Error::Invalid(_) | Error::Field { .. })) => {
            confirm(&state, &session, peer, &input, Some(&error)).await
        }
        Err(error) => form(&state, &session, &input, Some(&readable(error)?)),
    }
}

/// This is not the operator's screen.
pub(super) async fn deny(
    State(state): State<Shared>,
    peer: Peer,
    Checked(session, input): Checked<Input>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    match pairing::deny(&state.store, &actor, &input.code, peer.text().as_deref(), ident::now()).await {
        Ok(()) => Ok(Redirect::to("/screens").into_response()),
        Err(error) => form(&state, &session, &Input::default(), Some(&readable(error)?)),
    }
}

/// Makes a transfer code and shows it once.
pub(super) async fn transfer_code(
    State(state): State<Shared>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Markup> {
    let actor = session.may(Right::ManageScreens)?;
    let (code, ends) = device::transfer_code(&state.store, &actor, ident::now()).await?;
    let content = html! {
        div.card.narrow {
            h1 { "Transfer code" }
            p { "Give this code to an administrator of the other account. It is entered on the page of the screen, works once, and holds until " (ident::timestamp(ends).strftime("%-d %B, %H:%M")) " UTC." }
            pre tabindex="0" { code { (code.expose()) } }
            p { strong { "It is shown only now." } }
            p { a href="/screens" { "Back to the screens" } }
        }
    };
    Ok(page("Transfer code", Some(&session.viewer(&state)?), content))
}

/// An error that the person can do something about; others are ours.
fn readable(error: Error) -> Result<Error> {
    match error {
        Error::Refused { .. }
        | Error::NotFound { .. }
        | Error::Conflict(_)
        | Error::Invalid(_)
        | Error::Field { .. } => Ok(error),
        error => Err(error),
    }
}

/// What will be paired, before it is: whoever was sent a code by somebody else sees a screen that is not theirs.
async fn confirm(
    state: &Shared,
    session: &Session,
    peer: Peer,
    input: &Input,
    message: Option<&Error>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let found = pairing::look(&state.store, &actor, &input.code, peer.text().as_deref(), ident::now()).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return form(state, session, input, Some(&readable(error)?)),
    };
    let mut playlists = playlists::list(&state.store, &session.operator.account).await?;
    let sight = session.sight(state).await?;
    playlists.retain(|playlist| sight.sees(&playlist.id));
    let viewer = session.viewer(state)?;
    let code = pairing::shown(&input.code);
    let place = Some(input.location.as_str()).filter(|text| !text.is_empty());
    let content = html! {
        div.card.narrow {
            h1 { "Is this your screen?" }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            p { "The screen that shows the code " strong.code { (code) } " is:" }
            (facts(&found))
            form method="post" action="/pair" {
                input type="hidden" name="form" value=(viewer.form);
                input type="hidden" name="code" value=(code);
                input type="hidden" name="device" value=(found.device);
                (name_and_place(&input.name, place.or(found.location.as_deref()).unwrap_or_default()))
                label for="playlist" { "What it plays" }
                select #playlist name="playlist" {
                    option value="" { "The account's default" }
                    @for playlist in &playlists {
                        option value=(playlist.id) selected[playlist.id == input.playlist] { (playlist.name) }
                    }
                }
                button type="submit" { "Pair this screen" }
            }
            form method="post" action="/pair/deny" {
                input type="hidden" name="form" value=(viewer.form);
                input type="hidden" name="code" value=(code);
                button.quiet type="submit" { "This is not my screen" }
            }
            p.hint { "Pair it only when you see this code on a screen of yours. Somebody who sends you a code may want your content on a screen of theirs." }
        }
    };
    let status = if message.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page("Pair", Some(&viewer), content)).into_response())
}

fn facts(found: &Pairing) -> Markup {
    let unknown = || "not known";
    html! {
        dl.facts {
            dt { "Model" } dd { (found.hardware.model.as_deref().unwrap_or_else(unknown)) }
            dt { "Serial number" } dd { (found.hardware.serial.as_deref().unwrap_or_else(unknown)) }
            dt { "Network address" } dd { (found.address.as_deref().unwrap_or_else(unknown)) }
            dt { "Software" } dd { (found.software) }
        }
    }
}

fn name_and_place(name: &str, location: &str) -> Markup {
    html! {
        label for="name" { "Name of the screen" }
        input #name name="name" value=(name) maxlength=(MAX_NAME) required autofocus[name.is_empty()];
        label for="location" { "Location (optional)" }
        input #location name="location" value=(location) maxlength=(MAX_NAME);
    }
}

fn form(state: &Shared, session: &Session, input: &Input, message: Option<&Error>) -> Result<Response> {
    let viewer = session.viewer(state)?;
    let content = html! {
        div.card.narrow {
            h1 { "Pair a screen" }
            p { "A screen that belongs to nobody shows a code of eight letters and a QR code. Enter the code here, or point the camera of a phone at the QR code." }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action="/pair" {
                input type="hidden" name="form" value=(viewer.form);
                (name_and_place(&input.name, &input.location))
                label for="code" { "Code on the screen" }
                input #code name="code" value=(input.code) placeholder="XXXX-XXXX" maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" required;
                button type="submit" { "Continue" }
            }
            p.hint { "For many screens, a " a href="/tokens" { "provisioning token" } " on a USB stick is less work." }
        }
        div.card.narrow {
            h2 { "From another account" }
            p { "To take over a screen that plays for another account, make a code and give it to an administrator there." }
            form method="post" action="/pair/transfer-code" {
                input type="hidden" name="form" value=(viewer.form);
                button.quiet type="submit" { "Make a transfer code" }
            }
        }
    };
    let status = match message {
        None => StatusCode::OK,
        Some(Error::Refused { status, .. }) => {
            StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST)
        }
        Some(Error::Conflict(_)) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, page("Pair", Some(&viewer), content)).into_response())
}
