//! `signage-provisioner stick`: makes a stick from a file or from flags.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use signage_protocol::Secret;
use signage_protocol::config::{
    Connection, Device, Hub, HubUrl, MAX_SIGNATURE_BYTES, Network, ProvisionFile,
};
use signage_protocol::token::{self, Kind};

use super::check::{INVALID, human, read};
use crate::medium::Content;
use crate::stick::{StickError, Target, make};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Removable device to format, such as /dev/sdb; everything on it is lost.
    #[arg(long, conflicts_with = "image", required_unless_present = "image")]
    device: Option<PathBuf>,
    /// New image file to make instead.
    #[arg(long)]
    image: Option<PathBuf>,
    /// Size of the image in MiB.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(37..=32_768))]
    size: u32,
    /// Do not ask before formatting a device.
    #[arg(long)]
    yes: bool,

    /// Provisioning file to put on it, as the hub makes it; `-` reads standard input.
    #[arg(long, conflicts_with_all = ["token_file", "hub", "ca", "name", "location", "hostname", "timezone", "tag", "only", "expires", "replace"])]
    file: Option<PathBuf>,
    /// Signature of that file, as `signage-hub account sign` makes it: for screens that are locked.
    #[arg(long, requires = "file")]
    signature: Option<PathBuf>,
    /// File that holds the token; `-` reads standard input. (Not the token itself: others see arguments.)
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// Address of the hub.
    #[arg(long)]
    hub: Option<String>,
    /// File with the hub's CA certificate (PEM).
    #[arg(long, requires = "hub")]
    ca: Option<PathBuf>,
    /// Name of the screen.
    #[arg(long)]
    name: Option<String>,
    /// Where it hangs.
    #[arg(long)]
    location: Option<String>,
    /// Its host name.
    #[arg(long)]
    hostname: Option<String>,
    /// Its time zone, such as Europe/Berlin.
    #[arg(long)]
    timezone: Option<String>,
    /// A label; may be given several times.
    #[arg(long)]
    tag: Vec<String>,
    /// Serial number of a screen that the stick is for; may be given several times.
    #[arg(long, value_name = "SERIAL")]
    only: Vec<String>,
    /// Moment after which a screen does not take the stick any more, such as 2026-12-31T23:59:59Z.
    #[arg(long, value_name = "TIME")]
    expires: Option<jiff::Timestamp>,
    /// Let screens of another account leave it for this one.
    #[arg(long, requires = "hub")]
    replace: bool,
    /// Connection by cable with this address, such as 192.168.1.20/24, instead of DHCP.
    #[arg(long, conflicts_with = "file")]
    address: Option<String>,
    /// Default gateway, with `--address`.
    #[arg(long, requires = "address")]
    gateway: Option<String>,
    /// Name server, with `--address`; may be given several times.
    #[arg(long, requires = "address")]
    dns: Vec<String>,
}

impl Arguments {
    /// Makes the stick and says what is on it.
    pub(super) fn make(self) -> anyhow::Result<ExitCode> {
        let content =
            Content { file: self.file()?, signature: self.signature.as_ref().map(signature).transpose()? };
        let target = match (&self.device, &self.image) {
            (Some(path), _) => Target::Device { path: path.clone() },
            (None, Some(path)) => Target::Image { path: path.clone(), bytes: u64::from(self.size) << 20 },
            // clap demands one of them.
            (None, None) => anyhow::bail!("give --device or --image"),
        };
        if let Target::Device { path } = &target
            && !self.yes
        {
            let bytes = target.check().with_context(|| format!("{} is not written to", path.display()))?;
            if !confirmed(&format!(
                "Everything on {} ({} MB) will be lost.",
                path.display(),
                bytes / 1_000_000
            ))? {
                anyhow::bail!("not confirmed; nothing was written");
            }
        }
        match make(&target, &content) {
            Ok(made) => {
                print!("{}", human("telemetry_config.json", &content.file, true, &made.warnings));
                println!("{}: ready, {} MB, verified", made.path.display(), made.bytes / 1_000_000);
                Ok(ExitCode::SUCCESS)
            }
            Err(StickError::Invalid(findings)) => {
                print!("{}", human("telemetry_config.json", &content.file, false, &findings));
                Ok(ExitCode::from(INVALID))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn file(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(path) = &self.file {
            return read_from(path);
        }
        let token = match &self.token_file {
            Some(path) => Some(Secret::new(
                String::from_utf8(read_from(path)?).context("the token is not text")?.trim(),
            )),
            None => None,
        };
        let device = token.as_ref().is_some_and(|token| token::check(token) == Ok(Kind::Device));
        let (provision_token, device_token) = if device { (None, token) } else { (token, None) };
        let ca = match &self.ca {
            Some(path) => Some(String::from_utf8(read_from(path)?).context("the CA certificate is not PEM")?),
            None => None,
        };
        let hub = self.hub.clone().map(|url| Hub {
            url: HubUrl::from(url),
            ca,
            public_key: None,
            allow_http: false,
        });
        let file = ProvisionFile {
            issued_at: Some(jiff::Timestamp::now()),
            expires_at: self.expires,
            only: self.only.clone(),
            provision_token,
            device_token,
            replace: self.replace,
            hub,
            network: self.network()?,
            device: Some(Device {
                name: self.name.clone(),
                location: self.location.clone(),
                hostname: self.hostname.clone(),
                timezone: self.timezone.clone(),
                tags: self.tag.clone(),
                ..Device::default()
            }),
            ..ProvisionFile::empty()
        };
        Ok(serde_json::to_vec_pretty(&file)?)
    }

    fn network(&self) -> anyhow::Result<Option<Network>> {
        let Some(address) = &self.address else { return Ok(None) };
        let json = serde_json::json!({
            "type": "ethernet",
            "ipv4": { "method": "manual", "addresses": [address], "gateway": self.gateway, "dns": self.dns },
        });
        let connection: Connection =
            serde_json::from_value(json).context("--address, --gateway or --dns is wrong")?;
        Ok(Some(Network { connections: vec![connection], ..Network::default() }))
    }
}

fn read_from(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let bytes = if path.as_os_str() == "-" { read(io::stdin()) } else { File::open(path).and_then(read) };
    bytes.with_context(|| format!("cannot read {}", path.display()))
}

/// A signature, if it can be one: the screen would read no more of the file.
fn signature(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let bytes = read_from(path)?;
    let detached = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains(".."));
    if bytes.len() > MAX_SIGNATURE_BYTES || !detached {
        anyhow::bail!("{} is no signature of a provisioning file", path.display());
    }
    Ok(bytes)
}

/// Asks a person. Without one at the terminal nothing is confirmed.
fn confirmed(warning: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        anyhow::bail!("{warning} Nobody is there to confirm it; give --yes if that is meant");
    }
    print!("{warning} Type yes to go on: ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
