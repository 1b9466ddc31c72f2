//! The commands. Each works on the data directory, also while the server runs.

mod account;
mod alert;
mod api_token;
mod audit;
mod backup;
mod ca;
mod code;
mod command;
mod content;
mod content_folder;
mod device;
mod drafts;
mod failure;
mod group;
mod operator;
mod outlook;
mod output;
mod playlist;
mod publish;
mod records;
mod screen;
mod serve;
mod shelf;
mod token;

use std::path::PathBuf;

use clap::{Command as Program, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use self::drafts::Noun;
use crate::vault::key;

const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  failed; the cause is on standard error\n  \
                          2  the command line is wrong\n  3  what was named does not exist\n  \
                          4  it exists already, or something else has to come first\n  \
                          5  the key of the hub's secrets is not there (KEY-001) or is another (KEY-002)";

/// The hub of Signage: accounts, tokens, screens and content.
#[derive(Debug, Parser)]
#[command(name = "signage-hub", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Directory that holds everything the hub keeps; made when it does not exist.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SIGNAGE_HUB_DATA_DIR",
        default_value = "/var/lib/signage-hub"
    )]
    data_dir: PathBuf,
    /// File with the key of the hub's secrets, when it is not `secret.key` in that directory.
    #[arg(long, global = true, value_name = "FILE", env = "SIGNAGE_HUB_SECRET_KEY")]
    secret_key: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until SIGTERM or SIGINT.
    Serve(serve::Serve),
    /// Print the CA certificate that devices and browsers must trust.
    Ca,
    /// Make and list accounts, and set passwords.
    #[command(subcommand)]
    Account(account::Command),
    /// Invite, list, suspend and remove the people of an account, and change what they may do.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Make groups of people, and say what they may do in which folders.
    #[command(subcommand)]
    Group(group::Command),
    /// Make, list and revoke enrolment tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Make, list and revoke the tokens by which programs use the API.
    #[command(subcommand)]
    ApiToken(api_token::Command),
    /// Make, list and cancel authorization codes, and say which accounts need them.
    #[command(subcommand)]
    Code(code::Command),
    /// List, pair, rename and delete screens, and withdraw their authorization.
    #[command(subcommand)]
    Device(device::Command),
    /// Add, list, move and remove images and videos.
    #[command(subcommand)]
    Content(content::Command),
    /// Make, change and list playlists.
    #[command(subcommand)]
    Playlist(playlist::Command),
    /// Make, change and list drafts of layouts.
    #[command(subcommand)]
    Layout(drafts::LayoutCommand),
    /// Make, change and list named times for the schedule.
    #[command(subcommand)]
    Timeblock(drafts::Command),
    /// Make, change and list drafts of schedule entries.
    #[command(subcommand)]
    Schedule(drafts::ScheduleCommand),
    /// Bring drafts to the screens, approve, go back, and write sticks.
    #[command(subcommand)]
    Publish(publish::Command),
    /// Show something above all.
    #[command(subcommand)]
    Override(publish::OverrideCommand),
    /// Say what people are told of and how, and list alerts.
    #[command(subcommand)]
    Alert(alert::Command),
    /// Show who did what, and what was refused.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Copy everything the hub keeps to a new directory, also while the server runs.
    Backup(backup::Backup),
    /// Make the data directory of a hub from a backup, after checking that it is whole.
    Restore(backup::Restore),
}

/// Reads the command line; what is wrong with it ends the process with the exit code 2.
pub fn arguments() -> Cli {
    let matches = with_negative_numbers(Cli::command()).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// A number below zero is a value that is refused with the reason, and not an option that nobody knows.
fn with_negative_numbers(program: Program) -> Program {
    let program = program.mut_subcommands(with_negative_numbers);
    program.mut_args(|argument| {
        let takes = argument.get_action().takes_values();
        if takes { argument.allow_negative_numbers(true) } else { argument }
    })
}

/// Does what the command line says; answers the exit code.
pub async fn run(cli: Cli) -> u8 {
    let data_dir = &cli.data_dir;
    if let Some(path) = cli.secret_key {
        key::choose(path);
    }
    let result = match cli.command {
        Command::Serve(command) => command.run(data_dir).await,
        Command::Ca => ca::run(data_dir).await,
        Command::Account(command) => command.run(data_dir).await,
        Command::Operator(command) => command.run(data_dir).await,
        Command::Group(command) => command.run(data_dir).await,
        Command::Token(command) => command.run(data_dir).await,
        Command::ApiToken(command) => command.run(data_dir).await,
        Command::Code(command) => command.run(data_dir).await,
        Command::Device(command) => command.run(data_dir).await,
        Command::Content(command) => command.run(data_dir).await,
        Command::Playlist(command) => command.run(data_dir).await,
        Command::Layout(command) => command.run(data_dir).await,
        Command::Timeblock(command) => command.run(Noun::TimeBlock, data_dir).await,
        Command::Schedule(command) => command.run(data_dir).await,
        Command::Publish(command) => command.run(data_dir).await,
        Command::Override(command) => command.run(data_dir).await,
        Command::Alert(command) => command.run(data_dir).await,
        Command::Audit(command) => command.run(data_dir).await,
        Command::Backup(command) => command.run(data_dir).await,
        Command::Restore(command) => command.run(data_dir).await,
    };
    match result {
        Ok(()) => 0,
        Err(error) if failure::is_over(&error) => 0,
        Err(error) => {
            eprintln!("{}", failure::text(&error, data_dir));
            failure::exit_code(&error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
