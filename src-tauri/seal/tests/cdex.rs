//! The capture signature under the profile `cdex`: what the patient stated is in the one signature that there is.

use crate::common;

use common::{Sealed, assert_finding, now, with};
use fhir::{Value, Version};
use seal::profile::CDEX;
use seal::testing;
use seal::verify::{Aspect, Report, Trust, Verdict, verify_response};

fn signed(sealed: &Sealed) -> Value {
    let (device, patient) = (testing::device(), testing::patient());
    let (response, statement) = (testing::response(), testing::statement());
    let at = testing::signed_at();
    seal::capture_cdex(&response, &statement, at, &device, &patient, &sealed.signer).unwrap()
}

fn verified(sealed: &Sealed, response: &Value, provenances: &[Value]) -> Report {
    verify_response(response, provenances, &Trust::new(Some(&sealed.anchors), now()).with_crls(&sealed.crls))
}

#[test]
fn the_one_signature_obeys_the_guide_and_says_what_the_patient_stated() {
    let sealed = Sealed::new();
    let response = signed(&sealed);
    assert_eq!(CDEX.violations(&response, Version::R4), []);
    let report = verified(&sealed, &response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "no-provenance-by-profile");
    assert_eq!(report.verdict(Aspect::Identity), Verdict::Valid);
    let [capture] = &report.signatures[..] else { panic!("one signature") };
    assert_eq!((capture.kind, capture.level), ("capture", Some("B")));
    // The guide has `sigT`, and so the level is that of the version that had it.
    let [note] = &report.notes[..] else { panic!("{:?}", report.notes) };
    assert!(note.contains("ETSI TS 119 182-1 v1.1.1; v1.2.1 needs iat"), "{note}");
    assert_eq!(capture.meaning.as_deref(), Some(testing::statement().meaning.as_str()));
}

#[test]
fn what_stands_around_the_one_signature_has_to_follow_from_it() {
    let sealed = Sealed::new();
    let response = signed(&sealed);
    let place = |name: &'static str| ["extension", "0", "valueSignature", name];
    let patient = testing::patient().to_reference().to_json();
    for (what, altered) in [
        ("who", with(&response, &place("who"), Value::Null)),
        ("onBehalfOf", with(&response, &place("onBehalfOf"), Value::Null)),
        ("when", with(&response, &place("when"), "2026-11-21T08:41:08Z")),
        ("targetFormat", with(&response, &place("targetFormat"), "application/fhir+json")),
        ("subject", with(&response, &["subject", "identifier", "value"], "014-0028")),
        ("language", with(&response, &["language"], "de")),
    ] {
        assert_eq!(verified(&sealed, &altered, &[]).overall(), Verdict::Invalid, "{what}");
    }
    assert!(response.to_json().contains(&patient), "it is signed on the patient's behalf");
}

#[test]
fn a_record_that_lost_its_provenance_does_not_pass_for_one_that_never_had_one() {
    let sealed = Sealed::new();
    let report = verified(&sealed, &sealed.response, &[]);
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "no-provenance");
    // Nor does the signature of the one serve as that of the other.
    let one = signed(&sealed);
    let signature = one.list("extension")[0].get("valueSignature").unwrap();
    let mut provenance = sealed.provenance.clone();
    provenance.as_object_mut().unwrap().insert("signature", vec![signature.clone()]);
    let report = verified(&sealed, &sealed.response, &[provenance]);
    assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid);
}
