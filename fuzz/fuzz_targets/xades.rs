//! An XML signature is read or refused; whichever it is, it covers nothing that was not signed.
#![no_main]

use seal::xades::Detached;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(signature) = Detached::parse(bytes) {
        assert!(!signature.covers(b"something that nobody signed"));
        assert!(!signature.covers(br#"<Patient xmlns="http://hl7.org/fhir"/>"#));
    }
});
