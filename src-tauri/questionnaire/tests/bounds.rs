//! What expressions may cost: those that may read any answer share one response, and are bounded together. And what comes of
//! a condition without a result.

use crate::common;

use common::{ACTOR, AT, Filling, form, refusal};
use questionnaire::validate::{Options, Rule};
use questionnaire::{Answer, AnswerError, Session};

const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!(r#"{{"linkId":"q{n}","text":"Q","type":"integer"}}"#)).collect()
}

fn calculated(link_id: &str, expression: &str) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"S","type":"integer","readOnly":true,"extension":[
            {{"url":"{CALCULATED}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]}}"#
    )
}

/// Goes to a question and answers it with this number.
fn give(filling: &mut Filling, key: &str, text: &str) {
    filling.session.goto(key, AT, ACTOR).unwrap();
    filling.session.answer(key, vec![Answer::Number { text: text.to_owned() }], AT, ACTOR).unwrap();
}

/// The answer of a calculated item.
fn value(filling: &Filling, key: &str) -> Option<String> {
    let rows = filling.session.review().rows;
    let row = rows.into_iter().find(|row| row.key == key).unwrap();
    row.values.first().map(|answer| match answer {
        Answer::Number { text } => text.clone(),
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_hundred_expressions_that_read_everything_follow_each_answer() {
    let mut items = numbers(200);
    let open = "%resource.descendants().where(linkId.startsWith('q' & '')).answer.value.sum()";
    items.extend((0..100).map(|n| calculated(&format!("c{n}"), open)));
    let mut filling = Filling::new(&form(&items.join(",")));
    for (place, sum) in [(0, "3"), (17, "6"), (199, "9")] {
        give(&mut filling, &format!("q{place}"), "3");
        for calculated in ["c0", "c50", "c99"] {
            assert_eq!(value(&filling, calculated).as_deref(), Some(sum));
        }
    }
}

#[test]
fn an_expression_that_reads_everything_sees_what_the_response_has() {
    // The group and the question of the expression itself are there once they have answers, and not before.
    let items = [
        r#"{"linkId":"a","text":"A","type":"integer"}"#.to_owned(),
        format!(
            r#"{{"linkId":"g","text":"G","type":"group","repeats":true,"item":[
                {{"linkId":"b","text":"B","type":"integer"}},{}]}}"#,
            calculated("n", "%resource.descendants().where(linkId.length() = 1 and linkId != 'n').count()")
        ),
    ];
    let mut filling = Filling::new(&form(&items.join(",")));
    assert_eq!(
        value(&filling, "n[1]").as_deref(),
        Some("1"),
        "the group, for the number of its items is there"
    );
    give(&mut filling, "a", "1");
    assert_eq!(value(&filling, "n[1]").as_deref(), Some("2"));
    give(&mut filling, "b[1]", "1");
    assert_eq!(value(&filling, "n[1]").as_deref(), Some("3"));
}

#[test]
fn too_many_steps_together_are_refused_at_import() {
    let mut items = numbers(20);
    let all = "%resource.descendants()";
    let heavy = format!("{all}.select({all}.select({all}.count()).sum()).sum()");
    items.extend((0..100).map(|n| calculated(&format!("c{n}"), &heavy)));
    let report = refusal(&items.join(","));
    assert!(report.problems[0].message.contains("take too long together"), "{report}");
    assert_eq!(report.problems[0].link_id.as_deref(), Some("c0"));
}

#[test]
fn an_answer_after_which_the_steps_are_too_many_is_not_taken() {
    let mut items = numbers(20);
    let all = "%resource.descendants()";
    let heavy = format!("{all}.select({all}.select({all}.count()).sum()).sum()");
    let heavy = format!("iif(%resource.item.where(linkId='q0').answer.value = 731, {heavy}, 0)");
    items.extend((0..100).map(|n| calculated(&format!("c{n}"), &heavy)));
    let mut filling = Filling::new(&form(&items.join(",")));
    let before = filling.session.clone();
    let answer = |text: &str| vec![Answer::Number { text: text.to_owned() }];
    let refused = filling.answers("q0", &answer("731")).unwrap_err();
    assert_eq!((refused.clone(), refused.code()), (AnswerError::TooCostly, "too-costly"));
    assert!(filling.session == before, "nothing has changed");
    give(&mut filling, "q0", "3");
}

#[test]
fn what_stands_under_more_answers_than_a_session_holds_is_not_begun() {
    let inside: Vec<String> =
        (0..300).map(|n| format!(r#"{{"linkId":"u{n}","text":"U","type":"boolean"}}"#)).collect();
    let items = format!(
        r#"{{"linkId":"q","text":"Q","type":"integer","repeats":true,"item":[{}]}}"#,
        inside.join(",")
    );
    let mut filling = Filling::new(&form(&items));
    let answers =
        |count: u32| -> Vec<Answer> { (0..count).map(|n| Answer::Number { text: n.to_string() }).collect() };
    let refused = filling.answers("q", &answers(1_000)).unwrap_err();
    assert_eq!(refused, AnswerError::TooManyInstances { max: 0 });
    filling.answers("q", &answers(3)).unwrap();
}

#[test]
fn more_expressions_than_a_form_of_its_size_can_have_are_refused_at_import() {
    let open = "%resource.descendants().where(answer.exists()).count()";
    let items: Vec<String> =
        numbers(10).into_iter().chain((0..1_001).map(|n| calculated(&format!("c{n}"), open))).collect();
    let report = refusal(&items.join(","));
    assert_eq!(report.problems[0].reason.code(), "expression");
    assert!(report.problems[0].message.contains("1001 items have expressions that may read any"), "{report}");
}

#[test]
fn a_condition_without_a_result_is_named_and_its_item_is_not_asked() {
    let items = [
        r#"{"linkId":"a","text":"A","type":"integer","repeats":true}"#.to_owned(),
        r#"{"linkId":"b","text":"B","type":"string","extension":[
            {"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression","valueExpression":{
                "language":"text/fhirpath","expression":"%resource.item.where(linkId = 'a').answer.value.single() > 0"}}]}"#
            .to_owned(),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&items));
    let answers = |numbers: &[&str]| {
        numbers.iter().map(|text| Answer::Number { text: (*text).to_owned() }).collect::<Vec<_>>()
    };
    let shown = |filling: &Filling| filling.session.review().rows.len() == 2;
    filling.answers("a", &answers(&["1"])).unwrap();
    assert!(shown(&filling) && filling.session.undecided().is_empty());
    filling.answers("a", &answers(&["1", "2"])).unwrap();
    assert!(!shown(&filling));
    assert_eq!(filling.session.undecided(), ["b"]);
    filling.answers("a", &answers(&["0"])).unwrap();
    assert!(!shown(&filling) && filling.session.undecided().is_empty(), "it has a result: no");
    // The check of the response says so too.
    filling.answers("a", &answers(&["1", "2"])).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    let document = fhir::Value::parse(common::document(&items).as_bytes()).unwrap();
    let found = questionnaire::validate(&document, &filling.response(), Options::default());
    assert!(found.is_valid() && found.has(Rule::FormExpression), "{:?}", found.findings);
}

#[test]
fn an_event_says_who_acted() {
    let form = form(r#"{"linkId":"a","text":"A","type":"integer"}"#);
    for actor in ["", "  ", "Patient/1\u{0}", "a\nb"] {
        let refused = Session::start(&form, "en", AT, actor).unwrap_err();
        assert_eq!(refused.code(), "invalid-actor", "{actor:?}");
    }
}
