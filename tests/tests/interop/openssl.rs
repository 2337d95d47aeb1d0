//! OpenSSL's command line: signatures without any JOSE library, and the path to the anchor.

use std::path::Path;

use attesta_tests::interop::{Altered, Key, Peer, Sealed, base64url, from_base64url};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use seal::Signer as _;
use seal::issue::{Validity, tsa};
use seal::testing;
use seal::time_stamp::TimeStampRequest;

use crate::{assert_verified, run};

/// r‖s as the DER that OpenSSL takes.
fn der(raw: &[u8]) -> Vec<u8> {
    let number = |bytes| BigNum::from_slice(bytes).unwrap();
    let (r, s) = raw.split_at(raw.len() / 2);
    EcdsaSig::from_private_components(number(r), number(s)).unwrap().to_der().unwrap()
}

/// The DER that OpenSSL gives as r‖s, each of `length` octets.
fn raw(der: &[u8], length: i32) -> Vec<u8> {
    let signature = EcdsaSig::from_der(der).unwrap();
    let [r, s] = [signature.r(), signature.s()].map(|number| number.to_vec_padded(length).unwrap());
    [r, s].concat()
}

fn verifies(folder: &Path, jws: &str, payload: &str) -> bool {
    let (header, signature) = jws.split_once("..").unwrap();
    let input = format!("{header}.{}", base64url(payload));
    let signature = der(&from_base64url(signature));
    let arguments = ["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "input"];
    let answer =
        run(folder, "openssl", &arguments, &[("signature", &signature), ("input", input.as_bytes())]);
    let said = String::from_utf8_lossy(&answer.stdout);
    assert!(said.contains("Verified OK") || said.contains("Verification failure"), "{answer:?}");
    answer.status.success()
}

#[test]
fn openssl_verifies_ours_and_refuses_altered() {
    if !Peer::OpenSsl.is_ready() {
        return;
    }
    let sealed = Sealed::new();
    let folder = tempfile::tempdir().unwrap();
    let certificate = sealed.certificate_pem();
    let arguments = ["x509", "-in", "leaf.pem", "-pubkey", "-noout", "-out", "key.pem"];
    let answer = run(folder.path(), "openssl", &arguments, &[("leaf.pem", certificate.as_bytes())]);
    assert!(answer.status.success(), "{answer:?}");
    for (jws, payload) in sealed.tokens() {
        assert!(verifies(folder.path(), &jws, &payload));
        for altered in Altered::all(&jws, &payload) {
            assert!(
                !verifies(folder.path(), &altered.jws, &altered.payload),
                "with another {}",
                altered.part
            );
        }
    }
}

#[test]
fn openssl_finds_the_path_to_the_anchor_and_no_other() {
    if !Peer::OpenSsl.is_ready() {
        return;
    }
    let sealed = Sealed::new();
    let other = testing::TestAuthority::new(60);
    let folder = tempfile::tempdir().unwrap();
    let at = testing::SIGNED_AT.to_string();
    let path = |root: &testing::TestAuthority, at: &str| {
        let files = [
            ("leaf.pem", sealed.certificate_pem()),
            ("root.pem", root.root.certificate_pem()),
            ("intermediate.pem", sealed.authority.intermediate.certificate_pem()),
        ];
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let strict = ["verify", "-x509_strict", "-no-CApath", "-attime", at, "-CAfile", "root.pem"];
        let arguments = [&strict[..], &["-untrusted", "intermediate.pem", "leaf.pem"]].concat();
        run(folder.path(), "openssl", &arguments, &files)
    };
    let answer = path(&sealed.authority, &at);
    assert!(answer.status.success(), "{answer:?}");
    assert!(!path(&other, &at).status.success(), "another authority's root is no anchor");
    let expired = testing::days(400).as_second().to_string();
    assert!(!path(&sealed.authority, &expired).status.success(), "the certificate has expired");
    assert_eq!(sealed.signer.chain().ders().count(), 2);
}

#[test]
fn openssl_verifies_our_time_stamps_and_refuses_altered() {
    if !Peer::OpenSsl.is_ready() {
        return;
    }
    let authority = testing::TestAuthority::new(40);
    let valid = Validity { not_before: testing::days(-30), not_after: testing::days(3650) };
    let stamps =
        tsa::Authority::new(&authority.root, "CN=Stamps", testing::key(11), [11; 16], valid).unwrap();
    let request = TimeStampRequest::new([7; 32], [9; 8]).unwrap();
    let answer = stamps.respond(request.der(), testing::signed_at()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = authority.root.certificate_pem();
    let at = testing::SIGNED_AT.to_string();
    let verifies = |answer: &[u8]| {
        let files = [("query", request.der()), ("answer", answer), ("root.pem", root.as_bytes())];
        let arguments = ["ts", "-verify", "-queryfile", "query", "-in", "answer", "-CAfile", "root.pem"];
        let output = run(folder.path(), "openssl", &[&arguments[..], &["-attime", &at]].concat(), &files);
        output.status.success()
    };
    assert!(verifies(&answer));
    // The last octet is the signature's.
    let mut altered = answer.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert!(!verifies(&altered));
}

#[test]
fn what_openssl_signs_we_verify() {
    if !Peer::OpenSsl.is_ready() {
        return;
    }
    let sealed = Sealed::new();
    let (_, payload) = sealed.capture();
    let folder = tempfile::tempdir().unwrap();
    for key in [sealed.key()].into_iter().chain(Key::others()) {
        let header = base64url(key.header().to_string());
        let input = format!("{header}.{}", base64url(&payload));
        let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];
        let digest = ["dgst", "-sha256", "-sign", "key.pem"];
        let arguments = match key.alg {
            "ES384" => vec!["dgst", "-sha384", "-sign", "key.pem", "input"],
            "PS256" => [&digest[..], &pss, &["input"]].concat(),
            "EdDSA" => vec!["pkeyutl", "-sign", "-rawin", "-inkey", "key.pem", "-in", "input"],
            _ => [&digest[..], &["input"]].concat(),
        };
        let pem = key.pem();
        let files = [("key.pem", pem.as_bytes()), ("input", input.as_bytes())];
        let answer = run(folder.path(), "openssl", &arguments, &files);
        assert!(answer.status.success(), "{answer:?}");
        let signature = match key.alg {
            "ES256" => raw(&answer.stdout, 32),
            "ES384" => raw(&answer.stdout, 48),
            _ => answer.stdout,
        };
        assert_verified(&format!("{header}..{}", base64url(signature)), key.alg);
    }
}
