//! Content: files that an account has uploaded.

use std::path::{Path, PathBuf};

use crate::data_dir::DataDir;
use crate::ident::{self, Millis};
use crate::store::accounts::Account;
use crate::store::content::Content;
use crate::store::{self, Store, content};
use crate::{Error, Result, blobs, media};

/// Adds a file to an account. The same bytes again are the content that is there already.
pub async fn add(
    store: &Store,
    directory: &DataDir,
    account: &Account,
    file: &Path,
    now: Millis,
) -> Result<Content> {
    let (directory, source) = (directory.clone(), file.to_owned());
    let (media, stored) = blocking(move || {
        let media = media::recognise(&blobs::head(&source)?).ok_or_else(|| unplayable(&source))?;
        Ok((media, blobs::import(&directory, &source)?))
    })
    .await?;
    let (media_type, kind) = media;
    let title = file.file_name().map_or_else(|| kind.to_owned(), |name| name.to_string_lossy().into_owned());
    let content = Content {
        id: ident::new("con")?,
        account: account.id.clone(),
        title,
        kind: kind.to_owned(),
        sha256: stored.sha256,
        size: i64::try_from(stored.size).map_err(|_| Error::Invalid("the file is too large".into()))?,
        media_type: media_type.to_owned(),
        created_at: now,
    };
    let mut change = store.write().await?;
    let content = content::insert(&mut change, &content).await?;
    store::commit(change).await?;
    Ok(content)
}

/// The content that an operator means: an id, or a file that is added now.
pub async fn find_or_add(
    store: &Store,
    directory: &DataDir,
    account: &Account,
    name: &str,
    now: Millis,
) -> Result<Content> {
    let file = PathBuf::from(name);
    if name.starts_with("con_") && !file.exists() {
        return content::by_id(store, &account.id, name).await;
    }
    add(store, directory, account, &file, now).await
}

fn unplayable(file: &Path) -> Error {
    Error::Invalid(format!("{} is not an MP4, PNG, JPEG, WebP or GIF file", file.display()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Damaged { what: "copy of a file" })?
}
