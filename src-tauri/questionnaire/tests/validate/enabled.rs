//! `enableWhen`: every operator, in nested and repeating groups.

use super::{assert_found, form, response};

/// The question `q` of this type decides about `d`, which is required.
fn deciding(kind: &str, condition: &str) -> fhir::Value {
    form(
        &format!(
            r#"{{"linkId":"q","type":"{kind}","repeats":true}},{{"linkId":"d","type":"string","required":true,"enableWhen":[{{"question":"q",{condition}}}]}}"#
        ),
        "",
    )
}

#[track_caller]
fn assert_enabled(kind: &str, condition: &str, answers: &str, enabled: bool) {
    let form = deciding(kind, condition);
    let q =
        if answers.is_empty() { String::new() } else { format!(r#"{{"linkId":"q","answer":[{answers}]}}"#) };
    let comma = if q.is_empty() { "" } else { "," };
    let d = r#"{"linkId":"d","answer":[{"valueString":"x"}]}"#;
    let at = usize::from(!q.is_empty());
    let not_enabled = format!("not-enabled .item[{at}]");
    let (without, with) =
        if enabled { (vec!["required"], vec![]) } else { (vec![], vec![not_enabled.as_str()]) };
    assert_found(&form, &response(&q), &without);
    assert_found(&form, &response(&format!("{q}{comma}{d}")), &with);
}

#[test]
fn every_operator_decides() {
    for (kind, condition, answers, enabled) in [
        ("boolean", r#""operator":"=","answerBoolean":true"#, r#"{"valueBoolean":true}"#, true),
        ("boolean", r#""operator":"=","answerBoolean":true"#, r#"{"valueBoolean":false}"#, false),
        ("boolean", r#""operator":"=","answerBoolean":true"#, "", false),
        ("boolean", r#""operator":"!=","answerBoolean":true"#, r#"{"valueBoolean":false}"#, true),
        ("boolean", r#""operator":"!=","answerBoolean":true"#, "", true),
        ("boolean", r#""operator":"exists","answerBoolean":true"#, r#"{"valueBoolean":false}"#, true),
        ("boolean", r#""operator":"exists","answerBoolean":true"#, "", false),
        ("boolean", r#""operator":"exists","answerBoolean":false"#, "", true),
        ("integer", r#""operator":">","answerInteger":3"#, r#"{"valueInteger":3}"#, false),
        ("integer", r#""operator":">","answerInteger":3"#, r#"{"valueInteger":1},{"valueInteger":4}"#, true),
        ("integer", r#""operator":">=","answerInteger":3"#, r#"{"valueInteger":3}"#, true),
        ("integer", r#""operator":"<","answerInteger":3"#, r#"{"valueInteger":3}"#, false),
        ("integer", r#""operator":"<=","answerInteger":3"#, r#"{"valueInteger":3}"#, true),
        (
            "integer",
            r#""operator":"!=","answerInteger":3"#,
            r#"{"valueInteger":1},{"valueInteger":3}"#,
            false,
        ),
        ("decimal", r#""operator":"=","answerDecimal":0.1"#, r#"{"valueDecimal":0.10}"#, true),
        ("decimal", r#""operator":"=","answerInteger":1"#, r#"{"valueDecimal":1.0}"#, true),
        ("date", r#""operator":">","answerDate":"2026-01""#, r#"{"valueDate":"2026-02-01"}"#, true),
        ("time", r#""operator":"<","answerTime":"12:00:00""#, r#"{"valueTime":"09:30:00"}"#, true),
        ("string", r#""operator":"=","answerString":"a""#, r#"{"valueString":"a"}"#, true),
        (
            "choice",
            r#""operator":"=","answerCoding":{"system":"s","code":"a"}"#,
            r#"{"valueCoding":{"system":"s","code":"a","display":"A"}}"#,
            true,
        ),
        (
            "choice",
            r#""operator":"=","answerCoding":{"system":"s","code":"a"}"#,
            r#"{"valueCoding":{"system":"t","code":"a"}}"#,
            false,
        ),
        (
            "quantity",
            r#""operator":">","answerQuantity":{"value":1,"unit":"kg"}"#,
            r#"{"valueQuantity":{"value":2,"unit":"kg"}}"#,
            true,
        ),
    ] {
        assert_enabled(kind, condition, answers, enabled);
    }
}

#[test]
fn what_cannot_be_decided_demands_and_forbids_nothing() {
    let form = deciding("date", r#""operator":">","answerDate":"2026""#);
    let q = r#"{"linkId":"q","answer":[{"valueDate":"2026-05-01"}]}"#;
    assert_found(&form, &response(q), &[]);
    assert_found(&form, &response(&format!(r#"{q},{{"linkId":"d","answer":[{{"valueString":"x"}}]}}"#)), &[]);
}

#[test]
fn several_conditions_are_joined_as_the_form_says() {
    let of = |behavior: &str| {
        form(
            &format!(
                r#"{{"linkId":"p","type":"boolean"}},{{"linkId":"q","type":"boolean"}},
                {{"linkId":"d","type":"string","required":true{behavior},"enableWhen":[
                    {{"question":"p","operator":"=","answerBoolean":true}},{{"question":"q","operator":"=","answerBoolean":true}}]}}"#
            ),
            "",
        )
    };
    let one = response(
        r#"{"linkId":"p","answer":[{"valueBoolean":true}]},{"linkId":"q","answer":[{"valueBoolean":false}]}"#,
    );
    let both = response(
        r#"{"linkId":"p","answer":[{"valueBoolean":true}]},{"linkId":"q","answer":[{"valueBoolean":true}]}"#,
    );
    assert_found(&of(r#","enableBehavior":"any""#), &one, &["required"]);
    assert_found(&of(r#","enableBehavior":"all""#), &one, &[]);
    assert_found(&of(r#","enableBehavior":"all""#), &both, &["required"]);
    assert_found(&of(""), &one, &[]);
    assert_found(&of(""), &both, &["required"]);
}

#[test]
fn an_answer_that_is_not_enabled_decides_nothing() {
    let chain = form(
        r#"{"linkId":"a","type":"boolean"},
        {"linkId":"b","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerBoolean":true}]},
        {"linkId":"c","type":"string","required":true,"enableWhen":[{"question":"b","operator":"=","answerBoolean":true}]}"#,
        "",
    );
    let answers = |a: bool| {
        response(&format!(
            r#"{{"linkId":"a","answer":[{{"valueBoolean":{a}}}]}},{{"linkId":"b","answer":[{{"valueBoolean":true}}]}}"#
        ))
    };
    assert_found(&chain, &answers(true), &["required"]);
    assert_found(&chain, &answers(false), &["not-enabled .item[1]"]);
}

#[test]
fn a_condition_looks_into_its_own_repetition_else_at_the_nearest_one_before() {
    let repeated = form(
        r#"{"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"q","type":"boolean"},
            {"linkId":"d","type":"string","required":true,"enableWhen":[{"question":"q","operator":"=","answerBoolean":true}]}]},
        {"linkId":"after","type":"string","required":true,"enableWhen":[{"question":"q","operator":"=","answerBoolean":true}]}"#,
        "",
    );
    let group = |yes: bool| {
        format!(r#"{{"linkId":"g","item":[{{"linkId":"q","answer":[{{"valueBoolean":{yes}}}]}}]}}"#)
    };
    // The one outside looks at the last repetition before it.
    assert_found(
        &repeated,
        &response(&format!("{},{},{}", group(false), group(true), group(false))),
        &["required .item[1]"],
    );
    assert_found(
        &repeated,
        &response(&format!("{},{}", group(false), group(true))),
        &["required", "required .item[1]"],
    );
    assert_found(&repeated, &response(&group(false)), &[]);
}

#[test]
fn a_condition_before_the_repetitions_looks_at_the_first() {
    let before = form(
        r#"{"linkId":"early","type":"string","required":true,"enableWhen":[{"question":"q","operator":"=","answerBoolean":true}]},
        {"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"q","type":"boolean"}]}"#,
        "",
    );
    let group = |yes: bool| {
        format!(r#"{{"linkId":"g","item":[{{"linkId":"q","answer":[{{"valueBoolean":{yes}}}]}}]}}"#)
    };
    assert_found(&before, &response(&format!("{},{}", group(true), group(false))), &["required"]);
    assert_found(&before, &response(&format!("{},{}", group(false), group(true))), &[]);
}

#[test]
fn a_condition_looks_under_its_own_answer() {
    let medicines = form(
        r#"{"linkId":"m","type":"string","repeats":true,"item":[{"linkId":"k","type":"boolean"},
            {"linkId":"why","type":"string","required":true,"enableWhen":[{"question":"k","operator":"=","answerBoolean":true}]}]},
        {"linkId":"last","type":"string","required":true,"enableWhen":[{"question":"k","operator":"=","answerBoolean":true}]}"#,
        "",
    );
    let answer = |name: &str, yes: bool, why: bool| {
        let why = if why { r#",{"linkId":"why","answer":[{"valueString":"pain"}]}"# } else { "" };
        format!(
            r#"{{"valueString":"{name}","item":[{{"linkId":"k","answer":[{{"valueBoolean":{yes}}}]}}{why}]}}"#
        )
    };
    let of = |answers: &[String]| response(&format!(r#"{{"linkId":"m","answer":[{}]}}"#, answers.join(",")));
    assert_found(&medicines, &of(&[answer("a", true, true), answer("b", false, false)]), &[]);
    assert_found(
        &medicines,
        &of(&[answer("a", false, true), answer("b", false, false)]),
        &["not-enabled .item[0].answer[0].item[1]"],
    );
    assert_found(
        &medicines,
        &of(&[answer("a", true, false), answer("b", false, false)]),
        &["required .item[0].answer[0]"],
    );
    // After the question, its last answer counts.
    assert_found(&medicines, &of(&[answer("a", false, false), answer("b", true, true)]), &["required"]);
}

#[test]
fn below_a_group_that_is_not_enabled_nothing_is_wanted_and_nothing_allowed() {
    let nested = form(
        r#"{"linkId":"q","type":"boolean"},{"linkId":"g","type":"group","enableWhen":[{"question":"q","operator":"=","answerBoolean":true}],
            "item":[{"linkId":"a","type":"string","required":true}]}"#,
        "",
    );
    let no = r#"{"linkId":"q","answer":[{"valueBoolean":false}]}"#;
    let yes = r#"{"linkId":"q","answer":[{"valueBoolean":true}]}"#;
    let group = r#"{"linkId":"g","item":[{"linkId":"a","answer":[{"valueString":"x"}]}]}"#;
    assert_found(&nested, &response(no), &[]);
    assert_found(&nested, &response(yes), &["required"]);
    assert_found(&nested, &response(&format!("{no},{group}")), &["not-enabled .item[1]"]);
    assert_found(&nested, &response(&format!(r#"{no},{{"linkId":"g"}}"#)), &[]);
    assert_found(&nested, &response(&format!("{yes},{group}")), &[]);
}
