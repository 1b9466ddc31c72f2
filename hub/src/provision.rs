//! Provisioning files: what a token gives, checked by the rules of the device, and the file that carries it.

use serde_json::{Value, json};
use signage_protocol::Secret;
use signage_protocol::config::{
    self, Account as AccountGroup, Device, Finding, Hub, HubUrl, Network, ProvisionFile,
};
use signage_protocol::token::Kind;

use crate::data_dir::DataDir;
use crate::ident::{self, Millis};
use crate::store::accounts::Account;
use crate::store::tokens::{Grant, Token};
use crate::{Error, Result, folder, tls};

/// What a grant and a provisioning file have in common, by its name in both.
const FIELDS: [&str; 5] = ["name", "location", "timezone", "tags", "folder"];
/// Most labels of a token; a device keeps as many.
const MAX_TAGS: usize = 32;

/// Where the devices of an account find their hub, and by which network.
#[derive(Debug, Clone)]
pub struct Provision {
    account: Account,
    url: String,
    ca_pem: String,
    network: Option<Network>,
}

impl Provision {
    /// For an account on the hub at `url`, whose CA is made when there is none yet.
    pub fn new(
        directory: &DataDir,
        account: Account,
        url: String,
        network: Option<Network>,
        now: Millis,
    ) -> Result<Self> {
        let _lock = directory.lock()?;
        Ok(Self { account, url, ca_pem: tls::ca(directory, now)?, network })
    }

    /// The address that it names.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file for a token: all that a device needs to find, trust and enter this hub, and to be set up there.
    pub fn file(&self, token: &Token, secret: &Secret, now: Millis) -> Result<String> {
        let secret = Some(secret.clone());
        let (provision_token, device_token) = match token.kind {
            Kind::Provisioning => (secret, None),
            Kind::Device => (None, secret),
        };
        let mut device = device(&token.grant);
        // The name of a token for many is not the name of a screen.
        device.name = device.name.filter(|_| token.kind == Kind::Device);
        let file = ProvisionFile {
            issued_at: Some(ident::timestamp(now)),
            provision_token,
            device_token,
            hub: Some(Hub {
                url: HubUrl::from(self.url.clone()),
                ca: Some(self.ca_pem.clone()),
                public_key: Some(self.account.public_key()?),
                allow_http: false,
            }),
            network: self.network.clone(),
            device: Some(device).filter(|device| *device != Device::default()),
            ..ProvisionFile::empty()
        };
        let mut text = serde_json::to_string_pretty(&file).map_err(Error::json("the provisioning file"))?;
        text.push('\n');
        Ok(text)
    }
}

/// A grant without blanks and empty texts, if a device would take it.
pub fn check(grant: Grant) -> Result<Grant> {
    let text = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut tags: Vec<String> = Vec::new();
    for tag in grant.tags.into_iter().filter_map(|tag| text(Some(tag))) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(Error::Field { field: "tags", detail: format!("a screen has at most {MAX_TAGS} tags") });
    }
    let grant = Grant {
        name: text(grant.name),
        playlist: text(grant.playlist),
        layout: text(grant.layout),
        folder: text(
            grant.folder.map(|path| folder::path(&path)).transpose().map_err(Error::in_field("folder"))?,
        ),
        timezone: text(grant.timezone),
        location: text(grant.location),
        tags,
    };
    let account = AccountGroup { folder: grant.folder.clone(), ..AccountGroup::default() };
    validate(&json!({ "version": 1, "device": device(&grant), "account": account }))?;
    Ok(grant)
}

/// Network settings, if a device would take them.
pub fn network(value: &Value) -> Result<Option<Network>> {
    Ok(validate(&json!({ "version": 1, "network": value }))?.network)
}

fn device(grant: &Grant) -> Device {
    Device {
        name: grant.name.clone(),
        location: grant.location.clone(),
        timezone: grant.timezone.clone(),
        tags: grant.tags.clone(),
        ..Device::default()
    }
}

/// Reads a file as a device does; what a device would only warn about is a mistake here.
fn validate(file: &Value) -> Result<ProvisionFile> {
    let refused = |findings: &[Finding]| {
        let name = |finding: &Finding| {
            let pointer = finding.pointer.as_str();
            let group = ["/device/", "/account/"].into_iter().find_map(|group| pointer.strip_prefix(group));
            format!("{}: {}", group.unwrap_or(pointer), finding.message)
        };
        let detail = findings.iter().map(name).collect::<Vec<_>>().join("; ");
        let field = |finding: &Finding| {
            let pointer = finding.pointer.as_str();
            FIELDS.into_iter().find(|field| pointer.split('/').nth(2) == Some(field))
        };
        match findings.first().and_then(field) {
            Some(field) => Error::Field { field, detail },
            None => Error::Invalid(detail),
        }
    };
    let parsed = config::parse(file.to_string().as_bytes()).map_err(|findings| refused(&findings))?;
    match parsed.warnings.as_slice() {
        [] => Ok(parsed.file),
        warnings => Err(refused(warnings)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_one_that_a_device_takes() {
        let grant = Grant {
            name: Some(" Lobby ".into()),
            folder: Some("/Berlin // Foyer/".into()),
            timezone: Some("Europe/Berlin".into()),
            location: Some("  ".into()),
            tags: vec!["menu".into(), " menu ".into(), String::new()],
            ..Grant::default()
        };
        let checked = check(grant).unwrap();
        assert_eq!((checked.name.as_deref(), checked.location), (Some("Lobby"), None));
        assert_eq!(checked.folder.as_deref(), Some("Berlin/Foyer"));
        assert_eq!(checked.tags, ["menu"]);
        let zone = check(Grant { timezone: Some("Europe/Berlim".into()), ..Grant::default() });
        let message = zone.unwrap_err().to_string();
        assert!(message.starts_with("timezone: ") && message.contains("Europe/Berlin"), "{message}");
        let line = check(Grant { name: Some("a\nb".into()), ..Grant::default() });
        assert!(line.unwrap_err().to_string().starts_with("name: "));
        let many = (0..33).map(|number| number.to_string()).collect();
        assert!(check(Grant { tags: many, ..Grant::default() }).is_err());
    }

    #[test]
    fn network_settings_are_those_of_the_file() {
        let wifi = json!({ "connections": [{ "type": "wifi", "ssid": "Shop", "security": "wpa2-psk", "psk": "correct horse" }] });
        assert_eq!(network(&wifi).unwrap().unwrap().connections.len(), 1);
        let short = json!({ "connections": [{ "type": "wifi", "ssid": "Shop", "security": "wpa2-psk", "psk": "short" }] });
        let message = network(&short).unwrap_err().to_string();
        assert!(message.contains("/network/connections/0/psk") && !message.contains("short\""), "{message}");
        assert!(network(&json!({ "conections": [] })).is_err(), "a typing mistake passes");
    }
}
