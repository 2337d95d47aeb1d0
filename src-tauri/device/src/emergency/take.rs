//! Taking over: one transaction, after everything was verified.

use std::collections::BTreeSet;

use std::sync::Arc;

use jiff::Zoned;
use rusqlite::Transaction;
use seal::CertificateChain;

use super::content::{AlertCopy, Content, Record, Trail, VisitCopy};
use super::{EmergencyImport, Refusal};
use crate::accounts::Staff;
use crate::delivery::{State, failpoint};
use crate::store::alert::{self, Act, Alert};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, Item};
use crate::store::participant::{self, Participant};
use crate::store::posting::{self, Kind, Posting};
use crate::store::takeover::{self, Elsewhere, Takeover};
use crate::store::visit::{self, Visit};
use crate::store::{draft_event, questionnaire};
use crate::{Device, Error, clock};

impl Device {
    pub(super) fn take(
        &self,
        content: Arc<Content>,
        reason: String,
        by: &Staff,
    ) -> Result<EmergencyImport, Error> {
        let taking = Taking {
            ours: self.identifier().to_owned(),
            user: by.user.clone(),
            role: by.role.as_str(),
            now: self.now(),
            reason,
            content,
        };
        self.store().write(move |tx| taking.run(tx))
    }
}

struct Taking {
    ours: String,
    user: String,
    role: &'static str,
    now: Zoned,
    reason: String,
    content: Arc<Content>,
}

impl Taking {
    fn run(&self, tx: &Transaction<'_>) -> Result<EmergencyImport, Error> {
        let records = self.new_records(tx)?;
        let new = records.iter().filter(|one| one.delivery_of.is_none()).count();
        let takeover = self.takeover();
        let fresh = !records.is_empty()
            || self.has_new_drafts(tx)?
            || takeover::by_export(tx, &takeover.export)?.is_none();
        let mut import = EmergencyImport {
            export: takeover.export.clone(),
            device_name: takeover.device_name.clone(),
            made_at: takeover.made_at.clone(),
            unrecorded: self.content.unrecorded.clone(),
            records: new,
            known: self.content.whole().count() - new,
            drafts: 0,
            done: self.content.done.clone(),
        };
        // A second import of the same file changes nothing; nor does a device that is given its own.
        if !fresh || (takeover.device == self.ours && records.is_empty()) {
            return Ok(import);
        }
        takeover::insert(tx, &takeover)?;
        self.beside(tx)?;
        let ids: BTreeSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
        for one in &self.content.visits {
            let wanted = one.record.as_deref().is_none_or(|record| ids.contains(record));
            if wanted && visit(tx, one)? && one.record.is_none() {
                import.drafts += 1;
                self.note(tx, "visit.takenOver", &format!("visit/{}", one.id), &takeover)?;
            }
        }
        for record in records {
            self.record(tx, record)?;
            self.note(tx, "record.takenOver", &format!("record/{}", record.id), &takeover)?;
        }
        self.note_whole(tx, &takeover)?;
        failpoint::hit("emergency-before-commit");
        Ok(import)
    }

    fn takeover(&self) -> Takeover {
        Takeover {
            export: self.content.export.clone(),
            device: self.content.device.identifier.clone(),
            device_name: self.content.device.name.clone(),
            made_at: self.content.made_at.clone(),
            taken_at: clock::text(&self.now),
            taken_by: self.user.clone(),
        }
    }

    /// The records that are not here yet. One that is here with other bytes stops everything.
    fn new_records(&self, tx: &Transaction<'_>) -> Result<Vec<&Record>, Error> {
        let mut new = Vec::new();
        for record in &self.content.records {
            match outbox::known(
                tx,
                &record.identifier,
                record.delivery_of.as_deref(),
                record.endpoint.as_deref(),
            )? {
                None => new.push(record),
                Some((id, sha256)) if id == record.id && sha256 == record.response_sha256 => {}
                Some(_) => {
                    let what = format!("the record {} is another one here", record.id);
                    return Err(Refusal::Contradiction(what).into());
                }
            }
        }
        Ok(new)
    }

    fn has_new_drafts(&self, tx: &Transaction<'_>) -> Result<bool, Error> {
        for one in self.content.visits.iter().filter(|one| one.record.is_none()) {
            match visit::by_id(tx, &one.id) {
                Err(Error::NotFound(_)) => return Ok(true),
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(false)
    }

    /// Trails, certificates, participants, questionnaires and reports.
    fn beside(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        for trail in self.content.trails.iter().filter(|trail| trail.device != self.ours) {
            append_trail(tx, trail)?;
        }
        for one in self.content.certificates.iter().filter(|one| one.device != self.ours) {
            let thumbprint = CertificateChain::from_pem(one.chain.as_bytes())?.thumbprint_hex();
            takeover::keep_certificate(tx, &thumbprint, &one.device, &one.chain)?;
        }
        for one in &self.content.participants {
            let person = Participant {
                id: one.id.clone(),
                identifier_system: one.identifier_system.clone(),
                reference: one.reference.clone(),
            };
            participant::put_taken(tx, &person)?;
            if participant::by_id(tx, &one.id)? != person {
                let what = format!("the participant {} is another one here", one.id);
                return Err(Refusal::Contradiction(what).into());
            }
        }
        for form in &self.content.questionnaires {
            questionnaire::keep(tx, &form.sha256, &form.canonical, &form.resource)?;
        }
        for report in &self.content.reports {
            if posting::by_cause(tx, &report.cause)?.is_some() {
                continue;
            }
            let posting = Posting::new(
                report.id.clone(),
                Kind::AuditEvent,
                report.cause.clone(),
                report.resource.clone(),
            );
            // The other device may have sent it.
            let posting = Posting { unsure: true, ..posting::ensure(tx, &posting)? };
            posting::save(tx, &posting)?;
        }
        Ok(())
    }

    fn record(&self, tx: &Transaction<'_>, record: &Record) -> Result<(), Error> {
        outbox::insert_whole(tx, &item(record, &self.content.export))?;
        for request in &record.requests {
            attempt::append(tx, &self.elsewhere(request))?;
        }
        for one in &record.alerts {
            let (alert, acts) = self.alert(&record.id, one);
            alert::insert_taken(tx, &alert, one.closed_at.as_deref(), &acts)?;
        }
        Ok(())
    }

    /// A request of another device says so.
    fn elsewhere(&self, request: &Attempt) -> Attempt {
        let device = request.elsewhere.clone().unwrap_or_else(|| self.content.device.identifier.clone());
        Attempt { elsewhere: Some(device), ..request.clone() }
    }

    fn alert(&self, record: &str, one: &AlertCopy) -> (Alert, Vec<Act>) {
        let acts = one.acts.iter().map(|act| Act {
            action: act.action,
            user: act.user.clone(),
            display_name: act.display_name.clone(),
            at: act.at.clone(),
            reason: act.reason.clone(),
            result: act.result.clone(),
        });
        let alert = Alert {
            id: one.id.clone(),
            record: record.to_owned(),
            kind: one.kind,
            phase: one.phase,
            revision: one.revision,
            raised_at: one.raised_at.clone(),
            server: one.server.clone(),
            target: one.target.clone(),
            found: one.found.clone(),
            exchange: self.elsewhere(&one.exchange),
            changes: one.changes.clone(),
            identical: one.identical,
            returned: one.returned.clone(),
            outcome: one.outcome,
        };
        (alert, acts.collect())
    }

    /// The export as a whole, with the reason that was given here, and with what the other device's audit trail lacks.
    fn note_whole(&self, tx: &Transaction<'_>, takeover: &Takeover) -> Result<(), Error> {
        let Takeover { export, device, device_name, .. } = takeover;
        let unrecorded = self.content.unrecorded.as_ref();
        let lacks = unrecorded.map(|why| format!(" not in its audit trail ({why})")).unwrap_or_default();
        let (subject, detail) =
            (format!("export/{export}"), format!("{device_name} ({device}){lacks}: {}", self.reason));
        let event = "emergency.takenOver";
        let entry =
            NewEntry { actor: &self.user, role: self.role, event, subject: &subject, detail: &detail };
        audit::append(tx, &entry, &self.now)?;
        Ok(())
    }

    fn note(
        &self,
        tx: &Transaction<'_>,
        event: &'static str,
        subject: &str,
        takeover: &Takeover,
    ) -> Result<(), Error> {
        let detail = format!("{} ({}) {}", takeover.device_name, takeover.device, takeover.export);
        let entry = NewEntry { actor: &self.user, role: self.role, event, subject, detail: &detail };
        audit::append(tx, &entry, &self.now)?;
        Ok(())
    }
}

/// The state from which this device goes on. It signs nothing that it did not see on the server itself, so a response that the
/// other device had compared is looked for again; a Provenance that is signed is sent as it is. Whatever is sent, the server
/// is searched first: the other device may have sent it, and may still do so.
fn item(record: &Record, export: &str) -> Item {
    let mut item = Item {
        id: record.id.clone(),
        identifier: record.identifier.clone(),
        participant: record.participant.clone(),
        canonical: record.canonical.clone(),
        title: record.title.clone(),
        signed_at: record.signed_at.clone(),
        response: record.response.clone(),
        response_sha256: record.response_sha256.clone(),
        state: record.state,
        unsure: true,
        server_id: record.server_id.clone(),
        server_version: record.server_version.clone(),
        replaces: record.replaces.clone(),
        returned: record.returned.clone(),
        provenance: record.provenance.clone(),
        provenance_id: record.provenance_id.clone(),
        provenance_version: record.provenance_version.clone(),
        provenance_replaces: record.provenance_replaces.clone(),
        provenance_returned: None,
        attempts: record.attempts,
        failures: 0,
        next_attempt_ms: 0,
        problem: record.problem.clone(),
        origin: Some(export.to_owned()),
        record: record.delivery_of.clone(),
        endpoint: record.endpoint.clone(),
    };
    match record.state {
        State::Frozen | State::Sending | State::Acknowledged | State::Compared => {
            if item.replaces.is_some() {
                item.state = State::Sending;
            } else {
                item.state = State::Frozen;
                item.server_id = None;
            }
            (item.server_version, item.returned, item.problem) = (None, None, None);
        }
        State::ProvenanceSending | State::ProvenanceCompared => {
            item.state = State::ProvenanceSending;
            item.problem = None;
        }
        State::Done | State::Alert | State::Quarantined | State::ClosedDifferent => {}
    }
    item
}

/// Whether the visit was not here.
fn visit(tx: &Transaction<'_>, one: &VisitCopy) -> Result<bool, Error> {
    let new = visit::insert_taken(
        tx,
        &Visit {
            id: one.id.clone(),
            participant: one.participant.clone(),
            questionnaire_sha256: one.questionnaire_sha256.clone(),
            canonical: one.canonical.clone(),
            state: one.state,
            started_at: one.started_at.clone(),
            started_by: one.started_by.clone(),
            record: one.record.clone(),
            end_reason: None,
        },
    )?;
    if new {
        for event in &one.draft {
            draft_event::insert_taken(tx, &one.id, &event.event, event.at_ms)?;
        }
    } else if one.record.is_some() {
        let what = format!("the visit {} is another one here", one.id);
        return Err(Refusal::Contradiction(what).into());
    }
    Ok(new)
}

/// What is new in a trail is added to what is kept of it, which must be its beginning.
fn append_trail(tx: &Transaction<'_>, trail: &Trail) -> Result<(), Error> {
    let kept = takeover::audit_of(tx, &trail.device)?;
    if kept.iter().zip(&trail.entries).any(|(kept, given)| kept.hash != given.hash) {
        let what = format!("the audit trail of {} is another one here", trail.name);
        return Err(Refusal::Contradiction(what).into());
    }
    let whose = Elsewhere { device: trail.device.clone(), name: trail.name.clone() };
    for entry in trail.entries.iter().skip(kept.len()) {
        takeover::append_audit(tx, &whose, entry)?;
    }
    Ok(())
}
