//! OCSP (RFC 6960): what is asked, what is answered, and every answer that must not be believed.

use jiff::{SignedDuration, Timestamp};
use seal::issue::ocsp::{Currency, Register, Responder};
use seal::issue::{Authority, Revoked, Validity};
use seal::ocsp::{Question, Status, request};
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority, TestSigner, days};
use seal::{Crl, OcspError, OcspResponse, Signer as _};

const NONCE: &[u8] = &[7; 16];
const NOBODY: Register<'_> = Register { issued: None, revoked: &[] };

/// An authority, and a device that it certified.
struct Asked {
    authority: TestAuthority,
    device: TestSigner,
}

impl Asked {
    fn new() -> Self {
        let authority = TestAuthority::new(40);
        let device = authority.signer(7, DEVICE_IDENTIFIER);
        Self { authority, device }
    }

    fn subject(&self) -> &[u8] {
        self.device.chain().leaf_der()
    }

    fn issuer(&self) -> &[u8] {
        self.authority.intermediate.certificate_der()
    }

    fn request(&self) -> Vec<u8> {
        request(self.subject(), self.issuer(), Some(NONCE)).unwrap()
    }

    fn question(&self) -> Question<'_> {
        Question { subject: self.subject(), issuer: self.issuer(), nonce: Some(NONCE), at: now(), lists: &[] }
    }

    fn check(&self, response: &[u8]) -> Result<Status, OcspError> {
        OcspResponse::from_der(response)?.check(&self.question())
    }

    fn answered(&self, register: &Register<'_>) -> Vec<u8> {
        self.authority.intermediate.respond(&self.request(), register, current()).unwrap()
    }

    fn responder(&self, no_check: bool) -> Responder {
        Self::responder_of(&self.authority.intermediate, no_check)
    }

    fn responder_of(authority: &Authority, no_check: bool) -> Responder {
        let validity = Validity { not_before: days(-5), not_after: days(60) };
        authority.responder("CN=Test responder", testing::key(60), [60; 16], validity, no_check).unwrap()
    }
}

fn now() -> Timestamp {
    days(10)
}

fn current() -> Currency {
    Currency { this_update: now(), next_update: Some(days(11)) }
}

fn code(result: Result<Status, OcspError>) -> &'static str {
    result.expect_err("it was believed").code()
}

#[test]
fn an_authority_answers_for_what_it_issued() {
    let asked = Asked::new();
    assert_eq!(asked.check(&asked.answered(&NOBODY)), Ok(Status::Good));
    let revoked = [Revoked { serial: asked.device.chain().serial().to_vec(), at: days(3) }];
    let register = Register { issued: None, revoked: &revoked };
    let expected = Status::Revoked { at: days(3), reason: None };
    assert_eq!(asked.check(&asked.answered(&register)), Ok(expected));
    let register = Register { issued: Some(&[]), revoked: &[] };
    assert_eq!(asked.check(&asked.answered(&register)), Ok(Status::Unknown));
}

#[test]
fn a_certificate_of_another_authority_is_unknown() {
    let asked = Asked::new();
    let response = asked.authority.root.respond(&asked.request(), &NOBODY, current()).unwrap();
    let read = OcspResponse::from_der(&response).unwrap();
    // The root may not speak for what the intermediate issued.
    assert_eq!(read.check(&asked.question()).unwrap_err().code(), "ocsp-responder");
}

#[test]
fn an_authorized_responder_answers() {
    let asked = Asked::new();
    let response = asked.responder(true).respond(&asked.request(), &NOBODY, current()).unwrap();
    assert_eq!(asked.check(&response), Ok(Status::Good));
}

#[test]
fn a_responder_without_nocheck_needs_a_list_that_covers_it() {
    let asked = Asked::new();
    let responder = asked.responder(false);
    let response =
        OcspResponse::from_der(&responder.respond(&asked.request(), &NOBODY, current()).unwrap()).unwrap();
    let with = |lists: &[Crl]| response.check(&Question { lists, ..asked.question() });
    assert_eq!(code(with(&[])), "ocsp-responder");
    assert_eq!(with(&asked.authority.crls(&[])), Ok(Status::Good));
    // Another authority's lists say nothing about it.
    assert_eq!(code(with(&TestAuthority::new(60).crls(&[]))), "ocsp-responder");
    let serial = x509(&responder.certificate_der().unwrap()).serial_number().to_bn().unwrap().to_vec();
    let revoked = asked.authority.crls(&[Revoked { serial, at: days(1) }]);
    assert_eq!(code(with(&revoked)), "ocsp-responder");
}

fn x509(der: &[u8]) -> openssl::x509::X509 {
    openssl::x509::X509::from_der(der).unwrap()
}

#[test]
fn a_responder_that_another_authority_certified_is_refused() {
    let asked = Asked::new();
    for authority in [&asked.authority.root, &TestAuthority::new(60).intermediate] {
        let responder = Asked::responder_of(authority, true);
        // It would answer `unknown`; that it answers at all is what must not be believed.
        let response = responder.respond(&asked.request(), &NOBODY, current()).unwrap();
        assert_eq!(code(asked.check(&response)), "ocsp-responder");
    }
}

#[test]
fn a_device_must_not_answer_for_its_issuer() {
    // Certified by the same issuer, but not for OCSP: any device could otherwise declare itself good.
    let asked = Asked::new();
    let responder = Responder::load(asked.device.key().clone(), asked.subject(), asked.issuer()).unwrap();
    let response = responder.respond(&asked.request(), &NOBODY, current()).unwrap();
    assert_eq!(code(asked.check(&response)), "ocsp-responder");
}

#[test]
fn a_responder_s_certificate_must_be_valid_when_it_answers() {
    let asked = Asked::new();
    for (not_before, not_after) in [(days(-9), days(9)), (days(11), days(20))] {
        let validity = Validity { not_before, not_after };
        let responder = asked
            .authority
            .intermediate
            .responder("CN=Test responder", testing::key(60), [60; 16], validity, true)
            .unwrap();
        let response = responder.respond(&asked.request(), &NOBODY, current()).unwrap();
        assert_eq!(code(asked.check(&response)), "ocsp-responder");
    }
}

#[test]
fn no_byte_of_an_answer_may_be_changed() {
    let asked = Asked::new();
    for response in [
        asked.answered(&NOBODY),
        asked.responder(true).respond(&asked.request(), &NOBODY, current()).unwrap(),
    ] {
        for index in 0..response.len() {
            for flip in [1, 0x80] {
                let mut altered = response.clone();
                altered[index] ^= flip;
                let read = asked.check(&altered);
                assert!(read.is_err(), "byte {index} of {} may be changed: {read:?}", response.len());
            }
        }
        for length in 0..response.len() {
            assert!(OcspResponse::from_der(&response[..length]).is_err());
        }
        let mut longer = response.clone();
        longer.push(0);
        assert_eq!(code(asked.check(&longer)), "ocsp-unreadable");
    }
}

#[test]
fn an_answer_about_another_certificate_is_refused() {
    let asked = Asked::new();
    let other = asked.authority.signer(8, DEVICE_IDENTIFIER);
    let request = request(other.chain().leaf_der(), asked.issuer(), Some(NONCE)).unwrap();
    let response = asked.authority.intermediate.respond(&request, &NOBODY, current()).unwrap();
    assert_eq!(code(asked.check(&response)), "ocsp-other-certificate");
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let asked = Asked::new();
    let with = |nonce: Option<&[u8]>| {
        let request = request(asked.subject(), asked.issuer(), nonce).unwrap();
        asked.check(&asked.authority.intermediate.respond(&request, &NOBODY, current()).unwrap())
    };
    assert_eq!(code(with(Some(&[8; 16]))), "ocsp-nonce");
    assert_eq!(code(with(Some(&[7; 15]))), "ocsp-nonce");
    // Made beforehand, for everybody: its dates decide.
    assert_eq!(with(None), Ok(Status::Good));
}

#[test]
fn only_a_current_answer_counts() {
    let asked = Asked::new();
    let at = |this_update: Timestamp, next_update: Option<Timestamp>| {
        let currency = Currency { this_update, next_update };
        asked.check(&asked.authority.intermediate.respond(&asked.request(), &NOBODY, currency).unwrap())
    };
    let minutes = SignedDuration::from_mins;
    assert_eq!(at(now() - minutes(60), Some(now() + minutes(60))), Ok(Status::Good));
    assert_eq!(at(now() + minutes(4), Some(days(11))), Ok(Status::Good));
    assert_eq!(code(at(now() + minutes(6), Some(days(11)))), "ocsp-not-yet");
    assert_eq!(at(days(9), Some(now() - minutes(4))), Ok(Status::Good));
    assert_eq!(code(at(days(9), Some(now() - minutes(6)))), "ocsp-stale");
    assert_eq!(at(now() - minutes(4), None), Ok(Status::Good));
    assert_eq!(code(at(now() - minutes(6), None)), "ocsp-stale");
    assert_eq!(code(at(now(), Some(days(9)))), "ocsp-unreadable");
}

#[test]
fn a_responder_that_does_not_answer_is_named() {
    let asked = Asked::new();
    let malformed = asked.authority.intermediate.respond(b"nonsense", &NOBODY, current()).unwrap();
    assert_eq!(code(asked.check(&malformed)), "ocsp-no-answer");
    for (status, name) in [(2, "internalError"), (3, "tryLater"), (5, "sigRequired"), (6, "unauthorized")] {
        let error = OcspResponse::from_der(&[0x30, 3, 10, 1, status]).unwrap_err();
        assert_eq!(error.code(), "ocsp-no-answer");
        assert!(error.to_string().contains(name), "{error}");
    }
    for other in [&[0x30, 3, 10, 1, 0][..], &[0x30, 3, 10, 1, 4], &[0x30, 3, 10, 1, 7], b"", b"<html>"] {
        assert_eq!(code(asked.check(other)), "ocsp-unreadable");
    }
    assert_eq!(code(asked.check(&vec![0x30; 200 * 1024])), "ocsp-unreadable");
}

#[test]
fn a_nonce_has_the_length_of_its_standard() {
    let asked = Asked::new();
    for length in [0, 33] {
        assert!(request(asked.subject(), asked.issuer(), Some(&vec![1; length])).is_err());
    }
    assert!(request(asked.subject(), asked.issuer(), Some(&[1; 32])).is_ok());
    assert!(request(b"no certificate", asked.issuer(), None).is_err());
}

#[test]
fn openssl_believes_what_is_answered_here() {
    // Signature, responder and CertID by another implementation, over the same bytes.
    use openssl::ocsp::{OcspCertId, OcspCertStatus, OcspFlag};
    use openssl::stack::Stack;
    let asked = Asked::new();
    for response in [
        asked.answered(&NOBODY),
        asked.responder(true).respond(&asked.request(), &NOBODY, current()).unwrap(),
    ] {
        let basic = openssl::ocsp::OcspResponse::from_der(&response).unwrap().basic().unwrap();
        let mut store = openssl::x509::store::X509StoreBuilder::new().unwrap();
        store.add_cert(x509(asked.authority.root.certificate_der())).unwrap();
        let mut parameters = openssl::x509::verify::X509VerifyParam::new().unwrap();
        parameters.set_time(now().as_second());
        store.set_param(&parameters).unwrap();
        let mut certificates = Stack::new().unwrap();
        certificates.push(x509(asked.issuer())).unwrap();
        basic.verify(&certificates, &store.build(), OcspFlag::empty()).unwrap();
        for digest in [openssl::hash::MessageDigest::sha1(), openssl::hash::MessageDigest::sha256()] {
            let id = OcspCertId::from_cert(digest, &x509(asked.subject()), &x509(asked.issuer())).unwrap();
            let found = basic.find_status(&id);
            assert_eq!(found.is_some(), digest == openssl::hash::MessageDigest::sha1());
            assert!(found.is_none_or(|found| found.status == OcspCertStatus::GOOD));
        }
    }
}

#[test]
fn an_answer_that_names_the_certificate_by_sha_256_is_read() {
    use openssl::ocsp::{OcspCertId, OcspRequest};
    let asked = Asked::new();
    let digest = openssl::hash::MessageDigest::sha256();
    let id = OcspCertId::from_cert(digest, &x509(asked.subject()), &x509(asked.issuer())).unwrap();
    let mut request = OcspRequest::new().unwrap();
    request.add_id(id).unwrap();
    let request = request.to_der().unwrap();
    let response = asked.authority.intermediate.respond(&request, &NOBODY, current()).unwrap();
    assert_eq!(asked.check(&response), Ok(Status::Good));
}
