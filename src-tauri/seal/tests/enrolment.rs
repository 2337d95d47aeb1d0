//! What an authority issues is checked before it is used; what a device requests is checked before it is issued.

use openssl::x509::X509Req;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use seal::issue::{Authority, SanPolicy, Validity};
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority, days, key};
use seal::{Anchors, CertificateChain, SealError, Signer as _, check_issued, csr};

fn request(key: &SigningKey, identifier: &str) -> Vec<u8> {
    let sign = |bytes: &[u8]| {
        let signature: Signature = key.sign(bytes);
        Ok(signature.to_bytes().into())
    };
    csr(key.verifying_key(), "Attesta tablet – Gerät 3", identifier, sign).unwrap().der().to_vec()
}

#[track_caller]
fn refused(result: Result<(), SealError>, code: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
}

#[test]
fn a_request_is_what_openssl_understands() {
    let key = key(7);
    let der = request(&key, DEVICE_IDENTIFIER);
    let read = X509Req::from_der(&der).unwrap();
    assert!(read.verify(&read.public_key().unwrap()).unwrap(), "the request is signed by the key inside it");
    let text = String::from_utf8(read.to_text().unwrap()).unwrap();
    assert!(text.contains(&format!("URI:{DEVICE_IDENTIFIER}")), "{text}");
    assert!(text.contains("Digital Signature"), "{text}");
}

#[test]
fn an_issued_certificate_passes_the_check() {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, DEVICE_IDENTIFIER);
    let key = key(7);
    let check = check_issued(
        signer.chain(),
        &authority.anchors(),
        key.verifying_key(),
        DEVICE_IDENTIFIER,
        testing::signed_at(),
    );
    check.unwrap();
    assert_eq!(signer.chain().san_uri(), Some(DEVICE_IDENTIFIER));
    assert_eq!(signer.chain().not_after(), days(335));
    assert!(signer.chain().serial().len() >= 15, "at least 64 random bits");
}

#[test]
fn a_certificate_that_is_not_ours_is_refused() {
    let authority = TestAuthority::new(40);
    let anchors = authority.anchors();
    let signer = authority.signer(7, DEVICE_IDENTIFIER);
    let (ours, other, now) = (key(7), key(8), testing::signed_at());
    let check = |chain: &CertificateChain, key: &SigningKey, identifier: &str, now| {
        check_issued(chain, &anchors, key.verifying_key(), identifier, now)
    };
    refused(check(signer.chain(), &other, DEVICE_IDENTIFIER, now), "other-key");
    refused(check(signer.chain(), &ours, "urn:uuid:other", now), "other-device");
    refused(check(signer.chain(), &ours, DEVICE_IDENTIFIER, days(-31)), "validity");
    refused(check(signer.chain(), &ours, DEVICE_IDENTIFIER, days(336)), "validity");

    let leaf_only = CertificateChain::from_ders(vec![signer.chain().leaf_der().to_vec()]).unwrap();
    refused(check(&leaf_only, &ours, DEVICE_IDENTIFIER, now), "untrusted");
    let stranger = TestAuthority::new(90).signer(7, DEVICE_IDENTIFIER);
    refused(check(stranger.chain(), &ours, DEVICE_IDENTIFIER, now), "untrusted");
}

#[test]
fn a_certificate_with_the_authoritys_own_key_is_refused() {
    // Seen in a reference authority: the answer to a request was a certificate for the authority's key.
    let authority = TestAuthority::new(40);
    let intermediate =
        CertificateChain::from_ders(vec![authority.intermediate.certificate_der().to_vec()]).unwrap();
    let now = testing::signed_at();
    let anchors = authority.anchors();
    let check = check_issued(&intermediate, &anchors, key(7).verifying_key(), DEVICE_IDENTIFIER, now);
    refused(check, "other-key");
    let check = check_issued(&intermediate, &anchors, key(41).verifying_key(), DEVICE_IDENTIFIER, now);
    refused(check, "authority");
}

/// A certificate for `device_key`, made with OpenSSL under a root of its own.
fn issued_by_openssl(
    device_key: &SigningKey,
    digest: openssl::hash::MessageDigest,
    usage: bool,
) -> (Vec<u8>, Anchors) {
    use openssl::asn1::Asn1Time;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
    use openssl::x509::{X509, X509Builder, X509NameBuilder};
    use p256::pkcs8::EncodePublicKey as _;

    let named = |common_name: &str| {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", common_name).unwrap();
        name.build()
    };
    let certificate = |subject: &str| -> X509Builder {
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&named(subject)).unwrap();
        builder.set_issuer_name(&named("Root")).unwrap();
        builder.set_not_before(&Asn1Time::from_unix(days(-30).as_second()).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::from_unix(days(300).as_second()).unwrap()).unwrap();
        builder
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let root_key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut root = certificate("Root");
    root.set_pubkey(&root_key).unwrap();
    root.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    root.sign(&root_key, openssl::hash::MessageDigest::sha256()).unwrap();
    let root = root.build();

    let spki = device_key.verifying_key().to_public_key_der().unwrap();
    let mut leaf = certificate("Device");
    leaf.set_pubkey(&PKey::public_key_from_der(spki.as_bytes()).unwrap()).unwrap();
    let mut key_usage = KeyUsage::new();
    if usage {
        key_usage.digital_signature()
    } else {
        key_usage.key_agreement()
    };
    leaf.append_extension(key_usage.critical().build().unwrap()).unwrap();
    let san = SubjectAlternativeName::new()
        .uri(DEVICE_IDENTIFIER)
        .build(&leaf.x509v3_context(Some(&root), None))
        .unwrap();
    leaf.append_extension(san).unwrap();
    leaf.sign(&root_key, digest).unwrap();
    (leaf.build().to_der().unwrap(), Anchors::from_pem(&root.to_pem().unwrap()).unwrap())
}

#[test]
fn sha_1_and_a_wrong_key_usage_are_refused() {
    let device = key(7);
    let now = testing::signed_at();
    let check = |digest, usage| {
        let (leaf, anchors) = issued_by_openssl(&device, digest, usage);
        let chain = CertificateChain::from_ders(vec![leaf]).unwrap();
        check_issued(&chain, &anchors, device.verifying_key(), DEVICE_IDENTIFIER, now)
    };
    check(openssl::hash::MessageDigest::sha256(), true).unwrap();
    refused(check(openssl::hash::MessageDigest::sha1(), true), "weak-algorithm");
    refused(check(openssl::hash::MessageDigest::sha256(), false), "key-usage");
}

#[test]
fn the_authority_checks_the_requests_signature_key_and_name() {
    let authority = TestAuthority::new(40).intermediate;
    let issue = |request: &[u8], policy| authority.issue_leaf(request, policy, [9; 16], days(0), days(1));
    let device = key(7);
    let good = request(&device, DEVICE_IDENTIFIER);
    assert!(issue(&good, SanPolicy::AnyUrnUuid).is_ok());
    assert_eq!(issue(&good, SanPolicy::Exactly("urn:uuid:x")).unwrap_err().code(), "request-refused");
    let strange = request(&device, "https://device.example/1");
    assert_eq!(issue(&strange, SanPolicy::AnyUrnUuid).unwrap_err().code(), "request-refused");

    // Someone else's public key in a request that this key signed.
    let stolen = csr(key(8).verifying_key(), "Thief", DEVICE_IDENTIFIER, |bytes| {
        let signature: Signature = device.sign(bytes);
        Ok(signature.to_bytes().into())
    })
    .unwrap();
    assert_eq!(issue(stolen.der(), SanPolicy::AnyUrnUuid).unwrap_err().code(), "request-refused");
    assert_eq!(
        issue(&request(&key(41), DEVICE_IDENTIFIER), SanPolicy::AnyUrnUuid).unwrap_err().code(),
        "request-refused"
    );

    for index in 0..good.len() {
        let mut changed = good.clone();
        changed[index] ^= 1;
        assert!(issue(&changed, SanPolicy::AnyUrnUuid).is_err(), "byte {index} of the request was changed");
    }
}

#[test]
fn a_request_may_be_pem() {
    let authority = TestAuthority::new(40).intermediate;
    let device = key(7);
    let sign = |bytes: &[u8]| {
        let signature: Signature = device.sign(bytes);
        Ok(signature.to_bytes().into())
    };
    let pem = csr(device.verifying_key(), "Tablet", DEVICE_IDENTIFIER, sign).unwrap().pem();
    assert!(authority.issue_leaf(pem.as_bytes(), SanPolicy::AnyUrnUuid, [9; 16], days(0), days(1)).is_ok());
}

#[test]
fn an_authority_comes_back_from_storage_only_with_its_own_key() {
    let authority = TestAuthority::new(40);
    let der = authority.root.certificate_der();
    assert!(Authority::load(key(40), der).is_ok());
    assert_eq!(Authority::load(key(41), der).unwrap_err().code(), "issue-failed");
    let backwards = Validity { not_before: days(1), not_after: days(0) };
    assert_eq!(Authority::new("CN=x", key(1), [1; 16], backwards).unwrap_err().code(), "issue-failed");
}

#[test]
fn debug_shows_no_key_and_no_person() {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, DEVICE_IDENTIFIER);
    let shown = format!(
        "{authority:?} {signer:?} {:?} {:?} {:?}",
        testing::statement(),
        testing::patient(),
        authority.anchors()
    );
    assert!(!shown.contains("014-0027"), "{shown}");
    assert!(!shown.contains(&"07".repeat(8)) && !shown.contains("7, 7, 7"), "{shown}");
}
