//! The list of screens.

use axum::extract::State;
use maud::{Markup, html};

use super::super::Shared;
use super::layout::page;
use super::moment;
use super::session::Session;
use crate::Result;
use crate::authorization::says;
use crate::folder_rights::Area;
use crate::ident::{self, DAY, MINUTE, Millis, SECOND};
use crate::rights::Right;
use crate::store::devices::{self, Device, ONLINE};

/// How a screen is doing, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Online,
    Offline,
    Unauthorized,
}

impl Health {
    pub(super) fn of(device: &Device, now: Millis) -> Self {
        if !device.authorized(now) {
            Self::Unauthorized
        } else if device.online(ONLINE, now) {
            Self::Online
        } else {
            Self::Offline
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Offline => "Offline",
            Self::Unauthorized => "Unauthorized",
        }
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Unauthorized => "unauthorized",
        }
    }
}

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    let mut screens = devices::list(&state.store, &session.operator.account).await?;
    screens.retain(|device| session.scope.sees(Area::Screens, device.folder.as_deref()));
    let manages = session.may(Right::ManageScreens).is_ok();
    let now = ident::now();
    let online = screens.iter().filter(|device| Health::of(device, now) == Health::Online).count();
    let content = html! {
        div.head {
            h1 { "Screens" }
            @if !screens.is_empty() {
                p.summary #live-summary data-live { (online) " of " (screens.len()) " online" }
            }
            span.actions {
                @if manages { a.button href="/tokens/new?kind=device" { "Add display" } }
                a.button.quiet href="/codes" { "Device Auth" }
                a.button.quiet href="/screens" { "Refresh" }
            }
        }
        div #live-screens data-live {
            @if screens.is_empty() { (empty(&session.operator.account)) } @else { (table(&screens, manages, now)) }
        }
    };
    Ok(page("Screens", Some(&session.viewer(&state)?), content))
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

fn table(screens: &[Device], manages: bool, now: Millis) -> Markup {
    html! {
        div.card.flush {
            table {
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th scope="col" { "State" }
                        th scope="col" { "Authorization" }
                        th scope="col" { "Last seen" }
                        th scope="col" { "Device" }
                        th scope="col" { "Tags" }
                        th scope="col" { "ID" }
                    }
                }
                tbody {
                    @for device in screens { (row(device, manages, now)) }
                }
            }
        }
    }
}

fn row(device: &Device, manages: bool, now: Millis) -> Markup {
    let health = Health::of(device, now);
    let short: String = device.id.chars().take(8).collect();
    html! {
        tr {
            th scope="row" {
                a href={ "/screens/" (device.id) } { (device.name) }
                @if let Some(location) = &device.location { span.minor { (location) } }
            }
            td data-label="State" { span.state.(health.class()) { (health.word()) } }
            td data-label="Authorization" {
                (says(device, now))
                @if manages && !(device.authorized(now) && device.terms.expires_at.is_none()) {
                    " " a href={ "/screens/" (device.id) "/authorize" } aria-label={ "Authorize " (device.name) } { "Authorize" }
                }
            }
            td data-label="Last seen" {
                @if device.last_seen == 0 { "never" } @else { (moment::ago(device.last_seen, now)) }
            }
            td data-label="Device" {
                (device.hardware.model.as_deref().unwrap_or("Unknown model"))
                @if let Some(address) = &device.address { span.minor { (address) } }
            }
            td data-label="Tags" {
                @if device.tags.is_empty() {
                    span.minor { "none" }
                } @else {
                    span.tags { @for tag in &device.tags { span.tag { (tag) } } }
                }
            }
            td data-label="ID" { code title=(device.id) { (short) } }
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
}
