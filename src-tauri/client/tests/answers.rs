//! What the client says of every kind of answer, against a real socket.

use crate::common;

use std::time::Duration;

use client::{Client, Error, Options, Reach, RetryAfter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the peer does after it has read one request.
enum Peer {
    Says(Vec<u8>),
    SaysAndHangs(&'static str),
    Hangs,
    Resets,
}

fn says(text: impl Into<Vec<u8>>) -> Peer {
    Peer::Says(text.into())
}

/// Serves each connection with the next behaviour; gives back the requests as read.
async fn peer(behaviours: Vec<Peer>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for behaviour in behaviours {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(read_request(&mut stream).await);
            match behaviour {
                Peer::Says(text) => {
                    // The client may have left already (an oversized answer).
                    let _ = stream.write_all(&text).await;
                }
                Peer::SaysAndHangs(text) => {
                    stream.write_all(text.as_bytes()).await.unwrap();
                    tokio::time::sleep(Duration::from_secs(30)).await;
                }
                Peer::Hangs => tokio::time::sleep(Duration::from_secs(30)).await,
                Peer::Resets => {
                    stream.set_zero_linger().unwrap();
                }
            }
        }
        requests
    });
    (base, task)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0_usize);
            if body.len() >= length {
                return text;
            }
        }
        assert!(read > 0, "the client ended the request early");
    }
}

/// As long as it takes: a test must not fail because the machine is busy.
const PATIENT: Duration = Duration::from_mins(5);
/// For an answer that never comes.
const BRIEF: Duration = Duration::from_millis(400);

fn waiting(base: &str, timeout: Duration) -> Client {
    let options = Options { connect_timeout: PATIENT, timeout, max_body: 1000, ..Options::default() };
    Client::new(base, options).unwrap()
}

fn patient(base: &str) -> Client {
    waiting(base, PATIENT)
}

async fn error_of(behaviour: Peer) -> Error {
    let timeout = if matches!(behaviour, Peer::Hangs | Peer::SaysAndHangs(_)) { BRIEF } else { PATIENT };
    let (base, _peer) = peer(vec![behaviour]).await;
    let failure = waiting(&base, timeout)
        .create("QuestionnaireResponse", b"{\"secret\":1}", Some("identifier=a|secret"))
        .await
        .expect_err("this answer must not pass for one");
    let said = format!("{failure} {failure:?}");
    assert!(!said.contains("secret"), "an error must not carry content: {said}");
    failure.error
}

#[tokio::test]
async fn a_create_sends_exactly_what_fhir_asks_and_reads_every_header() {
    let body = r#"{"resourceType":"Patient","id":"p"}"#;
    let answer = format!(
        "HTTP/1.1 201 Created\r\nETag: W/\"3\"\r\nLocation: http://x/fhir/Patient/p/_history/3\r\n\
         Date: Sat, 21 Nov 2026 09:00:00 GMT\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (base, peer) = peer(vec![says(answer)]).await;
    let exchange = patient(&base).create("Patient", b"{\"a\":1.10}", Some("identifier=a|b")).await.unwrap();
    let request = peer.await.unwrap().remove(0).to_ascii_lowercase();
    for line in [
        "post /fhir/patient http/1.1",
        "accept: application/fhir+json",
        "content-type: application/fhir+json",
        "prefer: return=representation",
        "if-none-exist: identifier=a|b",
    ] {
        assert!(request.lines().any(|l| l == line), "the request must say `{line}`:\n{request}");
    }
    assert!(request.ends_with("\r\n\r\n{\"a\":1.10}"), "the body goes out octet by octet");
    assert!(!request.contains("cookie") && !request.contains("accept-encoding"));
    assert_eq!(exchange.status, 201);
    assert_eq!(exchange.headers.version(), Some("3"));
    assert_eq!(exchange.headers.retry_after, Some(RetryAfter::Delay(Duration::from_secs(7))));
    assert_eq!(exchange.headers.date.unwrap().to_string(), "2026-11-21T09:00:00Z");
    assert_eq!(exchange.resource().unwrap().unwrap().resource_type(), Some("Patient"));
    assert_eq!(exchange.request.method, "POST");
    assert_eq!(exchange.request.conditions, ["If-None-Exist"]);
    assert_eq!(exchange.request.body_sha256.as_ref().map(String::len), Some(64));
}

#[tokio::test]
async fn a_closed_listener_is_refused_and_nothing_was_sent() {
    let (base, _port) = common::nobody();
    let failure = patient(&base).read("Patient", "p").await.expect_err("nothing listens");
    assert_eq!(failure.error, Error::Refused);
    assert_eq!(failure.error.reach(), Reach::NotSent);
}

#[tokio::test]
async fn whatever_breaks_after_sending_is_unknown() {
    for (behaviour, expected) in [
        (Peer::Resets, Error::ResetBeforeAnswer),
        (says(""), Error::ResetBeforeAnswer),
        (says("HTTP/1.1 201 Created\r\nContent-Le"), Error::ResetBeforeAnswer),
        (says("HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{\"id\""), Error::ResetDuringAnswer),
        (Peer::Hangs, Error::Timeout(BRIEF)),
        (Peer::SaysAndHangs("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"id\""), Error::Timeout(BRIEF)),
        (says("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"), Error::TooLarge(1000)),
        (says("nonsense\r\n\r\n"), Error::Malformed("it is not HTTP")),
    ] {
        let error = error_of(behaviour).await;
        assert_eq!(error, expected);
        assert_eq!(error.reach(), Reach::Unknown, "{error}: the server may have acted");
    }
}

#[tokio::test]
async fn a_body_without_length_is_bounded_too() {
    let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    answer.extend(std::iter::repeat_n(b' ', 1001));
    assert_eq!(error_of(says(answer)).await, Error::TooLarge(1000));
}

#[tokio::test]
async fn a_body_that_is_not_a_resource_is_malformed() {
    for body in ["{\"id\":\"a\"}", "{\"resourceType\":\"Patient\",\"id\":1,\"id\":2}", "[]"] {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let (base, _peer) = peer(vec![says(answer)]).await;
        let exchange = patient(&base).read("Patient", "p").await.unwrap();
        assert!(matches!(exchange.resource(), Err(Error::Malformed(_))), "{body}");
    }
}

#[tokio::test]
async fn ids_from_a_server_cannot_leave_the_path() {
    let client = patient("http://127.0.0.1:9/fhir");
    for id in ["", "..", "a/b", "a?b", "a%2e", &"a".repeat(65)] {
        let failure = client.vread("Patient", id, "1").await.expect_err("not an id");
        assert_eq!(failure.error, Error::Invalid("the resource type, id or version"), "{id}");
    }
    for link in
        ["http://elsewhere.example/fhir?page=2", "http://127.0.0.1:9/other", "//elsewhere.example/fhir"]
    {
        let failure = client.next_page(link).await.expect_err("another server");
        assert!(matches!(failure.error, Error::Malformed(_)), "{link}");
    }
}

#[tokio::test]
async fn a_search_escapes_its_values_and_shows_none_of_them() {
    let body = r#"{"resourceType":"Bundle","type":"searchset"}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (base, peer) = peer(vec![says(answer)]).await;
    let exchange = patient(&base)
        .search("QuestionnaireResponse", &[("identifier", "urn:ietf:rfc:3986|a&b")])
        .await
        .unwrap();
    let request = peer.await.unwrap().remove(0);
    assert!(
        request.starts_with("GET /fhir/QuestionnaireResponse?identifier=urn%3Aietf%3Arfc%3A3986%7Ca%26b "),
        "{request}"
    );
    assert!(exchange.request.url.ends_with("/fhir/QuestionnaireResponse?identifier=…"));
}

#[test]
fn an_address_that_is_not_safe_is_refused() {
    for base in [
        "server",
        "ftp://server.example/fhir",
        "http://server.example/fhir",
        "https://user:word@server.example/fhir",
        "https://server.example/fhir?a=b",
        "https://server.example/fhir#a",
    ] {
        assert!(matches!(Client::new(base, Options::default()), Err(Error::Base(_))), "{base}");
    }
    for base in
        ["http://127.0.0.1:1/fhir/", "http://localhost/fhir", "http://[::1]:1", "https://server.example"]
    {
        let client = Client::new(base, Options::default()).unwrap();
        assert!(!client.base_url().ends_with('/'), "{base}");
    }
}
