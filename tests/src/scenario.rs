//! What a scenario is, and what it is given: a directory, a timeline, machines that are looked after.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::screen::{self, Picture};
use crate::timeline::Timeline;
use crate::vm::{Config, Disk, Vm};
use crate::wait::{secs, wait_for};
use crate::{fixtures, paths};

/// A scenario under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A test of the whole system.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Names its directory too.
    pub name: &'static str,
    /// One sentence: what holds when it passes.
    pub about: &'static str,
    /// The one architecture that it is for; without it, it is for all.
    pub only_on: Option<&'static str>,
    /// The test.
    pub run: for<'a> fn(&'a Context) -> Running<'a>,
}

impl std::fmt::Debug for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What a running scenario has.
#[derive(Debug)]
pub struct Context {
    /// Its own directory, empty at the start; stays after the end.
    pub directory: PathBuf,
    timeline: Mutex<Timeline>,
    vm: Mutex<Option<Arc<Vm>>>,
    pictures: AtomicUsize,
}

impl Context {
    /// Empties `target/<group>/<name>` (`target/<name>` without a group) and starts the clock.
    pub fn new(group: &str, name: &str) -> Result<Self> {
        let directory =
            if group.is_empty() { paths::of_arch(name) } else { paths::of_arch(group).join(name) };
        if directory.exists() {
            std::fs::remove_dir_all(&directory).with_context(|| directory.display().to_string())?;
        }
        std::fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
        Ok(Self {
            directory,
            timeline: Mutex::default(),
            vm: Mutex::default(),
            pictures: AtomicUsize::new(1),
        })
    }

    /// A disk just as the factory wrote it.
    pub async fn disk(&self) -> Result<Disk> {
        Disk::fresh(&self.directory.join("disk.qcow2")).await
    }

    /// Switches a machine on. It is the one whose journal is kept when the scenario fails.
    pub async fn boot(&self, config: &Config, disk: &Disk) -> Result<Arc<Vm>> {
        let vm = Arc::new(Vm::start(config, disk, &self.directory).await?);
        *lock(&self.vm) = Some(Arc::clone(&vm));
        self.note("power on");
        Ok(vm)
    }

    /// The machine that was switched on last.
    pub fn vm(&self) -> Option<Arc<Vm>> {
        lock(&self.vm).clone()
    }

    /// Writes into the timeline what happened just now.
    pub fn note(&self, what: &str) -> f64 {
        self.note_with_guest(what, None)
    }

    /// The same, with the guest's own time of it.
    pub fn note_with_guest(&self, what: &str, guest_seconds: Option<f64>) -> f64 {
        lock(&self.timeline).add(what, guest_seconds)
    }

    /// Takes a picture of the screen and keeps it under `name`.
    pub async fn picture(&self, vm: &Vm, name: &str) -> Result<(Picture, PathBuf)> {
        let number = self.pictures.fetch_add(1, Ordering::Relaxed);
        let path = self.directory.join(format!("{number:02}-{name}.png"));
        vm.screenshot(&path).await?;
        Ok((Picture::read(&path)?, path))
    }

    /// Takes a picture that is not kept.
    pub async fn glance(&self, vm: &Vm) -> Result<Picture> {
        let path = self.glance_path();
        vm.screenshot(&path).await?;
        Picture::read(&path)
    }

    /// Waits until the screen shows each of `texts` at once; answers all that it says. Keeps the picture.
    pub async fn screen_shows(&self, vm: &Vm, texts: &[&str], limit: Duration) -> Result<String> {
        let text = wait_for(&format!("{texts:?} on the screen"), limit, async || {
            let text = async {
                vm.screenshot(&self.glance_path()).await?;
                screen::read_text(&self.glance_path()).await
            };
            let text = text.await.map_err(|error| format!("{error:#}"))?;
            if texts.iter().all(|wanted| screen::says(&text, wanted)) { Ok(text) } else { Err(text) }
        })
        .await?;
        self.picture(vm, "text").await?;
        Ok(text)
    }

    /// Waits until the screen shows any of the fixtures; answers its name.
    pub async fn screen_plays(&self, vm: &Vm, limit: Duration) -> Result<&'static str> {
        self.wait_for_fixture(vm, limit, |_| true).await
    }

    /// Waits until the screen has shown every fixture: it plays the playlist, not just one picture.
    pub async fn screen_plays_all(&self, vm: &Vm, limit: Duration) -> Result<()> {
        let mut seen: Vec<&str> = Vec::new();
        while seen.len() < fixtures::ALL.len() {
            let name = self
                .wait_for_fixture(vm, limit, |name| !seen.contains(&name))
                .await
                .with_context(|| format!("so far only {seen:?} played"))?;
            self.note(&format!("plays {name}"));
            self.picture(vm, "plays").await?;
            seen.push(name);
        }
        Ok(())
    }

    async fn wait_for_fixture(
        &self,
        vm: &Vm,
        limit: Duration,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<&'static str> {
        wait_for("content on the screen", limit, async || {
            let picture = self.glance(vm).await.map_err(|error| format!("{error:#}"))?;
            match fixtures::on(&picture) {
                Some(fixture) if wanted(fixture.name) => Ok(fixture.name),
                Some(fixture) => Err(fixture.name.to_owned()),
                None => Err(format!("a picture of {:?} without content", picture.size())),
            }
        })
        .await
    }

    /// Ends the scenario: writes the timeline and, when it failed, all that helps to find out why. The machine
    /// is switched off.
    pub async fn finish(&self, failed: bool) -> Result<()> {
        let vm = lock(&self.vm).take();
        if let Some(vm) = vm {
            if failed {
                self.keep_evidence(&vm).await;
            }
            vm.power_cut().await?;
        }
        for name in ["disk.qcow2", "stick.img", "glance.png"] {
            let path = self.directory.join(name);
            if path.exists() && !(failed && name == "stick.img") {
                std::fs::remove_file(path)?;
            }
        }
        lock(&self.timeline).write(&self.directory.join("timeline.json"))
    }

    /// As much as can be had of it: a machine that failed may not answer any more.
    async fn keep_evidence(&self, vm: &Vm) {
        if let Ok((_, path)) = self.picture(vm, "failed").await
            && let Ok(text) = screen::read_text(&path).await
        {
            self.note(&format!("failed; the screen says: {text}"));
        }
        if let Ok(status) = vm.status().await {
            self.note(&format!("failed; {status:?}"));
        }
        let logs = async { Ok([("journal.txt", vm.journal().await?), ("events.txt", vm.events().await?)]) };
        match tokio::time::timeout(secs(60), logs).await.map_err(anyhow::Error::from).flatten() {
            Ok(logs) => {
                for (name, text) in logs {
                    if let Err(error) = std::fs::write(self.directory.join(name), text) {
                        self.note(&format!("{name} could not be kept: {error}"));
                    }
                }
            }
            Err(error) => {
                self.note(&format!("the journal could not be read: {error:#}"));
            }
        }
    }

    fn glance_path(&self) -> PathBuf {
        Path::new(&self.directory).join("glance.png")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
