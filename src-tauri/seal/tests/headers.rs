//! The protected header and the JWS around it are read strictly.

use crate::common;

use common::{
    CAPTURE, Sealed, assert_finding, base64url, capture_payload, header, jws, recaptured, refused, signed,
    with_jws,
};
use fhir::Value;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use seal::verify::{Aspect, Report, Verdict};

fn with_header(sealed: &Sealed, edit: impl FnOnce(&mut fhir::Object)) -> Report {
    sealed.verify_with(&recaptured(sealed, edit), &[])
}

#[test]
fn algorithm_none_is_refused() {
    let sealed = Sealed::new();
    for name in ["none", "None", "NONE", "HS256", "ES512", "es256", ""] {
        let response = recaptured(&sealed, |header| {
            header.insert("alg", name);
        });
        refused(&sealed, &response, "algorithm-refused");
    }
    let unsigned = format!("{}..", base64url(r#"{"alg":"none"}"#));
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &unsigned), "signature-empty");
}

#[test]
fn a_missing_algorithm_is_refused() {
    let sealed = Sealed::new();
    let response = recaptured(&sealed, |header| {
        header.remove("alg");
    });
    refused(&sealed, &response, "algorithm-refused");
}

#[test]
fn the_algorithm_must_fit_the_certificates_key() {
    let sealed = Sealed::new();
    for name in ["RS256", "PS256", "ES384", "EdDSA"] {
        let response = recaptured(&sealed, |header| {
            header.insert("alg", name);
        });
        refused(&sealed, &response, "algorithm-confusion");
    }
}

#[test]
fn an_rsa_key_cannot_pass_for_es256() {
    let sealed = Sealed::new();
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    refused(&sealed, &with_certificate(&sealed, &key), "algorithm-confusion");
}

#[test]
fn another_curve_is_refused() {
    let sealed = Sealed::new();
    for curve in [Nid::SECP384R1, Nid::SECP256K1] {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        refused(&sealed, &with_certificate(&sealed, &key), "algorithm-confusion");
    }
}

/// The response under a self-made certificate for this key.
fn with_certificate(sealed: &Sealed, key: &PKey<Private>) -> Value {
    recaptured(sealed, |header| {
        header.insert("x5c", vec![Value::from(common::base64(common::self_issued(key)))]);
    })
}

#[test]
fn an_unknown_critical_header_is_refused() {
    let sealed = Sealed::new();
    for critical in [fhir::array!["exp"], fhir::array!["iat"], fhir::array![], Value::from("iat")] {
        let response = recaptured(&sealed, |header| {
            header.insert("crit", critical.clone());
        });
        refused(&sealed, &response, "critical-header");
    }
    for (name, value) in [("b64", Value::from(false)), ("sigD", fhir::object! {})] {
        let response = recaptured(&sealed, |header| {
            header.insert(name, value);
        });
        refused(&sealed, &response, "critical-header");
    }
}

#[test]
fn a_header_parameter_that_stands_twice_is_refused() {
    let sealed = Sealed::new();
    let text = header(&sealed.response, &CAPTURE).to_json();
    let twice = text.replacen(r#"{"alg":"ES256""#, r#"{"alg":"ES256","alg":"ES256""#, 1);
    assert_ne!(text, twice);
    let jws = signed(&twice, &capture_payload(&sealed.response), &sealed.signer);
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &jws), "header-unreadable");
}

#[test]
fn an_attached_payload_is_refused() {
    let sealed = Sealed::new();
    let payload = capture_payload(&sealed.response);
    let attached = jws(&sealed.response, &CAPTURE).replacen("..", &format!(".{}.", base64url(payload)), 1);
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &attached), "payload-attached");
}

#[test]
fn an_empty_signature_is_refused() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let (header, _) = compact.split_once("..").unwrap();
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &format!("{header}..")), "signature-empty");
}

#[test]
fn data_that_is_hexadecimal_or_no_base64_is_refused() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let hex = openssl::bn::BigNum::from_slice(compact.as_bytes()).unwrap().to_hex_str().unwrap().to_string();
    let path: Vec<_> = CAPTURE.into_iter().chain(["data"]).collect();
    let padded = format!("{}\n", common::base64(&compact));
    for data in [format!("{hex}0"), padded, compact.clone()] {
        refused(&sealed, &common::with(&sealed.response, &path, data), "data-unreadable");
    }
    let report = sealed.verify_with(&common::with(&sealed.response, &path, hex), &[]);
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn a_swapped_certificate_is_refused() {
    let sealed = Sealed::new();
    let other = sealed.authority.signer(9, seal::testing::DEVICE_IDENTIFIER);
    let x5c: Vec<Value> = seal::Signer::chain(&other).ders().map(|der| common::base64(der).into()).collect();
    let report = with_header(&sealed, |header| {
        header.insert("x5c", x5c);
    });
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "header-altered");
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "thumbprint-mismatch");
}

#[test]
fn a_bare_tbs_certificate_cannot_pose_as_a_certificate() {
    use x509_cert::der::{Decode as _, Encode as _};
    let sealed = Sealed::new();
    let leaf = x509_cert::Certificate::from_der(seal::Signer::chain(&sealed.signer).leaf_der()).unwrap();
    let tbs = leaf.tbs_certificate().to_der().unwrap();
    let report = with_header(&sealed, |header| {
        header.insert("x5c", vec![Value::from(common::base64(tbs))]);
    });
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "certificate-unreadable");
}

#[test]
fn a_header_without_certificates_proves_nothing() {
    let sealed = Sealed::new();
    let response = recaptured(&sealed, |header| {
        header.remove("x5c");
        header.insert("jku", "https://keys.example/jwks.json");
    });
    let report = sealed.verify_with(&response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Indeterminate, "certificate-missing");
    // With the certificates that the verifier has from elsewhere it is verified like any other.
    let chains = [seal::Signer::chain(&sealed.signer).clone()];
    let report = seal::verify::verify_resource(&response, &[], &sealed.trust().with_certificates(&chains));
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    let other = [seal::Signer::chain(&sealed.authority.signer(9, "urn:uuid:other")).clone()];
    let report = seal::verify::verify_resource(&response, &[], &sealed.trust().with_certificates(&other));
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn the_form_in_the_header_must_agree_with_target_format() {
    let sealed = Sealed::new();
    let response = recaptured(&sealed, |header| {
        header.insert("canon", "http://hl7.org/fhir/canonicalization/json");
    });
    refused(&sealed, &response, "canonicalization-mismatch");
}

#[test]
fn an_unknown_form_is_indeterminate() {
    let sealed = Sealed::new();
    let uri = "http://hl7.org/fhir/canonicalization/json#unknown";
    let response = recaptured(&sealed, |header| {
        header.insert("canon", uri);
    });
    let path: Vec<_> = CAPTURE.into_iter().chain(["targetFormat"]).collect();
    let response = common::with(&response, &path, format!("application/fhir+json;canonicalization={uri}"));
    let report = sealed.verify_with(&response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Indeterminate, "canonicalization-unknown");
}

#[test]
fn a_header_that_does_not_cover_its_context_never_makes_a_record_valid() {
    let sealed = Sealed::new();
    for missing in ["srCms", "x5t#S256", "iat"] {
        let report = with_header(&sealed, |header| {
            header.remove(missing);
        });
        assert_ne!(report.verdict(Aspect::Linkage), Verdict::Valid, "without {missing}");
    }
    for missing in
        ["meaning", "subjectId", "authentication", "displayS256", "configurationS256", "application"]
    {
        let report = with_header(&sealed, |header| {
            common::qualifier(header).remove(missing);
        });
        assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid, "without {missing}");
    }
}

#[test]
fn another_purpose_in_the_header_is_refused() {
    let sealed = Sealed::new();
    for (oid, desc) in
        [("1.2.840.10065.1.12.1.1", "Author's Signature"), ("1.2.840.10065.1.12.1.14", "Source Signature")]
    {
        let report = with_header(&sealed, |header| {
            let commitment = &mut header.get_mut("srCms").unwrap().as_array_mut().unwrap()[0];
            let id = fhir::object! { "id" => format!("urn:oid:{oid}"), "desc" => desc };
            commitment.as_object_mut().unwrap().insert("commId", id);
        });
        assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid, "{desc}");
    }
}

#[test]
fn a_signed_hash_that_does_not_fit_the_payload_is_refused() {
    let sealed = Sealed::new();
    let report = with_header(&sealed, |header| {
        common::qualifier(header).insert("numberTextS256", base64url([9; 32]));
    });
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "value-text-altered");
}
