//! "Device Auth": the authorization codes of the account, choosing one for a screen, and the part of a screen's page
//! that says whether it may play and why not.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil;
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::document::AuthorizationKind;

use super::super::Shared;
use super::super::api::authorization::download;
use super::confirm::{confirm, confirm_with};
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::moment::day as date;
use super::session::Session;
use crate::account::MAX_NAME;
use crate::authorization::{self, says};
use crate::authorization_code::{self, New, REPLACEMENTS, Status};
use crate::ident::{self, Millis};
use crate::local::{self, Entry};
use crate::rights::Right;
use crate::store::codes::{self, Code, Filter};
use crate::store::devices::Device;
use crate::store::policies::{self, Policy};
use crate::why::Check;
use crate::{Error, Result, device};

/// Rows of a page.
const PAGE: usize = 100;
/// Codes that can be chosen at once.
const CHOICE: i64 = 500;
const NO_CODE: &str = "No usable authorization is in this account. Contact your service provider, administrator or project owner to assign authorization to it.";

/// The pages.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/codes", get(list).post(create))
        .route("/codes/{id}/cancel", post(cancel))
        .route("/local", get(offline).post(carry))
        .route("/screens/{id}/authorize", get(choose).post(authorize))
        .route("/screens/{id}/authorization-file", get(file))
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    kind: String,
    /// `all` for every status.
    status: String,
    after: Option<String>,
}

/// Codes to be made.
#[derive(Debug, Deserialize)]
struct Input {
    kind: String,
    count: String,
    days: String,
    until: String,
    replacements: String,
}

/// The code for a screen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    code: String,
    replace: Option<String>,
}

/// A screen that is offline.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Offline {
    device: String,
    name: String,
    location: String,
    code: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Form {
    format: Option<String>,
}

async fn list(State(state): State<Shared>, session: Session, Query(wanted): Query<Wanted>) -> Result<Markup> {
    render(&state, &session, &wanted, None).await
}

async fn render(
    state: &Shared,
    session: &Session,
    wanted: &Wanted,
    message: Option<&Error>,
) -> Result<Markup> {
    let (account, now) = (&session.operator.account, ident::now());
    let (kind, all) = (AuthorizationKind::parse(&wanted.kind), wanted.status == "all");
    let filter = Filter {
        kind,
        status: (!all).then_some(Status::Valid.as_str()),
        after: wanted.after.clone(),
        scope: session.scope.clone(),
    };
    let mut found = codes::page(&state.store, account, &filter, PAGE as i64 + 1, now).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|code| code.id.clone());
    let policy = policies::get(&mut *state.store.read().await?, account).await?;
    let viewer = session.viewer(state)?;
    let manages = viewer.role.may(Right::ManageScreens);
    let makes = manages && policy.makes_codes;
    let link = |kind: &str, all: bool| format!("/codes?kind={kind}&status={}", if all { "all" } else { "" });
    let chosen = kind.map_or("", AuthorizationKind::as_str);
    let content = html! {
        p { a href="/screens" { "Screens" } }
        div.head {
            h1 { "Device Auth" }
            @if manages { span.actions { a.button.quiet href="/local" { "Authorize an offline screen" } } }
        }
        @if let Some(message) = message { p.alert role="alert" { (message) } }
        nav.filters aria-label="Types" {
            a href=(link("", all)) aria-current=[kind.is_none().then_some("true")] { "All types" }
            @for of in AuthorizationKind::ALL {
                a href=(link(of.as_str(), all)) aria-current=[(kind == Some(of)).then_some("true")] { (title(of)) }
            }
        }
        nav.filters aria-label="Status" {
            a href=(link(chosen, false)) aria-current=[(!all).then_some("true")] { "Valid" }
            a href=(link(chosen, true)) aria-current=[all.then_some("true")] { "All" }
        }
        @if found.is_empty() {
            div.card {
                h2 { "No codes here" }
                @if policy.codes {
                    p { (NO_CODE) }
                } @else {
                    p { "The screens of this account need no codes: whoever comes in by a token or a pairing code is authorized. Codes are of use for screens that are offline." }
                }
                @if !all { p { "Used, expired and historical codes are under " a href=(link(chosen, true)) { "All" } "." } }
            }
        } @else {
            (table(&found, makes.then_some(&viewer), now))
        }
        @if let Some(next) = next {
            p { a.button.quiet href={ (link(chosen, all)) "&after=" (next) } { "Older codes" } }
        }
        (explained(&policy))
        @if makes { (maker(&viewer)) }
    };
    Ok(page("Device Auth", Some(&viewer), content))
}

fn table(found: &[Code], makes: Option<&Viewer<'_>>, now: Millis) -> Markup {
    html! {
        div.card.flush {
            table {
                thead {
                    tr {
                        th scope="col" { "Code" }
                        th scope="col" { "Type" }
                        th scope="col" { "Status" }
                        th scope="col" { "Authorizes" }
                        th scope="col" { "Screen" }
                        th scope="col" { "Replacements left" }
                        @if makes.is_some() { th scope="col" { "Change" } }
                    }
                }
                tbody {
                    @for code in found {
                        @let status = code.status(now);
                        tr {
                            th scope="row" { code { (code.code) } }
                            td data-label="Type" { (title(code.kind)) }
                            td data-label="Status" { (badge(status)) }
                            td data-label="Authorizes" { (span(code)) }
                            td data-label="Screen" {
                                @match (&code.device, &code.device_name) {
                                    (Some(id), Some(name)) if status != Status::Historical => { a href={ "/screens/" (id) } { (name) } }
                                    (Some(_), Some(name)) => { (name) }
                                    _ => { span.minor { "–" } }
                                }
                            }
                            td data-label="Left" { (replacements(code)) }
                            @if let Some(viewer) = makes {
                                td data-label="Change" {
                                    @if matches!(status, Status::Valid | Status::Expired) {
                                        form method="post" action={ "/codes/" (code.id) "/cancel" } {
                                            input type="hidden" name="form" value=(viewer.form);
                                            button.quiet type="submit" aria-label={ "Cancel " (code.code) } { "Cancel code" }
                                        }
                                    } @else { span.minor { "–" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn explained(policy: &Policy) -> Markup {
    html! {
        div.card {
            h2 { "What they are for" }
            dl.facts {
                dt { "Cloud Device Auth" } dd { "For screens that are managed over the network. Comes back when the authorization is cancelled, a limited number of times." }
                dt { "Local Device Auth" } dd { "For private deployment, LAN, USB and screens that are offline. Bound to its screen: it does not come back." }
                @if policy.codes && policy.free_screens > 0 {
                    dt { "Free Authorization" } dd { "Given by itself to a new screen, for " (policy.free_days) " days, to at most " (policy.free_screens) " at the same time, once for each device. No code is chosen." }
                }
            }
        }
    }
}

fn maker(viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card {
            h2 { "Make codes" }
            form.form method="post" action="/codes" {
                input type="hidden" name="form" value=(viewer.form);
                label for="kind" { "Type" }
                select #kind name="kind" {
                    @for kind in AuthorizationKind::ALL { option value=(kind.as_str()) { (title(kind)) } }
                }
                label for="count" { "How many" }
                input #count name="count" type="number" min="1" max=(authorization_code::MAX_COUNT) value="1" required;
                label for="days" { "Days from the first use on" }
                input #days name="days" type="number" min="1" max=(authorization_code::MAX_DAYS) value="365";
                label for="until" { "Or the day on which they end, then without days" }
                input #until name="until" type="date";
                label for="replacements" { "How often a cloud code may come back" }
                input #replacements name="replacements" type="number" min="0" max=(authorization_code::MAX_REPLACEMENTS) placeholder=(REPLACEMENTS);
                button type="submit" { "Make codes" }
            }
        }
    }
}

async fn create(State(state): State<Shared>, Checked(session, input): Checked<Input>) -> Result<Response> {
    let (actor, now) = (session.may(Right::ManageScreens)?, ident::now());
    let made = match new(&input) {
        Ok(new) => authorization_code::create_own(&state.store, &actor, &new, now).await,
        Err(error) => Err(error),
    };
    answer(&state, &session, made.map(drop)).await
}

fn new(input: &Input) -> Result<New> {
    fn number<T: std::str::FromStr>(text: &str) -> Result<Option<T>> {
        let invalid = |_| Error::Invalid(format!("{text:?} is not a number that fits"));
        Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(invalid))
            .transpose()
    }
    let until = match input.until.trim() {
        "" => None,
        text => {
            let day: civil::Date = text
                .parse()
                .map_err(|_| Error::Invalid(format!("{text:?} is no date such as 2027-01-31")))?;
            let end = day.tomorrow().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC));
            Some(end.map_err(|_| Error::Invalid(format!("{text:?} is out of range")))?.timestamp())
        }
    };
    Ok(New {
        kind: authorization_code::kind(&input.kind)?,
        count: number(&input.count)?,
        days: number(&input.days)?,
        until,
        replacements: number(&input.replacements)?,
    })
}

async fn cancel(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let result = authorization_code::cancel_own(&state.store, &actor, &id, ident::now()).await;
    answer(&state, &session, result.map(drop)).await
}

/// The list again, with what was wrong.
async fn answer(state: &Shared, session: &Session, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(Redirect::to("/codes").into_response()),
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. })) => {
            let page = render(state, session, &Wanted::default(), Some(&error)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// The codes that fit a screen.
async fn choose(State(state): State<Shared>, session: Session, Path(id): Path<String>) -> Result<Markup> {
    choice(&state, &session, &id, None).await
}

async fn choice(state: &Shared, session: &Session, id: &str, message: Option<&Error>) -> Result<Markup> {
    let (account, now) = (&session.operator.account, ident::now());
    let mut connection = state.store.read().await?;
    let screen = device::find(&mut connection, account, id).await?;
    let policy = policies::get(&mut connection, account).await?;
    let old = match &screen.terms.code {
        Some(code) if screen.authorized(now) => codes::find(&mut connection, account, code).await?,
        _ => None,
    };
    drop(connection);
    let filter = Filter { status: Some(Status::Valid.as_str()), ..Filter::default() };
    let mut found = codes::page(&state.store, account, &filter, CHOICE, now).await?;
    found.retain(|code| authorization::decide(code, &screen, true, now).is_ok());
    let lost = old.as_ref().map(|old| ends(&screen, Some(old), "replace"));
    let title = if lost.is_some() { "Replace the authorization of" } else { "Authorize" };
    let viewer = session.viewer(state)?;
    let content = html! {
        p { a href={ "/screens/" (screen.id) } { (screen.name) } }
        div.head { h1 { (title) " " (screen.name) } }
        @if let Some(message) = message { p.alert role="alert" { (message) } }
        div.card {
            h2 { "Select an authorization code" }
            p { "At present: " strong { (says(&screen, now)) } }
            @if let (Some(lost), Some(old)) = (&lost, &old) { p { "It has the code " code { (old.code) } ". " (lost) } }
            @if found.is_empty() {
                @if policy.codes || screen.is_offline_only() {
                    p { (NO_CODE) " Check whether codes have expired, are used, or are of the wrong type on the page " a href="/codes?status=all" { "Device Auth" } "." }
                } @else if screen.authorized(now) {
                    p { "This screen is authorized and needs no code." }
                }
            }
            @if !policy.codes && !screen.authorized(now) && !screen.is_offline_only() {
                form method="post" action={ "/screens/" (screen.id) "/authorize" } {
                    input type="hidden" name="form" value=(viewer.form);
                    p { "This account needs no codes." }
                    button type="submit" { "Authorize without a code" }
                }
            }
        }
        @if !found.is_empty() { (choices(&found, &screen, lost.as_deref(), &viewer)) }
        @if found.iter().any(|code| code.kind == AuthorizationKind::Local) {
            p.hint { "A local code is bound to this screen and does not come back. Confirm that this is the screen you mean." }
        }
    };
    Ok(page("Authorize", Some(&viewer), content))
}

fn choices(found: &[Code], screen: &Device, lost: Option<&str>, viewer: &Viewer<'_>) -> Markup {
    let action = format!("/screens/{}/authorize", screen.id);
    html! {
        div.card.flush.apart {
            table {
                thead {
                    tr {
                        th scope="col" { "Code" }
                        th scope="col" { "Type" }
                        th scope="col" { "Authorizes" }
                        th scope="col" { "Replacements left" }
                        th scope="col" { "Choose" }
                    }
                }
                tbody {
                    @for code in found {
                        tr {
                            th scope="row" { code { (code.code) } }
                            td data-label="Type" { (title(code.kind)) }
                            td data-label="Authorizes" { (span(code)) }
                            td data-label="Left" { (replacements(code)) }
                            td data-label="Choose" {
                                @if let Some(lost) = lost {
                                    @let sure = format!("Replace by {}", code.code);
                                    (confirm_with(&action, &viewer.form, "Replace", lost, &sure, &[("code", &code.id), ("replace", "1")]))
                                } @else {
                                    form method="post" action=(action) {
                                        input type="hidden" name="form" value=(viewer.form);
                                        input type="hidden" name="code" value=(code.id);
                                        button.quiet type="submit" aria-label={ "Use " (code.code) } { "Use" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn authorize(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, chosen): Checked<Chosen>,
) -> Result<Response> {
    let (actor, now) = (session.may(Right::ManageScreens)?, ident::now());
    let replace = chosen.replace.is_some();
    session.check_code(&state, &chosen.code).await?;
    match authorization::authorize(&state.store, &actor, &id, Some(&chosen.code), replace, now).await {
        Ok(_) => Ok(Redirect::to(&format!("/screens/{id}?authorized=1")).into_response()),
        Err(
            error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. } | Error::Refused { .. }),
        ) => {
            let page = choice(&state, &session, &id, Some(&error)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn file(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(form): Query<Form>,
) -> Result<Response> {
    session.may(Right::ManageScreens)?;
    download(&state, &session.operator.account, &id, form.format.as_deref()).await
}

async fn offline(State(state): State<Shared>, session: Session) -> Result<Markup> {
    offline_form(&state, &session, &Offline::default(), None).await
}

async fn offline_form(
    state: &Shared,
    session: &Session,
    input: &Offline,
    message: Option<&Error>,
) -> Result<Markup> {
    let filter = Filter {
        kind: Some(AuthorizationKind::Local),
        status: Some(Status::Valid.as_str()),
        ..Filter::default()
    };
    let found = codes::page(&state.store, &session.operator.account, &filter, CHOICE, ident::now()).await?;
    let viewer = session.viewer(state)?;
    let content = html! {
        p { a href="/codes" { "Device Auth" } }
        div.head { h1 { "Authorize an offline screen" } }
        @if let Some(message) = message { p.alert role="alert" { (message) } }
        div.card {
            @if found.is_empty() {
                h2 { "No Local Device Auth code" }
                p { "A screen that is offline needs a code of the type Local Device Auth, and this account has none to use. Contact your service provider, administrator or project owner." }
            } @else {
                p { "For a screen without a network. Enter its device code, which the screen or its QR code shows, or its device id: it stands as deviceId in the file telemetry_result.json on a stick that was in the screen. Then carry the authorization there on a stick." }
                form.form method="post" action="/local" {
                    input type="hidden" name="form" value=(viewer.form);
                    label for="device" { "Device code" }
                    textarea #device name="device" rows="4" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="XXXXXXX-XXXXXXX" required { (input.device) }
                    label for="name" { "Name of the screen" }
                    input #name name="name" value=(input.name) maxlength=(MAX_NAME) required;
                    label for="location" { "Location (optional)" }
                    input #location name="location" value=(input.location) maxlength=(MAX_NAME);
                    label for="code" { "Local Device Auth code" }
                    select #code name="code" required {
                        @for code in &found { option value=(code.id) selected[code.id == input.code] { (code.code) ", " (span(code)) } }
                    }
                    button type="submit" { "Authorize" }
                    p.hint { "The code is bound to this screen and does not come back. Confirm that this is the screen you mean." }
                }
            }
        }
    };
    Ok(page("Authorize an offline screen", Some(&viewer), content))
}

async fn carry(State(state): State<Shared>, Checked(session, input): Checked<Offline>) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let entry = Entry {
        device: &input.device,
        name: &input.name,
        location: Some(&input.location),
        code: &input.code,
    };
    match local::authorize(&state.store, &actor, &entry, ident::now()).await {
        Ok(screen) => Ok(Redirect::to(&format!("/screens/{}?authorized=1", screen.id)).into_response()),
        Err(
            error @ (Error::Conflict(_)
            | Error::Invalid(_)
            | Error::Field { .. }
            | Error::Refused { .. }
            | Error::NotFound { .. }),
        ) => {
            let page = offline_form(&state, &session, &input, Some(&error)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// The part of a screen's page.
pub(super) fn section(screen: &Device, code: Option<&Code>, viewer: &Viewer<'_>, now: Millis) -> Markup {
    let authorized = screen.authorized(now);
    html! {
        div.card #authorization {
            h2 { "Device Authorization" }
            p { strong { (says(screen, now)) } }
            @if let Some(code) = code {
                dl.facts {
                    dt { "Code" } dd { code { (code.code) } }
                    dt { "Replacements left" } dd { (replacements(code)) }
                }
            }
            @if authorized && screen.terms.kind == AuthorizationKind::Local {
                p { "For a screen that is offline, carry the authorization there: unpack the archive into the top folder of a stick, or write the image to one." }
                p.actions {
                    a.button.quiet href={ "/screens/" (screen.id) "/authorization-file?format=zip" } { "Download for a stick (ZIP)" }
                    a.button.quiet href={ "/screens/" (screen.id) "/authorization-file?format=stick" } { "Stick image" }
                }
            }
            div.actions {
                @if !(authorized && screen.terms.expires_at.is_none()) {
                    a.button href={ "/screens/" (screen.id) "/authorize" } { @if authorized && code.is_some() { "Replace" } @else { "Authorize" } }
                }
                @if screen.granted {
                    @let question = format!("{} The screen stops within seconds, or as soon as it is online again.", ends(screen, code, "cancel"));
                    @let sure = format!("Cancel the authorization of {}", screen.name);
                    (confirm(&format!("/screens/{}/withdraw", screen.id), &viewer.form, "Cancel Authorization", question.trim(), &sure))
                }
            }
        }
    }
}

/// What becomes of an authorization that somebody ends, by what they do to it.
fn ends(screen: &Device, code: Option<&Code>, how: &str) -> String {
    match (screen.terms.kind, code) {
        (AuthorizationKind::Cloud, Some(code)) if code.replaced < code.replacements => format!(
            "When you {how} it, the code returns to the account: {} of {} replacements are left.",
            code.replacements - code.replaced,
            code.replacements
        ),
        (AuthorizationKind::Cloud, Some(_)) => {
            format!("When you {how} it, the code is gone: it has no replacements left.")
        }
        (AuthorizationKind::Local, _) => {
            format!("A local authorization is bound to its screen: when you {how} it, the code is gone.")
        }
        (AuthorizationKind::Free, _) => format!("When you {how} it, this screen gets no other free one."),
        (AuthorizationKind::Cloud, None) => String::new(),
    }
}

/// Why a screen does not play, or that all is well.
pub(super) fn why(checks: &[Check], authorized: bool) -> Markup {
    html! {
        div.card #live-why data-live {
            h2 { @if authorized { "Authorization checks" } @else { "Why is it not authorized?" } }
            dl.facts {
                @for check in checks {
                    dt {
                        span.state.(if check.good { "online" } else { "unauthorized" }) { (check.topic.title()) }
                    }
                    dd {
                        @if !check.good { strong { "Not in order: " } }
                        (check.says)
                        @if let Some(next) = &check.next { span.minor { (next) } }
                    }
                }
            }
        }
    }
}

fn title(kind: AuthorizationKind) -> &'static str {
    match kind {
        AuthorizationKind::Cloud => "Cloud Device Auth",
        AuthorizationKind::Local => "Local Device Auth",
        AuthorizationKind::Free => "Free",
    }
}

fn badge(status: Status) -> Markup {
    let class = match status {
        Status::Valid => "online",
        Status::Used => "offline",
        Status::Expired | Status::Historical => "unauthorized",
    };
    html! { span.state.(class) { (status.title()) } }
}

/// How long a code authorizes.
fn span(code: &Code) -> Markup {
    html! {
        @match (code.ends_at, code.days) {
            (Some(end), _) => { "until " (date(end - 1)) }
            (None, Some(1)) => { "1 day" }
            (None, Some(days)) => { (days) " days" }
            (None, None) => { "without an end" }
        }
    }
}

fn replacements(code: &Code) -> String {
    match code.kind {
        AuthorizationKind::Cloud => format!("{} of {}", code.replacements - code.replaced, code.replacements),
        AuthorizationKind::Local | AuthorizationKind::Free => "none".to_owned(),
    }
}
