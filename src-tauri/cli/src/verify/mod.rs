//! `attesta verify`.
//!
//! Which signatures hold is decided in `seal`; here files become records and responses, and reports become text.

mod given;
mod print;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seal::verify::{Report, Trust, Verdict, verify_response};
use seal::{Anchors, Crl, export};

use crate::arguments::{Output, Verify};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status};
use given::{Content, Given, Subject};

/// A certificate authority's PEM file has a few kilobytes.
const MOST_TRUST_BYTES: u64 = 1 << 20;
/// Large authorities' revocation lists have some megabytes.
const MOST_CRL_BYTES: u64 = 32 << 20;

/// What was found about one file.
struct Finding {
    file: PathBuf,
    result: Result<Report, Error>,
}

pub(crate) fn run(command: &Verify, output: Output) -> Result<Outcome, Error> {
    let named = command.files.iter().chain(&command.trust).chain(&command.crl);
    input::at_most_one_standard_input(named.map(PathBuf::as_path))?;
    let anchors = anchors(&command.trust)?;
    let crls = command.crl.iter().map(|file| revocation_list(file)).collect::<Result<Vec<_>, _>>()?;
    let at = command.at.unwrap_or_else(Timestamp::now);
    let Given { subjects, with_questionnaire, refused } = Given::read(&command.files)?;
    let mut findings: Vec<_> =
        refused.into_iter().map(|(file, error)| Finding { file, result: Err(error) }).collect();
    for Subject { file, content, questionnaire } in subjects {
        let mut trust = Trust::new(anchors.as_ref(), at).with_crls(&crls);
        if let Some(questionnaire) = &questionnaire {
            trust = trust.with_questionnaire(questionnaire);
        }
        let mut report = match content {
            Content::Record(files) => export::check_with(&files, &trust),
            Content::Response { response, provenances } => verify_response(&response, &provenances, &trust),
        };
        if with_questionnaire && questionnaire.is_none() {
            report.notes.push(
                "No Questionnaire that was given is the one that this response says it answers; none was compared."
                    .to_owned(),
            );
        }
        findings.push(Finding { file, result: Ok(report) });
    }
    // As they were asked for.
    findings.sort_by_key(|finding| command.files.iter().position(|file| *file == finding.file));

    let status = findings.iter().map(Finding::status).max().unwrap_or(Status::Unusable);
    let mut outcome = Outcome::new(status, String::new());
    match output {
        Output::Text => print::text(&findings, at, &mut outcome),
        Output::Json => outcome.output = print::json(&findings, at, status)?,
    }
    Ok(outcome)
}

impl Finding {
    fn status(&self) -> Status {
        match &self.result {
            Ok(report) => match report.overall() {
                Verdict::Valid => Status::Good,
                Verdict::Indeterminate => Status::Undecided,
                Verdict::Invalid => Status::Bad,
            },
            Err(error) => error.status(),
        }
    }
}

/// The only place that trust comes from.
fn anchors(files: &[PathBuf]) -> Result<Option<Anchors>, Error> {
    if files.is_empty() {
        return Ok(None);
    }
    let mut pem = Vec::new();
    for file in files {
        let content = input::bytes(file, MOST_TRUST_BYTES)?;
        // Each by itself, so that the message names the file that is no good.
        Anchors::from_pem(&content)
            .map_err(|error| Error::Trust { path: file.clone(), reason: error.to_string() })?;
        pem.extend_from_slice(&content);
        pem.push(b'\n');
    }
    let anchors = Anchors::from_pem(&pem)
        .map_err(|error| Error::Trust { path: files[0].clone(), reason: error.to_string() })?;
    Ok(Some(anchors))
}

fn revocation_list(file: &Path) -> Result<Crl, Error> {
    Crl::from_bytes(&input::bytes(file, MOST_CRL_BYTES)?)
        .map_err(|error| Error::RevocationList { path: file.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests;
