//! Calculated answers: rounded where they must be, and absent with a reason where they cannot be given.

use crate::common;

use common::{Filling, form, number, text};
use questionnaire::Action;
use questionnaire::validate::{Options, validate};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";
const ABSENT: &str = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"error"}]"#;

/// An item whose answer is calculated, with other members and extensions of its own.
fn calculated(kind: &str, expression: &str, members: &str, extensions: &str) -> String {
    format!(
        r#"{{"linkId":"c","text":"C","type":"{kind}","readOnly":true{members},"extension":[{extensions}{{"url":"{SDC}calculatedExpression",
            "valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}}"#
    )
}

fn limit(name: &str, value: &str) -> String {
    format!(r#"{{"url":"{CORE}{name}",{value}}},"#)
}

/// What the response says of the calculated item once `a` is answered; the validator has nothing against it.
#[track_caller]
fn said(kind: &str, expression: &str, members: &str, extensions: &str) -> String {
    let items = [
        r#"{"linkId":"a","text":"A","type":"string"}"#.to_owned(),
        calculated(kind, expression, members, extensions),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&items));
    filling.fill("a", text("x"));
    filling.next().unwrap();
    filling.confirm().unwrap();
    let document = fhir::Value::parse(common::document(&items).as_bytes()).unwrap();
    let outcome = validate(&document, &filling.response(), Options::default());
    assert!(outcome.is_valid(), "{expression}: {:?}", outcome.findings);
    let items = filling.items();
    items.split_once(r#"{"linkId":"c","text":"C","#).map_or(items.clone(), |(_, said)| said.to_owned())
}

#[test]
fn a_form_that_settles_after_several_rounds_is_complete() {
    let group = |link_id: &str, question: &str| {
        format!(
            r#"{{"linkId":"{link_id}","text":"G","type":"group","item":[{{"linkId":"{question}","text":"Q","type":"integer","required":true}}]}}"#
        )
    };
    let sum = "%resource.item.where(linkId='g1').item.answer.value.sum()";
    let items = [group("g0", "q0"), group("g1", "q1"), calculated("integer", sum, "", "")].join(",");
    let mut filling = Filling::new(&form(&items));
    filling.fill("q0", number("1"));
    filling.fill("q1", number("2"));
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert!(filling.items().contains(r#""valueInteger":2"#), "{}", filling.items());
}

#[test]
fn decimals_with_many_digits_are_rounded_and_not_lost() {
    let two = limit("maxDecimalPlaces", r#""valueInteger":2"#);
    let none = limit("maxDecimalPlaces", r#""valueInteger":0"#);
    for (kind, expression, extensions, expected) in [
        ("decimal", "70/(1.75*1.75)", "", "22.8571428571428571"),
        ("decimal", "(1|2|4).avg()", "", "2.33333333333333333"),
        ("decimal", "1/3", "", "0.33333333333333333"),
        ("decimal", "2/3", two.as_str(), "0.67"),
        ("decimal", "1.235", two.as_str(), "1.24"),
        ("decimal", "-1.235", two.as_str(), "-1.24"),
        ("decimal", "12.5", none.as_str(), "13"),
        ("quantity", "70/(1.75*1.75)", two.as_str(), r#"{"value":22.86}"#),
    ] {
        let said = said(kind, expression, "", extensions);
        let name = if kind == "decimal" { "valueDecimal" } else { "valueQuantity" };
        assert_eq!(said, format!(r#""answer":[{{"{name}":{expected}}}]}}]"#), "{expression}");
    }
}

#[test]
fn what_could_not_have_been_given_is_absent_with_a_reason() {
    let choice = r#","answerOption":[{"valueCoding":{"system":"s:1","code":"a","display":"A"}}]"#;
    let max = limit("maxValue", r#""valueInteger":5"#);
    let min = limit("minValue", r#""valueDecimal":0.5"#);
    let least = limit("minLength", r#""valueInteger":3"#);
    let computed = format!(
        r#"{{"url":"{CORE}maxValue","_valueInteger":{{"extension":[{{"url":"{CORE}cqf-expression","valueExpression":{{"language":"text/fhirpath","expression":"2+3"}}}}]}}}},"#
    );
    let toggled = |expression: &str| {
        format!(
            r#"{{"url":"{SDC}answerOptionsToggleExpression","extension":[{{"url":"option","valueCoding":{{"system":"s:1","code":"a"}}}},
                {{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}},"#
        )
    };
    for (kind, expression, members, extensions) in [
        ("string", r"'a\\u0000b'", "", ""),
        ("text", r"'a\\u0001b'", "", ""),
        ("string", r"'a\\nb'", "", ""),
        ("url", "'https://example.org/a b'", "", ""),
        ("url", "'nowhere'", "", ""),
        ("string", "'four'", r#","maxLength":3"#, ""),
        ("string", "'no'", "", least.as_str()),
        ("integer", "6", "", max.as_str()),
        ("integer", "6", "", computed.as_str()),
        ("decimal", "0.4", "", min.as_str()),
        ("integer", "'x'", "", ""),
        ("integer", "1 | 2", "", ""),
        ("integer", "3000000000", "", ""),
        ("choice", "'z'", choice, ""),
        ("choice", "'a'", choice, toggled("false").as_str()),
    ] {
        let said = said(kind, expression, members, extensions);
        assert_eq!(said, format!("{ABSENT}}}]"), "{kind} {expression} {members} {extensions}");
    }
    for (kind, expression, members, extensions, expected) in [
        ("text", r"'a\\nb'", "", "", r#""valueString":"a\nb""#),
        ("string", "'  x '", "", "", r#""valueString":"x""#),
        ("url", "'https://example.org/a'", "", "", r#""valueUri":"https://example.org/a""#),
        ("integer", "5", "", max.as_str(), r#""valueInteger":5"#),
        ("integer", "5", "", computed.as_str(), r#""valueInteger":5"#),
        ("date", "@2026-11", "", "", r#""valueDate":"2026-11""#),
        (
            "choice",
            "'a'",
            choice,
            toggled("true").as_str(),
            r#""valueCoding":{"system":"s:1","code":"a","display":"A"}"#,
        ),
        ("choice", "'a'", choice, "", r#""valueCoding":{"system":"s:1","code":"a","display":"A"}"#),
    ] {
        let said = said(kind, expression, members, extensions);
        assert_eq!(said, format!(r#""answer":[{{{expected}}}]}}]"#), "{kind} {expression}");
    }
}

#[test]
fn an_error_is_believed_only_where_the_calculation_has_one() {
    let absent = |max: &str, reason: &str| {
        let items = calculated("integer", "2+3", "", &limit("maxValue", &format!(r#""valueInteger":{max}"#)));
        let document = fhir::Value::parse(common::document(&items).as_bytes()).unwrap();
        let response = format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"https://attesta.example/fhir/Questionnaire/test|1","status":"completed",
                "item":[{{"linkId":"c","extension":[{{"url":"{CORE}data-absent-reason","valueCode":"{reason}"}}]}}]}}"#
        );
        let response = fhir::Value::parse(response.as_bytes()).unwrap();
        let outcome = validate(&document, &response, Options::default());
        outcome
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.severity.code(), finding.rule.code()))
            .collect::<Vec<_>>()
    };
    assert_eq!(absent("4", "error"), ["warning form-expression"]);
    assert_eq!(absent("5", "error"), ["error calculated"]);
    assert_eq!(absent("4", "unknown"), ["error calculated"]);
}

#[test]
fn instances_without_an_answer_count_as_they_stand_in_the_response() {
    let group = r#"{"linkId":"g","text":"G","type":"group","repeats":true,"item":[{"linkId":"x","text":"X","type":"string"}]}"#;
    let count = "%resource.item.where(linkId='g').count()";
    let items = [group.to_owned(), calculated("integer", count, "", "")].join(",");
    let mut filling = Filling::new(&form(&items));
    filling.skip("x[1]").unwrap();
    filling.next().unwrap();
    filling.act(&Action::AddInstance { key: "g".to_owned() }).unwrap();
    filling.fill("x[2]", text("one"));
    filling.next().unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert!(filling.items().contains(r#""valueInteger":2"#), "{}", filling.items());
    let document = fhir::Value::parse(common::document(&items).as_bytes()).unwrap();
    let outcome = validate(&document, &filling.response(), Options::default());
    assert!(outcome.is_valid(), "{:?}", outcome.findings);
}

#[test]
fn a_calculated_choice_gives_one_of_its_own_options() {
    let coding = |code: &str| {
        format!(r#"{{"system":"urn:example:risk","code":"{code}","display":"{}"}}"#, code.to_uppercase())
    };
    let options = format!(
        r#","answerOption":[{{"valueCoding":{}}},{{"valueCoding":{}}}]"#,
        coding("high"),
        coding("low")
    );
    // Which option is read of the form, not of an answer: nothing here reads itself.
    let own =
        |place: usize| format!("%questionnaire.item.where(linkId='c').answerOption[{place}].valueCoding");
    for (answered, code) in [("x", "high"), ("y", "low")] {
        let expression = format!(
            "iif(%resource.item.where(linkId='a').answer.value='{answered}', {}, {})",
            own(0),
            own(1)
        );
        let found = said("choice", &expression, &options, "");
        assert_eq!(found, format!(r#""answer":[{{"valueCoding":{}}}]}}]"#, coding(code)));
    }
    // The same of the response does read itself.
    let itself = "%resource.item.where(linkId='c').answer.value";
    let report = common::refusal(&calculated("choice", itself, &options, ""));
    assert_eq!(common::problems(&report), ["c Questionnaire.item[0].extension[0] circular"]);
    // A linkId that the form does not have is still one that somebody got wrong.
    let typo = own(0).replace("'c'", "'d'");
    let report = common::refusal(&calculated("choice", &typo, &options, ""));
    assert_eq!(common::problems(&report), ["c Questionnaire.item[0].extension[0] expression"]);
}
