//! Certificates and keys in PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::shown;

/// Longest certificate, in bytes. Those of the world's authorities have 1000 to 2000.
const LONGEST: usize = 16 * 1024;

/// When the first of the certificates ends. What is allowed instead, when the text is not certificates.
pub(super) fn certificates(text: &str) -> Result<Timestamp, String> {
    const FORM: &str = "certificates in PEM, -----BEGIN CERTIFICATE----- and so on";
    let mut end: Option<Timestamp> = None;
    for block in Pem::iter_from_buffer(text.as_bytes()) {
        let block = block.map_err(|_| FORM)?;
        if block.label != "CERTIFICATE" {
            return Err(format!("certificates only, without the block {}", shown::quoted(&block.label)));
        }
        if block.contents.len() > LONGEST {
            return Err(format!("certificates of at most {LONGEST} bytes each"));
        }
        let (rest, certificate) = X509Certificate::from_der(&block.contents)
            .map_err(|_| "certificates in PEM that can be decoded; one of these cannot".to_owned())?;
        if !rest.is_empty() {
            return Err("certificates in PEM without bytes behind them".into());
        }
        let until =
            Timestamp::from_second(certificate.validity().not_after.timestamp()).unwrap_or(Timestamp::MAX);
        end = Some(end.map_or(until, |end| end.min(until)));
    }
    end.ok_or_else(|| FORM.into())
}

/// What is allowed instead, when the text is not one unencrypted private key.
pub(super) fn private_key(text: &str) -> Result<(), String> {
    const FORM: &str = "one unencrypted private key in PEM, -----BEGIN PRIVATE KEY----- and so on";
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let begins = lines.next() == Some("-----BEGIN PRIVATE KEY-----");
    let body: Vec<&str> = lines.collect();
    let Some((&"-----END PRIVATE KEY-----", body)) = body.split_last() else { return Err(FORM.into()) };
    let der = STANDARD.decode(body.concat()).map_err(|_| FORM)?;
    // PKCS#8 (RFC 5958) is a SEQUENCE.
    if begins && der.first() == Some(&0x30) { Ok(()) } else { Err(FORM.into()) }
}
