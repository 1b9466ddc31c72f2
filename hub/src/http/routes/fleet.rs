//! Many screens at once, and what screens report.

use super::super::api::records as api;
use super::Access::{Api, Console};
use super::{Route, row};
use crate::records::Query;
use crate::rights::Right::{ManageScreens, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/screens/{id}/status", Api(View))
        .says("How one screen is doing.")
        .gives::<api::Report>(200),
    row("GET", "/api/v1/screens/{id}/faults", Api(View))
        .says("What is wrong with one screen, and what was.")
        .gives::<api::Faults>(200),
    row("GET", "/api/v1/logs", Api(View))
        .says("What screens have logged, newest first.")
        .asks::<Query>()
        .gives::<api::Logs>(200),
    row("GET", "/api/v1/logs.csv", Api(View))
        .says("All log lines that fit, as a table.")
        .asks::<Query>()
        .gives_file("text/csv"),
    row("GET", "/api/v1/logs.json", Api(View))
        .says("All log lines that fit, as a list.")
        .asks::<Query>()
        .gives_file("application/json"),
    row("GET", "/api/v1/plays", Api(View))
        .says("What screens have played, newest first.")
        .asks::<Query>()
        .gives::<api::Plays>(200),
    row("GET", "/api/v1/plays.csv", Api(View))
        .says("All proof of play that fits, as a table.")
        .asks::<Query>()
        .gives_file("text/csv"),
    row("GET", "/api/v1/plays/totals", Api(View))
        .says("How often and how long content was played, by content and by screen.")
        .asks::<Query>()
        .gives::<api::Totals>(200),
    row("GET", "/logs", Console(View)),
    row("GET", "/plays", Console(View)),
    row("POST", "/screens/bulk", Console(ManageScreens)),
    row("POST", "/screens/bulk/apply", Console(ManageScreens)),
    row("POST", "/screens/{id}/rebind", Console(ManageScreens)),
    row("POST", "/screens/{id}/settle", Console(ManageScreens)),
    row("POST", "/folders", Console(ManageScreens)),
    row("POST", "/folders/change", Console(ManageScreens)),
    row("GET", "/screen-groups", Console(View)),
    row("POST", "/screen-groups", Console(ManageScreens)),
    row("POST", "/screen-groups/{id}", Console(ManageScreens)),
    row("POST", "/screen-groups/{id}/delete", Console(ManageScreens)),
];
