//! `attesta questionnaire check`.

use std::fmt::Write as _;
use std::path::Path;

use questionnaire::{Problem, Questionnaire};
use serde_json::json;

use crate::arguments::{self, Check, Output};
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};

pub(crate) fn run(command: &arguments::Questionnaire, output: Output) -> Result<Outcome, Error> {
    let arguments::Questionnaire::Check(Check { files }) = command;
    input::at_most_one_standard_input(files.iter().map(std::path::PathBuf::as_path))?;
    let mut status = Status::Good;
    let (mut text, mut errors, mut entries) = (String::new(), String::new(), Vec::new());
    for file in files {
        let content = match input::bytes(file, input::MOST_BYTES) {
            Ok(content) => content,
            // What was found about the others is still said.
            Err(error) => {
                status = status.max(error.status());
                let _ = writeln!(errors, "error: {error}");
                entries.push(json!({ "file": file.to_string_lossy(), "error": error.to_string() }));
                continue;
            }
        };
        match questionnaire::import_bytes(&content) {
            Ok(found) => {
                describe(file, &found, &mut text);
                entries.push(json!({
                    "file": file.to_string_lossy(),
                    "usable": true,
                    "questionnaire": found.canonical(),
                    "questions": found.question_count(),
                    "languages": found.languages(),
                    "sha256": found.sha256(),
                    "notices": found.notices(),
                }));
            }
            Err(report) => {
                status = Status::Bad;
                refuse(file, &report.problems, &mut text);
                entries.push(json!({
                    "file": file.to_string_lossy(),
                    "usable": false,
                    "problems": report.problems,
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

fn describe(file: &Path, found: &Questionnaire, out: &mut String) {
    let questions = match found.question_count() {
        1 => "1 question".to_owned(),
        count => format!("{count} questions"),
    };
    let _ = writeln!(out, "{}: usable", shown(file));
    let _ = writeln!(out, "  {}", printable(&found.canonical()));
    let _ = writeln!(out, "  {questions} in {}", printable(&found.languages().join(", ")));
    let _ = writeln!(out, "  SHA-256 {}", found.sha256());
    for notice in found.notices() {
        let _ = writeln!(out, "  notice: {}", printable(&notice.to_string()));
    }
}

fn refuse(file: &Path, problems: &[Problem], out: &mut String) {
    let reasons = match problems.len() {
        1 => "1 reason".to_owned(),
        count => format!("{count} reasons"),
    };
    let _ = writeln!(out, "{}: cannot be used, for {reasons}", shown(file));
    for problem in problems {
        let _ = writeln!(out, "  {}", printable(&problem.to_string()));
    }
}
