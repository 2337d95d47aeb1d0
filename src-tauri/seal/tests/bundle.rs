//! A Bundle that carries its own signature, and Provenances about resources of any type.

use crate::common;

use common::{Sealed, assert_finding, base64, finding, now, signed, with};
use fhir::{Value, array, canonical, object};
use seal::testing;
use seal::verify::{Aspect, Report, Trust, Verdict, verify_resource};

const JSON: &str = "http://hl7.org/fhir/canonicalization/json";

fn bundle() -> Value {
    let observation = object! {
        "resourceType" => "Observation", "id" => "o", "meta" => object! { "versionId" => "1" },
        "text" => object! { "status" => "generated", "div" => "n" }, "status" => "final",
        "valueQuantity" => object! { "value" => testing::number("1.10") },
    };
    object! {
        "resourceType" => "Bundle", "id" => "b", "type" => "collection",
        "entry" => array![object! { "fullUrl" => "urn:uuid:1", "resource" => observation }],
    }
}

fn sign(covered: &[u8], canon: &str, sealed: &Sealed) -> Value {
    use seal::Signer as _;
    let x5c: Vec<Value> = sealed.signer.chain().ders().map(|der| base64(der).into()).collect();
    let commitment = object! { "commId" => object! { "id" => "urn:oid:1.2.840.10065.1.12.1.5" } };
    let header = object! {
        "alg" => "ES256", "sigT" => "2026-11-21T08:41:07Z", "canon" => canon, "x5c" => x5c,
        "srCms" => array![commitment],
    };
    object! {
        "type" => array![object! { "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.5" }],
        "when" => "2026-11-21T08:41:07Z",
        "who" => object! { "reference" => testing::DEVICE_IDENTIFIER },
        "targetFormat" => format!("application/fhir+json;canonicalization={canon}"),
        "sigFormat" => "application/jose",
        "data" => base64(signed(&header.to_json(), covered, &sealed.signer)),
    }
}

fn verify(resource: &Value, provenances: &[Value], sealed: &Sealed) -> Report {
    verify_resource(resource, provenances, &Trust::new(Some(&sealed.anchors), now()).with_crls(&sealed.crls))
}

#[test]
fn a_bundle_with_its_own_signature_verifies_and_an_altered_one_does_not() {
    let sealed = Sealed::new();
    let jcs = canonical::jcs(&bundle()).unwrap();
    let bundle = with(&bundle(), &["signature"], sign(jcs.as_bytes(), JSON, &sealed));
    let report = verify(&bundle, &[], &sealed);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_eq!(report.verdict(Aspect::Identity), Verdict::Valid);
    assert_eq!(report.signatures[0].location, "Bundle.signature");
    for path in [&["type"][..], &["entry", "0", "fullUrl"], &["entry", "0", "resource", "status"]] {
        let report = verify(&with(&bundle, path, "other"), &[], &sealed);
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "signature-mismatch");
    }
}

#[test]
fn each_reading_of_a_form_is_recognised_and_named() {
    let sealed = Sealed::new();
    let canon = "http://hl7.org/fhir/canonicalization/json#static";
    let mut everywhere = bundle();
    let entries = everywhere.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    let inner = entries[0].as_object_mut().unwrap().get_mut("resource").unwrap().as_object_mut().unwrap();
    inner.remove("text");
    inner.remove("meta");
    for (covered, named) in [
        (canonical::jcs(&bundle()).unwrap(), "(ES256, RFC 8785, without Bundle.signature)"),
        (canonical::number_text(&bundle()), "FHIR R4's form with number text kept"),
        (canonical::jcs(&everywhere).unwrap(), "RFC 8785, the resources inside stripped too"),
        (canonical::number_text(&everywhere), "number text kept, the resources inside stripped too"),
    ] {
        let bundle = with(&bundle(), &["signature"], sign(covered.as_bytes(), canon, &sealed));
        let report = verify(&bundle, &[], &sealed);
        assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
        let reason = &finding(&report, Aspect::Signature).reason;
        assert!(reason.contains(named), "{reason}");
    }
}

#[test]
fn a_provenance_may_have_several_targets_and_another_resource_is_refused() {
    let sealed = Sealed::new();
    let resource = object! { "resourceType" => "Composition", "id" => "c", "status" => "final" };
    let signature = sign(canonical::jcs(&resource).unwrap().as_bytes(), JSON, &sealed);
    let provenance = |targets: &[&str]| {
        let targets: Vec<Value> = targets.iter().map(|one| object! { "reference" => *one }).collect();
        object! { "resourceType" => "Provenance", "target" => targets, "signature" => array![&signature] }
    };
    let versioned = provenance(&["Patient/p", "https://server.example/fhir/Composition/c/_history/1"]);
    let report = verify(&resource, &[versioned], &sealed);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "not-covered");

    let report = verify(&resource, &[provenance(&["Composition/c"])], &sealed);
    assert!(finding(&report, Aspect::Linkage).reason.contains("without its version"));

    for other in ["Composition/d", "Observation/c", "Composition/c2/_history/1"] {
        let report = verify(&resource, &[provenance(&[other])], &sealed);
        assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-elsewhere");
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "no-signature");
    }
    // A signature that was taken from one resource and put around another.
    let other = with(&resource, &["status"], "amended");
    let report = verify(&other, &[provenance(&["Composition/c/_history/1"])], &sealed);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "signature-mismatch");
}
