//! The other side: a screen with a key of its own, which asks the hub over TLS as a provisioner does.

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Certificate, Client, Response, StatusCode, Upgraded, header};
use serde_json::Value;
use signage_protocol::Secret;
use signage_protocol::api::{
    self, Assertion, DeviceAuthorization, DeviceTokenError, DeviceTokenRequest, EnrollRequest, Enrolled,
    Enrollment, Hardware, Nonce, Pairing, ProblemDetails, TokenRequest, TokenResponse, Wishes,
};
use signage_protocol::document::Authorization;
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::session::{DeviceMessage, HubMessage, SESSION};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::Role as Side;

use crate::site::Site;

/// A screen.
#[derive(Debug)]
pub struct Screen {
    key: SigningKey,
    hub: String,
    http: Client,
    serial: String,
    /// What its provisioning file asks the account for.
    pub wishes: Wishes,
}

/// A refusal, as the screen puts it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// HTTP status.
    pub status: u16,
    /// Code of the catalogue.
    pub code: String,
    /// What it says to do.
    pub action: String,
}

impl Screen {
    /// A screen that trusts the hub of a site; another for each number.
    pub fn new(site: &Site<'_>, number: u8) -> Result<Self> {
        let certificates = Certificate::from_pem_bundle(site.hub.ca_pem.as_bytes())?;
        Ok(Self {
            key: SigningKey::from_bytes(&[number; 32]),
            hub: site.hub.url.clone(),
            // A WebSocket begins with HTTP/1.1.
            http: Client::builder().tls_certs_only(certificates).http1_only().build()?,
            serial: format!("1000000012{number:02}"),
            wishes: Wishes::default(),
        })
    }

    /// Thumbprint of the key.
    pub fn id(&self) -> String {
        PublicKey::from(&self.key.verifying_key()).thumbprint()
    }

    /// Serial number of the board.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    fn hardware(&self) -> Hardware {
        let mac = format!("02:00:00:00:00:{}", &self.serial[10..]);
        Hardware { serial: Some(self.serial.clone()), model: Some("Raspberry Pi 4".into()), macs: vec![mac] }
    }

    async fn post(&self, path: &str, body: &EnrollRequest) -> Result<Response> {
        Ok(self.http.post(format!("{}{path}", self.hub)).json(body).send().await?)
    }

    /// Enrols with a token, or tells why the hub does not let it in.
    pub async fn try_enroll(&self, token: &str) -> Result<Result<Enrolled, Refused>> {
        let enrollment = Enrollment {
            hub: self.hub.clone(),
            token: Secret::new(token),
            hardware: self.hardware(),
            software: "0.1.0".into(),
            name: None,
            location: None,
            tags: vec![],
            wishes: self.wishes.clone(),
        };
        let enrollment = jws::sign_with_key(&self.key, typ::ENROLLMENT, &enrollment)?;
        let answer = self.post(api::ENROLL, &EnrollRequest { enrollment }).await?;
        if answer.status().is_success() {
            return Ok(Ok(answer.json().await?));
        }
        let status = answer.status().as_u16();
        let problem: ProblemDetails = answer.json().await?;
        let code = problem.code.context("no code")?.to_string();
        Ok(Err(Refused { status, code, action: problem.action.unwrap_or_default() }))
    }

    /// Enrols with a token that has to be good.
    pub async fn enroll(&self, token: &str) -> Result<Enrolled> {
        let enrolled = self.try_enroll(token).await?;
        enrolled.map_err(|refused| anyhow::anyhow!("the hub refuses the screen: {refused:?}"))
    }

    /// Enrols with a token that has to be refused; answers the code.
    pub async fn refused(&self, token: &str) -> Result<Refused> {
        self.try_enroll(token).await?.err().context("the hub has let the screen in")
    }

    async fn nonce(&self) -> Result<String> {
        let answer = self.http.post(format!("{}{}", self.hub, api::NONCE)).send().await?;
        Ok(answer.error_for_status()?.json::<Nonce>().await?.nonce)
    }

    /// An access token.
    pub async fn bearer(&self) -> Result<String> {
        let assertion =
            Assertion { iss: self.id(), sub: self.id(), aud: self.hub.clone(), nonce: self.nonce().await? };
        let request = TokenRequest {
            grant_type: api::GRANT_TYPE.into(),
            client_assertion_type: api::ASSERTION_TYPE.into(),
            client_assertion: jws::sign(&self.key, typ::CLIENT_ASSERTION, &assertion)?,
        };
        let answer = self.http.post(format!("{}{}", self.hub, api::TOKEN)).form(&request).send().await?;
        let token: TokenResponse = answer.error_for_status()?.json().await?;
        Ok(token.access_token.expose().to_owned())
    }

    /// A session that the hub has welcomed.
    pub async fn connect(&self, bearer: &str) -> Result<WebSocketStream<Upgraded>> {
        let request = self.http.get(format!("{}{SESSION}", self.hub)).bearer_auth(bearer);
        let request = request
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, generate_key());
        let answer = request.send().await?;
        ensure!(answer.status() == 101, "{}", answer.status());
        let mut socket = WebSocketStream::from_raw_socket(answer.upgrade().await?, Side::Client, None).await;
        let hello = DeviceMessage::Hello {
            software: "0.1.0".into(),
            serial: Some(self.serial.clone()),
            sequence: None,
        };
        socket.send(Message::text(serde_json::to_string(&hello)?)).await?;
        let Some(Ok(Message::Text(text))) = socket.next().await else { bail!("no welcome") };
        ensure!(matches!(serde_json::from_str(&text)?, HubMessage::Welcome { .. }), "{text}");
        Ok(socket)
    }

    /// Asks with an access token.
    async fn get(&self, path: &str) -> Result<Response> {
        let request = self.http.get(format!("{}{path}", self.hub)).bearer_auth(self.bearer().await?);
        Ok(request.send().await?)
    }

    /// What the hub says it may, if the document is really one of the account.
    pub async fn authorization(&self, account: &PublicKey) -> Result<Option<Authorization>> {
        let answer = self.get(api::AUTHORIZATION).await?;
        if answer.status() == StatusCode::FORBIDDEN {
            return Ok(None);
        }
        let document = answer.error_for_status()?.text().await?;
        Ok(Some(jws::verify(&document, typ::AUTHORIZATION, &account.verifying_key().context("a bad key")?)?))
    }

    /// What it plays, signed by the account; nothing when it may not play.
    pub async fn plays(&self, account: &PublicKey) -> Result<Option<Value>> {
        let answer = self.get(api::MANIFEST).await?;
        if answer.status() == StatusCode::FORBIDDEN {
            return Ok(None);
        }
        let document = answer.error_for_status()?.text().await?;
        Ok(Some(jws::verify(&document, typ::PUBLICATION, &account.verifying_key().context("a bad key")?)?))
    }

    /// Asks for the code that it shows when it has no token.
    pub async fn codes(&self) -> Result<DeviceAuthorization> {
        let pairing = Pairing {
            hub: self.hub.clone(),
            nonce: self.nonce().await?,
            hardware: self.hardware(),
            software: "0.1.0".into(),
            location: None,
            tags: vec![],
        };
        let enrollment = jws::sign_with_key(&self.key, typ::ENROLLMENT, &pairing)?;
        let answer = self.post(api::DEVICE_AUTHORIZATION, &EnrollRequest { enrollment }).await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Asks whether it was paired.
    pub async fn poll(&self, codes: &DeviceAuthorization) -> Result<Result<Enrolled, DeviceTokenError>> {
        let request = DeviceTokenRequest {
            grant_type: api::DEVICE_GRANT_TYPE.into(),
            device_code: codes.device_code.clone(),
            client_id: self.id(),
        };
        let answer = self.http.post(format!("{}{}", self.hub, api::TOKEN)).form(&request).send().await?;
        match answer.status() {
            StatusCode::OK => Ok(Ok(answer.json().await?)),
            StatusCode::BAD_REQUEST => Ok(Err(answer.json().await?)),
            status => anyhow::bail!("{status}: {}", answer.text().await?),
        }
    }
}
