//! The list of screens: folders, filters, search, and choosing those that something is to be done to.

use axum::extract::{Query, State};
use axum::http::Uri;
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::document::AuthorizationKind;

use super::super::Shared;
use super::layout::{Viewer, page};
use super::moment;
use super::session::Session;
use crate::Result;
use crate::fleet::Action;
use crate::folder_rights::Area;
use crate::ident::{self, DAY, MINUTE, Millis, SECOND};
use crate::rights::Right;
use crate::screen_list::{self, Standing};
use crate::second_step::escape;
use crate::store::devices::Device;
use crate::store::fleet::{self, Count, Filter, Line, Sort, State as Is};
use crate::store::screen_groups::{self, Group};
use crate::store::workspace;

/// Screens on a page.
const PAGE: i64 = 50;

/// How a screen is doing, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Health(Is);

impl Health {
    /// `threshold` is from the settings of the account.
    pub(super) fn of(device: &Device, threshold: Millis, now: Millis) -> Self {
        Self(match device.authorized(now) {
            false => Is::Unauthorized,
            true if device.online(threshold, now) => Is::Online,
            true => Is::Offline,
        })
    }

    pub(super) fn word(self) -> &'static str {
        match self.0 {
            Is::Online => "Online",
            Is::Offline => "Offline",
            Is::Pending => "Pending",
            Is::Unauthorized => "Unauthorized",
        }
    }

    pub(super) fn class(self) -> &'static str {
        self.0.as_str()
    }
}

/// What the address asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    list: screen_list::Wanted,
    place: Place,
}

/// Where in the list, and what was just done.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Place {
    page: i64,
    done: String,
}

impl Wanted {
    /// What cannot be read is not asked for: people change addresses.
    pub(super) fn read(uri: &Uri) -> Self {
        let list = Query::<screen_list::Wanted>::try_from_uri(uri).map(|Query(list)| list);
        let place = Query::<Place>::try_from_uri(uri).map(|Query(place)| place);
        Self { list: list.unwrap_or_default(), place: place.unwrap_or_default() }
    }

    pub(super) fn filter(&self) -> Result<Filter> {
        self.list.filter()
    }

    fn state(&self) -> &'static str {
        self.list.state.map_or("", Standing::as_str)
    }

    /// Fields and their values, for addresses and hidden inputs.
    fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("search", &self.list.search),
            ("state", self.state()),
            ("folder", &self.list.folder),
            ("tag", &self.list.tag),
            ("group", &self.list.group),
            ("sort", if self.list.sort == Sort::default() { "" } else { self.list.sort.as_str() }),
        ]
    }

    /// The address of the list with one field changed.
    fn with(&self, name: &str, value: &str) -> String {
        let fields = self.fields().map(|(field, old)| (field, if field == name { value } else { old }));
        let given: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        if given.is_empty() { "/screens".to_owned() } else { format!("/screens?{}", given.join("&")) }
    }
}

pub(super) async fn list(State(state): State<Shared>, session: Session, uri: Uri) -> Result<Markup> {
    let wanted = Wanted::read(&uri);
    let (account, now) = (&session.operator.account, ident::now());
    let settings = workspace::settings(&mut *state.store.read().await?, account).await?;
    let online = settings.online(now);
    let filter = wanted.filter()?;
    let counts = fleet::counts(&state.store, account, &session.scope, online).await?;
    let found = fleet::count(&state.store, account, &session.scope, &filter, online).await?;
    let pages = found.saturating_add(PAGE - 1) / PAGE;
    let number = wanted.place.page.clamp(1, pages.max(1));
    let part = ((number - 1) * PAGE, PAGE);
    let lines =
        fleet::lines(&state.store, account, &session.scope, &filter, wanted.list.sort, part, online).await?;
    let mut folders = fleet::folders(&state.store, account).await?;
    folders.retain(|folder| session.scope.sees(Area::Screens, Some(folder)));
    let folders = tree(&folders, &counts);
    let mut groups = screen_groups::list(&state.store, account).await?;
    session.sight(&state).await?.groups(&mut groups);
    let viewer = session.viewer(&state)?;
    let manages = viewer.may(Right::ManageScreens);
    let total: i64 = counts.iter().map(|count| count.screens).sum();
    let of = |is: Is| -> i64 {
        counts.iter().filter(|count| count.state == is.as_str()).map(|count| count.screens).sum()
    };
    let content = html! {
        div.head {
            h1 { "Screens" }
            @if total > 0 {
                p.summary #live-summary data-live { "Total " (total) " · Online " (of(Is::Online)) " · Offline " (of(Is::Offline))
                    @if of(Is::Pending) > 0 { " · Pending " (of(Is::Pending)) }
                    @if of(Is::Unauthorized) > 0 { " · Unauthorized " (of(Is::Unauthorized)) }
                }
            }
            span.actions {
                @if manages { a.button href="/tokens/new?kind=device" { "Add display" } }
                a.button.quiet href="/codes" { "Device Auth" }
                a.button.quiet href=(wanted.with("", "")) { "Refresh" }
            }
        }
        @if !wanted.place.done.is_empty() { p.good role="status" { (wanted.place.done) } }
        @if total == 0 && folders.is_empty() {
            (empty(account))
        } @else {
            div.beside {
                (sidebar(&wanted, &folders, &groups, total, &viewer))
                div {
                    (states(&wanted, &counts, total))
                    (search(&wanted))
                    @if lines.is_empty() {
                        div.card {
                            h2 { "Nothing found" }
                            p { "No screen fits. " a href="/screens" { "Show all screens" } }
                        }
                    } @else {
                        (chooser(&wanted, &lines, found, viewer.may_everywhere(Right::ManageScreens).then_some(&viewer), now))
                    }
                    @if pages > 1 { (paging(&wanted, number, pages)) }
                }
            }
        }
    };
    Ok(page("Screens", Some(&viewer), content))
}

/// The account by its id, which a shell takes without quotes.
fn empty(account: &str) -> Markup {
    html! {
        div.card {
            h2 { "No screens yet" }
            p {
                "Make a token on the page " a href="/tokens" { "Tokens" } ", or a provisioning file on the hub. Copy \
                 telemetry_config.json to the top folder of a USB stick, and plug the stick into a screen:"
            }
            pre tabindex="0" { code { "signage-hub token create --kind provisioning --config telemetry_config.json \\\n  --account " (account) } }
            p { "The screen appears here as soon as it has enrolled. A screen that shows a code instead is " a href="/pair" { "paired by the code" } "." }
        }
    }
}

/// A folder with how many screens are in it or below it, and how many of them are online.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder {
    pub path: String,
    pub screens: i64,
    pub online: i64,
}

impl Folder {
    fn level(&self) -> usize {
        self.path.matches('/').count()
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Every folder, those above it included, in the order of the tree.
pub(super) fn tree(made: &[String], counts: &[Count]) -> Vec<Folder> {
    let mut paths: Vec<Vec<&str>> = Vec::new();
    let used = counts.iter().map(|count| count.folder.as_str());
    for path in made.iter().map(String::as_str).chain(used).filter(|path| !path.is_empty()) {
        let levels: Vec<&str> = path.split('/').collect();
        paths.extend((1..=levels.len()).map(|count| levels[..count].to_vec()));
    }
    paths.sort_unstable();
    paths.dedup();
    let folder = |levels: Vec<&str>| {
        let path = levels.join("/");
        let inside = |count: &&Count| {
            count.folder == path || count.folder.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))
        };
        let screens = counts.iter().filter(inside).map(|count| count.screens).sum();
        let online = counts.iter().filter(inside).filter(|count| count.state == "online");
        Folder { screens, online: online.map(|count| count.screens).sum(), path }
    };
    paths.into_iter().map(folder).collect()
}

fn sidebar(wanted: &Wanted, folders: &[Folder], groups: &[Group], total: i64, viewer: &Viewer<'_>) -> Markup {
    let manages = viewer.may_everywhere(Right::ManageScreens);
    let here = |current: bool| current.then_some("true");
    html! {
        aside.card.tree aria-label="Folders and groups" {
            h2 { "Folders" }
            nav aria-label="Folders" { ul {
                li { a href=(wanted.with("folder", "")) aria-current=[here(wanted.list.folder.is_empty())] { "All screens" } span.minor { (total) } }
                @for folder in folders {
                    li.{ "level" (folder.level().min(7)) } {
                        a href=(wanted.with("folder", &folder.path)) title=(folder.path) aria-current=[here(wanted.list.folder == folder.path)] { (folder.name()) }
                        span.minor title={ (folder.online) " of " (folder.screens) " online" } { (folder.online) "/" (folder.screens) }
                    }
                }
            } }
            @if manages {
                details {
                    summary { "New folder" }
                    form method="post" action="/folders" {
                        input type="hidden" name="form" value=(viewer.form);
                        label for="new-folder" { "Path" }
                        input #new-folder name="path" value=(if wanted.list.folder.is_empty() { String::new() } else { format!("{}/", wanted.list.folder) }) placeholder="Berlin/Foyer" required;
                        button.quiet type="submit" { "Make folder" }
                    }
                }
                @if !wanted.list.folder.is_empty() {
                    details {
                        summary { "Rename, move or delete “" (wanted.list.folder) "”" }
                        form method="post" action="/folders/change" {
                            input type="hidden" name="form" value=(viewer.form);
                            input type="hidden" name="path" value=(wanted.list.folder);
                            label for="folder-to" { "New path, with everything in it" }
                            input #folder-to name="to" value=(wanted.list.folder);
                            div.actions {
                                button.quiet type="submit" { "Rename or move" }
                                button.quiet type="submit" name="delete" value="1" { "Delete" }
                            }
                        }
                    }
                }
            }
            h2 { "Groups" }
            @if groups.is_empty() { p.minor { "No groups yet." } }
            nav aria-label="Groups" { ul {
                @for group in groups {
                    li {
                        a href=(wanted.with("group", if wanted.list.group == group.id { "" } else { &group.id })) aria-current=[here(wanted.list.group == group.id)] { (group.name) }
                        span.minor { (group.screens) }
                    }
                }
            } }
            @if manages { p { a href="/screen-groups" { "Manage groups" } } }
        }
    }
}

fn states(wanted: &Wanted, counts: &[Count], total: i64) -> Markup {
    let count = |name: &str| -> i64 {
        match name {
            "" => total,
            "faults" => counts.iter().map(|count| count.faulty).sum(),
            name => counts.iter().filter(|count| count.state == name).map(|count| count.screens).sum(),
        }
    };
    let all = [
        ("", "All"),
        ("online", "Online"),
        ("offline", "Offline"),
        ("pending", "Pending"),
        ("unauthorized", "Unauthorized"),
        ("faults", "With faults"),
    ];
    html! {
        nav.filters aria-label="State" {
            @for (name, word) in all {
                a href=(wanted.with("state", name)) aria-current=[(wanted.state() == name).then_some("true")] { (word) " (" (count(name)) ")" }
            }
        }
    }
}

fn search(wanted: &Wanted) -> Markup {
    html! {
        form.line.search method="get" action="/screens" role="search" {
            @for (name, value) in wanted.fields() {
                @if !value.is_empty() && !matches!(name, "search" | "tag" | "sort") { input type="hidden" name=(name) value=(value); }
            }
            div {
                label for="search" { "Search" }
                input #search type="search" name="search" value=(wanted.list.search) placeholder="Name, place, serial number, address";
            }
            div {
                label for="tag" { "Tag" }
                input #tag name="tag" value=(wanted.list.tag);
            }
            div {
                label for="sort" { "Order" }
                select #sort name="sort" {
                    @for (sort, word) in [("name", "Name"), ("folder", "Folder"), ("state", "State"), ("seen", "Longest away"), ("faults", "Most faults")] {
                        option value=(sort) selected[wanted.list.sort.as_str() == sort] { (word) }
                    }
                }
            }
            button type="submit" { "Show" }
        }
    }
}

/// The table, in a form for those who may do something about it.
fn chooser(wanted: &Wanted, lines: &[Line], found: i64, viewer: Option<&Viewer<'_>>, now: Millis) -> Markup {
    let Some(viewer) = viewer else {
        return html! { div.card.flush.fleet { (table(lines, false, now)) } };
    };
    html! {
        form method="post" action="/screens/bulk" {
            input type="hidden" name="form" value=(viewer.form);
            @for (name, value) in wanted.fields() {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            div.card.flush.fleet { (table(lines, true, now)) }
            div.card.line.bulk {
                div {
                    label for="which" { "Which" }
                    select #which name="which" {
                        option value="chosen" { "The screens that are ticked" }
                        option value="all" { "All " (found) " that match" }
                    }
                }
                div {
                    label for="action" { "What to do" }
                    select #action name="action" {
                        @for (name, word, _) in Action::ALL { option value=(name) { (word) } }
                    }
                }
                button type="submit" { "Continue" }
            }
        }
    }
}

fn table(lines: &[Line], choose: bool, now: Millis) -> Markup {
    html! {
        table {
            thead {
                tr {
                    @if choose { th.choose scope="col" { span.unseen { "Choose" } } }
                    th scope="col" { "Name" }
                    th scope="col" { "Folder" }
                    th scope="col" { "Resolution" }
                    th scope="col" { "Rotation" }
                    th scope="col" { "Status" }
                    th scope="col" { "Last check-in" }
                    th scope="col" { "Now playing" }
                }
            }
            tbody { @for line in lines { (row(line, choose, now)) } }
        }
    }
}

fn row(line: &Line, choose: bool, now: Millis) -> Markup {
    let health = Health(line.state);
    let device = line.state != Is::Pending;
    html! {
        tr {
            @if choose {
                td.choose data-label="Choose" {
                    @if device { input type="checkbox" name="id" value=(line.id) aria-label={ "Choose " (line.name) }; }
                }
            }
            th scope="row" {
                @if device { a href={ "/screens/" (line.id) } { (line.name) } } @else { (line.name) }
                @if let Some(location) = &line.location { span.minor { (location) } }
                @if let Some(model) = &line.model {
                    span.minor { (model) @if let Some(address) = &line.address { " · " (address) } }
                }
                @if !line.tags.is_empty() { span.tags { @for tag in &line.tags { span.tag { (tag) } } } }
            }
            td data-label="Folder" {
                @match &line.folder {
                    Some(folder) => { @for (index, level) in folder.split('/').enumerate() { @if index > 0 { "/" wbr; } (level) } },
                    None => "–",
                }
            }
            td data-label="Resolution" {
                @match line.resolution { Some((width, height)) => { (width) "×" (height) }, None => "–" }
            }
            td data-label="Rotation" { @match line.rotation { Some(degrees) => { (degrees) "°" }, None => "–" } }
            td data-label="Status" { div id={ "live-state-" (line.id) } data-live {
                span.state.(health.class()) { (health.word()) }
                @if line.faults > 0 {
                    " " a.badge href={ "/screens/" (line.id) "?tab=faults" } { (line.faults) @if line.faults == 1 { " fault" } @else { " faults" } }
                }
                @if let Some(authorization) = &line.authorization {
                    @let says = authorization.says(now);
                    @if says != health.word() { span.minor { (says) } }
                    @if choose && line.state == Is::Unauthorized {
                        div.callout {
                            "Waits for your permission to play. "
                            a href={ "/screens/" (line.id) "/authorize" } aria-label={ "Authorize " (line.name) } { "Authorize" }
                        }
                    } @else if choose && authorization.expires_at.is_some() {
                        // A code that runs is replaced; a free authorization and one that has ended lose nothing.
                        @let runs = line.state != Is::Unauthorized && authorization.kind != AuthorizationKind::Free;
                        @let word = if runs { "Replace" } else { "Authorize" };
                        a href={ "/screens/" (line.id) "/authorize" } aria-label={ (word) " " (line.name) } { (word) }
                    }
                }
                @if line.state == Is::Pending { span.minor { "waits for its device" } }
            } }
            td data-label="Last check-in" { div id={ "live-seen-" (line.id) } data-live {
                @if device && line.last_seen > 0 {
                    (moment::ago(line.last_seen, now))
                } @else { "never" }
            } }
            td data-label="Now playing" { div id={ "live-now-" (line.id) } data-live { (line.title.as_deref().unwrap_or("–")) } }
        }
    }
}

fn paging(wanted: &Wanted, number: i64, pages: i64) -> Markup {
    let address = |page: i64| {
        let list = wanted.with("", "");
        format!("{list}{}page={page}", if list.contains('?') { '&' } else { '?' })
    };
    html! {
        nav.line.paging aria-label="Pages of the list" {
            @if number > 1 { a.button.quiet href=(address(number - 1)) rel="prev" { "Back" } }
            span { "Page " (number) " of " (pages) }
            @if number < pages { a.button.quiet href=(address(number + 1)) rel="next" { "Next" } }
        }
    }
}

/// A span of time as people say it.
pub(super) fn ago(span: Millis) -> String {
    let count =
        |number: Millis, unit: &str| format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" });
    match span {
        ..SECOND => "just now".to_owned(),
        span if span < MINUTE => count(span / SECOND, "second"),
        span if span < 60 * MINUTE => count(span / MINUTE, "minute"),
        span if span < DAY => count(span / (60 * MINUTE), "hour"),
        span => count(span / DAY, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_say_them() {
        for (span, text) in [
            (-5000, "just now"),
            (0, "just now"),
            (1500, "1 second ago"),
            (59_999, "59 seconds ago"),
            (60_000, "1 minute ago"),
            (3 * 60 * MINUTE, "3 hours ago"),
            (2 * DAY, "2 days ago"),
        ] {
            assert_eq!(ago(span), text);
        }
    }

    #[test]
    fn the_tree_has_every_level_with_what_is_below_it() {
        let count = |folder: &str, state: &str, screens| Count {
            folder: folder.into(),
            state: state.into(),
            screens,
            faulty: 0,
        };
        let counts =
            [count("", "online", 9), count("Berlin/Foyer", "online", 2), count("Berlin 2", "offline", 1)];
        let tree = tree(&["Berlin/Bar".into()], &counts);
        let lines: Vec<_> = tree.iter().map(|f| (f.path.as_str(), f.screens, f.online, f.level())).collect();
        let expected =
            [("Berlin", 2, 2, 0), ("Berlin/Bar", 0, 0, 1), ("Berlin/Foyer", 2, 2, 1), ("Berlin 2", 1, 0, 0)];
        assert_eq!(lines, expected);
    }
}
