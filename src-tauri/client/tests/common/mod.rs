//! Peers that answer as a test says, and certificates for those that speak TLS.

pub(crate) mod certificates;

use client::{Client, Error, Options, Transport};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

/// A listener on this computer, and the port that it has.
pub(crate) async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A FHIR base at which nobody listens as long as the socket is kept: nobody else is given its port either.
pub(crate) fn nobody() -> (String, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (format!("http://{}/fhir", socket.local_addr().unwrap()), socket)
}

/// Reads one request, head and body.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut request, mut buffer) = (Vec::new(), [0_u8; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        assert!(read > 0, "the client ended the request early");
    }
}

/// Says `start` to the first request, then `more` up to `times`, each after a pause; how many octets of it all were taken.
pub(crate) async fn says(
    start: impl Into<Vec<u8>>,
    more: impl Into<Vec<u8>>,
    times: usize,
    pause: Duration,
) -> (String, JoinHandle<usize>) {
    let (listener, port) = listener().await;
    let (start, more) = (start.into(), more.into());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let mut taken = 0;
        if stream.write_all(&start).await.is_ok() {
            taken = start.len();
            for _ in 0..times {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
                // The client leaves when it has heard enough.
                if stream.write_all(&more).await.is_err() {
                    break;
                }
                taken += more.len();
            }
        }
        taken
    });
    (format!("http://127.0.0.1:{port}/fhir"), task)
}

/// An answer with its length.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub(crate) fn options() -> Options {
    Options { timeout: Duration::from_mins(5), max_body: 1024 * 1024, ..Options::default() }
}

/// What becomes of a create against `base`.
pub(crate) async fn create(base: &str, options: Options) -> Result<client::Exchange, Error> {
    let client = Client::over(base, options, &Transport::default()).unwrap();
    let failure = match client.create("Patient", b"{\"secret\":1}", None).await {
        Ok(exchange) => return Ok(exchange),
        Err(failure) => failure,
    };
    let said = format!("{failure} {failure:?}");
    assert!(!said.contains("secret"), "an error must not carry content: {said}");
    Err(failure.error)
}
