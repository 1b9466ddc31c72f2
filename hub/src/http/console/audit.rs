//! Who did what, and what was refused: the audit log with its filters.

use axum::extract::{Query as Parameters, State};
use maud::{Markup, html};

use super::super::Shared;
use super::layout::page;
use super::moment;
use super::session::Session;
use crate::Result;
use crate::audit_log::{self, Query};
use crate::store::audit::{self, Record};
use crate::store::{api_tokens, operators};

pub(super) async fn list(
    State(state): State<Shared>,
    session: Session,
    Parameters(query): Parameters<Query>,
) -> Result<Markup> {
    let viewer = session.viewer(&state)?;
    let account = &session.operator.account;
    let (records, next, wrong) = match (query.filter(), query.limit()) {
        (Ok(filter), Ok(limit)) => {
            let (records, next) = audit::page(&state.store, account, &filter, limit).await?;
            (records, next, None)
        }
        (Err(error), _) | (_, Err(error)) => (Vec::new(), None, Some(error.to_string())),
    };
    let people = operators::list(&state.store, account).await?.into_iter().map(|person| person.email);
    let tokens = api_tokens::list(&state.store, account).await?.into_iter().map(|token| token.name);
    let known: Vec<String> = people.chain(tokens).chain(["cli", "device"].map(str::to_owned)).collect();
    let parameters = parameters(&query);
    let content = html! {
        div.head {
            h1 { "Audit" }
            p.summary { "Who did what, newest first. Times are UTC." }
        }
        (filters(&query, &known))
        @if let Some(message) = &wrong { p.alert role="alert" { (message) } }
        @if !records.is_empty() {
            (table(&records))
        } @else if wrong.is_none() {
            div.card {
                h2 { "Nothing found" }
                p { "No entry fits. " a href="/audit" { "Show everything" } }
            }
        }
        div.actions {
            @if !query.cursor.is_empty() { a.button.quiet href={ "/audit?" (parameters) } { "Newest" } }
            @if let Some(next) = &next { a.button.quiet href={ "/audit?" (parameters) "&cursor=" (next) } { "Older" } }
            a.button.quiet href={ "/api/v1/audit.csv?" (parameters) } download="audit.csv" { "Export as CSV" }
            a.button.quiet href={ "/api/v1/audit.json?" (parameters) } download="audit.json" { "Export as JSON" }
        }
        p.hint { "Refusals are kept for 30 days, everything else for ever." }
    };
    Ok(page("Audit", Some(&viewer), content))
}

/// The filter as part of an address, without the place.
fn parameters(query: &Query) -> String {
    let fields = [
        ("actor", &query.actor),
        ("action", &query.action),
        ("outcome", &query.outcome),
        ("from", &query.from),
        ("until", &query.until),
        ("limit", &query.limit),
    ];
    let given = fields.iter().filter(|(_, value)| !value.is_empty());
    given
        .map(|(name, value)| format!("{name}={}", crate::second_step::escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn filters(query: &Query, known: &[String]) -> Markup {
    html! {
        section.card {
            form.line method="get" action="/audit" {
                div {
                    label for="actor" { "Who" }
                    input #actor name="actor" value=(query.actor) list="actors" placeholder="anybody";
                    datalist #actors { @for name in known { option value=(name) {} } }
                }
                div {
                    label for="action" { "Action" }
                    input #action name="action" value=(query.action) list="actions" placeholder="anything";
                    datalist #actions { @for (name, verb) in audit_log::ACTIONS { option value=(name) { (verb) } } }
                }
                div {
                    label for="outcome" { "Outcome" }
                    select #outcome name="outcome" {
                        option value="" { "any" }
                        option value="ok" selected[query.outcome == "ok"] { "done" }
                        option value="refused" selected[query.outcome == "refused"] { "refused" }
                    }
                }
                div {
                    label for="from" { "From" }
                    input #from type="date" name="from" value=(query.from);
                }
                div {
                    label for="until" { "Until" }
                    input #until type="date" name="until" value=(query.until);
                }
                button type="submit" { "Show" }
            }
        }
    }
}

fn table(records: &[Record]) -> Markup {
    html! {
        div.card.flush {
            table {
                thead { tr {
                    th scope="col" { "When" }
                    th scope="col" { "What happened" }
                    th scope="col" { "Outcome" }
                    th scope="col" { "From" }
                } }
                tbody {
                    @for record in records {
                        tr {
                            th scope="row" { (moment::second(record.at)) }
                            td data-label="What happened" {
                                (audit_log::sentence(record))
                                span.minor { (record.action) }
                            }
                            td data-label="Outcome" {
                                @if record.outcome == "refused" {
                                    span.state.unauthorized { "Refused" }
                                    @if let Some(code) = &record.code { span.minor { (code) } }
                                } @else {
                                    span.state.online { "Done" }
                                }
                            }
                            td data-label="From" { (record.address.as_deref().unwrap_or("–")) }
                        }
                    }
                }
            }
        }
    }
}
