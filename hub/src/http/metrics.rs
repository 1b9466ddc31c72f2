//! `GET /metrics`: what an account has, for Prometheus (text format 0.0.4). The scraper shows an API token of the
//! account; the role viewer is enough.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::Shared;
use super::user::User;
use crate::rights::Right;
use crate::store::metrics::{self, Counts};
use crate::store::workspace;
use crate::{Result, ident};

pub(super) async fn get(State(state): State<Shared>, user: User) -> Result<impl IntoResponse> {
    user.may(Right::View)?;
    let settings = workspace::settings(&mut *state.store.read().await?, &user.account).await?;
    let online = settings.online(ident::now());
    let counts = metrics::counts(&state.store, &user.account, &user.scope, online).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text(&counts)))
}

fn text(counts: &Counts) -> String {
    let mut text = String::new();
    let mut metric = |kind: &str, name: &str, help: &str, samples: &[(&str, i64)]| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP signage_{name} {help}\n# TYPE signage_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "signage_{name}{labels} {value}");
        }
    };
    metric(
        "gauge",
        "screens",
        "Screens of the account by state.",
        &[
            ("{state=\"online\"}", counts.online),
            ("{state=\"offline\"}", counts.offline),
            ("{state=\"unauthorized\"}", counts.unauthorized),
        ],
    );
    metric("gauge", "content", "Images and videos of the account.", &[("", counts.content)]);
    metric(
        "gauge",
        "content_bytes",
        "Bytes of the account's images and videos.",
        &[("", counts.content_bytes)],
    );
    let [content, network, hardware] = counts.faults;
    let faults = [
        ("{class=\"content\"}", content),
        ("{class=\"network\"}", network),
        ("{class=\"hardware\"}", hardware),
    ];
    metric("gauge", "faults", "Faults of the account's screens that are not resolved.", &faults);
    let [reports, records, dropped] = counts.reports;
    metric("counter", "reports_total", "Reports of the account's screens.", &[("", reports)]);
    let records = [("{outcome=\"kept\"}", records), ("{outcome=\"dropped\"}", dropped)];
    metric("counter", "report_records_total", "Log lines, plays and faults in them.", &records);
    let [sent, failed] = counts.messages;
    let messages = [("{outcome=\"sent\"}", sent), ("{outcome=\"failed\"}", failed)];
    metric("counter", "alert_messages_total", "Messages of alerts.", &messages);
    let version = concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    metric("gauge", "hub_info", "The hub itself.", &[(version, 1)]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let text = text(&Counts { online: 2, ..Counts::default() });
        assert!(
            text.contains("# TYPE signage_screens gauge\nsignage_screens{state=\"online\"} 2\n"),
            "{text}"
        );
        assert!(text.ends_with('\n'));
    }
}
