//! What is read as JSON is written and read again as the same value, and both canonical forms are fixed points.
#![no_main]

use fhir::{Value, canonical};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = Value::parse(bytes) else { return };
    let again = Value::parse(value.to_json().as_bytes()).expect("what was written can be read");
    assert!(again == value, "reading and writing changed the value");
    let kept = canonical::number_text(&value);
    let read = Value::parse(kept.as_bytes()).expect("the canonical form is JSON");
    assert_eq!(canonical::number_text(&read), kept);
    if let Ok(jcs) = canonical::jcs(&value) {
        let read = Value::parse(jcs.as_bytes()).expect("RFC 8785's form is JSON");
        assert_eq!(canonical::jcs(&read).expect("its numbers are in range"), jcs);
    }
});
