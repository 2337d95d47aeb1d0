//! Tasks of a real practice server: pulled, kept for offline use, answered, and told what became of them.

use crate::common;

use std::collections::HashMap;
use std::ops::Deref;

use common::PARTICIPANT;
use common::clinic::{Clinic, PHQ9, SITE, assignments, due_task, handed_over, parse};
use common::delivery::Deliverer;
use device::Error;
use device::assignment::is_overdue;
use device::delivery::State;
use device::store::assignment::Told;
use device::store::{audit, form, outbox, participant};
use fhir::{Value, Version};
use practice::faults::{Armed, Fault, On};
use practice::{Seeds, seeds};
use questionnaire::instruments;
use tokio::runtime::Runtime;

/// A Task, changed in its text.
fn task(id: &str, change: impl Fn(&str) -> String) -> Value {
    parse(&change(&seeds::task(id, PARTICIPANT, PHQ9, ("2026-01-01", "2099-12-31")).to_json()))
}

/// A practice server with Tasks, and a device that they are for.
struct Site(Clinic);

impl Deref for Site {
    type Target = Clinic;

    fn deref(&self) -> &Clinic {
        &self.0
    }
}

impl Site {
    fn new(tasks: Vec<Value>) -> Self {
        Self::of(Version::R4, tasks, |_| ())
    }

    fn of(version: Version, tasks: Vec<Value>, change: impl FnOnce(&mut Seeds)) -> Self {
        let seeded = |seeds: &mut Seeds| {
            seeds.tasks = tasks;
            change(seeds);
        };
        Self(Clinic::of(version, seeded, |_| ()))
    }

    /// Why Tasks are not taken, by their id.
    fn refused(&self) -> HashMap<String, String> {
        self.pulled().refused.into_iter().map(|one| (one.id, one.reason)).collect()
    }

    /// Every version of the Task as the server keeps it.
    fn versions(&self) -> Vec<Value> {
        let all = practice::storage::read_all(self.server_data.path(), "Task").unwrap();
        all.iter().filter(|(id, ..)| id == "t-1").map(|(_, _, text)| parse(text)).collect()
    }

    fn statuses(&self) -> Vec<String> {
        self.versions().iter().map(|task| task.str("status").unwrap().to_owned()).collect()
    }

    fn deliver(&self) {
        Deliverer::start(self.device()).delivered(1);
    }

    fn told(&self) -> (Told, Option<String>) {
        let [begun] = &self.assignments().list().unwrap().begun[..] else { panic!("one has a visit") };
        (begun.told, begun.problem.clone())
    }

    fn events(&self, subject: &str) -> Vec<String> {
        let rows = self.device().store().read(|connection| audit::of_subject(connection, subject)).unwrap();
        rows.into_iter().map(|row| row.event).collect()
    }
}

fn output(record: &outbox::Item) -> String {
    format!("QuestionnaireResponse/{}", record.server_id.as_ref().unwrap())
}

#[test]
fn a_task_is_pulled_answered_offline_proven_and_only_then_completed() {
    let site = Site::new(vec![due_task()]);
    let pulled = site.pulled();
    assert_eq!((pulled.problem, pulled.refused.len(), pulled.pulled_at.is_some()), (None, 0, true));
    let [due] = &pulled.due[..] else { panic!("one is due") };
    assert_eq!((due.participant.as_str(), due.due_until.as_deref()), (PARTICIPANT, Some("2099-12-31")));
    assert!(!is_overdue(due, &site.device().now()));
    let known = site.device().store().read(|connection| participant::by_id(connection, PARTICIPANT)).unwrap();
    assert_eq!(known.reference, "Patient/patient-014-0027");
    let added = site.device().store().read(|connection| form::by_id(connection, &due.form)).unwrap();
    assert_eq!((added.canonical.as_str(), added.added_by.as_str()), (PHQ9, "assignment"));

    site.server.close_listener();
    let away = site.pulled();
    assert_eq!((away.problem, away.due.len(), &away.pulled_at), (Some("refused"), 1, &pulled.pulled_at));
    let visit = site.start();
    assert_eq!(site.pulled().due, [], "what was begun is not due");
    assert!(site.device().start_assigned_visit("t-1", &site.staff).is_err(), "and is not begun twice");
    assert!(site.assignments().tell_now().unwrap(), "there is something left to tell");
    assert_eq!(site.told(), (Told::Nothing, Some("refused".to_owned())));
    let record = site.sign(&visit);
    assert!(site.assignments().tell_now().unwrap());

    site.server.reopen_listener().unwrap();
    assert!(site.assignments().tell_now().unwrap(), "the response is not proven");
    assert_eq!(
        (site.told(), site.statuses()),
        ((Told::InProgress, None), vec!["requested".into(), "in-progress".into()])
    );
    site.deliver();
    assert!(!site.assignments().tell_now().unwrap(), "all is told");
    assert_eq!((site.told(), site.statuses().len()), ((Told::Completed, None), 3));
    let item = site.device().store().read(|connection| outbox::by_id(connection, &record)).unwrap();
    let last = site.versions().pop().unwrap();
    let told = &last.list("output")[0];
    assert_eq!((item.state, last.str("status")), (State::Done, Some("completed")));
    assert_eq!(told.get("valueReference").unwrap().str("reference"), Some(output(&item).as_str()));
    let coding = &told.get("type").unwrap().list("coding")[0];
    assert_eq!(coding.str("code"), Some("questionnaire-response"));
    assert_eq!(last.list("input"), due_task().list("input"), "nothing else of the Task is changed");
    let expected = ["received", "inProgress", "completed"].map(|event| format!("assignment.{event}"));
    assert_eq!(site.events("assignment/t-1"), expected);
    assert!(site.events(&format!("visit/{}", visit.id)).contains(&"assignment.begun".to_owned()));
    assert_eq!(site.pulled().due, []);
    assert_eq!(site.statuses().len(), 3, "nothing is told twice");
}

#[test]
fn an_answer_that_is_lost_or_refused_is_no_second_change_and_never_a_claim() {
    let site = Site::new(vec![due_task()]);
    site.pulled();
    let visit = site.start();
    let arm = |fault, on| site.server.faults().set(Armed::new(fault, 1).for_type("Task").on(on));
    arm(Fault::NoAnswer, On::Write);
    assert!(site.assignments().tell_now().unwrap());
    assert_eq!(site.told().0, Told::Nothing, "what was not answered is not claimed");
    assert_eq!(site.statuses().len(), 2, "although the server acted on it");
    arm(Fault::Refuse { status: 401, retry_after: None }, On::Read);
    site.assignments().tell_now().unwrap();
    assert_eq!(site.told(), (Told::Nothing, Some("unauthorised".to_owned())));
    site.assignments().tell_now().unwrap();
    assert_eq!((site.told(), site.statuses().len()), ((Told::InProgress, None), 2));

    site.sign(&visit);
    site.deliver();
    arm(Fault::Refuse { status: 422, retry_after: None }, On::Write);
    assert!(site.assignments().tell_now().unwrap());
    assert_eq!(site.told(), (Told::InProgress, Some("status-422".to_owned())));
    // Somebody else was faster, at least so the server says: it is read again.
    arm(Fault::Refuse { status: 412, retry_after: None }, On::Write);
    assert!(!site.assignments().tell_now().unwrap());
    assert_eq!((site.told(), site.statuses().len()), ((Told::Completed, None), 3));
}

#[test]
fn what_the_server_decides_meanwhile_stands_and_never_stops_a_response() {
    for (status, problem) in [("cancelled", "task-withdrawn"), ("completed", "task-completed-elsewhere")] {
        let site = Site::new(vec![due_task()]);
        site.pulled();
        let visit = site.start();
        site.put(&task("t-1", |text| text.replace("\"requested\"", &format!("\"{status}\""))));
        assert_eq!(site.pulled().begun.len(), 1, "what was begun stays");
        assert!(!site.assignments().tell_now().unwrap());
        assert_eq!(site.told(), (Told::Stopped, Some(problem.to_owned())));
        site.sign(&visit);
        site.deliver();
        assert!(!site.assignments().tell_now().unwrap());
        assert_eq!(site.statuses(), ["requested", status], "the Task of others is left alone");
    }
}

#[test]
fn many_tasks_whose_visits_were_ended_are_asked_about_some_at_a_time() {
    let tasks: Vec<_> =
        (100..130).map(|n| task("t-1", |text| text.replace("t-1", &format!("t-{n}")))).collect();
    let site = Site::new(tasks);
    let requests = || {
        let requests = site.server.faults().requests();
        requests.iter().filter(|one| one.method == "GET" && one.path.contains("Task")).count()
    };
    let asked = || {
        let before = requests();
        assert_eq!(site.pulled().due.len(), 30);
        requests() - before
    };
    let before = asked();
    for n in 100..130 {
        let visit = site.device().start_assigned_visit(&format!("t-{n}"), &site.staff).unwrap();
        site.device().end_visit(&visit.id, &site.staff, "a test").unwrap();
    }
    assert_eq!(asked(), before + 2, "thirty of them, twenty-five at once");
}

#[test]
fn what_is_withdrawn_goes_unless_it_was_begun() {
    let site = Site::new(vec![due_task()]);
    assert_eq!(site.pulled().due.len(), 1);
    let with = |status: &str| task("t-1", |text| text.replace("\"requested\"", &format!("\"{status}\"")));
    site.put(&with("cancelled"));
    assert_eq!(site.pulled().due, []);
    site.put(&with("ready"));
    assert_eq!(site.pulled().due.len(), 1);
    // A visit that was ended without a signature leaves its Task to be done.
    let visit = site.start();
    site.assignments().tell_now().unwrap();
    site.device().end_visit(&visit.id, &site.staff, "asked to come back").unwrap();
    assert_eq!(site.pulled().due.len(), 1);
    let again = site.start();
    assert_ne!(again.id, visit.id);
    site.device().end_visit(&again.id, &site.staff, "moved away").unwrap();
    site.put(&with("cancelled"));
    let pulled = site.pulled();
    assert_eq!((pulled.due.len(), pulled.begun.len()), (0, 0));
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_reason_and_nobody_else_is_asked() {
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    stranger.set_nonblocking(true).unwrap();
    let elsewhere = format!("http://{}/fhir", stranger.local_addr().unwrap());
    let input = |address: &str| {
        format!(
            r#""input":[{{"type":{{"coding":[{{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"response-endpoint"}}]}},"valueUrl":"{address}"}},"#
        )
    };
    let form = |id: &str, more: &str| {
        parse(&format!(
            r#"{{"resourceType":"Questionnaire","id":"{id}","url":"https://x.example/{id}","version":"1","status":"active",
            "language":"en","title":"Form",{more}"item":[{{"linkId":"1","type":"boolean","text":"Well?"}}]}}"#
        ))
    };
    let sends = format!(
        r#""extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-endpoint","valueUri":"{elsewhere}"}}],"#
    );
    let asks = |id: &'static str, form: &'static str| task(id, move |text| text.replace(PHQ9, form));
    let tasks = vec![
        task("endpoint", |text| text.replace("\"input\":[", &input(&elsewhere))),
        task("operation", |text| {
            text.replace(
                "\"input\":[",
                &input(&format!("{elsewhere}/QuestionnaireResponse/$process-response")),
            )
        }),
        asks("form-endpoint", "https://x.example/sends"),
        asks("missing", "https://x.example/nowhere|1"),
        asks("unusable", "https://x.example/unusable"),
        task("patient", |text| text.replace("patient-014-0027", "patient-without-number")),
        task("other-server", |text| text.replace("Patient/", &format!("{elsewhere}/Patient/"))),
        task("modifier", |text| {
            text.replace("\"owner\"", "\"implicitRules\":\"https://x.example\",\"owner\"")
        }),
        task("others", |text| text.replace(SITE, "Organization/other")),
        task("good", str::to_owned),
    ];
    let patient = r#"{"resourceType":"Patient","id":"patient-without-number","identifier":[{"system":"http://x","value":"1"}]}"#;
    let site = Site::of(Version::R4, tasks, |seeds| {
        seeds.patients.push(parse(patient));
        seeds.questionnaires.push(form("sends", &sends));
        seeds
            .questionnaires
            .push(form("unusable", r#""modifierExtension":[{"url":"http://x","valueBoolean":true}],"#));
    });
    let expected = HashMap::from(
        [
            ("endpoint", "endpoint-elsewhere"),
            ("operation", "endpoint-operation"),
            ("form-endpoint", "endpoint-elsewhere"),
            ("missing", "questionnaire-missing"),
            ("unusable", "questionnaire-refused"),
            ("patient", "participant-number"),
            ("other-server", "participant-elsewhere"),
            ("modifier", "task-modifier"),
        ]
        .map(|(id, reason)| (id.to_owned(), reason.to_owned())),
    );
    assert_eq!(site.refused(), expected);
    assert_eq!(site.pulled().due.iter().map(|due| due.id.as_str()).collect::<Vec<_>>(), ["good"]);
    assert_eq!(site.events("assignment/endpoint"), ["assignment.refused"], "said once, not at every round");
    assert!(stranger.accept().is_err(), "nobody else was asked anything");
    assert!(matches!(site.device().start_assigned_visit("endpoint", &site.staff), Err(Error::NotFound(_))));

    // Another version than the one that is offered here, and a number that is somebody else's.
    site.put(&asks("missing", "https://attesta.example/fhir/Questionnaire/phq-9|2.0.0"));
    assert_eq!(site.refused().get("missing").map(String::as_str), Some("questionnaire-version"));
}

#[test]
fn a_server_that_lets_nobody_in_says_so_and_takes_nothing_away() {
    let site = Site::new(vec![due_task()]);
    assert_eq!(site.pulled().due.len(), 1);
    for (status, problem) in
        [(401, "unauthorised"), (403, "unauthorised"), (404, "not-served"), (500, "status")]
    {
        let fault = Fault::Refuse { status, retry_after: None };
        site.server.faults().set(Armed::new(fault, 1).for_type("Task").on(On::Read));
        let pulled = site.pulled();
        assert_eq!((pulled.problem, pulled.due.len()), (Some(problem), 1), "{status}");
    }
    // Half of what a Task needs is nothing, and takes nothing away either.
    site.put(&task("t-2", |text| text.replace("014-0027", "014-0031")));
    let fault = Fault::Refuse { status: 503, retry_after: None };
    site.server.faults().set(Armed::new(fault, 1).for_type("Patient").on(On::Read));
    assert_eq!((site.pulled().problem, site.assignments().list().unwrap().due.len()), (Some("status"), 1));
    assert_eq!(site.pulled().due.len(), 2);
}

#[test]
fn requests_are_fulfilled_and_tasks_of_r5_are_taken() {
    let request = r#"{"resourceType":"ServiceRequest","id":"r-1","status":"active","intent":"order",
        "subject":{"reference":"Patient/patient-014-0027"},
        "extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-servicerequest-questionnaire",
        "valueCanonical":"https://attesta.example/fhir/Questionnaire/phq-9"}]}"#;
    for version in [Version::R4, Version::R5] {
        let fulfill = task("t-1", |text| {
            let (head, _) = text.split_once(",\"input\"").unwrap();
            head.replace(
                "http://hl7.org/fhir/uv/sdc/CodeSystem/temp",
                "http://hl7.org/fhir/CodeSystem/task-code",
            )
            .replace("complete-questionnaire", "fulfill")
            .replace(
                "\"restriction\":{\"period\":",
                "\"focus\":{\"reference\":\"ServiceRequest/r-1\"},\"restriction\":{\"period\":",
            ) + "}"
        });
        let site = Site::of(version, vec![fulfill], |seeds| {
            seeds.terminology.push(parse(request));
            if version == Version::R5 {
                // The device has it already, as it came with the program.
                seeds.questionnaires.clear();
            }
        });
        if version == Version::R5 {
            site.device().bring_form(instruments::PHQ9).unwrap();
        }
        let pulled = site.pulled();
        assert_eq!((pulled.due.len(), pulled.refused), (1, vec![]), "{version:?}");
        site.start();
        site.assignments().tell_now().unwrap();
        assert_eq!(site.statuses(), ["requested", "in-progress"], "{version:?}");
    }
}

#[test]
fn nothing_is_begun_before_its_time() {
    let later = seeds::task("t-1", PARTICIPANT, PHQ9, ("2098-01-01", "2098-12-31"));
    let site = Site::new(vec![later]);
    assert_eq!(site.pulled().due.len(), 1);
    assert!(matches!(site.device().start_assigned_visit("t-1", &site.staff), Err(Error::WrongState(_))));
}

/// Run by the test below in a process of its own; by itself it does nothing.
#[test]
fn child_that_tells() {
    let Some(device) = handed_over() else { return };
    let _ = assignments(&device, &Runtime::new().unwrap()).tell_now();
}

#[test]
fn a_device_that_is_killed_between_the_change_and_its_answer_changes_nothing_twice() {
    let mut site = Site::new(vec![due_task()]);
    site.pulled();
    let visit = site.start();
    site.sign(&visit);
    site.deliver();
    site.0.close();

    // The server acts, and its answer takes forever.
    let drip = Fault::SlowDrip { bytes: 1, every_milliseconds: 1000 };
    site.server.faults().set(Armed::new(drip, 1).for_type("Task"));
    site.kill("assignment::child_that_tells", "change of the Task", || site.versions().len() == 2);

    let configuration = site.configuration.clone();
    site.0.open(&configuration);
    assert_eq!(site.told().0, Told::Nothing, "the answer never came");
    assert!(!site.assignments().tell_now().unwrap());
    assert_eq!(
        (site.told(), site.statuses()),
        ((Told::Completed, None), vec!["requested".into(), "completed".into()])
    );
}

#[cfg(feature = "failpoints")]
#[test]
fn a_device_that_is_killed_at_any_point_of_telling_tells_once() {
    for point in device::delivery::failpoint::TELLING {
        let mut site = Site::new(vec![due_task()]);
        site.pulled();
        let visit = site.start();
        killed_and_told(&mut site, point, &["requested", "in-progress"]);
        site.sign(&visit);
        site.deliver();
        killed_and_told(&mut site, point, &["requested", "in-progress", "completed"]);
        let told = |event: &str| {
            let sql = "SELECT count(*) FROM audit WHERE event = ?1";
            let store = site.device().store();
            store.read(|store| Ok(store.query_row(sql, [event], |row| row.get::<_, u32>(0))?)).unwrap()
        };
        assert_eq!((told("assignment.inProgress"), told("assignment.completed")), (1, 1), "{point}");
    }
}

/// The process that tells is killed there; the next one finds what the server says, or says it.
#[cfg(feature = "failpoints")]
fn killed_and_told(site: &mut Site, point: &str, statuses: &[&str]) {
    site.0.close();
    site.kill_at("assignment::child_that_tells", point);
    let there = site.statuses().len();
    let acted = point != "task-before-request";
    assert_eq!(there, statuses.len() - usize::from(!acted), "{point}: when it was killed");
    let configuration = site.configuration.clone();
    site.0.open(&configuration);
    site.assignments().tell_now().unwrap();
    assert_eq!(site.statuses(), statuses, "{point}");
}
