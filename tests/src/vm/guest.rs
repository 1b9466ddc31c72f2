//! Questions to the system inside a machine.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};
use signage_protocol::bus::{self, Status};

use super::Vm;

const OURS: &[&str] = &["SYSLOG_IDENTIFIER=signage-player", "SYSLOG_IDENTIFIER=signage-provisioner"];

impl Vm {
    /// Names of the units that failed.
    pub async fn failed_units(&self) -> Result<Vec<String>> {
        let text = self
            .run(&["systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager"])
            .await?;
        Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }

    /// The journal of this boot as text, with monotonic times.
    pub async fn journal(&self) -> Result<String> {
        self.run(&["journalctl", "--boot", "--no-pager", "--output=short-monotonic"]).await
    }

    /// What our programs logged in this boot, with the fields that the text of the journal leaves out.
    pub async fn events(&self) -> Result<String> {
        let output =
            self.run(&[&["journalctl", "--boot", "--no-pager", "--output=json"], OURS].concat()).await?;
        Ok(output.lines().filter_map(event).collect())
    }

    /// Seconds from the start of the kernel to the first message that contains `text`, by the guest's clock.
    pub async fn logged(&self, text: &str) -> Result<Option<f64>> {
        let grep = format!("--grep={text}");
        let arguments = ["journalctl", "--boot", "--no-pager", "--output=json", "--case-sensitive=no", &grep];
        let output = self.try_run(&[&arguments[..], OURS].concat()).await?;
        let Some(line) = output.stdout.lines().next() else {
            return Ok(None);
        };
        let entry: Value = serde_json::from_str(line).context("journalctl's answer")?;
        let micros = entry["__MONOTONIC_TIMESTAMP"].as_str().and_then(|text| text.parse::<f64>().ok());
        Ok(micros.map(|micros| micros / 1e6))
    }

    /// What the provisioner says of itself on the system bus.
    pub async fn status(&self) -> Result<Status> {
        let call = ["busctl", "--json=short", "--timeout=5", "call", bus::SERVICE, bus::PATH];
        let text = self
            .run(&[&call[..], &["org.freedesktop.DBus.Properties", "GetAll", "s", bus::INTERFACE]].concat())
            .await?;
        let answer: Value = serde_json::from_str(&text).context("busctl's answer")?;
        let properties = answer["data"][0].as_object().context("busctl answered no properties")?;
        let plain = properties.iter().map(|(name, value)| (name.clone(), value["data"].clone())).collect();
        read_status(&Value::Object(plain)).context("the provisioner's properties")
    }
}

/// The status type reads D-Bus variants; here the values come as plain JSON.
fn read_status(properties: &Value) -> Option<Status> {
    let text = |name: &str| properties[name].as_str().map(str::to_owned);
    Some(Status {
        generation: properties["Generation"].as_u64()?,
        phase: text("Phase")?,
        device_id: text("DeviceId")?,
        device_name: text("DeviceName")?,
        address: text("Address")?,
        hub: text("Hub")?,
        problem_code: text("ProblemCode")?,
        problem_detail: text("ProblemDetail")?,
        retry_at: properties["RetryAt"].as_u64()?,
        verdict_note: text("VerdictNote")?,
    })
}

/// One line for an entry of the journal: time, program, message, fields.
fn event(line: &str) -> Option<String> {
    let entry: Map<String, Value> = serde_json::from_str(line).ok()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let seconds = text("__MONOTONIC_TIMESTAMP").parse::<f64>().ok()? / 1e6;
    let fields = entry.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("F_")?.to_lowercase();
        Some(format!(" {name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    });
    let fields: String = fields.collect();
    Some(format!("[{seconds:10.3}] {} {}{fields}\n", text("SYSLOG_IDENTIFIER"), text("MESSAGE")))
}
