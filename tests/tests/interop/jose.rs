//! npm's jose and canonicalize, Python's jwcrypto: two implementations of RFC 7515, asked alike.

use std::process::Command;

use attesta_tests::interop::{Altered, Key, Lines, Peer, Sealed, folder, sources};
use serde_json::{Value as Json, json};

use crate::assert_verified;

/// npm's jose, where it is ready.
fn jose() -> Option<Lines> {
    let mut command = Command::new("node");
    command.arg("peer.js").current_dir(folder().join("node"));
    Peer::Jose.is_ready().then(|| Lines::start(&mut command))
}

/// Python's jwcrypto, where it is ready.
fn jwcrypto() -> Option<Lines> {
    let mut command = Command::new(folder().join("python/bin/python"));
    command.arg(sources().join("python/peer.py"));
    Peer::Jwcrypto.is_ready().then(|| Lines::start(&mut command))
}

fn verify(peer: &Lines, sealed: &Sealed, jws: &str, payload: &str) -> Json {
    peer.ask(&json!({
        "do": "verify",
        "alg": "ES256",
        "certificate": sealed.certificate_pem(),
        "jws": jws,
        "payload": payload,
    }))
}

fn verifies_ours_and_refuses_altered(peer: &Lines) {
    let sealed = Sealed::new();
    for (jws, payload) in sealed.tokens() {
        assert_eq!(verify(peer, &sealed, &jws, &payload)["valid"], true);
        for altered in Altered::all(&jws, &payload) {
            let answer = verify(peer, &sealed, &altered.jws, &altered.payload);
            assert_eq!(answer["valid"], false, "with another {}", altered.part);
        }
    }
}

fn is_verified(peer: &Lines) {
    let sealed = Sealed::new();
    let (_, payload) = sealed.capture();
    for key in [sealed.key()].into_iter().chain(Key::others()) {
        let answer =
            peer.ask(&json!({ "do": "sign", "header": key.header(), "payload": payload, "key": key.pem() }));
        assert_verified(answer["jws"].as_str().unwrap(), key.alg);
    }
}

#[test]
fn jose_verifies_ours_and_refuses_altered() {
    let Some(peer) = jose() else { return };
    verifies_ours_and_refuses_altered(&peer);
}

#[test]
fn what_jose_signs_we_verify() {
    let Some(peer) = jose() else { return };
    is_verified(&peer);
}

/// Here the payload too is made by others: from the resource as it stands, numbers such as 72.50 included.
#[test]
fn canonicalize_makes_the_payload_that_we_signed() {
    let Some(peer) = jose() else { return };
    let sealed = Sealed::new();
    let (capture, persistence) = (sealed.capture().0, sealed.persistence().0);
    let ask = |jws: &str, resource: String, without: &[&str]| {
        let question = json!({
            "do": "verify",
            "alg": "ES256",
            "certificate": sealed.certificate_pem(),
            "jws": jws,
            "resource": resource,
            "without": without,
        });
        peer.ask(&question)["valid"].as_bool().unwrap()
    };
    let text = sealed.response.to_json();
    assert!(text.contains("72.50"), "the number's text is not its canonical one");
    assert!(ask(&capture, text.clone(), &["id", "meta", "extension"]));
    assert!(ask(&persistence, text.clone(), &[]));
    assert!(!ask(&capture, text.clone(), &["id", "meta"]), "the signature itself is not covered");
    assert!(!ask(&persistence, text.replacen("72.50", "72.51", 1), &[]));
}

#[test]
fn jwcrypto_verifies_ours_and_refuses_altered() {
    let Some(peer) = jwcrypto() else { return };
    verifies_ours_and_refuses_altered(&peer);
}

#[test]
fn what_jwcrypto_signs_we_verify() {
    let Some(peer) = jwcrypto() else { return };
    is_verified(&peer);
}
