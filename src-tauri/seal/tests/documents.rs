//! A document that a ledger covers: made, verified, and every alteration found.

use crate::common;

use std::cell::RefCell;

use common::{Sealed, TARGET, assert_finding, captured, finding, now, persisted_at, with};
use fhir::{Value, Version, array, object};
use seal::export::{self, Anchored};
use seal::gravitate::{
    Anchor, AnchorError, Document, Entry, Maker, Recorded, digest, document, prove, transaction,
};
use seal::profile::{About, by_name};
use seal::testing::{self, days};
use seal::verify::{Aspect, Report, Trust, Verdict, verify_resource};
use seal::{Activity, SealError, Signer as _};

const SERVER: &str = "https://server.example/fhir";
const APPLICATION: &str = "Attesta 0.1.0";

/// A ledger that keeps hashes in memory, each once.
#[derive(Default)]
struct Book(RefCell<Vec<[u8; 32]>>);

impl Anchor for Book {
    fn anchor(&self, sha256: &[u8; 32]) -> Result<String, AnchorError> {
        let mut kept = self.0.borrow_mut();
        let place = kept.iter().position(|one| one == sha256).unwrap_or_else(|| {
            kept.push(*sha256);
            kept.len() - 1
        });
        Ok(format!("tx-{place}"))
    }
}

struct Off;

impl Anchor for Off {
    fn anchor(&self, _: &[u8; 32]) -> Result<String, AnchorError> {
        Err(AnchorError::Unavailable("it does not answer".to_owned()))
    }
}

struct Says(&'static str);

impl Anchor for Says {
    fn anchor(&self, _: &[u8; 32]) -> Result<String, AnchorError> {
        Ok(self.0.to_owned())
    }
}

/// A sealed response of FHIR R5 with its Provenance, and the document around them.
struct Made {
    sealed: Sealed,
    response: Value,
    proof: Value,
    others: Vec<Value>,
}

impl Made {
    fn new() -> Self {
        let sealed = Sealed::new();
        let response = testing::response();
        let identifier = response.get("identifier").unwrap().clone();
        let response = with(&response, &["identifier"], array![identifier]);
        let response = testing::returned(&captured(&response, &testing::statement(), &sealed.signer));
        let signature = seal::persistence(
            &response,
            TARGET,
            &Activity::Create,
            persisted_at(),
            &testing::device(),
            APPLICATION,
            &sealed.signer,
        )
        .unwrap();
        let about =
            About { resource: &response, signature: &signature, version: Version::R5, transaction: None };
        let proof = by_name("part11").unwrap().provenance(&about).unwrap();
        let proof = with(&proof, &["id"], "p1");
        let named = |kind: &str, party: seal::Party| {
            object! {
                "resourceType" => kind,
                "id" => party.reference.split_once('/').unwrap().1,
                "identifier" => array![object! {
                    "system" => party.identifier_system.as_str(), "value" => party.identifier_value.as_str(),
                }],
            }
        };
        let others =
            vec![proof.clone(), named("Patient", testing::patient()), named("Device", testing::device())];
        Self { sealed, response, proof, others }
    }

    fn document(&self) -> Value {
        document_of(&self.response, &self.others).unwrap()
    }

    fn prove(&self, document: &Value, anchor: Option<&dyn Anchor>) -> Result<Value, SealError> {
        let who = testing::device();
        let maker = Maker { who: &who, at: days(1), application: APPLICATION };
        prove(document, anchor, &maker, &self.sealed.signer)
    }

    fn verify(&self, document: &Value, provenance: &Value, ledger: &[Entry]) -> Report {
        let trust =
            Trust::new(Some(&self.sealed.anchors), now()).with_crls(&self.sealed.crls).with_ledger(ledger);
        verify_resource(document, std::slice::from_ref(provenance), &trust)
    }
}

fn document_of(response: &Value, others: &[Value]) -> Result<Value, SealError> {
    document(&Document {
        id: "11111111-2222-4333-8444-555555555555",
        composition_id: "11111111-2222-4333-8444-666666666666",
        server: SERVER,
        title: "Pain diary",
        response,
        others,
        author: &testing::device(),
        at: days(1),
    })
}

fn entry(transaction: &str, recorded: Recorded) -> Entry {
    Entry { transaction: transaction.to_owned(), recorded }
}

#[test]
fn a_document_with_its_provenance_is_valid_and_names_the_ledger_s_entry() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    assert_eq!(by_name("gravitate").unwrap().violations(&provenance, Version::R5), []);
    assert_eq!(transaction(&provenance), Some("tx-0"));
    let held = entry("tx-0", Recorded::Sha256(digest(&document).unwrap()));
    for (ledger, word) in [(vec![], "was not asked"), (vec![held], "holds it")] {
        let report = made.verify(&document, &provenance, &ledger);
        // The linkage names the ledger's entry only where the ledger itself said so.
        let linkage =
            &report.signatures[0].verdicts.iter().find(|one| one.name == Aspect::Linkage).unwrap().reason;
        assert_eq!(linkage.contains("the ledger's entry name each other"), !ledger.is_empty(), "{linkage}");
        for aspect in Aspect::ALL {
            assert_eq!(
                report.verdict(aspect),
                Verdict::Valid,
                "{aspect:?}: {}",
                finding(&report, aspect).reason
            );
        }
        assert!(report.notes[0].contains("tx-0") && report.notes[0].contains(word), "{:?}", report.notes);
        let kinds: Vec<_> = report.signatures.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, ["document", "capture", "persistence"]);
    }
}

#[test]
fn what_the_ledger_says_otherwise_is_found() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    for (recorded, verdict, code) in [
        (Recorded::Sha256([7; 32]), Verdict::Invalid, "ledger-mismatch"),
        (Recorded::Nothing, Verdict::Invalid, "ledger-unknown"),
        (Recorded::Unknown("no answer".to_owned()), Verdict::Indeterminate, "ledger-unreachable"),
    ] {
        let report = made.verify(&document, &provenance, &[entry("tx-0", recorded)]);
        assert_finding(&report, Aspect::Linkage, verdict, code);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Valid);
    }
    // The Provenance is not signed, but its ledger's entry is.
    let other = with(&provenance, &["extension", "0", "valueString"], "tx-1");
    let report = made.verify(&document, &other, &[]);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-mismatch");
    let rules = by_name("gravitate").unwrap().violations(&other, Version::R5);
    assert_eq!(rules.iter().map(|one| one.rule).collect::<Vec<_>>(), ["data-transaction"]);
}

/// Every string in a document, with its path.
fn leaves<'v>(value: &'v Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, &'v str)>) {
    match value {
        Value::String(text) => found.push((path.clone(), text)),
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                path.push(index.to_string());
                leaves(element, path, found);
                path.pop();
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter() {
                path.push(name.to_owned());
                leaves(member, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

#[test]
fn every_altered_text_of_a_document_is_found() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    let mut found = Vec::new();
    leaves(&document, &mut Vec::new(), &mut found);
    assert!(found.len() > 60);
    for (path, text) in found {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let altered = with(&document, &path, format!("{text}x"));
        let trust = Trust::new(None, now());
        let report = verify_resource(&altered, std::slice::from_ref(&provenance), &trust);
        assert_eq!(report.overall(), Verdict::Invalid, "{path:?}");
    }
}

#[test]
fn every_altered_text_of_the_provenance_is_found() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    let mut found = Vec::new();
    leaves(&provenance, &mut Vec::new(), &mut found);
    for (path, text) in found {
        // Which profile a server lists is its own; the entry that the extension names still shows what it is.
        if path[0] == "meta" {
            continue;
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let altered = with(&provenance, &path, format!("{text}x"));
        let report = verify_resource(&document, &[altered], &Trust::new(None, now()));
        assert_eq!(report.overall(), Verdict::Invalid, "{path:?}");
    }
}

#[test]
fn without_a_ledger_nothing_is_made_and_the_refusal_says_what_to_configure() {
    let made = Made::new();
    let document = made.document();
    let refused = made.prove(&document, None).unwrap_err();
    assert_eq!(refused.code(), "ledger-missing");
    assert!(refused.to_string().contains("policy.ledger"), "{refused}");
    assert_eq!(made.prove(&document, Some(&Off)).unwrap_err().code(), "ledger-unavailable");
    for transaction in ["", "two words", "tx\u{7f}", "\u{202e}tx"] {
        assert_eq!(made.prove(&document, Some(&Says(transaction))).unwrap_err().code(), "ledger-refused");
    }
}

#[test]
fn a_document_lacks_nothing_that_it_references() {
    let made = Made::new();
    let document = made.document();
    let entries = document.list("entry");
    assert_eq!(entries[0].str("fullUrl").unwrap(), "urn:uuid:11111111-2222-4333-8444-666666666666");
    assert_eq!(entries[1].str("fullUrl").unwrap(), format!("{SERVER}/QuestionnaireResponse/r1"));
    let reference =
        &common::at(&document, &["entry", "0", "resource", "section", "0", "entry", "0", "reference"]);
    assert_eq!(reference.as_str(), entries[1].str("fullUrl"));

    for missing in 1..made.others.len() {
        let mut others = made.others.clone();
        others.remove(missing);
        let refused = document_of(&made.response, &others).unwrap_err().to_string();
        assert!(refused.contains("references something that is not in the document"), "{refused}");
    }
    let mut twice = made.others.clone();
    twice.push(made.others[1].clone());
    assert!(document_of(&made.response, &twice).is_err(), "which Patient is meant?");
    // The response of an R4 study is signed as it is, so it cannot be rewritten.
    let refused = document_of(&made.sealed.response, &made.others).unwrap_err().to_string();
    assert!(refused.contains("R4") && refused.contains("policy.fhirVersion"), "{refused}");
    // The Provenance of the response may be left out: then nothing proves what a server kept.
    let alone = document_of(&made.response, &made.others[1..]).unwrap();
    let provenance = made.prove(&alone, Some(&Book::default())).unwrap();
    let report = made.verify(&alone, &provenance, &[]);
    assert_finding(&report, Aspect::Linkage, Verdict::Indeterminate, "no-provenance");
    assert_eq!(made.proof.str("id"), Some("p1"));
}

#[test]
fn a_shape_that_is_no_document_is_refused_by_the_maker_and_named_by_the_verifier() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    for (path, new) in [
        (vec!["type"], Value::from("collection")),
        (vec!["timestamp"], Value::from("2026-11-22")),
        (vec!["identifier"], object! { "value" => "1" }),
        (vec!["entry", "0", "resource", "resourceType"], Value::from("Basic")),
        (vec!["entry", "0", "resource", "author"], array![]),
        (vec!["entry", "1", "fullUrl"], Value::from(format!("{SERVER}/Patient/patient-014-0027"))),
    ] {
        let other = with(&document, &path, new);
        assert!(made.prove(&other, Some(&Book::default())).is_err(), "{path:?}");
        let report = made.verify(&other, &provenance, &[]);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "{path:?}");
        assert_eq!(report.verdict(Aspect::Linkage), Verdict::Invalid, "{path:?}");
    }
}

#[test]
fn a_document_dated_after_its_signature_is_found() {
    let made = Made::new();
    let late = with(&made.document(), &["timestamp"], "2026-11-24T00:00:00Z");
    let provenance = made.prove(&late, Some(&Book::default())).unwrap();
    let report = made.verify(&late, &provenance, &[]);
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "document-later");
}

#[test]
fn an_exported_document_verifies_with_nothing_but_the_anchor() {
    let made = Made::new();
    let document = made.document();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    let (document, provenance) = (document.to_json(), provenance.to_json());
    let anchored = Anchored {
        document: document.as_bytes(),
        provenance: provenance.as_bytes(),
        chains: &[made.sealed.signer.chain()],
        crls: &made.sealed.crls,
    };
    let files = export::pack_document(&anchored, days(2), APPLICATION, &made.sealed.signer).unwrap();
    let report = export::check(&files, Some(&made.sealed.anchors), now());
    for aspect in Aspect::ALL {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {}", finding(&report, aspect).reason);
    }
    for left_out in 0..files.len() {
        let mut fewer = files.clone();
        let (name, _) = fewer.remove(left_out);
        let report = export::check(&fewer, Some(&made.sealed.anchors), now());
        assert_eq!(report.overall(), Verdict::Invalid, "without {name}");
    }
}

#[test]
fn a_document_of_more_sealed_responses_than_anybody_exports_is_refused_without_a_look_at_each() {
    let made = Made::new();
    let mut others = made.others.clone();
    let many = (0..200).map(|number| with(&made.response, &["id"], format!("copy-{number}")));
    others.extend(many);
    let target = |number: i32| object! { "reference" => format!("QuestionnaireResponse/copy-{number}") };
    let targets: Vec<Value> = (0..200).map(target).collect();
    others[0] = with(&others[0], &["target"], targets);
    let document = document_of(&made.response, &others).unwrap();
    let provenance = made.prove(&document, Some(&Book::default())).unwrap();
    let report = made.verify(&document, &provenance, &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "too-many-signatures");
    assert!(report.signatures.len() < 140, "{}", report.signatures.len());
}
