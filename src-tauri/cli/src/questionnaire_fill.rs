//! `attesta questionnaire fill`.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::PathBuf;

use questionnaire::{
    Event, ImportOptions, ImportReport, LaunchResource, Questionnaire, Reference, ResponseContext, Session,
    UNDETERMINED_LANGUAGE, respondent,
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{json, value::RawValue};

use crate::arguments::{Fill, Output};
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};
use crate::questionnaire_check::terminology;

/// When a random respondent answers: the same response for the same seed, whenever that is.
const AT: &str = "2026-01-01T09:00:00Z";
const ACTOR: &str = "respondent";

pub(crate) fn run(command: &Fill, output: Output) -> Result<Outcome, Error> {
    let launched = command.context.iter().map(|(_, path)| path);
    let named =
        [&command.file].into_iter().chain(&command.answers).chain(&command.terminology).chain(launched);
    input::at_most_one_standard_input(named.map(PathBuf::as_path))?;
    let form = match imported(command)? {
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
    let unknown: Vec<String> = form
        .launch_contexts()
        .into_iter()
        .map(|context| context.name)
        .filter(|name| session.launched().all(|(known, _)| known != name))
        .collect();
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
    for name in unknown {
        let name = name.escape_debug();
        let _ = writeln!(
            outcome.errors,
            "warning: %{name} is read and was not given; --context {name}=FILE gives it to a filling at random"
        );
    }
    Ok(outcome)
}

/// The form; where it names no language, as one in the language that was asked for.
fn imported(command: &Fill) -> Result<Result<Questionnaire, ImportReport>, Error> {
    let resources = terminology(&command.terminology)?;
    // What was read is let go as soon as it is understood: forms may be large.
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let import = |language| {
        let options = ImportOptions { language: Some(language), resources: &resources };
        questionnaire::import_bytes_with(&content, &options)
    };
    let form = match import(UNDETERMINED_LANGUAGE) {
        Ok(form) => form,
        Err(report) => return Ok(Err(report)),
    };
    let Some(tag) = &command.language else { return Ok(Ok(form)) };
    if form.language_for(tag).is_some() {
        return Ok(Ok(form));
    }
    if form.languages().first().is_some_and(|own| own == UNDETERMINED_LANGUAGE) {
        match import(tag) {
            Ok(form) if form.language_for(tag).is_none() => {}
            imported => return Ok(imported),
        }
    }
    Err(Error::Language { path: command.file.clone(), tag: tag.clone(), known: form.languages() })
}

/// What the form is started with: under names that it declares or reads, of types that they may have.
fn launch(command: &Fill, form: &Questionnaire) -> Result<Vec<LaunchResource>, Error> {
    let known = form.launch_types();
    let mut given: Vec<LaunchResource> = Vec::new();
    for (name, path) in &command.context {
        let wrong = |reason| Error::Context { name: name.clone(), reason };
        let Some(types) = known.get(name.as_str()) else {
            return Err(wrong(format!(
                "{} neither declares nor reads it\n  {}",
                shown(&command.file),
                offered(&known)
            )));
        };
        if given.iter().any(|given| given.name == *name) {
            return Err(wrong("it is given twice\n  give one resource a name".to_owned()));
        }
        let content = input::bytes(path, input::MOST_BYTES)?;
        let (resource, _) = input::resource_of(path, &content, None)?;
        let kind = resource.resource_type();
        if kind.is_none_or(|kind| !types.is_empty() && !types.contains(&kind)) {
            let wanted = if types.is_empty() { "FHIR resource".to_owned() } else { types.join(" or ") };
            let found = kind
                .map_or_else(|| "no FHIR resource".to_owned(), |kind| format!("of type {}", printable(kind)));
            return Err(wrong(format!(
                "{} is {found}\n  give one of type {}",
                shown(path),
                printable(&wanted)
            )));
        }
        given.push(LaunchResource { name: name.clone(), resource: resource.to_json() });
    }
    Ok(given)
}

/// The launch contexts of a form, as advice.
fn offered(known: &BTreeMap<&str, Vec<&str>>) -> String {
    let described = |(name, types): (&&str, &Vec<&str>)| {
        if types.is_empty() { (*name).to_owned() } else { format!("{name} ({})", types.join(", ")) }
    };
    if known.is_empty() {
        return "it has no launch context; leave --context out".to_owned();
    }
    printable(&format!("it has {}", known.iter().map(described).collect::<Vec<_>>().join(", ")))
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
        let own = form.languages().into_iter().next().unwrap_or_default();
        let language = command.language.as_deref().and_then(|tag| form.language_for(tag)).unwrap_or(&own);
        let seed = command.seed.unwrap_or_default();
        let keep = &mut |event: Event| log.keep(&event);
        let launch = launch(command, form)?;
        let filled = respondent::fill_with(form, (language, launch), seed, AT, ACTOR, keep);
        return Ok(filled.map_err(|stuck| stuck.to_string()));
    };
    let content = input::bytes(answers, input::MOST_BYTES)?;
    let session = match replayed(form, &content, log) {
        Ok(session) => session,
        Err(why) => return Ok(Err(format!("{}: {why}", shown(answers)))),
    };
    match &command.language {
        Some(tag) if form.language_for(tag) != Some(session.language()) => Err(Error::OtherLanguage {
            path: answers.clone(),
            tag: tag.clone(),
            known: session.language().to_owned(),
        }),
        _ => Ok(Ok(session)),
    }
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
