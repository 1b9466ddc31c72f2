//! Groups of people, suspending, and signing in through a provider.

use super::Access::{Api, Console, Page};
use super::{Route, row};
use crate::http::api::groups::{Asked, GroupChange, GroupView, Groups, NewGroup};
use crate::rights::Right::ManageAccount;

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/groups", Api(ManageAccount))
        .says("Lists the groups of people in the account, by name.")
        .asks::<Asked>()
        .gives::<Groups>(200),
    row("POST", "/api/v1/groups", Api(ManageAccount))
        .says("Makes a group of people, with its members and what they may do in folders.")
        .takes::<NewGroup>()
        .gives::<GroupView>(201),
    row("GET", "/api/v1/groups/{id}", Api(ManageAccount))
        .says("Answers one group, with its members and what they may do in folders.")
        .gives::<GroupView>(200),
    row("PATCH", "/api/v1/groups/{id}", Api(ManageAccount))
        .says("Changes a group: its name, all its members, or all it says of folders. What is absent stays.")
        .takes::<GroupChange>()
        .gives::<GroupView>(200),
    row("DELETE", "/api/v1/groups/{id}", Api(ManageAccount))
        .says("Removes a group. Its members go on with their role alone.")
        .gives_nothing(),
    row("DELETE", "/api/v1/people/{id}/links", Api(ManageAccount))
        .says("Unlinks somebody from the OpenID provider and ends the sessions, so that another login can be linked.")
        .gives_nothing(),
    row("GET", "/sign-in/oidc", Page),
    row("GET", "/sign-in/oidc/callback", Page),
    row("POST", "/people/{id}/unlink", Console(ManageAccount)),
    row("GET", "/groups", Console(ManageAccount)),
    row("POST", "/groups", Console(ManageAccount)),
    row("GET", "/groups/{id}", Console(ManageAccount)),
    row("POST", "/groups/{id}", Console(ManageAccount)),
    row("POST", "/groups/{id}/delete", Console(ManageAccount)),
    row("POST", "/people/{id}/suspend", Console(ManageAccount)),
    row("POST", "/people/{id}/unsuspend", Console(ManageAccount)),
];
