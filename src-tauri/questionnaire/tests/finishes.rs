//! What import calls usable, a patient can finish, and the check of the response takes it: where limits, options and
//! demands move while the form is filled in.

use crate::common;

use common::{
    CORE, Filling, answer_of, code, context, item, number, of, plain, problems, refusal, replays, sdc,
    sealable, text, yes,
};
use questionnaire::{Answer, validate};

/// A limit, or another element of an extension, that an expression gives.
fn moving(name: &str, element: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{CORE}{name}","_{element}":{{"extension":[{}]}}}}"#,
        common::core("cqf-expression", expression)
    )
}

fn extension(name: &str, value: &str) -> String {
    format!(r#"{{"url":"{CORE}{name}",{value}}}"#)
}

/// An option that is offered while an expression is true.
fn switch(option: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerOptionsToggleExpression","extension":[
            {{"url":"option",{option}}},{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}}"#
    )
}

const YES_AND_NO: &str = r#""valueCoding":{"system":"urn:s","code":"y","display":"Yes"}"#;

fn count_of(link_id: &str) -> String {
    format!("%resource.descendants().where(linkId='{link_id}').answer.count()")
}

fn asked(link_id: &str) -> String {
    format!("%resource.descendants().where(linkId='{link_id}').answer.exists()")
}

#[test]
fn texts_and_addresses_of_a_form_are_found() {
    let regex = |pattern: &str| extension("regex", &format!(r#""valueString":"{pattern}""#));
    let least = |length: u32| extension("minLength", &format!(r#""valueInteger":{length}"#));
    for (kind, extensions, more) in [
        ("url", vec![regex(".*")], ""),
        ("url", vec![regex(".*@.*")], ""),
        ("url", vec![regex("^[A-Z].*$"), least(12)], ""),
        ("url", vec![regex("urn:oid:.*"), least(20)], ""),
        ("url", vec![regex("urn:uuid:.*")], ""),
        ("string", vec![regex("(abc)+"), least(7)], r#""maxLength":9"#),
        ("text", vec![regex("[^ ]{3} [^ ]{3}")], r#""maxLength":7"#),
        ("string", vec![least(9)], r#""maxLength":9"#),
    ] {
        let more = if more.is_empty() {
            r#""required":true"#.to_owned()
        } else {
            format!(r#""required":true,{more}"#)
        };
        sealable(&[item("a", kind, &extensions, &more)]);
    }
}

#[test]
fn an_option_that_the_form_lists_is_within_limits_that_move() {
    let limit = moving("minValue", "valueInteger", &count_of("n"));
    let options = r#""required":true,"answerOption":[{"valueInteger":0},{"valueInteger":1}]"#;
    sealable(&[plain("n", "integer"), item("a", "integer", &[limit], options)]);
}

#[test]
fn what_a_read_only_question_begins_with_is_not_lost_to_a_limit_that_moves() {
    let items = [
        item("n", "boolean", &[], r#""repeats":true"#),
        item(
            "a",
            "integer",
            &[moving("minValue", "valueInteger", &count_of("n")), sdc("initialExpression", &count_of("n"))],
            r#""readOnly":true"#,
        ),
    ];
    sealable(&items);
    // It is said all the same.
    let form = of(&items);
    let mut filling = Filling::new(&form);
    filling.fill("n", yes());
    filling.next().unwrap();
    filling.confirm().unwrap();
    let raw = fhir::Value::parse(common::document(&items.join(",")).as_bytes()).unwrap();
    let response = filling.session.response(&context()).unwrap();
    let found =
        validate(&raw, &response, validate::Options { unsigned: true, ..validate::Options::default() });
    assert!(found.is_valid());
    let warned: Vec<&str> = found.findings.iter().map(|finding| finding.rule.code()).collect();
    assert_eq!(warned, ["below-minimum"]);
}

#[test]
fn a_read_only_question_may_lose_an_option_that_is_switched_off() {
    let options = format!(r#""readOnly":true,"answerOption":[{{{YES_AND_NO},"initialSelected":true}}]"#);
    sealable(&[plain("n", "integer"), item("a", "choice", &[switch(YES_AND_NO, &asked("n"))], &options)]);
}

#[test]
fn what_must_be_chosen_may_be_left_out_while_there_is_nothing_to_choose() {
    let options = format!(r#""required":true,"answerOption":[{{{YES_AND_NO}}}]"#);
    let choice = item("a", "choice", &[switch(YES_AND_NO, &asked("n"))], &options);
    let items = [plain("n", "integer"), choice, plain("z", "boolean")];
    sealable(&items);

    let mut filling = Filling::new(&of(&items));
    filling.skip("n").unwrap();
    filling.next().unwrap();
    assert!(!filling.screen().required);
    filling.skip("a").unwrap();
    filling.next().unwrap();
    filling.fill("z", yes());
    // As soon as there is something to choose, it must be chosen.
    filling.goto("n").unwrap();
    filling.answer("n", number("1")).unwrap();
    filling.goto("a").unwrap();
    assert!(filling.screen().required);
    assert_eq!(code(filling.next()), "required");
    assert_eq!(code(filling.goto_review()), "incomplete");
    filling.answer("a", common::option("urn:s|y")).unwrap();
    filling.goto_review().unwrap();
    filling.confirm().unwrap();
    replays(&filling);

    let none = item("a", "string", &[sdc("answerExpression", &answer_of("n"))], r#""required":true"#);
    sealable(&[plain("n", "string"), none]);
}

#[test]
fn no_more_is_asked_for_than_there_is_to_choose() {
    let least = extension("questionnaire-minOccurs", r#""valueInteger":2"#);
    let options = format!(
        r#""repeats":true,"answerOption":[{{{YES_AND_NO}}},{{"valueCoding":{{"system":"urn:s","code":"n","display":"No"}}}}]"#
    );
    let choice = item("a", "choice", &[least, switch(YES_AND_NO, &asked("n"))], &options);
    sealable(&[plain("n", "integer"), choice]);
}

#[test]
fn what_was_left_out_is_open_again_when_an_expression_demands_it() {
    let required =
        format!(r#""_required":{{"extension":[{}]}}"#, common::core("cqf-expression", &asked("n")));
    let items = [plain("n", "integer"), item("a", "string", &[], &required)];
    let mut filling = Filling::new(&of(&items));
    filling.skip("n").unwrap();
    filling.next().unwrap();
    filling.skip("a").unwrap();
    filling.next().unwrap();
    assert!(filling.session.missing().is_empty());
    filling.goto("n").unwrap();
    filling.answer("n", number("1")).unwrap();
    assert_eq!(filling.session.missing(), ["a"]);
    assert_eq!(code(filling.goto_review()), "incomplete");
    filling.goto("a").unwrap();
    filling.fill("a", text("x"));
    filling.confirm().unwrap();
    replays(&filling);
    sealable(&items);
}

#[test]
fn one_of_two_that_demand_each_other_is_enough() {
    let unless = |other: &str| {
        let expression = format!("{}.not()", asked(other));
        format!(r#""_required":{{"extension":[{}]}}"#, common::core("cqf-expression", &expression))
    };
    let items = [item("a", "string", &[], &unless("b")), item("b", "string", &[], &unless("a"))];
    sealable(&items);
}

/// A group that is shown until something in it is answered.
fn flipping(when: &str, required: &str) -> [String; 3] {
    let empty = format!("{when}%resource.descendants().where(linkId.startsWith('x')).answer.empty()");
    let inside = item("x1", "boolean", &[], required);
    [
        plain("c", "string"),
        item("g", "group", &[sdc("enableWhenExpression", &empty)], &format!(r#""item":[{inside}]"#)),
        plain("z", "string"),
    ]
}

#[test]
fn what_contradicts_itself_with_any_answer_is_refused_at_import() {
    for required in ["", r#""required":true"#] {
        let report = refusal(&flipping("", required).join(","));
        assert_eq!(problems(&report), ["g Questionnaire.item[1].extension[0] circular"]);
    }
}

#[test]
fn an_answer_with_which_the_form_contradicts_itself_is_not_taken() {
    let when = "%resource.item.where(linkId='c').answer.value = 'a word that nobody tries' and ";
    let items = flipping(when, "");
    let form = of(&items);
    let mut filling = Filling::new(&form);
    filling.fill("c", text("a word that nobody tries"));
    let before = filling.session.clone();
    let refused = filling.answer("x1", yes()).unwrap_err();
    assert_eq!((refused.code(), refused.to_string().contains('g')), ("unstable", true), "{refused}");
    assert!(filling.session == before, "nothing has changed");
    filling.skip("x1").unwrap();
    filling.next().unwrap();
    filling.fill("z", text("x"));
    filling.confirm().unwrap();
    replays(&filling);
    let raw = fhir::Value::parse(common::document(&items.join(",")).as_bytes()).unwrap();
    let found = validate(&raw, &filling.response(), validate::Options::default());
    assert!(found.is_valid(), "{:?}", found.errors().collect::<Vec<_>>());
    // Another answer before it is another form.
    let mut filling = Filling::new(&form);
    filling.fill("c", text("x"));
    filling.fill("z", Answer::Text { text: "x".to_owned() });
    filling.confirm().unwrap();
}

#[test]
fn what_is_demanded_stays_open_whoever_says_that_nobody_may_answer_it() {
    let read_only =
        format!(r#""_readOnly":{{"extension":[{}]}}"#, common::core("cqf-expression", &asked("n")));
    let options = format!(r#"{read_only},"answerOption":[{{{YES_AND_NO}}}]"#);
    let least = moving("questionnaire-minOccurs", "valueInteger", &count_of("n"));
    sealable(&[plain("n", "integer"), item("a", "choice", &[least], &options)]);
    let required =
        format!(r#""_required":{{"extension":[{}]}}"#, common::core("cqf-expression", &asked("n")));
    sealable(&[plain("n", "integer"), item("a", "boolean", &[], &format!("{read_only},{required}"))]);
}

#[test]
fn what_has_no_value_between_its_limits_may_be_left_out() {
    let of_n = format!("{}.sum()", answer_of("n"));
    for (kind, least, most) in [
        ("integer", extension("minValue", r#""valueInteger":50"#), moving("maxValue", "valueInteger", &of_n)),
        (
            "decimal",
            moving("minValue", "valueDecimal", &of_n),
            extension("maxValue", r#""valueDecimal":20.5"#),
        ),
        (
            "date",
            moving("minValue", "valueDate", "today()"),
            extension("maxValue", r#""valueDate":"2020-01-01""#),
        ),
    ] {
        sealable(&[
            plain("n", "integer"),
            item("a", kind, &[least, most], r#""required":true"#),
            plain("z", "boolean"),
        ]);
    }
}

#[test]
fn a_quantity_without_units_is_given_in_that_of_its_limit() {
    sealable(&[item(
        "a",
        "quantity",
        &[moving("maxValue", "valueQuantity", "500 'g'")],
        r#""required":true"#,
    )]);
}

#[test]
fn what_no_option_can_be_made_of_is_nothing_to_choose() {
    let options = sdc("answerExpression", "%resource.item.where(linkId='f').answer.value");
    sealable(&[plain("f", "attachment"), item("a", "choice", &[options], r#""required":true"#)]);
}

#[test]
fn a_condition_on_a_question_whose_options_are_computed_holds_as_any_other() {
    for expression in [answer_of("n").as_str(), "{}"] {
        let computed = item("a", "choice", &[sdc("answerExpression", expression)], "");
        for wanted in [true, false] {
            let more =
                format!(r#""enableWhen":[{{"question":"a","operator":"exists","answerBoolean":{wanted}}}]"#);
            sealable(&[plain("n", "string"), computed.clone(), item("b", "integer", &[], &more)]);
        }
    }
    let computed = item("a", "choice", &[sdc("answerExpression", &answer_of("n"))], "");
    let more = r#""enableWhen":[{"question":"a","operator":"=","answerString":"x"}]"#;
    let report = refusal(&[plain("n", "string"), computed, item("b", "integer", &[], more)].join(","));
    assert_eq!(problems(&report), ["b Questionnaire.item[2].enableWhen[0].question enable-when-answer"]);
    assert!(report.problems[0].message.contains("enableWhenExpression"), "{report}");
}
