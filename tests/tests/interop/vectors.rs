//! Published vectors, which are other people's and not kept here: `ATTESTA_VECTORS` names their folder
//! (tests/interop/README.md says what it holds). Where it names none, that is said here and at the end of `scripts/test`.

#[path = "../../../src-tauri/seal/tests/common/es256.rs"]
mod es256;

use std::path::PathBuf;

use attesta_tests::interop::report_not_run;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fhir::{Value, Version};
use seal::verify::{Aspect, Finding, Report, Trust, Verdict, verify_resource};
use seal::{Anchors, CertificateChain};

/// One of the vectors; `None` where no folder is named. A folder without it is a mistake.
fn vector(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("ATTESTA_VECTORS").filter(|folder| !folder.is_empty()) else {
        report_not_run(&format!("the vector {name}"), "ATTESTA_VECTORS names no folder of vectors");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn json(name: &str) -> Option<Value> {
    vector(name).map(|bytes| Value::parse(&bytes).unwrap())
}

fn bundle_in_json() -> Option<Value> {
    json("signed/hl7-bundle-signed-good.json")
}

/// The certificate in the token of the example in JSON; the same signer made the one in XML, without it.
fn signer(bundle: &Value) -> CertificateChain {
    let data = bundle.get("signature").and_then(|signature| signature.str("data")).unwrap();
    let jws = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next().unwrap()).unwrap();
    let header = Value::parse(&header).unwrap();
    let ders = header.list("x5c").iter().map(|one| STANDARD.decode(one.as_str().unwrap()).unwrap());
    CertificateChain::from_ders(ders.collect()).unwrap()
}

fn verify(resource: &Value, anchors: Option<&Anchors>, certificates: &[CertificateChain]) -> Report {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    verify_resource(resource, &[], &Trust::new(anchors, at).with_certificates(certificates))
}

/// Anchors of our own: none of the signers is under them.
fn anchors() -> Anchors {
    seal::testing::TestAuthority::new(40).anchors()
}

#[track_caller]
fn found(report: &Report, aspect: Aspect, verdict: Verdict, code: &str) -> Finding {
    let finding = report.verdicts.iter().find(|finding| finding.name == aspect).unwrap();
    assert_eq!((finding.verdict, finding.code), (verdict, code), "{}", finding.reason);
    finding.clone()
}

#[track_caller]
fn as_signed(report: &Report, reading: &str) {
    let finding = found(report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert!(finding.reason.contains(reading), "{}", finding.reason);
}

/// The signature holds; its certificate is an authority's and may not sign, whoever is trusted.
#[track_caller]
fn by_an_authority(report: &Report) {
    let finding = found(report, Aspect::Identity, Verdict::Invalid, "authority");
    for reason in ["is an authority's, not a signer's", "may not be used for signatures"] {
        assert!(finding.reason.contains(reason), "{}", finding.reason);
    }
}

#[track_caller]
fn altered(bundle: &Value, path: &[&str], certificates: &[CertificateChain]) {
    let mut other = bundle.clone();
    let (last, parents) = path.split_last().unwrap();
    let mut at = &mut other;
    for step in parents {
        at = match step.parse::<usize>() {
            Ok(index) => &mut at.as_array_mut().unwrap()[index],
            Err(_) => at.as_object_mut().unwrap().get_mut(step).unwrap(),
        };
    }
    at.as_object_mut().unwrap().insert(*last, "2025-01-01T00:00:00Z");
    let report = verify(&other, None, certificates);
    found(&report, Aspect::Signature, Verdict::Invalid, "signature-mismatch");
}

#[test]
fn hl7s_signed_bundle_in_json() {
    let Some(bundle) = bundle_in_json() else { return };
    for anchors in [None, Some(anchors())] {
        let report = verify(&bundle, anchors.as_ref(), &[]);
        as_signed(&report, "(RS256, RFC 8785, without Bundle.signature)");
        by_an_authority(&report);
    }
    altered(&bundle, &["timestamp"], &[]);
    altered(&bundle, &["entry", "0", "resource", "status"], &[]);
}

#[test]
fn hl7s_signed_bundle_in_xml() {
    let Some(xml) = vector("signed/hl7-bundle-signed-good.xml") else { return };
    let bundle = fhir::xml::from_xml(&xml, Version::R4).unwrap();
    let report = verify(&bundle, None, &[]);
    found(&report, Aspect::Signature, Verdict::Indeterminate, "certificate-missing");
    let certificates = [signer(&bundle_in_json().unwrap())];
    for anchors in [None, Some(anchors())] {
        let report = verify(&bundle, anchors.as_ref(), &certificates);
        as_signed(&report, "(RS256, RFC 8785, with Bundle.signature but for its data)");
        by_an_authority(&report);
    }
    altered(&bundle, &["timestamp"], &certificates);
    altered(&bundle, &["signature", "who", "identifier", "value"], &certificates);
    altered(&bundle, &["signature", "when"], &certificates);
}

#[test]
fn cdexs_signed_response() {
    let Some(response) = json("signed/cdex-questionnaireresponse-example4.json") else { return };
    let report = verify(&response, Some(&anchors()), &[]);
    as_signed(&report, "(RS256, RFC 8785)");
    let identity = found(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    assert!(identity.reason.contains("does not lead to a configured trust anchor"), "{}", identity.reason);
    // It was made again under a certificate younger than the time that it claims.
    found(&report, Aspect::Time, Verdict::Indeterminate, "certificate-not-yet-valid");
    altered(&response, &["authored"], &[]);
    altered(&response, &["item", "0", "linkId"], &[]);
}

#[test]
fn every_signature_of_wycheproof() {
    let Some(bytes) = vector("ecdsa/ecdsa_secp256r1_sha256_p1363_test.json") else { return };
    let text = String::from_utf8(bytes).unwrap();
    let announced = serde_json::from_str::<serde_json::Value>(&text).unwrap()["numberOfTests"].as_u64();
    let (valid, invalid) = es256::check(&text);
    assert_eq!(Some((valid + invalid) as u64), announced);
    assert!(valid > 0 && invalid > 0, "{valid} valid, {invalid} invalid");
}
