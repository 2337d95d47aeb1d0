//! A record whose Provenance has an XML signature: five verdicts, as for any other.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::xml::FORM;
use common::xml_record::{altered, c14n, of_xml, own, signed_over, stated, verify, with_signature};
use common::{Sealed, assert_finding, from_base64};
use fhir::Version;
use seal::verify::{Aspect, Verdict};

#[test]
fn all_five_verdicts_are_valid_for_attestas_own() {
    let record = Sealed::new();
    let report = verify(&record, &record.response, &own(&record));
    assert_eq!(report.exit_code(), verify(&record, &record.response, &record.provenance).exit_code());
    for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Revocation, Aspect::Linkage] {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?} {:?}", report.signatures[1].verdicts);
    }
    let signature = &report.signatures[1];
    assert_eq!((signature.kind, signature.token, signature.level), ("persistence", Some("xml"), Some("B")));
    assert_eq!(signature.algorithm, Some("ecdsa-sha256"));
    assert!(signature.canonicalization.as_ref().unwrap().starts_with(FORM));
}

#[test]
fn altered_content_is_found() {
    let record = Sealed::new();
    let altered = altered(&record.response, |response| {
        response.insert("authored", "2026-11-21T09:40:59+01:00");
    });
    assert_finding(
        &verify(&record, &altered, &own(&record)),
        Aspect::Signature,
        Verdict::Invalid,
        "content-altered",
    );
}

#[test]
fn content_that_fhir_does_not_know_is_not_what_was_signed() {
    let record = Sealed::new();
    let altered = altered(&record.response, |response| {
        response.insert("unheardOf", true);
    });
    let report = verify(&record, &altered, &own(&record));
    assert_eq!(of_xml(&report), (Verdict::Invalid, "content-not-xml"));
}

#[test]
fn what_is_stated_is_compared_with_the_provenance() {
    let record = Sealed::new();
    let mut elsewhere = stated(&record.provenance);
    elsewhere.as_object_mut().unwrap().insert("target", "QuestionnaireResponse/r1/_history/9");
    let other = signed_over(&record, &c14n(&record.response, Version::R4), FORM, Some(&elsewhere));
    assert_finding(
        &verify(&record, &record.response, &other),
        Aspect::Linkage,
        Verdict::Invalid,
        "target-mismatch",
    );
}

#[test]
fn the_form_that_is_signed_is_the_form_that_is_named() {
    let record = Sealed::new();
    let xml = own(&record).list("signature")[0].str("data").map(from_base64).unwrap();
    let format = "application/fhir+xml;canonicalization=http://hl7.org/fhir/canonicalization/xml#data";
    let other = with_signature(&record.provenance, format, &String::from_utf8(xml).unwrap());
    let report = verify(&record, &record.response, &other);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "canonicalization-mismatch");
}

#[test]
fn another_systems_signature_verifies_in_each_form() {
    let record = Sealed::new();
    // R5 allows several identifiers, R4 one: each is XML in one release alone.
    let several = altered(&record.response, |response| {
        let identifier = response.get("identifier").unwrap().clone();
        response.insert("identifier", vec![identifier]);
    });
    for (version, response) in [(Version::R4, &record.response), (Version::R5, &several)] {
        for (fragment, left_out) in [
            ("", &[][..]),
            ("#data", &["text"]),
            ("#static", &["text", "meta"]),
            ("#document", &["id", "meta", "extension"]),
        ] {
            let covered = altered(response, |response| {
                for name in left_out {
                    response.remove(name);
                }
            });
            let form = format!("{FORM}{fragment}");
            let provenance = signed_over(&record, &c14n(&covered, version), &form, None);
            let report = verify(&record, response, &provenance);
            assert_eq!(of_xml(&report), (Verdict::Valid, "content-as-signed"), "{fragment} {version:?}");
            assert_eq!(report.signatures[1].kind, "foreign");
            let otherwise = altered(response, |response| {
                response.insert("status", "amended");
            });
            let report = verify(&record, &otherwise, &provenance);
            assert_eq!(of_xml(&report), (Verdict::Invalid, "signature-mismatch"), "{fragment} {version:?}");
        }
    }
}

#[test]
fn a_refused_signature_is_invalid_under_its_own_code() {
    let record = Sealed::new();
    let xml = own(&record).list("signature")[0].str("data").map(from_base64).unwrap();
    let xml = String::from_utf8(xml).unwrap().replace("#ecdsa-sha256", "#hmac-sha256");
    let provenance =
        with_signature(&record.provenance, &format!("application/fhir+xml;canonicalization={FORM}"), &xml);
    let report = verify(&record, &record.response, &provenance);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "algorithm-refused");
}
