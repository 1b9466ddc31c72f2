//! Authorization codes, the authorization of screens, and the first publication.

use super::super::api::authorization::{Authorize, Carry, Form, Made, Page, Policy, Publish, Wanted};
use super::Access::{Api, Console};
use super::{Route, row};
use crate::authorization_code::{Described, New};
use crate::device::View;
use crate::rights::Right::{self, ManageScreens};
use crate::why::Answer;

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/authorization-codes", Api(Right::View))
        .says("Lists the authorization codes of the account, newest first.")
        .asks::<Wanted>()
        .gives::<Page>(200),
    row("POST", "/api/v1/authorization-codes", Api(ManageScreens))
        .says("Makes authorization codes, where the account may do that itself.")
        .takes::<New>()
        .gives::<Made>(201),
    row("GET", "/api/v1/authorization-codes/{id}", Api(Right::View))
        .says("Gives one authorization code, by its id or by the code.")
        .gives::<Described>(200),
    row("POST", "/api/v1/authorization-codes/{id}/cancel", Api(ManageScreens))
        .says("Makes an unused authorization code historical, where the account may do that itself.")
        .gives::<Described>(200),
    row("GET", "/api/v1/authorization-policy", Api(Right::View))
        .says("Tells how the screens of the account come to be authorized.")
        .gives::<Policy>(200),
    row("GET", "/api/v1/screens/{id}/authorization", Api(Right::View))
        .says("Tells whether a screen may play, until when, and if not, why not and what to do.")
        .gives::<Answer>(200),
    row("POST", "/api/v1/screens/{id}/authorize", Api(ManageScreens))
        .says("Authorizes a screen by a code, or without one where the account needs none.")
        .takes::<Authorize>()
        .gives::<View>(200),
    row("GET", "/api/v1/screens/{id}/authorization-file", Api(ManageScreens))
        .says("Gives the local authorization of a screen as a file for a stick.")
        .asks::<Form>()
        .gives_file("application/octet-stream"),
    row("POST", "/api/v1/local-authorizations", Api(ManageScreens))
        .says("Binds a screen that is offline by the device code that it shows, and authorizes it by a local code.")
        .takes::<Carry>()
        .gives::<View>(201),
    row("POST", "/api/v1/publish", Api(ManageScreens))
        .by_folder()
        .says("Pairs the screen that shows a code and gives it its playlist, in one change.")
        .takes::<Publish>()
        .gives::<View>(201),
    row("GET", "/codes", Console(Right::View)),
    row("POST", "/codes", Console(ManageScreens)),
    row("POST", "/codes/{id}/cancel", Console(ManageScreens)),
    row("GET", "/local", Console(ManageScreens)),
    row("POST", "/local", Console(ManageScreens)),
    row("GET", "/screens/{id}/authorize", Console(ManageScreens)),
    row("POST", "/screens/{id}/authorize", Console(ManageScreens)),
    row("GET", "/screens/{id}/authorization-file", Console(ManageScreens)),
];
