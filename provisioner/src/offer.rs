//! What the media that are plugged in mean to this screen: settings that may be applied, or a problem. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use signage_protocol::config::{self, Finding, ProvisionFile};
use signage_protocol::jws::{self, VerifyingKey, typ};
use signage_protocol::problem::{Code, Problem};

use crate::medium::Content;
use crate::merge::Settings;

/// What somebody wants of this screen: the settings of one source, or of several laid over each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// SHA-256 of the file; of several, that of the stick.
    pub digest: Option<String>,
    /// The sources of every start that count for the first time, by origin, each with its digest.
    pub standing: BTreeMap<String, String>,
    /// When the file was made, if it was signed for this locked screen.
    pub signed_at: Option<Timestamp>,
    /// The source, for people.
    pub origin: String,
    /// Whether a screen leaves its present account for this one.
    pub replace: bool,
    /// What it sets.
    pub settings: Settings,
}

impl Offer {
    /// This offer, and what a lower source gives beside it.
    #[must_use]
    pub fn over(mut self, lower: Self) -> Self {
        self.standing.extend(lower.standing);
        Self {
            digest: self.digest.or(lower.digest),
            signed_at: self.signed_at.max(lower.signed_at),
            replace: self.replace || lower.replace,
            settings: self.settings.over(lower.settings),
            ..self
        }
    }
}

/// When a screen is locked, what it asks for.
#[derive(Debug, Clone)]
pub struct Lock {
    /// Whose signature.
    pub key: VerifyingKey,
    /// When the newest signed file was made that it has taken: an older one is a replay.
    pub newest: Option<Timestamp>,
}

/// A place where a provisioning file may be, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The place, for people.
    pub origin: String,
    /// What is there.
    pub content: Result<Content, Problem>,
}

/// What has to be known of the screen.
#[derive(Debug, Clone, Default)]
pub struct Screen {
    /// Serial number of the board.
    pub serial: Option<String>,
    /// The present.
    pub now: Timestamp,
    /// When it is locked, what it asks for.
    pub lock: Option<Lock>,
    /// Digest of the file that it took last.
    pub taken: Option<String>,
}

/// What the media mean, all together.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The settings, or why there are none; `None` when there is no medium.
    pub outcome: Option<Result<Box<Offer>, Problem>>,
    /// Everything wrong or not understood in the files that it follows from.
    pub findings: Vec<Finding>,
    /// Those files, as indices of the candidates.
    pub concerns: Vec<usize>,
}

/// A file that has been looked at.
struct Judged<'c> {
    index: usize,
    bytes: &'c [u8],
    /// Why it is not used.
    problem: Option<Problem>,
    findings: Vec<Finding>,
}

impl Judged<'_> {
    /// Whether the file is for other screens.
    fn is_foreign(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code == Code::CfgScope)
    }
}

/// Decides between all media that are plugged in.
///
/// A medium without the file does not matter while another has it, nor does a file for other screens. Two
/// different files are an accident, and neither is used.
pub fn decide(candidates: &[Candidate], screen: &Screen) -> Decision {
    let mut files = Vec::new();
    // One is enough: files that are equal say the same, and of different ones none is used.
    let mut offer = None;
    for (index, candidate) in candidates.iter().enumerate() {
        if let Ok(content) = &candidate.content {
            let (outcome, findings) = judge(&candidate.origin, content, screen);
            let problem = match outcome {
                Ok(good) => {
                    offer.get_or_insert(good);
                    None
                }
                Err(problem) => Some(problem),
            };
            files.push(Judged { index, bytes: &content.file, problem, findings });
        }
    }
    if files.iter().any(|file| !file.is_foreign()) {
        files.retain(|file| !file.is_foreign());
    }
    let concerns = files.iter().map(|file| file.index).collect();
    let Some(first) = files.first() else {
        return no_file(candidates);
    };
    if !first.is_foreign() && files.iter().any(|file| file.bytes != first.bytes) {
        let names: Vec<&str> = files.iter().map(|file| candidates[file.index].origin.as_str()).collect();
        let problem = Problem::new(Code::UsbDisagree, names.join(", "));
        return Decision { outcome: Some(Err(problem)), findings: vec![], concerns };
    }
    // The same file twice; on a locked screen one of them may have its signature beside it.
    let best = files.iter().position(|file| file.problem.is_none()).unwrap_or(0);
    let Judged { problem, findings, .. } = files.swap_remove(best);
    Decision { outcome: problem.map(Err).or(offer.map(Ok)), findings, concerns }
}

/// The problem that tells most, when no medium has the file.
fn no_file(candidates: &[Candidate]) -> Decision {
    let rank = |problem: &Problem| match problem.code {
        Code::UsbRead => 0,
        Code::UsbFilesystem => 1,
        // Something that was meant to be the file.
        _ if problem.detail.is_some() => 2,
        _ => 3,
    };
    let problems = candidates.iter().filter_map(|candidate| candidate.content.as_ref().err());
    let problem = problems.min_by_key(|problem| rank(problem)).cloned();
    Decision { outcome: problem.map(Err), findings: vec![], concerns: vec![] }
}

/// Judges one file.
pub fn judge(
    origin: &str,
    content: &Content,
    screen: &Screen,
) -> (Result<Box<Offer>, Problem>, Vec<Finding>) {
    let digest = hex::encode(Sha256::digest(&content.file));
    // What was taken once was in order then: the lock that it brought, and the date of its expiry, are for others.
    let again = screen.taken.as_ref() == Some(&digest);
    let lock = screen.lock.as_ref().filter(|_| !again);
    if let Some(Err(problem)) = lock.map(|lock| signed(content, lock)) {
        return (Err(problem), vec![]);
    }
    let parsed = match config::parse(&content.file) {
        Ok(parsed) => parsed,
        Err(findings) => return (Err(summary(&findings)), findings),
    };
    let problem = lock
        .and_then(|lock| replayed(&parsed.file, lock))
        .or_else(|| out_of_scope(&parsed.file, screen))
        .filter(|_| !again);
    let outcome = match problem {
        Some(problem) => Err(problem),
        None => Ok(Box::new(Offer {
            digest: Some(digest),
            standing: BTreeMap::new(),
            signed_at: parsed.file.issued_at.filter(|_| lock.is_some()),
            origin: origin.to_owned(),
            replace: parsed.file.replace,
            settings: Settings::new(&given(&content.file), |_| origin.to_owned()),
        })),
    };
    (outcome, parsed.warnings)
}

/// The fields as they stand in a file that has been checked: the types do not tell "off" from "not given".
fn given(file: &[u8]) -> Map<String, Value> {
    let text = file.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(file);
    serde_json::from_slice(text).unwrap_or_default()
}

/// Whether a locked screen may look at the file at all.
fn signed(content: &Content, lock: &Lock) -> Result<(), Problem> {
    let unsigned = |detail: String| Problem::new(Code::CfgUnsigned, detail);
    let signature = content.signature.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(signature) = signature else {
        return Err(unsigned(format!("{} is missing", config::SIGNATURE_NAME)));
    };
    jws::verify_detached(signature, typ::CONFIGURATION, &content.file, &lock.key)
        .map_err(|error| unsigned(format!("{}: {error}", config::SIGNATURE_NAME)))
}

/// Why a signed file is one that somebody has kept: an old one that opens the lock would open it for ever.
fn replayed(file: &ProvisionFile, lock: &Lock) -> Option<Problem> {
    let detail = match (file.issued_at, lock.newest) {
        (None, _) => "/issuedAt is missing in the signed file".into(),
        (Some(issued), Some(newest)) if issued < newest => {
            format!("the file of {issued} is older than the last one, of {newest}")
        }
        _ => return None,
    };
    Some(Problem::new(Code::CfgUnsigned, detail))
}

/// The first finding, and how many more there are: a screen has no room for all, the journal has.
fn summary(findings: &[Finding]) -> Problem {
    let Some(first) = findings.first() else {
        return Code::CfgSyntax.into();
    };
    let mut problem = Problem::from(first);
    let more = findings.iter().skip(1).filter(|finding| !finding.is_warning()).count();
    if more > 0 {
        let detail = problem.detail.unwrap_or_default();
        problem.detail = Some(format!("{detail} (and {more} more)"));
    }
    problem
}

/// Why the file is not for this board or not for this day.
fn out_of_scope(file: &ProvisionFile, screen: &Screen) -> Option<Problem> {
    let serial = screen.serial.as_deref();
    let meant = |only: &String| serial.is_some_and(|serial| only.eq_ignore_ascii_case(serial));
    if !file.only.is_empty() && !file.only.iter().any(meant) {
        let serial = serial.unwrap_or("unknown");
        return Some(Problem::new(Code::CfgScope, format!("the serial number of this screen is {serial}")));
    }
    let expired = file.expires_at.filter(|expires| screen.now >= *expires)?;
    Some(Problem::new(Code::CfgExpired, format!("on {expired}")))
}

#[cfg(test)]
mod tests {
    use signage_protocol::jws::SigningKey;

    use super::*;

    fn screen() -> Screen {
        let now = "2026-11-20T00:00:00Z".parse().unwrap();
        Screen { serial: Some("ab12".into()), now, lock: None, taken: None }
    }

    fn file(origin: &str, json: &str) -> Candidate {
        let content = Content { file: json.into(), signature: None };
        Candidate { origin: origin.into(), content: Ok(content) }
    }

    fn without(code: Code, detail: Option<&str>) -> Candidate {
        let problem = Problem { code, detail: detail.map(str::to_owned) };
        Candidate { origin: "other".into(), content: Err(problem) }
    }

    fn code(candidates: &[Candidate], screen: &Screen) -> Option<Code> {
        decide(candidates, screen).outcome.unwrap().err().map(|problem| problem.code)
    }

    #[test]
    fn a_file_for_other_boards_is_left_alone() {
        let mine = file("a", r#"{"version":1,"only":["AB12"]}"#);
        let other = file("b", r#"{"version":1,"only":["CD34"]}"#);
        assert_eq!(code(std::slice::from_ref(&mine), &screen()), None);
        assert_eq!(code(std::slice::from_ref(&other), &screen()), Some(Code::CfgScope));
        assert_eq!(
            code(std::slice::from_ref(&mine), &Screen { serial: None, ..screen() }),
            Some(Code::CfgScope)
        );
        let decision = decide(&[other, mine], &screen());
        assert_eq!(decision.outcome.unwrap().unwrap().origin, "a");
        assert_eq!(decision.concerns, [1]);
        let third = file("c", r#"{"version":1,"only":["EF56"]}"#);
        assert_eq!(
            code(&[file("b", r#"{"version":1,"only":["CD34"]}"#), third], &screen()),
            Some(Code::CfgScope)
        );
    }

    #[test]
    fn a_file_is_used_for_the_first_time_before_it_expires() {
        let until = |day: &str| file("a", &format!(r#"{{"version":1,"expiresAt":"{day}T00:00:00Z"}}"#));
        assert_eq!(code(&[until("2026-11-21")], &screen()), None);
        assert_eq!(code(&[until("2026-11-20")], &screen()), Some(Code::CfgExpired));
        let before = Screen { now: Timestamp::UNIX_EPOCH, ..screen() };
        let taken = decide(&[until("2026-11-20")], &before).outcome.unwrap().unwrap().digest;
        assert_eq!(code(&[until("2026-11-20")], &Screen { taken, ..screen() }), None);
    }

    #[test]
    fn a_screen_shows_the_first_mistake_and_how_many_more_there_are() {
        let decision = decide(&[file("a", "{\"version\":1,\n\"hub\":7,\n\"device\":8}")], &screen());
        let detail = decision.outcome.unwrap().unwrap_err().detail.unwrap();
        assert!(detail.starts_with("line 2, column 7, /hub: "), "{detail}");
        assert!(detail.ends_with("(and 1 more)"), "{detail}");
        assert_eq!(decision.findings.len(), 2);
    }

    #[test]
    fn two_different_files_are_both_named_and_neither_is_used() {
        let one = file("ONE (sda1)", r#"{"version":1}"#);
        let two = file("TWO (sdb1)", r#"{"version":1,"device":{"name":"x"}}"#);
        let decision = decide(&[one.clone(), two], &screen());
        let problem = decision.outcome.unwrap().unwrap_err();
        assert_eq!(problem.code, Code::UsbDisagree);
        assert_eq!(problem.detail.as_deref(), Some("ONE (sda1), TWO (sdb1)"));
        assert_eq!(decision.concerns, [0, 1]);
        let same = Candidate { origin: "copy".into(), ..one.clone() };
        assert_eq!(code(&[one, same], &screen()), None);
    }

    #[test]
    fn a_medium_without_the_file_does_not_matter_while_another_has_it() {
        let good = file("a", r#"{"version":1}"#);
        assert_eq!(code(&[without(Code::UsbFilesystem, None), good], &screen()), None);
    }

    #[test]
    fn the_problem_that_tells_most_is_shown() {
        let all = [
            without(Code::UsbNoFile, None),
            without(Code::UsbNoFile, Some("rename it")),
            without(Code::UsbFilesystem, Some("this stick is NTFS")),
            without(Code::UsbRead, None),
        ];
        let detail = |number: usize| decide(&all[..number], &screen()).outcome.unwrap().unwrap_err().detail;
        assert_eq!(detail(2).as_deref(), Some("rename it"));
        assert_eq!(detail(3).as_deref(), Some("this stick is NTFS"));
        assert_eq!(code(&all, &screen()), Some(Code::UsbRead));
        assert_eq!(decide(&[], &screen()).outcome, None);
    }

    #[test]
    fn a_locked_screen_asks_for_its_accounts_signature() {
        let key = SigningKey::from_bytes(&[5; 32]);
        let lock = |newest: Option<&str>| Screen {
            lock: Some(Lock { key: key.verifying_key(), newest: newest.map(|text| text.parse().unwrap()) }),
            ..screen()
        };
        let locked = lock(Some("2026-11-20T10:00:00Z"));
        let bytes = br#"{"version":1,"issuedAt":"2026-11-20T10:00:00Z"}"#;
        let with = |signature: Option<String>| Candidate {
            origin: "a".into(),
            content: Ok(Content { file: bytes.to_vec(), signature: signature.map(Into::into) }),
        };
        let sign = |seed: u8, content: &[u8]| {
            Some(
                jws::sign_detached(&SigningKey::from_bytes(&[seed; 32]), typ::CONFIGURATION, content)
                    .unwrap(),
            )
        };
        assert_eq!(code(&[with(sign(5, bytes))], &locked), None);
        for wrong in [None, Some("nonsense".into()), sign(6, bytes), sign(5, b"{}")] {
            assert_eq!(code(&[with(wrong)], &locked), Some(Code::CfgUnsigned));
        }
        assert_eq!(code(&[with(None)], &screen()), None);
        assert_eq!(code(&[with(None), with(sign(5, bytes))], &locked), None);
        // An old file that somebody has kept, and the file that brought the lock.
        assert_eq!(
            code(&[with(sign(5, bytes))], &lock(Some("2026-11-20T10:00:01Z"))),
            Some(Code::CfgUnsigned)
        );
        let taken = decide(&[with(None)], &screen()).outcome.unwrap().unwrap().digest;
        assert_eq!(code(&[with(None)], &Screen { taken, ..locked }), None);
    }
}
