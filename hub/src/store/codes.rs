//! Table `authorization_code`: what an operator chooses to authorize a screen.

use signage_protocol::document::AuthorizationKind;
use sqlx::FromRow;

use super::{Connection, Store};
use crate::folder_rights::{Area, Scope};
use crate::ident::Millis;
use crate::{Error, Result};

/// Rows of one statement. More are slower: SQLite looks each numbered value up in the list of all.
const CHUNK: usize = 25;
const COLUMNS: usize = 10;

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// `aut_…`; newer ones are greater.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// What people see; unique in the account.
    pub code: String,
    /// What it authorizes for.
    pub kind: AuthorizationKind,
    /// How many days it authorizes from its first use on; or it has a fixed end.
    pub days: Option<i64>,
    /// Its end; of one with days, once it was used.
    pub ends_at: Option<Millis>,
    /// How often it may come back from a screen.
    pub replacements: i64,
    /// How often it has.
    pub replaced: i64,
    /// The screen that it authorizes, or did last.
    pub device: Option<String>,
    /// Since when.
    pub used_at: Option<Millis>,
    /// When it became historical.
    pub cancelled_at: Option<Millis>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// What its screen is called.
    pub device_name: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    code: String,
    kind: String,
    days: Option<i64>,
    ends_at: Option<Millis>,
    replacements: i64,
    replaced: i64,
    device: Option<String>,
    used_at: Option<Millis>,
    cancelled_at: Option<Millis>,
    created_by: String,
    created_at: Millis,
    device_name: Option<String>,
}

const SELECT: &str = "SELECT c.*, d.name AS device_name FROM authorization_code c \
     LEFT JOIN device d ON d.id = c.device AND d.account = c.account ";

impl TryFrom<Row> for Code {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            kind: kind(&row.kind)?,
            id: row.id,
            account: row.account,
            code: row.code,
            days: row.days,
            ends_at: row.ends_at,
            replacements: row.replacements,
            replaced: row.replaced,
            device: row.device,
            used_at: row.used_at,
            cancelled_at: row.cancelled_at,
            created_by: row.created_by,
            created_at: row.created_at,
            device_name: row.device_name,
        })
    }
}

/// A kind from a column.
pub(super) fn kind(text: &str) -> Result<AuthorizationKind> {
    AuthorizationKind::parse(text).ok_or(Error::Damaged { what: "kind of an authorization" })
}

/// Adds codes.
pub async fn insert(connection: &mut Connection, codes: &[Code]) -> Result<()> {
    for chunk in codes.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO authorization_code (id, account, code, kind, days, ends_at, replacements, replaced, \
             created_by, created_at) VALUES {}",
            super::rows(chunk.len(), COLUMNS)
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for code in chunk {
            query = query
                .bind(&code.id)
                .bind(&code.account)
                .bind(&code.code)
                .bind(code.kind.as_str())
                .bind(code.days)
                .bind(code.ends_at)
                .bind(code.replacements)
                .bind(code.replaced)
                .bind(&code.created_by)
                .bind(code.created_at);
        }
        query.execute(&mut *connection).await.map_err(Error::database("adding authorization codes"))?;
    }
    Ok(())
}

/// Writes what changes in the life of a code.
pub async fn update(connection: &mut Connection, code: &Code) -> Result<()> {
    sqlx::query(
        "UPDATE authorization_code SET ends_at = $2, replaced = $3, device = $4, used_at = $5, cancelled_at = $6 \
         WHERE id = $1",
    )
    .bind(&code.id)
    .bind(code.ends_at)
    .bind(code.replaced)
    .bind(&code.device)
    .bind(code.used_at)
    .bind(code.cancelled_at)
    .execute(connection)
    .await
    .map_err(Error::database("changing an authorization code"))?;
    Ok(())
}

/// A code of an account, by its id or by what people see.
pub async fn find(connection: &mut Connection, account: &str, id_or_code: &str) -> Result<Option<Code>> {
    let sql = format!("{SELECT} WHERE c.account = $1 AND (c.id = $2 OR c.code = $2)");
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(id_or_code)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an authorization code"))?
        .map(Code::try_from)
        .transpose()
}

/// The account of a code.
pub async fn account_of(connection: &mut Connection, id: &str) -> Result<Option<String>> {
    sqlx::query_scalar("SELECT account FROM authorization_code WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("reading an authorization code"))
}

/// Which codes of an account.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<AuthorizationKind>,
    /// Only those in this status, as [`crate::authorization_code::Status::as_str`].
    pub status: Option<&'static str>,
    /// Id of the last code of the page before.
    pub after: Option<String>,
    /// Unused, or of screens in folders that are there for whoever asks.
    pub scope: Scope,
}

/// A page of the codes of an account, newest first.
pub async fn page(
    store: &Store,
    account: &str,
    filter: &Filter,
    limit: i64,
    now: Millis,
) -> Result<Vec<Code>> {
    let seen = match filter.scope == Scope::default() {
        true => "1 = 1".to_owned(),
        false => format!(
            "(c.device IS NULL OR (d.id IS NOT NULL AND d.left_at IS NULL AND {}))",
            filter.scope.sql(Area::Screens, "d.folder")
        ),
    };
    let sql = format!(
        "{SELECT} WHERE c.account = $1 AND {seen} AND ($2 = '' OR c.kind = $2) AND ($3 = '' OR c.id < $3) AND ($4 = '' OR $4 = \
         CASE WHEN c.cancelled_at IS NOT NULL THEN 'historical' WHEN c.ends_at <= $5 THEN 'expired' \
         WHEN c.device IS NOT NULL THEN 'used' ELSE 'valid' END) ORDER BY c.id DESC LIMIT $6"
    );
    let mut connection = store.read().await?;
    sqlx::query_as::<_, Row>(sqlx::AssertSqlSafe(sql))
        .bind(account)
        .bind(filter.kind.map_or("", AuthorizationKind::as_str))
        .bind(filter.after.as_deref().unwrap_or_default())
        .bind(filter.status.unwrap_or_default())
        .bind(now)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("listing authorization codes"))?
        .into_iter()
        .map(Code::try_from)
        .collect()
}

/// How many codes of an account are of a kind and in a status.
pub async fn count(
    connection: &mut Connection,
    account: &str,
    now: Millis,
) -> Result<Vec<(String, String, i64)>> {
    sqlx::query_as(
        "SELECT kind, status, COUNT(*) FROM (SELECT kind, CASE WHEN cancelled_at IS NOT NULL THEN 'historical' \
         WHEN ends_at <= $2 THEN 'expired' WHEN device IS NOT NULL THEN 'used' ELSE 'valid' END AS status \
         FROM authorization_code WHERE account = $1) AS found GROUP BY kind, status",
    )
    .bind(account)
    .bind(now)
    .fetch_all(connection)
    .await
    .map_err(Error::database("counting authorization codes"))
}
