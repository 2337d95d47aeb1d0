//! A record whose Provenance has an XML signature: five verdicts, as for any other.

use crate::common;

use common::xml::FORM;
use common::xml_record::{altered, c14n, of_xml, own, r5, signed_over, stated, verify, with_signature};
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
fn the_narrative_alone_is_what_the_narrative_form_covers() {
    let record = Sealed::new();
    let narrative = fhir::object! {
        "status" => "generated",
        "div" => "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Pain: 72.50</p></div>",
    };
    let response = altered(&record.response, |response| {
        response.insert("text", narrative.clone());
    });
    let covered =
        fhir::object! { "resourceType" => "QuestionnaireResponse", "id" => "r1", "text" => narrative };
    let form = format!("{FORM}#narrative");
    let provenance = signed_over(&record, &c14n(&covered, Version::R4), &form, None);
    assert_eq!(of_xml(&verify(&record, &response, &provenance)), (Verdict::Valid, "content-as-signed"));
    // What it does not cover may change, what it covers may not.
    let otherwise = altered(&response, |response| {
        response.insert("status", "amended");
    });
    assert_eq!(of_xml(&verify(&record, &otherwise, &provenance)), (Verdict::Valid, "content-as-signed"));
    let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Pain: 12.50</p></div>";
    let otherwise = common::with(&response, &["text", "div"], div);
    assert_eq!(of_xml(&verify(&record, &otherwise, &provenance)), (Verdict::Invalid, "signature-mismatch"));
}

#[test]
fn an_xml_signature_under_base_r5_gets_the_verdicts_of_its_jws() {
    let (record, xml) = r5();
    let report = verify(&record, &record.response, &xml);
    let by_jws = verify(&record, &record.response, &record.provenance);
    for (one, other) in report.verdicts.iter().zip(&by_jws.verdicts) {
        assert_eq!((one.name, one.verdict), (other.name, other.verdict), "{}", one.reason);
        assert_eq!(one.verdict, Verdict::Valid, "{}", one.reason);
    }
    assert_eq!((report.signatures[1].kind, report.signatures[1].token), ("persistence", Some("xml")));
    let profile = seal::profile::by_name("base-r5").unwrap();
    assert_eq!(profile.violations(&xml, Version::R5), []);
    let rules = |profile: &str, provenance: &fhir::Value| -> Vec<_> {
        let violations = seal::profile::by_name(profile).unwrap().violations(provenance, Version::R5);
        violations.iter().map(|one| one.rule).collect()
    };
    let json = common::with(&xml, &["signature", "0", "targetFormat"], "application/fhir+json");
    assert_eq!(rules("base-r5", &json), ["target-format"]);
    assert_eq!(rules("part11", &xml), ["target-format", "sig-format"], "part11 is signed as JWS alone");
    // Built around it, as around a JWS.
    let about = seal::profile::About {
        resource: &record.response,
        signature: &xml.list("signature")[0],
        version: Version::R5,
        transaction: None,
    };
    assert_eq!(profile.provenance(&about).unwrap(), xml);
    let otherwise = altered(&record.response, |response| {
        response.insert("status", "amended");
    });
    assert_eq!(of_xml(&verify(&record, &otherwise, &xml)).0, Verdict::Invalid);
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
