//! The people of the account, and who is invited.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::confirm::confirm;
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::moment::day;
use super::session::Session;
use crate::ident;
use crate::rights::{Right, Role};
use crate::store::invitations::{self, Invitation};
use crate::store::operators::{self, Operator};
use crate::{Error, Result, people, second_step, store};

#[derive(Debug, Deserialize)]
pub(super) struct Invite {
    email: String,
    role: Role,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewRole {
    role: Role,
}

/// What the page says above its lists.
enum Notice {
    None,
    /// A link that is shown once.
    Link {
        email: String,
        link: String,
    },
    Refused(String),
}

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    show(&state, &session, Notice::None).await
}

pub(super) async fn invite(
    State(state): State<Shared>,
    Checked(session, input): Checked<Invite>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match people::invite(&state.store, &actor, &input.email, input.role, ident::now()).await {
        Ok((invitation, code)) => {
            let link = format!("{}{}", state.public_url(), people::join_path(&code));
            let notice = Notice::Link { email: invitation.email, link };
            Ok(show(&state, &session, notice).await?.into_response())
        }
        Err(error) => refused(&state, &session, error).await,
    }
}

pub(super) async fn set_role(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<NewRole>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match people::set_role(&state.store, &actor, &id, input.role, ident::now()).await {
        // Somebody who is no longer admin may not see this page.
        Ok(person) if person.id == session.operator.id => Ok(Redirect::to("/screens").into_response()),
        Ok(_) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(&state, &session, error).await,
    }
}

pub(super) async fn remove(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match people::remove(&state.store, &actor, &id, ident::now()).await {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(&state, &session, error).await,
    }
}

pub(super) async fn unlink(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match people::unlink(&state.store, &actor, &id, ident::now()).await {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(&state, &session, error).await,
    }
}

pub(super) async fn suspend(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    set_suspended(&state, &session, &id, true).await
}

pub(super) async fn unsuspend(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    set_suspended(&state, &session, &id, false).await
}

async fn set_suspended(state: &Shared, session: &Session, id: &str, suspended: bool) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match people::suspend(&state.store, &actor, id, suspended, ident::now()).await {
        Ok(_) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(state, session, error).await,
    }
}

pub(super) async fn reset_totp(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    match second_step::switch_off(&state.store, &actor, &id, ident::now()).await {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(&state, &session, error).await,
    }
}

pub(super) async fn withdraw(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageAccount)?;
    people::withdraw(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to("/people"))
}

/// The page again, with what was wrong; other errors stay what they are.
async fn refused(state: &Shared, session: &Session, error: Error) -> Result<Response> {
    let (status, message) = match error {
        Error::Conflict(message) => (StatusCode::CONFLICT, message),
        Error::Invalid(message) => (StatusCode::UNPROCESSABLE_ENTITY, message),
        error => return Err(error),
    };
    Ok((status, show(state, session, Notice::Refused(message)).await?).into_response())
}

async fn show(state: &Shared, session: &Session, notice: Notice) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let account = &session.operator.account;
    let people = operators::list(&state.store, account).await?;
    let invited = invitations::list(&state.store, account, ident::now()).await?;
    let mut connection = state.store.read().await?;
    let mut groups = Vec::with_capacity(people.len());
    for person in &people {
        let names = store::groups::names_of(&mut connection, &person.id).await?;
        let issuers = store::identities::issuers_of(&mut connection, &person.id).await?;
        groups.push(Belongs { groups: names, issuers });
    }
    drop(connection);
    let content = html! {
        div.head { h1 { "People" } }
        @match &notice {
            Notice::None => {}
            Notice::Link { email, link } => {
                div.done role="status" {
                    p { "Send this link to " strong { (email) } ". It is shown only now, works once, and ends in " (people::INVITATION_DAYS) " days." }
                    pre tabindex="0" { code { (link) } }
                }
            }
            Notice::Refused(message) => { p.alert role="alert" { (message) } }
        }
        div.card.flush {
            table {
                thead { tr {
                    th scope="col" { "E-mail address" }
                    th scope="col" { "Role" }
                    th scope="col" { "Groups" }
                    th scope="col" { "Second step" }
                    th scope="col" { "Since" }
                    th scope="col" { "Suspend or remove" }
                } }
                tbody { @for (person, belongs) in people.iter().zip(&groups) { (row(person, belongs, session, &viewer)?) } }
            }
        }
        @if people.len() == 1 && invited.is_empty() {
            p.hint { "You are alone in this account. Invite somebody below, so that it has another admin when you are away." }
        }
        section.card {
            h2 { "Invite somebody" }
            form.line method="post" action="/people/invite" {
                div {
                    label for="email" { "E-mail address" }
                    input #email type="email" name="email" required;
                }
                div {
                    label for="role" { "Role" }
                    (roles("role", "", Role::Viewer))
                }
                input type="hidden" name="form" value=(viewer.form);
                button type="submit" { "Make a link" }
            }
            p.hint { "What somebody may do in which folders is said by " a href="/groups" { "groups" } "." }
            p.hint { "A viewer looks. A content manager also changes what is played. An admin also changes screens, tokens and people." }
        }
        @if !invited.is_empty() { (invitation_table(&invited, &viewer)) }
    };
    Ok(page("People", Some(&viewer), content))
}

/// Where somebody belongs.
struct Belongs {
    groups: Vec<String>,
    issuers: Vec<String>,
}

fn row(person: &Operator, belongs: &Belongs, session: &Session, viewer: &Viewer<'_>) -> Result<Markup> {
    let role = person.role()?;
    let own = person.id == session.operator.id;
    Ok(html! {
        tr {
            th scope="row" {
                (person.email)
                @if own { span.minor { "This is you" } }
                @if person.suspended_at.is_some() { span.minor { span.state.unauthorized { "Suspended" } } }
            }
            td data-label="Role" {
                form.inline method="post" action={ "/people/" (person.id) "/role" } {
                    (roles("", &format!("Role of {}", person.email), role))
                    input type="hidden" name="form" value=(viewer.form);
                    button.quiet type="submit" { "Change" }
                }
            }
            td data-label="Groups" {
                @if belongs.groups.is_empty() { span.minor { "none" } } @else {
                    span.tags { @for name in &belongs.groups { span.tag { (name) } } }
                }
            }
            td data-label="Second step" {
                @for issuer in &belongs.issuers { span.minor { "Signs in through " (issuer) } }
                @if person.totp_secret.is_none() {
                    "Off"
                } @else if own {
                    "On"
                } @else {
                    "On"
                    (confirm(
                        &format!("/people/{}/reset-totp", person.id),
                        &viewer.form,
                        "Switch off",
                        "When phone and recovery codes are gone: from then on the password alone lets them in.",
                        &format!("Switch it off for {}", person.email),
                    ))
                }
            }
            td data-label="Since" { (day(person.created_at)) }
            td data-label="Suspend or remove" {
                @if person.suspended_at.is_some() {
                    form method="post" action={ "/people/" (person.id) "/unsuspend" } {
                        input type="hidden" name="form" value=(viewer.form);
                        button.quiet type="submit" aria-label={ "Let " (person.email) " in again" } { "Let in again" }
                    }
                } @else if !own {
                    (confirm(
                        &format!("/people/{}/suspend", person.id),
                        &viewer.form,
                        "Suspend",
                        "Ends every session at once and keeps this person out until you let them in again. Their personal API tokens rest.",
                        &format!("Suspend {}", person.email),
                    ))
                }
                @if !belongs.issuers.is_empty() {
                    (confirm(
                        &format!("/people/{}/unlink", person.id),
                        &viewer.form,
                        "Unlink",
                        "Forgets the login elsewhere by which this person signs in, and ends the sessions. Another login with this address may take its place.",
                        &format!("Unlink {}", person.email),
                    ))
                }
                (confirm(
                    &format!("/people/{}/remove", person.id),
                    &viewer.form,
                    "Remove",
                    "Ends every session and the personal API tokens at once. Service accounts that this person made go on.",
                    &format!("Remove {}", person.email),
                ))
            }
        }
    })
}

fn invitation_table(invited: &[Invitation], viewer: &Viewer<'_>) -> Markup {
    html! {
        h2.apart { "Invited" }
        div.card.flush {
            table {
                thead { tr {
                    th scope="col" { "E-mail address" }
                    th scope="col" { "Role" }
                    th scope="col" { "Link ends" }
                    th scope="col" { "Withdraw" }
                } }
                tbody {
                    @for one in invited {
                        tr {
                            th scope="row" { (one.email) }
                            td data-label="Role" { @match one.role() { Ok(role) => (role.title()), Err(_) => (one.role) } }
                            td data-label="Link ends" { (day(one.expires_at)) }
                            td data-label="Withdraw" {
                                form method="post" action={ "/people/invitations/" (one.id) "/withdraw" } {
                                    input type="hidden" name="form" value=(viewer.form);
                                    button.quiet type="submit" aria-label={ "Withdraw the invitation of " (one.email) } { "Withdraw" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A choice of roles; named by a label elsewhere, or by itself.
pub(super) fn roles(id: &str, name: &str, chosen: Role) -> Markup {
    html! {
        select id=[(!id.is_empty()).then_some(id)] name="role" aria-label=[(!name.is_empty()).then_some(name)] {
            @for role in Role::ALL {
                option value=(role.as_str()) selected[role == chosen] { (role.title()) }
            }
        }
    }
}
