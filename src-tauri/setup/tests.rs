#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use device::study::{sign, signing_key, thumbprint};
use image::ImageFormat;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::*;
use crate::paper;
use crate::start::Mode;

/// A signed document without questionnaires, which fits on a sheet.
fn document(folder: &Path) -> Vec<u8> {
    let server = practice::Server::start(practice::Options {
        data_dir: folder.join("server"),
        port: 0,
        seeds: practice::Seeds::default(),
        version: fhir::Version::R4,
    })
    .unwrap();
    let key = p256::SecretKey::from_slice(&[11; 32]).unwrap();
    let key = signing_key(&key.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
    let study = serde_json::json!({
        "id": "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44",
        "title": "Fatigue",
        "version": 1,
        "issued": "2026-11-20T09:00:00+01:00",
        "signers": [thumbprint(key.verifying_key())],
        "server": "https://fhir.example.org/r4",
        "trustAnchors": server.anchor_pem(),
        "sites": [{ "id": "014", "name": "Clinic 014" }],
        "questionnaires": [],
    });
    sign(study.to_string().as_bytes(), &key).unwrap().into_bytes()
}

fn step(set_up: &SetUp) -> (Option<CodesFound>, Option<String>) {
    match set_up.view().unwrap() {
        AppView::SetUp { step: SetUpStep::Study { codes, found, .. }, .. } => {
            (codes, found.map(|found| found.title))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_add_up_to_the_document_and_another_sheet_or_no_code_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(Some(folder.path().join("data")), None, Mode::Study).unwrap();
    let set_up = SetUp::new(options, None, false);
    let document = document(folder.path());
    let texts = paper::texts(&document).unwrap();
    assert!(texts.len() > 2, "{}", texts.len());
    let picture = |texts: &[String]| paper::tests::picture(texts, ImageFormat::Png);

    set_up.read(vec![picture(&texts[1..2])]).unwrap_or_else(|refused| panic!("{refused}"));
    let (codes, found) = step(&set_up);
    let codes = codes.unwrap();
    assert_eq!((codes.have, codes.of as usize, found), (1, texts.len(), None));
    assert_eq!(codes.missing.first(), Some(&1));

    let refused = |files: Vec<Vec<u8>>| set_up.read(files).err().map(|refused| refused.code().to_owned());
    let other = paper::texts(b"another document").unwrap();
    assert_eq!(refused(vec![picture(&other)]).as_deref(), Some("codes-several"));
    // A batch is taken as a whole: nothing of it stays hidden behind a refusal.
    let mixed = vec![picture(&texts[..1]), picture(&other)];
    assert_eq!(refused(mixed).as_deref(), Some("codes-several"));
    let broken = vec![picture(&texts[..1]), b"\x89PNG\r\n\x1a\nno picture".to_vec()];
    assert_eq!(refused(broken).as_deref(), Some("codes-picture"));
    assert_eq!(step(&set_up).0.unwrap().have, 1);
    assert_eq!(refused(vec![picture(&texts[..1]), document.clone()]).as_deref(), Some("one-document"));
    assert_eq!(refused(Vec::new()).as_deref(), Some("one-document"));
    assert_eq!(step(&set_up).0.unwrap().have, 1);

    set_up.read(vec![picture(&texts)]).unwrap_or_else(|refused| panic!("{refused}"));
    let (codes, found) = step(&set_up);
    assert!(codes.is_none());
    assert_eq!(found.as_deref(), Some("Fatigue"));
    // A wrong document in its place leaves what was chosen.
    assert_eq!(refused(vec![b"{}".to_vec()]).as_deref(), Some("study-refused"));
    assert_eq!(step(&set_up).1.as_deref(), Some("Fatigue"));
    set_up.forget().unwrap_or_else(|refused| panic!("{refused}"));
    assert!(step(&set_up).1.is_none());
    assert!(!folder.path().join("data").exists(), "nothing was written");
}
