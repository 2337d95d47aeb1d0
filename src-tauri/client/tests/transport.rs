//! Whom TLS trusts, which certificate is shown, and what goes through a proxy: real servers on loopback.

use crate::common;

use std::sync::Arc;
use std::time::Duration;

use client::{Client, Error, Exchange, Proxy, Reach, TlsProblem, Transport};
use common::certificates::{DAY, Pair};
use common::{answer, listener, options, read_request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const FHIR: &str = "Content-Type: application/fhir+json\r\n";

/// What came to a server: the request, and the certificate that was shown.
type Heard = Option<(String, Option<Vec<u8>>)>;

/// Answers one connection over TLS; its port.
async fn serve(config: Arc<ServerConfig>) -> (u16, JoinHandle<Heard>) {
    let (listener, port) = listener().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let heard = match TlsAcceptor::from(config).accept(&mut stream).await {
            Ok(mut secured) => {
                let shown = secured.get_ref().1.peer_certificates().map(|shown| shown[0].to_vec());
                let request = read_request(&mut secured).await;
                secured.write_all(answer("200 OK", FHIR, "{}").as_bytes()).await.unwrap();
                Some((request, shown))
            }
            Err(_) => None,
        };
        // Until the client has left: what it still sends must not reset the connection before it has read the alert.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        heard
    });
    (port, task)
}

async fn read(base: &str, transport: &Transport) -> Result<Exchange, Error> {
    let client = Client::over(base, options(), transport).unwrap();
    client.read("Patient", "a").await.map_err(|failure| failure.error)
}

async fn problem(host: &str, config: Arc<ServerConfig>, transport: &Transport) -> TlsProblem {
    let (port, _task) = serve(config).await;
    match read(&format!("https://{host}:{port}/fhir"), transport).await {
        Err(error @ Error::Tls(problem)) => {
            assert_eq!(error.reach(), Reach::NotSent);
            assert_eq!(error.code(), problem.code());
            problem
        }
        other => panic!("TLS must not be set up: {other:?}"),
    }
}

fn trusting(root: &Pair) -> Transport {
    Transport::default().trusting(&root.pem()).unwrap()
}

#[tokio::test]
async fn only_the_anchors_of_the_study_are_trusted() {
    let (root, other) = (Pair::root("Study"), Pair::root("Other"));
    let server = root.server("localhost", -DAY, DAY);
    let (port, task) = serve(server.serving(None)).await;
    let exchange = read(&format!("https://localhost:{port}/fhir"), &trusting(&root)).await.unwrap();
    assert_eq!(exchange.status, 200);
    let (request, shown) = task.await.unwrap().unwrap();
    assert!(request.starts_with("GET /fhir/Patient/a HTTP/1.1\r\n") && shown.is_none());
    for stranger in [trusting(&other), Transport::default()] {
        assert_eq!(problem("localhost", server.serving(None), &stranger).await, TlsProblem::Untrusted);
    }
    let both = Transport::default().trusting(&(other.pem() + &root.pem())).unwrap();
    let (port, _task) = serve(server.serving(None)).await;
    assert!(read(&format!("https://localhost:{port}/fhir"), &both).await.is_ok());
}

#[tokio::test]
async fn a_certificate_is_for_its_host_and_its_time() {
    let root = Pair::root("Study");
    let trusted = trusting(&root);
    let other = root.server("other.example", -DAY, DAY).serving(None);
    assert_eq!(problem("localhost", Arc::clone(&other), &trusted).await, TlsProblem::OtherHost);
    assert_eq!(problem("127.0.0.1", other, &trusted).await, TlsProblem::OtherHost);
    let ended = root.server("localhost", -2 * DAY, -DAY).serving(None);
    assert_eq!(problem("localhost", ended, &trusted).await, TlsProblem::Expired);
    let future = root.server("localhost", DAY, 2 * DAY).serving(None);
    assert_eq!(problem("localhost", future, &trusted).await, TlsProblem::NotYetValid);
    let address = root.server("127.0.0.1", -DAY, DAY).serving(None);
    let (port, _task) = serve(address).await;
    assert!(read(&format!("https://127.0.0.1:{port}/fhir"), &trusted).await.is_ok());
}

#[tokio::test]
async fn what_speaks_no_tls_or_an_old_one_is_refused() {
    for said in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
        // Alert: protocol_version, as a server of TLS 1.1 says.
        &[0x15, 3, 1, 0, 2, 2, 70],
        // A ServerHello of TLS 1.0.
        &[
            0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x13, 0,
        ],
        b"",
    ] {
        let (listener, port) = listener().await;
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).await.unwrap();
            stream.write_all(said).await.unwrap();
            stream.shutdown().await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let outcome = read(&format!("https://localhost:{port}/fhir"), &Transport::default()).await;
        assert_eq!(outcome, Err(Error::Tls(TlsProblem::Protocol)), "{said:?}");
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_is_shown_the_configured_one() {
    let (root, strangers) = (Pair::root("Study"), Pair::root("Strangers"));
    let demanding = root.server("localhost", -DAY, DAY).serving(Some(&root));
    let none = trusting(&root);
    assert_eq!(problem("localhost", Arc::clone(&demanding), &none).await, TlsProblem::OurCertificate);
    let unknown = none.clone().showing(Arc::new(strangers.client()));
    assert_eq!(problem("localhost", Arc::clone(&demanding), &unknown).await, TlsProblem::OurCertificate);

    let own = root.client();
    let der = own.der();
    let (port, task) = serve(demanding).await;
    let registered = none.showing(Arc::new(own));
    assert_eq!(read(&format!("https://localhost:{port}/fhir"), &registered).await.unwrap().status, 200);
    assert_eq!(task.await.unwrap().unwrap().1, Some(der));
}

/// A proxy that lets one connection through to `target`, whatever it asks for; the request.
async fn proxy(said: &'static str, target: u16) -> (String, JoinHandle<String>) {
    let (listener, port) = listener().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        stream.write_all(said.as_bytes()).await.unwrap();
        if said.contains(" 200 ") {
            let mut server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
        }
        request
    });
    (format!("http://127.0.0.1:{port}"), task)
}

#[tokio::test]
async fn a_proxy_sees_the_name_of_the_server_and_its_own_password() {
    let root = Pair::root("Study");
    let (target, server) = serve(root.server("server.example", -DAY, DAY).serving(None)).await;
    let (address, asked) = proxy("HTTP/1.1 200 Connection established\r\n\r\n", target).await;
    let through = Proxy::new(&address).unwrap().signed_in("ada", "secret".to_owned().into());
    let transport = trusting(&root).through(through);
    assert!(!format!("{transport:?}").contains("secret"));
    assert_eq!(read("https://server.example/fhir", &transport).await.unwrap().status, 200);
    let (request, _) = server.await.unwrap().unwrap();
    assert!(!request.to_ascii_lowercase().contains("proxy-authorization"), "that is for the proxy alone");
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("CONNECT server.example:443 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("proxy-authorization: basic ywrhonnly3jlda=="), "{asked}");
    assert!(!asked.contains("/fhir"), "what is asked of the server is not for the proxy: {asked}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    for (said, why) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "user name and password"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "does not let this device through"),
    ] {
        let (address, _asked) = proxy(said, 0).await;
        let transport = Transport::default().through(Proxy::new(&address).unwrap());
        let error = read("https://server.example/fhir", &transport).await.unwrap_err();
        assert!(matches!(error, Error::Proxy(_)) && error.to_string().contains(why), "{error}");
        assert_eq!((error.code(), error.reach()), ("proxy", Reach::NotSent));
    }
}

#[tokio::test]
async fn a_server_on_this_computer_is_never_asked_through_a_proxy() {
    let (idle, port) = listener().await;
    let proxy = Proxy::new(&format!("http://127.0.0.1:{port}")).unwrap();
    let (base, _peer) = common::says(answer("200 OK", FHIR, "{}"), b"", 0, Duration::ZERO).await;
    let exchange = read(&base, &Transport::default().through(proxy)).await.unwrap();
    assert_eq!(exchange.status, 200);
    assert!(tokio::time::timeout(Duration::from_millis(50), idle.accept()).await.is_err());
}
