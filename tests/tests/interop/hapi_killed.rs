//! The device's process is killed while HAPI FHIR's JPA server has some of its records, has not answered for others, and
//! knows nothing of the rest.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use attesta_tests::delivery::{MemoryKey, insert, item, open_store, secret, wait_for};
use attesta_tests::interop::Gate;
use device::FhirVersion;
use device::delivery::State;
use device::store::outbox::Item;

use crate::hapi::Site;

const RECORDS: usize = 6;
/// The server answers for so many before the kill.
const ANSWERED: usize = 3;
/// And keeps at least so many of which the device does not hear.
const UNHEARD: usize = 2;

pub(crate) fn a_device_that_is_killed_with_open_records_delivers_each_once(site: &Site) {
    let device = Device::new();
    // Read before the device runs: it is alone with its store.
    let records = device.frozen(site);
    let gate = Gate::answering(site.hapi.port(), ANSWERED);
    let base = gate.base_url();

    let mut running = device.start(&base, site.release());
    wait_for(Duration::from_mins(1), || (gate.kept_back() >= UNHEARD).then_some(()));
    wait_for(Duration::from_mins(1), || proofs(site, &records).contains(&1).then_some(()));
    running.kill().unwrap();
    running.wait().unwrap();

    let open = device.now(&records).iter().filter(|record| record.state != State::Done).count();
    assert!(open >= UNHEARD, "{open} of {RECORDS} are open");
    let kept = records.iter().filter(|record| !site.found(record).is_empty()).count();
    assert!(kept >= ANSWERED + UNHEARD, "the server keeps {kept}, of which the device knows {ANSWERED}");

    gate.open();
    let ended = device.start(&base, site.release()).wait().unwrap();
    assert!(ended.success(), "after the restart: {ended}");
    for record in device.now(&records) {
        site.assert_proven(&record);
    }
    assert_eq!(proofs(site, &records), [1; RECORDS], "one Provenance for each");
}

/// How many Provenances the server keeps of each record.
fn proofs(site: &Site, records: &[Item]) -> Vec<usize> {
    let of = |record: &Item| {
        let kept = site.found(record);
        let ids = kept.iter().filter_map(|one| one.str("id"));
        ids.map(|id| site.searched("Provenance", ("target", &format!("QuestionnaireResponse/{id}"))).len())
            .sum()
    };
    records.iter().map(of).collect()
}

/// A device with keys of its own, of which the server knows nothing yet.
struct Device {
    data: tempfile::TempDir,
    database_key: [u8; 32],
    sealing_key: [u8; 32],
}

impl Device {
    fn new() -> Self {
        Self { data: tempfile::tempdir().unwrap(), database_key: secret(), sealing_key: secret() }
    }

    /// What it has signed before it runs.
    fn frozen(&self, site: &Site) -> Vec<Item> {
        let signer = MemoryKey::enrol(&self.sealing_key, |request| {
            let chain = site.authority.issue_certificate(request.as_bytes()).unwrap();
            std::fs::write(self.data.path().join("chain.pem"), &chain).unwrap();
            chain
        });
        let store = open_store(self.data.path(), &self.database_key);
        (0..RECORDS).map(|_| item(&store, &insert(&store, site.signed_by(&signer)))).collect()
    }

    /// How the records stand; only while it does not run.
    fn now(&self, records: &[Item]) -> Vec<Item> {
        let store = open_store(self.data.path(), &self.database_key);
        records.iter().map(|record| item(&store, &record.id)).collect()
    }

    fn start(&self, server: &str, release: FhirVersion) -> Child {
        Command::new(Path::new(env!("CARGO_BIN_EXE_device-runner")))
            .args(["--data".as_ref(), self.data.path().as_os_str(), "--server".as_ref(), server.as_ref()])
            .args(["--tolerate", "references-lose-version", "--timeout", "120"])
            .args((release == FhirVersion::R5).then_some("--r5"))
            .env("ATTESTA_TEST_DATABASE_KEY", hex(&self.database_key))
            .env("ATTESTA_TEST_SEALING_KEY", hex(&self.sealing_key))
            .env_remove("ATTESTA_FAILPOINT")
            .spawn()
            .unwrap()
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}
