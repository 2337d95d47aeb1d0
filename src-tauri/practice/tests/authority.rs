//! The practice CA: certificates that pass the device's own enrolment check, and refusals of those that must not be.

use crate::common;

use common::{Answer, DEVICE, Practice};
use jiff::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use reqwest::Method;
use seal::{Anchors, CertificateChain, CertificateRequest, Crl, check_issued, csr};

fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

/// A request for `of`, signed by `by`.
fn request(of: &SigningKey, by: &SigningKey, identifier: &str) -> CertificateRequest {
    csr(of.verifying_key(), "Practice tablet 014-3", identifier, |bytes| {
        let signature: Signature = by.sign(bytes);
        Ok(signature.to_bytes().into())
    })
    .unwrap()
}

async fn post(practice: &Practice, body: Vec<u8>) -> Answer {
    post_to(practice, "certificate", body).await
}

async fn post_to(practice: &Practice, path: &str, body: Vec<u8>) -> Answer {
    let request = practice.root_request(Method::POST, &format!("practice/ca/{path}")).body(body);
    Answer::of(request.send().await.unwrap()).await
}

async fn get(practice: &Practice, path: &str) -> Answer {
    let path = format!("practice/ca/{path}");
    Answer::of(practice.root_request(Method::GET, &path).send().await.unwrap()).await
}

#[tokio::test]
async fn an_issued_certificate_passes_the_enrolment_check() {
    let practice = Practice::start();
    let ours = key(7);
    let anchor = get(&practice, "anchor").await.body;
    assert_eq!(anchor, practice.handle.anchor_pem().as_bytes());
    let anchors = Anchors::from_pem(&anchor).unwrap();
    let asked = request(&ours, &ours, DEVICE);
    let mut thumbprints = Vec::new();
    for body in [asked.der().to_vec(), asked.pem().into_bytes()] {
        let answer = post(&practice, body).await;
        assert_eq!(answer.status, 201);
        let chain = CertificateChain::from_pem(&answer.body).unwrap();
        check_issued(&chain, &anchors, ours.verifying_key(), DEVICE, Timestamp::now()).unwrap();
        assert_eq!(chain.ders().len(), 2, "leaf and intermediate, without the root");
        assert_eq!(chain.san_uri(), Some(DEVICE));
        let life = chain.not_after().as_second() - chain.not_before().as_second();
        assert_eq!(life, 397 * 24 * 60 * 60);
        thumbprints.push(chain.thumbprint_hex());
    }
    assert_ne!(thumbprints[0], thumbprints[1], "a renewal is a certificate of its own");
}

#[tokio::test]
async fn another_practice_ca_vouches_for_nothing_here() {
    let (ours, theirs) = (Practice::start(), Practice::start());
    assert_ne!(ours.handle.anchor_pem(), theirs.handle.anchor_pem());
    let device = key(7);
    let answer = post(&theirs, request(&device, &device, DEVICE).der().to_vec()).await;
    let chain = CertificateChain::from_pem(&answer.body).unwrap();
    let anchors = Anchors::from_pem(ours.handle.anchor_pem().as_bytes()).unwrap();
    check_issued(&chain, &anchors, device.verifying_key(), DEVICE, Timestamp::now()).unwrap_err();
}

#[tokio::test]
async fn requests_that_prove_nothing_are_refused() {
    let practice = Practice::start();
    let (ours, other) = (key(7), key(8));
    let whole = request(&ours, &ours, DEVICE).der().to_vec();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (name, body) in [
        ("signed by another key", request(&ours, &other, DEVICE).der().to_vec()),
        ("no urn:uuid", request(&ours, &ours, "https://attesta.example/device").der().to_vec()),
        ("a flipped bit", flipped),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("nothing", Vec::new()),
        ("another PEM block", practice.handle.anchor_pem().as_bytes().to_vec()),
    ] {
        let answer = post(&practice, body).await;
        assert_eq!(answer.status, 422, "{name}");
        answer.is_refused(422, "invalid");
    }
}

#[tokio::test]
async fn both_authorities_publish_current_lists() {
    let practice = Practice::start();
    for name in ["root", "intermediate"] {
        let answer = get(&practice, &format!("crl/{name}")).await;
        assert_eq!(answer.header("content-type"), Some("application/pkix-crl"));
        let list = Crl::from_bytes(&answer.body).unwrap();
        assert!(list.this_update() <= Timestamp::now());
        assert!(list.next_update().unwrap() > Timestamp::now());
    }
    let pem = String::from_utf8(get(&practice, "crl").await.body).unwrap();
    assert_eq!(pem.matches("BEGIN X509 CRL").count(), 2);
    assert_eq!(practice.handle.crl_pem().unwrap().matches("BEGIN X509 CRL").count(), 2);
}

#[tokio::test]
async fn a_certificate_lives_as_long_as_is_asked_for() {
    let practice = Practice::start();
    let ours = key(7);
    let asked = request(&ours, &ours, DEVICE).pem().into_bytes();
    let answer = post_to(&practice, "certificate?seconds=90", asked.clone()).await;
    let chain = CertificateChain::from_pem(&answer.body).unwrap();
    assert_eq!(chain.not_after().as_second() - chain.not_before().as_second(), 90);
    for life in ["seconds=0", "seconds=-1", "seconds=34300801", "seconds=soon", "days=3"] {
        let answer = post_to(&practice, &format!("certificate?{life}"), asked.clone()).await;
        assert_eq!(answer.status, 400, "{life}");
    }
}

/// The first certificate of a chain.
fn first(pem: &[u8]) -> String {
    let pem = std::str::from_utf8(pem).unwrap();
    pem.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_revoked_stands_in_the_lists_for_good() {
    let practice = Practice::start();
    let ours = key(7);
    let asked = request(&ours, &ours, DEVICE).pem().into_bytes();
    let asked_again = asked.clone();
    let [revoked, good] = [post(&practice, asked.clone()).await.body, post(&practice, asked).await.body];
    for _ in 0..2 {
        let answer = post_to(&practice, "revocation", revoked.clone()).await;
        assert_eq!(answer.status, 200);
    }
    let since = |body: &[u8], chain: &[u8]| {
        let chain = CertificateChain::from_pem(chain).unwrap();
        let lists = Crl::all_from_bytes(body).unwrap();
        lists.iter().find_map(|list| list.revokes(&chain))
    };
    let list = get(&practice, "crl").await.body;
    let at = since(&list, &revoked).unwrap();
    assert!((Timestamp::now().as_second() - at.as_second()).abs() < 60);
    assert_eq!(since(&list, &good), None);
    let practice = practice.restarted();
    assert_eq!(since(&get(&practice, "crl").await.body, &revoked), Some(at));

    // An authority is no device, and what another one signed is not ours.
    let intermediate = CertificateChain::from_pem(&good).unwrap().to_pem();
    let intermediate = intermediate.split_inclusive("-----END CERTIFICATE-----\n").nth(1).unwrap();
    let authorities = [intermediate.to_owned(), intermediate.repeat(2)];
    let elsewhere = Practice::start();
    let mixed = format!("{}{intermediate}", first(&post(&elsewhere, asked_again).await.body));
    for body in authorities.into_iter().chain([mixed]) {
        assert_eq!(post_to(&practice, "revocation", body.into_bytes()).await.status, 422);
        assert_eq!(get(&practice, "crl").await.status, 200);
    }
    for body in [good, Vec::new(), b"no certificate".to_vec()] {
        assert_eq!(post_to(&elsewhere, "revocation", body).await.status, 422);
    }
}
