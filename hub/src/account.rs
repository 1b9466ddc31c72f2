//! Accounts: making one, with its key and its first operator, and signing with the key.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use signage_protocol::Secret;
use signage_protocol::config;
use signage_protocol::jws::{self, PublicKey, SigningKey, VerifyingKey, typ};
use signage_protocol::problem::Problem;

use crate::ident::{self, Millis};
use crate::rights::Role;
use crate::store::accounts::Account;
use crate::store::operators::Operator;
use crate::store::{self, Connection, Store, accounts, audit, operators};
use crate::vault::{SIGNING_KEY, Vault};
use crate::{Error, Result, password, people};

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
    let (password_hash, generated) = hash_or_generate(password)?;
    let mut change = store.write().await?;
    let vault = store.vault();
    let (account, operator) =
        insert(&mut change, vault, Some("cli"), name, email, password_hash, now).await?;
    store::commit(change).await?;
    Ok(Created { account, operator, password: generated })
}

/// Adds an account and its first operator, who is the actor when there is no other.
pub(crate) async fn insert(
    change: &mut Connection,
    vault: &Vault,
    actor: Option<&str>,
    name: &str,
    email: &str,
    password_hash: String,
    now: Millis,
) -> Result<(Account, Operator)> {
    let (id, seed) = (ident::new("acc")?, ident::random::<32>()?);
    let account = Account {
        name: self::name(name)?,
        signing_key: vault.seal(SIGNING_KEY, &id, &hex::encode(seed))?,
        public_key: hex::encode(SigningKey::from_bytes(&seed).verifying_key().to_bytes()),
        id,
        default_playlist: None,
        default_layout: None,
        approval: "none".into(),
        content_sequence: 1,
        content_changed_at: now,
        created_at: now,
        screen_limit: None,
        timezone: None,
    };
    let operator = Operator::new(account.id.clone(), people::email(email)?, password_hash, Role::Admin, now)?;
    accounts::insert(change, &account).await?;
    operators::insert(change, &operator).await?;
    let entry = audit::Entry {
        account: Some(&account.id),
        actor: actor.unwrap_or(&operator.id),
        action: "account.create",
        subject: &account.id,
        detail: Some(&operator.email),
        ..audit::Entry::default()
    };
    audit::record(change, &entry, now).await?;
    Ok((account, operator))
}

/// The name of an account as it is stored.
pub(crate) fn name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Error::Invalid(format!("the name of an account has 1 to {MAX_NAME} characters")));
    }
    Ok(name.to_owned())
}

/// Signs a provisioning file, so that the account's locked screens take it. A file that no screen would take is
/// not signed.
pub async fn sign_file(store: &Store, account: &Account, file: &[u8], now: Millis) -> Result<String> {
    let parsed = config::parse(file).map_err(|findings| {
        let first = findings.first().map(Problem::from);
        let detail = first.and_then(|problem| problem.detail).unwrap_or_default();
        Error::Invalid(format!("the provisioning file is not valid: {detail}"))
    })?;
    if parsed.file.issued_at.is_none() {
        // By it a screen tells the newest of the signed files from one that somebody has kept.
        return Err(Error::Invalid(
            "the provisioning file needs \"issuedAt\", the time of its making".into(),
        ));
    }
    let signature = account.sign_detached(store.vault(), typ::CONFIGURATION, file)?;
    let digest = hex::encode(Sha256::digest(file));
    let mut change = store.write().await?;
    let entry = audit::Entry {
        account: Some(&account.id),
        actor: "cli",
        action: "account.sign",
        subject: &account.id,
        detail: Some(&digest),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    Ok(signature)
}

/// Limits how many screens of an account may play at the same time. Those that already do go on.
pub async fn limit_screens(store: &Store, account: &Account, limit: Option<i64>, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    accounts::set_screen_limit(&mut change, &account.id, limit).await?;
    let detail = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{limit} screens"));
    let entry = audit::Entry {
        account: Some(&account.id),
        actor: "cli",
        action: "account.limit",
        subject: &account.id,
        detail: Some(&detail),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await
}

/// Gives an operator another password and ends all sessions. Without a password one is generated and answered.
pub async fn set_password(
    store: &Store,
    email: &str,
    password: Option<Secret>,
    now: Millis,
) -> Result<Option<Secret>> {
    let email = email.trim().to_lowercase();
    let operator = operators::by_email(store, &email)
        .await?
        .ok_or_else(|| Error::NotFound { what: "operator", name: email.clone() })?;
    let (password_hash, generated) = hash_or_generate(password)?;
    let mut change = store.write().await?;
    operators::set_password_hash(&mut change, &operator.id, &password_hash).await?;
    operators::delete_sessions_of(&mut change, &operator.id).await?;
    let entry = audit::Entry {
        account: Some(&operator.account),
        actor: "cli",
        action: "operator.password",
        subject: &operator.id,
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    Ok(generated)
}

/// The hash of a password, and the password itself when the hub had to choose it.
fn hash_or_generate(password: Option<Secret>) -> Result<(String, Option<Secret>)> {
    match password {
        Some(password) => {
            password::check(&password)?;
            Ok((password::hash(&password)?, None))
        }
        None => {
            let generated = password::generate()?;
            Ok((password::hash(&generated)?, Some(generated)))
        }
    }
}

impl Account {
    fn key(&self, vault: &Vault) -> Result<SigningKey> {
        let seed = vault.open(SIGNING_KEY, &self.id, &self.signing_key)?;
        Ok(SigningKey::from_bytes(&bytes(seed.expose())?))
    }

    /// The key by which devices know the account's documents.
    pub fn public_key(&self) -> Result<PublicKey> {
        let key = VerifyingKey::from_bytes(&bytes(&self.public_key)?);
        Ok(PublicKey::from(&key.map_err(|_| Error::Damaged { what: "key of an account" })?))
    }

    /// Signs bytes that travel apart from their signature.
    pub fn sign_detached(&self, vault: &Vault, typ: &'static str, content: &[u8]) -> Result<String> {
        jws::sign_detached(&self.key(vault)?, typ, content).map_err(Error::json("a signature"))
    }

    /// Signs a document of the account for a reader that may not know the key yet, and carries it along.
    pub fn sign_with_key(
        &self,
        vault: &Vault,
        typ: &'static str,
        document: &impl Serialize,
    ) -> Result<String> {
        jws::sign_with_key(&self.key(vault)?, typ, document).map_err(Error::json("a signed document"))
    }

    /// Signs a document of the account. The same document gives the same text.
    pub fn sign(&self, vault: &Vault, typ: &'static str, document: &impl Serialize) -> Result<String> {
        jws::sign(&self.key(vault)?, typ, document).map_err(Error::json("a signed document"))
    }
}

fn bytes(hexadecimal: &str) -> Result<[u8; 32]> {
    let bytes = hex::decode(hexadecimal).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(Error::Damaged { what: "key of an account" })
}
