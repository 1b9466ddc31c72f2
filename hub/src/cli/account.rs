//! `signage-hub account …`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use signage_protocol::Secret;
use signage_protocol::config::SIGNATURE_NAME;

use super::output;
use crate::api_token::Actor;
use crate::http::api::fleet::describe;
use crate::serve::open;
use crate::store::accounts;
use crate::store::workspace::settings;
use crate::workspace::New;
use crate::{Error, Result, account, ident, workspace};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account and the operator who looks after it.
    Create {
        /// Name of the account, unique on this hub.
        #[arg(long)]
        name: String,
        /// E-mail address by which the operator signs in.
        #[arg(long)]
        email: String,
        /// Read the operator's password from standard input; without this one is made and shown once.
        #[arg(long)]
        password_stdin: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give an operator another password and end all of the operator's sessions.
    Password {
        /// E-mail address of the operator.
        #[arg(long)]
        email: String,
        /// Read the password from standard input; without this one is made and shown once.
        #[arg(long)]
        password_stdin: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sign a provisioning file for screens that are locked. Its signature goes on the stick beside it.
    Sign {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The provisioning file.
        file: PathBuf,
        /// Where the signature goes; - for standard output. Without it telemetry_config.jws beside the file.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Limit how many screens of an account may play at the same time, and how much content it may have. What is there
    /// already stays.
    Limit {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Most screens; "none" for no limit.
        #[arg(long, value_name = "NUMBER|none", value_parser = limit, required_unless_present = "content")]
        screens: Option<Limit>,
        /// Most bytes of content, such as 500M or 20G; "none" for no limit.
        #[arg(long, value_name = "BYTES|none", value_parser = bytes)]
        content: Option<Limit>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change what holds for an account and all of its screens. What is not named stays; an empty text takes away.
    Set {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
        /// Time zone of screens without one, such as Europe/Berlin.
        #[arg(long)]
        timezone: Option<String>,
        /// Id of the default playlist.
        #[arg(long)]
        default_playlist: Option<String>,
        /// Minutes without a sign of life after which a screen is offline.
        #[arg(long)]
        online_minutes: Option<i64>,
        /// Days that logs of screens are kept.
        #[arg(long)]
        keep_logs_days: Option<i64>,
        /// Days that proof of play is kept.
        #[arg(long)]
        keep_plays_days: Option<i64>,
        /// Days that the audit log is kept, at least 30; 0 for ever.
        #[arg(long)]
        keep_audit_days: Option<i64>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what holds for an account and all of its screens.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the accounts.
    List {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Create { name, email, password_stdin, json } => {
                let password = password_stdin.then(read_password).transpose()?;
                let (_, store) = open(data_dir).await?;
                let created = account::create(&store, &name, &email, password, ident::now()).await?;
                let (account, operator) = (&created.account, &created.operator);
                let password = created.password.as_ref().map(Secret::expose);
                if json {
                    return output::json(&json!({
                        "id": account.id,
                        "name": account.name,
                        "accountKey": account.public_key()?,
                        "operator": { "id": operator.id, "email": operator.email, "password": password },
                    }));
                }
                output::line(&format!("Account   {} ({})", account.name, account.id))?;
                output::line(&format!("Operator  {}", operator.email))?;
                match password {
                    Some(password) => output::line(&format!("Password  {password}   (shown only now)")),
                    None => Ok(()),
                }
            }
            Self::Password { email, password_stdin, json } => {
                let password = password_stdin.then(read_password).transpose()?;
                let (_, store) = open(data_dir).await?;
                let made = account::set_password(&store, &email, password, ident::now()).await?;
                match made.as_ref().map(Secret::expose) {
                    made if json => output::json(&json!({ "email": email, "password": made })),
                    Some(made) => output::line(&format!("Password  {made}   (shown only now)")),
                    None => output::line("Password changed"),
                }
            }
            Self::Sign { account, file, output, json } => {
                let bytes = std::fs::read(&file).map_err(Error::file("read", &file))?;
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let signature = account::sign_file(&store, &account, &bytes, ident::now()).await?;
                let path = output.unwrap_or_else(|| file.with_file_name(SIGNATURE_NAME));
                if path.as_os_str() == "-" {
                    return output::done(json, &json!({ "signature": signature }), &signature);
                }
                std::fs::write(&path, &signature).map_err(Error::file("write", &path))?;
                output::done(json, &json!({ "out": path }), &format!("Signature  {}", path.display()))
            }
            Self::Limit { account, screens, content, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let mut answer = json!({ "id": account.id });
                if let Some(Limit(limit)) = screens {
                    account::limit_screens(&store, &account, limit, ident::now()).await?;
                    answer["screenLimit"] = json!(limit);
                }
                if let Some(Limit(limit)) = content {
                    crate::content::limit_bytes(&store, &account, limit, ident::now()).await?;
                    answer["contentLimit"] = json!(limit);
                }
                if json {
                    return output::json(&answer);
                }
                let say = |limit: Option<i64>, what: &str| {
                    let number = limit.map_or_else(|| "any number of".to_owned(), |limit| limit.to_string());
                    output::line(&format!("{} may have {number} {what}", account.name))
                };
                screens.map_or(Ok(()), |Limit(limit)| say(limit, "screens"))?;
                content.map_or(Ok(()), |Limit(limit)| say(limit, "bytes of content"))
            }
            Self::Set {
                account,
                name,
                timezone,
                default_playlist,
                online_minutes,
                keep_logs_days,
                keep_plays_days,
                keep_audit_days,
                json,
            } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let new = New {
                    name,
                    timezone,
                    default_playlist,
                    online_minutes,
                    keep_logs_days,
                    keep_plays_days,
                    keep_audit_days,
                };
                if new == New::default() {
                    return Err(Error::Invalid(
                        "say what is to be changed: --name, --timezone, …; see --help".into(),
                    ));
                }
                let set = workspace::change(&store, &Actor::cli(&account.id), &new, ident::now()).await?;
                let text = format!("Changed {}", set.name);
                output::done(json, &describe(&account.id, set), &text)
            }
            Self::Show { account, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let set = settings(&mut *store.read().await?, &account.id).await?;
                if json {
                    return output::json(&describe(&account.id, set));
                }
                let none = || "-".to_owned();
                let audit = match set.keep_audit_days {
                    0 => "for ever".to_owned(),
                    days => format!("{days} days"),
                };
                let lines = [
                    ("Name", set.name),
                    ("Id", account.id),
                    ("Time zone", set.timezone.unwrap_or_else(none)),
                    ("Default playlist", set.default_playlist.unwrap_or_else(none)),
                    ("Offline after", format!("{} minutes", set.online_minutes)),
                    ("Logs", format!("{} days", set.keep_logs_days)),
                    ("Proof of play", format!("{} days", set.keep_plays_days)),
                    ("Audit log", audit),
                    ("Most screens", set.screen_limit.map_or_else(none, |limit| limit.to_string())),
                ];
                lines.iter().try_for_each(|(name, value)| {
                    output::line(&format!("{name:<17} {}", output::plain(value)))
                })
            }
            Self::List { json } => {
                let (_, store) = open(data_dir).await?;
                let accounts = accounts::list(&store).await?;
                if json {
                    let rows: Vec<_> = accounts
                        .iter()
                        .map(|account| {
                            json!({
                                "id": account.id,
                                "name": account.name,
                                "defaultPlaylist": account.default_playlist,
                                "contentSequence": account.content_sequence,
                                "screenLimit": account.screen_limit,
                                "createdAt": ident::timestamp(account.created_at),
                            })
                        })
                        .collect();
                    return output::json(&rows);
                }
                let rows: Vec<_> = accounts.into_iter().map(|account| [account.name, account.id]).collect();
                output::table(["NAME", "ID"], &rows, "There are no accounts yet.")
            }
        }
    }
}

/// A number, or none.
#[derive(Debug, Clone, Copy)]
pub struct Limit(Option<i64>);

fn limit(text: &str) -> std::result::Result<Limit, String> {
    let number = || text.parse().ok().filter(|number| *number >= 0);
    match text {
        "none" => Ok(Limit(None)),
        _ => number().map(|number| Limit(Some(number))).ok_or_else(|| "a number, or none".to_owned()),
    }
}

fn bytes(text: &str) -> std::result::Result<Limit, String> {
    match text {
        "none" => Ok(Limit(None)),
        _ => {
            let number = crate::upload::bytes(text);
            number
                .map(|number| Limit(Some(number)))
                .ok_or_else(|| "a number such as 500M or 20G, or none".to_owned())
        }
    }
}

fn read_password() -> Result<Secret> {
    let mut text = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(Error::file("read the password from", "standard input"))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
