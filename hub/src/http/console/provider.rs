//! Signing in through the OpenID provider of the operator's choice: there and back.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::html;
use signage_protocol::problem::Code;

use super::super::peer::Peer;
use super::super::{Shared, passwords};
use super::layout::page;
use super::{session, sign_in};
use crate::ident::{self, MINUTE, Millis};
use crate::oidc::provider::{Answer, Provider, Ticket};
use crate::oidc::{Refusal, admit};
use crate::seal::{Purpose, Seal};
use crate::store::{self, accounts, audit, devices};
use crate::{Error, Result};

/// Where the button leads.
pub const START: &str = "/sign-in/oidc";
/// Where the provider sends the browser back to.
const BACK: &str = "/sign-in/oidc/callback";
/// Ties the answer to the browser: the state, sealed.
const COOKIE: &str = "__Host-signage-oidc";
/// Says that somebody has signed in through the provider. It only decides where signing out leads.
pub(super) const THERE: &str = "__Host-signage-provider";
/// How long somebody may be away.
const LIFETIME: Millis = 15 * MINUTE;
/// What the audit log calls who has sent somebody that is not let in.
const ACTOR: &str = "provider";

/// State, nonce and PKCE verifier: two of them are made of the first and the hub's secret, so that nothing is kept.
fn ticket(seal: &Seal, state: String) -> Ticket {
    let nonce = seal.derive_text(Purpose::OidcNonce, state.as_bytes());
    let verifier = seal.derive_text(Purpose::OidcVerifier, state.as_bytes());
    Ticket { state, nonce, verifier }
}

fn redirect(state: &Shared) -> String {
    format!("{}{BACK}", state.public_url())
}

fn provider(state: &Shared) -> Result<&Provider> {
    let missing = || Error::refused(404, Code::HubError, "this hub has no sign-in through a provider");
    state.oidc.as_ref().ok_or_else(missing)
}

/// Sends a browser to the provider.
pub(super) async fn start(State(state): State<Shared>, peer: Peer, jar: CookieJar) -> Result<Response> {
    let provider = provider(&state)?;
    passwords::refuse_blocked(&state, peer)?;
    let fresh = hex::encode(ident::random::<16>()?);
    let ticket = ticket(&state.seal, fresh);
    match provider.address(&ticket, &redirect(&state)).await {
        Ok(address) => {
            let sealed =
                state.seal.make(Purpose::OidcState, ticket.state.as_bytes(), ident::now() + LIFETIME);
            Ok((jar.add(session::cookie(COOKIE, sealed)), Redirect::to(&address)).into_response())
        }
        Err(refusal) => refused(&state, peer, jar, &refusal, "").await,
    }
}

/// Takes a browser back, and lets the person in.
pub(super) async fn back(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Query(answer): Query<Answer>,
) -> Result<Response> {
    let provider = provider(&state)?;
    passwords::refuse_blocked(&state, peer)?;
    let began = began(&state, &jar, &answer.state).await?;
    // Whatever becomes of it, this sign-in is over.
    let jar = jar.remove(session::cookie(COOKIE, String::new()));
    if !began {
        return refused(&state, peer, jar, &Refusal::Stale, "").await;
    }
    let ticket = ticket(&state.seal, answer.state.clone());
    let identity = match provider.identity(&ticket, answer, &redirect(&state)).await {
        Ok(identity) => identity,
        Err(refusal) => return refused(&state, peer, jar, &refusal, "").await,
    };
    let settings = &provider.settings;
    let account = accounts::find(&state.store, &settings.account).await?;
    let admitted = admit::admit(&state.store, settings, &account.id, &identity, ident::now()).await?;
    match admitted {
        Ok(person) => {
            let jar = jar.add(session::cookie(THERE, "1".into()));
            sign_in::proceed(&state, jar, &person, peer, settings.provider_has_second_step).await
        }
        Err(refusal) => {
            let subject = identity.email.as_deref().unwrap_or(&identity.subject);
            refused(&state, peer, jar, &refusal, subject).await
        }
    }
}

/// What somebody sees who has signed out here and came through the provider: on to its own end of the session. A form
/// may lead nowhere else, so the page does.
pub(super) async fn sign_out(state: &Shared, jar: CookieJar) -> Response {
    let there = jar.get(THERE).is_some();
    let jar = jar.remove(session::cookie(THERE, String::new()));
    let end = match state.oidc.as_ref().filter(|_| there) {
        Some(provider) => provider.end(&format!("{}/", state.public_url())).await,
        None => None,
    };
    let Some(end) = end else { return (jar, Redirect::to("/")).into_response() };
    let content = html! {
        div.card.narrow {
            h1 { "Signed out" }
            p { "You are signed out here. The next page signs you out of the provider as well." }
            p { a.button href=(end) { "Sign out of the provider" } }
        }
    };
    (jar, [(header::REFRESH, format!("0; url={end}"))], page("Signed out", None, content)).into_response()
}

/// Whether a state is the one that this browser was sent away with, and has not come back before.
async fn began(state: &Shared, jar: &CookieJar, given: &str) -> Result<bool> {
    let sealed = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let Ok((mine, ends)) = state.seal.open(Purpose::OidcState, &sealed, ident::now()) else {
        return Ok(false);
    };
    Ok(mine == given.as_bytes() && devices::use_nonce(&state.store, given, ends).await?)
}

/// Says why somebody is not let in, here and in the audit log.
async fn refused(
    state: &Shared,
    peer: Peer,
    jar: CookieJar,
    refusal: &Refusal,
    subject: &str,
) -> Result<Response> {
    let (code, detail) = (refusal.code(), refusal.detail());
    tracing::warn!(address = peer.text(), code, detail, "refused a sign-in through the provider");
    passwords::count_failure(state, peer);
    // An answer that belongs to nothing is not worth an entry: anybody can make one up.
    if *refusal != Refusal::Stale
        && let Some(provider) = &state.oidc
        && let Ok(account) = accounts::find(&state.store, &provider.settings.account).await
    {
        let mut change = state.store.write().await?;
        let subject: String = subject.chars().take(254).collect();
        let address = peer.text();
        let entry = audit::Entry {
            account: Some(&account.id),
            actor: ACTOR,
            action: "sign-in",
            subject: &subject,
            refused: Some(code),
            address: address.as_deref(),
            detail: Some(detail),
        };
        audit::record(&mut change, &entry, ident::now()).await?;
        store::commit(change).await?;
    }
    let content = html! {
        div.card.narrow {
            h1 { "Not signed in" }
            p.alert role="alert" { (refusal.message()) }
            p { a.button href=(START) { "Try again" } }
            p { a href="/" { "Sign in with a password" } }
            p.hint { "For the one who runs this hub: " code { (code) } }
        }
    };
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::FORBIDDEN);
    Ok((status, jar, page("Not signed in", None, content)).into_response())
}
