//! Runs the scenarios: `scenarios [TEXT]...` runs those whose name contains one of the texts.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use signage_tests::paths;
use signage_tests::scenario::{Context, Scenario};
use signage_tests::scenarios::ALL;
use signage_tests::vm::arch::Arch;

/// Longer than the sum of a scenario's own limits ever gets.
const LIMIT: Duration = Duration::from_secs(600);

/// Whole-system scenarios in virtual machines.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only scenarios whose name contains one of these.
    only: Vec<String>,
    /// Say what there is and run nothing.
    #[arg(long)]
    list: bool,
    /// Print the results as JSON instead of lines.
    #[arg(long)]
    json: bool,
    /// How many run side by side; each keeps a processor busy.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// How often to run all of it; ends with the first round that fails.
    #[arg(long, default_value_t = 1)]
    rounds: u32,
}

#[derive(Debug, Serialize)]
struct Outcome {
    name: &'static str,
    passed: bool,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let wanted = |scenario: &&Scenario| {
        scenario.only_on.is_none_or(|arch| arch == Arch::current().name)
            && (arguments.only.is_empty() || arguments.only.iter().any(|text| scenario.name.contains(text)))
    };
    let chosen: Vec<&Scenario> = ALL.iter().filter(wanted).collect();
    if arguments.list {
        for scenario in &chosen {
            println!("{:24}{}", scenario.name, scenario.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    ensure!(!chosen.is_empty(), "no such scenario on {}; --list shows them", Arch::current().name);
    let mut outcomes = Vec::new();
    for _ in 0..arguments.rounds {
        let mut running =
            stream::iter(&chosen).map(|scenario| run(scenario)).buffer_unordered(arguments.jobs);
        while let Some(outcome) = running.try_next().await? {
            if !arguments.json {
                report(&outcome);
            }
            outcomes.push(outcome);
        }
        if outcomes.iter().any(|outcome| !outcome.passed) {
            break;
        }
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.passed).count();
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&outcomes)?);
    } else {
        println!("{} passed, {failed} failed", outcomes.len() - failed);
    }
    Ok(if failed == 0 && !outcomes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a scenario; once more when it was the emulator that failed.
async fn run(scenario: &Scenario) -> Result<Outcome> {
    let outcome = attempt(scenario).await?;
    if outcome.passed || !emulator_crashed(scenario.name) {
        return Ok(outcome);
    }
    eprintln!("{}: QEMU failed a check of its own and ended; once more", scenario.name);
    attempt(scenario).await
}

/// Whether QEMU ended by an assertion in its own code, as 10.0 does now and then with several processors: that says
/// nothing of what runs inside it.
fn emulator_crashed(scenario: &str) -> bool {
    let log = paths::of_arch("scenarios").join(scenario).join("qemu.log");
    std::fs::read_to_string(log).is_ok_and(|log| log.contains(": Assertion `"))
}

async fn attempt(scenario: &Scenario) -> Result<Outcome> {
    let limit = LIMIT * Arch::current().patience;
    let start = Instant::now();
    let context = Context::new("scenarios", scenario.name)?;
    let result = tokio::time::timeout(limit, (scenario.run)(&context)).await;
    let result = result.unwrap_or_else(|_| Err(anyhow::anyhow!("not over after {} s", limit.as_secs())));
    context.finish(result.is_err()).await?;
    Ok(Outcome {
        name: scenario.name,
        passed: result.is_ok(),
        seconds: start.elapsed().as_secs_f64(),
        error: result.err().map(|error| format!("{error:#}")),
    })
}

fn report(outcome: &Outcome) {
    let verdict = if outcome.passed { "PASS" } else { "FAIL" };
    println!("{verdict} [{:6.1} s] {}", outcome.seconds, outcome.name);
    if let Some(error) = &outcome.error {
        let directory = paths::of_arch("scenarios").join(outcome.name);
        println!("  {error}\n  see {}", directory.display());
    }
}
