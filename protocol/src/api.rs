//! The HTTP interface between a device and its hub, version 1.
//!
//! | request | answer |
//! |---|---|
//! | `POST /v1/enroll` [`EnrollRequest`] | 200 [`Enrolled`]; asked again with the same key, the same device |
//! | `POST /v1/nonce` | 200 [`Nonce`] |
//! | `POST /v1/device_authorization` [`EnrollRequest`] over [`Pairing`] | 200 [`DeviceAuthorization`] |
//! | `POST /oauth/token` form [`DeviceTokenRequest`] | 200 [`Enrolled`]; 400 [`DeviceTokenError`] |
//! | `POST /oauth/token` form [`TokenRequest`] | 200 [`TokenResponse`] |
//! | `GET /v1/authorization` (bearer) | 200 the device's newest authorization as JWS; 403 AUT-001 while there is none |
//! | `GET /v1/manifest` (bearer) | 200 publication as JWS, with `ETag`; 304 when unchanged |
//! | `GET /v1/blobs/{sha256}` (bearer) | 200 or 206 with `Range` |
//! | `POST /v1/report` (bearer) [`crate::report::Report`] | 200 [`crate::report::Reported`] |
//!
//! The session and commands are described in [`crate::session`].
//!
//! Every refusal is [`ProblemDetails`] (RFC 9457, `application/problem+json`), except those of a device code, which
//! are RFC 8628's. `Retry-After` is in seconds.
//!
//! # Pairing
//!
//! A device that has no token asks for codes (RFC 8628) with a request signed by its key, shows the user code and
//! the QR code of `verification_uri_complete`, and asks at the token endpoint every `interval` seconds until an
//! operator has decided. The answer is that of an enrolment, and the device goes on as after one: it proves its
//! key for every access token, so whoever learns a device code gains nothing. The answer repeats until the code
//! expires, for a device that lost it; one that lost its code too asks for new codes and gets it by them.
//!
//! # Leaving
//!
//! A screen that an operator unpairs, deletes or transfers first gets a withdrawal as its authorization. Once it
//! has had the time to read it, `POST /oauth/token` answers 401 AUT-003: the hub does not know it. A device that
//! may not play and gets this answer belongs to nobody and goes back to pairing. One that was transferred asks for
//! codes like any other, and its first question by them is answered with its new account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::jws::PublicKey;
use crate::problem::Code;

/// Where a device enrols.
pub const ENROLL: &str = "/v1/enroll";
/// Where a device without a token asks for the codes of a pairing.
pub const DEVICE_AUTHORIZATION: &str = "/v1/device_authorization";
/// Where it asks for a nonce.
pub const NONCE: &str = "/v1/nonce";
/// Where it changes an assertion for an access token.
pub const TOKEN: &str = "/oauth/token";
/// Whether it may play.
pub const AUTHORIZATION: &str = "/v1/authorization";
/// What it plays.
pub const MANIFEST: &str = "/v1/manifest";
/// Prefix of the blobs; the digest follows.
pub const BLOBS: &str = "/v1/blobs/";

/// Media type of [`ProblemDetails`].
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Media type of a signed document.
pub const JOSE: &str = "application/jose";
/// RFC 7523 §2.2.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// RFC 6749 §4.4.
pub const GRANT_TYPE: &str = "client_credentials";
/// RFC 8628 §3.4.
pub const DEVICE_GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Body of an enrolment: a JWS of type [`crate::jws::typ::ENROLLMENT`] over [`Enrollment`], signed by the
/// device key, which its header carries.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct EnrollRequest {
    /// The compact JWS.
    pub enrollment: String,
}

/// What a device says of itself when it enrols.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrollment {
    /// The hub that this is meant for, as configured on the device. A request caught by one hub cannot be
    /// passed on to another.
    pub hub: String,
    /// The provisioning or device token.
    pub token: Secret,
    /// What the board says of itself.
    pub hardware: Hardware,
    /// Version of the provisioner.
    pub software: String,
    /// Name from the provisioning file, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Place from the provisioning file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Tags from the provisioning file.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What the provisioning file asks the account for.
    #[serde(default, skip_serializing_if = "Wishes::is_empty")]
    pub wishes: Wishes,
}

/// What a provisioning file asks the account for. What the token decides counts before it, and so does what an operator
/// has chosen since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wishes {
    /// Id or name of a playlist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playlist: Option<String>,
    /// Id or name of a layout; it counts before the playlist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Where the screen is listed; levels separated by a slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Id or name of a group of screens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl Wishes {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Facts by which the hub recognises a cloned or a swapped card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hardware {
    /// Serial number of the board, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Model name of the board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Hardware addresses of the wired and wireless interfaces.
    #[serde(default)]
    pub macs: Vec<String>,
}

/// The device belongs to an account now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrolled {
    /// Thumbprint of the device's key.
    pub device_id: String,
    /// The name that the hub shows, whoever chose it.
    pub name: String,
    /// The account that the token belongs to.
    pub account: String,
    /// The key that signs the account's documents. The device trusts it from now on.
    pub account_key: PublicKey,
    /// Authorization as JWS, absent while an operator still has to allow the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
}

/// What a device says of itself when it asks to be paired: an enrolment without a token, signed the same way. It
/// holds a nonce, so that a request that somebody has kept brings no screen into another account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pairing {
    /// The hub that this is meant for, as configured on the device.
    pub hub: String,
    /// From [`Nonce`].
    pub nonce: String,
    /// What the board says of itself. The operator sees it before pairing.
    pub hardware: Hardware,
    /// Version of the provisioner.
    pub software: String,
    /// Place from the provisioning file; the operator may give another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Tags from the provisioning file.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// The codes of a pairing (RFC 8628 §3.2). Codes from an earlier request of the same device no longer hold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeviceAuthorization {
    /// By it the device asks; nobody else gets to see it.
    pub device_code: Secret,
    /// `XXXX-XXXX`, for people: case and hyphen do not matter.
    pub user_code: String,
    /// Where a person enters the code.
    pub verification_uri: String,
    /// The same with the code in it, for a QR code.
    pub verification_uri_complete: String,
    /// Seconds until both codes expire.
    pub expires_in: u64,
    /// Seconds between two questions, at least.
    pub interval: u64,
}

/// Form of `POST /oauth/token` while a pairing waits (RFC 8628 §3.4).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeviceTokenRequest {
    /// [`DEVICE_GRANT_TYPE`].
    pub grant_type: String,
    /// From [`DeviceAuthorization`].
    pub device_code: Secret,
    /// Device id.
    pub client_id: String,
}

/// Why a device code gives nothing, yet or at all (RFC 8628 §3.5, RFC 6749 §5.2). `application/json`, status 400.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceTokenError {
    /// What to do follows from it.
    pub error: DeviceTokenRefusal,
    /// For people.
    pub error_description: String,
}

/// The cases of [`DeviceTokenError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceTokenRefusal {
    /// No operator has entered the code yet: ask again after the interval.
    AuthorizationPending,
    /// As before, and the interval grows by five seconds for this code.
    SlowDown,
    /// The code is too old: ask for new ones.
    ExpiredToken,
    /// An operator refused this screen: stop, and ask for new codes only after a while.
    AccessDenied,
    /// The code is not known, was replaced by a newer one, or is another device's: ask for new ones.
    InvalidGrant,
}

/// A value that the hub made and will recognise for a few minutes. It takes the place of the device's clock
/// in an assertion, so a wrong clock cannot lock a device out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Nonce {
    /// Opaque.
    pub nonce: String,
}

/// Form of `POST /oauth/token` (RFC 6749 §4.4 with RFC 7523 §2.2).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenRequest {
    /// [`GRANT_TYPE`].
    pub grant_type: String,
    /// [`ASSERTION_TYPE`].
    pub client_assertion_type: String,
    /// JWS of type [`crate::jws::typ::CLIENT_ASSERTION`] over [`Assertion`], signed by the device key.
    pub client_assertion: String,
}

/// Claims of a client assertion.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Assertion {
    /// Device id.
    pub iss: String,
    /// Device id.
    pub sub: String,
    /// The hub's URL as the device knows it.
    pub aud: String,
    /// From [`Nonce`].
    pub nonce: String,
}

/// An access token (RFC 6749 §5.1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TokenResponse {
    /// For `Authorization: Bearer`.
    pub access_token: Secret,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds it is good for.
    pub expires_in: u64,
}

/// RFC 9457, with the code of the catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ProblemDetails {
    /// `https://signage.invalid/problems/<code>`: an identifier, not a page.
    #[serde(rename = "type")]
    pub kind: String,
    /// The cause as the catalogue words it.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable code; absent from an answer of something that is not a hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

impl ProblemDetails {
    /// The answer for `code` with HTTP `status`.
    pub fn new(status: u16, code: Code, detail: Option<String>) -> Self {
        Self {
            kind: format!("https://signage.invalid/problems/{code}"),
            title: code.cause().to_owned(),
            status,
            detail,
            code: Some(code),
            action: Some(code.action().to_owned()),
        }
    }
}
