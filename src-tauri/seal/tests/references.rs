//! References to the signer's certificate by `x5t#o` and `sigX5ts` (ETSI TS 119 182-1, section 5.2.2).

use crate::common;

use common::{Sealed, assert_finding, base64url, recaptured};
use fhir::{Object, Value, array, object};
use openssl::hash::{MessageDigest, hash};
use seal::Signer as _;
use seal::verify::{Aspect, Report, Verdict};

fn sha512(der: &[u8]) -> String {
    base64url(hash(MessageDigest::sha512(), der).unwrap())
}

fn reference(algorithm: &str, der: &[u8]) -> Value {
    object! { "digAlg" => algorithm, "digVal" => sha512(der) }
}

/// The capture signature with these parameters instead of `x5t#S256`: another system's, by its form.
fn verified(sealed: &Sealed, edit: impl FnOnce(&mut Object)) -> Report {
    let response = recaptured(sealed, |header| {
        header.remove("x5t#S256").unwrap();
        edit(header);
    });
    sealed.verify_with(&response, &[])
}

#[test]
fn a_certificate_named_by_another_hash_is_at_the_baseline() {
    let sealed = Sealed::new();
    let leaf = sealed.signer.chain().leaf_der().to_vec();
    let issuer = sealed.signer.chain().ders().nth(1).unwrap().to_vec();
    for name in ["S512", "sha-512", "http://www.w3.org/2001/04/xmlenc#sha512"] {
        let report = verified(&sealed, |header| drop(header.insert("x5t#o", reference(name, &leaf))));
        assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
        assert_ne!(report.verdict(Aspect::Identity), Verdict::Invalid);
        assert_eq!(report.signatures[0].level, Some("B"));
    }
    let report = verified(&sealed, |header| {
        drop(header.insert("sigX5ts", array![reference("S512", &leaf), reference("S512", &issuer)]));
    });
    assert_ne!(report.verdict(Aspect::Identity), Verdict::Invalid);
    assert_eq!(report.signatures[0].level, Some("B"));
}

#[test]
fn a_reference_to_another_certificate_is_invalid() {
    let sealed = Sealed::new();
    let issuer = sealed.signer.chain().ders().nth(1).unwrap().to_vec();
    let leaf = sealed.signer.chain().leaf_der().to_vec();
    let report = verified(&sealed, |header| drop(header.insert("x5t#o", reference("S512", &issuer))));
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "thumbprint-mismatch");
    // The first of several is the signer's own.
    let report = verified(&sealed, |header| {
        drop(header.insert("sigX5ts", array![reference("S512", &issuer), reference("S512", &leaf)]));
    });
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "thumbprint-mismatch");
}

#[test]
fn a_reference_by_a_weak_hash_or_that_cannot_be_read_is_refused() {
    let sealed = Sealed::new();
    let leaf = sealed.signer.chain().leaf_der().to_vec();
    for (name, value, code) in [
        ("x5t#o", reference("S1", &leaf), "digest-refused"),
        ("x5t#o", object! { "digAlg" => "S512" }, "header-unreadable"),
        ("x5t#o", Value::from("S512"), "header-unreadable"),
        ("sigX5ts", Value::from(Vec::<Value>::new()), "header-unreadable"),
        ("sigX5ts", reference("S512", &leaf), "header-unreadable"),
    ] {
        let report = verified(&sealed, |header| drop(header.insert(name, value)));
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, code);
    }
}

#[test]
fn a_certificate_named_in_two_ways_is_not_at_the_baseline() {
    let sealed = Sealed::new();
    let leaf = sealed.signer.chain().leaf_der().to_vec();
    let response = recaptured(&sealed, |header| drop(header.insert("x5t#o", reference("S512", &leaf))));
    assert_eq!(sealed.verify_with(&response, &[]).signatures[0].level, None);
}
