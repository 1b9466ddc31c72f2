//! Playlists as the commands make them: published at once. Drafts are in [`crate::composition`].

use crate::Result;
use crate::api_token::Actor;
use crate::composition::playlists::{self, Entry, Full, NewPlaylist};
use crate::composition::publishing::{self, Scope};
use crate::ident::Millis;
use crate::rights::Role;
use crate::store::accounts::Account;
use crate::store::content::Content;
use crate::store::playlists::Playlist;
use crate::store::{self, Connection, Store, accounts, audit};

/// Makes a playlist of content in this order and publishes it; images stay for `image_ms`.
pub async fn create(
    store: &Store,
    account: &Account,
    name: &str,
    content: &[Content],
    image_ms: i64,
    default: bool,
    now: Millis,
) -> Result<Playlist> {
    let actor = Actor::cli(&account.id);
    let name = Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or("Playlist").to_owned();
    let items = content.iter().map(|content| Entry::content(content, image_ms)).collect();
    let mut change = store.write().await?;
    let new = NewPlaylist { name, folder: None, items };
    let Full { playlist, .. } = playlists::insert(&mut change, &actor, &new, now).await?;
    if default {
        accounts::set_default_playlist(&mut change, &account.id, &playlist.id).await?;
    }
    publish(&mut change, &actor, &playlist, now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// Replaces what a playlist plays and publishes it.
pub async fn replace(
    store: &Store,
    account: &Account,
    id: &str,
    content: &[Content],
    image_ms: i64,
    now: Millis,
) -> Result<Playlist> {
    let actor = Actor::cli(&account.id);
    let items: Vec<Entry> = content.iter().map(|content| Entry::content(content, image_ms)).collect();
    let mut change = store.write().await?;
    let Full { playlist, .. } = playlists::update(&mut change, &actor, id, None, &items, now).await?;
    publish(&mut change, &actor, &playlist, now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// Makes a playlist the one that screens play when their token names none.
pub async fn make_default(store: &Store, account: &Account, id: &str, now: Millis) -> Result<Playlist> {
    let actor = Actor::cli(&account.id);
    let mut change = store.write().await?;
    let playlist = playlists::row(&mut change, &account.id, id).await?;
    accounts::set_default_playlist(&mut change, &account.id, id).await?;
    accounts::content_changed(&mut change, &account.id, now).await?;
    audit::by(&mut change, &actor, "playlist.default", id, None, now).await?;
    store::commit(change).await?;
    Ok(playlist)
}

/// Publishes this playlist and what it needs, and nothing that somebody else is working on.
async fn publish(change: &mut Connection, actor: &Actor<'_>, playlist: &Playlist, now: Millis) -> Result<()> {
    let only = Scope::Only(vec![playlist.id.clone()]);
    publishing::publish_in(change, actor, Role::Admin, &only, None, now).await?;
    Ok(())
}
