//! Messages of alerts over TLS: to a real mail server where `SIGNAGE_TEST_SMTP` names one (`tests/smtp` starts it), and to
//! a receiver of webhooks with a certificate of an authority of its own.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post as on_post;
use axum_server::tls_rustls::RustlsConfig;
use serde_json::Value;
use signage_hub::alerts::send::{Config, Password, Security, Smtp, send_due, signature};
use signage_hub::alerts::setup::{self, webhook_secret};
use signage_hub::ident::{self, MINUTE, Millis};
use signage_hub::store::alerts::{self, Channel, Delivery};
use signage_protocol::Secret;

use crate::common::{PASSWORD, TestHub};
use crate::console::{cookie, get, sign_in};

/// The mail server that the environment names.
struct Mail {
    about: Value,
}

impl Mail {
    fn given() -> Option<Self> {
        let Ok(path) = std::env::var("SIGNAGE_TEST_SMTP") else {
            eprintln!("skipped: SIGNAGE_TEST_SMTP names no mail server; tests/smtp starts one");
            return None;
        };
        Some(Self { about: serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() })
    }

    /// As whoever runs a hub would set it.
    fn config(&self, port: &str, security: Security) -> Config {
        let smtp = Smtp {
            host: "localhost".into(),
            port: Some(self.about[port].as_u64().unwrap().try_into().unwrap()),
            security,
            user: Some("hub".into()),
            password: Some(Password::Value(Secret::new("correct horse"))),
            from: "Signage <hub@example.org>".into(),
        };
        let ca = self.about["ca"].as_str().unwrap().into();
        Config { smtp: Some(smtp), ca, patience: Duration::from_secs(3), ..Config::default() }
    }

    /// What it has taken for an address.
    fn taken(&self, address: &str) -> Vec<Value> {
        let files = std::fs::read_dir(PathBuf::from(self.about["messages"].as_str().unwrap())).unwrap();
        let of = files.map(|file| file.unwrap().path());
        of.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(address))
            .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
            .collect()
    }
}

/// An address that nobody else uses.
fn address(kind: &str) -> String {
    format!("{kind}-{}@example.org", ident::new("x").unwrap().to_lowercase())
}

async fn message(hub: &TestHub, config: &Config, to: (&str, &str), now: Millis) -> Channel {
    let input = (to.0, "Night shift", to.1);
    let channel = setup::make_channel(hub.store(), &hub.actor(), config, input, now).await.unwrap();
    setup::test(hub.store(), &hub.actor(), &channel.id, now).await.unwrap();
    channel
}

/// How the only message stands after an attempt.
async fn attempt(hub: &TestHub, config: &Config, now: Millis) -> Delivery {
    assert_eq!(send_due(hub.store(), &hub.state.seal, config, now).await.unwrap(), 1);
    let mut connection = hub.store().read().await.unwrap();
    alerts::deliveries(&mut connection, &hub.account.id, 10).await.unwrap().remove(0)
}

/// What the page says about messages.
async fn page(hub: &TestHub) -> String {
    let session = cookie(&sign_in(hub, "acme@example.org", PASSWORD).await, "__Host-signage");
    get(hub, "/alerts", &session).await.text().to_owned()
}

#[tokio::test]
async fn mail_goes_over_tls_and_over_starttls() {
    let Some(mail) = Mail::given() else { return };
    for (port, security) in [("tls", Security::Tls), ("starttls", Security::Starttls)] {
        let hub = TestHub::new().await;
        let config = mail.config(port, security);
        let (anna, bea) = (address("anna"), address("bea"));
        message(&hub, &config, ("email", &format!("{anna}, {bea}")), ident::now()).await;
        let done = attempt(&hub, &config, ident::now()).await;
        assert_eq!((done.state.as_str(), done.last_error), ("sent", None), "{port}");
        for to in [&anna, &bea] {
            let taken = mail.taken(to);
            assert_eq!(taken.len(), 1);
            assert_eq!((&taken[0]["tls"], &taken[0]["signedIn"]), (&true.into(), &true.into()), "{port}");
            let text = taken[0]["text"].as_str().unwrap();
            assert!(
                text.contains("Subject: [acme] This is a test of alerts.") && text.contains(&bea),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_mail_server_that_is_not_who_it_should_be_gets_nothing() {
    let Some(mail) = Mail::given() else { return };
    let hub = TestHub::new().await;
    let right = mail.config("tls", Security::Tls);
    let anna = address("anna");
    let mut now = ident::now();
    message(&hub, &right, ("email", &anna), now).await;
    let unknown = "is of an authority that this hub does not know: see SIGNAGE_HUB_ALERTS_CA_FILE";
    for (config, says) in [
        (Config { ca: Vec::new(), ..right.clone() }, unknown),
        (Config { ca: Vec::new(), ..mail.config("starttls", Security::Starttls) }, unknown),
        (mail.config("otherName", Security::Tls), "is for another name than the one it is called by"),
        // No TLS is offered where it has to be, and the password does not go there.
        (mail.config("plain", Security::Starttls), "STARTTLS"),
    ] {
        let stands = attempt(&hub, &config, now).await;
        assert_eq!(stands.state, "waiting");
        let error = stands.last_error.unwrap();
        assert!(error.contains(says), "{error}");
        assert!(page(&hub).await.contains(&error.replace('&', "&amp;").replace('"', "&quot;")), "{error}");
        now = stands.next_at;
    }
    assert!(mail.taken(&anna).is_empty());
    // Set right, the same message arrives.
    assert_eq!(attempt(&hub, &right, now).await.state, "sent");
    assert_eq!(mail.taken(&anna).len(), 1);
}

#[tokio::test]
async fn a_wrong_password_can_be_set_right() {
    let Some(mail) = Mail::given() else { return };
    let hub = TestHub::new().await;
    let right = mail.config("tls", Security::Tls);
    let mut wrong = right.clone();
    wrong.smtp.as_mut().unwrap().password = Some(Password::Value(Secret::new("battery staple")));
    let now = ident::now();
    message(&hub, &right, ("email", &address("anna")), now).await;
    let stands = attempt(&hub, &wrong, now).await;
    assert_eq!(stands.state, "waiting");
    let error = stands.last_error.unwrap();
    assert!(error.contains("535") && !error.contains("battery"), "{error}");
    assert_eq!(attempt(&hub, &right, stands.next_at).await.state, "sent");
}

#[tokio::test]
async fn an_address_that_is_refused_keeps_the_others_from_nothing() {
    let Some(mail) = Mail::given() else { return };
    let hub = TestHub::new().await;
    let config = mail.config("tls", Security::Tls);
    let (anna, later, unknown) = (address("anna"), address("later"), address("unknown"));
    let now = ident::now();
    message(&hub, &config, ("email", &format!("{unknown} {later} {anna}")), now).await;
    let stands = attempt(&hub, &config, now).await;
    assert_eq!(stands.state, "waiting");
    let error = stands.last_error.unwrap();
    for text in ["451", "come back later", &later, "given up", &unknown] {
        assert!(error.contains(text), "{text} in {error}");
    }
    assert_eq!((mail.taken(&anna).len(), mail.taken(&later).len()), (1, 0));
    // The second time it is taken; who has it does not get it again, and the refusal is not forgotten.
    let stands = attempt(&hub, &config, stands.next_at).await;
    assert_eq!((mail.taken(&anna).len(), mail.taken(&later).len(), mail.taken(&unknown).len()), (1, 1, 0));
    assert_eq!((stands.state.as_str(), stands.attempts), ("failed", 2));
    let page = page(&hub).await;
    for text in ["Given up", "550", "nobody of this name here", &unknown] {
        assert!(page.contains(text), "{text} in {page}");
    }
}

#[tokio::test]
async fn a_mail_server_that_hangs_is_left_and_asked_again() {
    let Some(mail) = Mail::given() else { return };
    let hub = TestHub::new().await;
    let now = ident::now();
    let right = mail.config("tls", Security::Tls);
    let slow = address("slow");
    message(&hub, &right, ("email", &slow), now).await;
    let mut next = now;
    for port in ["silent", "tls"] {
        let mut config = mail.config(port, Security::Tls);
        config.patience = Duration::from_secs(1);
        let begun = Instant::now();
        let stands = attempt(&hub, &config, next).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{port}");
        assert_eq!(stands.state, "waiting");
        assert!(page(&hub).await.contains("no answer within 1 seconds"));
        next = stands.next_at;
    }
}

type Received = Arc<Mutex<Vec<(HeaderMap, String, Instant)>>>;

/// A receiver with TLS: where it is, what it got, and what has to be trusted. The path chooses how it answers.
async fn receiver() -> (String, Received, Vec<u8>) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = params.signed_by(&key, &Issuer::new(ca, &ca_key)).unwrap();
    let config = RustlsConfig::from_der(vec![leaf.der().to_vec()], key.serialize_der()).await.unwrap();
    let received = Received::default();
    let kept = received.clone();
    let hook = async move |headers: HeaderMap, body: String| {
        kept.lock().unwrap().push((headers, body, Instant::now()));
        StatusCode::NO_CONTENT
    };
    let away = async || (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "/hook")]);
    let hang = async || tokio::time::sleep(Duration::from_secs(60)).await;
    let router = Router::new()
        .route("/hook", on_post(hook))
        .route("/away", on_post(away))
        .route("/hang", on_post(hang));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = axum_server::from_tcp_rustls(listener, config).unwrap();
    tokio::spawn(server.serve(router.into_make_service()));
    (url, received, ca_pem.into_bytes())
}

fn allowing(ca: &[u8]) -> Config {
    let allow = vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
    Config { allow, ca: ca.to_vec(), patience: Duration::from_secs(2), ..Config::default() }
}

#[tokio::test]
async fn a_webhook_is_called_over_tls_and_signed() {
    let hub = TestHub::new().await;
    let (url, received, ca) = receiver().await;
    let config = allowing(&ca);
    let now = ident::now();
    let channel = message(&hub, &config, ("webhook", &format!("{url}/hook")), now).await;
    // Not before the authority is known.
    let stands = attempt(&hub, &allowing(&[]), now).await;
    assert_eq!((stands.state.as_str(), received.lock().unwrap().len()), ("waiting", 0));
    let says = "the certificate of the receiver is of an authority that this hub does not know";
    assert!(stands.last_error.unwrap().contains(says) && page(&hub).await.contains(says));
    assert_eq!(attempt(&hub, &config, now + MINUTE).await.state, "sent");
    let (headers, body, _) = received.lock().unwrap().remove(0);
    let stamp = headers["x-signage-timestamp"].to_str().unwrap();
    let secret = webhook_secret(&hub.state.seal, &channel.id);
    assert_eq!(headers["x-signage-signature"], signature(&secret, stamp, &body).unwrap());
    assert_ne!(headers["x-signage-signature"], signature(&secret, stamp, &(body.clone() + " ")).unwrap());
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["event"], "test");
}

#[tokio::test]
async fn a_webhook_leads_neither_on_nor_to_this_machine() {
    let hub = TestHub::new().await;
    let (url, received, ca) = receiver().await;
    let config = allowing(&ca);
    let now = ident::now();
    message(&hub, &config, ("webhook", &format!("{url}/away")), now).await;
    let stands = attempt(&hub, &config, now).await;
    assert_eq!((stands.state.as_str(), received.lock().unwrap().len()), ("failed", 0));
    assert!(stands.last_error.unwrap().contains("308"));
    // A name that leads here is found out when it is called, and what is allowed is not more than what was named.
    // Ids sort by time: the second message is the newer one.
    let now = now + 1;
    message(&hub, &config, ("webhook", &format!("{url}/hook")), now).await;
    for allow in [Vec::new(), vec!["10.0.0.0/8".parse().unwrap()]] {
        let shut = Config { allow, ..config.clone() };
        let stands = attempt(&hub, &shut, now + 2 * MINUTE * i64::from(!shut.allow.is_empty())).await;
        assert!(stands.last_error.unwrap().contains("leads to this machine or its link"));
    }
    assert!(received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn who_is_slow_delays_nobody_else() {
    let hub = TestHub::new().await;
    let (url, received, ca) = receiver().await;
    let config = allowing(&ca);
    let now = ident::now();
    let slow = message(&hub, &config, ("webhook", &format!("{url}/hang")), now).await;
    for _ in 0..9 {
        setup::test(hub.store(), &hub.actor(), &slow.id, now).await.unwrap();
    }
    message(&hub, &config, ("webhook", &format!("{url}/hook")), now + 1).await;
    let begun = Instant::now();
    // In the order in which they were made, the one that arrives would be the eleventh: after 20 seconds.
    let sending = send_due(hub.store(), &hub.state.seal, &config, now + 1);
    let arrived = async {
        while received.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        _ = sending => panic!("the slow ones take longer"),
        () = arrived => {}
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
