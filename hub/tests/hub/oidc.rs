//! Signing in through an OpenID provider: a small one, which signs for real and lies where a test says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get as on_get, post as on_post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::url::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signage_hub::folder_rights::Level;
use signage_hub::groups::{self, Change};
use signage_hub::rights::Role;
use signage_hub::store::{audit, identities, operators};
use signage_hub::{ident, people};

use crate::common::{Answer, PASSWORD, Screen, TestHub, URL, new_account};
use crate::console::{cookie, get};
use crate::people::somebody;

const SECRET: &str = "s3cret of the client";

/// A key of the provider.
enum Key {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl Key {
    fn ed25519(seed: u8) -> Self {
        Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn p256() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::P256(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap())
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::P256(_) => "ES256",
        }
    }

    fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self {
            Self::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
            }
            Self::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
        };
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm());
        jwk
    }

    fn sign(&self, kid: &str, algorithm: &str, claims: &Value) -> String {
        let head = json!({ "alg": algorithm, "kid": kid, "typ": "JWT" });
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(&head), text(claims));
        let signature = match self {
            _ if algorithm == "none" => Vec::new(),
            Self::Ed25519(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
            Self::P256(pair) => pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What the provider does, honestly unless a test says otherwise.
struct Plan {
    issuer: String,
    /// The one that signs, and its name.
    key: (Key, String),
    /// Another that is published in its place.
    published: Option<Key>,
    algorithm: Option<&'static str>,
    /// Over the honest claims of the ID token; null takes one away.
    claims: Value,
    user_info: Value,
    /// Code → nonce, challenge, address to go back to.
    codes: HashMap<String, (String, String, String)>,
    described: u32,
    /// Whether it lets people sign out.
    ends: bool,
}

type Shared = Arc<Mutex<Plan>>;

struct Provider {
    issuer: String,
    plan: Shared,
}

async fn describe(State(plan): State<Shared>) -> Json<Value> {
    let mut plan = plan.lock().unwrap();
    plan.described += 1;
    let issuer = &plan.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "ES256", "none"],
        "authorization_response_iss_parameter_supported": true,
        "end_session_endpoint": plan.ends.then(|| format!("{issuer}/end?x=1")),
    }))
}

async fn keys(State(plan): State<Shared>) -> Json<Value> {
    let plan = plan.lock().unwrap();
    let key = plan.published.as_ref().unwrap_or(&plan.key.0);
    Json(json!({ "keys": [key.jwk(&plan.key.1)] }))
}

async fn token(
    State(plan): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut plan = plan.lock().unwrap();
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let basic = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let escaped = SECRET.replace(' ', "+");
    if basic != format!("Basic {}", STANDARD.encode(format!("signage:{escaped}"))) {
        return refuse("invalid_client");
    }
    // A code works once.
    let Some((nonce, challenge, redirect)) = plan.codes.remove(&form["code"]) else {
        return refuse("invalid_grant");
    };
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if proof != challenge || form["redirect_uri"] != redirect {
        return refuse("invalid_grant");
    }
    let now = ident::now() / 1000;
    let mut claims = json!({
        "iss": plan.issuer, "aud": "signage", "sub": "subject-1", "nonce": nonce, "iat": now, "exp": now + 300,
        "email": "bea@example.org", "email_verified": true,
    });
    for (name, value) in plan.claims.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let (key, kid) = &plan.key;
    let id_token = key.sign(kid, plan.algorithm.unwrap_or(key.algorithm()), &claims);
    (
        StatusCode::OK,
        Json(json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": id_token })),
    )
}

async fn user_info(State(plan): State<Shared>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer at");
    (StatusCode::OK, Json(plan.lock().unwrap().user_info.clone()))
}

impl Provider {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new(Plan {
            issuer: issuer.clone(),
            key: (Key::ed25519(1), "k1".into()),
            published: None,
            algorithm: None,
            claims: json!({}),
            user_info: json!({ "sub": "subject-1" }),
            codes: HashMap::new(),
            described: 0,
            ends: true,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", on_get(describe))
            .route("/jwks", on_get(keys))
            .route("/token", on_post(token))
            .route("/userinfo", on_get(user_info))
            .with_state(plan.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, plan }
    }

    /// A hub that lets people in through this provider.
    async fn hub(&self, more: &str) -> TestHub {
        let settings = format!(
            "issuer = '{}'\nclient-id = 'signage'\nclient-secret-file = 'oidc.secret'\naccount = 'acme'\n\
             label = 'Sign in with Acme'\n{more}\n",
            self.issuer
        );
        TestHub::with(&[("oidc.toml", &settings), ("oidc.secret", SECRET)]).await
    }

    fn claims(&self, claims: Value) {
        self.plan.lock().unwrap().claims = claims;
    }

    /// What a browser does at the provider: it comes back with a code.
    fn log_in(&self, sent: &Url) -> String {
        let query: HashMap<String, String> = sent.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "signage");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["redirect_uri"], format!("{URL}/sign-in/oidc/callback"));
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"), "{}", query["scope"]);
        let code = ident::new("code").unwrap();
        let known = (query["nonce"].clone(), query["code_challenge"].clone(), query["redirect_uri"].clone());
        self.plan.lock().unwrap().codes.insert(code.clone(), known);
        let issuer: String =
            openidconnect::url::form_urlencoded::byte_serialize(self.issuer.as_bytes()).collect();
        format!("/sign-in/oidc/callback?code={code}&state={}&iss={issuer}", query["state"])
    }
}

/// Leaves for the provider: the cookie that is kept, and where to.
pub async fn leave(hub: &TestHub, cookies: &str) -> (String, Url) {
    let sent = get(hub, "/sign-in/oidc", cookies).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    (cookie(&sent, "__Host-signage-oidc"), sent.header(header::LOCATION).parse().unwrap())
}

/// The whole way.
async fn sign_in(hub: &TestHub, provider: &Provider) -> Answer {
    let (kept, sent) = leave(hub, "").await;
    get(hub, &provider.log_in(&sent), &kept).await
}

/// Whoever was not let in: status, and the code that the page and the audit log have.
pub async fn refused(hub: &TestHub, answer: &Answer) -> (u16, String) {
    assert!(!answer.headers.get_all(header::SET_COOKIE).iter().any(|set| {
        let set = set.to_str().unwrap();
        set.starts_with("__Host-signage=") && !set.contains("Max-Age=0")
    }));
    let (_, rest) = answer.text().split_once("<code>oidc-").unwrap_or_else(|| panic!("{}", answer.text()));
    let code = format!("oidc-{}", rest.split_once('<').unwrap().0);
    let log = audit::list(hub.store(), Some(&hub.account.id), 1).await.unwrap();
    if code != "oidc-stale" {
        assert_eq!(log[0].code.as_deref(), Some(code.as_str()), "{log:?}");
        assert_eq!((log[0].action.as_str(), log[0].outcome.as_str()), ("sign-in", "refused"));
    }
    (answer.status.as_u16(), code)
}

#[tokio::test]
async fn who_came_through_the_provider_signs_out_there_too() {
    for ends in [true, false] {
        let provider = Provider::new().await;
        provider.plan.lock().unwrap().ends = ends;
        let hub = provider.hub("").await;
        invite(&hub, "bea@example.org", Role::Content).await;
        let signed_in = sign_in(&hub, &provider).await;
        let session = cookie(&signed_in, "__Host-signage");
        let there = cookie(&signed_in, "__Host-signage-provider");
        let both = format!("{session}; {there}");
        let form = format!("form={}", crate::console::form_token(&get(&hub, "/me", &session).await));
        let out = crate::console::post(&hub, "/sign-out", &both, form).await;
        if ends {
            let end = format!(
                "{}/end?x=1&client_id=signage&post_logout_redirect_uri={}",
                provider.issuer, "https%3A%2F%2Fhub.example%3A8443%2F"
            );
            assert_eq!(
                (out.status.as_u16(), out.header(header::REFRESH)),
                (200, format!("0; url={end}").as_str())
            );
            assert!(out.text().contains("Sign out of the provider"));
        } else {
            assert_eq!((out.status.as_u16(), out.header(header::LOCATION)), (303, "/"));
        }
        assert_eq!(get(&hub, "/me", &session).await.header(header::LOCATION), "/", "it is over here");
    }
}

async fn invite(hub: &TestHub, email: &str, role: Role) {
    people::invite(hub.store(), &hub.actor(), email, role, ident::now()).await.unwrap();
}

#[tokio::test]
async fn an_invited_person_comes_in_and_is_known_by_the_subject_from_then_on() {
    let provider = Provider::new().await;
    let hub = provider.hub("").await;
    let page = get(&hub, "/", "").await;
    assert!(page.text().contains("href=\"/sign-in/oidc\"") && page.text().contains("Sign in with Acme"));
    assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await, (403, "oidc-unknown".into()));
    invite(&hub, "bea@example.org", Role::Content).await;
    let came = sign_in(&hub, &provider).await;
    assert_eq!((came.status.as_u16(), came.header(header::LOCATION)), (303, "/screens"), "{}", came.text());
    let session = cookie(&came, "__Host-signage");
    assert!(get(&hub, "/screens", &session).await.text().contains("bea@example.org"));
    assert!(get(&hub, "/me", &session).await.text().contains("You have no password here"));
    let bea = operators::by_email(hub.store(), "bea@example.org").await.unwrap().unwrap();
    assert_eq!(bea.role().unwrap(), Role::Content);
    // The address may change at the provider; the subject does not. A key of another kind may sign, newly made.
    provider.claims(json!({ "email": "beatrice@example.org" }));
    provider.plan.lock().unwrap().key = (Key::p256(), "k2".into());
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    assert_eq!(provider.plan.lock().unwrap().described, 2, "the description is kept, until a key is missing");
    assert!(operators::by_email(hub.store(), "beatrice@example.org").await.unwrap().is_none());
    // No password opens this person.
    for password in ["", "x"] {
        assert_eq!(crate::console::sign_in(&hub, "bea@example.org", password).await.status, 401);
    }
    let log = audit::list(hub.store(), Some(&hub.account.id), 100).await.unwrap();
    let done = |action: &str| {
        log.iter().filter(|r| r.action == action && r.actor == bea.id && r.outcome == "ok").count()
    };
    assert_eq!((done("person.join"), done("sign-in")), (1, 2));
}

#[tokio::test]
async fn what_does_not_hold_lets_nobody_in() {
    let provider = Provider::new().await;
    let hub = provider.hub("everybody = true").await;
    let now = ident::now() / 1000;
    for (claims, code) in [
        (json!({ "nonce": "another" }), "oidc-invalid"),
        (json!({ "nonce": null }), "oidc-invalid"),
        (json!({ "aud": "somebody-else" }), "oidc-invalid"),
        (json!({ "aud": ["signage", "somebody-else"] }), "oidc-invalid"),
        (json!({ "iss": "https://evil.example" }), "oidc-invalid"),
        (json!({ "exp": now - 1 }), "oidc-clock"),
        (json!({ "iat": now + 3600, "exp": now + 7200 }), "oidc-clock"),
        (json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), "oidc-invalid"),
        (json!({ "email_verified": false }), "oidc-unverified"),
        (json!({ "email_verified": null }), "oidc-unverified"),
        (json!({ "email": null }), "oidc-unverified"),
        (json!({ "sub": null }), "oidc-invalid"),
    ] {
        provider.claims(claims.clone());
        assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await.1, code, "{claims}");
    }
    provider.claims(json!({}));
    for algorithm in ["none", "HS256"] {
        provider.plan.lock().unwrap().algorithm = Some(algorithm);
        assert_eq!(
            refused(&hub, &sign_in(&hub, &provider).await).await,
            (502, "oidc-invalid".into()),
            "{algorithm}"
        );
    }
    provider.plan.lock().unwrap().algorithm = None;
    {
        // The hub knows the key of this name already, and asks again in vain.
        let mut plan = provider.plan.lock().unwrap();
        plan.published = Some(std::mem::replace(&mut plan.key.0, Key::ed25519(2)));
    }
    assert_eq!(
        refused(&hub, &sign_in(&hub, &provider).await).await,
        (502, "oidc-invalid".into()),
        "another key"
    );
    {
        let mut plan = provider.plan.lock().unwrap();
        plan.key.0 = plan.published.take().unwrap();
    }
    assert!(operators::by_email(hub.store(), "bea@example.org").await.unwrap().is_none(), "nobody was made");
    // All of that was about the lies.
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
}

#[tokio::test]
async fn an_answer_belongs_to_one_browser_one_provider_and_one_time() {
    let provider = Provider::new().await;
    let hub = provider.hub("everybody = true").await;
    let (kept, sent) = leave(&hub, "").await;
    let back = provider.log_in(&sent);
    // In another browser: none of its own, or its own.
    let (other, _) = leave(&hub, "").await;
    for cookies in ["", &other, "__Host-signage-oidc=forged"] {
        assert_eq!(refused(&hub, &get(&hub, &back, cookies).await).await, (403, "oidc-stale".into()));
    }
    // Another provider's answer, and one of nobody.
    let (elsewhere, sent) = leave(&hub, "").await;
    let honest = provider.log_in(&sent);
    let (path, _) = honest.split_once("&iss=").unwrap();
    let mixed = format!("{path}&iss=https%3A%2F%2Fevil.example");
    assert_eq!(refused(&hub, &get(&hub, &mixed, &elsewhere).await).await, (502, "oidc-invalid".into()));
    let (elsewhere, sent) = leave(&hub, "").await;
    let honest = provider.log_in(&sent);
    let (path, _) = honest.split_once("&iss=").unwrap();
    assert_eq!(refused(&hub, &get(&hub, path, &elsewhere).await).await, (502, "oidc-invalid".into()));
    // Once.
    assert_eq!(get(&hub, &back, &kept).await.status, 303);
    assert_eq!(refused(&hub, &get(&hub, &back, &kept).await).await, (403, "oidc-stale".into()));
    // The same code in a sign-in of its own.
    let (kept, sent) = leave(&hub, "").await;
    let fresh = provider.log_in(&sent);
    let code = |text: &str| text.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let replayed = fresh.replace(&code(&fresh), &code(&back));
    assert_eq!(refused(&hub, &get(&hub, &replayed, &kept).await).await, (502, "oidc-invalid".into()));
    // The provider, or the person there, says no.
    let (kept, sent) = leave(&hub, "").await;
    let state = sent.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let no = format!(
        "/sign-in/oidc/callback?error=access_denied&error_description=%3Cb%3Eno&state={state}&{}",
        back.split_once("&").unwrap().1.split_once("&").unwrap().1
    );
    let answer = get(&hub, &no, &kept).await;
    assert!(!answer.text().contains("<b>no"));
    assert_eq!(refused(&hub, &answer).await, (403, "oidc-declined".into()));
}

#[tokio::test]
async fn people_who_are_there_are_linked_only_when_that_is_allowed() {
    let provider = Provider::new().await;
    let shut = provider.hub("").await;
    somebody(&shut, "bea@example.org", Role::Viewer).await;
    assert_eq!(refused(&shut, &sign_in(&shut, &provider).await).await, (403, "oidc-unknown".into()));

    let hub = provider.hub("existing = true\neverybody = true\ndomains = ['@Example.org']").await;
    let (bea, _) = somebody(&hub, "bea@example.org", Role::Viewer).await;
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    let known = async |subject: &str| {
        identities::find(&mut hub.store().read().await.unwrap(), &provider.issuer, subject).await.unwrap()
    };
    assert_eq!(known("subject-1").await.as_ref(), Some(&bea));
    // Another login that has got the same address.
    provider.claims(json!({ "sub": "subject-2" }));
    assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await, (403, "oidc-taken".into()));
    people::unlink(hub.store(), &hub.actor(), &bea, ident::now()).await.unwrap();
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    assert_eq!((known("subject-1").await, known("subject-2").await), (None, Some(bea.clone())));
    people::suspend(hub.store(), &hub.actor(), &bea, true, ident::now()).await.unwrap();
    assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await, (403, "oidc-suspended".into()));
    // Somebody of another account of the hub, and somebody of another domain.
    new_account(hub.store(), "other").await;
    provider.claims(json!({ "sub": "subject-3", "email": "other@example.org" }));
    assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await, (403, "oidc-unknown".into()));
    provider.claims(json!({ "sub": "subject-4", "email": "bea@example.org.evil.example" }));
    assert_eq!(refused(&hub, &sign_in(&hub, &provider).await).await, (403, "oidc-domain".into()));
    // Everybody else of the domain comes in, with what the provider tells only when asked.
    provider.claims(json!({ "sub": "subject-1", "email": null }));
    provider.plan.lock().unwrap().user_info =
        json!({ "sub": "subject-1", "email": "carl@example.org", "email_verified": true });
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    let carl = operators::by_email(hub.store(), "carl@example.org").await.unwrap().unwrap();
    assert_eq!(carl.role().unwrap(), Role::Viewer);
    provider.claims(json!({ "sub": "subject-5", "email": null }));
    assert_eq!(
        refused(&hub, &sign_in(&hub, &provider).await).await.1,
        "oidc-invalid",
        "told about another subject"
    );
}

#[tokio::test]
async fn roles_and_groups_follow_the_provider_at_each_sign_in() {
    let provider = Provider::new().await;
    let hub = provider
        .hub(
            "everybody = true\nrole-claim = 'realm_access.roles'\n[roles]\nchief = 'admin'\neditor = 'content'\n\
             [groups]\nberlin = 'Berlin'\nghost = 'Not there'",
        )
        .await;
    for name in ["Berlin", "By hand"] {
        let new = Change {
            name: Some(name.into()),
            folders: Some(vec![signage_hub::folder_rights::Entry {
                area: signage_hub::folder_rights::Area::Screens,
                folder: String::new(),
                level: Level::Read,
            }]),
            ..Change::default()
        };
        groups::create(hub.store(), &hub.actor(), &new, ident::now()).await.unwrap();
    }
    let standing = async || {
        let person = operators::by_email(hub.store(), "bea@example.org").await.unwrap().unwrap();
        let mut connection = hub.store().read().await.unwrap();
        let groups = signage_hub::store::groups::names_of(&mut connection, &person.id).await.unwrap();
        (person.id.clone(), person.role().unwrap(), groups)
    };
    let roles = |roles: &[&str], groups: &[&str]| {
        provider.claims(json!({ "realm_access": { "roles": roles }, "groups": groups }));
    };
    roles(&["editor", "chief", "x"], &["berlin", "ghost"]);
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    let (id, role, groups) = standing().await;
    assert_eq!((role, groups.as_slice()), (Role::Admin, &["Berlin".to_owned()][..]));
    let new = Change { members: Some(vec![id.clone()]), ..Change::default() };
    groups::change(hub.store(), &hub.actor(), "By hand", &new, ident::now()).await.unwrap();
    roles(&["editor"], &[]);
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    assert_eq!((standing().await.1, standing().await.2), (Role::Content, vec!["By hand".to_owned()]));
    roles(&[], &["berlin"]);
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    assert_eq!(standing().await.1, Role::Viewer);
    // The last admin stays.
    people::set_role(hub.store(), &hub.actor(), &id, Role::Admin, ident::now()).await.unwrap();
    let first = operators::by_email(hub.store(), "acme@example.org").await.unwrap().unwrap().id;
    people::remove(hub.store(), &hub.actor(), &first, ident::now()).await.unwrap();
    assert_eq!(sign_in(&hub, &provider).await.status, 303);
    assert_eq!(standing().await.1, Role::Admin);
}

#[tokio::test]
async fn pairing_by_qr_code_survives_the_provider_and_the_second_step() {
    let provider = Provider::new().await;
    for (more, asked) in [("", true), ("provider-has-second-step = true", false)] {
        let hub = provider.hub(&format!("existing = true\n{more}")).await;
        let (person, _) = somebody(&hub, "bea@example.org", Role::Admin).await;
        let codes = crate::second_step::switched_on(&hub, &person).await;
        let screen = Screen::new(1);
        let shown = crate::pairing::codes(&hub, &screen).await;
        let path = shown.verification_uri_complete.strip_prefix(URL).unwrap();
        let first = get(&hub, path, "").await;
        let came_with = cookie(&first, "__Host-signage-pair");
        let (kept, sent) = leave(&hub, &came_with).await;
        let mut answer = get(&hub, &provider.log_in(&sent), &format!("{kept}; {came_with}")).await;
        assert_eq!(answer.status == 200, asked);
        if asked {
            let field = |name: &str| {
                let (_, rest) = answer.text().split_once(&format!("name=\"{name}\" value=\"")).unwrap();
                rest.split_once('"').unwrap().0.to_owned()
            };
            let form =
                format!("code={}&ticket={}&form={}", codes[0].expose(), field("ticket"), field("form"));
            let cookies = format!("{}; {came_with}", cookie(&answer, "__Host-signage-guest"));
            answer = crate::console::post(&hub, "/sign-in/code", &cookies, form).await;
        }
        assert_eq!(answer.header(header::LOCATION), path, "{}", answer.text());
        let session = cookie(&answer, "__Host-signage");
        assert!(get(&hub, path, &session).await.text().contains("Is this your screen?"));
    }
}

#[tokio::test]
async fn the_wanted_page_survives_and_leads_nowhere_else() {
    let provider = Provider::new().await;
    let hub = provider.hub("everybody = true").await;
    let first = get(&hub, "/tokens?state=unused", "").await;
    assert_eq!(first.header(header::LOCATION), "/");
    let wanted = cookie(&first, "__Host-signage-next");
    let (kept, sent) = leave(&hub, &wanted).await;
    let came = get(&hub, &provider.log_in(&sent), &format!("{kept}; {wanted}")).await;
    assert_eq!(came.header(header::LOCATION), "/tokens?state=unused");
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\tx", ""] {
        let (kept, sent) = leave(&hub, "").await;
        let cookies = format!("{kept}; __Host-signage-next={}", URL_SAFE_NO_PAD.encode(elsewhere));
        let came = get(&hub, &provider.log_in(&sent), &cookies).await;
        assert_eq!(came.header(header::LOCATION), "/screens", "{elsewhere}");
    }
    // With the password too.
    let page = get(&hub, "/", &wanted).await;
    let cookies = format!("{}; {wanted}", cookie(&page, "__Host-signage-guest"));
    let form = format!(
        "email=acme@example.org&password={}&form={}",
        PASSWORD.replace(' ', "+"),
        crate::console::form_token(&page)
    );
    assert_eq!(
        crate::console::post(&hub, "/", &cookies, form).await.header(header::LOCATION),
        "/tokens?state=unused"
    );
}

#[tokio::test]
async fn a_provider_that_does_not_answer_or_is_another_is_said() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let settings = format!("issuer = '{issuer}'\nclient-id = 'x'\naccount = 'acme'\n");
    let hub = TestHub::with(&[("oidc.toml", &settings)]).await;
    let answer = get(&hub, "/sign-in/oidc", "").await;
    assert_eq!(refused(&hub, &answer).await, (503, "oidc-unreachable".into()));
    // The page for passwords is there all the same.
    assert_eq!(get(&hub, "/", "").await.status, 200);
    let provider = Provider::new().await;
    let hub = provider.hub("").await;
    provider.plan.lock().unwrap().issuer = "https://evil.example".into();
    let answer = get(&hub, "/sign-in/oidc", "").await;
    assert_eq!(refused(&hub, &answer).await, (502, "oidc-invalid".into()));
    assert_eq!(get(&TestHub::new().await, "/sign-in/oidc", "").await.status, 404);
}
