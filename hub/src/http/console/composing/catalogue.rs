//! What there is to show, by name: for choosing, and for saying what was chosen.

use std::collections::BTreeMap;

use maud::{Markup, html};
use signage_protocol::document::program::Target;

use crate::Result;
use crate::composition::Shown;
use crate::composition::layouts::Design;
use crate::sight::{HIDDEN, Sight};
use crate::store::{Store, composed, content, playlists};

/// Names by id.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Playlists.
    pub playlists: BTreeMap<String, String>,
    /// Layouts.
    pub layouts: BTreeMap<String, String>,
    /// Images and videos.
    pub content: BTreeMap<String, String>,
    /// Whether there may be more than this.
    limited: bool,
}

impl Catalogue {
    /// That of an account, as far as it is there for somebody.
    pub async fn load(store: &Store, account: &str, sight: &Sight) -> Result<Self> {
        let content = content::list(store, account).await?;
        let content = content.into_iter().map(|one| (one.id, one.title));
        let content = content.filter(|(id, _)| sight.sees(id)).collect();
        Ok(Self { content, ..Self::without_content(store, account, sight).await? })
    }

    /// What may be a default: there may be far more content than that.
    pub async fn without_content(store: &Store, account: &str, sight: &Sight) -> Result<Self> {
        let playlists = playlists::list(store, account).await?;
        let layouts = composed::all::<Design>(store, account).await?;
        Ok(Self {
            playlists: playlists
                .into_iter()
                .map(|one| (one.id, one.name))
                .filter(|(id, _)| sight.sees(id))
                .collect(),
            layouts: layouts
                .into_iter()
                .map(|one| (one.id, one.name))
                .filter(|(id, _)| sight.sees(id))
                .collect(),
            content: BTreeMap::new(),
            limited: sight.is_limited(),
        })
    }

    /// What a screen shows when nothing is scheduled: by id, empty for the default of the account.
    pub fn default_field(&self, chosen: Option<&str>) -> Markup {
        html! {
            label for="default" { "Default layout" }
            select #default name="default" aria-describedby="default-hint" {
                option value="" { "The default of the account" }
                (group("Layouts", &self.layouts, chosen))
                (group("Playlists", &self.playlists, chosen))
                (self.kept(chosen))
            }
            span #default-hint .minor { "Shown when nothing is scheduled: a layout, or a playlist on the whole display." }
        }
    }

    /// What something is called.
    pub fn name(&self, shown: &Shown) -> String {
        let (names, id) = match shown {
            Shown::Playlist { playlist } => (&self.playlists, playlist),
            Shown::Layout { layout } => (&self.layouts, layout),
            Shown::Content { content } => (&self.content, content),
            Shown::Web { url } => return url.clone(),
        };
        names.get(id).cloned().unwrap_or_else(|| self.rest().into())
    }

    /// What there is to say of something that is not here.
    fn rest(&self) -> &'static str {
        if self.limited { HIDDEN } else { "something that was removed" }
    }

    /// What is chosen and may not be seen, so that saving the form does not take it away.
    fn kept(&self, chosen: Option<&str>) -> Markup {
        let known = |id: &str| {
            [&self.playlists, &self.layouts, &self.content].iter().any(|names| names.contains_key(id))
        };
        html! {
            @if let Some(id) = chosen.filter(|id| self.limited && *id != "web" && !known(id)) {
                option value=(id) selected { (HIDDEN) }
            }
        }
    }

    /// Choices of what is shown, with `url` for a web page; `playlists` says whether a playlist may be chosen.
    pub fn choose(&self, chosen: Option<&Shown>, playlists: bool) -> Markup {
        let id = chosen.map(|shown| match shown {
            Shown::Playlist { playlist: id }
            | Shown::Layout { layout: id }
            | Shown::Content { content: id } => id.as_str(),
            Shown::Web { .. } => "web",
        });
        let url = chosen.and_then(|shown| match shown {
            Shown::Web { url } => Some(url.as_str()),
            _ => None,
        });
        html! {
            label for="target" { "Shows" }
            select #target name="target" required {
                option value="" { "Choose …" }
                @if playlists { (group("Playlists", &self.playlists, id)) }
                (group("Layouts", &self.layouts, id))
                (group("Content", &self.content, id))
                (self.kept(id))
                optgroup label="Elsewhere" { option value="web" selected[id == Some("web")] { "Web page, by its address" } }
            }
            label for="url" { "Address of the web page (only for a web page)" }
            input #url type="url" name="url" value=[url] placeholder="https://";
        }
    }
}

/// Choices of one kind.
pub fn group(label: &str, names: &BTreeMap<String, String>, chosen: Option<&str>) -> Markup {
    let mut sorted: Vec<(&String, &String)> = names.iter().collect();
    sorted.sort_by_key(|(_, name)| name.to_lowercase());
    html! {
        @if !sorted.is_empty() {
            optgroup label=(label) {
                @for (id, name) in sorted { option value=(id) selected[chosen == Some(id.as_str())] { (name) } }
            }
        }
    }
}

/// Whether a target is a layout, and which.
pub fn layout_of(target: Option<&Target>) -> Option<&str> {
    match target {
        Some(Target::Layout { layout }) => Some(layout),
        _ => None,
    }
}
