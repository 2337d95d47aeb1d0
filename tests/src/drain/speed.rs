//! The drain beside a bare client: the same responses and Provenances, as many at once, turn by turn.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use device::delivery::{State, Worker};
use device::store::outbox::{self, NewItem};
use device::store::{Store, attempt, audit};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::{Enrolled, contact, percentile, server};
use crate::delivery::{context, item};
use crate::practice_process::PracticeProcess;

/// Longer than any turn.
const PATIENCE: Duration = Duration::from_mins(20);

/// What one turn gave.
struct Turn {
    /// Records a second.
    rate: f64,
    /// Milliseconds of each record, sorted.
    times: Vec<f64>,
}

pub(super) fn measure(scratch: &Path, responses: usize, concurrency: &[u32], rounds: usize) {
    let data = tempfile::tempdir_in(scratch).unwrap();
    let server = server(data.path());
    let device = Enrolled::at(&server);
    let template = template(scratch, &server, &device);
    println!("\n{responses} records in each turn, {rounds} turns of each; milliseconds of one record\n");
    println!(
        "| in flight | bare, records/s | device, records/s | ratio of each turn | median ratio | bare median, 99th | \
         device median, 99th |"
    );
    println!("|--:|--:|--:|---|--:|---|---|");
    for &in_flight in concurrency {
        let (mut bare, mut own, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let mut turns = [true, false];
            // Whoever comes second meets a larger database.
            turns.rotate_left(round % 2);
            for is_bare in turns {
                if is_bare {
                    bare.push(drain_bare(&server, &device, responses, in_flight, &template));
                } else {
                    own.push(drain(scratch, &server, &device, responses, in_flight));
                }
            }
            ratios.push(own[round].rate / bare[round].rate);
        }
        let shown: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "| {in_flight} | {:.0} | {:.0} | {} | **{:.2}** | {} | {} |",
            rate(&bare),
            rate(&own),
            shown.join(", "),
            percentile(&ratios, 0.5),
            times(bare),
            times(own),
        );
    }
}

fn rate(turns: &[Turn]) -> f64 {
    let mut rates: Vec<f64> = turns.iter().map(|turn| turn.rate).collect();
    rates.sort_by(f64::total_cmp);
    percentile(&rates, 0.5)
}

fn times(turns: Vec<Turn>) -> String {
    let mut all: Vec<f64> = turns.into_iter().flat_map(|turn| turn.times).collect();
    all.sort_by(f64::total_cmp);
    format!("{:.1}, {:.1}", percentile(&all, 0.5), percentile(&all, 0.99))
}

/// A Provenance of the device's own, with the target that it is about: what a bare client sends has to be as long.
fn template(scratch: &Path, server: &PracticeProcess, device: &Enrolled) -> (String, String) {
    let folder = tempfile::tempdir_in(scratch).unwrap();
    let (store, _) = deliver(folder.path(), server, device, device.sign(1), 1);
    let record = store.read(outbox::all).unwrap().remove(0);
    (String::from_utf8(record.provenance.clone().unwrap()).unwrap(), record.target().unwrap())
}

/// The two requests of each record and nothing else: no store, no comparison, no signature.
fn drain_bare(
    server: &PracticeProcess,
    device: &Enrolled,
    responses: usize,
    in_flight: u32,
    template: &(String, String),
) -> Turn {
    let items = Arc::new(device.sign(responses));
    let (next, template) = (Arc::new(AtomicUsize::new(0)), Arc::new(template.clone()));
    let times = Arc::new(Mutex::new(Vec::with_capacity(responses)));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let started = Instant::now();
    device.runtime.block_on(async {
        let mut running = JoinSet::new();
        for _ in 0..in_flight {
            let (items, next, times) = (Arc::clone(&items), Arc::clone(&next), Arc::clone(&times));
            let (http, base, template) = (http.clone(), server.at.base_url.clone(), Arc::clone(&template));
            running.spawn(async move {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let began = Instant::now();
                    post_both(&http, &base, item, &template).await;
                    times.lock().unwrap().push(began.elapsed().as_secs_f64() * 1000.0);
                }
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.unwrap();
        }
    });
    turn(responses, started.elapsed(), std::mem::take(&mut *times.lock().unwrap()))
}

async fn post_both(http: &reqwest::Client, base: &str, item: &NewItem, template: &(String, String)) {
    let post = |kind: &str, body: Vec<u8>| {
        http.post(format!("{base}/{kind}"))
            .header("content-type", "application/fhir+json")
            .header("accept", "application/fhir+json")
            .header("prefer", "return=representation")
            .body(body)
    };
    let condition = format!("identifier=urn:ietf:rfc:3986|{}", item.identifier);
    let request = post("QuestionnaireResponse", item.response.clone()).header("if-none-exist", condition);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    answer.bytes().await.unwrap();
    let target = location.strip_prefix(base).unwrap().trim_start_matches('/');
    let (provenance, about) = template;
    let answer = post("Provenance", provenance.replace(about, target).into_bytes()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    answer.bytes().await.unwrap();
}

fn drain(
    scratch: &Path,
    server: &PracticeProcess,
    device: &Enrolled,
    responses: usize,
    in_flight: u32,
) -> Turn {
    let folder = tempfile::tempdir_in(scratch).unwrap();
    let (store, took) = deliver(folder.path(), server, device, device.sign(responses), in_flight);
    let items = store.read(outbox::all).unwrap();
    turn(responses, took, items.iter().map(|item| time_of(&store, &item.id)).collect())
}

/// Lets a device deliver these items; its store, and how long it took.
fn deliver(
    folder: &Path,
    server: &PracticeProcess,
    device: &Enrolled,
    items: Vec<NewItem>,
    in_flight: u32,
) -> (Arc<Store>, Duration) {
    let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let store = Enrolled::store(folder, items);
    let mut context = context(&store, &server.at.base_url, &device.signer, Duration::from_secs(1));
    context.contact = contact(in_flight);
    let started = Instant::now();
    let worker = Worker::start(Arc::new(context), device.runtime.handle());
    while worker.status().unwrap().active() > 0 {
        assert!(started.elapsed() < PATIENCE, "the outbox does not drain");
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = started.elapsed();
    worker.stop();
    for id in ids {
        let record = item(&store, &id);
        assert_eq!(record.state, State::Done, "{:?}", record.problem);
    }
    (store, took)
}

/// From the first request of a record to its proof, in milliseconds.
fn time_of(store: &Store, record: &str) -> f64 {
    let subject = format!("record/{record}");
    let (attempts, trail) = store
        .read(|connection| {
            Ok((attempt::of_subject(connection, &subject)?, audit::of_subject(connection, &subject)?))
        })
        .unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
    let first = at(&attempts[0].at) - i64::from(attempts[0].elapsed_ms.unwrap());
    let proven = trail.iter().find(|entry| entry.event == "record.proven").unwrap();
    #[allow(clippy::cast_precision_loss)]
    let milliseconds = (at(&proven.at) - first) as f64;
    milliseconds
}

fn turn(responses: usize, took: Duration, mut times: Vec<f64>) -> Turn {
    times.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss)]
    let rate = responses as f64 / took.as_secs_f64();
    Turn { rate, times }
}
