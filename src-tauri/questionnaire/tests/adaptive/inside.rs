//! A server that asks on inside a group that was begun before: what is new comes after all that was asked, and nothing else is
//! taken.

use fhir::Value;
use questionnaire::{Action, Event, EventKind, Position, ReplayError, Session, validate};

use super::common::{ACTOR, AT, context, no, number, text, yes};
use super::{
    FIRST, PUBLISHED, SCORE, SECOND, THIRD, Visit, changed, code, ended, published, set, value, with_items,
};

fn group(link_id: &str, more: &str, items: &[&str]) -> String {
    let items = items.join(",");
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}.","type":"group"{more},"item":[{items}]}}"#)
}

/// What a server returns whose form has these items in all.
fn whole(visit: &Visit, items: &[&str]) -> Value {
    let items: Vec<Value> = items.iter().map(|item| value(item)).collect();
    changed(&visit.session.next_question().unwrap(), |form| set(form, "item", items.into()))
}

/// A form with one group, whose question is answered.
fn in_group(more: &str) -> Visit {
    let mut visit = Visit::begun();
    visit.take(&whole(&visit, &[&group("g", more, &[FIRST])])).unwrap();
    visit.answer("1", yes()).unwrap();
    visit
}

fn answered(visit: &Visit) -> Vec<String> {
    visit.session.review().rows.iter().filter_map(|row| row.answer.clone()).collect()
}

/// The log leads to the same session after each of its events, and to the same response at its end.
fn replays(visit: &Visit) {
    let stored = visit.events.iter().map(|event| {
        let stored = serde_json::to_string(event).unwrap();
        let again: Event = serde_json::from_str(&stored).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), stored);
        again
    });
    let again = Session::replay(&published(), stored).unwrap();
    assert!(again == visit.session);
    let response = |session: &Session| session.response(&context()).map(|response| response.to_json());
    assert_eq!(response(&again), response(&visit.session));
    for end in 1..=visit.events.len() {
        Session::replay(&published(), visit.events[..end].to_vec()).unwrap();
    }
}

fn is_valid(visit: &Visit) -> Value {
    let response = visit.session.response(&context()).unwrap();
    let found = validate(&value(PUBLISHED), &response, validate::Options::default());
    assert_eq!(found.errors().collect::<Vec<_>>(), Vec::<&validate::Finding>::new());
    response
}

#[test]
fn a_group_that_was_begun_goes_on() {
    let mut visit = in_group("");
    visit.take(&whole(&visit, &[&group("g", "", &[FIRST, SECOND])])).unwrap();
    assert_eq!(visit.key(), "2");
    visit.act(&Action::Back).unwrap();
    assert_eq!(visit.key(), "1");
    visit.act(&Action::Next).unwrap();
    visit.answer("2", number("250")).unwrap();
    assert_eq!(visit.key(), "ahead");
    let asked = visit.session.next_question().unwrap();
    assert_eq!(asked.list("item").len(), 1, "one group in the response too");
    // The score stands in the group as well, and its answer beside those of the patient.
    let all = whole(&visit, &[&group("g", "", &[FIRST, SECOND, SCORE])]);
    let [inside] = all.list("item") else { panic!("{all:?}") };
    let mut inside = inside.clone();
    super::push(&mut inside, "item", value(r#"{"linkId":"score","answer":[{"valueDecimal":53.20}]}"#));
    let mut end = all.clone();
    set(&mut end, "item", vec![inside].into());
    set(&mut end, "status", "completed".into());
    visit.take(&end).unwrap();
    visit.act(&Action::Confirm).unwrap();
    let response = is_valid(&visit).to_json();
    assert!(response.contains(r#"{"linkId":"score","answer":[{"valueDecimal":53.20}]}"#), "{response}");
    assert_eq!(answered(&visit), ["Yes", "250"]);
    replays(&visit);
}

#[test]
fn groups_in_groups_and_the_form_go_on_in_one_step() {
    let mut visit = Visit::begun();
    let inner = |items: &[&str]| group("inner", "", items);
    visit.take(&whole(&visit, &[&group("g", "", &[&inner(&[FIRST])])])).unwrap();
    visit.answer("1", yes()).unwrap();
    let fourth = THIRD.replace("\"3\"", "\"4\"");
    let grown = group("g", "", &[&inner(&[FIRST, SECOND]), THIRD]);
    visit.take(&whole(&visit, &[&grown, &group("h", "", &[&fourth])])).unwrap();
    let EventKind::Extended { received } = &visit.events.last().unwrap().kind else { panic!() };
    assert_eq!(
        received.inside.iter().map(|inside| inside.group.as_str()).collect::<Vec<_>>(),
        ["inner", "g"]
    );
    for (key, answer) in [("2", number("250")), ("3", no()), ("4", yes())] {
        assert_eq!(visit.key(), key);
        visit.answer(key, answer).unwrap();
    }
    visit.take(&ended(&visit, &[], "")).unwrap();
    visit.act(&Action::Confirm).unwrap();
    is_valid(&visit);
    replays(&visit);
    // The first answer chose all others: they go, and what was inside the group with them.
    visit.act(&Action::Goto { key: "1".into() }).unwrap();
    assert_eq!(code(visit.act(&Action::Answer { key: "1".into(), answers: vec![no()] })), "later-questions");
    visit.act(&Action::Reopen { key: "1".into() }).unwrap();
    visit.answer("1", no()).unwrap();
    let asked = visit.session.next_question().unwrap();
    let [form] = asked.list("contained") else { panic!() };
    assert_eq!(form.list("item"), [value(&group("g", "", &[&inner(&[FIRST])]))]);
    replays(&visit);
}

#[test]
fn each_entry_of_a_group_that_repeats_is_asked_the_new_question() {
    let repeats = r#","repeats":true"#;
    let which = r#"{"linkId":"g.1","text":"Which?","type":"string"}"#;
    let often = r#"{"linkId":"g.2]","text":"How often?","type":"integer"}"#;
    let mut visit = Visit::begun();
    visit.take(&whole(&visit, &[&group("g", repeats, &[which])])).unwrap();
    let first = visit.key();
    visit.answer(&first, text("One")).unwrap();
    visit.act(&Action::AddInstance { key: "g".into() }).unwrap();
    let second = visit.key();
    visit.answer(&second, text("Two")).unwrap();
    visit.act(&Action::Next).unwrap();
    assert_eq!(visit.key(), "ahead");
    visit.take(&whole(&visit, &[&group("g", repeats, &[which, often])])).unwrap();
    // A linkId that ends like a key makes the numbers in all keys look otherwise; they are the same ones.
    let number_in = |key: &str| key.chars().filter(char::is_ascii_digit).collect::<String>();
    let asked = visit.key();
    assert_eq!(number_in(&asked), number_in(&first).replace("11", "21"), "{first} {asked}");
    visit.answer(&asked, number("3")).unwrap();
    assert_eq!(number_in(&visit.key()), number_in(&second), "what was answered there is shown on the way");
    visit.act(&Action::Next).unwrap();
    let asked = visit.key();
    visit.answer(&asked, number("4")).unwrap();
    assert_eq!(visit.key(), "g");
    assert_eq!(answered(&visit), ["One", "3", "Two", "4"]);
    let refused = visit.session.plan(&Action::AddInstance { key: "g".into() }, AT, ACTOR).unwrap_err();
    assert_eq!(refused.code(), "later-questions", "another entry would have been another answer");
    visit.act(&Action::Next).unwrap();
    let mut seen = visit.clone();
    seen.take(&ended(&seen, &[], "")).unwrap();
    seen.act(&Action::Confirm).unwrap();
    is_valid(&seen);
    replays(&seen);
    visit.act(&Action::Back).unwrap();
    visit.act(&Action::Reopen { key: "g".into() }).unwrap();
    assert_eq!(answered(&visit), ["One", "Two"]);
    visit.act(&Action::AddInstance { key: "g".into() }).unwrap();
    assert_eq!(visit.session.review().rows.len(), 3);
    replays(&visit);
}

#[test]
fn a_page_shows_what_is_new_on_it_and_leads_there() {
    let page = r#","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
        "valueCodeableConcept":{"coding":[{"code":"page"}]}}]"#;
    let mut visit = Visit::begun();
    visit.take(&whole(&visit, &[&group("g", page, &[FIRST])])).unwrap();
    assert_eq!(visit.key(), "g");
    visit.answer("1", yes()).unwrap();
    assert_eq!(visit.key(), "ahead");
    visit.take(&whole(&visit, &[&group("g", page, &[FIRST, SECOND])])).unwrap();
    let Position::Screen { screen } = visit.session.screen() else { panic!() };
    assert_eq!(screen.key, "g");
    assert_eq!(screen.page.unwrap().focus.as_deref(), Some("2"));
    visit.answer("2", number("250")).unwrap();
    visit.take(&ended(&visit, &[], "")).unwrap();
    visit.act(&Action::Confirm).unwrap();
    is_valid(&visit);
    replays(&visit);
}

#[test]
fn a_group_that_repeats_and_had_nothing_inside_gets_its_first_entry() {
    let empty = r#"{"linkId":"g","text":"g.","type":"group","repeats":true}"#;
    let filled = group("g", r#","repeats":true"#, &[SECOND]);
    let mut visit = Visit::begun();
    visit.take(&with_items(&visit, &[FIRST, empty])).unwrap();
    visit.answer("1", yes()).unwrap();
    if visit.key() == "g" {
        visit.act(&Action::Next).unwrap();
    }
    visit.take(&whole(&visit, &[FIRST, &filled])).unwrap();
    let key = visit.key();
    visit.answer(&key, number("250")).unwrap();
    assert_eq!(answered(&visit), ["Yes", "250"]);
    replays(&visit);
    visit.act(&Action::Goto { key: "1".into() }).unwrap();
    visit.act(&Action::Reopen { key: "1".into() }).unwrap();
    assert_eq!(answered(&visit), ["Yes"]);
    visit.act(&Action::Next).unwrap();
    if visit.key() == "g" {
        visit.act(&Action::Next).unwrap();
    }
    visit.take(&whole(&visit, &[FIRST, &filled])).unwrap();
    let key = visit.key();
    visit.answer(&key, number("300")).unwrap();
    assert_eq!(answered(&visit), ["Yes", "300"]);
    replays(&visit);
}

#[test]
fn whatever_is_not_after_all_that_was_asked_is_refused() {
    let mut visit = in_group("");
    visit.take(&whole(&visit, &[&group("g", "", &[FIRST]), &group("h", "", &[SECOND])])).unwrap();
    visit.answer("2", number("250")).unwrap();
    let before = visit.session.clone();
    let (g, h) = (group("g", "", &[FIRST]), group("h", "", &[SECOND]));
    let other = FIRST.replace("walk", "run");
    let answered = SECOND.replace('}', r#","initial":[{"valueInteger":5}]}"#).replace("\"2\"", "\"3\"");
    let under = SECOND.replace('}', &format!(r#","item":[{THIRD}]}}"#));
    let again = THIRD.replace("\"3\"", "\"1\"");
    let cases: [(&str, Vec<String>, &str); 13] = [
        ("inside an earlier group", vec![group("g", "", &[FIRST, THIRD]), h.clone()], "next-altered-item"),
        ("before what was asked", vec![g.clone(), group("h", "", &[THIRD, SECOND])], "next-altered-item"),
        (
            "an item that was shown is another",
            vec![g.clone(), group("h", "", &[&other, THIRD])],
            "next-altered-item",
        ),
        (
            "an earlier item is another",
            vec![group("g", "", &[&other]), group("h", "", &[SECOND, THIRD])],
            "next-altered-item",
        ),
        (
            "the group is another",
            vec![g.clone(), group("h", r#","required":true"#, &[SECOND, THIRD])],
            "next-altered-item",
        ),
        ("what was asked is gone", vec![g.clone(), group("h", "", &[THIRD])], "next-altered-item"),
        ("the earlier group is gone", vec![group("h", "", &[SECOND, THIRD])], "next-altered-item"),
        (
            "all of the group is gone",
            vec![g.clone(), r#"{"linkId":"h","text":"h.","type":"group"}"#.to_owned()],
            "next-altered-item",
        ),
        ("in another order", vec![h.clone(), group("g", "", &[FIRST, THIRD])], "next-altered-item"),
        ("under a question", vec![g.clone(), group("h", "", &[&under])], "next-altered-item"),
        ("a linkId that is there", vec![g.clone(), group("h", "", &[SECOND, &again])], "next-unusable"),
        ("with an answer", vec![g.clone(), group("h", "", &[SECOND, &answered])], "next-answers-for-patient"),
        (
            "nothing that is asked",
            vec![g.clone(), group("h", "", &[SECOND, &SCORE.replace(r#""required":true,"#, "")])],
            "next-nothing-new",
        ),
    ];
    for (what, items, wanted) in &cases {
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        assert_eq!(code(visit.take(&whole(&visit, &items))), *wanted, "{what}");
        assert!(visit.session == before, "nothing has changed: {what}");
    }
    let grown = group("h", "", &[SECOND, THIRD]);
    let good = whole(&visit, &[&g, &grown]);
    let answers = good.list("item");
    for (from, to, wanted) in [
        ("250", "251", "next-altered-answer"),
        (r#","answer":[{"valueInteger":250}]"#, "", "next-altered-answer"),
        (
            r#"{"linkId":"2""#,
            r#"{"linkId":"3","answer":[{"valueBoolean":true}]},{"linkId":"2""#,
            "next-answers-for-patient",
        ),
        (
            r#"{"linkId":"2""#,
            r#"{"linkId":"x","answer":[{"valueBoolean":true}]},{"linkId":"2""#,
            "next-answer-does-not-fit",
        ),
        (
            r#"{"linkId":"2""#,
            r#"{"linkId":"1","answer":[{"valueBoolean":true}]},{"linkId":"2""#,
            "next-altered-answer",
        ),
    ] {
        let text = Value::from(answers.to_vec()).to_json();
        assert!(text.contains(from), "{text}");
        let mut returned = good.clone();
        set(&mut returned, "item", value(&text.replace(from, to)));
        assert_eq!(code(visit.take(&returned)), wanted, "{from} became {to}");
        assert!(visit.session == before, "nothing has changed");
    }
    let mut end = good.clone();
    set(&mut end, "status", "completed".into());
    assert_eq!(code(visit.take(&end)), "next-asks-after-end");
    visit.take(&good).unwrap();
}

#[test]
fn a_log_that_adds_inside_another_group_is_refused() {
    let mut visit = in_group("");
    visit.take(&whole(&visit, &[&group("g", "", &[FIRST]), &group("h", "", &[SECOND])])).unwrap();
    visit.answer("2", number("250")).unwrap();
    visit.take(&whole(&visit, &[&group("g", "", &[FIRST]), &group("h", "", &[SECOND, THIRD])])).unwrap();
    let last = visit.events.len() - 1;
    for group in ["g", "1", "2", "none"] {
        let mut events = visit.events.clone();
        let EventKind::Extended { received } = &mut events[last].kind else { panic!() };
        group.clone_into(&mut received.inside[0].group);
        let refused = Session::replay(&published(), events).unwrap_err();
        let ReplayError::Refused { error, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(error.code(), "next-altered-item", "{group}");
    }
}
