//! A faithful record verifies; without proof it is indeterminate.

use crate::common;

use common::{Sealed, assert_finding, finding, now, with};
use seal::Signer as _;
use seal::testing::{self, TestAuthority};
use seal::verify::{Aspect, Trust, Verdict, verify_response};

#[test]
fn a_sealed_and_proven_record_is_valid_under_all_five_aspects() {
    let report = Sealed::new().verify();
    for aspect in Aspect::ALL {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {}", finding(&report, aspect).reason);
    }
    assert_eq!(report.exit_code(), 0);
    let kinds: Vec<_> = report.signatures.iter().map(|signature| signature.kind).collect();
    assert_eq!(kinds, ["capture", "persistence"]);
    let capture = &report.signatures[0];
    assert_eq!(capture.printed_name.as_deref(), Some("014-0027"));
    assert_eq!(capture.signed_at.as_deref(), Some("2026-11-21T09:41:07+01:00"));
    assert_eq!(capture.who.as_deref(), Some(testing::DEVICE_IDENTIFIER));
    assert!(finding(&report, Aspect::Time).reason.contains("claimed by the device"));
}

#[test]
fn without_anchors_identity_and_revocation_are_indeterminate() {
    let sealed = Sealed::new();
    let trust = Trust::new(None, now()).with_crls(&sealed.crls);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Identity, Verdict::Indeterminate, "no-anchors");
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "not-checked");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn without_a_revocation_list_revocation_is_indeterminate() {
    let sealed = Sealed::new();
    let trust = Trust::new(Some(&sealed.anchors), now());
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    let only_root = sealed.crls[..1].to_vec();
    let trust = trust.with_crls(&only_root);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
}

#[test]
fn without_a_provenance_the_linkage_is_indeterminate() {
    let sealed = Sealed::new();
    let report = sealed.verify_with(&sealed.response, &[]);
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "no-provenance");
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn the_order_of_members_and_white_space_do_not_matter() {
    let sealed = Sealed::new();
    let canonical = fhir::canonical::number_text(&sealed.response);
    let reordered = fhir::Value::parse(canonical.as_bytes()).unwrap();
    assert_eq!(sealed.verify_with(&reordered, &[&sealed.provenance]).exit_code(), 0);
}

#[test]
fn the_servers_own_id_and_meta_on_the_provenance_do_not_matter() {
    let sealed = Sealed::new();
    let provenance = with(&sealed.provenance, &["id"], "p1");
    let meta = fhir::object! { "versionId" => "1", "lastUpdated" => "2026-11-21T08:42:30Z" };
    let provenance = with(&provenance, &["meta"], meta);
    assert_eq!(sealed.verify_with(&sealed.response, &[&provenance]).exit_code(), 0);
}

#[test]
fn a_label_added_to_meta_later_leaves_the_content_intact_and_the_linkage_indeterminate() {
    let sealed = Sealed::new();
    let labels = fhir::array![fhir::object! { "system" => "https://study.example", "code" => "reviewed" }];
    let labelled = with(&sealed.response, &["meta", "tag"], labels);
    let report = sealed.verify_with(&labelled, &[&sealed.provenance]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "labels-added");
}

#[test]
fn a_record_stays_valid_after_its_certificate_has_expired() {
    let sealed = Sealed::new();
    let trust = Trust::new(Some(&sealed.anchors), testing::days(3000)).with_crls(&sealed.crls);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_eq!(report.exit_code(), 0, "{:?}", report.verdicts);
}

#[test]
fn a_renewed_certificate_of_the_same_device_proves_what_the_earlier_one_captured() {
    let authority = TestAuthority::new(40);
    let earlier = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let renewed = authority.signer(8, testing::DEVICE_IDENTIFIER);
    let response =
        testing::returned(&common::captured(&testing::response(), &testing::statement(), &earlier));
    let provenance = common::proven(&response, &renewed);
    assert_eq!(provenance.list("agent").len(), 3, "the author and one Device agent for each certificate");
    let sealed = Sealed { response, provenance, ..Sealed::by(authority, earlier) };
    assert_eq!(sealed.verify().exit_code(), 0, "{:?}", sealed.verify().verdicts);
}

#[test]
fn an_update_names_the_version_that_it_follows() {
    let sealed = Sealed::new();
    let second = with(&sealed.response, &["meta", "versionId"], "2");
    let activity = seal::Activity::Update { revision_of: common::TARGET.to_owned() };
    let target = "QuestionnaireResponse/r1/_history/2";
    let signature = seal::persistence(
        &second,
        target,
        &activity,
        common::persisted_at(),
        &testing::device(),
        "Attesta 0.1.0",
        &sealed.signer,
    )
    .unwrap();
    let provenance = seal::provenance(&second, &signature).unwrap();
    let report = sealed.verify_with(&second, &[&sealed.provenance, &provenance]);
    assert_eq!(report.exit_code(), 0, "{:?}", report.verdicts);
    assert_eq!(report.notes.len(), 1, "the Provenance of the first version is mentioned");
    let entity = provenance.get("entity").unwrap().at(0).unwrap();
    assert_eq!(entity.str("role"), Some("revision"));
}

#[test]
fn the_questionnaire_that_was_answered_can_be_compared() {
    let sealed = Sealed::new();
    let other = fhir::object! { "resourceType" => "Questionnaire" };
    let trust = sealed.trust().with_questionnaire(&other);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "questionnaire-mismatch");
}

#[test]
fn a_devices_own_certificate_is_no_anchor() {
    let signer = TestAuthority::new(1).signer(9, &testing::device().identifier_value);
    let error = seal::Anchors::from_pem(signer.chain().to_pem().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("not the certificate of an authority"), "{error}");
}
