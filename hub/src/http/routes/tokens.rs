//! Tokens that enrol screens.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::rights::Right::{ManageScreens, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/tokens", Api(View)),
    row("POST", "/api/v1/tokens", Api(ManageScreens)).by_folder(),
    row("POST", "/api/v1/tokens/bulk", Api(ManageScreens)).by_folder(),
    row("POST", "/api/v1/tokens/files", Api(ManageScreens)).by_folder(),
    row("GET", "/api/v1/tokens/{id}", Api(View)),
    row("POST", "/api/v1/tokens/{id}/renew", Api(ManageScreens)),
    row("POST", "/api/v1/tokens/{id}/revoke", Api(ManageScreens)),
    row("GET", "/api/v1/tokens/{id}/devices", Api(View)),
    row("GET", "/tokens", Console(View)),
    row("GET", "/tokens/new", Console(ManageScreens)).by_folder(),
    row("POST", "/tokens/new", Console(ManageScreens)).by_folder(),
    row("GET", "/tokens/bulk", Console(ManageScreens)).by_folder(),
    row("POST", "/tokens/bulk", Console(ManageScreens)).by_folder(),
    row("POST", "/tokens/files", Console(ManageScreens)).by_folder(),
    row("GET", "/tokens/{id}", Console(View)),
    row("POST", "/tokens/{id}/renew", Console(ManageScreens)),
    row("POST", "/tokens/{id}/revoke", Console(ManageScreens)),
];
