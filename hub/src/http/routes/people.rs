//! People, their sign-in, API tokens and the audit log.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::api_token;
use crate::audit_log::Query;
use crate::http::api::audit::Item;
use crate::http::api::page::{Page, Paging};
use crate::http::api::{self, people, tokens};
use crate::people::InvitationView;
use crate::rights::Right::{ManageAccount, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/me", Api(View)).says("Tells who asks, and for which account.").gives::<api::Me>(200),
    row("GET", "/api/v1/api-tokens", Api(ManageAccount))
        .says("Lists the API tokens, newest first, without their secrets.")
        .asks::<Paging>()
        .gives::<Page<api_token::View>>(200),
    row("POST", "/api/v1/api-tokens", Api(ManageAccount))
        .says("Makes an API token; its secret is in this answer only.")
        .takes::<tokens::New>()
        .gives::<tokens::Made>(201),
    row("DELETE", "/api/v1/api-tokens/{id}", Api(ManageAccount))
        .says("Withdraws an API token.")
        .gives_nothing(),
    row("PUT", "/api/v1/me/password", Api(View))
        .says("Changes one's own password; every other session ends.")
        .takes::<people::NewPassword>()
        .gives_nothing(),
    row("GET", "/api/v1/people", Api(ManageAccount))
        .says("Lists the people of the account by their e-mail addresses.")
        .asks::<Paging>()
        .gives::<Page<crate::people::View>>(200),
    row("PATCH", "/api/v1/people/{id}", Api(ManageAccount))
        .says("Changes what somebody may do.")
        .takes::<people::Change>()
        .gives::<crate::people::View>(200),
    row("DELETE", "/api/v1/people/{id}", Api(ManageAccount))
        .says("Removes somebody and ends the sessions.")
        .gives_nothing(),
    row("DELETE", "/api/v1/people/{id}/totp", Api(ManageAccount))
        .says("Switches somebody's second step of signing in off.")
        .gives_nothing(),
    row("GET", "/api/v1/invitations", Api(ManageAccount))
        .says("Lists the invitations that can still be used, newest first.")
        .asks::<Paging>()
        .gives::<Page<InvitationView>>(200),
    row("POST", "/api/v1/invitations", Api(ManageAccount))
        .says("Invites somebody; the link is in this answer only.")
        .takes::<people::New>()
        .gives::<people::Invited>(201),
    row("DELETE", "/api/v1/invitations/{id}", Api(ManageAccount))
        .says("Takes an invitation back.")
        .gives_nothing(),
    row("GET", "/api/v1/audit", Api(ManageAccount))
        .says("Lists who did what, and what was refused, newest first.")
        .asks::<Query>()
        .gives::<Page<Item>>(200),
    row("GET", "/api/v1/audit.csv", Api(ManageAccount))
        .says("The whole audit log as a table.")
        .asks::<Query>()
        .gives_file("text/csv"),
    row("GET", "/api/v1/audit.json", Api(ManageAccount))
        .says("The whole audit log as a list.")
        .asks::<Query>()
        .gives::<Vec<Item>>(200),
    row("GET", "/me", Console(View)),
    row("POST", "/me/password", Console(View)),
    row("POST", "/me/totp", Console(View)),
    row("POST", "/me/totp/confirm", Console(View)),
    row("POST", "/me/totp/off", Console(View)),
    row("GET", "/people", Console(ManageAccount)),
    row("POST", "/people/invite", Console(ManageAccount)),
    row("POST", "/people/invitations/{id}/withdraw", Console(ManageAccount)),
    row("POST", "/people/{id}/role", Console(ManageAccount)),
    row("POST", "/people/{id}/remove", Console(ManageAccount)),
    row("POST", "/people/{id}/reset-totp", Console(ManageAccount)),
    row("GET", "/api-tokens", Console(ManageAccount)),
    row("POST", "/api-tokens", Console(ManageAccount)),
    row("POST", "/api-tokens/{id}/revoke", Console(ManageAccount)),
    row("GET", "/audit", Console(ManageAccount)),
];
