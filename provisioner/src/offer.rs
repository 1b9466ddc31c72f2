//! What a medium means to this device: a file that may be applied, or a problem. Pure.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use signage_protocol::config::{self, Finding, ProvisionFile};
use signage_protocol::problem::{Code, Problem};

use crate::machine::Event;

/// What a medium means.
#[derive(Debug)]
pub struct Offer {
    /// For the machine.
    pub event: Event,
    /// For the verdict: everything wrong or not understood in the file.
    pub findings: Vec<Finding>,
}

impl Offer {
    /// Whether nothing of the medium is used.
    pub fn is_refused(&self) -> bool {
        matches!(self.event, Event::Rejected(_))
    }

    /// Judges something found on a medium, for the board with `serial` at `now`.
    pub fn new(
        origin: &str,
        content: Result<Vec<u8>, Problem>,
        serial: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let bytes = match content {
            Ok(bytes) => bytes,
            Err(problem) => return Self { event: Event::Rejected(problem), findings: vec![] },
        };
        let parsed = match config::parse(&bytes) {
            Ok(parsed) => parsed,
            Err(findings) => return Self { event: Event::Rejected(summary(&findings)), findings },
        };
        let event = match out_of_scope(&parsed.file, serial, now) {
            Some(problem) => Event::Rejected(problem),
            None => {
                let (digest, origin) = (hex::encode(Sha256::digest(&bytes)), origin.to_owned());
                Event::Offered { digest, origin, file: Box::new(parsed.file) }
            }
        };
        Self { event, findings: parsed.warnings }
    }
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
fn out_of_scope(file: &ProvisionFile, serial: Option<&str>, now: Timestamp) -> Option<Problem> {
    let meant = |only: &String| serial.is_some_and(|serial| only.eq_ignore_ascii_case(serial));
    if !file.only.is_empty() && !file.only.iter().any(meant) {
        let serial = serial.unwrap_or("unknown");
        return Some(Problem::new(Code::CfgScope, format!("the serial number of this screen is {serial}")));
    }
    let expired = file.expires_at.filter(|expires| now >= *expires)?;
    Some(Problem::new(Code::CfgExpired, format!("on {expired}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event_for(json: &str, serial: Option<&str>) -> Event {
        Offer::new("stick", Ok(json.into()), serial, at("2026-11-20T00:00:00Z")).event
    }

    fn code(event: &Event) -> Option<Code> {
        match event {
            Event::Rejected(problem) => Some(problem.code),
            _ => None,
        }
    }

    #[test]
    fn a_file_for_other_boards_is_left_alone() {
        let json = r#"{"version":1,"only":["AB12"]}"#;
        assert_eq!(code(&event_for(json, Some("ab12"))), None);
        assert_eq!(code(&event_for(json, Some("cd34"))), Some(Code::CfgScope));
        assert_eq!(code(&event_for(json, None)), Some(Code::CfgScope));
    }

    #[test]
    fn a_file_is_used_for_the_first_time_before_it_expires() {
        let json = |day: &str| format!(r#"{{"version":1,"expiresAt":"{day}T00:00:00Z"}}"#);
        assert_eq!(code(&event_for(&json("2026-11-21"), None)), None);
        assert_eq!(code(&event_for(&json("2026-11-20"), None)), Some(Code::CfgExpired));
    }

    #[test]
    fn a_screen_shows_the_first_mistake_and_how_many_more_there_are() {
        let Event::Rejected(problem) = event_for("{\"version\":1,\n\"hub\":7,\n\"device\":8}", None) else {
            panic!()
        };
        let detail = problem.detail.unwrap();
        assert!(detail.starts_with("line 2, column 7, /hub: "), "{detail}");
        assert!(detail.ends_with("(and 1 more)"), "{detail}");
    }
}
