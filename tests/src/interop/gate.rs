//! What stands between devices and a server, and lets the creates of responses pass as a test needs it: no test has to hope
//! for two of them to meet.

use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a create waits for the others.
const PATIENCE: Duration = Duration::from_mins(1);

/// How creates of responses pass.
enum Rule {
    /// So many of them wait for each other: each has arrived at the server but for its last octet before any is sent whole,
    /// and all are sent whole before any is answered.
    Together(usize),
    /// So many are answered; the server gets the later ones too, and what it answers is kept back.
    Answered(usize),
    /// As if there were no gate.
    Open,
}

struct Plan {
    rule: Rule,
    /// Creates that have come.
    arrived: usize,
    /// Creates of [`Rule::Together`] that the server has whole.
    whole: usize,
    /// The status of each of those.
    statuses: Vec<u16>,
    /// Answers that are kept back.
    kept_back: usize,
}

struct Shared {
    upstream: u16,
    plan: Mutex<Plan>,
    changed: Condvar,
    closed: AtomicBool,
}

/// See the module. It listens until it is dropped.
pub struct Gate {
    port: u16,
    shared: Arc<Shared>,
}

impl Gate {
    /// The first `creates` are in flight at the same time.
    pub fn together(upstream: u16, creates: usize) -> Self {
        Self::start(upstream, Rule::Together(creates))
    }

    /// The first `creates` are answered, and none after them.
    pub fn answering(upstream: u16, creates: usize) -> Self {
        Self::start(upstream, Rule::Answered(creates))
    }

    fn start(upstream: u16, rule: Rule) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Plan { rule, arrived: 0, whole: 0, statuses: Vec::new(), kept_back: 0 };
        let shared = Arc::new(Shared {
            upstream,
            plan: Mutex::new(plan),
            changed: Condvar::new(),
            closed: AtomicBool::new(false),
        });
        let of_all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for device in listener.incoming().map_while(Result::ok) {
                if of_all.closed.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&of_all);
                // Either side may end a connection at any time.
                std::thread::spawn(move || drop(serve(device, &shared)));
            }
        });
        Self { port, shared }
    }

    /// The FHIR base address for devices.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/fhir", self.port)
    }

    /// How the server answered those that were in flight at the same time, smallest first.
    pub fn statuses(&self) -> Vec<u16> {
        let mut statuses = self.shared.plan().statuses.clone();
        statuses.sort_unstable();
        statuses
    }

    /// Answers of the server that are kept back.
    pub fn kept_back(&self) -> usize {
        self.shared.plan().kept_back
    }

    /// Everything passes from now on. What was kept back is never answered.
    pub fn open(&self) {
        self.shared.plan().rule = Rule::Open;
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// What the answers of a connection wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Passes,
    Together(usize),
    KeptBack,
}

fn serve(mut device: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.upstream))?;
    device.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let answer = Arc::new(Mutex::new(Answer::Passes));
    let (from, to) = (server.try_clone()?, device.try_clone()?);
    let (of_answers, shared_by) = (Arc::clone(&answer), Arc::clone(shared));
    std::thread::spawn(move || {
        let _ = answers(&from, &to, &of_answers, &shared_by);
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut rest = Vec::new();
    while let Some(request) = request(&mut device, &mut rest)? {
        let held = shared.admit(&request);
        *answer.lock().unwrap_or_else(PoisonError::into_inner) = held;
        if let Answer::Together(creates) = held {
            let (last, first) = request.split_last().expect("a create is not empty");
            server.write_all(first)?;
            shared.arrived(creates);
            server.write_all(&[*last])?;
            shared.sent_whole();
        } else {
            server.write_all(&request)?;
        }
    }
    server.shutdown(Shutdown::Both)
}

/// Passes on what the server says. One answer follows one request: no device sends two at once on a connection.
fn answers(
    mut server: &TcpStream,
    mut device: &TcpStream,
    answer: &Mutex<Answer>,
    shared: &Shared,
) -> io::Result<()> {
    let mut octets = [0; 16 * 1024];
    loop {
        let length = server.read(&mut octets)?;
        if length == 0 {
            return Ok(());
        }
        let held =
            std::mem::replace(&mut *answer.lock().unwrap_or_else(PoisonError::into_inner), Answer::Passes);
        match held {
            Answer::Passes => {}
            Answer::Together(creates) => shared.answered(creates, &octets[..length]),
            Answer::KeptBack => {
                shared.plan().kept_back += 1;
                // The device waits, until it gives up or ends.
                while server.read(&mut octets)? > 0 {}
                return Ok(());
            }
        }
        device.write_all(&octets[..length])?;
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, request: &[u8]) -> Answer {
        if !request.starts_with(b"POST /fhir/QuestionnaireResponse ") {
            return Answer::Passes;
        }
        let mut plan = self.plan();
        plan.arrived += 1;
        match plan.rule {
            Rule::Together(creates) if plan.arrived <= creates => Answer::Together(creates),
            Rule::Answered(creates) if plan.arrived > creates => Answer::KeptBack,
            _ => Answer::Passes,
        }
    }

    fn arrived(&self, creates: usize) {
        self.changed.notify_all();
        let plan = self.until(|plan| plan.arrived >= creates);
        assert!(plan.arrived >= creates, "{} of {creates} creates have arrived", plan.arrived);
    }

    /// Waits for that, but not for ever: what was seen until then is told.
    fn until(&self, seen: impl Fn(&Plan) -> bool) -> MutexGuard<'_, Plan> {
        let waiting = self.changed.wait_timeout_while(self.plan(), PATIENCE, |plan| !seen(plan));
        waiting.unwrap_or_else(PoisonError::into_inner).0
    }

    fn sent_whole(&self) {
        self.plan().whole += 1;
        self.changed.notify_all();
    }

    fn answered(&self, creates: usize, octets: &[u8]) {
        let mut plan = self.until(|plan| plan.whole >= creates);
        assert!(plan.whole >= creates, "{} of {creates} creates were sent whole", plan.whole);
        let line = String::from_utf8_lossy(octets);
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        plan.statuses.push(status.expect("an answer begins with its status"));
    }
}

/// One request, with its content; `None` at the end of the connection.
fn request(device: &mut TcpStream, rest: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let mut octets = [0; 16 * 1024];
    loop {
        if let Some(at) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&rest[..at]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let end = at + 4 + length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if rest.len() >= end {
                return Ok(Some(rest.drain(..end).collect()));
            }
        }
        let length = device.read(&mut octets)?;
        if length == 0 {
            return Ok(None);
        }
        rest.extend_from_slice(&octets[..length]);
    }
}
