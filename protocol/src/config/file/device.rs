//! The group `device`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the screen is called and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Device {
    /// Name on the hub and on the screen, 1 to 100 characters on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Foyer"]))]
    pub name: Option<String>,
    /// Where it hangs, 1 to 100 characters on one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line", "x-since" = "0.1", "examples" = ["Berlin, ground floor"]))]
    pub location: Option<String>,
    /// Host name on the network (RFC 1123): letters, digits and hyphens, at most 63.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "hostname", "x-since" = "0.1", "examples" = ["foyer-1"]))]
    pub hostname: Option<String>,
    /// Time zone (IANA). Schedules follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "timezone", "x-since" = "0.1", "examples" = ["Europe/Berlin"]))]
    pub timezone: Option<String>,
    /// Language and country of dates, numbers and messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "locale", "x-since" = "0.1", "examples" = ["de_DE.UTF-8"]))]
    pub locale: Option<String>,
    /// Keyboard layout (X11 name), for maintenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "keyboard", "x-since" = "0.1", "examples" = ["de"]))]
    pub keyboard: Option<String>,
    /// Labels by which the operator finds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 64)))]
    #[schemars(extend("x-since" = "0.1", "examples" = [["ground-floor", "menu"]]))]
    pub tags: Vec<String>,
}
