//! FHIRPath: conditions, constraints, calculated answers, variables.

use fhir::Value;
use questionnaire::validate::{Options, Rule, Severity, validate};

use super::{assert_found, check, form, response, response_of};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire";

fn extension(url: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{url}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn variable(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"http://hl7.org/fhir/StructureDefinition/variable","valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn integer(link_id: &str, value: i32) -> String {
    format!(r#"{{"linkId":"{link_id}","answer":[{{"valueInteger":{value}}}]}}"#)
}

/// Two questions, and their sum.
fn score(fixed: &str) -> Value {
    let sum = extension(&format!("{SDC}-calculatedExpression"), "%answers.sum()");
    form(
        &format!(
            r#"{{"linkId":"a","type":"integer"}},{{"linkId":"b","type":"integer"}},{{"linkId":"sum","type":"decimal"{fixed},"extension":[{sum}]}}"#
        ),
        &format!(
            r#","extension":[{}]"#,
            variable("answers", "%resource.item.where(linkId = 'a' or linkId = 'b').answer.value")
        ),
    )
}

#[test]
fn a_score_is_calculated_again() {
    let answers = format!("{},{}", integer("a", 1), integer("b", 2));
    let with =
        |sum: &str| response(&format!(r#"{answers},{{"linkId":"sum","answer":[{{"valueDecimal":{sum}}}]}}"#));
    let read_only = score(r#","readOnly":true"#);
    assert_found(&read_only, &with("3"), &[]);
    assert_found(&read_only, &with("3.0"), &[]);
    assert_found(&read_only, &with("4"), &["calculated .item[2]"]);
    assert_found(&read_only, &response(&answers), &["calculated"]);
    // What a person may write over is a warning.
    assert_found(&score(""), &with("4"), &["warning calculated .item[2]"]);
    assert_found(&score(""), &response(&answers), &["warning calculated"]);
    // Before it is signed, it comes from where nobody could.
    let before = Options { unsigned: true, ..Options::default() };
    assert!(validate(&score(""), &with("3"), before).is_valid());
    for wrong in [with("4"), response(&answers)] {
        let found = validate(&score(""), &wrong, before);
        assert!(found.errors().any(|finding| finding.rule == Rule::Calculated), "{:?}", found.findings);
    }
    let unfinished = response_of("in-progress", &answers);
    assert_found(&read_only, &unfinished, &["warning calculated"]);
}

#[test]
fn where_a_calculation_fails_there_is_no_answer() {
    let several = extension(
        &format!("{SDC}-calculatedExpression"),
        "%resource.item.where(linkId = 'a').answer.value + 1",
    );
    let form = form(
        &format!(
            r#"{{"linkId":"a","type":"integer","repeats":true}},{{"linkId":"next","type":"integer","readOnly":true,"extension":[{several}]}}"#
        ),
        "",
    );
    let two = r#"{"linkId":"a","answer":[{"valueInteger":1},{"valueInteger":2}]}"#;
    let before = Options { unsigned: true, ..Options::default() };
    assert!(validate(&form, &response(two), before).is_valid());
    let any = validate(&form, &response(&format!("{two},{}", integer("next", 77))), before);
    assert!(any.errors().any(|finding| finding.rule == Rule::Calculated), "{:?}", any.findings);
}

#[test]
fn an_extension_is_known_under_every_base_that_it_was_published_with() {
    const OLD: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire";
    let sum = extension(
        &format!("{OLD}-calculatedExpression"),
        "%resource.item.where(linkId = 'a').answer.value * 2",
    );
    let shown = extension(
        &format!("{OLD}-enableWhenExpression"),
        "%resource.item.where(linkId = 'a').answer.value > 1",
    );
    let form = form(
        &format!(
            r#"{{"linkId":"a","type":"integer"}},{{"linkId":"sum","type":"integer","readOnly":true,"extension":[{sum}]}},
            {{"linkId":"why","type":"string","required":true,"extension":[{shown}]}}"#
        ),
        "",
    );
    let of = |a: i32, sum: i32| response(&format!("{},{}", integer("a", a), integer("sum", sum)));
    assert_found(&form, &of(1, 2), &[]);
    assert_found(&form, &of(1, 55), &["calculated .item[1]"]);
    assert_found(&form, &of(2, 4), &["required"]);
}

#[test]
fn weights_of_options_are_added() {
    let option = |code: &str, weight: i32| {
        format!(
            r#"{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/itemWeight","valueDecimal":{weight}}}],"valueCoding":{{"system":"s","code":"{code}"}}}}"#
        )
    };
    let options = [option("never", 0), option("often", 2)].join(",");
    let question =
        |link_id: &str| format!(r#"{{"linkId":"{link_id}","type":"choice","answerOption":[{options}]}}"#);
    let total = extension(&format!("{SDC}-calculatedExpression"), "%resource.item.answer.weight().sum()");
    let scored = form(
        &format!(
            r#"{},{},{{"linkId":"total","type":"decimal","readOnly":true,"extension":[{total}]}}"#,
            question("a"),
            question("b")
        ),
        "",
    );
    let often = |link_id: &str| {
        format!(r#"{{"linkId":"{link_id}","answer":[{{"valueCoding":{{"system":"s","code":"often"}}}}]}}"#)
    };
    let with = |total: &str| {
        response(&format!(
            r#"{},{},{{"linkId":"total","answer":[{{"valueDecimal":{total}}}]}}"#,
            often("a"),
            often("b")
        ))
    };
    assert_found(&scored, &with("4"), &[]);
    assert_found(&scored, &with("2"), &["calculated .item[2]"]);
}

#[test]
fn an_item_is_enabled_by_its_expression() {
    let when = extension(
        &format!("{SDC}-enableWhenExpression"),
        "%resource.item.where(linkId='a').answer.value > 3",
    );
    let enabled = form(
        &format!(
            r#"{{"linkId":"a","type":"integer"}},{{"linkId":"d","type":"string","required":true,"extension":[{when}]}}"#
        ),
        "",
    );
    let d = r#"{"linkId":"d","answer":[{"valueString":"x"}]}"#;
    assert_found(&enabled, &response(&integer("a", 4)), &["required"]);
    assert_found(&enabled, &response(&integer("a", 3)), &[]);
    assert_found(&enabled, &response(""), &[]);
    assert_found(&enabled, &response(&format!("{},{d}", integer("a", 4))), &[]);
    assert_found(&enabled, &response(&format!("{},{d}", integer("a", 3))), &["not-enabled .item[1]"]);
}

#[test]
fn a_constraint_that_does_not_hold_is_said_in_its_authors_words() {
    let constraint = |url: &str, severity: &str, expression: &str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/StructureDefinition/{url}","extension":[{{"url":"key","valueId":"k"}},{{"url":"severity","valueCode":"{severity}"}},
            {{"url":"human","valueString":"The end is after the start"}},{expression}]}}"#
        )
    };
    let text = r#"{"url":"expression","valueString":"%resource.item.where(linkId='a').answer.value <= answer.value"}"#;
    let whole = r#"{"url":"expression","valueExpression":{"language":"text/fhirpath","expression":"item.where(linkId='a').answer.value <= item.where(linkId='b').answer.value"}}"#;
    for (on_item, on_form, place) in [
        (constraint("questionnaire-constraint", "error", text), String::new(), "constraint .item[1]"),
        (constraint("targetConstraint", "error", text), String::new(), "constraint .item[1]"),
        (constraint("targetConstraint", "warning", text), String::new(), "warning constraint .item[1]"),
        (String::new(), constraint("targetConstraint", "error", whole), "constraint"),
    ] {
        let list = |extension: &str| {
            if extension.is_empty() { String::new() } else { format!(r#","extension":[{extension}]"#) }
        };
        let ordered = form(
            &format!(
                r#"{{"linkId":"a","type":"integer"}},{{"linkId":"b","type":"integer"{}}}"#,
                list(&on_item)
            ),
            &list(&on_form),
        );
        let answers = |a: i32, b: i32| response(&format!("{},{}", integer("a", a), integer("b", b)));
        assert_found(&ordered, &answers(1, 2), &[]);
        assert_found(&ordered, &answers(2, 1), &[place]);
        let outcome = check(&ordered, &answers(2, 1));
        assert!(outcome.findings[0].message.starts_with("The end is after the start;"));
        // What is not answered breaks nothing.
        assert_found(&ordered, &response(&integer("a", 1)), &[]);
    }
}

#[test]
fn variables_are_seen_by_what_stands_below_and_in_each_repetition_its_own() {
    let sum = extension(&format!("{SDC}-calculatedExpression"), "%double + %outer");
    let repeated = form(
        &format!(
            r#"{{"linkId":"g","type":"group","repeats":true,"extension":[{},{}],"item":[
                {{"linkId":"a","type":"integer"}},{{"linkId":"sum","type":"integer","readOnly":true,"extension":[{sum}]}}]}}"#,
            variable("own", "item.where(linkId='a').answer.value"),
            variable("double", "%own * 2"),
        ),
        &format!(r#","extension":[{}]"#, variable("outer", "100")),
    );
    let group = |a: i32, sum: i32| {
        format!(r#"{{"linkId":"g","item":[{},{}]}}"#, integer("a", a), integer("sum", sum))
    };
    assert_found(&repeated, &response(&format!("{},{}", group(1, 102), group(2, 104))), &[]);
    assert_found(
        &repeated,
        &response(&format!("{},{}", group(1, 102), group(2, 102))),
        &["calculated .item[1].item[1]"],
    );
    // Where the group is not there, its variables are empty and not unknown.
    assert_found(&repeated, &response(""), &[]);
    let section = form(
        &format!(
            r#"{{"linkId":"g","type":"group","extension":[{}],"item":[{{"linkId":"a","type":"integer"}},
                {{"linkId":"sum","type":"integer","extension":[{}]}}]}}"#,
            variable("own", "item.where(linkId='a').answer.value"),
            extension(&format!("{SDC}-calculatedExpression"), "%own * 2"),
        ),
        "",
    );
    assert_found(&section, &response(""), &[]);
}

#[test]
fn what_cannot_be_evaluated_is_said_once_and_makes_nothing_invalid() {
    let launch = r#","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext","extension":[{"url":"name","valueCoding":{"code":"patient"}},{"url":"type","valueCode":"Patient"}]}]"#;
    for (expression, severity, rule) in [
        ("%patient.active", Severity::Information, Rule::NotChecked),
        ("%nobody.active", Severity::Warning, Rule::FormExpression),
        ("1 +", Severity::Warning, Rule::FormExpression),
        ("today() > @2020", Severity::Information, Rule::NotChecked),
    ] {
        let when = extension(&format!("{SDC}-enableWhenExpression"), expression);
        let one = form(
            &format!(r#"{{"linkId":"d","type":"string","required":true,"extension":[{when}]}}"#),
            launch,
        );
        for answers in ["", r#"{"linkId":"d","answer":[{"valueString":"x"}]}"#] {
            let outcome = check(&one, &response(answers));
            let found: Vec<_> =
                outcome.findings.iter().map(|finding| (finding.severity, finding.rule)).collect();
            assert_eq!(found, [(severity, rule)], "{expression}: {:?}", outcome.findings);
        }
    }
    let cql = format!(
        r#"{{"url":"{SDC}-calculatedExpression","valueExpression":{{"language":"text/cql","expression":"1"}}}}"#
    );
    let one = form(&format!(r#"{{"linkId":"d","type":"integer","readOnly":true,"extension":[{cql}]}}"#), "");
    assert!(check(&one, &response("")).has(Rule::NotChecked));
}

/// A score that reads the patient is computed again where the patient is known.
#[test]
fn what_a_form_was_launched_with_is_read() {
    let calculated = extension(&format!("{SDC}-calculatedExpression"), "%patient.multipleBirthInteger + 1");
    let one =
        form(&format!(r#"{{"linkId":"n","type":"integer","readOnly":true,"extension":[{calculated}]}}"#), "");
    let patient = fhir::Value::parse(br#"{"resourceType":"Patient","multipleBirthInteger":2}"#).unwrap();
    let launch = [("patient", &patient)];
    let options = Options { launch: &launch, ..Options::default() };
    for (given, expected) in [("3", None), ("4", Some(Rule::Calculated))] {
        let answered = response(&format!(r#"{{"linkId":"n","answer":[{{"valueInteger":{given}}}]}}"#));
        let found = validate(&one, &answered, options).findings;
        assert_eq!(found.first().map(|finding| finding.rule), expected, "{found:?}");
        let unknown = check(&one, &answered);
        assert!(unknown.is_valid() && !unknown.findings.is_empty(), "{unknown:?}");
    }
}

/// Each of them takes the steps of one evaluation, and all of them together a bounded number.
#[test]
fn expressions_that_take_too_long_are_stopped_by_name() {
    let slow = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10).select($this).repeat($this + 1)";
    let items: Vec<String> = (0..1_000)
        .map(|number| {
            let when = extension(&format!("{SDC}-enableWhenExpression"), slow);
            format!(r#"{{"linkId":"d{number}","type":"string","extension":[{when}]}}"#)
        })
        .collect();
    let outcome = check(&form(&items.join(","), ""), &response(""));
    assert!(outcome.has(Rule::TooCostly) && !outcome.is_valid());
}

/// One of them keeps nothing else from being checked.
#[test]
fn an_expression_that_takes_too_long_is_named() {
    let slow = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10).repeat($this + 1).count()";
    let calculated = extension(&format!("{SDC}-calculatedExpression"), slow);
    let items = format!(
        r#"{{"linkId":"slow","type":"integer","extension":[{calculated}]}},{{"linkId":"b","type":"integer"}}"#
    );
    let answers = r#"{"linkId":"slow","answer":[{"valueInteger":1}]}"#;
    let outcome = check(&form(&items, ""), &response(answers));
    assert!(outcome.is_valid() && !outcome.has(Rule::TooCostly), "{outcome:?}");
    let named = outcome.findings.iter().find(|finding| finding.rule == Rule::NotChecked).unwrap();
    assert_eq!((named.severity, named.link_id.as_deref()), (Severity::Warning, Some("slow")));
    let wrong = format!(r#"{answers},{{"linkId":"b","answer":[{{"valueString":"x"}}]}}"#);
    assert!(!check(&form(&items, ""), &response(&wrong)).is_valid(), "the rest is checked");
}

#[test]
fn bounds_and_options_may_be_calculated() {
    let bound = |side: &str, expression: &str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/StructureDefinition/{side}Value","_valueInteger":{{"extension":[{}]}}}}"#,
            extension("http://hl7.org/fhir/StructureDefinition/cqf-calculatedValue", expression)
        )
    };
    let least = bound("min", "%resource.item.where(linkId='a').answer.value");
    let between = form(
        &format!(
            r#"{{"linkId":"a","type":"integer"}},{{"linkId":"b","type":"integer","extension":[{least},{}]}}"#,
            bound("max", "%resource.item.where(linkId='a').answer.value + 10")
        ),
        "",
    );
    let answers = |b: i32| response(&format!("{},{}", integer("a", 5), integer("b", b)));
    assert_found(&between, &answers(5), &[]);
    assert_found(&between, &answers(4), &["below-minimum .item[1].answer[0]"]);
    assert_found(&between, &answers(16), &["above-maximum .item[1].answer[0]"]);
    assert_found(&between, &response(&integer("b", 1)), &[]);

    let offered =
        extension(&format!("{SDC}-answerExpression"), "%resource.item.where(linkId='names').answer.value");
    let named = form(
        &format!(
            r#"{{"linkId":"names","type":"string","repeats":true}},{{"linkId":"one","type":"string","extension":[{offered}]}}"#
        ),
        "",
    );
    let choose = |one: &str| {
        response(&format!(
            r#"{{"linkId":"names","answer":[{{"valueString":"x"}},{{"valueString":"y"}}]}},{{"linkId":"one","answer":[{{"valueString":"{one}"}}]}}"#
        ))
    };
    assert_found(&named, &choose("y"), &[]);
    assert_found(&named, &choose("z"), &["not-an-option .item[1].answer[0]"]);
    let unknown = extension(&format!("{SDC}-answerExpression"), "%nobody");
    let unknown =
        form(&format!(r#"{{"linkId":"a","type":"string","repeats":true,"extension":[{unknown}]}}"#), "");
    let several = response(r#"{"linkId":"a","answer":[{"valueString":"x"},{"valueString":"y"}]}"#);
    assert_found(&unknown, &several, &["warning form-expression .item[0].answer[0]"]);
}

#[test]
fn an_option_can_be_chosen_while_an_expression_says_so() {
    let toggle = format!(
        r#"{{"url":"{SDC}-answerOptionsToggleExpression","extension":[{{"url":"option","valueCoding":{{"system":"s","code":"b"}}}},
            {{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"%resource.item.where(linkId='more').answer.value = true"}}}}]}}"#
    );
    let switched = form(
        &format!(
            r#"{{"linkId":"more","type":"boolean"}},{{"linkId":"q","type":"choice","extension":[{toggle}],"answerOption":[
                {{"valueCoding":{{"system":"s","code":"a"}}}},{{"valueCoding":{{"system":"s","code":"b"}}}}]}}"#
        ),
        "",
    );
    let answers = |more: bool, code: &str| {
        response(&format!(
            r#"{{"linkId":"more","answer":[{{"valueBoolean":{more}}}]}},{{"linkId":"q","answer":[{{"valueCoding":{{"system":"s","code":"{code}"}}}}]}}"#
        ))
    };
    assert_found(&switched, &answers(true, "b"), &[]);
    assert_found(&switched, &answers(false, "a"), &[]);
    assert_found(&switched, &answers(false, "b"), &["not-an-option .item[1].answer[0]"]);
}
