//! `signage-hub operator …`

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::output;
use crate::api_token::Actor;
use crate::ident::{self, timestamp};
use crate::oidc::provider::Provider;
use crate::oidc::settings::{self, Settings};
use crate::people::View;
use crate::rights::Role;
use crate::serve::open;
use crate::store::operators::Operator;
use crate::store::{Store, accounts, invitations, operators};
use crate::{Error, Result, people, second_step, token};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a link by which somebody joins an account within 7 days; shown once.
    Invite {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// E-mail address by which the person will sign in.
        #[arg(long)]
        email: String,
        /// What the person may do: viewer, content or admin.
        #[arg(long)]
        role: Role,
        /// Address of the hub in the link; without it the one last served.
        #[arg(long, value_name = "https://HOST[:PORT]", env = "SIGNAGE_HUB_PUBLIC_URL")]
        public_url: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take an invitation back.
    Uninvite {
        /// Id of the invitation.
        id: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the people of an account, and who is invited.
    List {
        /// Name or id of the account.
        #[arg(long)]
        account: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change what somebody may do.
    Role {
        /// E-mail address or id of the person.
        person: String,
        /// What the person may do from now on: viewer, content or admin.
        role: Role,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove somebody and end the sessions.
    Remove {
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Keep somebody out without removing them: ends the sessions, and rests their personal API tokens.
    Suspend {
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let somebody in again who was suspended.
    Unsuspend {
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Forget the login at the OpenID provider by which somebody signs in, so that another can be linked.
    Unlink {
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ask the OpenID provider of oidc.toml for its description, and say what is wrong.
    CheckProvider {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Switch off somebody's second step of signing in, when phone and recovery codes are gone.
    ResetTotp {
        /// E-mail address or id of the person.
        person: String,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Command {
    pub async fn run(self, data_dir: &Path) -> Result<()> {
        let (directory, store) = open(data_dir).await?;
        let now = ident::now();
        match self {
            Self::Invite { account, email, role, public_url, json } => {
                let account = accounts::find(&store, &account).await?;
                // What can fail comes first: a link that nobody was told is of no use.
                let url = token::public_url(&store, public_url.as_deref()).await?;
                let actor = Actor { account: &account.id, id: "cli" };
                let (invitation, code) = people::invite(&store, &actor, &email, role, now).await?;
                let link = format!("{url}{}", people::join_path(&code));
                let ends = timestamp(invitation.expires_at);
                if json {
                    return output::json(&json!({
                        "id": invitation.id,
                        "email": invitation.email,
                        "role": invitation.role,
                        "expiresAt": ends,
                        "link": link,
                    }));
                }
                output::line(&format!("Link   {link}   (shown only now)"))?;
                output::line(&format!("Until  {ends}"))
            }
            Self::Uninvite { id, json } => {
                let missing = || Error::NotFound { what: "invitation", name: id.clone() };
                let account =
                    invitations::account_of(&mut *store.read().await?, &id).await?.ok_or_else(missing)?;
                people::withdraw(&store, &Actor::cli(&account), &id, now).await?;
                output::deleted(json, &id)
            }
            Self::List { account, json } => {
                let account = accounts::find(&store, &account).await?;
                let people = operators::list(&store, &account.id).await?;
                let invited = invitations::list(&store, &account.id, now).await?;
                let joined = people.into_iter().map(|person| {
                    let state = if person.suspended_at.is_some() { "suspended" } else { "joined" };
                    (person.id, person.email, person.role, state)
                });
                let all =
                    joined.chain(invited.into_iter().map(|one| (one.id, one.email, one.role, "invited")));
                if json {
                    let rows: Vec<_> = all
                        .map(|(id, email, role, state)| json!({ "id": id, "email": email, "role": role, "state": state }))
                        .collect();
                    return output::json(&rows);
                }
                let rows: Vec<_> =
                    all.map(|(id, email, role, state)| [email, role, state.to_owned(), id]).collect();
                output::table(["EMAIL", "ROLE", "STATE", "ID"], &rows, "There is nobody yet.")
            }
            Self::Role { person, role, json } => {
                let person = find(&store, &person).await?;
                let changed = people::set_role(&store, &by_cli(&person), &person.id, role, now).await?;
                let text = format!("{} is {} now", changed.email, changed.role);
                output::done(json, &View::try_from(changed)?, &text)
            }
            Self::Remove { person, json } => {
                let person = find(&store, &person).await?;
                people::remove(&store, &by_cli(&person), &person.id, now).await?;
                let value = json!({ "id": person.id, "email": person.email, "removed": true });
                output::done(json, &value, &format!("Removed {}", person.email))
            }
            Self::Suspend { person, json } => {
                let person = find(&store, &person).await?;
                let changed = people::suspend(&store, &by_cli(&person), &person.id, true, now).await?;
                let text = format!("{} cannot sign in now", person.email);
                output::done(json, &View::try_from(changed)?, &text)
            }
            Self::Unsuspend { person, json } => {
                let person = find(&store, &person).await?;
                let changed = people::suspend(&store, &by_cli(&person), &person.id, false, now).await?;
                let text = format!("{} can sign in again", person.email);
                output::done(json, &View::try_from(changed)?, &text)
            }
            Self::Unlink { person, json } => {
                let person = find(&store, &person).await?;
                people::unlink(&store, &by_cli(&person), &person.id, now).await?;
                let text = format!("{} is linked to no sign-in elsewhere now", person.email);
                output::done(json, &View::try_from(find(&store, &person.id).await?)?, &text)
            }
            Self::CheckProvider { json } => {
                let settings = Settings::read(directory.path())?.ok_or_else(|| Error::NotFound {
                    what: "file in the data directory named",
                    name: settings::FILE.into(),
                })?;
                accounts::find(&store, &settings.account).await?;
                let issuer = settings.issuer.clone();
                match Provider::new(settings)?.check().await {
                    Ok(()) => {
                        let text = format!("{issuer} answers and describes itself as expected");
                        output::done(json, &json!({ "issuer": issuer, "answers": true }), &text)
                    }
                    Err(refusal) => Err(Error::Invalid(format!("{} ({})", refusal.detail(), refusal.code()))),
                }
            }
            Self::ResetTotp { person, json } => {
                let person = find(&store, &person).await?;
                second_step::switch_off(&store, &by_cli(&person), &person.id, now).await?;
                let text = format!("{} signs in with the password alone now", person.email);
                output::done(json, &View::try_from(find(&store, &person.id).await?)?, &text)
            }
        }
    }
}

fn by_cli(person: &Operator) -> Actor<'_> {
    Actor { account: &person.account, id: "cli" }
}

pub(super) async fn find(store: &Store, person: &str) -> Result<Operator> {
    let found = match person.contains('@') {
        true => operators::by_email(store, &person.to_lowercase()).await?,
        false => operators::by_id(&mut *store.read().await?, person).await?,
    };
    found.ok_or_else(|| Error::NotFound { what: "person", name: person.to_owned() })
}
