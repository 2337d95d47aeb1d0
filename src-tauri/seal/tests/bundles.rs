//! A Bundle that was signed for transmission: what is kept, what is refused, and why.

use crate::common;

use common::transmitted::{HOSPITAL, bundle, entry, hospital, signed, signed_by, two_parents};
use common::{now, with};
use fhir::{Value, array, object};
use seal::Party;
use seal::iehr::PROVENANCE_EXTENSION;
use seal::testing::{self, TestAuthority};
use seal::verify::{Aspect, BundleReport, Trust, Verdict, verify_bundle};

fn verify(bundle: &Value) -> BundleReport {
    let authority = TestAuthority::new(40);
    let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
    verify_bundle(bundle, &Trust::new(Some(&anchors), now()).with_crls(&crls)).unwrap()
}

fn code<'r>(report: &'r BundleReport, reference: &str) -> Option<&'r str> {
    report.refused.iter().find(|one| one.reference == reference).map(|one| one.code)
}

/// What happens to the two parents when the first one's Provenance (entry 5) is changed like this.
fn with_provenance(path: &[&str], new: impl Into<Value>) -> BundleReport {
    let path: Vec<&str> = ["entry", "5", "resource"].into_iter().chain(path.iter().copied()).collect();
    verify(&with(&signed(&two_parents()), &path, new))
}

#[test]
fn a_signed_bundle_is_valid_and_its_children_are_reported_as_not_covered() {
    let report = verify(&signed(&two_parents()));
    assert_eq!(report.overall(), Verdict::Valid, "{report:?}");
    let covered: Vec<_> =
        report.kept.iter().filter(|one| one.covered).map(|one| one.reference.as_str()).collect();
    assert_eq!(covered, ["Composition/a", "Composition/b"]);
    assert_eq!(report.reports.len(), 2);
    assert!(report.notes[0].starts_with("3 kept resources"), "{:?}", report.notes);
    assert_eq!(report.reports[0].report.signatures[0].token, Some("jws-compact"));
}

#[test]
fn an_altered_parent_takes_its_children_along_even_the_shared_one() {
    let altered = with(&signed(&two_parents()), &["entry", "0", "resource", "status"], "final");
    let report = verify(&altered);
    assert_eq!(code(&report, "Composition/a"), Some("content-altered"));
    assert_eq!(code(&report, "Observation/a"), Some("parent-refused"));
    assert_eq!(code(&report, "Patient/p"), Some("parent-refused"), "a child of any refused parent");
    assert_eq!(code(&report, "Provenance/00000000-0000-4000-8000-000000000001"), Some("target-refused"));
    let kept: Vec<_> = report.kept.iter().map(|one| one.reference.as_str()).collect();
    assert_eq!(kept, ["Composition/b", "Observation/b", "Provenance/00000000-0000-4000-8000-000000000002"]);
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn an_altered_child_is_kept_as_not_covered() {
    let report = verify(&with(&signed(&two_parents()), &["entry", "2", "resource", "status"], "final"));
    assert!(report.refused.is_empty());
    assert!(!report.kept[2].covered);
}

#[test]
fn a_child_that_claims_another_parent_saves_neither_itself_nor_that_one() {
    let whole = signed(&two_parents());
    let other = array![object! { "reference" => "Composition/b" }];
    let claimed = with(&whole, &["entry", "2", "resource", "note"], other);
    let extension = common::at(&whole, &["entry", "1", "resource", "extension"]).clone();
    let claimed = with(&claimed, &["entry", "2", "resource", "extension"], extension);

    // The child of a refused parent names the other one, and its Provenance.
    let report = verify(&with(&claimed, &["entry", "0", "resource", "status"], "final"));
    assert_eq!(code(&report, "Composition/a"), Some("content-altered"));
    assert_eq!(code(&report, "Observation/a"), Some("parent-refused"));
    // What a refused parent reaches is refused with it; the other parent is whole and still held to its signature.
    assert_eq!(code(&report, "Composition/b"), Some("parent-refused"));
    let other = report.reports.iter().find(|one| one.reference == "Composition/b").unwrap();
    assert_eq!(other.report.overall(), Verdict::Valid);

    // Only the other parent is altered, which the reference would make a child.
    let report = verify(&with(&claimed, &["entry", "1", "resource", "status"], "final"));
    assert_eq!(code(&report, "Composition/b"), Some("content-altered"));
    assert_eq!(code(&report, "Composition/a"), None);
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn a_missing_or_a_second_provenance_is_refused() {
    let whole = signed(&two_parents());
    let mut without = whole.clone();
    let entries = without.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    let provenance = entries.remove(5);
    assert_eq!(code(&verify(&without), "Composition/a"), Some("provenance-missing"));

    let mut twice = whole.clone();
    let entries = twice.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    let other = with(&provenance, &["resource", "id"], "other");
    entries.push(with(&other, &["fullUrl"], "https://hospital.example/fhir/Provenance/other"));
    assert_eq!(code(&verify(&twice), "Composition/a"), Some("provenance-duplicate"));

    let mut same = whole;
    let entries = same.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    entries.push(provenance);
    assert_eq!(code(&verify(&same), "Composition/a"), Some("provenance-duplicate"));
    assert_eq!(code(&verify(&two_parents()), "Composition/a"), Some("provenance-missing"));
}

#[test]
fn the_closed_shape_of_the_provenance_is_checked() {
    let target = || object! { "reference" => "Composition/a" };
    let other = || object! { "reference" => "Composition/b" };
    for (path, new, expected) in [
        (vec!["target"], array![target(), other()], "provenance-wrong"),
        (vec!["target"], array![other()], "provenance-elsewhere"),
        (vec!["agent"], array![], "provenance-wrong"),
        (vec!["signature"], array![], "provenance-wrong"),
        (vec!["signature", "0", "targetFormat"], "application/fhir+json".into(), "provenance-wrong"),
        (vec!["signature", "0", "onBehalfOf"], hospital().to_reference(), "provenance-wrong"),
        (vec!["signature", "0", "who"], testing::patient().to_reference(), "provenance-wrong"),
        (vec!["agent", "0", "who"], testing::device().to_reference(), "provenance-wrong"),
        (vec!["signature", "0", "when"], "2026-11-21T08:41:08Z".into(), "when-mismatch"),
    ] {
        let report = with_provenance(&path, new);
        assert_eq!(code(&report, "Composition/a"), Some(expected), "{path:?}");
        // A Provenance that was turned to the other parent makes that one's ambiguous.
        let turned = (path == ["target"]).then_some("provenance-duplicate");
        assert_eq!(code(&report, "Composition/b"), turned, "{path:?}");
    }
}

#[test]
fn another_custodian_than_the_certificates_is_refused() {
    let other = Party { identifier_value: "urn:oid:2.16.840.1.113883.3.9999.15".to_owned(), ..hospital() };
    let whole = signed(&two_parents());
    let whole = with(&whole, &["entry", "5", "resource", "agent", "1", "who"], other.to_reference());
    let whole = with(&whole, &["entry", "5", "resource", "signature", "0", "who"], other.to_reference());
    assert_eq!(code(&verify(&whole), "Composition/a"), Some("other-signer"));
}

#[test]
fn a_device_alone_can_neither_sign_nor_be_believed() {
    let device = TestAuthority::new(40).signer(7, testing::DEVICE_IDENTIFIER);
    assert!(signed_by(&two_parents(), &hospital(), &device).is_err());
    // The device signs in its own name, and the Provenance is then put in the hospital's.
    let posing = Party { identifier_value: testing::DEVICE_IDENTIFIER.to_owned(), ..hospital() };
    let posed = signed_by(&two_parents(), &posing, &device).unwrap();
    let posed = with(&posed, &["entry", "5", "resource", "agent", "1", "who"], hospital().to_reference());
    let posed = with(&posed, &["entry", "5", "resource", "signature", "0", "who"], hospital().to_reference());
    assert_eq!(code(&verify(&posed), "Composition/a"), Some("other-signer"));
}

#[test]
fn a_transplanted_signature_is_refused() {
    let whole = signed(&two_parents());
    let taken = common::at(&whole, &["entry", "6", "resource", "signature"]).clone();
    let report = with_provenance(&["signature"], taken);
    assert_eq!(code(&report, "Composition/a"), Some("content-altered"));
}

#[test]
fn in_a_cycle_each_is_signed_and_one_bad_one_takes_the_ring_along() {
    let ring =
        bundle(vec![entry("Observation/1", &["Observation/2"]), entry("Observation/2", &["Observation/1"])]);
    let whole = signed(&ring);
    assert_eq!(whole.list("entry").len(), 4);
    assert_eq!(verify(&whole).overall(), Verdict::Valid);
    let report = verify(&with(&whole, &["entry", "0", "resource", "status"], "final"));
    assert_eq!(code(&report, "Observation/2"), Some("parent-refused"));
}

#[test]
fn without_anchors_nothing_is_refused_and_nothing_is_proven() {
    let report = verify_bundle(&signed(&two_parents()), &Trust::new(None, now())).unwrap();
    assert!(report.refused.is_empty());
    assert_eq!(report.overall(), Verdict::Indeterminate);
    assert_eq!(report.reports[0].report.verdict(Aspect::Identity), Verdict::Indeterminate);
}

#[test]
fn what_is_signed_already_is_not_signed_again() {
    let whole = signed(&two_parents());
    let error = signed_by(&whole, &hospital(), &TestAuthority::new(40).signer(9, HOSPITAL)).unwrap_err();
    assert_eq!(error.code(), "bundle-unusable");
    let extension = common::at(&whole, &["entry", "0", "resource", "extension", "0"]);
    assert_eq!(extension.str("url"), Some(PROVENANCE_EXTENSION));
}

#[test]
fn ten_thousand_children_of_one_refused_parent_are_refused_with_it() {
    let names: Vec<String> = (0..10_000).map(|n| format!("Observation/{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut entries = vec![entry("Composition/a", &names)];
    entries.extend(names.iter().map(|name| entry(name, &["Composition/elsewhere"])));
    let whole = signed(&bundle(entries));
    assert_eq!(verify(&whole).refused.len(), 0);
    let report = verify(&with(&whole, &["entry", "0", "resource", "status"], "final"));
    assert_eq!(report.refused.len(), 10_002);
}
