//! HAPI FHIR's JPA server as a process of its own, with its database in a folder.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fhir::Version;

use super::folder;

/// The running server. Dropping it kills it, as a power cut would.
pub struct Hapi {
    version: Version,
    data: tempfile::TempDir,
    port: u16,
    running: Option<Child>,
}

impl Hapi {
    /// Starts one of this release on an empty database; takes some twenty seconds.
    pub fn start(version: Version) -> Self {
        let mut hapi = Self { version, data: tempfile::tempdir().unwrap(), port: 0, running: None };
        hapi.start_again();
        hapi
    }

    /// Starts it on the same data and the same port.
    ///
    /// # Panics
    /// When it does not come up; what it said is in `server.log` beside the peers.
    pub fn start_again(&mut self) {
        let built = folder().join("server");
        let path = std::env::join_paths([built.join("classes"), built.join("lib").join("*")]).unwrap();
        let release = match self.version {
            Version::R4 => "R4",
            Version::R5 => "R5",
        };
        let log = std::fs::File::create(log(release)).unwrap();
        let mut child = Command::new("java")
            .args(["-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"])
            .arg(path)
            .args(["attesta.interop.FhirServer", release])
            .arg(self.data.path())
            .arg(self.port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Hibernate and Spring may say something first.
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening ").and_then(|port| port.trim().parse().ok()));
        self.running = Some(child);
        self.port = port.unwrap_or_else(|| panic!("HAPI FHIR did not start; see {}", log_name(release)));
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    }

    /// Ends it at once, whatever it is doing.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Its port on loopback; the same after a restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The FHIR base address; the same after a restart.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/fhir", self.port)
    }
}

impl Drop for Hapi {
    fn drop(&mut self) {
        self.kill();
    }
}

fn log(release: &str) -> PathBuf {
    folder().join(log_name(release))
}

fn log_name(release: &str) -> String {
    format!("server-{release}.log")
}
