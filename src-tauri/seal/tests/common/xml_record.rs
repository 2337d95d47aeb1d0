//! Records whose Provenance has an XML signature.

use fhir::xml::{Document, canonical, to_xml};
use fhir::{Object, Value, Version};
use seal::profile::{About, by_name};
use seal::testing;
use seal::verify::{Aspect, Report, Verdict, verify_resource};
use seal::xades::{Claims, sign};

use super::xml::FORM;
use super::{PERSISTENCE, Sealed, base64, from_base64, header, persisted_at};

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
    own_in(record, Version::R4)
}

pub fn own_in(record: &Sealed, version: Version) -> Value {
    let stated = stated(&record.provenance);
    signed_over(record, &c14n(&record.response, version), FORM, Some(&stated))
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

/// The XML of the Provenance's one signature.
pub fn xml_of(provenance: &Value) -> String {
    String::from_utf8(from_base64(provenance.list("signature")[0].str("data").unwrap())).unwrap()
}

/// The record's own XML signature, changed.
pub fn own_with(record: &Sealed, change: impl FnOnce(String) -> String) -> Value {
    let honest = own(record);
    let changed = change(xml_of(&honest));
    with_signature(&honest, &format!("application/fhir+xml;canonicalization={FORM}"), &changed)
}

/// A record in FHIR R5 under the profile base-r5, with both kinds of signature.
pub fn r5() -> (Sealed, Value) {
    let record = Sealed::new();
    let identifier = testing::response().get("identifier").unwrap().clone();
    let response = super::with(&testing::response(), &["identifier"], vec![identifier]);
    let response = testing::returned(&super::captured(&response, &testing::statement(), &record.signer));
    let signed = super::proven(&response, &record.signer);
    let about = About {
        resource: &response,
        signature: &signed.list("signature")[0],
        version: Version::R5,
        transaction: None,
    };
    let profile = by_name("base-r5").unwrap();
    let provenance = profile.provenance(&about).unwrap();
    assert_eq!(profile.violations(&provenance, Version::R5), []);
    let record = Sealed { response, provenance, ..record };
    let xml = own_in(&record, Version::R5);
    (record, xml)
}
