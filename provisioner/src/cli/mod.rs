//! The command line: one file per command.
//!
//! Exit codes: 0 done or valid, 1 could not be done, 2 the provisioning file is invalid, 64 wrong usage.

mod check;
mod status;
mod stick;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use signage_protocol::Secret;

use crate::daemon::{self, Options};
use crate::sources;

/// Exit code for wrong usage (sysexits.h, `EX_USAGE`); clap's own 2 means "invalid file" here.
pub const USAGE: u8 = 64;

/// Provisions a signage screen: settings, network, enrolment, authorization.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done or valid, 1 could not be done, 2 invalid file, 64 wrong usage.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon (what the system service does).
    ///
    /// Besides sticks it takes, highest first: the flags below, the variables SIGNAGE_PROVISION_TOKEN and
    /// SIGNAGE_PROVISION_FILE, the systemd credentials of the same names, and the boot partition.
    Run {
        /// Where the key and the state are kept.
        #[arg(long, env = "STATE_DIRECTORY", default_value = "/var/lib/signage-provisioner")]
        state: PathBuf,
        /// Where sticks are mounted.
        #[arg(long, env = "RUNTIME_DIRECTORY", default_value = "/run/signage-provisioner")]
        runtime: PathBuf,
        /// Where the boot partition is mounted; a provisioning file there counts like one on a stick.
        #[arg(long, default_value = "/boot")]
        boot: PathBuf,
        /// Token that enrols this screen. Others see arguments: prefer a file, a variable or a credential.
        #[arg(long = "provisionToken", value_name = "TOKEN")]
        provision_token: Option<Secret>,
        /// Provisioning file.
        #[arg(long = "provisionFile", value_name = "PATH")]
        provision_file: Option<PathBuf>,
    },
    /// Show where this screen stands.
    Status {
        /// Machine-readable.
        #[arg(long)]
        json: bool,
    },
    /// Make a stick: format a removable device or a new image file, write the provisioning file, verify it.
    Stick(Box<stick::Arguments>),
    /// Check a provisioning file or a stick, on any Linux machine.
    Check {
        /// The file; `-` reads standard input.
        #[arg(required_unless_present = "stick")]
        file: Option<PathBuf>,
        /// A stick with the file on it, or an image of one, in place of the file.
        #[arg(long, value_name = "DEVICE|IMAGE", conflicts_with = "file")]
        stick: Option<PathBuf>,
        /// Machine-readable.
        #[arg(long)]
        json: bool,
    },
}

impl Cli {
    /// Does what was asked for.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Run { state, runtime, boot, provision_token, provision_file } => {
                let sources = sources::named(provision_token, provision_file, |name| std::env::var_os(name));
                daemon::run(Options { state, runtime, boot, sources }).await?;
            }
            Command::Status { json } => status::show(json).await?,
            Command::Stick(arguments) => return arguments.make(),
            Command::Check { file, stick, json } => {
                return check::check(file.as_deref(), stick.as_deref(), json);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
