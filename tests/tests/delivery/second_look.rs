//! Looking once more, a quarter of an hour after a record was proven: whether the server shows the Provenance that it has
//! acknowledged; and whether a create of it arrived after the device had looked for it and sent it again: then the server keeps two
//! with one signature, which R4 gives it no way to refuse, and staff are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{Rig, wait_for};
use client::Location;
use device::delivery::{Context, NoticeRow, State, alert_detail, alert_rows, notice_rows};
use device::store::alert::{Action, AlertKind};
use device::store::attempt;
use device::store::audit;
use device::store::notice::Kind;
use device::store::outbox::Item;
use device::store::second_look;
use device::{Clock, Create};
use fhir::{Value, Version};
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
        Self::of(version, |context| context.create = create)
    }

    fn that(change: impl FnOnce(&mut Context)) -> Self {
        Self::of(Version::R4, change)
    }

    fn of(version: Version, change: impl FnOnce(&mut Context)) -> Self {
        let ahead = Arc::new(AtomicI64::new(0));
        let by = Arc::clone(&ahead);
        let clock: Clock =
            Arc::new(move || &Zoned::now() + SignedDuration::from_secs(by.load(Ordering::SeqCst)));
        let rig = Rig::of(version, move |context| {
            context.clock = clock;
            change(context);
        });
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
        self.questions(record, "/Provenance?target=")
    }

    /// How often a Provenance was read so far.
    fn reads(&self, record: &Item) -> usize {
        self.questions(record, "/Provenance/")
    }

    fn questions(&self, record: &Item, about: &str) -> usize {
        let subject = format!("record/{}", record.id);
        let made = self.rig.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
        made.iter().filter(|one| one.method == "GET" && one.url.contains(about)).count()
    }

    fn events(&self, record: &Item, event: &str) -> Vec<String> {
        let subject = format!("record/{}", record.id);
        let trail = self.rig.store.read(move |connection| audit::of_subject(connection, &subject)).unwrap();
        trail.into_iter().filter(|entry| entry.event == event).map(|entry| entry.detail).collect()
    }
}

/// A minute more than the wait after so many looks that came to nothing.
fn wait_after(tries: u32) -> i64 {
    15 * 2_i64.pow(tries.saturating_sub(1).min(6)) + 1
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
        assert_eq!((site.searches(&record), site.notices().len()), (looked, 1), "once");
    }
}

#[test]
fn where_nothing_arrives_nobody_is_told_and_what_was_answered_is_only_read() {
    let site = Later::new(Version::R4, Create::Post);
    let answered = site.rig.freeze();
    let answered = site.rig.settled(&answered);
    let record = site.sent_again();
    let before = site.searches(&record);
    assert_eq!((site.wanted(), site.reads(&answered), site.reads(&record)), (2, 0, 0));
    site.after_minutes(16);
    until(|| site.wanted() == 0);
    assert_eq!((site.searches(&answered), site.reads(&answered)), (0, 1), "its create was answered");
    assert_eq!((site.searches(&record), site.reads(&record)), (before + 1, 1));
    assert!(site.notices().is_empty() && site.events(&record, "notice.raised").is_empty());
    assert!(alert_rows(&site.rig.store).unwrap().is_empty());
}

/// The Provenance is acknowledged, and the server shows something else: `fault` says what.
fn acknowledged_only(version: Version, create: Create, faults: &[Armed]) -> (Later, Item) {
    let site = Later::new(version, create);
    for fault in faults {
        site.rig.server.faults().set(fault.clone().for_type(PROOF));
    }
    let record = site.rig.freeze();
    let record = site.rig.settled(&record);
    assert_eq!(record.state, State::Done, "nothing else is known yet");
    site.after_minutes(14);
    let other = site.rig.freeze();
    assert_eq!(site.rig.settled(&other).state, State::Done);
    assert_eq!(site.reads(&record), 0, "what is busy is given its time");
    site.after_minutes(2);
    until(|| site.rig.settled(&record.id).state != State::Done);
    (site, record)
}

#[test]
fn a_provenance_that_is_acknowledged_and_kept_otherwise_is_an_alert_and_is_corrected() {
    for (version, create) in
        [(Version::R4, Create::Post), (Version::R5, Create::Post), (Version::R4, Create::Put)]
    {
        let lies = [
            Armed::new(Fault::AlterLeaf { path: Some("Provenance.recorded".to_owned()) }, 1),
            Armed::new(Fault::Echo, 1),
        ];
        let (site, record) = acknowledged_only(version, create, &lies);
        let alert = only_alert(&site.rig);
        let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!((alert.row.kind, paths), (AlertKind::ProvenanceDifferent, vec!["Provenance.recorded"]));
        assert_eq!(alert.target, record.provenance_target());

        site.rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        until(|| site.rig.settled(&record.id).state == State::Done);
        let open = alert_rows(&site.rig.store).unwrap().into_iter().filter(|alert| alert.open).count();
        assert_eq!(open, 0);
        let corrected = site.rig.settled(&record.id);
        assert_eq!(corrected.provenance_version.as_deref(), Some("2"));
        // The correction is read back too.
        site.after_minutes(16);
        until(|| site.wanted() == 0);
        assert_eq!((site.reads(&record), site.rig.settled(&record.id).state), (2, State::Done));
    }
}

#[test]
fn a_provenance_that_is_acknowledged_and_not_kept_is_an_alert_as_often_as_that_happens() {
    for (version, create) in
        [(Version::R4, Create::Post), (Version::R5, Create::Post), (Version::R4, Create::Put)]
    {
        let (site, record) = acknowledged_only(version, create, &[Armed::new(Fault::Forget, 1)]);
        let alert = only_alert(&site.rig);
        assert_eq!((alert.row.kind, alert.row.missing), (AlertKind::Quarantined, true));
        assert_eq!(site.rig.settled(&record.id).problem.as_deref(), Some("status-404"));
        site.rig.server.faults().set(Armed::new(Fault::Forget, 1).for_type(PROOF));
        site.rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        until(|| site.rig.settled(&record.id).state == State::Done);
        assert!(site.rig.stored(PROOF).iter().all(|proof| !is_of(proof, &record)), "gone again");

        site.after_minutes(16);
        until(|| site.rig.settled(&record.id).state == State::Quarantined);
        let open: Vec<_> =
            alert_rows(&site.rig.store).unwrap().into_iter().filter(|alert| alert.open).collect();
        let [open] = &open[..] else { panic!("one alert is open") };
        let alert = alert_detail(&site.rig.store, &open.id).unwrap();
        site.rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        until(|| site.rig.settled(&record.id).state == State::Done);
        site.after_minutes(16);
        until(|| site.wanted() == 0);
        let kept = site.rig.stored(PROOF).iter().filter(|proof| is_of(proof, &record)).count();
        assert_eq!((kept, site.rig.settled(&record.id).state), (1, State::Done));
    }
}

#[test]
fn a_server_that_fails_for_long_is_asked_until_it_says_what_it_keeps() {
    let site = Later::new(Version::R4, Create::Post);
    let faults = site.rig.server.faults();
    faults.set(Armed::new(Fault::Forget, 1).for_type(PROOF));
    let record = site.rig.freeze();
    assert_eq!(site.rig.settled(&record).state, State::Done);
    let fails = Fault::Refuse { status: 500, retry_after: None };
    faults.set(Armed::new(fails, 12).for_type(PROOF).on(On::Read));
    let item = site.rig.settled(&record);
    for tries in 0..12 {
        let before = site.reads(&item);
        site.after_minutes(wait_after(tries));
        until(|| site.reads(&item) > before);
    }
    assert_eq!((site.wanted(), site.rig.settled(&record).state), (1, State::Done));
    site.after_minutes(wait_after(12));
    until(|| site.rig.settled(&record).state == State::Quarantined);
}

#[test]
fn what_stands_before_a_server_that_is_away_costs_no_record_its_time() {
    let site = Later::new(Version::R4, Create::Post);
    let record = site.rig.freeze();
    let record = site.rig.settled(&record);
    let faults = site.rig.server.faults();
    for (status, times) in [(503, 3), (429, 3)] {
        let away = Fault::Refuse { status, retry_after: None };
        faults.set(Armed::new(away, times).for_type(PROOF).on(On::Read));
        for _ in 0..times {
            let before = site.reads(&record);
            site.after_minutes(16);
            until(|| site.reads(&record) > before);
        }
    }
    assert_eq!(site.wanted(), 1);
    site.after_minutes(16);
    until(|| site.wanted() == 0);
    assert_eq!(site.rig.settled(&record.id).state, State::Done);
}

#[test]
fn what_a_server_hides_from_the_device_is_not_gone() {
    let refuses = |status| Fault::Refuse { status, retry_after: None };
    let bare = Fault::Gateway { status: 404, page: false };
    // How it answers a read of the version and then of what is there, and the search after them.
    for (reads, search) in [(refuses(404), None), (bare, None), (refuses(404), Some(refuses(403)))] {
        let site = Later::new(Version::R4, Create::Post);
        let record = site.rig.freeze();
        let record = site.rig.settled(&record);
        assert_eq!(record.state, State::Done);
        let faults = site.rig.server.faults();
        faults.set(Armed::new(reads, 2).for_type(PROOF).on(On::Fetch));
        if let Some(search) = search {
            faults.set(Armed::new(search, 1).for_type(PROOF).on(On::Search));
        }
        // A refusal of a gateway alone is asked again first.
        for _ in 0..2 {
            site.after_minutes(16);
            wait_for(Duration::from_secs(30), || (site.reads(&record) > 0).then_some(()));
        }
        until(|| site.wanted() == 0);
        assert_eq!(site.rig.settled(&record.id).state, State::Done);
        assert!(alert_rows(&site.rig.store).unwrap().is_empty());
    }
}

#[test]
fn while_the_server_is_away_one_look_asks_for_all() {
    let site = Later::that(|context| context.jitter = Arc::new(|ceiling| ceiling));
    let records: Vec<_> = (0..8).map(|_| site.rig.freeze()).collect();
    let records: Vec<_> = records.iter().map(|record| site.rig.settled(record)).collect();
    site.rig.server.close_listener();
    site.after_minutes(16);
    let reads = || records.iter().map(|record| site.reads(record)).sum::<usize>();
    until(|| reads() > 0);
    std::thread::sleep(Duration::from_secs(1));
    assert!(reads() < 4, "{} looks met a server that is away", reads());
    site.rig.server.reopen_listener().unwrap();
    site.after_minutes(16);
    until(|| site.wanted() == 0);
    assert!(alert_rows(&site.rig.store).unwrap().is_empty());
}

#[test]
fn a_provenance_that_is_altered_and_then_deleted_is_made_anew() {
    let lies = [
        Armed::new(Fault::AlterLeaf { path: Some("Provenance.recorded".to_owned()) }, 1),
        Armed::new(Fault::Echo, 1),
    ];
    let (site, record) = acknowledged_only(Version::R4, Create::Post, &lies);
    let id = record.provenance_id.clone().unwrap();
    site.rig.delete(PROOF, &id);
    let decide = || {
        let open: Vec<_> =
            alert_rows(&site.rig.store).unwrap().into_iter().filter(|alert| alert.open).collect();
        let [open] = &open[..] else { panic!("one alert is open: {open:?}") };
        let alert = alert_detail(&site.rig.store, &open.id).unwrap();
        site.rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        alert.row.kind
    };
    assert_eq!(decide(), AlertKind::ProvenanceDifferent);
    until(|| site.rig.settled(&record.id).state == State::Quarantined);
    assert_eq!(decide(), AlertKind::Quarantined);
    until(|| site.rig.settled(&record.id).state == State::Done);
    assert_ne!(site.rig.settled(&record.id).provenance_id, Some(id));
    assert!(alert_rows(&site.rig.store).unwrap().iter().all(|alert| !alert.open));
}

/// Whether a stored Provenance is about this record.
fn is_of((_, _, text): &(String, u32, String), record: &Item) -> bool {
    let proof = Value::parse(text.as_bytes()).unwrap();
    proof.list("target").first().and_then(|target| target.str("reference")) == record.target().as_deref()
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
        let before = site.reads(&record);
        site.after_minutes(16);
        until(|| site.reads(&record) > before);
    }
    site.rig.server.reopen_listener().unwrap();
    site.after_minutes(16);
    until(|| site.notices().len() == 1);

    until(|| site.wanted() == 0);
    let record = site.sent_again();
    let refuses = Fault::Refuse { status: 501, retry_after: None };
    site.rig.server.faults().set(Armed::new(refuses, u32::MAX).for_type(PROOF).on(On::Search));
    for tries in 0..10 {
        let before = site.searches(&record);
        site.after_minutes(wait_after(tries));
        until(|| site.searches(&record) > before);
    }
    until(|| site.wanted() == 0);
    assert_eq!(site.events(&record, "provenance.notLookedAt"), ["not-shown"]);
    assert_eq!(site.notices().len(), 1, "nobody knows of a second one");
}
