//! Screens: listing, pairing, changing, letting go.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::rights::Right::{ManageScreens, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/screens", Api(View)),
    row("POST", "/api/v1/screens/pair", Api(ManageScreens)).by_folder(),
    row("POST", "/api/v1/screens/pair/look", Api(ManageScreens)).by_folder(),
    row("POST", "/api/v1/screens/pair/deny", Api(ManageScreens)).by_folder(),
    row("GET", "/api/v1/screens/{id}", Api(View)),
    row("PATCH", "/api/v1/screens/{id}", Api(ManageScreens)),
    row("DELETE", "/api/v1/screens/{id}", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/withdraw", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/authorize", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/unpair", Api(ManageScreens)),
    row("POST", "/api/v1/screens/{id}/transfer", Api(ManageScreens)),
    row("POST", "/api/v1/transfer-codes", Api(ManageScreens)),
    row("GET", "/screens", Console(View)),
    row("GET", "/screens/{id}", Console(View)),
    row("POST", "/screens/{id}", Console(ManageScreens)),
    row("POST", "/screens/{id}/withdraw", Console(ManageScreens)),
    row("POST", "/screens/{id}/authorize", Console(ManageScreens)),
    row("POST", "/screens/{id}/unpair", Console(ManageScreens)),
    row("POST", "/screens/{id}/delete", Console(ManageScreens)),
    row("POST", "/screens/{id}/transfer", Console(ManageScreens)),
    row("GET", "/pair", Console(ManageScreens)).by_folder(),
    row("POST", "/pair", Console(ManageScreens)).by_folder(),
    row("POST", "/pair/deny", Console(ManageScreens)).by_folder(),
    row("POST", "/pair/transfer-code", Console(ManageScreens)),
];
