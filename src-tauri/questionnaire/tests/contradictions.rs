//! A form that contradicts itself is refused at import, naming the item, the place and the reason: identities, texts,
//! options, limits, initial values and conditions.

use crate::common;

use common::{problems, refusal, refused};
use questionnaire::Control;

#[test]
fn link_ids_are_there_once() {
    refused(&[
        (r#"{"text":"A","type":"string"}"#, "- Questionnaire.item[0] missing"),
        (
            r#"{"linkId":"a","text":"A","type":"string"},{"linkId":"g","type":"group","item":[{"linkId":"a","text":"B","type":"string"}]}"#,
            "a Questionnaire.item[1].item[0] duplicate-link-id",
        ),
    ]);
}

#[test]
fn what_is_shown_has_a_text() {
    refused(&[
        (r#"{"linkId":"a","type":"string"}"#, "a Questionnaire.item[0] missing-text"),
        (r#"{"linkId":"a","text":"  ","type":"string"}"#, "a Questionnaire.item[0].text malformed"),
        (
            r#"{"linkId":"a","text":"A\u0007","type":"string"}"#,
            "a Questionnaire.item[0].text control-character",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueCoding":{"system":"s:1"}}]}"#,
            "a Questionnaire.item[0].answerOption[0].valueCoding answer-option",
        ),
    ]);
}

#[test]
fn choices_have_options_once_each() {
    refused(&[
        (r#"{"linkId":"a","text":"A","type":"choice"}"#, "a Questionnaire.item[0] answer-option"),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[]}"#,
            "a Questionnaire.item[0].answerOption malformed",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerValueSet":"http://hl7.org/fhir/ValueSet/administrative-gender",
                "answerOption":[{"valueString":"x"}]}"#,
            "a Questionnaire.item[0].answerOption answer-option",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueString":"x"},{"valueString":"x"}]}"#,
            "a Questionnaire.item[0].answerOption[1] answer-option",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueTime":"9 o'clock"}]}"#,
            "a Questionnaire.item[0].answerOption[0].valueTime answer-option",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueString":"x","valueInteger":1}]}"#,
            "a Questionnaire.item[0].answerOption[0] malformed",
        ),
    ]);
}

fn limited(kind: &str, min: &str, max: &str) -> String {
    format!(
        r#"{{"linkId":"a","text":"A","type":"{kind}","extension":[
            {{"url":"http://hl7.org/fhir/StructureDefinition/minValue",{min}}},
            {{"url":"http://hl7.org/fhir/StructureDefinition/maxValue",{max}}}]}}"#
    )
}

#[test]
fn limits_are_readable_and_do_not_contradict_each_other() {
    // Of two that contradict each other, the upper one is named.
    let upper = "a Questionnaire.item[0].extension[1] limits";
    let extension = "a Questionnaire.item[0].extension[0] limits";
    refused(&[
        (&limited("integer", r#""valueInteger":2"#, r#""valueInteger":1"#), upper),
        (&limited("decimal", r#""valueDecimal":0.30"#, r#""valueDecimal":0.3e-1"#), upper),
        (&limited("date", r#""valueDate":"2026-02-01""#, r#""valueDate":"2026-01-31""#), upper),
        (&limited("date", r#""valueDate":"2026-13""#, r#""valueDate":"2026-01-31""#), extension),
        (&limited("integer", r#""valueInteger":1e999"#, r#""valueInteger":1"#), extension),
        (&limited("integer", r#""valueInteger":1"#, r#""valueInteger":2147483648"#), upper),
        (
            r#"{"linkId":"a","text":"A","type":"string","maxLength":0}"#,
            "a Questionnaire.item[0].maxLength limits",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","maxLength":2,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minLength","valueInteger":3}]}"#,
            "a Questionnaire.item[0].maxLength limits",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","maxLength":-1}"#,
            "a Questionnaire.item[0].maxLength malformed",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","repeats":true,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":0}]}"#,
            "a Questionnaire.item[0].extension[0] repeats",
        ),
    ]);
    common::form(&limited("decimal", r#""valueDecimal":-1e999"#, r#""valueDecimal":1e999"#));
}

#[test]
fn a_text_can_have_the_form_and_the_length_that_are_asked_for() {
    const REGEX: &str = "http://hl7.org/fhir/StructureDefinition/regex";
    let asked = |kind: &str, pattern: &str, more: &str| {
        format!(
            r#"{{"linkId":"a","text":"A","type":"{kind}"{more},"extension":[{{"url":"{REGEX}","valueString":"{pattern}"}}]}}"#
        )
    };
    let problem = "a Questionnaire.item[0].extension[0] limits";
    refused(&[
        (&asked("string", "[0-9]{5}", r#","maxLength":2"#), problem),
        (&asked("text", " +", ""), problem),
        (
            &asked(
                "open-choice",
                "[0-9]{5}",
                r#","maxLength":4,"answerOption":[{"valueCoding":{"system":"urn:s","code":"x","display":"X"}}]"#,
            ),
            problem,
        ),
        (&asked("url", "[a-z]+", ""), problem),
        (&asked("url", "[0-9]{5}", ""), problem),
        (
            r#"{"linkId":"a","text":"A","type":"url","maxLength":2}"#,
            "a Questionnaire.item[0].maxLength limits",
        ),
    ]);
    for (kind, pattern, more) in [
        ("string", "[0-9]{5}", r#","maxLength":5"#),
        ("url", ".*", ""),
        ("url", "^[A-Z].*$", r#","maxLength":3"#),
        ("url", "urn:uuid:.*", ""),
        ("text", r"[\\s\\S]{3,}", ""),
    ] {
        common::form(&asked(kind, pattern, more));
    }
}

#[test]
fn sliders_have_two_ends_and_a_step_between_them() {
    const SLIDER: &str = r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl","valueCodeableConcept":{"coding":[{"code":"slider"}]}}"#;
    let slider = |kind: &str, more: &str| {
        format!(r#"{{"linkId":"a","text":"A","type":"{kind}","extension":[{SLIDER}{more}]}}"#)
    };
    let ends = r#",{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":0},{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":100}"#;
    let step = |step: &str| {
        format!(
            r#",{{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-sliderStepValue","valueInteger":{step}}}"#
        )
    };
    let is_slider = |items: &str| {
        let control = common::Filling::new(&common::form(items)).screen().control;
        matches!(control, Control::VisualAnalogueScale { .. })
    };
    let refused = "a Questionnaire.item[0].extension[0] slider";
    for without in [
        slider("integer", &(ends.to_owned() + &step("0"))),
        slider("integer", &(ends.to_owned() + &step("-1"))),
        slider("integer", &(ends.to_owned() + &step("3"))),
        slider("integer", &(ends.to_owned() + &step("2.5"))),
    ] {
        assert_eq!(problems(&refusal(&without)), [refused], "typing is another instrument: {without}");
    }
    // The line has no ends, or nobody moves it.
    let read_only = slider("integer", "").replacen(r#""text""#, r#""readOnly":true,"text""#, 1);
    for without in [slider("integer", ""), slider("string", ""), read_only] {
        let form = common::form(&without);
        assert!(form.notices().iter().any(|notice| notice.reason.code() == "slider"), "{without}");
        assert!(!is_slider(&without), "the answer is typed: {without}");
    }
    assert!(is_slider(&slider("integer", &(ends.to_owned() + &step("25")))));
    assert!(is_slider(&slider("decimal", ends)));
}

#[test]
fn an_initial_value_is_one_that_the_patient_could_give() {
    let problem = "a Questionnaire.item[0].initial initial";
    refused(&[
        (
            r#"{"linkId":"a","text":"A","type":"integer","initial":[{"valueString":"1"}]}"#,
            "a Questionnaire.item[0].initial[0] initial",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"integer","initial":[{"valueInteger":1},{"valueInteger":2}]}"#,
            problem,
        ),
        (
            r#"{"linkId":"a","text":"A","type":"integer","initial":[{"valueInteger":9}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":3}]}"#,
            problem,
        ),
        (r#"{"linkId":"a","text":"A","type":"decimal","initial":[{"valueDecimal":1e999}]}"#, problem),
        (r#"{"linkId":"a","text":"A","type":"date","initial":[{"valueDate":"2026-11"}]}"#, problem),
        (
            r#"{"linkId":"a","text":"A","type":"string","maxLength":1,"initial":[{"valueString":"xy"}]}"#,
            problem,
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueString":"x"}],"initial":[{"valueString":"y"}]}"#,
            problem,
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueString":"x","initialSelected":true},{"valueString":"y","initialSelected":true}]}"#,
            problem,
        ),
    ]);
}

#[test]
fn required_means_that_somebody_can_answer() {
    let hidden = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}]"#;
    refused(&[
        (
            &format!(
                r#"{{"linkId":"b","text":"B","type":"string"}},{{"linkId":"a","type":"string","required":true,{hidden}}}"#
            ),
            "a Questionnaire.item[1] required",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","required":true,"readOnly":true}"#,
            "a Questionnaire.item[0] required",
        ),
        (&format!(r#"{{"linkId":"a","type":"string",{hidden}}}"#), "- Questionnaire.item no-questions"),
    ]);
    let group = |required: &str| {
        let form = common::form(&format!(
            r#"{{"linkId":"g","type":"group","required":true,"item":[{{"linkId":"a","text":"A","type":"string"{required}}}]}}"#
        ));
        form.notices().iter().any(|notice| notice.reason.code() == "required")
    };
    assert!(group(""), "the study builder is told that nothing in the group must be answered");
    assert!(!group(r#","required":true"#));
}

#[test]
fn conditions_name_questions_and_fit_their_answers() {
    let when = |source: &str, condition: &str| {
        format!(
            r#"{{"linkId":"q","text":"Q",{source}}},
               {{"linkId":"a","text":"A","type":"string","enableWhen":[{{{condition}}}]}}"#
        )
    };
    let at = |element: &str, code: &str| format!("a Questionnaire.item[1].enableWhen[0].{element} {code}");
    let boolean = r#""type":"boolean""#;
    let choice =
        r#""type":"choice","answerOption":[{"valueCoding":{"system":"s:1","code":"x","display":"X"}}]"#;
    refused(&[
        (
            &when(boolean, r#""question":"nobody","operator":"=","answerBoolean":true"#),
            &at("question", "enable-when-question"),
        ),
        (
            &when(
                r#""type":"group","item":[{"linkId":"b","text":"B","type":"string"}]"#,
                r#""question":"q","operator":"exists","answerBoolean":true"#,
            ),
            &at("question", "enable-when-question"),
        ),
        (
            &when(boolean, r#""question":"q","operator":"~","answerBoolean":true"#),
            &at("operator", "enable-when-answer"),
        ),
        (
            &when(boolean, r#""question":"q","operator":">","answerBoolean":true"#),
            &at("operator", "enable-when-answer"),
        ),
        (
            &when(boolean, r#""question":"q","operator":"=","answerString":"true""#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(boolean, r#""question":"q","operator":"exists","answerString":"true""#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(r#""type":"integer""#, r#""question":"q","operator":"=","answerDecimal":1.5"#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(r#""type":"date""#, r#""question":"q","operator":">","answerDate":"2026-13""#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(choice, r#""question":"q","operator":"=","answerCoding":{"code":"x"}"#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(choice, r#""question":"q","operator":"=","answerCoding":{"system":"s:1","code":"y"}"#),
            &at("answer", "enable-when-answer"),
        ),
        (
            &when(boolean, r#""question":"q","operator":"=""#),
            "a Questionnaire.item[1].enableWhen[0] malformed",
        ),
        (
            &when(boolean, r#""question":"q","hasAnswer":true,"operator":"exists","answerBoolean":true"#),
            &at("hasAnswer", "fhir-version"),
        ),
    ]);
    refused(&[(
        &when(
            boolean,
            r#""question":"q","operator":"=","answerBoolean":true},{"question":"q","operator":"exists","answerBoolean":true"#,
        ),
        "a Questionnaire.item[1].enableWhen enable-behavior",
    )]);
}

#[test]
fn circles_name_the_items_on_them_and_no_others() {
    let item = |key: &str, on: &str| {
        format!(
            r#"{{"linkId":"{key}","text":"Q","type":"string","enableWhen":[{{"question":"{on}","operator":"exists","answerBoolean":true}}]}}"#
        )
    };
    let free = r#"{"linkId":"free","text":"F","type":"string"}"#;
    let report = refusal(&[free.to_owned(), item("a", "b"), item("b", "a"), item("behind", "a")].join(","));
    assert_eq!(
        problems(&report),
        ["a Questionnaire.item[1] enable-when-circular", "b Questionnaire.item[2] enable-when-circular"]
    );
    let itself = refusal(&item("a", "a"));
    assert_eq!(problems(&itself), ["a Questionnaire.item[0] enable-when-circular"]);
    assert!(report.problems[0].message.contains(r#"around it ("a", "b")"#), "{report}");
    assert!(report.problems[0].extension.is_none(), "conditions are no extension: {report}");
    let through_group = refusal(
        r#"{"linkId":"g","type":"group","enableWhen":[{"question":"q","operator":"exists","answerBoolean":true}],
            "item":[{"linkId":"q","text":"Q","type":"string"}]}"#,
    );
    assert_eq!(
        problems(&through_group),
        [
            "g Questionnaire.item[0] enable-when-circular",
            "q Questionnaire.item[0].item[0] enable-when-circular"
        ]
    );
}

#[test]
fn items_are_nested_so_deep_and_no_deeper() {
    let nested = |depth: usize| {
        (1..depth)
            .rev()
            .fold(format!(r#"{{"linkId":"{depth}","text":"Q","type":"string"}}"#), |inside, level| {
                format!(r#"{{"linkId":"{level}","type":"group","item":[{inside}]}}"#)
            })
    };
    common::form(&nested(questionnaire::MAX_ITEM_DEPTH));
    let report = refusal(&nested(questionnaire::MAX_ITEM_DEPTH + 1));
    assert_eq!(report.problems[0].reason.code(), "too-deep");
    assert_eq!(report.problems[0].link_id.as_deref(), Some("16"), "the last item that is read");
}
