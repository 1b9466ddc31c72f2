//! Settings that come from somewhere else than a stick.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use signage_protocol::config::SIGNATURE_NAME;
use signage_protocol::problem::Code;

use crate::scenario::Context;
use crate::site::{FILE, Site};
use crate::stick::Stick;
use crate::vm::{Config, Vm};
use crate::wait::{secs, wait_for};

/// The factory put everything but the token on the boot partition, the hypervisor gives the token as a
/// credential, and a stick renames and locks the screen later. A restart changes nothing.
pub async fn ranked(context: &Context) -> Result<()> {
    let mut site = Site::new(&context.directory).await?;
    site.hub.start().await?;
    let token = site.file.as_object_mut().and_then(|file| file.remove("provisionToken"));
    let token = token.as_ref().and_then(Value::as_str).context("the hub gave no provisioning token")?;
    let disk = context.disk().await?;
    disk.put_on_boot(FILE, &serde_json::to_vec(&site.file)?, &context.directory).await?;
    let credentials = vec![("SIGNAGE_PROVISION_TOKEN".to_owned(), token.to_owned())];
    let vm = context.boot(&Config { credentials, ..Config::default() }, &disk).await?;
    context.screen_plays(&vm, secs(120)).await?;
    context.note("content plays without a stick");
    vm.agent_ready(secs(60)).await?;
    came_from(&vm, "/device/name", "boot partition").await?;
    came_from(&vm, "/hub", "boot partition").await?;
    let log = vm.journal().await?;
    ensure!(!log.contains(token), "the token is in the journal");

    let rename = json!({ "version": 1, "device": { "name": "Window" }, "lock": true });
    let stick =
        Stick::fat32().file(FILE, rename.to_string()).build(&context.directory.join("stick.img")).await?;
    let stick = vm.plug_stick(&stick).await?;
    came_from(&vm, "/device/name", "stick SIGNAGE (sda)").await?;
    came_from(&vm, "/device/timezone", "boot partition").await?;
    vm.unplug_stick(&stick).await?;
    locked(context, &vm, &site).await?;

    vm.reboot(secs(120)).await?;
    context.screen_plays(&vm, secs(90)).await?;
    came_from(&vm, "/device/name", "stick SIGNAGE (sda)").await
}

/// A locked screen takes the file of a stick only with its account's signature.
async fn locked(context: &Context, vm: &Vm, site: &Site) -> Result<()> {
    let file = context.directory.join("unlock.json");
    let now = "2026-11-20T10:00:00Z";
    let unlock = json!({ "version": 1, "issuedAt": now, "lock": false, "device": { "location": "Hall" } });
    std::fs::write(&file, unlock.to_string())?;
    let bytes = std::fs::read(&file)?;
    let stick = Stick::fat32().file(FILE, bytes.clone());
    let unsigned = stick.clone().build(&context.directory.join("unsigned.img")).await?;
    let unsigned = vm.plug_stick(&unsigned).await?;
    wait_for("a refusal", secs(30), async || match vm.status().await {
        Ok(status) if status.problem() == Some(Code::CfgUnsigned) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await?;
    vm.unplug_stick(&unsigned).await?;
    let signature = site.hub.sign(&site.account, &file).await?;
    let signed = stick.file(SIGNATURE_NAME, signature).build(&context.directory.join("signed.img")).await?;
    let signed = vm.plug_stick(&signed).await?;
    came_from(vm, "/device/location", "stick SIGNAGE (sda)").await?;
    vm.unplug_stick(&signed).await?;
    context.note("the lock holds and opens");
    let status = vm.status().await?;
    ensure!(status.problem_code.is_empty(), "{status:?}");
    Ok(())
}

/// Waits until the screen says that a setting came from `origin`.
async fn came_from(vm: &Vm, pointer: &str, origin: &str) -> Result<()> {
    wait_for(&format!("{pointer} from {origin}"), secs(30), async || {
        let text = vm.run(&["signage-provisioner", "status", "--json"]).await;
        let text = text.map_err(|error| format!("{error:#}"))?;
        let status: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if status["settings"][pointer] == origin { Ok(()) } else { Err(status["settings"].to_string()) }
    })
    .await
}
