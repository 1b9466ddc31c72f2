//! `signage-hub code …`

use std::path::Path;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use signage_protocol::document::AuthorizationKind;

use super::output;
use crate::api_token::Actor;
use crate::authorization_code::{self, MAX_REPLACEMENTS, New, Status, describe};
use crate::ident::{self, Millis};
use crate::serve::open;
use crate::store::codes::{self, Code, Filter};
use crate::store::policies::Policy;
use crate::store::{accounts, policies};
use crate::{Error, Result, authorization};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make authorization codes and assign them to an account.
    Create(Create),
    /// List the authorization codes of an account, newest first.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Only of this kind: cloud, local or free.
        #[arg(long, value_parser = kind)]
        kind: Option<AuthorizationKind>,
        /// Only in this status: valid, used, expired or historical.
        #[arg(long)]
        status: Option<Status>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one code, and which screen has it.
    Show {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// The code, or its id.
        code: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take an unused code away from its account: it becomes historical.
    Cancel {
        /// Id of the code.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show how the screens of an account come to be authorized, or change it. Authorizations in force go on.
    Policy(PolicyArgs),
}

#[derive(Debug, Args)]
pub struct Create {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// cloud, local or free.
    #[arg(long, value_parser = kind)]
    kind: AuthorizationKind,
    /// How many.
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// How many days each authorizes, from its first use on.
    #[arg(long, required_unless_present = "until", conflicts_with = "until")]
    days: Option<i64>,
    /// The last day on which they authorize, such as 2027-12-31, in UTC.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// How often a cloud code may come back from a screen; 3 without this.
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=MAX_REPLACEMENTS))]
    replacements: Option<i64>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Name or id of the account.
    #[arg(long)]
    account: String,
    /// Whether screens need a code; without it whoever comes in is authorized.
    #[arg(long, value_name = "true|false")]
    codes: Option<bool>,
    /// Most screens with a free authorization at the same time.
    #[arg(long, value_name = "NUMBER")]
    free_screens: Option<i64>,
    /// How many days each of them lasts.
    #[arg(long, value_name = "DAYS")]
    free_days: Option<i64>,
    /// Whether the account's admins make codes themselves.
    #[arg(long, value_name = "true|false")]
    admin_codes: Option<bool>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

fn kind(text: &str) -> std::result::Result<AuthorizationKind, String> {
    authorization_code::kind(text).map_err(|error| error.to_string())
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let now = ident::now();
        let (_, store) = open(data_dir).await?;
        match self {
            Self::Create(create) => {
                let account = accounts::find(&store, &create.account).await?;
                let until = create.until.map(end_of).transpose()?;
                let new = New {
                    kind: create.kind,
                    count: Some(create.count),
                    days: create.days,
                    until,
                    replacements: create.replacements,
                };
                let made = authorization_code::create(&store, &Actor::cli(&account.id), &new, now).await?;
                if create.json {
                    return output::json(&made.iter().map(|code| describe(code, now)).collect::<Vec<_>>());
                }
                made.iter().try_for_each(|code| output::line(&code.code))
            }
            Self::List { account, kind, status, json } => {
                let account = accounts::find(&store, &account).await?;
                let filter = Filter { kind, status: status.map(Status::as_str), ..Filter::default() };
                let found = codes::page(&store, &account.id, &filter, i64::MAX, now).await?;
                if json {
                    return output::json(&found.iter().map(|code| describe(code, now)).collect::<Vec<_>>());
                }
                table(found, now)
            }
            Self::Show { account, code, json } => {
                let account = accounts::find(&store, &account).await?;
                let code = authorization_code::find(&mut *store.read().await?, &account.id, &code).await?;
                if json {
                    return output::json(&describe(&code, now));
                }
                table(vec![code], now)
            }
            Self::Cancel { id, json } => {
                let missing = || Error::NotFound { what: "authorization code", name: id.clone() };
                let account = codes::account_of(&mut *store.read().await?, &id).await?.ok_or_else(missing)?;
                let code = authorization_code::cancel(&store, &Actor::cli(&account), &id, now).await?;
                if json {
                    return output::json(&describe(&code, now));
                }
                output::line(&format!("Cancelled {}", code.code))
            }
            Self::Policy(args) => {
                let account = accounts::find(&store, &args.account).await?;
                let before = policies::get(&mut *store.read().await?, &account.id).await?;
                let policy = Policy {
                    codes: args.codes.unwrap_or(before.codes),
                    free_screens: args.free_screens.unwrap_or(before.free_screens),
                    free_days: args.free_days.unwrap_or(before.free_days),
                    makes_codes: args.admin_codes.unwrap_or(before.makes_codes),
                };
                if policy != before {
                    authorization::set_policy(&store, &Actor::cli(&account.id), &policy, now).await?;
                }
                if args.json {
                    return output::json(&serde_json::json!({
                        "account": account.id,
                        "codes": policy.codes,
                        "freeScreens": policy.free_screens,
                        "freeDays": policy.free_days,
                        "adminCodes": policy.makes_codes,
                    }));
                }
                let needs = if policy.codes { "need a code" } else { "need no code" };
                output::line(&format!("Screens of {} {needs}", account.name))?;
                let (screens, days) = (policy.free_screens, policy.free_days);
                output::line(&format!("Free: {screens} screens at the same time, {days} days each"))?;
                let who = if policy.makes_codes { "and by its admins" } else { "only" };
                output::line(&format!("Codes are made on the hub {who}"))
            }
        }
    }
}

/// The end of a day in UTC.
fn end_of(day: Date) -> Result<Timestamp> {
    let end = day.tomorrow().and_then(|day| day.to_zoned(TimeZone::UTC));
    Ok(end.map_err(|_| Error::Invalid(format!("{day} is out of range")))?.timestamp())
}

fn table(found: Vec<Code>, now: Millis) -> Result<()> {
    let row = |code: Code| {
        let status = code.status(now).as_str().to_owned();
        let ends = match (code.ends_at, code.days) {
            (Some(end), _) => ident::timestamp(end).to_string(),
            (None, Some(days)) => format!("{days} days"),
            (None, None) => String::new(),
        };
        let left = (code.replacements - code.replaced).to_string();
        [code.code, status, ends, left, code.device_name.unwrap_or_default(), code.id]
    };
    let rows: Vec<_> = found.into_iter().map(row).collect();
    let head = ["CODE", "STATUS", "AUTHORIZES", "REPLACEMENTS", "SCREEN", "ID"];
    output::table(head, &rows, "There are no such codes.")
}
