//! A resource in XML is converted or refused; what is converted comes back from its own XML unchanged.
#![no_main]

use fhir::{Version, canonical, xml};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for version in [Version::R4, Version::R5] {
        let Ok(resource) = xml::from_xml(bytes, version) else { continue };
        let Ok(written) = xml::to_xml(&resource, version) else { continue };
        let again = xml::from_xml(written.as_bytes(), version).expect("what was written is read");
        assert_eq!(canonical::number_text(&again), canonical::number_text(&resource));
    }
});
