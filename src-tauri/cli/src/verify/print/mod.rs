//! Reports as they are written: a beginning, one entry a file, an end. Nothing waits for the last file.

mod bounds;
mod html;
mod json;
mod text;

use std::path::PathBuf;

use jiff::Timestamp;
use seal::verify::Verdict;

pub(super) use bounds::{bundle as bounded_bundle, report as bounded};

use super::Finding;
use crate::arguments::Output;
use crate::outcome::Status;

/// What is known before anything is verified.
pub(super) struct Facts<'a> {
    pub(super) at: Timestamp,
    /// The files that trust comes from.
    pub(super) trust: &'a [PathBuf],
    pub(super) server: Option<&'a str>,
    pub(super) subjects: usize,
    pub(super) left_out: usize,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) valid: usize,
    pub(super) undecided: usize,
    pub(super) invalid: usize,
    pub(super) unreadable: usize,
    /// Whether there is a report, and not only refusals.
    pub(super) reported: bool,
}

/// One entry, and what goes to standard error.
pub(super) struct Rendered {
    pub(super) status: Status,
    pub(super) output: String,
    pub(super) error: String,
}

impl Count {
    pub(super) fn add(&mut self, status: Status, reported: bool) {
        self.reported |= reported;
        *match status {
            Status::Good => &mut self.valid,
            Status::Undecided => &mut self.undecided,
            Status::Bad => &mut self.invalid,
            Status::Unusable => &mut self.unreadable,
        } += 1;
    }

    /// How many were looked at.
    pub(super) fn all(&self) -> usize {
        self.valid + self.undecided + self.invalid + self.unreadable
    }

    /// The gravest.
    pub(super) fn status(&self) -> Status {
        match self {
            Self { invalid: 1.., .. } => Status::Bad,
            Self { unreadable: 1.., .. } => Status::Unusable,
            Self { undecided: 1.., .. } => Status::Undecided,
            _ => Status::Good,
        }
    }

    /// In words: `3 verified: 2 valid, 1 invalid`.
    fn words(&self) -> String {
        let parts = [
            (self.valid, "valid"),
            (self.undecided, "indeterminate"),
            (self.invalid, "invalid"),
            (self.unreadable, "unreadable"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        format!("{} in all: {}", self.all(), parts.join(", "))
    }
}

pub(super) fn begin(output: Output, facts: &Facts<'_>) -> String {
    match output {
        Output::Text => String::new(),
        Output::Json => json::begin(facts),
        Output::Html => html::begin(facts),
    }
}

pub(super) fn entry(output: Output, finding: &Finding) -> Rendered {
    let error = match &finding.result {
        // The other two hold it themselves.
        Err(error) if output == Output::Text => {
            let mut error = error.to_string();
            bounds::text(&mut error);
            format!("error: {error}\n")
        }
        _ => String::new(),
    };
    let printed = match output {
        Output::Text => text::entry(finding),
        Output::Json => json::entry(finding),
        Output::Html => html::entry(finding),
    };
    Rendered { status: finding.status(), output: printed, error }
}

pub(super) fn between(output: Output, before: &Count) -> &'static str {
    match (output, before.all()) {
        (Output::Json, 0) => "\n",
        (Output::Json, _) => ",\n",
        _ => "",
    }
}

pub(super) fn end(output: Output, facts: &Facts<'_>, count: &Count) -> String {
    match output {
        Output::Text => text::end(facts, count),
        Output::Json => json::end(facts, count),
        Output::Html => html::end(facts, count),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Invalid => "invalid",
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Good => "valid",
        Status::Undecided | Status::Unusable => "indeterminate",
        Status::Bad => "invalid",
    }
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
