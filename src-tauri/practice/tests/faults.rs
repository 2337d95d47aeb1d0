//! Every fault: what it does, to how many requests, and that nothing else is touched.

use crate::common;

use std::time::{Duration, Instant};

use common::{Answer, FHIR_JSON, Practice, differences, response, uuid};
use practice::faults::{Armed, Fault, On};
use reqwest::Method;

/// Arms the fault once, posts, and returns the paths of the differences.
async fn altered_by(practice: &Practice, armed: Armed, number: u32) -> Vec<String> {
    practice.handle.faults().set(armed);
    let sent = response(number);
    let answer = practice.post("QuestionnaireResponse", sent.clone()).await;
    assert_eq!(answer.status, 201, "an altering server answers as if all were well");
    let read = practice.get(&format!("QuestionnaireResponse/{}", answer.id())).await;
    assert_eq!(read.body, answer.body, "what was altered is stored");
    assert!(practice.handle.faults().armed().is_empty(), "once is once");
    differences(&sent, &answer.resource())
}

#[tokio::test]
async fn answers_are_altered_dropped_and_rewritten() {
    let practice = Practice::start();
    assert_eq!(
        altered_by(&practice, Armed::new(Fault::AlterAnswer, 1), 1).await,
        [
            "QuestionnaireResponse.item[0].answer[0].value.code",
            "QuestionnaireResponse.item[0].answer[0].value.display"
        ],
        "the other option of the Questionnaire"
    );
    assert_eq!(
        altered_by(&practice, Armed::new(Fault::DropAnswer, 1), 2).await,
        ["QuestionnaireResponse.item[0]"]
    );
    assert_eq!(
        altered_by(&practice, Armed::new(Fault::ChangeDecimalText, 1), 3).await,
        ["QuestionnaireResponse.item[1].answer[0].value"]
    );
    let alterations = practice.handle.faults().alterations();
    assert_eq!(alterations[2].before.as_deref(), Some("72.50"));
    assert_eq!(alterations[2].after.as_deref(), Some("72.5"));
    assert!(altered_by(&practice, Armed::new(Fault::Reorder, 1), 4).await.is_empty());
    assert_eq!(
        practice.handle.faults().alterations().len(),
        4,
        "what was done is remembered for the trainer"
    );
}

#[tokio::test]
async fn any_leaf_can_be_altered_and_is_remembered_by_its_path() {
    let practice = Practice::start();
    for seed in 0..40 {
        let armed = Armed::new(Fault::AlterLeaf { path: None }, 1).seeded(seed);
        let found = altered_by(&practice, armed, u32::try_from(seed).unwrap()).await;
        let done = practice.handle.faults().alterations().pop().unwrap();
        assert_eq!(found, [done.path], "seed {seed}");
    }
    let path = "QuestionnaireResponse.subject.reference";
    let armed = Armed::new(Fault::AlterLeaf { path: Some(path.to_owned()) }, 1);
    assert_eq!(altered_by(&practice, armed, 99).await, [path]);
}

#[tokio::test]
async fn a_fault_that_finds_nothing_to_alter_waits() {
    let practice = Practice::start();
    let faults = practice.handle.faults();
    faults.set(Armed::new(Fault::ChangeDecimalText, 1));
    let sent = response(1).replace("\"valueDecimal\":72.50", "\"valueInteger\":72");
    let answer = practice.post("QuestionnaireResponse", sent.clone()).await;
    assert!(differences(&sent, &answer.resource()).is_empty());
    assert_eq!(faults.armed().len(), 1);
}

#[tokio::test]
async fn faults_wait_for_their_type_and_their_requests() {
    let practice = Practice::start();
    let faults = practice.handle.faults();
    faults.set(Armed::new(Fault::Status500Before, 2));
    assert_eq!(practice.post("Patient", r#"{"resourceType":"Patient"}"#).await.status, 201);
    assert_eq!(practice.get("QuestionnaireResponse").await.status, 200);
    assert_eq!(practice.post("QuestionnaireResponse", response(1)).await.status, 500);
    assert_eq!(faults.armed()[0].times, 1);
    assert_eq!(practice.post("QuestionnaireResponse", response(1)).await.status, 500);
    assert_eq!(practice.post("QuestionnaireResponse", response(1)).await.status, 201);

    faults.set(Armed::new(Fault::Status500Before, 1).on(On::Read).for_type("*"));
    assert_eq!(practice.get("Patient/patient-014-0027").await.status, 500);
    assert_eq!(practice.get("Patient/patient-014-0027").await.status, 200);
    faults.set(Armed::new(Fault::NoBody, 5));
    faults.set(Armed::new(Fault::NoBody, 0));
    assert!(faults.armed().is_empty(), "no times disarm");
}

#[tokio::test]
async fn no_body_still_tells_the_location() {
    let practice = Practice::start();
    practice.handle.faults().set(Armed::new(Fault::NoBody, 1));
    let answer = practice.post("QuestionnaireResponse", response(1)).await;
    assert_eq!((answer.status, answer.body.len()), (201, 0));
    let location = answer.header("location").unwrap();
    let path = location.strip_prefix(practice.handle.base_url()).unwrap();
    assert_eq!(practice.get(&path[1..]).await.status, 200);

    practice.handle.faults().set(Armed::new(Fault::NoLocation, 1));
    let answer = practice.post("QuestionnaireResponse", response(2)).await;
    assert_eq!((answer.header("location"), answer.header("etag")), (None, None));
    assert!(differences(&response(2), &answer.resource()).is_empty());
}

#[tokio::test]
async fn a_500_after_storing_and_one_before_leave_different_stores() {
    let practice = Practice::start();
    let faults = practice.handle.faults();
    for (fault, stored) in [(Fault::Status500Before, 0), (Fault::Status500, 1)] {
        faults.set(Armed::new(fault, 1));
        let answer = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
        answer.is_refused(500, "transient");
        assert_eq!(practice.stored("QuestionnaireResponse").len(), stored);
    }
    let again = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
    assert_eq!(again.status, 200, "the repeated create finds the first");

    faults.set(Armed::new(Fault::Refuse { status: 429, retry_after: Some(7) }, 1));
    let refused = practice.post("QuestionnaireResponse", response(2)).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("7")));
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 1);
}

#[tokio::test]
async fn ended_connections_leave_what_they_promise() {
    let practice = Practice::start();
    for (fault, stored) in [(Fault::ResetBefore, 0), (Fault::NoAnswer, 1)] {
        practice.handle.faults().set(Armed::new(fault, 1));
        let error = practice.create_once(&uuid(1), response(1)).send().await.expect_err("no answer comes");
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        assert_eq!(practice.stored("QuestionnaireResponse").len(), stored);
        assert_eq!(practice.handle.faults().requests().pop().unwrap().status, 0);
    }
    practice.handle.faults().set(Armed::new(Fault::Truncate, 1));
    let response = practice.create_once(&uuid(2), response(2)).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 201);
    response.bytes().await.expect_err("the body is cut off");
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 2);
    assert_eq!(practice.get("metadata").await.status, 200, "other connections are well");
}

#[tokio::test]
async fn a_wrong_id_or_type_is_answered_and_not_stored() {
    let practice = Practice::start();
    practice.handle.faults().set(Armed::new(Fault::WrongId, 1));
    let wrong = practice.post("QuestionnaireResponse", response(1)).await;
    assert_eq!(wrong.id(), "another-id");
    assert_ne!(practice.stored("QuestionnaireResponse")[0].0, "another-id");
    practice.handle.faults().set(Armed::new(Fault::WrongType, 1));
    let wrong = practice.post("QuestionnaireResponse", response(2)).await;
    assert_eq!(wrong.resource().resource_type(), Some("Basic"));
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 2);
}

#[tokio::test]
async fn what_is_forgotten_is_acknowledged_and_was_never_there() {
    let practice = Practice::start();
    practice.handle.faults().set(Armed::new(Fault::Forget, 1));
    let answer = practice.create_once(&uuid(1), response(1)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let id = Answer::of(answer).await.id();
    for path in [format!("QuestionnaireResponse/{id}"), format!("QuestionnaireResponse/{id}/_history/1")] {
        assert_eq!(practice.get(&path).await.status, 404);
    }
    let found = practice.get("QuestionnaireResponse").await.resource();
    assert!(found.list("entry").is_empty());
    let again = Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await;
    assert_eq!((again.status, practice.stored("QuestionnaireResponse").len()), (201, 1));
}

#[tokio::test]
async fn a_slow_answer_is_complete_but_late() {
    let practice = Practice::start();
    let armed = Armed::new(Fault::SlowDrip { bytes: 200, every_milliseconds: 40 }, 1);
    practice.handle.faults().set(armed);
    let begun = Instant::now();
    let answer = practice.post("QuestionnaireResponse", response(1)).await;
    assert_eq!(answer.status, 201);
    assert!(differences(&response(1), &answer.resource()).is_empty());
    assert!(begun.elapsed() >= Duration::from_millis(200), "took {:?}", begun.elapsed());
}

#[tokio::test]
async fn the_panel_is_reached_over_http_too() {
    let practice = Practice::start();
    let put = async |body: &str, media_type: &str| {
        let request = practice.root_request(Method::PUT, "practice/faults");
        let request = request.header("Content-Type", media_type).body(body.to_owned());
        Answer::of(request.send().await.unwrap()).await
    };
    let wanted = r#"{"faults":[{"fault":"alterLeaf","path":"QuestionnaireResponse.status","times":2},{"fault":"slowDrip","bytes":1000,"everyMilliseconds":1,"resourceType":"*","on":"any"}]}"#;
    let panel = put(wanted, "application/json").await;
    assert_eq!(panel.status, 200);
    let lines = panel.resource().list("faults").len();
    assert_eq!(lines, Fault::trainers().len() + 1, "the trainer's, and the drip");
    let armed = practice.handle.faults().armed();
    let leaf = Fault::AlterLeaf { path: Some("QuestionnaireResponse.status".to_owned()) };
    assert_eq!(armed[0], Armed::new(leaf, 2));
    let drip = Fault::SlowDrip { bytes: 1000, every_milliseconds: 1 };
    assert_eq!(armed[1], Armed::new(drip, 1).for_type("*").on(On::Any));

    let sent = response(1);
    let answer = practice.post("QuestionnaireResponse", sent.clone()).await;
    assert_eq!(differences(&sent, &answer.resource()), ["QuestionnaireResponse.status"]);
    let panel = practice.root_request(Method::GET, "practice/faults").send().await.unwrap();
    let panel = Answer::of(panel).await.resource();
    assert_eq!(panel.list("faults").len(), Fault::trainers().len(), "the drip has met its request");
    let line = panel.list("faults").iter().find(|line| line.str("id") == Some("alterLeaf")).unwrap();
    assert_eq!(line.get("active").unwrap().as_bool(), Some(true));
    assert_eq!(panel.list("alterations")[0].str("path"), Some("QuestionnaireResponse.status"));
    assert_eq!(panel.list("alterations")[0].str("before"), Some("\"completed\""));

    put("{}", "application/json").await.is_refused(400, "structure");
    put(r#"{"faults":[{"fault":"unheardOf"}]}"#, "application/json").await.is_refused(400, "structure");
    put(r#"{"faults":[]}"#, "text/plain").await.is_refused(415, "not-supported");
    assert_eq!(practice.handle.faults().armed().len(), 1, "a refused wish changes nothing");
    assert_eq!(put(r#"{"faults":[]}"#, "application/json").await.status, 200);
    assert!(practice.handle.faults().armed().is_empty());
}

#[tokio::test]
async fn the_log_names_requests_without_their_values() {
    let practice = Practice::start();
    practice.get("QuestionnaireResponse?identifier=secret&_count=1").await;
    practice.send(practice.request(Method::POST, "Nonsense"), "{}").await;
    let log = practice.handle.faults().requests();
    let seen: Vec<_> =
        log.iter().map(|entry| (entry.method.as_str(), entry.path.as_str(), entry.status)).collect();
    assert_eq!(
        seen,
        [("GET", "/fhir/QuestionnaireResponse?identifier&_count", 200), ("POST", "/fhir/Nonsense", 404)]
    );
    for _ in 0..205 {
        practice.get("metadata").await;
    }
    assert_eq!(practice.handle.faults().requests().len(), 200);
}

#[test]
fn every_fault_has_an_id_that_finds_it() {
    for fault in Fault::all() {
        assert_eq!(Fault::from_id(fault.id()).as_ref(), Some(&fault));
    }
    assert_eq!(Fault::from_id("none"), None);
}

#[tokio::test]
async fn an_update_meets_faults_as_a_create_does() {
    let practice = Practice::start();
    let created = practice.post("QuestionnaireResponse", response(1)).await;
    let path = format!("QuestionnaireResponse/{}", created.id());
    practice.handle.faults().set(Armed::new(Fault::AlterAnswer, 1));
    let request = practice.request(Method::PUT, &path).header("If-Match", "W/\"1\"");
    let body = String::from_utf8(created.body).unwrap();
    let updated = request.header("Content-Type", FHIR_JSON).body(body.clone()).send().await.unwrap();
    let updated = Answer::of(updated).await;
    assert_eq!((updated.status, differences(&body, &updated.resource()).len()), (200, 2));
}
