//! HL7's validator in FHIR R5: what a device sends and exports there is valid.

use attesta_tests::alerts::altered_and_sent_again;
use attesta_tests::delivery::Rig;
use attesta_tests::site::{Site, unzip};
use device::ProvenanceProfile;
use fhir::Version;

use crate::java::{Files, fhir_errors, peer};

#[test]
fn hl7_finds_everything_that_a_device_sends_in_r5_valid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    for profile in [ProvenanceProfile::Part11, ProvenanceProfile::BaseR5] {
        let rig = Rig::of(Version::R5, |context| context.profile = profile.profile());
        altered_and_sent_again(&rig);

        for (kind, at_least) in
            [("QuestionnaireResponse", 3), ("Provenance", 2), ("DocumentReference", 1), ("AuditEvent", 1)]
        {
            let stored = rig.stored(kind);
            assert!(stored.len() >= at_least, "{kind}: {} were stored", stored.len());
            for (id, version, text) in &stored {
                let errors = fhir_errors(peer, "R5", &files.write("resource.json", text));
                let name = profile.profile().name();
                assert_eq!(errors, Vec::<String>::new(), "{name}: {kind}/{id} version {version}");
            }
            let without = stored[0].2.replacen(kind, "Basic", 1);
            assert!(!fhir_errors(peer, "R5", &files.write("wrong.json", without)).is_empty(), "{kind}");
        }
    }
}

#[test]
fn hl7_finds_an_exported_document_valid_and_one_of_no_known_status_invalid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    let site = Site::with_its_ledger();
    let exported = unzip(&site.export().unwrap());
    let (_, document) = exported.iter().find(|(name, _)| name == "document.json").unwrap();
    let errors = fhir_errors(peer, "R5", &files.write("document.json", document));
    assert_eq!(errors, Vec::<String>::new());
    let text = String::from_utf8(document.clone()).unwrap();
    let wrong = text.replace("\"status\":\"final\"", "\"status\":\"finished\"");
    assert_ne!(wrong, text);
    assert!(!fhir_errors(peer, "R5", &files.write("wrong.json", wrong)).is_empty());
}
