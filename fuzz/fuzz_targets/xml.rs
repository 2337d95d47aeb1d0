//! XML is read or refused; what is read has a canonical form that is read again and is its own.
#![no_main]

use fhir::xml::{Document, canonical};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(bytes) else { return };
    let form = canonical::c14n11(&document);
    let again = Document::parse(form.as_bytes()).expect("the canonical form is XML");
    assert_eq!(canonical::c14n11(&again), form);
    canonical::c14n11_subtree(&document, document.root()).expect("the root is in its document");
});
