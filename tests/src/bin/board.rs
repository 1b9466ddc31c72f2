//! Runs the unit and integration tests of the workspace in a virtual machine of another architecture: `board [TEXT]...`
//! runs those test programs whose name contains one of the texts. They are compiled here and run there, in the root of
//! the device with a writable layer over it, the tools of `tests/board-tools`, and the checkout at the place where it
//! lies here. Ends with "N passed, N failed".

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use serde_json::Value;
use signage_tests::paths;
use signage_tests::vm::arch::Arch;
use signage_tests::vm::{Config, Disk, Vm};
use signage_tests::wait::secs;
use tokio::process::Command;

/// The unit and integration tests of the workspace on an emulated board.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only test programs whose name, `package: program`, contains one of these.
    only: Vec<String>,
    /// Only tests whose name contains one of these.
    #[arg(last = true)]
    tests: Vec<String>,
}

/// Tests that drive Chromium, which shows the same pages on any processor.
const NOT_HERE: &str = "browser";

/// A test of what the hub manages within the time that it gives a request, in which this board cannot do it.
const TOO_SLOW: [&str; 2] = ["--skip", "ten_thousand_tokens_in_one_request"];

/// How libtest ends when it has come to the end of all tests and some failed.
const TESTS_FAILED: i64 = 101;

/// A program with tests.
#[derive(Debug)]
struct Program {
    path: PathBuf,
    /// Where cargo would start it.
    directory: PathBuf,
}

/// $1 is the checkout. Everything that is written stays in memory; the root and the checkout are only read.
const PREPARE: &str = r#"
set -e
board=/run/board
mkdir -p $board
mount -t tmpfs -o mode=0755,size=75% board $board
mkdir $board/tools $board/checkout $board/root
mount -o ro /dev/disk/by-label/tools $board/tools
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=1048576 checkout $board/checkout
# What to write over, and where it is seen.
over() {
  mkdir -p "$2" $board/over/$3 $board/work/$3
  mount -t overlay -o "lowerdir=$1,upperdir=$board/over/$3,workdir=$board/work/$3" board "$2"
}
over $board/tools:/ $board/root root
for name in dev proc sys run; do mount --rbind /$name $board/root/$name; done
mkdir -p -m 1777 $board/root/tmp $board/root/var/tmp
over $board/checkout "$board/root$1" checkout
# No network is up that would answer for it.
echo '127.0.0.1 localhost' >>$board/root/etc/hosts
"#;

/// $1 is where to be; the program and its arguments, which may take an hour, follow. The home is there for what keeps
/// caches.
const RUN: &str = r#"exec chroot /run/board/root /bin/sh -c '
cd "$1" && shift && HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin exec timeout 3600 "$@" 2>&1' sh "$@""#;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let arch = Arch::current();
    ensure!(
        !arch.is_native(),
        "SIGNAGE_ARCH does not name another architecture; `make unit` is for this one"
    );
    let mut programs = compile().await?;
    programs.retain(|program| {
        arguments.only.is_empty() || arguments.only.iter().any(|text| name(program).contains(text))
    });
    ensure!(!programs.is_empty(), "no such test program");

    let directory = paths::of_arch("board");
    std::fs::create_dir_all(&directory)?;
    let disk = Disk::fresh(&directory.join("disk.qcow2")).await?;
    let config = Config {
        memory: 3072,
        disks: vec![paths::target(&arch.name).join("tools.img")],
        share: Some(paths::top().to_owned()),
        ..Config::default()
    };
    let vm = Vm::start(&config, &disk, &directory).await?;
    vm.booted(secs(120)).await?;
    let checkout = paths::top().to_string_lossy();
    vm.run(&["/bin/sh", "-c", PREPARE, "sh", &checkout]).await.context("the root for the tests")?;

    let (mut passed, mut failed) = (0, 0);
    for program in &programs {
        let mut outcome = run(&vm, program, &arguments.tests).await?;
        let mut report = outcome.text.clone();
        // Not of one that crashed: what it had not come to would never be run.
        let alone = if outcome.code == TESTS_FAILED { outcome.failed.clone() } else { Vec::new() };
        if !alone.is_empty() {
            // Some tests have to do with time, and this board is slow when it has more than one thing to do.
            let strictly = ["--exact", "--test-threads=1"].map(str::to_owned);
            let again = run(&vm, program, &[&strictly[..], &alone].concat()).await?;
            report += &again.text;
            outcome.passed += again.passed;
            (outcome.failed, outcome.code) = (again.failed, again.code);
        }
        // One that fails without saying which test did has failed all the same.
        let bad = outcome.failed.len().max(usize::from(outcome.code != 0));
        let verdict = if bad == 0 { "PASS" } else { "FAIL" };
        println!("{verdict} {:4} passed {bad:3} failed  {}", outcome.passed, name(program));
        for test in alone.iter().filter(|test| !outcome.failed.contains(test)) {
            println!("  passed only when it ran alone: {test}");
        }
        if bad > 0 {
            println!("{report}");
        }
        passed += outcome.passed;
        failed += bad;
    }
    vm.power_cut().await?;
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Compiles all tests and answers the programs they are in.
async fn compile() -> Result<Vec<Program>> {
    let mut cargo = Command::new(paths::top().join("tools/cross"));
    cargo.args([&Arch::current().name, "test", "--workspace", "--no-run"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let output = cargo.current_dir(paths::top()).stderr(Stdio::inherit()).output().await?;
    ensure!(output.status.success(), "the tests do not compile for {}", Arch::current().target);
    let messages = String::from_utf8(output.stdout)?;
    Ok(messages.lines().filter_map(program).collect())
}

/// The test program that a message of cargo tells of.
fn program(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    let test = message["profile"]["test"] == true;
    let path = message["executable"].as_str().filter(|_| test && message["target"]["name"] != NOT_HERE)?;
    let manifest = PathBuf::from(message["manifest_path"].as_str()?);
    Some(Program { path: path.into(), directory: manifest.parent()?.to_owned() })
}

/// The file name without cargo's number at its end.
fn name(program: &Program) -> String {
    let package = program.directory.file_name().unwrap_or_default().to_string_lossy();
    let file = program.path.file_name().unwrap_or_default().to_string_lossy();
    format!("{package}: {}", file.rsplit_once('-').map_or(&*file, |(name, _)| name))
}

/// What came of a run of a program.
struct Outcome {
    text: String,
    code: i64,
    passed: usize,
    /// The names of these tests.
    failed: Vec<String>,
}

async fn run(vm: &Vm, program: &Program, tests: &[String]) -> Result<Outcome> {
    let (path, within) = (program.path.to_string_lossy(), program.directory.to_string_lossy());
    let mut command = vec!["/bin/sh", "-c", RUN, "sh", &*within, &*path];
    command.extend(tests.iter().map(String::as_str).chain(TOO_SLOW));
    let output = vm.try_run(&command).await?;
    let text = output.stdout + &output.stderr;
    let failed: Vec<String> = of_verdict(&text, " ... FAILED").map(str::to_owned).collect();
    Ok(Outcome { code: output.code, passed: of_verdict(&text, " ... ok").count(), failed, text })
}

/// The tests that libtest said this of.
fn of_verdict<'a>(text: &'a str, verdict: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.strip_prefix("test ")?.strip_suffix(verdict))
}
