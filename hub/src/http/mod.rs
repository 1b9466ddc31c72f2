//! State in, router out; one file per resource.

pub mod api;
pub mod authorization;
pub mod bearer;
pub mod blob;
pub mod commands;
pub mod console;
pub mod enroll;
pub mod events;
pub mod idempotency;
pub mod manifest;
pub mod metrics;
mod named;
pub mod nonce;
pub mod openapi;
pub mod pairing;
mod passwords;
pub mod peer;
pub mod problem;
pub mod report;
pub mod routes;
pub mod schema;
pub mod session;
pub mod token;
pub mod user;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use signage_protocol::api as device_api;
use signage_protocol::problem::Code;
use signage_protocol::report as report_api;
use tokio::sync::Semaphore;

use crate::address::HubUrl;
use crate::blobs::Blobs;
use crate::composition::manifest as manifest_cache;
use crate::data_dir::DataDir;
use crate::ident::MINUTE;
use crate::limiter::Limiter;
use crate::live::Live;
use crate::oidc::provider::Provider;
use crate::oidc::settings::Settings;
use crate::pace::Pace;
use crate::probe::Prober;
use crate::report::Inbox;
use crate::seal::Seal;
use crate::seen::Seen;
use crate::store::{Store, settings};
use crate::upload::Limits;
use crate::{Error, Result, alerts};

/// How long a request may take from its head to the head of the answer, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest body of a request. An enrolment has about 1 KiB.
const MAX_BODY: usize = 64 << 10;
/// Enrolments of any kind, a minute and address: a broken screen must not keep the database busy. Twice what a
/// large site needs when its power comes back.
const ENROLMENTS: u32 = 600;
/// Requests for pairing codes, a minute and address. A screen needs one in a quarter of an hour.
const PAIRINGS: u32 = 600;
/// Enrolments with an unknown token, a minute and address. A site of a hundred screens with the wrong stick stays
/// below.
const ENROL_FAILURES: u32 = 300;
/// Failed sign-ins a minute and address.
const SIGN_IN_FAILURES: u32 = 10;
/// Passwords that are checked at once; each takes 19 MiB.
const PASSWORD_CHECKS: usize = 2;

/// Requests with bytes of uploads at the same time; each keeps 8 MiB in memory.
const UPLOADS: usize = 16;

/// What every request needs.
#[derive(Debug)]
pub struct State {
    /// The database.
    pub store: Store,
    /// Where the blobs are.
    pub directory: DataDir,
    /// The hub's secret.
    pub seal: Seal,
    /// The bytes of the content.
    pub blobs: Blobs,
    /// What an upload may be.
    pub uploads: Limits,
    /// What looks into uploads.
    pub prober: Prober,
    /// Where people sign in besides here, if the operator says so.
    pub oidc: Option<Provider>,
    /// Addresses that are this hub; the first is the public one.
    pub urls: Vec<HubUrl>,
    /// How alerts are sent; set before the first request.
    pub alerts: OnceLock<alerts::send::Config>,
    /// Reports on their way to the database.
    pub inbox: Inbox,
    /// Screens that are to be noted as seen.
    pub seen: Seen,
    /// Who is connected.
    pub live: Arc<Live>,
    /// Signed documents of the screens.
    pub manifests: manifest_cache::Cache,
    enrolments: Mutex<Limiter>,
    pairings: Mutex<Limiter>,
    pace: Mutex<Pace>,
    enrol_failures: Mutex<Limiter>,
    sign_in_failures: Mutex<Limiter>,
    password_checks: Arc<Semaphore>,
    upload_turns: Arc<Semaphore>,
}

/// The state as handlers get it.
pub type Shared = Arc<State>;

impl State {
    /// The state for a data directory. Makes the hub's secret when there is none.
    pub async fn new(store: Store, directory: DataDir, urls: Vec<HubUrl>) -> Result<Shared> {
        let seal = Seal::load(&store).await?;
        let oidc = Settings::read(directory.path())?.map(Provider::new).transpose()?;
        Ok(Arc::new(Self {
            blobs: Blobs::open(&directory)?,
            uploads: Limits::from_environment()?,
            prober: Prober::find(),
            store,
            oidc,
            directory,
            seal,
            alerts: OnceLock::new(),
            urls,
            inbox: Inbox::default(),
            seen: Seen::default(),
            live: Live::new()?,
            manifests: manifest_cache::Cache::default(),
            enrolments: Mutex::new(Limiter::new(ENROLMENTS, MINUTE)),
            pairings: Mutex::new(Limiter::new(PAIRINGS, MINUTE)),
            pace: Mutex::default(),
            enrol_failures: Mutex::new(Limiter::new(ENROL_FAILURES, MINUTE)),
            sign_in_failures: Mutex::new(Limiter::new(SIGN_IN_FAILURES, MINUTE)),
            password_checks: Arc::new(Semaphore::new(PASSWORD_CHECKS)),
            upload_turns: Arc::new(Semaphore::new(UPLOADS)),
        }))
    }

    /// How alerts are sent.
    pub fn alerts(&self) -> &alerts::send::Config {
        self.alerts.get_or_init(alerts::send::Config::default)
    }

    /// The address by which people and devices reach this hub.
    fn public_url(&self) -> String {
        self.urls.first().map(ToString::to_string).unwrap_or_default()
    }

    /// Refuses a document that was made for another hub, so that it cannot be passed on.
    fn check_address(&self, meant: &str) -> Result<()> {
        if meant.parse().is_ok_and(|meant: HubUrl| self.urls.contains(&meant)) {
            return Ok(());
        }
        let own = self.public_url();
        Err(Error::refused(
            421,
            Code::HubError,
            format!("the request is meant for {meant:?}, this hub is {own}"),
        ))
    }
}

/// A lock whose holder cannot have left half a change: a panic elsewhere must not stop the hub.
fn lock(limiter: &Mutex<Limiter>) -> MutexGuard<'_, Limiter> {
    limiter.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every route of the hub.
pub fn router(state: Shared) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics::get))
        .route(schema::PATH, get(schema::get))
        .route(device_api::ENROLL, post(enroll::post))
        .route(device_api::NONCE, post(nonce::post))
        .route(device_api::DEVICE_AUTHORIZATION, post(pairing::post))
        .route(device_api::TOKEN, post(token::post))
        .route(device_api::AUTHORIZATION, get(authorization::get))
        .route(device_api::MANIFEST, get(manifest::get))
        .route(&format!("{}{{sha256}}", device_api::BLOBS), get(blob::get))
        .route(report_api::REPORT, post(report::post).layer(DefaultBodyLimit::max(report_api::MAX_BYTES)))
        .merge(session::router())
        .merge(commands::router())
        .merge(events::router())
        .nest(api::PREFIX, api::router())
        .merge(console::router())
        .fallback(console::missing)
        .layer(axum::middleware::from_fn_with_state(state.clone(), routes::guard))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(axum::middleware::from_fn(limit_time))
        .layer(axum::middleware::map_response(protect))
        .with_state(state)
}

/// Says that the process answers and its database does.
async fn healthz(axum::extract::State(state): axum::extract::State<Shared>) -> Result<&'static str> {
    settings::get(&state.store, settings::SECRET).await?;
    Ok("ok\n")
}

/// Ends a request that takes too long. The body of the answer may take any time: a film on a slow line does. So may
/// that of an upload, whose handler watches that it goes on.
async fn limit_time(request: Request, next: Next) -> Response {
    if routes::is_upload(&request) {
        return next.run(request).await;
    }
    within(REQUEST_TIMEOUT, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or_else(|_| Error::refused(408, Code::HubError, "the request took too long").into_response())
}

/// Headers that every answer carries. No HSTS: under a private CA it would lock people out, not protect them.
async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let set = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
             media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A signed document as a response.
fn jose(document: String) -> Response {
    ([(header::CONTENT_TYPE, device_api::JOSE)], document).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_problem() {
        let answer = within(Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(answer.status(), 408);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], device_api::PROBLEM_JSON);
        assert_eq!(within(Duration::from_secs(5), async { "ok".into_response() }).await.status(), 200);
    }
}
