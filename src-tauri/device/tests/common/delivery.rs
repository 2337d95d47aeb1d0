//! What leaves the bench: records that are delivered, and zips that are read as another program reads them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use device::delivery::{Contact, Context, State, Worker};
use practice::{Options, Seeds, Server};

use super::Bench;

/// Delivers what is in the outbox to a practice server of its own.
pub fn deliver(bench: &Bench) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let options = Options {
        data_dir: folder.path().to_owned(),
        port: 0,
        seeds: Seeds::default(),
        version: fhir::Version::R4,
    };
    let server = Server::start(options).unwrap();
    let context = Context {
        store: bench.device().store().clone(),
        client: client::Client::new(server.base_url(), client::Options::default()).unwrap(),
        signer: bench.device().sealing_key().unwrap(),
        device: bench.device().party(),
        application: "Attesta tests".to_owned(),
        profile: device::ProvenanceProfile::default().profile(),
        fhir_version: device::FhirVersion::default(),
        clock: bench.clock.clock(),
        jitter: device::delivery::system_jitter(),
        sources: None,
        contact: Contact::default(),
    };
    let worker = Worker::start(Arc::new(context), runtime.handle());
    let until = Instant::now() + Duration::from_secs(20);
    while worker.status().unwrap().counts.get(&State::Done) != Some(&1) {
        assert!(Instant::now() < until, "{:?}", worker.status());
        std::thread::sleep(Duration::from_millis(10));
    }
    worker.stop();
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
