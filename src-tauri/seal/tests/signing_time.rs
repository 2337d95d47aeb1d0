//! `sigT`, the time of JAdES before `iat` (ETSI TS 119 182-1, v1.1.1 and v1.2.1): never beside `iat` at a level of the
//! baseline, and never another time.

use crate::common;

use common::{Sealed, assert_finding, finding, recaptured};
use fhir::Value;
use seal::verify::{Aspect, Report, Verdict};

/// The report on a record whose capture signature has this beside `iat`.
fn beside_iat(signing_time: impl Into<Value>) -> Report {
    let sealed = Sealed::new();
    let response = recaptured(&sealed, |header| {
        header.insert("sigT", signing_time.into());
    });
    seal::verify::verify_response(&response, &[], &sealed.trust())
}

#[test]
fn with_both_times_it_is_at_no_level_of_the_baseline() {
    for same in [Value::from("2026-11-21T08:41:07Z"), "2026-11-21T09:41:07.000+01:00".into()] {
        let report = beside_iat(same);
        assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
        assert_ne!(report.verdict(Aspect::Time), Verdict::Invalid);
        assert_eq!(report.signatures[0].level, None);
        assert!(report.notes.iter().any(|note| note.contains("both iat and sigT")), "{:?}", report.notes);
    }
}

#[test]
fn two_different_times_are_refused() {
    for other in [
        Value::from("2026-11-21T08:41:08Z"),
        "2026-11-21T08:41:07+01:00".into(),
        seal::testing::number("1").into(),
    ] {
        let report = beside_iat(other);
        assert_finding(&report, Aspect::Time, Verdict::Invalid, "signed-at-mismatch");
        assert!(finding(&report, Aspect::Time).reason.contains("two times"));
    }
    for unreadable in [Value::from("yesterday"), Value::Bool(true), seal::testing::number("1.5").into()] {
        let report = beside_iat(unreadable);
        assert_finding(&report, Aspect::Signature, Verdict::Invalid, "header-unreadable");
    }
}

#[test]
fn with_iat_alone_there_is_nothing_to_note() {
    let sealed = Sealed::new();
    let report = seal::verify::verify_response(&sealed.response, &[], &sealed.trust());
    assert_eq!((report.signatures[0].level, report.notes.len()), (Some("B"), 0));
}
