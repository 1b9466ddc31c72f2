//! Sets the process up and hands over to the command line.

use std::process::ExitCode;

use clap::Parser as _;
use signage_provisioner::arguments;
use signage_provisioner::cli::{Cli, USAGE};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments = arguments::take();
    log();
    // Fails only when it is called twice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.execute().await {
        Ok(code) => code,
        Err(error) => {
            // The journal has its own form; a person gets one line.
            if std::env::var_os("JOURNAL_STREAM").is_some() {
                tracing::error!("{error:#}");
            } else {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

/// To the journal with fields when systemd started us, else to the terminal.
fn log() {
    let filter = EnvFilter::try_from_env("SIGNAGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let journal = std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok());
    let layer = match journal {
        Some(journal) => journal.boxed(),
        None => tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
}
