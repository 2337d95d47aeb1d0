//! Whatever is done to a form or a response, findings come back; and what breaks a rule is always found.

use fhir::{Number, Object, Value};
use proptest::prelude::*;
use questionnaire::instruments;
use questionnaire::validate;
use questionnaire::validate::{Options, Rule};

use super::places::{nth, size};
use super::{check, form, json, response};

/// A bit of everything.
const ITEMS: &str = r##"
    {"linkId":"yes","type":"boolean","required":true},
    {"linkId":"why","type":"string","maxLength":9,"required":true,"enableWhen":[{"question":"yes","operator":"=","answerBoolean":true}]},
    {"linkId":"kind","type":"choice","required":true,"answerValueSet":"#kinds"},
    {"linkId":"group","type":"group","repeats":true,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":2}],"item":[
        {"linkId":"count","type":"integer","required":true,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":9}]},
        {"linkId":"unit","type":"quantity","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"g"}}]}]},
    {"linkId":"sum","type":"integer","readOnly":true,"extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression":{"language":"text/fhirpath","expression":"%resource.item.where(linkId='group').item.where(linkId='count').answer.value.sum()"}}]},
    {"linkId":"mail","type":"string","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"[a-z]+@[a-z]+"}]}"##;
const KINDS: &str = r#","contained":[{"resourceType":"ValueSet","id":"kinds","compose":{"include":[{"system":"s","concept":[{"code":"a"},{"code":"b"}]}]}}]"#;
const ANSWERS: &str = r#"
    {"linkId":"yes","answer":[{"valueBoolean":true}]},{"linkId":"why","answer":[{"valueString":"because"}]},
    {"linkId":"kind","answer":[{"valueCoding":{"system":"s","code":"a"}}]},
    {"linkId":"group","item":[{"linkId":"count","answer":[{"valueInteger":2}]},{"linkId":"unit","answer":[{"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}}]}]},
    {"linkId":"group","item":[{"linkId":"count","answer":[{"valueInteger":3}]}]},
    {"linkId":"sum","answer":[{"valueInteger":5}]},{"linkId":"mail","answer":[{"valueString":"a@b"}]}"#;

fn replacement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?(e-?9{1,9})?"
            .prop_map(|text| Number::new(text).unwrap().into()),
        "\\PC{0,8}".prop_map(Value::from),
        prop_oneof![
            Just("boolean"),
            Just("choice"),
            Just("open-choice"),
            Just("group"),
            Just("display"),
            Just("quantity"),
            Just("attachment"),
            Just("exists"),
            Just("!="),
            Just("2026-02-30"),
            Just("#kinds"),
            Just("yes"),
            Just("group"),
            Just("(((((a{9}){9}){9}){9}){9})"),
            Just("%resource.repeat(item)"),
            Just("urn:uuid:x"),
            Just("in-progress"),
        ]
        .prop_map(Value::from),
        Just(Value::Array(Vec::new())),
        Just(Value::Object(Object::new())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nothing_that_is_changed_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), replacement()), 1..4),
    ) {
        let (mut form, mut response) = (form(ITEMS, KINDS), response(ANSWERS));
        for (place, of_form, value) in changes {
            let changed = if of_form { &mut form } else { &mut response };
            let mut place = place.index(size(changed));
            *nth(changed, &mut place).unwrap() = value;
        }
        let outcome = check(&form, &response);
        for version in fhir::Version::ALL {
            prop_assert!(!outcome.operation_outcome(version).list("issue").is_empty());
        }
        for finding in &outcome.findings {
            prop_assert!(!finding.message.is_empty() && !finding.expression.is_empty());
        }
        prop_assert_eq!(check(&form, &response), outcome, "the same again");
    }
}

#[test]
fn what_is_valid_is_found_valid() {
    let outcome = check(&form(ITEMS, KINDS), &response(ANSWERS));
    assert_eq!(outcome.findings, []);
}

/// Every change to one place of a valid response that breaks one rule, and the rule that it breaks.
#[test]
fn each_broken_rule_is_found() {
    let form = form(ITEMS, KINDS);
    for (from, to, rule) in [
        (r#"{"linkId":"yes","answer":[{"valueBoolean":true}]},"#, "", Rule::Required),
        (r#"{"linkId":"why","answer":[{"valueString":"because"}]},"#, "", Rule::Required),
        (r#""valueBoolean":true"#, r#""valueBoolean":false"#, Rule::NotEnabled),
        (r#""because""#, r#""because of""#, Rule::TooLong),
        (r#""because""#, "7", Rule::BadValue),
        (r#""valueString":"because""#, r#""valueInteger":7"#, Rule::WrongType),
        (r#""valueString":"because""#, "", Rule::NoValue),
        (r#""code":"a""#, r#""code":"c""#, Rule::NotAnOption),
        (r#""system":"s","code":"a""#, r#""code":"a""#, Rule::NotAnOption),
        (r#"{"linkId":"count","answer":[{"valueInteger":3}]}"#, r#"{"linkId":"count"}"#, Rule::Required),
        (r#""valueInteger":3"#, r#""valueInteger":10"#, Rule::AboveMaximum),
        (r#""valueInteger":3"#, r#""valueInteger":4"#, Rule::Calculated),
        (r#""valueInteger":5"#, r#""valueInteger":6"#, Rule::Calculated),
        (r#"{"linkId":"sum","answer":[{"valueInteger":5}]},"#, "", Rule::Calculated),
        (r#""code":"kg""#, r#""code":"mg""#, Rule::BelowMinimum),
        (r#""a@b""#, r#""a@@b""#, Rule::Pattern),
        (r#"{"linkId":"sum""#, r#"{"linkId":"total""#, Rule::UnknownLinkId),
        (r#"{"linkId":"unit""#, r#"{"linkId":"mail""#, Rule::Misplaced),
        (
            r#"{"linkId":"sum""#,
            r#"{"linkId":"group","item":[{"linkId":"count","answer":[{"valueInteger":0}]}]},{"linkId":"sum""#,
            Rule::TooMany,
        ),
        (r#"{"linkId":"mail""#, r#"{"linkId":"kind"},{"linkId":"mail""#, Rule::OutOfOrder),
        (r#"{"linkId":"mail""#, r#"{"linkId":"yes"},{"linkId":"mail""#, Rule::ItemTwice),
    ] {
        let changed = ANSWERS.replacen(from, to, 1);
        assert_ne!(changed, ANSWERS, "{from}");
        let outcome = check(&form, &response(&changed));
        assert!(outcome.has(rule) && !outcome.is_valid(), "{rule:?}: {:?}", outcome.findings);
    }
}

/// Every answer of a real response, taken out of a form that requires each.
#[test]
fn a_required_answer_that_is_missing_is_always_found() {
    let strict = json(&instruments::PHQ9.replace(r#""required": false"#, r#""required": true"#));
    let golden = include_str!("../golden/phq-9.response.json");
    let whole = json(golden);
    let missing = |response: &Value| {
        let options = Options { unsigned: true, ..Options::default() };
        let outcome = validate(&strict, response, options);
        outcome.errors().filter(|finding| finding.rule == Rule::Required).count()
    };
    let skipped = missing(&whole);
    let answered = golden.matches(r#""answer""#).count();
    assert!(answered >= 8);
    for place in 0..answered {
        let mut response = whole.clone();
        let mut left = place;
        assert!(take_answer(&mut response, &mut left));
        assert_eq!(missing(&response), skipped + 1, "answer {place}");
    }
}

/// Takes the answer out that is this far from the beginning.
fn take_answer(value: &mut Value, left: &mut usize) -> bool {
    match value {
        Value::Array(elements) => elements.iter_mut().any(|element| take_answer(element, left)),
        Value::Object(object) => {
            if object.contains("answer") {
                if *left == 0 {
                    return object.remove("answer").is_some();
                }
                *left -= 1;
            }
            object.iter_mut().any(|(_, member)| take_answer(member, left))
        }
        _ => false,
    }
}
