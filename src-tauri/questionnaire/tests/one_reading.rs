//! The session, which asks, and the check, which judges what was answered, read a form in one way: what import takes, a
//! respondent completes, and the response is one that the form allows.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{answer_of, item, plain, sdc, sealable};

#[test]
fn a_calculated_question_that_repeats_may_have_items_under_its_answers() {
    let a = |kind: &str, expression: &str| {
        let inside = format!(
            r#""repeats":true,"readOnly":true,"item":[{},{}]"#,
            plain("n", "boolean"),
            item("m", "string", &[sdc("initialExpression", "'first'")], "")
        );
        item("a", kind, &[sdc("calculatedExpression", expression)], &inside)
    };
    let count = format!("(1|2|3).take({})", answer_of("b"));
    sealable(&[plain("b", "boolean"), a("integer", &format!("{}.count()", answer_of("b")))]);
    sealable(&[plain("b", "integer"), a("integer", &count), plain("z", "string")]);
    let texts = format!("{count}.select($this.toString())");
    let group = format!(r#""repeats":true,"item":[{},{}]"#, a("string", &texts), plain("w", "boolean"));
    sealable(&[plain("b", "integer"), item("g", "group", &[], &group)]);
    // What may depend on any answer is settled last.
    let any = "%resource.descendants().where(linkId='b').answer.value";
    sealable(&[a("integer", any), plain("b", "integer")]);
}

#[test]
fn items_under_answers_that_an_expression_gives_begin_with_them() {
    let given = |name: &str| {
        let inside = format!(
            r#""repeats":true,"item":[{},{}]"#,
            plain("n", "boolean"),
            item("m", "string", &[sdc("initialExpression", "'first'")], "")
        );
        common::of(&[item("a", "integer", &[sdc(name, "(1|2)")], &inside)])
    };
    for name in ["initialExpression", "calculatedExpression"] {
        let form = given(name);
        let filling = common::Filling::new(&form);
        let items = filling.session.review().rows.len();
        assert_eq!(items, 5, "the question, and two items under each of its answers: {name}");
        common::replays(&filling);
    }
}

fn target_constraint(expression: &str) -> String {
    let parts = [
        r#"{"url":"key","valueId":"k"}"#.to_owned(),
        r#"{"url":"severity","valueCode":"error"}"#.to_owned(),
        r#"{"url":"human","valueString":"a is at most b"}"#.to_owned(),
        format!(
            r#"{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
        ),
    ];
    format!(r#"{{"url":"{}targetConstraint","extension":[{}]}}"#, common::CORE, parts.join(","))
}

#[test]
fn a_constraint_holds_in_every_instance_of_a_repeating_group() {
    let (a, b) = ("item.where(linkId='a').answer.value", "item.where(linkId='b').answer.value");
    // The item itself, and what is read only by going through the whole response.
    for expression in [
        format!("{a} <= {b}"),
        format!("%context.{a} <= {b} or %resource.descendants().where(linkId.startsWith('none')).exists()"),
    ] {
        let group = |more: &str| {
            let inside = format!(r#"{more}"item":[{},{}]"#, plain("a", "integer"), plain("b", "integer"));
            item("g", "group", &[target_constraint(&expression)], &inside)
        };
        sealable(&[group("")]);
        sealable(&[group(r#""repeats":true,"#), plain("z", "string")]);
    }
}

#[test]
fn the_instance_that_breaks_a_constraint_is_named_by_its_question() {
    let constraint =
        target_constraint("item.where(linkId='a').answer.value <= item.where(linkId='b').answer.value");
    let inside = format!(r#""repeats":true,"item":[{},{}]"#, plain("a", "integer"), plain("b", "integer"));
    let form = common::of(&[item("g", "group", &[constraint], &inside)]);
    let mut filling = common::Filling::new(&form);
    let group = filling.session.review().rows[0].key.clone();
    assert_eq!(group, "a[1]");
    for (key, value) in [("a[1]", "1"), ("b[1]", "2")] {
        filling.fill(key, common::number(value));
    }
    filling.act(&questionnaire::Action::AddInstance { key: "g".to_owned() }).unwrap();
    for (key, value) in [("a[2]", "2"), ("b[2]", "1")] {
        filling.fill(key, common::number(value));
    }
    filling.next().unwrap();
    let refused = filling.confirm().unwrap_err();
    assert_eq!((refused.code(), refused.key()), ("constraint", Some("a[2]")));
}

#[test]
fn a_question_that_was_left_out_has_no_constraint_to_keep() {
    let expression = format!("answer.exists() or {}.empty()", answer_of("a"));
    let b = item("b", "integer", &[target_constraint(&expression)], "");
    sealable(&[plain("a", "integer"), b, plain("c", "string")]);
    // A group in which everything was left out is in the response; one in which nothing was asked is not.
    let never = target_constraint("item.answer.exists()");
    let group = |kind: &str, more: &str| {
        let inside = format!(r#""item":[{}]"#, item("n", kind, &[], more));
        item("g", "group", std::slice::from_ref(&never), &inside)
    };
    let hidden = r#""enableWhen":[{"question":"z","operator":"=","answerBoolean":true}]"#;
    sealable(&[plain("z", "boolean"), group("display", "")]);
    sealable(&[plain("z", "boolean"), group("string", hidden)]);
}
