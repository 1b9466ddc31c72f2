//! Named times, such as "Opening hours", for any number of entries of the schedule.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};

use super::super::super::Shared;
use super::super::form::{Checked, Nothing};
use super::super::layout::Viewer;
use super::super::session::Session;
use super::fields::{self, Fields};
use super::{answer, careful, frame, then, words};
use crate::composition::time_blocks::{self, NewTimeBlock, Times};
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::sight::{Sight, quiet};
use crate::store::composed::{self, Draft};
use crate::{Result, ident};

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    render_list(&state, &session, html! {}).await
}

async fn render_list(state: &Shared, session: &Session, message: Markup) -> Result<Markup> {
    let mut blocks = composed::all::<Times>(&state.store, &session.operator.account).await?;
    let sight = session.sight(state).await?;
    blocks.retain(|block| sight.sees(&block.id));
    frame(state, session, "Time blocks", |viewer| {
        html! {
            p { a href="/schedule" { "Schedule" } }
            div.head { h1 { "Time blocks" } p.summary { (blocks.len()) } }
            (message)
            @if blocks.is_empty() {
                div.card { h2 { "No time block yet" } p { "A time block gives times a name, such as “Opening hours”. Entries of the schedule use it, and changing it changes them all." } }
            } @else {
                div.card.flush {
                    table {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Times" } } }
                        tbody {
                            @for block in &blocks {
                                tr {
                                    th scope="row" { a href={ "/time-blocks/" (block.id) } { (block.name) } }
                                    td data-label="Times" { (words::spans(&block.body.spans)) ", " (words::days(&block.body.days)) }
                                }
                            }
                        }
                    }
                }
            }
            @if viewer.may_in(Right::EditContent, None) { (form(viewer, "/time-blocks", None)) }
        }
    })
}

fn form(viewer: &Viewer<'_>, action: &str, block: Option<&Draft<Times>>) -> Markup {
    html! {
        div.card.form {
            h2 { @if block.is_some() { "Times" } @else { "New time block" } }
            form method="post" action=(action) {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name" }
                input #name name="name" value=[block.map(|block| block.name.as_str())] required maxlength="100" placeholder="Opening hours";
                (fields::days(block.map(|block| block.body.days.as_slice()).unwrap_or_default(), "Days of the week (none means all)"))
                (fields::spans(block.map(|block| block.body.spans.as_slice()).unwrap_or_default(), "Times of day"))
                button type="submit" { "Save" }
            }
        }
    }
}

fn read(session: &Session, input: &Fields, folder: Option<String>) -> Result<NewTimeBlock> {
    session.check_folder(Right::EditContent, Area::Content, folder.as_deref())?;
    let times = Times { days: input.days(), spans: input.spans()? };
    Ok(NewTimeBlock { name: input.text("name").to_owned(), folder, times })
}

pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let made = async {
        time_blocks::create(&state.store, &actor, read(&session, &input, None)?, ident::now()).await
    };
    let next = made.await.map(|_| "/time-blocks");
    answer(next, async |message| render_list(&state, &session, message).await).await
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Markup> {
    render(&state, &session, &id, html! {}).await
}

async fn render(state: &Shared, session: &Session, id: &str, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut connection = state.store.read().await?;
    let block = composed::find::<Times>(&mut connection, account, id).await?;
    let sight = Sight::load(&mut connection, account, &session.scope).await?;
    let users = time_blocks::users(&mut connection, account, id).await?;
    let users: Vec<String> =
        users.into_iter().filter(|(id, _)| sight.sees(id)).map(|(_, name)| name).collect();
    drop(connection);
    frame(state, session, &block.name, |viewer| {
        html! {
            p { a href="/schedule" { "Schedule" } " / " a href="/time-blocks" { "Time blocks" } }
            div.head { h1 { (block.name) } }
            (message)
            p { @if users.is_empty() { "No entry of the schedule uses it." } @else { "Used by: " (users.join(", ")) "." } }
            @if viewer.may_in(Right::EditContent, block.folder.as_deref()) {
                (form(viewer, &format!("/time-blocks/{id}"), Some(&block)))
                (careful(viewer, &format!("/time-blocks/{id}/delete"), "Delete time block", "The time block is removed."))
            } @else {
                p { (words::spans(&block.body.spans)) ", " (words::days(&block.body.days)) }
            }
        }
    })
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let account = &session.operator.account;
    let folder = composed::find::<Times>(&mut *state.store.read().await?, account, &id).await?.folder;
    let changed = async {
        let new = read(&session, &input, folder)?;
        time_blocks::change(&state.store, &actor, &id, new, ident::now()).await
    };
    let next = changed.await.map(|_| "/time-blocks");
    answer(next, async |message| render(&state, &session, &id, message).await).await
}

pub(super) async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    then(
        quiet(&session.scope, time_blocks::delete(&state.store, &actor, &id, ident::now()).await),
        "/time-blocks",
    )
}
