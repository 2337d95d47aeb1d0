//! Everything that one subject signed, as one Bundle of the site's organization.

use crate::common;

use std::fs;

use common::delivery::deliver;
use common::{Bench, PARTICIPANT, frozen};
use device::store::audit;
use device::{Device, Error, FhirVersion, Opening};
use fhir::Value;
use seal::verify::{Aspect, BundleReport, Trust, Verdict, verify_bundle};
use seal::{Anchors, Crl};

/// A proven response and one that is not sent yet, and the organization enrolled.
fn ready() -> Bench {
    let bench = Bench::new();
    bench.device().enrol_organization("setup", |request| bench.authority.issue(request)).unwrap();
    frozen(&bench);
    deliver(&bench);
    frozen(&bench);
    bench
}

fn exported(bench: &Bench) -> Value {
    let path = bench.device().export_subject(PARTICIPANT, &bench.staff).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("attesta-subject-") && !name.contains(PARTICIPANT), "{name}");
    Value::parse(&fs::read(path).unwrap()).unwrap()
}

fn verify(bench: &Bench, bundle: &Value) -> BundleReport {
    let anchors = Anchors::from_pem(bench.authority.anchor().as_bytes()).unwrap();
    let lists: Vec<Crl> =
        bench.authority.revocation_lists().iter().map(|der| Crl::from_bytes(der).unwrap()).collect();
    let trust = Trust::new(Some(&anchors), bench.device().now().timestamp()).with_crls(&lists);
    verify_bundle(bundle, &trust).unwrap()
}

/// The Bundle with one member of one entry's resource changed.
fn altered(bundle: &Value, entry: usize, name: &str, value: &str) -> Value {
    let mut bundle = bundle.clone();
    let entries = bundle.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    let resource = entries[entry].as_object_mut().unwrap().get_mut("resource").unwrap();
    assert!(resource.str(name).is_some(), "the resource has a {name}");
    resource.as_object_mut().unwrap().insert(name, value);
    bundle
}

fn types(bundle: &Value) -> Vec<&str> {
    let entries = bundle.list("entry").iter();
    entries.map(|entry| entry.get("resource").unwrap().resource_type().unwrap()).collect()
}

#[test]
fn every_response_of_a_subject_is_kept_by_whoever_receives_them() {
    let bench = ready();
    let bundle = exported(&bench);
    assert_eq!(
        types(&bundle),
        ["Composition", "QuestionnaireResponse", "Provenance", "QuestionnaireResponse", "Provenance"]
    );
    let report = verify(&bench, &bundle);
    assert!(report.refused.is_empty(), "{report:?}");
    let kept: Vec<_> = report.kept.iter().map(|one| (one.covered, one.sealed)).collect();
    assert_eq!(kept, [(true, false), (false, true), (false, false), (false, true), (false, false)]);
    let composition = &report.reports[0].report;
    assert_eq!(composition.overall(), Verdict::Valid, "{composition:?}");
    let proven = &report.reports[1].report;
    for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Linkage] {
        assert_eq!(proven.verdict(aspect), Verdict::Valid, "{aspect:?}: {proven:?}");
    }
    let unsent = &report.reports[2].report;
    assert_eq!(unsent.verdict(Aspect::Signature), Verdict::Valid);
    assert_eq!(unsent.verdict(Aspect::Linkage), Verdict::Indeterminate, "no server has it yet");
    let events = bench.device().store().read(audit::all).unwrap();
    assert_eq!(events.last().unwrap().event, "subject.exported");
}

#[test]
fn the_organizations_key_signs_and_it_is_not_the_devices() {
    let bench = ready();
    let report = verify(&bench, &exported(&bench));
    let organization = bench.device().organization_certificate().unwrap().unwrap();
    let device = bench.device().certificate().unwrap().unwrap();
    assert_ne!((&organization.thumbprint, &organization.key_entry), (&device.thumbprint, &device.key_entry));
    let thumbprint = |index: usize| report.reports[index].report.signatures[0].thumbprint.clone().unwrap();
    assert_eq!((thumbprint(0), thumbprint(1)), (organization.thumbprint, device.thumbprint));
    let entries = bench.keystore.entries.lock().unwrap();
    for prefix in ["organization-key-", "sealing-key-"] {
        assert_eq!(entries.keys().filter(|name| name.starts_with(prefix)).count(), 1, "{prefix}");
    }
}

#[test]
fn what_is_altered_is_refused_with_what_hangs_on_it() {
    let bench = ready();
    let bundle = exported(&bench);
    let report = verify(&bench, &altered(&bundle, 1, "language", "de"));
    let refused: Vec<_> = report.refused.iter().map(|one| (one.entry, one.code)).collect();
    assert_eq!(refused, [(1, "content-altered"), (2, "target-refused")], "the rest is kept");

    let report = verify(&bench, &altered(&bundle, 0, "date", "2026-11-20T09:41:07+01:00"));
    let refused: Vec<_> = report.refused.iter().map(|one| (one.entry, one.code)).collect();
    assert_eq!(
        refused,
        [
            (0, "content-altered"),
            (1, "parent-refused"),
            (2, "target-refused"),
            (3, "parent-refused"),
            (4, "target-refused")
        ]
    );
    assert!(report.kept.is_empty());
}

#[test]
fn the_key_outlives_the_program_and_nothing_is_exported_without_it() {
    let mut bench = Bench::new();
    frozen(&bench);
    let export = |bench: &Bench, who: &str| bench.device().export_subject(who, &bench.staff);
    assert!(matches!(export(&bench, PARTICIPANT), Err(Error::NotEnrolled)));
    assert!(matches!(export(&bench, "014-9999"), Err(Error::NotFound(_))));
    bench.device().enrol_organization("setup", |request| bench.authority.issue(request)).unwrap();
    bench.reopen();
    let report = verify(&bench, &exported(&bench));
    assert!(report.refused.is_empty());

    bench.keystore.entries.lock().unwrap().retain(|name, _| !name.starts_with("organization-key-"));
    assert!(matches!(export(&bench, PARTICIPANT), Err(Error::SealingKeyMissing)));
    assert!(bench.device().sealing_key().is_ok(), "the device's own key is another one");
}

#[test]
fn a_relative_reference_leads_to_the_servers_address() {
    let bench = ready();
    let bundle = exported(&bench);
    let server = &bench.device().configuration().server;
    let entries = bundle.list("entry");
    for (entry, kind) in [(&entries[0], "Composition"), (&entries[entries.len() - 1], "Provenance")] {
        let id = entry.get("resource").unwrap().str("id").unwrap();
        assert_eq!(entry.str("fullUrl"), Some(format!("{server}/{kind}/{id}").as_str()));
    }
    let composition = entries[0].get("resource").unwrap();
    assert_eq!(composition.get("custodian").unwrap().str("reference"), Some("Organization/site-014"));
    for (section, entry) in composition.list("section").iter().zip([1, 3]) {
        assert_eq!(section.list("entry")[0].str("reference"), entries[entry].str("fullUrl"));
    }
}

#[test]
fn in_another_release_nothing_is_exported() {
    let mut bench = ready();
    bench.device = None;
    let mut configuration = common::configuration(bench.folder.path(), bench.authority.anchor());
    configuration.policy.fhir_version = FhirVersion::R5;
    let opening = Opening {
        data_folder: bench.folder.path().to_path_buf(),
        keystore: bench.keystore.clone(),
        configuration,
        clock: bench.clock.clock(),
    };
    bench.device = Some(Device::open(opening).unwrap());
    let refused = bench.device().export_subject(PARTICIPANT, &bench.staff).unwrap_err();
    assert_eq!(refused.code(), "subject-release");
    let events = bench.device().store().read(audit::all).unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.event.as_str(), last.detail.as_str()), ("subject.exportFailed", "subject-release"));
}
