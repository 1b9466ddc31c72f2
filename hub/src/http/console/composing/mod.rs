//! The pages on which people compose what screens show: playlists, layouts, the schedule, overrides, publishing, and
//! what a screen will show at any moment.

mod catalogue;
mod editor;
mod fields;
mod layouts;
mod overrides;
mod picture;
mod playlist_item;
mod playlists;
mod preview;
mod publishing;
mod schedule;
mod schedule_form;
mod time_blocks;
mod words;

pub(super) use self::catalogue::Catalogue;

use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::super::Shared;
use super::confirm::confirm;
use super::layout::{Viewer, page};
use super::session::Session;
use crate::{Error, Result};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/playlists", get(playlists::list).post(playlists::create))
        .route("/playlists/{id}", get(playlists::show).post(playlists::change))
        .route("/playlists/{id}/add", post(playlists::add))
        .route("/playlists/{id}/duplicate", post(playlists::duplicate))
        .route("/playlists/{id}/delete", post(playlists::delete))
        .route("/playlists/{id}/move", post(playlists::move_item))
        .route("/playlists/{id}/item", get(playlist_item::show).post(playlist_item::change))
        .route("/layouts", get(layouts::list).post(layouts::create))
        .route("/layouts/{id}", get(layouts::show).post(layouts::change))
        .route("/layouts/{id}/zone", post(layouts::change_zone))
        .route("/layouts/{id}/duplicate", post(layouts::duplicate))
        .route("/layouts/{id}/delete", post(layouts::delete))
        .route("/schedule", get(schedule::list))
        .route("/schedule/new", get(schedule_form::show_new).post(schedule_form::create))
        .route("/schedule/{id}", get(schedule_form::show).post(schedule_form::change))
        .route("/schedule/{id}/delete", post(schedule::delete))
        .route("/time-blocks", get(time_blocks::list).post(time_blocks::create))
        .route("/time-blocks/{id}", get(time_blocks::show).post(time_blocks::change))
        .route("/time-blocks/{id}/delete", post(time_blocks::delete))
        .route("/overrides", get(overrides::list).post(overrides::start))
        .route("/overrides/{id}/stop", post(overrides::stop))
        .route("/publish", get(publishing::show).post(publishing::publish))
        .route("/publish/settings", post(publishing::change_settings))
        .route("/publish/{id}/decide", post(publishing::decide))
        .route("/publish/{id}/restore", post(publishing::restore))
        .route("/screens/{id}/preview", get(preview::show))
}

/// The next page, or this one again with what was wrong.
async fn answer(
    result: Result<impl Into<String>>,
    again: impl AsyncFnOnce(Markup) -> Result<Markup>,
) -> Result<Response> {
    match result {
        Ok(next) => Ok(Redirect::to(&next.into()).into_response()),
        Err(
            error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. } | Error::Refused { .. }),
        ) => {
            let message = html! { p.alert role="alert" { (error) } };
            let page = again(message).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Goes on to a page, or passes the error on to be shown as a page of its own.
fn then(result: Result<()>, next: &str) -> Result<Redirect> {
    result.map(|()| Redirect::to(next))
}

/// A button that does one thing.
fn button(viewer: &Viewer<'_>, action: &str, label: &str, class: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            input type="hidden" name="form" value=(viewer.form);
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) type="submit" { (label) }
        }
    }
}

/// A button behind a question, for what cannot be undone.
fn careful(viewer: &Viewer<'_>, action: &str, label: &str, question: &str) -> Markup {
    confirm(action, &viewer.form, label, question, label)
}

fn frame(
    state: &Shared,
    session: &Session,
    title: &str,
    content: impl FnOnce(&Viewer<'_>) -> Markup,
) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let content = content(&viewer);
    Ok(page(title, Some(&viewer), content))
}
