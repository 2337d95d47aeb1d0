//! Reports as one page to print; what it looks like is decided in `seal`.

use seal::verify::html::{English, Page, Subject, Summary, Trusted};

use super::{Count, Facts, status_word};
use crate::verify::{Finding, Found};

fn page<'a>(facts: &'a Facts<'_>, trust: &'a [String]) -> Page<'a> {
    Page {
        words: &English,
        program: concat!("attesta ", env!("CARGO_PKG_VERSION")),
        at: facts.at,
        trust: Trusted::Files(trust),
        server: facts.server,
        records: facts.subjects,
        id: None,
    }
}

fn trust(facts: &Facts<'_>) -> Vec<String> {
    facts.trust.iter().map(|file| file.to_string_lossy().into_owned()).collect()
}

pub(super) fn begin(facts: &Facts<'_>) -> String {
    page(facts, &trust(facts)).begin()
}

pub(super) fn entry(finding: &Finding) -> String {
    let name = finding.name.to_string_lossy();
    match &finding.result {
        Ok(Found::Whole(report)) => seal::verify::html::report(&English, &Subject::named(&name), report),
        Ok(Found::Parts(parts)) => seal::verify::html::bundle(&English, &name, parts.verdict, &parts.report),
        Err(error) => {
            seal::verify::html::refused(&English, &name, status_word(finding.status()), &error.to_string())
        }
    }
}

pub(super) fn end(facts: &Facts<'_>, count: &Count) -> String {
    let summary = Summary {
        valid: count.valid,
        indeterminate: count.undecided,
        invalid: count.invalid,
        unreadable: count.unreadable,
        left_out: facts.left_out,
    };
    page(facts, &trust(facts)).end(&summary)
}
