//! Whether somebody whom the provider has let in is one of ours, and what they may do here.
//!
//! The provider's own name for a person counts; an e-mail address only once, to find whom that name belongs to, and
//! only when the provider vouches for it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Refusal;
use super::provider::Identity;
use super::settings::Settings;
use crate::api_token::Actor;
use crate::ident::Millis;
use crate::rights::Role;
use crate::store::operators::Operator;
use crate::store::{self, Connection, Store, audit, groups, identities, invitations, operators};
use crate::{Result, people};

/// In the place of the hash of a password, for people who have none.
pub const NO_PASSWORD: &str = "";

/// The person behind an identity, made or linked if the settings allow it; with what the provider says of their
/// role and groups.
pub async fn admit(
    store: &Store,
    settings: &Settings,
    account: &str,
    identity: &Identity,
    now: Millis,
) -> Result<std::result::Result<Operator, Refusal>> {
    let email = identity.email.as_deref().and_then(|email| people::email(email).ok());
    let vouched = email.as_ref().filter(|_| identity.verified || !settings.require_verified_email);
    if !settings.domains.is_empty() {
        let domain = vouched.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        if domain.is_none_or(|domain| !settings.domains.iter().any(|one| one == domain)) {
            let text =
                if vouched.is_none() { "no verified address".into() } else { email.unwrap_or_default() };
            return Ok(Err(Refusal::Domain(text)));
        }
    }
    let mut change = store.write().await?;
    let known = identities::find(&mut change, &identity.issuer, &identity.subject).await?;
    let found = match known {
        Some(id) => operators::by_id(&mut change, &id).await?.filter(|person| person.account == account),
        None => {
            let Some(email) = vouched else {
                return Ok(Err(Refusal::Unverified(identity.email.clone().unwrap_or_default())));
            };
            match newcomer(&mut change, settings, account, identity, email, now).await? {
                Ok(person) => Some(person),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
    };
    let Some(mut person) = found else {
        return Ok(Err(Refusal::Unknown(format!("{} is of another account", identity.subject))));
    };
    if person.suspended_at.is_some() {
        return Ok(Err(Refusal::Suspended(person.email)));
    }
    if !settings.roles.is_empty() {
        set_role(&mut change, &mut person, role(settings, &identity.claims), now).await?;
    }
    set_groups(&mut change, settings, &person, &identity.claims, now).await?;
    store::commit(change).await?;
    Ok(Ok(person))
}

/// Somebody whom this provider has not sent before.
async fn newcomer(
    change: &mut Connection,
    settings: &Settings,
    account: &str,
    identity: &Identity,
    email: &str,
    now: Millis,
) -> Result<std::result::Result<Operator, Refusal>> {
    let unknown = || Refusal::Unknown(email.to_owned());
    let (person, action) = match operators::with_email(change, email).await? {
        Some(person) if person.account != account || !settings.existing => return Ok(Err(unknown())),
        Some(person) if identities::any(change, &identity.issuer, &person.id).await? => {
            return Ok(Err(Refusal::Taken(email.to_owned())));
        }
        Some(person) => (person, "person.link"),
        None => {
            let invitation = invitations::by_email(change, account, email, now).await?;
            let role = match invitation.filter(|_| settings.invited) {
                Some(invitation) => {
                    invitations::delete(change, account, &invitation.id).await?;
                    invitation.role()?
                }
                None if settings.everybody => settings.role,
                None => return Ok(Err(unknown())),
            };
            let person = Operator::new(account.to_owned(), email.to_owned(), NO_PASSWORD.into(), role, now)?;
            operators::insert(change, &person).await?;
            (person, "person.join")
        }
    };
    identities::insert(change, &identity.issuer, &identity.subject, &person.id, now).await?;
    let actor = Actor { account, id: &person.id };
    audit::by(change, &actor, action, &person.id, Some(&identity.issuer), now).await?;
    Ok(Ok(person))
}

/// The role that the provider gives: the widest of what is mapped, else the one of everybody.
fn role(settings: &Settings, claims: &BTreeMap<String, Value>) -> Role {
    let given = values(claims, &settings.role_claim);
    let mapped = settings.roles.iter().filter(|(value, _)| given.contains(value)).map(|(_, role)| *role);
    mapped.max().unwrap_or(settings.role)
}

/// The last admin stays admin, whatever the provider says: nobody could make another.
async fn set_role(change: &mut Connection, person: &mut Operator, role: Role, now: Millis) -> Result<()> {
    let before = person.role()?;
    let last = before == Role::Admin
        && operators::count_role(change, &person.account, Role::Admin.as_str()).await? <= 1;
    if before == role || last {
        return Ok(());
    }
    operators::set_role(change, &person.id, role.as_str()).await?;
    let detail = format!("{} → {}, by the provider", person.role, role.as_str());
    role.as_str().clone_into(&mut person.role);
    let actor = Actor { account: &person.account, id: &person.id };
    audit::by(change, &actor, "person.role", &person.id, Some(&detail), now).await
}

/// Puts somebody into the groups that the provider says, and out of the others that the settings name.
async fn set_groups(
    change: &mut Connection,
    settings: &Settings,
    person: &Operator,
    claims: &BTreeMap<String, Value>,
    now: Millis,
) -> Result<()> {
    let given = values(claims, &settings.group_claim);
    let wanted: Vec<&String> =
        settings.groups.iter().filter(|(value, _)| given.contains(value)).map(|(_, name)| name).collect();
    let before = groups::names_of(change, &person.id).await?;
    let actor = Actor { account: &person.account, id: &person.id };
    let mut names: Vec<&String> = settings.groups.values().collect();
    names.dedup();
    for name in names {
        let (is_in, belongs) = (before.contains(name), wanted.contains(&name));
        if is_in == belongs {
            continue;
        }
        let Some(group) = groups::find(change, &person.account, name).await? else {
            tracing::warn!(group = name, "a group of oidc.toml is not there");
            continue;
        };
        let detail = if belongs {
            groups::add_member(change, &group.id, &person.id).await?;
            format!("with {}, by the provider", person.email)
        } else {
            groups::remove_member(change, &group.id, &person.id).await?;
            format!("without {}, by the provider", person.email)
        };
        audit::by(change, &actor, "group.change", &group.id, Some(&detail), now).await?;
    }
    Ok(())
}

/// The texts of a claim: one, or a list. A name with dots leads into objects, unless there is a claim of just that
/// name.
pub(super) fn values(claims: &BTreeMap<String, Value>, name: &str) -> Vec<String> {
    let found = claims.get(name).or_else(|| {
        let mut levels = name.split('.');
        let first = claims.get(levels.next()?)?;
        levels.try_fold(first, |value, level| value.get(level))
    });
    match found {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|one| one.as_str().map(Into::into)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_a_text_or_a_list_or_lies_deeper() {
        let claims: BTreeMap<String, Value> = serde_json::from_value(serde_json::json!({
            "groups": ["a", 1, "b"], "role": "x", "realm_access": { "roles": ["r"] }, "a.b": "dotted"
        }))
        .unwrap();
        assert_eq!(values(&claims, "groups"), ["a", "b"]);
        assert_eq!(values(&claims, "role"), ["x"]);
        assert_eq!(values(&claims, "realm_access.roles"), ["r"]);
        assert_eq!(values(&claims, "a.b"), ["dotted"]);
        assert!(values(&claims, "realm_access").is_empty() && values(&claims, "nothing.here").is_empty());
    }
}
