//! What devices use.

use signage_protocol::api::{DeviceAuthorization, DeviceTokenError, EnrollRequest, Enrolled, JOSE, Nonce};

use signage_protocol::report::{Report, Reported};

use super::Access::{Device, Open};
use super::{Route, row};
use crate::http::token::{GrantAnswer, GrantRequest};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("POST", "/v1/enroll", Open)
        .says("Enrols a device: a JWS, signed by its key, over its token and what it is. Repeating it is harmless.")
        .takes::<EnrollRequest>()
        .gives::<Enrolled>(200),
    row("POST", "/v1/nonce", Open)
        .says("Makes a nonce, which takes the place of the device's clock in what it signs.")
        .gives::<Nonce>(200),
    row("POST", "/v1/device_authorization", Open)
        .says("Begins a pairing (RFC 8628): codes for a device without a token.")
        .takes::<EnrollRequest>()
        .gives::<DeviceAuthorization>(200),
    row("POST", "/oauth/token", Open)
        .says("Changes a signed assertion for an access token (RFC 7523), or asks what became of a pairing (RFC 8628).")
        .takes_form::<GrantRequest>()
        .gives::<GrantAnswer>(200)
        .refuses::<DeviceTokenError>(400),
    row("GET", "/v1/authorization", Device)
        .says("Whether the device may play: its newest authorization as JWS.")
        .gives_file(JOSE),
    row("GET", "/v1/manifest", Device)
        .says("What the device plays, as JWS.")
        .reads(&["if-none-match"])
        .gives_file(JOSE)
        .also(&[304]),
    row("POST", "/v1/report", Device)
        .says("Takes how a device is doing, and what it has noted since its last report.")
        .takes::<Report>()
        .gives::<Reported>(200),
    row("GET", "/v1/blobs/{sha256}", Device)
        .says("The bytes of an image or a video that the device plays.")
        .reads(&["range", "if-range", "if-none-match"])
        .gives_file("*/*")
        .also(&[206, 304]),
];
