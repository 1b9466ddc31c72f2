//! The page of one item of a playlist: what it shows, for how long, and when it is due.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::super::Shared;
use super::super::form::Checked;
use super::super::session::Session;
use super::catalogue::Catalogue;
use super::fields::{self, Fields};
use super::{answer, frame, playlists};
use crate::composition::playlists::{Entry, find};
use crate::{Error, Result};

/// Which item, by the address.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    item: String,
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response> {
    match render(&state, &session, &id, &which.item, html! {}).await {
        // Somebody else has taken it out of the playlist.
        Err(Error::Conflict(_)) => Ok(Redirect::to(&format!("/playlists/{id}")).into_response()),
        page => Ok(page?.into_response()),
    }
}

async fn render(state: &Shared, session: &Session, id: &str, item: &str, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut full = find(&mut *state.store.read().await?, account, id).await?;
    let sight = session.sight(state).await?;
    sight.items(&mut full.items);
    let entry = full.items.iter().find(|entry| entry.id.as_deref() == Some(item)).ok_or_else(missing)?;
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let name = entry.title.clone().unwrap_or_else(|| catalogue.name(&entry.shows));
    let path = format!("/playlists/{id}");
    frame(state, session, &name, |viewer| {
        html! {
            p { a href="/playlists" { "Playlists" } " / " a href=(path) { (full.playlist.name) } }
            div.head { h1 { (name) } }
            (message)
            div.card.form {
                form method="post" action={ (path) "/item?item=" (item) } {
                    input type="hidden" name="form" value=(viewer.form);
                    (catalogue.choose(Some(&entry.shows), false))
                    (timing(entry))
                    button type="submit" { "Save" }
                }
            }
        }
    })
}

fn timing(entry: &Entry) -> Markup {
    let seconds = |length: Option<u64>| length.map(|length| (length as f64 / 1000.0).to_string());
    html! {
        label for="title" { "Title (without one, the name of what it shows)" }
        input #title name="title" value=[entry.title.as_deref()] maxlength="200";
        label for="duration" { "Seconds (without them a film plays to its end, everything else stays for 10)" }
        input #duration type="number" name="duration" min="0.1" max="86400" step="any" value=[seconds(entry.duration_ms)];
        p.hint { "The playlist goes round in its order. It passes over an item that is not due by the following rules; they do not start it." }
        label for="from" { "First day (optional)" }
        input #from type="date" name="from" value=[entry.from.map(|date| date.to_string())];
        label for="until" { "Last day (optional)" }
        input #until type="date" name="until" value=[entry.until.map(|date| date.to_string())];
        (fields::days(&entry.days, "Days of the week (none means all)"))
        (fields::spans(&entry.hours, "Times of day (none means all day)"))
        label for="interval" { "At least so many seconds between two showings (optional)" }
        input #interval type="number" name="interval" min="1" step="any" value=[seconds(entry.min_interval_ms)];
    }
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Query(Which { item }): Query<Which>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let result = playlists::edit(&state, &session, &id, |full| {
        let entry = full.items.iter_mut().find(|entry| entry.id.as_deref() == Some(&*item));
        *entry.ok_or_else(missing)? = Entry {
            id: Some(item.clone()),
            title: input.given("title").map(ToOwned::to_owned),
            shows: input.shown()?,
            duration_ms: input.seconds("duration", "Seconds")?,
            from: input.date("from", "First day")?,
            until: input.date("until", "Last day")?,
            days: input.days(),
            hours: input.spans()?,
            min_interval_ms: input.seconds("interval", "Seconds between two showings")?,
        };
        Ok(())
    });
    let next = result.await.map(|()| format!("/playlists/{id}?saved=1"));
    answer(next, async |message| render(&state, &session, &id, &item, message).await).await
}

fn missing() -> Error {
    Error::Conflict("This item was taken out of the playlist.".into())
}
