//! What leaves the bench: records that are delivered, and zips that are read as another program reads them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use device::delivery::{Contact, Context, State, Worker, WorkerHandle};
use device::{Clock, Device};
use practice::{Options, Seeds, Server};

use super::Bench;

/// A practice server in this folder, which speaks R4.
pub fn practice_server(folder: &Path) -> practice::Handle {
    let options =
        Options { data_dir: folder.to_owned(), port: 0, seeds: Seeds::default(), version: fhir::Version::R4 };
    Server::start(options).unwrap()
}

/// Delivers what is in the outbox to a practice server of its own.
pub fn deliver(bench: &Bench) {
    let folder = tempfile::TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    Deliverer::over(client, bench.device(), bench.clock.clock()).delivered(1);
}

/// A worker that delivers what a device holds; dropping it ends the worker.
pub struct Deliverer {
    pub worker: WorkerHandle,
    _runtime: tokio::runtime::Runtime,
}

impl Deliverer {
    /// To the device's own server, as its configuration says.
    pub fn start(device: &Device) -> Self {
        Self::over(device.server().unwrap(), device, device::clock::system())
    }

    pub fn over(client: client::Client, device: &Device, clock: Clock) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let context = Context {
            store: device.store().clone(),
            client,
            signer: device.sealing_key().unwrap(),
            device: device.party(),
            application: "Attesta tests".to_owned(),
            profile: device::ProvenanceProfile::default().profile(),
            fhir_version: device::FhirVersion::default(),
            create: device.configuration().policy.create,
            tolerances: device.configuration().policy.tolerances.clone(),
            clock,
            jitter: Arc::new(|ceiling| ceiling.min(Duration::from_millis(50))),
            sources: None,
            contact: Contact::default(),
        };
        Self { worker: Worker::start(Arc::new(context), runtime.handle()), _runtime: runtime }
    }

    /// Waits until so many records are delivered.
    pub fn delivered(&self, records: u32) {
        let until = Instant::now() + Duration::from_mins(1);
        while self.worker.status().unwrap().counts.get(&State::Done) != Some(&records) {
            assert!(Instant::now() < until, "{:?}", self.worker.status());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        self.worker.stop();
    }
}

pub fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}
