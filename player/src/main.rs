//! The player's process: reads the command line, sets the log up, hands over.

use clap::Parser as _;
use signage_player::{cli::Cli, log};

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    log::init();
    cli.execute()
}
