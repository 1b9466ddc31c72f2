//! What holds for the account and all of its screens, and alerts: where they go, what they are of, how they went.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::Shared;
use super::form::{Checked, Nothing};
use super::layout::{Viewer, page};
use super::records::when;
use super::session::Session;
use crate::account::MAX_NAME;
use crate::alerts::setup::{self, KINDS, NewRule, describe, shown, webhook_secret};
use crate::ident;
use crate::rights::Right;
use crate::store::alerts::{self, Alert, Channel, Delivery, Rule};
use crate::store::workspace::Settings;
use crate::store::{playlists, workspace};
use crate::workspace::{self as set, New};
use crate::{Error, Result};

/// Alerts and messages on the page.
const NEWEST: i64 = 30;

/// What was just done, by the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    saved: Option<String>,
    tested: Option<String>,
}

/// What stands in the form.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    name: String,
    timezone: String,
    default_playlist: String,
    online_minutes: String,
    keep_logs_days: String,
    keep_plays_days: String,
    keep_audit_days: String,
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Query(done): Query<Done>,
) -> Result<Markup> {
    let message = done.saved.map(|_| html! { p.good role="status" { "Saved." } });
    let settings = workspace::settings(&mut *state.store.read().await?, &session.operator.account).await?;
    render(&state, &session, &settings, message).await
}

pub(super) async fn change(
    State(state): State<Shared>,
    Checked(session, input): Checked<Input>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let number = |text: &str| {
        let number = text.trim().parse::<i64>();
        number.map(Some).map_err(|_| Error::Invalid(format!("{text:?} is no number")))
    };
    let new = || {
        Ok(New {
            name: Some(input.name.clone()),
            timezone: Some(input.timezone.clone()),
            default_playlist: Some(input.default_playlist.clone()),
            online_minutes: number(&input.online_minutes)?,
            keep_logs_days: number(&input.keep_logs_days)?,
            keep_plays_days: number(&input.keep_plays_days)?,
            keep_audit_days: number(&input.keep_audit_days)?,
        })
    };
    let result = match new() {
        Ok(new) => set::change(&state.store, &actor, &new, ident::now()).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(_) => Ok(Redirect::to("/settings?saved=1").into_response()),
        Err(error @ (Error::Invalid(_) | Error::Field { .. } | Error::Conflict(_))) => {
            let mut settings =
                workspace::settings(&mut *state.store.read().await?, &session.operator.account).await?;
            settings.name.clone_from(&input.name);
            settings.timezone = Some(input.timezone);
            let message = Some(html! { p.alert role="alert" { (error) } });
            let page = render(&state, &session, &settings, message).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn render(
    state: &Shared,
    session: &Session,
    settings: &Settings,
    message: Option<Markup>,
) -> Result<Markup> {
    let viewer = session.viewer(state)?;
    let playlists = playlists::list(&state.store, &session.operator.account).await?;
    let content = html! {
        div.head {
            h1 { "Settings" }
            p.summary { "What holds for the account and all of its screens." }
        }
        @if let Some(message) = message { (message) }
        div.card {
            form.form method="post" action="/settings" {
                input type="hidden" name="form" value=(viewer.form);
                label for="name" { "Name of the account" }
                input #name name="name" value=(settings.name) maxlength=(MAX_NAME) required;
                label for="timezone" { "Default time zone" }
                input #timezone name="timezone" value=(settings.timezone.as_deref().unwrap_or_default()) placeholder="Europe/Berlin" aria-describedby="zone-hint";
                p.minor #zone-hint { "Of screens without one of their own. Empty: each screen goes by its own clock." }
                label for="default_playlist" { "Default playlist" }
                select #default_playlist name="default_playlist" {
                    option value="" selected[settings.default_playlist.is_none()] { "None: such screens show nothing" }
                    @for playlist in &playlists {
                        option value=(playlist.id) selected[settings.default_playlist.as_deref() == Some(&*playlist.id)] { (playlist.name) }
                    }
                }
                label for="online_minutes" { "A screen is offline after so many minutes without a sign of life" }
                input #online_minutes type="number" name="online_minutes" min="2" max="1440" value=(settings.online_minutes) required;
                label for="keep_logs_days" { "Days that logs of screens and resolved faults are kept" }
                input #keep_logs_days type="number" name="keep_logs_days" min="1" max="3650" value=(settings.keep_logs_days) required;
                label for="keep_plays_days" { "Days that proof of play is kept" }
                input #keep_plays_days type="number" name="keep_plays_days" min="1" max="3650" value=(settings.keep_plays_days) required;
                label for="keep_audit_days" { "Days that the audit log is kept" }
                input #keep_audit_days type="number" name="keep_audit_days" min="0" max="3650" value=(settings.keep_audit_days) required aria-describedby="audit-hint";
                p.minor #audit-hint { "At least 30; 0 keeps it for ever. Refusals stay 30 days." }
                button type="submit" { "Save" }
            }
        }
        div.card {
            h2 { "Alerts" }
            p { "Who is told when a screen goes offline or has a fault is on the page " a href="/alerts" { "Alerts" } "." }
            @match settings.screen_limit {
                Some(limit) => p.minor { "At most " (limit) " screens of this account may play; whoever runs the hub has set that." },
                None => p.minor { "Any number of screens may play." },
            }
        }
    };
    Ok(page("Settings", Some(&viewer), content))
}

/// A channel that is to be made.
#[derive(Debug, Deserialize)]
pub(super) struct NewChannel {
    name: String,
    kind: String,
    target: String,
}

/// A rule that is to be made.
#[derive(Debug, Deserialize)]
pub(super) struct RuleInput {
    kind: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    channel: String,
}

pub(super) async fn alerts_page(
    State(state): State<Shared>,
    session: Session,
    Query(done): Query<Done>,
) -> Result<Markup> {
    let message = done
        .tested
        .map(|_| html! { p.good role="status" { "A test is on its way; below you see how it goes." } });
    overview(&state, &session, message).await
}

pub(super) async fn make_channel(
    State(state): State<Shared>,
    Checked(session, new): Checked<NewChannel>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let input = (&*new.kind, &*new.name, &*new.target);
    let made = setup::make_channel(&state.store, &actor, state.alerts(), input, ident::now()).await;
    match made {
        Ok(made) if made.kind == "webhook" => {
            let secret = webhook_secret(&state.seal, &made.id);
            let message = html! {
                div.done role="status" {
                    p { "Messages to “" (made.name) "” are signed with this secret. It is shown only now:" }
                    pre { code.secret { (secret.expose()) } }
                }
            };
            Ok(overview(&state, &session, Some(message)).await?.into_response())
        }
        made => answer(&state, &session, made.map(drop), "/alerts").await,
    }
}

pub(super) async fn delete_channel(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let result = setup::delete_channel(&state.store, &actor, &id, ident::now()).await;
    answer(&state, &session, result, "/alerts").await
}

pub(super) async fn test(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let result = setup::test(&state.store, &actor, &id, ident::now()).await.map(drop);
    answer(&state, &session, result, "/alerts?tested=1").await
}

pub(super) async fn make_rule(
    State(state): State<Shared>,
    Checked(session, new): Checked<RuleInput>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let number = match new.number.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::Invalid(format!("{text:?} is no number"))),
    };
    let result = match number {
        Ok(number) => {
            let new = NewRule { kind: new.kind, number, class: Some(new.class), channel: Some(new.channel) };
            setup::make_rule(&state.store, &actor, new, ident::now()).await.map(drop)
        }
        Err(error) => Err(error),
    };
    answer(&state, &session, result, "/alerts").await
}

pub(super) async fn delete_rule(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageAccount)?;
    let result = setup::delete_rule(&state.store, &actor, &id, ident::now()).await;
    answer(&state, &session, result, "/alerts").await
}

/// On to the next page, or this one again with what was wrong.
async fn answer(state: &Shared, session: &Session, result: Result<()>, next: &str) -> Result<Response> {
    match result {
        Ok(()) => Ok(Redirect::to(next).into_response()),
        Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::Field { .. })) => {
            let message = html! { p.alert role="alert" { (error) } };
            let page = overview(state, session, Some(message)).await?;
            Ok((error.into_response().status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn overview(state: &Shared, session: &Session, message: Option<Markup>) -> Result<Markup> {
    let account = &session.operator.account;
    let mut connection = state.store.read().await?;
    let channels = alerts::channels(&mut connection, account).await?;
    let rules = alerts::rules(&mut connection, Some(account)).await?;
    let newest = alerts::newest(&mut connection, account, NEWEST).await?;
    let messages = alerts::deliveries(&mut connection, account, NEWEST).await?;
    drop(connection);
    let viewer = session.viewer(state)?;
    let mails = state.alerts().smtp.is_some();
    let content = html! {
        div.head {
            h1 { "Alerts" }
            p.summary { "Who is told when something is wrong. Each alert is told once, and once more when it is over." }
        }
        @if let Some(message) = message { (message) }
        h2.apart { "Where they go" }
        @if channels.is_empty() {
            div.card { p { "Nobody is told of anything yet. Name a webhook (Slack, Mattermost and Teams give you its address) or e-mail addresses." } }
        } @else { (channel_table(&channels, &viewer)) }
        (channel_form(&viewer, mails))
        h2.apart { "What they are of" }
        @if rules.is_empty() {
            div.card { p { "No rules yet. Begin with “A screen is offline”." } }
        } @else { (rule_table(&rules, &channels, &viewer)) }
        (rule_form(&channels, &viewer))
        h2.apart { "Alerts" }
        div #live-alerts data-live { (alert_table(&newest)) }
        h2.apart { "Messages" }
        div #live-messages data-live { (message_table(&messages, &channels)) }
    };
    Ok(page("Alerts", Some(&viewer), content))
}

fn channel_table(channels: &[Channel], viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card.flush { table {
            thead { tr { th scope="col" { "Name" } th scope="col" { "Kind" } th scope="col" { "Leads to" } th scope="col" { "Change" } } }
            tbody {
                @for channel in channels {
                    tr {
                        th scope="row" { (channel.name) }
                        td data-label="Kind" { @if channel.kind == "email" { "E-mail" } @else { "Webhook" } }
                        td data-label="Leads to" { (shown(channel)) }
                        td data-label="Change" {
                            form.inline method="post" action={ "/alerts/channels/" (channel.id) "/test" } {
                                input type="hidden" name="form" value=(viewer.form);
                                button.quiet type="submit" { "Send test" }
                                button.quiet type="submit" formaction={ "/alerts/channels/" (channel.id) "/delete" } { "Delete" }
                            }
                        }
                    }
                }
            }
        } }
    }
}

fn channel_form(viewer: &Viewer<'_>, mails: bool) -> Markup {
    html! {
        section.card {
            form.line method="post" action="/alerts/channels" {
                input type="hidden" name="form" value=(viewer.form);
                div { label for="channel-name" { "Name" } input #channel-name name="name" maxlength=(MAX_NAME) placeholder="Operations" required; }
                div {
                    label for="channel-kind" { "Kind" }
                    select #channel-kind name="kind" {
                        option value="webhook" { "Webhook" }
                        option value="email" disabled[!mails] { "E-mail" @if !mails { " (not set up on this hub)" } }
                    }
                }
                div { label for="channel-target" { "Address" } input #channel-target name="target" placeholder="https://hooks.example.org/…" autocomplete="off" required; }
                button type="submit" { "Add" }
            }
        }
    }
}

fn rule_table(rules: &[Rule], channels: &[Channel], viewer: &Viewer<'_>) -> Markup {
    html! {
        div.card.flush { table {
            thead { tr { th scope="col" { "When" } th scope="col" { "Goes to" } th scope="col" { "Change" } } }
            tbody {
                @for rule in rules {
                    @let channel = channels.iter().find(|channel| rule.channel.as_ref() == Some(&channel.id));
                    tr {
                        th scope="row" { (describe(rule)) }
                        td data-label="Goes to" { (channel.map_or("everywhere", |channel| &channel.name)) }
                        td data-label="Change" {
                            form.inline method="post" action={ "/alerts/rules/" (rule.id) "/delete" } {
                                input type="hidden" name="form" value=(viewer.form);
                                button.quiet type="submit" aria-label={ "Delete: " (describe(rule)) } { "Delete" }
                            }
                        }
                    }
                }
            }
        } }
    }
}

fn rule_form(channels: &[Channel], viewer: &Viewer<'_>) -> Markup {
    html! {
        section.card {
            form.line method="post" action="/alerts/rules" {
                input type="hidden" name="form" value=(viewer.form);
                div {
                    label for="rule-kind" { "When" }
                    select #rule-kind name="kind" {
                        @for (kind, word, unit, usual, _) in KINDS {
                            option value=(kind) { (word) @if !unit.is_empty() { " (usually " (usual) " " (unit) ")" } }
                        }
                    }
                }
                div { label for="rule-number" { "Minutes, days or per cent" } input #rule-number type="number" name="number" min="1" placeholder="as usual"; }
                div {
                    label for="rule-class" { "Class of faults" }
                    select #rule-class name="class" {
                        option value="" { "All" }
                        @for class in ["content", "network", "hardware"] { option value=(class) { (class) } }
                    }
                }
                div {
                    label for="rule-channel" { "Goes to" }
                    select #rule-channel name="channel" {
                        option value="" { "Everywhere" }
                        @for channel in channels { option value=(channel.id) { (channel.name) } }
                    }
                }
                button type="submit" { "Add" }
            }
        }
    }
}

fn alert_table(alerts: &[Alert]) -> Markup {
    html! {
        @if alerts.is_empty() {
            div.card { p { "Nothing has been wrong so far, as far as the rules look." } }
        } @else {
            div.card.flush { table {
                thead { tr { th scope="col" { "What" } th scope="col" { "Since" } th scope="col" { "Over" } } }
                tbody {
                    @for alert in alerts {
                        tr {
                            th scope="row" { (alert.summary) }
                            td data-label="Since" { (when(alert.opened_at)) }
                            td data-label="Over" {
                                @match alert.closed_at { Some(at) => (when(at)), None => span.state.unauthorized { "open" } }
                            }
                        }
                    }
                }
            } }
        }
    }
}

fn message_table(messages: &[Delivery], channels: &[Channel]) -> Markup {
    html! {
        @if messages.is_empty() {
            div.card { p { "No messages yet. “Send test” shows whether they arrive." } }
        } @else {
            div.card.flush { table {
                thead { tr { th scope="col" { "Made" } th scope="col" { "To" } th scope="col" { "About" } th scope="col" { "State" } } }
                tbody {
                    @for message in messages {
                        @let channel = channels.iter().find(|channel| channel.id == message.channel);
                        tr {
                            th scope="row" { (when(message.created_at)) }
                            td data-label="To" { (channel.map_or("a channel that is gone", |channel| &channel.name)) }
                            td data-label="About" { (message.event) }
                            td data-label="State" {
                                @match message.state.as_str() {
                                    "sent" => span.state.online { "Sent" },
                                    "failed" => span.state.unauthorized { "Given up" },
                                    _ => span.state.pending { "Waiting" },
                                }
                                @if let Some(error) = &message.last_error { span.minor { (error) } }
                                @if message.attempts > 1 { span.minor { (message.attempts) " attempts" } }
                            }
                        }
                    }
                }
            } }
        }
    }
}
