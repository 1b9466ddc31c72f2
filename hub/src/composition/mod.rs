//! What people compose: playlists, layouts, schedules, overrides, and how it reaches the screens.
//!
//! * [`playlists`], [`layouts`], [`time_blocks`], [`schedules`]: drafts. Editing them changes no screen.
//! * [`publishing`]: from drafts to an immutable revision, with somebody's approval where the account wants it.
//! * [`overrides`], [`defaults`]: what counts at once, without a draft.
//! * [`manifest`]: the document of one screen, from the revision in force, the overrides and the defaults.
//! * [`outlook`]: what a screen will show, when that changes, and which entries get in each other's way.
//! * [`usb`]: the same document with its files, for a stick.

pub mod defaults;
pub mod layouts;
pub mod manifest;
pub mod outlook;
pub mod overrides;
pub mod playlists;
pub mod publishing;
pub mod schedules;
pub mod time_blocks;
pub mod usb;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use signage_protocol::document::program::{Day, Show, Span, Target};
use signage_protocol::document::{Blob, limits};

use crate::account::MAX_NAME;
use crate::ident::Millis;
use crate::store::composed::{self, Composed, Draft};
use crate::store::content::Content;
use crate::store::devices::Device;
use crate::store::{Connection, content, playlists as playlist_rows};
use crate::{Error, Result, folder};

/// Longest address of a web page.
const MAX_URL: usize = 2000;
/// Most names in one list of an audience.
const MAX_AUDIENCE: usize = 1000;
/// Most drafts of one kind in an account; a screen's own limits come on top.
const MAX_DRAFTS: i64 = 5000;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Shown {
    /// A picture or a film.
    Content {
        /// Its id, `con_…`.
        content: String,
    },
    /// A playlist.
    Playlist {
        /// Its id, `pls_…`.
        playlist: String,
    },
    /// A layout.
    Layout {
        /// Its id, `lay_…`.
        layout: String,
    },
    /// A web page.
    Web {
        /// `https://…` or `http://…`
        url: String,
    },
}

impl Shown {
    /// Id of what it is; none of a web page.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Content { content: id } | Self::Playlist { playlist: id } | Self::Layout { layout: id } => {
                Some(id)
            }
            Self::Web { .. } => None,
        }
    }
}

/// On which screens. A screen that any of this names is one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Audience {
    /// Every screen of the account.
    pub everybody: bool,
    /// Ids of screens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub screens: Vec<String>,
    /// Screens with one of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Screens in one of these folders or below.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// Screens in one of these groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

impl Audience {
    /// Every screen of the account.
    pub fn everybody() -> Self {
        Self { everybody: true, ..Self::default() }
    }

    /// Refuses one that names nobody, or too many.
    pub fn check(&self) -> Result<()> {
        let lists = [&self.screens, &self.tags, &self.folders, &self.groups];
        if !self.everybody && lists.iter().all(|list| list.is_empty()) {
            let text = "the audience names no screen; give screens, tags, folders, groups or everybody";
            return Err(Error::Invalid(text.into()));
        }
        if lists.iter().any(|list| list.len() > MAX_AUDIENCE) {
            return Err(Error::Invalid(format!("an audience names at most {MAX_AUDIENCE} of a kind")));
        }
        Ok(())
    }

    /// Whether a screen, which is in `groups`, belongs to it.
    pub fn includes(&self, device: &Device, groups: &[String]) -> bool {
        let inside = |folder: &String| {
            device.folder.as_ref().is_some_and(|own| {
                own == folder || own.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
        };
        self.everybody
            || self.screens.contains(&device.id)
            || self.tags.iter().any(|tag| device.tags.contains(tag))
            || self.folders.iter().any(inside)
            || self.groups.iter().any(|group| groups.contains(group))
    }
}

/// Who needs somebody else's approval to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// Nobody.
    None,
    /// Content managers; admins publish by themselves.
    Managers,
    /// Everybody, admins too.
    Everybody,
}

impl Approval {
    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Managers => "managers",
            Self::Everybody => "everybody",
        }
    }
}

impl std::str::FromStr for Approval {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::None, Self::Managers, Self::Everybody]
            .into_iter()
            .find(|approval| approval.as_str() == text)
            .ok_or_else(|| Error::Invalid(format!("{text:?} is none of none, managers, everybody")))
    }
}

/// A name as it is stored.
fn name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err(Error::Field {
            field: "name",
            detail: format!("the name has 1 to {MAX_NAME} characters"),
        });
    }
    Ok(name.to_owned())
}

/// A folder as it is stored: levels separated by a slash, none empty.
pub fn folder(text: Option<&str>) -> Result<Option<String>> {
    let folder = folder::path(text.unwrap_or_default()).map_err(Error::in_field("folder"))?;
    Ok(Some(folder).filter(|folder| !folder.is_empty()))
}

/// The address of a page, if it is one that a screen would load.
fn url(text: &str) -> Result<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let bad =
        |text: &str| text.contains(|character: char| character.is_control() || character.is_whitespace());
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && text.len() <= MAX_URL && !bad(rest) => {
            Ok(text.to_owned())
        }
        _ => Err(Error::Field {
            field: "url",
            detail: format!(
                "{text:?} is no address of a web page; it begins with https:// or http:// and has at most {MAX_URL} \
                 characters without a blank"
            ),
        }),
    }
}

/// Refuses spans that are too many or too long.
fn check_spans(spans: &[Span]) -> Result<()> {
    if spans.len() > limits::SPANS {
        return Err(Error::Invalid(format!("there are at most {} times of day", limits::SPANS)));
    }
    if spans.iter().any(|span| span.days > limits::DAYS) {
        return Err(Error::Invalid(format!("a time lasts at most {} days", limits::DAYS)));
    }
    Ok(())
}

/// Days of the week in their order, each once.
fn check_days(days: &[Day]) -> Vec<Day> {
    Day::ALL.into_iter().filter(|day| days.contains(day)).collect()
}

/// What a screen needs to know of content.
fn shown_content(content: &Content) -> Result<Show> {
    let blob = Blob {
        sha256: content.sha256.clone(),
        size: content.size.unsigned_abs(),
        media_type: content.media_type.clone(),
    };
    match content.kind.as_str() {
        "image" => Ok(Show::Image { blob }),
        "video" => Ok(Show::Video { blob }),
        other => Err(Error::Invalid(format!(
            "{:?} is of kind {other}; a screen shows images and videos",
            content.title
        ))),
    }
}

/// An account's content.
async fn find_content(connection: &mut Connection, account: &str, id: &str) -> Result<Content> {
    content::find(connection, account, id).await
}

/// What is shown, as screens get it. What it names has to be there.
pub async fn target(connection: &mut Connection, account: &str, shown: &Shown) -> Result<Target> {
    Ok(match shown {
        Shown::Content { content } => {
            Target::Show { show: shown_content(&find_content(connection, account, content).await?)? }
        }
        Shown::Web { url } => Target::Show { show: Show::Web { url: self::url(url)? } },
        Shown::Playlist { playlist } => {
            if playlist_rows::by_id(connection, account, playlist).await?.is_none() {
                return Err(Error::NotFound { what: "playlist", name: playlist.clone() });
            }
            Target::Playlist { playlist: playlist.clone() }
        }
        Shown::Layout { layout } => {
            composed::find::<layouts::Design>(connection, account, layout).await?;
            Target::Layout { layout: layout.clone() }
        }
    })
}

/// Refuses one more draft in an account that has too many.
async fn check_room<T: Composed>(connection: &mut Connection, account: &str) -> Result<()> {
    if composed::count::<T>(connection, account).await? >= MAX_DRAFTS {
        return Err(Error::Conflict(format!("an account has at most {MAX_DRAFTS} of a kind: {}", T::WHAT)));
    }
    Ok(())
}

/// A draft that was just made.
fn draft<T: Composed>(
    account: &str,
    name: String,
    folder: Option<String>,
    body: T,
    now: Millis,
) -> Result<Draft<T>> {
    let id = crate::ident::new(T::PREFIX)?;
    Ok(Draft { id, account: account.to_owned(), name, folder, body, created_at: now, updated_at: now })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_an_address() {
        assert_eq!(url(" https://a.example/x?y=1 ").unwrap(), "https://a.example/x?y=1");
        for text in
            ["", "a.example", "https://", "https:///etc", "file:///etc/passwd", "https://a b", "javascript:1"]
        {
            assert!(url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn folders_are_levels() {
        assert_eq!(folder(Some("/Berlin // Foyer/")).unwrap().as_deref(), Some("Berlin/Foyer"));
        assert_eq!(folder(Some(" / ")).unwrap(), None);
    }
}
