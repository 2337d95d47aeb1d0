//! A study under the profile `cdex`: the signature in the response alone, delivered to a real practice server.

use crate::common;
use crate::common::site;

use device::delivery::timeline;
use device::store::evidence::Level;
use device::{Error, FhirVersion, Policy, ProvenanceProfile};
use fhir::{Value, Version};
use seal::export::check;
use seal::profile::CDEX;
use seal::verify::{Aspect, Verdict};
use site::{Site, everything};

fn cdex(policy: Policy) -> Policy {
    Policy { provenance_profile: ProvenanceProfile::Cdex, ..policy }
}

#[test]
fn a_record_under_cdex_is_delivered_compared_and_exported_without_a_provenance() {
    let mut site = Site::start(|_| cdex(Policy::default()));
    site.delivered();
    let stored = |kind| practice::storage::read_all(site.server_data.path(), kind).unwrap();
    assert!(stored("Provenance").is_empty(), "the profile has none");
    assert_eq!(stored("DocumentReference").len(), 1, "the certificate is published all the same");
    let [(_, 1, kept)] = &stored("QuestionnaireResponse")[..] else { panic!("one version") };
    let kept = kept.clone();
    let response = Value::parse(kept.as_bytes()).unwrap();
    assert_eq!(CDEX.violations(&response, Version::R4), []);
    let kinds: Vec<_> =
        timeline(site.device.store(), &site.record).unwrap().iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["signed", "sent", "kept", "compared", "delivered"]);

    let (files, report) = site.exported();
    let file = |name: &str| files.iter().find(|(other, _)| other == name).map(|(_, bytes)| bytes.as_slice());
    assert_eq!(file("response.json"), Some(kept.as_bytes()), "what the server keeps");
    assert_eq!(file("provenance.json"), None);
    let readme = String::from_utf8(file("README.txt").unwrap().to_vec()).unwrap();
    assert!(readme.contains("not here: none was made"), "{readme}");
    let trail = Value::parse(file("audit-trail.json").unwrap()).unwrap();
    assert_eq!(trail.str("state"), Some("done"));
    for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Time] {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {:#?}", report.verdicts);
    }
    let linkage: Vec<_> = report.verdicts.iter().filter(|one| one.name == Aspect::Linkage).collect();
    let [linkage] = linkage[..] else { panic!("{linkage:?}") };
    assert_eq!((linkage.verdict, linkage.code), (Verdict::Indeterminate, "no-provenance-by-profile"));
    let [capture, _manifest] = &report.signatures[..] else { panic!("{:?}", report.signatures) };
    assert_eq!(capture.kind, "capture");
    assert_eq!(
        capture.meaning.as_deref(),
        Some("These are my answers."),
        "what the patient stated is signed"
    );

    let mut altered = files.clone();
    let content = &mut altered.iter_mut().find(|(name, _)| name == "response.json").unwrap().1;
    let text = String::from_utf8(content.clone()).unwrap();
    assert!(text.contains("Several days"), "the answer is there");
    *content = text.replace("Several days", "Not at all").into_bytes();
    let now = jiff::Timestamp::now();
    assert_eq!(check(&altered, Some(&site.anchors), now).verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn a_record_under_cdex_takes_time_stamps_and_revocation_values() {
    let mut site = Site::start(|root| cdex(everything(root)));
    site.delivered();
    site.evidence_at(Level::Lt);
    let (_, report) = site.exported();
    for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Revocation, Aspect::Time] {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {:#?}", report.verdicts);
    }
    let capture = report.signatures.iter().find(|one| one.kind == "capture").unwrap();
    assert_eq!(capture.level, Some("LT"));
}

#[test]
fn cdex_in_r5_is_refused_when_the_device_opens_and_says_what_to_choose() {
    let bench = common::Bench::without_enrolment();
    let configuration = |policy| device::Configuration {
        policy,
        ..common::configuration(bench.folder.path(), bench.authority.anchor())
    };
    let refused = configuration(cdex(Policy { fhir_version: FhirVersion::R5, ..Policy::default() })).check();
    let Err(Error::Configuration(reason)) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("policy.provenanceProfile") && reason.contains("5.0.0"), "{reason}");
    assert!(reason.contains("part11"), "{reason}");
    let base = Policy { provenance_profile: ProvenanceProfile::BaseR5, ..Policy::default() };
    assert!(configuration(base).check().is_err(), "the shape of R5 in R4");
    configuration(cdex(Policy::default())).check().unwrap();

    let folder = tempfile::TempDir::new().unwrap();
    let opened = device::Device::open(device::Opening {
        data_folder: folder.path().to_path_buf(),
        keystore: bench.keystore.clone(),
        configuration: configuration(cdex(Policy { fhir_version: FhirVersion::R5, ..Policy::default() })),
        clock: bench.clock.clock(),
    });
    assert_eq!(opened.err().map(|error| error.code()), Some("configuration"));
    assert!(!folder.path().join("attesta.db").exists(), "nothing is written under it");
}
