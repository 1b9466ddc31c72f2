//! Accounts: making one, with its key and its first operator, and signing with the key.

use serde::Serialize;
use signage_protocol::Secret;
use signage_protocol::jws::{self, PublicKey, SigningKey};
use signage_protocol::token::hex;

use crate::ident::{self, Millis};
use crate::store::accounts::Account;
use crate::store::operators::Operator;
use crate::store::{self, Store, accounts, audit, operators};
use crate::{Error, Result, password};

/// Longest name of anything, in characters.
pub const MAX_NAME: usize = 100;

/// An account that was just made.
#[derive(Debug)]
pub struct Created {
    /// The account.
    pub account: Account,
    /// Its first operator.
    pub operator: Operator,
    /// The operator's password, when the hub chose it. Shown once.
    pub password: Option<Secret>,
}

/// Makes an account and its first operator. Without a password one is generated.
pub async fn create(
    store: &Store,
    name: &str,
    email: &str,
    password: Option<Secret>,
    now: Millis,
) -> Result<Created> {
    let (name, email) = (name.trim(), email.trim().to_lowercase());
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Error::Invalid(format!(
            "the name of an account has 1 to {MAX_NAME} characters"
        )));
    }
    if !email
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    {
        return Err(Error::Invalid(format!("{email:?} is not an e-mail address")));
    }
    let generated = match &password {
        Some(password) if password.expose().chars().count() < password::MIN_CHARS => {
            return Err(Error::Invalid(format!(
                "a password has at least {} characters",
                password::MIN_CHARS
            )));
        }
        Some(_) => None,
        None => Some(password::generate()?),
    };
    let password_hash = match password.as_ref().or(generated.as_ref()) {
        Some(password) => password::hash(password)?,
        None => return Err(Error::Password),
    };
    let account = Account {
        id: ident::new("acc")?,
        name: name.to_owned(),
        signing_key: hex(&ident::random::<32>()?),
        default_playlist: None,
        content_sequence: 1,
        content_changed_at: now,
        created_at: now,
    };
    let operator = Operator {
        id: ident::new("opr")?,
        account: account.id.clone(),
        email,
        password_hash,
        created_at: now,
    };
    let mut change = store.write().await?;
    accounts::insert(&mut change, &account).await?;
    operators::insert(&mut change, &operator).await?;
    let entry = audit::Entry {
        account: Some(&account.id),
        actor: "cli",
        action: "account.create",
        subject: &account.id,
        detail: Some(&operator.email),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    Ok(Created {
        account,
        operator,
        password: generated,
    })
}

impl Account {
    fn key(&self) -> Result<SigningKey> {
        let bytes: Option<[u8; 32]> = hex::decode(&self.signing_key)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        Ok(SigningKey::from_bytes(&bytes.ok_or(Error::Damaged {
            what: "key of an account",
        })?))
    }

    /// The key by which devices know the account's documents.
    pub fn public_key(&self) -> Result<PublicKey> {
        Ok(PublicKey::from(&self.key()?.verifying_key()))
    }

    /// Signs a document of the account. The same document gives the same text.
    pub fn sign(&self, typ: &'static str, document: &impl Serialize) -> Result<String> {
        jws::sign(&self.key()?, typ, document).map_err(Error::json("a signed document"))
    }
}
