//! Whatever is changed after sealing is found, and the report says what.

use crate::common;

use common::{CAPTURE, PERSISTENCE, Sealed, assert_finding, finding, jws, with, with_jws};
use fhir::{Value, canonical, object};
use seal::testing::{self, TestAuthority};
use seal::verify::{Aspect, Report, Verdict};

#[track_caller]
fn assert_reason(report: &Report, aspect: Aspect, part: &str) {
    let reason = &finding(report, aspect).reason;
    assert!(reason.contains(part), "{reason:?} must mention {part:?}");
}

#[test]
fn a_changed_answer_is_found() {
    let sealed = Sealed::new();
    let path = ["item", "1", "answer", "0", "valueBoolean"];
    let report = sealed.verify_with(&with(&sealed.response, &path, false), &[&sealed.provenance]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn a_dropped_answer_is_found() {
    let sealed = Sealed::new();
    let mut response = sealed.response.clone();
    response.as_object_mut().unwrap().get_mut("item").unwrap().as_array_mut().unwrap().pop();
    let report = sealed.verify_with(&response, &[&sealed.provenance]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
}

#[test]
fn the_text_of_a_decimal_is_part_of_what_was_signed() {
    let sealed = Sealed::new();
    // RFC 8785 writes 72.50 and 72.5 alike, so the mathematics of the signature still holds.
    let path = ["item", "0", "answer", "0", "valueDecimal"];
    let altered = with(&sealed.response, &path, testing::number("72.5"));
    let report = sealed.verify_with(&altered, &[&sealed.provenance]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "value-text-altered");
}

#[test]
fn a_signature_made_over_number_text_verifies_in_the_second_form() {
    // A system that reads R4's canonical JSON literally keeps 72.50; the header then covers that text itself.
    let sealed = Sealed::new();
    let mut payload = sealed.response.clone();
    for name in ["id", "meta", "extension"] {
        payload.as_object_mut().unwrap().remove(name);
    }
    let header = common::header(&sealed.response, &CAPTURE).to_json();
    let jws = common::signed(&header, canonical::number_text(&payload).as_bytes(), &sealed.signer);
    let response = with_jws(&sealed.response, &CAPTURE, &jws);
    let report = sealed.verify_with(&response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_reason(&report, Aspect::Signature, "number text kept");
}

#[test]
fn a_number_that_cannot_be_signed_is_named() {
    let sealed = Sealed::new();
    let path = ["item", "0", "answer", "0", "valueDecimal"];
    let altered = with(&sealed.response, &path, testing::number("1e999"));
    let report = sealed.verify_with(&altered, &[&sealed.provenance]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "number-out-of-range");
    assert_reason(&report, Aspect::Signature, "item.0.answer.0.valueDecimal");
}

#[test]
fn each_element_of_the_capture_signature_is_checked_against_what_was_signed() {
    let sealed = Sealed::new();
    for (element, value) in [
        ("when", Value::from("2026-11-21T08:41:08Z")),
        ("sigFormat", "application/jws".into()),
        (
            "targetFormat",
            "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json".into(),
        ),
        ("onBehalfOf", testing::device().to_reference()),
        ("who", testing::patient().to_reference()),
        ("extra", "x".into()),
        (
            "type",
            fhir::array![object! {
                "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.1", "display" => "Author's Signature"
            }],
        ),
    ] {
        let path: Vec<_> = CAPTURE.into_iter().chain([element]).collect();
        let report = sealed.verify_with(&with(&sealed.response, &path, value), &[]);
        assert_eq!(report.exit_code(), 1, "{element} was changed: {:?}", report.verdicts);
    }
}

#[test]
fn each_element_of_the_provenance_is_checked_against_what_was_signed() {
    let sealed = Sealed::new();
    let coding = |code: &str| {
        object! { "coding" => fhir::array![object! {
            "system" => "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code" => code
        }] }
    };
    let cases: [(&[&str], Value, &str); 8] = [
        (&["recorded"], "2026-11-21T08:42:08Z".into(), "Provenance.recorded"),
        (&["occurredDateTime"], "2026-11-20T08:42:07Z".into(), "Provenance.occurred"),
        (&["activity"], coding("UPDATE"), "Provenance.activity.coding[0].code"),
        (&["agent", "0", "who", "reference"], "Patient/other".into(), "Provenance.agent[0].who.reference"),
        (&["agent", "1", "who", "reference"], "Device/other".into(), "Provenance.agent[1].who.reference"),
        (
            &["agent", "1", "type", "coding", "1", "code"],
            "00".into(),
            "Provenance.agent[1].type.coding[1].code",
        ),
        (&["agent", "1", "onBehalfOf", "identifier", "value"], "x".into(), "Provenance.agent[1].onBehalfOf"),
        (&["location"], object! { "reference" => "Location/1" }, "Provenance.location is not covered"),
    ];
    for (path, value, named) in cases {
        let report = sealed.verify_with(&sealed.response, &[&with(&sealed.provenance, path, value)]);
        assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-mismatch");
        assert_reason(&report, Aspect::Linkage, named);
        assert_eq!(
            report.verdict(Aspect::Signature),
            Verdict::Valid,
            "{named}: the content itself is as signed"
        );
    }
}

#[test]
fn a_provenance_that_names_another_device_throughout_is_refused() {
    let sealed = Sealed::new();
    let mut provenance = with(&sealed.provenance, &["agent", "1", "who", "reference"], "Device/other");
    provenance = with(&provenance, &["signature", "0", "who", "reference"], "Device/other");
    let report = sealed.verify_with(&sealed.response, &[&provenance]);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "device-mismatch");
}

#[test]
fn a_provenance_for_another_version_or_resource_is_refused() {
    let sealed = Sealed::new();
    for target in [
        "QuestionnaireResponse/r1/_history/2",
        "QuestionnaireResponse/r2/_history/1",
        "QuestionnaireResponse/r1",
    ] {
        let moved = with(&sealed.provenance, &["target", "0", "reference"], target);
        let report = sealed.verify_with(&sealed.response, &[&moved]);
        assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid, "{target}");
    }
    let elsewhere = with(&sealed.response, &["id"], "r2");
    let moved =
        with(&sealed.provenance, &["target", "0", "reference"], "QuestionnaireResponse/r2/_history/1");
    let report = sealed.verify_with(&elsewhere, &[&moved]);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "target-mismatch");
    assert_eq!(
        report.verdict(Aspect::Signature),
        Verdict::Invalid,
        "id is covered by the persistence signature"
    );
}

#[test]
fn a_signature_transplanted_from_another_response_is_refused() {
    let sealed = Sealed::new();
    let path = ["identifier", "value"];
    let other = with(&testing::response(), &path, "urn:uuid:ffffffff-4c52-4a5e-8d7e-6a2f9a1f0c11");
    let other = testing::returned(&common::captured(&other, &testing::statement(), &sealed.signer));
    let transplanted = with_jws(&sealed.response, &CAPTURE, &jws(&other, &CAPTURE));
    let report = sealed.verify_with(&transplanted, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
}

#[test]
fn capture_and_persistence_signatures_cannot_stand_in_for_each_other() {
    let sealed = Sealed::new();
    let capture = common::at(&sealed.response, &CAPTURE);
    let swapped = with(&sealed.provenance, &PERSISTENCE, capture);
    let report = sealed.verify_with(&sealed.response, &[&swapped]);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "wrong-purpose");
    let persistence = common::at(&sealed.provenance, &PERSISTENCE);
    let report = sealed.verify_with(&with(&sealed.response, &CAPTURE, persistence), &[]);
    assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid);
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn another_subject_is_found_although_the_signature_fits() {
    let sealed = Sealed::new();
    let mut statement = testing::statement();
    statement.subject_id = "014-0031".to_owned();
    let report = sealed.verify_with(
        &common::recaptured(&sealed, |header| {
            common::qualifier(header).insert("subjectId", "014-0031");
        }),
        &[],
    );
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "subject-mismatch");
    let error = seal::capture(
        &testing::response(),
        &statement,
        testing::signed_at(),
        &testing::device(),
        &testing::patient(),
        &sealed.signer,
    );
    assert_eq!(error.unwrap_err().code(), "response-incomplete", "the device does not even sign it");
}

/// A changed record is invalid; where the change leaves a header without `x5c`, and so no key to ask, it is at least not
/// valid.
fn is_refused(report: &seal::verify::Report) -> bool {
    let mut found = report.signatures.iter().flat_map(|one| &one.verdicts);
    match report.exit_code() {
        1 => true,
        0 => false,
        _ => found.any(|one| one.code == "certificate-missing"),
    }
}

#[test]
fn no_changed_byte_of_a_sealed_response_ever_verifies() {
    let sealed = Sealed::new();
    let text = sealed.response.to_json().into_bytes();
    let same = canonical::number_text(&sealed.response);
    let mut refused = 0;
    for index in 0..text.len() {
        let mut changed = text.clone();
        changed[index] ^= 1;
        let Ok(value) = Value::parse(&changed) else { continue };
        if canonical::number_text(&value) == same {
            continue;
        }
        refused += 1;
        let report = common::verify_quickly(&value, std::slice::from_ref(&sealed.provenance));
        assert!(
            is_refused(&report),
            "byte {index} ({:?}) was changed: {:?}",
            String::from_utf8_lossy(&changed[index.saturating_sub(20)..(index + 5).min(changed.len())]),
            report.verdicts
        );
    }
    assert!(refused > text.len() / 2, "most changed bytes leave JSON that has to be verified");
}

#[test]
fn no_changed_byte_of_a_provenance_ever_verifies() {
    let sealed = Sealed::new();
    let text = sealed.provenance.to_json().into_bytes();
    for index in 0..text.len() {
        let mut changed = text.clone();
        changed[index] ^= 1;
        let Ok(value) = Value::parse(&changed) else { continue };
        let report = common::verify_quickly(&sealed.response, &[value]);
        assert!(is_refused(&report), "byte {index} was changed: {:?}", report.verdicts);
    }
}

#[test]
fn no_changed_byte_of_a_jws_ever_verifies() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE).into_bytes();
    for index in 0..compact.len() {
        let mut changed = compact.clone();
        // The last bit alone, or the case of a letter: the smallest changes.
        changed[index] ^= if index % 2 == 0 { 0x01 } else { 0x20 };
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let report = common::verify_quickly(&with_jws(&sealed.response, &CAPTURE, &changed), &[]);
        assert!(is_refused(&report), "character {index} was changed");
        assert_ne!(report.verdict(Aspect::Signature), Verdict::Valid, "character {index} was changed");
    }
}

#[test]
fn a_self_consistent_forgery_with_its_own_authority_is_refused() {
    // Same names, same device identifier, everything fits: only the anchor is not one that we trust.
    let forged =
        Sealed::by(TestAuthority::new(90), TestAuthority::new(90).signer(7, testing::DEVICE_IDENTIFIER));
    assert_eq!(forged.verify().exit_code(), 0, "consistent in itself");
    let ours = TestAuthority::new(40).anchors();
    let crls = forged.crls.clone();
    let trust = seal::verify::Trust::new(Some(&ours), common::now()).with_crls(&crls);
    let report =
        seal::verify::verify_response(&forged.response, std::slice::from_ref(&forged.provenance), &trust);
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn a_forgery_that_carries_its_own_root_in_x5c_is_refused() {
    let authority = TestAuthority::new(90);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let mut ders: Vec<_> = seal::Signer::chain(&signer).ders().map(<[u8]>::to_vec).collect();
    ders.push(authority.root.certificate_der().to_vec());
    let signer = signer.with_chain(seal::CertificateChain::from_ders(ders).unwrap());
    let forged = Sealed::by(authority, signer);
    let ours = TestAuthority::new(40).anchors();
    let trust = seal::verify::Trust::new(Some(&ours), common::now());
    let report =
        seal::verify::verify_response(&forged.response, std::slice::from_ref(&forged.provenance), &trust);
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
}

#[test]
fn another_device_of_the_same_authority_cannot_seal_for_this_one() {
    let authority = TestAuthority::new(40);
    let other = authority.signer(9, "urn:uuid:00000000-2c1b-4d7c-9a53-5d0c1b1f2a10");
    let sealed = Sealed::new();
    let payload = common::capture_payload(&sealed.response);
    let mut header = common::header(&sealed.response, &CAPTURE);
    let chain = seal::Signer::chain(&other);
    let x5c: Vec<Value> = chain.ders().map(|der| common::base64(der).into()).collect();
    header.as_object_mut().unwrap().insert("x5c", x5c);
    header.as_object_mut().unwrap().insert("x5t#S256", chain.x5t_s256());
    let jws = common::signed(&header.to_json(), &payload, &other);
    let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &jws), &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "other-signer");
}

#[test]
fn a_response_without_any_signature_is_invalid() {
    let sealed = Sealed::new();
    let report = sealed.verify_with(&testing::returned(&testing::response()), &[&sealed.provenance]);
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
    assert_reason(&report, Aspect::Signature, "carries no signature");
}
