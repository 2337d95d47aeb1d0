//! Malformed, hostile and foreign documents end in a clear report.

use crate::common;

use common::{Filling, problems};
use questionnaire::{ImportOptions, MAX_BYTES, Position, import_bytes, import_bytes_with};

fn report(document: &str) -> Vec<String> {
    problems(&import_bytes(document.as_bytes()).unwrap_err())
}

#[test]
fn documents_that_are_no_questionnaire_are_refused_as_a_whole() {
    assert_eq!(report(include_str!("fixtures/truncated.json")), ["- Questionnaire not-json"]);
    assert_eq!(report("Dear colleague"), ["- Questionnaire not-json"]);
    assert_eq!(report("<Questionnaire/>"), ["- Questionnaire not-xml"]);
    assert_eq!(report(include_str!("fixtures/duplicate-keys.json")), ["- Questionnaire not-json"]);
    assert_eq!(report(include_str!("fixtures/deep-nesting.json")), ["- Questionnaire too-deep"]);
    assert_eq!(report(include_str!("fixtures/not-fhir.json")), ["- Questionnaire not-a-questionnaire"]);
    assert_eq!(
        report(include_str!("fixtures/not-a-questionnaire.json")),
        ["- Questionnaire not-a-questionnaire"]
    );
    for scalar in ["", "null", "3", "\"Questionnaire\"", "[]", "\u{feff}{}"] {
        assert_eq!(report(scalar).len(), 1, "{scalar:?}");
    }
}

#[test]
fn the_size_is_checked_before_anything_is_read() {
    let oversized = vec![b' '; MAX_BYTES + 1];
    assert_eq!(problems(&import_bytes(&oversized).unwrap_err()), ["- Questionnaire too-large"]);
    let largest = vec![b' '; MAX_BYTES];
    assert_eq!(problems(&import_bytes(&largest).unwrap_err()), ["- Questionnaire not-json"]);
}

#[test]
fn a_large_form_is_read_in_reasonable_time() {
    let items: Vec<_> =
        (0..50_000).map(|n| format!(r#"{{"linkId":"{n}","text":"Q","type":"choice"}}"#)).collect();
    let report = import_bytes(common::document(&items.join(",")).as_bytes()).unwrap_err();
    assert_eq!(report.problems.len(), 50_000, "each item is named");
}

#[test]
fn forms_of_other_versions_say_which() {
    let stu3 = report(include_str!("fixtures/stu3.json"));
    assert!(stu3.contains(&"a Questionnaire.item[0].options fhir-version".to_owned()), "{stu3:?}");
    assert!(
        stu3.contains(&"b Questionnaire.item[1].enableWhen[0].hasAnswer fhir-version".to_owned()),
        "{stu3:?}"
    );
    import_bytes(include_bytes!("fixtures/r5.json")).unwrap();
    let dstu2 = report(include_str!("fixtures/dstu2.json"));
    assert_eq!(dstu2[0], "- Questionnaire.group fhir-version");
}

#[test]
fn items_nested_too_deeply_are_refused() {
    assert_eq!(report(include_str!("fixtures/deep-items.json"))[0].rsplit(' ').next(), Some("too-deep"));
}

#[test]
fn duplicate_link_ids_are_refused_where_they_stand() {
    assert_eq!(
        report(include_str!("fixtures/duplicate-link-ids.json")),
        ["a Questionnaire.item[1] duplicate-link-id"]
    );
}

#[test]
fn huge_numbers_are_compared_exactly_or_refused_by_name() {
    assert_eq!(
        report(include_str!("fixtures/huge-numbers.json")),
        [
            "b Questionnaire.item[1].initial initial",
            "c Questionnaire.item[2].extension[0] limits",
            "d Questionnaire.item[3].enableWhen[0].answer enable-when-answer",
        ],
        "1e999 as a limit of item a is a number like any other"
    );
}

#[test]
fn script_is_text_and_stays_as_it_was_written() {
    let form = import_bytes(include_bytes!("fixtures/script-in-text.json")).unwrap();
    let mut filling = Filling::new(&form);
    let Position::Screen { screen } = filling.session.screen() else { panic!("at the review") };
    assert_eq!(form.title("en"), "<img src=x onerror=alert(1)>");
    assert_eq!(screen.text, "<script>alert('text')</script>");
    filling.fill("<script>", common::option("javascript:alert(1)|x"));
    assert!(filling.items().contains("\"text\":\"<script>alert('text')</script>\""));
}

#[test]
fn the_root_says_what_a_response_needs_to_name_it() {
    let complete = common::document(r#"{"linkId":"a","text":"A","type":"string"}"#);
    for (from, to, problem) in [
        ("Questionnaire/test\"", "Questionnaire/test|1\"", "url malformed"),
        ("https://attesta.example/fhir/", "", "url malformed"),
        (r#""version":"1""#, r#""version":"1|2""#, "version malformed"),
        (r#""language":"en","#, "", "language missing"),
        (r#""language":"en""#, r#""language":"English please""#, "language malformed"),
        (
            r#""language":"en""#,
            r#""language":"en","implicitRules":"http://example.org/rules""#,
            "implicitRules modifier-extension",
        ),
        ("active", "retired", "status status"),
        ("active", "unknown", "status status"),
        ("active", "ready", "status malformed"),
        (r#""status""#, r#""subjectType":["Device"],"status""#, "subjectType subject-type"),
        (r#""status""#, r#""id":"not an id","status""#, "id malformed"),
        (r#""item":[{"linkId":"a","text":"A","type":"string"}]"#, r#""item":{}"#, "item malformed"),
        (r#","item":[{"linkId":"a","text":"A","type":"string"}]"#, "", "item no-questions"),
    ] {
        let document = complete.replace(from, to);
        assert_ne!(document, complete, "{from}");
        assert_eq!(report(&document), [format!("- Questionnaire.{problem}")], "{from} → {to}");
    }
}

#[test]
fn what_names_a_form_is_completed_where_its_author_left_it_out() {
    let bare = br#"{"resourceType":"Questionnaire","item":[{"linkId":"a","text":"A","type":"string"}]}"#;
    assert_eq!(problems(&import_bytes(bare).unwrap_err()), ["- Questionnaire.language missing"]);
    let options = ImportOptions { language: Some("de"), resources: &[] };
    let form = import_bytes_with(bare, &options).unwrap();
    assert_eq!((form.languages(), form.version()), (vec!["de".to_owned()], None));
    assert!(form.url().starts_with("urn:uuid:"), "{}", form.url());
    assert_eq!(form.canonical(), form.url());
    let notices: Vec<_> =
        form.notices().iter().map(|notice| format!("{} {}", notice.path, notice.reason.code())).collect();
    assert_eq!(
        notices,
        [
            "Questionnaire.language completed",
            "Questionnaire.status draft",
            "Questionnaire.url completed",
            "Questionnaire.title completed",
        ]
    );
    let other = br#"{"resourceType":"Questionnaire","item":[{"linkId":"b","text":"A","type":"string"}]}"#;
    assert_ne!(import_bytes_with(other, &options).unwrap().url(), form.url(), "it is named by its content");
}

#[test]
fn a_draft_can_be_tried_and_is_named_as_one() {
    let draft = common::document(r#"{"linkId":"a","text":"A","type":"string"}"#).replace("active", "draft");
    let form = import_bytes(draft.as_bytes()).unwrap();
    assert_eq!(form.notices()[0].reason.code(), "draft");
}
