//! Records whose Provenance has an XML signature.

use fhir::xml::{Document, canonical, to_xml};
use fhir::{Object, Value, Version};
use seal::verify::{Aspect, Report, Verdict, verify_resource};
use seal::xades::{Claims, sign};

use super::xml::FORM;
use super::{PERSISTENCE, Sealed, base64, header, persisted_at};

pub fn c14n(resource: &Value, version: Version) -> String {
    canonical::c14n11(&Document::parse(to_xml(resource, version).unwrap().as_bytes()).unwrap())
}

/// What Attesta states in the `commQuals` of the record's JWS.
pub fn stated(provenance: &Value) -> Value {
    header(provenance, &PERSISTENCE).list("srCms")[0].list("commQuals")[0].clone()
}

pub fn with_signature(provenance: &Value, target_format: &str, data: &str) -> Value {
    let mut signature = provenance.list("signature")[0].clone();
    let members = signature.as_object_mut().unwrap();
    members.insert("targetFormat", target_format);
    members.insert("sigFormat", "application/signature+xml");
    members.insert("data", base64(data));
    let mut provenance = provenance.clone();
    provenance.as_object_mut().unwrap().insert("signature", vec![signature]);
    provenance
}

/// The record's Provenance, signed as XML over `content`.
pub fn signed_over(record: &Sealed, content: &str, form: &str, qualifiers: Option<&Value>) -> Value {
    let claims = Claims {
        signing_time: persisted_at(),
        commitment: "1.2.840.10065.1.12.1.14",
        description: "Source Signature",
        canonicalization: form,
        qualifiers,
    };
    let xml = sign(content.as_bytes(), &claims, &record.signer).unwrap();
    with_signature(&record.provenance, &format!("application/fhir+xml;canonicalization={form}"), &xml)
}

pub fn own(record: &Sealed) -> Value {
    let stated = stated(&record.provenance);
    signed_over(record, &c14n(&record.response, Version::R4), FORM, Some(&stated))
}

pub fn altered(resource: &Value, change: impl FnOnce(&mut Object)) -> Value {
    let mut changed = resource.clone();
    change(changed.as_object_mut().unwrap());
    changed
}

/// The verdict about the XML signature itself.
pub fn of_xml(report: &Report) -> (Verdict, &'static str) {
    let signature = report.signatures.iter().find(|one| one.token == Some("xml")).unwrap();
    let finding = signature.verdicts.iter().find(|one| one.name == Aspect::Signature).unwrap();
    (finding.verdict, finding.code)
}

pub fn verify(record: &Sealed, response: &Value, provenance: &Value) -> Report {
    verify_resource(response, std::slice::from_ref(provenance), &record.trust())
}
