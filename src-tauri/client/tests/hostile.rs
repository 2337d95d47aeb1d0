//! What strangers on the way may answer: each is refused by its own cause, and none is read without bound.

use crate::common;

use std::time::Duration;

use client::{Client, Error, Options, Reach};
use common::{answer, create, listener, options, read_request, says};
use tokio::io::AsyncWriteExt as _;

const AT_ONCE: Duration = Duration::ZERO;
const FHIR: &str = "Content-Type: application/fhir+json\r\n";
/// What the sockets of both ends may hold beyond what the client has read.
const IN_FLIGHT: usize = 16 * 1024 * 1024;

async fn error_of(text: impl Into<Vec<u8>>) -> Error {
    let (base, _peer) = says(text, b"", 0, AT_ONCE).await;
    let error = create(&base, options()).await.expect_err("this answer must not pass for one");
    assert_eq!(error.reach(), Reach::Unknown, "{error}: whoever answered may not have been the server");
    error
}

#[tokio::test]
async fn a_redirect_is_refused_and_its_target_never_asked() {
    let (elsewhere, port) = listener().await;
    for status in [301, 302, 303, 307, 308] {
        let headers = format!("Location: http://127.0.0.1:{port}/fhir/Patient\r\nSet-Cookie: a=b\r\n");
        let error = error_of(answer(&format!("{status} Elsewhere"), &headers, "")).await;
        assert_eq!(error, Error::Redirected, "{status}");
        assert!(error.to_string().contains("correct the address"));
    }
    let asked = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(asked.is_err(), "nobody may be sent elsewhere");
}

#[tokio::test]
async fn a_web_page_is_named_as_one() {
    let page = "<!DOCTYPE html><html><title>Hotel Wi-Fi</title></html>";
    for headers in ["Content-Type: text/html; charset=utf-8\r\n", "Content-Type: Text/HTML\r\n", FHIR, ""] {
        let error = error_of(answer("200 OK", headers, page)).await;
        assert_eq!(error, Error::WebPage, "{headers}");
        assert!(error.to_string().contains("sign-in"), "{error}");
    }
    let sign_in_first = answer("511 Network Authentication Required", FHIR, "{}");
    assert_eq!(error_of(sign_in_first).await, Error::WebPage);
}

#[tokio::test]
async fn a_failure_keeps_its_status_whatever_its_body_is() {
    for status in [404, 413, 502] {
        let text = answer(&format!("{status} No"), "Content-Type: text/html\r\n", "<html>nginx</html>");
        let (base, _peer) = says(text, b"", 0, AT_ONCE).await;
        let exchange = create(&base, options()).await.unwrap();
        assert_eq!(exchange.status, status);
        assert!(matches!(exchange.resource(), Err(Error::Malformed(_))), "its page is no resource");
    }
}

#[tokio::test]
async fn another_media_type_is_refused() {
    for media_type in ["text/plain", "application/octet-stream", "image/png", "application/pdf"] {
        let headers = format!("Content-Type: {media_type}\r\n");
        let error = error_of(answer("200 OK", &headers, r#"{"resourceType":"Patient"}"#)).await;
        assert_eq!(error, Error::MediaType, "{media_type}");
    }
    for media_type in ["application/json", "application/fhir+json;fhirVersion=4.0", "application/json+fhir"] {
        let headers = format!("Content-Type: {media_type}\r\n");
        let text = answer("201 Created", &headers, r#"{"resourceType":"Patient"}"#);
        let (base, _peer) = says(text, b"", 0, AT_ONCE).await;
        let exchange = create(&base, options()).await.unwrap();
        assert!(exchange.resource().unwrap().is_some(), "{media_type}");
    }
}

#[tokio::test]
async fn what_is_compressed_is_not_read() {
    for encoding in ["gzip", "br", "deflate", "x-unknown"] {
        let headers = format!("{FHIR}Content-Encoding: {encoding}\r\n");
        assert_eq!(error_of(answer("200 OK", &headers, "short")).await, Error::Compressed, "{encoding}");
    }
    // A bomb that does not say what it is stays as small as it came.
    let mut unsaid = format!("HTTP/1.1 200 OK\r\n{FHIR}Content-Length: 10\r\n\r\n").into_bytes();
    unsaid.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    let (base, _peer) = says(unsaid, b"", 0, AT_ONCE).await;
    let exchange = create(&base, options()).await.unwrap();
    assert_eq!(exchange.resource(), Err(Error::Malformed("it is not UTF-8")));
}

#[tokio::test]
async fn a_hundred_megabytes_are_not_read() {
    const BLOCK: &[u8] = &[b' '; 64 * 1024];
    let blocks = 100 * 1024 * 1024 / BLOCK.len();
    for length in ["Content-Length: 104857600\r\n", "Connection: close\r\n"] {
        let head = format!("HTTP/1.1 200 OK\r\n{FHIR}{length}\r\n");
        let (base, peer) = says(head, BLOCK, blocks, AT_ONCE).await;
        assert_eq!(create(&base, options()).await, Err(Error::TooLarge(1024 * 1024)), "{length}");
        let taken = peer.await.unwrap();
        assert!(taken < 1024 * 1024 + IN_FLIGHT, "{length}: {taken} octets were taken");
    }
}

#[tokio::test]
async fn chunks_without_end_are_not_read() {
    let chunks = b"8\r\n        \r\n".repeat(1000);
    let head = format!("HTTP/1.1 200 OK\r\n{FHIR}Transfer-Encoding: chunked\r\n\r\n");
    let (base, peer) = says(head, chunks, usize::MAX, AT_ONCE).await;
    assert_eq!(create(&base, options()).await, Err(Error::TooLarge(1024 * 1024)));
    peer.await.unwrap();
}

#[tokio::test]
async fn headers_and_trailers_without_end_are_not_read() {
    let chunked = format!("HTTP/1.1 200 OK\r\n{FHIR}Transfer-Encoding: chunked\r\n\r\n0\r\n");
    for (start, expected) in [
        ("HTTP/1.1 200 OK\r\n".to_owned(), Error::Malformed("it is not HTTP")),
        (chunked, Error::ResetDuringAnswer),
    ] {
        let (base, peer) = says(start, b"X-More: and more of it\r\n".repeat(1000), usize::MAX, AT_ONCE).await;
        assert_eq!(create(&base, options()).await, Err(expected));
        let taken = peer.await.unwrap();
        assert!(taken < IN_FLIGHT, "{taken} octets were taken");
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let timeout = Duration::from_millis(300);
    let brief = Options { timeout, ..options() };
    let often = Duration::from_millis(20);
    let dripping = format!("HTTP/1.1 200 OK\r\n{FHIR}Content-Length: 1000000\r\n\r\n");
    for (start, more) in [
        (dripping.as_str(), b" ".as_slice()),
        ("HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        ("", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ] {
        let (base, peer) = says(start, more, usize::MAX, often).await;
        assert_eq!(create(&base, brief).await, Err(Error::Timeout(timeout)), "{start}");
        peer.await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_utf_8_or_too_deep_is_no_resource() {
    for (body, expected) in [
        (b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}".to_vec(), "it is not UTF-8"),
        (b"\xff\xfe{\x00}\x00".to_vec(), "it is not UTF-8"),
        (vec![b'['; 500_000], "it is not exact FHIR JSON or XML"),
    ] {
        let mut text =
            format!("HTTP/1.1 200 OK\r\n{FHIR}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        text.extend(body);
        let (base, _peer) = says(text, b"", 0, AT_ONCE).await;
        let exchange = create(&base, options()).await.unwrap();
        assert_eq!(exchange.resource(), Err(Error::Malformed(expected)));
    }
}

#[tokio::test]
async fn a_cookie_is_never_sent_back() {
    let (listener, port) = listener().await;
    let peer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut requests = Vec::new();
        for _ in 0..2 {
            requests.push(read_request(&mut stream).await.to_ascii_lowercase());
            let text = answer("200 OK", &format!("{FHIR}Set-Cookie: session=1; Path=/\r\n"), "{}");
            stream.write_all(text.as_bytes()).await.unwrap();
        }
        requests
    });
    let client = Client::new(&format!("http://127.0.0.1:{port}/fhir"), options()).unwrap();
    client.read("Patient", "a").await.unwrap();
    client.read("Patient", "b").await.unwrap();
    for request in peer.await.unwrap() {
        assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
    }
}
