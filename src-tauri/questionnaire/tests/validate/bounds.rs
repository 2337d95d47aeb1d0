//! Hostile input: each ends, soon, in a finding with a name.

use fhir::{Object, Value, array, object};
use questionnaire::validate::{MAX_FINDINGS, MAX_ITEM_DEPTH, Rule, Severity};

use super::{check, form, json, response};

/// Items in items, deeper than any document can be parsed.
fn deep(levels: usize, leaf: fn() -> Object) -> Value {
    let mut item = Value::Object(leaf());
    for _ in 1..levels {
        let mut above = leaf();
        above.insert("item", Value::Array(vec![item]));
        item = Value::Object(above);
    }
    item
}

fn group() -> Object {
    let mut group = Object::new();
    group.insert("linkId", "g");
    group.insert("type", "group");
    group
}

fn resource(kind: &str, items: Vec<Value>) -> Value {
    object! { "resourceType" => kind, "status" => "completed", "item" => items }
}

#[test]
fn ten_thousand_levels_are_refused_by_name() {
    let text = "{\"item\":[".repeat(10_000) + &"]}".repeat(10_000);
    let refused = Value::parse(text.as_bytes()).map_err(|error| error.kind);
    assert_eq!(refused, Err(fhir::ParseErrorKind::TooDeep), "as every document is read");
    // What was not read from a document has its own bound.
    let deep_form = resource("Questionnaire", vec![deep(1_000, group)]);
    let outcome = check(&deep_form, &response(""));
    assert!(
        outcome
            .findings
            .iter()
            .any(|finding| finding.rule == Rule::TooDeep && finding.severity == Severity::Fatal)
    );
    let deep_response = resource("QuestionnaireResponse", vec![deep(1_000, group)]);
    assert!(check(&form(r#"{"linkId":"g","type":"group"}"#, ""), &deep_response).has(Rule::TooDeep));
    // As deep as is read, nothing is refused for its depth.
    let levels = resource("QuestionnaireResponse", vec![deep(MAX_ITEM_DEPTH, group)]);
    assert!(!check(&form(r#"{"linkId":"g","type":"group"}"#, ""), &levels).has(Rule::TooDeep));
}

#[test]
fn more_items_than_are_read_are_refused_by_name() {
    let items = vec![object! { "linkId" => "g" }; 200_001];
    let outcome =
        check(&form(r#"{"linkId":"g","type":"group"}"#, ""), &resource("QuestionnaireResponse", items));
    assert!(outcome.has(Rule::TooLarge) && !outcome.is_valid());
}

#[test]
fn findings_are_bounded_and_say_so() {
    let items = vec![object! { "linkId" => "unknown" }; 50_000];
    let outcome =
        check(&form(r#"{"linkId":"g","type":"group"}"#, ""), &resource("QuestionnaireResponse", items));
    assert!(outcome.findings.len() <= MAX_FINDINGS + 1);
    assert!(outcome.has(Rule::TooManyFindings) && !outcome.is_valid());
}

/// 2,000 questions that each look at the 20,000 answers of another one.
#[test]
fn conditions_that_take_too_long_are_stopped_by_name() {
    let answers = vec![object! { "valueInteger" => 1 }; 20_000];
    let mut items = vec![object! { "linkId" => "q", "type" => "integer", "repeats" => true }];
    items.extend((0..2_000).map(|number| {
        object! { "linkId" => format!("d{number}"), "type" => "string",
        "enableWhen" => array![object! { "question" => "q", "operator" => "=", "answerInteger" => 2 }] }
    }));
    let outcome = check(
        &resource("Questionnaire", items),
        &resource("QuestionnaireResponse", vec![object! { "linkId" => "q", "answer" => answers }]),
    );
    assert!(outcome.has(Rule::TooCostly) && !outcome.is_valid());
}

#[test]
fn a_form_that_contradicts_itself_is_named() {
    for (items, rule) in [
        (r#"{"linkId":"a","type":"string"},{"linkId":"a","type":"string"}"#, Rule::FormDuplicateLinkId),
        (r#"{"type":"string"}"#, Rule::FormWithoutLinkId),
        (r#"{"linkId":"a"}"#, Rule::FormType),
        (
            r#"{"linkId":"a","type":"string","enableWhen":[{"question":"b","operator":"exists","answerBoolean":true}]},
                {"linkId":"b","type":"string","enableWhen":[{"question":"a","operator":"exists","answerBoolean":true}]}"#,
            Rule::FormCycle,
        ),
        (
            r#"{"linkId":"a","type":"string","enableWhen":[{"question":"a","operator":"exists","answerBoolean":true}]}"#,
            Rule::FormCycle,
        ),
        (
            r#"{"linkId":"a","type":"string","enableWhen":[{"question":"b","operator":"exists","answerBoolean":true}]}"#,
            Rule::FormCondition,
        ),
        (
            r#"{"linkId":"b","type":"string"},{"linkId":"a","type":"string","enableWhen":[{"question":"b","operator":"~","answerString":"x"}]}"#,
            Rule::FormCondition,
        ),
    ] {
        let outcome = check(&form(items, ""), &response(""));
        assert!(outcome.has(rule) && !outcome.is_valid(), "{items}: {:?}", outcome.findings);
    }
}

/// A chain in which each item waits for the one before: no recursion, and in time that grows with its length.
#[test]
fn a_chain_of_conditions_is_followed_to_its_end() {
    let condition = |number: usize| object! { "question" => format!("q{}", number - 1), "operator" => "exists", "answerBoolean" => true };
    let items: Vec<Value> = (0..50_000)
        .map(|number| {
            let mut item = object! { "linkId" => format!("q{number}"), "type" => "string" };
            if let Some(object) = item.as_object_mut().filter(|_| number > 0) {
                object.insert("enableWhen", Value::Array(vec![condition(number)]));
            }
            item
        })
        .collect();
    let answered = |from: usize| -> Vec<Value> {
        (from..50_000)
            .map(|number| object! { "linkId" => format!("q{number}"), "answer" => array![object! { "valueString" => "x" }] })
            .collect()
    };
    let form = resource("Questionnaire", items);
    assert!(check(&form, &resource("QuestionnaireResponse", answered(0))).is_valid());
    let without_first = check(&form, &resource("QuestionnaireResponse", answered(1)));
    assert!(without_first.has(Rule::NotEnabled));
}

/// Many conditions that look at a group with many repetitions beside them, from among many empty sections.
#[test]
fn what_is_not_there_finds_the_nearest_repetition_among_many() {
    let sections = |value: fn(usize) -> Value| -> Vec<Value> { (0..10_000).map(value).collect() };
    let mut items = vec![object! { "linkId" => "r", "type" => "group", "repeats" => true,
    "item" => array![object! { "linkId" => "q", "type" => "integer" }] }];
    items.extend(sections(|number| {
        object! { "linkId" => format!("s{number}"), "type" => "group", "required" => true,
        "item" => array![object! { "linkId" => format!("t{number}"), "type" => "string" }] }
    }));
    items.extend(sections(|number| {
        object! { "linkId" => format!("d{number}"), "type" => "string", "required" => true,
        "enableWhen" => array![object! { "question" => "q", "operator" => "=", "answerInteger" => 9_999 }] }
    }));
    let form = resource("Questionnaire", items);
    let mut answers = sections(|number| {
        let answer = object! { "valueInteger" => i32::try_from(number).unwrap() };
        object! { "linkId" => "r", "item" => array![object! { "linkId" => "q", "answer" => array![answer] }] }
    });
    answers.extend(sections(|number| {
        let answer = object! { "linkId" => format!("t{number}"), "answer" => array![object! { "valueString" => "x" }] };
        object! { "linkId" => format!("s{number}"), "item" => array![answer] }
    }));
    // Only the last repetition is nearest to the questions, which all are missing then.
    let missing = check(&form, &resource("QuestionnaireResponse", answers.clone()));
    assert!(missing.findings.iter().all(|finding| finding.rule != Rule::TooCostly));
    let wanted = missing.findings.iter().filter(|finding| finding.rule == Rule::Required).count();
    assert!(missing.has(Rule::TooManyFindings) && wanted >= MAX_FINDINGS - 1, "{wanted}");
    answers.swap(0, 9_999);
    assert!(check(&form, &resource("QuestionnaireResponse", answers)).is_valid());
}

#[test]
fn an_answer_never_stands_in_a_finding() {
    let form = form(
        r#"{"linkId":"a","type":"string","maxLength":2,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"[0-9]+"}],
            "answerOption":[{"valueString":"x"}]},{"linkId":"b","type":"integer"},{"linkId":"c","type":"date"}"#,
        "",
    );
    let secret = json(
        r#"{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"https://attesta.example/Questionnaire/fixture","item":[
            {"linkId":"a","answer":[{"valueString":"SECRET"},{"valueSECRET ":"x"}]},{"linkId":"b","answer":[{"valueString":"SECRET"}]},
            {"linkId":"c","text":"SECRET","answer":[{"valueDate":"SECRET"}]}]}"#,
    );
    let outcome = check(&form, &secret);
    assert!(outcome.findings.len() >= 6);
    for finding in &outcome.findings {
        assert!(!finding.to_string().contains("SECRET"), "{finding}");
    }
}

/// What is large and honest is checked to its end: 5,000 questions and 200 scores, each over all of them.
#[test]
fn a_large_form_with_many_scores_is_checked_to_its_end() {
    let sum = |number: usize| {
        let expression = object! { "language" => "text/fhirpath",
        "expression" => "%resource.item.where(linkId.startsWith('q')).answer.value.sum()" };
        let extension = object! {
        "url" => "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression", "valueExpression" => expression };
        object! { "linkId" => format!("sum{number}"), "type" => "integer", "readOnly" => true, "extension" => array![extension] }
    };
    let mut items: Vec<Value> =
        (0..5_000).map(|number| object! { "linkId" => format!("q{number}"), "type" => "integer" }).collect();
    items.extend((0..200).map(sum));
    let answer = |link_id: String, value: i32| object! { "linkId" => link_id, "answer" => array![object! { "valueInteger" => value }] };
    let mut answers: Vec<Value> = (0..5_000).map(|number| answer(format!("q{number}"), 1)).collect();
    answers.extend((0..200).map(|number| answer(format!("sum{number}"), 5_000)));
    let outcome = check(&resource("Questionnaire", items), &resource("QuestionnaireResponse", answers));
    assert!(outcome.is_valid(), "{:?}", outcome.findings);
}
