//! The second step of signing in: codes of an authenticator app (TOTP, RFC 6238, with the parameters that every
//! app knows: SHA-1, 6 digits, 30 seconds), and recovery codes for the day when the phone is gone.

use signage_protocol::Secret;
use signage_protocol::problem::Code;
use totp_rs::{Builder, Totp};

use crate::api_token::Actor;
use crate::ident::{self, MINUTE, Millis, SECOND, digest};
use crate::people::find;
use crate::store::operators::Operator;
use crate::store::{self, Store, audit, second_step};
use crate::vault::SECOND_STEP;
use crate::{Error, Result, password};

/// Bytes of a secret, RFC 4226.
const SECRET_BYTES: usize = 20;
/// Recovery codes that somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Wrong codes in a row after which the next has to wait.
const MAX_FAILURES: i64 = 10;
/// How long that is. At 40 codes an hour of a million, three good at a time, a guesser needs a year.
const PAUSE: Millis = 15 * MINUTE;

/// A secret for an app that does not count before a code of it was shown.
pub struct Proposal([u8; SECRET_BYTES]);

impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proposal(…)")
    }
}

impl Proposal {
    /// A new one.
    pub fn new() -> Result<Self> {
        Ok(Self(ident::random()?))
    }

    /// As a form carries it.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// From a form.
    pub fn from_hex(text: &str) -> Result<Self> {
        let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self(bytes.ok_or(Error::Damaged { what: "secret of a second step" })?))
    }

    /// For people who type it into their app: base 32 in groups of four.
    pub fn spelled(&self) -> String {
        let text = totp_rs::Secret::from(self.0.to_vec()).to_base32();
        let groups: Vec<String> =
            text.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// What the QR code says.
    pub fn address(&self, email: &str) -> String {
        let secret = totp_rs::Secret::from(self.0.to_vec()).to_base32();
        format!("otpauth://totp/Signage:{}?secret={secret}&issuer=Signage", escape(email))
    }

    fn totp(&self) -> Result<Totp> {
        let damaged = |_| Error::Damaged { what: "secret of a second step" };
        Builder::new().with_secret(self.0.to_vec()).build().map_err(damaged)
    }

    /// The step that a code belongs to, if it is right within one step around now.
    fn step(&self, code: &str, now: Millis) -> Result<Option<i64>> {
        let seconds = (now / SECOND).unsigned_abs();
        Ok(self.totp()?.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
    }
}

/// A code as a person may type it, with spaces and dashes.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase()
}

/// Percent-encodes a text for an address.
pub(crate) fn escape(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Switches the second step on, once a code of the proposed secret was right. Answers the recovery codes, which
/// are nowhere else.
pub async fn switch_on(
    store: &Store,
    actor: &Actor<'_>,
    proposal: &Proposal,
    code: &str,
    now: Millis,
) -> Result<Vec<Secret>> {
    let step = proposal.step(&plain(code), now)?.ok_or_else(|| {
        Error::Invalid(
            "the code is not right; compare the clock of your phone, and take the newest code".into(),
        )
    })?;
    let codes: Vec<Secret> = (0..RECOVERY_CODES).map(|_| password::generate()).collect::<Result<_>>()?;
    let digests: Vec<String> = codes.iter().map(|code| digest(&plain(code.expose()))).collect();
    let mut change = store.write().await?;
    let person = find(&mut change, actor.account, actor.id).await?;
    if person.totp_secret.is_some() {
        return Err(Error::Conflict("the second step is on already; switch it off first".into()));
    }
    let secret = store.vault().seal(SECOND_STEP, actor.id, &proposal.to_hex())?;
    second_step::set(&mut change, actor.id, Some(&secret), Some(step), &digests).await?;
    audit::by(&mut change, actor, "second-step.on", actor.id, None, now).await?;
    store::commit(change).await?;
    Ok(codes)
}

/// Switches the second step of a person of the actor's account off.
pub async fn switch_off(store: &Store, actor: &Actor<'_>, id: &str, now: Millis) -> Result<()> {
    let mut change = store.write().await?;
    let person = find(&mut change, actor.account, id).await?;
    if person.totp_secret.is_none() {
        return Err(Error::Conflict(format!("{} has no second step", person.email)));
    }
    second_step::set(&mut change, id, None, None, &[]).await?;
    audit::by(&mut change, actor, "second-step.off", id, None, now).await?;
    store::commit(change).await
}

/// Whether a code, of the app or for recovery, is right. No code is right twice, and after some wrong ones a
/// person has to wait, from wherever they came.
pub async fn check(store: &Store, person: &Operator, code: &str, now: Millis) -> Result<bool> {
    let mut change = store.write().await?;
    let person = find(&mut change, &person.account, &person.id).await?;
    let Some(secret) = &person.totp_secret else {
        return Ok(true);
    };
    let since = now.saturating_sub(person.totp_failed_at);
    let failures = if since < PAUSE { person.totp_failures } else { 0 };
    if failures >= MAX_FAILURES {
        return Err(Error::Refused {
            status: 429,
            code: Code::HubBusy,
            detail: "too many wrong codes".into(),
            retry_after: Some(((PAUSE - since) / SECOND).unsigned_abs() + 1),
        });
    }
    let code = plain(code);
    let actor = Actor { account: &person.account, id: &person.id };
    let secret = store.vault().open(SECOND_STEP, &person.id, secret)?;
    let step = Proposal::from_hex(secret.expose())?.step(&code, now)?;
    let right = match step.filter(|step| person.totp_step.is_none_or(|used| *step > used)) {
        Some(step) => {
            second_step::used(&mut change, &person.id, Some(step)).await?;
            true
        }
        None if second_step::use_recovery(&mut change, &person.id, &digest(&code)).await? => {
            second_step::used(&mut change, &person.id, person.totp_step).await?;
            audit::by(&mut change, &actor, "recovery-code.use", &person.id, None, now).await?;
            true
        }
        None => {
            second_step::failed(&mut change, &person.id, failures + 1, now).await?;
            false
        }
    };
    store::commit(change).await?;
    Ok(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of the eight digits.
        let proposal = Proposal(*b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let step = proposal.step(code, seconds * SECOND).unwrap();
            assert_eq!(step, Some(seconds / 30));
            assert_eq!(proposal.step(code, (seconds + 90) * SECOND).unwrap(), None);
        }
        assert_eq!(proposal.step("28708", 59 * SECOND).unwrap(), None);
    }

    #[test]
    fn an_app_learns_the_secret_by_qr_or_by_hand() {
        let proposal = Proposal(*b"12345678901234567890");
        assert_eq!(proposal.spelled(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            proposal.address("anna@example.org"),
            "otpauth://totp/Signage:anna%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Signage"
        );
    }
}
