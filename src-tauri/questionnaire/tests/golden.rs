//! Every serialised format has a golden file. `UPDATE_GOLDEN=1 cargo test -p questionnaire golden` writes them.

use crate::common;

use std::{env, fs, path::Path};

use common::{ACTOR, AT, Filling, date, form, no, number, option, text, yes};
use questionnaire::{Answer, Event, Questionnaire, Session, import_bytes, instruments};

fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{name} has changed");
}

fn import(document: &str) -> Questionnaire {
    import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

const DAYS: [&str; 4] = [
    "http://loinc.org|LA6568-5",
    "http://loinc.org|LA6569-3",
    "http://loinc.org|LA6570-1",
    "http://loinc.org|LA6571-9",
];

#[test]
fn phq_9_completed() {
    let mut filling = Filling::new(&import(instruments::PHQ9));
    let items = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3"];
    for (item, days) in items.iter().zip(DAYS.iter().cycle()) {
        filling.fill(item, option(days));
    }
    filling.skip("44260-8").unwrap();
    filling.next().unwrap();
    filling.fill("69722-7", option("http://loinc.org|LA6573-5"));
    golden("phq-9.response.json", &filling.response().to_json_pretty());
}

#[test]
fn gad_7_completed() {
    let mut filling = Filling::new(&import(instruments::GAD7));
    let items = ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"];
    for (item, days) in items.iter().zip(DAYS.iter().cycle()) {
        filling.fill(item, option(days));
    }
    golden("gad-7.response.json", &filling.response().to_json_pretty());
}

fn diary(language: &str, note: &str) -> Filling {
    let place = |code: &str| option(&format!("https://attesta.example/fhir/CodeSystem/pain-diary|{code}"));
    let mut filling = Filling::in_language(&import(instruments::PAIN_DIARY), language);
    filling.fill("date", date("2026-11-21"));
    filling.fill("pain", yes());
    filling.fill("worst-pain", number("62"));
    filling.fill("location", place("other"));
    filling.fill("location-other", text(note));
    filling.fill("medicine", yes());
    filling.fill("relief", place("a-little"));
    filling.fill("sleep", number("7.50".trim_end_matches('0')));
    filling.skip("note").unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    filling
}

#[test]
fn the_diary_completed_in_each_language() {
    for (language, note) in
        [("en", "Left ear"), ("de", "Linkes Ohr"), ("es", "Oído izquierdo"), ("ar", "الأذن اليسرى")]
    {
        let filling = diary(language, note);
        golden(&format!("pain-diary.{language}.response.json"), &filling.response().to_json_pretty());
    }
}

/// Every kind of event, each on a line of its own as a store would keep it.
#[test]
fn the_event_log() {
    let (mut session, started) = Session::start(&import(instruments::PAIN_DIARY), "en", AT, ACTOR).unwrap();
    let mut events = vec![started];
    let mut log = |event: Result<Event, questionnaire::AnswerError>| events.push(event.unwrap());
    log(session.choose_language("de", AT, ACTOR));
    log(session.begin(AT, ACTOR));
    log(session.answer("date", vec![date("2026-11-21")], AT, ACTOR));
    log(session.next(AT, ACTOR));
    log(session.answer("pain", vec![yes()], AT, ACTOR));
    log(session.answer("pain", vec![no()], AT, ACTOR));
    log(session.next(AT, ACTOR));
    log(session.answer("sleep", vec![number("7,5")], AT, ACTOR));
    log(session.answer("sleep", Vec::new(), AT, ACTOR));
    log(session.skip("sleep", AT, ACTOR));
    log(session.next(AT, ACTOR));
    log(session.back(AT, ACTOR));
    log(session.next(AT, ACTOR));
    log(session.answer("note", vec![text("Gut geschlafen")], AT, ACTOR));
    log(session.skip("note", AT, ACTOR));
    log(session.next(AT, ACTOR));
    log(session.goto("date", AT, ACTOR));
    log(session.goto_review(AT, ACTOR));
    log(session.confirm_review(AT, ACTOR));
    let lines: Vec<_> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    golden("events.jsonl", &(lines.join("\n") + "\n"));
}

#[test]
fn the_first_event_with_initial_answers() {
    let form = form(r#"{"linkId":"a","text":"A","type":"decimal","initial":[{"valueDecimal":1.50}]}"#);
    let (_, started) = Session::start(&form, "en", AT, ACTOR).unwrap();
    golden("started.json", &(serde_json::to_string_pretty(&started).unwrap() + "\n"));
}

/// Older logs must stay readable: this text was written by format 1.
#[test]
fn format_1_is_read() {
    let form = import(instruments::PAIN_DIARY);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/events.format-1.jsonl");
    let log = fs::read_to_string(path).unwrap();
    let events: Vec<Event> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let session = Session::replay(&form, events).unwrap();
    assert!(session.is_reviewed());
    assert_eq!(session.language(), "de");
}

#[test]
fn unknown_parts_of_an_event_are_refused() {
    let (_, started) = Session::start(&import(instruments::PHQ9), "en", AT, ACTOR).unwrap();
    let written = serde_json::to_string(&started).unwrap();
    assert!(serde_json::from_str::<Event>(&written.replacen('{', r#"{"extra":1,"#, 1)).is_err());
    assert!(
        serde_json::from_str::<Event>(&written.replace(r#""initial":"#, r#""extra":1,"initial":"#)).is_err()
    );
    assert!(serde_json::from_str::<Answer>(r#"{"kind":"number","text":"1","value":true}"#).is_err());
}

#[test]
fn what_the_page_gets() {
    let mut filling = Filling::in_language(&import(instruments::PAIN_DIARY), "ar");
    let first = filling.session.screen();
    filling.fill("date", date("2026-11-21"));
    filling.fill("pain", yes());
    let scale = filling.session.screen();
    let review = diary("en", "Left ear").session.screen();
    let shown = serde_json::to_string_pretty(&[first, scale, review]).unwrap();
    golden("screens.json", &(shown + "\n"));
}

#[test]
fn the_report() {
    let report = import_bytes(include_bytes!("fixtures/stu3.json")).unwrap_err();
    golden("stu3.report.txt", &format!("{report}\n"));
    golden("stu3.report.json", &(serde_json::to_string_pretty(&report).unwrap() + "\n"));
}
