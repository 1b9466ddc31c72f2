//! `signage-hub token …`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use signage_protocol::Secret;
use signage_protocol::token::Kind;

use super::output::{self, check_free};
use crate::api_token::Actor;
use crate::data_dir::{DataDir, write_private};
use crate::export::{self, Format};
use crate::ident::{self, Millis};
use crate::provision::{self, Provision};
use crate::serve::open;
use crate::store::accounts::Account;
use crate::store::tokens::{Grant, State, Token, kind_name};
use crate::store::{Store, accounts, tokens};
use crate::token::{self, Made, describe};
use crate::{Error, Result};

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
    Create(Box<Create>),
    /// Make many device tokens at once, one for each of as many screens.
    Bulk(Box<Bulk>),
    /// Make another device token for the screen of one that was revoked, has expired or is lost.
    Renew {
        /// Id of the old token.
        id: String,
        #[command(flatten)]
        file: ConfigArgs,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the tokens of an account, without their secrets.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Only those in this state: unused, active, revoked or expired.
        #[arg(long)]
        state: Option<State>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a token, without its secret.
    Show {
        /// Id of the token.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write tokens that you hold in another form, to a new file. They are read from standard input, one a line.
    Files(Files),
    /// List the devices that a token has let in.
    Devices {
        /// Id of the token.
        id: String,
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

/// What tokens give.
#[derive(Debug, Args)]
pub struct GrantArgs {
    /// Id of the playlist that its screens play; without it the account's default.
    #[arg(long, value_name = "ID")]
    playlist: Option<String>,
    /// Id of the layout that its screens show instead of a playlist.
    #[arg(long, value_name = "ID")]
    layout: Option<String>,
    /// Folder in which its screens are listed, such as Berlin/Foyer.
    #[arg(long, value_name = "PATH")]
    folder: Option<String>,
    /// Time zone of its screens, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Where its screens stand.
    #[arg(long, value_name = "TEXT")]
    location: Option<String>,
    /// Label that its screens get; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

impl GrantArgs {
    fn grant(self, name: Option<String>) -> Grant {
        let Self { playlist, layout, folder, timezone, location, tags } = self;
        Grant { name, playlist, layout, folder, timezone, location, tags }
    }
}

/// What provisioning files hold besides.
#[derive(Debug, Args)]
pub struct SiteArgs {
    /// JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub
    /// does not keep it.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// Address of the hub in the files; without it the one last served.
    #[arg(long, value_name = "https://HOST[:PORT]", env = "SIGNAGE_HUB_PUBLIC_URL")]
    public_url: Option<String>,
}

impl SiteArgs {
    async fn provision(
        &self,
        directory: &DataDir,
        store: &Store,
        account: &Account,
        now: Millis,
    ) -> Result<Provision> {
        let network = match &self.network {
            Some(path) => {
                let text = std::fs::read(path).map_err(Error::file("read", path))?;
                let value: Value = serde_json::from_slice(&text)
                    .map_err(|error| Error::Invalid(format!("{}: {error}", path.display())))?;
                provision::network(&value)?
            }
            None => None,
        };
        let url = token::public_url(store, self.public_url.as_deref()).await?;
        Provision::new(directory, account.clone(), url, network, now)
    }
}

/// Where the provisioning file of one token goes.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the
    /// result.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    site: SiteArgs,
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
    #[command(flatten)]
    grant: GrantArgs,
    #[command(flatten)]
    file: ConfigArgs,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Bulk {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// How many: 1 to 10,000.
    #[arg(long)]
    count: usize,
    /// Names of the screens: {n} becomes the number, {n:03} the number with zeros in front.
    #[arg(long, value_name = "PATTERN")]
    name: String,
    /// The first number.
    #[arg(long, default_value_t = 1)]
    first: usize,
    #[command(flatten)]
    grant: GrantArgs,
    #[command(flatten)]
    site: SiteArgs,
    /// Write the tokens as a table to a new file.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the table and a ready telemetry_config.json for each screen to a new ZIP file.
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Files {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// text, csv, config, zip, or stick (the image of one); config and stick hold one token.
    #[arg(long)]
    format: Format,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    site: SiteArgs,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Files {
    async fn run(self, data_dir: &Path) -> Result<()> {
        check_free(Some(&self.out))?;
        let text = output::read(Path::new("-"))?;
        let secrets: Vec<Secret> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect();
        if secrets.is_empty() {
            return Err(Error::Invalid("there is no token on standard input; give them one a line".into()));
        }
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        let account = accounts::find(&store, &self.account).await?;
        let provision = self.site.provision(&directory, &store, &account, now).await?;
        let made = export::made(&store, &account.id, secrets).await?;
        write_private(&self.out, &self.format.file(&made, &provision, now)?.bytes)?;
        output::wrote(self.json, &self.out)
    }
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        match self {
            Self::Create(create) => create.run(data_dir).await,
            Self::Bulk(bulk) => bulk.run(data_dir).await,
            Self::Renew { id, file, json } => {
                file.check_free()?;
                let (directory, store) = open(data_dir).await?;
                let (now, old) = (ident::now(), by_id(&store, &id).await?);
                let account = accounts::find(&store, &old.account).await?;
                let provision = file.provision(&directory, &store, &account, now).await?;
                let made = token::renew(&store, &Actor::cli(&account.id), &id, now).await?;
                file.finish(made, provision, json, now)
            }
            Self::List { account, state, json } => {
                let (_, store) = open(data_dir).await?;
                let account = accounts::find(&store, &account).await?;
                let (mut tokens, now) = (tokens::list(&store, &account.id).await?, ident::now());
                tokens.retain(|token| state.is_none_or(|state| token.state(now) == state));
                if json {
                    let rows: Vec<_> = tokens.iter().map(|token| describe(token, now)).collect();
                    return output::json(&rows);
                }
                table(tokens, now)
            }
            Self::Files(files) => files.run(data_dir).await,
            Self::Show { id, json } => {
                let (_, store) = open(data_dir).await?;
                let (token, now) = (by_id(&store, &id).await?, ident::now());
                if json {
                    return output::json(&describe(&token, now));
                }
                table(vec![token], now)
            }
            Self::Devices { id, json } => {
                let (_, store) = open(data_dir).await?;
                let token = by_id(&store, &id).await?;
                let devices = tokens::admitted(&store, &token, &Default::default(), None, i64::MAX).await?;
                if json {
                    return output::json(&devices);
                }
                let row = |device: tokens::Admitted| {
                    let at = ident::timestamp(device.enrolled_at).to_string();
                    [device.device, at, device.name.unwrap_or_default()]
                };
                let rows: Vec<_> = devices.into_iter().map(row).collect();
                output::table(["DEVICE", "ENROLLED", "NAME"], &rows, "The token has let no device in yet.")
            }
            Self::Revoke { id, json } => {
                let (_, store) = open(data_dir).await?;
                let (now, token) = (ident::now(), by_id(&store, &id).await?);
                let token = token::revoke(&store, &Actor::cli(&token.account), &id, now).await?;
                if json {
                    return output::json(&describe(&token, now));
                }
                output::line(&format!("Revoked {}", token.id))
            }
        }
    }
}

/// What was made, and the file that it was written to.
#[derive(Serialize)]
struct WithFile {
    #[serde(flatten)]
    made: token::WithSecret,
    config: Option<PathBuf>,
}

impl ConfigArgs {
    fn check_free(&self) -> Result<()> {
        check_free(self.config.as_deref().filter(|path| path.as_os_str() != "-"))
    }

    /// What the file needs. Whatever can fail comes before the token is made: one that nobody was told is of no use.
    async fn provision(
        &self,
        directory: &DataDir,
        store: &Store,
        account: &Account,
        now: Millis,
    ) -> Result<Option<Provision>> {
        match &self.config {
            Some(_) => self.site.provision(directory, store, account, now).await.map(Some),
            None if self.site.network.is_some() => {
                Err(Error::Invalid("--network is of use only with --config".into()))
            }
            None => Ok(None),
        }
    }

    fn finish(
        self,
        (token, secret): (Token, Secret),
        provision: Option<Provision>,
        json: bool,
        now: Millis,
    ) -> Result<()> {
        if let (Some(path), Some(provision)) = (&self.config, &provision) {
            let file = provision.file(&token, &secret, now)?;
            if path.as_os_str() == "-" {
                return output::line(file.trim_end());
            }
            write_private(path, file.as_bytes())?;
        }
        if json {
            let made = Made { token, secret };
            return output::json(&WithFile { made: made.describe(now), config: self.config });
        }
        output::line(&format!("Token  {}   (shown only now)", secret.expose()))?;
        output::line(&format!("Id     {}", token.id))?;
        match &self.config {
            Some(path) => output::line(&format!("File   {}", path.display())),
            None => Ok(()),
        }
    }
}

impl Create {
    async fn run(self, data_dir: &Path) -> Result<()> {
        self.file.check_free()?;
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        let account = accounts::find(&store, &self.account).await?;
        let kind = match self.kind {
            KindArg::Provisioning => Kind::Provisioning,
            KindArg::Device => Kind::Device,
        };
        let provision = self.file.provision(&directory, &store, &account, now).await?;
        let grant = self.grant.grant(self.name);
        let made = token::create(&store, &Actor::cli(&account.id), kind, grant, now).await?;
        self.file.finish(made, provision, self.json, now)
    }
}

impl Bulk {
    async fn run(self, data_dir: &Path) -> Result<()> {
        let files = [(Format::Csv, self.csv), (Format::Zip, self.zip)];
        let files: Vec<(Format, PathBuf)> =
            files.into_iter().filter_map(|(format, path)| Some((format, path?))).collect();
        if files.is_empty() && !self.json {
            return Err(Error::Invalid(
                "the tokens are told only once: say where to, with --csv, --zip or --json".into(),
            ));
        }
        files.iter().try_for_each(|(_, path)| check_free(Some(path)))?;
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        let account = accounts::find(&store, &self.account).await?;
        let provision = self.site.provision(&directory, &store, &account, now).await?;
        let actor = Actor::cli(&account.id);
        let grant = self.grant.grant(Some(self.name));
        let made = token::bulk(&store, &actor, self.count, self.first, grant, now).await?;
        for (format, path) in &files {
            write_private(path, &format.file(&made, &provision, now)?.bytes)?;
        }
        if self.json {
            return output::json(&made.iter().map(|made| made.describe(now)).collect::<Vec<_>>());
        }
        output::line(&format!("Made {} tokens", made.len()))?;
        files.iter().try_for_each(|(_, path)| output::line(&format!("File  {}", path.display())))
    }
}

fn table(tokens: Vec<Token>, now: Millis) -> Result<()> {
    let row = |token: Token| {
        let state = token.state(now).as_str().to_owned();
        let (kind, name) = (kind_name(token.kind).to_owned(), token.grant.name);
        [token.id, kind, state, token.devices.to_string(), name.unwrap_or_default()]
    };
    let rows: Vec<_> = tokens.into_iter().map(row).collect();
    output::table(["ID", "KIND", "STATE", "DEVICES", "NAME"], &rows, "There are no tokens yet.")
}

async fn by_id(store: &Store, id: &str) -> Result<Token> {
    let token = tokens::by_id(&mut *store.read().await?, id).await?;
    token.ok_or_else(|| Error::NotFound { what: "token", name: id.to_owned() })
}
