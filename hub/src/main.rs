//! Process set-up of `signage-hub`: logging, runtime, exit code. Everything else is in the library.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use signage_hub::cli::{arguments, run};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = arguments();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    ExitCode::from(run(cli).await)
}
