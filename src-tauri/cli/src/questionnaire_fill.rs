//! `attesta questionnaire fill`.

use std::fmt::{self, Write as _};

use questionnaire::{Event, ImportOptions, Questionnaire, Reference, ResponseContext, Session, respondent};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{json, value::RawValue};

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
    let options = ImportOptions { language: Some(&command.given.language), resources: &resources };
    // What was read is let go as soon as it is understood: forms may be large.
    let imported =
        questionnaire::import_bytes_with(&input::bytes(&command.file, input::MOST_BYTES)?, &options);
    let form = match imported {
        Ok(form) => form,
        Err(report) => return Ok(refused(&format!("{}: {report}", shown(&command.file)))),
    };
    let mut log = Log { printed: (output == Output::Json).then(String::new), last: AT.to_owned() };
    let session = match filled(command, &form, &mut log)? {
        Ok(session) => session,
        Err(why) => return Ok(refused(&why)),
    };
    if !session.is_reviewed() {
        // Completed is what the patient looked through and confirmed: its constraints are held then.
        return Ok(refused(
            "the log does not end with the review: the form was not completed; give the log of a whole filling",
        ));
    }
    let response = match session.response(&context(&log.last)) {
        Ok(response) => response,
        Err(error) => return Ok(refused(&error.to_string())),
    };
    let undecided = session.undecided();
    // Nothing is left to be asked of them, and together they are larger than what is written now.
    drop((session, form));
    let printed = match log.printed {
        None => response.to_json_pretty(),
        // The response is written as it would be signed, its numbers included.
        Some(mut events) => {
            events.insert_str(0, &format!("{{\"response\":{},\"events\":[", response.to_json()));
            events.push_str("]}\n");
            events
        }
    };
    let mut outcome = Outcome::new(Status::Good, printed);
    for key in undecided {
        let key = key.escape_debug();
        let _ = writeln!(
            outcome.errors,
            "warning: item {key} was not asked: its enableWhenExpression has no result; its author has to change it"
        );
    }
    Ok(outcome)
}

/// What is kept of a log while it goes by: of a large form, it is larger than the form.
struct Log {
    /// The events as JSON, where they are printed.
    printed: Option<String>,
    /// When the last of them happened.
    last: String,
}

impl Log {
    fn keep(&mut self, event: &Event) {
        self.last.clone_from(&event.at);
        if let Some(printed) = &mut self.printed {
            let comma = if printed.is_empty() { "" } else { "," };
            let _ = write!(printed, "{comma}{}", json!(event));
        }
    }
}

/// The session, from the log or at random; or why there is none.
fn filled(command: &Fill, form: &Questionnaire, log: &mut Log) -> Result<Result<Session, String>, Error> {
    let Some(answers) = &command.answers else {
        let language = form.languages().into_iter().next().unwrap_or_default();
        let seed = command.seed.unwrap_or_default();
        let keep = &mut |event: Event| log.keep(&event);
        let filled = respondent::fill_with(form, &language, seed, AT, ACTOR, keep);
        return Ok(filled.map_err(|stuck| stuck.to_string()));
    };
    let content = input::bytes(answers, input::MOST_BYTES)?;
    Ok(replayed(form, &content, log).map_err(|why| format!("{}: {why}", shown(answers))))
}

/// The session that a log made. Its events are read one after the other.
fn replayed(form: &Questionnaire, content: &[u8], log: &mut Log) -> Result<Session, String> {
    let mut broken = None;
    let events = entries(content)?.into_iter().zip(1..).map_while(|(entry, number)| {
        let read = event(entry, number).inspect(|event| log.keep(event));
        read.map_err(|why| broken = Some(why)).ok()
    });
    let replayed = Session::replay(form, events);
    match broken {
        Some(why) => Err(why),
        None => replayed.map_err(|error| error.to_string()),
    }
}

const NO_LOG: &str = "this is no log of events; give a draft as it was exported";

/// An event in which no member is there twice.
fn event(entry: &RawValue, number: usize) -> Result<Event, String> {
    fhir::Value::parse(entry.get().as_bytes())
        .map_err(|why| format!("event {number} cannot be read: {why}"))?;
    // What serde says of it may hold an answer.
    serde_json::from_str(entry.get()).map_err(|_| format!("{NO_LOG}: entry {number} is no event"))
}

/// A list of events, by itself or as a member of a document, or one event a line; or what is wrong with it.
fn entries(content: &[u8]) -> Result<Vec<&RawValue>, String> {
    let text = std::str::from_utf8(content).map_err(|_| NO_LOG.to_owned())?;
    let Ok(document) = serde_json::from_str::<&RawValue>(text) else { return lines(text) };
    match document.get().as_bytes().first() {
        Some(b'[') => list(document),
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(document.get())
                .map_err(|_| format!("{NO_LOG}: a member's name stands in it twice"))?;
            let member = |name: &&str| members.get(name).filter(|member| member.get().starts_with('['));
            ["events", "draft"].iter().find_map(member).map_or(Ok(vec![document]), list)
        }
        _ => Err(NO_LOG.to_owned()),
    }
}

fn list(entries: &RawValue) -> Result<Vec<&RawValue>, String> {
    serde_json::from_str(entries.get()).map_err(|_| NO_LOG.to_owned())
}

/// One event a line.
fn lines(text: &str) -> Result<Vec<&RawValue>, String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let one_a_line = lines.len() > 1 && lines.iter().all(|line| line.trim_start().starts_with('{'));
    if !one_a_line {
        let why = fhir::Value::parse(text.as_bytes()).err().map(|why| format!(": {why}"));
        return Err(format!("{NO_LOG}{}", why.unwrap_or_default()));
    }
    let entries = lines.iter().zip(1..).map(|(line, number)| {
        serde_json::from_str(line).map_err(|_| {
            let why = fhir::Value::parse(line.as_bytes()).err().map(|why| format!(": {why}"));
            format!("event {number} cannot be read{}", why.unwrap_or_default())
        })
    });
    entries.collect()
}

/// The members of a document, each there once.
struct Members<'d>(Vec<(String, &'d RawValue)>);

impl<'d> Members<'d> {
    fn get(&self, name: &str) -> Option<&'d RawValue> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members(Vec::new());
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if members.get(&name).is_some() {
                        return Err(serde::de::Error::custom("twice"));
                    }
                    members.0.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Once)
    }
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
