//! What goes into an emergency export, read in one go.

use rusqlite::Connection;

use super::content::{
    ActCopy, AlertCopy, Content, Done, DraftEvent, ElsewhereCertificate, FORMAT, Form, Person, Record,
    Report, Source, Trail, VisitCopy,
};
use super::export::Making;
use crate::delivery::State;
use crate::store::visit::{Visit, VisitState};
use crate::store::{
    alert, attempt, audit, certificate, draft_event, outbox, participant, posting, questionnaire, takeover,
    visit,
};
use crate::{APPLICATION, Device, Error, clock};

impl Device {
    pub(super) fn gather_emergency(&self, making: &Making<'_>, drafts: bool) -> Result<Content, Error> {
        let configuration = self.configuration();
        let device = Source {
            identifier: self.identifier().to_owned(),
            name: configuration.device_name.clone(),
            reference: configuration.device_reference.clone(),
            site: configuration.site.clone(),
        };
        let mut content = Content {
            format: FORMAT.to_owned(),
            export: making.export.clone(),
            made_at: clock::text(&making.now),
            made_by: making.by.user.clone(),
            reason: making.reason.clone(),
            unrecorded: making.unrecorded.map(str::to_owned),
            application: APPLICATION.to_owned(),
            device,
            server: configuration.server.clone(),
            fhir_version: configuration.policy.fhir_version,
            study: configuration.study.clone(),
            certificates: Vec::new(),
            participants: Vec::new(),
            questionnaires: Vec::new(),
            visits: Vec::new(),
            records: Vec::new(),
            reports: Vec::new(),
            trails: Vec::new(),
            done: Vec::new(),
        };
        self.store().read(|connection| {
            // One snapshot: the delivery goes on meanwhile.
            let snapshot = connection.unchecked_transaction()?;
            records(&snapshot, &mut content)?;
            visits(&snapshot, &mut content, drafts)?;
            beside(&snapshot, &mut content)
        })?;
        Ok(content)
    }
}

fn records(connection: &Connection, content: &mut Content) -> Result<(), Error> {
    for (id, state) in outbox::ids(connection)? {
        let item = outbox::by_id(connection, &id)?;
        if state == State::Done && outbox::is_proven(connection, item.record())? {
            if item.record.is_some() {
                continue;
            }
            content.done.push(Done {
                target: item.target(),
                id,
                identifier: item.identifier,
                response_sha256: item.response_sha256,
            });
            continue;
        }
        let alerts = alert::of_record(connection, &id)?.into_iter();
        let alerts = alerts.map(|one| copied(connection, one)).collect::<Result<_, Error>>()?;
        let requests = attempt::of_subject(connection, &format!("record/{id}"))?;
        content.records.push(Record {
            id: item.id,
            identifier: item.identifier,
            participant: item.participant,
            canonical: item.canonical,
            title: item.title,
            signed_at: item.signed_at,
            response: item.response,
            response_sha256: item.response_sha256,
            state: item.state,
            server_id: item.server_id,
            server_version: item.server_version,
            replaces: item.replaces,
            returned: item.returned,
            provenance: item.provenance,
            provenance_id: item.provenance_id,
            provenance_version: item.provenance_version,
            provenance_replaces: item.provenance_replaces,
            attempts: item.attempts,
            problem: item.problem,
            delivery_of: item.record,
            endpoint: item.endpoint,
            requests,
            alerts,
        });
    }
    Ok(())
}

fn copied(connection: &Connection, one: alert::Alert) -> Result<AlertCopy, Error> {
    let acts = alert::acts(connection, &one.id)?.into_iter().map(|act| ActCopy {
        action: act.action,
        user: act.user,
        display_name: act.display_name,
        at: act.at,
        reason: act.reason,
        result: act.result,
    });
    Ok(AlertCopy {
        acts: acts.collect(),
        closed_at: alert::closed_at(connection, &one.id)?,
        id: one.id,
        kind: one.kind,
        phase: one.phase,
        revision: one.revision,
        raised_at: one.raised_at,
        server: one.server,
        target: one.target,
        found: one.found,
        exchange: one.exchange,
        changes: one.changes,
        identical: one.identical,
        returned: one.returned,
        outcome: one.outcome,
    })
}

/// The visits of the records; with `drafts`, those that are not over too.
fn visits(connection: &Connection, content: &mut Content, drafts: bool) -> Result<(), Error> {
    let mut wanted: Vec<Visit> = Vec::new();
    for record in content.records.iter().filter(|record| record.delivery_of.is_none()) {
        wanted.push(visit::by_record(connection, &record.id)?);
    }
    if drafts {
        let open = |visit: &Visit| matches!(visit.state, VisitState::Ready | VisitState::InProgress);
        wanted.extend(visit::all(connection)?.into_iter().filter(open));
    }
    for one in wanted {
        if content.participants.iter().all(|known| known.id != one.participant) {
            let person = participant::by_id(connection, &one.participant)?;
            content.participants.push(Person {
                id: person.id,
                identifier_system: person.identifier_system,
                reference: person.reference,
            });
        }
        let sha256 = &one.questionnaire_sha256;
        if content.questionnaires.iter().all(|known| known.sha256 != *sha256) {
            content.questionnaires.push(Form {
                sha256: sha256.clone(),
                canonical: one.canonical.clone(),
                resource: questionnaire::resource(connection, sha256)?,
            });
        }
        let draft = draft_event::timed_of_visit(connection, &one.id)?.into_iter();
        content.visits.push(VisitCopy {
            draft: draft.map(|(at_ms, event)| DraftEvent { at_ms, event }).collect(),
            id: one.id,
            participant: one.participant,
            questionnaire_sha256: one.questionnaire_sha256,
            canonical: one.canonical,
            state: one.state,
            started_at: one.started_at,
            started_by: one.started_by,
            record: one.record,
        });
    }
    Ok(())
}

/// Certificates, reports and audit trails, of this device and of those that it took records over from.
fn beside(connection: &Connection, content: &mut Content) -> Result<(), Error> {
    let own = certificate::all(connection)?.into_iter();
    let own = own.map(|one| (content.device.identifier.clone(), one.chain));
    let certificates = own.chain(takeover::certificates(connection)?);
    content.certificates =
        certificates.map(|(device, chain)| ElsewhereCertificate { device, chain }).collect();
    let waiting = posting::waiting_reports(connection)?.into_iter();
    content.reports =
        waiting.map(|one| Report { id: one.id, cause: one.cause, resource: one.resource }).collect();
    content.trails.push(Trail {
        device: content.device.identifier.clone(),
        name: content.device.name.clone(),
        entries: audit::all(connection)?,
    });
    for other in takeover::devices(connection)? {
        let entries = takeover::audit_of(connection, &other.device)?;
        content.trails.push(Trail { device: other.device, name: other.name, entries });
    }
    Ok(())
}
