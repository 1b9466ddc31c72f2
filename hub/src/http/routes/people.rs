//! People, their sign-in, API tokens and the audit log.

use super::Access::{Api, Console};
use super::{Route, row};
use crate::rights::Right::{ManageAccount, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/me", Api(View)),
    row("GET", "/api/v1/api-tokens", Api(ManageAccount)),
    row("POST", "/api/v1/api-tokens", Api(ManageAccount)),
    row("DELETE", "/api/v1/api-tokens/{id}", Api(ManageAccount)),
    row("PUT", "/api/v1/me/password", Api(View)),
    row("GET", "/api/v1/people", Api(ManageAccount)),
    row("PATCH", "/api/v1/people/{id}", Api(ManageAccount)),
    row("DELETE", "/api/v1/people/{id}", Api(ManageAccount)),
    row("DELETE", "/api/v1/people/{id}/totp", Api(ManageAccount)),
    row("GET", "/api/v1/invitations", Api(ManageAccount)),
    row("POST", "/api/v1/invitations", Api(ManageAccount)),
    row("DELETE", "/api/v1/invitations/{id}", Api(ManageAccount)),
    row("GET", "/api/v1/audit", Api(ManageAccount)),
    row("GET", "/api/v1/audit.csv", Api(ManageAccount)),
    row("GET", "/api/v1/audit.json", Api(ManageAccount)),
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
