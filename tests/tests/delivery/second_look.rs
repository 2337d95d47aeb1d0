//! A create of a Provenance that arrives after the device has looked for it and sent it again: the server keeps two with one
//! signature, which R4 gives it no way to refuse. The device looks once more, and staff are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use attesta_tests::delivery::{Rig, wait_for};
use client::Location;
use device::delivery::{NoticeRow, State, alert_rows, notice_rows};
use device::store::alert::AlertKind;
use device::store::attempt;
use device::store::audit;
use device::store::notice::Kind;
use device::store::outbox::Item;
use device::store::second_look;
use device::{Clock, Create};
use fhir::Version;
use jiff::{SignedDuration, Zoned};
use practice::faults::{Armed, Fault, On};

const PROOF: &str = "Provenance";

/// A rig whose device's clock is ahead by so many seconds.
struct Later {
    rig: Rig,
    ahead: Arc<AtomicI64>,
}

impl Later {
    fn new(version: Version, create: Create) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let by = Arc::clone(&ahead);
        let clock: Clock =
            Arc::new(move || &Zoned::now() + SignedDuration::from_secs(by.load(Ordering::SeqCst)));
        let rig = Rig::of(version, move |context| (context.clock, context.create) = (clock, create));
        Self { rig, ahead }
    }

    fn after_minutes(&self, minutes: i64) {
        self.ahead.fetch_add(minutes * 60, Ordering::SeqCst);
        self.rig.worker.wake();
    }

    fn notices(&self) -> Vec<NoticeRow> {
        notice_rows(&self.rig.store).unwrap()
    }

    fn wanted(&self) -> u32 {
        self.rig.store.read(second_look::wanted).unwrap()
    }

    /// A record whose first create of a Provenance never came through, as the device could not know.
    fn sent_again(&self) -> Item {
        self.rig.server.faults().set(Armed::new(Fault::ResetBefore, 1).for_type(PROOF));
        let record = self.rig.freeze();
        let record = self.rig.settled(&record);
        assert_eq!(record.state, State::Done);
        record
    }

    /// The create that never came through arrives now; gives what it has made.
    fn arrives_late(&self, record: &Item) -> String {
        let bytes = record.provenance.clone().unwrap();
        let answer = self.rig.request(async |client| client.create(PROOF, &bytes, None).await).unwrap();
        assert_eq!(answer.status, 201);
        let made = Location::parse(answer.headers.location.as_deref().unwrap(), PROOF).unwrap();
        format!("{PROOF}/{}/_history/{}", made.id, made.version.unwrap())
    }

    /// The searches for a Provenance so far.
    fn searches(&self, record: &Item) -> usize {
        let subject = format!("record/{}", record.id);
        let made = self.rig.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
        made.iter().filter(|one| one.method == "GET" && one.url.contains("/Provenance?target=")).count()
    }

    fn events(&self, record: &Item, event: &str) -> Vec<String> {
        let subject = format!("record/{}", record.id);
        let trail = self.rig.store.read(move |connection| audit::of_subject(connection, &subject)).unwrap();
        trail.into_iter().filter(|entry| entry.event == event).map(|entry| entry.detail).collect()
    }
}

fn until(is: impl Fn() -> bool) {
    wait_for(Duration::from_secs(30), || is().then_some(()));
}

#[test]
fn a_provenance_that_arrives_after_all_is_found_a_while_later_and_staff_are_told() {
    for (version, create) in
        [(Version::R4, Create::Post), (Version::R5, Create::Post), (Version::R4, Create::Put)]
    {
        let site = Later::new(version, create);
        let record = site.sent_again();
        assert_eq!(site.wanted(), 1);
        let before = site.searches(&record);
        // Who presses *Send now* does not use up the look: the request may still be on its way.
        site.rig.worker.send_now().unwrap();
        assert_eq!(site.rig.settled(&record.id).state, State::Done);
        assert_eq!((site.searches(&record), site.wanted()), (before, 1));
        let late = site.arrives_late(&record);
        site.after_minutes(14);
        // Another record goes its way meanwhile, and nobody looks.
        let other = site.rig.freeze();
        assert_eq!(site.rig.settled(&other).state, State::Done);
        assert_eq!((site.searches(&record), site.notices().len()), (before, 0));

        site.after_minutes(2);
        until(|| site.notices().len() == 1);
        let [notice] = &site.notices()[..] else { panic!("one notice") };
        let own = record.provenance_target().unwrap();
        assert_eq!(notice.kind, Kind::ProvenanceTwice);
        assert_eq!(notice.found, [own, late], "the one that the device has compared comes first");
        assert_eq!(notice.participant.as_deref(), Some(record.participant.as_str()));
        assert_eq!(
            site.events(&record, "notice.raised"),
            [format!("provenanceTwice {}", notice.found.join(" "))]
        );
        assert_eq!(site.rig.settled(&record.id).state, State::Done, "the record is proven all the same");
        assert!(alert_rows(&site.rig.store).unwrap().is_empty());

        let looked = site.searches(&record);
        site.after_minutes(24 * 60);
        let other = site.rig.freeze();
        assert_eq!(site.rig.settled(&other).state, State::Done);
        assert_eq!((site.searches(&record), site.notices().len(), site.wanted()), (looked, 1, 0), "once");
    }
}

#[test]
fn where_nothing_arrives_nobody_is_told_and_nobody_looks_for_what_was_answered() {
    let site = Later::new(Version::R4, Create::Post);
    let record = site.rig.freeze();
    let record = site.rig.settled(&record);
    assert_eq!(
        (record.state, site.wanted(), site.searches(&record)),
        (State::Done, 0, 0),
        "its create was answered"
    );
    let record = site.sent_again();
    let before = site.searches(&record);
    site.after_minutes(16);
    until(|| site.wanted() == 0);
    assert_eq!(site.searches(&record), before + 1);
    assert!(site.notices().is_empty() && site.events(&record, "notice.raised").is_empty());
}

#[test]
fn one_that_arrives_before_the_second_is_confirmed_is_found_then() {
    let site = Later::new(Version::R4, Create::Post);
    // The search before the second create finds nothing, and that after it both.
    let faults = site.rig.server.faults();
    faults.set(Armed::new(Fault::NoAnswer, 1).for_type(PROOF));
    faults.set(Armed::new(Fault::FindsNothing, 2).for_type(PROOF).on(On::Search));
    let record = site.rig.freeze();
    let record = site.rig.settled(&record);
    assert_eq!(record.state, State::Alert);
    let [alert] = &alert_rows(&site.rig.store).unwrap()[..] else { panic!("one alert") };
    assert_eq!(alert.kind, AlertKind::Duplicates);
    assert_eq!(site.wanted(), 0, "a person decides about it first");
}

#[test]
fn a_server_that_is_away_is_asked_later_and_one_that_never_shows_it_is_given_up() {
    let site = Later::new(Version::R4, Create::Post);
    let record = site.sent_again();
    site.arrives_late(&record);
    site.rig.server.close_listener();
    for _ in 0..12 {
        let before = site.searches(&record);
        site.after_minutes(16);
        until(|| site.searches(&record) > before);
    }
    site.rig.server.reopen_listener().unwrap();
    site.after_minutes(16);
    until(|| site.notices().len() == 1);

    let record = site.sent_again();
    let refuses = Fault::Refuse { status: 501, retry_after: None };
    site.rig.server.faults().set(Armed::new(refuses, u32::MAX).for_type(PROOF).on(On::Search));
    for _ in 0..10 {
        let before = site.searches(&record);
        site.after_minutes(16);
        until(|| site.searches(&record) > before);
    }
    until(|| site.wanted() == 0);
    assert_eq!(site.events(&record, "provenance.notLookedAt"), ["not-shown"]);
    assert_eq!(site.notices().len(), 1, "nobody knows of a second one");
}
