//! Moments as all pages show them: how long ago or the day, with the exact moment to be read on it.

use maud::{Markup, html};

use super::screens;
use crate::ident::{Millis, timestamp};

/// "5 minutes ago".
pub(super) fn ago(at: Millis, now: Millis) -> Markup {
    of(at, &screens::ago(now.saturating_sub(at)))
}

/// "2026-11-24", in UTC.
pub(super) fn day(at: Millis) -> Markup {
    of(at, &timestamp(at).strftime("%Y-%m-%d").to_string())
}

/// "2026-11-24 15:04:05", in UTC.
pub(super) fn second(at: Millis) -> Markup {
    of(at, &timestamp(at).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn of(at: Millis, text: &str) -> Markup {
    let at = timestamp(at);
    html! { time datetime=(at) title=(at.strftime("%A, %-d %B %Y, %H:%M:%S UTC")) { (text) } }
}
