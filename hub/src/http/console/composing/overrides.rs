//! Overrides: what is shown above all, such as an alarm.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};

use super::super::super::Shared;
use super::super::form::{Checked, Nothing};
use super::super::moment;
use super::super::session::Session;
use super::catalogue::Catalogue;
use super::fields::Fields;
use super::{answer, button, frame, schedule, schedule_form, then, words};
use crate::composition::overrides::{self, NewOverride};
use crate::ident::{self, Millis};
use crate::rights::Right;
use crate::store::from_text;
use crate::store::overrides::Override;
use crate::{Error, Result};

/// Overrides on the page.
const SHOWN: i64 = 50;

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    render(&state, &session, html! {}).await
}

async fn render(state: &Shared, session: &Session, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let sight = session.sight(state).await?;
    let found = sight.overrides(&state.store, account, "", SHOWN).await?;
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let screens = schedule::screens(state, account, &sight).await?;
    let name = |id: &str| screens.get(id).cloned().unwrap_or_else(|| "a screen that left".into());
    let now = ident::now();
    let mut lines = Vec::new();
    for one in &found {
        lines.push((one, words::audience(&from_text(&one.audience, "audience")?, name)));
    }
    frame(state, session, "Overrides", |viewer| {
        html! {
            p { a href="/schedule" { "Schedule" } }
            div.head { h1 { "Overrides" } }
            (message)
            @if lines.is_empty() {
                div.card { h2 { "No override" } p { "An override is shown at once and above everything else, for an alarm or an announcement. It ends by itself." } }
            } @else {
                div.card.flush {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Where" } th scope="col" { "From" } th scope="col" { "Until" } th scope="col" { "State" } } }
                        tbody {
                            @for (one, audience) in &lines {
                                tr {
                                    th scope="row" { (one.name) }
                                    td data-label="Where" { (audience) }
                                    td data-label="From" { (moment::second(one.starts_at)) }
                                    td data-label="Until" { (moment::second(one.stopped_at.unwrap_or(one.ends_at))) }
                                    td data-label="State" {
                                        (status(one, now))
                                        @if running(one, now) && viewer.may_everywhere(Right::Publish) { (button(viewer, &format!("/overrides/{}/stop", one.id), "Stop", "danger", &[])) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if viewer.may_everywhere(Right::Publish) {
                div.card.form {
                    h2 { "Start an override" }
                    form method="post" action="/overrides" {
                        input type="hidden" name="form" value=(viewer.form);
                        label for="name" { "Name" }
                        input #name name="name" required maxlength="100" placeholder="Fire alarm";
                        (catalogue.choose(None, true))
                        span.minor { "A playlist or a layout has to be published first." }
                        (schedule_form::audience(None, &screens))
                        label for="minutes" { "Minutes until it ends by itself" }
                        input #minutes type="number" name="minutes" min="1" max="44640" value="30" required;
                        button.danger type="submit" { "Start now" }
                    }
                }
            }
        }
    })
}

fn running(one: &Override, now: Millis) -> bool {
    one.stopped_at.is_none() && one.ends_at > now
}

fn status(one: &Override, now: Millis) -> Markup {
    let (class, word) = match (one.stopped_at, one.starts_at > now, one.ends_at > now) {
        (Some(_), ..) => ("offline", "Stopped"),
        (None, true, _) => ("offline", "Planned"),
        (None, false, true) => ("online", "Shown"),
        (None, false, false) => ("offline", "Over"),
    };
    html! { span.state.(class) { (word) } }
}

pub(super) async fn start(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let started = async {
        let minutes = input.value("minutes", "Minutes")?;
        let audience = session.sight(&state).await?.reach(None, input.audience())?;
        let new = NewOverride {
            name: input.text("name").to_owned(),
            target: input.shown()?,
            audience,
            from: None,
            until: None,
            minutes: Some(minutes.ok_or_else(|| Error::Invalid("Give the minutes until it ends.".into()))?),
        };
        overrides::start(&state.store, &actor, &new, ident::now()).await
    };
    let next = started.await.map(|_| "/overrides");
    answer(next, async |message| render(&state, &session, message).await).await
}

pub(super) async fn stop(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    then(overrides::stop(&state.store, &actor, &id, ident::now()).await.map(drop), "/overrides")
}
