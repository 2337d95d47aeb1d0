//! Time stamps (RFC 3161): what is asked, what is answered, and what of an answer is believed.

use seal::issue::{Validity, tsa};
use seal::testing::{self, TestAuthority, days};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};

const IMPRINT: [u8; 32] = [7; 32];
const NONCE: [u8; 8] = [9; 8];

fn authority() -> tsa::Authority {
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    let issuer = TestAuthority::new(40).intermediate;
    tsa::Authority::new(&issuer, "CN=Test time stamps", testing::key(11), [11; 16], valid).unwrap()
}

fn answer(imprint: [u8; 32], nonce: [u8; 8]) -> (TimeStampRequest, Vec<u8>) {
    let request = TimeStampRequest::new(imprint, nonce).unwrap();
    let answer = authority().respond(request.der(), days(2)).unwrap();
    (request, answer)
}

#[test]
fn an_authority_answers_with_a_token_of_its_time() {
    let (request, answer) = answer(IMPRINT, NONCE);
    let token = request.read_answer(&answer).unwrap();
    assert_eq!(token.time(), days(2));
    assert_eq!(token.latest(), days(2) + jiff::SignedDuration::from_secs(1));
    assert_eq!(token.authority(), "CN=Test time stamps");
    assert_eq!(TimeStampToken::from_der(token.der()).unwrap(), token);
}

#[test]
fn an_answer_for_another_imprint_or_with_another_nonce_is_refused() {
    let (_, answer) = answer(IMPRINT, NONCE);
    for (imprint, nonce, word) in [([8; 32], NONCE, "something else"), (IMPRINT, [1; 8], "nonce")] {
        let error = TimeStampRequest::new(imprint, nonce).unwrap().read_answer(&answer).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(error.code(), "time-stamp-refused");
    }
}

#[test]
fn a_rejection_says_why() {
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    let rejected = authority().respond(b"nonsense", days(2)).unwrap();
    let error = request.read_answer(&rejected).unwrap_err().to_string();
    for word in ["rejected", "badDataFormat", "not a TimeStampReq"] {
        assert!(error.contains(word), "{error} has no {word}");
    }
}

#[test]
fn an_answer_that_is_too_large_or_no_answer_is_refused() {
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    for answer in [vec![], b"<html>".to_vec(), vec![0x30; seal::time_stamp::MOST_BYTES + 1]] {
        assert!(request.read_answer(&answer).is_err());
    }
}

#[test]
fn a_token_with_any_byte_changed_is_refused() {
    let (request, answer) = answer(IMPRINT, NONCE);
    let token = request.read_answer(&answer).unwrap();
    let anchors = TestAuthority::new(40).anchors();
    for index in 0..token.der().len() {
        for bit in [1, 0x20, 0x80] {
            let mut der = token.der().to_vec();
            der[index] ^= bit;
            // The authority's own issuer travels in the token: with it altered, nothing leads to the anchor.
            let believed = TimeStampToken::from_der(&der).is_ok_and(|token| token.leads_to(&anchors));
            assert!(!believed, "byte {index}, bit {bit:#x}");
        }
    }
}

#[test]
fn a_token_of_a_certificate_for_anything_else_is_refused() {
    let authority = TestAuthority::new(40);
    let device = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let chain = seal::Signer::chain(&device).clone();
    let stamps = tsa::Authority::load(testing::key(7), chain).unwrap();
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    let error = request.read_answer(&stamps.respond(request.der(), days(2)).unwrap()).unwrap_err();
    assert!(error.to_string().contains("extendedKeyUsage"), "{error}");
}

#[test]
fn a_token_leads_to_the_configured_anchor_only_while_its_certificates_are_valid() {
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    let at = |time| request.read_answer(&authority().respond(request.der(), time).unwrap()).unwrap();
    let anchors = TestAuthority::new(40).anchors();
    assert!(at(days(2)).leads_to(&anchors));
    assert!(!at(days(2)).leads_to(&TestAuthority::new(60).anchors()));
    assert!(!at(days(-31)).leads_to(&anchors));
    assert!(!at(days(366)).leads_to(&anchors));
}

#[test]
fn an_authority_needs_its_own_certificate() {
    let chain = authority().chain().clone();
    assert!(tsa::Authority::load(testing::key(12), chain).is_err());
}

/// Answers to the same request by `openssl ts`: RSA, fractions of a second, an accuracy, a name; `ESSCertIDv2` with
/// SHA-256 and SHA-512 in one, `ESSCertID` with SHA-1 in the other.
#[test]
fn tokens_of_openssl_by_rsa_are_read_and_lead_to_their_own_anchor() {
    let root = include_bytes!("fixtures/time-stamp/rsa-ca.pem");
    let anchors = seal::Anchors::from_pem(root).unwrap();
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    let answers = [
        &include_bytes!("fixtures/time-stamp/rsa.tsr")[..],
        include_bytes!("fixtures/time-stamp/rsa-ess-sha1.tsr"),
    ];
    let tokens = answers.map(|answer| request.read_answer(answer).unwrap());
    for token in &tokens {
        assert!(token.leads_to(&anchors));
        assert!(!token.leads_to(&TestAuthority::new(40).anchors()));
    }
    assert_eq!(tokens[0].time().to_string(), "2026-11-21T16:12:40.645Z");
    assert_eq!(tokens[0].latest().to_string(), "2026-11-21T16:12:42.145Z");
}

#[test]
fn a_token_by_rsa_with_any_byte_changed_is_refused() {
    let request = TimeStampRequest::new(IMPRINT, NONCE).unwrap();
    let token = request.read_answer(include_bytes!("fixtures/time-stamp/rsa.tsr")).unwrap();
    let anchors = seal::Anchors::from_pem(include_bytes!("fixtures/time-stamp/rsa-ca.pem")).unwrap();
    for index in 0..token.der().len() {
        let mut der = token.der().to_vec();
        der[index] ^= 1;
        let believed = TimeStampToken::from_der(&der).is_ok_and(|token| token.leads_to(&anchors));
        assert!(!believed, "byte {index}");
    }
}
