//! `signage-hub token …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use signage_protocol::token::Kind;

use super::output;
use crate::data_dir::write_private;
use crate::ident::{self, Millis, timestamp};
use crate::serve::open;
use crate::store::tokens::{Token, kind_name};
use crate::store::{accounts, tokens};
use crate::token::{self, Grant};
use crate::{Error, Result, tls};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArg {
    /// Enrols any number of devices until it is revoked.
    Provisioning,
    /// Enrols one device; expires after 30 days without use.
    Device,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token and show it once.
    Create(Create),
    /// List the tokens of an account, without their secrets.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token. With a device token the authorization of its device ends too.
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
    /// What the token is for.
    #[arg(long, value_enum)]
    kind: KindArg,
    /// Name for people; of a device token it becomes the name of the screen.
    #[arg(long)]
    name: Option<String>,
    /// Id of the playlist that its screens play; without it the account's default.
    #[arg(long, value_name = "ID")]
    playlist: Option<String>,
    /// Label that its screens get; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the
    /// result.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address of the hub in that file; without it the one last served.
    #[arg(long, value_name = "https://HOST[:PORT]", env = "SIGNAGE_HUB_PUBLIC_URL")]
    public_url: Option<String>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Create(create) => create.run(data_dir).await,
            Self::List { account, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let (tokens, now) = (tokens::list(&store, &account.id).await?, ident::now());
                if json {
                    let rows: Vec<_> = tokens.iter().map(|token| describe(token, now)).collect();
                    return output::json(&rows);
                }
                let row = |token: Token| {
                    let state = format!("{:?}", token.state(now)).to_lowercase();
                    let name = token.name.unwrap_or_default();
                    [token.id, kind_name(token.kind).to_owned(), state, name]
                };
                let rows: Vec<_> = tokens.into_iter().map(row).collect();
                output::table(["ID", "KIND", "STATE", "NAME"], &rows, "There are no tokens yet.")
            }
            Self::Revoke { id, json } => {
                let (_, store) = open(data_dir).await?;
                let now = ident::now();
                let token = token::revoke(&store, &id, now).await?;
                if json {
                    return output::json(&describe(&token, now));
                }
                output::line(&format!("Revoked {}", token.id))
            }
        }
    }
}

impl Create {
    async fn run(self, data_dir: &Path) -> Result<()> {
        if let Some(path) = self.config.as_deref().filter(|path| path.as_os_str() != "-")
            && path.symlink_metadata().is_ok()
        {
            let path = path.display();
            return Err(Error::Conflict(format!(
                "{path} exists already; move it away, or name another file"
            )));
        }
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        let account = accounts::find(&store, &self.account).await?;
        let kind = match self.kind {
            KindArg::Provisioning => Kind::Provisioning,
            KindArg::Device => Kind::Device,
        };
        // Whatever can fail comes before the token is made: one that nobody was told is of no use.
        let hub = match &self.config {
            Some(_) => {
                let _lock = directory.lock()?;
                let url = token::public_url(&store, self.public_url.as_deref()).await?;
                Some((url, tls::ca(&directory, now)?))
            }
            None => None,
        };
        let grant = Grant { name: self.name, playlist: self.playlist, tags: self.tags };
        let (token, secret) = token::create(&store, &account, kind, grant, now).await?;
        if let (Some(path), Some((url, ca))) = (&self.config, &hub) {
            let file = token::provision_file(&account, kind, secret.clone(), url, ca, now)?;
            if path.as_os_str() == "-" {
                return output::line(file.trim_end());
            }
            write_private(path, file.as_bytes())?;
        }
        if self.json {
            let mut result = describe(&token, now);
            result["token"] = json!(secret.expose());
            result["config"] = json!(self.config);
            return output::json(&result);
        }
        output::line(&format!("Token  {}   (shown only now)", secret.expose()))?;
        output::line(&format!("Id     {}", token.id))?;
        match &self.config {
            Some(path) => output::line(&format!("File   {}", path.display())),
            None => Ok(()),
        }
    }
}

fn describe(token: &Token, now: Millis) -> Value {
    json!({
        "id": token.id,
        "account": token.account,
        "kind": kind_name(token.kind),
        "state": token.state(now),
        "name": token.name,
        "playlist": token.playlist,
        "tags": token.tags,
        "device": token.used_by,
        "createdAt": timestamp(token.created_at),
        "expiresAt": token.expires_at.filter(|_| token.used_by.is_none()).map(timestamp),
        "revokedAt": token.revoked_at.map(timestamp),
    })
}
