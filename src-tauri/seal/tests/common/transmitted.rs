//! Bundles that a hospital signed for transmission.

use fhir::{Value, object};
use seal::iehr::{Transmission, sign_bundle};
use seal::testing::{self, TestAuthority, TestSigner};
use seal::{Party, SealError};

pub const HOSPITAL: &str = "urn:oid:2.16.840.1.113883.3.9999.14";

pub fn hospital() -> Party {
    Party {
        reference: "Organization/hospital".to_owned(),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: HOSPITAL.to_owned(),
    }
}

/// A resource that names others.
pub fn entry(name: &str, to: &[&str]) -> Value {
    let (kind, id) = name.split_once('/').unwrap();
    let to: Vec<Value> = to.iter().map(|&to| object! { "reference" => to }).collect();
    object! {
        "fullUrl" => format!("https://hospital.example/fhir/{name}"),
        "resource" => object! { "resourceType" => kind, "id" => id, "note" => to },
    }
}

pub fn bundle(entries: Vec<Value>) -> Value {
    object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries }
}

/// A good and a second parent with a child in common, and a child of its own each.
pub fn two_parents() -> Value {
    bundle(vec![
        entry("Composition/a", &["Observation/a", "Patient/p"]),
        entry("Composition/b", &["Observation/b", "Patient/p"]),
        entry("Observation/a", &[]),
        entry("Observation/b", &[]),
        entry("Patient/p", &[]),
    ])
}

pub fn signed_by(bundle: &Value, custodian: &Party, signer: &TestSigner) -> Result<Value, SealError> {
    let mut count = 0;
    let mut id = || {
        count += 1;
        format!("00000000-0000-4000-8000-{count:012}")
    };
    let transmission = Transmission {
        authors: std::slice::from_ref(custodian),
        custodian,
        issued_at: testing::signed_at(),
        application: "Attesta 0.1.0",
    };
    sign_bundle(bundle, &transmission, &mut id, signer)
}

/// By the hospital, with the key of the authority that the tests of Bundles trust.
pub fn signed(bundle: &Value) -> Value {
    signed_by(bundle, &hospital(), &TestAuthority::new(40).signer(9, HOSPITAL)).unwrap()
}
