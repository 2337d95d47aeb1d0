//! What stands between the device and the server, and misbehaves on demand. Neither can see that it is there.

use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fhir::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::exchange::Exchange;
use super::http::Message;
use super::login::{Admitted, Login};
use super::network::KINDS;
use super::wire::{Action, Trap, Verb};

/// Below the range that systems give to outgoing connections, so that a closed port stays free.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// How many ports this program has tried. None is tried twice: that of a proxy which is closed just now looks free.
static TRIED: AtomicU16 = AtomicU16::new(0);

/// What was done to one exchange.
#[derive(Debug, Clone)]
pub(super) struct Met {
    /// The request's type.
    pub(super) kind: &'static str,
    /// `identifier.value` of a response, or the versioned target of a Provenance.
    pub(super) about: Option<String>,
    /// The element that the answer lied about.
    pub(super) path: Option<String>,
    /// What was really answered and what was told, where they differ in a way that nobody chose.
    pub(super) told: Option<(Vec<u8>, Vec<u8>)>,
    /// What was told may have been the answer to an earlier request; then `told` begins with what was sent.
    pub(super) mixed: bool,
    /// The answer was cut at an octet that it has.
    pub(super) within: bool,
}

#[derive(Default)]
struct Plan {
    traps: Vec<Trap>,
    met: Vec<Met>,
}

/// What the connections of one proxy have in common.
pub(super) struct Shared {
    /// The server's port.
    pub(super) upstream: u16,
    plan: Mutex<Plan>,
    /// Whether the proxy listens.
    pub(super) open: watch::Sender<bool>,
    /// Requests that are held back.
    pub(super) late: AtomicUsize,
    /// Whom it lets in.
    pub(super) login: Arc<Login>,
    /// What [`Action::Turn`] does.
    turning: Mutex<Option<Turning>>,
}

type Turning = Arc<dyn Fn() + Send + Sync>;

/// The proxy of one server.
pub(super) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// Listens on a free port in front of the server's `upstream`.
    pub(super) fn start(upstream: u16, runtime: &Handle) -> Self {
        let shared = Arc::new(Shared {
            upstream,
            plan: Mutex::default(),
            open: watch::Sender::new(true),
            late: AtomicUsize::new(0),
            login: Arc::default(),
            turning: Mutex::default(),
        });
        let _inside = runtime.enter();
        let (port, listener) = std::iter::repeat_with(next_port)
            .take(PORTS.len())
            .find_map(|port| Some((port, listener(bound(port).ok()?).ok()?)))
            .expect("a port is free");
        let listening = runtime.spawn(listen(listener, port, Arc::clone(&shared)));
        Self { port, shared, listening }
    }

    /// The server's base address as the device is given it.
    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/fhir", self.port)
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whom it lets in.
    pub(super) fn login(&self) -> Arc<Login> {
        Arc::clone(&self.shared.login)
    }

    /// What [`Action::Turn`] does until other traps are set.
    pub(super) fn on_turn(&self, turning: impl Fn() + Send + Sync + 'static) {
        *self.shared.turning() = Some(Arc::new(turning));
    }

    /// Sets these traps in place of all others.
    pub(super) fn set(&self, traps: Vec<Trap>) {
        *self.shared.turning() = None;
        *self.plan() = Plan { traps, met: Vec::new() };
    }

    /// What the traps have met.
    pub(super) fn met(&self) -> Vec<Met> {
        self.plan().met.clone()
    }

    /// Waits until requests that were held back have arrived.
    pub(super) fn wait_for_late(&self) {
        let until = Instant::now() + Duration::from_mins(2);
        while self.shared.late.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.shared.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another one for every call, and others than those of a sweep that was started about the same time.
fn next_port() -> u16 {
    let tried = u32::from(TRIED.fetch_add(1, Ordering::SeqCst));
    let ports = u32::try_from(PORTS.len()).unwrap();
    PORTS.start + u16::try_from((std::process::id() * 97 + tried) % ports).unwrap()
}

/// A port that is ours while nobody listens there: whoever connects is refused, and no other program can take it.
fn bound(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    Ok(socket)
}

fn listener(socket: TcpSocket) -> io::Result<TcpListener> {
    socket.listen(64)
}

async fn listen(first: TcpListener, port: u16, shared: Arc<Shared>) {
    let mut now = Some(first);
    let mut open = shared.open.subscribe();
    loop {
        let Some(here) = now.take() else {
            let closed = bound(port);
            let _ = open.wait_for(|open| *open).await;
            now = closed.and_then(listener).ok();
            if now.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            continue;
        };
        tokio::select! {
            accepted = here.accept() => {
                if let Ok((client, _)) = accepted {
                    tokio::spawn(guarded(client, Arc::clone(&shared)));
                }
                now = Some(here);
            }
            _ = open.wait_for(|open| !*open) => {}
        }
    }
}

/// Serves one connection until either side ends it or the listener is closed.
async fn guarded(client: TcpStream, shared: Arc<Shared>) {
    let mut open = shared.open.subscribe();
    let _ = client.set_nodelay(true);
    tokio::select! {
        _ = serve(client, &shared) => {}
        _ = open.wait_for(|open| !*open) => {}
    }
}

/// The connection to the server that belongs to one of the device.
#[derive(Default)]
pub(super) struct Upstream {
    stream: Option<TcpStream>,
    rest: Vec<u8>,
}

impl Upstream {
    /// The server's answer.
    pub(super) async fn ask(&mut self, port: u16, request: &Message) -> io::Result<Message> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => self.stream.insert(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?),
        };
        stream.write_all(&request.octets()).await?;
        Message::read(stream, &mut self.rest).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

async fn serve(mut client: TcpStream, shared: &Arc<Shared>) -> io::Result<()> {
    let (mut upstream, mut rest) = (Upstream::default(), Vec::new());
    // Answers beyond one for each request: what follows one may be taken for the answer to any later request.
    let mut beyond: Vec<Vec<u8>> = Vec::new();
    while let Some(request) = Message::read(&mut client, &mut rest).await? {
        match shared.login.admits(&request) {
            Admitted::Yes => {}
            Admitted::Answered(answer) => {
                client.write_all(&answer.octets()).await?;
                continue;
            }
            Admitted::Ended => return Ok(()),
        }
        shared.may_be_told(&request, &beyond);
        match shared.meet(&request) {
            None => {
                let answer = upstream.ask(shared.upstream, &request).await?;
                shared.may_be_shown(&request, &answer.body, &beyond);
                client.write_all(&answer.octets()).await?;
                if !beyond.is_empty() {
                    beyond.push(answer.body);
                }
            }
            Some((Action::Twice { milliseconds }, _)) => {
                let answer = upstream.ask(shared.upstream, &request).await?;
                client.write_all(&answer.octets()).await?;
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                client.write_all(&answer.octets()).await?;
                beyond.push(answer.body);
            }
            Some((action, number)) => {
                let exchange = Exchange { shared, request: &request, number };
                if !exchange.misbehave(&mut client, &mut upstream, action).await? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

impl Shared {
    /// See [`Action::Turn`].
    pub(super) fn turn(&self) {
        let turning = self.turning().clone();
        if let Some(turning) = turning {
            turning();
        }
    }

    fn turning(&self) -> MutexGuard<'_, Option<Turning>> {
        self.turning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a trap does to this request, and the number under which it is remembered.
    fn meet(&self, request: &Message) -> Option<(Action, usize)> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let trap = plan.traps.iter_mut().find(|trap| trap.times > 0 && waits_for(trap, request))?;
        if trap.skip > 0 {
            trap.skip -= 1;
            return None;
        }
        trap.times -= 1;
        let (kind, action) = (trap.kind, trap.action.clone());
        plan.met.push(Met {
            kind,
            about: about(&request.body),
            path: None,
            told: None,
            mixed: false,
            within: false,
        });
        Some((action, plan.met.len() - 1))
    }

    /// Remembers that one of these answers may be taken for that to a create.
    fn may_be_told(&self, request: &Message, answers: &[Vec<u8>]) {
        let Some(kind) = KINDS.into_iter().find(|kind| is_for(Verb::Create, kind, request)) else { return };
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        for answer in answers {
            let told = Some((request.body.clone(), answer.clone()));
            plan.met.push(Met {
                kind,
                about: about(&request.body),
                path: None,
                told,
                mixed: true,
                within: false,
            });
        }
    }

    /// Remembers that one of these answers may be taken for that to the reading back of what was created, of which `kept` is
    /// the answer.
    fn may_be_shown(&self, request: &Message, kept: &[u8], answers: &[Vec<u8>]) {
        let Some(kind) = KINDS.into_iter().find(|kind| is_for(Verb::Read, kind, request)) else { return };
        // A search is answered with a Bundle.
        if !Value::parse(kept).is_ok_and(|kept| kept.resource_type() == Some(kind)) {
            return;
        }
        let about = about(kept);
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.met.extend(answers.iter().map(|answer| {
            let told = Some((kept.to_owned(), answer.clone()));
            Met { kind, about: about.clone(), path: None, told, mixed: false, within: false }
        }));
    }

    /// Keeps more about what a trap has met.
    pub(super) fn remember(&self, number: usize, change: impl FnOnce(&mut Met)) {
        // A new plan may have come in the meantime.
        if let Some(met) = self.plan.lock().unwrap_or_else(PoisonError::into_inner).met.get_mut(number) {
            change(met);
        }
    }
}

fn waits_for(trap: &Trap, request: &Message) -> bool {
    is_for(trap.verb, trap.kind, request)
}

fn is_for(wanted: Verb, wanted_kind: &str, request: &Message) -> bool {
    let mut words = request.line().split(' ');
    let verb = match words.next() {
        Some("POST") => Verb::Create,
        // Under the device's own id.
        Some("PUT") if request.header("if-none-match").is_some() => Verb::Create,
        Some("PUT") => Verb::Update,
        _ => Verb::Read,
    };
    let path = words.next().unwrap_or_default().split('?').next().unwrap_or_default();
    let kind = path.strip_prefix("/fhir/").and_then(|path| path.split('/').next()).unwrap_or_default();
    verb == wanted && kind == wanted_kind
}

/// Which record a request is about.
fn about(body: &[u8]) -> Option<String> {
    let resource = Value::parse(body).ok()?;
    match resource.resource_type()? {
        "QuestionnaireResponse" => {
            let identifier = resource.get("identifier")?;
            identifier.at(0).unwrap_or(identifier).str("value").map(str::to_owned)
        }
        "Provenance" => resource.list("target").first()?.str("reference").map(str::to_owned),
        _ => None,
    }
}
