//! `attesta questionnaire check`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use questionnaire::{
    ImportOptions, ImportReport, Problem, Questionnaire, Reason, Supported, UNDETERMINED_LANGUAGE, device,
};
use serde_json::json;

use crate::arguments::{Check, Output};
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};

/// The verdicts, as programs read them.
const USABLE: &str = "usable";
/// By the form engine, with what it reads given to it, and not on Attesta's device.
const USABLE_ELSEWHERE: &str = "usable-elsewhere";
const REFUSED: &str = "refused";

pub(crate) fn run(Check { files, given }: &Check, output: Output) -> Result<Outcome, Error> {
    let named = files.iter().chain(&given.terminology);
    input::at_most_one_standard_input(named.map(std::path::PathBuf::as_path))?;
    let resources = terminology(&given.terminology)?;
    let options = ImportOptions { language: Some(&given.language), resources: &resources };
    let mut status = Status::Good;
    let (mut text, mut errors, mut entries) = (String::new(), String::new(), Vec::new());
    for file in files {
        let read = input::bytes(file, input::MOST_BYTES);
        let imported = match read.map(|content| questionnaire::import_bytes_with(&content, &options)) {
            Ok(imported) => imported,
            // What was found about the others is still said.
            Err(error) => {
                status = status.max(error.status());
                let _ = writeln!(errors, "error: {error}");
                entries.push(json!({ "file": file.to_string_lossy(), "error": error.to_string() }));
                continue;
            }
        };
        match imported {
            Ok(found) => {
                let judged = on_device(&found);
                let verdict = if judged.problems.is_empty() { USABLE } else { USABLE_ELSEWHERE };
                status = status.max(if verdict == USABLE { Status::Good } else { Status::Bad });
                describe(file, &found, &judged, &mut text);
                entries.push(json!({
                    "file": file.to_string_lossy(),
                    "verdict": verdict,
                    "usable": verdict == USABLE,
                    "questionnaire": found.canonical(),
                    "questions": found.question_count(),
                    "languages": found.languages(),
                    "sha256": found.sha256(),
                    "problems": judged.problems,
                    "warnings": warnings(&judged.notices).collect::<Vec<_>>(),
                    "ignored": ignored(&judged.notices).collect::<Vec<_>>(),
                    "notes": notes(&judged.notices).collect::<Vec<_>>(),
                    "supported": judged.supported,
                }));
            }
            Err(report) => {
                status = Status::Bad;
                refuse(file, &report, &mut text);
                entries.push(json!({
                    "file": file.to_string_lossy(),
                    "verdict": REFUSED,
                    "usable": false,
                    "problems": report.problems,
                    "warnings": warnings(&report.notices).collect::<Vec<_>>(),
                    "ignored": ignored(&report.notices).collect::<Vec<_>>(),
                    "notes": notes(&report.notices).collect::<Vec<_>>(),
                    "supported": report.supported,
                }));
            }
        }
    }
    let printed = match output {
        Output::Text | Output::Html => text,
        Output::Json => format!("{:#}\n", serde_json::Value::from(entries)),
    };
    let mut outcome = Outcome::new(status, printed);
    outcome.errors = errors;
    Ok(outcome)
}

// Writing to a String cannot fail, so the results of `writeln!` below say nothing.

fn describe(file: &Path, found: &Questionnaire, judged: &ImportReport, out: &mut String) {
    let questions = match found.question_count() {
        1 => "1 question".to_owned(),
        count => format!("{count} questions"),
    };
    if judged.problems.is_empty() {
        let _ = writeln!(out, "{}: usable", shown(file));
    } else {
        let reasons = reasons(&judged.problems);
        let _ = writeln!(
            out,
            "{}: usable elsewhere only, and refused by Attesta's device, for {reasons}",
            shown(file)
        );
    }
    let _ = writeln!(out, "  {}", printable(&found.canonical()));
    let _ = writeln!(out, "  {questions} in {}", printable(&found.languages().join(", ")));
    let _ = writeln!(out, "  SHA-256 {}", found.sha256());
    findings("refused by the device", &judged.problems, out);
    others(judged, out);
}

/// What Attesta's device makes of a form that is usable by itself. In a language that nobody named it is only tried out: that
/// it has to be named, import says.
fn on_device(found: &Questionnaire) -> ImportReport {
    let (notices, supported) = (found.notices().to_vec(), found.supported().to_vec());
    let mut judged = ImportReport { problems: Vec::new(), notices, supported };
    device::judge(found, &mut judged);
    let is_named = found.languages() != [UNDETERMINED_LANGUAGE]
        || !found.notices().contains(&questionnaire::language_taken(UNDETERMINED_LANGUAGE));
    judged.problems.retain(|problem| is_named || problem.reason != Reason::Language);
    judged
}

fn reasons(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 reason".to_owned(),
        count => format!("{count} reasons"),
    }
}

fn refuse(file: &Path, report: &ImportReport, out: &mut String) {
    let _ = writeln!(out, "{}: cannot be used, for {}", shown(file), reasons(&report.problems));
    findings("refused", &report.problems, out);
    others(report, out);
}

/// What is no reason to refuse a form.
fn others(report: &ImportReport, out: &mut String) {
    findings("warning", warnings(&report.notices), out);
    findings("ignored", ignored(&report.notices), out);
    findings("note", notes(&report.notices), out);
    supported(&report.supported, out);
}

/// What is used as it stands, and should be looked at.
fn is_warning(finding: &Problem) -> bool {
    matches!(finding.reason, Reason::PreAnswered | Reason::LaunchContext)
}

fn warnings(notices: &[Problem]) -> impl Iterator<Item = &Problem> {
    notices.iter().filter(|finding| is_warning(finding))
}

/// What is not used, or only in part.
fn ignored(notices: &[Problem]) -> impl Iterator<Item = &Problem> {
    notices.iter().filter(|finding| finding.reason.is_left_out())
}

/// What is used as it stands, and worth knowing.
fn notes(notices: &[Problem]) -> impl Iterator<Item = &Problem> {
    notices.iter().filter(|finding| !is_warning(finding) && !finding.reason.is_left_out())
}

/// One line a finding: what becomes of it, the item, the place, the extension where it is about one, and why.
fn findings<'f>(verdict: &str, found: impl IntoIterator<Item = &'f Problem>, out: &mut String) {
    for finding in found {
        let _ = writeln!(out, "  {verdict}: {}", printable(&finding.to_string()));
    }
}

fn supported(found: &[Supported], out: &mut String) {
    for finding in found {
        let _ = writeln!(out, "  supported: {}", printable(&finding.to_string()));
    }
}

/// The value sets and code systems that were given, those in Bundles too.
pub(crate) fn terminology(files: &[PathBuf]) -> Result<Vec<fhir::Value>, Error> {
    let mut resources = Vec::new();
    for path in files {
        let content = input::bytes(path, input::MOST_BYTES)?;
        let (resource, _) = input::resource_of(path, &content, None)?;
        let entries = resource.list("entry").iter().filter_map(|entry| entry.get("resource").cloned());
        resources.extend(entries.collect::<Vec<_>>());
        resources.push(resource);
    }
    Ok(resources)
}
