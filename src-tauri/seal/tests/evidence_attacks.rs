//! Evidence that was made to deceive a verifier, or to take a verdict away.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::stamps::{revoking, stamp, stamps_of};
use common::{Sealed, assert_finding, base64, base64url, now};
use fhir::Value;
use jiff::Timestamp;
use seal::Crl;
use seal::issue::{Validity, tsa};
use seal::jades::Augmented;
use seal::testing::{self, days};
use seal::verify::{Aspect, Covered, Report, Trust, Verdict, covered, verify_response};

/// With the evidence beside the record and no revocation list but these.
fn verified(sealed: &Sealed, evidence: &[Augmented], crls: &[Crl], at: Timestamp) -> Report {
    let trust = Trust::new(Some(&sealed.anchors), at).with_crls(crls).with_evidence(evidence);
    verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust)
}

/// The capture signature with a good archive time stamp of the third day by another authority, changed by `edit`, which
/// gets the elements and what the archive time stamp is over. The first authority's key was stolen and revoked on the
/// fifth day.
fn with_a_stolen_stamp(edit: impl FnOnce(&mut Vec<Value>, &Augmented, [u8; 32], &tsa::Authority)) -> Report {
    let sealed = Sealed::new();
    let stolen = stamps_of(&sealed.authority);
    let revoked = revoking(&sealed, stolen.chain().serial(), 5);
    let (mut found, _) =
        covered(&sealed.response, std::slice::from_ref(&sealed.provenance), &Trust::new(None, now()));
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    let issuer = &sealed.authority.intermediate;
    let other = tsa::Authority::new(issuer, "CN=Other stamps", testing::key(12), [12; 16], valid).unwrap();
    let Covered { signature, payload, .. } = &mut found[0];
    signature.add_time_stamp(&stamp(&other, signature.imprint(), days(2))).unwrap();
    signature.add_values(&sealed.anchors, &sealed.crls, &[], days(3)).unwrap();
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
