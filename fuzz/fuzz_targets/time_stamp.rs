//! A time stamp, alone or in an authority's answer, is read or refused, and never believed for what nobody asked; a request
//! is answered, whatever it is.
#![no_main]

use std::sync::LazyLock;

use seal::issue::{Validity, tsa};
use seal::testing::{self, TestAuthority, days};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};

static AUTHORITY: LazyLock<tsa::Authority> = LazyLock::new(|| {
    let valid = Validity { not_before: days(-30), not_after: days(365) };
    let issuer = TestAuthority::new(40).intermediate;
    tsa::Authority::new(&issuer, "CN=Test time stamps", testing::key(11), [11; 16], valid).expect("it can be made")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(token) = TimeStampToken::from_der(bytes) {
        assert_eq!(token.der(), bytes);
        assert!(!token.covers(b"something that nobody stamped"));
        assert!(token.latest() >= token.time());
    }
    let request = TimeStampRequest::new([1; 32], [2; 8]).expect("it can be made");
    assert!(request.read_answer(bytes).is_err());
    let answer = AUTHORITY.respond(bytes, days(2)).expect("everything is answered");
    assert!(request.read_answer(&answer).is_err());
});
