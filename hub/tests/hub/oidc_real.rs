//! Signing in through a provider that others have written: TLS, RS256, pages, cookies and all. Only with
//! `SIGNAGE_TEST_OIDC`; `tests/oidc` starts one.

use std::collections::BTreeMap;

use axum::http::header;
use openidconnect::url::Url;
use serde_json::{Value, json};
use signage_hub::rights::Role;
use signage_hub::store::{audit, identities, operators};

use crate::common::{Answer, TestHub, URL};
use crate::console::{cookie, form_token, get, post};
use crate::oidc::{leave, refused};

/// The provider that the environment names.
struct Provider {
    issuer: String,
    secret: String,
    ca: String,
}

impl Provider {
    fn given() -> Option<Self> {
        let Ok(path) = std::env::var("SIGNAGE_TEST_OIDC") else {
            eprintln!("skipped: SIGNAGE_TEST_OIDC names no provider; tests/oidc starts one");
            return None;
        };
        let about: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let text = |name: &str| about[name].as_str().unwrap().to_owned();
        Some(Self { issuer: text("issuer"), secret: text("secret"), ca: text("ca") })
    }

    async fn hub(&self, client: &str, more: &str) -> TestHub {
        let settings = format!(
            "issuer = '{}'\nclient-id = '{client}'\nclient-secret-file = 'oidc.secret'\naccount = 'acme'\n\
             ca-file = 'provider.pem'\n{more}\n",
            self.issuer
        );
        let files = [("oidc.toml", &*settings), ("oidc.secret", &*self.secret), ("provider.pem", &*self.ca)];
        TestHub::with(&files).await
    }

    fn http(&self) -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .tls_certs_merge(reqwest::Certificate::from_pem_bundle(self.ca.as_bytes()).unwrap())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap()
    }

    async fn tell(&self, path: &str, query: &[(&str, String)]) {
        let url = Url::parse_with_params(&format!("{}/test/{path}", self.issuer), query).unwrap();
        self.http().get(url).send().await.unwrap().error_for_status().unwrap();
    }

    /// What it says falsely from now on to the client "another".
    async fn lie(&self, claims: Option<&Value>) {
        let query: Vec<_> = claims.iter().map(|claims| ("claims", claims.to_string())).collect();
        self.tell("lie", &query).await;
    }
}

/// A browser of somebody, which keeps its cookies.
struct Browser<'a> {
    provider: &'a Provider,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// Forms that it was shown.
    asked: Vec<&'static str>,
}

impl<'a> Browser<'a> {
    fn new(provider: &'a Provider) -> Self {
        Self { provider, http: provider.http(), cookies: BTreeMap::new(), asked: Vec::new() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> (Option<String>, String) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(header::COOKIE, cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (to, answer.text().await.unwrap())
    }

    /// Goes where the hub has sent it, signs in as `who`, or leaves the page when that is nobody. Where it is sent back to.
    async fn go(&mut self, sent: &Url, who: Option<&str>) -> String {
        let mut url = sent.clone();
        let mut request = self.http.get(url.clone());
        for _ in 0..12 {
            let (to, page) = self.send(request).await;
            let Some(to) = to else {
                let form = if page.contains("name=\"login\"") { "login" } else { "consent" };
                assert!(page.contains(&format!("value=\"{form}\"")), "{page}");
                self.asked.push(form);
                request = match who {
                    None => self.http.get(format!("{url}/abort")),
                    Some(who) => self.http.post(url.clone()).form(&[
                        ("prompt", form),
                        ("login", who),
                        ("password", "any"),
                    ]),
                };
                continue;
            };
            if let Some(path) = to.strip_prefix(URL) {
                return path.to_owned();
            }
            url = url.join(&to).unwrap();
            assert!(url.as_str().starts_with(&self.provider.issuer), "{url}");
            request = self.http.get(url.clone());
        }
        panic!("the provider leads in circles")
    }
}

/// The whole way of somebody in a new browser.
async fn sign_in(hub: &TestHub, provider: &Provider, who: &str) -> Answer {
    let (kept, sent) = leave(hub, "").await;
    let back = Browser::new(provider).go(&sent, Some(who)).await;
    get(hub, &back, &kept).await
}

#[tokio::test]
async fn somebody_comes_in_goes_and_comes_again() {
    let Some(provider) = Provider::given() else { return };
    let hub =
        provider.hub("signage", "everybody = true\nrole = 'viewer'\n[roles]\neditors = 'content'").await;
    let mut browser = Browser::new(&provider);
    let (kept, sent) = leave(&hub, "").await;
    for (name, value) in [("response_type", "code"), ("code_challenge_method", "S256")] {
        assert!(sent.query_pairs().any(|pair| pair == (name.into(), value.into())), "{sent}");
    }
    let back = browser.go(&sent, Some("bea")).await;
    assert_eq!(browser.asked, ["login", "consent"]);
    let came = get(&hub, &back, &kept).await;
    assert_eq!((came.status.as_u16(), came.header(header::LOCATION)), (303, "/screens"), "{}", came.text());
    // Address and groups are no part of the ID token: the hub has asked for them.
    let bea = operators::by_email(hub.store(), "bea@example.org").await.unwrap().unwrap();
    assert_eq!(bea.role().unwrap(), Role::Content);
    let known =
        identities::find(&mut hub.store().read().await.unwrap(), &provider.issuer, "bea").await.unwrap();
    assert_eq!(known, Some(bea.id));

    let session = cookie(&came, "__Host-signage");
    let page = get(&hub, "/screens", &session).await;
    assert!(page.text().contains("bea@example.org"));
    let form = format!("form={}", form_token(&page));
    assert_eq!(post(&hub, "/sign-out", &session, form).await.status, 303);
    assert_eq!(get(&hub, "/screens", &session).await.status, 303, "the session is over");

    // The provider still knows the browser, and the hub lets nobody in without asking it.
    let (kept, sent) = leave(&hub, "").await;
    let again = browser.go(&sent, Some("bea")).await;
    assert_eq!(browser.asked.len(), 2, "nothing was asked");
    assert_eq!(get(&hub, &again, &kept).await.status, 303);
    // What has brought somebody in brings nobody in again.
    assert_eq!(refused(&hub, &get(&hub, &again, &kept).await).await, (403, "oidc-stale".into()));
}

#[tokio::test]
async fn keys_that_the_provider_changes_are_learned() {
    let Some(provider) = Provider::given() else { return };
    let hub = provider.hub("signage", "everybody = true").await;
    assert_eq!(sign_in(&hub, &provider, "bea").await.status, 303);
    provider.tell("rotate", &[]).await;
    assert_eq!(sign_in(&hub, &provider, "bea").await.status, 303);
}

#[tokio::test]
async fn who_says_no_or_is_not_vouched_for_stays_outside() {
    let Some(provider) = Provider::given() else { return };
    let hub = provider.hub("signage", "everybody = true").await;
    let (kept, sent) = leave(&hub, "").await;
    let back = Browser::new(&provider).go(&sent, None).await;
    assert_eq!(refused(&hub, &get(&hub, &back, &kept).await).await, (403, "oidc-declined".into()));
    let answer = sign_in(&hub, &provider, "carl").await;
    assert_eq!(refused(&hub, &answer).await, (403, "oidc-unverified".into()));
}

#[tokio::test]
async fn a_code_belongs_to_the_browser_and_the_client_that_asked_for_it() {
    let Some(provider) = Provider::given() else { return };
    let hub = provider.hub("signage", "everybody = true").await;
    let value = |path: &str, name: &str| {
        let url = Url::parse(&format!("{URL}{path}")).unwrap();
        url.query_pairs().find(|(one, _)| one == name).unwrap().1.into_owned()
    };
    // Somebody else's state: the sign-in did not begin here.
    let (kept, _) = leave(&hub, "").await;
    let (theirs, sent) = leave(&hub, "").await;
    let back = Browser::new(&provider).go(&sent, Some("bea")).await;
    assert_eq!(refused(&hub, &get(&hub, &back, &kept).await).await, (403, "oidc-stale".into()));
    // Somebody else's code with one's own state: the provider misses the proof of RFC 7636.
    let (mine, sent) = leave(&hub, "").await;
    let own = Browser::new(&provider).go(&sent, Some("carl")).await;
    let injected = own.replace(&value(&own, "code"), &value(&back, "code"));
    assert_eq!(refused(&hub, &get(&hub, &injected, &mine).await).await, (502, "oidc-invalid".into()));
    let log = audit::list(hub.store(), Some(&hub.account.id), 1).await.unwrap();
    assert!(log[0].detail.as_deref().unwrap().contains("invalid_grant"), "{log:?}");
    drop(theirs);
    // A code for another client of the same provider.
    let other = provider.hub("another", "everybody = true").await;
    let (_, sent) = leave(&other, "").await;
    let foreign = Browser::new(&provider).go(&sent, Some("bea")).await;
    let (mine, sent) = leave(&hub, "").await;
    let own = Browser::new(&provider).go(&sent, Some("bea")).await;
    let mixed = own.replace(&value(&own, "code"), &value(&foreign, "code"));
    assert_eq!(refused(&hub, &get(&hub, &mixed, &mine).await).await, (502, "oidc-invalid".into()));
    assert!(operators::by_email(hub.store(), "bea@example.org").await.unwrap().is_none());
}

#[tokio::test]
async fn tokens_that_are_signed_with_rs256_and_do_not_hold_let_nobody_in() {
    let Some(provider) = Provider::given() else { return };
    let hub = provider.hub("another", "everybody = true").await;
    let now = signage_hub::ident::now() / 1000;
    for (lie, code) in [
        (json!({ "aud": "signage" }), "oidc-invalid"),
        (json!({ "aud": ["another", "signage"] }), "oidc-invalid"),
        (json!({ "nonce": "of somebody else" }), "oidc-invalid"),
        (json!({ "iss": "https://evil.example" }), "oidc-invalid"),
        (json!({ "sub": "carl" }), "oidc-invalid"),
        (json!({ "exp": now - 1 }), "oidc-clock"),
        (json!({ "key": "stranger" }), "oidc-invalid"),
    ] {
        provider.lie(Some(&lie)).await;
        let answer = sign_in(&hub, &provider, "bea").await;
        assert_eq!(refused(&hub, &answer).await.1, code, "{lie}");
    }
    // All of that was about the lies: one that changes nothing is signed anew and holds.
    provider.lie(Some(&json!({}))).await;
    assert_eq!(sign_in(&hub, &provider, "bea").await.status, 303);
    provider.lie(None).await;
}

#[tokio::test]
async fn a_wrong_secret_and_a_certificate_that_nobody_vouches_for_are_said() {
    let Some(mut provider) = Provider::given() else { return };
    let right = std::mem::replace(&mut provider.secret, "not the secret".into());
    let hub = provider.hub("signage", "everybody = true").await;
    let answer = sign_in(&hub, &provider, "bea").await;
    assert_eq!(refused(&hub, &answer).await, (502, "oidc-invalid".into()));
    let log = audit::list(hub.store(), Some(&hub.account.id), 1).await.unwrap();
    assert!(log[0].detail.as_deref().unwrap().contains("invalid_client"), "{log:?}");
    provider.secret = right;
    let settings = format!("issuer = '{}'\nclient-id = 'signage'\naccount = 'acme'\n", provider.issuer);
    let hub = TestHub::with(&[("oidc.toml", &settings)]).await;
    let answer = get(&hub, "/sign-in/oidc", "").await;
    assert_eq!(refused(&hub, &answer).await, (503, "oidc-unreachable".into()));
    let log = audit::list(hub.store(), Some(&hub.account.id), 1).await.unwrap();
    assert!(log[0].detail.as_deref().unwrap().contains("certificate"), "{log:?}");
}
