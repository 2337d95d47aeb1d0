//! Certificates that must not stand behind a signature, one attack a test. They are made with OpenSSL, by the keys of the
//! honest authority, because the crate's own authority issues nothing of the kind.

use crate::common;

use common::{CAPTURE, Sealed, assert_finding, capture_payload, header, now, signed, with_jws};
use fhir::Value;
use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey as _;
use seal::testing::{self, DEVICE_IDENTIFIER, TestSigner};
use seal::verify::{Aspect, Verdict};
use seal::{CertificateChain, SealError, Signer as _, check_issued};

/// The seeds of the authority in [`Sealed::new`] and of its device.
const ROOT: u8 = 40;
const INTERMEDIATE: u8 = 41;
const DEVICE: u8 = 7;

fn private(key: &SigningKey) -> PKey<Private> {
    PKey::private_key_from_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap()
}

/// What differs from an honest device's certificate.
struct Certificate<'a> {
    name: &'a str,
    key: PKey<Private>,
    authority: bool,
    /// A critical extension that nobody knows.
    unknown: bool,
    issuer: X509,
    issuer_key: PKey<Private>,
}

fn issue(certificate: &Certificate<'_>) -> X509 {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(0x0051_7e57).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", certificate.name).unwrap();
    builder.set_subject_name(&name.build()).unwrap();
    builder.set_issuer_name(certificate.issuer.subject_name()).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(testing::days(-30).as_second()).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(testing::days(300).as_second()).unwrap()).unwrap();
    builder.set_pubkey(&certificate.key).unwrap();
    let mut constraints = BasicConstraints::new();
    let mut usage = KeyUsage::new();
    if certificate.authority {
        constraints.critical().ca();
        usage.critical().key_cert_sign().crl_sign();
    } else {
        usage.critical().digital_signature();
        let name = SubjectAlternativeName::new()
            .uri(DEVICE_IDENTIFIER)
            .build(&builder.x509v3_context(Some(&certificate.issuer), None))
            .unwrap();
        builder.append_extension(name).unwrap();
    }
    builder.append_extension(constraints.build().unwrap()).unwrap();
    builder.append_extension(usage.build().unwrap()).unwrap();
    if certificate.unknown {
        let oid = Asn1Object::from_str("1.3.6.1.4.1.55555.1").unwrap();
        let value = Asn1OctetString::new_from_bytes(&[5, 0]).unwrap();
        builder.append_extension(X509Extension::new_from_der(&oid, true, &value).unwrap()).unwrap();
    }
    builder.sign(&certificate.issuer_key, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn x509(der: &[u8]) -> X509 {
    X509::from_der(der).unwrap()
}

/// A device's certificate for the device's own key, by the intermediate authority.
fn honest(sealed: &Sealed) -> Certificate<'static> {
    Certificate {
        name: "Attesta tablet",
        key: private(&testing::key(DEVICE)),
        authority: false,
        unknown: false,
        issuer: x509(sealed.authority.intermediate.certificate_der()),
        issuer_key: private(&testing::key(INTERMEDIATE)),
    }
}

fn chain(certificates: &[&X509]) -> CertificateChain {
    CertificateChain::from_ders(certificates.iter().map(|one| one.to_der().unwrap()).collect()).unwrap()
}

/// The response signed again by `signer`; only what stands behind its key differs.
fn recaptured(sealed: &Sealed, signer: &TestSigner) -> Value {
    common::recaptured_by(sealed, signer)
}

#[track_caller]
fn enrolment_refuses(sealed: &Sealed, chain: &CertificateChain, seed: u8, expected: &str) {
    let key = testing::key(seed);
    let result = check_issued(chain, &sealed.anchors, key.verifying_key(), DEVICE_IDENTIFIER, now());
    let Err(SealError::Enrolment { code, .. }) = result else { unreachable!("it was accepted") };
    assert_eq!(code, expected);
}

#[track_caller]
fn identity_refuses(sealed: &Sealed, signer: &TestSigner) {
    let report = sealed.verify_with(&recaptured(sealed, signer), &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn what_the_other_tests_change_is_otherwise_accepted() {
    let sealed = Sealed::new();
    let leaf = issue(&honest(&sealed));
    let intermediate = x509(sealed.authority.intermediate.certificate_der());
    let chain = chain(&[&leaf, &intermediate]);
    let key = testing::key(DEVICE);
    check_issued(&chain, &sealed.anchors, key.verifying_key(), DEVICE_IDENTIFIER, now()).unwrap();
    let report = sealed.verify_with(&recaptured(&sealed, &sealed.signer.with_chain(chain)), &[]);
    assert_finding(&report, Aspect::Identity, Verdict::Valid, "trusted");
}

#[test]
fn an_authority_that_signs_records_with_its_own_certificate_is_refused() {
    let sealed = Sealed::new();
    let root = x509(sealed.authority.root.certificate_der());
    let intermediate = x509(sealed.authority.intermediate.certificate_der());
    for (seed, certificates) in [(ROOT, vec![&root]), (INTERMEDIATE, vec![&intermediate, &root])] {
        let chain = chain(&certificates);
        let signer = sealed.authority.signer(9, DEVICE_IDENTIFIER).with_chain(chain.clone());
        enrolment_refuses(&sealed, &chain, seed, "authority");
        // Its key is not the device's, and its certificate may not sign anything but certificates.
        let report = sealed.verify_with(&recaptured(&sealed, &signer), &[]);
        assert_eq!(report.verdict(Aspect::Identity), Verdict::Invalid);
        assert_eq!(report.exit_code(), 1);
    }
}

#[test]
fn a_certificate_that_a_device_issued_is_refused() {
    let sealed = Sealed::new();
    let device = issue(&honest(&sealed));
    let victim = Certificate {
        key: private(&testing::key(9)),
        issuer: device.clone(),
        issuer_key: private(&testing::key(DEVICE)),
        ..honest(&sealed)
    };
    let intermediate = x509(sealed.authority.intermediate.certificate_der());
    let chain = chain(&[&issue(&victim), &device, &intermediate]);
    enrolment_refuses(&sealed, &chain, 9, "untrusted");
    let signer = sealed.authority.signer(9, DEVICE_IDENTIFIER).with_chain(chain);
    identity_refuses(&sealed, &signer);
}

#[test]
fn an_authority_below_one_that_may_have_none_below_it_is_refused() {
    // The intermediate's path length is 0.
    let sealed = Sealed::new();
    let below = Certificate {
        name: "A further authority",
        key: private(&testing::key(50)),
        authority: true,
        ..honest(&sealed)
    };
    let below = issue(&below);
    let leaf =
        Certificate { issuer: below.clone(), issuer_key: private(&testing::key(50)), ..honest(&sealed) };
    let intermediate = x509(sealed.authority.intermediate.certificate_der());
    let chain = chain(&[&issue(&leaf), &below, &intermediate]);
    enrolment_refuses(&sealed, &chain, DEVICE, "untrusted");
    identity_refuses(&sealed, &sealed.signer.with_chain(chain));
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    let sealed = Sealed::new();
    let leaf = issue(&Certificate { unknown: true, ..honest(&sealed) });
    let intermediate = x509(sealed.authority.intermediate.certificate_der());
    let chain = chain(&[&leaf, &intermediate]);
    enrolment_refuses(&sealed, &chain, DEVICE, "untrusted");
    identity_refuses(&sealed, &sealed.signer.with_chain(chain));
}

/// The device's certificate with other bytes in place of its public key, and the device's signature under it.
fn with_leaf(sealed: &Sealed, der: &[u8]) -> Value {
    let mut header = header(&sealed.response, &CAPTURE);
    let members = header.as_object_mut().unwrap();
    members.get_mut("x5c").unwrap().as_array_mut().unwrap()[0] = common::base64(der).into();
    members.insert("x5t#S256", common::base64url(openssl::sha::sha256(der)));
    let jws = signed(&header.to_json(), &capture_payload(&sealed.response), &sealed.signer);
    with_jws(&sealed.response, &CAPTURE, &jws)
}

#[test]
fn a_point_that_is_not_on_the_curve_is_refused() {
    let sealed = Sealed::new();
    let point = testing::key(DEVICE).verifying_key().to_sec1_point(false);
    let leaf = sealed.signer.chain().leaf_der();
    let at = leaf.windows(65).position(|bytes| bytes == point.as_bytes()).unwrap();
    for (byte, value) in [(64, leaf[at + 64] ^ 1), (0, 5)] {
        let mut off = leaf.to_vec();
        off[at + byte] = value;
        let report = sealed.verify_with(&with_leaf(&sealed, &off), &[]);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "byte {byte}");
        assert_eq!(report.exit_code(), 1);
    }
}

#[test]
fn explicit_curve_parameters_are_refused() {
    // CVE-2020-0601: the curve is P-256 in all but its generator, or not even that; who names it chooses the key.
    let sealed = Sealed::new();
    let mut group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let leaf = issue(&Certificate { key, ..honest(&sealed) });
    let report = sealed.verify_with(&with_leaf(&sealed, &leaf.to_der().unwrap()), &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "algorithm-confusion");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn an_unprotected_header_in_flattened_json_is_refused() {
    let sealed = Sealed::new();
    let compact = common::jws(&sealed.response, &CAPTURE);
    let (protected, signature) = compact.split_once("..").unwrap();
    for unprotected in [r#"{"alg":"none"}"#, r#"{"x5c":[]}"#, r#"{"kid":"thief"}"#, r#"{"iat":1}"#] {
        let jws =
            format!(r#"{{"protected":"{protected}","header":{unprotected},"signature":"{signature}"}}"#);
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &jws), &[]);
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "header-unprotected");
    }
}
