//! The device's process is killed while HAPI FHIR's JPA server has some of its records, has not answered for others, and
//! knows nothing of the rest.

use std::process::Child;
use std::time::Duration;

use attesta_tests::delivery::{MemoryKey, Runner, insert, item, wait_for};
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
struct Device(Runner);

impl Device {
    fn new() -> Self {
        Self(Runner::new(env!("CARGO_BIN_EXE_device-runner")))
    }

    /// What it has signed before it runs.
    fn frozen(&self, site: &Site) -> Vec<Item> {
        let signer = MemoryKey::enrol(&self.0.sealing_key, |request| {
            let chain = site.authority.issue_certificate(request.as_bytes()).unwrap();
            std::fs::write(self.0.data.path().join("chain.pem"), &chain).unwrap();
            chain
        });
        let store = self.0.store();
        (0..RECORDS).map(|_| item(&store, &insert(&store, site.signed_by(&signer)))).collect()
    }

    /// How the records stand; only while it does not run.
    fn now(&self, records: &[Item]) -> Vec<Item> {
        let store = self.0.store();
        records.iter().map(|record| item(&store, &record.id)).collect()
    }

    fn start(&self, server: &str, release: FhirVersion) -> Child {
        let mut command = self.0.command(server);
        command
            .args(["--tolerate", "references-lose-version", "--timeout", "120"])
            .args((release == FhirVersion::R5).then_some("--r5"));
        command.spawn().unwrap()
    }
}
