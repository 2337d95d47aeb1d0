//! Each rule, kept and broken.

use fhir::{Value, Version};
use questionnaire::validate;
use questionnaire::validate::{Options, Rule};

use super::{assert_found, check, form, json, listed, response, response_of};

const GROUP: &str = r#"{"linkId":"g","type":"group","item":[
    {"linkId":"a","type":"string","required":true},{"linkId":"b","type":"string","required":true}]}"#;

#[test]
fn groups_have_items_and_questions_answers() {
    let group = form(GROUP, "");
    let a = r#"{"linkId":"a","answer":[{"valueString":"x"}]}"#;
    let b = r#"{"linkId":"b","answer":[{"valueString":"x"}]}"#;
    assert_found(&group, &response(&format!(r#"{{"linkId":"g","item":[{a},{b}]}}"#)), &[]);
    assert_found(&group, &response(&format!(r#"{{"linkId":"g","item":[{a}]}}"#)), &["required .item[0]"]);
    assert_found(&group, &response(""), &["required", "required"]);
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"g","answer":[{{"item":[{a},{b}]}}]}}"#)),
        &["answer-of-group .item[0]", "required .item[0]", "required .item[0]"],
    );
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"other","item":[{a},{b}]}}"#)),
        &["unknown-link-id .item[0]", "required", "required"],
    );
    assert_found(
        &group,
        &response(&format!("{a},{b}")),
        &["misplaced .item[0]", "misplaced .item[1]", "required", "required"],
    );
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"g","item":[{b},{a}]}}"#)),
        &["out-of-order .item[0].item[1]"],
    );
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"g","item":[{a},{a},{b}]}}"#)),
        &["item-twice .item[0].item[1]", "too-many .item[0]"],
    );
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"g","item":[{a},{b}]}},{{"linkId":"g","item":[{a},{b}]}}"#)),
        &["too-many"],
    );
    assert_found(
        &group,
        &response(&format!(r#"{{"linkId":"g","item":[{a},{b}]}},{{"text":"x"}}"#)),
        &["without-link-id .item[1]"],
    );
}

#[test]
fn a_required_group_has_something_in_it() {
    let group =
        form(r#"{"linkId":"g","type":"group","required":true,"item":[{"linkId":"a","type":"string"}]}"#, "");
    assert_found(&group, &response(r#"{"linkId":"g"}"#), &["required"]);
    assert_found(&group, &response(""), &["required"]);
    assert_found(&group, &response(r#"{"linkId":"g","item":[{"linkId":"a"}]}"#), &[]);
}

#[test]
fn a_section_that_is_left_out_leaves_no_required_question_out_and_an_optional_repetition_does() {
    let inner = r#"{"linkId":"i","type":"group","item":[{"linkId":"a","type":"string","required":true}]}"#;
    let section = form(&format!(r#"{{"linkId":"g","type":"group","item":[{inner}]}}"#), "");
    assert_found(&section, &response(""), &["required"]);
    let repeats = form(&format!(r#"{{"linkId":"g","type":"group","repeats":true,"item":[{inner}]}}"#), "");
    assert_found(&repeats, &response(""), &[]);
    assert_found(&repeats, &response(r#"{"linkId":"g"}"#), &["required .item[0]"]);
}

#[test]
fn a_response_that_is_not_complete_may_lack_answers_and_nothing_else() {
    let one = form(
        r#"{"linkId":"a","type":"string","required":true,"maxLength":2},{"linkId":"b","type":"string","required":true}"#,
        "",
    );
    for (status, missing) in [
        ("completed", vec!["required"]),
        ("amended", vec!["required"]),
        ("in-progress", vec![]),
        ("stopped", vec![]),
        ("entered-in-error", vec![]),
    ] {
        let a = r#"{"linkId":"a","answer":[{"valueString":"x"}]}"#;
        assert_found(&one, &response_of(status, a), &missing);
        let long = response_of(status, r#"{"linkId":"a","answer":[{"valueString":"long"}]}"#);
        assert_found(&one, &long, &[&["too-long .item[0].answer[0]"], missing.as_slice()].concat());
    }
    let twice = r#"{"linkId":"a","answer":[{"valueString":"x"},{"valueString":"y"}]}"#;
    assert_found(&one, &response_of("in-progress", twice), &["warning too-many"]);
    assert_found(&one, &response_of("done", ""), &["status .status", "required", "required"]);
}

#[test]
fn items_under_a_question_belong_under_each_of_its_answers() {
    let nested = form(
        r#"{"linkId":"a","type":"string","repeats":true,"item":[{"linkId":"n","type":"integer","required":true}]}"#,
        "",
    );
    let n = r#""item":[{"linkId":"n","answer":[{"valueInteger":1}]}]"#;
    assert_found(
        &nested,
        &response(&format!(
            r#"{{"linkId":"a","answer":[{{"valueString":"x",{n}}},{{"valueString":"y",{n}}}]}}"#
        )),
        &[],
    );
    assert_found(
        &nested,
        &response(&format!(r#"{{"linkId":"a","answer":[{{"valueString":"x",{n}}},{{"valueString":"y"}}]}}"#)),
        &["required .item[0].answer[1]"],
    );
    assert_found(
        &nested,
        &response(&format!(r#"{{"linkId":"a",{n},"answer":[{{"valueString":"x"}}]}}"#)),
        &["items-beside-answer .item[0].item[0]", "required .item[0].answer[0]"],
    );
    assert_found(&nested, &response(r#"{"linkId":"a"}"#), &[]);
}

#[test]
fn an_answer_has_one_value() {
    let one = form(r#"{"linkId":"a","type":"string","required":true}"#, "");
    for (answer, found) in [
        (r#"{"valueString":"x"}"#, vec![]),
        ("{}", vec!["no-value .item[0].answer[0]", "required"]),
        (r#"{"valueString":"x","valueInteger":1}"#, vec!["two-values .item[0].answer[0]"]),
        (r#"{"valueString":" "}"#, vec!["bad-value .item[0].answer[0]"]),
        // Why there is no answer is not an answer.
        (
            r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"asked-declined"}]}"#,
            vec!["required"],
        ),
        (
            r#"{"_valueString":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}"#,
            vec!["required"],
        ),
    ] {
        assert_found(&one, &response(&format!(r#"{{"linkId":"a","answer":[{answer}]}}"#)), &found);
    }
    assert_found(&one, &response(r#"{"linkId":"a","answer":[]}"#), &["element .item[0]", "required"]);
}

#[test]
fn the_response_names_this_form_and_this_version() {
    let one = form(r#"{"linkId":"a","type":"string"}"#, "");
    for (questionnaire, found) in [
        ("https://attesta.example/Questionnaire/fixture|1", vec![]),
        ("https://attesta.example/Questionnaire/fixture", vec![]),
        ("https://attesta.example/Questionnaire/fixture|2", vec!["other-form .questionnaire"]),
        ("https://attesta.example/Questionnaire/other|1", vec!["other-form .questionnaire"]),
    ] {
        let response = json(&format!(
            r#"{{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"{questionnaire}"}}"#
        ));
        assert_found(&one, &response, &found);
    }
    let unsaid = json(r#"{"resourceType":"QuestionnaireResponse","status":"completed"}"#);
    assert_found(&one, &unsaid, &["warning other-form"]);
}

#[test]
fn a_form_that_is_not_in_use_is_a_warning() {
    let item = r#"{"linkId":"a","type":"string"}"#;
    for (status, found) in [
        ("active", vec![]),
        ("draft", vec!["warning form-status Questionnaire.status"]),
        ("retired", vec!["warning form-status Questionnaire.status"]),
    ] {
        let form = json(&format!(
            r#"{{"resourceType":"Questionnaire","url":"https://attesta.example/Questionnaire/fixture","status":"{status}","item":[{item}]}}"#
        ));
        assert_found(&form, &response(""), &found);
    }
    let period = form(item, r#","effectivePeriod":{"start":"2021-01","end":"2021-12-11"}"#);
    for (authored, found) in [
        ("2021-12-11T09:00:00Z", vec![]),
        ("2021-12-12", vec!["warning form-period .authored"]),
        ("2020", vec!["warning form-period .authored"]),
        ("2021", vec![]),
    ] {
        let response = json(&format!(
            r#"{{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"https://attesta.example/Questionnaire/fixture","authored":"{authored}"}}"#
        ));
        assert_found(&period, &response, &found);
    }
}

#[test]
fn the_text_is_the_forms_in_one_of_its_languages() {
    let one = form(
        r#"{"linkId":"a","type":"string","text":"How are  you?","_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation",
            "extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Wie geht es Ihnen?"}]}]}}"#,
        "",
    );
    for (text, found) in [
        ("How are you?", vec![]),
        ("Wie geht es Ihnen?", vec![]),
        ("How are you not?", vec!["other-text .item[0]"]),
    ] {
        assert_found(&one, &response(&format!(r#"{{"linkId":"a","text":"{text}"}}"#)), &found);
    }
}

#[test]
fn without_a_text_the_short_text_or_the_name_of_the_code_stands_in() {
    let german = |name: &str| {
        format!(
            r#""{name}":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation",
            "extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"Schmerz"}}]}}]}}"#
        )
    };
    let short = format!(
        r#""extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-shortText","valueString":"Pain",{}}}]"#,
        german("_valueString")
    );
    let code = format!(r#""code":[{{"code":"1"}},{{"display":"Pain",{}}}]"#, german("_display"));
    for named in [short, code] {
        let one = form(&format!(r#"{{"linkId":"a","type":"string",{named}}}"#), "");
        for (text, found) in [("Pain", vec![]), ("Schmerz", vec![]), ("Other", vec!["other-text .item[0]"])] {
            assert_found(&one, &response(&format!(r#"{{"linkId":"a","text":"{text}"}}"#)), &found);
        }
        // A text of its own is what counts.
        let own = form(&format!(r#"{{"linkId":"a","text":"Own","type":"string",{named}}}"#), "");
        assert_found(&own, &response(r#"{"linkId":"a","text":"Pain"}"#), &["other-text .item[0]"]);
    }
}

#[test]
fn what_changes_the_meaning_and_is_not_known_is_an_error() {
    const UNKNOWN: &str =
        r#""modifierExtension":[{"url":"https://attesta.example/not","valueBoolean":true}]"#;
    let one = form(r#"{"linkId":"a","type":"string"}"#, "");
    let answer = r#""answer":[{"valueString":"x"}]"#;
    for (items, found) in [
        (format!(r#"{{"linkId":"a",{answer},{UNKNOWN}}}"#), "modifier .item[0].modifierExtension"),
        (
            format!(r#"{{"linkId":"a","answer":[{{"valueString":"x",{UNKNOWN}}}]}}"#),
            "modifier .item[0].answer[0].modifierExtension",
        ),
    ] {
        assert_found(&one, &response(&items), &[found]);
    }
    for (name, value) in [
        ("modifierExtension", r#"[{"url":"https://attesta.example/not","valueBoolean":true}]"#),
        ("implicitRules", r#""https://attesta.example/rules""#),
    ] {
        let mut whole = response(&format!(r#"{{"linkId":"a",{answer}}}"#));
        whole.as_object_mut().unwrap().insert(name, json(value));
        assert_found(&one, &whole, &[format!("modifier .{name}").as_str()]);
    }
}

#[test]
fn a_signature_is_asked_for_once_the_response_is_complete() {
    let asked = r#","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-signatureRequired","valueCodeableConcept":{"text":"x"}}]"#;
    let one = form(r#"{"linkId":"a","type":"string"}"#, asked);
    assert_found(&one, &response(""), &["signature"]);
    assert_found(&one, &response_of("in-progress", ""), &[]);
    let before = Options { unsigned: true, ..Options::default() };
    assert!(validate(&one, &response(""), before).is_valid());
    let mut signed = response("");
    let signature = json(
        r#"[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature","valueSignature":{"who":{"display":"A"}}}]"#,
    );
    signed.as_object_mut().unwrap().insert("extension", signature);
    assert_found(&one, &signed, &[]);
}

#[test]
fn what_was_found_is_an_operation_outcome_in_both_releases() {
    let one = form(r#"{"linkId":"a","type":"string","required":true}"#, "");
    let outcome = check(&one, &response(""));
    let expected = json(
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required",
            "details":{"coding":[{"system":"https://attesta.example/fhir/CodeSystem/response-check","code":"required"}],
                "text":"this question has to be answered; ask for an answer, or set the status to in-progress"},
            "diagnostics":"linkId a","expression":["QuestionnaireResponse"]}]}"#,
    );
    for version in Version::ALL {
        assert_eq!(outcome.operation_outcome(version).to_json(), expected.to_json());
    }
    let good = check(&one, &response(r#"{"linkId":"a","answer":[{"valueString":"x"}]}"#));
    let severity =
        |version| good.operation_outcome(version).list("issue")[0].str("severity").map(str::to_owned);
    assert_eq!(severity(Version::R4).as_deref(), Some("information"));
    assert_eq!(severity(Version::R5).as_deref(), Some("success"));
}

#[test]
fn codes_of_rules_are_unlike_each_other() {
    let codes: std::collections::BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    let other: Value = json(r#"{"resourceType":"Patient"}"#);
    assert_eq!(listed(&check(&other, &response(""))), ["fatal not-a-questionnaire Questionnaire"]);
    assert_eq!(listed(&check(&form("", ""), &other)), ["fatal not-a-response"]);
}
