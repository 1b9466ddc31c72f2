//! The document of one screen: from the revision in force, the overrides and the defaults.
//!
//! Ten thousand screens of an account that show the same get the same text, signed once. What is the same for all of
//! them is read and parsed once for each sequence of the account.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use signage_protocol::document::program::{Entry, Override, Pages, Program, Show, Target, ZoneContent};
use signage_protocol::document::{Item, ItemKind, Playlist, Publication, limits};
use signage_protocol::jws::typ;

use super::publishing::{self, Snapshot, of_target};
use super::{Audience, Shown, defaults};
use crate::ident;
use crate::store::accounts::{self, Account};
use crate::store::devices::Device;
use crate::store::{Connection, Store, from_text, overrides, screen_groups};
use crate::vault::Vault;
use crate::{Error, Result};

/// Bytes of signed documents that are kept of an account.
const KEPT_BYTES: usize = 32 << 20;
/// Accounts that are kept.
const KEPT_ACCOUNTS: usize = 64;

/// What all screens of an account have in common.
#[derive(Debug)]
pub struct Common {
    account: Account,
    snapshot: Snapshot,
    overrides: Vec<(Override, Audience)>,
    signed: Mutex<Signed>,
}

#[derive(Debug, Default)]
struct Signed {
    /// By what makes them differ: entity tag, and the text while there is room.
    documents: HashMap<[u8; 32], (String, Option<Arc<str>>)>,
    bytes: usize,
}

/// A screen's document, if the screen does not have it.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Entity tag, with its quotes.
    pub etag: String,
    /// The signed text; absent when `known` was that tag.
    pub document: Option<Arc<str>>,
}

/// What is kept between requests.
#[derive(Debug, Default)]
pub struct Cache {
    accounts: tokio::sync::Mutex<HashMap<String, Arc<Common>>>,
}

impl Cache {
    /// What the screens of an account have in common, as it is now.
    pub async fn common(&self, store: &Store, account: &str) -> Result<Arc<Common>> {
        let now = accounts::by_id(&mut *store.read().await?, account).await?;
        // One reads, the others wait for it: after a change they all come at once.
        let mut kept = self.accounts.lock().await;
        if let Some(common) = kept.get(account).filter(|common| common.is_of(&now)) {
            return Ok(common.clone());
        }
        let common = Arc::new(load(&mut *store.read().await?, now, false).await?);
        if kept.len() >= KEPT_ACCOUNTS {
            kept.clear();
        }
        kept.insert(account.to_owned(), common.clone());
        Ok(common)
    }

    /// The document of a screen; without its text when the screen has the one with the tag `known`.
    pub async fn manifest(
        &self,
        store: &Store,
        device: &Device,
        known: impl Fn(&str) -> bool,
    ) -> Result<Manifest> {
        let common = self.common(store, &device.account).await?;
        let groups = screen_groups::of(&mut *store.read().await?, &device.id).await?;
        common.manifest(store.vault(), device, &groups, known)
    }
}

/// What the screens of an account have in common; `drafts` takes what would be published now.
pub async fn load(connection: &mut Connection, account: Account, drafts: bool) -> Result<Common> {
    let snapshot = match drafts {
        true => publishing::drafts(connection, &account.id).await?,
        false => publishing::in_force(connection, &account.id).await?,
    };
    // What has ended since stays in, so that the document of a sequence is the same at any time.
    let rows = overrides::in_force(connection, &account.id, account.content_changed_at).await?;
    let row = |row: overrides::Override| {
        let document = Override {
            id: row.id,
            name: row.name,
            target: from_text(&row.target, "target of an override")?,
            from: ident::timestamp(row.starts_at),
            until: ident::timestamp(row.ends_at),
        };
        Ok((document, from_text(&row.audience, "audience of an override")?))
    };
    let overrides = rows.into_iter().map(row).collect::<Result<_>>()?;
    Ok(Common { account, snapshot, overrides, signed: Mutex::default() })
}

/// The publication of a screen as it is now.
pub async fn publication(store: &Store, device: &Device, drafts: bool) -> Result<(Account, Publication)> {
    let mut connection = store.read().await?;
    let account = accounts::by_id(&mut connection, &device.account).await?;
    let groups = screen_groups::of(&mut connection, &device.id).await?;
    let common = load(&mut connection, account.clone(), drafts).await?;
    let publication = common.publication(device, &groups)?;
    Ok((account, publication))
}

impl Common {
    fn is_of(&self, now: &Account) -> bool {
        let of = |account: &Account| {
            let Account { content_sequence, default_playlist, default_layout, .. } = account.clone();
            (content_sequence, default_playlist, default_layout)
        };
        of(&self.account) == of(now)
    }

    /// What is published or would be.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The name of what a target shows.
    pub fn name(&self, target: &Target) -> String {
        match target {
            Target::Playlist { playlist } => {
                self.snapshot.playlists.get(playlist).map(|pages| pages.name.clone())
            }
            Target::Layout { layout } => self.snapshot.layouts.get(layout).map(|layout| layout.name.clone()),
            Target::Show { show: Show::Web { url } } => Some(url.clone()),
            Target::Show { show } => show.blob().map(|blob| blob.media_type.clone()),
            Target::Unknown => None,
        }
        .unwrap_or_default()
    }

    fn entries<'a>(&'a self, device: &'a Device, groups: &'a [String]) -> impl Iterator<Item = &'a Entry> {
        self.snapshot
            .schedule
            .values()
            .filter(|planned| planned.audience.includes(device, groups))
            .map(|planned| &planned.entry)
    }

    fn overrides<'a>(
        &'a self,
        device: &'a Device,
        groups: &'a [String],
    ) -> impl Iterator<Item = &'a Override> {
        let own = self.overrides.iter().filter(|(_, audience)| audience.includes(device, groups));
        own.map(|(document, _)| document)
    }

    fn manifest(
        &self,
        vault: &Vault,
        device: &Device,
        groups: &[String],
        known: impl Fn(&str) -> bool,
    ) -> Result<Manifest> {
        let key = self.variant(device, groups);
        if let Some((etag, text)) = self.signed().documents.get(&key) {
            if known(etag) {
                return Ok(Manifest { etag: etag.clone(), document: None });
            }
            if let Some(text) = text {
                return Ok(Manifest { etag: etag.clone(), document: Some(text.clone()) });
            }
        }
        let text: Arc<str> =
            self.account.sign(vault, typ::PUBLICATION, &self.publication(device, groups)?)?.into();
        if text.len() > limits::BYTES {
            return Err(Error::Invalid(format!(
                "the publication of {:?} has {} bytes, a screen takes {}; give it less to choose from",
                device.name,
                text.len(),
                limits::BYTES
            )));
        }
        let etag = format!("\"{}\"", hex::encode(Sha256::digest(text.as_bytes())));
        let mut signed = self.signed();
        if signed.bytes + text.len() > KEPT_BYTES {
            signed.documents.values_mut().for_each(|(_, text)| *text = None);
            signed.bytes = 0;
        }
        signed.bytes += text.len();
        signed.documents.insert(key, (etag.clone(), Some(text.clone())));
        let document = (!known(&etag)).then_some(text);
        Ok(Manifest { etag, document })
    }

    fn signed(&self) -> std::sync::MutexGuard<'_, Signed> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What makes the document of a screen differ from that of another.
    fn variant(&self, device: &Device, groups: &[String]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        for text in [&device.timezone, &device.playlist, &device.layout] {
            add(text.as_deref().unwrap_or_default());
        }
        self.entries(device, groups).for_each(|entry| add(&entry.id));
        add("/");
        self.overrides(device, groups).for_each(|entry| add(&entry.id));
        hash.finalize().into()
    }

    /// A default, if it is published. One that is not yet is as good as none.
    fn default(&self, playlist: &Option<String>, layout: &Option<String>) -> Option<Target> {
        let there = |id: &&String| self.snapshot.layouts.contains_key(*id);
        let layout = layout.as_ref().filter(there).cloned();
        match defaults::default(playlist, &layout)? {
            Shown::Layout { layout } => Some(Target::Layout { layout }),
            Shown::Playlist { playlist } if self.snapshot.playlists.contains_key(&playlist) => {
                Some(Target::Playlist { playlist })
            }
            _ => None,
        }
    }

    /// What a screen, which is in `groups`, gets.
    pub fn publication(&self, device: &Device, groups: &[String]) -> Result<Publication> {
        let mut program = Program {
            timezone: device.timezone.clone().or_else(|| self.account.timezone.clone()),
            schedule: self.entries(device, groups).cloned().collect(),
            overrides: self.overrides(device, groups).cloned().collect(),
            screen_default: self.default(&device.playlist, &device.layout),
            account_default: self.default(&self.account.default_playlist, &self.account.default_layout),
            ..Program::default()
        };
        if program.schedule.len() > limits::ENTRIES {
            return Err(Error::Invalid(format!(
                "{} entries of the schedule are for {:?}; a screen takes at most {}",
                program.schedule.len(),
                device.name,
                limits::ENTRIES
            )));
        }
        self.add_needs(&mut program);
        let default = program.screen_default.as_ref().or(program.account_default.as_ref());
        Ok(Publication {
            account: self.account.id.clone(),
            sequence: self.account.content_sequence.unsigned_abs(),
            issued_at: ident::timestamp(self.account.content_changed_at),
            playlist: self.plain(default),
            program: Some(program),
        })
    }

    /// Playlists and layouts that a program refers to, and those that these refer to.
    fn add_needs(&self, program: &mut Program) {
        let targets = program.schedule.iter().map(|entry| &entry.target);
        let targets = targets.chain(program.overrides.iter().map(|entry| &entry.target));
        let targets = targets.chain(&program.screen_default).chain(&program.account_default);
        let mut open: Vec<&str> = targets.filter_map(of_target).collect();
        let mut seen = BTreeSet::new();
        let (mut playlists, mut layouts) = (BTreeMap::new(), BTreeMap::new());
        while let Some(id) = open.pop() {
            if !seen.insert(id.to_owned()) {
                continue;
            }
            open.extend(self.snapshot.needs(id));
            if let Some(pages) = self.snapshot.playlists.get(id) {
                playlists.insert(id.to_owned(), pages.clone());
            }
            if let Some(layout) = self.snapshot.layouts.get(id) {
                layouts.insert(id.to_owned(), layout.clone());
            }
        }
        (program.playlists, program.layouts) = (playlists, layouts);
    }

    /// What a player without layouts shows of a default: the pictures and films of its playlist, or of the playlist in
    /// the largest zone of its layout.
    fn plain(&self, default: Option<&Target>) -> Playlist {
        let pages = match default {
            Some(Target::Playlist { playlist }) => self.snapshot.playlists.get(playlist),
            Some(Target::Layout { layout }) => self.largest(layout),
            _ => None,
        };
        let Some(Pages { name, items }) = pages else {
            return Playlist { name: "Empty".into(), items: Vec::new() };
        };
        let items = items.iter().filter_map(|page| {
            let (kind, blob) = match &page.show {
                Show::Image { blob } => (ItemKind::Image, blob),
                Show::Video { blob } => (ItemKind::Video, blob),
                _ => return None,
            };
            let (id, title) = (page.id.clone(), page.title.clone());
            Some(Item { id, title, kind, blob: blob.clone(), duration_ms: page.duration_ms })
        });
        Playlist { name: name.clone(), items: items.collect() }
    }

    fn largest(&self, layout: &str) -> Option<&Pages> {
        let zones = &self.snapshot.layouts.get(layout)?.zones;
        let lists = zones.iter().filter_map(|zone| match &zone.content {
            ZoneContent::Playlist { playlist } => {
                let area = u64::from(zone.width) * u64::from(zone.height);
                Some((area, self.snapshot.playlists.get(playlist)?))
            }
            _ => None,
        });
        lists.max_by_key(|(area, _)| *area).map(|(_, pages)| pages)
    }
}
