//! The connections of the server, each of which a fault can cut, reset or slow down.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::Sleep,
};

const OPEN: u8 = 0;
const CUT: u8 = 1;
const RESET: u8 = 2;

/// What a fault does to one connection. Clones are the same connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Control {
    end: Arc<AtomicU8>,
    flow: Arc<Mutex<Flow>>,
}

/// How bytes go out.
#[derive(Debug, Clone, Copy, Default)]
struct Flow {
    drip: Option<Drip>,
    /// How many bytes may still go out before the connection ends.
    left: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Drip {
    bytes: usize,
    pause: Duration,
}

impl Control {
    /// Ends the connection before anything more is sent.
    pub(crate) fn cut(&self) {
        self.end.store(CUT, Ordering::Release);
    }

    /// Resets the connection before anything more is sent.
    pub(crate) fn reset(&self) {
        self.end.store(RESET, Ordering::Release);
    }

    /// Sends a few bytes at a time from now on.
    pub(crate) fn drip(&self, bytes: usize, pause: Duration) {
        self.flow().drip = Some(Drip { bytes: bytes.max(1), pause });
    }

    /// Ends the connection after that many bytes more.
    pub(crate) fn limit(&self, bytes: usize) {
        self.flow().left = Some(bytes);
    }

    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, Door>> for Control {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().control.clone()
    }
}

/// The listening socket.
pub(crate) struct Door(pub(crate) TcpListener);

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers go out at once; failing to say so only costs time.
        let _ = stream.set_nodelay(true);
        (Connection { stream, control: Control::default(), pause: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection under its control.
pub(crate) struct Connection {
    stream: TcpStream,
    control: Control,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    fn check(&self) -> io::Result<()> {
        match self.control.end.load(Ordering::Acquire) {
            OPEN => Ok(()),
            end => {
                if end == RESET {
                    self.stream.set_zero_linger()?;
                }
                Err(io::ErrorKind::ConnectionAborted.into())
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check()?;
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check()?;
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(context));
            this.pause = None;
        }
        let flow = *this.control.flow();
        if flow.left == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let most = flow.left.unwrap_or(usize::MAX).min(flow.drip.map_or(usize::MAX, |drip| drip.bytes));
        let some = &bytes[..bytes.len().min(most)];
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, some))?;
        this.control.flow().left = flow.left.map(|left| left - written);
        this.pause = flow.drip.map(|drip| Box::pin(tokio::time::sleep(drip.pause)));
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check()?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
