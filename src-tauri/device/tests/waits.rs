//! No wait is late because a clock was ahead when it began, and a server that asks for time gets it.

use crate::common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use common::clinic::{Clinic, due_task};
use common::delivery::{Deliverer, Looks, practice_server, until};
use common::{Bench, frozen};
use device::assignment::Assignments;
use device::delivery::{Sources, State, alert_rows, outbox_row_of};
use device::store::assignment::Told;
use fhir::Version;
use jiff::{Span, Timestamp};
use practice::faults::{Armed, Fault};
use tempfile::TempDir;

const TOO_MUCH: Fault = Fault::Refuse { status: 503, retry_after: Some(900) };

/// A record whose delivery met trouble by a clock that was ahead, ten days as a rule.
struct Ahead {
    bench: Bench,
    folder: TempDir,
    server: practice::Handle,
    record: String,
    deliverer: Deliverer,
    by: Span,
}

impl Ahead {
    fn of(faults: Vec<Armed>) -> Self {
        Self::met(Span::new().days(10), |server| {
            for fault in faults {
                server.faults().set(fault);
            }
        })
    }

    fn met(by: Span, trouble: impl FnOnce(&practice::Handle)) -> Self {
        let bench = Bench::new();
        let folder = TempDir::new().unwrap();
        let server = practice_server(folder.path());
        trouble(&server);
        let record = frozen(&bench);
        bench.clock.advance(by);
        let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
        let deliverer =
            Deliverer::with(client, bench.device(), |context| context.jitter = Arc::new(|ceiling| ceiling));
        Self { bench, folder, server, record, deliverer, by }
    }

    fn state(&self) -> (State, Option<String>) {
        let row = outbox_row_of(self.bench.device().store(), &self.record).unwrap();
        (row.state, row.problem)
    }

    /// Sets the clock right, and wakes the worker as its longest sleep would.
    fn set_back(&self) {
        self.bench.clock.advance(self.by.negate());
        self.deliverer.worker.wake();
    }

    fn stored(&self, kind: &str) -> usize {
        practice::storage::read_all(self.folder.path(), kind).unwrap().len()
    }
}

#[test]
fn a_record_does_not_wait_for_a_clock_that_was_set_back() {
    let ahead = Ahead::of(vec![Armed::new(TOO_MUCH, 1).for_type("QuestionnaireResponse")]);
    until("wait", || ahead.state().1.as_deref() == Some("status-503"));
    ahead.set_back();
    ahead.deliverer.delivered(1);
}

#[test]
fn nothing_waits_for_a_clock_that_was_ahead_by_hours() {
    let ahead = Ahead::met(Span::new().hours(3), |server| {
        server.faults().set(Armed::new(TOO_MUCH, 1).for_type("QuestionnaireResponse"));
    });
    until("wait", || ahead.state().1.as_deref() == Some("status-503"));
    ahead.set_back();
    ahead.deliverer.delivered(1);
}

#[test]
fn no_wait_is_longer_because_the_clock_was_set_back_while_the_program_was_not_running() {
    for trouble in ["QuestionnaireResponse", "DocumentReference"] {
        let ahead = Ahead::met(Span::new().hours(3), |server| {
            server.faults().set(Armed::new(TOO_MUCH, 1).for_type(trouble));
        });
        until("wait", || ahead.state().1.as_deref() == Some("status-503"));
        let again = |ahead: &Ahead, looks: &Looks| {
            let client = client::Client::new(ahead.server.base_url(), client::Options::default()).unwrap();
            Deliverer::with(client, ahead.bench.device(), |context| looks.at(context))
        };
        let Ahead { deliverer, .. } = &ahead;
        deliverer.worker.stop();
        let asked = ahead.server.faults().requests().len();
        let of_types = || {
            let requests = ahead.server.faults().requests();
            requests.iter().skip(asked).filter(|one| !one.path.contains("metadata")).count()
        };
        let looks = Looks::default();
        let second = again(&ahead, &looks);
        (0..3).for_each(|_| looks.wait_for(2, &second.worker));
        assert_eq!(of_types(), 0, "{trouble}: the server's own wait outlives the program");
        drop(second);
        ahead.bench.clock.advance(Span::new().hours(-3));
        again(&ahead, &Looks::default()).delivered(1);
    }
}

#[test]
fn no_task_waits_longer_because_the_clock_was_set_back() {
    let clinic = Clinic::of(Version::R4, |_| (), |_| ());
    clinic.put(&due_task());
    assert_eq!(clinic.pulled().due.len(), 1);
    clinic.start();
    clinic.server.faults().set(Armed::new(TOO_MUCH, 1).for_type("Task"));
    let told = |all: &Assignments| {
        all.tell().unwrap();
        all.list().unwrap().begun[0].told
    };
    assert_eq!(told(&clinic.assignments()), Told::Nothing);
    assert_eq!(told(&clinic.assignments()), Told::Nothing, "its time has not come");
    // As if the clock had been ahead.
    let ahead = (Timestamp::now().as_millisecond() + 3 * 3_600_000).to_string();
    let store = clinic.device().store();
    store.write(move |tx| device::store::meta::set(tx, "clock.tasks", &ahead)).unwrap();
    assert_eq!(told(&clinic.assignments()), Told::InProgress);
}

#[test]
fn a_paused_queue_does_not_wait_for_a_clock_that_was_set_back() {
    let refused = Fault::Refuse { status: 401, retry_after: None };
    let ahead = Ahead::of(vec![Armed::new(refused, 1).for_type("QuestionnaireResponse")]);
    until("pause", || ahead.deliverer.worker.standing().paused.is_some());
    ahead.set_back();
    ahead.deliverer.delivered(1);
    assert_eq!(ahead.deliverer.worker.standing().paused, None);
}

#[test]
fn a_server_that_was_away_is_asked_by_a_clock_that_was_set_back() {
    let ahead = Ahead::met(Span::new().days(10), practice::Handle::close_listener);
    until("absence", || ahead.state().1.as_deref() == Some("refused"));
    assert!(ahead.deliverer.worker.standing().offline);
    ahead.server.reopen_listener().unwrap();
    ahead.set_back();
    ahead.deliverer.delivered(1);
}

#[test]
fn the_certificates_record_does_not_wait_for_a_clock_that_was_set_back() {
    let ahead = Ahead::of(vec![Armed::new(TOO_MUCH, 1).for_type("DocumentReference")]);
    until("wait", || ahead.state().1.as_deref() == Some("status-503"));
    assert_eq!(ahead.state().0, State::Compared);
    ahead.set_back();
    ahead.deliverer.delivered(1);
    assert_eq!(ahead.stored("DocumentReference"), 1);
}

#[test]
fn a_report_does_not_wait_for_a_clock_that_was_set_back() {
    let ahead = Ahead::of(vec![
        Armed::new(Fault::AlterAnswer, 1).for_type("QuestionnaireResponse"),
        Armed::new(TOO_MUCH, 1).for_type("AuditEvent"),
    ]);
    let waits = || {
        let sql = "SELECT coalesce(max(next_attempt_ms), 0) > 0 FROM posting WHERE kind = 'auditEvent'";
        ahead.bench.device().store().read(|store| Ok(store.query_row(sql, [], |row| row.get(0))?)).unwrap()
    };
    until("wait", waits);
    assert_eq!(alert_rows(ahead.bench.device().store()).unwrap().len(), 1);
    ahead.deliverer.worker.wake();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(ahead.stored("AuditEvent"), 0, "it waits");
    ahead.set_back();
    until("report", || ahead.stored("AuditEvent") == 1);
}

#[test]
fn evidence_does_not_wait_for_a_clock_that_was_set_back() {
    let authority = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/time", authority.local_addr().unwrap());
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = authority.accept() {
            count.fetch_add(1, Ordering::SeqCst);
            let answer = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            // Whoever asked may be gone.
            let _ = stream.read(&mut [0; 4096]).and_then(|_| stream.write_all(answer));
        }
    });
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let record = frozen(&bench);
    bench.clock.advance(Span::new().days(10));
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let mut configuration = bench.device().configuration().clone();
    configuration.policy.time_stamp_authority = Some(address);
    let deliverer = Deliverer::with(client, bench.device(), |context| {
        context.jitter = Arc::new(|ceiling| ceiling);
        context.sources = Sources::of(&configuration, &client::Transport::default()).unwrap();
    });
    deliverer.delivered(1);
    let waits = || {
        let kept =
            bench.device().store().read(|connection| device::store::evidence::of_record(connection, &record));
        kept.unwrap().is_some_and(|kept| kept.failures > 0)
    };
    until("wait", waits);
    let before = asked.load(Ordering::SeqCst);
    let looks = deliverer.worker.on_network_change();
    looks();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(asked.load(Ordering::SeqCst), before, "it waits");
    bench.clock.advance(Span::new().days(-10));
    looks();
    until("question", || asked.load(Ordering::SeqCst) > before);
}

#[test]
fn a_server_that_asks_for_time_gets_it_from_every_record_and_not_from_a_person() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    server.faults().set(Armed::new(TOO_MUCH, 1).for_type("QuestionnaireResponse"));
    let first = frozen(&bench);
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let looks = Looks::default();
    let deliverer = Deliverer::with(client, bench.device(), |context| looks.at(context));
    let row = |record: &str| outbox_row_of(bench.device().store(), record).unwrap();
    until("wait", || row(&first).problem.as_deref() == Some("status-503"));
    let second = frozen(&bench);
    for minutes in [0, 14] {
        bench.clock.advance(Span::new().minutes(minutes));
        // A worker that is woken looks at the clock: two rounds later the first of them has come to its end.
        (0..3).for_each(|_| looks.wait_for(1, &deliverer.worker));
        assert_eq!(
            (row(&second).state, row(&second).attempts),
            (State::Frozen, 0),
            "nobody asks before that"
        );
    }
    bench.clock.advance(Span::new().minutes(2));
    deliverer.worker.wake();
    deliverer.delivered(2);
    // A person may ask at any time.
    server.faults().set(Armed::new(TOO_MUCH, 1).for_type("QuestionnaireResponse"));
    let third = frozen(&bench);
    deliverer.worker.wake();
    until("wait", || row(&third).problem.as_deref() == Some("status-503"));
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(3);
}
