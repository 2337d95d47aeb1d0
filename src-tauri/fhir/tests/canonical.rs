//! Golden files of both canonical forms: `tests/golden/NAME.json` becomes `NAME.jcs.json` and `NAME.number-text.json`.

use crate::golden;

use fhir::{Value, canonical};
use golden::assert_golden;

const INPUTS: [&str; 6] = ["arrays", "numbers", "order", "order_utf16", "response", "strings"];

fn input(name: &str) -> Value {
    let path = golden::folder("golden").join(format!("{name}.json"));
    Value::parse(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn jcs_is_what_the_golden_files_say() {
    for name in INPUTS {
        assert_golden(&format!("{name}.jcs.json"), &canonical::jcs(&input(name)).unwrap());
    }
}

#[test]
fn number_text_is_what_the_golden_files_say() {
    for name in INPUTS {
        assert_golden(&format!("{name}.number-text.json"), &canonical::number_text(&input(name)));
    }
}

#[test]
fn the_forms_differ_exactly_where_a_number_is_written_unlike_ecmascript() {
    for name in INPUTS {
        let value = input(name);
        let same = canonical::jcs(&value).unwrap() == canonical::number_text(&value);
        assert_eq!(same, matches!(name, "order" | "order_utf16" | "strings"), "{name}");
    }
}
