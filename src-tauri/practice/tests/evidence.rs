//! Time stamps and OCSP: answered over HTTP as the standards say, and believed by whoever trusts the practice CA.

use crate::common;

use base64::Engine as _;
use common::{Answer, DEVICE, Practice};
use jiff::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use reqwest::Method;
use seal::ocsp::{Question, Status, request};
use seal::time_stamp::TimeStampRequest;
use seal::{Anchors, CertificateChain, OcspResponse, csr};

const NONCE: [u8; 16] = [5; 16];

/// A certificate that the practice CA issued, and the CA's own.
fn issued(practice: &Practice) -> CertificateChain {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let asked = csr(key.verifying_key(), "Practice tablet 014-3", DEVICE, |bytes| {
        let signature: Signature = key.sign(bytes);
        Ok(signature.to_bytes().into())
    });
    let pem = practice.handle.issue_certificate(asked.unwrap().der()).unwrap();
    CertificateChain::from_pem(pem.as_bytes()).unwrap()
}

async fn post(practice: &Practice, path: &str, media_type: &str, body: Vec<u8>) -> Answer {
    let request = practice.root_request(Method::POST, path).header("Content-Type", media_type);
    Answer::of(request.body(body).send().await.unwrap()).await
}

async fn ask(practice: &Practice, request: &[u8]) -> Answer {
    post(practice, "ocsp", "application/ocsp-request", request.to_vec()).await
}

fn root(practice: &Practice) -> Vec<u8> {
    let root = CertificateChain::from_pem(practice.handle.anchor_pem().as_bytes()).unwrap();
    root.leaf_der().to_vec()
}

#[tokio::test]
async fn a_certificate_of_the_practice_ca_is_good() {
    let practice = Practice::start();
    let chain = issued(&practice);
    let ders: Vec<_> = chain.ders().collect();
    for (subject, issuer) in [(ders[0], ders[1]), (ders[1], &root(&practice))] {
        let request = request(subject, issuer, Some(&NONCE)).unwrap();
        let text = base64::engine::general_purpose::STANDARD.encode(&request);
        let encoded = text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        let get = async |path: String| {
            Answer::of(practice.root_request(Method::GET, &path).send().await.unwrap()).await
        };
        for answer in [
            ask(&practice, &request).await,
            get(format!("ocsp/{text}")).await,
            get(format!("ocsp/{encoded}")).await,
        ] {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), Some("application/ocsp-response"));
            let question =
                Question { subject, issuer, nonce: Some(&NONCE), at: Timestamp::now(), lists: &[] };
            let response = OcspResponse::from_der(&answer.body).unwrap();
            assert_eq!(response.check(&question), Ok(Status::Good));
        }
    }
}

#[tokio::test]
async fn what_another_ca_issued_is_not_answered() {
    let (practice, other) = (Practice::start(), Practice::start());
    let chain = issued(&other);
    let ders: Vec<_> = chain.ders().collect();
    let answer = ask(&practice, &request(ders[0], ders[1], None).unwrap()).await;
    assert_eq!((answer.status, answer.body), (200, vec![0x30, 3, 10, 1, 6]), "unauthorized");
    let answer = ask(&practice, b"nonsense").await;
    assert_eq!((answer.status, answer.body), (200, vec![0x30, 3, 10, 1, 1]), "malformedRequest");
}

#[tokio::test]
async fn a_time_stamp_leads_to_the_practice_anchor_also_after_a_restart() {
    let practice = Practice::start();
    let imprint = [9; 32];
    let asked = TimeStampRequest::new(imprint, [3; 8]).unwrap();
    let anchors = Anchors::from_pem(practice.handle.anchor_pem().as_bytes()).unwrap();
    let before = Timestamp::now();
    let answer = post(&practice, "tsa", "application/timestamp-query", asked.der().to_vec()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/timestamp-reply"));
    let token = asked.read_answer(&answer.body).unwrap();
    assert!(token.leads_to(&anchors));
    assert!(before.as_second() <= token.time().as_second() && token.time() <= Timestamp::now());
    // The same authority as before, from storage.
    let Practice { handle, folder, .. } = practice;
    handle.stop();
    let handle = common::start_in(folder.path(), Vec::new());
    let sent = common::client()
        .post(format!("http://127.0.0.1:{}/tsa", handle.port()))
        .header("Content-Type", "application/timestamp-query")
        .body(asked.der().to_vec());
    let answer = Answer::of(sent.send().await.unwrap()).await;
    assert!(asked.read_answer(&answer.body).unwrap().leads_to(&anchors));
}

#[tokio::test]
async fn what_is_not_asked_as_the_standards_say_is_refused() {
    let practice = Practice::start();
    for path in ["tsa", "ocsp"] {
        post(&practice, path, "application/octet-stream", vec![0x30, 0])
            .await
            .is_refused(415, "not-supported");
        let answer = practice.root_request(Method::GET, path).send().await.unwrap();
        Answer::of(answer).await.is_refused(405, "not-supported");
    }
    for (path, media_type) in [("tsa", "application/timestamp-query"), ("ocsp", "application/ocsp-request")] {
        post(&practice, path, media_type, vec![0x30; 20_000]).await.is_refused(413, "too-long");
    }
    for path in ["ocsp/***", "ocsp/AAA"] {
        let answer = practice.root_request(Method::GET, path).send().await.unwrap();
        Answer::of(answer).await.is_refused(400, "value");
    }
    for path in ["tsa/1", "ocspx"] {
        let answer = practice.root_request(Method::GET, path).send().await.unwrap();
        Answer::of(answer).await.is_refused(404, "not-supported");
    }
}

#[tokio::test]
async fn evidence_is_not_in_the_trainers_log() {
    let practice = Practice::start();
    let chain = issued(&practice);
    let ders: Vec<_> = chain.ders().collect();
    let asked = request(ders[0], ders[1], None).unwrap();
    assert_eq!(ask(&practice, &asked).await.status, 200);
    let stamp = TimeStampRequest::new([7; 32], [5; 8]).unwrap();
    let answer = post(&practice, "tsa", TimeStampRequest::CONTENT_TYPE, stamp.der().to_vec()).await;
    assert_eq!(answer.status, 200);
    let text = base64::engine::general_purpose::STANDARD.encode(&asked);
    practice.root_request(Method::GET, &format!("ocsp/{text}")).send().await.unwrap();
    practice.root_request(Method::GET, "practice/ca/crl").send().await.unwrap();
    assert_eq!(practice.handle.faults().requests(), []);
    // What only begins like them is.
    practice.root_request(Method::GET, "tsar").send().await.unwrap();
    let log = practice.handle.faults().requests();
    assert_eq!(log.iter().map(|line| line.path.as_str()).collect::<Vec<_>>(), ["/tsar"]);
}
