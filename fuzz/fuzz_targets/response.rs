//! A response is judged against a form, whatever both are: findings come back, the same ones each time.
#![no_main]

use fhir::Value;
use questionnaire::validate::{Options, validate};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A form and a response in one document: an array of the two, and of what else is known.
    let Ok(Value::Array(documents)) = Value::parse(bytes) else { return };
    let [form, response, terminology @ ..] = documents.as_slice() else { return };
    let options = Options { terminology, ..Options::default() };
    let outcome = validate(form, response, options);
    assert_eq!(validate(form, response, options), outcome);
    for version in fhir::Version::ALL {
        assert!(!outcome.operation_outcome(version).list("issue").is_empty());
    }
});
