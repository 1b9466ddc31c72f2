//! What people may do with what lies in a folder. The role says what somebody may do at all; a group says where.
//!
//! | in the group | of the folder, and all below it |
//! |---|---|
//! | no entry on the way to the top | nothing is said: the role decides |
//! | `none` | it is not there: not in lists, not by its id |
//! | `read` | it is seen and not changed |
//! | `write` | it is changed, also by somebody whose role would not include that |
//!
//! Of one group the nearest entry on the way from the folder to the top counts; of several groups that say
//! something, the widest. What lies in no folder lies in the top one, the empty text. Admins are in no need of
//! groups and are never narrowed. Publishing, people and the account stay with the role.

use std::fmt::Write as _;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::folder::is_within as within;
use crate::rights::{Right, Role};
use crate::{Error, Result};

/// What lies in folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Area {
    /// Content, playlists, layouts.
    Content,
    /// Screens and the tokens that make them.
    Screens,
}

impl Area {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Content, Self::Screens];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Screens => "screens",
        }
    }

    /// What a right changes, if that lies in folders.
    pub const fn of(right: Right) -> Option<Self> {
        match right {
            Right::EditContent | Right::Publish => Some(Self::Content),
            Right::ManageScreens => Some(Self::Screens),
            Right::View | Right::ManageAccount => None,
        }
    }
}

impl FromStr for Area {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|area| area.as_str() == text);
        found.ok_or_else(|| Error::Invalid(format!("{text:?} has no folders; use content or screens")))
    }
}

/// How far somebody gets in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is not there for them.
    None,
    /// They look.
    Read,
    /// They change it.
    Write,
}

impl Level {
    /// Least first.
    pub const ALL: [Self; 3] = [Self::None, Self::Read, Self::Write];

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == text);
        found.ok_or_else(|| Error::Invalid(format!("{text:?} is no right; use none, read or write")))
    }
}

/// What a group says of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FolderEntry")]
pub struct Entry {
    /// Of what.
    pub area: Area,
    /// The folder, levels separated by a slash; empty for the top.
    pub folder: String,
    /// How far its members get.
    pub level: Level,
}

/// What becomes of a request for something in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not there: 404.
    Hidden,
    /// It is there, and not for changing: 403.
    Refused,
    /// Go on.
    Allowed,
}

/// Where somebody gets how far. The default says nothing, so that the role decides everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    groups: Vec<Vec<Entry>>,
    within: Option<String>,
}

impl Scope {
    /// Of the groups somebody is in.
    pub fn of_groups(groups: Vec<Vec<Entry>>) -> Self {
        Self { groups, within: None }
    }

    /// The same, and nothing outside of one folder.
    pub fn only_within(self, folder: Option<String>) -> Self {
        Self { within: folder.filter(|folder| !folder.is_empty()), ..self }
    }

    /// Whether it ends at a folder: what belongs to the account as a whole is out of reach.
    pub fn is_bounded(&self) -> bool {
        self.within.is_some()
    }

    /// How far one gets in a folder; none when nothing is said and the role decides.
    pub fn level(&self, area: Area, folder: &str) -> Option<Level> {
        if self.within.as_ref().is_some_and(|top| !within(folder, top)) {
            return Some(Level::None);
        }
        self.groups.iter().filter_map(|group| nearest(group, area, folder)).max()
    }

    /// Whether something in a folder is there for somebody.
    pub fn sees(&self, area: Area, folder: Option<&str>) -> bool {
        self.level(area, folder.unwrap_or_default()) != Some(Level::None)
    }

    /// Whether everything in a folder and below it is there for somebody.
    pub fn sees_all(&self, area: Area, folder: &str) -> bool {
        // How far somebody gets changes only at folders that a group or the bound names.
        let named =
            self.groups.iter().flatten().filter(|entry| entry.area == area).map(|entry| &entry.folder);
        let bounded = self.within.as_ref().is_none_or(|top| within(folder, top));
        bounded
            && self.sees(area, Some(folder))
            && named.filter(|below| within(below, folder)).all(|below| self.sees(area, Some(below)))
    }

    /// Whether somebody with a role may do something with what lies in a folder of an area.
    pub fn verdict(&self, role: Role, right: Right, area: Area, folder: Option<&str>) -> Verdict {
        let by_role = if role.may(right) { Verdict::Allowed } else { Verdict::Refused };
        let changes = Area::of(right).is_some();
        match self.level(area, folder.unwrap_or_default()) {
            Some(Level::None) => Verdict::Hidden,
            Some(Level::Read) if changes => Verdict::Refused,
            Some(Level::Write) if right != Right::Publish && Area::of(right) == Some(area) => {
                Verdict::Allowed
            }
            _ => by_role,
        }
    }

    /// Whether some folder of an area is out of reach for changing.
    pub fn narrows(&self, area: Area) -> bool {
        let less = |entry: &Entry| entry.area == area && entry.level < Level::Write;
        self.within.is_some() || self.groups.iter().flatten().any(less)
    }

    /// Whether a group gives a right in some folder, also to somebody whose role would not include it.
    pub fn gives(&self, right: Right) -> bool {
        let writes = |area| {
            self.groups.iter().flatten().any(|entry| entry.area == area && entry.level == Level::Write)
        };
        right != Right::Publish && Area::of(right).is_some_and(writes)
    }

    /// A condition for SQL that holds for what is there for somebody: `column` is the folder of the row, such as
    /// `device.folder`. Without parameters, so that it goes into any query; texts are quoted as SQL has it.
    pub fn sql(&self, area: Area, column: &str) -> String {
        let column = format!("COALESCE({column}, '')");
        let mut parts = Vec::new();
        if let Some(top) = &self.within {
            parts.push(below(&column, top));
        }
        let cases: Vec<String> = self.groups.iter().filter_map(|group| case(group, area, &column)).collect();
        if !cases.is_empty() {
            let seen = cases.iter().map(|case| format!("{case} > 0"));
            let unsaid: Vec<String> = cases.iter().map(|case| format!("{case} < 0")).collect();
            let any: Vec<String> = seen.chain([format!("({})", unsaid.join(" AND "))]).collect();
            parts.push(format!("({})", any.join(" OR ")));
        }
        if parts.is_empty() { "1 = 1".to_owned() } else { parts.join(" AND ") }
    }
}

/// What the nearest entry of a group says.
fn nearest(group: &[Entry], area: Area, folder: &str) -> Option<Level> {
    let on_the_way = group.iter().filter(|entry| entry.area == area && within(folder, &entry.folder));
    on_the_way.max_by_key(|entry| entry.folder.len()).map(|entry| entry.level)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether a column is a folder or lies below it. No LIKE: names hold what it takes for a pattern.
fn below(column: &str, top: &str) -> String {
    if top.is_empty() {
        return "1 = 1".to_owned();
    }
    let length = top.chars().count() + 1;
    format!("({column} = {} OR substr({column}, 1, {length}) = {})", quoted(top), quoted(&format!("{top}/")))
}

/// What a group says of a column, as a number: the level, or less than zero when it says nothing.
fn case(group: &[Entry], area: Area, column: &str) -> Option<String> {
    let mut entries: Vec<&Entry> = group.iter().filter(|entry| entry.area == area).collect();
    if entries.is_empty() {
        return None;
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.folder.len()));
    let mut sql = "CASE".to_owned();
    for entry in entries {
        let level = i32::from(entry.level > Level::None);
        // Writing to a text cannot fail.
        let _ = write!(sql, " WHEN {} THEN {level}", below(column, &entry.folder));
    }
    sql.push_str(" ELSE -1 END");
    Some(sql)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::Connection as _;

    use super::*;

    fn entry(area: Area, folder: &str, level: Level) -> Entry {
        Entry { area, folder: folder.into(), level }
    }

    fn scope(groups: &[&[(&str, Level)]]) -> Scope {
        let group = |entries: &&[(&str, Level)]| {
            entries.iter().map(|(folder, level)| entry(Area::Screens, folder, *level)).collect()
        };
        Scope::of_groups(groups.iter().map(group).collect())
    }

    #[test]
    fn the_nearest_entry_of_a_group_counts_and_the_widest_group() {
        use Level::{None as Hidden, Read, Write};
        let berlin: &[(&str, Level)] =
            &[("", Hidden), ("Berlin", Write), ("Berlin/Safe", Read), ("Berlin/Safe/X", Hidden)];
        let wide: &[(&str, Level)] = &[("Berlin/Safe", Write), ("Paris", Read)];
        let one = scope(&[berlin]);
        let two = scope(&[berlin, wide]);
        for (folder, first, both) in [
            ("", Some(Hidden), Some(Hidden)),
            ("Berlin", Some(Write), Some(Write)),
            ("Berliner", Some(Hidden), Some(Hidden)),
            ("berlin", Some(Hidden), Some(Hidden)),
            ("Berlin/Foyer/Left", Some(Write), Some(Write)),
            ("Berlin/Safe", Some(Read), Some(Write)),
            ("Berlin/Safe/X/Y", Some(Hidden), Some(Write)),
            ("Paris/Lobby", Some(Hidden), Some(Read)),
            ("Rome", Some(Hidden), Some(Hidden)),
        ] {
            assert_eq!(one.level(Area::Screens, folder), first, "{folder}");
            assert_eq!(two.level(Area::Screens, folder), both, "{folder}");
            assert_eq!(two.level(Area::Content, folder), None, "another area is another matter");
        }
        assert_eq!(Scope::default().level(Area::Screens, "Berlin"), None);
    }

    #[test]
    fn a_role_and_a_folder_make_a_verdict() {
        use Right::{EditContent, ManageAccount, ManageScreens, Publish, View};
        use Verdict::{Allowed, Hidden, Refused};
        let scope = scope(&[&[("A", Level::None), ("B", Level::Read), ("C", Level::Write)]]);
        for (role, right, verdicts) in [
            (Role::Viewer, View, [Hidden, Allowed, Allowed, Allowed]),
            (Role::Viewer, ManageScreens, [Hidden, Refused, Allowed, Refused]),
            (Role::Content, ManageScreens, [Hidden, Refused, Allowed, Refused]),
            (Role::Admin, ManageScreens, [Hidden, Refused, Allowed, Allowed]),
            (Role::Viewer, EditContent, [Hidden, Refused, Refused, Refused]),
            (Role::Viewer, Publish, [Hidden, Refused, Refused, Refused]),
            (Role::Content, Publish, [Hidden, Refused, Allowed, Allowed]),
            (Role::Content, ManageAccount, [Hidden, Refused, Refused, Refused]),
        ] {
            let found =
                ["A", "B/x", "C", "D"].map(|folder| scope.verdict(role, right, Area::Screens, Some(folder)));
            assert_eq!(found, verdicts, "{role:?} {right:?}");
        }
    }

    #[test]
    fn a_bound_ends_everything_outside() {
        let bound = scope(&[&[("Berlin", Level::Read)]]).only_within(Some("Berlin".into()));
        assert!(!bound.sees(Area::Content, None) && !bound.sees(Area::Screens, Some("Berliner")));
        assert_eq!(bound.level(Area::Screens, "Berlin/Foyer"), Some(Level::Read));
        assert_eq!(bound.level(Area::Content, "Berlin"), None);
        assert!(bound.narrows(Area::Content) && bound.is_bounded());
        assert!(!Scope::default().only_within(Some(String::new())).is_bounded());
    }

    fn folders() -> impl Strategy<Value = String> {
        // Few names, so that folders meet; some that SQL has to quote.
        let name = prop::sample::select(vec!["a", "b", "a'", "%", "_", "ä"]);
        prop::collection::vec(name, 0..4).prop_map(|levels| levels.join("/"))
    }

    fn scopes() -> impl Strategy<Value = Scope> {
        let level = prop::sample::select(Level::ALL.to_vec());
        let area = prop::sample::select(Area::ALL.to_vec());
        let entries = prop::collection::hash_map((area, folders()), level, 0..5).prop_map(|entries| {
            entries.into_iter().map(|((area, folder), level)| Entry { area, folder, level }).collect()
        });
        let bound = prop::option::weighted(0.2, folders());
        (prop::collection::vec(entries, 0..4), bound)
            .prop_map(|(groups, bound)| Scope::of_groups(groups).only_within(bound))
    }

    proptest! {
        #[test]
        fn one_more_group_never_takes_away_what_was_written(scope in scopes(), more in scopes(), folder in folders()) {
            let mut both = scope.clone();
            both.groups.extend(more.groups);
            let (before, after) = (scope.level(Area::Screens, &folder), both.level(Area::Screens, &folder));
            prop_assert!(before.is_none() || after >= before, "{before:?} {after:?}");
        }

        #[test]
        fn all_of_a_folder_is_seen_when_every_folder_below_is(scope in scopes(), folder in folders(), below in folders()) {
            let inside = [folder.as_str(), &below].into_iter().filter(|level| !level.is_empty()).collect::<Vec<_>>().join("/");
            if scope.sees_all(Area::Screens, &folder) {
                prop_assert!(scope.sees(Area::Screens, Some(&inside)), "{inside}");
            }
        }

        #[test]
        fn what_says_nothing_leaves_everything_to_the_role(folder in folders()) {
            for role in Role::ALL {
                for right in [Right::View, Right::EditContent, Right::ManageScreens, Right::Publish] {
                    let allowed = Scope::default().verdict(role, right, Area::Screens, Some(&folder)) == Verdict::Allowed;
                    prop_assert_eq!(allowed, role.may(right));
                }
            }
        }
    }

    /// The condition for SQL and the function say the same of every folder.
    #[tokio::test]
    async fn sql_says_the_same() {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect("sqlite::memory:").await.unwrap();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let strategy = (scopes(), prop::collection::vec(folders(), 1..8));
        let mut hidden = 0;
        for _ in 0..300 {
            use proptest::strategy::ValueTree as _;
            let (scope, folders) = strategy.new_tree(&mut runner).unwrap().current();
            for folder in folders {
                let sql = format!(
                    "SELECT COUNT(*) FROM (SELECT $1 AS folder) AS t WHERE {}",
                    scope.sql(Area::Screens, "t.folder")
                );
                let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone()))
                    .bind(Some(folder.clone()).filter(|folder| !folder.is_empty()))
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                let seen = scope.sees(Area::Screens, Some(&folder));
                assert_eq!(count == 1, seen, "{folder:?} {scope:?} {sql}");
                hidden += i32::from(!seen);
            }
        }
        assert!(hidden > 50, "{hidden}");
    }
}
