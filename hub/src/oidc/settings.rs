//! How the hub's operator lets people sign in through an OpenID provider: `oidc.toml` in the data directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use signage_protocol::Secret;

use crate::rights::Role;
use crate::{Error, Result};

/// The file in the data directory.
pub const FILE: &str = "oidc.toml";
/// Environment variable with the client's secret.
pub const CLIENT_SECRET: &str = "SIGNAGE_HUB_OIDC_CLIENT_SECRET";
/// Name of the systemd credential with it.
const CREDENTIAL: &str = "oidc-client-secret";

/// What stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Address of the provider, exactly as it names itself.
    pub issuer: String,
    /// By what it knows this hub.
    pub client_id: String,
    /// File with the client's secret, relative to the data directory; a public client has none.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Text of the button.
    #[serde(default = "label")]
    pub label: String,
    /// Name or id of the account that people come into.
    pub account: String,
    /// Lets people in by their first sign-in who were invited by e-mail.
    #[serde(default = "yes")]
    pub invited: bool,
    /// Links people who are in the account already, by their e-mail address.
    #[serde(default)]
    pub existing: bool,
    /// Lets in everybody whom the provider lets in.
    #[serde(default)]
    pub everybody: bool,
    /// Only addresses of these domains; without any, all.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Takes an address only when the provider says that it is verified.
    #[serde(default = "yes")]
    pub require_verified_email: bool,
    /// Whether the provider asks for a second step, so that the hub's own is not asked for.
    #[serde(default)]
    pub provider_has_second_step: bool,
    /// What people who come by themselves may do, and those for whom no entry of `roles` holds.
    #[serde(default = "viewer")]
    pub role: Role,
    /// Claim that `roles` is about; levels separated by dots.
    #[serde(default = "groups")]
    pub role_claim: String,
    /// From a value of the claim to a role. With any, the provider decides about roles at each sign-in.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// Claim that `groups` is about.
    #[serde(default = "groups")]
    pub group_claim: String,
    /// From a value of the claim to the name of a group. At each sign-in people are put into, and taken out of,
    /// the groups that are named here.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// More certificates to trust when talking to the provider, PEM, relative to the data directory.
    pub ca_file: Option<PathBuf>,
    /// The client's secret.
    #[serde(skip)]
    pub client_secret: Option<Secret>,
    /// The certificates of `ca_file`.
    #[serde(skip)]
    pub ca: Vec<u8>,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(Into::into).to_vec()
}

fn label() -> String {
    "Sign in with your organisation".into()
}

fn groups() -> String {
    "groups".into()
}

const fn yes() -> bool {
    true
}

const fn viewer() -> Role {
    Role::Viewer
}

impl Settings {
    /// What a data directory says; none without the file.
    pub fn read(directory: &Path) -> Result<Option<Self>> {
        let path = directory.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file("read", &path)(error)),
        };
        let invalid = |why: String| Error::Invalid(format!("{}: {why}", path.display()));
        let mut settings: Self = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        settings.check().map_err(invalid)?;
        settings.client_secret = settings.secret(directory)?;
        if let Some(file) = &settings.ca_file {
            let path = directory.join(file);
            settings.ca = fs::read(&path).map_err(Error::file("read", &path))?;
        }
        for domain in &mut settings.domains {
            *domain = domain.trim_start_matches('@').to_lowercase();
        }
        Ok(Some(settings))
    }

    fn check(&self) -> std::result::Result<(), String> {
        if !self.issuer.starts_with("https://") && !self.is_local() {
            return Err(format!("issuer {:?} has to begin with https://", self.issuer));
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            return Err("scopes has to hold \"openid\"".into());
        }
        if self.label.trim().is_empty() || self.client_id.is_empty() || self.account.is_empty() {
            return Err("label, client-id and account cannot be empty".into());
        }
        Ok(())
    }

    /// Whether the provider is on this machine, where TLS protects nothing.
    pub fn is_local(&self) -> bool {
        let host = self.issuer.strip_prefix("http://").and_then(|rest| rest.split(['/', ':']).next());
        host.is_some_and(|host| matches!(host, "127.0.0.1" | "localhost"))
    }

    /// From the environment, a systemd credential, or the file that is named.
    fn secret(&self, directory: &Path) -> Result<Option<Secret>> {
        let clean =
            |text: String| Some(Secret::new(text.trim())).filter(|secret| !secret.expose().is_empty());
        if let Ok(secret) = std::env::var(CLIENT_SECRET) {
            return Ok(clean(secret));
        }
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        if let Some(path) = credentials.map(|path| path.join(CREDENTIAL)).filter(|path| path.exists()) {
            return Ok(clean(fs::read_to_string(&path).map_err(Error::file("read", &path))?));
        }
        let Some(file) = &self.client_secret_file else {
            return Ok(None);
        };
        let path = directory.join(file);
        let mode = fs::metadata(&path).map_err(Error::file("read", &path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Error::Invalid(format!(
                "others may read {}: chmod 600 it, and ask the provider for another secret",
                path.display()
            )));
        }
        Ok(clean(fs::read_to_string(&path).map_err(Error::file("read", &path))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "issuer = 'https://login.example'\nclient-id = 'hub'\naccount = 'Acme'\n";

    fn read(text: &str) -> (tempfile::TempDir, Result<Option<Settings>>) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), text).unwrap();
        let read = Settings::read(directory.path());
        (directory, read)
    }

    #[test]
    fn little_is_needed_and_little_is_allowed_then() {
        let (_directory, read) = read(LEAST);
        let settings = read.unwrap().unwrap();
        assert_eq!((settings.invited, settings.existing, settings.everybody), (true, false, false));
        assert!(settings.require_verified_email && !settings.provider_has_second_step);
        assert_eq!((settings.role, settings.client_secret.is_none()), (Role::Viewer, true));
        assert!(Settings::read(tempfile::tempdir().unwrap().path()).unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, why) in [
            ("issuer = 'https://a'\n".to_owned(), "client-id"),
            (format!("{LEAST}colour = 1\n"), "colour"),
            (LEAST.replace("https", "http"), "https://"),
            (format!("{LEAST}scopes = ['email']\n"), "openid"),
            (format!("{LEAST}[roles]\nx = 'owner'\n"), "owner"),
        ] {
            let error = read(&text).1.unwrap_err().to_string();
            assert!(error.contains(FILE) && error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        let (directory, _) = read(&format!("{LEAST}client-secret-file = 'oidc.secret'\n"));
        let path = directory.path().join("oidc.secret");
        fs::write(&path, "s3cret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Settings::read(directory.path()).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let settings = Settings::read(directory.path()).unwrap().unwrap();
        assert_eq!(settings.client_secret.unwrap().expose(), "s3cret");
    }
}
