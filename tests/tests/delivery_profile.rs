//! What the study's profile refuses is never sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicBool, Ordering};

use attesta_tests::alerts::decision;
use attesta_tests::delivery::Rig;
use device::delivery::{Decision, State, alert_detail, alert_rows};
use device::store::alert::{Action, AlertKind};
use device::{FhirVersion, ProvenanceProfile};
use fhir::{Value, Version};
use practice::faults::{Armed, Fault};
use seal::SealError;
use seal::profile::{About, CDEX, PART11, Profile, Violation};

#[test]
fn a_provenance_against_its_profile_is_held_back_and_the_alert_says_why() {
    let rig = Rig::with(|context| {
        // A profile of R5 in a study that sends R4.
        context.profile = ProvenanceProfile::BaseR5.profile();
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
fn a_response_that_was_signed_under_another_profile_is_held_back_before_it_is_sent() {
    let rig = Rig::with(|context| context.profile = CDEX);
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, record.problem.as_deref()), (State::Quarantined, Some("profile")));
    assert_eq!(record.attempts, 0);
    assert!(rig.stored("QuestionnaireResponse").is_empty(), "nothing was sent");
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    let first =
        "QuestionnaireResponse.extension.value.type is not Verification Signature (rule signature-type)";
    assert_eq!(alert.found[0], first, "the rule and the element");
    assert!(alert.can_send_again && alert.status.is_none());
}

#[test]
fn what_the_server_changes_is_found_under_cdex_too() {
    let rig = Rig::with(|context| context.profile = CDEX);
    rig.server.faults().set(Armed::new(Fault::AlterAnswer, 1));
    let record = rig.freeze_cdex();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Alert);
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    assert_eq!((alert.row.kind, alert.changes.len()), (AlertKind::Different, 1));
    let decision = decision(&alert, Action::SendAgain);
    rig.worker.act(decision).unwrap();
    let record = rig.settled(&record.id);
    assert_eq!((record.state, record.server_version.as_deref()), (State::Done, Some("2")));
    assert_eq!(alert_rows(&rig.store).unwrap()[0].outcome, Some("corrected"));
    assert!(rig.stored("Provenance").is_empty());
}

#[test]
fn the_default_profile_still_proves_every_record() {
    let rig = Rig::new();
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done);
    rig.assert_verifies(&record, "under part11");
}

/// A profile whose maker leaves out, the first time, what its own rules demand.
struct Forgetful(AtomicBool);

static FORGETFUL: Forgetful = Forgetful(AtomicBool::new(false));

impl Profile for Forgetful {
    fn name(&self) -> &'static str {
        "forgetful"
    }

    fn versions(&self) -> &'static [Version] {
        PART11.versions()
    }

    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError> {
        let mut provenance = PART11.provenance(about)?;
        if !self.0.swap(true, Ordering::SeqCst) {
            provenance.as_object_mut().unwrap().remove("occurredDateTime");
        }
        Ok(provenance)
    }

    fn violations(&self, provenance: &Value, version: Version) -> Vec<Violation> {
        PART11.violations(provenance, version)
    }
}

#[test]
fn a_broken_rule_is_named_with_its_element_and_sending_again_makes_the_provenance_anew() {
    let rig = Rig::with(|context| context.profile = &FORGETFUL);
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, record.problem.as_deref()), (State::Quarantined, Some("profile")));
    assert!(record.provenance.is_none() && rig.stored("Provenance").is_empty(), "nothing wrong is sent");
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    let found = ["Provenance.occurred is not a time with offset (rule occurred)"];
    assert_eq!(alert.found, found, "the rule and the element");
    assert!(alert.can_send_again);

    let reason = "The program was corrected".to_owned();
    let decision = Decision { reason, ..decision(&alert, Action::SendAgain) };
    rig.worker.act(decision).unwrap();
    let record = rig.settled(&record.id);
    assert_eq!(record.state, State::Done, "{:?}", record.problem);
    assert_eq!(rig.stored("Provenance").len(), 1);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1, "the response was not sent twice");
    rig.assert_verifies(&record, "sent again");
}
