//! Rules and channels: making and removing them, and asking for a test.

use serde_json::Value;
use signage_protocol::Secret;
use signage_protocol::report::Class;

use super::send::{Config, check_url};
use super::{Event, message};
use crate::account::MAX_NAME;
use crate::api_token::Actor;
use crate::ident::{self, Millis};
use crate::people;
use crate::seal::{Purpose, Seal};
use crate::store::alerts::{self, Channel, Rule};
use crate::store::{self, Store, audit};
use crate::vault::WEBHOOK;
use crate::{Error, Result};

/// Most rules, and most channels, of an account.
const MOST: usize = 50;
/// Most addresses of a channel.
const MOST_ADDRESSES: usize = 20;

/// Kinds of rules: name, what people read, unit of the number, usual number, its range.
pub const KINDS: [(&str, &str, &str, i64, std::ops::RangeInclusive<i64>); 5] = [
    ("offline", "A screen is offline", "minutes", 15, 1..=100_000),
    ("fault", "A screen has a fault", "", 0, 0..=0),
    ("token", "An unused token is about to expire", "days before", 3, 1..=30),
    ("authorization", "An authorization is about to end", "days before", 14, 1..=365),
    ("storage", "The storage of a screen is nearly full", "per cent", 90, 1..=99),
];

/// A rule that is to be made.
#[derive(Debug, Clone, Default)]
pub struct NewRule {
    /// Of [`KINDS`].
    pub kind: String,
    /// Minutes, days or per cent.
    pub number: Option<i64>,
    /// Of faults; without one all.
    pub class: Option<String>,
    /// Id of the channel; without one all.
    pub channel: Option<String>,
}

/// Makes a rule.
pub async fn make_rule(store: &Store, actor: &Actor<'_>, new: NewRule, now: Millis) -> Result<Rule> {
    let (kind, _, unit, usual, range) =
        KINDS.into_iter().find(|(name, ..)| *name == new.kind).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
            Error::Invalid(format!("{:?} is no kind of rule; use {}", new.kind, names.join(", ")))
        })?;
    let number = if kind == "fault" { 0 } else { new.number.unwrap_or(usual) };
    if !range.contains(&number) {
        return Err(Error::Invalid(format!(
            "The number ({unit}) is from {} to {}.",
            range.start(),
            range.end()
        )));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let class = given(new.class).filter(|_| kind == "fault");
    if class.as_ref().is_some_and(|class| Class::ALL.iter().all(|known| known.as_str() != class)) {
        return Err(Error::Invalid("The class of faults is content, network or hardware.".into()));
    }
    let rule = Rule {
        id: ident::new("alr")?,
        account: actor.account.to_owned(),
        kind: kind.to_owned(),
        number,
        class,
        channel: given(new.channel),
        created_at: now,
    };
    let mut change = store.write().await?;
    if alerts::rules(&mut change, Some(actor.account)).await?.len() >= MOST {
        return Err(Error::Conflict(format!("An account has at most {MOST} rules.")));
    }
    if let Some(channel) = &rule.channel {
        alerts::channel(&mut change, actor.account, channel).await?;
    }
    alerts::insert_rule(&mut change, &rule).await?;
    audit::by(&mut change, actor, "alert-rule.create", &rule.id, Some(&describe(&rule)), now).await?;
    store::commit(change).await?;
    Ok(rule)
}

/// A rule in words.
pub fn describe(rule: &Rule) -> String {
    let minutes = if rule.number == 1 { "minute" } else { "minutes" };
    let days = if rule.number == 1 { "day" } else { "days" };
    match (rule.kind.as_str(), &rule.class) {
        ("offline", _) => format!("A screen is offline for {} {minutes}", rule.number),
        ("fault", Some(class)) => format!("A screen has a fault of the class {class}"),
        ("fault", None) => "A screen has a fault".to_owned(),
        ("token", _) => format!("An unused token expires within {} {days}", rule.number),
        ("authorization", _) => format!("An authorization ends within {} {days}", rule.number),
        _ => format!("The storage of a screen is more than {} % full", rule.number),
    }
}

/// Removes a rule.
pub async fn delete_rule(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    if !alerts::delete_rule(&mut change, actor.account, id, now).await? {
        return Err(Error::NotFound { what: "alert rule", name: id.to_owned() });
    }
    audit::by(&mut change, actor, "alert-rule.delete", id, None, now).await?;
    store::commit(change).await
}

/// Makes a channel: `target` is the address of a webhook, or e-mail addresses separated by commas.
pub async fn make_channel(
    store: &Store,
    actor: &Actor<'_>,
    config: &Config,
    (kind, name, target): (&str, &str, &str),
    now: Millis,
) -> Result<Channel> {
    let target = target.trim();
    let target = match kind {
        "webhook" => {
            check_url(config, target)?;
            target.to_owned()
        }
        "email" => {
            if config.smtp.is_none() {
                return Err(Error::Conflict(
                    "This hub sends no e-mail: whoever runs it has to set SIGNAGE_HUB_SMTP_HOST first."
                        .into(),
                ));
            }
            let addresses = target.split([',', ' ', ';']).filter(|address| !address.is_empty());
            let addresses = addresses.map(people::email).collect::<Result<Vec<_>>>()?;
            if addresses.is_empty() || addresses.len() > MOST_ADDRESSES {
                return Err(Error::Invalid(format!("Name 1 to {MOST_ADDRESSES} e-mail addresses.")));
            }
            serde_json::to_string(&addresses).map_err(Error::json("addresses"))?
        }
        _ => return Err(Error::Invalid(format!("{kind:?} is no kind of channel; use webhook or email"))),
    };
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        return Err(Error::Invalid(format!("The name of a channel has 1 to {MAX_NAME} characters.")));
    }
    let id = ident::new("ach")?;
    let (target, shown) = match kind {
        "webhook" => (store.vault().seal(WEBHOOK, &id, &target)?, shown_address(&target)),
        _ => (target, String::new()),
    };
    let channel = Channel {
        id,
        account: actor.account.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        target,
        shown,
        created_at: now,
    };
    let mut change = store.write().await?;
    if alerts::channels(&mut change, actor.account).await?.len() >= MOST {
        return Err(Error::Conflict(format!("An account has at most {MOST} channels.")));
    }
    alerts::insert_channel(&mut change, &channel).await?;
    audit::by(&mut change, actor, "alert-channel.create", &channel.id, Some(kind), now).await?;
    store::commit(change).await?;
    Ok(channel)
}

/// Removes a channel.
pub async fn delete_channel(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let channel = alerts::channel(&mut change, actor.account, id).await?;
    audit::by(&mut change, actor, "alert-channel.delete", id, Some(&channel.name), now).await?;
    alerts::delete_channel(&mut change, id).await?;
    store::commit(change).await
}

/// Sends a message that says that it is a test.
pub async fn test(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<String> {
    let mut change = store.write().await?;
    let channel = alerts::channel(&mut change, actor.account, id).await?;
    let message = message(&mut change, &channel, Event::Test, Value::Null, &[], now).await?;
    audit::by(&mut change, actor, "alert-channel.test", id, None, now).await?;
    store::commit(change).await?;
    Ok(message)
}

/// The secret that signs what a webhook gets. It follows from the hub's secret and is stored nowhere.
pub fn webhook_secret(seal: &Seal, channel: &str) -> Secret {
    Secret::new(format!("sgw_{}", hex::encode(seal.derive(Purpose::Webhook, channel.as_bytes()))))
}

/// Where a channel leads, fit to be shown: the address of a webhook often is a secret itself.
pub fn shown(channel: &Channel) -> String {
    if channel.kind == "email" {
        let addresses: Vec<String> = serde_json::from_str(&channel.target).unwrap_or_default();
        return addresses.join(", ");
    }
    channel.shown.clone()
}

/// The address of a webhook without what may be secret in it.
pub(crate) fn shown_address(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}/…")
}
