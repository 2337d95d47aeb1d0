//! One filling: screens, moves, skips and the review.

use crate::common;

use common::{ACTOR, AT, Filling, code, date, form, no, number, option, text, yes};
use questionnaire::{Answer, Control, Questionnaire, Session, import_bytes};

fn everything() -> Questionnaire {
    import_bytes(include_bytes!("fixtures/everything.json")).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn each_screen_shows_what_the_author_wrote() {
    let mut filling = Filling::new(&everything());
    let screen = filling.screen();
    assert_eq!(
        (screen.context, screen.text.as_str()),
        (vec!["Please read this first.".to_owned()], "1. Boolean?")
    );
    assert_eq!(screen.control, Control::Boolean { yes: "Yes".into(), no: "No".into() });
    assert_eq!((screen.position, screen.total, screen.can_go_back, screen.required), (1, 5, false, true));
    filling.fill("boolean", yes());

    let screen = filling.screen();
    assert_eq!(
        screen.context,
        ["Outer group", "Lead-in", "Inner group"],
        "groups and lead-ins in the author's order"
    );
    assert_eq!((screen.position, screen.total, screen.can_go_back, screen.required), (2, 9, true, false));
    assert_eq!(
        screen.control,
        Control::Integer { min: Some("-5".into()), max: Some("5".into()), unit: None, step: None }
    );
    filling.fill("integer", number("-3"));

    let screen = filling.screen();
    assert_eq!(screen.context, ["Outer group", "Inner group"], "a lead-in leads in once");
    let unit = Some("kg".into());
    assert_eq!(
        screen.control,
        Control::Decimal { min: None, max: None, max_decimal_places: Some(2), unit, step: None }
    );
    filling.fill("decimal", number("72.50"));

    assert_eq!(
        filling.screen().control,
        Control::VisualAnalogueScale {
            min: "0".into(),
            max: "10".into(),
            step: "5".into(),
            low_label: "low end".into(),
            high_label: "high end".into(),
            show_value: true,
        }
    );
    assert_eq!(filling.screen().answers, [], "nothing is marked until it is touched");
    filling.fill("scale", number("5"));

    let screen = filling.screen();
    assert_eq!(
        (screen.key.as_str(), screen.control),
        ("end", Control::Display),
        "a text that nothing follows stands alone"
    );
    filling.next().unwrap();
    assert_eq!(filling.screen().help.as_deref(), Some("Help\nMore help"));
    filling.fill("date", date("2026-11-21"));
    assert_eq!(filling.screen().control, Control::String { max_length: Some(10), hint: None });
    filling.fill("string", text("x"));
    assert_eq!(filling.screen().control, Control::Text { max_length: None });
    filling.fill("text", text("two\nlines"));
    let Control::Choice { options, .. } = filling.screen().control else { panic!("no choice") };
    let shown: Vec<_> =
        options.iter().map(|o| (o.key.as_str(), o.label.as_str(), o.prefix.as_deref())).collect();
    assert_eq!(
        shown,
        [
            ("http://example.org/cs|x", "X", Some("a)")),
            ("words", "words", None),
            ("3", "3", None),
            ("2026-01-31", "2026-01-31", None),
        ]
    );
    filling.fill("choice", option("words"));
    filling.fill("nested", text("n"));
    filling.fill("nested-deep", no());
    let review = filling.review();
    let answers: Vec<_> = review.rows.iter().map(|row| row.answer.as_deref().unwrap_or("-")).collect();
    assert_eq!(answers, ["Yes", "-3", "72.50 kg", "5", "2026-11-21", "x", "two\nlines", "words", "n", "No"]);
    assert!(review.complete);
}

#[test]
fn a_required_question_can_be_neither_left_nor_skipped() {
    let mut filling = Filling::new(&everything());
    assert_eq!(code(filling.next()), "required");
    assert_eq!(code(filling.skip("boolean")), "required");
    filling.answer("boolean", no()).unwrap();
    filling.clear("boolean").unwrap();
    assert_eq!(code(filling.next()), "required", "a cleared answer is none");
}

fn three() -> Filling {
    Filling::new(&form(
        r#"{"linkId":"1","text":"One","type":"integer"},{"linkId":"2","text":"Two","type":"integer"},{"linkId":"3","text":"Three","type":"integer"}"#,
    ))
}

#[test]
fn leaving_an_optional_question_asks_first_and_skipping_is_remembered() {
    let mut filling = three();
    assert_eq!(code(filling.next()), "unanswered");
    filling.skip("1").unwrap();
    assert!(filling.screen().skipped);
    filling.next().unwrap();
    filling.back().unwrap();
    assert!(filling.screen().skipped);
    filling.next().unwrap();
    filling.back().unwrap();
    filling.answer("1", number("7")).unwrap();
    assert!(!filling.screen().skipped, "an answer takes the skip back");
    filling.skip("1").unwrap();
    assert_eq!(filling.screen().answers, [], "a skip takes the answer back");
    filling.clear("1").unwrap();
    assert_eq!(code(filling.next()), "unanswered", "clearing takes the skip back too");
}

#[test]
fn nothing_written_clears_the_answer() {
    let mut filling = three();
    filling.answer("1", number("7")).unwrap();
    filling.answer("1", number("  ")).unwrap();
    assert_eq!(filling.screen().answers, []);
}

#[test]
fn back_and_next_keep_answers_and_stop_at_the_ends() {
    let mut filling = three();
    assert_eq!(code(filling.back()), "at-first-screen");
    for key in ["1", "2", "3"] {
        filling.fill(key, number(key));
    }
    assert_eq!(code(filling.next()), "at-review");
    for key in ["3", "2", "1"] {
        filling.back().unwrap();
        assert_eq!(filling.screen().answers, [number(key)]);
    }
    filling.next().unwrap();
    assert_eq!(filling.place(), "2", "after going back, next goes on by one");
}

#[test]
fn a_change_from_the_review_leads_back_to_it() {
    let mut filling = three();
    for key in ["1", "2", "3"] {
        filling.fill(key, number(key));
    }
    filling.goto("1").unwrap();
    filling.answer("1", number("9")).unwrap();
    filling.next().unwrap();
    assert_eq!(filling.place(), "review");
    assert_eq!(filling.review().rows[0].answer.as_deref(), Some("9"));
}

#[test]
fn a_change_from_the_review_asks_the_questions_that_it_opens() {
    let form = form(
        r#"{"linkId":"q","text":"Q","type":"boolean"},{"linkId":"z","text":"Z","type":"string"},
           {"linkId":"a","text":"A","type":"string","enableWhen":[{"question":"q","operator":"=","answerBoolean":true}]},
           {"linkId":"b","text":"B","type":"string","enableWhen":[{"question":"q","operator":"=","answerBoolean":true}]}"#,
    );
    let mut filling = Filling::new(&form);
    filling.fill("q", no());
    filling.fill("z", text("z"));
    assert_eq!(filling.place(), "review");
    filling.goto("q").unwrap();
    filling.fill("q", yes());
    filling.fill("a", text("a"));
    filling.fill("b", text("b"));
    assert_eq!(filling.place(), "review");
}

#[test]
fn only_what_is_on_the_screen_is_answered() {
    let mut filling = three();
    assert_eq!(code(filling.answer("2", number("1"))), "not-shown");
    assert_eq!(code(filling.skip("2")), "not-shown");
    assert_eq!(code(filling.answer("nobody", number("1"))), "unknown-item");
    assert_eq!(code(filling.goto("nobody")), "unknown-item");
    assert_eq!(code(filling.answer("1", text("1"))), "wrong-kind");
    let mut filling = Filling::new(&everything());
    assert_eq!(code(filling.answer("g", yes())), "not-a-question");
    assert_eq!(code(filling.goto("integer")), "not-shown");
    assert_eq!(code(filling.goto("hidden")), "not-shown");
    assert_eq!(code(filling.answer("hidden", text("x"))), "not-shown");
}

#[test]
fn an_error_changes_nothing() {
    let mut filling = three();
    filling.answer("1", number("7")).unwrap();
    let before = filling.session.clone();
    assert_eq!(code(filling.answer("1", number("x"))), "not-a-number");
    assert_eq!(code(filling.back()), "at-first-screen");
    assert_eq!(code(filling.goto_review()), "incomplete");
    assert_eq!(code(filling.confirm()), "not-at-review");
    assert_eq!(code(filling.session.next("yesterday", ACTOR)), "invalid-time");
    assert!(filling.session == before);
    assert_eq!(filling.session.revision(), 2);
}

#[test]
fn the_review_is_confirmed_and_any_later_event_takes_that_back() {
    let mut filling = three();
    for key in ["1", "2", "3"] {
        filling.fill(key, number(key));
    }
    let reviewed = filling.session.answers_sha256();
    filling.confirm().unwrap();
    assert!(filling.session.is_reviewed());
    filling.goto_review().unwrap();
    assert!(!filling.session.is_reviewed());
    assert_eq!(filling.session.answers_sha256(), reviewed, "moving is not answering");
    filling.confirm().unwrap();
    filling.goto("2").unwrap();
    filling.answer("2", number("22")).unwrap();
    assert!(!filling.session.is_reviewed());
    assert_ne!(filling.session.answers_sha256(), reviewed);
}

#[test]
fn initial_values_are_there_from_the_start_and_can_be_changed() {
    let form = form(
        r#"{"linkId":"a","text":"A","type":"decimal","initial":[{"valueDecimal":1.50}]},
           {"linkId":"b","text":"B","type":"choice","answerOption":[{"valueString":"x"},{"valueString":"y","initialSelected":true}]}"#,
    );
    let mut filling = Filling::new(&form);
    assert_eq!(filling.screen().answers, [number("1.50")]);
    filling.next().unwrap();
    assert_eq!(filling.screen().answers, [option("y")]);
    filling.answer("b", option("x")).unwrap();
    filling.next().unwrap();
    assert!(filling.items().contains("1.50") && filling.items().contains("\"x\""));
}

#[test]
fn a_form_can_be_filled_in_only_in_its_languages() {
    assert_eq!(code(Session::start(&everything(), "fr", AT, ACTOR)), "unknown-language");
    assert_eq!(code(Session::start(&everything(), "en", "2026-11-21", ACTOR)), "invalid-time");
}

#[test]
fn debug_never_shows_an_answer() {
    let mut filling = three();
    filling.answer("1", number("123456")).unwrap();
    let form = form(r#"{"linkId":"s","text":"S","type":"string"}"#);
    let mut texts = Filling::new(&form);
    texts.fill("s", text("secret"));
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        filling.session,
        filling.events,
        filling.screen(),
        texts.session.screen(),
        texts.review(),
        Answer::Text { text: "secret".into() }
    );
    assert!(!shown.contains("123456") && !shown.contains("secret"), "{shown}");
}
