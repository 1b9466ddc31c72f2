//! The console in a real browser: Chromium against a hub that runs, over TLS, with screens that sign what they send.
//! `make browser ONLY=text`; pictures of every page lie in `target/browser/`.
//!
//! One browser serves all tests, one after the other; each has a hub of its own. What a test does it does by the
//! words on the page. Every page that comes up on the way is also checked for what holds for all of them.

mod chromium;
mod composing;
mod device_authorization;
mod device_tokens;
mod live;
mod pages;
mod pairing;
mod people;
mod provisioning_tokens;
mod screen;
mod site;

use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use signage_tests::paths;

use crate::chromium::Chromium;
use crate::site::Site;

/// More than any test needs.
const LIMIT: Duration = Duration::from_secs(90);

type Run = for<'a> fn(&'a Site<'a>) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// What is tested.
struct Test {
    name: &'static str,
    /// On a hub that has no account yet.
    empty: bool,
    run: Run,
}

macro_rules! test {
    ($module:ident::$name:ident) => {
        test!($module::$name, false)
    };
    ($module:ident::$name:ident, $empty:expr) => {
        Test { name: stringify!($name), empty: $empty, run: |site| Box::pin($module::$name(site)) }
    };
}

const TESTS: &[Test] = &[
    test!(people::first_run, true),
    test!(people::invitation),
    test!(people::second_step),
    test!(people::session_end),
    test!(device_tokens::device_tokens),
    test!(device_tokens::many_device_tokens),
    test!(provisioning_tokens::provisioning_tokens),
    test!(device_authorization::cloud_authorization),
    test!(device_authorization::local_authorization),
    test!(device_authorization::free_authorization),
    test!(composing::upload_to_screen),
    test!(composing::layout_editor),
    test!(composing::scheduling),
    test!(composing::overrides),
    test!(composing::approval),
    test!(live::live_state),
    test!(pairing::pairing_by_qr_code),
    test!(pairing::pairing_by_keyboard),
    test!(pairing::pairing_refused),
    test!(pairing::leaving),
    test!(pairing::transfer),
    test!(pages::without_scripts),
    test!(pages::refusals),
    test!(pages::viewer),
    test!(pages::phone),
    test!(pages::thousand_screens),
];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A test runner that lists tests finds none here: they share a browser.
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(ExitCode::SUCCESS);
    }
    let only: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = tempfile::tempdir()?;
    let key = site::certificate(tls.path()).await?;
    let chromium = Chromium::start(&key).await?;
    let (mut passed, mut failed) = (0, 0);
    for test in TESTS {
        if !only.is_empty() && !only.iter().any(|text| test.name.contains(text.as_str())) {
            continue;
        }
        let begin = Instant::now();
        let result = tokio::time::timeout(LIMIT, run(&chromium, tls.path(), test)).await;
        let result = result.unwrap_or_else(|_| Err(anyhow!("not over after {} s", LIMIT.as_secs())));
        let verdict = if result.is_ok() { "PASS" } else { "FAIL" };
        println!("{verdict} [{:6.1} s] {}", begin.elapsed().as_secs_f64(), test.name);
        match result {
            Ok(()) => passed += 1,
            Err(error) => {
                failed += 1;
                println!("  {error:#}\n  see {}", paths::target("browser").join(test.name).display());
            }
        }
    }
    chromium.stop().await?;
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(chromium: &Chromium, tls: &std::path::Path, test: &Test) -> Result<()> {
    let site = Site::new(chromium, tls, paths::target("browser").join(test.name), test.empty).await?;
    let result = (test.run)(&site).await;
    if result.is_err() {
        // What it looked like when it went wrong.
        let _ = site.picture("failed").await;
    }
    let wrong = site.finish().await;
    match (result, wrong) {
        (Err(error), Err(wrong)) => Err(error.context(format!("{wrong}\n "))),
        (Err(error), Ok(())) => Err(error),
        (Ok(()), wrong) => wrong,
    }
}
