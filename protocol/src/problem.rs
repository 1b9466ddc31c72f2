//! The catalogue of everything that can be wrong with a screen: a stable code, one sentence of cause, one of
//! action.
//!
//! The sentences are read by an installer three metres away, so they are short and free of jargon; what is
//! particular to the case (a line number, an address) goes into [`Problem::detail`]. Codes are never reused.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $cause:literal, $action:literal;)+) => {
        /// A stable problem code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as people and machines write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// One sentence: what is wrong.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause),+ }
            }

            /// One sentence: what to do.
            pub const fn action(self) -> &'static str {
                match self { $(Self::$name => $action),+ }
            }
        }
    };
}

catalogue! {
    /// Nothing has told this device who it belongs to.
    UsbNone = "USB-001", "This screen has not been set up yet.",
        "Plug in a USB stick that holds the file telemetry_config.json.";
    /// A stick without the file.
    UsbNoFile = "USB-002", "The USB stick holds no telemetry_config.json.",
        "Copy the file to the top folder of the stick and plug it in again.";
    /// A file system that is not FAT32, FAT16 or exFAT.
    UsbFilesystem = "USB-003", "The format of the USB stick cannot be read.",
        "Format the stick as FAT32, copy the file again and plug it in.";
    /// The medium fails while reading.
    UsbRead = "USB-004", "The USB stick could not be read.",
        "Plug the stick in again; if this stays, use another stick.";
    /// More than 1 MiB.
    UsbTooLarge = "USB-005", "The file telemetry_config.json is larger than 1 MiB.",
        "Download the file from the hub again and copy it to the stick.";
    /// Two sticks with different files.
    UsbDisagree = "USB-006", "Two USB sticks hold different settings.",
        "Remove the stick that does not belong to this screen.";

    /// Not JSON.
    CfgSyntax = "CFG-001", "The provisioning file is not valid JSON.",
        "Correct the place shown and plug the stick in again.";
    /// JSON, but a value of the wrong type or out of range.
    CfgValue = "CFG-002", "The provisioning file holds a value that is not allowed.",
        "Correct the place shown and plug the stick in again.";
    /// Something necessary is missing.
    CfgMissing = "CFG-003", "The provisioning file lacks a necessary field.",
        "Add the field shown and plug the stick in again.";
    /// Two fields contradict each other.
    CfgConflict = "CFG-004", "Two settings in the provisioning file contradict each other.",
        "Correct the place shown and plug the stick in again.";
    /// Made for a newer device.
    CfgVersion = "CFG-005", "The provisioning file is of a version that this screen does not know.",
        "Update the screen, or download the file for version 1.";
    /// Not UTF-8.
    CfgEncoding = "CFG-006", "The provisioning file is not UTF-8 text.",
        "Save the file as UTF-8 and plug the stick in again.";
    /// A field that this version does not know: a warning.
    CfgUnknown = "CFG-007", "The provisioning file holds a field that this screen does not know.",
        "Check the spelling of the field shown.";
    /// An enrolled screen met the file of somebody else.
    CfgForeign = "CFG-008", "The stick belongs to another account or hub than this screen.",
        "Remove the stick, or set \"replace\": true in its file to move the screen.";

    /// Valid, but this version does not do it: a warning.
    CfgUnsupported = "CFG-009", "The provisioning file asks for something that this screen cannot do yet.",
        "Update the screen; everything else in the file is in force.";

    /// `only` names other boards.
    CfgScope = "CFG-010", "The provisioning file is meant for other screens.",
        "Use the stick that was made for this screen.";
    /// `expiresAt` has passed.
    CfgExpired = "CFG-011", "The provisioning file has expired.",
        "Make a new file on the hub and put it on the stick.";
    /// A locked screen met a file without its account's signature.
    CfgUnsigned = "CFG-012", "This screen accepts only files that its account has signed.",
        "Sign the file on the hub and put the file and its signature on the stick.";
    /// `--provisionFile`, an environment variable or a credential names a file that cannot be read.
    CfgUnreadable = "CFG-013", "A provisioning file that the system names cannot be read.",
        "Correct the path that the service of the provisioner gives.";

    /// No link on the interface.
    NetCarrier = "NET-001", "No network cable is connected.",
        "Connect the network cable and check the socket or switch.";
    /// DHCP gave nothing.
    NetLease = "NET-002", "The network gives this screen no address.",
        "Check the router, or put a fixed address into the provisioning file.";
    /// NetworkManager refused the profile.
    NetRefused = "NET-003", "The network settings could not be applied.",
        "Correct the network settings in the provisioning file.";
    /// The name of the hub cannot be resolved.
    NetDns = "NET-004", "The name of the hub was not found.",
        "Check the hub address and the DNS servers of this network.";

    /// Certificates cannot be checked.
    ClkWrong = "CLK-001", "The clock of this screen is wrong and cannot be set.",
        "Allow time synchronisation (NTP) in the firewall.";

    /// The hub's certificate is not trusted.
    TlsUntrusted = "TLS-001", "The certificate of the hub is not trusted.",
        "Put the hub's CA certificate into the provisioning file.";

    /// No connection to the hub.
    HubUnreachable = "HUB-001", "The hub does not answer.",
        "Check the hub address, the cable and the firewall. This screen keeps trying.";
    /// The hub, or something in its place, answers with an error.
    HubError = "HUB-002", "The hub answers with an error.",
        "Tell your administrator. This screen keeps trying.";
    /// Too many requests.
    HubBusy = "HUB-003", "The hub is busy.",
        "Nothing to do. This screen tries again by itself.";
    /// `hub.publicKey` of the file is not the key of the account that took the screen.
    HubAccount = "HUB-004", "The hub holds another account than the provisioning file names.",
        "Check the address of the hub and hub.publicKey in the provisioning file.";

    /// The hub does not know the token, or it was mistyped.
    TokUnknown = "TOK-001", "The hub does not know the token of this screen.",
        "Make a new token on the hub and put it on the stick.";
    /// Revoked.
    TokRevoked = "TOK-002", "The token of this screen was revoked.",
        "Make a new token on the hub and put it on the stick.";
    /// Expired.
    TokExpired = "TOK-003", "The token of this screen has expired.",
        "Make a new token on the hub and put it on the stick.";
    /// A device token that another device used.
    TokUsed = "TOK-004", "The token has already been used for another screen.",
        "Make a token for this screen on the hub.";
    /// The account's limit of screens is reached.
    TokFull = "TOK-005", "The account has no room for more screens.",
        "Remove a screen on the hub, or have the limit of the account raised.";

    /// Enrolled, but nobody allowed it to play.
    AutPending = "AUT-001", "This screen waits for permission to play.",
        "Authorize the screen on the hub.";
    /// The permission ended.
    AutExpired = "AUT-002", "The permission to play has expired.",
        "Renew the authorization of this screen on the hub.";
    /// A signed document that does not hold.
    AutInvalid = "AUT-003", "The permission to play is not valid for this screen.",
        "Authorize the screen on the hub again.";
    /// A bearer token that is missing, wrong or expired.
    AutToken = "AUT-004", "The access token is missing or no longer valid.",
        "Nothing to do. The screen gets a new one by itself.";

    /// An empty playlist.
    PlyEmpty = "PLY-001", "There is nothing to play.",
        "Add content to the default playlist on the hub.";
    /// Download fails.
    PlyDownload = "PLY-002", "Content could not be downloaded.",
        "Check the connection to the hub. This screen keeps trying.";
    /// Nothing in the playlist can be shown.
    PlyDecode = "PLY-003", "Content could not be played.",
        "Check the files in the playlist on the hub.";
    /// No content of that name.
    PlyNotFound = "PLY-004", "The content is not on the hub.",
        "Publish the playlist again.";

    /// A request to the hub's API without a valid API token or session.
    ApiSignIn = "API-001", "The request does not say who asks.",
        "Send a valid API token, or sign in.";
    /// A role that does not include what was asked for.
    ApiForbidden = "API-002", "Whoever asks may not do this.",
        "Ask an administrator of the account.";
    /// Input that cannot be right.
    ApiInvalid = "API-003", "The request holds something that is not allowed.",
        "Correct what the detail names and send it again.";
    /// Not there, or of another account.
    ApiNotFound = "API-004", "What was asked for does not exist.",
        "Check the id; it may have been deleted.";
    /// Something else is there already, or has changed meanwhile.
    ApiConflict = "API-005", "The request does not fit to what is there.",
        "Read it again and decide anew.";

    /// The hub does not start: its secrets are sealed, and it has no key.
    KeyMissing = "KEY-001", "The key of the hub's secrets is not there.",
        "Put the file secret.key back where the hub looks for it.";
    /// The hub does not start: its secrets are sealed with another key.
    KeyForeign = "KEY-002", "The key does not open the hub's secrets.",
        "Use the secret.key that belongs to this database.";

    /// /data cannot be written.
    HwStorage = "HW-001", "The storage of this screen cannot be written.",
        "Replace the SD card or the drive.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is no code of this catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a problem code")]
pub struct UnknownCode(String);

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProblemCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({
            "type": "string",
            "description": "Code of the catalogue. Codes are never reused; there will be more.",
            "enum": codes,
        })
    }
}

/// Something is wrong on this device right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which entry of the catalogue.
    pub code: Code,
    /// This case: `line 7, column 3`, `no answer from 10.0.0.1:443`. Never a secret.
    pub detail: Option<String>,
}

impl Problem {
    /// A problem with what is particular to it.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: Some(detail.into()).filter(|text| !text.is_empty()) }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, detail: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.code.cause())?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_well_formed_and_parse_back() {
        let mut seen = std::collections::BTreeSet::new();
        for &code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} twice");
            let (family, number) = text.split_once('-').unwrap();
            assert!(
                ["USB", "CFG", "NET", "CLK", "TLS", "HUB", "TOK", "AUT", "PLY", "API", "UPD", "HW", "KEY"]
                    .contains(&family)
            );
            assert!(number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()), "{text}");
            assert_eq!(text.parse(), Ok(code));
        }
    }

    #[test]
    fn every_sentence_is_one_that_can_be_read_from_three_metres() {
        for &code in Code::ALL {
            for sentence in [code.cause(), code.action()] {
                assert!(sentence.ends_with('.'), "{code}: {sentence}");
                assert!(sentence.len() <= 90, "{code}: {sentence}");
            }
        }
    }
}
