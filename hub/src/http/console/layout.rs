//! What all pages share.

use axum::http::Method;
use maud::{DOCTYPE, Markup, html};

use super::super::routes::{self, Access};
use crate::folder_rights::{Area, Scope, Verdict};
use crate::rights::{Right, Role};

/// Who looks at a page.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// What they may do.
    pub role: Role,
    /// Where they may do it.
    pub scope: &'a Scope,
    /// Token for the forms of the page.
    pub form: String,
}

impl Viewer<'_> {
    /// Whether they may do something, if only in some folder.
    pub fn may(&self, right: Right) -> bool {
        self.role.may(right) || self.scope.gives(right)
    }

    /// Whether they may change what lies in a folder.
    pub fn may_in(&self, right: Right, folder: Option<&str>) -> bool {
        let verdict = |area| self.scope.verdict(self.role, right, area, folder);
        Area::of(right).is_some_and(|area| verdict(area) == Verdict::Allowed)
    }

    /// Whether they may do something that concerns all folders.
    pub fn may_everywhere(&self, right: Right) -> bool {
        self.role.may(right) && !Area::of(right).is_some_and(|area| self.scope.narrows(area))
    }
}

/// The pages that are reached from every other: title and path, in groups that belong together. Each is shown to those
/// who may open it.
const NAVIGATION: &[&[(&str, &str)]] = &[
    &[("Screens", "/screens"), ("Pair", "/pair"), ("Tokens", "/tokens")],
    &[
        ("Content", "/content"),
        ("Playlists", "/playlists"),
        ("Layouts", "/layouts"),
        ("Schedule", "/schedule"),
        ("Publish", "/publish"),
    ],
    &[("Proof of play", "/plays"), ("Logs", "/logs"), ("Alerts", "/alerts")],
    &[
        ("People", "/people"),
        ("Groups", "/groups"),
        ("API tokens", "/api-tokens"),
        ("Audit", "/audit"),
        ("Settings", "/settings"),
    ],
];

/// A whole page, with its head for whoever is signed in.
pub fn page(title: &str, viewer: Option<&Viewer<'_>>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Signage" }
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                link rel="stylesheet" href="/assets/style.css";
                script src="/assets/console.js" defer {}
            }
            body {
                a.skip href="#content" { "To the content" }
                header.bar {
                    a.brand href="/" { span.mark aria-hidden="true" {} "Signage" }
                    @if let Some(viewer) = viewer { (signed_in(title, viewer)) }
                }
                main #content tabindex="-1" { (content) }
            }
        }
    }
}

/// On a phone all of this is behind a button, which browsers open without a script.
fn signed_in(title: &str, viewer: &Viewer<'_>) -> Markup {
    html! {
        button.quiet.menu type="button" popovertarget="menu" { "Menu" }
        div #menu popover {
            form method="post" action="/sign-out" {
                a.who href="/me" { (viewer.email) }
                input type="hidden" name="form" value=(viewer.form);
                button.quiet type="submit" { "Sign out" }
            }
            nav aria-label="Pages" {
                @for group in NAVIGATION {
                    @let pages: Vec<_> = group.iter().filter(|(_, path)| opens(viewer.role, path)).collect();
                    @if !pages.is_empty() {
                        div {
                            @for (name, path) in pages {
                                a href=(path) aria-current=[(*name == title).then_some("page")] { (name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn opens(role: Role, path: &str) -> bool {
    matches!(routes::access(&Method::GET, path), Some(Access::Console(right)) if role.may(right))
}
