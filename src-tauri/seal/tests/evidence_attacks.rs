//! Evidence that was made to deceive a verifier, or to take a verdict away.

use crate::common;

use common::stamps::{lists_of, other_stamps_of, revoking, stamp, stamps_of, verified};
use common::{CAPTURE, Sealed, assert_finding, base64, base64url, finding, now, recaptured_by, with_jws};
use fhir::Value;
use seal::issue::ocsp::{Currency, Register};
use seal::issue::{Authority, Validity, tsa};
use seal::jades::Augmented;
use seal::ocsp::request;
use seal::testing::{self, DEVICE_IDENTIFIER, TestAuthority, days};
use seal::verify::{Aspect, Covered, Report, Trust, Verdict, covered, verify_response};
use seal::{Anchors, Crl, OcspResponse, Signer as _};

/// The capture signature with a good archive time stamp of the third day by another authority, changed by `edit`, which
/// gets the elements and what the archive time stamp is over. The first authority's key was stolen and revoked on the
/// fifth day.
fn with_a_stolen_stamp(edit: impl FnOnce(&mut Vec<Value>, &Augmented, [u8; 32], &tsa::Authority)) -> Report {
    let sealed = Sealed::new();
    let stolen = stamps_of(&sealed.authority);
    let revoked = revoking(&sealed, stolen.chain().serial(), 5);
    let (mut found, _) =
        covered(&sealed.response, std::slice::from_ref(&sealed.provenance), &Trust::new(None, now()));
    let other = other_stamps_of(&sealed.authority);
    let Covered { signature, payload, .. } = &mut found[0];
    signature.add_time_stamp(&stamp(&other, signature.imprint(), days(2))).unwrap();
    let lists = lists_of(&sealed.authority, 2, 31);
    signature.add_values(&sealed.anchors, &lists, &[], days(3)).unwrap();
    let imprint = signature.archive_imprint(payload).unwrap();
    signature.add_archive_time_stamp(payload, &stamp(&other, imprint, days(3))).unwrap();
    assert_eq!(
        verified(&sealed, std::slice::from_ref(signature), &revoked, now()).verdict(Aspect::Time),
        Verdict::Valid
    );
    let flattened = signature.to_value();
    let mut elements = common::at(&flattened, &["header", "etsiU"]).as_array().unwrap().to_vec();
    edit(&mut elements, signature, imprint, &stolen);
    let forged = common::with(&flattened, &["header", "etsiU"], elements);
    verified(&sealed, &[Augmented::read(&forged.to_json()).unwrap()], &revoked, now())
}

#[test]
fn an_archive_stamp_proves_nothing_for_a_stamp_that_was_added_after_it() {
    let report = with_a_stolen_stamp(|elements, signature, _, stolen| {
        let token = stamp(stolen, signature.imprint(), days(1));
        let element = format!("{{\"sigTst\":{{\"tstTokens\":[{{\"val\":\"{}\"}}]}}}}", base64(token.der()));
        elements.push(base64url(element).into());
    });
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-revoked");
}

#[test]
fn an_archive_stamp_proves_nothing_for_another_token_beside_it() {
    let report = with_a_stolen_stamp(|elements, _, imprint, stolen| {
        let last = elements.pop().unwrap();
        let element = Value::parse(&common::from_base64url(last.as_str().unwrap())).unwrap();
        let good = common::at(&element, &["arcTst", "tstTokens", "0"]).clone();
        let forged = fhir::object! { "val" => base64(stamp(stolen, imprint, days(1)).der()) };
        let both = common::with(&element, &["arcTst", "tstTokens"], fhir::array![forged, good]);
        elements.push(base64url(both.to_json()).into());
    });
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "stamp-revoked");
}

#[test]
fn a_time_stamp_takes_no_verdict_away_that_a_list_of_the_claimed_time_gives() {
    let mut sealed = Sealed::new();
    // The time stamps are of an authority with lists of its own.
    let elsewhere = TestAuthority::new(60);
    let roots = [&sealed.authority.root, &elsewhere.root].map(Authority::certificate_pem).concat();
    sealed.anchors = Anchors::from_pem(roots.as_bytes()).unwrap();
    let mut lists = lists_of(&sealed.authority, -1, 1);
    lists.extend(lists_of(&elsewhere, 3, 31));
    let bare = verified(&sealed, &[], &lists, now());
    assert_finding(&bare, Aspect::Revocation, Verdict::Valid, "not-revoked");
    assert!(finding(&bare, Aspect::Revocation).reason.contains("which is from before the signature"));
    let (mut found, _) =
        covered(&sealed.response, std::slice::from_ref(&sealed.provenance), &Trust::new(None, now()));
    for one in &mut found {
        let token = stamp(&stamps_of(&elsewhere), one.signature.imprint(), days(2));
        one.signature.add_time_stamp(&token).unwrap();
    }
    let evidence: Vec<_> = found.into_iter().map(|one| one.signature).collect();
    let report = verified(&sealed, &evidence, &lists, now());
    assert_finding(&report, Aspect::Revocation, Verdict::Valid, "not-revoked");
    assert_finding(&report, Aspect::Time, Verdict::Valid, "time-stamped");
}

/// Every value is held against every path: thousands of them would keep a verifier busy for hours.
#[test]
fn more_values_than_any_signature_needs_are_refused_wherever_they_stand() {
    let sealed = Sealed::new();
    let jws =
        Value::parse(seal::jades::flatten(&common::jws(&sealed.response, &CAPTURE)).unwrap().as_bytes());
    let lists = |count: usize| {
        let value = fhir::object! { "val" => base64(sealed.crls[0].der()) };
        let values = fhir::object! { "crlVals" => vec![value; count] };
        Value::from(base64url(fhir::object! { "rVals" => values }.to_json()))
    };
    let jws = jws.unwrap();
    for (counts, refused) in [([32, 32], false), ([32, 33], true), ([0, 65], true)] {
        let header = fhir::object! { "etsiU" => counts.map(lists).to_vec() };
        let mut members = jws.as_object().unwrap().clone();
        members.insert("header", header);
        let response = with_jws(&sealed.response, &CAPTURE, &Value::from(members).to_json());
        let report = sealed.verify_with(&response, &[]);
        let code = finding(&report, Aspect::Time).code;
        assert_eq!(code == "evidence-unreadable", refused, "{counts:?}: {code}");
        assert_eq!(report.verdict(Aspect::Time) == Verdict::Invalid, refused, "{counts:?}");
    }
}

/// The lists are looked through for a responder that signed, not for one that somebody names.
#[test]
fn a_response_that_its_responder_did_not_sign_asks_for_no_list() {
    let sealed = Sealed::new();
    let issuer = &sealed.authority.intermediate;
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    let responder = issuer.responder("CN=Answers", testing::key(13), [13; 16], valid, false).unwrap();
    let asked = request(sealed.signer.chain().leaf_der(), issuer.certificate_der(), None).unwrap();
    let register = Register { issued: None, revoked: &[] };
    let currency = Currency { this_update: days(1), next_update: Some(days(8)) };
    let honest = responder.respond(&asked, &register, currency).unwrap();
    let code = |response: &[u8]| {
        let ocsp = [OcspResponse::from_der(response).unwrap()];
        let trust = Trust::new(Some(&sealed.anchors), now()).with_ocsp(&ocsp);
        let report = verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust);
        finding(&report, Aspect::Revocation).code
    };
    // Without a list nothing says that the responder was good.
    assert_eq!(code(&honest), "ocsp-responder");
    let dated = b"20261122084107Z";
    let at = honest.windows(dated.len()).position(|one| one == dated).unwrap();
    let mut altered = honest.clone();
    altered[at + dated.len() - 2] = b'8';
    assert_eq!(code(&altered), "ocsp-signature");
}

#[test]
fn a_list_from_before_the_time_stamp_is_not_kept_as_its_proof() {
    let sealed = Sealed::new();
    let (mut found, _) =
        covered(&sealed.response, std::slice::from_ref(&sealed.provenance), &Trust::new(None, now()));
    let signature = &mut found[0].signature;
    signature.add_time_stamp(&stamp(&stamps_of(&sealed.authority), signature.imprint(), days(2))).unwrap();
    // Both are in force when the time stamp is made.
    let [old, new] = [1, 2].map(|from| lists_of(&sealed.authority, from, 31));
    let unknown = |lists: &[Crl]| signature.without_value(&sealed.anchors, lists, &[], now()).unwrap().len();
    assert_eq!((unknown(&old), unknown(&new)), (3, 0));
    let refused = signature.add_values(&sealed.anchors, &old, &[], now()).unwrap_err().to_string();
    assert!(refused.contains("is from before the time stamp"), "{refused}");
    signature.add_values(&sealed.anchors, &new, &[], now()).unwrap();
}

#[test]
fn a_time_stamp_authority_signs_no_record() {
    let sealed = Sealed::new();
    let stamps = stamps_of(&sealed.authority);
    let signer = sealed.authority.signer(11, DEVICE_IDENTIFIER).with_chain(stamps.chain().clone());
    let report = sealed.verify_with(&recaptured_by(&sealed, &signer), &[]);
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "other-purpose");
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Valid);
}
