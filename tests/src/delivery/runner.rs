//! A device as a process of its own (`device-runner`), to be killed and started again.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use device::delivery::State;
use device::store::Store;
use device::store::outbox::{self, Item};

use super::{item, open_store, secret};

/// A device's things, and how its process is started.
pub struct Runner {
    program: PathBuf,
    /// The data folder.
    pub data: tempfile::TempDir,
    database_key: [u8; 32],
    /// The secret of its sealing key.
    pub sealing_key: [u8; 32],
}

impl Runner {
    /// A new device of `program`, which is `device-runner`: no server knows it, and it has nothing.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let data = tempfile::tempdir().expect("there is room");
        Self { program: program.into(), data, database_key: secret(), sealing_key: secret() }
    }

    /// Its store; only while it does not run.
    pub fn store(&self) -> Arc<Store> {
        open_store(self.data.path(), &self.database_key)
    }

    /// The start of its process, which delivers to the server at this address and is killed nowhere.
    pub fn command(&self, server: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--data".as_ref(), self.data.path().as_os_str(), "--server".as_ref(), server.as_ref()])
            .env("ATTESTA_TEST_DATABASE_KEY", hex(&self.database_key))
            .env("ATTESTA_TEST_SEALING_KEY", hex(&self.sealing_key))
            .env_remove("ATTESTA_FAILPOINT");
        command
    }

    /// Its one record, which is proven: the server keeps exactly one response and one Provenance, each with the bytes that the
    /// device froze. `stored` gives every stored version of a type as it was sent.
    pub fn assert_proven_once(&self, stored: impl Fn(&str) -> Vec<String>, when: &str) -> Item {
        let store = self.store();
        let records = store.read(outbox::all).expect("the store answers");
        assert_eq!(records.len(), 1, "{when}: one response was frozen");
        let record = item(&store, &records[0].id);
        assert_eq!(record.state, State::Done, "{when}: the outbox drains once the kills stop");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("JSON");
        assert!(
            stored("QuestionnaireResponse") == [text(&record.response)],
            "{when}: not exactly the frozen response"
        );
        let provenance = record.provenance.as_deref().expect("a proven record has one");
        assert!(stored("Provenance") == [text(provenance)], "{when}: not exactly the stored Provenance");
        record
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}
