//! Signing in and out.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use maud::html;
use serde::Deserialize;
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::{Shared, lock};
use super::layout::page;
use super::session::{self, COOKIE, GUEST_COOKIE, Session};
use crate::store::{self, audit, operators};
use crate::{Error, Result, ident, password};

/// A wrong password is answered no sooner than this after the check.
const FAILURE_DELAY: std::time::Duration = std::time::Duration::from_millis(500);
/// Longer passwords are not looked at.
const MAX_PASSWORD: usize = 1024;
const WRONG: &str = "The e-mail address or the password is not right.";
const TOO_MANY: &str = "Too many attempts. Please wait a minute.";

#[derive(Deserialize)]
pub(super) struct SignIn {
    email: String,
    password: Secret,
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
    form(&state, jar, StatusCode::OK, None, "")
}

pub(super) async fn submit(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Form(input): Form<SignIn>,
) -> Result<Response> {
    let refuse = |status, message| form(&state, jar.clone(), status, Some(message), &input.email);
    let guest = jar.get(GUEST_COOKIE).map(Cookie::value).unwrap_or_default();
    if !session::check_form(&state, guest, &input.form) {
        return refuse(StatusCode::FORBIDDEN, "This page was open too long. Please try again.");
    }
    if blocked(&state, peer) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, TOO_MANY);
    }
    let operator = operators::by_email(&state.store, &input.email.trim().to_lowercase()).await?;
    let hash = operator.as_ref().map(|operator| operator.password_hash.clone());
    let (password, address) = (input.password.clone(), peer.text());
    let turn = state.password_checks.clone().acquire_owned().await.map_err(|_| Error::Password)?;
    // Those who waited for the same turn may have used the attempts up.
    if blocked(&state, peer) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, TOO_MANY);
    }
    let counting = state.clone();
    // The turn ends with the check, after the count, also when the client has hung up meanwhile.
    let check = move || {
        let _turn = turn;
        let right = password.expose().len() <= MAX_PASSWORD && password::verify(&password, hash.as_deref());
        if !right && let Some(address) = peer.0 {
            lock(&counting.sign_in_failures).count(address, ident::now());
        }
        right
    };
    let right = tokio::task::spawn_blocking(check).await.map_err(|_| Error::Password)?;
    let now = ident::now();
    let Some(operator) = operator.filter(|_| right) else {
        tracing::warn!(address, "refused a sign-in");
        tokio::time::sleep(FAILURE_DELAY).await;
        return refuse(StatusCode::UNAUTHORIZED, WRONG);
    };
    let cookie = hex::encode(ident::random::<32>()?);
    let mut change = state.store.write().await?;
    let (digest, ends) = (session::digest(&cookie), now + session::LIFETIME);
    if !operators::insert_session(&mut change, &digest, &operator, now, ends).await? {
        // The password was replaced while the old one was checked.
        return refuse(StatusCode::UNAUTHORIZED, WRONG);
    }
    let entry = audit::Entry {
        account: Some(&operator.account),
        actor: &operator.id,
        action: "sign-in",
        subject: &operator.id,
        address: address.as_deref(),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    let jar = jar.remove(session::cookie(GUEST_COOKIE, String::new())).add(session::cookie(COOKIE, cookie));
    Ok(session::after_sign_in(jar).into_response())
}

fn blocked(state: &Shared, peer: Peer) -> bool {
    peer.0.is_some_and(|address| lock(&state.sign_in_failures).blocked(address, ident::now()).is_some())
}

pub(super) async fn sign_out(
    State(state): State<Shared>,
    session: Session,
    jar: CookieJar,
    Form(input): Form<SignOut>,
) -> Result<Response> {
    if session::check_form(&state, &session.cookie, &input.form) {
        let mut change = state.store.write().await?;
        operators::delete_session(&mut change, &session::digest(&session.cookie)).await?;
        store::commit(change).await?;
        let jar = jar.remove(session::cookie(COOKIE, String::new()));
        return Ok((jar, Redirect::to("/")).into_response());
    }
    Ok(Redirect::to("/screens").into_response())
}

fn form(
    state: &Shared,
    jar: CookieJar,
    status: StatusCode,
    message: Option<&str>,
    email: &str,
) -> Result<Response> {
    let guest = hex::encode(ident::random::<16>()?);
    let token = session::form_token(state, &guest);
    let content = html! {
        div.card.narrow {
            h1 { "Sign in" }
            @if let Some(message) = message {
                p.alert role="alert" { (message) }
            }
            form method="post" action="/" {
                label for="email" { "E-mail address" }
                input #email type="email" name="email" value=(email) autocomplete="username" required autofocus[email.is_empty()];
                label for="password" { "Password" }
                input #password type="password" name="password" autocomplete="current-password" required autofocus[!email.is_empty()];
                input type="hidden" name="form" value=(token);
                button type="submit" { "Sign in" }
            }
            p.hint { "Accounts are made on the hub with " code { "signage-hub account create" } "." }
        }
    };
    let jar = jar.add(session::cookie(GUEST_COOKIE, guest));
    Ok((status, jar, page("Sign in", None, content)).into_response())
}
