//! What is open to everybody: health, assets, signing in.

use super::Access::{Api, Console, Open, Page};
use super::{Route, row};
use crate::rights::Right::View;
use serde_json::{Map, Value};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/healthz", Open)
        .says("Says that the hub answers and its database does.")
        .gives_file("text/plain"),
    row("GET", "/schema/provisioning-1.json", Open)
        .says("The JSON Schema of the provisioning file.")
        .gives_file("application/schema+json"),
    row("GET", "/metrics", Api(View))
        .says("What the account has, for Prometheus.")
        .gives_file("text/plain; version=0.0.4"),
    row("GET", "/api/v1/openapi.json", Open).says("This description.").gives::<Map<String, Value>>(200),
    row("GET", "/api", Page),
    row("GET", "/assets/{file}", Open),
    row("GET", "/", Page),
    row("POST", "/", Page),
    row("POST", "/sign-in/code", Page),
    row("GET", "/setup", Page),
    row("POST", "/setup", Page),
    row("GET", "/join", Page),
    row("POST", "/join", Page),
    row("POST", "/sign-out", Console(View)),
];
