//! What devices use.

use super::Access::{Device, Open};
use super::{Route, row};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("POST", "/v1/enroll", Open),
    row("POST", "/v1/nonce", Open),
    row("POST", "/v1/device_authorization", Open),
    row("POST", "/oauth/token", Open),
    row("GET", "/v1/authorization", Device),
    row("GET", "/v1/manifest", Device),
    row("POST", "/v1/report", Device),
    row("GET", "/v1/blobs/{sha256}", Device),
];
