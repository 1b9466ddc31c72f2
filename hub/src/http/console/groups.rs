//! Groups of people: who is in them, and what they may do in folders.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::confirm::confirm;
use super::form::{Checked, Nothing};
use super::layout::page;
use super::session::Session;
use crate::account::MAX_NAME;
use crate::folder::MAX_BYTES;
use crate::folder_rights::{Area, Entry, Level};
use crate::groups::{self, Change};
use crate::ident;
use crate::rights::Right;
use crate::store::groups::{self as stored, Group};
use crate::store::operators;
use crate::{Error, Result};

/// Groups that the page lists; more are found by the API.
const SHOWN: i64 = 500;
/// Empty lines for more folders.
const MORE: usize = 3;

#[derive(Debug, Deserialize)]
struct New {
    name: String,
}

/// Fields of the form of a group: `name`, `member.ID`, and for each line `area.N`, `folder.N`, `level.N`.
type Fields = HashMap<String, String>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/groups", get(list).post(create))
        .route("/groups/{id}", get(show).post(change))
        .route("/groups/{id}/delete", post(delete))
}

async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    overview(&state, &session, "", None).await
}

async fn create(State(state): State<Shared>, Checked(session, new): Checked<New>) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let wanted = Change { name: Some(new.name.clone()), ..Change::default() };
    match groups::create(&state.store, &actor, &wanted, ident::now()).await {
        Ok(group) => Ok(Redirect::to(&format!("/groups/{}", group.id)).into_response()),
        Err(error) => {
            let (status, message) = message(error)?;
            Ok((status, overview(&state, &session, &new.name, Some(&message)).await?).into_response())
        }
    }
}

async fn show(State(state): State<Shared>, session: Session, Path(id): Path<String>) -> Result<Markup> {
    let actor = session.may(Right::ManageAccount)?;
    let group = groups::find(&mut *state.store.read().await?, actor.account, &id).await?;
    one(&state, &session, &group, html! {}, None).await
}

async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, fields): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let group = groups::find(&mut *state.store.read().await?, actor.account, &id).await?;
    let done = async {
        let new = Change {
            name: fields.get("name").cloned(),
            members: Some(
                fields.keys().filter_map(|key| key.strip_prefix("member.")).map(Into::into).collect(),
            ),
            folders: Some(entries(&fields)?),
        };
        groups::change(&state.store, &actor, &group.id, &new, ident::now()).await
    };
    match done.await {
        Ok(group) => {
            let notice =
                html! { p.done role="status" { "Saved. It holds from the next click of its members on." } };
            Ok(one(&state, &session, &group, notice, None).await?.into_response())
        }
        Err(error) => {
            let (status, message) = message(error)?;
            let notice = html! { p.alert role="alert" { (message) } };
            Ok((status, one(&state, &session, &group, notice, Some(&fields)).await?).into_response())
        }
    }
}

async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, Nothing {}): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageAccount)?;
    groups::delete(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to("/groups"))
}

/// The lines of the form that say something, in their order.
fn entries(fields: &Fields) -> Result<Vec<Entry>> {
    let mut lines: Vec<(usize, Entry)> = Vec::new();
    for (key, level) in fields {
        let Some(number) = key.strip_prefix("level.") else { continue };
        let Some(level) = Some(level).filter(|level| !level.is_empty()) else { continue };
        let field = |name: &str| fields.get(&format!("{name}.{number}")).cloned().unwrap_or_default();
        let entry = Entry { area: field("area").parse()?, folder: field("folder"), level: level.parse()? };
        lines.push((number.parse().unwrap_or(usize::MAX), entry));
    }
    lines.sort_by_key(|(number, _)| *number);
    Ok(lines.into_iter().map(|(_, entry)| entry).collect())
}

/// What a person can do something about.
fn message(error: Error) -> Result<(StatusCode, String)> {
    match error {
        Error::Conflict(message) => Ok((StatusCode::CONFLICT, message)),
        Error::Invalid(message) => Ok((StatusCode::UNPROCESSABLE_ENTITY, message)),
        error => Err(error),
    }
}

async fn overview(state: &Shared, session: &Session, name: &str, refused: Option<&str>) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let mut connection = state.store.read().await?;
    let mut rows = Vec::new();
    for group in stored::list(&mut connection, &session.operator.account, "", SHOWN).await? {
        let members = stored::members(&mut connection, &group.id).await?;
        let folders = stored::folders(&mut connection, &group.id).await?;
        rows.push((group, members, folders));
    }
    drop(connection);
    let content = html! {
        div.head { h1 { "Groups" } }
        @if let Some(message) = refused { p.alert role="alert" { (message) } }
        @if rows.is_empty() {
            div.card {
                h2 { "No groups yet" }
                p { "Without groups, everybody does everywhere what their role allows. A group says in which folders its members look, change or see nothing: make one for the people of a site, give it the folder of the site, and hide the rest." }
            }
        } @else {
            div.card.flush {
                table {
                    thead { tr {
                        th scope="col" { "Name" }
                        th scope="col" { "Members" }
                        th scope="col" { "Folders" }
                    } }
                    tbody {
                        @for (group, members, folders) in &rows {
                            tr {
                                th scope="row" { a href={ "/groups/" (group.id) } { (group.name) } }
                                td data-label="Members" {
                                    @match members.as_slice() {
                                        [] => span.minor { "nobody yet" },
                                        [one] => (one.email),
                                        [one, rest @ ..] => { (one.email) span.minor { "and " (rest.len()) " more" } }
                                    }
                                }
                                td data-label="Folders" { (summary(folders)) }
                            }
                        }
                    }
                }
            }
        }
        section.card {
            h2 { "Make a group" }
            form.line method="post" action="/groups" {
                div {
                    label for="name" { "Name" }
                    input #name name="name" value=(name) maxlength=(MAX_NAME) required;
                }
                input type="hidden" name="form" value=(viewer.form);
                button type="submit" { "Make the group" }
            }
        }
    };
    Ok(page("Groups", Some(&viewer), content))
}

fn summary(folders: &[Entry]) -> Markup {
    html! {
        @if folders.is_empty() { span.minor { "says nothing" } }
        @for entry in folders {
            span.minor {
                (title(entry.area)) " " code { (shown(&entry.folder)) } ": " (word(entry.level))
            }
        }
    }
}

fn shown(folder: &str) -> String {
    format!("/{folder}")
}

fn title(area: Area) -> &'static str {
    match area {
        Area::Content => "Content",
        Area::Screens => "Screens",
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "hidden",
        Level::Read => "look",
        Level::Write => "change",
    }
}

/// One group. After a refusal the form holds what was sent.
async fn one(
    state: &Shared,
    session: &Session,
    group: &Group,
    notice: Markup,
    sent: Option<&Fields>,
) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let people = operators::list(&state.store, &group.account).await?;
    let mut connection = state.store.read().await?;
    let members = stored::members(&mut connection, &group.id).await?;
    let mut lines: Vec<(String, String, String)> = stored::folders(&mut connection, &group.id)
        .await?
        .into_iter()
        .map(|entry| (entry.area.as_str().into(), shown(&entry.folder), entry.level.as_str().into()))
        .collect();
    drop(connection);
    let mut name = group.name.clone();
    if let Some(sent) = sent {
        name = sent.get("name").cloned().unwrap_or_default();
        let mut numbers: Vec<usize> =
            sent.keys().filter_map(|key| key.strip_prefix("level.")?.parse().ok()).collect();
        numbers.sort_unstable();
        let field = |name: &str, number| sent.get(&format!("{name}.{number}")).cloned().unwrap_or_default();
        let filled = numbers.into_iter().map(|n| (field("area", n), field("folder", n), field("level", n)));
        lines = filled.filter(|(_, _, level)| !level.is_empty()).collect();
    }
    lines.extend((0..MORE).map(|_| (Area::Screens.as_str().to_owned(), String::new(), String::new())));
    let member = |id: &str| match sent {
        Some(sent) => sent.contains_key(&format!("member.{id}")),
        None => members.iter().any(|member| member.id == id),
    };
    let content = html! {
        div.head { h1 { (group.name) } span.actions { a.button.quiet href="/groups" { "All groups" } } }
        (notice)
        form method="post" action={ "/groups/" (group.id) } {
            section.card {
                h2 { "Members" }
                label for="name" { "Name of the group" }
                input #name name="name" value=(name) maxlength=(MAX_NAME) required;
                fieldset.choices {
                    legend { "Who is in it" }
                    @for person in &people {
                        label {
                            input type="checkbox" name={ "member." (person.id) } value="on" checked[member(&person.id)];
                            " " (person.email) span.minor { " " (person.role) }
                        }
                    }
                }
                p.hint { "Admins may do everything everywhere, whatever groups they are in." }
            }
            section.card {
                h2 { "Folders" }
                p { "Of each folder counts the nearest line on the way up. Where no line says anything, the role decides. " code { "/" } " is the top: hide it to begin with nothing. Of somebody in several groups counts the widest." }
                table.fields {
                    thead { tr {
                        th scope="col" { "What" }
                        th scope="col" { "Folder" }
                        th scope="col" { "Members may" }
                    } }
                    tbody { @for (number, line) in lines.iter().enumerate() { (fields_of(number, line)) } }
                }
                p.hint { "Save to get more empty lines. A line without a choice is dropped." }
                input type="hidden" name="form" value=(viewer.form);
                button type="submit" { "Save" }
            }
        }
        section.card {
            h2 { "Delete" }
            (confirm(
                &format!("/groups/{}/delete", group.id),
                &viewer.form,
                "Delete this group",
                "Its members go on with their role alone, everywhere that no other group says otherwise.",
                &format!("Delete {}", group.name),
            ))
        }
    };
    Ok(page("Groups", Some(&viewer), content))
}

fn fields_of(number: usize, (area, folder, level): &(String, String, String)) -> Markup {
    let line = number + 1;
    html! {
        tr {
            td data-label="What" {
                select name={ "area." (number) } aria-label={ "Line " (line) ": of what" } {
                    @for one in Area::ALL { option value=(one.as_str()) selected[one.as_str() == area] { (title(one)) } }
                }
            }
            td data-label="Folder" {
                input name={ "folder." (number) } value=(folder) maxlength=(MAX_BYTES) placeholder="/Berlin/Foyer" aria-label={ "Line " (line) ": folder" };
            }
            td data-label="Members may" {
                select name={ "level." (number) } aria-label={ "Line " (line) ": what members may do" } {
                    option value="" { "nothing is said" }
                    option value=(Level::None.as_str()) selected[Level::None.as_str() == level] { "see nothing of it" }
                    option value=(Level::Read.as_str()) selected[Level::Read.as_str() == level] { "look" }
                    option value=(Level::Write.as_str()) selected[Level::Write.as_str() == level] { "look and change" }
                }
            }
        }
    }
}
