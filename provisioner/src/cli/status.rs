//! `signage-provisioner status`: where this screen stands.

use std::collections::BTreeMap;

use signage_protocol::bus::{INTERFACE, PATH, SERVICE, Status};
use zbus::Connection;
use zbus::names::InterfaceName;

/// Asks the running daemon and prints its answer.
pub(super) async fn show(json: bool) -> anyhow::Result<()> {
    let bus = Connection::system().await?;
    let properties =
        zbus::fdo::PropertiesProxy::builder(&bus).destination(SERVICE)?.path(PATH)?.build().await?;
    let all = properties.get_all(InterfaceName::from_static_str(INTERFACE)?).await?;
    let text =
        |name: &str| all.get(name).and_then(|value| value.downcast_ref::<String>().ok()).unwrap_or_default();
    let number =
        |name: &str| all.get(name).and_then(|value| value.downcast_ref::<u64>().ok()).unwrap_or_default();
    let status = Status {
        generation: number("Generation"),
        phase: text("Phase"),
        device_id: text("DeviceId"),
        device_name: text("DeviceName"),
        address: text("Address"),
        hub: text("Hub"),
        problem_code: text("ProblemCode"),
        problem_detail: text("ProblemDetail"),
        retry_at: number("RetryAt"),
        verdict_note: text("VerdictNote"),
    };
    let call = bus.call_method(Some(SERVICE), PATH, Some(INTERFACE), "GetSettings", &()).await?;
    let settings: BTreeMap<String, String> = call.body().deserialize()?;
    if json {
        let document = serde_json::json!({
            "formatVersion": 1,
            "phase": status.phase,
            "deviceId": status.device_id,
            "deviceName": status.device_name,
            "address": status.address,
            "hub": status.hub,
            "problemCode": status.problem_code,
            "problemDetail": status.problem_detail,
            "retryAt": status.retry_at,
            "verdictNote": status.verdict_note,
            "settings": settings,
        });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    let line = |name: &str, value: &str| println!("{name:<10}{}", if value.is_empty() { "-" } else { value });
    line("phase", &status.phase);
    line("name", &status.device_name);
    line("device", &status.device_id);
    line("address", &status.address);
    line("hub", &status.hub);
    if let Some(code) = status.problem() {
        println!("\n{code}  {}\n         {}", code.cause(), code.action());
        if !status.problem_detail.is_empty() {
            println!("         {}", status.problem_detail);
        }
    }
    if !status.verdict_note.is_empty() {
        println!("\nNo verdict was left on the stick: {}", status.verdict_note);
    }
    if !settings.is_empty() {
        println!("\nsettings in force");
        let width = settings.keys().map(String::len).max().unwrap_or_default();
        settings.iter().for_each(|(pointer, origin)| println!("  {pointer:<width$}  {origin}"));
    }
    Ok(())
}
