//! The file of evidence beside what is verified. What is wrong with it is a finding: everything else is still verified.

use std::path::Path;

use seal::export::EVIDENCE;
use seal::jades::{Augmented, Level};
use seal::verify::{Aspect, Finding, Report, Verdict};

use super::source::Source;
use crate::archive::Files;
use crate::error::Error;
use crate::evidence;
use crate::outcome::printable;

/// What lies beside.
#[derive(Default)]
pub(super) struct Beside {
    evidence: Vec<Augmented>,
    /// Why it cannot be read, and how bad that is.
    unreadable: Option<(Verdict, String)>,
}

impl Beside {
    /// What lies beside `file`.
    pub(super) fn of(file: &Path) -> Self {
        let beside = evidence::beside(file);
        if !beside.is_file() {
            return Self::default();
        }
        match evidence::read(&beside) {
            Ok(evidence) => Self { evidence, unreadable: None },
            Err(error) => Self::unreadable(&error),
        }
    }

    /// The files of a record, and what lies beside it. Where the record has no evidence inside, that beside it takes its
    /// place; where it has, both are there, for some may have been added since.
    pub(super) fn of_record(source: &Source) -> Result<(Files, Self), Error> {
        let mut files = source.record()?;
        if files.iter().any(|(name, _)| name == EVIDENCE) {
            return Ok((files, Self::of(&source.path)));
        }
        let beside = match evidence::bytes_beside(&source.path) {
            Ok(bytes) => {
                files.extend(bytes.map(|bytes| (EVIDENCE.to_owned(), bytes)));
                Self::default()
            }
            Err(error) => Self::unreadable(&error),
        };
        Ok((files, beside))
    }

    fn unreadable(error: &Error) -> Self {
        // A file that may not be opened says nothing; one with something else in it was altered.
        let verdict = if error.is_about_content() { Verdict::Invalid } else { Verdict::Indeterminate };
        Self { evidence: Vec::new(), unreadable: Some((verdict, printable(&error.to_string()))) }
    }

    /// With evidence that was named.
    pub(super) fn with(&self, named: &[Augmented]) -> Vec<Augmented> {
        [&self.evidence, named].concat()
    }

    /// Says in the report what is wrong with the file.
    pub(super) fn tell(&self, report: &mut Report) {
        if let Some((verdict, reason)) = &self.unreadable {
            let finding = Finding {
                name: Aspect::Time,
                verdict: *verdict,
                code: "evidence-unreadable",
                reason: reason.clone(),
            };
            match report.verdicts.iter_mut().find(|one| one.name == Aspect::Time) {
                Some(time) if time.verdict >= *verdict => time.reason = format!("{}; {reason}", time.reason),
                Some(time) => *time = finding,
                None => report.verdicts.push(finding),
            }
        }
        let above_b =
            report.signatures.iter().filter(|one| one.level.is_some_and(|level| level != "B")).count();
        if above_b < self.evidence.iter().filter(|one| one.level() > Level::B).count() {
            report.notes.push(
                "The file of evidence beside it has evidence for a signature that is not here.".to_owned(),
            );
        }
    }
}
