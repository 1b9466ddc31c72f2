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
    let mut gauge = |name: &str, help: &str, samples: &[(&str, i64)]| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP signage_{name} {help}\n# TYPE signage_{name} gauge");
        for (labels, value) in samples {
            let _ = writeln!(text, "signage_{name}{labels} {value}");
        }
    };
    gauge(
        "screens",
        "Screens of the account by state.",
        &[
            ("{state=\"online\"}", counts.online),
            ("{state=\"offline\"}", counts.offline),
            ("{state=\"unauthorized\"}", counts.unauthorized),
        ],
    );
    gauge("content", "Images and videos of the account.", &[("", counts.content)]);
    gauge("content_bytes", "Bytes of the account's images and videos.", &[("", counts.content_bytes)]);
    let version = concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
    gauge("hub_info", "The hub itself.", &[(version, 1)]);
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
