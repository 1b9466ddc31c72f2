//! `signage-hub api-token …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::output;
use crate::api_token::{self, New, View};
use crate::data_dir::write_private;
use crate::ident::{self, DAY, Millis, timestamp};
use crate::rights::Role;
use crate::serve::open;
use crate::store::api_tokens::ApiToken;
use crate::store::{accounts, api_tokens};
use crate::{Error, Result, api_token::Actor};

/// Longest life of a token in days, where it has an end: a hundred years.
const MAX_DAYS: i64 = 36_500;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token by which a program uses the API, and show it once.
    Create(Create),
    /// List the API tokens of an account, newest first, without their secrets.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke an API token. What uses it is refused from now on.
    Revoke {
        /// Id of the token.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Create {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// What the token is for, such as the name of the program.
    #[arg(long)]
    name: String,
    /// What it may do: viewer, content or admin.
    #[arg(long)]
    role: Role,
    /// The folder that is all it reaches, such as Berlin/Foyer; without it everything.
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    folder: String,
    /// Days after which it ends; without it never.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=MAX_DAYS))]
    days: Option<i64>,
    /// Write the token to a new file that only this user can read, instead of showing it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// What was made, with the secret unless it went to a file.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    view: View,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<PathBuf>,
}

impl Create {
    async fn run(self, data_dir: &Path) -> Result<()> {
        output::check_free(self.out.as_deref())?;
        let (_, store) = open(data_dir).await?;
        let (account, now) = (accounts::find(&store, &self.account).await?, ident::now());
        let expires_at = self.days.map(|days| now.saturating_add(days.saturating_mul(DAY)));
        let new =
            New { name: &self.name, role: self.role, expires_at, personal: false, folder: &self.folder };
        let actor = Actor::cli(&account.id);
        let (token, secret) = api_token::make(&store, &actor, &new, now).await?;
        if let Some(path) = &self.out
            && let Err(error) = write_private(path, format!("{}\n", secret.expose()).as_bytes())
        {
            // A token that nobody was told is of no use.
            api_token::revoke(&store, &actor, &token.id, now).await?;
            return Err(error);
        }
        let shown = self.out.is_none().then(|| secret.expose().to_owned());
        if self.json {
            return output::json(&Made { view: token.into(), token: shown, out: self.out });
        }
        if let Some(secret) = shown {
            output::line(&format!("Token  {secret}   (shown only now)"))?;
        }
        output::line(&format!("Id     {}", token.id))?;
        if let Some(path) = &self.out {
            output::line(&format!("File   {}", path.display()))?;
        }
        match token.expires_at {
            Some(end) => output::line(&format!("Until  {}", timestamp(end))),
            None => Ok(()),
        }
    }
}

/// Where a token stands.
fn state(token: &ApiToken, now: Millis) -> &'static str {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "active",
    }
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Create(create) => create.run(data_dir).await,
            Self::List { account, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let tokens = api_tokens::list(&store, &account.id).await?;
                if json {
                    return output::json(&tokens.into_iter().map(View::from).collect::<Vec<_>>());
                }
                let now = ident::now();
                let row = |token: ApiToken| {
                    let (role, state) = (token.role.as_str().to_owned(), state(&token, now).to_owned());
                    let used =
                        token.last_used.map_or_else(|| "never".to_owned(), |at| timestamp(at).to_string());
                    [token.name, role, state, used, token.folder.unwrap_or_default(), token.id]
                };
                let rows: Vec<_> = tokens.into_iter().map(row).collect();
                let head = ["NAME", "ROLE", "STATE", "LAST USED", "FOLDER", "ID"];
                output::table(head, &rows, "There are no API tokens yet.")
            }
            Self::Revoke { id, json } => {
                let (_, store) = open(data_dir).await?;
                let missing = || Error::NotFound { what: "API token", name: id.clone() };
                let account =
                    api_tokens::account_of(&mut *store.read().await?, &id).await?.ok_or_else(missing)?;
                api_token::revoke(&store, &Actor::cli(&account), &id, ident::now()).await?;
                output::done(json, &json!({ "id": id, "revoked": true }), &format!("Revoked {id}"))
            }
        }
    }
}
