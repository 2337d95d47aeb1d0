//! What many waiting items cost: opening, the outbox's screen, picking what is due, memory, and an idle device.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use device::delivery::{Worker, WorkerHandle, outbox_foremost, outbox_page};
use device::keystore::{DATABASE_KEY, Keystore as _, OsKeystore, SecondProcess};
use device::store::outbox::{self, NewItem};
use device::store::record_line::{self, Narrowed};
use device::store::{DatabaseKey, Store};

use sha2::{Digest as _, Sha256};

use super::{Enrolled, own, percentile, server};
use crate::delivery::{context, open_store, secret};

/// Rows of a page of the screen.
const PAGE: u32 = 100;
/// Items of one transaction.
const TOGETHER: u32 = 2_000;

pub(super) fn measure(scratch: &Path, items: u32, seconds: u64, until_empty: bool) {
    let data = tempfile::tempdir_in(scratch).unwrap();
    let server = server(data.path());
    let device = Enrolled::at(&server);
    let key = secret();
    for count in [0, items] {
        let folder = tempfile::tempdir_in(scratch).unwrap();
        let began = Instant::now();
        fill(&open_store(folder.path(), &key), &device, count);
        println!("\n## {count} waiting items (filled in {:.1} s)\n", began.elapsed().as_secs_f64());
        let began = Instant::now();
        let store = Store::open(&folder.path().join("attesta.db"), &DatabaseKey::new(key)).unwrap();
        println!("opening the store, every page checked: {:.0} ms", milliseconds(began));
        let store = Arc::new(store);
        if count > 0 {
            screen(&store);
            records(&store);
        }
        let seconds = Duration::from_secs(seconds);
        watch("server away", &store, &device, &nobody(), seconds);
        watch(
            if count > 0 { "draining" } else { "nothing to do" },
            &store,
            &device,
            &server.at.base_url,
            seconds,
        );
        if count > 0 && until_empty {
            drain(&store, &device, &server.at.base_url);
        }
    }
}

/// An address at which nobody listens.
fn nobody() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{free}/fhir")
}

/// The same response under many identifiers: nothing verifies its signature before it is signed again for export.
fn fill(store: &Store, device: &Enrolled, count: u32) {
    let model = device.sign(1).remove(0);
    let text = String::from_utf8(model.response.clone()).unwrap();
    let mut left = count;
    while left > 0 {
        let some = left.min(TOGETHER);
        left -= some;
        let group: Vec<NewItem> = (0..some)
            .map(|_| {
                let identifier = format!("urn:uuid:{}", uuid::Uuid::new_v4());
                let response = text.replace(&model.identifier, &identifier).into_bytes();
                NewItem { id: uuid::Uuid::new_v4().to_string(), identifier, response, ..model.clone() }
            })
            .collect();
        store.write(move |tx| group.iter().try_for_each(|item| outbox::insert(tx, item))).unwrap();
    }
}

/// The same in the store of the app that has its data there, with its key from the operating system's keystore.
pub(super) fn fill_app(scratch: &Path, data: &Path, items: u32) {
    let practice = tempfile::tempdir_in(scratch).unwrap();
    let device = Enrolled::at(&server(practice.path()));
    // As the app names the keys of a data folder.
    let path = Sha256::digest(std::path::absolute(data).unwrap().as_os_str().as_encoded_bytes());
    let service = path
        .iter()
        .take(8)
        .fold("org.attesta.practice.".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    let nobody = SecondProcess { program: "true".into(), arguments: Vec::new() };
    let keystore = OsKeystore::new(service, Duration::from_secs(30), nobody);
    let key = keystore.read(DATABASE_KEY).expect("the app was started once");
    let key: [u8; 32] = key.as_slice().try_into().expect("a key of 32 bytes");
    let store = Store::open(&data.join("device").join(device::DATABASE), &DatabaseKey::new(key)).unwrap();
    fill(&store, &device, items);
    let later = jiff::Timestamp::now().as_millisecond() + 23 * 3_600_000;
    store.write(move |tx| Ok(tx.execute("UPDATE outbox SET next_attempt_ms = ?1", [later])?)).unwrap();
}

/// What the screen asks: the foremost rows and the counts; then the pages of everything.
fn screen(store: &Arc<Store>) {
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let rows = outbox_foremost(store).unwrap();
        let counts = store.read(outbox::counts).unwrap();
        times.push(milliseconds(began));
        assert!(!rows.is_empty() && !counts.is_empty());
    }
    println!("the screen's rows and counts, the first time: {:.1} ms", times[0]);
    times.sort_by(f64::total_cmp);
    println!(
        "… again, median of 20: {:.1} ms, longest {:.1} ms",
        percentile(&times, 0.5),
        percentile(&times, 1.0)
    );
    let (mut pages, mut from) = (Vec::new(), None);
    loop {
        let began = Instant::now();
        let page = outbox_page(store, from, PAGE).unwrap();
        pages.push(milliseconds(began));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    pages.sort_by(f64::total_cmp);
    println!(
        "{} pages one after the other: median {:.1} ms, longest {:.1} ms",
        pages.len(),
        percentile(&pages, 0.5),
        percentile(&pages, 1.0)
    );
}

/// What *Records* asks when it is opened: the first page, how many there are, and who can be exported.
fn records(store: &Arc<Store>) {
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let (rows, total) = store
            .read(|connection| {
                let page = record_line::page(connection, &Narrowed::default(), None, PAGE)?;
                for row in &page {
                    outbox::overall(connection, &row.id)?;
                }
                record_line::participants(connection)?;
                Ok((page, record_line::count(connection, &Narrowed::default())?))
            })
            .unwrap();
        times.push(milliseconds(began));
        assert!(!rows.is_empty() && total as usize >= rows.len());
    }
    println!("the first page of the records, the first time: {:.1} ms", times[0]);
    times.sort_by(f64::total_cmp);
    println!(
        "… again, median of 20: {:.1} ms, longest {:.1} ms",
        percentile(&times, 0.5),
        percentile(&times, 1.0)
    );
}

/// Processor time and memory of a device that is left alone.
fn watch(what: &str, store: &Arc<Store>, device: &Enrolled, base: &str, time: Duration) {
    let before = own::memory(true);
    let waiting = |worker: &WorkerHandle| worker.status().unwrap().active();
    let worker = worker(store, device, base);
    // The start is not idle.
    std::thread::sleep(Duration::from_secs(5));
    let (at_first, spent, left) = (own::memory(true), own::processor_seconds(), waiting(&worker));
    std::thread::sleep(time);
    let (spent, memory) = (own::processor_seconds() - spent, own::memory(true));
    let (done, seconds) = (left - waiting(&worker), time.as_secs_f64());
    println!(
        "{what}: {:.2} % of one processor in {seconds:.0} s, {done} items delivered; anonymous memory {before:.1} MB before, \
         {at_first:.1} MB after 5 s, {memory:.1} MB at the end (resident {:.1} MB)",
        spent / seconds * 100.0,
        own::memory(false),
    );
    worker.stop();
}

/// The app's own waits, and not those of tests.
fn worker(store: &Arc<Store>, device: &Enrolled, base: &str) -> WorkerHandle {
    let mut context = context(store, base, &device.signer, Duration::from_mins(15));
    context.jitter = device::delivery::system_jitter();
    Worker::start(Arc::new(context), device.runtime.handle())
}

/// Rows that are printed of a drain.
const STEPS: u32 = 10;
/// A drain in which nothing is delivered for so long has stopped.
const STOPPED: Duration = Duration::from_mins(2);

/// Memory while all that waits is delivered.
fn drain(store: &Arc<Store>, device: &Enrolled, base: &str) {
    let worker = worker(store, device, base);
    let waiting = || worker.status().unwrap().active();
    let all = waiting();
    let (began, mut moved, mut left, mut told) = (Instant::now(), Instant::now(), all, all);
    println!("\n| still waiting | after, s | anonymous memory, MB | resident, MB |\n|--:|--:|--:|--:|");
    loop {
        let now = waiting();
        if now == 0 || told.saturating_sub(now) >= all / STEPS {
            told = now;
            let (anonymous, resident) = (own::memory(true), own::memory(false));
            println!("| {now} | {:.0} | {anonymous:.1} | {resident:.1} |", began.elapsed().as_secs_f64());
        }
        if now == 0 {
            break;
        }
        if now < left {
            (left, moved) = (now, Instant::now());
        }
        assert!(moved.elapsed() < STOPPED, "nothing is delivered any more: {now} wait");
        std::thread::sleep(Duration::from_secs(1));
    }
    worker.stop();
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
