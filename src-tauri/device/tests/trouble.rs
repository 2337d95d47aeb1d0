//! What goes wrong with one record is nothing to the others; what goes wrong with the store rests them all, and not for long.

use crate::common;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::delivery::{Deliverer, practice_server, until};
use common::{Bench, frozen};
use device::delivery::{OutboxRow, State, outbox_row_of};
use device::store::outbox;
use fhir::{Value, Version};
use jiff::{Span, Timestamp};
use practice::faults::{Armed, Fault};
use seal::SealError;
use seal::profile::{About, CDEX, Profile, Violation};
use tempfile::TempDir;

/// Rest of a record whose journey ended in an error, at least.
const REST_SECONDS: i64 = 5;

/// A profile that panics over one response as long as it is told to.
struct Panicking {
    identifier: Mutex<String>,
    panics: AtomicBool,
    times: AtomicU32,
}

impl Profile for Panicking {
    fn name(&self) -> &'static str {
        CDEX.name()
    }

    fn versions(&self) -> &'static [Version] {
        CDEX.versions()
    }

    fn has_provenance(&self) -> bool {
        CDEX.has_provenance()
    }

    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError> {
        CDEX.provenance(about)
    }

    fn violations(&self, resource: &Value, _: Version) -> Vec<Violation> {
        let identifier = resource.get("identifier").and_then(|one| one.str("value")).unwrap();
        if identifier == *self.identifier.lock().unwrap() {
            self.times.fetch_add(1, Ordering::SeqCst);
            assert!(!self.panics.load(Ordering::SeqCst), "this record's journey panics, as it is meant to");
        }
        Vec::new()
    }
}

fn row(bench: &Bench, id: &str) -> OutboxRow {
    outbox_row_of(bench.device().store(), id).unwrap()
}

/// For how long the record rests, by the clock that stands still.
fn rests(bench: &Bench, id: &str) -> i64 {
    let next: Timestamp = row(bench, id).next_attempt_at.unwrap().parse().unwrap();
    next.duration_since((bench.clock.clock())().timestamp()).as_secs()
}

fn sql(bench: &Bench, sql: String) {
    bench.device().store().write(move |tx| Ok(tx.execute_batch(&sql)?)).unwrap();
}

fn client_of(server: &practice::Handle) -> client::Client {
    client::Client::new(server.base_url(), client::Options::default()).unwrap()
}

/// How many responses the server keeps.
fn responses(folder: &Path) -> usize {
    practice::storage::read_all(folder, "QuestionnaireResponse").unwrap().len()
}

#[test]
fn a_journey_that_panics_rests_alone_and_longer_each_time() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let (sick, well) = (frozen(&bench), frozen(&bench));
    let identifier = bench.device().store().read(|connection| outbox::by_id(connection, &sick)).unwrap();
    let identifier = Mutex::new(identifier.identifier);
    let profile = Panicking { identifier, panics: AtomicBool::new(true), times: AtomicU32::new(0) };
    let profile: &'static Panicking = Box::leak(Box::new(profile));
    let deliverer = Deliverer::with(client_of(&server), bench.device(), |context| {
        context.profile = profile;
        context.jitter = Arc::new(|ceiling| ceiling);
    });
    until("delivery of the other record", || row(&bench, &well).state == State::Done);
    let mut rested = Vec::new();
    for times in 1..=6 {
        until("panic", || row(&bench, &sick).next_attempt_at.is_some() && failures(&bench, &sick) == times);
        assert_eq!(profile.times.load(Ordering::SeqCst), times, "once for each rest that is over");
        assert_eq!(row(&bench, &sick).problem.as_deref(), Some("internal"), "a person sees it");
        assert_eq!(deliverer.worker.standing().problem, None, "the store has refused nothing");
        rested.push(rests(&bench, &sick));
        // What is not due is not begun, whoever wakes the worker.
        deliverer.worker.wake();
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(profile.times.load(Ordering::SeqCst), times);
        bench.clock.advance(Span::new().seconds(*rested.last().unwrap()));
        if times == 6 {
            profile.panics.store(false, Ordering::SeqCst);
        }
        deliverer.worker.wake();
    }
    assert_eq!(rested, [REST_SECONDS, REST_SECONDS, REST_SECONDS, 8, 16, 32]);
    deliverer.delivered(2);
    assert_eq!(responses(folder.path()), 2);
    assert_eq!(row(&bench, &sick).problem, None);
}

fn failures(bench: &Bench, id: &str) -> u32 {
    bench.device().store().read(|connection| outbox::by_id(connection, id)).unwrap().failures
}

#[test]
fn a_step_of_one_record_that_the_store_refuses_holds_up_no_other() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let sick = frozen(&bench);
    let others: Vec<String> = (0..3).map(|_| frozen(&bench)).collect();
    sql(
        &bench,
        format!(
            "CREATE TRIGGER broken BEFORE UPDATE ON outbox WHEN new.id = '{sick}' AND new.state = 'acknowledged'
             BEGIN SELECT RAISE(ABORT, 'this step is refused'); END"
        ),
    );
    let deliverer = Deliverer::over(client_of(&server), bench.device());
    // Whoever rests everything says so from then on, and nothing that is begun later ends before that.
    let done = |records: u32| {
        until("delivery", || {
            let status = deliverer.worker.status().unwrap();
            assert_eq!(status.own.problem, None, "nobody else rests");
            status.counts.get(&State::Done) == Some(&records)
        });
    };
    done(3);
    let later = frozen(&bench);
    deliverer.worker.wake();
    done(4);
    assert!(others.iter().chain([&later]).all(|id| row(&bench, id).state == State::Done));
    until("rest of the one", || failures(&bench, &sick) == 1);
    assert_eq!(
        (row(&bench, &sick).problem.as_deref(), rests(&bench, &sick)),
        (Some("internal"), REST_SECONDS)
    );
    sql(&bench, "DROP TRIGGER broken".to_owned());
    bench.clock.advance(Span::new().seconds(REST_SECONDS));
    deliverer.worker.wake();
    deliverer.delivered(5);
    assert_eq!(responses(folder.path()), 5, "what was acknowledged once was looked up, not sent again");
}

#[test]
fn a_full_disk_rests_everything_and_leaves_no_hold_behind() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    for _ in 0..3 {
        frozen(&bench);
    }
    // No page more: what a server returns has no room.
    sql(&bench, "PRAGMA max_page_count = 1".to_owned());
    let deliverer = Deliverer::over(client_of(&server), bench.device());
    until("refusal", || deliverer.worker.standing().problem == Some("disk-full"));
    let requests = server.faults().requests().len();
    std::thread::sleep(Duration::from_secs(1));
    assert!(server.faults().requests().len() <= requests + 3, "what was in flight, and then nothing");
    sql(&bench, "PRAGMA max_page_count = 1000000".to_owned());
    // The clock stands still: a hold that was left behind would never end.
    deliverer.delivered(3);
    assert_eq!(responses(folder.path()), 3);
    assert_eq!(deliverer.worker.standing().problem, None);
}

#[test]
fn a_server_that_forbids_reports_gets_the_records_and_is_asked_again_later() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let forbidden = Fault::Refuse { status: 403, retry_after: None };
    server.faults().set(Armed::new(Fault::AlterAnswer, 1).for_type("QuestionnaireResponse"));
    server.faults().set(Armed::new(forbidden, 1000).for_type("AuditEvent"));
    let altered = frozen(&bench);
    let deliverer = Deliverer::over(client_of(&server), bench.device());
    let failures = || {
        let sql = "SELECT coalesce(max(failures), 0) FROM posting WHERE kind = 'auditEvent'";
        let query = |store: &rusqlite::Connection| Ok(store.query_row(sql, [], |row| row.get::<_, u32>(0))?);
        bench.device().store().read(query).unwrap()
    };
    until("refusal", || failures() == 1);
    assert_eq!(row(&bench, &altered).state, State::Alert);
    frozen(&bench);
    deliverer.worker.wake();
    deliverer.delivered(1);
    assert_eq!(
        (deliverer.worker.standing().paused, failures()),
        (None, 1),
        "it rests, and nothing else does"
    );
    server.faults().clear();
    bench.clock.advance(Span::new().seconds(1));
    deliverer.worker.wake();
    until("report", || practice::storage::read_all(folder.path(), "AuditEvent").unwrap().len() == 1);
}
