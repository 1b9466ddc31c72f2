//! The commands as an operator runs them, also next to a running server.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use signage_hub::serve::{Hub, Options};
use signage_hub::{ident, pairing};
use signage_protocol::api::{Hardware, Pairing};
use signage_protocol::config;
use signage_protocol::jws::{PublicKey, SigningKey};

fn hub(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_signage-hub"))
        .args(arguments)
        .env("SIGNAGE_HUB_DATA_DIR", data)
        .env_remove("SIGNAGE_HUB_PUBLIC_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = hub(data, &[arguments, &["--json"]].concat(), "");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn fails(data: &Path, arguments: &[&str], code: i32, message: &str) {
    let output = hub(data, arguments, "short");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
    assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    assert!(output.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_prepares_a_stick_while_the_server_runs() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    let public_url = Some("https://hub.example:8443".to_owned());
    let running = Hub::start(Options { public_url, ..Options::local(data) }).await.unwrap();

    let account = json(data, &["account", "create", "--name", "Acme", "--email", "A@example.org"]);
    assert!(account["operator"]["password"].as_str().unwrap().len() >= 20);
    let picture = temp.path().join("a.png");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\nrest").unwrap();
    let picture = picture.to_str().unwrap();
    let playlist =
        json(data, &["playlist", "create", "--account", "Acme", "--name", "Loop", "--default", picture]);
    assert_eq!((&playlist["default"], &playlist["items"][0]["title"]), (&Value::Bool(true), &"a.png".into()));

    let stick = temp.path().join("telemetry_config.json");
    let token = json(
        data,
        &[
            "token",
            "create",
            "--account",
            "Acme",
            "--kind",
            "device",
            "--name",
            "Lobby",
            "--config",
            stick.to_str().unwrap(),
        ],
    );
    assert_eq!(token["state"], "unused");
    assert_eq!(std::fs::metadata(&stick).unwrap().permissions().mode() & 0o777, 0o600);
    let file = config::parse(&std::fs::read(&stick).unwrap()).unwrap();
    assert!(file.warnings.is_empty(), "{:?}", file.warnings);
    assert_eq!(file.file.device_token.unwrap().expose(), token["token"].as_str().unwrap());
    let hub_of_file = file.file.hub.unwrap();
    assert_eq!(hub_of_file.url.address(), Some("https://hub.example:8443"));
    assert_eq!(hub_of_file.ca.as_deref(), Some(running.ca_pem.as_str()));
    assert_eq!(String::from_utf8(hub(data, &["ca"], "").stdout).unwrap().trim(), running.ca_pem.trim());

    let output =
        hub(data, &["token", "create", "--account", "Acme", "--kind", "provisioning", "--config", "-"], "");
    assert!(config::parse(&output.stdout).unwrap().file.provision_token.is_some());

    // The stick that was just written is not overwritten, and no further token is made for nothing.
    let again =
        ["token", "create", "--account", "Acme", "--kind", "device", "--config", stick.to_str().unwrap()];
    fails(data, &again, 4, "exists already");

    let id = token["id"].as_str().unwrap();
    assert_eq!(json(data, &["token", "revoke", id])["state"], "revoked");
    let tokens = json(data, &["token", "list", "--account", "Acme"]);
    assert_eq!(tokens.as_array().unwrap().len(), 2);
    assert!(!tokens.to_string().contains("sgd_"), "a list shows a secret");
    let log = json(data, &["audit", "list", "--account", "Acme"]);
    let mut actions: Vec<_> =
        log.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    // Two things of one millisecond are in no order.
    actions[1..3].sort_unstable();
    assert_eq!(
        actions,
        ["account.create", "content.add", "playlist.create", "token.create", "token.create", "token.revoke"]
    );
    assert_eq!(json(data, &["device", "list", "--account", "Acme"]), Value::Array(Vec::new()));
    running.stop().await.unwrap();
}

#[test]
fn failures_have_their_exit_codes_and_say_what_to_do() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    let create = ["account", "create", "--name", "Acme", "--email", "a@example.org"];
    fails(data, &[&create[..], &["--password-stdin"]].concat(), 1, "at least 10 characters");
    assert!(hub(data, &create, "").status.success());
    fails(data, &create, 4, "already");
    fails(data, &["token", "list", "--account", "nobody"], 3, "no account \"nobody\"");
    fails(data, &["token", "revoke", "tok_0"], 3, "no token");
    fails(data, &["device", "withdraw", "-nobody"], 3, "no screen");
    fails(data, &["token", "create", "--account", "Acme", "--kind", "card"], 2, "possible values");
    let config = ["token", "create", "--account", "Acme", "--kind", "device", "--config", "-"];
    fails(data, &config, 1, "--public-url");
    assert_eq!(
        json(data, &["token", "list", "--account", "Acme"]),
        Value::Array(Vec::new()),
        "a token was made"
    );
    fails(data, &["content", "add", "--account", "Acme", "/proc/version"], 1, "not an MP4");
    fails(data, &["serve", "--data-dir", "/proc/nowhere"], 1, "--data-dir");
    fails(data, &["serve", "--listen", "192.0.2.1:1"], 1, "--listen");
    fails(data, &["serve", "--public-url", "http://hub.example"], 1, "https://");
    fails(temp.path(), &["account", "list"], 1, "--data-dir");
}

#[test]
fn every_command_explains_itself() {
    let temp = tempfile::tempdir().unwrap();
    for command in
        ["serve", "ca", "account create", "token create", "content add", "playlist create", "audit list"]
    {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let output = hub(temp.path(), &arguments, "");
        assert!(output.status.success(), "{command}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("--data-dir"), "{command}");
    }
}

#[tokio::test]
async fn a_screen_is_paired_renamed_and_deleted_from_a_shell() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    json(data, &["account", "create", "--name", "Acme", "--email", "a@example.org"]);
    let (_, store) = signage_hub::serve::open(data).await.unwrap();
    let key = PublicKey::from(&SigningKey::from_bytes(&[1; 32]).verifying_key());
    let request = Pairing {
        hub: String::new(),
        nonce: String::new(),
        hardware: Hardware::default(),
        software: "0.1.0".into(),
        location: None,
        tags: vec![],
    };
    let codes = pairing::begin(&store, &key, &request, None, ident::now()).await.unwrap();
    let pair = |code| ["device", "pair", "--account", "Acme", "--name", "Lobby", "--code", code];
    fails(data, &pair("BBBB-BBBB"), 3, "No screen shows this code");
    let made = json(data, &pair(&codes.user));
    assert_eq!((made["name"].as_str(), made["authorized"].as_bool()), (Some("Lobby"), Some(true)));
    let id = made["id"].as_str().unwrap();
    assert_eq!(json(data, &["device", "rename", id, "Door"])["name"], "Door");
    fails(data, &["device", "delete", id], 4, "first");
    json(data, &["device", "withdraw", id]);
    assert!(hub(data, &["device", "delete", id], "").status.success());
    fails(data, &["device", "rename", id, "x"], 3, "no screen");
    assert_eq!(json(data, &["device", "list", "--account", "Acme"]), Value::Array(Vec::new()));
}

#[test]
fn many_tokens_are_made_at_once_and_written_to_files() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    assert!(
        hub(data, &["account", "create", "--name", "Acme", "--email", "a@example.org"], "").status.success()
    );
    let path = |name: &str| temp.path().join(name).to_str().unwrap().to_owned();
    let (csv, zip, network) = (path("tokens.csv"), path("tokens.zip"), path("network.json"));
    let bulk = ["token", "bulk", "--account", "Acme", "--count", "3", "--first", "9", "--name", "Bar {n:02}"];
    fails(data, &bulk, 1, "--csv");
    std::fs::write(&network, r#"{"ntp":["ntp.example"]}"#).unwrap();
    let url = ["--public-url", "https://hub.example", "--timezone", "Europe/Paris", "--network", &network];
    let files = ["--csv", &csv, "--zip", &zip];
    let made = json(data, &[&bulk[..], &url, &files].concat());
    assert_eq!((made[2]["name"].as_str(), made[2]["state"].as_str()), (Some("Bar 11"), Some("unused")));
    assert_eq!(made[0]["batch"], made[2]["batch"]);
    let table = std::fs::read_to_string(&csv).unwrap();
    assert!(table.contains(&format!("Bar 11,{},unused,", made[2]["token"].as_str().unwrap())), "{table}");
    for file in [&csv, &zip] {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&zip).unwrap()).unwrap();
    let file = archive.by_name("Bar 09/telemetry_config.json").unwrap();
    let file = config::parse(&std::io::read_to_string(file).unwrap().into_bytes()).unwrap().file;
    assert_eq!(file.device.unwrap().timezone.as_deref(), Some("Europe/Paris"));
    assert_eq!(file.network.unwrap().ntp, ["ntp.example"]);
    fails(data, &[&bulk[..], &url, &files].concat(), 4, "exists already");

    let id = made[0]["id"].as_str().unwrap();
    let renewed = json(data, &["token", "renew", id]);
    assert_eq!((&renewed["screen"], &renewed["name"]), (&made[0]["screen"], &made[0]["name"]));
    assert_eq!(json(data, &["token", "devices", id]), Value::Array(Vec::new()));
    let count = |state| {
        json(data, &["token", "list", "--account", "Acme", "--state", state]).as_array().unwrap().len()
    };
    assert_eq!((count("unused"), count("revoked"), count("expired")), (3, 1, 0));
}

#[test]
fn an_account_may_have_a_limit() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    assert!(
        hub(data, &["account", "create", "--name", "Acme", "--email", "a@example.org"], "").status.success()
    );
    let limit = |screens| json(data, &["account", "limit", "--account", "Acme", "--screens", screens]);
    let listed = || json(data, &["account", "list"])[0]["screenLimit"].clone();
    assert_eq!(listed(), Value::Null);
    assert_eq!((limit("25")["screenLimit"].clone(), listed()), (25.into(), 25.into()));
    assert_eq!((limit("none")["screenLimit"].clone(), listed()), (Value::Null, Value::Null));
    fails(data, &["account", "limit", "--account", "Acme", "--screens", "few"], 2, "a number, or none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_gets_an_api_token() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    json(data, &["account", "create", "--name", "Acme", "--email", "a@example.org"]);
    let create = ["api-token", "create", "--account", "Acme", "--name", "Reports", "--role", "viewer"];
    let shown = json(data, &[&create[..], &["--days", "30", "--folder", "Berlin"]].concat());
    assert!(shown["token"].as_str().unwrap().starts_with("sga_"));
    assert_eq!((&shown["role"], &shown["folder"]), (&"viewer".into(), &"Berlin".into()));
    assert!(shown["expiresAt"].is_string());

    let out = temp.path().join("token");
    let to_file = [&create[..], &["--out", out.to_str().unwrap()]].concat();
    let kept = json(data, &to_file);
    assert!(kept["token"].is_null() && !kept.to_string().contains("sga_"));
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let secret = std::fs::read_to_string(&out).unwrap();
    let (_, store) = signage_hub::serve::open(data).await.unwrap();
    let opens = async |secret: &str| {
        signage_hub::api_token::recognise(&store, secret.trim(), ident::now()).await.unwrap().is_some()
    };
    assert!(opens(&secret).await);
    // The file is not overwritten, and no further token is made for nothing.
    fails(data, &to_file, 4, "exists already");
    fails(data, &[&create[..], &["--out", "/nowhere/token"]].concat(), 3, "/nowhere");
    let list = json(data, &["api-token", "list", "--account", "Acme"]);
    let in_use = list.as_array().unwrap().iter().filter(|token| token["revokedAt"].is_null());
    assert_eq!(in_use.count(), 2);
    assert!(!list.to_string().contains("sga_"));

    let id = kept["id"].as_str().unwrap();
    assert_eq!(json(data, &["api-token", "revoke", id])["revoked"], true);
    assert!(!opens(&secret).await);
    fails(data, &["api-token", "revoke", id], 3, "no API token in use");
    fails(data, &["api-token", "revoke", "api_0"], 3, "(API-004)\n  `signage-hub api-token list");
    fails(data, &[&create[..], &["--days", "0"]].concat(), 2, "--days");
    fails(data, &[&create[..], &["--days", "99999999999999999999"]].concat(), 2, "--days");
}

#[test]
fn careless_commands_are_told_what_is_wrong() {
    let temp = tempfile::tempdir().unwrap();
    let data = &temp.path().join("data");
    json(data, &["account", "create", "--name", "Acme", "--email", "a@example.org"]);
    let of = |words: &[&'static str]| [words, &["--account", "Acme"]].concat();
    let file = |name: &str, bytes: &[u8]| {
        let path = temp.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let layout = |path: &str, code, message| {
        fails(data, &["layout", "create", "--account", "Acme", "--file", path], code, message);
    };
    layout("/nowhere.json", 3, "/nowhere.json");
    layout(temp.path().to_str().unwrap(), 1, "Name a file");
    layout(&file("half.json", b"{\"name\":"), 1, "line 1 column 8");
    layout(&file("list.json", b"[1]"), 1, "expected an object");
    layout(&file("other.json", b"{\"nam\":1}"), 1, "unknown field `nam`");
    layout(&file("bytes.json", b"\xff\xfe"), 1, "UTF-8");
    fails(data, &of(&["device", "folder", "delete", "Nowhere"]), 3, "device folder list");
    fails(
        data,
        &of(&["device", "folder", "move", "Nowhere", "There"]),
        3,
        "no folder of screens \"Nowhere\"",
    );
    fails(data, &of(&["content", "folder", "create", ".."]), 1, "cannot be the name");
    fails(data, &["device", "show", "a\n\"b\""], 3, "no screen \"a\\n\\\"b\\\"\"");
    fails(data, &of(&["account", "set"]), 1, "--timezone");
    fails(data, &of(&["account", "set", "--online-minutes", "-1"]), 1, "2 to 1440");
    fails(data, &of(&["account", "limit", "--screens", "-1"]), 2, "a number, or none");
    fails(data, &of(&["code", "create", "--kind", "cloud", "--days", "-1"]), 1, "days are 1 to");
    fails(data, &of(&["audit", "list", "--from", "yesterday"]), 1, "2026-11-20");
    // A name from elsewhere does nothing to the terminal.
    json(data, &of(&["device", "group", "create", "a\u{202e}b"]));
    let list = hub(data, &of(&["device", "group", "list"]), "");
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains("a\u{fffd}b") && !list.contains('\u{202e}'), "{list}");
}
