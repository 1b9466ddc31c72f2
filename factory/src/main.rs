//! Sets the process up and hands over to the command line.

use std::process::ExitCode;

use clap::Parser as _;
use signage_factory::cli::{Cli, FAILED, REFUSED, USAGE};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.execute() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => {
            eprintln!("{}", error.report());
            ExitCode::from(REFUSED)
        }
    }
}
