//! Validity, revocation and the claimed time.

use crate::common;

use common::{Sealed, assert_finding, with};
use seal::Signer as _;
use seal::issue::Revoked;
use seal::testing::{self, TestAuthority, days};
use seal::verify::{Aspect, Trust, Verdict, verify_response};

/// A record whose capture signature was made under a certificate valid from `from` to `until` (days around it). The
/// crate refuses to sign like this, so the header is changed and signed again.
fn sealed_while_valid(from: i64, until: i64) -> Sealed {
    let sealed = Sealed::new();
    let other = sealed.authority.signer_valid(7, testing::DEVICE_IDENTIFIER, days(from), days(until));
    let x5c: Vec<fhir::Value> = other.chain().ders().map(|der| common::base64(der).into()).collect();
    let response = common::recaptured(&sealed, |header| {
        header.insert("x5c", x5c);
        header.insert("x5t#S256", other.chain().x5t_s256());
    });
    Sealed { response, ..sealed }
}

#[test]
fn signed_before_the_certificate_began_is_invalid() {
    let sealed = sealed_while_valid(1, 100);
    let report = sealed.verify_with(&sealed.response, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "certificate-not-yet-valid");
}

#[test]
fn signed_after_the_certificate_expired_is_invalid() {
    let sealed = sealed_while_valid(-100, -1);
    let report = sealed.verify_with(&sealed.response, &[]);
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "certificate-expired");
}

#[test]
fn the_device_refuses_to_sign_outside_its_certificates_validity() {
    let authority = TestAuthority::new(40);
    let expired = authority.signer_valid(7, testing::DEVICE_IDENTIFIER, days(-100), days(-1));
    let error = common::refused_capture(&expired);
    assert!(error.to_string().contains("clock"), "{error} must say what to check");
}

fn revoked_on(day: i64) -> Sealed {
    let mut sealed = Sealed::new();
    let serial = sealed.signer.chain().serial().to_vec();
    sealed.crls = sealed.authority.crls(&[Revoked { serial, at: days(day) }]);
    sealed
}

#[test]
fn a_certificate_revoked_before_the_signature_is_invalid() {
    assert_finding(&revoked_on(-1).verify(), Aspect::Revocation, Verdict::Invalid, "revoked");
}

#[test]
fn a_certificate_revoked_after_a_time_that_is_only_claimed_is_indeterminate() {
    // Whoever holds the key now can claim any time before.
    let report = revoked_on(1).verify();
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "revoked-later");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn a_list_by_another_authority_of_the_same_name_says_nothing() {
    let mut sealed = Sealed::new();
    let impostor = TestAuthority::new(40);
    let other = seal::issue::Authority::new(
        "CN=Test authority 40",
        testing::key(99),
        [5; 16],
        seal::issue::Validity { not_before: days(-10), not_after: days(10) },
    )
    .unwrap();
    let forged = other.crl(&[], days(1), days(31), 9).unwrap();
    sealed.crls = vec![impostor.crls(&[])[0].clone(), forged];
    assert_finding(&sealed.verify(), Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
}

#[test]
fn a_list_that_ended_before_the_signature_says_nothing() {
    let mut sealed = Sealed::new();
    let stale = |authority: &seal::issue::Authority| authority.crl(&[], days(-20), days(-10), 1).unwrap();
    sealed.crls = vec![stale(&sealed.authority.root), stale(&sealed.authority.intermediate)];
    assert_finding(&sealed.verify(), Aspect::Revocation, Verdict::Indeterminate, "revocation-stale");
}

#[test]
fn a_list_from_after_the_time_of_verification_is_not_yet_known() {
    let sealed = Sealed::new();
    let trust = Trust::new(Some(&sealed.anchors), testing::signed_at() + jiff::SignedDuration::from_mins(10))
        .with_crls(&sealed.crls);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
}

#[test]
fn a_list_in_force_at_the_signature_is_enough() {
    let mut sealed = Sealed::new();
    let current = |authority: &seal::issue::Authority| authority.crl(&[], days(-1), days(1), 1).unwrap();
    sealed.crls = vec![current(&sealed.authority.root), current(&sealed.authority.intermediate)];
    assert_finding(&sealed.verify(), Aspect::Revocation, Verdict::Valid, "not-revoked");
}

#[test]
fn an_intermediate_authority_that_was_revoked_takes_its_devices_with_it() {
    let mut sealed = Sealed::new();
    let chain =
        seal::CertificateChain::from_ders(vec![sealed.authority.intermediate.certificate_der().to_vec()])
            .unwrap();
    let revoked = [Revoked { serial: chain.serial().to_vec(), at: days(-1) }];
    sealed.crls[0] = sealed.authority.root.crl(&revoked, days(1), days(31), 2).unwrap();
    assert_finding(&sealed.verify(), Aspect::Revocation, Verdict::Invalid, "revoked");
}

#[test]
fn a_time_in_the_future_is_invalid() {
    let sealed = Sealed::new();
    let trust = Trust::new(Some(&sealed.anchors), days(-1)).with_crls(&sealed.crls);
    let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "in-the-future");
}

#[test]
fn a_server_that_stored_the_response_before_it_was_signed_makes_the_time_indeterminate() {
    let sealed = Sealed::new();
    let earlier = with(&sealed.response, &["meta", "lastUpdated"], "2026-11-21T08:30:00Z");
    let sealed = Sealed { provenance: common::proven(&earlier, &sealed.signer), response: earlier, ..sealed };
    assert_finding(&sealed.verify(), Aspect::Time, Verdict::Indeterminate, "clocks-disagree");
}

#[test]
fn without_a_servers_time_the_time_is_only_claimed() {
    let sealed = Sealed::new();
    let mut response = sealed.response.clone();
    let meta = response.as_object_mut().unwrap().get_mut("meta").unwrap();
    meta.as_object_mut().unwrap().remove("lastUpdated");
    let sealed = Sealed { provenance: common::proven(&response, &sealed.signer), response, ..sealed };
    assert_finding(&sealed.verify(), Aspect::Time, Verdict::Indeterminate, "time-only-claimed");
}

#[test]
fn signed_at_must_be_the_same_second_as_iat() {
    let sealed = Sealed::new();
    let response = common::recaptured(&sealed, |header| {
        common::qualifier(header).insert("signedAt", "2026-11-21T10:41:07+01:00");
    });
    assert_finding(&sealed.verify_with(&response, &[]), Aspect::Time, Verdict::Invalid, "signed-at-mismatch");
}

#[test]
fn a_pin_that_was_set_after_the_signature_is_invalid() {
    let sealed = Sealed::new();
    let response = common::recaptured(&sealed, |header| {
        common::qualifier(header).insert("pinSetAt", "2026-11-22T10:00:00+01:00");
    });
    assert_finding(&sealed.verify_with(&response, &[]), Aspect::Time, Verdict::Invalid, "pin-set-later");
}
