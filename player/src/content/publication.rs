//! Whether a signed publication may be believed.

use signage_protocol::document::Publication;
use signage_protocol::jws::{self, JwsError, VerifyingKey, typ};

/// More than any screen needs; a bound on what one signed document can make this device do.
const MAX_ITEMS: usize = 10_000;

/// Why a publication is not played.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Not signed by the account, or not a publication.
    #[error("the publication is not signed by the account of this screen")]
    Signature(#[source] JwsError),
    /// An old one, played back.
    #[error("publication {got} is older than publication {have}, which this screen has")]
    Older {
        /// Sequence of the one in the store.
        have: u64,
        /// Sequence of the one refused.
        got: u64,
    },
    /// Signed, but not something that can be played.
    #[error("the publication is not well formed: {0}")]
    Malformed(&'static str),
}

/// Accepts a publication signed by `key` whose sequence is not lower than `have`.
pub fn check(compact: &str, key: &VerifyingKey, have: Option<u64>) -> Result<Publication, Refused> {
    let publication: Publication = jws::verify(compact, typ::PUBLICATION, key).map_err(Refused::Signature)?;
    if let Some(have) = have.filter(|&have| publication.sequence < have) {
        return Err(Refused::Older { have, got: publication.sequence });
    }
    let items = &publication.playlist.items;
    if items.len() > MAX_ITEMS {
        return Err(Refused::Malformed("too many items"));
    }
    if !items.iter().all(|item| is_digest(&item.blob.sha256)) {
        return Err(Refused::Malformed("a digest is not SHA-256 in lower-case hexadecimal"));
    }
    if items.iter().any(|item| item.blob.size == 0) {
        return Err(Refused::Malformed("an empty file"));
    }
    Ok(publication)
}

/// 64 lower-case hexadecimal digits. Digests become file names, so nothing else may pass.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use signage_protocol::document::{Blob, Item, ItemKind, Playlist};
    use signage_protocol::jws::SigningKey;

    use super::*;

    fn publication(sequence: u64, sha256: &str) -> Publication {
        let blob = Blob { sha256: sha256.into(), size: 1, media_type: "image/png".into() };
        let item = Item { id: "1".into(), title: "a".into(), kind: ItemKind::Image, blob, duration_ms: None };
        let playlist = Playlist { name: "Default".into(), items: vec![item] };
        Publication {
            account: "a".into(),
            sequence,
            issued_at: jiff::Timestamp::UNIX_EPOCH,
            playlist,
            program: None,
        }
    }

    fn signed(document: &Publication) -> String {
        jws::sign(&SigningKey::from_bytes(&[1; 32]), typ::PUBLICATION, document).unwrap()
    }

    #[test]
    fn only_the_account_and_only_forward() {
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key();
        let other = SigningKey::from_bytes(&[2; 32]).verifying_key();
        let text = signed(&publication(5, &"0a".repeat(32)));
        assert_eq!(check(&text, &key, None).unwrap().sequence, 5);
        assert_eq!(check(&text, &key, Some(5)).unwrap().sequence, 5);
        assert!(matches!(check(&text, &key, Some(6)), Err(Refused::Older { have: 6, got: 5 })));
        assert!(matches!(check(&text, &other, None), Err(Refused::Signature(_))));
        let authorization =
            jws::sign(&SigningKey::from_bytes(&[1; 32]), typ::AUTHORIZATION, &publication(5, "")).unwrap();
        assert!(matches!(check(&authorization, &key, None), Err(Refused::Signature(_))));
    }

    #[test]
    fn a_digest_cannot_be_a_path() {
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key();
        for digest in ["", "../../etc/passwd", &"0A".repeat(32), &"0a".repeat(31)] {
            let text = signed(&publication(1, digest));
            assert!(matches!(check(&text, &key, None), Err(Refused::Malformed(_))), "{digest}");
        }
    }
}
