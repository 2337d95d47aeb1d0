//! A device of the practice server's authority, which seals now.

use fhir::{Value, Version};
use jiff::{SignedDuration, Timestamp};
use practice::Handle;
use seal::CertificateChain;
use seal::testing::{self, TestSigner};

/// The test device's key, with a certificate that the server's authority issued.
pub fn enrolled(server: &Handle) -> TestSigner {
    TestSigner::enrolled(7, testing::DEVICE_IDENTIFIER, |request| {
        let pem = server.issue_certificate(request.pem().as_bytes()).unwrap();
        CertificateChain::from_pem(pem.as_bytes()).unwrap()
    })
}

/// Now, to the second.
pub fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

/// The test response, captured at this time.
pub fn captured(key: &TestSigner, at: Timestamp) -> Value {
    captured_in(Version::R4, key, at)
}

/// The same as this release has it.
pub fn captured_in(version: Version, key: &TestSigner, at: Timestamp) -> Value {
    let mut statement = testing::statement();
    statement.signed_at = at.to_string();
    statement.pin_set_at = (at - SignedDuration::from_hours(1)).to_string();
    let mut response = testing::response();
    let identifier = response.get("identifier").unwrap().clone();
    let members = response.as_object_mut().unwrap();
    members.insert("authored", at.to_string());
    if version == Version::R5 {
        members.insert("identifier", vec![identifier]);
    }
    seal::capture(&response, &statement, at, &testing::device(), &testing::patient(), key).unwrap()
}
