//! A whole hub on a port, reached over TLS by a client that trusts nothing but its CA.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::common::Screen;
use rustls::pki_types::pem::PemObject as _;
use signage_hub::api_token::Actor;
use signage_hub::serve::{Hub, Options};
use signage_hub::token::Grant;
use signage_hub::{Error, account, ident, token};
use signage_protocol::api::{EnrollRequest, Enrolled, Enrollment, Hardware};
use signage_protocol::jws::{self, SigningKey, typ};
use signage_protocol::token::Kind;

pub fn client(ca_pem: &str) -> reqwest::Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([ca]).build().unwrap()
}

#[tokio::test]
async fn a_device_enrols_over_tls_and_the_hub_comes_back_with_what_it_knew() {
    let data = crate::common::data_dir().await;
    let running = Hub::start(Options::local(data.path())).await.unwrap();
    assert_eq!(running.url, format!("https://127.0.0.1:{}", running.addr.port()));
    let http = client(&running.ca_pem);
    let health = http.get(format!("{}/healthz", running.url)).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok\n");
    let schema = http.get(format!("{}/schema/provisioning-1.json", running.url)).send().await.unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema.bytes().await.unwrap()).unwrap();
    assert_eq!(&schema, signage_protocol::config::schema());
    let local = http.get(format!("https://localhost:{}/healthz", running.addr.port())).send().await.unwrap();
    assert_eq!(local.status(), 200);

    let store = &running.state.store;
    let account = account::create(store, "acme", "a@example.org", None, ident::now()).await.unwrap().account;
    let (_, secret) =
        token::create(store, &Actor::cli(&account.id), Kind::Provisioning, Grant::default(), ident::now())
            .await
            .unwrap();
    let key = SigningKey::from_bytes(&[1; 32]);
    let enrol = async |url: &str, ca: &str| -> Enrolled {
        let enrollment = Enrollment {
            hub: url.to_owned(),
            token: secret.clone(),
            hardware: Hardware::default(),
            software: "0".into(),
            name: None,
            location: None,
            tags: Vec::new(),
            wishes: Default::default(),
        };
        let body =
            EnrollRequest { enrollment: jws::sign_with_key(&key, typ::ENROLLMENT, &enrollment).unwrap() };
        let answer = client(ca).post(format!("{url}/v1/enroll")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    };
    let first = enrol(&running.url, &running.ca_pem).await;
    let ca_pem = running.ca_pem.clone();
    running.stop().await.unwrap();

    let again = Hub::start(Options::local(data.path())).await.unwrap();
    assert_eq!(again.ca_pem, ca_pem);
    assert_eq!(enrol(&again.url, &ca_pem).await, first);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_know_the_ca_goes_away() {
    let (one, two) = (crate::common::data_dir().await, crate::common::data_dir().await);
    let running = Hub::start(Options::local(one.path())).await.unwrap();
    let other = Hub::start(Options::local(two.path())).await.unwrap();
    let error = client(&other.ca_pem).get(format!("{}/healthz", running.url)).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_says_so() {
    let (one, two) = (crate::common::data_dir().await, crate::common::data_dir().await);
    let running = Hub::start(Options::local(one.path())).await.unwrap();
    let second = Hub::start(Options { listen: running.addr, ..Options::local(two.path()) }).await;
    assert!(matches!(second, Err(Error::Listen { .. })));
}

#[tokio::test]
async fn the_public_address_is_remembered_for_the_commands() {
    let data = crate::common::data_dir().await;
    let public_url = Some("https://Hub.Example:8443/".to_owned());
    let running = Hub::start(Options { public_url, ..Options::local(data.path()) }).await.unwrap();
    assert_eq!(running.url, "https://hub.example:8443");
    let store = &running.state.store;
    assert_eq!(token::public_url(store, None).await.unwrap(), "https://hub.example:8443");
    assert_eq!(token::public_url(store, Some("https://a/")).await.unwrap(), "https://a");
}

/// A connection over TLS that has sent these bytes and nothing more: what came back until the hub closed it.
fn silent_after(sent: &[u8], address: SocketAddr, ca_pem: &str) -> (String, Duration) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = "localhost".try_into().unwrap();
    let mut tls = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut socket).unwrap();
    }
    assert_eq!(tls.alpn_protocol(), Some(&b"http/1.1"[..]));
    let start = Instant::now();
    let mut stream = rustls::Stream::new(&mut tls, &mut socket);
    stream.write_all(sent).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}"),
    }
    (String::from_utf8(answer).unwrap(), start.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_falls_silent_is_disconnected() {
    let data = crate::common::data_dir().await;
    let options = Options { client_timeout: Duration::from_secs(2), ..Options::local(data.path()) };
    let running = Hub::start(options).await.unwrap();
    let (address, ca_pem) = (running.addr, running.ca_pem.clone());
    let clients = [
        ("", None),
        ("GET /healthz HTTP/1.1\r\nHost:", None),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", Some("HTTP/1.1 200")),
    ]
    .map(|(sent, status)| {
        let ca_pem = ca_pem.clone();
        let ask = move || silent_after(sent.as_bytes(), address, &ca_pem);
        (status, tokio::task::spawn_blocking(ask))
    });
    let handshake = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.read_to_end(&mut Vec::new()).unwrap()
    });
    for (status, client) in clients {
        let (answer, after) = client.await.unwrap();
        assert!(status.is_none_or(|status| answer.starts_with(status)), "{answer}");
        assert!(after < Duration::from_secs(10), "{after:?}");
    }
    assert_eq!(handshake.await.unwrap(), 0);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_backup_of_a_running_hub_is_a_hub() {
    if std::env::var_os("SIGNAGE_TEST_POSTGRES").is_some() {
        // Its own tools copy it.
        return;
    }
    let hub = crate::common::TestHub::new().await;
    let (content, bytes) = hub.content(&hub.account, "a.png", 1000).await;
    let target = hub.files.path().join("backup");
    let wanted = signage_hub::backup::Wanted { key: true, ..Default::default() };
    let make =
        || signage_hub::backup::make(&hub.state.directory, hub.store(), &hub.state.blobs, &target, wanted);
    // Somebody enrols meanwhile.
    let (_, secret) = hub.token(Kind::Provisioning).await;
    let request = Screen::new(1).enroll_request(&Screen::enrollment(&secret));
    let (made, answer) = tokio::join!(make(), hub.send(request));
    assert_eq!(answer.status, 200);
    assert!(made.unwrap().bytes > 1000);
    assert!(make().await.unwrap_err().to_string().contains("exists already"));

    let running = Hub::start(Options::local(&target)).await.unwrap();
    let accounts = signage_hub::store::accounts::list(&running.state.store).await.unwrap();
    assert_eq!(accounts[0].public_key().unwrap(), hub.account.public_key().unwrap());
    let blob = running.state.blobs.path(&content.sha256).unwrap();
    assert_eq!(std::fs::read(blob).unwrap(), bytes);
    running.stop().await.unwrap();
}

/// Asks the local network as a screen does. Runs where the machine can send to a multicast address at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_is_found_in_the_local_network_and_says_goodbye() {
    use signage_protocol::discovery::{CA_KEY, SERVICE, URL_KEY, VERSION_KEY};
    let temp = tempfile::tempdir().unwrap();
    let options = Options { announce: true, ..Options::local(temp.path().join("data")) };
    let running = Hub::start(options).await.unwrap();
    let (url, ca) = (running.url.clone(), running.ca_pem.clone());
    let browser = mdns_sd::ServiceDaemon::new().unwrap();
    let events = browser.browse(SERVICE).unwrap();
    let wait = std::time::Duration::from_secs(10);
    let found = tokio::task::spawn_blocking(move || {
        let end = std::time::Instant::now() + wait;
        while std::time::Instant::now() < end {
            if let Ok(mdns_sd::ServiceEvent::ServiceResolved(found)) = events.recv_timeout(wait)
                && found.get_property_val_str(URL_KEY) == Some(url.as_str())
            {
                return Some((found, events));
            }
        }
        None
    });
    let (found, events) = found.await.unwrap().expect("nothing is announced");
    assert_eq!(found.get_port(), running.addr.port());
    assert_eq!(found.get_property_val_str(VERSION_KEY), Some("1"));
    let (_, pem) = x509_parser::pem::parse_x509_pem(ca.as_bytes()).unwrap();
    let print = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&pem.contents));
    assert_eq!(found.get_property_val_str(CA_KEY), Some(print.as_str()));
    let name = found.get_fullname().to_owned();
    running.stop().await.unwrap();
    let gone = tokio::task::spawn_blocking(move || {
        let end = std::time::Instant::now() + wait;
        while std::time::Instant::now() < end {
            if let Ok(mdns_sd::ServiceEvent::ServiceRemoved(_, removed)) = events.recv_timeout(wait)
                && removed == name
            {
                return true;
            }
        }
        false
    });
    assert!(gone.await.unwrap(), "it is still announced");
    browser.shutdown().unwrap();
}
