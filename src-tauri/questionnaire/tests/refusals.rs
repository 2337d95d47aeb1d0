//! What this floor of the engine does not support is refused at import, naming the item, the place and the reason.

use crate::common;

use common::{document, problems, refusal, refused};
use questionnaire::import_bytes;

#[test]
fn item_types_that_fhir_does_not_have_are_named() {
    for kind in ["question", "nonsense", "Quantity"] {
        refused(&[(
            &format!(r#"{{"linkId":"a","text":"A","type":"{kind}"}}"#),
            "a Questionnaire.item[0].type item-type",
        )]);
    }
}

/// R4's and R5's code system has it, and no item may.
#[test]
fn the_abstract_type_question_is_called_abstract() {
    let report = refusal(r#"{"linkId":"a","text":"A","type":"question"}"#);
    let message = &report.problems[0].message;
    assert!(message.contains("abstract in FHIR") && message.contains("such as string"), "{message}");
    assert!(!message.contains("FHIR has no"), "{message}");
}

#[test]
fn every_problem_of_every_item_is_named_in_one_report() {
    let report = refusal(
        r#"{"linkId":"a","text":"A","type":"reference"},
           {"linkId":"g","text":"G","type":"group","item":[
             {"linkId":"g.1","text":"B","type":"choice"},
             {"linkId":"g.2","text":"C","type":"nonsense","item":[{"linkId":"g.2.1","text":"D","type":"sound"}]}]}"#,
    );
    assert_eq!(
        problems(&report),
        [
            "a Questionnaire.item[0] answer-option",
            "g.1 Questionnaire.item[1].item[0] answer-option",
            "g.2 Questionnaire.item[1].item[1].type item-type",
            "g.2.1 Questionnaire.item[1].item[1].item[0].type item-type",
        ]
    );
    let text = report.to_string();
    assert!(text.contains("item \"g.2.1\", Questionnaire.item[1].item[1].item[0].type: "), "{text}");
}

#[test]
fn elements_that_cannot_be_honoured_are_named() {
    refused(&[
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerValueSet":"http://example.org/vs"}"#,
            "a Questionnaire.item[0].answerValueSet answer-value-set",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","requird":true}"#,
            "a Questionnaire.item[0].requird unknown-element",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","required":"true"}"#,
            "a Questionnaire.item[0].required malformed",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string","answerConstraint":"anything"}"#,
            "a Questionnaire.item[0].answerConstraint malformed",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string"},{"linkId":"d","text":"D","type":"display","initial":[{"valueString":"x"}]}"#,
            "d Questionnaire.item[1].initial not-allowed-here",
        ),
    ]);
}

#[test]
fn what_says_nothing_about_its_item_is_a_notice() {
    for (item, place, code) in [
        (
            r#"{"linkId":"a","text":"A","type":"date","maxLength":3}"#,
            "Questionnaire.item[0].maxLength",
            "limits",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"string"},{"linkId":"g","type":"group"}"#,
            "Questionnaire.item[1]",
            "unused",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"boolean","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":3}]}"#,
            "Questionnaire.item[0].extension[0]",
            "limits",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueCoding":{"system":"custom","code":"x"}}]}"#,
            "Questionnaire.item[0].answerOption[0].valueCoding.system",
            "system",
        ),
    ] {
        let form = common::form(item);
        let found = form.notices().iter().any(|notice| notice.path == place && notice.reason.code() == code);
        assert!(found, "{item}: {:?}", form.notices());
    }
}

#[test]
fn forms_of_other_versions_are_refused_by_their_version() {
    refused(&[
        (
            r#"{"linkId":"a","text":"A","type":"integer","initialInteger":3}"#,
            "a Questionnaire.item[0].initialInteger fhir-version",
        ),
        (
            r#"{"linkId":"a","text":"A","type":"choice","answerOption":[{"valueInteger":1}],"options":{"reference":"v"}}"#,
            "a Questionnaire.item[0].options fhir-version",
        ),
    ]);
}

#[test]
fn regular_expressions_are_matched_in_linear_time_or_refused() {
    for pattern in ["(", "(?=x)", "(a)\\\\1", "(((a{999}){999}){999}){999}"] {
        refused(&[(
            &format!(
                r#"{{"linkId":"a","text":"A","type":"string","extension":
                   [{{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"{pattern}"}}]}}"#
            ),
            "a Questionnaire.item[0].extension[0] regex",
        )]);
    }
}

#[test]
fn expressions_are_refused_with_their_language() {
    for url in [
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression",
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-calculatedExpression",
        "http://hl7.org/fhir/StructureDefinition/cqf-calculatedValue",
        "http://hl7.org/fhir/StructureDefinition/variable",
        "http://hl7.org/fhir/StructureDefinition/cqf-expression",
    ] {
        let report = refusal(&format!(
            r#"{{"linkId":"a","text":"A","type":"string","extension":[{{"url":"{url}","valueExpression":
               {{"language":"text/cql","expression":"x"}}}}]}}"#
        ));
        assert_eq!(problems(&report), ["a Questionnaire.item[0].extension[0] expression"]);
        assert!(report.problems[0].message.contains("in text/cql"), "{report}");
    }
}

#[test]
fn an_expression_on_a_primitive_is_found() {
    refused(&[(
        r#"{"linkId":"a","text":"A","type":"string","_required":{"extension":[{"url":
           "http://hl7.org/fhir/StructureDefinition/cqf-expression","valueExpression":{"language":"text/fhirpath"}}]}}"#,
        "a Questionnaire.item[0].required.extension[0] expression",
    )]);
}

#[test]
fn extensions_that_change_what_is_asked_are_refused() {
    for (name, code) in
        [("questionnaire-optionRestriction", "extension"), ("rendering-styleSensitive", "extension")]
    {
        refused(&[(
            &format!(
                r#"{{"linkId":"a","text":"A","type":"string","extension":
                   [{{"url":"http://hl7.org/fhir/StructureDefinition/{name}","valueString":"x"}}]}}"#
            ),
            &format!("a Questionnaire.item[0].extension[0] {code}"),
        )]);
    }
}

#[test]
fn modifier_extensions_are_refused_wherever_they_stand() {
    let modifier = r#""modifierExtension":[{"url":"https://example.org/negated","valueBoolean":true}]"#;
    refused(&[
        (
            &format!(r#"{{"linkId":"a","text":"A","type":"string",{modifier}}}"#),
            "a Questionnaire.item[0].modifierExtension[0] modifier-extension",
        ),
        (
            &format!(
                r#"{{"linkId":"a","text":"A","type":"choice","answerOption":[{{"valueInteger":1,{modifier}}}]}}"#
            ),
            "a Questionnaire.item[0].answerOption[0].modifierExtension[0] modifier-extension",
        ),
    ]);
    let root =
        document(r#"{"linkId":"a","text":"A","type":"string"}"#).replacen('{', &format!("{{{modifier},"), 1);
    let report = import_bytes(root.as_bytes()).unwrap_err();
    assert_eq!(problems(&report), ["- Questionnaire.modifierExtension[0] modifier-extension"]);
    assert!(report.problems[0].message.contains("https://example.org/negated"));
}

#[test]
fn ordinary_extensions_that_nobody_knows_do_not_matter() {
    let form = common::form(
        r#"{"linkId":"a","text":"A","type":"string","extension":[{"url":"https://example.org/colour","valueString":"red"}]}"#,
    );
    let notices: Vec<_> = form.notices().iter().map(|notice| notice.reason.code()).collect();
    assert_eq!(notices, ["unused"], "the study builder is told");
}

#[test]
fn markup_falls_back_to_plain_text_and_says_so() {
    let form = common::form(
        r#"{"linkId":"a","text":"<b>A</b>","type":"string","_text":{"extension":[{"url":
           "http://hl7.org/fhir/StructureDefinition/rendering-xhtml","valueString":"<script>alert(1)</script>"}]}}"#,
    );
    assert_eq!(form.notices()[0].reason.code(), "plain-text");
    assert_eq!(form.notices()[0].path, "Questionnaire.item[0].text.extension[0]");
    assert_eq!(common::Filling::new(&form).screen().text, "<b>A</b>", "text is only ever text");
}

#[test]
fn messages_cannot_be_forged_by_the_form() {
    let report = refusal(r#"{"linkId":"a\nitem \"b\": fine","text":"A","type":"nonsense"}"#);
    assert_eq!(report.to_string().lines().count(), 2, "one problem is one line: {report}");
}

#[test]
fn the_size_of_a_file_is_read_as_bytes_and_the_report_says_so() {
    let limited = |size: &str| {
        format!(
            r#"{{"linkId":"a","text":"A","type":"attachment","extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/maxSize","valueDecimal":{size}}}]}}"#
        )
    };
    let form = common::form(&limited("5000000"));
    let said: Vec<String> = form.supported().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].ends_with("maxSize (read as 5000000 bytes)"), "{said:?}");
    // Meant in megabytes: no file would ever fit.
    for megabytes in ["5", "0.5", "999"] {
        let report = common::refusal(&limited(megabytes));
        assert!(report.problems[0].message.contains("megabytes"), "{report}");
    }
}
