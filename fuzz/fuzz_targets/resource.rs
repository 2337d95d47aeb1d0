//! A resource from nobody, as JSON or as XML: whatever signatures it carries, without an anchor nothing is ever valid, and a
//! Bundle is divided or refused.
#![no_main]

use fhir::{Value, Version, xml};
use seal::verify::{Trust, verify_bundle, verify_resource};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let read = Value::parse(bytes).ok().or_else(|| xml::from_xml(bytes, Version::R4).ok());
    let Some(resource) = read else { return };
    let at = jiff::Timestamp::from_second(seal::testing::SIGNED_AT).expect("a time");
    let trust = Trust::new(None, at);
    assert_ne!(verify_resource(&resource, &[], &trust).exit_code(), 0);
    // As the Provenance of itself: what it speaks for is looked at, too.
    assert_ne!(verify_resource(&resource, std::slice::from_ref(&resource), &trust).exit_code(), 0);
    if let Ok(report) = verify_bundle(&resource, &trust) {
        assert_ne!(report.exit_code(), 0);
        for one in report.kept {
            assert!(one.entry < resource.list("entry").len());
        }
    }
});
