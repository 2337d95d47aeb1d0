//! `attesta questionnaire fill`.

use std::fmt::Write as _;

use questionnaire::{Event, ImportOptions, Questionnaire, Reference, ResponseContext, Session, respondent};
use serde_json::{Value, json};

use crate::arguments::{Fill, Output};
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status};
use crate::questionnaire_check::terminology;

/// When a random respondent answers: the same response for the same seed, whenever that is.
const AT: &str = "2026-01-01T09:00:00Z";
const ACTOR: &str = "respondent";

pub(crate) fn run(command: &Fill, output: Output) -> Result<Outcome, Error> {
    let named = [&command.file].into_iter().chain(&command.answers).chain(&command.given.terminology);
    input::at_most_one_standard_input(named.map(std::path::PathBuf::as_path))?;
    let resources = terminology(&command.given)?;
    let options = ImportOptions { language: command.given.language.as_deref(), resources: &resources };
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let form = match questionnaire::import_bytes_with(&content, &options) {
        Ok(form) => form,
        Err(report) => return Ok(refused(&format!("{}: {report}", shown(&command.file)))),
    };
    let (session, events) = match filled(command, &form)? {
        Ok(filled) => filled,
        Err(why) => return Ok(refused(&why)),
    };
    let authored = events.last().map_or(AT, |event| event.at.as_str());
    let response = match session.response(&context(authored)) {
        Ok(response) => response,
        Err(error) => return Ok(refused(&error.to_string())),
    };
    let printed = match output {
        Output::Text | Output::Html => response.to_json_pretty(),
        Output::Json => {
            // The response is written as it would be signed, its numbers included.
            format!("{{\"response\":{},\"events\":{}}}\n", response.to_json(), json!(events))
        }
    };
    let mut outcome = Outcome::new(Status::Good, printed);
    for key in session.undecided() {
        let key = key.escape_debug();
        let _ = writeln!(
            outcome.errors,
            "warning: item {key} was not asked: its enableWhenExpression has no result; its author has to change it"
        );
    }
    Ok(outcome)
}

/// The session, from the log or at random; or why there is none.
fn filled(command: &Fill, form: &Questionnaire) -> Result<Result<(Session, Vec<Event>), String>, Error> {
    let Some(answers) = &command.answers else {
        let language = form.languages().into_iter().next().unwrap_or_default();
        let seed = command.seed.unwrap_or_default();
        return Ok(respondent::fill(form, &language, seed, AT, ACTOR).map_err(|stuck| stuck.to_string()));
    };
    let content = input::bytes(answers, input::MOST_BYTES)?;
    let events = match read(&content) {
        Ok(events) => events,
        Err(why) => return Ok(Err(format!("{}: {why}", shown(answers)))),
    };
    Ok(match Session::replay(form, events.clone()) {
        Ok(session) => Ok((session, events)),
        Err(error) => Err(format!("{}: {error}", shown(answers))),
    })
}

/// A list of events, by itself or as a member of a document, or one event a line; or what is wrong with it.
fn read(content: &[u8]) -> Result<Vec<Event>, String> {
    const NO_LOG: &str = "this is no log of events; give a draft as it was exported";
    let no_log = || NO_LOG.to_owned();
    let list = match strict(content) {
        Ok(Value::Array(list)) => list,
        Ok(document @ Value::Object(_)) => {
            let member = ["events", "draft"].iter().find_map(|name| document.get(name)?.as_array().cloned());
            member.unwrap_or_else(|| vec![document])
        }
        Ok(_) => return Err(no_log()),
        Err(whole) => {
            let text = std::str::from_utf8(content).map_err(|_| no_log())?;
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            let one_a_line = lines.len() > 1 && lines.iter().all(|line| line.trim_start().starts_with('{'));
            if !one_a_line {
                return Err(format!("{NO_LOG}: {whole}"));
            }
            let events = lines.iter().zip(1..).map(|(line, number)| {
                strict(line.as_bytes()).map_err(|why| format!("event {number} cannot be read: {why}"))
            });
            events.collect::<Result<_, _>>()?
        }
    };
    // What serde says of it may hold an answer.
    list.into_iter()
        .zip(1..)
        .map(|(event, number)| {
            serde_json::from_value(event).map_err(|_| format!("{NO_LOG}: entry {number} is no event"))
        })
        .collect()
}

/// One document, in which no member is there twice.
fn strict(content: &[u8]) -> Result<Value, String> {
    fhir::Value::parse(content).map_err(|error| error.to_string())?;
    serde_json::from_slice(content).map_err(|_| "this is no JSON".to_owned())
}

fn refused(why: &str) -> Outcome {
    let mut outcome = Outcome::new(Status::Bad, String::new());
    outcome.errors = format!("error: {why}\n");
    outcome
}

/// Nobody in particular: what is filled in here is signed by nobody.
fn context(authored: &str) -> ResponseContext {
    let reference = |reference: &str, value: &str| Reference {
        reference: reference.to_owned(),
        identifier_system: "https://attesta.example/respondents".to_owned(),
        identifier_value: value.to_owned(),
    };
    ResponseContext {
        identifier_uuid: "00000000-0000-4000-8000-000000000000".to_owned(),
        subject: reference("Patient/respondent", "respondent"),
        author: reference("Device/attesta", "attesta"),
        source: reference("Patient/respondent", "respondent"),
        authored: authored.to_owned(),
        version: fhir::Version::R4,
    }
}
