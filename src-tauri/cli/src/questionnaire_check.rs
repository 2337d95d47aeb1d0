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

pub(crate) fn run(command: &Check, output: Output) -> Result<Outcome, Error> {
    let Check { files, mixed_language, given } = command;
    let named = files.iter().chain(&given.terminology);
    input::at_most_one_standard_input(named.map(std::path::PathBuf::as_path))?;
    let resources = terminology(&given.terminology)?;
    let options = ImportOptions { language: Some(&given.language), resources: &resources };
    let mut status = Status::Good;
    let (mut text, mut errors, mut entries) = (String::new(), String::new(), Vec::new());
    for file in files {
        let read = input::bytes(file, input::MOST_BYTES);
        let imported = match read.map(|content| imported(&content, &options, mixed_language)) {
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
                    "mixedLanguages": found.mixed_languages(),
                    "sha256": found.sha256(),
                    "problems": judged.problems,
                    "warnings": warnings(notices(&found, &judged)).collect::<Vec<_>>(),
                    "ignored": ignored(notices(&found, &judged)).collect::<Vec<_>>(),
                    "notes": notes(notices(&found, &judged)).collect::<Vec<_>>(),
                    "supported": honoured(&found, &judged),
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

/// The form, as a device adds it whose study allows gaps in these languages.
fn imported(
    content: &[u8],
    options: &ImportOptions<'_>,
    mixed: &[String],
) -> Result<Questionnaire, ImportReport> {
    let found = questionnaire::import_bytes_with(content, options)?;
    let allowed = device::may_lack(&found, mixed);
    if allowed.is_empty() {
        return Ok(found);
    }
    let mut resource = questionnaire::read_document(content)?;
    questionnaire::allow_mixed_languages(&mut resource, &allowed);
    questionnaire::import_with(&resource, options)
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
    let named = found.languages().into_iter().map(|tag| {
        let is_mixed = found.mixed_languages().contains(&tag);
        if is_mixed { format!("{tag} (not all of it)") } else { tag }
    });
    let _ = writeln!(out, "  {questions} in {}", printable(&named.collect::<Vec<_>>().join(", ")));
    let _ = writeln!(out, "  SHA-256 {}", found.sha256());
    findings("refused by the device", &judged.problems, out);
    others(notices(found, judged), honoured(found, judged), out);
}

/// What Attesta's device makes of a form that is usable by itself: what it adds to the form's own report. Only where it
/// refuses something are the extensions named that are honoured all the same: a large form has many of them.
fn on_device(found: &Questionnaire) -> ImportReport {
    let mut judged = ImportReport { problems: Vec::new(), notices: Vec::new(), supported: Vec::new() };
    device::judge(found, &mut judged);
    // In a language that nobody named a form is only tried out: that it has to be named, import says.
    let is_named = found.languages() != [UNDETERMINED_LANGUAGE]
        || !found.notices().contains(&questionnaire::language_taken(UNDETERMINED_LANGUAGE));
    judged.problems.retain(|problem| is_named || problem.reason != Reason::Language);
    if !judged.problems.is_empty() {
        judged.supported = found.supported().to_vec();
        judged.settle();
    }
    judged
}

/// The extensions of a form that are honoured on the device.
fn honoured<'f>(found: &'f Questionnaire, judged: &'f ImportReport) -> &'f [Supported] {
    if judged.problems.is_empty() { found.supported() } else { &judged.supported }
}

/// The form's own notices, and those of the device.
fn notices<'f>(
    found: &'f Questionnaire,
    judged: &'f ImportReport,
) -> impl Iterator<Item = &'f Problem> + Clone {
    found.notices().iter().chain(&judged.notices)
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
    others(report.notices.iter(), &report.supported, out);
}

/// What is no reason to refuse a form.
fn others<'f>(notices: impl Iterator<Item = &'f Problem> + Clone, honoured: &[Supported], out: &mut String) {
    findings("warning", warnings(notices.clone()), out);
    findings("ignored", ignored(notices.clone()), out);
    findings("note", notes(notices), out);
    supported(honoured, out);
}

/// What is used as it stands, and should be looked at.
fn is_warning(finding: &Problem) -> bool {
    matches!(finding.reason, Reason::PreAnswered | Reason::LaunchContext)
}

fn warnings<'f>(notices: impl IntoIterator<Item = &'f Problem>) -> impl Iterator<Item = &'f Problem> {
    notices.into_iter().filter(|finding| is_warning(finding))
}

/// What is not used, or only in part.
fn ignored<'f>(notices: impl IntoIterator<Item = &'f Problem>) -> impl Iterator<Item = &'f Problem> {
    notices.into_iter().filter(|finding| finding.reason.is_left_out())
}

/// What is used as it stands, and worth knowing.
fn notes<'f>(notices: impl IntoIterator<Item = &'f Problem>) -> impl Iterator<Item = &'f Problem> {
    notices.into_iter().filter(|finding| !is_warning(finding) && !finding.reason.is_left_out())
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
