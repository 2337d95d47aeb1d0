//! What a server returns and must not.

use questionnaire::{Action, NextQuestionError, Session, import_bytes};

use super::common::{ACTOR, AT, yes};
use super::{FIRST, PUBLISHED, SCORE, SECOND, THIRD, Visit, code, ended, value, with_items};

#[test]
fn a_server_that_changes_what_was_there_is_named() {
    let mut visit = Visit::begun();
    visit.take(&with_items(&visit, &[FIRST])).unwrap();
    visit.answer("1", yes()).unwrap();
    let whole = with_items(&visit, &[SECOND]).to_json();
    let before = visit.session.clone();
    let cases = [
        (r#"{"valueBoolean":true}]}]}"#, r#"{"valueBoolean":false}]}]}"#, "next-altered-answer"),
        (
            r#","item":[{"linkId":"1","text":"Can you walk?","answer":[{"valueBoolean":true}]}]"#,
            "",
            "next-altered-answer",
        ),
        (r#""type":"boolean""#, r#""type":"string""#, "next-altered-item"),
        (r#""status":"in-progress""#, r#""status":"stopped""#, "next-status"),
        (r#""id":"q""#, r#""id":"r""#, "next-not-a-response"),
        ("adaptive|1.0.0", "another|1.0.0", "next-other-form"),
        (r#""linkId":"2""#, r#""linkId":"1""#, "next-unusable"),
        (r#""type":"integer""#, r#""type":"question""#, "next-unusable"),
        (
            r#","item":[{"linkId":"1","text":"Can"#,
            r#","item":[{"linkId":"2","answer":[{"valueInteger":5}]},{"linkId":"1","text":"Can"#,
            "next-answers-for-patient",
        ),
        (
            r#","item":[{"linkId":"1","text":"Can"#,
            r#","item":[{"linkId":"other","answer":[{"valueInteger":5}]},{"linkId":"1","text":"Can"#,
            "next-answer-does-not-fit",
        ),
        (r#""status":"in-progress","subject""#, r#""status":"completed","subject""#, "next-asks-after-end"),
    ];
    for (from, to, wanted) in &cases {
        // The last place, because the contained form comes before the answers.
        let (start, end) = whole.rsplit_once(from).unwrap_or_else(|| panic!("{from} is not in {whole}"));
        let returned = value(&format!("{start}{to}{end}"));
        assert_eq!(code(visit.take(&returned)), *wanted, "{from} became {to}");
        assert!(visit.session == before, "nothing has changed");
    }
    assert_eq!(code(visit.take(&with_items(&visit, &[]))), "next-nothing-new");
    assert_eq!(code(visit.take(&value(r#"{"resourceType":"OperationOutcome"}"#))), "next-not-a-response");
    assert_eq!(code(visit.take(&ended(&visit, &[SCORE], ""))), "next-not-answered");
    let unfit = r#"{"linkId":"score","answer":[{"valueString":"high"}]}"#;
    assert_eq!(code(visit.take(&ended(&visit, &[SCORE], unfit))), "next-answer-does-not-fit");
    visit.take(&value(&whole)).unwrap();
}

#[test]
fn a_question_in_another_language_is_not_shown() {
    let document = PUBLISHED.replace(
        r#""title":"Walking""#,
        r#""title":"Walking","_title":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation",
            "extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Gehen"}]}]}"#,
    );
    let form = import_bytes(document.as_bytes()).unwrap();
    assert_eq!(form.languages(), ["en", "de"]);
    let (session, event) = Session::start(&form, "de", AT, ACTOR).unwrap();
    let mut visit = Visit { session, events: vec![event] };
    visit.act(&Action::Begin).unwrap();
    assert_eq!(
        visit.take(&with_items(&visit, &[FIRST])),
        Err(NextQuestionError::Language { language: "de".into() }.into())
    );
}

#[test]
fn a_server_without_end_and_without_measure_is_stopped() {
    let mut visit = Visit::begun();
    let long = format!(r#"{{"linkId":"1","text":"{}","type":"boolean"}}"#, "x".repeat(5 * 1024 * 1024));
    assert_eq!(code(visit.take(&with_items(&visit, &[&long]))), "next-too-large");
    for step in 0..questionnaire::MAX_STEPS {
        let key = format!("s{step}");
        let item = FIRST.replace("\"1\"", &format!("\"{key}\""));
        visit.take(&with_items(&visit, &[&item])).unwrap();
        visit.answer(&key, yes()).unwrap();
    }
    assert_eq!(code(visit.take(&with_items(&visit, &[THIRD]))), "next-too-many-steps");
}

#[test]
fn a_question_of_the_patient_begins_without_an_answer() {
    let expression = |member: &str| {
        format!(
            r#","extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression",
                "valueExpression":{{"language":"text/fhirpath","expression":"5"}}}}{member}]"#
        )
    };
    let hidden =
        r#",{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}"#;
    let initial = r#","initial":[{"valueInteger":5}]"#;
    let item = |members: &str| {
        format!(
            r#"{{"linkId":"far","text":"How far, in metres?","type":"integer","required":true{members}}}"#
        )
    };
    let options =
        |more: &str| format!(r#","answerOption":[{{"valueInteger":1}},{{"valueInteger":2{more}}}]"#);
    let visit = Visit::begun();
    for answered in [
        item(initial),
        item(&expression("")),
        item(&options(r#","initialSelected":true"#)),
        format!(r#"{{"linkId":"g","text":"Walking","type":"group","item":[{}]}}"#, item(initial)),
    ] {
        let mut visit = visit.clone();
        let before = visit.session.clone();
        assert_eq!(
            visit.take(&with_items(&visit, &[FIRST, &answered])),
            Err(NextQuestionError::AnswersForPatient { link_id: "far".into() }.into()),
            "{answered}"
        );
        assert!(visit.session == before, "nothing has changed");
    }
    // What nobody answers but the form may begin as it likes.
    let read_only = r#","readOnly":true"#;
    for own in [
        item(&format!("{initial}{read_only}")),
        item(&format!("{}{read_only}", expression(""))),
        item(&expression(hidden)),
        item(&expression("").replace("initialExpression", "calculatedExpression")),
        item(&options("")),
    ] {
        let mut visit = visit.clone();
        visit.take(&with_items(&visit, &[FIRST, &own])).unwrap_or_else(|error| panic!("{own}: {error}"));
    }
}
