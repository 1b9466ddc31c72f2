//! A hub without a socket, and a device to talk to it.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use signage_hub::address::HubUrl;
use signage_hub::api_token::Actor;
use signage_hub::http::{self, Shared, State};
use signage_hub::ident;
use signage_hub::store::Store;
use signage_hub::store::accounts::Account;
use signage_hub::store::content::Content;
use signage_hub::store::tokens::Token;
use signage_hub::token::Grant;
use signage_hub::{account, content, serve, token};
use signage_protocol::Secret;
use signage_protocol::api::{Enrolled, Enrollment, Hardware};
use signage_protocol::jws::{self, PublicKey, SigningKey, typ};
use signage_protocol::token::Kind;
use sqlx::Connection as _;
use tower::ServiceExt as _;

use crate::contract;

pub const URL: &str = "https://hub.example:8443";
pub const PASSWORD: &str = "correct horse battery";

/// A hub on a directory of its own, with one account.
pub struct TestHub {
    pub router: Router,
    pub state: Shared,
    pub account: Account,
    pub files: tempfile::TempDir,
    _data: tempfile::TempDir,
}

impl TestHub {
    pub async fn new() -> Self {
        let (data, state) = fresh().await;
        let account = new_account(&state.store, "acme").await;
        let router = http::router(state.clone());
        Self { router, state, account, files: tempfile::tempdir().unwrap(), _data: data }
    }

    /// A hub whose content lies in a bucket.
    pub async fn with_bucket(config: &str) -> Self {
        Self::with(&[("s3.toml", config)]).await
    }

    /// A hub with these files in its directory from the beginning, and one account.
    pub async fn with(files: &[(&str, &str)]) -> Self {
        let (data, state) = fresh_with(files).await;
        let account = new_account(&state.store, "acme").await;
        let router = http::router(state.clone());
        Self { router, state, account, files: tempfile::tempdir().unwrap(), _data: data }
    }

    /// A hub that nobody has set up; the account is one of another hub.
    pub async fn empty() -> Self {
        let (data, state) = fresh().await;
        let router = http::router(state.clone());
        Self { router, state, _data: data, ..Self::new().await }
    }

    /// A hub that runs, reached without its socket.
    pub fn around(state: &Shared, account: &Account) -> Self {
        let (router, state) = (http::router(state.clone()), state.clone());
        let directory = || tempfile::tempdir().unwrap();
        Self { router, state, account: account.clone(), files: directory(), _data: directory() }
    }

    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Whoever runs commands, for the account.
    pub fn actor(&self) -> Actor<'_> {
        Actor::cli(&self.account.id)
    }

    pub async fn token(&self, kind: Kind) -> (Token, Secret) {
        self.token_with(kind, Grant::default()).await
    }

    pub async fn token_with(&self, kind: Kind, grant: Grant) -> (Token, Secret) {
        token::create(self.store(), &self.actor(), kind, grant, ident::now()).await.unwrap()
    }

    /// Adds a PNG-like file of this length to an account.
    pub async fn content(&self, account: &Account, name: &str, length: usize) -> (Content, Vec<u8>) {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(name.bytes().cycle().take(length - bytes.len()));
        let path = self.files.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let added =
            content::add(self.store(), &self.state.blobs, account, &path, ident::now()).await.unwrap();
        (added, bytes)
    }

    /// The head of an answer that has no end.
    pub async fn head(&self, request: Request<Body>) -> Answer {
        let (parts, _) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        Answer { status: parts.status, headers: parts.headers, body: Vec::new() }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = Answer::read(self.router.clone().oneshot(request).await.unwrap()).await;
        contract::check(&method, &path, &answer);
        answer
    }
}

async fn fresh() -> (tempfile::TempDir, Shared) {
    fresh_with(&[]).await
}

async fn fresh_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Shared) {
    let data = data_dir().await;
    // Only an empty directory becomes a hub's.
    let (directory, store) = serve::open(data.path()).await.unwrap();
    for (name, text) in files {
        signage_hub::data_dir::write_private(&data.path().join(name), text.as_bytes()).unwrap();
    }
    let urls: Vec<HubUrl> = vec![URL.parse().unwrap(), "https://localhost:8443".parse().unwrap()];
    let state = State::new(store, directory, urls).await.unwrap();
    (data, state)
}

/// An empty data directory. With `SIGNAGE_TEST_POSTGRES`, the address of a server, its database is a schema of
/// its own there.
pub async fn data_dir() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    if let Ok(server) = std::env::var("SIGNAGE_TEST_POSTGRES") {
        sqlx::any::install_default_drivers();
        let schema = ident::new("test").unwrap();
        let mut connection = sqlx::AnyConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        sqlx::Executor::execute(&mut connection, create).await.unwrap();
        std::fs::write(data.path().join("database.url"), format!("{server}&options[search_path]={schema}"))
            .unwrap();
    }
    data
}

pub async fn new_account(store: &Store, name: &str) -> Account {
    let email = format!("{name}@example.org");
    let password = Some(Secret::new(PASSWORD));
    account::create(store, name, &email, password, ident::now()).await.unwrap().account
}

/// A response with its whole body.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Status and problem code of a refusal, which must have the right shape.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{:?}", self.text());
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        (self.status.as_u16(), body["code"].as_str().unwrap().to_owned())
    }
}

/// A screen: a key, and how it talks.
pub struct Screen {
    pub key: SigningKey,
    pub address: IpAddr,
}

impl Screen {
    pub fn new(seed: u8) -> Self {
        Self { key: SigningKey::from_bytes(&[seed; 32]), address: "192.0.2.7".parse().unwrap() }
    }

    pub fn id(&self) -> String {
        PublicKey::from(&self.key.verifying_key()).thumbprint()
    }

    pub fn enrollment(token: &Secret) -> Enrollment {
        Enrollment {
            hub: URL.into(),
            token: token.clone(),
            hardware: Hardware {
                serial: Some("100000001234".into()),
                model: Some("Raspberry Pi 4".into()),
                macs: vec!["02:00:00:00:00:01".into()],
            },
            software: "0.1.0".into(),
            name: None,
            location: None,
            tags: vec!["window".into()],
            wishes: Default::default(),
        }
    }

    pub fn enroll_request(&self, enrollment: &Enrollment) -> Request<Body> {
        let jws = jws::sign_with_key(&self.key, typ::ENROLLMENT, enrollment).unwrap();
        self.request("POST", "/v1/enroll")
            .header(header::CONTENT_TYPE, "application/json")
            .body(json!({ "enrollment": jws }).to_string().into())
            .unwrap()
    }

    pub async fn try_enroll(&self, hub: &TestHub, token: &Secret) -> Answer {
        hub.send(self.enroll_request(&Self::enrollment(token))).await
    }

    pub async fn enroll(&self, hub: &TestHub, token: &Secret) -> Enrolled {
        let answer = self.try_enroll(hub, token).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub async fn nonce(&self, hub: &TestHub) -> String {
        let answer = hub.send(self.request("POST", "/v1/nonce").body(Body::empty()).unwrap()).await;
        answer.json()["nonce"].as_str().unwrap().to_owned()
    }

    pub fn token_request(&self, assertion: &Value) -> Request<Body> {
        let jws = jws::sign(&self.key, typ::CLIENT_ASSERTION, assertion).unwrap();
        let form = format!(
            "grant_type=client_credentials&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={jws}"
        );
        self.request("POST", "/oauth/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into())
            .unwrap()
    }

    pub fn assertion(&self, nonce: &str) -> Value {
        json!({ "iss": self.id(), "sub": self.id(), "aud": URL, "nonce": nonce })
    }

    pub async fn bearer(&self, hub: &TestHub) -> String {
        let nonce = self.nonce(hub).await;
        let answer = hub.send(self.token_request(&self.assertion(&nonce))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["token_type"], "Bearer");
        assert_eq!(answer.json()["expires_in"], 900);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, hub: &TestHub, bearer: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request("GET", path).header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        hub.send(request.body(Body::empty()).unwrap()).await
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(SocketAddr::from((self.address, 40_000))))
    }
}
