//! `GET /events`: tells an open page of the console that something in its account has changed (server-sent events).
//! Topics only, no data: the page asks for itself again, as whoever is signed in.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream;
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::console::session::Session;
use crate::Result;
use crate::live::mailbox::News;
use crate::rights::Right;

/// After this the browser connects anew, and shows again who is signed in.
const LASTS: Duration = Duration::from_secs(15 * 60);
/// A line of comment between events, so that nobody in between hangs up.
const KEEP_ALIVE: Duration = Duration::from_secs(25);
/// Between two events at least: a page that follows a large fleet has to read, too.
const GATHER: Duration = Duration::from_millis(300);

/// The routes.
pub(super) fn router() -> Router<Shared> {
    Router::new().route("/events", get(events))
}

async fn events(State(state): State<Shared>, session: Session) -> Result<Response> {
    let account = session.may(Right::View)?.account;
    let joined = state.live.page(account)?;
    let ends = Instant::now() + LASTS;
    let events = stream::unfold((joined, true), move |(joined, first)| async move {
        if first {
            // Ends the head of the answer, so that the browser knows that it is connected.
            return Some((Ok::<_, Infallible>(Event::default().comment("connected")), (joined, false)));
        }
        match timeout_at(ends, joined.mailbox().next()).await {
            Ok(News::Changed { topics, .. }) => {
                let topics: Vec<_> = topics.into_iter().map(|topic| topic.as_str()).collect();
                tokio::time::sleep(GATHER).await;
                Some((Ok(Event::default().data(topics.join(" "))), (joined, false)))
            }
            Ok(News::End(_)) | Err(_) => None,
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}
