//! The tokens by which programs use the API.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::confirm::confirm;
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::moment::{self, day};
use super::people::roles;
use super::session::Session;
use crate::ident::{self, DAY, Millis};
use crate::rights::{Right, Role};
use crate::store::api_tokens::{self, ApiToken};
use crate::store::operators::{self, Operator};
use crate::{Error, Result, api_token};

/// What the form offers, in days; 0 is for ever.
const LIFETIMES: [(i64, &str); 4] =
    [(30, "30 days"), (90, "90 days"), (365, "1 year"), (0, "until it is revoked")];

#[derive(Debug, Deserialize)]
pub(super) struct New {
    name: String,
    role: Role,
    days: String,
    /// `service` or `personal`.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    folder: String,
}

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    show(&state, &session, html! {}).await
}

pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<New>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let now = ident::now();
    let days = LIFETIMES.iter().find(|(days, _)| days.to_string() == input.days);
    let (days, _) = days.ok_or_else(|| Error::Invalid("choose until when the token is good".into()))?;
    let expires_at = (*days > 0).then(|| now + days * DAY);
    let New { name, role, kind, folder, .. } = &input;
    let wanted = api_token::New { name, role: *role, expires_at, personal: kind == "personal", folder };
    let made = api_token::make(&state.store, &actor, &wanted, now).await;
    let (status, notice) = match made {
        Ok((token, secret)) => {
            let notice = html! {
                div.done role="status" {
                    p { "The token " strong { (token.name) } ". Copy it now: it is shown only once." }
                    pre tabindex="0" { code { (secret.expose()) } }
                    p { "A program sends it in the header " code { "Authorization: Bearer …" } " of its requests to " code { (state.public_url()) "/api/v1/" } "." }
                }
            };
            (StatusCode::CREATED, notice)
        }
        Err(Error::Invalid(message)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, html! { p.alert role="alert" { (message) } })
        }
        Err(error) => return Err(error),
    };
    Ok((status, show(&state, &session, notice).await?).into_response())
}

pub(super) async fn revoke(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageAccount)?;
    api_token::revoke(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to("/api-tokens"))
}

async fn show(state: &Shared, session: &Session, notice: Markup) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let tokens = api_tokens::list(&state.store, &session.operator.account).await?;
    let people = operators::list(&state.store, &session.operator.account).await?;
    let now = ident::now();
    let content = html! {
        div.head { h1 { "API tokens" } }
        (notice)
        @if tokens.is_empty() {
            div.card {
                h2 { "No API tokens yet" }
                p { "By an API token a program does what people do here, as far as its role goes. Make one below." }
            }
        } @else {
            (table(&tokens, &people, &viewer, now))
        }
        section.card {
            h2 { "Make a token" }
            form.line method="post" action="/api-tokens" {
                div {
                    label for="name" { "What is it for?" }
                    input #name name="name" maxlength="100" required;
                }
                div {
                    label for="role" { "Role" }
                    (roles("role", "", Role::Viewer))
                }
                div {
                    label for="days" { "Good for" }
                    select #days name="days" {
                        @for (days, name) in LIFETIMES { option value=(days) selected[days == 90] { (name) } }
                    }
                }
                div {
                    label for="kind" { "Belongs to" }
                    select #kind name="kind" {
                        option value="service" { "nobody: service account" }
                        option value="personal" { "you: ends with you" }
                    }
                }
                div {
                    label for="folder" { "Only this folder (optional)" }
                    input #folder name="folder" maxlength="500" placeholder="Berlin/Foyer";
                }
                input type="hidden" name="form" value=(viewer.form);
                button type="submit" { "Make the token" }
            }
            p.hint { "A service account goes on when the person who made it leaves. A personal token gets no further than its owner and ends with them. With a folder, a token sees and changes only what lies in it, and neither people nor the account." }
        }
    };
    Ok(page("API tokens", Some(&viewer), content))
}

fn table(tokens: &[ApiToken], people: &[Operator], viewer: &Viewer<'_>, now: Millis) -> Markup {
    html! {
        div.card.flush {
            table {
                thead { tr {
                    th scope="col" { "Name" }
                    th scope="col" { "State" }
                    th scope="col" { "Role" }
                    th scope="col" { "Belongs to" }
                    th scope="col" { "Made" }
                    th scope="col" { "Last used" }
                    th scope="col" { "Ends" }
                    th scope="col" { "Revoke" }
                } }
                tbody { @for token in tokens { (row(token, owner(token, people), viewer, now)) } }
            }
        }
    }
}

/// The address of the person whom a token belongs to.
fn owner<'a>(token: &ApiToken, people: &'a [Operator]) -> Option<&'a str> {
    let owner = token.owner.as_ref()?;
    people.iter().find(|person| person.id == *owner).map(|person| person.email.as_str())
}

fn row(token: &ApiToken, owner: Option<&str>, viewer: &Viewer<'_>, now: Millis) -> Markup {
    let (class, state) = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => ("unauthorized", "Revoked"),
        (None, Some(end)) if end <= now => ("offline", "Expired"),
        _ => ("online", "Active"),
    };
    html! {
        tr {
            th scope="row" { (token.name) }
            td data-label="State" { span.state.(class) { (state) } }
            td data-label="Role" {
                (token.role.title())
                @if let Some(folder) = &token.folder { span.minor { "only " (folder) } }
            }
            td data-label="Belongs to" {
                @match owner { Some(email) => (email), None => { @if token.owner.is_some() { "somebody who left" } @else { "service account" } } }
            }
            td data-label="Made" { (day(token.created_at)) }
            td data-label="Last used" { @match token.last_used { Some(at) => (moment::ago(at, now)), None => "never" } }
            td data-label="Ends" { @match token.expires_at { Some(at) => (day(at)), None => "never" } }
            td data-label="Revoke" {
                @if class == "online" {
                    (confirm(
                        &format!("/api-tokens/{}/revoke", token.id),
                        &viewer.form,
                        "Revoke",
                        "Programs that use it are refused at once.",
                        &format!("Revoke {}", token.name),
                    ))
                }
            }
        }
    }
}
