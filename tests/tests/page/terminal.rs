//! A technician at a terminal: the program's subcommands, and the study that they set a device up for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fhir::Version;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use practice::{Handle, Options, Seeds, Server, seeds};
use questionnaire::instruments;
use serde_json::json;

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
    pub fn may_mount() -> Result<(), String> {
        let tried =
            Command::new("unshare").args(ALONE).args(["mount", "-t", "tmpfs", "none", "/mnt"]).output();
        match tried {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
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

/// What gives a process mounts of its own.
const ALONE: [&str; 4] = ["--user", "--map-current-user", "--keep-caps", "--mount"];

fn program() -> OsString {
    std::env::var_os("ATTESTA_APP").expect("run inside scripts/session: see scripts/test")
}

fn said(output: Output) -> Result<String, String> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The study's server, which is nobody's practice now.
pub fn server(folder: &Path) -> Handle {
    let patients = seeds::PARTICIPANTS.into_iter().map(seeds::patient).collect();
    let seeds = Seeds { patients, ..Seeds::default() };
    Server::start(Options { data_dir: folder.to_owned(), port: 0, seeds, version: Version::R4 }).unwrap()
}

/// The study, signed by the office with the program.
#[allow(dead_code)] // by the test of a rescue
pub fn study(at: &Terminal, server: &Handle, signer: &str, key: &Path, policy: &serde_json::Value) -> String {
    numbered_study(at, server, signer, key, policy, "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44")
}

/// The same with an identifier of its own.
pub fn numbered_study(
    at: &Terminal,
    server: &Handle,
    signer: &str,
    key: &Path,
    policy: &serde_json::Value,
    id: &str,
) -> String {
    let form = questionnaire::import_bytes(instruments::GAD7.as_bytes()).unwrap();
    let resource: serde_json::Value = serde_json::from_str(instruments::GAD7).unwrap();
    let study = json!({
        "id": id,
        "title": "Anxiety in remission",
        "version": 1,
        "issued": "2026-11-20T09:00:00+01:00",
        "signers": [signer],
        "server": server.base_url(),
        "trustAnchors": server.anchor_pem(),
        "sites": [{ "id": "014", "name": "Clinic 014" }],
        "questionnaires": [{ "canonical": form.canonical(), "sha256": form.sha256(), "resource": resource }],
        "policy": policy,
    });
    let file = at.written("study.json", study.to_string());
    at.run(&["study", "sign", file.to_str().unwrap(), "--key", key.to_str().unwrap()], "").unwrap()
}

pub fn office_key(at: &Terminal) -> PathBuf {
    let key = p256::SecretKey::from_slice(&[11; 32]).unwrap();
    at.written("office.pem", key.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes())
}
