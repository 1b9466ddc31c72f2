//! Which bucket holds the content: from the environment, or from `s3.toml` in the data directory. Its keys are in no
//! argument list, and the file may be read by nobody else.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde::Deserialize;
use signage_protocol::Secret;

use crate::data_dir::DataDir;
use crate::{Error, Result};

/// The file in the data directory.
pub const FILE: &str = "s3.toml";
/// Beginning of the variables.
const PREFIX: &str = "SIGNAGE_HUB_S3_";

/// A bucket of an S3-compatible store.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `https://HOST[:PORT]`; without it, Amazon's of the region.
    pub endpoint: Option<String>,
    /// Its name.
    pub bucket: String,
    /// Such as `eu-central-1`; many stores take any.
    #[serde(default = "region")]
    pub region: String,
    /// Who reads and writes there.
    pub access_key_id: String,
    /// By which it is proven.
    pub secret_access_key: Secret,
    /// Beginning of every name in the bucket, where it also holds other things.
    #[serde(default)]
    pub prefix: String,
}

fn region() -> String {
    "us-east-1".to_owned()
}

impl Config {
    /// The bucket that is to be used, if one is.
    pub(super) fn find(directory: &DataDir) -> Result<Option<Self>> {
        let variable =
            |name: &str| std::env::var(format!("{PREFIX}{name}")).ok().filter(|text| !text.is_empty());
        match Self::from_variables(variable)? {
            Some(config) => Ok(Some(config)),
            None => Self::from_file(&directory.path().join(FILE)),
        }
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let Some(bucket) = variable("BUCKET") else { return Ok(None) };
        let needed = |name: &str| {
            let missing = || Error::Invalid(format!("{PREFIX}BUCKET is set, so {PREFIX}{name} has to be"));
            variable(name).ok_or_else(missing)
        };
        let config = Self {
            endpoint: variable("ENDPOINT"),
            bucket,
            region: variable("REGION").unwrap_or_else(region),
            access_key_id: needed("ACCESS_KEY_ID")?,
            secret_access_key: Secret::new(needed("SECRET_ACCESS_KEY")?),
            prefix: variable("PREFIX").unwrap_or_default(),
        };
        config.checked(PREFIX).map(Some)
    }

    fn from_file(path: &Path) -> Result<Option<Self>> {
        let mode = match fs::metadata(path) {
            Ok(metadata) => metadata.mode(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file("read", path)(error)),
        };
        if mode & 0o077 != 0 {
            return Err(Error::Invalid(format!(
                "{} holds a key and others may read it; do: chmod 600 {}",
                path.display(),
                path.display()
            )));
        }
        let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
        // The message of the parser shows the line, which may be the one with the key.
        let config: Self = toml::from_str(&text).map_err(|error| {
            let line =
                error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
            Error::Invalid(format!("{} is wrong in line {line}: {}", path.display(), error.message()))
        })?;
        config.checked(&path.display().to_string()).map(Some)
    }

    fn checked(self, source: &str) -> Result<Self> {
        let web = |text: &String| text.starts_with("https://") || text.starts_with("http://");
        if !self.endpoint.as_ref().is_none_or(web) {
            return Err(Error::Invalid(format!("{source}: the endpoint begins with https://")));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/');
        if !self.prefix.bytes().all(plain) || self.prefix.split('/').any(|part| part == "..") {
            return Err(Error::Invalid(format!(
                "{source}: the prefix has letters, digits, - . _ and / only"
            )));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    const TEXT: &str = "endpoint = \"https://s3.example\"\nbucket = \"b\"\naccess_key_id = \"id\"\nsecret_access_key = \"geheim\"\n";

    fn file(text: &str, mode: u32) -> Result<Option<Config>> {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(FILE);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        Config::from_file(&path)
    }

    #[test]
    fn a_file_is_read_if_it_is_private() {
        let config = file(TEXT, 0o600).unwrap().unwrap();
        assert_eq!((config.bucket.as_str(), config.region.as_str()), ("b", "us-east-1"));
        assert!(!format!("{config:?}").contains("geheim"));
        assert!(file(TEXT, 0o640).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_key() {
        let wrong = file(&TEXT.replace("\"geheim\"", "\"geheim"), 0o600).unwrap_err().to_string();
        assert!(wrong.contains("line 4") && !wrong.contains("geheim"), "{wrong}");
        let unknown = file(&format!("{TEXT}buket = \"x\"\n"), 0o600).unwrap_err().to_string();
        assert!(unknown.contains("buket"), "{unknown}");
        assert!(file(&TEXT.replace("https", "ftp"), 0o600).unwrap_err().to_string().contains("https://"));
    }

    #[test]
    fn variables_are_all_or_nothing() {
        assert!(Config::from_variables(|_| None).unwrap().is_none());
        let half = |name: &str| (name == "BUCKET").then(|| "b".to_owned());
        assert!(
            Config::from_variables(half).unwrap_err().to_string().contains("SIGNAGE_HUB_S3_ACCESS_KEY_ID")
        );
        let prefix = |name: &str| Some(if name == "ENDPOINT" { "http://h" } else { "../x" }.to_owned());
        assert!(Config::from_variables(prefix).is_err());
    }
}
