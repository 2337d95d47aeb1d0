//! One Java process for all tests of this file: the definitions of FHIR take it seconds to load.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use attesta_tests::interop::{Lines, Peer, folder};
use serde_json::{Value as Json, json};

static RUNNING: LazyLock<Lines> = LazyLock::new(|| {
    let built = folder().join("java");
    let path = std::env::join_paths([built.join("classes"), built.join("lib").join("*")]).unwrap();
    // The serial collector and the first compiler only: it answers a few questions and ends.
    let options = ["-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"];
    let null = std::process::Stdio::null();
    Lines::start(Command::new("java").args(options).arg(path).arg("attesta.interop.Peers").stderr(null))
});

/// HL7's validator and DSS, where they are ready.
pub(crate) fn peer() -> Option<&'static Lines> {
    Peer::Java.is_ready().then(|| &*RUNNING)
}

/// Files for the questions of one test.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A file with this content; its absolute path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Where a file of this name would be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// What HL7's validator calls an error in `file`.
pub(crate) fn fhir_errors(peer: &Lines, version: &str, file: &Path) -> Vec<String> {
    let answer = peer.ask(&json!({ "do": "validate-fhir", "version": version, "file": file }));
    let issues = answer["issues"].as_array().unwrap();
    let is_error = |issue: &&Json| matches!(issue["severity"].as_str(), Some("error" | "fatal"));
    issues
        .iter()
        .filter(is_error)
        .map(|issue| format!("{}: {}", issue["location"], issue["message"]))
        .collect()
}
