//! How a device of the sweep stands: what it waits for, and everything that the sweep judges it by.

use device::Device;
use device::delivery::{State, WorkerHandle};
use device::store::alert::{self, Phase};
use device::store::posting::{self, Posting, PostingState};
use device::store::{Store, audit, notice, outbox, second_look};

use super::capture;
use super::told::{Noticed, Raised, Record, Report, Reported};

/// Whether no report of an alert is still to be sent.
pub(super) fn has_reported(store: &Store) -> bool {
    let reports = store.read(posting::all_reports).unwrap();
    reports.iter().all(|report| report.state != PostingState::Waiting)
}

/// Whether a proven record is still to be looked at once more.
pub(super) fn is_to_look(store: &Store) -> bool {
    store.read(second_look::wanted).unwrap() > 0
}

/// Whether all that is left waits for a person who decides about the certificate's document.
pub(super) fn waits_for_the_certificate(store: &Store) -> bool {
    let (open, items) = store
        .read(|connection| {
            let alerts = alert::all(connection)?;
            let open = alerts.iter().any(|one| one.outcome.is_none() && one.phase == Phase::Document);
            Ok((open, outbox::all(connection)?))
        })
        .unwrap();
    open && items
        .iter()
        .filter(|item| item.state.is_active())
        .all(|item| item.state == State::Compared && item.problem.as_deref() == Some("certificate"))
}

/// What there is, as far as the device itself knows it.
pub(super) fn report(device: &Device, worker: Option<&WorkerHandle>) -> Report {
    let store = device.store();
    let (items, alerts, acts) = store
        .read(|connection| {
            let alerts = alert::all(connection)?;
            let acts = alerts.iter().map(|alert| Ok(alert::acts(connection, &alert.id)?.len()));
            let acts = acts.collect::<Result<Vec<_>, device::Error>>()?;
            Ok((outbox::all(connection)?, alerts, acts))
        })
        .unwrap();
    let (trail, reports, notices) = store
        .read(|connection| {
            let notices = notice::waiting(connection, u32::MAX)?;
            Ok((audit::all(connection)?, posting::all_reports(connection)?, notices))
        })
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let name = |record: &str| {
        items.iter().find(|item| item.id == record).map(|item| item.identifier.clone()).unwrap_or_default()
    };
    let visits = capture::waiting(device);
    Report {
        milliseconds: 0,
        held: None,
        clock_difference: worker.and_then(|worker| worker.standing().clock_difference),
        alerts: alerts
            .iter()
            .zip(acts)
            .map(|(alert, acts)| Raised {
                id: alert.id.clone(),
                acts,
                identifier: name(&alert.record),
                kind: alert.kind.as_str().to_owned(),
                phase: format!("{:?}", alert.phase),
                open: alert.outcome.is_none(),
                paths: alert.changes.iter().map(|change| change.path.clone()).collect(),
                found: alert.found.clone(),
            })
            .collect(),
        items: items
            .iter()
            .map(|item| Record {
                identifier: item.identifier.clone(),
                state: item.state.as_str().to_owned(),
                response: text(&item.response),
                provenance: item.provenance.as_deref().map(text),
                target: item.target(),
                problem: item.problem.clone(),
            })
            .collect(),
        reports: reports.iter().map(reported).collect(),
        notices: notices
            .into_iter()
            .map(|notice| Noticed {
                kind: notice.kind.as_str().to_owned(),
                identifier: name(notice.record.as_deref().unwrap_or_default()),
                found: notice.found,
            })
            .collect(),
        drafts: visits.iter().filter(|visit| capture::is_reviewed(device, visit)).count(),
        waiting: visits.len(),
        audit_break: audit::first_break(&trail),
    }
}

fn reported(report: &Posting) -> Reported {
    Reported {
        cause: report.cause.clone(),
        state: report.state.as_str().to_owned(),
        resource: String::from_utf8(report.resource.clone()).unwrap(),
    }
}
