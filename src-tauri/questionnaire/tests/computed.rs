//! Whether a question may be answered, and how often, where an expression says so (`cqf-expression` on `readOnly`, `repeats`,
//! minOccurs and maxOccurs); the validator counts in the same way.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Filling, context, form, no, number, problems, refusal, text, yes};
use questionnaire::{Questionnaire, Session};

const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";

fn code<T>(result: Result<T, questionnaire::AnswerError>) -> &'static str {
    result.err().map_or("accepted", |error| error.code())
}

fn core(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{CORE}{name}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn plain(link_id: &str, kind: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}"}}"#)
}

fn answer_of(link_id: &str) -> String {
    format!("%resource.item.where(linkId='{link_id}').answer.value")
}

fn of(items: &[String]) -> Questionnaire {
    form(&items.join(","))
}

fn replays(filling: &Filling) {
    let replayed = Session::replay(&filling.form, filling.events.clone()).unwrap();
    assert!(replayed == filling.session);
    if filling.session.missing().is_empty() {
        assert_eq!(replayed.response(&context()).unwrap(), filling.response());
    }
}

/// A text with this computed property, which is written as `written` too.
fn often(property: &str, expression: &str) -> String {
    let computed = format!(r#"{{"extension":[{}]}}"#, core("cqf-expression", expression));
    match property {
        "readOnly" | "repeats" => {
            format!(r#"{{"linkId":"a","text":"A","type":"string","repeats":true,"_{property}":{computed}}}"#)
        }
        limit => format!(
            r#"{{"linkId":"a","text":"A","type":"string","repeats":true,"extension":[{{"url":"{CORE}questionnaire-{limit}","valueInteger":9,"_valueInteger":{computed}}}]}}"#
        ),
    }
}

/// What the validator says of the items of a finished response.
fn verdict(items: &[String], filling: &Filling) -> Vec<String> {
    let document = fhir::Value::parse(common::document(&items.join(",")).as_bytes()).unwrap();
    let outcome =
        questionnaire::validate(&document, &filling.response(), questionnaire::validate::Options::default());
    let about = outcome.findings.iter().filter(|finding| finding.link_id.is_some());
    about.map(|finding| finding.rule.code().to_owned()).collect()
}

#[test]
fn how_often_a_question_is_answered_is_computed() {
    let items = [plain("n", "integer"), often("maxOccurs", &answer_of("n"))];
    let mut filling = Filling::new(&of(&items));
    filling.fill("n", number("2"));
    let screen = filling.screen();
    assert_eq!((screen.several, screen.max_answers), (true, Some(2)));
    let three = [text("x"), text("y"), text("z")];
    let error = filling.answers("a", &three).unwrap_err();
    assert_eq!(error, questionnaire::AnswerError::TooManyAnswers { max: 2 });
    filling.answers("a", &three[..2]).unwrap();
    filling.next().unwrap();
    // One is too many now: the question is asked again.
    filling.goto("n").unwrap();
    filling.answer("n", number("1")).unwrap();
    assert_eq!(filling.session.missing(), ["a"]);
    filling.next().unwrap();
    assert_eq!(filling.screen().max_answers, Some(1));
    assert_eq!(code(filling.next()), "too-many-answers");
    filling.answers("a", &three[..1]).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);

    let mut filling = Filling::new(&of(&[plain("n", "integer"), often("minOccurs", &answer_of("n"))]));
    filling.fill("n", number("2"));
    assert!(filling.screen().required);
    filling.answers("a", &three[..1]).unwrap();
    assert_eq!(filling.next().unwrap_err(), questionnaire::AnswerError::TooFewAnswers { min: 2 });
    assert_eq!(code(filling.skip("a")), "required");
    filling.goto("n").unwrap();
    filling.answer("n", number("0")).unwrap();
    assert!(filling.session.missing().is_empty());
    replays(&filling);
}

#[test]
fn whether_a_question_repeats_or_is_fixed_is_computed() {
    let mut filling = Filling::new(&of(&[plain("b", "boolean"), often("repeats", &answer_of("b"))]));
    filling.fill("b", no());
    assert!(!filling.screen().several);
    let two = [text("x"), text("y")];
    assert_eq!(code(filling.answers("a", &two)), "too-many-answers");
    filling.goto("b").unwrap();
    filling.answer("b", yes()).unwrap();
    filling.next().unwrap();
    assert!(filling.screen().several);
    filling.answers("a", &two).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);

    let mut filling = Filling::new(&of(&[plain("b", "boolean"), often("readOnly", &answer_of("b"))]));
    filling.fill("b", no());
    filling.answers("a", &two).unwrap();
    filling.goto("b").unwrap();
    filling.answer("b", yes()).unwrap();
    filling.next().unwrap();
    let screen = filling.screen();
    assert_eq!((screen.read_only, screen.shown.as_deref()), (true, Some("x, y")));
    assert_eq!(code(filling.answers("a", &[])), "read-only");
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);
}

#[test]
fn what_must_be_answered_is_not_fixed_before_it_is() {
    let computed = core("cqf-expression", "true");
    let required = format!(
        r#"{{"linkId":"a","text":"A","type":"string","required":true,"_readOnly":{{"extension":[{computed}]}}}}"#
    );
    let mut filling = Filling::new(&of(&[required]));
    assert!(!filling.screen().read_only);
    assert_eq!(code(filling.next()), "required");
    filling.answer("a", text("x")).unwrap();
    assert!(filling.screen().read_only);
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);
}

#[test]
fn groups_and_what_never_repeats_have_nothing_of_it_computed() {
    let computed = format!(r#"{{"extension":[{}]}}"#, core("cqf-expression", "true"));
    let inside = plain("q", "string");
    let report = refusal(&format!(
        r#"{{"linkId":"g","text":"G","type":"group","repeats":true,"_repeats":{computed},"_readOnly":{computed},"item":[{inside}]}},
           {{"linkId":"a","text":"A","type":"string","_repeats":{computed}}}"#
    ));
    assert_eq!(
        problems(&report),
        [
            "g Questionnaire.item[0].readOnly.extension expression",
            "g Questionnaire.item[0].repeats.extension expression",
            "a Questionnaire.item[1].repeats repeats"
        ]
    );
}

#[test]
fn the_validator_counts_as_the_engine_does() {
    let three = [text("x"), text("y"), text("z")];
    for (property, first, second, given, rule) in [
        ("maxOccurs", number("3"), number("2"), 3, "too-many"),
        ("minOccurs", number("1"), number("2"), 1, "too-few"),
    ] {
        let asked = |count: &questionnaire::Answer| {
            let questionnaire::Answer::Number { text } = count else { panic!("a number") };
            [plain("n", "integer"), often(property, &format!("{} + {text}", answer_of("n")))]
        };
        let items = asked(&first);
        let mut filling = Filling::new(&of(&items));
        filling.fill("n", number("0"));
        filling.answers("a", &three[..given]).unwrap();
        filling.next().unwrap();
        filling.confirm().unwrap();
        assert_eq!(verdict(&items, &filling), [""; 0], "{property}");
        // The same answers under the other limit.
        assert!(verdict(&asked(&second), &filling).iter().any(|found| found == rule), "{property}");
    }
}
