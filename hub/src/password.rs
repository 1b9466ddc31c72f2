//! Passwords of operators: Argon2id with the parameters of OWASP (19 MiB, 2 passes), which the crate has as its
//! default. Slow on purpose; call it where blocking is allowed.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use signage_protocol::Secret;

use crate::{Error, Result, ident};

/// Fewest characters of a password that a person chose.
pub const MIN_CHARS: usize = 10;

/// Longer ones are not looked at.
pub const MAX_BYTES: usize = 1024;

/// Refuses a password that a person should not have chosen.
pub fn check(password: &Secret) -> Result<()> {
    if password.expose().chars().count() < MIN_CHARS {
        return Err(Error::Invalid(format!("a password has at least {MIN_CHARS} characters")));
    }
    if password.expose().len() > MAX_BYTES {
        return Err(Error::Invalid(format!("a password has at most {MAX_BYTES} bytes")));
    }
    Ok(())
}

/// Hashes a password with a random salt; the result is a PHC string.
pub fn hash(password: &Secret) -> Result<String> {
    let hash = Argon2::default().hash_password(password.expose().as_bytes()).map_err(|_| Error::Password)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Without a hash it takes as long and says no, so the time
/// does not tell which addresses exist.
pub fn verify(password: &Secret, hash: Option<&str>) -> bool {
    // Hash of a random text that nobody knows, with the parameters of `hash`.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2lnbmFnZS1odWItbm9ib2R5$\
                          Q2aHcT3gk3dlTWgQSTP4wIGvKBnfKPVXPjCwZlGLhXM";
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else {
        return false;
    };
    Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok() && hash.is_some()
}

/// A password for a person to copy once: 20 characters of 5 bits, without look-alikes, in groups.
pub fn generate() -> Result<Secret> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut text = String::new();
    for (index, byte) in ident::random::<20>()?.into_iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let password = generate().unwrap();
        let stored = hash(&password).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(&password, Some(&stored)));
        assert!(!verify(&Secret::new("wrong"), Some(&stored)));
        assert!(!verify(&password, None));
    }

    #[test]
    fn nobody_takes_as_long_as_somebody() {
        let stored = hash(&Secret::new("somebody")).unwrap();
        let time = |hash| {
            let start = std::time::Instant::now();
            verify(&Secret::new("guess"), hash);
            start.elapsed()
        };
        assert!(time(None) * 4 > time(Some(&stored)));
    }
}
