//! Values of a signature: zeros, the order, other lengths and encodings, and the other half of the order.

use crate::common;

use common::{CAPTURE, Sealed, assert_finding, base64url, from_base64url, jws, refused, with_jws};
use fhir::Value;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::EcGroup;
use openssl::nid::Nid;
use seal::verify::{Aspect, Verdict};
use seal::{CertificateChain, SignError, Signer};

/// The sealed response with the bytes of its capture signature changed.
fn resigned(sealed: &Sealed, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let compact = jws(&sealed.response, &CAPTURE);
    let (header, signature) = compact.split_once("..").unwrap();
    let mut signature = from_base64url(signature);
    change(&mut signature);
    with_jws(&sealed.response, &CAPTURE, &format!("{header}..{}", base64url(signature)))
}

fn order() -> BigNum {
    let mut order = BigNum::new().unwrap();
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    group.order(&mut order, &mut BigNumContext::new().unwrap()).unwrap();
    order
}

#[test]
fn r_zero_is_refused() {
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| signature[..32].fill(0));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn s_zero_is_refused() {
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| signature[32..].fill(0));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn r_and_s_zero_are_refused() {
    // CVE-2022-21449: Java took this for a signature by any key over anything.
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| signature.fill(0));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn r_equal_to_the_order_is_refused() {
    let sealed = Sealed::new();
    let order = order().to_vec_padded(32).unwrap();
    let response = resigned(&sealed, |signature| signature[..32].copy_from_slice(&order));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn s_equal_to_the_order_is_refused() {
    let sealed = Sealed::new();
    let order = order().to_vec_padded(32).unwrap();
    let response = resigned(&sealed, |signature| signature[32..].copy_from_slice(&order));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn s_of_ones_is_refused() {
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| signature[32..].fill(0xff));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn s_beyond_the_order_is_refused() {
    let sealed = Sealed::new();
    let beyond = &order() + &BigNum::from_u32(1).unwrap();
    let response =
        resigned(&sealed, |signature| signature[32..].copy_from_slice(&beyond.to_vec_padded(32).unwrap()));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn a_signature_of_another_curves_length_is_refused() {
    let sealed = Sealed::new();
    for length in [0_usize, 1, 32, 63, 65, 96, 132] {
        let response = resigned(&sealed, |signature| signature.resize(length, 1));
        refused(&sealed, &response, if length == 0 { "signature-empty" } else { "signature-length" });
    }
}

#[test]
fn zeros_in_front_of_r_and_s_are_refused() {
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| {
        signature.insert(32, 0);
        signature.insert(0, 0);
    });
    refused(&sealed, &response, "signature-length");
}

#[test]
fn r_and_s_exchanged_are_refused() {
    let sealed = Sealed::new();
    let response = resigned(&sealed, |signature| signature.rotate_left(32));
    refused(&sealed, &response, "header-altered");
}

#[test]
fn a_der_signature_is_refused() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let (header, signature) = compact.split_once("..").unwrap();
    let raw = p256::ecdsa::Signature::from_slice(&from_base64url(signature)).unwrap();
    for other in [raw.to_der().as_bytes().to_vec(), raw.to_bytes()[..63].to_vec()] {
        let forged = format!("{header}..{}", base64url(other));
        refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &forged), "signature-length");
    }
}

#[test]
fn the_other_half_of_the_order_verifies_too_so_signature_bytes_identify_nothing() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let (header, signature) = compact.split_once("..").unwrap();
    let mut bytes = from_base64url(signature);
    let s = BigNum::from_slice(&bytes[32..]).unwrap();
    let other = (&order() - &s).to_vec_padded(32).unwrap();
    bytes[32..].copy_from_slice(&other);
    let response = with_jws(&sealed.response, &CAPTURE, &format!("{header}..{}", base64url(bytes)));
    assert_finding(
        &sealed.verify_with(&response, &[]),
        Aspect::Signature,
        Verdict::Valid,
        "content-as-signed",
    );
}

/// A keystore that answers, but not with a signature.
struct Broken(CertificateChain, [u8; 64]);

impl Signer for Broken {
    fn chain(&self) -> &CertificateChain {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.1)
    }
}

#[test]
fn a_keystore_that_returns_no_signature_seals_nothing() {
    let sealed = Sealed::new();
    let mut order_in_r = [1; 64];
    order_in_r[..32].copy_from_slice(&order().to_vec_padded(32).unwrap());
    for answer in [[0; 64], [0xff; 64], order_in_r] {
        let broken = Broken(sealed.signer.chain().clone(), answer);
        let error = common::refused_capture(&broken);
        assert_eq!(error.code(), "sign-refused");
    }
}
