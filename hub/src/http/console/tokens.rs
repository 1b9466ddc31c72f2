//! The pages of enrolment tokens: the list, and one token with the devices that it has let in.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::token::Kind;

use super::super::Shared;
use super::super::api::enrol_tokens::MAX_BODY;
use super::composing::Catalogue;
use super::confirm::confirm;
use super::form::{Checked, Nothing};
use super::layout::page;
use super::moment::day as date;
use super::session::Session;
use super::token_form;
use crate::composition::defaults;
use crate::ident::{self, Millis};
use crate::rights::Right;
use crate::store::tokens::{self, Admitted, Filter, State as TokenState, Token};
use crate::{Result, device, token};

/// Rows of a page.
const PAGE: usize = 100;

/// Every page of tokens.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/tokens", get(list))
        .route("/tokens/new", get(token_form::new).post(token_form::create))
        .route("/tokens/bulk", get(token_form::many).post(token_form::bulk))
        .route("/tokens/files", post(token_form::files))
        .route("/tokens/{id}", get(show))
        .route("/tokens/{id}/renew", post(token_form::renew))
        .route("/tokens/{id}/revoke", post(revoke))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    state: String,
    after: Option<String>,
}

/// The page of the screen on which the token was revoked, if it was there.
#[derive(Debug, Deserialize)]
struct From {
    screen: Option<String>,
}

async fn list(State(state): State<Shared>, session: Session, Query(wanted): Query<Wanted>) -> Result<Markup> {
    let viewer = session.viewer(&state)?;
    let makes = viewer.may(Right::ManageScreens);
    let chosen = wanted.state.parse::<TokenState>().ok();
    let filter =
        Filter { state: chosen, kind: None, after: wanted.after.clone(), scope: session.scope.clone() };
    let (account, now) = (&session.operator.account, ident::now());
    let mut found = tokens::page(&state.store, account, &filter, PAGE as i64 + 1, now).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|token| token.id.clone());
    let content = html! {
        div.head {
            h1 { "Tokens" }
            @if makes { (actions()) }
        }
        @if found.is_empty() && chosen.is_none() && wanted.after.is_none() {
            (empty(makes))
        } @else {
            (filters(chosen))
            @if found.is_empty() {
                div.card { p { "No token is in this state. " a href="/tokens" { "Show all" } } }
            } @else {
                (table(&found, now))
            }
            @if let Some(next) = next {
                p { a.button.quiet href={ "/tokens?state=" (wanted.state_word()) "&after=" (next) } { "Older tokens" } }
            }
        }
    };
    Ok(page("Tokens", Some(&viewer), content))
}

impl Wanted {
    fn state_word(&self) -> &'static str {
        self.state.parse::<TokenState>().map_or("", TokenState::as_str)
    }
}

fn actions() -> Markup {
    html! {
        span.actions {
            a.button href="/tokens/new?kind=device" { "Add display" }
            a.button.quiet href="/tokens/new?kind=provisioning" { "New provisioning token" }
            a.button.quiet href="/tokens/bulk" { "Bulk generate tokens" }
        }
    }
}

fn empty(makes: bool) -> Markup {
    html! {
        div.card {
            h2 { "No tokens yet" }
            p { "A token lets screens into this account by themselves: put it on a USB stick, or type it in during set-up." }
            dl.facts {
                dt { "Device token" } dd { "For one screen, which you name and set up here before it arrives. Expires after 30 days without use." }
                dt { "Provisioning token" } dd { "For any number of screens, until you revoke it." }
            }
            @if makes {
                p { "Begin with " strong { "Add display" } " for one screen, or with a provisioning token for a whole site." }
            } @else {
                p { "An administrator of the account can make one." }
            }
        }
    }
}

fn filters(chosen: Option<TokenState>) -> Markup {
    html! {
        nav.filters aria-label="States" {
            a href="/tokens" aria-current=[chosen.is_none().then_some("true")] { "All" }
            @for state in TokenState::ALL {
                a href={ "/tokens?state=" (state.as_str()) } aria-current=[(chosen == Some(state)).then_some("true")] { (word(state)) }
            }
        }
    }
}

fn table(found: &[Token], now: Millis) -> Markup {
    html! {
        div.card.flush {
            table {
                thead {
                    tr {
                        th scope="col" { "Name" }
                        th scope="col" { "Kind" }
                        th scope="col" { "State" }
                        th scope="col" { "Devices" }
                        th scope="col" { "Made" }
                        th scope="col" { "Expires" }
                    }
                }
                tbody {
                    @for token in found {
                        tr {
                            th scope="row" {
                                a href={ "/tokens/" (token.id) } { (title(token)) }
                                @if let Some(folder) = &token.grant.folder { span.minor { (folder) } }
                            }
                            td data-label="Kind" { (kind_word(token.kind)) }
                            td data-label="State" { (badge(token.state(now))) }
                            td data-label="Devices" { (token.devices) }
                            td data-label="Made" { (date(token.created_at)) }
                            td data-label="Expires" { (expiry(token, now)) }
                        }
                    }
                }
            }
        }
    }
}

async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Markup> {
    let viewer = session.viewer(&state)?;
    let token = token::find(&state.store, &session.operator.account, &id).await?;
    let manages = viewer.may_in(Right::ManageScreens, token.grant.folder.as_deref());
    let after = wanted.after.as_deref();
    let mut devices = tokens::admitted(&state.store, &token, &session.scope, after, PAGE as i64 + 1).await?;
    let more = devices.len() > PAGE;
    devices.truncate(PAGE);
    let default = match defaults::default(&token.grant.playlist, &token.grant.layout) {
        Some(shown) => Some(
            Catalogue::without_content(&state.store, &token.account, &session.sight(&state).await?)
                .await?
                .name(&shown),
        ),
        None => None,
    };
    let now = ident::now();
    let content = html! {
        div.head {
            h1 { (title(&token)) }
            p.summary { (kind_word(token.kind)) }
            a.button.quiet href="/tokens" { "All tokens" }
        }
        div.card {
            (facts(&token, default.as_deref(), now))
            @if manages { (changes(&token, &viewer.form, now)) }
        }
        div.card.flush {
            @if devices.is_empty() {
                p.padded { "No device has come in with this token yet. " @if token.state(now) == TokenState::Unused || token.kind == Kind::Provisioning { "Put it on a stick and plug the stick into a screen." } }
            } @else {
                (admitted(&devices))
            }
        }
        @if let Some(last) = devices.last().filter(|_| more) {
            p { a.button.quiet href={ "/tokens/" (token.id) "?after=" (last.device) } { "More devices" } }
        }
    };
    Ok(page(title(&token), Some(&viewer), content))
}

fn facts(token: &Token, default: Option<&str>, now: Millis) -> Markup {
    let grant = &token.grant;
    html! {
        dl.facts {
            dt { "State" } dd { (badge(token.state(now))) " " (meaning(token, now)) }
            dt { "Made" } dd { (date(token.created_at)) }
            @if token.state(now) == TokenState::Unused { dt { "Expires" } dd { (expiry(token, now)) } }
            @if let Some(at) = token.revoked_at { dt { "Revoked" } dd { (date(at)) } }
            dt { "Default layout" } dd { (default.unwrap_or("the default of the account")) }
            @for (name, value) in [("Folder", &grant.folder), ("Time zone", &grant.timezone), ("Location", &grant.location)] {
                @if let Some(value) = value { dt { (name) } dd { (value) } }
            }
            @if !grant.tags.is_empty() { dt { "Tags" } dd { span.tags { @for tag in &grant.tags { span.tag { (tag) } } } } }
            dt { "ID" } dd { code { (token.id) } }
        }
    }
}

fn changes(token: &Token, form: &str, now: Millis) -> Markup {
    let state = token.state(now);
    html! {
        div.actions {
            @if state != TokenState::Revoked {
                (confirm(
                    &format!("/tokens/{}/revoke", token.id),
                    form,
                    "Revoke token",
                    match token.kind {
                        Kind::Device => "Its screen loses its authorization and stops playing. The token does not come back, but another can be generated for the same screen.",
                        Kind::Provisioning => "It lets nobody in any more and does not come back. Screens that came by it go on.",
                    },
                    &match (token.kind, &token.grant.name) {
                        (Kind::Device, Some(name)) => format!("Revoke the token of {name}"),
                        (Kind::Provisioning, Some(name)) => format!("Revoke the token {name}"),
                        (_, None) => "Revoke this token".to_owned(),
                    },
                ))
            }
            @if token.kind == Kind::Device && state != TokenState::Active {
                form method="post" action={ "/tokens/" (token.id) "/renew" } {
                    input type="hidden" name="form" value=(form);
                    button.quiet type="submit" { "Generate new token" }
                }
            }
        }
        p.hint {
            @match (token.kind, state) {
                (Kind::Device, TokenState::Active) => "Revoke it when its screen is lost, stolen or out of use.",
                (Kind::Device, _) => "A new token keeps this screen with its name and settings. An unused one ends.",
                (Kind::Provisioning, TokenState::Active) => "It holds until you revoke it. Screens that came by it go on then.",
                (Kind::Provisioning, _) => "Screens that came by it go on. A revoked token does not come back: make another.",
            }
        }
    }
}

fn admitted(devices: &[Admitted]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Device" }
                    th scope="col" { "Enrolled" }
                    th scope="col" { "Last seen" }
                }
            }
            tbody {
                @for device in devices {
                    tr {
                        th scope="row" {
                            (device.name.as_deref().unwrap_or("No longer in this account"))
                            span.minor { code { (device.device) } }
                        }
                        td data-label="Enrolled" { (date(device.enrolled_at)) }
                        td data-label="Last seen" { @match device.last_seen { Some(at) => (date(at)), None => "–" } }
                    }
                }
            }
        }
    }
}

async fn revoke(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Query(from): Query<From>,
    Checked(session, Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    token::revoke(&state.store, &actor, &id, ident::now()).await?;
    let screen = match from.screen {
        Some(screen) => device::find(&mut *state.store.read().await?, actor.account, &screen).await.ok(),
        None => None,
    };
    let to = screen.map_or_else(|| format!("/tokens/{id}"), |screen| format!("/screens/{}", screen.id));
    Ok(Redirect::to(&to).into_response())
}

/// What people call the token.
pub(super) fn title(token: &Token) -> &str {
    token.grant.name.as_deref().unwrap_or("Without a name")
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Device => "Device token",
        Kind::Provisioning => "Provisioning token",
    }
}

fn word(state: TokenState) -> &'static str {
    match state {
        TokenState::Unused => "Unused",
        TokenState::Active => "Active",
        TokenState::Revoked => "Revoked",
        TokenState::Expired => "Expired",
    }
}

pub(super) fn badge(state: TokenState) -> Markup {
    let class = match state {
        TokenState::Active => "online",
        TokenState::Unused => "offline",
        TokenState::Revoked | TokenState::Expired => "unauthorized",
    };
    html! { span.state.(class) { (word(state)) } }
}

pub(super) fn meaning(token: &Token, now: Millis) -> &'static str {
    match (token.kind, token.state(now)) {
        (_, TokenState::Unused) => "No device has connected with it yet.",
        (_, TokenState::Expired) => "Nobody used it in 30 days.",
        (Kind::Device, TokenState::Active) => "A device has connected with it.",
        (Kind::Provisioning, TokenState::Active) => "Lets in any number of screens.",
        (_, TokenState::Revoked) => "Lets nobody in.",
    }
}

fn expiry(token: &Token, now: Millis) -> Markup {
    match token.expires_at.filter(|_| token.state(now) == TokenState::Unused) {
        Some(end) => date(end),
        None => html! { span.minor { "–" } },
    }
}
