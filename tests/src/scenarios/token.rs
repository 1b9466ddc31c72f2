//! Tokens that the hub does not take.

use anyhow::{Result, ensure};
use serde_json::json;
use signage_protocol::problem::Code;
use signage_protocol::token::{Kind, RANDOM_BYTES};
use signage_protocol::verdict::Outcome;

use crate::scenario::Context;
use crate::site::Site;
use crate::vm::Config;
use crate::wait::{holds_for, secs};

/// A well-formed token that the hub has never seen is explained, and not tried again and again.
pub async fn unknown(context: &Context) -> Result<()> {
    let mut site = Site::new(&context.directory).await?;
    site.file["provisionToken"] = json!(Kind::Provisioning.encode(&[0x5a; RANDOM_BYTES]).expose());
    site.hub.start().await?;
    let config = Config { sticks: vec![site.stick().await?], ..Config::default() };
    let vm = context.boot(&config, &context.disk().await?).await?;
    let code = Code::TokUnknown;
    context.screen_shows(&vm, &[code.as_str(), code.cause(), code.action()], secs(120)).await?;
    context.note("the screen explains it");
    let verdict = site.verdict_is(Outcome::Waiting).await?;
    ensure!(verdict.problem.is_some_and(|problem| problem.code == code), "the verdict has another problem");

    let refused = site.hub.enrolments().await?;
    let by_code = refused.iter().all(|enrolment| enrolment.refused.as_deref() == Some(code.as_str()));
    ensure!(!refused.is_empty() && by_code, "{refused:?}");
    holds_for("at most 3 enrolments in a minute", secs(60), async || {
        let count = site.hub.enrolments().await.map_err(|error| format!("{error:#}"))?.len();
        if count <= 3 { Ok(()) } else { Err(format!("{count} enrolments")) }
    })
    .await
}
