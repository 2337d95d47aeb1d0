//! Value sets: contained, given, composed, nested, incomplete.

use fhir::Value;
use questionnaire::validate;
use questionnaire::validate::{Options, Rule};

use super::{assert_found, form, json, listed, response};

fn choice(answer: &str) -> Value {
    response(&format!(r#"{{"linkId":"q","answer":[{{"valueCoding":{answer}}}]}}"#))
}

fn contained(compose: &str) -> Value {
    form(
        r##"{"linkId":"q","type":"choice","answerValueSet":"#set"}"##,
        &format!(
            r#","contained":[{{"resourceType":"ValueSet","id":"set","compose":{compose}}},
            {{"resourceType":"ValueSet","id":"other","url":"https://attesta.example/ValueSet/other","compose":{{"include":[{{"system":"s","concept":[{{"code":"b"}},{{"code":"c"}}]}}]}}}},
            {{"resourceType":"CodeSystem","id":"codes","url":"https://attesta.example/codes","content":"complete","concept":[{{"code":"up","concept":[{{"code":"down"}}]}}]}}]"#
        ),
    )
}

#[test]
fn a_contained_value_set_is_composed_of_its_parts() {
    const NOT: &[&str] = &["not-an-option .item[0].answer[0]"];
    let listed = r#"{"system":"s","concept":[{"code":"a","display":"A"},{"code":"b"}]}"#;
    for (compose, code, found) in [
        (format!(r#"{{"include":[{listed}]}}"#), r#"{"system":"s","code":"a"}"#, &[][..]),
        (format!(r#"{{"include":[{listed}]}}"#), r#"{"system":"t","code":"a"}"#, NOT),
        (format!(r#"{{"include":[{listed}]}}"#), r#"{"code":"a"}"#, NOT),
        (
            format!(r#"{{"include":[{listed}],"exclude":[{{"system":"s","concept":[{{"code":"a"}}]}}]}}"#),
            r#"{"system":"s","code":"a"}"#,
            NOT,
        ),
        (r#"{"include":[{"system":"https://attesta.example/codes"}]}"#.to_owned(), r#"{"system":"https://attesta.example/codes","code":"down"}"#, &[]),
        (r#"{"include":[{"system":"https://attesta.example/codes"}]}"#.to_owned(), r#"{"system":"https://attesta.example/codes","code":"left"}"#, NOT),
        (r#"{"include":[{"valueSet":["https://attesta.example/ValueSet/other"]}]}"#.to_owned(), r#"{"system":"s","code":"c"}"#, &[]),
        // Both of one part have to hold.
        (
            r#"{"include":[{"system":"s","concept":[{"code":"a"},{"code":"b"}],"valueSet":["https://attesta.example/ValueSet/other"]}]}"#.to_owned(),
            r#"{"system":"s","code":"a"}"#,
            NOT,
        ),
        (
            r#"{"include":[{"system":"s","concept":[{"code":"a"},{"code":"b"}],"valueSet":["https://attesta.example/ValueSet/other"]}]}"#.to_owned(),
            r#"{"system":"s","code":"b"}"#,
            &[],
        ),
    ] {
        assert_found(&contained(&compose), &choice(code), found);
    }
}

#[test]
fn what_cannot_be_resolved_is_said_once_and_makes_nothing_invalid() {
    for compose in [
        r#"{"include":[{"system":"https://attesta.example/unknown"}]}"#,
        r#"{"include":[{"system":"s","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}"#,
        r##"{"include":[{"valueSet":["#set"]}]}"##,
        r#"{"include":[{"system":"s","concept":[{"code":"a"}]}],"exclude":[{"system":"https://attesta.example/unknown"}]}"#,
        "{}",
    ] {
        let outcome =
            validate(&contained(compose), &choice(r#"{"system":"s","code":"x"}"#), Options::default());
        assert_eq!(listed(&outcome), ["information not-checked .item[0].answer[0]"], "{compose}");
        assert!(outcome.is_valid());
    }
}

#[test]
fn a_value_set_may_be_given_and_has_to_be_the_version_that_is_named() {
    let given = |version: &str| {
        json(&format!(
            r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"ValueSet","url":"https://attesta.example/ValueSet/x","version":"{version}",
            "expansion":{{"total":2,"contains":[{{"abstract":true,"system":"s","code":"all","contains":[{{"system":"s","code":"a"}}]}}]}}}}}}]}}"#
        ))
    };
    let asked =
        form(r#"{"linkId":"q","type":"choice","answerValueSet":"https://attesta.example/ValueSet/x|2"}"#, "");
    let found = |given: &Value, answer: &str| {
        let terminology = [given.clone()];
        let options = Options { terminology: &terminology, ..Options::default() };
        validate(&asked, &choice(answer), options)
    };
    assert!(found(&given("2"), r#"{"system":"s","code":"a"}"#).findings.is_empty());
    assert!(
        !found(&given("2"), r#"{"system":"s","code":"all"}"#).is_valid(),
        "abstract codes cannot be chosen"
    );
    assert!(found(&given("1"), r#"{"system":"s","code":"a"}"#).has(Rule::NotChecked));
}

#[test]
fn an_expansion_in_part_speaks_for_the_codes_that_it_has() {
    let given = [json(
        r#"{"resourceType":"ValueSet","url":"https://attesta.example/ValueSet/x","expansion":{"total":9000,"contains":[{"system":"s","code":"a"}]}}"#,
    )];
    let asked =
        form(r#"{"linkId":"q","type":"choice","answerValueSet":"https://attesta.example/ValueSet/x"}"#, "");
    let options = Options { terminology: &given, ..Options::default() };
    assert!(validate(&asked, &choice(r#"{"system":"s","code":"a"}"#), options).findings.is_empty());
    assert!(validate(&asked, &choice(r#"{"system":"s","code":"b"}"#), options).has(Rule::NotChecked));
}

#[test]
fn what_may_be_answered_besides_the_options_is_said_by_type_or_constraint() {
    const BACKPORTED: &str = r#","extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.answerConstraint","valueCode":"optionsOrString"}]"#;
    const OPTIONS: &str = r#""answerOption":[{"valueCoding":{"system":"s","code":"a"}}]"#;
    for (kind, constraint, answer, good) in [
        ("choice", "", r#""valueCoding":{"system":"s","code":"b"}"#, false),
        ("open-choice", "", r#""valueCoding":{"system":"s","code":"b"}"#, false),
        ("open-choice", "", r#""valueString":"other""#, true),
        ("choice", BACKPORTED, r#""valueString":"other""#, true),
        (
            "open-choice",
            r#","answerConstraint":"optionsOrType""#,
            r#""valueCoding":{"system":"s","code":"b"}"#,
            true,
        ),
        ("coding", r#","answerConstraint":"optionsOnly""#, r#""valueString":"other""#, false),
        ("coding", r#","answerConstraint":"optionsOrString""#, r#""valueString":"other""#, true),
        (
            "coding",
            r#","answerConstraint":"optionsOrString""#,
            r#""valueCoding":{"system":"s","code":"b"}"#,
            false,
        ),
        (
            "coding",
            r#","answerConstraint":"optionsOrType""#,
            r#""valueCoding":{"system":"s","code":"b"}"#,
            true,
        ),
        ("coding", r#","answerConstraint":"optionsOrType""#, r#""valueString":"other""#, false),
    ] {
        let form = form(&format!(r#"{{"linkId":"q","type":"{kind}",{OPTIONS}{constraint}}}"#), "");
        let response = response(&format!(r#"{{"linkId":"q","answer":[{{{answer}}}]}}"#));
        assert_eq!(
            validate(&form, &response, Options::default()).is_valid(),
            good,
            "{kind} {constraint} {answer}"
        );
    }
}

#[test]
fn a_value_set_that_is_bundled_is_held_against_answers_too() {
    let gender = form(
        r#"{"linkId":"q","type":"choice","answerValueSet":"http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"}"#,
        "",
    );
    let male = r#"{"system":"http://hl7.org/fhir/administrative-gender","code":"male"}"#;
    assert_found(&gender, &choice(male), &[]);
    assert_found(
        &gender,
        &choice(r#"{"system":"https://attesta.example/other","code":"male"}"#),
        &["not-an-option .item[0].answer[0]"],
    );
}

#[test]
fn yes_and_no_are_the_options_of_a_boolean_whatever_it_lists() {
    let listed = r#""answerOption":[{"valueCoding":{"system":"s","code":"a"}}]"#;
    let one = form(&format!(r#"{{"linkId":"q","type":"boolean",{listed}}}"#), "");
    assert_found(&one, &response(r#"{"linkId":"q","answer":[{"valueBoolean":true}]}"#), &[]);
}
