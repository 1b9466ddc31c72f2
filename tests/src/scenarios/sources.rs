//! Settings that come from somewhere else than a stick.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::scenario::Context;
use crate::site::{FILE, Site};
use crate::stick::Stick;
use crate::vm::{Config, Vm};
use crate::wait::{secs, wait_for};

/// The factory put everything but the token on the boot partition, the hypervisor gives the token as a
/// credential, and a stick renames the screen later. A restart changes nothing.
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

    let rename = json!({ "version": 1, "device": { "name": "Window" } });
    let stick =
        Stick::fat32().file(FILE, rename.to_string()).build(&context.directory.join("stick.img")).await?;
    let stick = vm.plug_stick(&stick).await?;
    came_from(&vm, "/device/name", "stick SIGNAGE (sda)").await?;
    came_from(&vm, "/device/timezone", "boot partition").await?;
    vm.unplug_stick(&stick).await?;

    vm.reboot(secs(120)).await?;
    context.screen_plays(&vm, secs(90)).await?;
    came_from(&vm, "/device/name", "stick SIGNAGE (sda)").await
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
