//! An authorization server that is away is a server that is away: one item asks, and nothing is late once it is back.

use crate::common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use client::smart::{Algorithm, AssertionKey, BackendServices, Registration};
use client::{Authentication, Client, Options, Transport};
use common::delivery::{Deliverer, Looks, practice_server, until};
use common::{Bench, frozen};
use device::delivery::outbox_row_of;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Nobody verifies what it signs.
struct Key;

impl AssertionKey for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es384
    }

    fn sign(&self, _: &[u8]) -> Option<Zeroizing<String>> {
        Some(Zeroizing::new("an.asser.tion".to_owned()))
    }
}

/// A token endpoint that ends each connection without a word until it is back.
struct Tokens {
    address: String,
    is_back: Arc<AtomicBool>,
}

impl Tokens {
    fn away() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/token", listener.local_addr().unwrap());
        let is_back = Arc::new(AtomicBool::new(false));
        let back = Arc::clone(&is_back);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if back.load(Ordering::SeqCst) {
                    // Whoever asked may be gone.
                    let _ = grant(stream);
                }
            }
        });
        Self { address, is_back }
    }

    fn client(&self, server: &str) -> Client {
        let registration = Registration {
            client_id: "device".to_owned(),
            token_endpoint: Some(self.address.clone()),
            scope: client::smart::SCOPE.to_owned(),
            key: Arc::new(Key),
        };
        let transport = Transport::default();
        let now = Arc::new(jiff::Timestamp::now);
        let services =
            BackendServices::new(registration, server, Options::default(), &transport, now).unwrap();
        Client::new(server, Options::default())
            .unwrap()
            .authenticated(Authentication::backend_services(services))
    }
}

fn grant(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(octets) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = octets.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let body = r#"{"access_token":"one","token_type":"Bearer","expires_in":3600}"#;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    write!(reader.get_mut(), "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn while_no_token_can_be_had_one_item_asks_and_all_are_due_when_it_can() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let tokens = Tokens::away();
    let looks = Looks::default();
    let deliverer = Deliverer::with(tokens.client(server.base_url()), bench.device(), |context| {
        context.jitter = Arc::new(|ceiling| ceiling);
        looks.at(context);
    });
    let standing = || deliverer.worker.standing();
    until("absence", || standing().offline);
    assert_eq!((standing().last_contact, standing().paused), (None, None));
    let records: Vec<_> = (0..3).map(|_| frozen(&bench)).collect();
    let tries = || {
        let rows = records.iter().map(|one| outbox_row_of(bench.device().store(), one).unwrap());
        rows.map(|row| row.attempts).sum::<u32>()
    };
    let failed = |times| {
        let rows = records.iter().map(|one| outbox_row_of(bench.device().store(), one).unwrap());
        rows.filter(|row| row.problem.as_deref() == Some("token-unreachable")).count() == times
    };
    looks.wait_for(1, &deliverer.worker);
    until("try", || failed(1));
    // A worker that is woken looks at the clock: two rounds later the first of them has come to its end.
    (0..3).for_each(|_| looks.wait_for(1, &deliverer.worker));
    assert_eq!(tries(), 1, "one asks for all");
    assert!(standing().offline);

    // The clock stands: nothing that waits for a time is ever due.
    tokens.is_back.store(true, Ordering::SeqCst);
    let changed = deliverer.worker.on_network_change();
    until("delivery", || {
        changed();
        deliverer.worker.status().unwrap().active() == 0
    });
    assert!(!standing().offline && standing().last_contact.is_some());
    deliverer.delivered(3);
}
