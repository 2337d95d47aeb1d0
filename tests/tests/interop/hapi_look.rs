//! A quarter of an hour later HAPI FHIR's JPA server shows the Provenance that it has acknowledged, as it was acknowledged: without
//! the version of its target, which the study allows, and with no alert.

use std::sync::atomic::Ordering;
use std::time::Duration;

use attesta_tests::delivery::{item, wait_for};
use client::Format;
use device::delivery::{State, alert_rows};
use device::store::{attempt, second_look};
use seal::Tolerance;

use crate::hapi::Site;

pub(crate) fn what_proves_a_record_is_shown_as_it_was_acknowledged(site: &Site, format: Format) {
    let desk = site.desk(format, &[Tolerance::ReferencesLoseVersion]);
    let record = desk.send(site.signed());
    let record = desk.settled(&record);
    assert_eq!(record.state, State::Done);
    let wanted = || desk.store.read(second_look::wanted).unwrap();
    assert_eq!(wanted(), 1);
    desk.ahead.fetch_add(16 * 60, Ordering::SeqCst);
    desk.worker.wake();
    wait_for(Duration::from_mins(2), || (wanted() == 0).then_some(()));

    assert_eq!(item(&desk.store, &record.id).state, State::Done);
    assert!(alert_rows(&desk.store).unwrap().is_empty());
    let subject = format!("record/{}", record.id);
    let made = desk.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
    let last = made.last().unwrap();
    let target = record.provenance_target().unwrap();
    assert!(last.method == "GET" && last.url.ends_with(&target), "{} {}", last.method, last.url);
    assert_eq!(last.status, Some(200));
}
