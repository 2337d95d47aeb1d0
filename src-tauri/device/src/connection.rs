//! Trying the study's server out before anything depends on it: each thing that a delivery needs, with what to do where it is
//! not so.
//!
//! What the check creates is a QuestionnaireResponse that says of itself that it is test data (`meta.tag` HTEST) and was
//! entered in error, without a person, answers or questionnaire, and a Provenance of it. A device creates them once: later
//! checks find them again.

use client::{Client, Error as Problem, Exchange, Failure, Location};
use fhir::{Value, Version, array, object};
use jiff::Timestamp;
use seal::Party;
use serde::Serialize;
use tokio::runtime::Builder;

use crate::{Device, Error};

/// Clocks that differ by less are the same, in seconds.
const SAME_CLOCK: i64 = 30;
/// <http://terminology.hl7.org/CodeSystem/v3-ActReason>: test health data.
const TEST_DATA: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST");

/// What is checked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The server is there: its name is known, and something answers at its port.
    Reached,
    /// TLS with the certificates that the study trusts.
    Secure,
    /// The server lets this device in.
    Authentication,
    /// Its CapabilityStatement names the study's release of FHIR and its format.
    Capability,
    /// Its clock and the device's are the same.
    Clock,
    /// A create answers with what was kept (`Prefer: return=representation`).
    Representation,
    /// The same create again makes no second one (`If-None-Exist`).
    ConditionalCreate,
    /// A Provenance keeps the version of what it is about.
    ProvenanceTarget,
}

impl Check {
    /// What is checked, in a few English words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reached => "the server answers",
            Self::Secure => "TLS with a trusted certificate",
            Self::Authentication => "the server lets this device in",
            Self::Capability => "FHIR release and format",
            Self::Clock => "the same time on both sides",
            Self::Representation => "a create answers with what was kept",
            Self::ConditionalCreate => "the same create twice makes one",
            Self::ProvenanceTarget => "a Provenance keeps its target's version",
        }
    }
}

/// How a check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "outcome", content = "what")]
pub enum Outcome {
    /// As it has to be.
    Passed,
    /// Not so; what was found and what to do, in English.
    Failed(String),
    /// An earlier one failed, without which this cannot be known.
    NotTried,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What was checked.
    pub check: Check,
    /// How it came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

const ALL: [Check; 8] = [
    Check::Reached,
    Check::Secure,
    Check::Authentication,
    Check::Capability,
    Check::Clock,
    Check::Representation,
    Check::ConditionalCreate,
    Check::ProvenanceTarget,
];

impl Device {
    /// Tries the study's server out, and leaves at most one marked response with its Provenance there. Blocks until the server
    /// has answered or the time of each request is up. Call it outside an async runtime.
    ///
    /// # Errors
    /// Those of [`Device::server`]; what the server does wrong is in the lines.
    pub fn check_connection(&self) -> Result<Vec<Line>, Error> {
        let client = self.server()?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::io)?;
        let policy = &self.configuration().policy;
        let trial = Trial {
            client,
            version: policy.fhir_version.into(),
            format: policy.format,
            party: self.party(),
            now: self.now().timestamp(),
        };
        Ok(runtime.block_on(trial.run()))
    }
}

struct Trial {
    client: Client,
    version: Version,
    format: client::Format,
    party: Party,
    now: Timestamp,
}

/// The lines so far.
#[derive(Default)]
struct Report(Vec<Line>);

impl Report {
    fn say(&mut self, check: Check, wrong: Option<String>) -> bool {
        let passed = wrong.is_none();
        self.0.push(Line { check, outcome: wrong.map_or(Outcome::Passed, Outcome::Failed) });
        passed
    }

    /// With what was not tried.
    fn lines(self) -> Vec<Line> {
        let mut lines = self.0;
        for check in ALL {
            if lines.iter().all(|line| line.check != check) {
                lines.push(Line { check, outcome: Outcome::NotTried });
            }
        }
        lines.sort_by_key(|line| ALL.iter().position(|check| *check == line.check));
        lines
    }
}

impl Trial {
    async fn run(self) -> Vec<Line> {
        let mut report = Report::default();
        // Whether or not the device is let in: what the server can do is no secret.
        let metadata = self.client.metadata().await;
        if !reached(&metadata, &mut report) {
            return report.lines();
        }
        if let Ok(exchange) = &metadata {
            report.say(Check::Capability, wrong_capability(exchange, self.version, self.format));
            report.say(Check::Clock, wrong_clock(exchange.headers.date, self.now));
        }
        let identifier = self.identifier();
        let search = self.client.search("QuestionnaireResponse", &[("identifier", &identifier)]).await;
        if report.say(Check::Authentication, wrong_access(&search)) {
            self.create(&identifier, &mut report).await;
        }
        report.lines()
    }

    async fn create(&self, identifier: &str, report: &mut Report) {
        let response = self.response().to_json();
        let condition = format!("identifier={identifier}");
        let create = || self.client.create("QuestionnaireResponse", response.as_bytes(), Some(&condition));
        let first = create().await;
        let kept = kept(&first, "QuestionnaireResponse");
        if !report.say(Check::Representation, kept.as_ref().err().cloned()) {
            return;
        }
        let again = create().await;
        report.say(Check::ConditionalCreate, wrong_second(&first, &again));
        let Ok((id, version)) = kept else { return };
        let target = format!("QuestionnaireResponse/{id}/_history/{version}");
        let provenance = self.provenance(&target).to_json();
        let condition = format!("target=QuestionnaireResponse/{id}");
        let sent = self.client.create("Provenance", provenance.as_bytes(), Some(&condition)).await;
        report.say(Check::ProvenanceTarget, wrong_target(&sent, &id));
    }

    /// The same for all checks of this device, and no record's.
    fn identifier(&self) -> String {
        format!("urn:ietf:rfc:3986|{}", self.value())
    }

    fn value(&self) -> String {
        format!("{}:connection-check", self.party.identifier_value)
    }

    fn response(&self) -> Value {
        let identifier = object! { "system" => "urn:ietf:rfc:3986", "value" => self.value() };
        let mut response = object! {
            "resourceType" => "QuestionnaireResponse",
            "meta" => marked(),
        };
        if let Some(members) = response.as_object_mut() {
            if self.version == Version::R5 {
                members.insert("identifier", array![identifier]);
                members.insert("questionnaire", "https://attesta.example/Questionnaire/connection-check");
            } else {
                members.insert("identifier", identifier);
            }
            members.insert("status", "entered-in-error");
        }
        response
    }

    fn provenance(&self, target: &str) -> Value {
        object! {
            "resourceType" => "Provenance",
            "meta" => marked(),
            "target" => array![object! { "reference" => target }],
            "recorded" => self.now.to_string(),
            "agent" => array![object! { "who" => self.party.to_reference() }],
        }
    }
}

fn marked() -> Value {
    let (system, code) = TEST_DATA;
    object! {
        "tag" => array![object! {
            "system" => system, "code" => code, "display" => "test health data",
        }],
    }
}

/// Whether the server is there and TLS could be set up; without tokens, both can be so all the same.
fn reached(metadata: &Result<Exchange, Failure>, report: &mut Report) -> bool {
    let problem = metadata.as_ref().err().map(|failure| &failure.error);
    let away = |problem: &&Problem| {
        matches!(
            problem,
            Problem::Refused
                | Problem::Unreachable
                | Problem::ConnectTimeout(_)
                | Problem::Proxy(_)
                | Problem::Redirected
                | Problem::WebPage
        )
    };
    if !report.say(Check::Reached, problem.filter(away).map(ToString::to_string)) {
        return false;
    }
    let insecure = problem.filter(|problem| matches!(problem, Problem::Tls(_)));
    report.say(Check::Secure, insecure.map(ToString::to_string))
}

fn wrong_access(search: &Result<Exchange, Failure>) -> Option<String> {
    match search {
        Err(failure) => Some(failure.error.to_string()),
        Ok(exchange) => match exchange.status {
            200 => None,
            401 => {
                Some("the server does not accept this device's credentials; have them registered".to_owned())
            }
            403 => Some(
                "the server does not let this device look for QuestionnaireResponses; have it allowed"
                    .to_owned(),
            ),
            status => Some(format!(
                "a search for a QuestionnaireResponse by its identifier is answered with HTTP status {status}; have it \
                 supported"
            )),
        },
    }
}

fn wrong_capability(exchange: &Exchange, version: Version, format: client::Format) -> Option<String> {
    let statement = exchange.resource().ok().flatten().filter(|_| exchange.is_success());
    let Some(statement) = statement.filter(|one| one.resource_type() == Some("CapabilityStatement")) else {
        return Some(
            "there is no CapabilityStatement at [base]/metadata; check that the address is the FHIR base"
                .to_owned(),
        );
    };
    let number = version.number();
    let release = number.rsplit_once('.').map_or(number, |(release, _)| release);
    let said = statement.str("fhirVersion").unwrap_or_default();
    if !said.starts_with(release) {
        return Some(format!(
            "the server speaks FHIR {said}, and the study {number}; use the address of its {number} endpoint, or choose \
             another policy.fhirVersion"
        ));
    }
    let short = if format == client::Format::Json { "json" } else { "xml" };
    let formats = statement.list("format");
    let known =
        formats.iter().filter_map(Value::as_str).any(|one| one == short || one == format.media_type());
    (!formats.is_empty() && !known)
        .then(|| format!("the server does not speak {short}; choose the other one in policy.format"))
}

fn wrong_clock(server: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let ahead = server?.as_second() - now.as_second();
    (ahead.abs() > SAME_CLOCK).then(|| {
        format!(
            "this device's clock is {} s {} the server's; set the one that is wrong",
            ahead.abs(),
            if ahead > 0 { "behind" } else { "ahead of" }
        )
    })
}

/// Id and version of what the server keeps, where it shows them.
fn kept(answer: &Result<Exchange, Failure>, kind: &str) -> Result<(String, String), String> {
    let exchange = answer.as_ref().map_err(|failure| failure.error.to_string())?;
    if !exchange.is_success() {
        return Err(format!(
            "a create of a {kind} is answered with HTTP status {}; have this device allowed to make one",
            exchange.status
        ));
    }
    let resource = exchange.resource().map_err(|error| error.to_string())?;
    let Some(resource) = resource.filter(|one| one.resource_type() == Some(kind)) else {
        return Err(
            "a create does not answer with what was kept (Prefer: return=representation); delivery works, with a request \
             more for each record"
                .to_owned(),
        );
    };
    let location = exchange.headers.location.as_deref().and_then(|text| Location::parse(text, kind));
    let id = resource.str("id").map(str::to_owned).or_else(|| location.as_ref().map(|one| one.id.clone()));
    let version = location.and_then(|one| one.version);
    let version = version.or_else(|| exchange.headers.version().map(str::to_owned));
    let version =
        version.or_else(|| resource.get("meta").and_then(|meta| meta.str("versionId")).map(str::to_owned));
    id.zip(version).ok_or_else(|| {
        "the server says neither in Location nor in ETag which version it keeps; turn versions on".to_owned()
    })
}

fn wrong_second(first: &Result<Exchange, Failure>, again: &Result<Exchange, Failure>) -> Option<String> {
    let again = match again {
        Ok(again) => again,
        Err(failure) => return Some(failure.error.to_string()),
    };
    let id = |exchange: &Exchange| {
        let resource = exchange.resource().ok().flatten()?;
        resource.str("id").map(str::to_owned)
    };
    let same = first.as_ref().ok().and_then(id) == id(again);
    (again.status != 200 || !same).then(|| {
        format!(
            "the same create again is answered with HTTP status {} and not with what is kept already; turn conditional \
             create (If-None-Exist) on, or records may be kept twice",
            again.status
        )
    })
}

fn wrong_target(sent: &Result<Exchange, Failure>, id: &str) -> Option<String> {
    if let Err(reason) = kept(sent, "Provenance") {
        return Some(reason);
    }
    let resource = sent.as_ref().ok().and_then(|exchange| exchange.resource().ok().flatten())?;
    let target =
        resource.list("target").first().and_then(|target| target.str("reference")).unwrap_or_default();
    (!target.contains(&format!("QuestionnaireResponse/{id}/_history/"))).then(|| {
        "the server takes the version out of what a Provenance is about; turn version-specific references on for \
         Provenance.target"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use client::{Headers, Sent};

    // What comes back of a create, as client::Exchange holds it.
    #[allow(clippy::unnecessary_wraps)]
    fn answered(status: u16, body: &str) -> Result<Exchange, Failure> {
        Ok(Exchange {
            request: Sent { method: "POST", url: String::new(), conditions: vec![], body_sha256: None },
            status,
            headers: Headers { etag: Some("W/\"1\"".to_owned()), ..Headers::default() },
            body: (!body.is_empty()).then(|| body.as_bytes().to_vec()),
            elapsed: std::time::Duration::ZERO,
        })
    }

    #[test]
    fn a_server_that_ignores_conditions_or_strips_versions_is_found_out() {
        let first = answered(201, r#"{"resourceType":"QuestionnaireResponse","id":"a"}"#);
        let same = answered(200, r#"{"resourceType":"QuestionnaireResponse","id":"a"}"#);
        let second = answered(201, r#"{"resourceType":"QuestionnaireResponse","id":"b"}"#);
        assert_eq!(wrong_second(&first, &same), None);
        assert!(wrong_second(&first, &second).unwrap().contains("If-None-Exist"));
        assert_eq!(kept(&first, "QuestionnaireResponse").unwrap(), ("a".to_owned(), "1".to_owned()));
        assert!(kept(&answered(201, ""), "QuestionnaireResponse").unwrap_err().contains("Prefer"));
        let about = |target: &str| {
            let text =
                format!(r#"{{"resourceType":"Provenance","id":"p","target":[{{"reference":"{target}"}}]}}"#);
            wrong_target(&answered(201, &text), "a")
        };
        assert_eq!(about("QuestionnaireResponse/a/_history/1"), None);
        assert_eq!(about("http://s/fhir/QuestionnaireResponse/a/_history/1"), None);
        assert!(about("QuestionnaireResponse/a").unwrap().contains("version-specific"));
    }

    #[test]
    fn clocks_within_half_a_minute_are_the_same() {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let at = |text: &str| wrong_clock(Some(text.parse().unwrap()), now);
        assert_eq!((at("2026-11-21T09:00:30Z"), wrong_clock(None, now)), (None, None));
        assert!(at("2026-11-21T09:01:00Z").unwrap().contains("60 s behind"));
        assert!(at("2026-11-21T08:00:00Z").unwrap().contains("3600 s ahead of"));
    }
}
