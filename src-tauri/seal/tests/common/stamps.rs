//! A time stamp authority under the test authority, and one whose key was stolen.

use jiff::Timestamp;
use seal::Crl;
use seal::issue::{Authority, Revoked, Validity, tsa};
use seal::testing::{self, TestAuthority, days};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};

use super::Sealed;

/// Good for a year around the time of the fixtures.
pub fn stamps_of(authority: &TestAuthority) -> tsa::Authority {
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    tsa::Authority::new(&authority.intermediate, "CN=Test time stamps", testing::key(11), [11; 16], valid)
        .unwrap()
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
