//! A record: what happened to it, what its signatures are worth, and its export.

use ::device::delivery::{State, timeline};
use ::device::rights::Right;
use ::device::store::outbox::{self, Item};
use ::device::store::{audit, certificate, questionnaire as kept, visit};
use fhir::Value;
use questionnaire::Session;
use seal::Crl;
use seal::gravitate::Anchor;
use seal::verify::html::{self, Page, Subject, Trusted, Words as _};
use seal::verify::{Fact, Finding, Report, Trust, verify_response};

use super::outbox::shown_state;
use super::{Desk, Refused};
use crate::ipc::{
    DisplayedAnswer, Exported, OutboxState, RecordDetail, RecordEndpoint, RecordRow, SignatureCard,
    SignatureFact, TimelineEntry, Verdict,
};
use crate::practice_site;
use crate::texts::ReportWords;

/// What a report names as the program that verified.
const PROGRAM: &str = concat!("Attesta ", env!("CARGO_PKG_VERSION"));

impl Desk {
    /// One record with its history and its proof.
    pub fn record(&self, session: &str, id: &str) -> Result<RecordDetail, Refused> {
        self.permitted(session, Right::Records)?;
        let item = self.device.store().read(|connection| outbox::by_id(connection, id))?;
        let report = self.report(&item)?;
        let filling = self.filling(&item)?;
        Ok(RecordDetail {
            row: self.record_row(&item)?,
            endpoints: self.endpoints(&item)?,
            timeline: self.timeline(&item)?,
            signatures: report.signatures.iter().map(card).collect(),
            verdicts: verdicts(&report.verdicts),
            overall: name_of(&report.overall()),
            notes: report.notes,
            answers: answers(&filling),
            undecided: filling.undecided(),
            export_folder: self.places.exports.display().to_string(),
            ledger: self.device.configuration().policy.ledger.is_some(),
        })
    }

    /// Writes a record into the export folder.
    pub fn record_export(&self, session: &str, id: &str) -> Result<Exported, Refused> {
        let by = self.permitted(session, Right::Exports)?;
        self.keep_newest_lists()?;
        let path = self.device.export_record(id, &by)?;
        Ok(Exported { path: path.display().to_string() })
    }

    /// Writes every response of a participant into the export folder, signed in the name of the site's organization.
    pub fn records_export_subject(&self, session: &str, participant: &str) -> Result<Exported, Refused> {
        let by = self.permitted(session, Right::Exports)?;
        let path = self.device.export_subject(participant, &by)?;
        Ok(Exported { path: path.display().to_string() })
    }

    /// Writes a record as a document into the export folder, once the study's ledger keeps its hash.
    pub fn record_document(&self, session: &str, id: &str) -> Result<Exported, Refused> {
        let by = self.permitted(session, Right::Exports)?;
        self.keep_newest_lists()?;
        let ledger = self.device.ledger()?;
        let ledger = ledger.as_ref().map(|ledger| -> &dyn Anchor { ledger });
        let path = self.device.export_document(id, ledger, &by)?;
        Ok(Exported { path: path.display().to_string() })
    }

    /// Writes the record's verification report, a page to print in `language`, into the export folder. Its length is
    /// bounded: the page cuts every text and counts the signatures that it shows.
    pub fn record_report(&self, session: &str, id: &str, language: &str) -> Result<Exported, Refused> {
        let by = self.permitted(session, Right::Exports)?;
        let words = ReportWords::in_language(language).ok_or(Refused::UnknownLanguage)?;
        let item = self.device.store().read(|connection| outbox::by_id(connection, id))?;
        let report = self.report(&item)?;
        let page = Page {
            words: &words,
            program: PROGRAM,
            at: self.device.now().timestamp(),
            trust: Trusted::Configured,
            server: None,
            records: 1,
            id: Some(&item.id),
        };
        let name = format!("{} · {}", item.title, item.participant);
        let (state, _) = self.device.store().read(|connection| outbox::overall(connection, id))?;
        let remark = proves_nothing_elsewhere(state).then(|| words.label(crate::texts::ELSEWHERE));
        let subject = Subject { name: &name, id: Some(&item.id), remark: remark.as_deref() };
        let text =
            page.begin() + &html::report(&words, &subject, &report) + &page.end(&html::Summary::default());
        let path = self.device.export_report(id, &text, &by)?;
        Ok(Exported { path: path.display().to_string() })
    }

    fn record_row(&self, item: &Item) -> Result<RecordRow, Refused> {
        Ok(RecordRow {
            id: item.id.clone(),
            participant: item.participant.clone(),
            questionnaire_title: self.title(&item.canonical)?,
            signed_at: item.signed_at.clone(),
            state: self.overall(&item.id)?,
            target: item.target(),
        })
    }

    /// How a record stands on all servers that it goes to.
    pub(super) fn overall(&self, record: &str) -> Result<OutboxState, Refused> {
        let (state, problem) = self.device.store().read(|connection| outbox::overall(connection, record))?;
        Ok(shown_state(state, problem.as_deref()))
    }

    /// Every server that a record goes to, where that is not the study's own alone.
    fn endpoints(&self, item: &Item) -> Result<Vec<RecordEndpoint>, Refused> {
        let further = self.device.store().read(|connection| outbox::further(connection, &item.id))?;
        if further.is_empty() && item.endpoint.is_none() {
            return Ok(Vec::new());
        }
        let shown = |item: &Item| RecordEndpoint {
            name: self.endpoint(item.endpoint.clone()),
            address: item.endpoint.clone().unwrap_or_else(|| self.worker.server().to_owned()),
            state: shown_state(item.state, item.problem.as_deref()),
            target: item.target(),
            problem: item.problem.clone(),
        };
        Ok(std::iter::once(item).chain(&further).map(shown).collect())
    }

    /// The same verification that `attesta verify` makes of the record's export.
    fn report(&self, item: &Item) -> Result<Report, Refused> {
        let (response, provenance) = item.evidence();
        let response = parse(response)?;
        let provenances: Vec<_> = provenance.map(parse).transpose()?.into_iter().collect();
        let crls = self.crls()?;
        // The very form that the visit was started with, whatever the study offers now.
        let questionnaire = self.device.store().read(|connection| {
            let visit = visit::by_record(connection, &item.id)?;
            kept::resource(connection, &visit.questionnaire_sha256)
        })?;
        let questionnaire = parse(questionnaire.as_bytes())?;
        let mut trust = Trust::new(self.anchors.as_ref(), self.device.now().timestamp()).with_crls(&crls);
        trust = trust.with_questionnaire(&questionnaire);
        let kept = self.device.evidence(&item.id)?;
        trust = trust.with_evidence(&kept);
        Ok(verify_response(&response, &provenances, &trust))
    }

    /// What the patient filled in, from its log.
    fn filling(&self, item: &Item) -> Result<Session, Refused> {
        let visit = self.device.store().read(|connection| visit::by_record(connection, &item.id))?;
        self.device.session(&visit.id)?.ok_or(Refused::Unknown("draft"))
    }

    /// What leaves the device carries the authority's newest lists. A study's are fetched by the delivery, from where the
    /// study says; in practice the authority is at hand.
    fn keep_newest_lists(&self) -> Result<(), Refused> {
        let Some(practice) = &self.practice else { return Ok(()) };
        Ok(self.device.put_revocation_lists(&practice_site::revocation_lists(&practice.server)?)?)
    }

    /// The authority's revocation lists, as new as the device has them.
    fn crls(&self) -> Result<Vec<Crl>, Refused> {
        let Some(practice) = &self.practice else {
            return Ok(self.device.store().read(certificate::crls)?);
        };
        practice_site::revocation_lists(&practice.server)?
            .iter()
            .map(|list| Crl::from_bytes(list).map_err(|error| Refused::Practice(error.to_string())))
            .collect()
    }

    /// What happened to a record, from the moment the patient took the device.
    fn timeline(&self, item: &Item) -> Result<Vec<TimelineEntry>, Refused> {
        let taken = self.device.store().read(|connection| {
            let visit = visit::by_record(connection, &item.id)?;
            let entries = audit::of_subject(connection, &format!("visit/{}", visit.id))?;
            Ok(entries.into_iter().find(|entry| entry.event == "visit.handedOver"))
        })?;
        let answered = taken.map(|entry| TimelineEntry {
            kind: "answered".to_owned(),
            at: entry.at,
            actor: item.participant.clone(),
            detail: None,
            endpoint: None,
        });
        let rest = timeline(self.device.store(), &item.id)?.into_iter().map(|entry| TimelineEntry {
            kind: entry.kind.to_owned(),
            at: entry.at,
            actor: entry.actor,
            detail: entry.detail,
            endpoint: self.endpoint(entry.endpoint),
        });
        Ok(answered.into_iter().chain(rest).collect())
    }
}

/// Every question with its answer, as the patient reviewed them.
fn answers(filling: &Session) -> Vec<DisplayedAnswer> {
    let rows = filling.review().rows;
    rows.into_iter().map(|row| DisplayedAnswer { text: row.text, answer: row.answer }).collect()
}

fn proves_nothing_elsewhere(state: State) -> bool {
    matches!(state, State::Alert | State::Quarantined | State::ClosedDifferent)
}

fn card(signature: &seal::verify::SignatureReport) -> SignatureCard {
    SignatureCard {
        kind: signature.kind.to_owned(),
        printed_name: signature.printed_name.clone(),
        meaning: signature.meaning.clone(),
        signed_at: signature.signed_at.clone().unwrap_or_default(),
        who: signature.who.clone().unwrap_or_default(),
        facts: signature.facts().chain([signature.place()]).map(line).collect(),
        verdicts: verdicts(&signature.verdicts),
    }
}

fn line(fact: Fact<'_>) -> SignatureFact {
    SignatureFact {
        label: fact.label.replace(' ', "-"),
        kind: name_of(&fact.kind),
        value: fact.value.to_owned(),
    }
}

fn verdicts(findings: &[Finding]) -> Vec<Verdict> {
    findings
        .iter()
        .map(|finding| Verdict {
            name: name_of(&finding.name),
            verdict: name_of(&finding.verdict),
            code: finding.code.to_owned(),
            reason: finding.reason.clone(),
        })
        .collect()
}

/// The name that a verdict's type has in JSON.
fn name_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn parse(bytes: &[u8]) -> Result<Value, Refused> {
    Value::parse(bytes).map_err(|_| Refused::Internal("a stored resource is not readable"))
}
