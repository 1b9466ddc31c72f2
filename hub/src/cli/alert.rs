//! `signage-hub alert …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use signage_protocol::Secret;

use super::output;
use crate::alerts::send::{Config, Network, Password, Security, Smtp};
use crate::alerts::setup::{self, NewRule, describe, shown, webhook_secret};
use crate::api_token::Actor;
use crate::ident::{self, timestamp};
use crate::seal::Seal;
use crate::serve::open;
use crate::store::{accounts, alerts};
use crate::{Error, Result};

/// Environment variable with the password for the mail server. It is no argument: those are there for all to see.
const PASSWORD: &str = "SIGNAGE_HUB_SMTP_PASSWORD";

/// How alerts are sent.
#[derive(Debug, Clone, Args)]
pub struct Sending {
    /// Mail server for alerts; without it there is no e-mail. Its password is read from the environment variable
    /// SIGNAGE_HUB_SMTP_PASSWORD or from a file.
    #[arg(long, value_name = "HOST", env = "SIGNAGE_HUB_SMTP_HOST")]
    smtp_host: Option<String>,
    /// Port of the mail server; without it 465, 587 or 25.
    #[arg(long, value_name = "PORT", env = "SIGNAGE_HUB_SMTP_PORT")]
    smtp_port: Option<u16>,
    /// How the connection is protected: tls, starttls, or none for a mail server on this machine.
    #[arg(long, value_name = "tls|starttls|none", env = "SIGNAGE_HUB_SMTP_SECURITY", default_value = "tls")]
    smtp_security: Security,
    /// Who signs in at the mail server.
    #[arg(long, value_name = "NAME", env = "SIGNAGE_HUB_SMTP_USER")]
    smtp_user: Option<String>,
    /// File whose first line is the password for the mail server.
    #[arg(long, value_name = "FILE", env = "SIGNAGE_HUB_SMTP_PASSWORD_FILE")]
    smtp_password_file: Option<PathBuf>,
    /// Sender of the messages.
    #[arg(long, value_name = "ADDRESS", env = "SIGNAGE_HUB_SMTP_FROM", default_value = "signage@localhost")]
    smtp_from: String,
    /// Networks of this machine that webhooks may lead to all the same, also without TLS, separated by commas.
    #[arg(long, value_name = "NETWORK", env = "SIGNAGE_HUB_WEBHOOK_ALLOW", value_delimiter = ',')]
    webhook_allow: Vec<Network>,
    /// File with certificates (PEM) of authorities that the mail server and receivers of webhooks may use beside those
    /// that the system trusts.
    #[arg(long, value_name = "FILE", env = "SIGNAGE_HUB_ALERTS_CA_FILE")]
    alerts_ca_file: Option<PathBuf>,
}

impl Sending {
    /// As the server takes it.
    pub fn config(self) -> Result<Config> {
        let password = match self.smtp_password_file {
            Some(path) => Some(Password::File(path)),
            None => std::env::var(PASSWORD).ok().map(|text| Password::Value(Secret::new(text))),
        };
        let smtp = self.smtp_host.map(|host| Smtp {
            host,
            port: self.smtp_port,
            security: self.smtp_security,
            user: self.smtp_user,
            password,
            from: self.smtp_from,
        });
        let ca = match &self.alerts_ca_file {
            Some(path) => std::fs::read(path).map_err(Error::file("read", path))?,
            None => Vec::new(),
        };
        let config = Config { allow: self.webhook_allow, smtp, ca, ..Config::default() };
        config.check()?;
        Ok(config)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Name a webhook, or e-mail addresses, that alerts go to. The secret of a webhook is shown once.
    AddChannel {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Name of the channel, for people.
        #[arg(long)]
        name: String,
        /// webhook or email.
        #[arg(long)]
        kind: String,
        /// Read the address of the webhook, or the e-mail addresses, from standard input: an address of a webhook
        /// often is a secret.
        #[arg(long, required_unless_present = "target")]
        target_stdin: bool,
        /// E-mail addresses separated by commas, or the address of the webhook.
        #[arg(long)]
        target: Option<String>,
        #[command(flatten)]
        sending: Sending,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a rule: what is told.
    AddRule {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// offline, fault, token, authorization or storage.
        #[arg(long)]
        kind: String,
        /// Minutes, days or per cent; without it what is usual.
        #[arg(long)]
        number: Option<i64>,
        /// Of faults: content, network or hardware; without it all.
        #[arg(long)]
        class: Option<String>,
        /// Id of the channel that it goes to; without it all.
        #[arg(long)]
        channel: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a channel or a rule.
    Remove {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the channel or the rule.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send a test to a channel. A running server sends it within seconds.
    Test {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Id of the channel.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List channels and rules, or the newest alerts or messages.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// channels, rules, alerts or messages.
        #[arg(default_value = "alerts", value_parser = ["channels", "rules", "alerts", "messages"])]
        what: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (_, store) = open(data_dir).await?;
        let now = ident::now();
        match self {
            Self::AddChannel { account, name, kind, target_stdin, target, sending, json } => {
                let account = accounts::find(&store, &account).await?;
                let target = match target.filter(|_| !target_stdin) {
                    Some(target) => target,
                    None => std::io::read_to_string(std::io::stdin())
                        .map_err(Error::file("read the address from", "standard input"))?,
                };
                let actor = Actor::cli(&account.id);
                let input = (&*kind, &*name, &*target);
                let made = setup::make_channel(&store, &actor, &sending.config()?, input, now).await?;
                let secret = match made.kind.as_str() {
                    "webhook" => Some(webhook_secret(&Seal::load(&store).await?, &made.id)),
                    _ => None,
                };
                let secret = secret.as_ref().map(Secret::expose);
                if json {
                    return output::json(
                        &json!({ "id": made.id, "name": made.name, "kind": made.kind, "secret": secret }),
                    );
                }
                output::line(&format!("Channel  {} ({})", made.name, made.id))?;
                match secret {
                    Some(secret) => output::line(&format!("Secret   {secret}   (shown only now)")),
                    None => Ok(()),
                }
            }
            Self::AddRule { account, kind, number, class, channel, json } => {
                let account = accounts::find(&store, &account).await?;
                let new = NewRule { kind, number, class, channel };
                let made = setup::make_rule(&store, &Actor::cli(&account.id), new, now).await?;
                if json {
                    return output::json(&json!({ "id": made.id, "kind": made.kind, "number": made.number,
                        "class": made.class, "channel": made.channel }));
                }
                output::line(&format!("{} ({})", describe(&made), made.id))
            }
            Self::Remove { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                let actor = Actor::cli(&account.id);
                match id.starts_with("alr_") {
                    true => setup::delete_rule(&store, &actor, &id, now).await?,
                    false => setup::delete_channel(&store, &actor, &id, now).await?,
                }
                output::deleted(json, &id)
            }
            Self::Test { account, id, json } => {
                let account = accounts::find(&store, &account).await?;
                let id = setup::test(&store, &Actor::cli(&account.id), &id, now).await?;
                output::done(json, &json!({ "id": id }), &format!("A test is on its way: {id}"))
            }
            Self::List { account, what, json } => {
                let account = accounts::find(&store, &account).await?.id;
                let mut connection = store.read().await?;
                let rows: Vec<[String; 4]> = match what.as_str() {
                    "channels" => {
                        let channels = alerts::channels(&mut connection, &account).await?;
                        let row =
                            |c: alerts::Channel| [c.id.clone(), c.name.clone(), c.kind.clone(), shown(&c)];
                        channels.into_iter().map(row).collect()
                    }
                    "rules" => {
                        let rules = alerts::rules(&mut connection, Some(&account)).await?;
                        let row = |r: alerts::Rule| {
                            [r.id.clone(), describe(&r), r.kind.clone(), r.channel.unwrap_or_default()]
                        };
                        rules.into_iter().map(row).collect()
                    }
                    "messages" => {
                        let messages = alerts::deliveries(&mut connection, &account, 100).await?;
                        let row =
                            |m: alerts::Delivery| [m.id, m.event, m.state, m.last_error.unwrap_or_default()];
                        messages.into_iter().map(row).collect()
                    }
                    _ => {
                        let alerts = alerts::newest(&mut connection, &account, 100).await?;
                        let row = |a: alerts::Alert| {
                            let closed = a.closed_at.map(|at| timestamp(at).to_string());
                            [a.id, a.summary, timestamp(a.opened_at).to_string(), closed.unwrap_or_default()]
                        };
                        alerts.into_iter().map(row).collect()
                    }
                };
                let head = match what.as_str() {
                    "channels" => ["ID", "NAME", "KIND", "TARGET"],
                    "rules" => ["ID", "WHAT", "KIND", "CHANNEL"],
                    "messages" => ["ID", "EVENT", "STATE", "ERROR"],
                    _ => ["ID", "WHAT", "SINCE", "OVER"],
                };
                if json {
                    let keys = head.map(str::to_lowercase);
                    let rows: Vec<_> = rows
                        .into_iter()
                        .map(|row| {
                            keys.iter().cloned().zip(row).collect::<std::collections::BTreeMap<_, _>>()
                        })
                        .collect();
                    return output::json(&rows);
                }
                output::table(head, &rows, "There is nothing to list.")
            }
        }
    }
}
