//! The hub client against the real hub, over TLS, on a free port.

// A panic here is a failed test, also in the helpers.
#![allow(clippy::unwrap_used)]

use signage_hub::api_token::Actor;
use signage_hub::serve::{Hub, Options, Running};
use signage_hub::store::tokens;
use signage_hub::token::Grant;
use signage_hub::{account, ident, token};
use signage_protocol::Secret;
use signage_protocol::api::{Enrolled, Enrollment, Hardware};
use signage_protocol::document::Authorization;
use signage_protocol::jws::{self, typ};
use signage_protocol::problem::Code;
use signage_protocol::token::{Kind, RANDOM_BYTES};
use signage_provisioner::hub::HubClient;
use signage_provisioner::identity::Identity;
use signage_provisioner::machine::Failure;
use signage_provisioner::store::HubAddress;

struct Bench {
    hub: Running,
    _directory: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let directory = tempfile::tempdir().unwrap();
        let hub = Hub::start(Options::local(directory.path())).await.unwrap();
        Self { hub, _directory: directory }
    }

    async fn revoke(&self, id: &str) {
        let store = &self.hub.state.store;
        let account = tokens::by_id(&mut store.read().await.unwrap(), id).await.unwrap().unwrap().account;
        token::revoke(store, &Actor::cli(&account), id, ident::now()).await.unwrap();
    }

    async fn token(&self, kind: Kind) -> (String, Secret) {
        let store = &self.hub.state.store;
        let email = format!("{}@example.org", ident::new("x").unwrap());
        let account = account::create(store, &email, &email, None, ident::now()).await.unwrap().account;
        let (token, secret) =
            token::create(store, &Actor::cli(&account.id), kind, Grant::default(), ident::now())
                .await
                .unwrap();
        (token.id, secret)
    }

    fn client(&self) -> HubClient {
        HubClient::new(&HubAddress { url: self.hub.url.clone(), ca: Some(self.hub.ca_pem.clone()) }).unwrap()
    }

    async fn enroll(&self, identity: &Identity, token: &Secret) -> Result<Enrolled, Failure> {
        let enrollment = Enrollment {
            hub: String::new(),
            token: token.clone(),
            hardware: Hardware::default(),
            software: "test".into(),
            name: Some("Foyer".into()),
            location: None,
            tags: vec![],
            wishes: Default::default(),
        };
        self.client().enroll(identity, enrollment).await
    }
}

fn code(failure: &Failure) -> Code {
    failure.problem().code
}

#[tokio::test]
async fn a_device_enrols_twice_and_is_one_device() {
    let bench = Bench::start().await;
    let identity = Identity::from_seed(&[1; 32]);
    let (_, token) = bench.token(Kind::Provisioning).await;
    let first = bench.enroll(&identity, &token).await.unwrap();
    let second = bench.enroll(&identity, &token).await.unwrap();
    assert_eq!(first.device_id, second.device_id);
    assert_eq!(first.name, "Foyer");

    let text = bench.client().authorization(&identity).await.unwrap();
    let key = first.account_key.verifying_key().unwrap();
    let authorization: Authorization = jws::verify(&text, typ::AUTHORIZATION, &key).unwrap();
    assert!(authorization.permits(identity.id(), jiff::Timestamp::now()));
}

#[tokio::test]
async fn refusals_of_tokens_are_told_apart() {
    let bench = Bench::start().await;
    let (one, other) = (Identity::from_seed(&[1; 32]), Identity::from_seed(&[2; 32]));
    let refused = bench.enroll(&one, &Kind::Provisioning.encode(&[9; RANDOM_BYTES])).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)));
    assert_eq!(code(&refused), Code::TokUnknown);

    let (_, device) = bench.token(Kind::Device).await;
    bench.enroll(&one, &device).await.unwrap();
    assert_eq!(code(&bench.enroll(&other, &device).await.unwrap_err()), Code::TokUsed);

    let (id, provisioning) = bench.token(Kind::Provisioning).await;
    bench.revoke(&id).await;
    assert_eq!(code(&bench.enroll(&other, &provisioning).await.unwrap_err()), Code::TokRevoked);
}

#[tokio::test]
async fn a_revoked_device_token_takes_the_permission_along() {
    let bench = Bench::start().await;
    let identity = Identity::from_seed(&[1; 32]);
    let (id, device) = bench.token(Kind::Device).await;
    let enrolled = bench.enroll(&identity, &device).await.unwrap();
    bench.revoke(&id).await;
    let text = bench.client().authorization(&identity).await.unwrap();
    let key = enrolled.account_key.verifying_key().unwrap();
    let authorization: Authorization = jws::verify(&text, typ::AUTHORIZATION, &key).unwrap();
    assert!(!authorization.granted);
}

#[tokio::test]
async fn a_hub_without_the_given_ca_is_not_trusted() {
    let bench = Bench::start().await;
    let client = HubClient::new(&HubAddress { url: bench.hub.url.clone(), ca: None }).unwrap();
    let failure = client.access_token(&Identity::from_seed(&[1; 32])).await.unwrap_err();
    assert_eq!(code(&failure), Code::TlsUntrusted, "{failure:?}");
}

#[tokio::test]
async fn a_silent_hub_and_a_wrong_name_are_told_apart() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ask = async |url: &str| {
        let client = HubClient::new(&HubAddress { url: url.into(), ca: None }).unwrap();
        let failure = client.access_token(&Identity::from_seed(&[1; 32])).await.unwrap_err();
        assert!(matches!(failure, Failure::Absent(_)), "{failure:?}");
        code(&failure)
    };
    assert_eq!(ask("https://127.0.0.1:9").await, Code::HubUnreachable);
    assert_eq!(ask("https://hub.invalid").await, Code::NetDns);
}
