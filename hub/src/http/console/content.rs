//! The page of content: folders, a grid of what lies in them, and uploading.

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use multer::{Constraints, Multipart, SizeLimit};
use serde::Deserialize;
use signage_protocol::problem::Code;

use super::super::Shared;
use super::super::api::content::{cursor, page as page_of};
use super::super::api::uploads::{complete, turn};
use super::content_item as item;
use super::form::Checked;
use super::layout::page;
use super::session::{self, Session};
use crate::content::{self, Entry, Folder};
use crate::folder_rights::Area;
use crate::ident;
use crate::rights::Right;
use crate::store::content::{self as contents, Content, Search};
use crate::{Error, Result, folder, upload};

/// Pictures of a page.
const PAGE: i64 = 60;
/// Bytes of the fields that come with a file.
const FIELD: u64 = 4096;

/// Every page of content.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/content", get(list))
        .route("/content/upload", post(receive))
        .route("/content/folders", post(make_folder))
        .route("/content/folders/move", post(move_folder))
        .route("/content/folders/delete", post(remove_folder))
        .route("/content/{id}", get(item::show).post(item::change))
        .route("/content/{id}/delete", post(item::remove))
}

/// Which part of the list, by the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Wanted {
    folder: String,
    search: String,
    kind: String,
    after: String,
    /// What was just done.
    done: String,
}

/// A folder to be made.
#[derive(Debug, Deserialize)]
struct NewFolder {
    /// The one that it goes into.
    #[serde(default)]
    inside: String,
    #[serde(default)]
    name: String,
}

/// A folder to be moved.
#[derive(Debug, Deserialize)]
struct Moved {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// A folder to be removed.
#[derive(Debug, Deserialize)]
struct Meant {
    #[serde(default)]
    path: String,
}

/// The address of a folder on this page.
pub(super) fn address(folder: &str) -> String {
    match folder {
        "" => "/content".to_owned(),
        folder => format!("/content?folder={}", encode(folder)),
    }
}

/// A text as part of an address.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

async fn list(State(state): State<Shared>, session: Session, Query(wanted): Query<Wanted>) -> Result<Markup> {
    let message = match wanted.done.as_str() {
        "added" => Some("The files are here. Put them into a playlist to show them."),
        "removed" => Some("Removed."),
        _ => None,
    };
    render(&state, &session, &wanted, message.map(|text| html! { p.good role="status" { (text) } })).await
}

async fn render(
    state: &Shared,
    session: &Session,
    wanted: &Wanted,
    message: Option<Markup>,
) -> Result<Markup> {
    let account = &session.operator.account;
    let viewer = session.viewer(state)?;
    let here = folder::path(&wanted.folder)?;
    let edits = viewer.may_in(Right::EditContent, Some(&here));
    if !here.is_empty() && !session.scope.sees(Area::Content, Some(&here)) {
        return Err(Error::NotFound { what: "folder", name: here });
    }
    let kind = if matches!(wanted.kind.as_str(), "image" | "video") { wanted.kind.as_str() } else { "" };
    let searches = !wanted.search.trim().is_empty() || !kind.is_empty();
    let after = cursor(&wanted.after)?;
    let search = Search {
        text: wanted.search.trim(),
        kind,
        folder: Some(&here),
        // Who searches means everything below as well.
        below: searches,
        after: after.as_ref().map(|(title, id)| (title.as_str(), id.as_str())),
        limit: PAGE + 1,
        scope: Some(&session.scope),
        ..Search::default()
    };
    let (items, next) = page_of(contents::search(&state.store, account, &search).await?, PAGE);
    let mut folders = content::folders(&state.store, account).await?;
    folders.retain(|folder| session.scope.sees(Area::Content, Some(&folder.path)));
    let nothing = items.is_empty() && folders.is_empty() && here.is_empty() && !searches;
    let content = html! {
        div.head {
            h1 { "Content" }
            @if !here.is_empty() { p.summary { (trail(&here)) } }
        }
        @if let Some(message) = message { (message) }
        @if nothing { (empty(edits)) }
        @if edits { (sender(&here, &viewer.form)) }
        @if !nothing {
            (filter(&here, &wanted.search, kind))
            div.shelf {
                nav.tree aria-label="Folders" { (tree(&folders, &here)) }
                section aria-label="Files" {
                    @if items.is_empty() && searches {
                        div.card { p { "Nothing in this folder or below it fits. " a href=(address(&here)) { "Show all" } } }
                    } @else if items.is_empty() {
                        div.card { p { "There is nothing in this folder yet. " @if edits { "Add files above, or move some here from their own pages." } } }
                    } @else {
                        (grid(&items, searches))
                    }
                    @if let Some(next) = next {
                        p { a.button.quiet href={ (address(&here)) (if here.is_empty() { "?" } else { "&" }) "search=" (encode(&wanted.search)) "&kind=" (kind) "&after=" (next) } { "More" } }
                    }
                }
            }
        }
        @if edits && !nothing { (folder_forms(&folders, &here, &viewer.form)) }
    };
    Ok(page("Content", Some(&viewer), content))
}

fn empty(edits: bool) -> Markup {
    html! {
        div.card {
            h2 { "No content yet" }
            p { "Images and videos that screens show are kept here: MP4, PNG, JPEG, WebP and GIF." }
            @if edits {
                p { "Add the first files below. What is uploaded is looked into, gets a small picture, and goes into playlists." }
            } @else {
                p { "A content manager of the account can add files." }
            }
        }
    }
}

/// Where somebody is, as links to what is above.
fn trail(here: &str) -> Markup {
    let above: Vec<&str> =
        here.match_indices('/').map(|(end, _)| &here[..end]).filter(|path| !path.is_empty()).collect();
    html! {
        a href="/content" { "All folders" }
        @for path in above { " / " a href=(address(path)) { (folder::leaf(path)) } }
        " / " (folder::leaf(here))
    }
}

/// The form that brings files. With scripts it goes on after a broken line, and shows how far it is.
fn sender(here: &str, form: &str) -> Markup {
    html! {
        form.card.sender method="post" action="/content/upload" enctype="multipart/form-data" data-upload="" {
            // The first field, so that the rest need not be read when it is wrong.
            input type="hidden" name="form" value=(form);
            input type="hidden" name="folder" value=(here);
            label for="file" { "Add images and videos" @if !here.is_empty() { " to " (here) } }
            div.line {
                input #file type="file" name="file" multiple required
                    accept=".mp4,.m4v,.png,.jpg,.jpeg,.webp,.gif,video/mp4,image/png,image/jpeg,image/webp,image/gif";
                button type="submit" { "Upload" }
            }
            p.minor data-drop="" hidden { "Or drop files here. What breaks off goes on by itself." }
            ul.progress data-progress="" aria-live="polite" {}
            script src="/assets/upload.js" defer {}
        }
    }
}

fn filter(here: &str, search: &str, kind: &str) -> Markup {
    html! {
        form.line.finder method="get" action="/content" role="search" {
            input type="hidden" name="folder" value=(here);
            div { label for="search" { "Search" } input #search type="search" name="search" value=(search) maxlength="100"; }
            div {
                label for="kind" { "Kind" }
                select #kind name="kind" {
                    @for (value, name) in [("", "All"), ("image", "Images"), ("video", "Videos")] {
                        option value=(value) selected[value == kind] { (name) }
                    }
                }
            }
            button.quiet type="submit" { "Show" }
        }
    }
}

/// The folders as lists in lists.
fn tree(folders: &[Folder], here: &str) -> Markup {
    html! {
        ul {
            li {
                a href="/content" aria-current=[here.is_empty().then_some("page")] { "All folders" }
                (branch(folders, "", here))
            }
        }
    }
}

fn branch(folders: &[Folder], parent: &str, here: &str) -> Markup {
    let mut inside = folders.iter().filter(|folder| folder::parent(&folder.path) == parent).peekable();
    html! {
        @if inside.peek().is_some() {
            ul {
                @for folder in inside {
                    li {
                        a href=(address(&folder.path)) aria-current=[(folder.path == here).then_some("page")] {
                            (folder::leaf(&folder.path))
                        }
                        " " span.count aria-label={ (folder.count) " files" } { (folder.count) }
                        (branch(folders, &folder.path, here))
                    }
                }
            }
        }
    }
}

fn grid(items: &[Content], with_folder: bool) -> Markup {
    html! {
        ul.grid {
            @for item in items {
                li {
                    a.tile href={ "/content/" (item.id) } {
                        span.frame {
                            @if item.thumbnail.is_some() {
                                img src={ "/api/v1/content/" (item.id) "/thumbnail" } alt="" loading="lazy";
                            } @else {
                                span.kind aria-hidden="true" { (item::kind_word(item)) }
                            }
                            @if let Some(duration) = item.duration_ms { span.length { (item::clock(duration)) } }
                        }
                        span.name { (item.title) }
                        span.minor {
                            (item::kind_word(item)) " · " (item::size(item.size))
                            @if with_folder && !item.folder.is_empty() { " · " (item.folder) }
                        }
                        @if item.problem.is_some() { span.state.unauthorized { (item::trouble(item)) } }
                    }
                }
            }
        }
    }
}

fn folder_forms(folders: &[Folder], here: &str, form: &str) -> Markup {
    html! {
        div.card {
            h2 { "Folders" }
            form.line method="post" action="/content/folders" {
                input type="hidden" name="form" value=(form);
                input type="hidden" name="inside" value=(here);
                div { label for="folder-name" { "New folder" @if !here.is_empty() { " in " (here) } } input #folder-name name="name" required maxlength="100"; }
                button type="submit" { "Make folder" }
            }
            @if folders.iter().any(|folder| folder.path == here) {
                form.line method="post" action="/content/folders/move" {
                    input type="hidden" name="form" value=(form);
                    input type="hidden" name="from" value=(here);
                    div { label for="folder-to" { "Rename or move this folder" } input #folder-to name="to" value=(here) required maxlength="255" list="folders"; }
                    button.quiet type="submit" { "Rename or move" }
                }
                (item::choices(folders))
                form method="post" action="/content/folders/delete" {
                    input type="hidden" name="form" value=(form);
                    input type="hidden" name="path" value=(here);
                    div.actions {
                        button.danger type="submit" { "Remove this folder" }
                        span.minor { "What is in it moves up to " (if folder::parent(here).is_empty() { "the top" } else { folder::parent(here) }) "." }
                    }
                }
            }
        }
    }
}

async fn make_folder(
    State(state): State<Shared>,
    Checked(session, input): Checked<NewFolder>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let path = match input.name.trim() {
        "" => String::new(),
        name => format!("{}/{name}", input.inside),
    };
    session.check_folder(Right::EditContent, Area::Content, Some(&path))?;
    let result = content::make_folder(&state.store, &actor, &path, ident::now()).await;
    answer(&state, &session, &input.inside, result).await
}

async fn move_folder(
    State(state): State<Shared>,
    Checked(session, input): Checked<Moved>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    for path in [&input.from, &input.to] {
        session.check_folder(Right::EditContent, Area::Content, Some(path))?;
    }
    let result = content::move_folder(&state.store, &actor, &input.from, &input.to, ident::now()).await;
    answer(&state, &session, &input.from, result).await
}

async fn remove_folder(
    State(state): State<Shared>,
    Checked(session, input): Checked<Meant>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    for path in [input.path.as_str(), folder::parent(&input.path)] {
        session.check_folder(Right::EditContent, Area::Content, Some(path))?;
    }
    let result = content::remove_folder(&state.store, &actor, &input.path, ident::now()).await;
    let result = result.map(|()| folder::parent(&input.path).to_owned());
    answer(&state, &session, &input.path, result).await
}

/// On to a folder, or this page again with what was wrong.
async fn answer(state: &Shared, session: &Session, here: &str, result: Result<String>) -> Result<Response> {
    match result {
        Ok(folder) => Ok(Redirect::to(&address(&folder)).into_response()),
        Err(
            error @ (Error::Refused { .. } | Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. }),
        ) => {
            let message = html! { p.alert role="alert" { (error) } };
            let wanted = Wanted { folder: folder::path(here).unwrap_or_default(), ..Wanted::default() };
            let page = render(state, session, &wanted, Some(message)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Takes files from a browser that runs no scripts.
async fn receive(
    State(state): State<Shared>,
    session: Session,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    session.may(Right::EditContent)?;
    let mut here = String::new();
    let result = files(&state, &session, &headers, body, &mut here).await;
    match result {
        Ok(()) => {
            let mark = if here.is_empty() { "?" } else { "&" };
            Ok(Redirect::to(&format!("{}{mark}done=added", address(&here))).into_response())
        }
        Err(error) => answer(&state, &session, &here, Err(error)).await,
    }
}

async fn files(
    state: &Shared,
    session: &Session,
    headers: &HeaderMap,
    body: Body,
    here: &mut String,
) -> Result<()> {
    let actor = session.may(Right::EditContent)?;
    let wrong = |error: multer::Error| Error::Invalid(format!("the form did not arrive as a whole: {error}"));
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default()).map_err(wrong)?;
    let _turn = turn(state)?;
    let limits = SizeLimit::new().for_field("form", FIELD).for_field("folder", FIELD);
    let constraints = Constraints::new().size_limit(limits);
    let mut fields = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let (mut checked, mut number) = (false, 0);
    // A sender that is silent between two files is one that is silent.
    let silence = state.uploads.silence;
    let late = |_| Error::refused(408, Code::HubError, "the upload came too slowly");
    while let Some(mut field) =
        tokio::time::timeout(silence, fields.next_field()).await.map_err(late)?.map_err(wrong)?
    {
        match field.name() {
            Some("form") => {
                let token =
                    tokio::time::timeout(silence, field.text()).await.map_err(late)?.map_err(wrong)?;
                checked = session::check_form(state, &session.cookie, &token);
            }
            Some("folder") => {
                let text = tokio::time::timeout(silence, field.text()).await.map_err(late)?.map_err(wrong)?;
                *here = folder::path(&text)?;
            }
            Some("file") if !checked => break,
            Some("file") => {
                session.check_folder(Right::EditContent, Area::Content, Some(here))?;
                let title = field.file_name().unwrap_or_default().to_owned();
                if title.is_empty() {
                    continue;
                }
                let entry = Entry { title: Some(title), folder: here.clone() };
                let mut new =
                    upload::create(&state.store, &actor, &entry, None, &state.uploads, ident::now()).await?;
                let stream = futures_util::stream::poll_fn(move |context| {
                    futures_util::Stream::poll_next(std::pin::Pin::new(&mut field), context)
                });
                let sent =
                    upload::append(&state.store, &state.blobs, &new, stream, None, &state.uploads).await;
                let done = match sent {
                    Ok(sent) => {
                        new = sent;
                        upload::close(&state.store, &new).await
                    }
                    Err(error) => Err(error),
                };
                match done {
                    Ok(whole) => complete(state, whole).await?,
                    Err(error) => {
                        // A form cannot go on where it broke off.
                        upload::cancel(&state.store, &state.blobs, &actor, &new.id, ident::now()).await?;
                        return Err(error);
                    }
                };
                number += 1;
            }
            _ => {}
        }
    }
    if !checked {
        let detail = "the page was open too long; open it again and repeat what you did";
        return Err(Error::refused(403, Code::ApiForbidden, detail));
    }
    if number == 0 {
        return Err(Error::Invalid("choose a file first".into()));
    }
    Ok(())
}
