//! The practice server as a process of its own, and what its store holds.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use practice::faults::Armed;
use serde::Deserialize;

use crate::practice_process::PracticeProcess;

/// A stored version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The resource.
    pub(super) id: String,
    /// Its version.
    pub(super) version: u32,
    /// Exactly what is answered.
    pub(super) text: String,
}

/// A running server.
pub(super) struct Server {
    _process: PracticeProcess,
    data: PathBuf,
    /// Where it listens.
    pub(super) port: u16,
}

/// What the trainer's panel says about stored resources.
#[derive(Deserialize)]
struct Panel {
    alterations: Vec<Altered>,
}

/// One of [`practice::faults::Alteration`], read back.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Altered {
    /// The resource's type.
    pub(super) resource_type: String,
    /// The resource.
    pub(super) id: String,
    /// The element.
    pub(super) path: String,
}

impl Server {
    /// Starts a server with its data in `data`.
    pub(super) fn start(program: &Path, data: PathBuf, r5: bool) -> Self {
        let process = PracticeProcess::start(program, &data, &["--fhir", if r5 { "R5" } else { "R4" }]);
        let port = process.at.port;
        Self { _process: process, data, port }
    }

    /// Arms these faults in place of all others.
    pub(super) fn arm(&self, faults: &[Armed]) {
        let body = serde_json::json!({ "faults": faults }).to_string();
        self.ask("PUT", "/practice/faults", &body);
    }

    /// What armed faults have done to stored resources since the server was started, the last 200.
    pub(super) fn alterations(&self) -> Vec<Altered> {
        let panel: Panel = serde_json::from_str(&self.ask("GET", "/practice/faults", "")).unwrap();
        panel.alterations
    }

    /// The practice CA's anchor.
    pub(super) fn anchor(&self) -> String {
        self.ask("GET", "/practice/ca/anchor", "")
    }

    /// The place in the order of writing that was reached.
    pub(super) fn place(&self) -> i64 {
        practice::storage::last_place(&self.data).unwrap()
    }

    /// What was written of one type after a place.
    pub(super) fn after(&self, place: i64, kind: &str) -> Vec<Row> {
        let rows = practice::storage::read_after(&self.data, kind, place).unwrap();
        rows.into_iter().map(|(_, id, version, text)| Row { id, version, text }).collect()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 20"), "the practice server answers {head}");
        body.to_owned()
    }
}
