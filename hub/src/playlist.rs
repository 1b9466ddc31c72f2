//! Playlists, and the publication that a device gets of one.

use signage_protocol::document::{self, Blob, ItemKind, Publication};

use crate::ident::{self, Millis};
use crate::store::accounts::Account;
use crate::store::content::Content;
use crate::store::devices::Device;
use crate::store::playlists::{Item, Playlist};
use crate::store::{self, Connection, Store, accounts, audit, playlists};
use crate::{Error, Result};

/// Makes a playlist of content in this order; images stay for `image_ms`.
pub async fn create(
    store: &Store,
    account: &Account,
    name: &str,
    content: &[Content],
    image_ms: i64,
    default: bool,
    now: Millis,
) -> Result<Playlist> {
    let playlist = Playlist {
        id: ident::new("pls")?,
        account: account.id.clone(),
        name: Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or("Playlist").to_owned(),
        created_at: now,
    };
    let mut change = store.write().await?;
    playlists::insert(&mut change, &playlist).await?;
    fill(&mut change, &playlist, content, image_ms).await?;
    if default {
        accounts::set_default_playlist(&mut change, &account.id, &playlist.id).await?;
    }
    changed(&mut change, &playlist, "playlist.create", now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// Replaces what a playlist plays.
pub async fn replace(
    store: &Store,
    account: &Account,
    id: &str,
    content: &[Content],
    image_ms: i64,
    now: Millis,
) -> Result<Playlist> {
    let mut change = store.write().await?;
    let playlist = find(&mut change, account, id).await?;
    playlists::clear(&mut change, id).await?;
    fill(&mut change, &playlist, content, image_ms).await?;
    changed(&mut change, &playlist, "playlist.replace", now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// Makes a playlist the one that screens play when their token names none.
pub async fn make_default(store: &Store, account: &Account, id: &str, now: Millis) -> Result<Playlist> {
    let mut change = store.write().await?;
    let playlist = find(&mut change, account, id).await?;
    accounts::set_default_playlist(&mut change, &account.id, id).await?;
    changed(&mut change, &playlist, "playlist.default", now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// What a device plays: its own playlist, else the account's default, else nothing.
pub async fn publication(
    connection: &mut Connection,
    account: &Account,
    device: &Device,
) -> Result<Publication> {
    let chosen = device.playlist.as_ref().or(account.default_playlist.as_ref());
    let playlist = match chosen {
        Some(id) => playlists::by_id(connection, &account.id, id).await?,
        None => None,
    };
    let (name, items) = match playlist {
        Some(playlist) => {
            let items = playlists::items(connection, &playlist.id).await?;
            (playlist.name, items.into_iter().map(item).collect::<Result<_>>()?)
        }
        None => ("Empty".to_owned(), Vec::new()),
    };
    Ok(Publication {
        account: account.id.clone(),
        sequence: account.content_sequence.unsigned_abs(),
        issued_at: ident::timestamp(account.content_changed_at),
        playlist: document::Playlist { name, items },
    })
}

fn item(item: Item) -> Result<document::Item> {
    let kind = match item.kind.as_str() {
        "image" => ItemKind::Image,
        "video" => ItemKind::Video,
        _ => {
            return Err(Error::Damaged { what: "kind of an item" });
        }
    };
    Ok(document::Item {
        id: item.id,
        title: item.title,
        kind,
        blob: Blob { sha256: item.sha256, size: item.size.unsigned_abs(), media_type: item.media_type },
        duration_ms: item.duration_ms.map(i64::unsigned_abs),
    })
}

async fn find(connection: &mut Connection, account: &Account, id: &str) -> Result<Playlist> {
    playlists::by_id(connection, &account.id, id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "playlist", name: id.to_owned() })
}

async fn fill(
    connection: &mut Connection,
    playlist: &Playlist,
    content: &[Content],
    image_ms: i64,
) -> Result<()> {
    for (position, content) in (0..).zip(content) {
        let duration = (content.kind == "image").then_some(image_ms);
        playlists::insert_item(
            connection,
            &ident::new("itm")?,
            &playlist.id,
            position,
            &content.id,
            duration,
        )
        .await?;
    }
    Ok(())
}

async fn changed(connection: &mut Connection, playlist: &Playlist, action: &str, now: Millis) -> Result<()> {
    accounts::content_changed(connection, &playlist.account, now).await?;
    let entry = audit::Entry {
        account: Some(&playlist.account),
        actor: "cli",
        action,
        subject: &playlist.id,
        ..audit::Entry::default()
    };
    audit::record(connection, &entry, now).await
}
