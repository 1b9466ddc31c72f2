//! What screens show when nothing is scheduled, and who approves: settings that count at once, without a draft.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Approval, Shown, target};
use crate::api_token::Actor;
use crate::ident::Millis;
use crate::store::accounts::Account;
use crate::store::{self, Connection, Store, accounts, audit};
use crate::{Error, Result};

/// The settings of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Who needs somebody else's approval to publish.
    pub approval: Approval,
    /// What screens without one of their own show when nothing is scheduled: a playlist or a layout.
    pub default: Option<Shown>,
}

/// What is to be changed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Who needs somebody else's approval to publish; absent leaves it.
    #[serde(default)]
    pub approval: Option<Approval>,
    /// A playlist or a layout; `null` takes it away, absent leaves it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Shown>")]
    pub default: Option<Option<Shown>>,
}

fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<Shown>>, D::Error> {
    Ok(Some(Option::deserialize(deserializer)?))
}

/// The settings in force.
pub fn settings(account: &Account) -> Result<Settings> {
    Ok(Settings {
        approval: account.approval.parse()?,
        default: default(&account.default_playlist, &account.default_layout),
    })
}

/// A default as two columns hold it: the layout counts before the playlist.
pub fn default(playlist: &Option<String>, layout: &Option<String>) -> Option<Shown> {
    let layout = layout.clone().map(|layout| Shown::Layout { layout });
    layout.or_else(|| playlist.clone().map(|playlist| Shown::Playlist { playlist }))
}

/// Changes the settings.
pub async fn change(store: &Store, actor: &Actor<'_>, new: &Change, now: Millis) -> Result<Settings> {
    let mut change = store.write().await?;
    let account = actor.account;
    if let Some(approval) = new.approval {
        accounts::set_approval(&mut change, account, approval.as_str()).await?;
        audit::by(&mut change, actor, "account.approval", account, Some(approval.as_str()), now).await?;
    }
    if let Some(shown) = &new.default {
        let (playlist, layout) = columns(&mut change, account, shown.as_ref()).await?;
        accounts::set_defaults(&mut change, account, playlist.as_deref(), layout.as_deref()).await?;
        accounts::content_changed(&mut change, account, now).await?;
        let detail = playlist.or(layout);
        audit::by(&mut change, actor, "account.default", account, detail.as_deref(), now).await?;
    }
    let settings = settings(&accounts::by_id(&mut change, account).await?)?;
    store::commit(change).await?;
    Ok(settings)
}

/// A default as two columns hold it, if it is there.
async fn columns(
    connection: &mut Connection,
    account: &str,
    shown: Option<&Shown>,
) -> Result<(Option<String>, Option<String>)> {
    if let Some(shown) = shown {
        target(connection, account, shown).await?;
    }
    match shown {
        None => Ok((None, None)),
        Some(Shown::Playlist { playlist }) => Ok((Some(playlist.clone()), None)),
        Some(Shown::Layout { layout }) => Ok((None, Some(layout.clone()))),
        Some(_) => Err(Error::Invalid("a default is a playlist or a layout".into())),
    }
}

/// Refuses a playlist or a layout of a grant or a screen that the account does not have.
pub async fn check(
    connection: &mut Connection,
    account: &str,
    playlist: Option<&str>,
    layout: Option<&str>,
) -> Result<()> {
    if let Some(playlist) = playlist {
        target(connection, account, &Shown::Playlist { playlist: playlist.to_owned() }).await?;
    }
    if let Some(layout) = layout {
        target(connection, account, &Shown::Layout { layout: layout.to_owned() }).await?;
    }
    Ok(())
}
