//! Signing and verifying a PHQ-9 response on one thread, each beside the cryptography alone in the same run.
//!
//! `scripts/bench-seal` runs it beside npm's `jose` and prints the ratios; `cargo bench -p seal` is this half alone.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use fhir::Value;
use jiff::SignedDuration;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::x509::X509;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::verify::{Trust, verify_response};
use seal::{Activity, Signer as _, readers};

/// The golden response of the questionnaire crate: a PHQ-9 with every question answered.
const PHQ_9: &[u8] = include_bytes!("../../questionnaire/tests/golden/phq-9.response.json");

struct Sealed {
    authority: TestAuthority,
    signer: TestSigner,
    unsigned: Value,
    /// As a server returned it.
    response: Value,
    provenance: Value,
    /// The capture signature, compact.
    jws: String,
    header: Value,
}

fn sealed() -> Sealed {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let (device, patient) = (testing::device(), testing::patient());
    let mut unsigned = Value::parse(PHQ_9).unwrap();
    let own = testing::response();
    for element in ["subject", "author", "source", "authored", "language"] {
        unsigned.as_object_mut().unwrap().insert(element, own.get(element).unwrap().clone());
    }
    let statement = testing::statement();
    let captured =
        seal::capture(&unsigned, &statement, testing::signed_at(), &device, &patient, &signer).unwrap();
    let response = testing::returned(&captured);
    let later = testing::signed_at() + SignedDuration::from_secs(60);
    let target = "QuestionnaireResponse/r1/_history/1";
    let signature =
        seal::persistence(&response, target, &Activity::Create, later, &device, "Attesta 0.1.0", &signer)
            .unwrap();
    let provenance = seal::provenance(&response, &signature).unwrap();
    let data = response.list("extension")[0].get("valueSignature").unwrap().str("data").unwrap().to_owned();
    let jws = String::from_utf8(openssl::base64::decode_block(&data).unwrap()).unwrap();
    let header = base64_url(jws.split('.').next().unwrap());
    let header = Value::parse(&header).unwrap();
    Sealed { authority, signer, unsigned, response, provenance, jws, header }
}

fn base64_url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// What the peer on Node reads: the same response, to be signed under the same header.
fn write_for_peer(sealed: &Sealed) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let peer = fhir::object! { "response" => sealed.unsigned.clone(), "header" => sealed.header.clone() };
    std::fs::write(folder.join("bench-seal.json"), peer.to_json()).expect("the peer's input can be written");
}

fn signing(criterion: &mut Criterion) {
    let sealed = sealed();
    write_for_peer(&sealed);
    let mut group = criterion.benchmark_group("sign");
    let key: &SigningKey = sealed.signer.key();
    group.bench_function("p256", |bench| {
        bench.iter(|| {
            let signature: Signature = key.sign(black_box(&[0x5a; 32]));
            signature
        });
    });
    group.bench_function("canonicalise and sign", |bench| {
        bench.iter(|| {
            let payload = readers::capture_payload(black_box(&sealed.unsigned)).unwrap();
            readers::sign(&sealed.header, &payload, &sealed.signer).unwrap()
        });
    });
    group.bench_function("canonicalise", |bench| {
        bench.iter(|| readers::capture_payload(black_box(&sealed.unsigned)).unwrap());
    });
    group.finish();
}

fn verifying(criterion: &mut Criterion) {
    let sealed = sealed();
    let payload = readers::capture_payload(&sealed.response).unwrap();
    let (header, signature) = sealed.jws.split_once("..").unwrap();
    let digest = {
        use base64::Engine as _;
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&payload);
        openssl::sha::sha256(format!("{header}.{payload}").as_bytes())
    };
    let key =
        X509::from_der(sealed.signer.chain().leaf_der()).unwrap().public_key().unwrap().ec_key().unwrap();
    let raw = base64_url(signature);
    let half = |bytes: &[u8]| BigNum::from_slice(bytes).unwrap();
    let signature = EcdsaSig::from_private_components(half(&raw[..32]), half(&raw[32..])).unwrap();
    assert!(signature.verify(&digest, &key).unwrap());

    let mut group = criterion.benchmark_group("verify");
    group.bench_function("openssl", |bench| {
        bench.iter(|| signature.verify(black_box(&digest), &key).unwrap());
    });
    let jws = readers::Jws::read(&sealed.jws).unwrap();
    assert!(jws.covers(&payload));
    group.bench_function("canonicalise and verify", |bench| {
        bench.iter(|| {
            let payload = readers::capture_payload(black_box(&sealed.response)).unwrap();
            jws.covers(&payload)
        });
    });
    group.bench_function("read the JWS", |bench| {
        bench.iter(|| readers::Jws::read(black_box(&sealed.jws)).unwrap());
    });
    let (anchors, crls) = (sealed.authority.anchors(), sealed.authority.crls(&[]));
    let trust = Trust::new(Some(&anchors), testing::days(10)).with_crls(&crls);
    let provenances = std::slice::from_ref(&sealed.provenance);
    assert_eq!(verify_response(&sealed.response, provenances, &trust).exit_code(), 0);
    group.bench_function("five verdicts", |bench| {
        bench.iter(|| verify_response(black_box(&sealed.response), provenances, &trust));
    });
    group.finish();
}

criterion_group!(benches, signing, verifying);
criterion_main!(benches);
