//! `/audit`: who did what, newest first, by the page or as one file.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::Shared;
use super::super::user::User;
use super::page::{Asked, Page};
use crate::audit_log::{self, Filter, MAX_PAGE, Query};
use crate::ident::timestamp;
use crate::rights::Right;
use crate::store::Store;
use crate::store::audit::{self, Record};
use crate::{Error, Result};

/// An entry of the log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub(crate) struct Item {
    #[serde(flatten)]
    record: Record,
    /// The entry as a sentence; its wording may change.
    summary: String,
}

impl From<Record> for Item {
    fn from(record: Record) -> Self {
        Self { summary: audit_log::sentence(&record), record }
    }
}

/// One page.
pub(super) async fn list(
    State(state): State<Shared>,
    user: User,
    Asked(query): Asked<Query>,
) -> Result<Page<Item>> {
    user.may(Right::ManageAccount)?;
    let (records, next) = audit::page(&state.store, &user.account, &query.filter()?, query.limit()?).await?;
    Ok(Page { items: records.into_iter().map(Item::from).collect(), next })
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
enum Format {
    Csv,
    Json,
}

/// The whole log as a table.
pub(super) async fn csv(
    State(state): State<Shared>,
    user: User,
    Asked(query): Asked<Query>,
) -> Result<Response> {
    export(&state, &user, &query, Format::Csv)
}

/// The whole log as a list.
pub(super) async fn json(
    State(state): State<Shared>,
    user: User,
    Asked(query): Asked<Query>,
) -> Result<Response> {
    export(&state, &user, &query, Format::Json)
}

fn export(state: &Shared, user: &User, query: &Query, format: Format) -> Result<Response> {
    user.may(Right::ManageAccount)?;
    let (media_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Format::Json => ("application/json", "attachment; filename=\"audit.json\""),
    };
    // A file has no pages; a limit that cannot be right is refused all the same.
    query.limit()?;
    let filter = Filter { before: None, ..query.filter()? };
    let headers = [(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file(state.store.clone(), user.account.clone(), filter, format)).into_response())
}

/// Where a file has got to.
enum At {
    Start(Filter),
    Middle(Filter),
    Done,
}

/// The file in pieces of a page each, however long the log is.
fn file(store: Store, account: String, filter: Filter, format: Format) -> Body {
    let pieces = stream::try_unfold(At::Start(filter), move |at| {
        let (store, account) = (store.clone(), account.clone());
        async move {
            let (filter, first) = match at {
                At::Start(filter) => (filter, true),
                At::Middle(filter) => (filter, false),
                At::Done => return Ok(None),
            };
            let (records, next) = audit::page(&store, &account, &filter, MAX_PAGE).await?;
            let piece = match format {
                Format::Csv => csv_piece(&records, first),
                Format::Json => json_piece(records, first, next.is_none())?,
            };
            let at = match next {
                Some(next) => At::Middle(Filter { before: Some(next), ..filter }),
                None => At::Done,
            };
            Ok::<_, Error>(Some((Bytes::from(piece), at)))
        }
    });
    Body::from_stream(pieces)
}

fn json_piece(records: Vec<Record>, first: bool, last: bool) -> Result<String> {
    let mut text = String::from(if first { "[" } else { "" });
    for (index, record) in records.into_iter().enumerate() {
        text.push_str(if first && index == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(&Item::from(record)).map_err(Error::json("the audit log"))?);
    }
    text.push_str(if last { "\n]\n" } else { "" });
    Ok(text)
}

/// A page of the table, its head before the first.
pub(crate) fn csv_piece(records: &[Record], first: bool) -> String {
    let mut text = String::new();
    if first {
        text.push_str(
            "at,actor,actor_name,action,subject,subject_name,outcome,code,address,detail,summary,id\r\n",
        );
    }
    let or_empty = |field: &Option<String>| field.clone().unwrap_or_default();
    for record in records {
        let cells = [
            timestamp(record.at).to_string(),
            record.actor.clone(),
            or_empty(&record.actor_name),
            record.action.clone(),
            record.subject.clone(),
            or_empty(&record.subject_name),
            record.outcome.clone(),
            or_empty(&record.code),
            or_empty(&record.address),
            or_empty(&record.detail),
            audit_log::sentence(record),
            record.id.clone(),
        ];
        text.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell, RFC 4180. What a spreadsheet would take for a formula gets an apostrophe: names come from outside.
fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if formula { "'" } else { "" };
    match formula || text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{mark}{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(csv_cell("plain"), "plain");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
