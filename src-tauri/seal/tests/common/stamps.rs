//! Time stamp authorities under the test authority, and records raised with them.

use jiff::Timestamp;
use seal::Crl;
use seal::issue::{Authority, Revoked, Validity, tsa};
use seal::jades::{Augmented, Level};
use seal::testing::{self, TestAuthority, days};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};
use seal::verify::{Aspect, Covered, Report, Trust, Verdict, covered, verify_response};

use super::{Sealed, finding, now};

/// Good for a year around the time of the fixtures.
pub fn stamps_of(authority: &TestAuthority) -> tsa::Authority {
    authority_of_stamps(authority, "CN=Test time stamps", 11)
}

/// Another one, as good.
pub fn other_stamps_of(authority: &TestAuthority) -> tsa::Authority {
    authority_of_stamps(authority, "CN=Other stamps", 12)
}

fn authority_of_stamps(authority: &TestAuthority, name: &str, seed: u8) -> tsa::Authority {
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    tsa::Authority::new(&authority.intermediate, name, testing::key(seed), [seed; 16], valid).unwrap()
}

/// What the authority answers at this time.
pub fn stamp(by: &tsa::Authority, imprint: [u8; 32], at: Timestamp) -> TimeStampToken {
    let request = TimeStampRequest::new(imprint, [5; 8]).unwrap();
    request.read_answer(&by.respond(request.der(), at).unwrap()).unwrap()
}

/// Lists on which this certificate is revoked since this day.
pub fn revoking(sealed: &Sealed, serial: &[u8], day: i64) -> Vec<Crl> {
    sealed.authority.crls(&[Revoked { serial: serial.to_vec(), at: days(day) }])
}

/// Lists of both authorities that are in force from one day to another.
pub fn lists_of(authority: &TestAuthority, from: i64, until: i64) -> Vec<Crl> {
    let list = |by: &Authority| by.crl(&[], days(from), days(until), 1).unwrap();
    vec![list(&authority.root), list(&authority.intermediate)]
}

pub fn stamped(sealed: &Sealed, covered: &mut Covered, at: Timestamp) {
    let token = stamp(&stamps_of(&sealed.authority), covered.signature.imprint(), at);
    covered.signature.add_time_stamp(&token).unwrap();
}

pub fn archived(sealed: &Sealed, covered: &mut Covered, at: Timestamp) {
    let imprint = covered.signature.archive_imprint(&covered.payload).unwrap();
    let token = stamp(&stamps_of(&sealed.authority), imprint, at);
    covered.signature.add_archive_time_stamp(&covered.payload, &token).unwrap();
}

/// Both signatures of the record at this level: stamped on the second day, archived on the third.
pub fn raised(sealed: &Sealed, level: Level) -> Vec<Augmented> {
    let provenances = std::slice::from_ref(&sealed.provenance);
    let (mut found, refused) = covered(&sealed.response, provenances, &Trust::new(None, now()));
    assert_eq!((found.len(), refused.len()), (2, 0));
    for one in &mut found {
        stamped(sealed, one, days(2));
        if level >= Level::Lt {
            one.signature
                .add_values(&sealed.anchors, &lists_of(&sealed.authority, 2, 31), &[], now())
                .unwrap();
        }
        if level == Level::Lta {
            archived(sealed, one, days(3));
        }
        assert_eq!(one.signature.level(), level);
    }
    found.into_iter().map(|one| one.signature).collect()
}

/// With the evidence beside the record and no revocation list but these.
pub fn verified(sealed: &Sealed, evidence: &[Augmented], crls: &[Crl], at: Timestamp) -> Report {
    let trust = Trust::new(Some(&sealed.anchors), at).with_crls(crls).with_evidence(evidence);
    verify_response(&sealed.response, std::slice::from_ref(&sealed.provenance), &trust)
}

pub fn assert_all_valid(report: &Report) {
    for aspect in Aspect::ALL {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {}", finding(report, aspect).reason);
    }
}

pub fn levels(report: &Report) -> Vec<&'static str> {
    report.signatures.iter().filter_map(|signature| signature.level).collect()
}
