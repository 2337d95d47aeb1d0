//! ES256 by test vectors in Wycheproof's form; the tests of the whole program read this file too.
#![allow(unreachable_pub)]

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509NameBuilder};
use p256::pkcs8::EncodePrivateKey as _;
use seal::{CertificateChain, readers, testing};
use serde_json::Value;

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A certificate for this public key: a verifier here never meets a key without one.
fn certified(public_key_der: &[u8]) -> CertificateChain {
    let authority =
        PKey::private_key_from_pkcs8(testing::key(40).to_pkcs8_der().unwrap().as_bytes()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "vectors").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_not_before(&Asn1Time::from_unix(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::from_unix(1).unwrap()).unwrap();
    certificate.set_pubkey(&PKey::public_key_from_der(public_key_der).unwrap()).unwrap();
    certificate.sign(&authority, MessageDigest::sha256()).unwrap();
    CertificateChain::from_ders(vec![certificate.build().to_der().unwrap()]).unwrap()
}

/// Every case is decided as the file says; how many there were, valid ones and others.
pub fn check(text: &str) -> (usize, usize) {
    let file: Value = serde_json::from_str(text).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in file["testGroups"].as_array().unwrap() {
        let chain = certified(&from_hex(group["publicKeyDer"].as_str().unwrap()));
        for case in group["tests"].as_array().unwrap() {
            let (message, signature) =
                (from_hex(case["msg"].as_str().unwrap()), from_hex(case["sig"].as_str().unwrap()));
            let expected = match case["result"].as_str().unwrap() {
                "valid" => true,
                "invalid" => false,
                other => panic!("unknown result {other}"),
            };
            let found = readers::es256(&chain, &message, &signature);
            assert_eq!(found, expected, "case {}: {}", case["tcId"], case["comment"]);
            if expected { valid += 1 } else { invalid += 1 }
        }
    }
    (valid, invalid)
}
