//! What the study's profile refuses is never sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{MemoryKey, Rig, secret, wait_for};
use device::delivery::{Decision, State, alert_detail, alert_rows};
use device::store::alert::{Action, AlertKind};
use device::{FhirVersion, ProvenanceProfile};
use fhir::{Value, Version};
use practice::faults::{Armed, Fault};
use seal::profile::{About, CDEX, PART11, Profile, Violation};
use seal::{SealError, Signer};

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
static FORGETFUL_TOO: Forgetful = Forgetful(AtomicBool::new(false));

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

#[test]
fn closing_a_record_closes_what_is_open_about_it_at_every_step() {
    let renewed = Arc::new(AtomicBool::new(false));
    let is_renewed = Arc::clone(&renewed);
    let rig = Rig::with_server(Version::R4, |context, server| {
        let issue = |request: &str| server.issue_certificate(request.as_bytes()).unwrap();
        let keys: [Arc<dyn Signer>; 2] = [(context.signer)(), Arc::new(MemoryKey::enrol(&secret(), issue))];
        context.signer = Arc::new(move || Arc::clone(&keys[usize::from(is_renewed.load(Ordering::SeqCst))]));
        context.profile = &FORGETFUL_TOO;
    });
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).problem.as_deref(), Some("profile"));
    let about_provenance = only_alert(&rig);
    // The next try has another certificate, which the server does not take.
    renewed.store(true, Ordering::SeqCst);
    let fault = Fault::Refuse { status: 422, retry_after: None };
    rig.server.faults().set(Armed::new(fault, 1).for_type("DocumentReference"));
    rig.worker.act(decision(&about_provenance, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record).problem.as_deref(), Some("status-422"));
    let open: Vec<_> = alert_rows(&rig.store).unwrap().into_iter().filter(|alert| alert.open).collect();
    assert_eq!(open.len(), 2, "one for each step");
    let about_certificate = open.iter().find(|alert| alert.id != about_provenance.row.id).unwrap();
    let about_certificate = alert_detail(&rig.store, &about_certificate.id).unwrap();

    rig.worker.act(decision(&about_certificate, Action::Escalate)).unwrap();
    assert_eq!(rig.settled(&record).state, State::ClosedDifferent);
    for id in [&about_provenance.row.id, &about_certificate.row.id] {
        let closed = alert_detail(&rig.store, id).unwrap();
        assert_eq!(closed.row.outcome, Some("escalated"));
        let last = closed.actions.last().unwrap();
        assert_eq!((last.action, last.result.as_str()), (Action::Escalate, "closed"));
        assert!(closed.actions.iter().all(|act| act.result != "pending"), "nothing is left to come of it");
    }
    let count = |sql: &'static str| {
        rig.store.read(move |store| Ok(store.query_row(sql, [], |row| row.get::<_, u32>(0))?)).unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM audit WHERE event = 'alert.escalate' AND actor = 'm.okafor'"), 2);
    // Two that were raised, one act of sending again, and the escalation of both.
    wait_for(Duration::from_secs(10), || (rig.stored("AuditEvent").len() == 5).then_some(()));
}
