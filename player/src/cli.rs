//! The command line.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use signage_protocol::bus::Phase;
use signage_protocol::problem::Code;

use crate::app;
use crate::bus::BusAddress;
use crate::display::{Display, Headless, write_png};
use crate::frame::Size;
use crate::scene::{Painter, ProblemView, StatusView};

/// Shows the status of this device and its content on the screen.
#[derive(Debug, Parser)]
#[command(name = "signage-player", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Verb>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Take the screen and play; the default.
    Run(RunArgs),
    /// Draw a status screen into a PNG file.
    RenderStatus(RenderArgs),
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Where pictures go.
    #[arg(long, value_enum, default_value_t = Backend::Drm)]
    backend: Backend,
    /// Size of a headless screen.
    #[arg(long, default_value = "1280x720")]
    size: Size,
    /// Headless: write a PNG here whenever something else comes on the screen.
    #[arg(long, value_name = "DIR")]
    dump: Option<PathBuf>,
    /// Where content is kept.
    #[arg(long, value_name = "DIR", default_value = "/var/lib/signage-player")]
    store: PathBuf,
    /// system, session, or a D-Bus address.
    #[arg(long, value_name = "BUS", default_value = "system")]
    bus: BusAddress,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Backend {
    /// A real screen.
    Drm,
    /// Memory.
    Headless,
}

#[derive(Debug, Args)]
struct RenderArgs {
    /// Such as network or authorized.
    #[arg(long, value_parser = parse_phase)]
    phase: Phase,
    /// Such as TOK-001.
    #[arg(long, value_name = "CODE")]
    problem: Option<Code>,
    /// What is particular to the problem.
    #[arg(long, default_value = "", requires = "problem")]
    detail: String,
    /// Seconds to the next try.
    #[arg(long, value_name = "SECONDS", requires = "problem")]
    retry_in: Option<u64>,
    /// What is being done.
    #[arg(long)]
    progress: Option<String>,
    /// Name of the screen.
    #[arg(long, default_value = "")]
    name: String,
    /// IP address.
    #[arg(long, default_value = "")]
    address: String,
    /// URL of the hub.
    #[arg(long, default_value = "")]
    hub: String,
    /// Thumbprint of the device's key.
    #[arg(long, default_value = "")]
    device_id: String,
    /// Size of the picture.
    #[arg(long, default_value = "1280x720")]
    size: Size,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Cli {
    /// Does what was asked for.
    pub fn execute(self) -> anyhow::Result<()> {
        match self.command.unwrap_or(Verb::Run(self.run)) {
            Verb::Run(args) => args.execute(),
            Verb::RenderStatus(args) => args.execute(),
        }
    }
}

impl RunArgs {
    fn execute(self) -> anyhow::Result<()> {
        let display = match self.backend {
            Backend::Drm => {
                if self.dump.is_some() {
                    bail!("--dump needs --backend headless");
                }
                Display::Drm(Box::default())
            }
            Backend::Headless => {
                let headless = Headless::new(self.size);
                Display::Headless(match self.dump {
                    Some(directory) => {
                        std::fs::create_dir_all(&directory)
                            .with_context(|| format!("cannot create {}", directory.display()))?;
                        headless.dump_to(directory)
                    }
                    None => headless,
                })
            }
        };
        app::run(app::Options { display, store: self.store, bus: self.bus })
    }
}

impl RenderArgs {
    fn execute(self) -> anyhow::Result<()> {
        let view = StatusView {
            phase: self.phase,
            device_name: self.name,
            address: self.address,
            hub: self.hub,
            device_id: self.device_id,
            progress: self.progress,
            problem: self.problem.map(|code| ProblemView::new(code, self.detail, self.retry_in)),
        };
        let (frame, _) = Painter::default().paint(&view, self.size).context("cannot draw at this size")?;
        write_png(&self.out, &frame).with_context(|| format!("cannot write {}", self.out.display()))
    }
}

fn parse_phase(text: &str) -> Result<Phase, String> {
    Phase::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Phase::ALL.iter().map(|phase| phase.as_str()).collect();
        format!("a phase is one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["signage-player"]);
        assert!(cli.command.is_none());
        assert_eq!(cli.run.store, PathBuf::from("/var/lib/signage-player"));
        let cli =
            Cli::parse_from(["signage-player", "run", "--backend", "headless", "--bus", "unix:path=/x"]);
        assert!(matches!(cli.command, Some(Verb::Run(RunArgs { bus: BusAddress::Address(_), .. }))));
    }
}
