//! The list of screens: what one can ask of it is the same in the API, among the pages and in the commands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::folder_rights::Scope;
use crate::ident::Millis;
use crate::store::devices::{self, Device};
use crate::store::fleet::{self, Filter, Key, Sort, State};
use crate::store::{Store, workspace};
use crate::{Error, Result};

/// How screens are to be doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ScreenState")]
pub enum Standing {
    /// They may play and were heard of lately.
    Online,
    /// They may play and were not.
    Offline,
    /// Their device has not come yet: these are no screens but tokens, see `GET /api/v1/tokens?state=unused`.
    Pending,
    /// They may not play.
    Unauthorized,
    /// They have faults that are not resolved.
    Faults,
}

impl Standing {
    /// For addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Pending => "pending",
            Self::Unauthorized => "unauthorized",
            Self::Faults => "faults",
        }
    }

    fn state(self) -> Option<State> {
        State::named(self.as_str())
    }
}

/// Which screens are wanted, and in what order. What is absent is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "ScreenFilter")]
pub struct Wanted {
    /// In name, location, serial number, model, address or id.
    pub search: String,
    /// How they are doing.
    pub state: Option<Standing>,
    /// In this folder or below it.
    pub folder: String,
    /// With this label.
    pub tag: String,
    /// Id of a group that they are in.
    pub group: String,
    /// By what they are ordered; by name unless said otherwise.
    pub sort: Sort,
}

impl Wanted {
    /// For the database.
    pub fn filter(&self) -> Result<Filter> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Filter {
            text: self.search.trim().to_owned(),
            state: self.state.and_then(Standing::state),
            faults: self.state == Some(Standing::Faults),
            folder: given(&crate::folder::path(&self.folder)?),
            tag: given(&self.tag),
            group: given(&self.group),
        })
    }
}

/// A part of the list, from the one after `after` on, and where each stands in it.
pub async fn page(
    store: &Store,
    account: &str,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Key>,
    limit: i64,
    now: Millis,
) -> Result<Vec<(Key, Device)>> {
    if wanted.state == Some(Standing::Pending) {
        return Err(Error::Invalid(
            "screens whose device has not come yet are listed with the tokens: state=unused there".into(),
        ));
    }
    let filter = wanted.filter()?;
    let mut connection = store.read().await?;
    let online = workspace::settings(&mut connection, account).await?.online(now);
    let keys =
        fleet::keys(&mut connection, account, scope, &filter, wanted.sort, after, limit, online).await?;
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let mut devices = devices::by_ids(&mut connection, account, &ids).await?;
    // One that left between the two queries is in neither.
    Ok(keys.into_iter().filter_map(|key| devices.remove(&key.id).map(|device| (key, device))).collect())
}
