//! A Bundle whose signature covers the Signature too, but for its `data`, as HL7's own example in XML has it: the token
//! brings no certificate and states its time in seconds. The fixtures are our own, made with OpenSSL's command line; the
//! one in XML is the one in JSON written again.

use crate::common;

use common::{assert_finding, finding, with};
use fhir::xml::from_xml;
use fhir::{Value, Version};
use seal::verify::{Aspect, Report, Trust, Verdict, verify_resource};
use seal::{Anchors, CertificateChain};

const JSON: &[u8] = include_bytes!("fixtures/bundle-signature-covered.json");
const XML: &[u8] = include_bytes!("fixtures/bundle-signature-covered.xml");

fn bundle() -> Value {
    Value::parse(JSON).unwrap()
}

fn verify(bundle: &Value) -> Report {
    let anchors = Anchors::from_pem(include_bytes!("fixtures/bundle-signature-covered-anchor.pem")).unwrap();
    let signer = include_bytes!("fixtures/bundle-signature-covered-signer.pem");
    let certificates = [CertificateChain::from_pem(signer).unwrap()];
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    verify_resource(bundle, &[], &Trust::new(Some(&anchors), at).with_certificates(&certificates))
}

/// The paths to every value that is no object or array.
fn leaves(value: &Value, path: &[String], found: &mut Vec<Vec<String>>) {
    let within = |name: String| path.iter().cloned().chain([name]).collect::<Vec<_>>();
    if let Some(members) = value.as_object() {
        members.iter().for_each(|(name, one)| leaves(one, &within(name.to_owned()), found));
    } else if let Some(elements) = value.as_array() {
        elements.iter().enumerate().for_each(|(at, one)| leaves(one, &within(at.to_string()), found));
    } else {
        found.push(path.to_vec());
    }
}

#[test]
fn it_verifies_from_json_and_from_xml_and_the_reading_is_named() {
    for bundle in [bundle(), from_xml(XML, Version::R4).unwrap()] {
        let report = verify(&bundle);
        assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
        let reason = &finding(&report, Aspect::Signature).reason;
        assert!(reason.contains("(RS256, RFC 8785, with Bundle.signature but for its data)"), "{reason}");
        assert_finding(&report, Aspect::Identity, Verdict::Valid, "trusted");
        assert_eq!(report.overall(), Verdict::Indeterminate);
    }
}

#[test]
fn no_altered_value_in_it_verifies() {
    let bundle = bundle();
    let mut paths = Vec::new();
    leaves(&bundle, &[], &mut paths);
    assert!(paths.len() > 20, "only {} values", paths.len());
    for path in paths {
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        // Nothing is left out of a form by altering its name.
        for other in [Value::from("2026-11-30T08:00:01Z"), Value::Null] {
            let report = verify(&with(&bundle, &path, other));
            assert_ne!(report.verdict(Aspect::Signature), Verdict::Valid, "{path:?}");
        }
    }
}

#[test]
fn nothing_can_be_added_to_it() {
    let bundle = bundle();
    let extension = || fhir::array![fhir::object! { "url" => "http://other", "valueString" => "x" }];
    for path in [
        &["extension"][..],
        &["meta"],
        &["_signature"],
        &["signature", "extension"],
        &["signature", "_data"],
        &["signature", "onBehalfOf"],
        &["entry", "0", "resource", "meta"],
        &["entry", "0", "resource", "data"],
    ] {
        let report = verify(&with(&bundle, path, extension()));
        assert_ne!(report.verdict(Aspect::Signature), Verdict::Valid, "{path:?}");
    }
}

/// What was signed in one reading is not valid in another: without its signature the Bundle is not what was signed.
#[test]
fn a_signature_over_one_reading_is_none_over_the_other() {
    let bundle = bundle();
    for name in ["type", "when", "who"] {
        let report = verify(&with(&bundle, &["signature", name], Value::Null));
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "signature-mismatch");
    }
    // A Bundle inside that is signed in this way is content like any other.
    let outer = fhir::object! {
        "resourceType" => "Bundle", "type" => "collection",
        "entry" => fhir::array![fhir::object! { "resource" => bundle.clone() }],
        "signature" => bundle.get("signature").unwrap().clone(),
    };
    assert_finding(&verify(&outer), Aspect::Signature, Verdict::Invalid, "signature-mismatch");
}

#[test]
fn a_certificate_without_key_usage_is_said_to_have_none() {
    let rsa = openssl::rsa::Rsa::generate(2048).unwrap();
    let key = openssl::pkey::PKey::from_rsa(rsa).unwrap();
    let certificates = [CertificateChain::from_ders(vec![common::self_issued(&key)]).unwrap()];
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    let report = verify_resource(&bundle(), &[], &Trust::new(None, at).with_certificates(&certificates));
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "key-usage");
    assert!(finding(&report, Aspect::Identity).reason.contains("it has no keyUsage"));
    // Nor did its key make the signature.
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "signature-mismatch");
}
