//! `attesta verify` of a document, with and without its ledger: a real one, kept by the practice server.

use std::path::Path;
use std::process::{Command, Output};

use client::ledger::Ledger;
use fhir::{Value, Version, array, object};
use jiff::SignedDuration;
use practice::{Handle, Options, Seeds};
use seal::export::{Anchored, pack_document};
use seal::gravitate::{Anchor, AnchorError, Document, Maker, document, prove};
use seal::profile::{About, PART11};
use seal::testing::{self, TestAuthority};
use seal::{Activity, Party, Signer as _};

const APPLICATION: &str = "Attesta 0.1.0";

struct Remote(Ledger);

impl Anchor for Remote {
    fn anchor(&self, sha256: &[u8; 32]) -> Result<String, AnchorError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.0.keep(sha256)).map_err(|error| AnchorError::Refused(error.to_string()))
    }
}

fn serve(folder: &Path) -> Handle {
    practice::Server::start(Options {
        data_dir: folder.to_owned(),
        port: 0,
        seeds: Seeds::default(),
        version: Version::R5,
    })
    .unwrap()
}

fn with(resource: &Value, name: &str, new: impl Into<Value>) -> Value {
    let mut changed = resource.clone();
    changed.as_object_mut().unwrap().insert(name, new);
    changed
}

fn described(kind: &str, party: &Party) -> Value {
    object! {
        "resourceType" => kind,
        "id" => party.reference.split_once('/').unwrap().1,
        "identifier" => array![object! {
            "system" => party.identifier_system.as_str(), "value" => party.identifier_value.as_str(),
        }],
    }
}

/// Writes a document that `ledger` covers, unpacked, with the authority's certificate beside it.
fn write(folder: &Path, ledger: &str) {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let (device, patient) = (testing::device(), testing::patient());
    let response = testing::response();
    let response = with(&response, "identifier", array![response.get("identifier").unwrap()]);
    let (at, statement) = (testing::signed_at(), testing::statement());
    let response = seal::capture(&response, &statement, at, &device, &patient, &signer).unwrap();
    let response = testing::returned(&response);
    let kept = at + SignedDuration::from_secs(60);
    let target = "QuestionnaireResponse/r1/_history/1";
    let signature =
        seal::persistence(&response, target, &Activity::Create, kept, &device, APPLICATION, &signer).unwrap();
    let about = About { resource: &response, signature: &signature, version: Version::R5, transaction: None };
    let proof = with(&PART11.provenance(&about).unwrap(), "id", "p1");
    let document = document(&Document {
        id: "11111111-2222-4333-8444-555555555555",
        composition_id: "11111111-2222-4333-8444-666666666666",
        server: "https://server.example/fhir",
        title: "Pain diary",
        response: &response,
        others: &[proof, described("Patient", &patient), described("Device", &device)],
        author: &device,
        at: testing::days(1),
    })
    .unwrap();
    let remote = Remote(Ledger::new(ledger, client::Options::default(), None).unwrap());
    let maker = Maker { who: &device, at: testing::days(1), application: APPLICATION };
    let provenance = prove(&document, Some(&remote), &maker, &signer).unwrap();
    let (document, provenance) = (document.to_json(), provenance.to_json());
    let crls = authority.crls(&[]);
    let anchored = Anchored {
        document: document.as_bytes(),
        provenance: provenance.as_bytes(),
        chains: &[signer.chain()],
        crls: &crls,
    };
    for (name, content) in pack_document(&anchored, testing::days(2), APPLICATION, &signer).unwrap() {
        let file = folder.join("document").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
    for (name, list) in ["root.crl", "ca.crl"].into_iter().zip(&crls) {
        std::fs::write(folder.join(name), list.der()).unwrap();
    }
    std::fs::write(folder.join("ca.pem"), authority.root.certificate_pem()).unwrap();
}

fn verify(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let at = testing::days(10).to_string();
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_attesta"))
        .current_dir(folder)
        .args(["verify", "--trust", "ca.pem", "--at", &at])
        .args(arguments)
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

#[test]
fn a_document_is_verified_and_its_ledger_asked_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder.path().join("server"));
    write(folder.path(), &server.ledger_url());
    let (status, text) = verify(folder.path(), &["document"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("document signature in ") && text.contains("the ledger was not asked"), "{text}");
    let (status, text) = verify(folder.path(), &["document", "--ledger", &server.ledger_url()]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("the ledger was asked and holds it"), "{text}");

    // The two resources alone say the same.
    let loose =
        ["document/document.json", "document/provenance.json", "--crl", "root.crl", "--crl", "ca.crl"];
    let ledger = server.ledger_url();
    let (status, text) = verify(folder.path(), &[loose.as_slice(), &["--ledger", &ledger]].concat());
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("the ledger was asked and holds it"), "{text}");

    server.close_listener();
    let (status, text) = verify(folder.path(), &["document", "--ledger", &ledger]);
    assert_eq!(status, Some(3), "{text}");
    assert!(text.contains("it refused the connection"), "{text}");

    let other = tempfile::tempdir().unwrap();
    let other = serve(other.path());
    let (status, text) = verify(folder.path(), &["document", "--ledger", &other.ledger_url()]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("the ledger has no entry"), "{text}");
}

#[test]
fn an_altered_answer_in_a_document_is_invalid() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder.path().join("server"));
    write(folder.path(), &server.ledger_url());
    let file = folder.path().join("document/document.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("72.50", "72.51")).unwrap();
    let (status, text) = verify(folder.path(), &["document", "--ledger", &server.ledger_url()]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("the content is not what was signed"), "{text}");
}

#[test]
fn a_questionnaire_beside_a_document_is_compared_with_the_response_inside() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder.path().join("server"));
    write(folder.path(), &server.ledger_url());
    let questionnaire = r#"{"resourceType":"Questionnaire","status":"active","url":"https://attesta.example/Questionnaire/pain-diary","version":"1.0.0"}"#;
    std::fs::write(folder.path().join("form.json"), questionnaire).unwrap();
    let (status, text) = verify(folder.path(), &["document", "form.json"]);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("is not the one that was answered"), "{text}");
    let other = questionnaire.replace("pain-diary", "other");
    std::fs::write(folder.path().join("form.json"), other).unwrap();
    let (status, text) = verify(folder.path(), &["document", "form.json"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("none was compared"), "{text}");
}

#[test]
fn a_ledger_that_is_not_asked_about_every_provenance_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(&folder.path().join("server"));
    write(folder.path(), &server.ledger_url());
    let text = std::fs::read_to_string(folder.path().join("document/provenance.json")).unwrap();
    let names: Vec<String> = (0..17).map(|index| format!("p{index}.json")).collect();
    for name in &names {
        std::fs::write(folder.path().join(name), &text).unwrap();
    }
    let ledger = server.ledger_url();
    let asked = |count: usize, more: &[&str]| {
        let mut arguments = vec!["document/document.json"];
        arguments.extend(names[..count].iter().map(String::as_str));
        arguments.extend(more);
        verify(folder.path(), &arguments).1
    };
    let said = "17 Provenances name an entry of a ledger; the ledger was asked about the first 16 alone";
    assert!(asked(17, &["--ledger", &ledger]).contains(said));
    assert!(!asked(16, &["--ledger", &ledger]).contains("was asked about the first"));
    assert!(!asked(17, &[]).contains("was asked about the first"), "nobody was to be asked");
}
