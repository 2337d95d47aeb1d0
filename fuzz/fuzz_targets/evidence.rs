//! Evidence beside a record, or in a JWS's unprotected header, is read or refused; what is read is written and read again.
#![no_main]

use fhir::Value;
use seal::jades::{Augmented, read_evidence, write_evidence};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Augmented::read(text);
    }
    let Ok(document) = Value::parse(bytes) else { return };
    let Ok(signatures) = read_evidence(&document) else { return };
    let written = Value::parse(write_evidence(&signatures).as_bytes()).expect("what was written is JSON");
    let again = read_evidence(&written).expect("what was written can be read");
    assert_eq!(again.len(), signatures.len());
    for (one, other) in signatures.iter().zip(&again) {
        assert!(one.is_same_signature(other));
        assert_eq!(one.level(), other.level());
    }
});
