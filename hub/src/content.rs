//! Content: files that an account has uploaded, and the folders that they lie in.

use std::path::{Path, PathBuf};

use crate::api_token::Actor;
use crate::blobs::{Blobs, Source};
use crate::ident::{self, Millis};
use crate::store::accounts::Account;
use crate::store::content::{Content, List, Use};
use crate::store::{self, Store, audit, content, content_folders, uploads};
use crate::{Error, Result, account, folder, media, sweep};

/// Tags of one content.
const MAX_TAGS: usize = 50;

/// What new content will be called, and where it will lie.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The file name.
    pub title: Option<String>,
    /// A path.
    pub folder: String,
}

/// What is to be changed; absent leaves it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Its name.
    pub title: Option<String>,
    /// The folder that it moves to.
    pub folder: Option<String>,
    /// For finding it.
    pub tags: Option<Vec<String>>,
}

/// Adds a file of this machine to an account. The same bytes again are the content that is there already.
pub async fn add(
    store: &Store,
    blobs: &Blobs,
    account: &Account,
    file: &Path,
    now: Millis,
) -> Result<Content> {
    add_to(store, blobs, account, file, &Entry::default(), now).await
}

/// The same, with a title or into a folder.
pub async fn add_to(
    store: &Store,
    blobs: &Blobs,
    account: &Account,
    file: &Path,
    entry: &Entry,
    now: Millis,
) -> Result<Content> {
    let name = entry.title.clone().or_else(|| Some(file.file_name()?.to_string_lossy().into_owned()));
    let entry = Entry { title: name, folder: folder::path(&entry.folder)? };
    let source = Source::File(file.to_owned());
    let what = file.display().to_string();
    take(store, blobs, &Actor::cli(&account.id), source, &what, &entry, None, now).await
}

/// Makes content of bytes that are all here: stores them under their digest, and adds the row. With an upload, that is
/// finished in the same change.
#[expect(clippy::too_many_arguments, reason = "the two callers differ in all of them")]
pub(crate) async fn take(
    store: &Store,
    blobs: &Blobs,
    actor: &Actor<'_>,
    source: Source,
    what: &str,
    entry: &Entry,
    upload: Option<&str>,
    now: Millis,
) -> Result<Content> {
    let media = media::recognise(&blobs.head(&source).await?);
    let (media_type, kind) = media.ok_or_else(|| unplayable(what))?;
    let (kept, mut change) = sweep::keep_for(store, blobs, &source, now).await?;

    let title = entry.title.as_deref().and_then(folder::title).unwrap_or_else(|| kind.to_owned());
    let new = Content {
        id: ident::new("con")?,
        account: actor.account.to_owned(),
        title,
        kind: kind.to_owned(),
        sha256: kept.stored.sha256,
        size: kept.size,
        media_type: media_type.to_owned(),
        folder: entry.folder.clone(),
        tags: List::default(),
        duration_ms: None,
        width: None,
        height: None,
        codec: None,
        audio: None,
        details: None,
        thumbnail: None,
        probe: "waiting".to_owned(),
        problem: None,
        created_by: actor.id.to_owned(),
        created_at: now,
    };
    let content = content::insert(&mut change, &new).await?;
    if let Some(upload) = upload {
        uploads::finish(&mut change, upload, &content.id).await?;
    }
    if content.id == new.id {
        audit::by(&mut change, actor, "content.add", &content.id, Some(media_type), now).await?;
    }
    store::commit(change).await?;
    Ok(content)
}

/// The content that an operator means: an id, or a file that is added now.
pub async fn find_or_add(
    store: &Store,
    blobs: &Blobs,
    account: &Account,
    name: &str,
    now: Millis,
) -> Result<Content> {
    let file = PathBuf::from(name);
    if name.starts_with("con_") && !file.exists() {
        return content::by_id(store, &account.id, name).await;
    }
    add(store, blobs, account, &file, now).await
}

pub(crate) fn unplayable(what: &str) -> Error {
    Error::Invalid(format!("{what} is not an MP4, PNG, JPEG, WebP or GIF file"))
}

/// Renames, moves or tags content.
pub async fn change(
    store: &Store,
    actor: &Actor<'_>,
    id: &str,
    new: &Change,
    now: Millis,
) -> Result<Content> {
    let mut change = store.write().await?;
    let mut content = content::find(&mut change, actor.account, id).await?;
    let before = (content.title.clone(), content.folder.clone(), content.tags.clone());
    if let Some(title) = &new.title {
        let refuse =
            || Error::Field { field: "title", detail: "a title has a letter that can be seen".into() };
        content.title = folder::title(title).ok_or_else(refuse)?;
    }
    if let Some(path) = &new.folder {
        content.folder = folder::path(path).map_err(Error::in_field("folder"))?;
        if !content.folder.is_empty() {
            content_folders::insert(&mut change, actor.account, &content.folder, now).await?;
        }
    }
    if let Some(tags) = &new.tags {
        content.tags = List(check_tags(tags).map_err(Error::in_field("tags"))?);
    }
    if before != (content.title.clone(), content.folder.clone(), content.tags.clone()) {
        content::update(&mut change, &content).await?;
        let detail = format!("{} in /{}", content.title, content.folder);
        audit::by(&mut change, actor, "content.change", id, Some(&detail), now).await?;
        store::commit(change).await?;
    }
    Ok(content)
}

fn check_tags(tags: &[String]) -> Result<Vec<String>> {
    let mut list: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > account::MAX_NAME || tag.chars().any(char::is_control) {
            return Err(Error::Invalid(format!(
                "a tag has at most {} characters on one line",
                account::MAX_NAME
            )));
        }
        if !list.iter().any(|known| known == tag) {
            list.push(tag.to_owned());
        }
    }
    if list.len() > MAX_TAGS {
        return Err(Error::Invalid(format!("content has at most {MAX_TAGS} tags")));
    }
    Ok(list)
}

/// Removes content that nothing plays.
pub async fn remove(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let content = content::find(&mut change, actor.account, id).await?;
    let uses = content::uses(&mut change, id).await?;
    if !uses.is_empty() {
        return Err(in_use(&content, &uses));
    }
    audit::by(&mut change, actor, "content.remove", id, Some(&content.title), now).await?;
    content::delete(&mut change, &content, now).await?;
    store::commit(change).await
}

fn in_use(content: &Content, uses: &[Use]) -> Error {
    let names: Vec<String> =
        uses.iter().take(10).map(|used| format!("{} {:?} ({})", used.kind, used.name, used.id)).collect();
    let more = match uses.len() {
        count @ 11.. => format!(" and {} more", count - 10),
        _ => String::new(),
    };
    Error::Conflict(format!(
        "{:?} is played by {}{more}; take it out there first",
        content.title,
        names.join(", ")
    ))
}

/// Makes a folder; those above it are there with it.
pub async fn make_folder(store: &Store, actor: &Actor<'_>, path: &str, now: Millis) -> Result<String> {
    let path = named(path)?;
    let mut change = store.write().await?;
    if content_folders::exists(&mut change, actor.account, &path).await? {
        return Err(Error::Conflict(format!("there is a folder {path:?} already")));
    }
    content_folders::insert(&mut change, actor.account, &path, now).await?;
    audit::by(&mut change, actor, "content-folder.create", &path, None, now).await?;
    store::commit(change).await?;
    Ok(path)
}

/// Renames a folder or puts it elsewhere, with everything in it.
pub async fn move_folder(
    store: &Store,
    actor: &Actor<'_>,
    from: &str,
    to: &str,
    now: Millis,
) -> Result<String> {
    let (from, to) = (named(from)?, named(to)?);
    let mut change = store.write().await?;
    check_folder(&mut change, actor.account, &from).await?;
    if from == to {
        return Ok(to);
    }
    if folder::is_within(&to, &from) {
        return Err(Error::Conflict(format!("the folder {from:?} cannot be moved into itself")));
    }
    if content_folders::exists(&mut change, actor.account, &to).await? {
        return Err(Error::Conflict(format!("there is a folder {to:?} already")));
    }
    content_folders::rename(&mut change, actor.account, &from, &to, now).await?;
    audit::by(&mut change, actor, "content-folder.move", &from, Some(&to), now).await?;
    store::commit(change).await?;
    Ok(to)
}

/// Removes a folder; what is in it moves up to the folder that it is in.
pub async fn remove_folder(store: &Store, actor: &Actor<'_>, path: &str, now: Millis) -> Result<()> {
    let path = named(path)?;
    let mut change = store.write().await?;
    check_folder(&mut change, actor.account, &path).await?;
    content_folders::rename(&mut change, actor.account, &path, folder::parent(&path), now).await?;
    audit::by(&mut change, actor, "content-folder.remove", &path, None, now).await?;
    store::commit(change).await
}

async fn check_folder(connection: &mut store::Connection, account: &str, path: &str) -> Result<()> {
    match content_folders::exists(connection, account, path).await? {
        true => Ok(()),
        false => Err(Error::NotFound { what: "folder", name: path.to_owned() }),
    }
}

fn named(path: &str) -> Result<String> {
    match folder::path(path)? {
        path if path.is_empty() => Err(Error::Invalid("a folder needs a name".into())),
        path => Ok(path),
    }
}

/// A folder of a list: its path, and how much content lies in it itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// Levels separated by a slash.
    pub path: String,
    /// Content in it, not counting folders below.
    pub count: i64,
}

/// Every folder of an account, those between included, by path. The top is not one of them.
pub async fn folders(store: &Store, account: &str) -> Result<Vec<Folder>> {
    let mut all = std::collections::BTreeMap::<String, i64>::new();
    for (path, count) in content_folders::list(store, account).await? {
        let mut above = folder::parent(&path);
        while !above.is_empty() {
            all.entry(above.to_owned()).or_default();
            above = folder::parent(above);
        }
        if !path.is_empty() {
            *all.entry(path).or_default() += count;
        }
    }
    let mut folders: Vec<Folder> = all.into_iter().map(|(path, count)| Folder { path, count }).collect();
    folders.sort_by_cached_key(|folder| folder.path.split('/').map(str::to_lowercase).collect::<Vec<_>>());
    Ok(folders)
}

/// Changes how many bytes an account may have.
pub async fn limit_bytes(store: &Store, account: &Account, limit: Option<i64>, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    content::set_limit(&mut change, &account.id, limit).await?;
    let detail = limit.map_or_else(|| "content none".to_owned(), |limit| format!("content {limit}"));
    audit::by(&mut change, &Actor::cli(&account.id), "account.limit", &account.id, Some(&detail), now)
        .await?;
    store::commit(change).await
}
