//! A Raspberry Pi 3 as far as QEMU plays one: processor, card, mailbox and serial line. Linux finds no USB and no
//! display on it, so it is talked to by the serial line alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::process::{Child, Command};

use crate::wait::{secs, wait_for};
use crate::{paths, process};

/// A board that is switched on. Dropping it pulls the plug.
#[derive(Debug)]
pub struct Pi {
    process: Child,
    keys: OwnedWriteHalf,
    /// What U-Boot and Linux wrote.
    console: PathBuf,
}

impl Pi {
    /// Switches on a board with a card in it. The log of its serial line, `serial.log`, begins anew in `directory`.
    pub async fn start(card: &Path, directory: &Path) -> Result<Self> {
        let (console, socket) = (directory.join("serial.log"), directory.join("serial.sock"));
        for file in [&console, &socket] {
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
        let image = paths::image();
        let mut command = Command::new("qemu-system-aarch64");
        command.args(["-nodefaults", "-no-user-config", "-display", "none", "-machine", "raspi3b"]);
        command.arg("-kernel").arg(image.join("u-boot.bin")).arg("-dtb").arg(image.join("pi3.dtb"));
        command.args(["-drive", &format!("file={},if=sd,format=raw", card.display())]);
        let (path, log) = (socket.display(), console.display());
        let line = format!("socket,id=console,path={path},server=on,wait=off,logfile={log}");
        // The first line is Bluetooth's.
        command.args(["-chardev", &line, "-serial", "null", "-serial", "chardev:console"]);
        let process = process::start(&mut command, &directory.join("qemu.log"))?;
        let stream = wait_for("the serial line", secs(10), async || {
            UnixStream::connect(&socket).await.map_err(|error| error.to_string())
        });
        let (mut read, keys) = stream.await?.into_split();
        // The log has it already; a line that nobody reads would stop the board.
        tokio::spawn(async move { tokio::io::copy(&mut read, &mut tokio::io::sink()).await });
        Ok(Self { process, keys, console })
    }

    /// Waits until `text` has been written `times` times since the power came.
    pub async fn says(&self, text: &str, times: usize, limit: Duration) -> Result<()> {
        wait_for(&format!("{text:?} on the serial line"), limit, async || {
            let seen = read(&self.console);
            let enough = seen.matches(text).count() >= times;
            if enough { Ok(()) } else { Err(seen.lines().last().unwrap_or_default().to_owned()) }
        })
        .await
    }

    /// Runs a command in the shell on the serial line, which has to succeed, and answers what it wrote.
    pub async fn run(&mut self, command: &str, limit: Duration) -> Result<String> {
        let before = read(&self.console).len();
        // What is typed comes back as well, there without a number.
        self.keys.write_all(format!("{command}; echo \"[$?]END\"\n").as_bytes()).await?;
        let (text, code) = wait_for(command, limit, async || {
            let text = read(&self.console).split_off(before);
            let end = text.match_indices("]END").find_map(|(end, _)| {
                let (output, code) = text[..end].rsplit_once('[')?;
                Some((output.to_owned(), code.parse::<u8>().ok()?))
            });
            end.ok_or(text)
        })
        .await?;
        ensure!(code == 0, "{command}: exit {code}: {text}");
        Ok(text.split_once('\n').map_or(String::new(), |(_, output)| output.replace('\r', "")))
    }

    /// Pulls the plug.
    pub async fn power_cut(mut self) -> Result<()> {
        self.process.kill().await.context("cannot kill QEMU")
    }
}

/// ASCII, so that a place in it stays one.
fn read(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    bytes.into_iter().map(|byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()
}
