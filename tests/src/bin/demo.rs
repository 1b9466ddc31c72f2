//! The whole story in one command: an empty hub, a stick made for it, a screen fresh from the factory, and
//! what happens until content plays. Results lie in `target/demo/`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use signage_protocol::bus::Phase;
use signage_tests::paths;
use signage_tests::scenario::Context;
use signage_tests::screen::read_text;
use signage_tests::site::{HOSTNAME, Site};
use signage_tests::vm::{Config, Vm};
use signage_tests::wait::{secs, wait_for};

/// Hub, stick and screen, from nothing to playing content.
#[derive(Debug, Parser)]
struct Arguments {
    /// End when content plays, instead of running until Ctrl-C.
    #[arg(long)]
    once: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let context = Context::new("", "demo")?;
    let site = Site::new(&context.directory).await.context("cannot set up the hub")?;
    site.hub.start().await?;
    say(&format!("hub          {}", site.hub.local_url()));
    say(&format!("sign in      {}   {}", site.account.email, site.account.password));

    let result = tokio::select! {
        result = follow(&context, &site) => result,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    if let Err(error) = &result {
        explain(&context, error).await;
    } else if !arguments.once {
        say("It goes on playing; Ctrl-C ends it.");
        tokio::signal::ctrl_c().await?;
    }
    context.finish(result.is_err()).await?;
    site.hub.stop().await?;
    Ok(if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// From power-on to content. Each phase is a line, a picture and an entry of the timeline.
async fn follow(context: &Context, site: &Site) -> Result<()> {
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    say(&format!("serial log   {}", context.directory.join("serial.log").display()));

    wait_for("a status screen", secs(120), async || {
        let picture = context.glance(&vm).await.map_err(|error| format!("{error:#}"))?;
        let shown = picture.size() == vm.screen_size() && !picture.is_blank();
        if shown { Ok(()) } else { Err(format!("an empty picture of {:?}", picture.size())) }
    })
    .await?;
    let status = vm.started.elapsed().as_secs_f64();
    context.picture(&vm, "status").await?;
    vm.agent_ready(secs(120)).await?;
    phase(context, "first status frame", status, logged(&vm, "first status frame").await?);

    let seconds = reached(&vm, "settings applied").await?;
    let hostname = vm.run(&["hostname"]).await?;
    anyhow::ensure!(hostname.trim() == HOSTNAME, "the settings are applied, but the host name is {hostname}");
    context.picture(&vm, "settings").await?;
    phase(context, "settings applied", seconds, logged(&vm, "settings applied").await?);

    let seconds = reached(&vm, "enrolled").await?;
    context.picture(&vm, "enrolled").await?;
    phase(context, "enrolled", seconds, logged(&vm, "enrolled").await?);

    let name = context.screen_plays(&vm, secs(120)).await?;
    let seconds = vm.started.elapsed().as_secs_f64();
    context.picture(&vm, "content").await?;
    phase(context, "first content frame", seconds, logged(&vm, "first content frame").await?);
    let status = vm.status().await?;
    anyhow::ensure!(status.phase() == Phase::Authorized, "{name} plays, but {status:?}");
    context.screen_plays_all(&vm, secs(60)).await?;
    let line =
        format!("playing      \"{}\", device {}, {}", status.device_name, status.device_id, status.address);
    say(&line);
    Ok(())
}

/// Waits until the guest has logged `text`; answers how long after power-on that was seen.
async fn reached(vm: &Vm, text: &str) -> Result<f64> {
    wait_for(text, secs(120), async || match vm.logged(text).await {
        Ok(Some(_)) => Ok(vm.started.elapsed().as_secs_f64()),
        Ok(None) => {
            Err(vm.status().await.map_or_else(|error| format!("{error:#}"), |status| format!("{status:?}")))
        }
        Err(error) => Err(format!("{error:#}")),
    })
    .await
}

async fn logged(vm: &Vm, text: &str) -> Result<f64> {
    vm.logged(text).await?.with_context(|| format!("the guest did not log \"{text}\""))
}

fn phase(context: &Context, what: &str, host: f64, guest: f64) {
    context.note_with_guest(what, Some(guest));
    say(&format!("{what:22}{guest:6.1} s after the kernel started   ({host:.1} s after power on)"));
}

/// Why it did not work, as far as it can be told from outside.
async fn explain(context: &Context, error: &anyhow::Error) {
    say(&format!("failed: {error:#}"));
    if let Some(vm) = context.vm() {
        match vm.status().await {
            Ok(status) if !status.problem_code.is_empty() => {
                say(&format!("problem: {} {}", status.problem_code, status.problem_detail));
            }
            Ok(status) => say(&format!("status: {status:?}")),
            Err(error) => say(&format!("no status: {error:#}")),
        }
        if let Ok((_, path)) = context.picture(&vm, "last").await
            && let Ok(text) = read_text(&path).await
        {
            say(&format!("the screen says: {text}"));
        }
    }
    say(&format!("see {}", paths::of_arch("demo").display()));
}

fn say(line: &str) {
    println!("{line}");
}
