//! Numbers that are counted up and down: `questionnaire-itemControl` spinner.

use crate::common;

use common::{CORE, Filling, form};
use questionnaire::{Control, Questionnaire, Reason};

fn spinner(kind: &str, more: &[&str]) -> Questionnaire {
    let control = format!(
        r#"{{"url":"{CORE}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"code":"spinner"}}]}}}}"#
    );
    let extensions =
        std::iter::once(control.as_str()).chain(more.iter().copied()).collect::<Vec<_>>().join(",");
    form(&format!(r#"{{"linkId":"a","text":"How many?","type":"{kind}","extension":[{extensions}]}}"#))
}

fn step(form: &Questionnaire) -> Option<String> {
    let screen = Filling::new(form).screen();
    assert_eq!(screen.answers, [], "nothing is answered before it is touched");
    match screen.control {
        Control::Integer { step, .. } | Control::Decimal { step, .. } | Control::Quantity { step, .. } => {
            step
        }
        control => panic!("{control:?}"),
    }
}

fn step_of(value: &str) -> String {
    format!(r#"{{"url":"{CORE}questionnaire-sliderStepValue",{value}}}"#)
}

const ONE_PLACE: &str =
    r#"{"url":"http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces","valueInteger":1}"#;

#[test]
fn its_step_is_the_forms_or_the_last_place_that_there_may_be() {
    let five = step_of(r#""valueInteger":5"#);
    let half = step_of(r#""valueDecimal":0.5"#);
    for kind in ["integer", "decimal", "quantity"] {
        assert_eq!(step(&spinner(kind, &[])).as_deref(), Some("1"), "{kind}");
        assert_eq!(step(&spinner(kind, &[&five])).as_deref(), Some("5"), "{kind}");
    }
    for kind in ["decimal", "quantity"] {
        let form = spinner(kind, &[ONE_PLACE]);
        assert_eq!(step(&form).as_deref(), Some("0.1"), "{kind}");
        assert!(form.notices().iter().all(|notice| notice.reason != Reason::Unused), "{:?}", form.notices());
        assert!(form.supported().iter().any(|one| one.extension.ends_with("itemControl")));
        assert_eq!(step(&spinner(kind, &[ONE_PLACE, &half])).as_deref(), Some("0.5"), "{kind}");
    }
    let typed = form(r#"{"linkId":"a","text":"How many?","type":"integer"}"#);
    assert_eq!(step(&typed), None);
}

#[test]
fn a_step_that_cannot_be_is_said_and_another_taken() {
    for (kind, value, instead) in [
        ("integer", r#""valueInteger":0"#, "1"),
        ("integer", r#""valueInteger":-1"#, "1"),
        ("integer", r#""valueDecimal":0.5"#, "1"),
        ("integer", r#""valueString":"5""#, "1"),
        ("decimal", r#""valueDecimal":0.25"#, "0.1"),
        ("decimal", r#""valueDecimal":1e2"#, "0.1"),
    ] {
        let step_value = step_of(value);
        let extensions =
            if kind == "decimal" { vec![ONE_PLACE, &step_value] } else { vec![step_value.as_str()] };
        let form = spinner(kind, &extensions);
        assert_eq!(step(&form).as_deref(), Some(instead), "{value}");
        assert!(form.notices().iter().any(|notice| notice.message.contains("step of a spinner")), "{value}");
    }
}

#[test]
fn a_text_cannot_be_counted() {
    let form = spinner("string", &[]);
    assert!(form.notices().iter().any(|notice| notice.message.contains("a spinner needs")));
}

#[test]
fn a_slider_that_is_one_is_no_spinner() {
    let form = spinner(
        "integer",
        &[
            r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl","valueCodeableConcept":{"coding":[{"code":"slider"}]}}"#,
            r#"{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":0}"#,
            r#"{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":10}"#,
        ],
    );
    let Control::VisualAnalogueScale { .. } = Filling::new(&form).screen().control else { panic!("a scale") };
}
