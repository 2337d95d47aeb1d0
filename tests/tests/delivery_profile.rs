//! What the study's profile refuses is never sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use attesta_tests::delivery::Rig;
use device::delivery::{State, alert_detail, alert_rows};
use device::store::alert::AlertKind;
use device::{FhirVersion, ProvenanceProfile};

#[test]
fn a_provenance_against_its_profile_is_held_back_and_the_alert_says_why() {
    let rig = Rig::with(|context| {
        // A profile of R5 in a study that sends R4.
        context.profile = ProvenanceProfile::BaseR5;
        context.fhir_version = FhirVersion::R4;
    });
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Quarantined);
    assert_eq!((record.problem.as_deref(), record.provenance), (Some("profile"), None));
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
    assert!(rig.stored("Provenance").is_empty(), "nothing wrong is sent");
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    assert_eq!(alert.row.kind, AlertKind::Quarantined);
    assert!(
        alert.found[0].contains("fhirVersion") && alert.found[0].contains("base-r5"),
        "{:?}",
        alert.found
    );
}

#[test]
fn the_default_profile_still_proves_every_record() {
    let rig = Rig::new();
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done);
    rig.assert_verifies(&record, "under part11");
}
