//! What is sealed in these tests; each a valid resource.

use attesta_tests::interop::sources;
use fhir::{Value, Version, array, object};

use crate::sealing::ORGANIZATION;

const BASE: &str = "https://hospital.example/fhir";

/// An answered PHQ-9, without a signature.
pub(crate) fn response(version: Version) -> Value {
    let golden = sources().join("../../src-tauri/questionnaire/tests/golden/phq-9.response.json");
    let mut response = Value::parse(&std::fs::read(golden).unwrap()).unwrap();
    if version == Version::R5 {
        let members = response.as_object_mut().unwrap();
        let identifier = members.get("identifier").unwrap().clone();
        members.insert("identifier", array![identifier]);
    }
    response
}

fn entry(resource: Value) -> Value {
    let (kind, id) = (resource.resource_type().unwrap(), resource.str("id").unwrap());
    object! { "fullUrl" => format!("{BASE}/{kind}/{id}"), "resource" => resource }
}

fn reference(to: &str) -> Value {
    object! { "reference" => to }
}

fn patient() -> Value {
    object! {
        "resourceType" => "Patient",
        "id" => "patient-014-0027",
        "identifier" => array![object! {
            "system" => "https://attesta.example/participants", "value" => "014-0027",
        }],
    }
}

fn organization() -> Value {
    object! {
        "resourceType" => "Organization",
        "id" => "hospital",
        "identifier" => array![object! { "system" => "urn:ietf:rfc:3986", "value" => ORGANIZATION }],
        "name" => "The hospital of the tests",
    }
}

/// Who the response says wrote it down.
fn device() -> Value {
    object! {
        "resourceType" => "Device",
        "id" => "device-014-3",
        "identifier" => array![object! {
            "system" => "urn:ietf:rfc:3986", "value" => "urn:uuid:0b0f5f2e-6a52-4d8e-8a3c-8d9f1c2b3a4d",
        }],
    }
}

fn composition(version: Version) -> Value {
    let subject = reference("Patient/patient-014-0027");
    object! {
        "resourceType" => "Composition",
        "id" => "answers",
        "status" => "final",
        "type" => object! { "coding" => array![object! {
            "system" => "http://loinc.org", "code" => "74465-6",
        }] },
        "subject" => match version {
            Version::R4 => subject,
            Version::R5 => array![subject],
        },
        "date" => "2026-11-21T09:41:07+01:00",
        "author" => array![reference("Organization/hospital")],
        "title" => "What 014-0027 answered",
        "section" => array![object! {
            "title" => "Answers", "entry" => array![reference("QuestionnaireResponse/answered")],
        }],
    }
}

fn answered(version: Version) -> Value {
    let mut response = response(version);
    response.as_object_mut().unwrap().insert("id", "answered");
    response
}

/// R4: a Composition with what it references.
pub(crate) fn collection() -> Value {
    object! {
        "resourceType" => "Bundle",
        "type" => "collection",
        "entry" => array![
            entry(composition(Version::R4)),
            entry(patient()),
            entry(organization()),
            entry(device()),
            entry(answered(Version::R4)),
        ],
    }
}

/// R5: the same as a document.
pub(crate) fn document() -> Value {
    object! {
        "resourceType" => "Bundle",
        "identifier" => object! {
            "system" => "urn:ietf:rfc:3986", "value" => "urn:uuid:5d0c1b1f-2a10-4c52-8a5e-6a2f9a1f0c11",
        },
        "type" => "document",
        "timestamp" => "2026-11-21T09:41:07+01:00",
        "entry" => array![
            entry(composition(Version::R5)),
            entry(patient()),
            entry(organization()),
            entry(device()),
            entry(answered(Version::R5)),
        ],
    }
}
