//! A form whose questions a server chooses, through the page's own commands: asked, signed, delivered and proven.

use crate::page::Page;
use crate::record::{proven, signed_form};
use serde_json::json;

#[test]
fn a_form_whose_questions_a_server_chooses_is_signed_and_proven() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let staff = signed_form(&page, "fatigue-adaptive");
    let record = page.call("record", &staff, &json!({"id": proven(&page, &staff)})).unwrap();
    assert_eq!(record["overall"], "valid", "{}", record["verdicts"]);
    let answers = record["answers"].as_array().unwrap();
    assert!((3..=8).contains(&answers.len()), "{answers:?}");
}
