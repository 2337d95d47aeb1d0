//! A technician at a terminal: the program's subcommands, and the study that they set a device up for.
#![allow(unreachable_pub)]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use attesta_tests::here::{ALONE, may_mount};
use fhir::Version;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use practice::{Handle, Options, Seeds, Server, seeds};
use questionnaire::instruments;
use serde_json::{Value, json};

/// A technician at a terminal.
pub struct Terminal {
    pub folder: tempfile::TempDir,
}

impl Terminal {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn written(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.file(name), content).unwrap();
        self.file(name)
    }

    /// Runs the program; what it prints, or what it says is wrong.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        said(self.run_with(arguments, input, &[]))
    }

    /// Whether a process may have mounts of its own here; a container may forbid it.
    #[allow(dead_code)] // by the test of a study
    pub fn may_mount(&self) -> Result<(), String> {
        may_mount(self.folder.path())
    }

    /// Runs the program where `disk`, a shell's lines, has changed the data folder (`$0`) before, for this process alone.
    #[allow(dead_code)] // by the test of a study
    pub fn run_on(&self, disk: &str, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut command = Command::new("unshare");
        command.args(ALONE).args(["sh", "-c", disk]).arg(self.file("data")).arg(program());
        said(self.finished(command, arguments, input))
    }

    /// Runs the program with these variables in its environment.
    #[allow(dead_code)] // by the test of a study
    pub fn run_with(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(program());
        command.envs(variables.iter().copied());
        self.finished(command, arguments, input)
    }

    fn finished(&self, mut command: Command, arguments: &[&str], input: &str) -> Output {
        let mut child = command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.file("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that needs less than it is given may have ended before.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }
}

fn program() -> OsString {
    std::env::var_os("ATTESTA_APP").expect("run inside scripts/session: see scripts/test")
}

fn said(output: Output) -> Result<String, String> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The study's office: its server, and the key by which it signs.
pub struct StudyOffice {
    /// Nobody's practice now.
    pub server: Handle,
    /// The thumbprint of its key.
    pub signer: String,
    key: PathBuf,
}

impl StudyOffice {
    /// An office whose files are beside the device's.
    pub fn new(at: &Terminal) -> Self {
        let patients = seeds::PARTICIPANTS.into_iter().map(seeds::patient).collect();
        let seeds = Seeds { patients, ..Seeds::default() };
        let options = Options { data_dir: at.file("server"), port: 0, seeds, version: Version::R4 };
        let server = Server::start(options).unwrap();
        let (key, signer) = office_key(at, 11);
        Self { server, signer, key }
    }

    /// The study, signed with the program.
    #[allow(dead_code)] // by the tests of a rescue and in the window
    pub fn study(&self, at: &Terminal, policy: &Value) -> String {
        self.signed(at, &json!({ "policy": policy }))
    }

    /// The same with other members in place of its own.
    pub fn signed(&self, at: &Terminal, members: &Value) -> String {
        self.signed_with(at, members, &self.key)
    }

    /// The same by another key.
    pub fn signed_with(&self, at: &Terminal, members: &Value, key: &Path) -> String {
        let form = questionnaire::import_bytes(instruments::GAD7.as_bytes()).unwrap();
        let resource: Value = serde_json::from_str(instruments::GAD7).unwrap();
        let mut study = json!({
            "id": "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44",
            "title": "Anxiety in remission",
            "version": 1,
            "issued": "2026-11-20T09:00:00+01:00",
            "signers": [self.signer],
            "server": self.server.base_url(),
            "trustAnchors": self.server.anchor_pem(),
            "sites": [{ "id": "014", "name": "Clinic 014" }],
            "questionnaires": [{ "canonical": form.canonical(), "sha256": form.sha256(), "resource": resource }],
        });
        study.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let file = at.written("study.json", study.to_string());
        at.run(&["study", "sign", file.to_str().unwrap(), "--key", key.to_str().unwrap()], "").unwrap()
    }

    /// Sets the device up at the terminal, as the study's third one at the site; what the program prints.
    #[allow(dead_code)] // by the test in the window
    pub fn set_up(&self, at: &Terminal, document: &str) -> Result<String, String> {
        self.set_up_as(at, document, "014-3")
    }

    /// The same as another one.
    #[allow(dead_code)] // by the test in the window
    pub fn set_up_as(&self, at: &Terminal, document: &str, number: &str) -> Result<String, String> {
        let document = at.written("study.signed.json", document);
        let (name, reference) = (format!("Attesta {number}"), format!("Device/device-{number}"));
        let set_up = ["device", "set-up", document.to_str().unwrap(), "--signer", &self.signer];
        let own = ["--site", "014", "--name", &name, "--reference", &reference];
        at.run(&[&set_up[..], &own[..]].concat(), "")
    }

    /// What the study's authority answers to a request.
    pub fn certified(&self, request: &str) -> String {
        let der = openssl::x509::X509Req::from_pem(request.as_bytes()).unwrap().to_der().unwrap();
        self.server.issue_certificate(&der).unwrap()
    }
}

/// A key of an office, made of this octet, and its thumbprint.
pub fn office_key(at: &Terminal, octet: u8) -> (PathBuf, String) {
    let key = p256::SecretKey::from_slice(&[octet; 32]).unwrap();
    let key =
        at.written(&format!("office-{octet}.pem"), key.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes());
    let thumbprint = at.run(&["study", "thumbprint", key.to_str().unwrap()], "").unwrap();
    (key, thumbprint)
}
