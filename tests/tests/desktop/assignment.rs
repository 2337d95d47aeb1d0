use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Words, get, journey};
use client::Client;
use fhir::{Value, Version};
use practice::seeds;

use super::LIMIT;

/// Somebody of whom the device has never heard.
const PARTICIPANT: &str = "014-0099";
const PERIOD: (&str, &str) = ("2026-01-01", "2099-12-31");
const TITLE: &str = "Medicines";
const QUESTION: &str = "Which of these have you taken today?";

/// A form of one question, whose answers stand in a value set that it does not contain.
fn medicines(id: &str, value_set: &str) -> Value {
    let text = format!(
        r#"{{"resourceType":"Questionnaire","id":"{id}","url":"https://study.example/{id}","version":"1",
        "status":"active","title":"{TITLE}","language":"en","item":[{{"linkId":"medicine","type":"choice",
        "text":"{QUESTION}","required":true,
        "answerValueSet":"https://attesta.example/fhir/ValueSet/{value_set}"}}]}}"#
    );
    Value::parse(text.as_bytes()).unwrap()
}

async fn put(client: &Client, resource: &Value) {
    let (kind, id) = (resource.resource_type().unwrap(), resource.str("id").unwrap());
    let answer = client.update(kind, id, resource.to_json().as_bytes(), None).await.unwrap();
    assert!(answer.is_success(), "{kind}: {answer:?}");
}

/// What the server keeps there.
fn kept(server: &str, place: &str) -> Value {
    let (status, body) = get(&format!("{server}/{place}"));
    assert_eq!(status, 200, "{place}");
    Value::parse(&body).unwrap()
}

/// The study's server gives a Task, with the patient, the questionnaire and its value set; it is answered while the server is
/// away; and the server's Task is completed with what the patient signed.
#[test]
fn what_the_server_assigns_is_answered_offline_and_its_task_completed() {
    journey("assignment", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        let server = staff.reads_server_address().await;
        let options = client::Options { version: Version::R4, ..client::Options::default() };
        let client = Client::new(&server, options).unwrap();
        put(&client, &seeds::patient(PARTICIPANT)).await;
        put(&client, &medicines("medicines", "practice-medicines")).await;
        put(&client, &medicines("unknown", "nobody-has-it")).await;
        put(&client, &seeds::task("assigned", PARTICIPANT, "https://study.example/medicines|1", PERIOD))
            .await;
        put(&client, &seeds::task("aside", PARTICIPANT, "https://study.example/unknown|1", PERIOD)).await;

        staff.opens("visits").await;
        window.press_testid("due-ask").await;
        let words = Words::of("en");
        let start = words.with("due-start-for", &[("participant", PARTICIPANT), ("questionnaire", TITLE)]);
        window.reads(PARTICIPANT).await;
        // The one whose value set nobody has is set aside alone, and says why.
        window.press_testid("due-refused").await;
        window.reads(words.t("refused-value-set-not-given")).await;
        window.reads("https://attesta.example/fhir/ValueSet/nobody-has-it").await;

        staff.closes_listener().await;
        staff.opens("visits").await;
        window.press(&start).await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        patient.answers(QUESTION, "Paracetamol").await;
        patient.checks_answers().await;
        patient.chooses_pin(PARTICIPANT, PIN).await;
        patient.signs(PARTICIPANT, PIN).await;
        patient.is_thanked().await;
        staff.takes_back(&words).await;
        staff.opens_listener().await;
        window.says("status", "The one response is delivered and proven.").await;

        let task = window
            .until("the server's Task is completed", || async {
                let task = kept(&server, "Task/assigned");
                (task.str("status") == Some("completed")).then_some(task)
            })
            .await;
        let output =
            task.list("output")[0].get("valueReference").and_then(|one| one.str("reference")).unwrap();
        let response = kept(&server, output.split("/_history").next().unwrap());
        let item = &response.list("item")[0];
        assert_eq!((response.str("status"), item.str("text")), (Some("completed"), Some(QUESTION)));
        assert_eq!(item.list("answer")[0].get("valueCoding").unwrap().str("code"), Some("paracetamol"));
        let about = response.get("subject").and_then(|subject| subject.str("reference"));
        assert_eq!(about, Some(format!("Patient/patient-{PARTICIPANT}").as_str()));
        let versions = kept(&server, "Task/assigned/_history");
        let mut statuses: Vec<_> = versions
            .list("entry")
            .iter()
            .filter_map(|entry| entry.get("resource")?.str("status").map(str::to_owned))
            .collect();
        statuses.sort_unstable();
        statuses.dedup();
        let allowed = ["completed", "in-progress", "requested"];
        assert!(statuses.iter().all(|one| allowed.contains(&one.as_str())), "{statuses:?}");
        assert_eq!(kept(&server, "Task/aside").str("status"), Some("requested"), "nobody answers for it");
        staff.opens("visits").await;
        window
            .until("it is not due any more", || async {
                let rows = window.texts_of("due-row").await;
                (!rows.iter().any(|row| row.contains(PARTICIPANT))).then_some(())
            })
            .await;
        desk.close(window).await;
    });
}
