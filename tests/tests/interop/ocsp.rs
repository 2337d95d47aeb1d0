//! `OpenSSL`'s command line as an OCSP responder: it reads what is asked here, and its answers are read here.

use attesta_tests::interop::Peer;
use jiff::Timestamp;
use openssl::x509::X509;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use seal::ocsp::{OcspResponse, Question, Status, request};
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority};
use seal::{OcspError, Signer as _};

use crate::run;

/// The seed of the intermediate's key, below the root's.
const AUTHORITY: u8 = 40;

/// What `OpenSSL` answers about the device, from a register in which it has this line, with the key of this seed.
fn answered(register: &str, key: u8) -> Result<Status, OcspError> {
    let authority = TestAuthority::new(AUTHORITY);
    let device = authority.signer(7, DEVICE_IDENTIFIER);
    let (subject, issuer) = (device.chain().leaf_der(), authority.intermediate.certificate_der());
    let nonce = [9; 16];
    let pem = |der: &[u8]| X509::from_der(der).unwrap().to_pem().unwrap();
    let serial = X509::from_der(subject).unwrap().serial_number().to_bn().unwrap().to_hex_str().unwrap();
    let register = register.replace("SERIAL", &serial);
    let signer = if key == 7 { subject } else { issuer };
    let folder = tempfile::tempdir().unwrap();
    let arguments = "ocsp -index register -CA issuer.pem -rsigner signer.pem -rkey key.pem -reqin request \
                     -respout response -ndays 1 -noverify";
    let private = testing::key(key).to_pkcs8_pem(LineEnding::LF).unwrap();
    let answer = run(
        folder.path(),
        "openssl",
        &arguments.split_whitespace().collect::<Vec<_>>(),
        &[
            ("register", register.as_bytes()),
            ("issuer.pem", &pem(issuer)),
            ("signer.pem", &pem(signer)),
            ("key.pem", private.as_bytes()),
            ("request", &request(subject, issuer, Some(&nonce)).unwrap()),
        ],
    );
    assert!(answer.status.success(), "{answer:?}");
    let response = std::fs::read(folder.path().join("response")).unwrap();
    // OpenSSL dates its answers itself.
    let question = Question { subject, issuer, nonce: Some(&nonce), at: Timestamp::now(), lists: &[] };
    OcspResponse::from_der(&response)?.check(&question)
}

#[test]
fn openssl_answers_what_is_asked_here() {
    if !Peer::OpenSsl.is_ready() {
        return;
    }
    let good = "V\t991122000000Z\t\tSERIAL\tunknown\t/CN=tablet\n";
    assert_eq!(answered(good, AUTHORITY + 1), Ok(Status::Good));
    let at = "2026-11-22T00:00:00Z".parse().unwrap();
    let revoked = "R\t991122000000Z\t261122000000Z,keyCompromise\tSERIAL\tunknown\t/CN=tablet\n";
    let expected = Status::Revoked { at, reason: Some("keyCompromise") };
    assert_eq!(answered(revoked, AUTHORITY + 1), Ok(expected));
    assert_eq!(answered("", AUTHORITY + 1), Ok(Status::Unknown));
    // The device answers for itself.
    assert_eq!(answered(good, 7).unwrap_err().code(), "ocsp-responder");
}
