//! Both serialisations and every allowed algorithm, signed here by OpenSSL itself.

use crate::common;

use common::{CAPTURE, Sealed, assert_finding, base64, base64url, jws, self_issued, with_jws};
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use seal::readers::Jws;
use seal::verify::{Aspect, Verdict};

const PAYLOAD: &[u8] = br#"{"resourceType":"QuestionnaireResponse"}"#;

fn flattened(compact: &str, more: &str) -> String {
    let (protected, signature) = compact.split_once("..").unwrap();
    format!(r#"{{"protected":"{protected}","signature":"{signature}"{more}}}"#)
}

fn ec(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn sign(algorithm: &str, key: &PKey<Private>, input: &[u8]) -> Vec<u8> {
    let raw = |digest, length| {
        let signature = EcdsaSig::sign(&hash(digest, input).unwrap(), &key.ec_key().unwrap()).unwrap();
        let mut raw = signature.r().to_vec_padded(length).unwrap();
        raw.extend(signature.s().to_vec_padded(length).unwrap());
        raw
    };
    match algorithm {
        "ES256" => raw(MessageDigest::sha256(), 32),
        "ES384" => raw(MessageDigest::sha384(), 48),
        "EdDSA" => Signer::new_without_digest(key).unwrap().sign_oneshot_to_vec(input).unwrap(),
        _ => {
            let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
            if algorithm == "PS256" {
                signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            }
            signer.sign_oneshot_to_vec(input).unwrap()
        }
    }
}

fn made(algorithm: &str, key: &PKey<Private>) -> String {
    let header = format!(r#"{{"alg":"{algorithm}","iat":1,"x5c":["{}"]}}"#, base64(self_issued(key)));
    let header = base64url(header);
    let signature = sign(algorithm, key, format!("{header}.{}", base64url(PAYLOAD)).as_bytes());
    format!("{header}..{}", base64url(signature))
}

#[test]
fn every_allowed_algorithm_verifies_in_both_serialisations_and_covers_every_byte() {
    let keys = [
        ("ES256", ec(Nid::X9_62_PRIME256V1)),
        ("ES384", ec(Nid::SECP384R1)),
        ("RS256", rsa(2048)),
        ("PS256", rsa(3072)),
        ("EdDSA", PKey::generate_ed25519().unwrap()),
    ];
    for (algorithm, key) in keys {
        let compact = made(algorithm, &key);
        for text in [compact.clone(), flattened(&compact, "")] {
            let jws = Jws::read(&text).unwrap_or_else(|code| panic!("{algorithm}: {code}"));
            assert!(jws.covers(PAYLOAD), "{algorithm}");
            assert!(!jws.covers(&PAYLOAD[1..]), "{algorithm} must not cover another payload");
        }
        let (header, signature) = compact.split_once("..").unwrap();
        let mut signature = common::from_base64url(signature);
        for index in [0, signature.len() - 1] {
            signature[index] ^= 1;
            let altered = Jws::read(&format!("{header}..{}", base64url(&signature))).unwrap();
            assert!(!altered.covers(PAYLOAD), "{algorithm} with octet {index} altered");
            signature[index] ^= 1;
        }
        signature.push(0);
        let longer = Jws::read(&format!("{header}..{}", base64url(signature)));
        assert_eq!(longer.unwrap_err(), "signature-length", "{algorithm}");
    }
}

#[test]
fn a_key_of_another_curve_kind_or_size_is_refused() {
    let keys = [
        ("ES256", ec(Nid::SECP384R1)),
        ("ES384", ec(Nid::X9_62_PRIME256V1)),
        ("RS256", rsa(1024)),
        ("PS256", rsa(1024)),
        ("EdDSA", PKey::generate_ed448().unwrap()),
        ("RS256", PKey::generate_ed25519().unwrap()),
    ];
    for (algorithm, key) in keys {
        let header = format!(r#"{{"alg":"{algorithm}","iat":1,"x5c":["{}"]}}"#, base64(self_issued(&key)));
        let text = format!("{}..{}", base64url(header), base64url([1; 64]));
        assert_eq!(Jws::read(&text).unwrap_err(), "algorithm-confusion", "{algorithm}");
    }
}

#[test]
fn the_same_signature_written_as_flattened_json_verifies_and_the_report_says_so() {
    let sealed = Sealed::new();
    for more in ["", r#","payload":"""#, r#","header":{"etsiU":[]}"#] {
        let text = flattened(&jws(&sealed.response, &CAPTURE), more);
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &text), &[]);
        assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
        assert_eq!(report.signatures[0].token, Some("jws-flattened"));
    }
}

#[test]
fn flattened_json_is_read_as_strictly_as_the_compact_form() {
    let compact = made("ES256", &ec(Nid::X9_62_PRIME256V1));
    let (protected, signature) = compact.split_once("..").unwrap();
    let general = format!(r#"{{"signatures":[{{"protected":"{protected}","signature":"{signature}"}}]}}"#);
    for (text, code) in [
        (general, "jws-general"),
        (flattened(&compact, r#","payload":"AQ""#), "payload-attached"),
        (flattened(&compact, r#","payload":{}"#), "jws-unreadable"),
        (flattened(&compact, r#","extra":1"#), "jws-unreadable"),
        (flattened(&compact, &format!(r#","signature":"{signature}""#)), "jws-unreadable"),
        (flattened(&compact, r#","header":{"kid":"1"}"#), "header-unprotected"),
        (flattened(&compact, r#","header":{"alg":"none"}"#), "header-unprotected"),
        (flattened(&compact, r#","header":[]"#), "jws-unreadable"),
        (format!(r#"{{"protected":"{protected}"}}"#), "signature-empty"),
        (format!(r#"{{"protected":"{protected}","signature":""}}"#), "signature-empty"),
        (format!(r#"{{"protected":"{protected}=","signature":"{signature}"}}"#), "jws-unreadable"),
        (format!(r#"{{"signature":"{signature}"}}"#), "header-unreadable"),
        (format!(r#" {{"protected":"{protected}","signature":"{signature}"}}"#), "jws-unreadable"),
    ] {
        assert_eq!(Jws::read(&text).unwrap_err(), code, "{text}");
    }
}

#[test]
fn flattening_keeps_header_and_signature_and_refuses_what_is_not_compact() {
    let compact = made("ES256", &ec(Nid::X9_62_PRIME256V1));
    let json = seal::jades::flatten(&compact).unwrap();
    assert_eq!(json, flattened(&compact, ""));
    assert!(Jws::read(&json).unwrap().covers(PAYLOAD));
    for other in [json.as_str(), "", "a.b.c", &compact.replacen("..", ".AQ.", 1)] {
        assert!(seal::jades::flatten(other).is_err(), "{other}");
    }
}
