//! Signing in and out.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::html;
use serde::Deserialize;
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::{Shared, passwords};
use super::layout::page;
use super::provider;
use super::session::{self, COOKIE, Session};
use crate::ident::{self, MINUTE, Millis};
use crate::seal::Purpose;
use crate::store::operators::{self, Operator};
use crate::store::{self, accounts};
use crate::{Error, Result, second_step};

/// How long somebody may look for the phone.
const TICKET_LIFETIME: Millis = 10 * MINUTE;
const WRONG: &str = "The e-mail address or the password is not right.";
const TOO_MANY: &str = "Too many attempts. Please wait a minute.";
const SUSPENDED: &str = "Your access is suspended. Ask an admin of your account to let you in again.";
const TOO_OLD: &str = "This page was open too long. Please try again.";

#[derive(Deserialize)]
pub(super) struct SignIn {
    email: String,
    password: Secret,
    form: String,
}

#[derive(Deserialize)]
pub(super) struct SecondStep {
    code: Secret,
    ticket: String,
    form: String,
}

#[derive(Deserialize)]
pub(super) struct SignOut {
    form: String,
}

pub(super) async fn show(State(state): State<Shared>, jar: CookieJar) -> Result<Response> {
    if session::find(&state, &jar).await?.is_some() {
        return Ok(Redirect::to("/screens").into_response());
    }
    form(&state, jar, StatusCode::OK, None, "").await
}

pub(super) async fn submit(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Form(input): Form<SignIn>,
) -> Result<Response> {
    let refuse = |status, message| form(&state, jar.clone(), status, Some(message), &input.email);
    if !session::check_guest(&state, &jar, &input.form) {
        return refuse(StatusCode::FORBIDDEN, TOO_OLD).await;
    }
    let operator = operators::by_email(&state.store, &input.email.trim().to_lowercase()).await?;
    let hash = operator.as_ref().map(|operator| operator.password_hash.clone());
    let right = match passwords::verify(&state, peer, input.password.clone(), hash).await {
        Err(Error::Refused { status: 429, .. }) => {
            return refuse(StatusCode::TOO_MANY_REQUESTS, TOO_MANY).await;
        }
        right => right?,
    };
    let Some(operator) = operator.filter(|_| right) else {
        tracing::warn!(address = peer.text(), "refused a sign-in");
        tokio::time::sleep(passwords::FAILURE_DELAY).await;
        return refuse(StatusCode::UNAUTHORIZED, WRONG).await;
    };
    if operator.suspended_at.is_some() {
        return refuse(StatusCode::FORBIDDEN, SUSPENDED).await;
    }
    proceed(&state, jar, &operator, peer, false).await
}

/// Goes on with somebody who has shown who they are: with the second step, if they have one and none was taken
/// elsewhere, or to where they wanted to go.
pub(super) async fn proceed(
    state: &Shared,
    jar: CookieJar,
    operator: &Operator,
    peer: Peer,
    second_step_taken: bool,
) -> Result<Response> {
    if operator.totp_secret.is_some() && !second_step_taken {
        let ticket = ticket(state, operator);
        return second_form(state, jar, StatusCode::OK, None, &ticket);
    }
    match session::start(state, jar.clone(), operator, peer).await? {
        Some(jar) => Ok(session::after_sign_in(jar).into_response()),
        // The password was replaced while the old one was checked, or the person was suspended.
        None => form(state, jar, StatusCode::UNAUTHORIZED, Some(WRONG), &operator.email).await,
    }
}

/// What a browser shows with the code, to say whose password was right. It ends with that password.
fn ticket(state: &Shared, operator: &Operator) -> String {
    let subject = format!("{} {}", operator.id, ident::digest(&operator.password_hash));
    state.seal.make(Purpose::SecondStep, subject.as_bytes(), ident::now() + TICKET_LIFETIME)
}

async fn holder(state: &Shared, ticket: &str) -> Result<Option<Operator>> {
    let Ok((subject, _)) = state.seal.open(Purpose::SecondStep, ticket, ident::now()) else {
        return Ok(None);
    };
    let Ok(subject) = String::from_utf8(subject) else { return Ok(None) };
    let Some((id, password)) = subject.split_once(' ') else { return Ok(None) };
    let operator = operators::by_id(&mut *state.store.read().await?, id).await?;
    Ok(operator.filter(|operator| ident::digest(&operator.password_hash) == password))
}

/// The second step: a code of the app, or a recovery code.
pub(super) async fn submit_code(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Form(input): Form<SecondStep>,
) -> Result<Response> {
    if !session::check_guest(&state, &jar, &input.form) {
        return form(&state, jar, StatusCode::FORBIDDEN, Some(TOO_OLD), "").await;
    }
    let Some(operator) = holder(&state, &input.ticket).await? else {
        return form(&state, jar, StatusCode::FORBIDDEN, Some(TOO_OLD), "").await;
    };
    let again = |status, message| second_form(&state, jar.clone(), status, Some(message), &input.ticket);
    let checked = match passwords::refuse_blocked(&state, peer) {
        Ok(()) => second_step::check(&state.store, &operator, input.code.expose(), ident::now()).await,
        Err(error) => Err(error),
    };
    match checked {
        Err(Error::Refused { status: 429, .. }) => {
            return again(StatusCode::TOO_MANY_REQUESTS, "Too many wrong codes. Please wait 15 minutes.");
        }
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(address = peer.text(), "refused a code");
            passwords::count_failure(&state, peer);
            tokio::time::sleep(passwords::FAILURE_DELAY).await;
            return again(StatusCode::UNAUTHORIZED, "The code is not right, or was used before.");
        }
        Err(error) => return Err(error),
    }
    match session::start(&state, jar.clone(), &operator, peer).await? {
        Some(jar) => Ok(session::after_sign_in(jar).into_response()),
        None => form(&state, jar, StatusCode::UNAUTHORIZED, Some(WRONG), "").await,
    }
}

fn second_form(
    state: &Shared,
    jar: CookieJar,
    status: StatusCode,
    message: Option<&str>,
    ticket: &str,
) -> Result<Response> {
    let (jar, token) = session::guest(state, jar)?;
    let content = html! {
        div.card.narrow {
            h1 { "Second step" }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action="/sign-in/code" {
                label for="code" { "Code of your authenticator app" }
                input #code name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" aria-describedby="help" required autofocus;
                input type="hidden" name="ticket" value=(ticket);
                input type="hidden" name="form" value=(token);
                button type="submit" { "Sign in" }
            }
            p.hint #help { "Is the phone gone? Type one of your recovery codes instead." }
        }
    };
    Ok((status, jar, page("Second step", None, content)).into_response())
}

pub(super) async fn sign_out(
    State(state): State<Shared>,
    session: Session,
    jar: CookieJar,
    Form(input): Form<SignOut>,
) -> Result<Response> {
    if session::check_form(&state, &session.cookie, &input.form) {
        let mut change = state.store.write().await?;
        operators::delete_session(&mut change, &ident::digest(&session.cookie)).await?;
        store::commit(change).await?;
        let jar = jar.remove(session::cookie(COOKIE, String::new()));
        return Ok(provider::sign_out(&state, jar).await);
    }
    Ok(Redirect::to("/screens").into_response())
}

async fn form(
    state: &Shared,
    jar: CookieJar,
    status: StatusCode,
    message: Option<&str>,
    email: &str,
) -> Result<Response> {
    let (jar, token) = session::guest(state, jar)?;
    let new = !accounts::exist(&mut *state.store.read().await?).await?;
    let content = html! {
        div.card.narrow {
            h1 { "Sign in" }
            @if let Some(message) = message {
                p.alert role="alert" { (message) }
            }
            @if let Some(provider) = &state.oidc {
                p { a.button.wide href=(provider::START) { (provider.settings.label) } }
                p.or { "or with a password" }
            }
            form method="post" action="/" {
                label for="email" { "E-mail address" }
                input #email type="email" name="email" value=(email) autocomplete="username" required autofocus[email.is_empty()];
                label for="password" { "Password" }
                input #password type="password" name="password" autocomplete="current-password" required autofocus[!email.is_empty()];
                input type="hidden" name="form" value=(token);
                button type="submit" { "Sign in" }
            }
            @if new {
                p.hint { "This hub has no account yet. Open the link that " code { "signage-hub serve" } " has shown at its start." }
            } @else {
                p.hint { "No account? Ask an admin for an invitation. A lost password is replaced on the hub with " code { "signage-hub account password" } "." }
            }
        }
    };
    Ok((status, jar, page("Sign in", None, content)).into_response())
}
