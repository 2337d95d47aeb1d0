//! The properties of XML signatures (XAdES): in their one place, covered, and about this content.

use crate::common;

use common::xml::{PAYLOAD, made, refused, signed_again, template, with};
use fhir::Value;
use fhir::xml::canonical;
use seal::xades::Detached;

#[test]
fn properties_that_are_not_covered_are_refused() {
    refused(&with("URI=\"#signed-properties\"", "URI=\"#other\""), "properties-not-covered");
    let xml = made();
    let from = xml.find("<ds:Reference Type").unwrap();
    let to = xml.rfind("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    refused(&format!("{}{}", &xml[..from], &xml[to..]), "properties-not-covered");
}

#[test]
fn properties_that_are_missing_are_refused() {
    let xml = made();
    let from = xml.find("<ds:Object>").unwrap();
    refused(&format!("{}</ds:Signature>", &xml[..from]), "properties-missing");
}

#[test]
fn properties_of_another_signature_are_refused() {
    refused(&with("Target=\"#signature\"", "Target=\"#other\""), "properties-misplaced");
    refused(&with(" Id=\"signature\"", ""), "properties-misplaced");
}

#[test]
fn altered_properties_are_refused() {
    for (was, now) in [
        ("2026-11-21T08:41:07Z", "2026-11-21T08:41:08Z"),
        ("12.1.14<", "12.1.1<"),
        ("Source Signature", "Author's Signature"),
        ("canonicalization/xml<", "canonicalization/xml#data<"),
        ("_history/1", "_history/2"),
    ] {
        refused(&with(was, now), "properties-altered");
    }
}

/// The properties are hashed before they are read, so these need a signature of their own.
fn properties(was: &str, now: &str) -> String {
    let xml = template("http://www.w3.org/2001/10/xml-exc-c14n#");
    assert!(xml.contains(was), "{was} does not occur");
    let prefixes = vec!["x".to_owned(), String::new()];
    signed_again(&xml.replacen(was, now, 1), &canonical::Form::Exclusive10(prefixes))
}

#[test]
fn properties_without_a_time_are_refused() {
    let time = "<x:SigningTime>2026-11-21T09:41:07+01:00</x:SigningTime>";
    refused(&properties(time, ""), "signing-time-missing");
    refused(&properties(time, "<x:SigningTime>yesterday</x:SigningTime>"), "signing-time-unreadable");
    refused(&properties("+01:00<", "<"), "signing-time-unreadable");
}

#[test]
fn properties_without_the_certificate_are_refused() {
    let xml = template("");
    let from = xml.find("<x:SigningCertificateV2>").unwrap();
    let to = xml.find("</x:SignedSignatureProperties>").unwrap();
    refused(&properties(&xml[from..to], ""), "signing-certificate-missing");
}

#[test]
fn a_format_of_something_else_is_refused() {
    let end = "</x:SignedSignatureProperties>";
    let format = format!(
        "{end}<x:SignedDataObjectProperties><x:DataObjectFormat ObjectReference=\"#other\">\
         <x:MimeType>text/xml</x:MimeType></x:DataObjectFormat></x:SignedDataObjectProperties>"
    );
    refused(&properties(end, &format), "object-reference-unknown");
    let own = format.replace("#other", "#c");
    assert!(Detached::parse(properties(end, &own).as_bytes()).unwrap().is_baseline_b());
}

#[test]
fn a_policy_that_is_not_understood_is_refused() {
    let end = "</x:SignedSignatureProperties>";
    let policy = format!("<x:SignaturePolicyIdentifier></x:SignaturePolicyIdentifier>{end}");
    refused(&properties(end, &policy), "element-unknown");
}

#[test]
fn qualifiers_are_read_only_where_there_is_one_commitment() {
    let one = |n: u8| {
        format!(
            "<x:CommitmentTypeIndication><x:CommitmentTypeId><x:Identifier>urn:oid:1.{n}</x:Identifier>\
             </x:CommitmentTypeId><x:AllSignedDataObjects></x:AllSignedDataObjects><x:CommitmentTypeQualifiers>\
             <x:CommitmentTypeQualifier>{{\"a\":{n}}}</x:CommitmentTypeQualifier></x:CommitmentTypeQualifiers>\
             </x:CommitmentTypeIndication>"
        )
    };
    let end = "</x:SignedSignatureProperties>";
    let around = |inner: &str| {
        let xml = format!("{end}<x:SignedDataObjectProperties>{inner}</x:SignedDataObjectProperties>");
        Detached::parse(properties(end, &xml).as_bytes()).unwrap()
    };
    assert_eq!(around(&one(2)).commitment(), Some("1.2"));
    assert_eq!(around(&one(2)).qualifiers().map(Value::to_json).as_deref(), Some("{\"a\":2}"));
    let both = around(&(one(2) + &one(3)));
    assert_eq!((both.commitment(), both.qualifiers()), (None, None));
    assert!(both.covers(PAYLOAD));
}
