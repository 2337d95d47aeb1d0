//! What leaves the bench: records that are delivered, and zips that are read as another program reads them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use device::Device;
use device::delivery::{Context, State, Worker, WorkerHandle};
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
    Deliverer::over(client, bench.device()).delivered(1);
}

/// What a device delivers with, with waits of at most 50 ms.
pub fn context(device: &Device, client: client::Client) -> Context {
    let jitter = Arc::new(|ceiling: Duration| ceiling.min(Duration::from_millis(50)));
    Context::of(device, client, "Attesta tests", jitter).unwrap()
}

/// A worker that delivers what a device holds; dropping it ends the worker.
pub struct Deliverer {
    pub worker: WorkerHandle,
    _runtime: tokio::runtime::Runtime,
}

impl Deliverer {
    /// To the device's own server, as its configuration says.
    pub fn start(device: &Device) -> Self {
        Self::over(device.server().unwrap(), device)
    }

    pub fn over(client: client::Client, device: &Device) -> Self {
        Self::with(client, device, |_| ())
    }

    /// The same with something changed.
    pub fn with(client: client::Client, device: &Device, change: impl FnOnce(&mut Context)) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut context = context(device, client);
        change(&mut context);
        Self { worker: Worker::start(Arc::new(context), runtime.handle()), _runtime: runtime }
    }

    /// Waits until so many records are delivered.
    pub fn delivered(&self, records: u32) {
        until("delivery", || self.worker.status().unwrap().counts.get(&State::Done) == Some(&records));
    }
}

/// Counts how often a worker looks at the clock.
#[derive(Default, Clone)]
pub struct Looks(Arc<AtomicU32>);

impl Looks {
    pub fn at(&self, context: &mut Context) {
        let (clock, looks) = (Arc::clone(&context.clock), Arc::clone(&self.0));
        context.clock = Arc::new(move || {
            looks.fetch_add(1, Ordering::SeqCst);
            clock()
        });
    }

    /// Wakes the worker, and waits until it has looked at the clock so often.
    pub fn wait_for(&self, looks: u32, worker: &WorkerHandle) {
        let before = self.0.load(Ordering::SeqCst);
        worker.wake();
        until("round", || self.0.load(Ordering::SeqCst) >= before + looks);
    }
}

/// How long a test waits for what has to come: a machine may be busy with much else.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// Asks again and again until there is something.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "no {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Asks again and again until it is so.
pub fn until(what: &str, mut is: impl FnMut() -> bool) {
    wait_for(what, || is().then_some(()));
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
