//! The whole delivery in FHIR R5: each profile, in JSON and in XML.

use attesta_tests::alerts::{decision, reported};
use attesta_tests::delivery::Rig;
use client::{Client, Format, Options};
use device::ProvenanceProfile;
use device::delivery::{Context, State, alert_detail, alert_rows};
use device::store::alert::Action;
use fhir::{Value, Version};
use practice::faults::{Armed, Fault};

/// A device and a server that speak R5.
fn rig(profile: ProvenanceProfile, format: Format) -> Rig {
    Rig::of(Version::R5, |context: &mut Context| {
        context.profile = profile.profile();
        let options = Options { format, version: Version::R5, ..Options::default() };
        context.client = Client::new(context.client.base_url(), options).unwrap();
    })
}

fn each(mut test: impl FnMut(&Rig, ProvenanceProfile, &str)) {
    for profile in [ProvenanceProfile::Part11, ProvenanceProfile::BaseR5] {
        for format in [Format::Json, Format::Xml] {
            let name = format!("{} in {}", profile.profile().name(), format.media_type());
            test(&rig(profile, format), profile, &name);
        }
    }
}

fn stored(rig: &Rig, kind: &str) -> Vec<Value> {
    rig.stored(kind).iter().map(|(_, _, text)| Value::parse(text.as_bytes()).unwrap()).collect()
}

#[test]
fn a_record_is_proven_under_each_profile_in_each_format() {
    each(|rig, profile, name| {
        let record = rig.freeze();
        let record = rig.settled(&record);
        assert_eq!(record.state, State::Done, "{name}: {:?}", record.problem);
        rig.assert_verifies(&record, name);
        let response = &stored(rig, "QuestionnaireResponse")[0];
        let canonical = |value: &Value| {
            let mut value = value.clone();
            let members = value.as_object_mut().unwrap();
            members.remove("id");
            members.remove("meta");
            fhir::canonical::number_text(&value)
        };
        let frozen = Value::parse(&record.response).unwrap();
        assert_eq!(canonical(response), canonical(&frozen), "{name}");
        assert_eq!(response.list("identifier").len(), 1, "a list in R5");

        let provenances = stored(rig, "Provenance");
        assert_eq!(provenances.len(), 1, "{name}");
        let provenance = &provenances[0];
        assert_eq!(provenance.get("patient"), response.get("subject"), "{name}");
        assert_eq!(profile.profile().violations(provenance, Version::R5), [], "{name}");
        let authorized = provenance.list("authorization").len();
        assert_eq!(authorized, usize::from(profile == ProvenanceProfile::BaseR5), "{name}");
        let certificate = &stored(rig, "DocumentReference")[0];
        assert!(certificate.get("subject").is_some() && certificate.get("context").is_none(), "{name}");
        for (kind, resource) in [("QuestionnaireResponse", response), ("Provenance", provenance)] {
            assert!(fhir::xml::to_xml(resource, Version::R5).is_ok(), "{name}: {kind} is R5");
        }
    });
}

#[test]
fn an_altered_leaf_is_named_and_the_act_on_it_reported() {
    let mut seed = 100;
    each(|rig, _, name| {
        seed += 1;
        rig.server.faults().set(Armed::new(Fault::AlterLeaf { path: None }, 1).seeded(seed));
        let record = rig.freeze();
        let record = rig.settled(&record);
        let altered = rig.server.faults().alterations().pop().unwrap().path;
        assert_eq!(record.state, State::Alert, "{name}: {altered} went unnoticed");
        assert!(stored(rig, "Provenance").is_empty(), "{name}: what differs is never proven");
        let rows = alert_rows(&rig.store).unwrap();
        let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
        let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, [altered.as_str()], "{name}");

        rig.worker.act(decision(&alert, Action::Escalate)).unwrap();
        let event = reported(rig, Action::Escalate.as_str());
        assert!(
            fhir::xml::to_xml(&reported(rig, "raised"), Version::R5).is_ok(),
            "{name}: the alert's report is R5"
        );
        let code =
            |concept: Option<&Value>| concept.unwrap().list("coding")[0].str("code").map(str::to_owned);
        assert_eq!(code(event.get("code")).as_deref(), Some("110113"), "{name}");
        let outcome = event.get("outcome").and_then(|outcome| outcome.get("code"));
        assert_eq!(outcome.and_then(|code| code.str("code")), Some("error"), "{name}");
        assert!(event.get("type").is_none() && event.get("outcomeDesc").is_none(), "{name}");
        let entities = event.list("entity");
        let what = entities[1].get("what").unwrap();
        assert_eq!(what.get("identifier").unwrap().str("value"), Some(record.identifier.as_str()), "{name}");
        let named = entities[0].list("detail").iter().any(|detail| {
            detail.get("type").unwrap().str("text") == Some("path")
                && detail.str("valueString") == Some(altered.as_str())
        });
        assert!(named, "{name}: the path is in the report");
        assert!(fhir::xml::to_xml(&event, Version::R5).is_ok(), "{name}: the report is R5");
        let text = event.to_json();
        assert!(!text.contains("walk") && !text.contains("owner"), "{name}: no answer, no reason");
    });
}

#[test]
fn a_correction_in_r5_replaces_the_altered_version() {
    let rig = rig(ProvenanceProfile::BaseR5, Format::Xml);
    rig.server.faults().set(Armed::new(Fault::AlterAnswer, 1));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Alert);
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    let record = rig.settled(&record.id);
    assert_eq!(record.state, State::Done, "{:?}", record.problem);
    let provenance = &stored(&rig, "Provenance")[0];
    assert_eq!(provenance.list("entity")[0].str("role"), Some("revision"));
    rig.assert_verifies(&record, "a correction in R5");
}
