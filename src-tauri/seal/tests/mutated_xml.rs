//! Mutants of what `mutated.rs` leaves out: XML signatures, content in XML, records in FHIR R5, and Bundles that were
//! signed for transmission. None is valid unless it says exactly what was signed.

use crate::common;

use common::mutants::{Random, graft, mutate};
use common::xml_record::{own, r5, verify, with_signature, xml_of};
use common::{Sealed, captured, now, proven, transmitted, verify_quickly, with};
use fhir::xml::{Document, canonical::c14n11, from_xml, to_xml};
use fhir::{Value, Version, canonical};
use seal::testing::{self, TestAuthority};
use seal::verify::{Trust, Verdict, verify_bundle, verify_resource};

const FORMAT: &str = "application/fhir+xml;canonicalization=http://hl7.org/fhir/canonicalization/xml";

/// A record and another one of the same device, each with an XML signature.
fn pair() -> [(Sealed, Value); 2] {
    let record = Sealed::new();
    let answers = with(&testing::response(), &["item", "1", "answer", "0", "valueBoolean"], false);
    let response = testing::returned(&captured(&answers, &testing::statement(), &record.signer));
    let provenance = proven(&response, &record.signer);
    let other = Sealed { response, provenance, ..Sealed::new() };
    [record, other].map(|one| {
        let provenance = own(&one);
        (one, provenance)
    })
}

/// Whether it is valid; without anchors first, because what is invalid like this is so with them too.
fn is_valid(record: &Sealed, response: &Value, provenance: &Value) -> bool {
    verify_quickly(response, std::slice::from_ref(provenance)).exit_code() != 1
        && verify(record, response, provenance).exit_code() == 0
}

/// As every reader takes it, but for the white space between lines of base64.
fn said(signature: &[u8]) -> Option<String> {
    let canonical = c14n11(&Document::parse(signature).ok()?);
    Some(canonical.split_ascii_whitespace().collect())
}

#[test]
fn no_mutant_of_an_xml_signature_is_valid() {
    let [(record, honest), (_, strange)] = pair();
    assert!(is_valid(&record, &record.response, &honest));
    let (text, other) = (xml_of(&honest), xml_of(&strange));
    let mut random = Random(11);
    let (mut read, mut valid) = (0, 0);
    for round in 0..800 {
        let mutant = mutate(&mut random, text.as_bytes(), other.as_bytes());
        let provenance = with_signature(&honest, FORMAT, &String::from_utf8_lossy(&mutant));
        read += usize::from(Document::parse(&mutant).is_ok());
        if is_valid(&record, &record.response, &provenance) {
            valid += 1;
            assert_eq!(said(&mutant), said(text.as_bytes()), "round {round}: valid, and not what was signed");
        }
    }
    assert!(read > 150, "only {read} mutants were XML at all");
    assert!(valid < read / 20, "{valid} of {read} mutants changed nothing");
}

#[test]
fn no_mutant_of_content_in_xml_is_valid() {
    let [(record, honest), (other, _)] = pair();
    let text = to_xml(&record.response, Version::R4).unwrap();
    let other = to_xml(&other.response, Version::R4).unwrap();
    let mut random = Random(12);
    let (mut read, mut valid) = (0, 0);
    for round in 0..1500 {
        let mutant = mutate(&mut random, text.as_bytes(), other.as_bytes());
        let Ok(response) = from_xml(&mutant, Version::R4) else { continue };
        read += 1;
        // The JWS and the XML signature see the same content.
        for provenance in [&honest, &record.provenance] {
            if is_valid(&record, &response, provenance) {
                valid += 1;
                assert_eq!(
                    canonical::number_text(&response),
                    canonical::number_text(&record.response),
                    "round {round}: valid, and not what was signed"
                );
            }
        }
    }
    assert!(read > 50, "only {read} mutants were FHIR at all");
    assert!(valid < read / 4, "{valid} of {read} mutants changed nothing");
}

#[test]
fn no_mutant_of_a_record_in_r5_is_valid() {
    let (record, xml) = r5();
    let [(other, _), _] = pair();
    let mut random = Random(13);
    for provenance in [&record.provenance, &xml] {
        assert!(is_valid(&record, &record.response, provenance));
        let mut refused = 0;
        for round in 0..150 {
            let response = graft(&mut random, &record.response, &other.response);
            let changed = graft(&mut random, provenance, &other.provenance);
            for (response, provenance) in
                [(&response, provenance), (&record.response, &changed), (&response, &changed)]
            {
                if is_valid(&record, response, provenance) {
                    let same = canonical::number_text(response) == canonical::number_text(&record.response);
                    assert!(same, "round {round}: valid, and not what was signed\n{}", response.to_json());
                } else {
                    refused += 1;
                }
            }
        }
        assert!(refused > 390, "only {refused} of 450 mutants were refused");
    }
}

/// Of a Bundle whatever is kept as covered is exactly what was signed, and it is valid only if what else is kept of the
/// signed types are the children that it had. The Bundle as a whole is signed by nobody, so entries may be missing or
/// stand elsewhere.
#[test]
fn no_mutant_of_a_bundle_keeps_what_was_not_signed() {
    let honest = transmitted::signed(&transmitted::two_parents());
    let signed: Vec<String> = honest.list("entry")[..2]
        .iter()
        .map(|entry| canonical::number_text(entry.get("resource").unwrap()))
        .collect();
    let authority = TestAuthority::new(40);
    let (anchors, crls) = (authority.anchors(), authority.crls(&[]));
    let trust = Trust::new(Some(&anchors), now()).with_crls(&crls);
    let (mut kept, mut valid) = (0, 0);
    let mut check = |bundle: &Value, what: &str| {
        let Ok(report) = verify_bundle(bundle, &trust) else { return };
        if report.overall() == Verdict::Valid {
            valid += 1;
            for one in report.kept.iter().filter(|one| !one.covered) {
                let resource = bundle.list("entry")[one.entry].get("resource").unwrap_or(&Value::Null);
                let is_child = ["Observation/a", "Observation/b"].contains(&one.reference.as_str());
                let is_letter = resource.resource_type() == Some("Composition");
                let is_finding = resource.resource_type() == Some("Observation");
                assert!(!is_letter && (!is_finding || is_child), "{what}: valid with {}", one.reference);
            }
        }
        for one in report.kept.iter().filter(|one| one.covered) {
            kept += 1;
            let resource = bundle.list("entry")[one.entry].get("resource").unwrap();
            let text = canonical::number_text(resource);
            assert!(signed.contains(&text), "{what}: kept as covered, and nobody signed it\n{text}");
        }
    };
    check(&honest, "the honest one");
    let mut random = Random(14);
    let text = honest.to_json();
    for round in 0..250 {
        check(&graft(&mut random, &honest, &honest), &format!("tree {round}"));
        let mutant = mutate(&mut random, text.as_bytes(), text.as_bytes());
        if let Ok(bundle) = Value::parse(&mutant) {
            check(&bundle, &format!("bytes {round}"));
        }
        // What a resource that is no Bundle makes of it is a verdict, too.
        let report = verify_resource(&graft(&mut random, &honest, &honest), &[], &trust);
        assert_ne!(report.exit_code(), 0, "round {round}: a Bundle without a signature of its own");
    }
    assert!(kept > 120, "only {kept} parents were left to be judged");
    assert!(valid > 20, "only {valid} mutants were valid");
}
