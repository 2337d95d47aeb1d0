//! `attesta questionnaire expand`.
//!
//! Which value sets are missing, what an answer is worth and how it is stored is decided in `questionnaire`; here a server
//! is asked, and the form is written.

use std::fmt::Write as _;

use client::terminology::{ExpandError, Wanted};
use client::{Client, Options};
use fhir::Version;
use questionnaire::terminology::{self, Expansion, MAX_CONCEPTS, MAX_VALUE_SETS, Missing};
use serde_json::json;
use tokio::runtime::Builder;

use crate::arguments::{Expand, Output};
use crate::convert::write_new;
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};

/// Entries of a page.
const PAGE: usize = 1_000;

/// A value set as it was found.
struct Found {
    expansion: Expansion,
    server: String,
    notes: Vec<String>,
}

/// What became of the value sets.
#[derive(Default)]
struct Work {
    found: Vec<Found>,
    /// The value set, its items, and why there is nothing.
    failed: Vec<(Missing, String)>,
}

/// Nothing is written unless every value set could be had: a form with half of them would still be refused.
pub(crate) fn run(command: &Expand, output: Output) -> Result<Outcome, Error> {
    let servers = command.terminology.iter().map(|base| client(base)).collect::<Result<Vec<_>, _>>()?;
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let form = input::resource(&command.file, &content, command.fhir.map(Version::from))?;
    if form.resource_type() != Some("Questionnaire") {
        return Err(Error::NotAQuestionnaire { path: command.file.clone() });
    }
    let missing = terminology::missing(&form, &[]);
    if missing.len() > MAX_VALUE_SETS {
        return Ok(refused(&format!(
            "error: {}: it lacks more than {MAX_VALUE_SETS} value sets\n",
            shown(&command.file)
        )));
    }
    let work = gather(missing, &servers)?;
    if !work.failed.is_empty() {
        return Ok(work.refusal(command, output));
    }
    let expansions: Vec<Expansion> = work.found.iter().map(|one| one.expansion.clone()).collect();
    let whole = match terminology::contain(&form, &expansions) {
        Ok(whole) => whole,
        Err(error) => return Ok(refused(&format!("error: {}: {error}\n", shown(&command.file)))),
    };
    let text = whole.to_json_pretty();
    if let Some(path) = &command.out {
        write_new(path, &text)?;
    }
    let printed = match (output, &command.out) {
        (Output::Json, out) => {
            let mut summary = json!({ "valueSets": work.summary() });
            match out {
                Some(path) => summary["out"] = json!(path.to_string_lossy()),
                None => summary["text"] = json!(text),
            }
            format!("{summary:#}\n")
        }
        (_, Some(path)) => work.text(&shown(path)),
        (_, None) => text,
    };
    Ok(Outcome::new(Status::Good, printed))
}

fn client(base: &str) -> Result<Client, Error> {
    // The address is not repeated: somebody may have put a password into it.
    Client::new(base, Options::default())
        .map_err(|error| Error::Server { what: "--terminology".to_owned(), reason: error.to_string() })
}

fn gather(missing: Vec<Missing>, servers: &[Client]) -> Result<Work, Error> {
    let failed =
        |what: &str, reason: String| Error::Server { what: printable(what), reason: printable(&reason) };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed("--terminology", error.to_string()))?;
    let mut work = Work::default();
    for one in missing {
        let Some(mut expansion) = Expansion::of(&one) else {
            let reason = format!("{}; it has no address that a server could be asked for", one.reason);
            work.failed.push((one, reason));
            continue;
        };
        let (server, notes) = choose(&one, servers);
        let Some(server) = server else { continue };
        match runtime.block_on(pages(&server, &mut expansion)) {
            Ok(()) => {
                let server = server.base_url().to_owned();
                work.found.push(Found { expansion, server, notes });
            }
            Err(Problem::Server(error)) if error.is_about_server() => {
                return Err(failed(&one.reference, reason(&error)));
            }
            Err(Problem::Server(error)) => work.failed.push((one, reason(&error))),
            Err(Problem::Answer(error)) => work.failed.push((one, error.to_string())),
        }
    }
    Ok(work)
}

/// Whom to ask: where the form prefers, if the study allows its origin; otherwise the first that was given. With what is
/// to be said about it.
fn choose(missing: &Missing, servers: &[Client]) -> (Option<Client>, Vec<String>) {
    let mut notes = Vec::new();
    for preferred in &missing.preferred {
        if let Some(found) = servers.iter().find_map(|server| server.at_same_origin(preferred)) {
            return (Some(found), notes);
        }
        notes.push(format!("the form prefers {preferred}, which was not given with --terminology"));
    }
    (servers.first().cloned(), notes)
}

enum Problem {
    Server(ExpandError),
    Answer(terminology::ExpansionError),
}

async fn pages(server: &Client, expansion: &mut Expansion) -> Result<(), Problem> {
    // Every page brings at least one entry, or is refused; this bound is never met.
    for _ in 0..=MAX_CONCEPTS {
        let Some(offset) = expansion.next_offset() else { break };
        let wanted = Wanted { url: expansion.url(), version: expansion.version(), offset, count: PAGE };
        let answer = server.expand(&wanted).await.map_err(Problem::Server)?;
        expansion.add(&answer, PAGE).map_err(Problem::Answer)?;
    }
    Ok(())
}

/// The client speaks to somebody who sends; here nothing is sent again.
fn reason(error: &ExpandError) -> String {
    match error {
        ExpandError::NoAnswer(client::Error::Refused) => {
            "the server refused the connection; check the address and the port".to_owned()
        }
        ExpandError::NoAnswer(client::Error::Malformed(_)) => {
            "the answer is not FHIR over HTTP; check that the address is the server's FHIR base".to_owned()
        }
        ExpandError::NoAnswer(client::Error::ResetBeforeAnswer | client::Error::ResetDuringAnswer) => {
            "the connection ended before the answer was complete; try again".to_owned()
        }
        ExpandError::NoAnswer(client::Error::Timeout(_)) => {
            "the server did not answer in time; try again".to_owned()
        }
        other => other.to_string(),
    }
}

fn refused(why: &str) -> Outcome {
    let mut outcome = Outcome::new(Status::Bad, String::new());
    why.clone_into(&mut outcome.errors);
    outcome
}

impl Work {
    fn refusal(&self, command: &Expand, output: Output) -> Outcome {
        let mut errors = String::new();
        for (missing, reason) in &self.failed {
            // Writing to a String cannot fail.
            let _ = writeln!(
                errors,
                "error: {}: the value set {} (asked in {}) cannot be had: {}",
                shown(&command.file),
                printable(&missing.reference),
                printable(&missing.link_ids.join(", ")),
                printable(reason)
            );
        }
        errors.push_str(
            "  nothing was written; contain their expansions, or list the options as answerOption\n",
        );
        let mut outcome = refused(&errors);
        if output == Output::Json {
            let failed: Vec<_> = self
                .failed
                .iter()
                .map(|(missing, reason)| {
                    json!({ "valueSet": missing.reference, "linkIds": missing.link_ids, "reason": reason })
                })
                .collect();
            outcome.output = format!("{:#}\n", json!({ "failed": failed }));
        }
        outcome
    }

    fn summary(&self) -> Vec<serde_json::Value> {
        let one = |found: &Found| {
            json!({
                "valueSet": found.expansion.reference(),
                "version": found.expansion.found_version(),
                "concepts": found.expansion.concept_count(),
                "server": found.server,
                "notes": found.notes,
            })
        };
        self.found.iter().map(one).collect()
    }

    fn text(&self, out: &str) -> String {
        let mut text = String::new();
        for found in &self.found {
            let version = found.expansion.found_version();
            let version =
                version.map_or_else(|| "no version".to_owned(), |version| format!("version {version}"));
            let concepts = match found.expansion.concept_count() {
                1 => "1 concept".to_owned(),
                count => format!("{count} concepts"),
            };
            let _ = writeln!(
                text,
                "{}: {}, {concepts}, from {}",
                printable(found.expansion.reference()),
                printable(&version),
                found.server
            );
            for note in &found.notes {
                let _ = writeln!(text, "  note: {}", printable(note));
            }
        }
        if self.found.is_empty() {
            text.push_str("no value set is missing\n");
        }
        let _ = writeln!(text, "{out}: written");
        text
    }
}
