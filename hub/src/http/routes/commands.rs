//! The session of a screen, commands, and live pages.

use super::super::api::commands::{Bulk, Filter, Give, Given, Info, List};
use super::Access::{Api, Console, Device};
use super::{Route, row};
use crate::rights::Right::{ManageScreens, View};
use signage_protocol::session::{CommandResult, Commands};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/v1/session", Device)
        .says("Opens the session of a screen, a WebSocket on which it hears that something has changed.")
        .switches(),
    row("GET", "/v1/commands", Device).says("What the screen is to do.").gives::<Commands>(200),
    row("POST", "/v1/commands/{id}/result", Device)
        .says("Tells how a command went.")
        .takes::<CommandResult>()
        .gives_nothing(),
    row("PUT", "/v1/commands/{id}/file", Device)
        .says("Uploads what a command asked for: a picture, or a log.")
        .takes_file("*/*")
        .gives_nothing(),
    row("GET", "/api/v1/commands", Api(View))
        .says("Lists the commands of the account, newest first.")
        .asks::<Filter>()
        .gives::<List>(200),
    row("POST", "/api/v1/commands", Api(ManageScreens))
        .says("Gives a command to many screens: those with these ids, with a tag, in a folder, or all.")
        .takes::<Bulk>()
        .gives::<Given>(201)
        .by_folder(),
    row("GET", "/api/v1/commands/{id}", Api(View)).says("Tells how a command goes.").gives::<Info>(200),
    row("GET", "/api/v1/commands/{id}/file", Api(View))
        .says("Gives what the screen has uploaded for a command: a picture, or a log.")
        .gives_file("*/*"),
    row("GET", "/api/v1/screens/{id}/commands", Api(View))
        .says("Lists the commands of a screen, newest first.")
        .asks::<Filter>()
        .gives::<List>(200),
    row("POST", "/api/v1/screens/{id}/commands", Api(ManageScreens))
        .says("Gives a command to a screen; the same one that it has not begun yet is answered, not given twice.")
        .takes::<Give>()
        .gives::<Info>(201)
        .also(&[200]),
    row("GET", "/api/v1/screens/{id}/screenshot", Api(View))
        .says("Gives the newest picture that the screen has uploaded.")
        .gives_file("*/*"),
    row("GET", "/events", Console(View)),
    row("POST", "/screens/{id}/commands", Console(ManageScreens)),
    row("GET", "/commands/{id}/file", Console(View)),
];
