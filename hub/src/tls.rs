//! A private CA, made once, and the server's certificate under it, re-issued when it no longer fits.
//!
//! Devices trust the CA (its PEM goes into the provisioning file), so the leaf may change freely while the CA
//! must not. The CA's name holds part of its key's digest: two hubs in one trust store cannot be confused.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData as _, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use x509_parser::extensions::GeneralName;

use crate::data_dir::{DataDir, write_private};
use crate::ident::{self, DAY, Millis};
use crate::{Error, Result};

const CA_DAYS: Millis = 20 * 365;
/// What browsers accept at most is 398.
const LEAF_DAYS: Millis = 397;
/// A leaf is re-issued this long before its end.
const RENEW_DAYS: Millis = 90;

fn make<T>(result: std::result::Result<T, rcgen::Error>) -> Result<T> {
    result.map_err(|source| Error::Certificate { source })
}

/// The CA in PEM, made if there is none. The caller holds the lock of the directory.
pub fn ca(directory: &DataDir, now: Millis) -> Result<String> {
    let path = directory.tls().join("ca.pem");
    if let Some(pem) = read(&path)? {
        return Ok(pem);
    }
    let key = key(&directory.tls().join("ca.key"))?;
    let pem = make(ca_params(&key, now).self_signed(&key))?.pem();
    write_private(&path, pem.as_bytes())?;
    tracing::info!(path = %path.display(), "made a new CA");
    Ok(pem)
}

/// What the server needs, with a leaf for exactly these names (host names and IP addresses). The caller holds
/// the lock of the directory.
pub fn server_config(directory: &DataDir, names: &[String], now: Millis) -> Result<Arc<ServerConfig>> {
    let ca_pem = ca(directory, now)?;
    let key_path = directory.tls().join("leaf.key");
    let leaf_path = directory.tls().join("leaf.pem");
    let leaf_key = key(&key_path)?;
    let pem = match read(&leaf_path)? {
        Some(pem) if fits(&pem, &ca_pem, &leaf_key, names, now) => pem,
        _ => {
            let pem = issue(directory, &leaf_key, names, now)?;
            write_private(&leaf_path, pem.as_bytes())?;
            tracing::info!(names = names.join(" "), "issued a server certificate");
            pem
        }
    };
    let leaf =
        CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| Error::Damaged { what: "leaf.pem" })?;
    let key = PrivateKeyDer::from_pem_slice(leaf_key.serialize_pem().as_bytes())
        .map_err(|_| Error::Damaged { what: "leaf.key" })?;
    let tls = |source| Error::Tls { source };
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .map_err(tls)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn issue(directory: &DataDir, leaf_key: &KeyPair, names: &[String], now: Millis) -> Result<String> {
    let ca_key = key(&directory.tls().join("ca.key"))?;
    let mut params = make(CertificateParams::new(names))?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, "Signage Hub");
    params.distinguished_name = subject;
    valid(&mut params, now, LEAF_DAYS);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let issuer = Issuer::new(ca_params(&ca_key, now), &ca_key);
    Ok(make(params.signed_by(leaf_key, &issuer))?.pem())
}

/// The name and the limits of the CA that belongs to a key; the same for the same key.
fn ca_params(key: &KeyPair, now: Millis) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, ca_name(key));
    params.distinguished_name = subject;
    valid(&mut params, now, CA_DAYS);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// From yesterday, for a device whose clock is a little behind, for a number of days.
fn valid(params: &mut CertificateParams, now: Millis, days: Millis) {
    let midnight = |at| {
        let date = ident::timestamp(at).to_zoned(jiff::tz::TimeZone::UTC).date();
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = midnight(now - DAY);
    params.not_after = midnight(now + days * DAY);
}

fn ca_name(key: &KeyPair) -> String {
    let digest = hex::encode(Sha256::digest(key.subject_public_key_info()));
    format!("Signage Hub CA {}", &digest[..8])
}

/// Whether a leaf is of this CA, for this key and exactly these names, and good now and for a while yet.
fn fits(pem: &str, ca_pem: &str, key: &KeyPair, names: &[String], now: Millis) -> bool {
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes());
    let (Ok(leaf), Ok(ca)) = (der(pem), der(ca_pem)) else {
        return false;
    };
    let (Ok((_, leaf)), Ok((_, ca))) =
        (x509_parser::parse_x509_certificate(&leaf), x509_parser::parse_x509_certificate(&ca))
    else {
        return false;
    };
    let Ok(Some(alternative)) = leaf.subject_alternative_name() else {
        return false;
    };
    let mut found: Vec<String> = alternative.value.general_names.iter().filter_map(name).collect();
    let mut wanted = names.to_vec();
    found.sort();
    wanted.sort();
    let start = leaf.validity().not_before.timestamp().saturating_mul(1000);
    let end = leaf.validity().not_after.timestamp().saturating_mul(1000);
    // The name of the CA holds the digest of its key.
    leaf.issuer().as_raw() == ca.subject().as_raw()
        && found == wanted
        && leaf.public_key().raw == key.subject_public_key_info()
        && start <= now
        && now < end - RENEW_DAYS * DAY
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let address = <[u8; 4]>::try_from(*bytes)
                .map(IpAddr::from)
                .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// The key in a file, made if there is none.
fn key(path: &Path) -> Result<KeyPair> {
    if let Some(pem) = read(path)? {
        return make(KeyPair::from_pem(&pem));
    }
    let key = make(KeyPair::generate())?;
    write_private(path, key.serialize_pem().as_bytes())?;
    Ok(key)
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    const NOW: Millis = 1_800_000_000_000;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn leaf(directory: &DataDir) -> String {
        fs::read_to_string(directory.tls().join("leaf.pem")).unwrap()
    }

    #[test]
    fn the_ca_stays_and_the_leaf_follows_its_names_and_its_age() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        let ca_pem = ca(&directory, NOW).unwrap();
        let (one, two) = (names(&["localhost", "127.0.0.1", "::1"]), names(&["localhost", "hub.example"]));

        server_config(&directory, &one, NOW).unwrap();
        let first = leaf(&directory);
        server_config(&directory, &one, NOW + 300 * DAY).unwrap();
        assert_eq!(leaf(&directory), first);

        server_config(&directory, &two, NOW).unwrap();
        let second = leaf(&directory);
        assert_ne!(second, first);

        server_config(&directory, &two, NOW + (LEAF_DAYS - RENEW_DAYS) * DAY).unwrap();
        assert_ne!(leaf(&directory), second);
        assert_eq!(ca(&directory, NOW + 400 * DAY).unwrap(), ca_pem);

        // Made while the clock was ahead.
        let ahead = leaf(&directory);
        server_config(&directory, &two, NOW).unwrap();
        let present = leaf(&directory);
        assert_ne!(present, ahead);
        // Made by a CA that was replaced.
        for name in ["ca.pem", "ca.key"] {
            fs::remove_file(directory.tls().join(name)).unwrap();
        }
        server_config(&directory, &two, NOW).unwrap();
        assert_ne!(leaf(&directory), present);
    }

    #[test]
    fn keys_are_private() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        server_config(&directory, &names(&["localhost"]), NOW).unwrap();
        for name in ["ca.key", "leaf.key"] {
            let mode = fs::metadata(directory.tls().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
