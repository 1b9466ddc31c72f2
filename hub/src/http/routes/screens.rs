//! Screens: listing, pairing, changing, letting go.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::device::View as Screen;
use crate::http::api::page::Page;
use crate::http::api::screens;
use crate::rights::Right::{ManageScreens, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/screens", Api(View))
        .says("Lists the screens that fit, by name or in another order.")
        .asks::<screens::Part>()
        .gives::<Page<Screen>>(200),
    row("POST", "/api/v1/screens/pair", Api(ManageScreens))
        .by_folder()
        .says("Pairs the screen that shows a code: it belongs to the account from now on, and plays.")
        .takes::<screens::Pair>()
        .gives::<Screen>(201),
    row("POST", "/api/v1/screens/pair/look", Api(ManageScreens))
        .by_folder()
        .says("Tells which screen shows a code.")
        .takes::<screens::Shown>()
        .gives::<screens::Waiting>(200),
    row("POST", "/api/v1/screens/pair/deny", Api(ManageScreens))
        .by_folder()
        .says("Refuses the screen that shows a code.")
        .takes::<screens::Shown>()
        .gives_nothing(),
    row("GET", "/api/v1/screens/{id}", Api(View)).says("Shows a screen.").gives::<screens::Detail>(200),
    row("PATCH", "/api/v1/screens/{id}", Api(ManageScreens))
        .says("Changes a screen: null takes a location or a playlist away, what is absent stays.")
        .takes::<screens::Patch>()
        .gives::<Screen>(200),
    row("DELETE", "/api/v1/screens/{id}", Api(ManageScreens))
        .says("Forgets a screen whose authorization is withdrawn.")
        .gives_nothing(),
    row("POST", "/api/v1/screens/{id}/withdraw", Api(ManageScreens))
        .says("Cancels the authorization of a screen, which then stops playing.")
        .gives::<Screen>(200),
    row("POST", "/api/v1/screens/{id}/unpair", Api(ManageScreens))
        .says("Sends a screen whose authorization is withdrawn back to pairing.")
        .gives_nothing(),
    row("POST", "/api/v1/screens/{id}/transfer", Api(ManageScreens))
        .says("Gives a screen to the account that made the code.")
        .takes::<screens::Transfer>()
        .gives_nothing(),
    row("POST", "/api/v1/transfer-codes", Api(ManageScreens))
        .says("Makes a code by which this account takes one screen over; it is in this answer only.")
        .gives::<screens::TransferCode>(201),
    row("GET", "/screens", Console(View)),
    row("GET", "/screens/{id}", Console(View)),
    row("POST", "/screens/{id}", Console(ManageScreens)),
    row("POST", "/screens/{id}/withdraw", Console(ManageScreens)),
    row("POST", "/screens/{id}/unpair", Console(ManageScreens)),
    row("POST", "/screens/{id}/delete", Console(ManageScreens)),
    row("POST", "/screens/{id}/transfer", Console(ManageScreens)),
    row("GET", "/pair", Console(ManageScreens)).by_folder(),
    row("POST", "/pair", Console(ManageScreens)).by_folder(),
    row("POST", "/pair/deny", Console(ManageScreens)).by_folder(),
    row("POST", "/pair/transfer-code", Console(ManageScreens)),
];
