//! JAdES T, LT and LTA: evidence is added without signing again, and believed only as far as it proves itself.

use crate::common;

use common::stamps::{
    assert_all_valid, levels, lists_of, other_stamps_of, raised, revoking, stamp, stamped, stamps_of,
    verified,
};
use common::{CAPTURE, Sealed, assert_finding, base64, base64url, finding, now, with_jws};
use fhir::Value;
use jiff::SignedDuration;
use seal::jades::{Augmented, Level};
use seal::testing::{self, TestAuthority, days};
use seal::verify::{Aspect, Covered, Trust, Verdict, covered, verify_response};
use seal::{Crl, Signer as _};

#[test]
fn a_time_stamp_proves_the_time_and_nothing_is_signed_again() {
    let sealed = Sealed::new();
    let evidence = raised(&sealed, Level::T);
    let report = verified(&sealed, &evidence, &sealed.crls, now());
    assert_all_valid(&report);
    assert_eq!(levels(&report), ["T", "T"]);
    let reason = &finding(&report, Aspect::Time).reason;
    assert!(reason.contains("CN=Test time stamps") && reason.contains("2026-11-23T08:41:08Z"), "{reason}");
    let compact = common::jws(&sealed.response, &CAPTURE);
    let (protected, signature) = compact.split_once("..").unwrap();
    let flattened = evidence[0].to_value();
    assert_eq!((flattened.str("protected"), flattened.str("signature")), (Some(protected), Some(signature)));
}

#[test]
fn without_a_server_s_time_the_stamp_is_what_makes_the_time_valid() {
    let mut sealed = Sealed::new();
    sealed.response = common::with(&sealed.response, &["meta"], fhir::object! { "versionId" => "1" });
    sealed.provenance = common::proven(&sealed.response, &sealed.signer);
    let report = verified(&sealed, &[], &sealed.crls, now());
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "time-only-claimed");
    let report = verified(&sealed, &raised(&sealed, Level::T), &sealed.crls, now());
    assert_finding(&report, Aspect::Time, Verdict::Valid, "time-stamped");
}

#[test]
fn with_its_values_a_signature_needs_no_list_from_elsewhere() {
    let sealed = Sealed::new();
    let report = verified(&sealed, &[], &[], now());
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    let report = verified(&sealed, &raised(&sealed, Level::T), &[], now());
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    let report = verified(&sealed, &raised(&sealed, Level::Lt), &[], now());
    assert_all_valid(&report);
    assert_eq!(levels(&report), ["LT", "LT"]);
}

#[test]
fn an_archived_signature_is_valid_long_after_every_certificate_of_it_expired() {
    let sealed = Sealed::new();
    let evidence = raised(&sealed, Level::Lta);
    let report = verified(&sealed, &evidence, &[], days(3900));
    assert_all_valid(&report);
    assert_eq!(levels(&report), ["LTA", "LTA"]);
    let report = verified(&sealed, &evidence, &[], days(10));
    assert_all_valid(&report);
}

#[test]
fn evidence_is_read_from_the_signature_itself_encoded_or_in_the_clear() {
    let sealed = Sealed::new();
    let [capture, _] = raised(&sealed, Level::T).try_into().unwrap();
    let encoded = capture.to_value();
    let response = with_jws(&sealed.response, &CAPTURE, &encoded.to_json());
    let report = sealed.verify_with(&response, &[]);
    assert_finding(&report, Aspect::Time, Verdict::Valid, "time-stamped");
    let clear = in_the_clear(&encoded);
    let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &clear.to_json()), &[]);
    assert_finding(&report, Aspect::Time, Verdict::Valid, "time-stamped");
    assert_eq!(levels(&report), ["T"]);
}

/// The same with the elements of `etsiU` as objects.
fn in_the_clear(flattened: &Value) -> Value {
    let elements: Vec<Value> = flattened
        .get("header")
        .unwrap()
        .list("etsiU")
        .iter()
        .map(|element| Value::parse(&common::from_base64url(element.as_str().unwrap())).unwrap())
        .collect();
    common::with(flattened, &["header", "etsiU"], elements)
}

#[test]
fn an_archive_time_stamp_over_evidence_in_the_clear_is_not_decided() {
    let sealed = Sealed::new();
    let [capture, _] = raised(&sealed, Level::Lta).try_into().unwrap();
    let clear = in_the_clear(&capture.to_value());
    let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &clear.to_json()), &[]);
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "archive-in-the-clear");
}

#[test]
fn a_stamp_by_an_authority_that_is_not_trusted_proves_nothing() {
    let sealed = Sealed::new();
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (mut found, _) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    let token = stamp(&stamps_of(&TestAuthority::new(60)), found[0].signature.imprint(), days(2));
    found[0].signature.add_time_stamp(&token).unwrap();
    let evidence = [found.remove(0).signature];
    let report = verified(&sealed, &evidence, &sealed.crls, now());
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-untrusted");
    let trust = Trust::new(None, now()).with_evidence(&evidence);
    let report = verify_response(&sealed.response, provenances, &trust);
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-untrusted");
}

#[test]
fn a_stamp_over_another_signature_is_invalid() {
    let sealed = Sealed::new();
    let [capture, persistence] = raised(&sealed, Level::Lta).try_into().unwrap();
    let other = persistence.to_value().get("header").unwrap().clone();
    let swapped = common::with(&capture.to_value(), &["header"], other);
    let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &swapped.to_json()), &[]);
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "stamp-mismatch");
    let token = stamp(&stamps_of(&sealed.authority), [1; 32], days(2));
    let mut again = Augmented::read(&common::jws(&sealed.response, &CAPTURE)).unwrap();
    assert!(again.add_time_stamp(&token).unwrap_err().to_string().contains("not over this signature"));
}

#[test]
fn a_stamp_from_after_the_verification_says_nothing_yet() {
    let sealed = Sealed::new();
    let evidence = raised(&sealed, Level::T);
    let report = verified(&sealed, &evidence, &sealed.crls, days(1) + SignedDuration::from_hours(1));
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-in-the-future");
}

#[test]
fn a_signature_that_claims_to_be_younger_than_its_stamp_is_doubted() {
    let sealed = Sealed::new();
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (mut found, _) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    stamped(&sealed, &mut found[0], days(-1));
    let report = verified(&sealed, &[found.remove(0).signature], &sealed.crls, now());
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamped-before-signing");
}

#[test]
fn a_certificate_that_expired_after_the_stamp_stays_good_and_one_before_gains_nothing() {
    let authority = TestAuthority::new(40);
    let signer = authority.signer_valid(7, testing::DEVICE_IDENTIFIER, days(-30), days(1));
    let sealed = Sealed::by(authority, signer);
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (found, _) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    for (at, said) in
        [(days(0) + SignedDuration::from_hours(2), "time-stamped"), (days(2), "stamped-after-expiry")]
    {
        let mut one = found[0].clone();
        stamped(&sealed, &mut one, at);
        let report = verified(&sealed, &[one.signature], &sealed.crls, now());
        let capture = report.signatures.iter().find(|signature| signature.kind == "capture").unwrap();
        let time = capture.verdicts.iter().find(|verdict| verdict.name == Aspect::Time).unwrap();
        assert_eq!((time.verdict, time.code), (Verdict::Valid, said), "{}", time.reason);
    }
}

#[test]
fn a_key_that_was_revoked_after_the_stamp_did_not_make_the_signature() {
    let sealed = Sealed::new();
    let serial = sealed.signer.chain().serial();
    let evidence = raised(&sealed, Level::T);
    let later = verified(&sealed, &evidence, &revoking(&sealed, serial, 5), now());
    assert_eq!(later.verdict(Aspect::Revocation), Verdict::Valid);
    assert!(finding(&later, Aspect::Revocation).reason.contains("a time stamp proves"));
    let between = verified(&sealed, &evidence, &revoking(&sealed, serial, 1), now());
    assert_finding(&between, Aspect::Revocation, Verdict::Indeterminate, "revoked-later");
    let before = verified(&sealed, &evidence, &revoking(&sealed, serial, -1), now());
    assert_finding(&before, Aspect::Revocation, Verdict::Invalid, "revoked");
}

#[test]
fn a_time_stamp_authority_that_was_revoked_is_believed_only_for_what_was_archived_before() {
    let sealed = Sealed::new();
    let revoked = revoking(&sealed, stamps_of(&sealed.authority).chain().serial(), 5);
    let report = verified(&sealed, &raised(&sealed, Level::T), &revoked, now());
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-revoked");
    // The archive time stamp is of another authority, whose key is still safe.
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (mut found, _) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    let other = other_stamps_of(&sealed.authority);
    for one in &mut found {
        stamped(&sealed, one, days(2));
        one.signature.add_values(&sealed.anchors, &lists_of(&sealed.authority, 2, 31), &[], days(3)).unwrap();
        let imprint = one.signature.archive_imprint(&one.payload).unwrap();
        one.signature.add_archive_time_stamp(&one.payload, &stamp(&other, imprint, days(3))).unwrap();
    }
    let evidence: Vec<_> = found.into_iter().map(|one| one.signature).collect();
    assert_all_valid(&verified(&sealed, &evidence, &revoked, now()));
}

#[test]
fn levels_are_added_once_and_in_their_order() {
    let sealed = Sealed::new();
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (mut found, _) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    let Covered { signature, payload, .. } = &mut found[0];
    let refused = |error: seal::SealError, word: &str| {
        assert_eq!(error.code(), "evidence-refused");
        assert!(error.to_string().contains(word), "{error}");
    };
    let values = |signature: &mut Augmented| {
        signature.add_values(&sealed.anchors, &lists_of(&sealed.authority, 2, 31), &[], now())
    };
    let by = stamps_of(&sealed.authority);
    let token = stamp(&by, signature.imprint(), days(2));
    refused(values(signature).unwrap_err(), "comes after level T");
    refused(signature.archive_imprint(payload).unwrap_err(), "comes after level LT");
    signature.add_time_stamp(&token).unwrap();
    refused(signature.add_time_stamp(&token).unwrap_err(), "at level T already");
    refused(signature.add_archive_time_stamp(payload, &token).unwrap_err(), "comes after level LT");
    values(signature).unwrap();
    refused(values(signature).unwrap_err(), "at level LT already");
    refused(signature.add_archive_time_stamp(payload, &token).unwrap_err(), "not over this signature");
    refused(signature.archive_imprint(b"{}").unwrap_err(), "does not cover");
    let imprint = signature.archive_imprint(payload).unwrap();
    signature.add_archive_time_stamp(payload, &stamp(&by, imprint, days(3))).unwrap();
    refused(signature.archive_imprint(payload).unwrap_err(), "at level LTA already");
}

#[test]
fn values_are_added_only_when_they_speak_for_every_certificate() {
    let sealed = Sealed::new();
    let [mut capture, _] = raised(&sealed, Level::T).try_into().unwrap();
    let lists = lists_of(&sealed.authority, 2, 31);
    let unknown = |lists: &[Crl]| -> Vec<String> {
        let found = capture.without_value(&sealed.anchors, lists, &[], now()).unwrap();
        found.into_iter().map(|one| one.subject).collect()
    };
    assert_eq!(unknown(&[]), ["CN=Attesta tablet", "CN=Test authority 40", "CN=Test time stamps"]);
    assert_eq!(unknown(&lists[1..]), ["CN=Test authority 40"]);
    assert!(unknown(&lists).is_empty());
    let mut refused = |lists: &[Crl], word: &str| {
        let error = capture.add_values(&sealed.anchors, lists, &[], now()).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    };
    refused(&[], "nothing says whether CN=Attesta tablet was revoked");
    refused(&lists[1..], "nothing says whether CN=Test authority 40 was revoked");
    refused(&revoking(&sealed, sealed.signer.chain().serial(), 1), "CN=Attesta tablet was revoked");
    let other = TestAuthority::new(60).anchors();
    assert!(capture.add_values(&other, &lists, &[], now()).is_err());
}

#[test]
fn a_signature_with_evidence_that_cannot_be_read_or_is_unknown_is_not_valid() {
    let sealed = Sealed::new();
    let [capture, _] = raised(&sealed, Level::T).try_into().unwrap();
    let flattened = capture.to_value();
    for (element, verdict, code) in [
        (Value::from("not base64url!"), Verdict::Invalid, "evidence-unreadable"),
        (base64url("[]").into(), Verdict::Invalid, "evidence-unreadable"),
        (base64url("{\"sigTst\":{}}").into(), Verdict::Invalid, "evidence-unreadable"),
        (base64url("{\"sigTsT\":{}}").into(), Verdict::Indeterminate, "evidence-unknown"),
        (
            base64url(format!("{{\"sigTst\":{{\"tstTokens\":[{{\"val\":\"{}\"}}]}}}}", base64("x"))).into(),
            Verdict::Invalid,
            "stamp-unreadable",
        ),
    ] {
        let altered = common::with(&flattened, &["header", "etsiU", "0"], element);
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &altered.to_json()), &[]);
        assert_finding(&report, Aspect::Time, verdict, code);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Valid);
    }
}

/// Each archive time stamp covers the whole content: thousands of them would keep a verifier busy for hours.
#[test]
fn more_time_stamps_than_anybody_adds_are_refused() {
    let sealed = Sealed::new();
    let [capture, _] = raised(&sealed, Level::T).try_into().unwrap();
    let flattened = capture.to_value();
    let element = common::at(&flattened, &["header", "etsiU", "0"]).as_str().unwrap();
    let element = Value::parse(&common::from_base64url(element)).unwrap();
    let token = common::at(&element, &["sigTst", "tstTokens", "0"]).clone();
    for (count, code) in [(32, "time-stamped"), (33, "evidence-unreadable")] {
        let many = common::with(&element, &["sigTst", "tstTokens"], vec![token.clone(); count]);
        let many = common::with(&flattened, &["header", "etsiU", "0"], base64url(many.to_json()));
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &many.to_json()), &[]);
        assert_eq!(finding(&report, Aspect::Time).code, code, "{}", finding(&report, Aspect::Time).reason);
    }
}
