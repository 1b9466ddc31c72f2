//! Parts of the page of one screen: what it reports, and what is odd about it.

use maud::{Markup, html};
use signage_protocol::report::Status;

use super::layout::Viewer;
use super::records::when;
use super::screens::ago;
use crate::Result;
use crate::ident::Millis;
use crate::rights::Right;
use crate::sight::Sight;
use crate::store::devices::Device;
use crate::store::doubts::{self, Doubt, Kind};
use crate::store::reports::{self, Current};
use crate::store::{Connection, screen_groups};

/// Days that the uptime is of.
const DAYS: i64 = 30;

/// What is known of a screen beside its entry.
#[derive(Debug)]
pub(super) struct About {
    current: Option<Current>,
    uptime: Option<i64>,
    doubts: Vec<Doubt>,
    groups: Vec<String>,
}

impl About {
    pub(super) async fn read(connection: &mut Connection, device: &Device, now: Millis) -> Result<Self> {
        Ok(Self {
            current: reports::current(connection, &device.id).await?,
            uptime: reports::uptime(connection, &device.id, device.created_at, DAYS, now).await?,
            doubts: doubts::of(connection, &device.id).await?,
            groups: screen_groups::of(connection, &device.id).await?,
        })
    }

    /// Says nothing of another screen that is not there for whoever looks.
    pub(super) fn narrow(&mut self, sight: &Sight) {
        self.doubts.retain(|doubt| doubt.kind != "swap" || sight.sees(&doubt.other));
    }

    /// How the screen is doing.
    pub(super) fn doing(&self, now: Millis) -> Markup {
        html! {
            div.card {
                h2 { "How it is doing" }
                @match &self.current {
                    None => p { "This screen has not reported yet. It does so every minute once it runs." },
                    Some(current) => {
                        @if current.dropped > 0 {
                            p.alert { "This screen reports more than the hub keeps of a day; " (current.dropped) " records of today are gone. Look at its logs." }
                        }
                        dl.facts {
                            @if let Some(status) = &current.status { (facts(status)) }
                            dt { "Uptime, last " (DAYS) " days" }
                            dd { @match self.uptime { Some(uptime) => { (uptime / 10) "." (uptime % 10) " %" }, None => "not known yet" } }
                            @if !self.groups.is_empty() { dt { "Groups" } dd { (self.groups.join(", ")) } }
                            dt { "Reported" } dd { (ago(now - current.received_at)) }
                        }
                    }
                }
            }
        }
    }

    /// What is odd, with what can be done about it.
    pub(super) fn doubts(&self, device: &Device, viewer: &Viewer<'_>) -> Markup {
        let manages = viewer.may_in(Right::ManageScreens, device.folder.as_deref());
        let own = device.hardware.serial.as_deref().unwrap_or("unknown");
        let (wishes, doubts): (Vec<&Doubt>, Vec<&Doubt>) =
            self.doubts.iter().partition(|doubt| doubt.kind == Kind::Wish.as_str());
        html! {
            @if !wishes.is_empty() {
                div.card.odd role="note" {
                    h2 { "Its provisioning file asks for something that it did not get" }
                    ul { @for wish in &wishes { li { (wish.other) } } }
                    p { "A file is asked when its screen comes in. From then on, what it shows is chosen on this page, its folder and its groups in the list of screens." }
                    @if manages { div.actions { (settle(device, viewer, "wish", "It is right as it is")) } }
                }
            }
            @for doubt in doubts {
                div.card.odd role="note" {
                    @if doubt.kind == "swap" {
                        h2 { "This board was another screen" }
                        p {
                            "The board with serial number " (own) " is known as "
                            a href={ "/screens/" (doubt.other) } { (doubt.name.as_deref().unwrap_or(&doubt.other)) }
                            ", with another key: its card was swapped or set up anew. Let this screen take its place, \
                             and it has name, folder, groups, playlist and authorization of the other, which is deleted."
                        }
                        @if manages {
                            div.actions {
                                form method="post" action={ "/screens/" (device.id) "/rebind" } {
                                    input type="hidden" name="form" value=(viewer.form);
                                    input type="hidden" name="other" value=(doubt.other);
                                    button type="submit" { "Take its place" }
                                }
                                (settle(device, viewer, "", "They are two screens"))
                            }
                        }
                    } @else {
                        h2 { "The key of this screen was seen in two boards" }
                        p {
                            "Serial numbers " (own) " and " (doubt.other) ", first " (when(doubt.at)) " UTC. Either its \
                             card was put into another board, or it was copied. A copy has to be set up anew: reset it to \
                             factory settings, and it makes a key of its own."
                        }
                        @if manages { div.actions { (settle(device, viewer, "", "The card was only moved")) } }
                    }
                }
            }
        }
    }

    /// Faults that are not resolved.
    fn faults(&self) -> i64 {
        self.current.as_ref().map_or(0, |current| current.faults)
    }
}

fn settle(device: &Device, viewer: &Viewer<'_>, only: &str, text: &str) -> Markup {
    html! {
        form method="post" action={ "/screens/" (device.id) "/settle" } {
            input type="hidden" name="form" value=(viewer.form);
            @if !only.is_empty() { input type="hidden" name=(only) value="1"; }
            button.quiet type="submit" { (text) }
        }
    }
}

/// The parts of the page.
pub(super) fn tabs(path: &str, open: &str, about: &About) -> Markup {
    let here = |tab: &str| (open == tab).then_some("page");
    html! {
        nav.tabs aria-label="Parts of this page" {
            a href=(path) aria-current=[here("")] { "Overview" }
            a href={ (path) "?tab=faults" } aria-current=[here("faults")] { "Faults" @if about.faults() > 0 { " (" (about.faults()) ")" } }
            a href={ (path) "?tab=logs" } aria-current=[here("logs")] { "Logs" }
            a href={ (path) "?tab=plays" } aria-current=[here("plays")] { "Proof of play" }
            a href={ (path) "/preview" } { "What it shows" }
        }
    }
}

fn facts(status: &Status) -> Markup {
    html! {
        dt { "Now playing" }
        dd {
            @match &status.now {
                Some(now) => {
                    (now.title)
                    @if let Some(layout) = &now.layout { span.minor { "layout " (layout) } }
                },
                None => "nothing",
            }
        }
        dt { "Display" }
        dd {
            @match &status.display {
                Some(display) => {
                    (display.width) "×" (display.height) ", rotated by " (display.rotation) "°"
                    @if let Some(connector) = &display.connector { ", " (connector) }
                },
                None => "not connected",
            }
        }
        @if let Some(storage) = &status.storage {
            dt { "Free storage" } dd { (bytes(storage.free)) " of " (bytes(storage.total)) }
        }
        @if let Some(degrees) = status.temperature { dt { "Temperature" } dd { (format!("{degrees:.0} °C")) } }
        @if let Some(seconds) = status.uptime_s { dt { "Switched on for" } dd { (span(seconds)) } }
        @if let Some(offset) = status.clock_offset_ms { dt { "Clock is off by" } dd { (offset) " ms" } }
        @if !status.versions.is_empty() {
            dt { "Versions" }
            dd { @for (name, version) in &status.versions { span.minor { (name) " " (version) } } }
        }
        @if status.authorization.is_some() || status.publication.is_some() {
            dt { "In force" }
            dd {
                @if let Some(sequence) = status.authorization { "authorization " (sequence) " " }
                @if let Some(sequence) = status.publication { "publication " (sequence) }
            }
        }
    }
}

fn span(seconds: u64) -> String {
    let count = |number: u64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    match seconds {
        ..3600 => count(seconds / 60, "minute"),
        3600..86_400 => count(seconds / 3600, "hour"),
        _ => count(seconds / 86_400, "day"),
    }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        ..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}
