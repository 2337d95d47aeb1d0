use std::sync::Arc;

use attesta_tests::desktop::{Desk, Keyring, PIN, Patient, Staff, Window, Words, journey};
use fhir::Version;
use practice::{Seeds, seeds};
use questionnaire::instruments;
use serde_json::{Value, json};

use super::LIMIT;
use super::terminal::{StudyOffice, Terminal};

const NUMBER: &str = "014-0027";

/// A form of which the study allows that German lacks something.
fn form() -> String {
    let german = |content: &str| {
        json!({ "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/translation",
            "extension": [{ "url": "lang", "valueCode": "de" }, { "url": "content", "valueString": content }],
        }] })
    };
    json!({
        "resourceType": "Questionnaire",
        "id": "sleep",
        "url": "https://study.example/Questionnaire/sleep",
        "version": "1",
        "status": "active",
        "language": "en",
        "title": "Sleep",
        "_title": german("Schlaf"),
        "extension": [{
            "url": "https://attesta.example/fhir/StructureDefinition/mixed-language",
            "valueCode": "de",
        }],
        "item": [{
            "linkId": "how",
            "type": "choice",
            "text": "How did you sleep?",
            "_text": german("Wie haben Sie geschlafen?"),
            "answerOption": [
                { "valueString": "Well", "_valueString": german("Gut") },
                { "valueString": "Badly" },
            ],
        }],
    })
    .to_string()
}

/// A form as a study lists it.
fn listed(form: &str) -> Value {
    let imported = questionnaire::import_bytes(form.as_bytes()).unwrap();
    let resource: Value = serde_json::from_str(form).unwrap();
    json!({ "canonical": imported.canonical(), "sha256": imported.sha256(), "resource": resource })
}

/// What on the screen says that it is in this language.
async fn said_in(window: &Window, language: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('main [lang=\"{language}\"]')].map((part) => part.textContent.trim())"
    );
    serde_json::from_value(window.look(&script).await).unwrap()
}

/// The device, its first coordinator, its certificate and its first participant, without a terminal; the office alone has one.
#[test]
fn a_device_is_set_up_in_the_window_and_its_coordinator_starts_a_visit() {
    journey("set-up", LIMIT, Keyring::Unlocked, async |desk: Arc<Desk>| {
        let at = Terminal::new();
        let office = StudyOffice::new(&at);
        let questionnaires = [listed(instruments::GAD7), listed(&form())];
        let policy = json!({ "mixedLanguages": ["de"] });
        let document = office.signed(&at, &json!({ "policy": policy, "questionnaires": questionnaires }));
        let changed = document.replacen("Clinic 014", "Clinic 015", 1);

        let window = desk.open_study().await;
        window.heading_is("Set this device up").await;
        assert!(!window.has("setup-practise").await, "a study was asked for");
        window.gives_file("setup-file", &at.written("changed.json", changed)).await;
        window.reads("it was changed after it was signed").await;
        window.gives_file("setup-file", &at.written("study.signed.json", document)).await;
        window.reads("Anxiety in remission").await;
        window.reads("Clinic 014").await;
        let (beginning, end) = office.signer.split_at(office.signer.len() - 8);
        let shown = window.text_of("setup-signer").await;
        let shown = shown.split_whitespace().collect::<String>();
        assert_eq!(shown, format!("{beginning}…"), "the end stands on the paper alone");
        assert!(!window.has("setup-do").await, "before somebody compared it");

        window.type_into_testid("setup-signer-end", "AAAAAAAA").await;
        window.press_testid("setup-compare").await;
        window.reads("This is not the end of the thumbprint").await;
        window.type_into_testid("setup-signer-end", end).await;
        window.press_testid("setup-compare").await;
        window.type_into_testid("setup-name", "Attesta 014-3").await;
        window.type_into_testid("setup-reference", "Device/device-014-3").await;
        window.type_into_testid("setup-display", "Maria Keller").await;
        window.type_into_testid("setup-user", "keller").await;
        window.type_into_testid("setup-password", "practice-keller").await;
        window.type_into_testid("setup-again", "practice-killer").await;
        window.press_testid("setup-do").await;
        window.reads("The two passwords are not the same.").await;
        window.type_into_testid("setup-again", "practice-keller").await;
        window.press_testid("setup-do").await;

        window.heading_is("The device's certificate").await;
        desk.close(window).await;
        // The answer takes its time.
        let window = desk.open_study().await;
        window.heading_is("The device's certificate").await;
        let identifier = window.text_of("identifier").await;
        window.press_testid("request-show").await;
        let request = window.text_of("request").await;
        let devices = vec![seeds::device(&identifier, Version::R4)];
        office.server.plant(&Seeds { devices, ..Seeds::default() }).unwrap();
        window.gives_file("certificate-file", &at.written("wrong.pem", office.server.anchor_pem())).await;
        window.reads("This certificate is for another key.").await;
        let chain = at.written("chain.pem", office.certified(&request));
        window.gives_file("certificate-file", &chain).await;

        let staff = Staff::named(&window, "keller", "practice-keller");
        staff.signs_in().await;
        window.press_testid("visit-start").await;
        window.press_testid("participant-begin").await;
        window.type_into_testid("participant-id", NUMBER).await;
        window.type_into_testid("participant-reference", "Patient/patient-014-0027").await;
        window.type_into_testid("participant-system", seeds::PARTICIPANT_SYSTEM).await;
        window.press_testid("participant-add").await;
        assert!(window.has("questionnaire-gad-7").await);
        window.choose_testid("questionnaire-sleep").await;
        window.press_testid("visit-start-confirm").await;
        window.no_longer_reads(Words::of("en").t("visit-start-what")).await;
        staff.hands_over(NUMBER).await;

        // Each text says which language it is in, and is signed as it was shown.
        let patient = Patient::holding(&window, "de");
        patient.begin("Deutsch").await;
        patient.reads_question("Wie haben Sie geschlafen?").await;
        assert_eq!(said_in(&window, "en").await, ["Badly"]);
        window.choose("Badly").await;
        patient.next().await;
        window.heading_is(Words::of("de").t("review-title")).await;
        assert_eq!(said_in(&window, "en").await, ["Badly"]);
        patient.checks_answers().await;
        patient.chooses_pin(NUMBER, PIN).await;
        patient.signs(NUMBER, PIN).await;
        patient.is_thanked().await;
        desk.close(window).await;
    });
}
