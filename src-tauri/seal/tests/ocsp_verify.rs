//! Revocation verdicts from OCSP responses, alone and beside revocation lists; and a certificate with serial number 1.

use crate::common;

use common::{Sealed, assert_finding, finding, now};
use jiff::{SignedDuration, Timestamp};
use seal::issue::ocsp::{Currency, Register};
use seal::issue::{Authority, Revoked};
use seal::ocsp::request;
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority, days};
use seal::verify::{Aspect, Report, Trust, Verdict, verify_response};
use seal::{Crl, OcspResponse, Signer as _};

const NOBODY: Register<'_> = Register { issued: None, revoked: &[] };

/// The day after the signature, for a week.
fn current() -> Currency {
    Currency { this_update: days(1), next_update: Some(days(8)) }
}

fn response(by: &Authority, subject: &[u8], register: &Register<'_>, currency: Currency) -> OcspResponse {
    let request = request(subject, by.certificate_der(), None).unwrap();
    OcspResponse::from_der(&by.respond(&request, register, currency).unwrap()).unwrap()
}

/// What the two authorities on the path say: about the device, and about the intermediate.
fn responses(sealed: &Sealed, register: &Register<'_>, currency: Currency) -> Vec<OcspResponse> {
    let TestAuthority { root, intermediate } = &sealed.authority;
    vec![
        response(intermediate, sealed.signer.chain().leaf_der(), register, currency),
        response(root, intermediate.certificate_der(), &NOBODY, currency),
    ]
}

fn verified_at(sealed: &Sealed, crls: &[Crl], ocsp: &[OcspResponse], at: Timestamp) -> Report {
    let trust = Trust::new(Some(&sealed.anchors), at).with_crls(crls).with_ocsp(ocsp);
    verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust)
}

fn verified(sealed: &Sealed, crls: &[Crl], ocsp: &[OcspResponse]) -> Report {
    verified_at(sealed, crls, ocsp, now())
}

fn revoked(sealed: &Sealed, at: Timestamp) -> [Revoked; 1] {
    [Revoked { serial: sealed.signer.chain().serial().to_vec(), at }]
}

#[test]
fn responses_alone_say_that_nothing_was_revoked() {
    let sealed = Sealed::new();
    let report = verified(&sealed, &[], &responses(&sealed, &NOBODY, current()));
    assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
    assert!(finding(&report, Aspect::Revocation).reason.contains("by the OCSP response of 2026-11-22"));
    assert_eq!(report.exit_code(), 0);
}

#[test]
fn a_response_and_a_list_may_each_speak_for_one_certificate() {
    let sealed = Sealed::new();
    let all = responses(&sealed, &NOBODY, current());
    // The lists of Sealed are the root's and the intermediate's.
    for (crls, ocsp) in [(&sealed.crls[..1], &all[..1]), (&sealed.crls[1..], &all[1..])] {
        let report = verified(&sealed, crls, ocsp);
        assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
    }
    for (crls, ocsp) in [(&[][..], &all[..1]), (&[], &all[1..]), (&sealed.crls[..1], &all[1..])] {
        let report = verified(&sealed, crls, ocsp);
        assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    }
}

#[test]
fn revoked_before_the_signature_is_invalid_whatever_else_is_said() {
    let sealed = Sealed::new();
    let revoked = revoked(&sealed, days(-1));
    let register = Register { issued: None, revoked: &revoked };
    let ocsp = responses(&sealed, &register, current());
    for crls in [&[][..], &sealed.crls] {
        let report = verified(&sealed, crls, &ocsp);
        assert_finding(&report, Aspect::Revocation, Verdict::Invalid, "revoked");
        assert_eq!(report.exit_code(), 1);
    }
    // The other way round: the list knows what the responses do not.
    let lists = sealed.authority.crls(&revoked);
    let report = verified(&sealed, &lists, &responses(&sealed, &NOBODY, current()));
    assert_finding(&report, Aspect::Revocation, Verdict::Invalid, "revoked");
    // A response that is not yet known at the time of verification says nothing.
    let report = verified_at(&sealed, &sealed.crls, &ocsp, days(1) - SignedDuration::from_hours(1));
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
}

#[test]
fn revoked_after_the_signature_is_indeterminate_without_a_time_stamp() {
    let sealed = Sealed::new();
    let revoked = revoked(&sealed, days(1));
    let register = Register { issued: None, revoked: &revoked };
    let report = verified(&sealed, &sealed.crls, &responses(&sealed, &register, current()));
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "revoked-later");
}

#[test]
fn unknown_to_the_responder_proves_nothing() {
    let sealed = Sealed::new();
    let register = Register { issued: Some(&[]), revoked: &[] };
    let ocsp = responses(&sealed, &register, current());
    let report = verified(&sealed, &sealed.crls[..1], &ocsp);
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "revocation-unknown");
    // A list that covers it makes up for that.
    let report = verified(&sealed, &sealed.crls, &ocsp);
    assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
}

#[test]
fn a_response_that_ended_before_the_signature_is_stale() {
    let sealed = Sealed::new();
    for next_update in [Some(days(-1)), None] {
        let stale = Currency { this_update: days(-2), next_update };
        let report = verified(&sealed, &[], &responses(&sealed, &NOBODY, stale));
        assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "revocation-stale");
    }
    // In force at the signature, and still at its Provenance.
    let in_force = Currency { this_update: days(-2), next_update: Some(days(1)) };
    let report = verified(&sealed, &[], &responses(&sealed, &NOBODY, in_force));
    assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
    // After the certificate expired, responders may have forgotten that it was revoked.
    let late = Currency { this_update: days(340), next_update: Some(days(350)) };
    let report = verified_at(&sealed, &[], &responses(&sealed, &NOBODY, late), days(345));
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "revocation-stale");
}

#[test]
fn responses_of_others_are_refused_by_name() {
    let sealed = Sealed::new();
    let leaf = sealed.signer.chain().leaf_der();
    let honest = responses(&sealed, &NOBODY, current());
    let with = |first: OcspResponse| verified(&sealed, &[], &[first, honest[1].clone()]);
    // The root answers for what the intermediate issued; so does another authority of the same name.
    let issuer = sealed.authority.intermediate.certificate_der();
    let asked = request(leaf, issuer, None).unwrap();
    let by_root = sealed.authority.root.respond(&asked, &NOBODY, current()).unwrap();
    let report = with(OcspResponse::from_der(&by_root).unwrap());
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "ocsp-responder");
    let validity = seal::issue::Validity { not_before: days(-10), not_after: days(10) };
    let impostor = Authority::new("CN=Test authority 40", testing::key(99), [5; 16], validity).unwrap();
    let report =
        with(OcspResponse::from_der(&impostor.respond(&asked, &NOBODY, current()).unwrap()).unwrap());
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "ocsp-signature");
    // The signature's last byte.
    let mut altered = honest[0].der().to_vec();
    *altered.last_mut().unwrap() ^= 1;
    let report = with(OcspResponse::from_der(&altered).unwrap());
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "ocsp-signature");
    // None of them hides an honest list.
    let report = verified(&sealed, &sealed.crls, &[OcspResponse::from_der(&altered).unwrap()]);
    assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
}

#[test]
fn without_an_anchor_nothing_is_asked_of_responses() {
    let sealed = Sealed::new();
    let ocsp = responses(&sealed, &NOBODY, current());
    let trust = Trust::new(None, now()).with_ocsp(&ocsp);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "not-checked");
}

/// A device whose certificate has the serial number 1, as a careless authority gives its first one.
fn serial_one() -> Sealed {
    use openssl::asn1::Asn1Time;
    use openssl::bn::BigNum;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::x509::extension::{KeyUsage, SubjectAlternativeName};
    use openssl::x509::{X509, X509Builder};
    use p256::pkcs8::EncodePrivateKey as _;
    let authority = TestAuthority::new(40);
    let device = authority.signer(7, DEVICE_IDENTIFIER);
    let honest = X509::from_der(device.chain().leaf_der()).unwrap();
    let issuer = X509::from_der(authority.intermediate.certificate_der()).unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(honest.subject_name()).unwrap();
    builder.set_issuer_name(issuer.subject_name()).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(days(-30).as_second()).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(days(300).as_second()).unwrap()).unwrap();
    builder.set_pubkey(&honest.public_key().unwrap()).unwrap();
    let name = SubjectAlternativeName::new()
        .uri(DEVICE_IDENTIFIER)
        .build(&builder.x509v3_context(Some(&issuer), None))
        .unwrap();
    builder.append_extension(name).unwrap();
    builder.append_extension(KeyUsage::new().critical().digital_signature().build().unwrap()).unwrap();
    let key = testing::key(41).to_pkcs8_der().unwrap();
    let key = PKey::private_key_from_der(key.as_bytes()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let ders = vec![builder.build().to_der().unwrap(), authority.intermediate.certificate_der().to_vec()];
    let signer = device.with_chain(seal::CertificateChain::from_ders(ders).unwrap());
    Sealed::by(authority, signer)
}

#[test]
fn serial_number_one_is_a_serial_number_like_others() {
    let sealed = serial_one();
    assert_eq!(sealed.signer.chain().serial(), [1]);
    let ocsp = |revoked: &[Revoked]| responses(&sealed, &Register { issued: None, revoked }, current());
    let good = verified(&sealed, &sealed.crls, &[]);
    assert_finding(&good, Aspect::Identity, Verdict::Valid, "trusted");
    assert_eq!(good.exit_code(), 0, "{:?}", good.verdicts);
    assert_eq!(verified(&sealed, &[], &ocsp(&[])).exit_code(), 0);

    let one = [Revoked { serial: vec![1], at: days(-1) }];
    for report in [verified(&sealed, &sealed.authority.crls(&one), &[]), verified(&sealed, &[], &ocsp(&one))]
    {
        assert_finding(&report, Aspect::Revocation, Verdict::Invalid, "revoked");
    }
    // Numbers that merely begin or end with it are others.
    for serial in [vec![1, 0], vec![1, 1], vec![2]] {
        let others = [Revoked { serial, at: days(-1) }];
        let lists = sealed.authority.crls(&others);
        for report in [verified(&sealed, &lists, &[]), verified(&sealed, &[], &ocsp(&others))] {
            assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
        }
    }
}

#[test]
fn a_file_may_hold_the_lists_of_both_authorities() {
    let sealed = Sealed::new();
    let both: String = sealed.crls.iter().map(Crl::to_pem).collect();
    assert_eq!(Crl::all_from_bytes(both.as_bytes()).unwrap(), sealed.crls);
    assert_eq!(Crl::all_from_bytes(sealed.crls[1].der()).unwrap(), sealed.crls[1..]);
    // One that cannot be read spoils the file: nobody knows what it would have said.
    let spoilt = both.clone() + "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    assert_eq!(Crl::all_from_bytes(spoilt.as_bytes()).unwrap_err().code(), "crl-unreadable");
    assert!(Crl::all_from_bytes(both.repeat(17).as_bytes()).is_err());
    assert!(Crl::all_from_bytes(b"").is_err());
}
