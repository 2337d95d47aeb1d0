//! Tasks of the server: where the answers to one go when it is begun again, and how long a server is left alone with them.

use std::sync::Arc;

use device::assignment::{Assignments, Round};
use device::store::assignment::Told;
use device::{Endpoint, Tolerances};
use fhir::{Value, Version};
use jiff::Timestamp;
use practice::faults::{Armed, Fault, On};
use tempfile::TempDir;

use crate::common::clinic::{Clinic, SITE, due_task, parse};
use crate::common::delivery::practice_server;

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
