//! `attesta verify`.
//!
//! Which signatures hold is decided in `seal`; here files become records and resources, and reports become text. Each
//! is read, verified and rendered by one core, and written before many more are read (ADR 19).

mod beside;
mod collection;
mod crew;
mod given;
mod ledger;
mod named;
mod print;
mod server;
mod source;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fhir::{Value, Version};
use jiff::Timestamp;
use seal::export::{DOCUMENT, PROVENANCE, RESPONSE};
use seal::gravitate::Entry;
use seal::jades::Augmented;
use seal::verify::{Aspect, BundleReport, Report, Trust, Verdict, verify_bundle, verify_resource};
use seal::{Anchors, CertificateChain, Crl, OcspResponse, export};

use crate::arguments::{Output, Verify};
use crate::error::Error;
use crate::input;
use crate::outcome::{Outcome, Status};
use beside::Beside;
use given::{Content, Given, Subject};
use ledger::Ledger;
pub(crate) use named::{anchors, revocation_lists};
use named::{certificates, ocsp_response};
use print::{Count, Facts, Rendered};
use server::Server;
use source::Source;

/// What was found about one file.
struct Finding {
    name: PathBuf,
    result: Result<Found, Error>,
}

/// What was found in it.
enum Found {
    /// One record or resource.
    Whole(Report),
    /// A Bundle that was signed for transmission, resource by resource.
    Parts(Parts),
}

/// What of a Bundle may be used. Verdict and counts are those of all of it, however much of the report is shown.
struct Parts {
    verdict: Verdict,
    kept: usize,
    refused: usize,
    report: BundleReport,
}

impl Parts {
    fn new(report: BundleReport) -> Self {
        Self { verdict: report.overall(), kept: report.kept.len(), refused: report.refused.len(), report }
    }
}

impl Found {
    fn overall(&self) -> Verdict {
        match self {
            Self::Whole(report) => report.overall(),
            Self::Parts(parts) => parts.verdict,
        }
    }

    /// Whether the content is not what was signed.
    fn is_refuted(&self) -> bool {
        match self {
            Self::Whole(report) => report.verdict(Aspect::Signature) == Verdict::Invalid,
            Self::Parts(parts) => parts.verdict == Verdict::Invalid,
        }
    }

    fn note(&mut self, note: impl Into<String>) {
        match self {
            Self::Whole(report) => report.notes.push(note.into()),
            Self::Parts(parts) => parts.report.notes.push(note.into()),
        }
    }
}

/// What is the same for every file.
struct Judge {
    anchors: Option<Anchors>,
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    certificates: Vec<CertificateChain>,
    questionnaires: Vec<Value>,
    /// Evidence that was named, whatever it is for.
    evidence: Vec<Augmented>,
    server: Option<Server>,
    ledger: Option<Ledger>,
    release: Option<Version>,
    at: Timestamp,
}

pub(crate) fn run(command: &Verify, output: Output) -> Result<Outcome, Error> {
    let evidence = command.crl.iter().chain(&command.ocsp).chain(&command.certificate);
    let named = command.files.iter().chain(&command.trust).chain(evidence);
    input::at_most_one_standard_input(named.map(PathBuf::as_path))?;
    let anchors = anchors(&command.trust)?;
    let crls = command.crl.iter().map(|file| revocation_lists(file)).collect::<Result<Vec<_>, _>>()?.concat();
    let ocsp = command.ocsp.iter().map(|file| ocsp_response(file)).collect::<Result<Vec<_>, _>>()?;
    let certificates =
        command.certificate.iter().map(|file| certificates(file)).collect::<Result<Vec<_>, _>>()?;
    let release = command.fhir.map(Version::from);
    let server = command.server.as_deref().map(|base| Server::new(base, release)).transpose()?;
    let ledger = command.ledger.as_deref().map(Ledger::new).transpose()?;
    let given = match server {
        Some(_) => Given::remote(&command.files),
        None => Given::read(&command.files, release)?,
    };
    let facts = Facts {
        at: command.at.unwrap_or_else(Timestamp::now),
        trust: &command.trust,
        server: command.server.as_deref(),
        subjects: given.subjects.len(),
        left_out: given.left_out,
    };
    let judge = Judge {
        anchors,
        crls,
        ocsp,
        certificates,
        questionnaires: given.questionnaires,
        evidence: given.evidence,
        server,
        ledger,
        release,
        at: facts.at,
    };

    let mut count = Count::default();
    let written = write_all(&given.subjects, &judge, output, &facts, &mut count);
    let mut status = if facts.subjects == 0 { Status::Unusable } else { count.status() };
    match written {
        Ok(()) => {}
        // Whoever read the output has stopped reading (`attesta … | head`); there is nobody to tell. What was not
        // looked at any more is not known to be good.
        Err(Error::Unwritable(io::ErrorKind::BrokenPipe)) => {
            if count.all() < facts.subjects {
                status = status.max(Status::Undecided);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(Outcome::new(status, String::new()))
}

fn write_all(
    subjects: &[Subject],
    judge: &Judge,
    output: Output,
    facts: &Facts<'_>,
    count: &mut Count,
) -> Result<(), Error> {
    let unwritable = |error: io::Error| Error::Unwritable(error.kind());
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    out.write_all(print::begin(output, facts).as_bytes()).map_err(unwritable)?;
    crew::in_order(
        subjects,
        |subject| print::entry(output, &judge.examine(subject)),
        |Rendered { status, output: text, error }| {
            out.write_all(print::between(output, count).as_bytes()).map_err(unwritable)?;
            count.add(status, !text.is_empty());
            io::stderr().lock().write_all(error.as_bytes()).map_err(unwritable)?;
            out.write_all(text.as_bytes()).map_err(unwritable)
        },
    )?;
    out.write_all(print::end(output, facts, count).as_bytes()).map_err(unwritable)?;
    out.flush().map_err(unwritable)
}

impl Judge {
    fn examine(&self, subject: &Subject) -> Finding {
        let result = match &subject.content {
            Content::Record(source) => Beside::of_record(source).map(|(files, beside)| {
                Found::Whole({
                    let questionnaire = self.questionnaire_of(|| {
                        let (_, content) =
                            files.iter().find(|(name, _)| name == RESPONSE || name == DOCUMENT)?;
                        Value::parse(content).ok()
                    });
                    let provenance = files.iter().find(|(name, _)| name == PROVENANCE);
                    let provenance = provenance.and_then(|(_, content)| Value::parse(content).ok());
                    let ledger = self.entries(provenance.as_slice());
                    let kept = beside.with(&self.evidence);
                    let mut report = self.report(questionnaire, |trust| {
                        export::check_with(&files, &trust.with_ledger(&ledger).with_evidence(&kept))
                    });
                    beside.tell(&mut report);
                    report
                })
            }),
            Content::Resource { resource, provenances } => self.files(resource, provenances, &subject.name),
            Content::Remote(reference) => self.remote(reference, &subject.name),
            Content::Refused(error) => Err(error.clone()),
        };
        let result = result.map(|found| match found {
            Found::Whole(report) => Found::Whole(print::bounded(report)),
            Found::Parts(parts) => {
                Found::Parts(Parts { report: print::bounded_bundle(parts.report), ..parts })
            }
        });
        Finding { name: subject.name.clone(), result }
    }

    /// XML that fits R4 may still have been signed as R5: before it is found invalid, the other reading is tried.
    fn files(&self, resource: &Source, provenances: &[Source], name: &Path) -> Result<Found, Error> {
        let read = |release| {
            let resource = resource.resource(release)?;
            let provenances =
                provenances.iter().map(|one| one.resource(release)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>((resource, provenances))
        };
        let beside = Beside::of(name);
        let first = read(self.release)?;
        let found = self.resource(&first.0, &first.1, name, &beside)?;
        if self.release.is_some() || !found.is_refuted() {
            return Ok(found);
        }
        let Some(other) = read(Some(Version::R5)).ok().filter(|other| *other != first) else {
            return Ok(found);
        };
        match self.resource(&other.0, &other.1, name, &beside) {
            Ok(mut second) if !second.is_refuted() => {
                second.note(
                    "The XML was read as FHIR R5: as R4, which it also fits, it is not what was signed.",
                );
                Ok(second)
            }
            _ => Ok(found),
        }
    }

    fn remote(&self, reference: &str, name: &Path) -> Result<Found, Error> {
        let Some(server) = &self.server else { return Err(Error::NothingToVerify) };
        let found = server.fetch(reference)?;
        let mut report = self.resource(&found.resource, &found.provenances, name, &Beside::default())?;
        for note in found.notes {
            report.note(note);
        }
        Ok(report)
    }

    fn resource(
        &self,
        resource: &Value,
        provenances: &[Value],
        name: &Path,
        beside: &Beside,
    ) -> Result<Found, Error> {
        // A Bundle that carries a signature, or that a Provenance speaks for, is signed as a whole.
        let whole = resource.get("signature").is_some() || !provenances.is_empty();
        if resource.resource_type() == Some("Bundle") && !whole {
            let trust = self.trust().with_questionnaires(&self.questionnaires);
            return verify_bundle(resource, &trust)
                .map(|report| Found::Parts(Parts::new(report)))
                .map_err(|error| Error::Bundle { path: name.to_owned(), reason: error.to_string() });
        }
        let questionnaire = self.questionnaires.iter().find(|one| answers(resource, one));
        let ledger = self.entries(provenances);
        let kept = beside.with(&self.evidence);
        let mut report = self.report(questionnaire, |trust| {
            verify_resource(resource, provenances, &trust.with_ledger(&ledger).with_evidence(&kept))
        });
        beside.tell(&mut report);
        report.notes.extend(self.ledger.as_ref().and_then(|_| ledger::left_out(provenances)));
        Ok(Found::Whole(report))
    }

    /// What the ledger says about the entries that these Provenances name.
    fn entries(&self, provenances: &[Value]) -> Vec<Entry> {
        self.ledger.as_ref().map(|ledger| ledger.ask(provenances)).unwrap_or_default()
    }

    fn trust(&self) -> Trust<'_> {
        Trust::new(self.anchors.as_ref(), self.at)
            .with_crls(&self.crls)
            .with_ocsp(&self.ocsp)
            .with_certificates(&self.certificates)
            .with_evidence(&self.evidence)
    }

    fn questionnaire_of(&self, response: impl FnOnce() -> Option<Value>) -> Option<&Value> {
        if self.questionnaires.is_empty() {
            return None;
        }
        let response = response()?;
        self.questionnaires.iter().find(|one| answers(&response, one))
    }

    fn report(&self, questionnaire: Option<&Value>, verify: impl FnOnce(&Trust<'_>) -> Report) -> Report {
        let mut trust = self.trust().with_questionnaires(&self.questionnaires);
        if let Some(questionnaire) = questionnaire {
            trust = trust.with_questionnaire(questionnaire);
        }
        let mut report = verify(&trust);
        if questionnaire.is_none() && !self.questionnaires.is_empty() {
            report.notes.push(
                "No Questionnaire that was given is the one that this response says it answers; none was compared."
                    .to_owned(),
            );
        }
        report
    }
}

/// Whether `response`, or a response in this Bundle, says that it answers `questionnaire`: `url|version`.
fn answers(response: &Value, questionnaire: &Value) -> bool {
    if response.resource_type() == Some("Bundle") {
        let mut inside = response.list("entry").iter().filter_map(|entry| entry.get("resource"));
        return inside.any(|one| one.resource_type() != Some("Bundle") && answers(one, questionnaire));
    }
    let (Some(url), Some(version)) = (questionnaire.str("url"), questionnaire.str("version")) else {
        return false;
    };
    response.str("questionnaire").and_then(|canonical| canonical.split_once('|')) == Some((url, version))
}

impl Finding {
    fn status(&self) -> Status {
        match &self.result {
            Ok(found) => match found.overall() {
                Verdict::Valid => Status::Good,
                Verdict::Indeterminate => Status::Undecided,
                Verdict::Invalid => Status::Bad,
            },
            Err(error) => error.status(),
        }
    }
}

#[cfg(test)]
mod tests;
