//! A device as a process of its own, to be killed: freezes a response unless one is there, delivers it, ends when the
//! outbox is drained. Its keys come from the environment, which no released program reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use attesta_tests::alerts::decision;
use attesta_tests::delivery::{MemoryKey, context, drained, freeze, open_store, wait_for};
use clap::Parser;
use client::{Client, Options};
use device::delivery::{Worker, alert_detail, alert_rows};
use device::store::Store;
use device::store::alert::Action;
use device::store::posting::{self, PostingState};
use device::{Create, FhirVersion, Tolerances};
use fhir::Version;
use seal::Signer;

/// Freezes one response in a folder and delivers it, and carries out what a person decides.
#[derive(Parser)]
struct Arguments {
    /// The device's data folder.
    #[arg(long)]
    data: PathBuf,
    /// The server's FHIR base address.
    #[arg(long)]
    server: String,
    /// Create by `PUT` under the device's own ids.
    #[arg(long)]
    put: bool,
    /// FHIR R5 instead of R4. Only what is frozen already is sent then.
    #[arg(long)]
    r5: bool,
    /// Seconds after which an answer is given up.
    #[arg(long, default_value_t = 10)]
    timeout: u64,
    /// A change that the study allows its server; several times for several.
    #[arg(long)]
    tolerate: Vec<String>,
    /// Decide so about every open alert: `send-again` or `accept`.
    #[arg(long, value_parser = action)]
    act: Option<Action>,
}

fn action(text: &str) -> Result<Action, String> {
    match text {
        "send-again" => Ok(Action::SendAgain),
        "accept" => Ok(Action::Accept),
        other => Err(format!("{other} is no decision")),
    }
}

fn main() {
    let arguments = Arguments::parse();
    let secret = from_environment("ATTESTA_TEST_SEALING_KEY");
    let store = open_store(&arguments.data, &from_environment("ATTESTA_TEST_DATABASE_KEY"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let chain = arguments.data.join("chain.pem");
    let key = match std::fs::read_to_string(&chain) {
        Ok(pem) => MemoryKey::with_chain(&secret, &pem),
        Err(_) => MemoryKey::enrol(&secret, |request| {
            let pem = runtime.block_on(certificate(&arguments.server, request.to_owned()));
            std::fs::write(&chain, &pem).unwrap();
            pem
        }),
    };
    let signer: Arc<dyn Signer> = Arc::new(key);
    if store.read(device::store::outbox::counts).unwrap().is_empty() {
        freeze(&store, signer.as_ref());
    }
    device::delivery::failpoint::hit("frozen-committed");
    let mut context = context(&store, &arguments.server, &signer, Duration::from_millis(20));
    context.create = if arguments.put { Create::Put } else { Create::Post };
    let (release, version) =
        if arguments.r5 { (FhirVersion::R5, Version::R5) } else { (FhirVersion::R4, Version::R4) };
    context.fhir_version = release;
    let options = Options { version, timeout: Duration::from_secs(arguments.timeout), ..Options::default() };
    context.client = Client::new(&arguments.server, options).unwrap();
    context.tolerances = Tolerances::try_from(arguments.tolerate).unwrap();
    let handle = Worker::start(Arc::new(context), runtime.handle());
    let at_rest = || {
        drained(&handle, Duration::from_mins(1));
        reported(&store);
    };
    at_rest();
    if let Some(action) = arguments.act {
        for row in alert_rows(&store).unwrap().into_iter().filter(|row| row.open) {
            handle.act(decision(&alert_detail(&store, &row.id).unwrap(), action)).unwrap();
        }
        at_rest();
    }
    handle.stop();
}

/// Waits until no report is still to be sent.
fn reported(store: &Store) {
    wait_for(Duration::from_mins(1), || {
        let reports = store.read(posting::all_reports).unwrap();
        reports.iter().all(|report| report.state != PostingState::Waiting).then_some(())
    });
}

async fn certificate(server: &str, request: String) -> String {
    let address = format!("{}/practice/ca/certificate", server.strip_suffix("/fhir").unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.post(address).body(request).send().await.unwrap().error_for_status().unwrap();
    answer.text().await.unwrap()
}

fn from_environment(name: &str) -> [u8; 32] {
    let hex = std::env::var(name).unwrap();
    let octets: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    octets.try_into().unwrap()
}
