//! A whole sealed record, as a device makes it.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, unreachable_pub)]

use fhir::Value;
use jiff::{SignedDuration, Timestamp};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::verify::{Aspect, Finding, Report, Trust, Verdict, verify_response};
use seal::{Activity, Anchors, Crl, Statement};

pub const TARGET: &str = "QuestionnaireResponse/r1/_history/1";

/// One record, its authority and its device.
pub struct Sealed {
    pub authority: TestAuthority,
    pub signer: TestSigner,
    pub anchors: Anchors,
    pub crls: Vec<Crl>,
    /// As the server returned it.
    pub response: Value,
    pub provenance: Value,
}

pub fn persisted_at() -> Timestamp {
    testing::signed_at() + SignedDuration::from_secs(60)
}

/// The time of verification: ten days later.
pub fn now() -> Timestamp {
    testing::days(10)
}

pub fn captured(response: &Value, statement: &Statement, signer: &TestSigner) -> Value {
    let (device, patient) = (testing::device(), testing::patient());
    seal::capture(response, statement, testing::signed_at(), &device, &patient, signer).unwrap()
}

pub fn proven(returned: &Value, signer: &TestSigner) -> Value {
    let signature = seal::persistence(
        returned,
        TARGET,
        &Activity::Create,
        persisted_at(),
        &testing::device(),
        "Attesta 0.1.0",
        signer,
    )
    .unwrap();
    seal::provenance(returned, &signature).unwrap()
}

impl Sealed {
    pub fn new() -> Self {
        let authority = TestAuthority::new(40);
        let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
        Self::by(authority, signer)
    }

    pub fn by(authority: TestAuthority, signer: TestSigner) -> Self {
        let response = testing::returned(&captured(&testing::response(), &testing::statement(), &signer));
        let provenance = proven(&response, &signer);
        let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
        Self { authority, signer, anchors, crls, response, provenance }
    }

    pub fn trust(&self) -> Trust<'_> {
        Trust::new(Some(&self.anchors), now()).with_crls(&self.crls)
    }

    pub fn verify(&self) -> Report {
        self.verify_with(&self.response, &[&self.provenance])
    }

    pub fn verify_with(&self, response: &Value, provenances: &[&Value]) -> Report {
        let provenances: Vec<_> = provenances.iter().map(|&one| one.clone()).collect();
        verify_response(response, &provenances, &self.trust())
    }
}

pub fn finding(report: &Report, aspect: Aspect) -> &Finding {
    report.verdicts.iter().find(|finding| finding.name == aspect).unwrap()
}

#[track_caller]
pub fn assert_finding(report: &Report, aspect: Aspect, verdict: Verdict, code: &str) {
    let found = finding(report, aspect);
    assert_eq!((found.verdict, found.code), (verdict, code), "{aspect:?}: {}", found.reason);
}

/// Sets the member at `path` (names and indexes) of a clone.
pub fn with(value: &Value, path: &[&str], new: impl Into<Value>) -> Value {
    let mut changed = value.clone();
    let (last, parents) = path.split_last().unwrap();
    let mut at = &mut changed;
    for step in parents {
        at = match step.parse::<usize>() {
            Ok(index) => &mut at.as_array_mut().unwrap()[index],
            Err(_) => at.as_object_mut().unwrap().get_mut(step).unwrap(),
        };
    }
    match last.parse::<usize>() {
        Ok(index) => at.as_array_mut().unwrap()[index] = new.into(),
        Err(_) => {
            at.as_object_mut().unwrap().insert(*last, new);
        }
    }
    changed
}
