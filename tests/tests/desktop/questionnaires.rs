use attesta_tests::desktop::{Desk, Keyring, Patient, Staff, journey};

use super::LIMIT;

const PARTICIPANT: &str = "014-0019";

/// A form of the study builder's, whose options the practice server knows.
fn form(version: &str, item: &str) -> String {
    format!(
        r#"{{"resourceType":"Questionnaire","id":"medicine-visit","language":"en","version":"{version}",
            "url":"https://study.example/Questionnaire/medicine-visit","status":"active","title":"Medicine visit",
            "_title":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                {{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"Medikamentenvisite"}}]}}]}},
            "item":[{item}]}}"#
    )
}

const MEDICINE: &str = r#"{"linkId":"medicine","type":"choice","text":"Which medicine do you take?",
    "answerValueSet":"https://attesta.example/fhir/ValueSet/practice-medicines"}"#;
const BEGUN: &str = r#"{"linkId":"number","type":"string","text":"Your number?","extension":[{"valueExpression":{
    "language":"text/fhirpath","expression":"%patient.identifier.value"},"url":
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"}]}"#;

#[test]
fn a_coordinator_adds_a_questionnaire_reads_its_report_and_withdraws_it() {
    journey("questionnaires", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        staff.opens("questionnaires").await;
        window.reads("Your knee after the operation").await;
        let file = |name: &str, content: &str| {
            let file = desk.scratch().join(name);
            std::fs::write(&file, content).unwrap();
            file
        };

        // What cannot be used is said and not stored.
        let broken = form("1", r#"{"linkId":"a","type":"choice","text":"Which?"}"#);
        window.gives_file("form-file", &file("broken.json", &broken)).await;
        window.says("form-verdict", "This questionnaire cannot be used, for one reason.").await;
        window.says("form-findings-refused", "The options of a choice are not usable").await;
        assert!(!window.has("form-confirm").await);
        window.press_testid("back-to-list").await;

        // What can be used is shown with what stands out, and added only then.
        let usable = form("1", &format!("{MEDICINE},{BEGUN}"));
        window.gives_file("form-file", &file("medicine.json", &usable)).await;
        window.says("form-verdict", "Read the warning before you decide.").await;
        window.says("form-findings-warnings", "Answered before the patient sees it").await;
        window.says("form-value-sets", "3 concepts").await;
        window.press_testid("form-confirm").await;
        window.says("form-added", "Medicine visit").await;

        // A visit with it begins with what the device knows.
        staff.opens("visits").await;
        staff.starts_visit(PARTICIPANT, "Medicine visit").await;
        staff.hands_over(PARTICIPANT).await;
        let patient = Patient::holding(&window, "en");
        patient.begin("English").await;
        patient.answers("Which medicine do you take?", "Ibuprofen").await;
        patient.reads_question("Your number?").await;
        let typed = "return document.querySelector('[data-testid=\"answer-text\"]').value";
        assert_eq!(window.look(typed).await.as_str(), Some(PARTICIPANT));
        staff.takes_over(&attesta_tests::desktop::Words::of("en")).await;

        // Withdrawn, it starts no visit any more.
        staff.opens("questionnaires").await;
        window.press_in("Medicine visit", "Withdraw Medicine visit").await;
        window.type_into_testid("reason", "Only for practice").await;
        window.press_testid("form-withdraw-confirm").await;
        window.reads("Only for practice").await;
        staff.opens("visits").await;
        window.press_testid("visit-start").await;
        window.reads("Daily pain diary").await;
        assert!(!window.has("questionnaire-medicine-visit").await);
        desk.close(window).await;
    });
}
