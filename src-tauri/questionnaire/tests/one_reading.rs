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
