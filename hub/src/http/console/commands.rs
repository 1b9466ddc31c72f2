//! Commands on the page of a screen: giving them, and how they go.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::super::api::commands::bytes;
use super::form::Checked;
use super::layout::Viewer;
use super::moment;
use super::screen;
use super::session::Session;
use crate::command::{self, State as Progress, To};
use crate::ident::{self, Millis};
use crate::records::Query;
use crate::rights::Right;
use crate::store::Connection;
use crate::store::commands::{self as table, Listed, Search};
use crate::store::devices::Device;
use crate::{Error, Result};

/// Commands that are shown.
const SHOWN: i64 = 10;

/// The routes.
pub(super) fn router() -> Router<Shared> {
    Router::new().route("/screens/{id}/commands", post(give)).route("/commands/{id}/file", get(file))
}

/// A button.
#[derive(Debug, Deserialize)]
struct Button {
    kind: String,
}

async fn give(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, button): Checked<Button>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let to = To::Screens(vec![id.clone()]);
    let given = async {
        let command = command::of_kind(&button.kind)?;
        command::give(&state.store, &actor, &to, &command, None, ident::now()).await
    };
    match given.await {
        Ok(_) => Ok(Redirect::to(&format!("/screens/{id}#commands")).into_response()),
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. })) => {
            let message = html! { p.alert role="alert" { (error) } };
            let page = screen::render(&state, &session, &id, &Query::default(), Some(message)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn file(State(state): State<Shared>, session: Session, Path(id): Path<String>) -> Result<Response> {
    let account = session.may(Right::View)?.account;
    let file = table::file(&mut *state.store.read().await?, account, &id).await?;
    let file = file.ok_or_else(|| Error::NotFound { what: "file of a command", name: id })?;
    Ok(([(header::CACHE_CONTROL, "private, max-age=3600")], bytes(file)).into_response())
}

/// The newest commands of a screen, for [`section`].
pub(super) async fn newest(connection: &mut Connection, device: &Device) -> Result<Vec<Listed>> {
    let search = Search { device: &device.id, limit: SHOWN, ..Search::default() };
    table::search(connection, &device.account, &search).await
}

/// The section of the page.
pub(super) fn section(device: &Device, commands: &[Listed], viewer: &Viewer<'_>, now: Millis) -> Markup {
    let of_kind = |kind: &str| {
        commands.iter().find(|listed| listed.command.kind == kind && listed.media_type.is_some())
    };
    html! {
        div.card #commands {
            h2 { "Commands" }
            p { "A connected screen answers within seconds, another one when it asks the next time, within a minute." }
            @if viewer.may_in(Right::ManageScreens, device.folder.as_deref()) {
                form.actions method="post" action={ "/screens/" (device.id) "/commands" } {
                    input type="hidden" name="form" value=(viewer.form);
                    @for (kind, text) in [
                        ("screenshot", "Request screenshot"),
                        ("refresh", "Refresh content"),
                        ("identify", "Identify"),
                        ("restart", "Restart player"),
                        ("reboot", "Reboot"),
                        ("collectLogs", "Collect logs"),
                    ] {
                        button.quiet type="submit" name="kind" value=(kind) { (text) }
                    }
                }
            }
            div #live-commands data-live {
                @if let Some(picture) = of_kind("screenshot") {
                    figure.shot {
                        a href={ "/commands/" (picture.command.id) "/file" } {
                            img src={ "/commands/" (picture.command.id) "/file" } alt={ "What " (device.name) " showed" };
                        }
                        figcaption.minor { "Screenshot, " (moment::ago(picture.command.finished_at.unwrap_or(now), now)) }
                    }
                }
                @if commands.is_empty() {
                    p.minor { "This screen has not been told to do anything yet." }
                } @else {
                    (list(commands, now))
                }
            }
        }
    }
}

fn list(commands: &[Listed], now: Millis) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Command" }
                    th scope="col" { "State" }
                    th scope="col" { "Given" }
                    th scope="col" { "Answer" }
                }
            }
            tbody {
                @for listed in commands { (row(listed, now)) }
            }
        }
    }
}

fn row(listed: &Listed, now: Millis) -> Markup {
    let command = &listed.command;
    let progress = Progress::of(command, now);
    let moment = |at: Millis| moment::ago(at, now);
    html! {
        tr {
            th scope="row" { (command::title(&command.kind)) }
            td data-label="State" { span.state.(progress.as_str()) { (progress.as_str()) } }
            td data-label="Given" { (moment(command.created_at)) }
            td data-label="Answer" {
                @match (progress, command.finished_at) {
                    (Progress::Queued, _) => { "the screen has not read it yet" },
                    (Progress::Delivered, _) => { "the screen has begun" },
                    (Progress::Expired, _) => { "no answer came in time" },
                    (_, Some(at)) => { (moment(at)) },
                    (_, None) => {},
                }
                @if let Some(text) = &command.result { span.minor.text { (text) } }
                @if listed.media_type.is_some() {
                    " " a href={ "/commands/" (command.id) "/file" } {
                        @if command.kind == "screenshot" { "Picture" } @else { "Log" }
                    }
                }
            }
        }
    }
}
