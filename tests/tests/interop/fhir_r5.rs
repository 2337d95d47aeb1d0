//! HL7's validator in FHIR R5: what a device sends and exports there is valid.

use attesta_tests::delivery::{Rig, wait_for};
use attesta_tests::site::{Site, unzip};
use device::ProvenanceProfile;
use device::delivery::{Actor, Decision, State, alert_detail, alert_rows};
use device::store::alert::Action;
use fhir::Version;
use practice::faults::{Armed, Fault};

use crate::java::{Files, fhir_errors, peer};

/// One record kept faithfully; one that the server altered, reported by a person and sent again.
#[test]
fn hl7_finds_everything_that_a_device_sends_in_r5_valid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    for profile in [ProvenanceProfile::Part11, ProvenanceProfile::BaseR5] {
        let rig = Rig::of(Version::R5, |context| context.profile = profile.profile());
        rig.settled(&rig.freeze());
        rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
        let altered = rig.freeze();
        assert_eq!(rig.settled(&altered).state, State::Alert);
        let open = alert_rows(&rig.store).unwrap().into_iter().find(|alert| alert.open).unwrap();
        let alert = alert_detail(&rig.store, &open.id).unwrap();
        let actor = Actor {
            user: "m.okafor".to_owned(),
            display_name: "Maria Okafor".to_owned(),
            role: "coordinator".to_owned(),
        };
        let reason = "Reported to the server's owner".to_owned();
        let (alert, revision, action) = (alert.row.id, alert.revision, Action::SendAgain);
        rig.worker.act(Decision { alert, revision, action, actor, reason }).unwrap();
        assert_eq!(rig.settled(&altered).state, State::Done);
        wait_for(std::time::Duration::from_secs(10), || rig.stored("AuditEvent").pop());

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
