//! The hub as a child process, on a port of this host that guests reach as 10.0.2.2.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::fixtures::Fixture;
use crate::wait::{secs, wait_for};
use crate::{paths, process};

/// A hub with its own data directory. It is off until [`Hub::start`].
#[derive(Debug)]
pub struct Hub {
    directory: PathBuf,
    port: u16,
    environment: Vec<(&'static str, OsString)>,
    process: Mutex<Option<Child>>,
}

/// An account and how its operator signs in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// E-mail address of the operator.
    pub email: String,
    /// The operator's password.
    pub password: String,
}

/// One enrolment as the hub's audit log has it.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Problem code when it was refused.
    pub refused: Option<String>,
}

impl Hub {
    /// A hub that was never started, with everything it writes below `directory`.
    pub fn new(directory: &Path) -> Result<Self> {
        // The port is free now; nothing else on a test machine takes it within the next moments.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr())?.port();
        std::fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        Ok(Self { directory: directory.to_owned(), port, environment: Vec::new(), process: Mutex::new(None) })
    }

    /// The same with a variable in its environment.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// What it keeps.
    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The address for devices.
    pub fn url(&self) -> String {
        format!("https://10.0.2.2:{}", self.port)
    }

    /// The address for browsers on this host.
    pub fn local_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What the server wrote.
    pub fn log(&self) -> PathBuf {
        self.directory.join("hub.log")
    }

    /// Starts the server; when this returns it accepts connections.
    pub async fn start(&self) -> Result<()> {
        let mut command = self.command();
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--public-url", &self.url()]);
        *self.process.lock().await = Some(process::start(&mut command, &self.log())?);
        wait_for("the hub", secs(20), async || {
            TcpStream::connect(("127.0.0.1", self.port)).await.map(drop).map_err(|error| error.to_string())
        })
        .await
    }

    /// Stops the server; what it keeps stays.
    pub async fn stop(&self) -> Result<()> {
        match self.process.lock().await.take() {
            Some(mut child) => process::stop(&mut child, Duration::from_secs(15)).await,
            None => Ok(()),
        }
    }

    /// Process id of the server, while it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.process.lock().await.as_ref()?.id()
    }

    /// Makes an account.
    pub async fn create_account(&self, name: &str, email: &str) -> Result<Account> {
        let made = self.cli(&["account", "create", "--name", name, "--email", email, "--json"]).await?;
        let password = made["operator"]["password"].as_str().context("no password for the operator")?;
        Ok(Account { name: name.to_owned(), email: email.to_owned(), password: password.to_owned() })
    }

    /// Makes `fixtures` the default playlist of an account; an image stays for `image_seconds`.
    pub async fn create_default_playlist(
        &self,
        account: &Account,
        fixtures: &[Fixture],
        image_seconds: u32,
    ) -> Result<()> {
        let files: Vec<String> =
            fixtures.iter().map(|fixture| fixture.path().display().to_string()).collect();
        let seconds = image_seconds.to_string();
        let mut arguments = vec!["playlist", "create", "--name", "Everything", "--default", "--json"];
        arguments.extend(["--account", &account.name, "--image-seconds", &seconds]);
        arguments.extend(files.iter().map(String::as_str));
        self.cli(&arguments).await.map(drop)
    }

    /// Makes a provisioning token and answers a provisioning file with it.
    pub async fn create_token(&self, account: &Account) -> Result<Value> {
        let url = self.url();
        let arguments =
            ["--account", &account.name, "--kind", "provisioning", "--config", "-", "--public-url", &url];
        self.cli(&[&["token", "create"], &arguments[..]].concat()).await
    }

    /// The account's signature of a provisioning file.
    pub async fn sign(&self, account: &Account, file: &Path) -> Result<Vec<u8>> {
        let arguments = ["account", "sign", "--account", &account.name, "--output", "-"];
        process::output(self.command().args(arguments).arg(file)).await
    }

    /// Every enrolment that was asked for since the hub was made, granted or refused.
    pub async fn enrolments(&self) -> Result<Vec<Enrolment>> {
        let records = self.cli(&["audit", "list", "--json"]).await?;
        let records = records.as_array().context("the audit log is no list")?;
        let enrolments = records.iter().filter(|record| record["action"] == "enroll");
        Ok(enrolments
            .map(|record| Enrolment { refused: record["code"].as_str().map(str::to_owned) })
            .collect())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(paths::program("signage-hub"));
        command.arg("--data-dir").arg(self.data());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs one command of the hub and reads the JSON that it prints.
    pub async fn cli(&self, arguments: &[&str]) -> Result<Value> {
        let output = process::output(self.command().args(arguments)).await?;
        ensure!(!output.is_empty(), "signage-hub {}: no output", arguments[0]);
        serde_json::from_slice(&output).with_context(|| format!("signage-hub {}: not JSON", arguments[0]))
    }
}
