//! Talks to the hub: enrolment, authorization, access tokens. Every answer is sorted into success or a
//! [`Failure`] that says when it is worth asking again.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::CertificateError;
use signage_protocol::api::{
    self, Assertion, EnrollRequest, Enrolled, Enrollment, ProblemDetails, TokenResponse,
};
use signage_protocol::jws::{self, typ};
use signage_protocol::problem::{Code, Problem};

use crate::identity::Identity;
use crate::machine::Failure;
use crate::store::HubAddress;

const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);

/// A hub, and how to trust it.
#[derive(Debug, Clone)]
pub struct HubClient {
    http: Client,
    url: String,
}

impl HubClient {
    /// A client for `hub`: the system's roots, and those of its `ca`.
    pub fn new(hub: &HubAddress) -> Result<Self, Failure> {
        let roots = match &hub.ca {
            Some(pem) => reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(|error| {
                Failure::Refused(Problem::new(Code::CfgValue, format!("/hub/ca: {error}")))
            })?,
            None => vec![],
        };
        let http = Client::builder()
            .tls_certs_merge(roots)
            .https_only(true)
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .user_agent(concat!("signage-provisioner/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unreachable(&hub.url, &error))?;
        Ok(Self { http, url: hub.url.trim_end_matches('/').to_owned() })
    }

    /// Asks the hub to take this device. Can be repeated: the same key is the same device.
    pub async fn enroll(&self, identity: &Identity, mut enrollment: Enrollment) -> Result<Enrolled, Failure> {
        enrollment.hub = self.url.clone();
        let enrollment = jws::sign_with_key(identity.key(), typ::ENROLLMENT, &enrollment).map_err(ours)?;
        let request = self.http.post(self.at(api::ENROLL)).json(&EnrollRequest { enrollment });
        let enrolled: Enrolled = self.json(request).await?;
        if enrolled.device_id != identity.id() || enrolled.account_key.verifying_key().is_none() {
            return Err(strange("the hub answered for another device"));
        }
        Ok(enrolled)
    }

    /// A bearer token for this device.
    pub async fn access_token(&self, identity: &Identity) -> Result<TokenResponse, Failure> {
        let api::Nonce { nonce } = self.json(self.http.post(self.at(api::NONCE))).await?;
        let id = identity.id().to_owned();
        let assertion = Assertion { iss: id.clone(), sub: id, aud: self.url.clone(), nonce };
        let client_assertion = jws::sign(identity.key(), typ::CLIENT_ASSERTION, &assertion).map_err(ours)?;
        let form = api::TokenRequest {
            grant_type: api::GRANT_TYPE.into(),
            client_assertion_type: api::ASSERTION_TYPE.into(),
            client_assertion,
        };
        self.json(self.http.post(self.at(api::TOKEN)).form(&form)).await
    }

    /// The newest authorization of this device, as JWS.
    pub async fn authorization(&self, identity: &Identity) -> Result<String, Failure> {
        let token = self.access_token(identity).await?;
        let request = self.http.get(self.at(api::AUTHORIZATION)).bearer_auth(token.access_token.expose());
        let response = self.send(request).await?;
        response.text().await.map_err(|error| unreachable(&self.url, &error))
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let bytes =
            self.send(request).await?.bytes().await.map_err(|error| unreachable(&self.url, &error))?;
        serde_json::from_slice(&bytes).map_err(|_| strange("not an answer that a hub gives"))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|error| unreachable(&self.url, &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(response).await)
    }
}

/// A fault of this program, not of the hub; shown like a strange answer, logged as ours.
fn ours(error: serde_json::Error) -> Failure {
    tracing::error!(%error, "request not serialized");
    strange("the request could not be made")
}

fn strange(detail: &str) -> Failure {
    Failure::Busy { problem: Problem::new(Code::HubError, detail), retry_after: None }
}

async fn refusal(response: Response) -> Failure {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let body = response.bytes().await.unwrap_or_default();
    let details: Option<ProblemDetails> = serde_json::from_slice(&body).ok();
    classify(status, retry_after, details)
}

fn classify(status: StatusCode, retry_after: Option<Duration>, details: Option<ProblemDetails>) -> Failure {
    let (code, detail) = match details {
        Some(ProblemDetails { code: Some(code), detail, .. }) => (code, detail.unwrap_or_default()),
        _ if status == StatusCode::TOO_MANY_REQUESTS => (Code::HubBusy, String::new()),
        // A captive portal or a proxy answers without a code.
        _ => (Code::HubError, format!("HTTP status {status}")),
    };
    let problem = Problem::new(code, detail);
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || code == Code::HubError {
        return Failure::Busy { problem, retry_after };
    }
    Failure::Refused(problem)
}

/// No answer: which of name, clock, TLS and connection it was, from the chain of causes.
fn unreachable(url: &str, error: &reqwest::Error) -> Failure {
    let mut code = Code::HubUnreachable;
    let mut reason = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        reason = error.to_string();
        match tls(error) {
            Some(rustls::Error::InvalidCertificate(
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
            )) => code = Code::ClkWrong,
            Some(_) => code = Code::TlsUntrusted,
            None if reason.contains("dns error") => code = Code::NetDns,
            None => {}
        }
        cause = error.source();
    }
    if error.is_timeout() {
        reason = "no answer in time".to_owned();
    }
    let problem = Problem::new(code, format!("{url}: {reason}"));
    match code {
        Code::HubUnreachable | Code::NetDns if !error.is_timeout() => Failure::Absent(problem),
        _ => Failure::Silent(problem),
    }
}

/// rustls reports through I/O errors, whose inner error is not part of their chain of sources.
fn tls<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    error.downcast_ref().or_else(|| tls(error.downcast_ref::<std::io::Error>()?.get_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(code: Code) -> Option<ProblemDetails> {
        Some(ProblemDetails::new(403, code, None))
    }

    #[test]
    fn answers_are_sorted_by_what_helps() {
        let refused = classify(StatusCode::FORBIDDEN, None, details(Code::TokRevoked));
        assert_eq!(refused, Failure::Refused(Code::TokRevoked.into()));
        let wait = Some(Duration::from_secs(7));
        let busy = classify(StatusCode::TOO_MANY_REQUESTS, wait, None);
        assert_eq!(busy, Failure::Busy { problem: Code::HubBusy.into(), retry_after: wait });
        assert!(matches!(classify(StatusCode::BAD_GATEWAY, None, None), Failure::Busy { .. }));
        // A captive portal's 404 may be gone in a minute; it is no refusal of the hub.
        assert!(matches!(classify(StatusCode::NOT_FOUND, None, None), Failure::Busy { .. }));
    }
}
