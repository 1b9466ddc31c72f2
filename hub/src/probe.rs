//! Looking into what was uploaded: `signage-probe` runs beside the hub, a few at a time, each with limits of its own and
//! an end. A file that kills it is a file that is damaged; the hub goes on. Without the program content is taken by its
//! first bytes, and its page says so, until the program is there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use signage_protocol::probe::Report;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::blobs::{Blobs, Source, Stored};
use crate::data_dir::DataDir;
use crate::error::chain;
use crate::ident::{self, MINUTE, Millis};
use crate::store::content::{self, Content, Found};
use crate::store::{self, Store};
use crate::sweep::{self, Kept};
use crate::{Error, Result, media};

/// Environment variable with the path of the program, where it is not beside the hub.
pub const PROGRAM: &str = "SIGNAGE_HUB_PROBE";
/// Probes at a time.
const AT_ONCE: usize = 2;
/// The program ends by itself before.
const PATIENCE: Duration = Duration::from_secs(60);
/// A probe that began before this and has not ended was lost with its hub.
const STALE: Millis = 5 * MINUTE;
/// Bytes of the program's answer, and of its small picture, that are read.
const MAX_ANSWER: u64 = 64 << 10;
const MAX_THUMBNAIL: u64 = 512 << 10;
/// Characters of a cause that are kept.
const MAX_CAUSE: usize = 300;

/// How a file came out.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It could be read.
    Read(Box<Report>),
    /// It could not, and why.
    Broken(String),
    /// There is no program to ask.
    Unknown,
}

/// Runs the program.
#[derive(Debug, Clone)]
pub struct Prober {
    program: Option<PathBuf>,
    patience: Duration,
    turns: Arc<Semaphore>,
}

impl Prober {
    /// The program that the environment names, or the one beside this one.
    pub fn find() -> Self {
        let beside = || Some(std::env::current_exe().ok()?.with_file_name("signage-probe"));
        let named = std::env::var_os(PROGRAM).map(PathBuf::from);
        Self::new(named.or_else(beside), PATIENCE)
    }

    /// The program, if it is there now: it may be installed while the hub runs.
    fn program(&self) -> Option<&Path> {
        self.program.as_deref().filter(|path| path.is_file())
    }

    /// A program of one's choice, or none.
    pub fn new(program: Option<PathBuf>, patience: Duration) -> Self {
        Self { program, patience, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Looks into a file; the small picture goes to `thumbnail`.
    pub async fn run(&self, file: &Path, thumbnail: &Path, directory: &DataDir) -> Result<Outcome> {
        let Some(program) = self.program() else { return Ok(Outcome::Unknown) };
        let failed = |source| Error::File { doing: "run", path: program.to_owned(), source };
        let mut command = Command::new(program);
        command
            .arg("--thumbnail")
            .args([thumbnail, file])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", directory.path())
            // GStreamer keeps a list of its plugins; its conversions do not need code made at run time.
            .env("GST_REGISTRY", directory.path().join("gstreamer-registry.bin"))
            .env("ORC_CODE", "backup")
            .env("MALLOC_ARENA_MAX", "2")
            .current_dir(directory.incoming())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Outcome::Unknown),
            Err(error) => return Err(failed(error)),
        };
        let (output, error) = (child.stdout.take(), child.stderr.take());
        let work = async {
            let read = tokio::join!(read(output), read(error));
            (child.wait().await, read)
        };
        let Ok((status, (output, error))) = tokio::time::timeout(self.patience, work).await else {
            return Ok(Outcome::Broken("reading the file takes too long; it is probably damaged".to_owned()));
        };
        let status = status.map_err(failed)?;
        match status.code() {
            Some(0) => match serde_json::from_slice(&output) {
                Ok(report) => Ok(Outcome::Read(Box::new(report))),
                Err(_) => Err(Error::Damaged { what: "answer of signage-probe" }),
            },
            Some(1 | 3) => Ok(Outcome::Broken(cause(&error))),
            // Ended by a signal: the limits, or the file.
            _ => Ok(Outcome::Broken(
                "reading the file takes more memory or time than a file should; it is probably damaged"
                    .to_owned(),
            )),
        }
    }
}

/// Reads what a program says; what is too much is thrown away, so that it does not wait.
async fn read(stream: Option<impl tokio::io::AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        let _ = (&mut stream).take(MAX_ANSWER).read_to_end(&mut bytes).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    bytes
}

/// The last thing that the program said, without its name.
fn cause(error: &[u8]) -> String {
    let text = String::from_utf8_lossy(error);
    let said = text.lines().rev().find_map(|line| line.strip_prefix("signage-probe: "));
    let said: String =
        said.unwrap_or_default().chars().filter(|char| !char.is_control()).take(MAX_CAUSE).collect();
    if said.is_empty() { "the file cannot be read".to_owned() } else { said }
}

/// Looks into content whose turn it is, until there is none; with the program also into what came while it was not there.
/// Several hubs share the work.
pub async fn work(store: &Store, blobs: &Blobs, prober: &Prober, directory: &DataDir) -> Result<()> {
    // What comes out the same again is not looked at twice in a row.
    let missed = prober.program().map_or(0, |_| ident::now());
    loop {
        let found = content::unprobed(store, ident::now() - STALE, missed, AT_ONCE as i64 * 4).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut tasks = tokio::task::JoinSet::new();
        for content in found {
            let (store, blobs, prober, directory) =
                (store.clone(), blobs.clone(), prober.clone(), directory.clone());
            tasks.spawn(
                async move { look_again(&store, &blobs, &prober, &directory, &content, missed).await },
            );
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(|_| Error::Damaged { what: "state of a probe" })??;
        }
    }
}

/// Looks into one content, unless somebody else does, and notes what it is.
pub async fn look(
    store: &Store,
    blobs: &Blobs,
    prober: &Prober,
    directory: &DataDir,
    content: &Content,
) -> Result<()> {
    look_again(store, blobs, prober, directory, content, 0).await
}

/// The same, also when it was taken without a probe before `missed`.
async fn look_again(
    store: &Store,
    blobs: &Blobs,
    prober: &Prober,
    directory: &DataDir,
    content: &Content,
    missed: Millis,
) -> Result<()> {
    let Ok(_turn) = prober.turns.acquire().await else { return Ok(()) };
    let now = ident::now();
    let mut change = store.write().await?;
    let mine = content::claim(&mut change, &content.id, now - STALE, missed, now).await?;
    store::commit(change).await?;
    if !mine {
        return Ok(());
    }
    let (state, found, small) = match examine(store, blobs, prober, directory, content).await {
        Ok(result) => result,
        Err(error) => {
            // Not the fault of the file: it is tried again when the note about the beginning is old.
            tracing::error!(error = chain(&error), content = content.id, "content could not be probed");
            return Ok(());
        }
    };
    let mut change = store.write().await?;
    if let Some(small) = &small
        && !small.is_there(&mut change).await?
    {
        // As above.
        return Ok(());
    }
    content::probed(&mut change, &content.id, state, &found).await?;
    store::commit(change).await
}

async fn examine(
    store: &Store,
    blobs: &Blobs,
    prober: &Prober,
    directory: &DataDir,
    content: &Content,
) -> Result<(&'static str, Found, Option<Kept>)> {
    if prober.program().is_none() {
        return Ok(("none", Found::default(), None));
    }
    let incoming = directory.incoming();
    let small =
        tempfile::NamedTempFile::new_in(&incoming).map_err(Error::file("create a file in", &incoming))?;
    let stored = Stored { sha256: content.sha256.clone(), size: content.size.unsigned_abs() };
    let local = blobs.local(&stored).await?;
    match prober.run(&local.path, small.path(), directory).await? {
        Outcome::Unknown => Ok(("none", Found::default(), None)),
        Outcome::Broken(problem) => {
            Ok(("failed", Found { problem: Some(problem), ..Found::default() }, None))
        }
        Outcome::Read(report) => {
            let thumbnail = match report.thumbnail {
                true => keep(store, blobs, small.path()).await?,
                false => None,
            };
            let video = report.video.as_ref();
            let found = Found {
                duration_ms: report.duration_ms.and_then(|duration| i64::try_from(duration).ok()),
                width: video.map(|video| video.width.into()),
                height: video.map(|video| video.height.into()),
                codec: video.map(|video| video.codec.chars().take(100).collect()),
                audio: report.audio.as_ref().map(|audio| audio.codec.chars().take(100).collect()),
                details: Some(serde_json::to_string(&report).map_err(Error::json("what the probe said"))?),
                thumbnail: thumbnail.as_ref().map(|kept| kept.stored.sha256.clone()),
                problem: media::problem(&report),
            };
            Ok(("done", found, thumbnail))
        }
    }
}

/// Stores a small picture, if it is one.
async fn keep(store: &Store, blobs: &Blobs, path: &Path) -> Result<Option<Kept>> {
    let source = Source::File(path.to_owned());
    let head = blobs.head(&source).await?;
    let size = std::fs::metadata(path).map_err(Error::file("read", path))?.len();
    if media::recognise(&head) != Some(("image/jpeg", "image")) || size > MAX_THUMBNAIL {
        return Ok(None);
    }
    sweep::keep(store, blobs, source, ident::now()).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    async fn run(script: &str) -> Outcome {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(&temp.path().join("data")).unwrap();
        let program = temp.path().join("probe");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let prober = Prober::new(Some(program), Duration::from_secs(2));
        prober.run(Path::new("/dev/null"), &temp.path().join("small"), &directory).await.unwrap()
    }

    fn broken(outcome: Outcome) -> String {
        match outcome {
            Outcome::Broken(cause) => cause,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_answer_is_read() {
        let outcome = run(r#"echo '{"kind":"video","durationMs":1500,"new":1}'"#).await;
        let Outcome::Read(report) = outcome else { panic!("{outcome:?}") };
        assert_eq!((report.kind.as_str(), report.duration_ms), ("video", Some(1500)));
    }

    #[tokio::test]
    async fn a_cause_is_the_last_line_of_the_program() {
        let cause = broken(run("echo noise >&2; echo 'signage-probe: it is damaged' >&2; exit 1").await);
        assert_eq!(cause, "it is damaged");
        assert_eq!(broken(run("exit 1").await), "the file cannot be read");
    }

    #[tokio::test]
    async fn a_program_that_dies_hangs_or_talks_without_end_is_no_harm() {
        assert!(broken(run("kill -SEGV $$").await).contains("damaged"));
        assert!(broken(run("exec sleep 60").await).contains("too long"));
        let loud = run("head -c 10000000 /dev/zero >&2; head -c 10000000 /dev/zero; exit 1").await;
        assert_eq!(broken(loud), "the file cannot be read");
    }

    #[tokio::test]
    async fn without_a_program_nothing_is_known() {
        let temp = tempfile::tempdir().unwrap();
        let directory = DataDir::open(temp.path()).unwrap();
        for program in [None, Some(temp.path().join("gone"))] {
            let prober = Prober::new(program, PATIENCE);
            let outcome = prober.run(Path::new("/dev/null"), Path::new("/dev/null"), &directory).await;
            assert_eq!(outcome.unwrap(), Outcome::Unknown);
        }
    }
}
