//! `/alert-rules`, `/alert-channels`, `/alerts` and `/alert-messages`: what people are told of, and how.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::user::User;
use super::Input;
use super::fleet::All;
use crate::Result;
use crate::alerts::setup::{self, NewRule, describe, shown, webhook_secret};
use crate::ident::{self, timestamp};
use crate::rights::Right;
use crate::store::alerts;

/// The newest alerts and messages that are listed.
const NEWEST: i64 = 500;

/// What people want to hear of.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AlertRule")]
pub struct Rule {
    /// `alr_…`
    pub id: String,
    /// offline, fault, token, authorization or storage.
    pub kind: String,
    /// Minutes, days or per cent.
    pub number: i64,
    /// Of faults; absent for all.
    pub class: Option<String>,
    /// Id of the channel; absent for all.
    pub channel: Option<String>,
    /// In words.
    pub summary: String,
}

/// A rule that is to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAlertRule")]
pub struct RuleInput {
    /// offline, fault, token, authorization or storage.
    pub kind: String,
    /// Minutes, days or per cent; without it what is usual.
    pub number: Option<i64>,
    /// Of faults: content, network or hardware; without it all.
    pub class: Option<String>,
    /// Id of the channel; without it all.
    pub channel: Option<String>,
}

/// Where alerts go.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AlertChannel")]
pub struct Channel {
    /// `ach_…`
    pub id: String,
    /// For people.
    pub name: String,
    /// webhook or email.
    pub kind: String,
    /// Where it leads; of a webhook the host only, since its address may be a secret.
    pub target: String,
    /// Of a webhook, and only in the answer that makes it: the secret that signs what it gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A channel that is to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAlertChannel")]
pub struct ChannelInput {
    /// For people.
    pub name: String,
    /// webhook or email.
    pub kind: String,
    /// Address of the webhook, or e-mail addresses separated by commas.
    pub target: String,
}

/// Something that is or was wrong.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// `alt_…`
    pub id: String,
    /// By which rule.
    pub rule: String,
    /// Id of the screen or the token.
    pub subject: String,
    /// In words.
    pub summary: String,
    /// Since when.
    pub opened_at: jiff::Timestamp,
    /// When it was over.
    pub closed_at: Option<jiff::Timestamp>,
}

/// A message on its way, or sent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AlertMessage")]
pub struct Message {
    /// `ald_…`, as the receiver sees it.
    pub id: String,
    /// Id of the channel.
    pub channel: String,
    /// opened, recovered or test.
    pub event: String,
    /// waiting, sent or failed.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// When it was sent or given up.
    pub done_at: Option<jiff::Timestamp>,
}

/// The message that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MadeAlertMessage")]
pub struct Made {
    /// Its id in the list of messages.
    pub id: String,
}

fn rule(rule: alerts::Rule) -> Rule {
    Rule {
        summary: describe(&rule),
        id: rule.id,
        kind: rule.kind,
        number: rule.number,
        class: rule.class,
        channel: rule.channel,
    }
}

pub(super) async fn rules(State(state): State<Shared>, user: User) -> Result<Json<All<Rule>>> {
    user.may(Right::ManageAccount)?;
    let rules = alerts::rules(&mut *state.store.read().await?, Some(&user.account)).await?;
    Ok(Json(All { items: rules.into_iter().map(rule).collect() }))
}

pub(super) async fn make_rule(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<RuleInput>,
) -> Result<(StatusCode, Json<Rule>)> {
    let actor = user.may(Right::ManageAccount)?;
    let new = NewRule { kind: new.kind, number: new.number, class: new.class, channel: new.channel };
    let made = setup::make_rule(&state.store, &actor, new, ident::now()).await?;
    Ok((StatusCode::CREATED, Json(rule(made))))
}

pub(super) async fn delete_rule(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    setup::delete_rule(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn channel(channel: &alerts::Channel, secret: Option<String>) -> Channel {
    Channel {
        target: shown(channel),
        id: channel.id.clone(),
        name: channel.name.clone(),
        kind: channel.kind.clone(),
        secret,
    }
}

pub(super) async fn channels(State(state): State<Shared>, user: User) -> Result<Json<All<Channel>>> {
    user.may(Right::ManageAccount)?;
    let channels = alerts::channels(&mut *state.store.read().await?, &user.account).await?;
    Ok(Json(All { items: channels.iter().map(|one| channel(one, None)).collect() }))
}

pub(super) async fn make_channel(
    State(state): State<Shared>,
    user: User,
    Input(new): Input<ChannelInput>,
) -> Result<(StatusCode, Json<Channel>)> {
    let actor = user.may(Right::ManageAccount)?;
    let input = (&*new.kind, &*new.name, &*new.target);
    let made = setup::make_channel(&state.store, &actor, state.alerts(), input, ident::now()).await?;
    let secret = (made.kind == "webhook").then(|| webhook_secret(&state.seal, &made.id).expose().to_owned());
    Ok((StatusCode::CREATED, Json(channel(&made, secret))))
}

pub(super) async fn delete_channel(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let actor = user.may(Right::ManageAccount)?;
    setup::delete_channel(&state.store, &actor, &id, ident::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn test(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Made>)> {
    let actor = user.may(Right::ManageAccount)?;
    let id = setup::test(&state.store, &actor, &id, ident::now()).await?;
    Ok((StatusCode::ACCEPTED, Json(Made { id })))
}

pub(super) async fn list(State(state): State<Shared>, user: User) -> Result<Json<All<Alert>>> {
    user.may(Right::ManageAccount)?;
    let alerts = alerts::newest(&mut *state.store.read().await?, &user.account, NEWEST).await?;
    let alert = |alert: alerts::Alert| Alert {
        id: alert.id,
        rule: alert.rule,
        subject: alert.subject,
        summary: alert.summary,
        opened_at: timestamp(alert.opened_at),
        closed_at: alert.closed_at.map(timestamp),
    };
    Ok(Json(All { items: alerts.into_iter().map(alert).collect() }))
}

pub(super) async fn messages(State(state): State<Shared>, user: User) -> Result<Json<All<Message>>> {
    user.may(Right::ManageAccount)?;
    let messages = alerts::deliveries(&mut *state.store.read().await?, &user.account, NEWEST).await?;
    let message = |message: alerts::Delivery| Message {
        id: message.id,
        channel: message.channel,
        event: message.event,
        state: message.state,
        attempts: message.attempts,
        last_error: message.last_error,
        created_at: timestamp(message.created_at),
        done_at: message.done_at.map(timestamp),
    };
    Ok(Json(All { items: messages.into_iter().map(message).collect() }))
}
