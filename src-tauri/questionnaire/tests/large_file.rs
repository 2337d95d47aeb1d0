//! A file far larger than is taken: refused by name, and never copied for that. One test alone in its process, since the
//! kernel counts the most that a process ever had.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "shared with the other program of tests")]
mod common;

use common::{Filling, code};
use fhir::Value;
use questionnaire::{
    Answer,
    validate::{Options, Rule, validate},
};

/// 200 MB, as base64.
const LETTERS: usize = 200_000_000 / 3 * 4;

/// 15 MB, as base64: what the check of a response reads, letter by letter.
const WRITTEN: usize = 15_000_000 / 3 * 4;

/// What this process had in its memory at most, in bytes.
fn most() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn two_hundred_megabytes_are_refused_by_name_and_held_once() {
    let items = r#"{"linkId":"photo","text":"Photo?","type":"attachment","extension":[
        {"url":"http://hl7.org/fhir/StructureDefinition/maxSize","valueDecimal":5000000}]}"#;
    let mut filling = Filling::new(&common::form(items));
    // In a response that somebody else wrote.
    let form = Value::parse(common::document(items).as_bytes()).unwrap();
    let mut response = Value::parse(
        br#"{"resourceType":"QuestionnaireResponse","questionnaire":"https://attesta.example/fhir/Questionnaire/test|1",
            "status":"completed","item":[{"linkId":"photo","answer":[{"valueAttachment":{"contentType":"image/png"}}]}]}"#,
    )
    .unwrap();
    let attachment = ["item", "answer"].iter().fold(&mut response, |at, list| {
        let Some(Value::Array(list)) = at.as_object_mut().and_then(|at| at.get_mut(list)) else {
            panic!("no {list}")
        };
        &mut list[0]
    });
    let attachment =
        attachment.as_object_mut().unwrap().get_mut("valueAttachment").unwrap().as_object_mut().unwrap();
    attachment.insert("data", "A".repeat(WRITTEN));
    let once = most();
    let found = validate(&form, &response, Options::default());
    assert!(found.errors().any(|finding| finding.rule == Rule::FileSize), "{:?}", found.findings);
    assert!(most() < once + WRITTEN / 2, "{} bytes for a file of {WRITTEN} letters", most());

    let data = "A".repeat(LETTERS);
    let once = most();
    assert!(once > LETTERS, "the file itself is counted");
    let file = Answer::Attachment { content_type: "image/png".to_owned(), data, title: None };
    let refused = filling.session.answer("photo", vec![file], common::AT, common::ACTOR);
    assert_eq!(code(refused), "file-too-large");
    assert!(filling.session.missing() == ["photo"], "nothing of it was kept");
    assert!(most() < once + LETTERS / 4, "{} bytes for a file of {LETTERS} letters", most());
}
