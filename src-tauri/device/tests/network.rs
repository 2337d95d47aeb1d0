//! A change of the network ends the waits for a server that was away.
#![allow(clippy::print_stderr)]

use crate::common;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::delivery::{Deliverer, PATIENCE, practice_server, until};
use common::{Bench, frozen};
use device::delivery::{State, outbox_row_of};
use tempfile::TempDir;

#[test]
fn what_waits_for_a_server_that_was_away_is_tried_at_once() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let record = frozen(&bench);
    server.close_listener();
    let deliverer = Deliverer::with(client, bench.device(), |context| {
        context.jitter = Arc::new(|ceiling| ceiling);
    });
    let row = || outbox_row_of(bench.device().store(), &record).unwrap();
    let tried = |times| row().attempts == times && row().next_attempt_at.is_some();
    until("first try", || tried(1));
    let changed = deliverer.worker.on_network_change();
    changed();
    until("try after a change", || tried(2));
    server.reopen_listener().unwrap();
    // The clock stands still: the wait never ends by itself.
    deliverer.worker.wake();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((row().attempts, row().state), (2, State::Sending));
    changed();
    deliverer.delivered(1);
}

/// A way to the server that leads to another page, and that is slow to say so when something is sent for the first time.
struct Portal {
    address: String,
    sent: Arc<AtomicU32>,
    open: Sender<()>,
}

impl Portal {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/fhir", listener.local_addr().unwrap());
        let sent = Arc::new(AtomicU32::new(0));
        let (open, opened) = channel::<()>();
        let (count, opened) = (Arc::clone(&sent), Arc::new(Mutex::new(opened)));
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let (count, opened) = (Arc::clone(&count), Arc::clone(&opened));
                std::thread::spawn(move || {
                    let mut request = [0; 4096];
                    let length = stream.read(&mut request).unwrap_or_default();
                    let about = String::from_utf8_lossy(&request[..length]).into_owned();
                    if about.lines().next().is_some_and(|line| line.contains("QuestionnaireResponse"))
                        && count.fetch_add(1, Ordering::SeqCst) == 0
                    {
                        opened.lock().unwrap().recv().unwrap();
                    }
                    let answer = b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    // Whoever asked may be gone. What is left of the request is read, or the answer would be lost with it.
                    let _ = stream.write_all(answer).and_then(|()| stream.shutdown(Shutdown::Write));
                    let _ = std::io::copy(&mut stream, &mut std::io::sink());
                });
            }
        });
        Self { address, sent, open }
    }
}

#[test]
fn what_is_in_flight_when_the_network_changes_is_tried_once_more() {
    let bench = Bench::new();
    let portal = Portal::new();
    let client = client::Client::new(&portal.address, client::Options::default()).unwrap();
    frozen(&bench);
    let deliverer = Deliverer::with(client, bench.device(), |context| {
        context.jitter = Arc::new(|ceiling| ceiling);
    });
    let sent = |times| portal.sent.load(Ordering::SeqCst) == times;
    until("request", || sent(1));
    deliverer.worker.on_network_change()();
    // Time for the worker to notice.
    std::thread::sleep(Duration::from_millis(300));
    portal.open.send(()).unwrap();
    // The clock stands still: the wait never ends by itself.
    until("another try", || sent(2));
    deliverer.worker.wake();
    std::thread::sleep(Duration::from_millis(300));
    assert!(sent(2), "one change is one more try");
}

/// In a network of its own, which `unshare` makes; the test below starts it there.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "changes the network's addresses: only in a network of its own"]
fn inside_a_network_of_its_own() {
    use std::process::Command;
    use std::time::Instant;

    assert!(std::env::var_os(INSIDE).is_some(), "not in this network");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let times = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&times);
    let changed = move || {
        count.fetch_add(1, Ordering::SeqCst);
    };
    let settle = Duration::from_millis(100);
    let network = device::network::Network::watch(runtime.handle(), settle, settle, changed).unwrap();
    let wait = |wanted: u32| {
        let end = Instant::now() + PATIENCE;
        while times.load(Ordering::SeqCst) < wanted && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        times.load(Ordering::SeqCst)
    };
    std::thread::sleep(5 * settle);
    assert_eq!(wait(0), 0, "nothing has changed");
    let ip = |arguments: &[&str]| assert!(Command::new("ip").args(arguments).status().unwrap().success());
    ip(&["link", "set", "lo", "up"]);
    let up = wait(1);
    assert!(up >= 1, "the link came up");
    std::thread::sleep(5 * settle);
    let before = times.load(Ordering::SeqCst);
    ip(&["addr", "add", "127.0.0.9/8", "dev", "lo"]);
    assert!(wait(before + 1) > before, "an address came");
    drop(network);
}

#[cfg(target_os = "linux")]
const INSIDE: &str = "ATTESTA_NETWORK_OF_ITS_OWN";

#[cfg(target_os = "linux")]
#[test]
fn the_operating_system_tells_of_an_address_that_comes() {
    use std::process::Command;

    let able = Command::new("unshare").args(["-rn", "ip", "link", "set", "lo", "up"]).output();
    let reason = match able {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(reason) = reason {
        eprintln!("not run: no network of its own can be made here ({reason})");
        return;
    }
    let inside = Command::new("unshare")
        .arg("-rn")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "network::inside_a_network_of_its_own", "--ignored"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout);
    assert!(inside.status.success() && said.contains("1 passed"), "{said}");
}
