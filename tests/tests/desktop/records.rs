use std::path::Path;
use std::process::{Command, Output};

use attesta_tests::desktop::{Desk, Keyring, Staff, flip_each_file, get, journey, program};

use super::{LIMIT, completes_phq9};

const PARTICIPANT: &str = "014-0022";

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
        assert!(files.len() >= 5, "response, Provenance, certificates, audit trail, manifest");
        for (name, changed) in files {
            let path = folder.join("changed.zip");
            std::fs::write(&path, changed).unwrap();
            let checked = verify(&path, Some(&trust));
            assert_ne!(checked.status.code(), Some(0), "one changed byte in {name} is found");
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
