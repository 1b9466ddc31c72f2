//! Signing in through an OpenID provider: authorization code flow with PKCE (RFC 7636), a state that works once, a
//! nonce, the provider's own description and keys, and an issuer that is compared wherever one is told (RFC 9207).
//!
//! * [`settings`]: what the hub's operator has decided.
//! * [`provider`]: talking to the provider, until it has told who somebody is.
//! * [`admit`]: whether that somebody is one of ours.

pub mod admit;
pub mod provider;
pub mod settings;

/// Why somebody is not let in. What is shown says what to do; the rest goes into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The provider does not answer, or not as a provider.
    Unreachable(String),
    /// The provider said no, or the person did there.
    Declined(String),
    /// The answer does not belong to a sign-in that began in this browser, or it came too late or twice.
    Stale,
    /// The clocks of hub and provider are apart.
    Clock(String),
    /// What the provider has sent does not hold.
    Invalid(String),
    /// Nobody has invited this person.
    Unknown(String),
    /// The address is not verified, or there is none.
    Unverified(String),
    /// The address is of another domain.
    Domain(String),
    /// Another login of the provider is linked to this address.
    Taken(String),
    /// An admin has suspended the person.
    Suspended(String),
}

impl Refusal {
    /// For the audit log and for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "oidc-unreachable",
            Self::Declined(_) => "oidc-declined",
            Self::Stale => "oidc-stale",
            Self::Clock(_) => "oidc-clock",
            Self::Invalid(_) => "oidc-invalid",
            Self::Unknown(_) => "oidc-unknown",
            Self::Unverified(_) => "oidc-unverified",
            Self::Domain(_) => "oidc-domain",
            Self::Taken(_) => "oidc-taken",
            Self::Suspended(_) => "oidc-suspended",
        }
    }

    /// What is particular to the case, for the log.
    pub fn detail(&self) -> &str {
        match self {
            Self::Stale => "no sign-in that began in this browser",
            Self::Unreachable(text)
            | Self::Declined(text)
            | Self::Clock(text)
            | Self::Invalid(text)
            | Self::Unknown(text)
            | Self::Unverified(text)
            | Self::Domain(text)
            | Self::Taken(text)
            | Self::Suspended(text) => text,
        }
    }

    /// For the person.
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => {
                "Your organisation's sign-in does not answer. Try again in a minute; if it stays so, tell whoever runs this hub."
            }
            Self::Declined(_) => {
                "Your organisation's sign-in said no, or you left it. Try again, or ask its help desk."
            }
            Self::Stale => {
                "This sign-in began elsewhere, took too long or was used before. Please begin again."
            }
            Self::Clock(_) => {
                "The clocks of this hub and of your organisation's sign-in differ. Tell whoever runs this hub to compare them."
            }
            Self::Invalid(_) => {
                "Your organisation's sign-in sent an answer that does not hold. Tell whoever runs this hub."
            }
            Self::Unknown(_) => {
                "You are not known here. Ask an admin of the account for an invitation to your e-mail address."
            }
            Self::Unverified(_) => {
                "Your organisation's sign-in does not vouch for your e-mail address. Have the address verified there."
            }
            Self::Domain(_) => "Your e-mail address is not of a domain that may sign in here.",
            Self::Taken(_) => {
                "Your e-mail address belongs to another login of your organisation here. An admin has to unlink that one first."
            }
            Self::Suspended(_) => {
                "Your access is suspended. Ask an admin of your account to let you in again."
            }
        }
    }

    /// HTTP status of the page that says so.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unreachable(_) => 503,
            Self::Clock(_) | Self::Invalid(_) => 502,
            _ => 403,
        }
    }
}
