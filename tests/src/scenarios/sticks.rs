//! The corpus of sticks on a real screen, and sticks that fail while they are used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use signage_protocol::bus::Status;
use signage_protocol::problem::Code;
use signage_protocol::verdict;

use crate::scenario::Context;
use crate::sticks::disk::SparseDisk;
use crate::sticks::spec::{File, Fs, Stick, Volume};
use crate::sticks::volume::Traits;
use crate::sticks::{self, Case, build};
use crate::vm::{Config, Vm};
use crate::wait::{secs, wait_for};
use crate::{screen, stick};

/// From plugging a stick in to its verdict: the kernel takes the most of it.
const VERDICT: Duration = secs(30);
/// Cycles of plugging in and pulling out.
const CYCLES: u64 = 100;

/// Each case of the corpus that names texts: the stick is plugged in, the bus and the screen tell the verdict,
/// the stick is pulled out again.
pub async fn corpus(context: &Context) -> Result<()> {
    let vm = fresh(context).await?;
    let mut wrong = Vec::new();
    let cases =
        in_order(sticks::load()?.into_iter().map(|(_, case)| case).filter(|case| !case.screen.is_empty()));
    for case in &cases {
        if let Err(error) = play(context, &vm, case).await {
            context.note(&format!("{}: {error:#}", case.name));
            wrong.push(format!("{}: {error:#}", case.name));
        }
    }
    context.note(&format!("{} cases, {} exact", cases.len(), cases.len() - wrong.len()));
    ensure!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    nothing_left(&vm).await?;
    tidy(context)
}

/// Cases with the same code never follow each other, so that a new verdict can be told from the one before.
fn in_order(cases: impl Iterator<Item = Case>) -> Vec<Case> {
    let mut left: Vec<Case> = cases.collect();
    let mut ordered: Vec<Case> = Vec::new();
    while !left.is_empty() {
        let last = ordered.last().map(|case| case.code);
        // Of those that may follow, one of the code that is there most often.
        let count = |code| left.iter().filter(|case| case.code == code).count();
        let next = (0..left.len())
            .filter(|at| Some(left[*at].code) != last)
            .max_by_key(|at| (count(left[*at].code), left.len() - at));
        ordered.push(left.remove(next.unwrap_or(0)));
    }
    ordered
}

async fn play(context: &Context, vm: &Vm, case: &Case) -> Result<()> {
    let mut plugged = Vec::new();
    let mut images = Vec::new();
    for (index, stick) in case.sticks().iter().enumerate() {
        images.push(dump(context, &build(stick, &case.name)?, &format!("{}-{index}", case.name))?);
    }
    for image in &images {
        plugged.push(vm.plug_stick(image).await?);
    }
    let result = verdict_is_shown(context, vm, case).await;
    for id in &plugged {
        vm.unplug_stick(id).await?;
    }
    result
}

async fn verdict_is_shown(context: &Context, vm: &Vm, case: &Case) -> Result<()> {
    wait_for("the verdict on the bus", VERDICT, async || match vm.status().await {
        Ok(status) if is_verdict(&status, case) => Ok(()),
        Ok(status) => {
            Err(format!("{} {:?} {:?}", status.problem_code, status.problem_detail, status.device_name))
        }
        Err(error) => Err(format!("{error:#}")),
    })
    .await?;
    // The player draws what the bus says within a moment.
    let picture = context.directory.join(format!("{}.png", case.name));
    wait_for("the verdict on the screen", secs(15), async || {
        let text = async {
            vm.screenshot(&picture).await?;
            screen::read_text(&picture).await
        };
        let text = text.await.map_err(|error| format!("{error:#}"))?;
        let missing: Vec<_> = case.screen.iter().filter(|wanted| !screen::says(&text, wanted)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("without {missing:?}: {text}")) }
    })
    .await
}

/// Whether the bus says what the case wants; of a file that was taken, that the screen is called like it.
fn is_verdict(status: &Status, case: &Case) -> bool {
    match case.code {
        Some(code) => {
            status.problem_code == code.as_str()
                && status.problem_detail.contains(case.detail.as_deref().unwrap_or_default())
        }
        None => status.device_name == case.name && status.problem_code == Code::UsbNone.as_str(),
    }
}

/// Sticks that fail: sectors that cannot be read, a switch against writing, no room.
pub async fn faults(context: &Context) -> Result<()> {
    let vm = fresh(context).await?;
    let file = |fs, size| {
        let content = sticks::content::Content { pad: size, ..Default::default() };
        let files = Some(vec![File { content, traits: Traits::default(), name: None }]);
        Volume { fs, files, ..Volume::default() }
    };

    let disk = of(file(Fs::Fat32, Some(3000)), "worn")?;
    let image = dump(context, &disk, "worn")?;
    let sectors = sectors_of(&image, b"{\"version\":1")?;
    let id = vm.plug_worn_stick(&image, sectors).await?;
    let code = Code::UsbRead;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), code.action()], secs(60)).await?;
    context.note("a worn-out stick is named");
    vm.unplug_stick(&id).await?;

    let image = dump(context, &of(file(Fs::Fat32, None), "protected")?, "protected")?;
    let before = std::fs::read(&image)?;
    let id = vm.plug_protected_stick(&image).await?;
    taken(&vm, "protected", |status| status.verdict_note.contains("write-protected")).await?;
    vm.unplug_stick(&id).await?;
    ensure!(std::fs::read(&image)? == before, "a write-protected stick was written to");
    context.note("a write-protected stick is taken");

    let full = Volume { full: true, ..file(Fs::Fat32, None) };
    let image = dump(context, &of(full, "full")?, "full")?;
    let id = vm.plug_stick(&image).await?;
    taken(&vm, "full", |status| status.verdict_note.contains("full")).await?;
    vm.unplug_stick(&id).await?;
    ensure!(stick::verdict(&image).await?.is_none(), "a verdict on a full stick");
    let listing =
        crate::process::output(tokio::process::Command::new("mdir").arg("-i").arg(&image).arg("::")).await?;
    let listing = String::from_utf8_lossy(&listing).to_lowercase();
    ensure!(!listing.contains("result"), "something was left on a full stick: {listing}");
    context.note("a full stick is taken, and nothing is left on it");

    // Both kinds of file system are written to by the kernel, so ours have to be real.
    for (fs, name) in [(Fs::Fat16, "writable-fat"), (Fs::Exfat, "writable-exfat")] {
        let image = dump(context, &of(file(fs, None), name)?, name)?;
        let id = vm.plug_stick(&image).await?;
        taken(&vm, name, |status| status.verdict_note.is_empty()).await?;
        wait_for("a verdict on the stick", secs(20), async || {
            let bytes = std::fs::read(&image).map_err(|error| error.to_string())?;
            let name: Vec<u8> = verdict::FILE_NAME[..13].encode_utf16().flat_map(u16::to_le_bytes).collect();
            let there = bytes.windows(name.len()).any(|window| window == name)
                || bytes.windows(9).any(|window| window == b"\"outcome\"");
            if there { Ok(()) } else { Err("none".to_owned()) }
        })
        .await?;
        vm.unplug_stick(&id).await?;
        context.note(&format!("{name}: the verdict is on the stick"));
    }
    nothing_left(&vm).await?;
    tidy(context)
}

/// A hundred fast cycles of plugging in and pulling out leave no mount, no open file, no dead process behind,
/// and the next stick works.
pub async fn storm(context: &Context) -> Result<()> {
    let vm = fresh(context).await?;
    let good = dump(context, &of(Volume::default(), "storm")?, "storm")?;
    let broken = Volume { files: Some(vec![]), ..Volume::default() };
    let bad = dump(context, &of(broken, "empty")?, "empty")?;
    // Once before, so that what is opened for the first stick of all does not count.
    let id = vm.plug_stick(&good).await?;
    taken(&vm, "storm", |_| true).await?;
    vm.unplug_stick(&id).await?;
    nothing_left(&vm).await?;
    let before = open_files(&vm).await?;
    context.note(&format!("{before} open files before"));

    for cycle in 0..CYCLES {
        let id = vm.plug_stick(if cycle % 2 == 0 { &good } else { &bad }).await?;
        // Pulled at every stage: before the kernel sees it, while it is read, while the verdict is written.
        tokio::time::sleep(Duration::from_millis(cycle * 37 % 700)).await;
        vm.unplug_stick(&id).await?;
    }
    context.note(&format!("{CYCLES} cycles"));

    wait_for("nothing left behind", secs(60), async || {
        let left = async {
            nothing_left(&vm).await?;
            let now = open_files(&vm).await?;
            ensure!(now <= before, "{now} open files, {before} before");
            Ok(())
        };
        left.await.map_err(|error: anyhow::Error| format!("{error:#}"))
    })
    .await?;
    let last =
        dump(context, &of(Volume { fs: Fs::Exfat, ..Volume::default() }, "after-storm")?, "after-storm")?;
    let id = vm.plug_stick(&last).await?;
    taken(&vm, "after-storm", |_| true).await?;
    context.screen_shows(&vm, &["after-storm"], secs(20)).await?;
    vm.unplug_stick(&id).await?;
    context.note("a good stick still works");
    let failed = vm.failed_units().await?;
    ensure!(failed.is_empty(), "failed units: {failed:?}");
    let restarts = vm.run(&["systemctl", "show", "--property=NRestarts", "--value", PROVISIONER]).await?;
    ensure!(restarts.trim() == "0", "the provisioner was restarted {restarts} times");
    tidy(context)
}

const PROVISIONER: &str = "signage-provisioner";

/// A screen just unpacked, which asks for a stick.
async fn fresh(context: &Context) -> Result<std::sync::Arc<Vm>> {
    let vm = context.boot(&Config::default(), &context.disk().await?).await?;
    vm.booted(secs(120)).await?;
    context.screen_shows(&vm, &[Code::UsbNone.as_str()], secs(60)).await?;
    context.note("the screen asks for a stick");
    Ok(vm)
}

/// Waits until the file of the stick called `name` is in force.
async fn taken(vm: &Vm, name: &str, and: impl Fn(&Status) -> bool) -> Result<Status> {
    wait_for(&format!("the file of {name}"), VERDICT, async || match vm.status().await {
        Ok(status) if status.device_name == name && and(&status) => Ok(status),
        Ok(status) => Err(format!("{status:?}")),
        Err(error) => Err(format!("{error:#}")),
    })
    .await
}

/// No mount of a stick, neither for the system nor for the daemon, and no dead child.
async fn nothing_left(vm: &Vm) -> Result<()> {
    let pid = daemon(vm).await?;
    for path in ["/proc/self/mounts".to_owned(), format!("/proc/{pid}/mounts")] {
        let mounts = vm.run(&["cat", &path]).await?;
        let left: Vec<&str> =
            mounts.lines().filter(|line| line.contains("/run/signage-provisioner/")).collect();
        ensure!(left.is_empty(), "{path}: {left:?}");
    }
    let processes = vm.run(&["ps", "-e", "-o", "stat=,ppid=,comm="]).await?;
    let dead: Vec<&str> = processes.lines().filter(|line| line.starts_with('Z')).collect();
    ensure!(dead.is_empty(), "zombies: {dead:?}");
    Ok(())
}

async fn open_files(vm: &Vm) -> Result<usize> {
    let pid = daemon(vm).await?;
    Ok(vm.run(&["ls", &format!("/proc/{pid}/fd")]).await?.lines().count())
}

async fn daemon(vm: &Vm) -> Result<String> {
    let pid = vm.run(&["systemctl", "show", "--property=MainPID", "--value", PROVISIONER]).await?;
    Ok(pid.trim().to_owned())
}

fn of(volume: Volume, name: &str) -> Result<SparseDisk> {
    build(&Stick { volumes: vec![volume], ..Stick::default() }, name)
}

fn dump(context: &Context, disk: &SparseDisk, name: &str) -> Result<PathBuf> {
    let folder = context.directory.join("images");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{name}.img"));
    disk.dump(&path).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// Images are kept only of what went wrong.
fn tidy(context: &Context) -> Result<()> {
    std::fs::remove_dir_all(context.directory.join("images")).context("images")
}

/// The sectors of an image in which something lies, by its first bytes.
fn sectors_of(image: &Path, start: &[u8]) -> Result<std::ops::Range<u64>> {
    let bytes = std::fs::read(image)?;
    let at = bytes.chunks(512).position(|sector| sector.starts_with(start)).context("it is not there")?;
    Ok(at as u64..at as u64 + 1)
}
