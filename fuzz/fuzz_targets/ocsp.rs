//! An OCSP response is read or refused, and what is read is never believed from another authority; a request is answered,
//! whatever it is, with a response that can be read.
#![no_main]

use std::sync::LazyLock;

use seal::issue::ocsp::{Currency, Register};
use seal::ocsp::{OcspResponse, Question};
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority};
use seal::{OcspError, Signer as _};

static AUTHORITY: LazyLock<TestAuthority> = LazyLock::new(|| TestAuthority::new(40));
static DEVICE: LazyLock<Vec<u8>> =
    LazyLock::new(|| AUTHORITY.signer(7, DEVICE_IDENTIFIER).chain().leaf_der().to_vec());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let at = testing::days(2);
    let question = |issuer| Question { subject: &DEVICE, issuer, nonce: Some(&[1]), at, lists: &[] };
    if let Ok(response) = OcspResponse::from_der(bytes) {
        assert_eq!(response.der(), bytes);
        let _ = response.check(&question(AUTHORITY.intermediate.certificate_der()));
        assert!(response.check(&question(AUTHORITY.root.certificate_der())).is_err());
    }
    let currency = Currency { this_update: at, next_update: None };
    let register = Register { issued: None, revoked: &[] };
    let answer = AUTHORITY.intermediate.respond(bytes, &register, currency).expect("everything is answered");
    match OcspResponse::from_der(&answer) {
        Ok(_) | Err(OcspError::Unsuccessful { .. }) => {}
        Err(error) => panic!("{error}"),
    }
});
