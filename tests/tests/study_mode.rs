//! A device that is set up for a study by its subcommands, as a site's technician would, and works under it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod page;
#[path = "page/record.rs"]
mod record;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fhir::Version;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use page::Page;
use practice::{Handle, Options, Seeds, Server, seeds};
use questionnaire::instruments;
use record::{proven, signed};
use serde_json::json;

/// A technician at a terminal.
struct Terminal {
    folder: tempfile::TempDir,
}

impl Terminal {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn written(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.file(name), content).unwrap();
        self.file(name)
    }

    /// Runs the program; what it prints, or what it says is wrong.
    fn run(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let program = std::env::var_os("ATTESTA_APP").expect("run inside scripts/session: see scripts/test");
        let mut child = Command::new(program)
            .args(arguments)
            .arg("--data-dir")
            .arg(self.file("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
    }
}

/// The study's server, which is nobody's practice now.
fn server(folder: &Path) -> Handle {
    let patients = seeds::PARTICIPANTS.into_iter().map(seeds::patient).collect();
    let seeds = Seeds { patients, ..Seeds::default() };
    Server::start(Options { data_dir: folder.to_owned(), port: 0, seeds, version: Version::R4 }).unwrap()
}

/// The study, signed by the office with the program.
fn study(at: &Terminal, server: &Handle, signer: &str, key: &Path) -> String {
    let form = questionnaire::import_bytes(instruments::GAD7.as_bytes()).unwrap();
    let resource: serde_json::Value = serde_json::from_str(instruments::GAD7).unwrap();
    let study = json!({
        "id": "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44",
        "title": "Anxiety in remission",
        "version": 1,
        "issued": "2026-11-20T09:00:00+01:00",
        "signers": [signer],
        "server": server.base_url(),
        "trustAnchors": server.anchor_pem(),
        "sites": [{ "id": "014", "name": "Clinic 014" }],
        "questionnaires": [{ "canonical": form.canonical(), "sha256": form.sha256(), "resource": resource }],
    });
    let file = at.written("study.json", study.to_string());
    at.run(&["study", "sign", file.to_str().unwrap(), "--key", key.to_str().unwrap()], "").unwrap()
}

fn office_key(at: &Terminal) -> PathBuf {
    let key = p256::SecretKey::from_slice(&[11; 32]).unwrap();
    at.written("office.pem", key.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes())
}

#[test]
fn a_device_is_set_up_at_a_terminal_and_proves_a_record_to_the_studys_server() {
    let at = Terminal { folder: tempfile::tempdir().unwrap() };
    let server = server(&at.file("server"));
    let key = office_key(&at);
    let signer = at.run(&["study", "thumbprint", key.to_str().unwrap()], "").unwrap();
    let document = at.written("study.signed.json", study(&at, &server, &signer, &key));
    let document = document.to_str().unwrap();

    let refused = at.run(&["device", "request"], "").unwrap_err();
    assert!(refused.contains("not set up"), "{refused}");
    let set_up = |signer: &str| {
        let own = ["--site", "014", "--name", "Attesta 014-3", "--reference", "Device/device-014-3"];
        at.run(&[&["device", "set-up", document, "--signer", signer], &own[..]].concat(), "")
    };
    let refused = set_up("another").unwrap_err();
    assert!(refused.contains(&signer), "{refused}");
    let said = set_up(&signer).unwrap();
    let identifier = said.lines().find_map(|line| line.strip_prefix("identifier: ")).unwrap();
    assert!(set_up(&signer).unwrap_err().contains("set up already"));
    // Nothing can be opened before there is a certificate and somebody who signs in.
    let blocked = |code: &str| {
        let page = Page::open_study(at.folder.path());
        assert_eq!(page.call("view", "", &json!({})).unwrap()["code"], code);
    };
    blocked("no-staff");

    let devices = vec![seeds::device(identifier, Version::R4)];
    server.plant(&Seeds { devices, ..Seeds::default() }).unwrap();
    let staff = ["device", "staff", "--user", "keller", "--name", "Maria Keller"];
    assert_eq!(at.run(&staff, "practice-keller\n").unwrap(), "added keller");
    blocked("not-enrolled");
    let request = at.run(&["device", "request"], "").unwrap();
    let der = openssl::x509::X509Req::from_pem(request.as_bytes()).unwrap().to_der().unwrap();
    let chain = at.written("chain.pem", server.issue_certificate(&der).unwrap());
    let enrolled = at.run(&["device", "enrol", chain.to_str().unwrap()], "").unwrap();
    assert!(enrolled.contains("valid until"), "{enrolled}");

    let second = ["device", "staff", "--user", "okafor", "--name", "Ada Okafor"];
    assert!(at.run(&second, "practice-okafor\n").is_err(), "nobody answers for it");
    let by = [&second[..], &["--by", "keller"]].concat();
    assert!(at.run(&by, "wrong\npractice-okafor\n").unwrap_err().contains("wrong"));
    at.run(&by, "practice-keller\npractice-okafor\n").unwrap();
    let participant = [
        "device",
        "participant",
        "--id",
        "014-0027",
        "--system",
        seeds::PARTICIPANT_SYSTEM,
        "--reference",
        "Patient/patient-014-0027",
        "--by",
        "keller",
    ];
    at.run(&participant, "practice-keller\n").unwrap();
    assert!(at.run(&participant, "practice-keller\n").unwrap_err().contains("known already"));

    let checked = at.run(&["device", "check"], "").unwrap();
    assert_eq!(checked.lines().filter(|line| line.starts_with("ok ")).count(), 8, "{checked}");

    let page = Page::open_study(at.folder.path());
    assert_eq!(page.call("view", "", &json!({})).unwrap()["practice"], json!(null));
    let staff = signed(&page);
    let record = proven(&page, &staff);
    let verdicts = page.call("record", &staff, &json!({"id": record})).unwrap()["verdicts"].clone();
    assert!(verdicts.to_string().contains("valid"), "{verdicts}");
    assert_eq!(page.call("practice_faults", &staff, &json!({})).unwrap_err(), "not-practice");
    let refused = at.run(&["device", "request"], "").unwrap_err();
    assert!(refused.contains("already running"), "{refused}");
}

#[test]
fn a_server_that_is_away_is_named_with_what_to_do() {
    let at = Terminal { folder: tempfile::tempdir().unwrap() };
    let server = server(&at.file("server"));
    let key = office_key(&at);
    let signer = at.run(&["study", "thumbprint", key.to_str().unwrap()], "").unwrap();
    let document = at.written("study.signed.json", study(&at, &server, &signer, &key));
    let own = ["--site", "014", "--name", "Attesta 014-3", "--reference", "Device/device-014-3"];
    let set_up = ["device", "set-up", document.to_str().unwrap(), "--signer", &signer];
    at.run(&[&set_up[..], &own[..]].concat(), "").unwrap();
    server.close_listener();
    let said = at.run(&["device", "check"], "").unwrap_err();
    assert!(
        said.contains("FAILED     the server answers") && said.contains("not tried  FHIR release"),
        "{said}"
    );
}
