//! From drafts to screens: what is to be published, who has to approve it, and the revisions so far.

use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};

use super::super::super::Shared;
use super::super::form::Checked;
use super::super::layout::Viewer;
use super::super::moment;
use super::super::session::Session;
use super::catalogue::{Catalogue, group};
use super::fields::Fields;
use super::{answer, button, frame, then};
use crate::composition::defaults::{self, Settings};
use crate::composition::publishing::{self, Change, How, Scope};
use crate::composition::{Approval, Shown};
use crate::ident;
use crate::rights::{Right, Role};
use crate::store::publications::Publication;
use crate::store::{accounts, from_text, operators};
use crate::{Error, Result};

/// Revisions on the page.
const SHOWN: i64 = 30;

pub(super) async fn show(State(state): State<Shared>, session: Session) -> Result<Markup> {
    render(&state, &session, html! {}).await
}

async fn render(state: &Shared, session: &Session, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut pending = publishing::pending(&state.store, account).await?;
    let settings = defaults::settings(&accounts::find(&state.store, account).await?)?;
    let sight = session.sight(state).await?;
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let people = operators::list(&state.store, account).await?;
    let who = |id: &str| match people.iter().find(|person| person.id == id) {
        Some(person) => person.email.clone(),
        None if id == "cli" => "the command line".into(),
        None => "a program".into(),
    };
    sight.changes(&mut pending);
    let revisions = sight.publications(&state.store, account, "", "", SHOWN).await?;
    let mut lines = Vec::new();
    for one in &revisions {
        lines.push((one, from_text::<Vec<Change>>(&one.changes, "publication")?));
    }
    let (open, past): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(one, _)| one.state == "requested");
    frame(state, session, "Publish", |viewer| {
        html! {
            div.head { h1 { "Publish" } }
            (message)
            @if pending.is_empty() {
                div.card { h2 { "Everything is published" } p { "Screens show what you see on the pages " a href="/playlists" { "Playlists" } ", " a href="/layouts" { "Layouts" } " and " a href="/schedule" { "Schedule" } "." } }
            } @else {
                div.card.form {
                    h2 { "Not published yet" }
                    (list(&pending))
                    @if viewer.may_everywhere(Right::Publish) { (publish_form(&settings, viewer)) }
                }
            }
            @for (request, changes) in &open { (open_request(request, changes, &who(&request.created_by), session, viewer)) }
            @if viewer.role.may(Right::ManageAccount) { (settings_form(&settings, &catalogue, viewer)) }
            h2.apart { "Revisions" }
            @if past.is_empty() { div.card { p { "Nothing has been published yet." } } }
            @else { (revisions_table(&past, &who, viewer)) }
        }
    })
}

fn list(changes: &[Change]) -> Markup {
    html! {
        ul {
            @for change in changes {
                li { (kind(&change.kind)) " " strong { (change.name) } " " (how(change.change)) }
            }
        }
    }
}

fn kind(kind: &str) -> &'static str {
    match kind {
        "playlist" => "Playlist",
        "layout" => "Layout",
        _ => "Schedule entry",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Added => "is new",
        How::Changed => "was changed",
        How::Removed => "was removed",
    }
}

fn needs_approval(settings: &Settings, role: Role) -> bool {
    match settings.approval {
        Approval::None => false,
        Approval::Managers => role != Role::Admin,
        Approval::Everybody => true,
    }
}

fn publish_form(settings: &Settings, viewer: &Viewer<'_>) -> Markup {
    let asks = needs_approval(settings, viewer.role);
    html! {
        form method="post" action="/publish" {
            input type="hidden" name="form" value=(viewer.form);
            label for="comment" { "What it is about (optional)" }
            input #comment name="comment" maxlength="500";
            button type="submit" { @if asks { "Ask for approval" } @else { "Publish all" } }
        }
        @if asks { p.hint { "An admin approves it before screens show it." } }
    }
}

fn open_request(
    request: &Publication,
    changes: &[Change],
    who: &str,
    session: &Session,
    viewer: &Viewer<'_>,
) -> Markup {
    let own = request.created_by == session.operator.id;
    html! {
        div.card.form {
            h2 { "Waits for approval" }
            p { (who) ", " (moment::second(request.created_at)) @if let Some(comment) = &request.comment { ": " (comment) } }
            (list(changes))
            form method="post" action={ "/publish/" (request.id) "/decide" } {
                input type="hidden" name="form" value=(viewer.form);
                @if viewer.role == Role::Admin {
                    label for={ "answer-" (request.id) } { "Answer (optional)" }
                    input id={ "answer-" (request.id) } name="answer" maxlength="500";
                }
                div.actions {
                    @if viewer.role == Role::Admin {
                        button type="submit" name="how" value="approve" { "Approve and publish" }
                        button.danger type="submit" name="how" value="reject" { "Reject" }
                    }
                    @if own { button.quiet type="submit" name="how" value="withdraw" { "Take back" } }
                }
            }
        }
    }
}

fn settings_form(settings: &Settings, catalogue: &Catalogue, viewer: &Viewer<'_>) -> Markup {
    let (playlist, layout) = match &settings.default {
        Some(Shown::Playlist { playlist }) => (Some(playlist.as_str()), None),
        Some(Shown::Layout { layout }) => (None, Some(layout.as_str())),
        _ => (None, None),
    };
    let choices = [
        (Approval::None, "Nobody: everybody who edits publishes"),
        (Approval::Managers, "Content managers: an admin approves"),
        (Approval::Everybody, "Everybody, admins too: another admin approves"),
    ];
    html! {
        details.card {
            summary { "Default and approval" }
            form.form method="post" action="/publish/settings" {
                input type="hidden" name="form" value=(viewer.form);
                label for="target" { "Default: what screens show when nothing is scheduled and they have nothing of their own" }
                select #target name="target" {
                    option value="none" { "Nothing" }
                    (group("Playlists", &catalogue.playlists, playlist))
                    (group("Layouts", &catalogue.layouts, layout))
                }
                label for="approval" { "Who needs an approval to publish" }
                select #approval name="approval" { @for (value, label) in choices { option value=(value.as_str()) selected[settings.approval == value] { (label) } } }
                button type="submit" { "Save" }
            }
        }
    }
}

fn revisions_table(
    past: &[(&Publication, Vec<Change>)],
    who: &dyn Fn(&str) -> String,
    viewer: &Viewer<'_>,
) -> Markup {
    let newest = past.iter().map(|(one, _)| one.number).max().unwrap_or_default();
    html! {
        div.card.flush {
            table {
                thead { tr { th scope="col" { "Revision" } th scope="col" { "What" } th scope="col" { "By" } th scope="col" { "State" } } }
                tbody {
                    @for (one, changes) in past {
                        tr {
                            th scope="row" { @if one.number > 0 { (one.number) } @else { "–" } }
                            td data-label="What" {
                                div {
                                    @if let Some(comment) = &one.comment { (comment) " " }
                                    @if one.restores.is_some() { span.minor { "brings an earlier revision back" } }
                                    @if changes.len() > 3 { details { summary { (changes.len()) " changes" } (list(changes)) } } @else { (list(changes)) }
                                }
                            }
                            td data-label="By" { div { (who(&one.created_by)) span.minor { (moment::second(one.created_at)) } } }
                            td data-label="State" {
                                div {
                                    @match one.state.as_str() {
                                        "published" if one.number == newest => span.state.online { "In force" },
                                        "published" => {
                                            span.state.offline { "Earlier" }
                                            @if one.number > 0 && viewer.may_everywhere(Right::Publish) { (button(viewer, &format!("/publish/{}/restore", one.id), "Bring back", "quiet", &[])) }
                                        },
                                        "rejected" => span.state.unauthorized { "Rejected" },
                                        _ => span.state.offline { "Taken back" },
                                    }
                                    @if let Some(answer) = &one.answer { span.minor { (answer) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn told(publication: &Publication) -> Markup {
    html! {
        p.good role="status" {
            @if publication.state == "requested" { "Sent for approval. Screens show it once an admin has approved it." }
            @else { "Published. Screens that are online show it within a few seconds." }
        }
    }
}

pub(super) async fn publish(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let only = input.list("only");
    let scope = if only.is_empty() { Scope::Everything } else { Scope::Only(only) };
    let comment = input.given("comment");
    let role = session.operator.role()?;
    let published = publishing::publish(&state.store, &actor, role, &scope, comment, ident::now()).await;
    finish(&state, &session, published).await
}

/// The page with what has become of it.
async fn finish(state: &Shared, session: &Session, result: Result<Publication>) -> Result<Response> {
    use axum::response::IntoResponse as _;
    match result {
        Ok(publication) => Ok(render(state, session, told(&publication)).await?.into_response()),
        Err(error) => {
            answer(Err::<String, _>(error), async |message| render(state, session, message).await).await
        }
    }
}

pub(super) async fn restore(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let role = session.operator.role()?;
    let comment = input.given("comment");
    let published = publishing::restore(&state.store, &actor, role, &id, comment, ident::now()).await;
    finish(&state, &session, published).await
}

pub(super) async fn decide(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    publishing::find(&mut *state.store.read().await?, &session.operator.account, &id).await?;
    let (answer_text, now) = (input.given("answer"), ident::now());
    let admin = || match session.operator.role()? {
        Role::Admin => Ok(()),
        _ => session.may(Right::ManageAccount).map(drop),
    };
    let result = async {
        match input.text("how") {
            "approve" => {
                admin()?;
                publishing::approve(&state.store, &actor, &id, answer_text, now).await.map(drop)
            }
            "reject" => {
                admin()?;
                publishing::reject(&state.store, &actor, &id, answer_text, now).await.map(drop)
            }
            "withdraw" => publishing::withdraw(&state.store, &actor, &id, now).await.map(drop),
            other => Err(Error::Invalid(format!("{other:?} is no decision"))),
        }
    };
    let next = result.await.map(|()| "/publish");
    answer(next, async |message| render(&state, &session, message).await).await
}

pub(super) async fn change_settings(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Redirect> {
    let actor = session.may(Right::ManageAccount)?;
    let default = match input.given("target") {
        None => None,
        Some("none") => Some(None),
        Some(_) => Some(Some(input.shown()?)),
    };
    let approval = input.given("approval").map(str::parse).transpose()?;
    let new = defaults::Change { approval, default };
    then(defaults::change(&state.store, &actor, &new, ident::now()).await.map(drop), "/publish")
}
