use std::path::Path;
use std::process::{Command, Output};

use attesta_tests::desktop::{Desk, Keyring, Staff, flip_each_file, get, journey, program};

use super::{LIMIT, completes_phq9};

const PARTICIPANT: &str = "014-0022";
const EVIDENCE: &str = "evidence.json";

#[test]
fn an_exported_record_verifies_on_its_own_and_fails_when_any_file_is_changed() {
    journey("export", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        completes_phq9(&window, &staff, PARTICIPANT).await;
        window.says("status", "The one response is delivered and proven.").await;
        let server = staff.reads_server_address().await;
        let (status, anchor) = get(&format!("{}/practice/ca/anchor", server.trim_end_matches("/fhir")));
        assert_eq!(status, 200, "the practice authority hands out its own certificate");
        staff.opens_record(PARTICIPANT).await;
        staff.sees_it_stamped().await;
        let exported = staff.exports().await;
        assert!(Path::new(&exported).starts_with(desk.exports()), "{exported} is in the configured folder");
        desk.close(window).await;

        // From here on without the program: the file, and the authority's certificate.
        let folder = desk.scratch();
        let trust = folder.join("ca.pem");
        std::fs::write(&trust, anchor).unwrap();
        let checked = verify(Path::new(&exported), Some(&trust));
        let said = said(&checked);
        assert_eq!(checked.status.code(), Some(0), "the untouched export verifies: {said}");
        let without = verify(Path::new(&exported), None);
        assert_eq!(without.status.code(), Some(3), "without --trust nobody vouches for the device");

        let files = flip_each_file(&std::fs::read(&exported).unwrap());
        assert!(files.len() >= 6, "response, Provenance, evidence, certificates, audit trail, manifest");
        assert!(files.iter().any(|(name, _)| name == EVIDENCE), "the evidence is among them");
        for (name, changed) in files {
            let path = folder.join("changed.zip");
            std::fs::write(&path, changed).unwrap();
            let checked = verify(&path, Some(&trust));
            assert_ne!(checked.status.code(), Some(0), "one changed byte in {name} is found");
        }
    });
}

#[test]
fn a_participants_responses_are_exported_as_one_bundle_that_the_organization_signs() {
    journey("export-subject", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        let staff = Staff::at(&window).await;
        staff.signs_in().await;
        completes_phq9(&window, &staff, PARTICIPANT).await;
        window.says("status", "The one response is delivered and proven.").await;
        let server = staff.reads_server_address().await;
        let practice = server.trim_end_matches("/fhir");
        let (_, anchor) = get(&format!("{practice}/practice/ca/anchor"));
        let (_, lists) = get(&format!("{practice}/practice/ca/crl"));
        let exported = staff.exports_all_of(PARTICIPANT).await;
        assert!(Path::new(&exported).starts_with(desk.exports()), "{exported} is in the configured folder");
        desk.close(window).await;

        let folder = desk.scratch();
        let (trust, crl) = (folder.join("ca.pem"), folder.join("lists.pem"));
        std::fs::write(&trust, anchor).unwrap();
        std::fs::write(&crl, lists).unwrap();
        let check = |file: &Path| {
            let mut command = Command::new(program("ATTESTA_CLI", "debug/attesta"));
            command
                .arg("verify")
                .arg(file)
                .arg("--trust")
                .arg(&trust)
                .arg("--crl")
                .arg(&crl)
                .output()
                .unwrap()
        };
        let untouched = check(Path::new(&exported));
        assert_eq!(untouched.status.code(), Some(0), "{}", said(&untouched));
        assert!(said(&untouched).contains("transmission signature"), "{}", said(&untouched));

        // An answer of the patient's, and the organization's own list of what it sends.
        let text = std::fs::read_to_string(&exported).unwrap();
        for (what, before, after) in [
            ("an answer", "Nearly every day", "Not at all"),
            ("the status of a resource", "\"final\"", "\"amended\""),
        ] {
            assert!(text.contains(before), "{what} is in the export");
            let path = folder.join("changed.json");
            std::fs::write(&path, text.replacen(before, after, 1)).unwrap();
            let changed = check(&path);
            assert_eq!(changed.status.code(), Some(1), "{what} changed: {}", said(&changed));
        }
    });
}

fn verify(file: &Path, trust: Option<&Path>) -> Output {
    let mut command = Command::new(program("ATTESTA_CLI", "debug/attesta"));
    command.arg("verify").arg(file);
    if let Some(trust) = trust {
        command.arg("--trust").arg(trust);
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
