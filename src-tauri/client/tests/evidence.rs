//! What is asked for evidence, and which answers count, against a server that answers as it is told.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use client::Error;
use client::evidence::{Fetcher, Peer, Problem};

/// Answers one request with these bytes; what was asked, head and body.
fn answering(answer: &'static [u8]) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/there", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut part = [0; 4096];
        loop {
            let length = stream.read(&mut part).unwrap();
            asked.extend_from_slice(&part[..length]);
            let text = String::from_utf8_lossy(&asked);
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
            // The questions here are four bytes long, or there is none.
            if length == 0 || body.is_some_and(|body| body == 4 || text.starts_with("GET")) {
                break;
            }
        }
        stream.write_all(answer).unwrap();
        String::from_utf8_lossy(&asked).into_owned()
    });
    (url, asked)
}

const QUESTION: &[u8] = b"ask?";

fn fetcher() -> Fetcher {
    Fetcher::new().unwrap()
}

#[tokio::test]
async fn a_time_stamp_is_asked_for_as_the_standard_says() {
    let (url, asked) = answering(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 3\r\n\r\nyes",
    );
    assert_eq!(fetcher().time_stamp(&url, QUESTION).await.unwrap(), b"yes");
    let asked = asked.join().unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("post /there http/1.1\r\n"), "{asked}");
    assert!(asked.contains("content-type: application/timestamp-query\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\nask?"), "{asked}");
}

#[tokio::test]
async fn a_response_and_a_list_come_with_their_types() {
    let (url, asked) = answering(
        b"HTTP/1.1 200 OK\r\nContent-Type: Application/OCSP-Response; charset=x\r\nContent-Length: 2\r\n\r\nok",
    );
    assert_eq!(fetcher().ocsp(&url, QUESTION).await.unwrap(), b"ok");
    assert!(
        asked.join().unwrap().to_ascii_lowercase().contains("content-type: application/ocsp-request\r\n")
    );
    let (url, asked) =
        answering(b"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-crl\r\nContent-Length: 4\r\n\r\nlist");
    assert_eq!(fetcher().crl(&url).await.unwrap(), b"list");
    assert!(asked.join().unwrap().starts_with("GET /there HTTP/1.1\r\n"));
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Type: application/pkcs7-crl\r\nContent-Length: 4\r\n\r\nlist"[..],
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\nlist",
    ] {
        let (url, asked) = answering(answer);
        assert_eq!(fetcher().crl(&url).await.unwrap(), b"list");
        asked.join().unwrap();
    }
    let portal = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi";
    let (url, asked) = answering(portal);
    assert_eq!(fetcher().crl(&url).await.unwrap_err().code(), "media-type");
    asked.join().unwrap();
}

#[tokio::test]
async fn a_portal_in_between_is_no_evidence() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: 2\r\n\r\nhi",
    ] {
        let (url, asked) = answering(answer);
        let expected = "application/timestamp-reply";
        let problem = fetcher().time_stamp(&url, QUESTION).await.unwrap_err();
        assert_eq!(problem, Problem::MediaType { peer: Peer::TimeStampAuthority, expected });
        asked.join().unwrap();
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (url, asked) = answering(
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    );
    let problem = fetcher().ocsp(&url, QUESTION).await.unwrap_err();
    assert_eq!(problem, Problem::Status { peer: Peer::OcspResponder, status: 307 });
    asked.join().unwrap();
}

#[tokio::test]
async fn an_answer_has_an_end() {
    let (url, asked) = answering(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 99999999\r\n\r\n",
    );
    let problem = fetcher().time_stamp(&url, QUESTION).await.unwrap_err();
    assert_eq!(problem.code(), "too-large");
    asked.join().unwrap();
    let (url, asked) = answering(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 10\r\n\r\nhalf",
    );
    let problem = fetcher().time_stamp(&url, QUESTION).await.unwrap_err();
    let error = Error::ResetDuringAnswer;
    assert_eq!(problem, Problem::NoAnswer { peer: Peer::TimeStampAuthority, error });
    asked.join().unwrap();
}

#[tokio::test]
async fn whom_nothing_can_be_asked_of_is_named() {
    for (url, code) in [
        ("tsa.example", "address"),
        ("ftp://tsa.example/", "address"),
        ("file:///etc/passwd", "address"),
        ("http://user:secret@tsa.example/", "address"),
        ("http://127.0.0.1:1/", "refused"),
    ] {
        let problem = fetcher().time_stamp(url, QUESTION).await.unwrap_err();
        assert_eq!(problem.code(), code, "{url}");
        let text = problem.to_string();
        assert!(text.contains("the time stamp authority") && !text.contains("secret"), "{text}");
    }
}
