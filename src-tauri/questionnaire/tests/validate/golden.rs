//! What the form engine writes is found valid.

use std::path::Path;

use fhir::Value;
use questionnaire::{instruments, validate};

use super::{check, listed};
use questionnaire::validate::{Options, Rule};

fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    Value::parse(&std::fs::read(path).unwrap()).unwrap()
}

fn instrument(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

#[test]
fn the_engines_own_responses_are_valid() {
    for (form, response) in [
        (instruments::PHQ9, "phq-9.response.json"),
        (instruments::GAD7, "gad-7.response.json"),
        (instruments::PAIN_DIARY, "pain-diary.en.response.json"),
        (instruments::PAIN_DIARY, "pain-diary.de.response.json"),
        (instruments::PAIN_DIARY, "pain-diary.ar.response.json"),
    ] {
        let options = Options { unsigned: true, ..Options::default() };
        let outcome = validate(&instrument(form), &golden(response), options);
        assert_eq!(listed(&outcome), Vec::<String>::new(), "{response}");
    }
}

#[test]
fn a_signature_that_the_form_asks_for_is_missed_once_it_should_be_there() {
    let form = instrument(instruments::PAIN_DIARY);
    let asks = form.list("extension").iter().any(|extension| {
        extension.str("url")
            == Some("http://hl7.org/fhir/StructureDefinition/questionnaire-signatureRequired")
    });
    let outcome = check(&form, &golden("pain-diary.en.response.json"));
    assert_eq!(outcome.has(Rule::Signature), asks);
}

#[test]
fn another_instruments_response_is_not_taken_for_this_ones() {
    let outcome = check(&instrument(instruments::PHQ9), &golden("gad-7.response.json"));
    for rule in [Rule::OtherForm, Rule::UnknownLinkId] {
        assert!(outcome.has(rule), "{rule:?}");
    }
}
