//! The page of one content: what it looks like, what is known of it, changing it, and letting it go.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::content::address;
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::session::Session;
use crate::content::{self, Change, Folder};
use crate::folder_rights::Area;
use crate::ident;
use crate::rights::Right;
use crate::sight::{Sight, quiet};
use crate::store::content::{self as contents, Content, Use};
use crate::store::operators;
use crate::{Error, Result};

/// What was just done, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    saved: Option<String>,
}

/// What stands in the form.
#[derive(Debug, Deserialize)]
pub(super) struct Details {
    title: String,
    folder: String,
    /// Separated by commas.
    tags: String,
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Markup> {
    let message = done.saved.map(|_| html! { p.good role="status" { "Saved." } });
    render(&state, &session, &id, message).await
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Details>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    session.check_folder(Right::EditContent, Area::Content, Some(&input.folder))?;
    let new = Change {
        title: Some(input.title),
        folder: Some(input.folder),
        tags: Some(input.tags.split(',').map(ToOwned::to_owned).collect()),
    };
    let result = content::change(&state.store, &actor, &id, &new, ident::now()).await.map(drop);
    answer(&state, &session, &id, result, &format!("/content/{id}?saved=1")).await
}

pub(super) async fn remove(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let folder = contents::by_id(&state.store, &session.operator.account, &id).await?.folder;
    let result = quiet(&session.scope, content::remove(&state.store, &actor, &id, ident::now()).await);
    let mark = if folder.is_empty() { "?" } else { "&" };
    answer(&state, &session, &id, result, &format!("{}{mark}done=removed", address(&folder))).await
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
            let page = render(state, session, id, Some(message)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn render(state: &Shared, session: &Session, id: &str, message: Option<Markup>) -> Result<Markup> {
    let account = &session.operator.account;
    let (content, uses, by) = {
        let mut connection = state.store.read().await?;
        let content = contents::find(&mut connection, account, id).await?;
        let mut uses = contents::uses(&mut connection, id).await?;
        let sight = Sight::load(&mut connection, account, &session.scope).await?;
        uses.retain(|used| sight.sees(&used.id));
        (content, uses, String::new())
    };
    let by = match content.created_by.starts_with("opr_") {
        true => operators::list(&state.store, account)
            .await?
            .into_iter()
            .find(|operator| operator.id == content.created_by)
            .map_or(by, |operator| operator.email),
        false => by,
    };
    let mut folders = content::folders(&state.store, account).await?;
    folders.retain(|folder| session.scope.sees(Area::Content, Some(&folder.path)));
    let viewer = session.viewer(state)?;
    let edits = viewer.may_in(Right::EditContent, Some(&content.folder));
    let body = html! {
        div.head {
            h1 { (content.title) }
            p.summary { (kind_word(&content)) }
            a.button.quiet href=(address(&content.folder)) { "Back to the folder" }
        }
        @if let Some(message) = message { (message) }
        div.card.preview {
            (preview(&content))
            (standing(&content))
            (facts(&content, &uses, &by))
            p { a.button.quiet href={ "/api/v1/content/" (content.id) "/file?download=1" } download { "Download the original" } }
        }
        @if edits { (changes(&content, &uses, &folders, &viewer)) }
    };
    Ok(page(&content.title, Some(&viewer), body))
}

fn preview(content: &Content) -> Markup {
    let file = format!("/api/v1/content/{}/file", content.id);
    let poster = content.thumbnail.as_ref().map(|_| format!("/api/v1/content/{}/thumbnail", content.id));
    html! {
        @if content.kind == "video" {
            video controls preload="none" poster=[poster] src=(file) { "This browser plays no video." }
        } @else {
            img src=(file) alt={ "Preview of " (content.title) };
        }
    }
}

/// What the probe says of it, in a sentence.
fn standing(content: &Content) -> Markup {
    html! {
        @if let Some(problem) = &content.problem {
            p.alert role="status" { strong { (trouble(content)) ". " } (problem) }
        } @else if content.probe == "none" {
            p.minor { "Not probed: the program signage-probe is not beside the hub, so type and content were taken by the first bytes of the file. Whether a screen can show it is not known. Once the program is there, the hub looks into the file within an hour." }
        } @else if matches!(content.probe.as_str(), "waiting" | "running") {
            p.minor { "The hub is looking into this file. Reload the page in a moment." }
        }
    }
}

/// Two words about what is wrong.
pub(super) fn trouble(content: &Content) -> &'static str {
    if content.probe == "failed" { "Damaged" } else { "Not for every screen" }
}

fn facts(content: &Content, uses: &[Use], by: &str) -> Markup {
    html! {
        dl.facts {
            @if let (Some(width), Some(height)) = (content.width, content.height) {
                dt { "Size" } dd { (width) " × " (height) " pixels" }
            }
            @if let Some(duration) = content.duration_ms { dt { "Duration" } dd { (clock(duration)) } }
            @if let Some(codec) = &content.codec { dt { "Picture" } dd { (codec) } }
            @if let Some(audio) = &content.audio { dt { "Sound" } dd { (audio) } }
            dt { "File" } dd { (content.media_type) ", " (size(content.size)) }
            dt { "Folder" } dd { @if content.folder.is_empty() { "top" } @else { (content.folder) } }
            dt { "Added" } dd {
                time datetime=(ident::timestamp(content.created_at)) { (ident::timestamp(content.created_at).strftime("%Y-%m-%d %H:%M UTC").to_string()) }
                @if !by.is_empty() { " by " (by) }
            }
            dt { "Played by" } dd {
                @if uses.is_empty() { "nothing yet" }
                @for (number, used) in uses.iter().enumerate() {
                    @if number > 0 { ", " }
                    (used.kind) " " (used.name)
                }
            }
            dt { "SHA-256" } dd { code { (content.sha256) } }
        }
    }
}

fn changes(content: &Content, uses: &[Use], folders: &[Folder], viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card {
            h2 { "Change" }
            form.form method="post" action={ "/content/" (content.id) } {
                input type="hidden" name="form" value=(viewer.form);
                label for="title" { "Title" }
                input #title name="title" value=(content.title) required maxlength="255";
                label for="folder" { "Folder" }
                input #folder name="folder" value=(content.folder) maxlength="255" list="folders" aria-describedby="folder-hint";
                (choices(folders))
                p.minor #folder-hint { "Levels separated by a slash, such as Berlin/Foyer. A new one is made." }
                label for="tags" { "Tags" }
                input #tags name="tags" value=(content.tags.0.join(", ")) aria-describedby="tags-hint";
                p.minor #tags-hint { "Separated by commas." }
                button type="submit" { "Save" }
            }
        }
        div.card {
            h2 { "Remove" }
            @if uses.is_empty() {
                p { "The file goes for good. Screens that have it keep it until they need the room." }
                form method="post" action={ "/content/" (content.id) "/delete" } {
                    input type="hidden" name="form" value=(viewer.form);
                    button.danger type="submit" { "Remove " (content.title) }
                }
            } @else {
                p { "It is played, so it cannot be removed. Take it out of " (uses.iter().map(|used| format!("the {} {}", used.kind, used.name)).collect::<Vec<_>>().join(", ")) " first." }
            }
        }
    }
}

/// Folders that a field suggests.
pub(super) fn choices(folders: &[Folder]) -> Markup {
    html! { datalist #folders { @for folder in folders { option value=(folder.path) {} } } }
}

pub(super) fn kind_word(content: &Content) -> &'static str {
    if content.kind == "video" { "Video" } else { "Image" }
}

/// Milliseconds as a clock has them.
pub(super) fn clock(duration_ms: i64) -> String {
    let seconds = (duration_ms + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Bytes as people say them.
pub(super) fn size(bytes: i64) -> String {
    let mut value = bytes as f64;
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            return if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(
            (clock(400), clock(61_000), clock(3_661_000)),
            ("0:00".into(), "1:01".into(), "1:01:01".into())
        );
        assert_eq!(
            (size(0), size(1536), size(3 << 30)),
            ("0 bytes".into(), "1.5 KiB".into(), "3.0 GiB".into())
        );
    }
}
