//! No wait is late because a clock was ahead when it began, and Tasks wait as long as the server asks for.

use crate::common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use common::clinic::{Clinic, SITE, due_task, parse};
use common::delivery::{Deliverer, Looks, practice_server, until};
use common::{Bench, frozen};
use device::assignment::{Assignments, Round};
use device::delivery::{Sources, State, alert_rows, outbox_row_of};
use device::store::assignment::Told;
use device::{Endpoint, Tolerances};
use fhir::{Value, Version};
use jiff::{Span, Timestamp};
use practice::faults::{Armed, Fault, On};
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
fn a_server_that_asks_for_time_is_told_of_a_task_later_and_within_an_hour() {
    let clinic = Clinic::of(Version::R4, |_| (), |_| ());
    clinic.put(&due_task());
    assert_eq!(clinic.pulled().due.len(), 1);
    clinic.start();
    let all = clinic.assignments();
    for (asked, most) in [(600, 600), (1_000_000, 3600)] {
        let refused = Fault::Refuse { status: 503, retry_after: Some(asked) };
        clinic.server.faults().set(Armed::new(refused, 1).for_type("Task"));
        let before = Timestamp::now().as_millisecond();
        assert!(all.tell_now().unwrap(), "something is left");
        let begun = all.list().unwrap().begun.remove(0);
        assert_eq!((begun.told, begun.problem.as_deref()), (Told::Nothing, Some("status-503")));
        let waits = (begun.next_attempt_ms - before) / 1000;
        assert!((most..most + 60).contains(&waits), "{asked}: {waits}");
        assert!(all.tell().unwrap(), "its time has not come");
        assert_eq!(all.list().unwrap().begun[0].failures, begun.failures);
    }
    all.tell_now().unwrap();
    assert_eq!(all.list().unwrap().begun[0].told, Told::InProgress);
}

#[test]
fn a_task_that_is_begun_again_goes_where_it_says_now() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let servers = folders.each_ref().map(|folder| practice_server(folder.path()));
    let [first, second] = servers.each_ref().map(|server| server.base_url().to_owned());
    let listed = |name: &str, base: &str| Endpoint {
        base: base.to_owned(),
        name: name.to_owned(),
        tolerances: Tolerances::default(),
        tls_anchors: None,
    };
    let endpoints = vec![listed("Registry", &first), listed("Clinic", &second)];
    let configured = |configuration: &mut device::Configuration| {
        configuration.policy.assignments.as_mut().unwrap().endpoints = endpoints;
    };
    let clinic = Clinic::of(Version::R4, |_| (), configured);
    let naming = |task: &Value, address: &str| {
        let input = format!(
            r#"{{"type":{{"coding":[{{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"response-endpoint"}}]}},"valueUrl":"{address}"}},"#
        );
        parse(&task.to_json().replace("\"input\":[", &format!("\"input\":[{input}")))
    };
    clinic.put(&naming(&due_task(), &first));
    assert_eq!(clinic.pulled().due[0].points, [Some(first.clone())]);
    let visit = clinic.start();
    clinic.assignments().tell_now().unwrap();
    clinic.device().end_visit(&visit.id, &clinic.staff, "a test").unwrap();
    assert_eq!(clinic.pulled().due[0].points, [Some(first.clone())], "it can be begun again");
    let now = |address: &str| {
        let stored = practice::storage::read_all(clinic.server_data.path(), "Task").unwrap();
        assert!(stored.last().unwrap().2.contains("in-progress"));
        parse(&stored.last().unwrap().2.replace(&first, address))
    };
    let (elsewhere, refused) = (now(&second), now("https://stranger.example/fhir"));
    clinic.put(&elsewhere);
    assert_eq!(clinic.pulled().due[0].points, [Some(second.clone())]);
    // What is refused now is not begun again with what it said before.
    clinic.put(&refused);
    let pulled = clinic.pulled();
    assert_eq!(pulled.due.len(), 0);
    assert_eq!(
        (pulled.begun[0].told, pulled.begun[0].problem.as_deref()),
        (Told::InProgress, Some("endpoint-elsewhere"))
    );
    clinic.device().start_assigned_visit("t-1", &clinic.staff).unwrap_err();
    // It is judged again each time, and said once.
    assert_eq!(clinic.pulled().due.len(), 0);
    let said = |event: &str| {
        let sql = "SELECT count(*) FROM audit WHERE event = ?1";
        let store = clinic.device().store();
        store.read(|store| Ok(store.query_row(sql, [event], |row| row.get::<_, u32>(0))?)).unwrap()
    };
    assert_eq!((said("assignment.refused"), said("assignment.renewed")), (1, 1));
    clinic.put(&elsewhere);
    let pulled = clinic.pulled();
    assert_eq!(
        (pulled.due[0].points.as_slice(), pulled.begun[0].problem.as_deref()),
        (&[Some(second)][..], None)
    );
    assert_eq!(said("assignment.renewed"), 2, "it can be begun again");
    clinic.pulled();
    assert_eq!(said("assignment.renewed"), 2, "nothing has changed since");
    clinic.start();
}

#[test]
fn a_task_that_is_given_to_another_is_not_begun_again_here() {
    let clinic = Clinic::of(Version::R4, |_| (), |_| ());
    clinic.put(&due_task());
    assert_eq!(clinic.pulled().due.len(), 1);
    let visit = clinic.start();
    clinic.device().end_visit(&visit.id, &clinic.staff, "a test").unwrap();
    assert_eq!(clinic.pulled().due.len(), 1);
    clinic.put(&parse(&due_task().to_json().replace(SITE, "Organization/another")));
    let pulled = clinic.pulled();
    assert_eq!((pulled.due.len(), pulled.begun.len()), (0, 0));
}

#[test]
fn a_server_that_is_away_is_asked_once_for_all_tasks_and_at_once_when_the_network_has_changed() {
    let clinic = Clinic::of(Version::R4, |_| (), |_| ());
    clinic.put(&due_task());
    clinic.put(&parse(&due_task().to_json().replace("t-1", "t-2")));
    assert_eq!(clinic.pulled().due.len(), 2);
    let visit = clinic.start();
    clinic.device().end_visit(&visit.id, &clinic.staff, "a test").unwrap();
    clinic.device().start_assigned_visit("t-2", &clinic.staff).unwrap();
    let server = clinic.device().server().unwrap();
    let all =
        Assignments::of(clinic.device(), server, Arc::new(|most| most), clinic.runtime.handle()).unwrap();
    let failures = || all.list().unwrap().begun.iter().map(|begun| begun.failures).sum::<u32>();
    clinic.server.close_listener();
    for times in 1..=12 {
        all.tell_now().unwrap();
        assert_eq!(failures(), times, "one request");
    }
    clinic.server.reopen_listener().unwrap();
    let told = || all.list().unwrap().begun.iter().filter(|begun| begun.told == Told::InProgress).count();
    all.tell().unwrap();
    assert_eq!(told(), 1, "one was never tried, the other waits");
    all.on_network_change();
    all.tell().unwrap();
    assert_eq!(told(), 2);
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

#[test]
fn a_server_that_asks_for_time_is_not_asked_for_tasks_by_itself() {
    let clinic = Clinic::of(Version::R4, |_| (), |_| ());
    clinic.put(&due_task());
    let all = clinic.assignments();
    let asked = || {
        let requests = clinic.server.faults().requests();
        requests.iter().filter(|one| one.method == "GET" && one.path.contains("Task")).count()
    };
    let refuses = |status, retry_after| {
        clinic
            .server
            .faults()
            .set(Armed::new(Fault::Refuse { status, retry_after }, 1).for_type("Task").on(On::Read));
    };
    refuses(503, None);
    assert_eq!(all.round(true).unwrap(), Round { left: false, pulled: true });
    assert_eq!((asked(), all.list().unwrap().problem), (1, Some("status")));
    refuses(429, Some(600));
    assert_eq!(all.round(true).unwrap(), Round { left: false, pulled: true }, "it did not ask for time");
    assert_eq!((asked(), all.list().unwrap().problem), (2, Some("status")));
    for _ in 0..3 {
        assert_eq!(all.round(true).unwrap(), Round { left: true, pulled: false }, "now it did");
    }
    assert_eq!(asked(), 2);
    all.pull().unwrap();
    assert_eq!((all.list().unwrap().due.len(), all.list().unwrap().problem), (1, None), "a person may ask");
    // What is to be told waits as well, and what has been told to wait keeps the list from being read.
    let another = clinic.assignments();
    clinic.start();
    refuses(503, Some(600));
    let before = asked();
    assert_eq!(another.round(true).unwrap(), Round { left: true, pulled: false });
    assert_eq!(asked(), before + 1);
    another.tell_now().unwrap();
    assert_eq!(another.list().unwrap().begun[0].told, Told::InProgress);
}
