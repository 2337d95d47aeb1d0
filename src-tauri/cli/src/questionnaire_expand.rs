//! `attesta questionnaire expand`.
//!
//! Which value sets are missing, what an answer is worth and how it is stored is decided in `questionnaire`; here a server
//! is asked, and the form is written.

use std::fmt::Write as _;
use std::rc::Rc;

use client::terminology::Wanted;
use client::{Client, Options};
use fhir::Version;
use questionnaire::terminology::{
    self, Expansion, Found, Lacking, MAX_VALUE_SETS, NoPage, Page, TerminologyServer,
};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Expand, Output};
use crate::convert::write_new;
use crate::error::{Error, shown};
use crate::input;
use crate::outcome::{Outcome, Status, printable};

/// A server that waits for each answer.
#[derive(Clone)]
struct Server {
    client: Client,
    runtime: Rc<Runtime>,
}

impl TerminologyServer for Server {
    fn address(&self) -> &str {
        self.client.base_url()
    }

    fn at_same_origin(&self, address: &str) -> Option<Self> {
        Some(Self { client: self.client.at_same_origin(address)?, runtime: Rc::clone(&self.runtime) })
    }

    fn page(&self, page: &Page<'_>) -> Result<fhir::Value, NoPage> {
        let Page { url, version, offset, count } = *page;
        let answer = self.runtime.block_on(self.client.expand(&Wanted { url, version, offset, count }));
        answer.map_err(|error| NoPage { reason: error.advice(), of_server: error.is_about_server() })
    }
}

/// Nothing is written unless every value set could be had: a form with half of them would still be refused.
pub(crate) fn run(command: &Expand, output: Output) -> Result<Outcome, Error> {
    let servers = servers(&command.terminology)?;
    let content = input::bytes(&command.file, input::MOST_BYTES)?;
    let form = input::resource(
        &command.file,
        fhir::without_byte_order_mark(&content),
        command.fhir.map(Version::from),
    )?;
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
    let work = terminology::gather(missing, &servers).map_err(|failed| Error::Server {
        what: printable(&failed.reference),
        reason: printable(&failed.reason),
    })?;
    if !work.lacking.is_empty() {
        return Ok(refusal(&work.lacking, command, output));
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
            let mut summary = json!({ "valueSets": summary(&work.found) });
            match out {
                Some(path) => summary["out"] = json!(path.to_string_lossy()),
                None => summary["text"] = json!(text),
            }
            format!("{summary:#}\n")
        }
        (_, Some(path)) => text_of(&work.found, &shown(path)),
        (_, None) => text,
    };
    Ok(Outcome::new(Status::Good, printed))
}

fn servers(addresses: &[String]) -> Result<Vec<Server>, Error> {
    let wrong = |reason: String| Error::Server { what: "--terminology".to_owned(), reason };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = Rc::new(runtime.map_err(|error| wrong(error.to_string()))?);
    let server = |base: &String| {
        // The address is not repeated: somebody may have put a password into it.
        let client = Client::new(base, Options::default()).map_err(|error| wrong(error.to_string()))?;
        Ok(Server { client, runtime: Rc::clone(&runtime) })
    };
    addresses.iter().map(server).collect()
}

fn refused(why: &str) -> Outcome {
    let mut outcome = Outcome::new(Status::Bad, String::new());
    why.clone_into(&mut outcome.errors);
    outcome
}

fn refusal(lacking: &[Lacking], command: &Expand, output: Output) -> Outcome {
    let mut errors = String::new();
    for Lacking { missing, reason } in lacking {
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
    errors.push_str("  nothing was written; contain their expansions, or list the options as answerOption\n");
    let mut outcome = refused(&errors);
    if output == Output::Json {
        let failed: Vec<_> = lacking
            .iter()
            .map(|Lacking { missing, reason }| {
                json!({ "valueSet": missing.reference, "linkIds": missing.link_ids, "reason": reason })
            })
            .collect();
        outcome.output = format!("{:#}\n", json!({ "failed": failed }));
    }
    outcome
}

/// What is to be said about a value set beside where it came from.
fn notes(found: &Found) -> Vec<String> {
    let note = |server: &String| format!("the form prefers {server}, which was not given with --terminology");
    found.passed_over.iter().map(note).collect()
}

fn summary(found: &[Found]) -> Vec<serde_json::Value> {
    let one = |found: &Found| {
        json!({
            "valueSet": found.expansion.reference(),
            "version": found.expansion.found_version(),
            "concepts": found.expansion.concept_count(),
            "server": found.server,
            "notes": notes(found),
        })
    };
    found.iter().map(one).collect()
}

fn text_of(all: &[Found], out: &str) -> String {
    let mut text = String::new();
    for found in all {
        let version = found.expansion.found_version();
        let version = version.map_or_else(|| "no version".to_owned(), |version| format!("version {version}"));
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
        for note in notes(found) {
            let _ = writeln!(text, "  note: {}", printable(&note));
        }
    }
    if all.is_empty() {
        text.push_str("no value set is missing\n");
    }
    let _ = writeln!(text, "{out}: written");
    text
}
