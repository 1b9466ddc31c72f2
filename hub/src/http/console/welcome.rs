//! The pages that one-time links open: the first account of a hub, and joining an account.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::Secret;

use super::super::peer::Peer;
use super::super::{Shared, passwords};
use super::layout::page;
use super::session;
use crate::store::accounts;
use crate::{Error, Result, ident, password, people, setup};

const TOO_OLD: &str = "This page was open too long. Please try again.";

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
pub(super) struct Setup {
    code: String,
    name: String,
    email: String,
    password: Secret,
    form: String,
}

#[derive(Deserialize)]
pub(super) struct Join {
    code: String,
    password: Secret,
    form: String,
}

pub(super) async fn show_setup(
    State(state): State<Shared>,
    jar: CookieJar,
    Query(link): Query<Link>,
) -> Result<Response> {
    if !setup::is_open(&state.store, &link.code).await? {
        return Ok(over("Start the hub again to get another link; a hub that has an account needs none."));
    }
    setup_form(&state, jar, StatusCode::OK, None, &link.code, ("", ""))
}

pub(super) async fn set_up(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Form(input): Form<Setup>,
) -> Result<Response> {
    let again = |status, message: &str| {
        setup_form(&state, jar.clone(), status, Some(message), &input.code, (&input.name, &input.email))
    };
    // Before any work is done for somebody without the code.
    if !setup::is_open(&state.store, &input.code).await? {
        return Ok(over("Start the hub again to get another link; a hub that has an account needs none."));
    }
    if !session::check_guest(&state, &jar, &input.form) {
        return again(StatusCode::FORBIDDEN, TOO_OLD);
    }
    let made = async {
        let hash = passwords::hash(&state, input.password.clone()).await?;
        setup::finish(&state.store, &input.code, &input.name, &input.email, hash, ident::now()).await
    };
    let operator = match made.await {
        Err(Error::Invalid(message)) => return again(StatusCode::UNPROCESSABLE_ENTITY, &message),
        made => made?.1,
    };
    tracing::info!(operator = operator.id, "the first account was made");
    let jar = session::start(&state, jar, &operator, peer).await?;
    Ok((jar, Redirect::to("/screens")).into_response())
}

pub(super) async fn show_join(
    State(state): State<Shared>,
    jar: CookieJar,
    Query(link): Query<Link>,
) -> Result<Response> {
    join_form(&state, jar, StatusCode::OK, None, &link.code).await
}

pub(super) async fn join(
    State(state): State<Shared>,
    peer: Peer,
    jar: CookieJar,
    Form(input): Form<Join>,
) -> Result<Response> {
    let again = |status, message| join_form(&state, jar.clone(), status, Some(message), &input.code);
    if !session::check_guest(&state, &jar, &input.form) {
        return again(StatusCode::FORBIDDEN, TOO_OLD.to_owned()).await;
    }
    // Before any work is done for somebody without the code.
    if people::invitation(&state.store, &input.code, ident::now()).await?.is_none() {
        return Ok(over("Ask the person who has invited you for another link."));
    }
    let joined = async {
        let hash = passwords::hash(&state, input.password.clone()).await?;
        people::join(&state.store, &input.code, hash, ident::now()).await
    };
    let operator = match joined.await {
        Err(Error::Invalid(message)) => return again(StatusCode::UNPROCESSABLE_ENTITY, message).await,
        joined => joined?,
    };
    let jar = session::start(&state, jar, &operator, peer).await?;
    Ok((jar, Redirect::to("/screens")).into_response())
}

/// A link that opens nothing.
fn over(hint: &str) -> Response {
    let content = html! {
        div.card.narrow {
            h1 { "This link has ended" }
            p { "It was used, withdrawn or replaced, or its time is over." }
            p { (hint) }
            p { a href="/" { "Sign in" } }
        }
    };
    (StatusCode::NOT_FOUND, page("This link has ended", None, content)).into_response()
}

fn setup_form(
    state: &Shared,
    jar: CookieJar,
    status: StatusCode,
    message: Option<&str>,
    code: &str,
    (name, email): (&str, &str),
) -> Result<Response> {
    let (jar, token) = session::guest(state, jar)?;
    let content = html! {
        div.card.narrow {
            h1 { "Welcome" }
            p { "This hub is new. Make its first account, and yourself its admin." }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action="/setup" {
                label for="name" { "Name of the account, such as your company" }
                input #name name="name" value=(name) autocomplete="organization" maxlength="100" required autofocus;
                label for="email" { "Your e-mail address" }
                input #email type="email" name="email" value=(email) autocomplete="username" required;
                (new_password())
                input type="hidden" name="code" value=(code);
                input type="hidden" name="form" value=(token);
                button type="submit" { "Make the account" }
            }
        }
    };
    Ok((status, jar, page("Welcome", None, content)).into_response())
}

async fn join_form(
    state: &Shared,
    jar: CookieJar,
    status: StatusCode,
    message: Option<String>,
    code: &str,
) -> Result<Response> {
    let Some(invitation) = people::invitation(&state.store, code, ident::now()).await? else {
        return Ok(over("Ask the person who has invited you for another link."));
    };
    let account = accounts::by_id(&mut *state.store.read().await?, &invitation.account).await?;
    let (jar, token) = session::guest(state, jar)?;
    let content = html! {
        div.card.narrow {
            h1 { "Join " (account.name) }
            p { "You are invited as " (invitation.role()?.title()) ". Choose a password, and you are in." }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action="/join" {
                label for="email" { "E-mail address by which you sign in" }
                input #email type="email" value=(invitation.email) autocomplete="username" readonly;
                (new_password())
                input type="hidden" name="code" value=(code);
                input type="hidden" name="form" value=(token);
                button type="submit" { "Join" }
            }
        }
    };
    Ok((status, jar, page("Join", None, content)).into_response())
}

/// The field in which somebody chooses a password.
pub(super) fn new_password() -> Markup {
    html! {
        label for="password" { "New password" }
        input #password type="password" name="password" autocomplete="new-password" minlength=(password::MIN_CHARS) aria-describedby="password-help" required;
        p.hint.close #password-help { "At least " (password::MIN_CHARS) " characters. A few words that nobody would guess are best." }
    }
}
