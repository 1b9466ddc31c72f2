//! What a test has to itself: a hub with an account, and the browser with what a person does in it. Things are
//! found by the words that stand on them, never by how a page is built.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signage_hub::account;
use signage_hub::api_token::Actor;
use signage_hub::ident;
use signage_hub::serve::{Hub, Options, Running};
use signage_hub::store::Store;
use signage_hub::store::accounts::Account;
use signage_protocol::Secret;
use signage_tests::wait::wait_for;

use crate::chromium::{Chromium, DESKTOP, NARROW, PHONE};

/// The admin of the account.
pub const EMAIL: &str = "anna@example.org";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// How long a page may take to say what it has to.
const PATIENCE: Duration = Duration::from_secs(5);
/// When a click has asked for nothing by now, it does not.
const QUIET: Duration = Duration::from_millis(200);

/// A hub and a browser.
#[derive(Debug)]
pub struct Site<'a> {
    /// The browser.
    pub chromium: &'a Chromium,
    /// The hub.
    pub hub: Running,
    account: Option<Account>,
    pictures: PathBuf,
    files: tempfile::TempDir,
    notes: Mutex<Notes>,
    _data: tempfile::TempDir,
}

#[derive(Debug, Default)]
struct Notes {
    /// Pages that were looked at.
    looks: u32,
    /// The page that was looked at last.
    last: String,
    /// What was wrong with pages, each once.
    wrong: Vec<String>,
    /// What went over the network since the last look.
    traffic: Traffic,
    /// Status that the next page has to have, when it is a refusal.
    expected: Option<u16>,
}

/// Makes a hub's key and certificate in a directory, for every hub of this run, and answers the digest of the key.
pub async fn certificate(directory: &Path) -> Result<String> {
    Hub::start(Options::local(directory)).await?.stop().await?;
    let pem = fs::read(directory.join("tls/leaf.pem"))?;
    let (_, pem) = x509_parser::pem::parse_x509_pem(&pem)?;
    let key = Sha256::digest(pem.parse_x509()?.public_key().raw);
    Ok(STANDARD.encode(key))
}

/// An account whose admin has [`PASSWORD`].
pub async fn new_account(store: &Store, name: &str, email: &str) -> Result<Account> {
    let password = Some(Secret::new(PASSWORD));
    Ok(account::create(store, name, email, password, ident::now()).await?.account)
}

impl<'a> Site<'a> {
    /// A hub with an account, and a browser that has never seen it.
    pub async fn new(chromium: &'a Chromium, tls: &Path, pictures: PathBuf, empty: bool) -> Result<Self> {
        let data = tempfile::tempdir()?;
        fs::create_dir(data.path().join("tls"))?;
        for entry in fs::read_dir(tls.join("tls"))? {
            let entry = entry?;
            fs::copy(entry.path(), data.path().join("tls").join(entry.file_name()))?;
        }
        let hub = Hub::start(Options::local(data.path())).await?;
        let account = match empty {
            true => None,
            false => Some(new_account(&hub.state.store, "Acme", EMAIL).await?),
        };
        if pictures.exists() {
            fs::remove_dir_all(&pictures)?;
        }
        fs::create_dir_all(&pictures)?;
        chromium.renew().await?;
        Ok(Self {
            chromium,
            hub,
            account,
            pictures,
            files: tempfile::tempdir()?,
            notes: Mutex::default(),
            _data: data,
        })
    }

    /// What was wrong with pages in all.
    pub async fn finish(self) -> Result<()> {
        let wrong = self.notes.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.wrong.clone();
        self.chromium.client.goto("about:blank").await?;
        self.hub.stop().await?;
        ensure!(wrong.is_empty(), "{}", wrong.join("\n  "));
        Ok(())
    }

    /// The hub's database.
    pub fn store(&self) -> &Store {
        &self.hub.state.store
    }

    /// The account; the admin of it is [`EMAIL`].
    pub fn account(&self) -> Result<&Account> {
        self.account.as_ref().context("this hub has no account yet")
    }

    /// Whoever runs commands on the hub.
    pub fn cli(&self) -> Result<Actor<'_>> {
        Ok(Actor::cli(&self.account()?.id))
    }

    fn notes<T>(&self, change: impl FnOnce(&mut Notes) -> T) -> T {
        change(&mut self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The next page is a refusal with this status.
    pub fn expect(&self, status: u16) -> &Self {
        self.notes(|notes| notes.expected = Some(status));
        self
    }

    /// Types an address, or a path of the hub.
    pub async fn open(&self, address: &str) -> Result<()> {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.hub.url) } else { address.to_owned() };
        self.chromium.client.goto(&address).await?;
        self.look().await
    }

    /// Signs in with [`PASSWORD`].
    pub async fn sign_in(&self, email: &str) -> Result<()> {
        self.open("/").await?;
        self.fill("E-mail address", email).await?;
        self.fill("Password", PASSWORD).await?;
        self.click("Sign in").await
    }

    async fn find(&self, kind: &str, words: &str, near: &str) -> Result<Element> {
        let arguments = vec![json!(kind), json!(words), json!(near)];
        match self.chromium.client.execute(include_str!("find.js"), arguments).await? {
            Value::String(why) => bail!("{why}"),
            Value::Object(found) => {
                let id = found.values().next().and_then(Value::as_str).context("no element")?;
                Ok(Element::from_element_id(self.chromium.client.clone(), ElementRef::from(id.to_owned())))
            }
            other => bail!("no element but {other}"),
        }
    }

    /// Clicks the link or the button with these words.
    pub async fn click(&self, words: &str) -> Result<()> {
        self.click_near(words, "").await
    }

    /// Clicks the one that stands in the same row, list or part of the page as other words.
    pub async fn click_near(&self, words: &str, near: &str) -> Result<()> {
        let target = self.find("click", words, near).await?;
        let leads = target.tag_name().await? != "summary";
        self.mark().await?;
        target.click().await.with_context(|| format!("clicking {words:?}"))?;
        if leads {
            self.settle().await?;
        }
        self.look().await
    }

    /// Presses Enter where the focus is, and waits for what comes of it.
    pub async fn enter(&self) -> Result<()> {
        self.mark().await?;
        self.press(Key::Enter).await?;
        self.settle().await?;
        self.look().await
    }

    /// Marks the page, to tell when it has gone.
    async fn mark(&self) -> Result<()> {
        let traffic = self.traffic().await?;
        self.notes(|notes| notes.traffic = traffic);
        self.chromium.script::<Option<()>>("window.marked = true", vec![]).await.map(drop)
    }

    /// Waits until the page that was asked for is there; a link inside the page and a download ask for none.
    async fn settle(&self) -> Result<()> {
        let begin = Instant::now();
        loop {
            let traffic = self.traffic().await?;
            let (asked, answered, file) = self.notes(|notes| {
                notes.traffic.add(traffic);
                let traffic = &notes.traffic;
                (!traffic.documents.is_empty(), traffic.documents.is_subset(&traffic.answered), traffic.file)
            });
            if file || (!asked && begin.elapsed() > QUIET) {
                return Ok(());
            }
            let script = "return !window.marked && document.readyState === 'complete'";
            if asked && answered && self.chromium.script(script, vec![]).await.unwrap_or(false) {
                return Ok(());
            }
            ensure!(begin.elapsed() < PATIENCE, "no page after {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Cancels the authorization of the screen whose page this is.
    pub async fn cancel(&self, screen: &str) -> Result<()> {
        self.click("Cancel Authorization").await?;
        self.click(&format!("Cancel the authorization of {screen}")).await
    }

    /// Types into the field with this label what shall stand in it.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        self.fill_near(label, "", text).await
    }

    /// The same for the field that stands near other words.
    pub async fn fill_near(&self, label: &str, near: &str, text: &str) -> Result<()> {
        let field = self.find("field", label, near).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("typing into {label:?}"))
    }

    /// Chooses a file for the field with this label.
    pub async fn attach(&self, label: &str, file: &Path) -> Result<()> {
        let field = self.find("field", label, "").await?;
        field.send_keys(&file.display().to_string()).await.with_context(|| format!("a file for {label:?}"))
    }

    /// Chooses a day or a time in the field with this label, which people click together in their own way of writing.
    pub async fn pick(&self, label: &str, value: &str) -> Result<()> {
        let field = self.find("field", label, "").await?;
        let script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', { bubbles: true }))";
        let arguments = vec![serde_json::to_value(&field)?, json!(value)];
        self.chromium.script::<Option<()>>(script, arguments).await?;
        ensure!(self.value(label).await? == value, "{label:?} does not take {value:?}");
        Ok(())
    }

    /// Chooses an option of the list with this label.
    pub async fn choose(&self, label: &str, option: &str) -> Result<()> {
        self.choose_near(label, "", option).await
    }

    /// The same for the list that stands near other words.
    pub async fn choose_near(&self, label: &str, near: &str, option: &str) -> Result<()> {
        let list = self.find("field", label, near).await?;
        list.select_by_label(option).await.with_context(|| format!("choosing {option:?} of {label:?}"))
    }

    /// What stands in the field with this label.
    pub async fn value(&self, label: &str) -> Result<String> {
        let field = self.find("field", label, "").await?;
        field.prop("value").await?.context("no value")
    }

    /// Presses a key.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.keys(&char::from(key).to_string()).await
    }

    /// Types where the focus is, as a keyboard does.
    pub async fn keys(&self, text: &str) -> Result<()> {
        let keys = text.chars().fold(KeyActions::new("keyboard".into()), |keys, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        Ok(self.chromium.client.perform_actions(keys).await?)
    }

    /// What has the focus, by its words.
    pub async fn focus(&self) -> Result<String> {
        let script = "const e = document.activeElement; return e.labels?.[0]?.innerText \
                      ?? e.getAttribute('aria-label') ?? (e === document.body ? '' : e.innerText)";
        Ok(self.chromium.script::<Option<String>>(script, vec![]).await?.unwrap_or_default())
    }

    /// Goes to a field by Tab, if it has not the focus already.
    pub async fn reach(&self, words: &str) -> Result<()> {
        if self.focus().await? == words { Ok(()) } else { self.tab_to(words).await }
    }

    /// Presses Tab until something has the focus.
    pub async fn tab_to(&self, words: &str) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..60 {
            self.press(Key::Tab).await?;
            let focus = self.focus().await?;
            if focus.trim().trim_end_matches(" (optional)").eq_ignore_ascii_case(words) {
                return Ok(());
            }
            passed.push(focus);
        }
        bail!("Tab does not reach {words:?}, only {passed:?}")
    }

    /// The pages in the head of every page.
    pub async fn navigation(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('header nav a')].map((link) => link.innerText)";
        self.chromium.script(script, vec![]).await
    }

    /// The address of the page.
    pub async fn address(&self) -> Result<String> {
        Ok(self.chromium.client.current_url().await?.to_string())
    }

    /// A file of this machine.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.files.path().join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Everything that the page says.
    pub async fn text(&self) -> Result<String> {
        let script = "return document.body.innerText.replace(/[\\s\\u00a0]+/g, ' ')";
        self.chromium.script(script, vec![]).await
    }

    /// Waits until the page says something.
    pub async fn sees(&self, words: &str) -> Result<()> {
        let wanted = words.to_lowercase();
        wait_for(&format!("{words:?} on the page"), PATIENCE, async || {
            let text = self.text().await.map_err(|error| error.to_string())?;
            if text.to_lowercase().contains(&wanted) { Ok(()) } else { Err(text) }
        })
        .await
    }

    /// Waits until a script in the page says yes.
    pub async fn waits(&self, what: &str, script: &str) -> Result<()> {
        wait_for(what, PATIENCE, async || match self.chromium.script(script, vec![]).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.text().await.unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        })
        .await
    }

    /// Does something in a window as large as that of a phone.
    pub async fn on_phone(&self, doing: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        self.chromium.window(PHONE).await?;
        let done = doing().await;
        self.chromium.window(DESKTOP).await?;
        done
    }

    /// Clicks without looking at what comes of it.
    pub async fn press_button(&self, words: &str) -> Result<()> {
        let target = self.find("click", words, "").await?;
        target.click().await.with_context(|| format!("clicking {words:?}"))
    }

    /// Looks at what is there in the window of a phone.
    pub async fn look_at_phone(&self, name: &str) -> Result<()> {
        let wrong = self.audit("all", PHONE).await?;
        self.notes(|notes| notes.wrong.extend(wrong));
        self.chromium.picture(&self.pictures.join(format!("{name}-phone.png")), PHONE).await
    }

    /// The page does not say something.
    pub async fn misses(&self, words: &str) -> Result<()> {
        let text = self.text().await?;
        ensure!(!text.to_lowercase().contains(&words.to_lowercase()), "{words:?} is on the page: {text}");
        Ok(())
    }

    /// The row of a table, or the entry of a list, that holds these words, as text.
    pub async fn row(&self, words: &str) -> Result<String> {
        let script = "const rows = [...document.querySelectorAll('tbody tr, li, dl')];\
                      return rows.map((row) => row.innerText.replace(/\\s+/g, ' ')).find((row) => row.includes(arguments[0])) ?? null";
        let row: Option<String> = self.chromium.script(script, vec![json!(words)]).await?;
        match row {
            Some(row) => Ok(row),
            None => bail!("no row with {words:?} in: {}", self.text().await?),
        }
    }

    /// The text of the block that is there to be copied.
    pub async fn copy(&self) -> Result<String> {
        self.chromium.script("return document.querySelector('pre').innerText.trim()", vec![]).await
    }

    /// The file that the last click has downloaded.
    pub async fn download(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.chromium.downloads.join(name);
        wait_for(&format!("the file {name}"), PATIENCE, async || {
            let there = || {
                fs::read_dir(&self.chromium.downloads)
                    .map(|all| all.flatten().map(|one| one.file_name()).collect::<Vec<_>>())
            };
            let all = there().map_err(|error| error.to_string())?;
            if path.exists() { Ok(()) } else { Err(format!("{all:?}")) }
        })
        .await?;
        let bytes = fs::read(&path)?;
        fs::remove_file(&path)?;
        Ok(bytes)
    }

    /// Looks at the page as it is now, if it is another than the last one: pictures, and everything that holds for
    /// every page.
    pub async fn look(&self) -> Result<()> {
        let script = "return performance.timeOrigin + location.href + document.body.innerText + document.querySelectorAll('details[open]').length";
        let page: String = self.chromium.script(script, vec![]).await?;
        let news = self.traffic().await?;
        let traffic = self.notes(|notes| {
            notes.traffic.add(news);
            std::mem::take(&mut notes.traffic)
        });
        if self.notes(|notes| std::mem::replace(&mut notes.last, page.clone()) == page) {
            return Ok(());
        }
        // The browser gives the focus to the field that wants it with its next frame.
        let settled = "const wants = document.querySelector('[autofocus]'); return !wants || document.activeElement !== document.body";
        for _ in 0..20 {
            if self.chromium.script(settled, vec![]).await? {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (number, expected) = self.notes(|notes| {
            notes.looks += 1;
            (notes.looks, notes.expected.take())
        });
        let title: String = self.chromium.script("return document.title", vec![]).await?;
        let title = title.trim_end_matches(" – Signage");
        let file: String = title
            .to_lowercase()
            .chars()
            .map(|char| if char.is_alphanumeric() { char } else { '-' })
            .take(40)
            .collect();
        let mut wrong = traffic.wrong(&self.hub.url, expected);
        for entry in self.chromium.log("browser").await? {
            let message = entry["message"].as_str().unwrap_or_default();
            let refusal = message.contains("the server responded with a status of");
            if !(refusal && expected.is_some_and(|status| message.contains(&format!("status of {status}")))) {
                wrong.push(format!("the browser's console says: {message}"));
            }
        }
        let picture = |kind: &str| self.pictures.join(format!("{number:02}-{file}-{kind}.png"));
        wrong.extend(self.audit("all", DESKTOP).await?);
        wrong.extend(self.chromium.axe().await?);
        self.chromium.picture(&picture("desktop"), DESKTOP).await?;
        self.chromium.scheme("dark").await?;
        wrong.extend(self.audit("colours", DESKTOP).await?.into_iter().map(|text| format!("dark: {text}")));
        self.chromium.window(NARROW).await?;
        wrong.extend(self.audit("all", NARROW).await?.into_iter().map(|text| format!("narrow: {text}")));
        self.chromium.scheme("light").await?;
        self.chromium.window(PHONE).await?;
        wrong.extend(self.audit("all", PHONE).await?.into_iter().map(|text| format!("phone: {text}")));
        self.chromium.picture(&picture("phone"), PHONE).await?;
        self.chromium.window(DESKTOP).await?;
        self.notes(|notes| {
            for text in wrong {
                // What is wrong on a desktop is not told again for a phone.
                let known = |known: &String| known.ends_with(text.rsplit(": ").next().unwrap_or(&text));
                if !notes.wrong.iter().filter(|known| known.starts_with(title)).any(known) {
                    notes.wrong.push(format!("{title}: {text}"));
                }
            }
        });
        Ok(())
    }

    /// A picture under a name of its own.
    pub async fn picture(&self, name: &str) -> Result<()> {
        self.chromium.picture(&self.pictures.join(format!("{name}.png")), DESKTOP).await
    }

    async fn audit(&self, what: &str, (width, _): (u32, u32)) -> Result<Vec<String>> {
        let script = include_str!("audit.js");
        self.chromium.script(script, vec![json!(what), json!(width)]).await.context("the audit")
    }

    /// What went over the network since this was last asked.
    async fn traffic(&self) -> Result<Traffic> {
        let mut traffic = Traffic::default();
        for entry in self.chromium.log("performance").await? {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default())?;
            let (method, parameters) = (&message["message"]["method"], &message["message"]["params"]);
            let id = parameters["requestId"].as_str().unwrap_or_default();
            let document = parameters["type"] == "Document";
            match method.as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    traffic.asked.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
                    if document {
                        traffic.documents.insert(id.to_owned());
                    }
                }
                "Network.responseReceived" if document => {
                    let headers = &parameters["response"]["headers"];
                    let disposition = headers.as_object().into_iter().flatten();
                    let file = disposition
                        .filter(|(name, _)| name.eq_ignore_ascii_case("content-disposition"))
                        .count();
                    traffic.file |= file > 0;
                    traffic.status = parameters["response"]["status"].as_u64();
                    traffic.answered.insert(id.to_owned());
                }
                "Network.loadingFailed" if document => {
                    traffic.answered.insert(id.to_owned());
                }
                _ => {}
            }
        }
        Ok(traffic)
    }
}

#[derive(Debug, Default)]
struct Traffic {
    /// Every address.
    asked: Vec<String>,
    /// Requests for pages, and those of them that have their answer.
    documents: BTreeSet<String>,
    answered: BTreeSet<String>,
    /// Of the last page.
    status: Option<u64>,
    /// The answer was a file.
    file: bool,
}

impl Traffic {
    fn add(&mut self, other: Self) {
        self.asked.extend(other.asked);
        self.documents.extend(other.documents);
        self.answered.extend(other.answered);
        self.status = other.status.or(self.status);
        self.file |= other.file;
    }

    fn wrong(&self, hub: &str, expected: Option<u16>) -> Vec<String> {
        let own = |address: &&String| !address.starts_with(hub) && !address.starts_with("data:");
        let mut wrong: Vec<String> =
            self.asked.iter().filter(own).map(|address| format!("asks elsewhere: {address}")).collect();
        match (self.status, expected) {
            (Some(status), None) if status >= 400 => wrong.push(format!("status {status}")),
            (status, Some(expected)) if status != Some(expected.into()) => {
                wrong.push(format!("status {status:?} instead of {expected}"));
            }
            _ => {}
        }
        wrong
    }
}
