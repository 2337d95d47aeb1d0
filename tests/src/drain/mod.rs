//! How fast the outbox drains beside a bare client, what a hundred thousand waiting items cost, and what an idle device
//! does. `scripts/bench-drain` runs it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use device::delivery::Contact;
use device::store::Store;
use device::store::outbox::{self, NewItem};
use seal::Signer;
use tokio::runtime::Runtime;

use crate::delivery::{MemoryKey, open_store, secret, sign};
use crate::practice_process::PracticeProcess;

mod own;
mod pending;
mod speed;

/// Measures delivery; prints tables in Markdown.
#[derive(Parser)]
struct Arguments {
    /// Where data is kept, on the disk that is to be measured.
    #[arg(long, value_name = "DIR")]
    scratch: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The rate of the drain beside that of a bare client, turn by turn against the same durable server.
    Speed {
        /// Responses of each turn.
        #[arg(long, default_value_t = 500)]
        responses: usize,
        /// Requests in flight at once, or items.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 4, 16])]
        concurrency: Vec<u32>,
        /// Turns of each.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// What so many waiting items cost.
    Pending {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        items: u32,
        /// How long the device is watched while the server is away, and while it drains.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Goes on until nothing waits any more, and says at every tenth of them how much memory the device has.
        #[arg(long)]
        until_empty: bool,
    },
    /// Puts so many waiting items into the store of a device that was started for practice and is closed. Nothing is due
    /// for most of a day.
    Fill {
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        items: u32,
        /// The app's data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// Runs the measurement.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.scratch).expect("the folder can be made");
    let scratch = arguments.scratch.as_path();
    println!("Load before: {}", own::load());
    match arguments.what {
        What::Speed { responses, concurrency, rounds } => {
            speed::measure(scratch, responses, &concurrency, rounds);
        }
        What::Pending { items, seconds, until_empty } => {
            pending::measure(scratch, items, seconds, until_empty);
        }
        What::Fill { items, data } => pending::fill_app(scratch, &data, items),
    }
    println!("Load after: {}", own::load());
    ExitCode::SUCCESS
}

/// The practice server, whose program stands beside this one.
fn server(data: &Path) -> PracticeProcess {
    let mut program = std::env::current_exe().expect("this program has a path");
    program.set_file_name(format!("practice-server-process{}", std::env::consts::EXE_SUFFIX));
    PracticeProcess::start(&program, data, &[])
}

/// A device that is enrolled at the server.
struct Enrolled {
    signer: Arc<dyn Signer>,
    runtime: Runtime,
}

impl Enrolled {
    fn at(server: &PracticeProcess) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let address =
            format!("{}/practice/ca/certificate", server.at.base_url.strip_suffix("/fhir").unwrap());
        let key = MemoryKey::enrol(&secret(), |request| {
            let request = request.to_owned();
            runtime.block_on(async {
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let answer = http.post(address).body(request).send().await.unwrap();
                answer.error_for_status().unwrap().text().await.unwrap()
            })
        });
        Self { signer: Arc::new(key), runtime }
    }

    /// A new store in `folder` with these items in it.
    fn store(folder: &Path, items: Vec<NewItem>) -> Arc<Store> {
        let store = open_store(folder, &secret());
        store.write(move |tx| items.iter().try_for_each(|item| outbox::insert(tx, item))).unwrap();
        store
    }

    fn sign(&self, responses: usize) -> Vec<NewItem> {
        (0..responses).map(|_| sign(self.signer.as_ref())).collect()
    }
}

/// What is known of a server before the first request, for so many items in flight at most.
fn contact(in_flight: u32) -> Contact {
    Contact::with_at_most(in_flight)
}

/// The value below which this share of the sorted samples lies.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let at = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}
