//! Tokens that enrol screens.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::http::api::page::{Page, Paging};
use crate::http::api::{List, enrol_tokens};
use crate::rights::Right::{ManageScreens, View};
use crate::store::tokens::Admitted;
use crate::token::{View as Token, WithSecret};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/tokens", Api(View))
        .says("Lists the tokens, newest first, without their secrets.")
        .asks::<enrol_tokens::Wanted>()
        .gives::<Page<Token>>(200),
    row("POST", "/api/v1/tokens", Api(ManageScreens))
        .by_folder()
        .says("Makes a token; its secret, and the file with it, are in this answer only.")
        .takes::<enrol_tokens::New>()
        .gives::<enrol_tokens::One>(201),
    row("POST", "/api/v1/tokens/bulk", Api(ManageScreens))
        .by_folder()
        .says("Makes many device tokens, all or none; Accept chooses JSON, a table, or a ZIP of their files.")
        .reads(&["accept"])
        .takes::<enrol_tokens::NewMany>()
        .gives::<List<WithSecret>>(201)
        .gives_files(&["text/csv", "application/zip"]),
    row("POST", "/api/v1/tokens/files", Api(ManageScreens))
        .by_folder()
        .says("Puts tokens that are known to whoever asks into another form.")
        .takes::<enrol_tokens::Files>()
        .gives_files(&[
            "text/plain",
            "text/csv",
            "application/json",
            "application/zip",
            "application/octet-stream",
        ]),
    row("GET", "/api/v1/tokens/{id}", Api(View)).says("Shows a token.").gives::<Token>(200),
    row("POST", "/api/v1/tokens/{id}/renew", Api(ManageScreens))
        .says("Makes another token for the screen of this one.")
        .takes::<enrol_tokens::Renewal>()
        .gives::<enrol_tokens::One>(201),
    row("POST", "/api/v1/tokens/{id}/revoke", Api(ManageScreens))
        .says("Revokes a token; that of a device takes the authorization of its screen along.")
        .gives::<Token>(200),
    row("GET", "/api/v1/tokens/{id}/devices", Api(View))
        .says("Lists the screens that a token has let in.")
        .asks::<Paging>()
        .gives::<Page<Admitted>>(200),
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
