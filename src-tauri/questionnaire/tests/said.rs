//! What a form says in its own words: constraints, the form of an answer, computed limits; in the session's language.

use crate::common;

use common::{Filling, form, number, text};
use questionnaire::{AnswerError, Control};

const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";

fn translated(content: &str) -> String {
    format!(
        r#"{{"extension":[{{"url":"{CORE}translation","extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"{content}"}}]}}]}}"#
    )
}

/// An item of this type whose texts are all there in German too.
fn item(link_id: &str, kind: &str, rest: &str) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"{link_id}?","_text":{},"type":"{kind}"{rest}}}"#,
        translated("Frage?")
    )
}

fn constraint(human: &str) -> String {
    format!(
        r#"{{"url":"{CORE}targetConstraint","extension":[{{"url":"key","valueId":"k"}},{{"url":"severity","valueCode":"error"}}{human},
           {{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"answer.value > 3"}}}}]}}"#
    )
}

/// The title of the test form has no translation, so that its own language is the only one; this one has.
fn german(items: &str) -> Filling {
    let document = common::document(items).replacen(
        r#""title":"Test""#,
        &format!(r#""title":"Test","_title":{}"#, translated("Probe")),
        1,
    );
    let form = questionnaire::import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
    Filling::in_language(&form, "de")
}

#[test]
fn a_constraint_speaks_the_language_of_the_patient() {
    let human = format!(
        r#",{{"url":"human","valueString":"Too small.","_valueString":{}}}"#,
        translated("Das ist zu wenig.")
    );
    let mut filling = german(&item("a", "integer", &format!(r#","extension":[{}]"#, constraint(&human))));
    filling.answer("a", number("3")).unwrap();
    let error = filling.next().unwrap_err();
    assert_eq!((error.code(), error.said()), ("constraint", Some("Das ist zu wenig.")));
}

#[test]
fn a_constraint_without_words_leaves_them_to_the_page() {
    let mut filling =
        Filling::new(&form(&item("a", "integer", &format!(r#","extension":[{}]"#, constraint("")))));
    filling.answer("a", number("3")).unwrap();
    let error = filling.next().unwrap_err();
    assert_eq!((error.code(), error.said()), ("constraint", None));
    assert!(error.to_string().contains("do not fit together"), "{error}");
}

#[test]
fn the_form_of_an_answer_is_said_beforehand_and_when_it_is_missed() {
    let format = |kind: &str| {
        format!(
            r#","extension":[{{"url":"{CORE}regex","{kind}":"[0-9]{{3}}-[0-9]{{4}}"}},
               {{"url":"{CORE}entryFormat","valueString":"nnn-nnnn","_valueString":{}}}]"#,
            translated("NNN-NNNN")
        )
    };
    let mut filling = german(&item("a", "string", &format("valueString")));
    let Control::String { hint, .. } = filling.screen().control else { panic!("a text") };
    assert_eq!((hint.as_deref(), filling.screen().help), (Some("NNN-NNNN"), None));
    let error = filling.answer("a", text("12")).unwrap_err();
    assert_eq!(error, AnswerError::WrongFormat { hint: Some("NNN-NNNN".to_owned()) });
    // A control without a place of its own for it has it among the help.
    let hint = format!(r#","extension":[{{"url":"{CORE}entryFormat","valueString":"Whole euros"}}]"#);
    let filling = Filling::new(&form(&item("a", "decimal", &hint)));
    assert_eq!(filling.screen().help.as_deref(), Some("Whole euros"));
}

#[test]
fn a_number_that_was_not_kept_to_is_named() {
    let most = format!(
        r#","repeats":true,"extension":[{{"url":"{CORE}questionnaire-maxOccurs","valueInteger":2}}]"#
    );
    let mut filling = Filling::new(&form(&item("a", "string", &most)));
    let error = filling.answers("a", &[text("1"), text("2"), text("3")]).unwrap_err();
    assert_eq!((error.code(), error.limit()), ("too-many-answers", Some(2)));
}

#[test]
fn limits_that_are_computed_are_shown() {
    let limit = format!(
        r#","extension":[{{"url":"{CORE}maxValue","_valueInteger":{{"extension":[{{"url":"{CORE}cqf-expression",
           "valueExpression":{{"language":"text/fhirpath","expression":"%resource.item.where(linkId='base').answer.value + 10"}}}}]}}}}]"#
    );
    let mut filling =
        Filling::new(&form(&[item("base", "integer", ""), item("a", "integer", &limit)].join(",")));
    filling.fill("base", number("7"));
    let Control::Integer { max, min, .. } = filling.screen().control else { panic!("a number") };
    assert_eq!((max.as_deref(), min), (Some("17"), None));
}
