//! The practice server as a process of its own, with its data on the disk.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

/// A running server; dropping it kills it.
pub struct PracticeProcess {
    child: Child,
    /// Where it is, and where it listens.
    pub at: Ready,
}

/// What the server says once it answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    /// The base address of its FHIR interface.
    pub base_url: String,
    /// Its port on loopback.
    pub port: u16,
}

impl PracticeProcess {
    /// Starts `program`, which is `practice-server-process`, on a free port, and waits until it answers.
    pub fn start(program: &Path, data: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args([OsStr::new("--data"), data.as_os_str(), OsStr::new("--port"), OsStr::new("0")])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the practice server is built");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let at = serde_json::from_str(&line).expect("one line of JSON when ready");
        Self { child, at }
    }
}

impl Drop for PracticeProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
