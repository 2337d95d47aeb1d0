//! HL7's validator: every resource that is sealed, under every profile, in R4 and R5, in JSON and XML.

use std::path::Path;

use attesta_tests::interop::{Lines, sources};
use fhir::xml::to_xml;
use fhir::{Object, Value, Version};
use serde_json::json;

use crate::java::{Files, fhir_errors, peer};
use crate::sealing::{Case, Syntax, Written, read, seal};

/// What the guides of two profiles define, and the Questionnaire that was answered.
pub(crate) fn learn(peer: &Lines, files: &Files) {
    let questionnaire = sources().join("../../src-tauri/questionnaire/instruments/phq-9.json");
    // R5 calls this type by another name.
    let in_r5 = std::fs::read_to_string(&questionnaire).unwrap().replace(r#""choice""#, r#""coding""#);
    let profiles = sources().join("profiles");
    for (version, file) in [
        ("R4", questionnaire),
        ("R5", files.write("questionnaire.json", in_r5)),
        ("R4", profiles.join("provenance-extension-iehr.json")),
        ("R4", profiles.join("provenance-iehr.json")),
        ("R5", profiles.join("blockchain-transaction-id.json")),
        ("R5", profiles.join("provenance-gh.json")),
    ] {
        peer.ask(&json!({ "do": "learn-fhir", "version": version, "file": file }));
    }
}

/// The same resource changed, in the same syntax.
fn changed(
    files: &Files,
    file: &Path,
    version: Version,
    change: impl FnOnce(&mut Object),
) -> std::path::PathBuf {
    let mut resource = read(file, version);
    change(resource.as_object_mut().unwrap());
    if file.extension().is_some_and(|ending| ending == "xml") {
        files.write("changed.xml", to_xml(&resource, version).unwrap())
    } else {
        files.write("changed.json", resource.to_json())
    }
}

fn file<'w>(written: &'w Written, name: &str) -> &'w Path {
    written.files.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name)).unwrap()
}

#[test]
fn hl7_finds_whatever_is_sealed_valid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    learn(peer, &files);
    for case in Case::all() {
        let (version, written) = (case.version.to_string(), seal(case));
        for file in &written.files {
            let errors = fhir_errors(peer, &version, file);
            assert_eq!(errors, Vec::<String>::new(), "{case:?} {}", file.display());
            // Once for each profile, release and syntax, without what each of these kinds requires.
            if case.format != "jws" {
                continue;
            }
            let wrong = changed(&files, file, case.version, |resource| {
                for required in ["status", "agent", "type"] {
                    resource.remove(required);
                }
            });
            assert!(!fhir_errors(peer, &version, &wrong).is_empty(), "{case:?} {}", file.display());
        }
    }
}

/// The profiles are asked too, not the types alone.
#[test]
fn hl7_finds_what_breaks_a_profile() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    learn(peer, &files);
    for syntax in [Syntax::Json, Syntax::Xml] {
        let of = |profile, version| Case { profile, version, format: "jws", rsa: false, syntax };
        let written = seal(of("gravitate", Version::R5));
        let provenance = file(&written, "provenance");
        for (what, member) in [("no ledger", "extension"), ("no time", "occurredDateTime")] {
            let wrong = changed(&files, provenance, Version::R5, |one| {
                one.remove(member);
            });
            assert!(!fhir_errors(peer, "R5", &wrong).is_empty(), "{what}");
        }

        let written = seal(of("iehr", Version::R4));
        let bundle = file(&written, "bundle");
        for what in ["no custodian", "somebody else", "another purpose"] {
            let wrong = changed(&files, bundle, Version::R4, |bundle| {
                let entry =
                    bundle.get_mut("entry").and_then(Value::as_array_mut).unwrap().last_mut().unwrap();
                let provenance = entry.as_object_mut().unwrap().get_mut("resource").unwrap();
                let provenance = provenance.as_object_mut().unwrap();
                match what {
                    "no custodian" => {
                        provenance.get_mut("agent").and_then(Value::as_array_mut).unwrap().pop();
                    }
                    "somebody else" => {
                        let agents = provenance.get_mut("agent").and_then(Value::as_array_mut).unwrap();
                        let mut third = agents[0].clone();
                        third.as_object_mut().unwrap().remove("type");
                        agents.push(third);
                    }
                    _ => {
                        let signature =
                            provenance.get_mut("signature").and_then(Value::as_array_mut).unwrap();
                        let signature = signature[0].as_object_mut().unwrap();
                        signature.insert("sigFormat", "application/pdf");
                    }
                }
            });
            assert!(!fhir_errors(peer, "R4", &wrong).is_empty(), "{what}");
        }
    }
}
