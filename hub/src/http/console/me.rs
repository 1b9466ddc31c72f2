//! One's own password and second step of signing in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::{Shared, passwords};
use super::form::{Checked, Nothing};
use super::layout::page;
use super::session::Session;
use super::{qr, welcome};
use crate::ident::{self, MINUTE, Millis};
use crate::people::find;
use crate::rights::Right;
use crate::seal::Purpose;
use crate::second_step::{self, Proposal};
use crate::{Error, Result, people, store};

/// How long somebody may take to set the app up.
const PROPOSAL_LIFETIME: Millis = 30 * MINUTE;
const WRONG: &str = "The present password is not right.";

#[derive(Debug, Deserialize)]
pub(super) struct NewPassword {
    current: Secret,
    password: Secret,
}

#[derive(Debug, Deserialize)]
pub(super) struct Confirm {
    proposal: String,
    code: Secret,
}

#[derive(Debug, Deserialize)]
pub(super) struct Off {
    current: Secret,
}

pub(super) async fn show(State(state): State<Shared>, session: Session) -> Result<Markup> {
    view(&state, &session, html! {}).await
}

pub(super) async fn set_password(
    State(state): State<Shared>,
    peer: Peer,
    Checked(session, input): Checked<NewPassword>,
) -> Result<Response> {
    session.may(Right::View)?;
    let done = change_password(&state, peer, &session, input).await;
    answer(&state, &session, done, "Your password is changed. You were signed out everywhere else.").await
}

async fn change_password(state: &Shared, peer: Peer, session: &Session, input: NewPassword) -> Result<()> {
    check_password(state, peer, session, input.current).await?;
    let hash = passwords::hash(state, input.password).await?;
    let here = ident::digest(&session.cookie);
    people::change_password(&state.store, &session.operator, &hash, &here, ident::now()).await
}

/// Who found an open browser does not have the password.
async fn check_password(state: &Shared, peer: Peer, session: &Session, password: Secret) -> Result<()> {
    let hash = Some(session.operator.password_hash.clone());
    if passwords::verify(state, peer, password, hash).await? {
        return Ok(());
    }
    tokio::time::sleep(passwords::FAILURE_DELAY).await;
    Err(Error::Invalid(WRONG.into()))
}

/// Proposes a secret; nothing is changed yet.
pub(super) async fn propose(
    State(state): State<Shared>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    session.may(Right::View)?;
    let proposal = Proposal::new()?;
    let subject = format!("{} {}", session.operator.id, proposal.to_hex());
    let sealed = state.seal.make(Purpose::Totp, subject.as_bytes(), ident::now() + PROPOSAL_LIFETIME);
    proposal_page(&state, &session, StatusCode::OK, None, &proposal, &sealed)
}

/// Switches the second step on with a first code.
pub(super) async fn confirm(
    State(state): State<Shared>,
    Checked(session, input): Checked<Confirm>,
) -> Result<Response> {
    let actor = session.may(Right::View)?;
    let proposal = proposal(&state, &session, &input.proposal)?;
    match second_step::switch_on(&state.store, &actor, &proposal, input.code.expose(), ident::now()).await {
        Ok(codes) => {
            let notice = html! {
                div.done role="status" {
                    h2 { "The second step is on" }
                    p { "Keep these recovery codes where your phone is not. Each lets you in once; they are shown only now." }
                    ul.codes { @for code in &codes { li { code { (code.expose()) } } } }
                }
            };
            Ok(view(&state, &session, notice).await?.into_response())
        }
        Err(Error::Invalid(message)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            proposal_page(&state, &session, status, Some(&message), &proposal, &input.proposal)
        }
        Err(error) => Err(error),
    }
}

/// The proposal that was made to this person.
fn proposal(state: &Shared, session: &Session, sealed: &str) -> Result<Proposal> {
    let opened = state.seal.open(Purpose::Totp, sealed, ident::now()).ok();
    let subject = opened.and_then(|(subject, _)| String::from_utf8(subject).ok()).unwrap_or_default();
    match subject.split_once(' ') {
        Some((id, hex)) if id == session.operator.id => Proposal::from_hex(hex),
        _ => Err(Error::Conflict("the page was open too long; begin again".into())),
    }
}

pub(super) async fn switch_off(
    State(state): State<Shared>,
    peer: Peer,
    Checked(session, input): Checked<Off>,
) -> Result<Response> {
    let actor = session.may(Right::View)?;
    let done = match check_password(&state, peer, &session, input.current).await {
        Ok(()) => second_step::switch_off(&state.store, &actor, actor.id, ident::now()).await,
        Err(error) => Err(error),
    };
    answer(&state, &session, done, "The second step is off.").await
}

/// The page again, with what became of a change.
async fn answer(state: &Shared, session: &Session, done: Result<()>, message: &str) -> Result<Response> {
    let (status, notice) = match done {
        Ok(()) => (StatusCode::OK, html! { p.done role="status" { (message) } }),
        Err(Error::Invalid(message)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, html! { p.alert role="alert" { (message) } })
        }
        Err(Error::Conflict(message)) => (StatusCode::CONFLICT, html! { p.alert role="alert" { (message) } }),
        Err(error) => return Err(error),
    };
    Ok((status, view(state, session, notice).await?).into_response())
}

async fn view(state: &Shared, session: &Session, notice: Markup) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let mut connection = state.store.read().await?;
    // Not as the session was read, but as a change has left it.
    let person = find(&mut connection, &session.operator.account, &session.operator.id).await?;
    let left = store::second_step::recovery_left(&mut connection, &person.id).await?;
    let content = html! {
        div.head { h1 { "You" } p.summary { (person.email) ", " (viewer.role.title()) } }
        (notice)
        section.card.part {
            h2 { "Password" }
            @if person.password_hash.is_empty() {
                p { "You sign in through your organisation. You have no password here." }
            } @else {
            form method="post" action="/me/password" {
                (own_address(&person.email))
                label for="current" { "Present password" }
                input #current type="password" name="current" autocomplete="current-password" required;
                (welcome::new_password())
                input type="hidden" name="form" value=(viewer.form);
                button type="submit" { "Change password" }
            }
            }
        }
        section.card.part {
            h2 { "Second step of signing in" }
            @if person.totp_secret.is_some() {
                p { "On: after the password, the code of your authenticator app is asked for. " (left) " of " (second_step::RECOVERY_CODES) " recovery codes are left." }
                @if person.password_hash.is_empty() {
                    p.hint { "Another admin can switch it off on the page People." }
                } @else {
                form method="post" action="/me/totp/off" {
                    (own_address(&person.email))
                    label for="off" { "Present password" }
                    input #off type="password" name="current" autocomplete="current-password" required;
                    input type="hidden" name="form" value=(viewer.form);
                    button.danger type="submit" { "Switch off" }
                }
                }
                p.hint { "For a new phone or new recovery codes, switch it off and on again." }
            } @else {
                p { "Off. With it, a stolen password alone lets nobody in: a code of an app on your phone is asked for as well." }
                form method="post" action="/me/totp" {
                    input type="hidden" name="form" value=(viewer.form);
                    button type="submit" { "Set up" }
                }
            }
        }
    };
    Ok(page("You", Some(&viewer), content))
}

/// For the password manager, which otherwise does not know whose password it is.
fn own_address(email: &str) -> Markup {
    html! { input type="email" value=(email) autocomplete="username" readonly hidden; }
}

fn proposal_page(
    state: &Shared,
    session: &Session,
    status: StatusCode,
    message: Option<&str>,
    proposal: &Proposal,
    sealed: &str,
) -> Result<Response> {
    let viewer = session.viewer(state)?;
    let address = proposal.address(&session.operator.email);
    let content = html! {
        div.head { h1 { "Set up the second step" } }
        section.card.part {
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            ol.steps {
                li { p { "Scan this with an authenticator app:" } (qr::draw(&address, "QR code with the secret for your app")) }
                li { p { "Or type the secret into it: " code.secret { (proposal.spelled()) } } }
                li {
                    form method="post" action="/me/totp/confirm" {
                        label for="code" { "Type the code that the app shows now" }
                        input #code name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus;
                        input type="hidden" name="proposal" value=(sealed);
                        input type="hidden" name="form" value=(viewer.form);
                        button type="submit" { "Switch on" }
                    }
                }
            }
            p.hint { "Nothing is changed before the code is right. " a href="/me" { "Leave it off" } }
        }
    };
    Ok((status, page("Set up the second step", Some(&viewer), content)).into_response())
}
