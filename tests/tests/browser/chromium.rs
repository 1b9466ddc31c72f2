//! Chromium without a window, driven through chromedriver: one for all tests.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// A desktop's window.
pub const DESKTOP: (u32, u32) = (1280, 800);
/// A phone's.
pub const PHONE: (u32, u32) = (390, 844);
/// The narrowest that WCAG asks for, a page at 400 %.
pub const NARROW: (u32, u32) = (320, 640);
/// Tallest picture of a page.
const MAX_HEIGHT: u64 = 5000;

/// Runs axe-core; each thing that is wrong becomes a sentence with the elements that it is about.
const AXE: &str = "return axe.run(document, { resultTypes: ['violations'], preload: false, iframes: false, rules: { 'target-size': { enabled: true } } }).then(({ violations }) => violations.map(
  ({ id, help, nodes }) => `axe ${id}, ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' ')}`))";

/// What tells pages apart: the path without ids, and the headings without names.
const KIND: &str = "return [location.pathname.replace(/[a-z]{3}_\\w+|[\\w-]{43}/g, '…'),
  ...[...document.querySelectorAll('h2, h3, [role=alert], [role=status]')].map((one) => one.textContent)].join('|')";

/// A running browser.
#[derive(Debug)]
pub struct Chromium {
    /// For what the WebDriver standard knows.
    pub client: Client,
    /// Where downloads land.
    pub downloads: PathBuf,
    driver: Child,
    axe: Option<String>,
    seen: Mutex<HashSet<String>>,
    runs_scripts: AtomicBool,
    _profile: tempfile::TempDir,
}

type BadUrl = <reqwest::Url as std::str::FromStr>::Err;

/// A command that only Chromium knows.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &reqwest::Url, session: Option<&str>) -> Result<reqwest::Url, BadUrl> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &reqwest::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.body.to_string()))
    }
}

impl Chromium {
    /// Starts one that trusts certificates with this key, by the digest of its SPKI, and no other of ours.
    pub async fn start(key: &str) -> Result<Self> {
        let driver = tokio::time::timeout(Duration::from_secs(20), driver()).await;
        let (driver, port) = driver.context("chromedriver says nothing")??;
        let profile = tempfile::tempdir()?;
        let downloads = profile.path().join("downloads");
        std::fs::create_dir(&downloads)?;
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--disable-dev-shm-usage".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--disable-features=OptimizationHints,MediaRouter,AutofillServerCommunication".into(),
            "--hide-scrollbars".into(),
            format!("--user-data-dir={}", profile.path().join("data").display()),
            format!("--ignore-certificate-errors-spki-list={key}"),
        ];
        let capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else { bail!("no capabilities") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("Chromium does not start")?;
        let axe = match std::env::var_os("SIGNAGE_TEST_AXE") {
            Some(script) => Some(std::fs::read_to_string(script).context("axe-core")?),
            None => None,
        };
        let chromium = Self {
            client,
            downloads,
            driver,
            axe,
            seen: Mutex::default(),
            runs_scripts: AtomicBool::new(true),
            _profile: profile,
        };
        let patience = TimeoutConfiguration::new(Some(Duration::from_secs(10)), None, None);
        chromium.client.update_timeouts(patience).await?;
        let allow = json!({ "behavior": "allow", "downloadPath": chromium.downloads });
        chromium.cdp("Browser.setDownloadBehavior", allow).await?;
        Ok(chromium)
    }

    /// Ends the browser.
    pub async fn stop(mut self) -> Result<()> {
        self.client.clone().close().await?;
        self.driver.kill().await?;
        Ok(())
    }

    /// A browser that nobody has used: no cookies, scripts on, a desktop's window, nothing in the logs.
    pub async fn renew(&self) -> Result<()> {
        self.cdp("Network.clearBrowserCookies", json!({})).await?;
        self.scripts(true).await?;
        // As if the window were in front.
        self.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        self.scheme("light").await?;
        self.window(DESKTOP).await?;
        self.client.goto("about:blank").await?;
        self.log("browser").await?;
        self.log("performance").await?;
        for entry in std::fs::read_dir(&self.downloads)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// A command of the DevTools protocol.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.client.issue_cmd(Own { path: "goog/cdp/execute", body }).await;
        answer.with_context(|| command.to_owned())
    }

    /// What came into a log since it was last asked.
    pub async fn log(&self, kind: &str) -> Result<Vec<Value>> {
        let body = json!({ "type": kind });
        match self.client.issue_cmd(Own { path: "se/log", body }).await? {
            Value::Array(entries) => Ok(entries),
            other => bail!("no log but {other}"),
        }
    }

    /// Runs the body of a function in the page.
    pub async fn script<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        Ok(serde_json::from_value(self.client.execute(script, arguments).await?)?)
    }

    /// What axe-core finds wrong with the page, if it is there (`tests/axe`): rules of WCAG 2.2 up to AA, and what is
    /// good practice. A page with the same headings as one before is not looked at again: it takes a second.
    pub async fn axe(&self) -> Result<Vec<String>> {
        // It waits for timers, which a browser without scripts does not have.
        let Some(axe) = self.axe.as_ref().filter(|_| self.runs_scripts.load(Ordering::Relaxed)) else {
            return Ok(Vec::new());
        };
        let kind: String = self.script(KIND, vec![]).await?;
        if !self.seen.lock().await.insert(kind) {
            return Ok(Vec::new());
        }
        let script = format!("{axe}\n{AXE}");
        match self.script(&script, vec![]).await {
            Ok(wrong) => Ok(wrong),
            // A page that is loaded anew meanwhile never answers; its next state does.
            Err(_) => self.script(&script, vec![]).await.context("axe-core"),
        }
    }

    /// Whether pages may run scripts; those of tests always may.
    pub async fn scripts(&self, on: bool) -> Result<()> {
        self.runs_scripts.store(on, Ordering::Relaxed);
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await.map(drop)
    }

    /// `light` or `dark`.
    pub async fn scheme(&self, scheme: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.cdp("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Size of the window.
    pub async fn window(&self, (width, height): (u32, u32)) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// A picture of the whole page, as PNG.
    pub async fn picture(&self, path: &Path, (width, height): (u32, u32)) -> Result<()> {
        let page: u64 = self.script("return document.documentElement.scrollHeight", vec![]).await?;
        let height = page.clamp(u64::from(height), MAX_HEIGHT);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let parameters = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.cdp("Page.captureScreenshot", parameters).await?;
        let data = answer["data"].as_str().context("no picture")?;
        std::fs::write(path, STANDARD.decode(data)?).with_context(|| path.display().to_string())
    }
}

/// Starts chromedriver on a free port, which it tells.
async fn driver() -> Result<(Child, u16)> {
    let mut child = Command::new("chromedriver")
        .args(["--port=0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start chromedriver; make setup installs it")?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    while let Some(line) = lines.next_line().await? {
        let port =
            line.rsplit_once("successfully on port ").map(|(_, port)| port.trim_end_matches('.').parse());
        if let Some(Ok(port)) = port {
            // It must not block on a full pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, port));
        }
    }
    bail!("chromedriver ended without a port")
}
