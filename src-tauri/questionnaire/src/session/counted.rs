//! Which expressions are evaluated after an answer: those that depend on it, and no others.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::fmt::Write as _;

use super::Session;
use crate::{Action, Answer, form::Rule, import_bytes};

const AT: &str = "2026-11-21T09:41:07Z";
const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

thread_local! {
    /// The expressions that were evaluated on this thread, one after the other.
    static EVALUATED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// An expression is evaluated.
pub(super) fn note(rule: &Rule) {
    EVALUATED.with_borrow_mut(|evaluated| evaluated.push(rule.expression.text().to_owned()));
}

/// The expressions that are evaluated while `run` lasts, sorted.
fn evaluated(run: impl FnOnce()) -> Vec<String> {
    EVALUATED.with_borrow_mut(Vec::clear);
    run();
    let mut evaluated = EVALUATED.take();
    evaluated.sort();
    evaluated
}

fn answer_of(link_id: &str) -> String {
    format!("%resource.item.where(linkId='{link_id}').answer.value")
}

fn calculated(number: usize) -> String {
    match number {
        // These three depend on the first question.
        0 => format!("{} + 1", answer_of("q0")),
        1 => format!("({} | {}).sum()", answer_of("q0"), answer_of("q1")),
        2 => format!("{} * %two", answer_of("q0")),
        // And these on what they give.
        3 => format!("{} - 1", answer_of("c1")),
        4 => format!("{} - 2", answer_of("c3")),
        number => {
            format!("{} + {}", answer_of(&format!("q{number}")), answer_of(&format!("q{}", number + 100)))
        }
    }
}

/// A thousand items, a hundred of them calculated.
fn document(more: &str) -> String {
    let mut items = String::new();
    for number in 0..900 {
        write!(items, r#"{{"linkId":"q{number}","text":"Q","type":"integer"}},"#).unwrap();
    }
    for number in 0..100 {
        let expression = calculated(number);
        write!(
            items,
            r#"{{"linkId":"c{number}","text":"C","type":"integer","readOnly":true,"extension":[{{"url":"{SDC}calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}},"#
        )
        .unwrap();
    }
    items.truncate(items.len() - 1);
    let two = r#"{"url":"http://hl7.org/fhir/StructureDefinition/variable","valueExpression":{"name":"two","language":"text/fhirpath","expression":"1 + 1"}}"#;
    format!(
        r#"{{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en","extension":[{two}],"item":[{items}{more}]}}"#
    )
}

fn at_first(document: &str) -> Session {
    let form = import_bytes(document.as_bytes()).unwrap();
    let (mut session, _) = Session::start(&form, "en", AT, "x").unwrap();
    session.act(&Action::Begin, AT, "x").unwrap();
    session
}

fn answer(session: &mut Session, text: &str) -> Vec<String> {
    let answers = vec![Answer::Number { text: text.to_owned() }];
    let answer = Action::Answer { key: "q0".to_owned(), answers };
    evaluated(|| drop(session.act(&answer, AT, "x").unwrap()))
}

fn value(session: &Session, key: &str) -> Vec<Answer> {
    session.tree.nodes[session.tree.find(&session.form.form, key).unwrap()].answers.clone()
}

#[test]
fn an_answer_evaluates_what_depends_on_it_once_and_nothing_else() {
    let mut session = at_first(&document(""));
    let mut dependants: Vec<String> = (0..5).map(calculated).collect();
    dependants.sort();
    assert_eq!(answer(&mut session, "5"), dependants);
    assert_eq!(value(&session, "c4"), [Answer::Number { text: "2".to_owned() }]);
    // As far as changes reach: what c1 gives is the same.
    let second = session.tree.find(&session.form.form, "q1").unwrap();
    session.tree.nodes[second].answers = vec![Answer::Number { text: "1".to_owned() }];
    let reached: Vec<String> = evaluated(|| session.evaluate(&[second], 0..0, false));
    let mut expected: Vec<String> = [1, 3, 4].map(calculated).to_vec();
    expected.sort();
    assert_eq!(reached, expected);
    let again = evaluated(|| session.evaluate(&[second], 0..0, false));
    assert_eq!(again, [calculated(1)], "what it gives is the same, so that nobody else has to know");
}

#[test]
fn the_same_answer_again_evaluates_nothing() {
    let mut session = at_first(&document(""));
    assert_eq!(answer(&mut session, "5").len(), 5);
    let before = session.clone();
    assert_eq!(answer(&mut session, "5"), Vec::<String>::new());
    assert_eq!(value(&session, "c4"), value(&before, "c4"));
    assert_eq!(session.revision(), before.revision() + 1, "it happened all the same");
    let skip = Action::Skip { key: "q0".to_owned() };
    assert_eq!(evaluated(|| drop(session.act(&skip, AT, "x").unwrap())).len(), 5);
    assert_eq!(evaluated(|| drop(session.act(&skip, AT, "x").unwrap())), Vec::<String>::new());
}

#[test]
fn the_same_answer_again_evaluates_what_asks_for_the_time() {
    let expression = format!("{} + now().toString().length()", answer_of("q0"));
    let clock = format!(
        r#",{{"linkId":"clock","text":"C","type":"integer","readOnly":true,"extension":[{{"url":"{SDC}calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}}"#
    );
    let mut session = at_first(&document(&clock));
    assert_eq!(answer(&mut session, "5").len(), 6);
    assert!(answer(&mut session, "5").contains(&expression));
}
