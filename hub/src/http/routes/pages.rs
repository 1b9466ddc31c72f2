//! What is open to everybody: health, assets, signing in.

use super::Access::{Api, Console, Open, Page};
use super::{Route, row};
use crate::rights::Right::View;

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/healthz", Open),
    row("GET", "/schema/provisioning-1.json", Open),
    row("GET", "/metrics", Api(View)),
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
