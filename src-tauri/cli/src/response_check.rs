//! `attesta response check`.

use std::fmt::Write as _;

use fhir::Version;
use questionnaire::validate::{Options, Severity};

use crate::arguments::{self, CheckResponse, Output};
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};

pub(crate) fn run(command: &arguments::Response, output: Output) -> Result<Outcome, Error> {
    let arguments::Response::Check(CheckResponse {
        file,
        questionnaire,
        terminology,
        launch,
        unsigned,
        fhir,
    }) = command;
    let launched = launch.iter().map(|(_, path)| path);
    let named = [file, questionnaire].into_iter().chain(terminology).chain(launched);
    input::at_most_one_standard_input(named.map(std::path::PathBuf::as_path))?;
    let read = |path: &std::path::PathBuf| {
        let content = input::bytes(path, input::MOST_BYTES)?;
        input::resource_of(path, &content, fhir.map(Version::from))
    };
    let (response, release) = read(file)?;
    let form = input::bytes(questionnaire, input::MOST_BYTES)?;
    let form = input::resource(questionnaire, fhir::without_byte_order_mark(&form), fhir.map(Version::from))?;
    let terminology = terminology
        .iter()
        .map(|path| read(path).map(|(resource, _)| resource))
        .collect::<Result<Vec<_>, _>>()?;
    let resources = launch
        .iter()
        .map(|(name, path)| Ok((name.as_str(), read(path)?.0)))
        .collect::<Result<Vec<_>, Error>>()?;
    let launch: Vec<_> = resources.iter().map(|(name, resource)| (*name, resource)).collect();
    let options = Options { terminology: &terminology, launch: &launch, unsigned: *unsigned };
    let found = questionnaire::validate(&form, &response, options);
    let status = if found.is_valid() { Status::Good } else { Status::Bad };
    let printed = match output {
        Output::Json => format!("{}\n", found.operation_outcome(release.unwrap_or(Version::R4)).to_json()),
        Output::Text | Output::Html => {
            let mut text = String::new();
            let errors = found.errors().count();
            let warnings =
                found.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
            let verdict = if found.is_valid() { "valid" } else { "not valid" };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{}: {verdict}; {}, {}",
                shown(file),
                counted(errors, "error"),
                counted(warnings, "warning")
            );
            for finding in &found.findings {
                let _ = writeln!(text, "  {}", printable(&finding.to_string()));
            }
            text
        }
    };
    Ok(Outcome::new(status, printed))
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
