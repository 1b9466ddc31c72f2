//! The group `display`: one entry per output.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How one output is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Display {
    /// Resolution, with an optional refresh rate in hertz. Without it, what the display prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "mode", "x-since" = "0.1", "examples" = ["1920x1080@60"]))]
    pub mode: Option<String>,
    /// Rotation of the picture, in degrees clockwise.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(extend("enum" = [0, 90, 180, 270], "x-since" = "0.1", "examples" = [90]))]
    pub rotation: u16,
    /// Margin on every side, in per cent, for displays that cut the edges off.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(max = 10), extend("x-since" = "0.1", "examples" = [3]))]
    pub overscan: u16,
    /// Where sound goes.
    #[serde(default)]
    #[schemars(extend("x-since" = "0.1", "examples" = ["none"]))]
    pub audio: Audio,
    /// When the display is on. Without it, always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), extend("x-since" = "0.1"))]
    pub power: Vec<PowerWindow>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u16) -> bool {
    *value == 0
}

/// Where the sound of an output goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Audio {
    #[default]
    Auto,
    Hdmi,
    Analog,
    None,
}

/// Hours in which a display is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct PowerWindow {
    /// Days of the week. Without it, every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 7), extend("x-since" = "0.1", "examples" = [["mon", "tue"]]))]
    pub days: Vec<Day>,
    /// Local time at which it goes on.
    #[schemars(extend("format" = "time-of-day", "x-since" = "0.1", "examples" = ["08:00"]))]
    pub on: String,
    /// Local time at which it goes off; earlier than `on` means the next morning.
    #[schemars(extend("format" = "time-of-day", "x-since" = "0.1", "examples" = ["20:00"]))]
    pub off: String,
}

/// Day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}
