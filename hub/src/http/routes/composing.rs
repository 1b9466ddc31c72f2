//! The pages of what screens show, and when.

use super::Access::Console;
use super::{Route, row};
use crate::rights::Right::{EditContent, ManageAccount, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/playlists", Console(View)),
    row("POST", "/playlists", Console(EditContent)).by_folder(),
    row("GET", "/playlists/{id}", Console(View)),
    row("POST", "/playlists/{id}", Console(EditContent)),
    row("POST", "/playlists/{id}/add", Console(EditContent)),
    row("POST", "/playlists/{id}/duplicate", Console(EditContent)),
    row("POST", "/playlists/{id}/delete", Console(EditContent)),
    row("POST", "/playlists/{id}/move", Console(EditContent)),
    row("GET", "/playlists/{id}/item", Console(EditContent)),
    row("POST", "/playlists/{id}/item", Console(EditContent)),
    row("GET", "/layouts", Console(View)),
    row("POST", "/layouts", Console(EditContent)).by_folder(),
    row("GET", "/layouts/{id}", Console(View)),
    row("POST", "/layouts/{id}", Console(EditContent)),
    row("POST", "/layouts/{id}/zone", Console(EditContent)),
    row("POST", "/layouts/{id}/duplicate", Console(EditContent)),
    row("POST", "/layouts/{id}/delete", Console(EditContent)),
    row("GET", "/schedule", Console(View)),
    row("GET", "/schedule/new", Console(EditContent)).by_folder(),
    row("POST", "/schedule/new", Console(EditContent)).by_folder(),
    row("GET", "/schedule/{id}", Console(View)),
    row("POST", "/schedule/{id}", Console(EditContent)),
    row("POST", "/schedule/{id}/delete", Console(EditContent)),
    row("GET", "/time-blocks", Console(View)),
    row("POST", "/time-blocks", Console(EditContent)).by_folder(),
    row("GET", "/time-blocks/{id}", Console(View)),
    row("POST", "/time-blocks/{id}", Console(EditContent)),
    row("POST", "/time-blocks/{id}/delete", Console(EditContent)),
    row("GET", "/overrides", Console(View)),
    row("POST", "/overrides", Console(EditContent)),
    row("POST", "/overrides/{id}/stop", Console(EditContent)),
    row("GET", "/publish", Console(View)),
    row("POST", "/publish", Console(EditContent)),
    row("POST", "/publish/settings", Console(ManageAccount)),
    row("POST", "/publish/{id}/decide", Console(EditContent)),
    row("POST", "/publish/{id}/restore", Console(EditContent)),
    row("GET", "/screens/{id}/preview", Console(View)),
];
