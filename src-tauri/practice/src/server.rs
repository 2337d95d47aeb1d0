//! Starting, closing, opening again and stopping the server.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use fhir::Version;
use tokio::{net::TcpSocket, runtime::Runtime, sync::oneshot};

use crate::{
    Error, Faults, Seeds,
    authority::{Authority, LEAF_LIFE},
    authorization::Authorization,
    connection::{Control, Door},
    handler,
    storage::Storage,
    transmission::Transmissions,
};

/// How long requests that have begun may go on when the server stops.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a port that was just closed is waited for.
const PORT_TIME: Duration = Duration::from_secs(5);
/// Connections that may wait to be taken.
const BACKLOG: u32 = 1024;

/// How to start a practice server.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder for `practice.db`; created when it is not there. Practice data and practice keys only.
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// Resources to be there from the start.
    pub seeds: Seeds,
    /// The release of FHIR that is spoken; a folder keeps the one that it was begun with.
    pub version: Version,
}

/// What every request works with.
pub(crate) struct State {
    pub(crate) storage: Storage,
    pub(crate) faults: Faults,
    pub(crate) authority: Authority,
    pub(crate) authorization: Authorization,
    pub(crate) transmissions: Transmissions,
    /// What the ledger asks for (RFC 6750); at the start for nothing.
    pub(crate) ledger_token: Mutex<Option<String>>,
    /// `http://127.0.0.1:PORT/fhir`.
    pub(crate) base: String,
    /// When the server was started, RFC 3339.
    pub(crate) started: String,
    /// The release of FHIR that is spoken.
    pub(crate) version: Version,
}

impl State {
    /// Where access tokens are asked for.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/auth/token", self.base.trim_end_matches("/fhir"))
    }
}

/// The practice server.
pub struct Server;

/// A running practice server. Dropping it stops the server.
pub struct Handle {
    state: Arc<State>,
    port: u16,
    listening: Mutex<Listening>,
}

/// Whether the server listens.
enum Listening {
    Open(Open),
    /// Its port, where it can still be had: nobody else is given it meanwhile.
    Closed(Option<TcpSocket>),
}

/// The server's threads, while it listens.
struct Open {
    runtime: Runtime,
    finish: oneshot::Sender<()>,
    finished: std::sync::mpsc::Receiver<()>,
}

impl Server {
    /// Opens the data folder, makes the practice CA on first start, stores the seeds and listens on 127.0.0.1.
    /// Blocking; may be called from inside or outside an async runtime, as may everything on [`Handle`].
    ///
    /// # Errors
    /// [`Error`] when the folder, the database, a seed or the port is not usable.
    pub fn start(options: Options) -> Result<Handle, Error> {
        let Options { data_dir, port: wanted, seeds, version } = options;
        let storage = Storage::open(&data_dir, version)?;
        let authority = Authority::open(&storage)?;
        let socket = bind(wanted)?;
        let port = socket.local_addr().map_err(|source| Error::Bind { port: wanted, source })?.port();
        let base = format!("http://127.0.0.1:{port}/fhir");
        crate::seeds::plant(&storage, &seeds, &base)?;
        let started = format!("{:.3}", jiff::Timestamp::now());
        let state = Arc::new(State {
            storage,
            faults: Faults::default(),
            authority,
            authorization: Authorization::default(),
            transmissions: Transmissions::default(),
            ledger_token: Mutex::default(),
            base,
            started,
            version,
        });
        let open = Open::new(socket, &state)?;
        tracing::info!(port, "practice server listens");
        Ok(Handle { state, port, listening: Mutex::new(Listening::Open(open)) })
    }
}

impl Handle {
    /// The FHIR base address, `http://127.0.0.1:PORT/fhir`. It stays the same while the listener is closed.
    pub fn base_url(&self) -> &str {
        &self.state.base
    }

    /// The ledger's base address, `http://127.0.0.1:PORT/ledger`.
    pub fn ledger_url(&self) -> String {
        format!("http://127.0.0.1:{}/ledger", self.port)
    }

    /// From now on the ledger answers only those who show this access token; `None` lets everybody in.
    pub fn ledger_demands(&self, token: Option<&str>) {
        *self.state.ledger_token.lock().unwrap_or_else(PoisonError::into_inner) = token.map(str::to_owned);
    }

    /// The authorization server; at the start it demands nothing.
    pub fn authorization(&self) -> &Authorization {
        &self.state.authorization
    }

    /// The address of the time stamp authority (RFC 3161), `http://127.0.0.1:PORT/tsa`.
    pub fn time_stamp_url(&self) -> String {
        format!("http://127.0.0.1:{}/tsa", self.port)
    }

    /// The address of the OCSP responder (RFC 6960), `http://127.0.0.1:PORT/ocsp`.
    pub fn ocsp_url(&self) -> String {
        format!("http://127.0.0.1:{}/ocsp", self.port)
    }

    /// Where the authority publishes its revocation lists, PEM, `http://127.0.0.1:PORT/practice/ca/crl`.
    pub fn revocation_lists_url(&self) -> String {
        format!("http://127.0.0.1:{}/practice/ca/crl", self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The practice root certificate, PEM.
    pub fn anchor_pem(&self) -> &str {
        self.state.authority.anchor_pem()
    }

    /// The current revocation lists of root and intermediate, PEM.
    ///
    /// # Errors
    /// [`Error::Authority`] when they cannot be signed.
    pub fn crl_pem(&self) -> Result<String, Error> {
        self.state.authority.crl_pem(jiff::Timestamp::now())
    }

    /// Issues a device's certificate for its request (PKCS#10, DER or PEM): leaf and intermediate, PEM. The same as
    /// `POST /practice/ca/certificate`, for whoever is in the same process.
    ///
    /// # Errors
    /// [`Error::Authority`] when the request is refused.
    pub fn issue_certificate(&self, request: &[u8]) -> Result<String, Error> {
        Ok(self.state.authority.issue(request, jiff::Timestamp::now(), LEAF_LIFE)?)
    }

    /// Stores further seeds, as at the start: for what is known only once the server runs.
    ///
    /// # Errors
    /// [`Error`] when one of them is not a resource that a seed can be, or cannot be stored.
    pub fn plant(&self, seeds: &Seeds) -> Result<(), Error> {
        crate::seeds::plant(&self.state.storage, seeds, &self.state.base)
    }

    /// Whether searches are answered as Bundles that this server's organization signs for transmission
    /// (`InteropEHRate`). At the start they are not.
    ///
    /// # Errors
    /// [`Error`] when the organization's key or certificate cannot be made, or the server speaks another release than R4.
    pub fn sign_searches(&self, wanted: bool) -> Result<(), Error> {
        if !wanted {
            self.state.transmissions.end();
            return Ok(());
        }
        if self.state.version != Version::R4 {
            return Err(Error::SigningRelease);
        }
        crate::seeds::plant_one(&self.state.storage, &crate::seeds::organization(), &self.state.base)?;
        self.state.transmissions.begin(&self.state.storage, &self.state.authority)
    }

    /// The trainer's panel.
    pub fn faults(&self) -> Faults {
        self.state.faults.clone()
    }

    /// Stops listening and ends every connection at once, as when the network goes. When this returns, connecting is
    /// refused. What was being stored is stored or not; nothing is half stored.
    pub fn close_listener(&self) {
        let mut listening = self.listening();
        if let Listening::Open(open) = std::mem::replace(&mut *listening, Listening::Closed(None)) {
            open.end();
            *listening = Listening::Closed(bind_once(self.port).ok());
        }
    }

    /// Listens again, on the same port.
    ///
    /// # Errors
    /// [`Error::Bind`] when another program has taken the port.
    pub fn reopen_listener(&self) -> Result<(), Error> {
        let mut listening = self.listening();
        if let Listening::Closed(kept) = &mut *listening {
            let socket = kept.take().map_or_else(|| bind(self.port), Ok)?;
            *listening = Listening::Open(Open::new(socket, &self.state)?);
        }
        Ok(())
    }

    /// Whether the server listens.
    pub fn listener_open(&self) -> bool {
        matches!(*self.listening(), Listening::Open(_))
    }

    /// Stops: answers what has begun, for up to two seconds, then ends.
    pub fn stop(self) {
        self.finish();
    }

    fn finish(&self) {
        let listening = std::mem::replace(&mut *self.listening(), Listening::Closed(None));
        if let Listening::Open(open) = listening {
            // Either receiver may be gone when the server has ended by itself; then there is nothing to wait for.
            let Open { runtime, finish, finished } = open;
            let _ = finish.send(());
            let _ = finished.recv_timeout(PATIENCE);
            shut(runtime);
        }
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.finish();
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("base", &self.state.base).finish_non_exhaustive()
    }
}

impl Open {
    fn new(socket: TcpSocket, state: &Arc<State>) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(16)
            .thread_name("practice")
            .enable_all()
            .build()
            .map_err(Error::Runtime)?;
        let port = socket.local_addr().map_err(Error::Runtime)?.port();
        let door = {
            let _inside = runtime.enter();
            Door(socket.listen(BACKLOG).map_err(|source| Error::Bind { port, source })?)
        };
        let service = handler::router(Arc::clone(state)).into_make_service_with_connect_info::<Control>();
        let (finish, finishing) = oneshot::channel();
        let (done, finished) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            let asked = async {
                // A dropped sender means the same as a sent word.
                let _ = finishing.await;
            };
            if let Err(error) = axum::serve(door, service).with_graceful_shutdown(asked).await {
                tracing::error!(%error, "the practice server ended");
            }
            let _ = done.send(());
        });
        Ok(Self { runtime, finish, finished })
    }

    fn end(self) {
        shut(self.runtime);
    }
}

/// Ends the runtime's tasks, which closes the sockets they hold, and waits for its threads. On a thread of its own,
/// because tokio refuses to wait inside another runtime.
fn shut(runtime: Runtime) {
    let waiting = thread::spawn(move || runtime.shutdown_timeout(PATIENCE));
    // A panic in there has been reported already.
    let _ = waiting.join();
}

/// Takes the port; nobody is let in yet.
fn bind(port: u16) -> Result<TcpSocket, Error> {
    let last = Instant::now() + PORT_TIME;
    loop {
        match bind_once(port) {
            Ok(socket) => return Ok(socket),
            Err(source) if port == 0 || Instant::now() >= last => return Err(Error::Bind { port, source }),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn bind_once(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections that are still closing do not keep the port. Elsewhere they do not, and this would mean something else.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}
