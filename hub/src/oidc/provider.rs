//! Talking to the provider: where to send a browser, and who it says has come back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AdditionalProviderMetadata, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenClaims, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use super::Refusal;
use super::settings::Settings;
use crate::error::chain;
use crate::ident::{self, SECOND};
use crate::{Error, Result};

/// How long the provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(7);
/// How long its description is taken for true. Keys that it does not hold are asked for at once.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// After it did not answer, it is left alone for as long.
const REST: Duration = Duration::from_secs(5);
/// Longest answer.
const MAX_ANSWER: usize = 1 << 20;
/// Seconds that an ID token may seem to come from the future.
const LEEWAY: i64 = 60;

/// Claims beyond the standard ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct More {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}

impl AdditionalClaims for More {}

/// What we want to know of a provider beyond what the library does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct About {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    /// OpenID Connect RP-Initiated Logout 1.0.
    #[serde(default)]
    end_session_endpoint: Option<String>,
}

impl AdditionalProviderMetadata for About {}

type Metadata = ProviderMetadata<
    About,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Tokens = StandardTokenResponse<
    IdTokenFields<
        More,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Client = openidconnect::Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What ties a sign-in to the browser in which it began. The state goes through the provider, the rest does not.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Comes back with the answer.
    pub state: String,
    /// Stands in the ID token.
    pub nonce: String,
    /// Proves to the provider that who began is who ends.
    pub verifier: String,
}

/// What the provider sends a browser back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// To be exchanged for tokens.
    pub code: String,
    /// Of the ticket.
    pub state: String,
    /// Who answers, RFC 9207.
    pub iss: Option<String>,
    /// When there is no code.
    pub error: Option<String>,
    /// More of that, for people.
    pub error_description: Option<String>,
}

/// Who has come, as the provider says.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// By what it knows the person, for ever.
    pub subject: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the provider vouches for it.
    pub verified: bool,
    /// Claims beyond the standard ones.
    pub claims: BTreeMap<String, Value>,
}

/// A provider.
#[derive(Debug)]
pub struct Provider {
    /// What the operator has decided.
    pub settings: Settings,
    http: reqwest::Client,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Metadata, Instant)>,
    failed: Option<(Refusal, Instant)>,
}

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
enum Transport {
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    #[error("the answer cannot be read")]
    Answer(#[from] openidconnect::http::Error),
    #[error("the answer is longer than 1 MiB")]
    Long,
}

impl Provider {
    /// With these settings. Nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self> {
        // Whoever was first has chosen the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let unusable =
            |error: reqwest::Error| Error::Invalid(format!("{}: {}", super::settings::FILE, chain(&error)));
        let ca = reqwest::Certificate::from_pem_bundle(&settings.ca).map_err(unusable)?;
        let http = reqwest::Client::builder()
            .tls_certs_merge(ca)
            // A provider that redirects would be asked where it wants the client's secret sent.
            .redirect(reqwest::redirect::Policy::none())
            .https_only(!settings.is_local())
            .timeout(PATIENCE)
            .user_agent(concat!("signage-hub/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(unusable)?;
        Ok(Self { settings, http, known: Mutex::default() })
    }

    /// Where a browser goes to sign in.
    pub async fn address(&self, ticket: &Ticket, redirect: &str) -> std::result::Result<String, Refusal> {
        let client = self.client(self.metadata(false).await?, redirect)?;
        let (state, nonce) = (ticket.state.clone(), ticket.nonce.clone());
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(ticket.verifier.clone()));
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        Ok(url.into())
    }

    /// Where a browser goes to sign out of the provider as well, if it takes that; from there it comes back to `then`.
    /// No ID token is kept for it, so the provider may ask the person.
    pub async fn end(&self, then: &str) -> Option<String> {
        let metadata = self.metadata(false).await.ok()?;
        let end = metadata.additional_metadata().end_session_endpoint.as_deref()?;
        let safe = end.starts_with("https://") || self.settings.is_local() && end.starts_with("http://");
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", then)
            .finish();
        safe.then(|| format!("{end}{}{query}", if end.contains('?') { '&' } else { '?' }))
    }

    /// Who has come back with an answer. The caller has compared the state.
    pub async fn identity(
        &self,
        ticket: &Ticket,
        answer: Answer,
        redirect: &str,
    ) -> std::result::Result<Identity, Refusal> {
        let metadata = self.metadata(false).await?;
        // Another provider may have mixed its answer in.
        let tells = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match &answer.iss {
            Some(issuer) if *issuer != self.settings.issuer => {
                return Err(Refusal::Invalid(format!("the answer is of the issuer {issuer:?}")));
            }
            None if tells => return Err(Refusal::Invalid("the answer names no issuer".into())),
            _ => {}
        }
        if let Some(error) = answer.error {
            let more = answer.error_description.map(|text| format!(": {text}")).unwrap_or_default();
            return Err(Refusal::Declined(format!("{error}{more}").chars().take(200).collect()));
        }
        let client = self.client(metadata, redirect)?;
        let send = |request| send(self.http.clone(), request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(answer.code))
            .map_err(|error| Refusal::Invalid(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(ticket.verifier.clone()))
            .request_async(&send)
            .await
            .map_err(refused_code)?;
        let nonce = Nonce::new(ticket.nonce.clone());
        let claims = match self.verify(&client, &tokens, &nonce) {
            Ok(claims) => claims,
            // Perhaps by a key that is newer than what we know.
            Err(ClaimsVerificationError::SignatureVerification(error)) if may_be_new(&error) => {
                let client = self.client(self.metadata(true).await?, redirect)?;
                self.verify(&client, &tokens, &nonce).map_err(refused_token)?
            }
            Err(error) => return Err(refused_token(error)),
        };
        let mut identity = Identity {
            issuer: self.settings.issuer.clone(),
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            verified: claims.email_verified().unwrap_or(false),
            claims: claims.additional_claims().all.clone(),
        };
        if self.misses(&identity) && client.user_info_url().is_some() {
            let asked = client
                .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
                .map_err(|error| Refusal::Invalid(error.to_string()))?;
            let more: UserInfoClaims<More, CoreGenderClaim> = asked
                .request_async(&send)
                .await
                .map_err(|error| Refusal::Invalid(format!("asking for more claims: {}", chain(&error))))?;
            if identity.email.is_none() {
                identity.email = more.email().map(|email| email.to_string());
                identity.verified = more.email_verified().unwrap_or(false);
            }
            for (name, value) in &more.additional_claims().all {
                identity.claims.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(identity)
    }

    /// Whether the ID token leaves something open that the settings are about.
    fn misses(&self, identity: &Identity) -> bool {
        let settings = &self.settings;
        let missing = |claim: &str| super::admit::values(&identity.claims, claim).is_empty();
        identity.email.is_none()
            || (!settings.roles.is_empty() && missing(&settings.role_claim))
            || (!settings.groups.is_empty() && missing(&settings.group_claim))
    }

    /// Checks the ID token: issuer, audience, times, nonce, signature by a key of the provider, access token.
    fn verify(
        &self,
        client: &Client,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> std::result::Result<IdTokenClaims<More, CoreGenderClaim>, ClaimsVerificationError> {
        let other = |text: &str| ClaimsVerificationError::Other(text.into());
        let token = tokens.id_token().ok_or_else(|| other("no ID token was sent"))?;
        let now = ident::now() / SECOND;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
                CoreJwsSigningAlgorithm::RsaSsaPssSha256,
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::EcdsaP384Sha384,
                CoreJwsSigningAlgorithm::EdDsa,
            ])
            .set_issue_time_verifier_fn(move |issued| match issued.timestamp() - now {
                ahead if ahead > LEEWAY => Err(format!("{CLOCK}: issued {ahead} s ahead of the hub's clock")),
                _ => Ok(()),
            });
        let claims = token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let signed = ClaimsVerificationError::SignatureVerification;
            let algorithm = token.signing_alg().map_err(signed)?;
            let key = token.signing_key(&verifier).map_err(signed)?;
            let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(|error| other(&error.to_string()))?;
            if found != *expected {
                return Err(other("the access token is not the one of the ID token"));
            }
        }
        Ok(claims.clone())
    }

    fn client(&self, metadata: Metadata, redirect: &str) -> std::result::Result<Client, Refusal> {
        let redirect = RedirectUrl::new(redirect.to_owned());
        let redirect = redirect.map_err(|error| Refusal::Invalid(format!("own address: {error}")))?;
        let secret =
            self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().into()));
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(Client::from_provider_metadata(metadata, id, secret).set_redirect_uri(redirect))
    }

    /// What the provider says of itself, with its keys.
    async fn metadata(&self, anew: bool) -> std::result::Result<Metadata, Refusal> {
        let mut known = self.known.lock().await;
        match (&known.metadata, &known.failed) {
            (Some((metadata, at)), _) if !anew && at.elapsed() < FRESH => return Ok(metadata.clone()),
            (_, Some((refusal, at))) if at.elapsed() < REST => return Err(refusal.clone()),
            _ => {}
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|error| Refusal::Invalid(format!("issuer: {error}")))?;
        let send = |request| send(self.http.clone(), request);
        match Metadata::discover_async(issuer, &send).await {
            Ok(metadata) => {
                *known = Known { metadata: Some((metadata.clone(), Instant::now())), failed: None };
                Ok(metadata)
            }
            Err(error) => {
                let text = format!("its description: {}", chain(&error));
                let refusal = match error {
                    DiscoveryError::Validation(_) => Refusal::Invalid(text),
                    _ => Refusal::Unreachable(text),
                };
                known.failed = Some((refusal.clone(), Instant::now()));
                Err(refusal)
            }
        }
    }

    /// Whether the provider answers and describes itself as the settings expect.
    pub async fn check(&self) -> std::result::Result<(), Refusal> {
        self.metadata(true).await.map(drop)
    }
}

/// How our own check of the time of issue begins what it says.
const CLOCK: &str = "clock";

fn may_be_new(error: &SignatureVerificationError) -> bool {
    matches!(error, SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_))
}

fn refused_code<T>(error: RequestTokenError<Transport, T>) -> Refusal
where
    T: openidconnect::ErrorResponse + std::fmt::Display + 'static,
{
    let text = match &error {
        RequestTokenError::ServerResponse(answer) => format!("its answer to the code: {answer}"),
        error => format!("its answer to the code: {}", chain(error)),
    };
    match error {
        RequestTokenError::Request(_) => Refusal::Unreachable(text),
        _ => Refusal::Invalid(text.chars().take(300).collect()),
    }
}

fn refused_token(error: ClaimsVerificationError) -> Refusal {
    let text = format!("the ID token does not hold: {}", chain(&error));
    match error {
        ClaimsVerificationError::Expired(_) => Refusal::Clock(text),
        ClaimsVerificationError::Other(_) if text.contains(CLOCK) => Refusal::Clock(text),
        _ => Refusal::Invalid(text),
    }
}

async fn send(http: reqwest::Client, request: HttpRequest) -> std::result::Result<HttpResponse, Transport> {
    let mut response = http.execute(request.try_into()?).await?;
    let mut answer = openidconnect::http::Response::builder().status(response.status());
    if let Some(headers) = answer.headers_mut() {
        *headers = std::mem::take(response.headers_mut());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Transport::Long);
        }
    }
    Ok(answer.body(body)?)
}
