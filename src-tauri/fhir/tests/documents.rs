//! Valid and invalid documents, one a file, in the manner of JSONTestSuite: `y_*` must be read, `n_*` must be refused.

use crate::golden;

use std::fmt::Write as _;

use fhir::Value;
use golden::assert_golden;

fn documents(prefix: &str) -> Vec<(String, Vec<u8>)> {
    let folder = golden::folder("json");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            name.starts_with(prefix).then(|| (name, std::fs::read(&path).unwrap()))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn every_valid_document_is_read_and_written_back_the_same() {
    let documents = documents("y_");
    assert!(documents.len() >= 30, "the files are missing: only {} found", documents.len());
    for (name, document) in documents {
        let value = Value::parse(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = value.to_json();
        assert_eq!(Value::parse(written.as_bytes()).unwrap(), value, "{name}");
        assert_eq!(Value::parse(value.to_json_pretty().as_bytes()).unwrap(), value, "{name}, indented");
    }
}

#[test]
fn every_invalid_document_is_refused_with_its_place_and_a_message() {
    let documents = documents("n_");
    assert!(documents.len() >= 100, "the files are missing: only {} found", documents.len());
    let mut refusals = String::new();
    for (name, document) in documents {
        match Value::parse(&document) {
            Ok(_) => panic!("{name} was accepted"),
            Err(error) => writeln!(refusals, "{name}: {error}").unwrap(),
        }
    }
    assert_golden("refusals.txt", &refusals);
}

#[test]
fn every_valid_document_cut_off_anywhere_is_refused_or_a_shorter_number() {
    for (name, document) in documents("y_") {
        let document = document.trim_ascii_end();
        for end in 0..document.len() {
            if Value::parse(&document[..end]).is_ok() {
                assert_eq!(name, "y_root_number", "cut at {end}");
            }
        }
    }
}
