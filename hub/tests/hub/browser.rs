//! Somebody who is signed in, in a browser without scripts.

use crate::common::{Answer, PASSWORD, TestHub};
use crate::console::{cookie, form_token, get, post, sign_in};

pub struct Browser<'a> {
    hub: &'a TestHub,
    pub cookie: String,
}

impl<'a> Browser<'a> {
    /// The admin of the hub's account.
    pub async fn sign_in(hub: &'a TestHub) -> Self {
        Self::of(hub, "acme@example.org").await
    }

    /// Somebody else, with the same password.
    pub async fn of(hub: &'a TestHub, email: &str) -> Self {
        let answer = sign_in(hub, email, PASSWORD).await;
        Self { hub, cookie: cookie(&answer, "__Host-signage") }
    }

    pub async fn open(&self, path: &str) -> Answer {
        let page = get(self.hub, path, &self.cookie).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page
    }

    /// Opens the link or button of this name on a page.
    pub async fn click(&self, page: &Answer, name: &str) -> Answer {
        let (before, _) = page
            .text()
            .split_once(&format!(">{name}</a>"))
            .unwrap_or_else(|| panic!("no {name}: {}", page.text()));
        let (_, link) = before.rsplit_once("href=\"").unwrap();
        self.open(&link.split_once('"').unwrap().0.replace("&amp;", "&")).await
    }

    /// Sends the form of a page.
    pub async fn send(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        assert!(page.text().contains(&format!("action=\"{path}\"")), "no form for {path}: {}", page.text());
        self.post(page, path, fields).await
    }

    /// Sends a form that the page may have had once.
    pub async fn post(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = form_token(page);
        let fields = [&[("form", form.as_str())], fields].concat();
        let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        post(self.hub, path, &self.cookie, encoded.join("&")).await
    }
}
