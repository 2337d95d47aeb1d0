//! What a ledger answers is compared, never believed; against a real socket.

use crate::common;

use std::time::Duration;

use client::ledger::{Ledger, LedgerError};
use client::{Error, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const HASH: [u8; 32] = [0xab; 32];

fn entry(transaction: &str, algorithm: &str, hash: &str) -> String {
    format!(r#"{{"transaction":"{transaction}","algorithm":"{algorithm}","hash":"{hash}"}}"#)
}

fn ours() -> String {
    entry("0x17", "SHA-256", &"ab".repeat(32))
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Answers each connection with the next text; gives the requests.
async fn peer(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/ledger", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for text in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0_u8; 4096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                });
                if body.len() >= length.unwrap_or(0) {
                    break;
                }
            }
            requests.push(String::from_utf8_lossy(&request).into_owned());
            // The client may have left already (an oversized answer).
            let _ = stream.write_all(text.as_bytes()).await;
        }
        requests
    });
    (base, task)
}

fn patient(base: &str, token: Option<&str>) -> Ledger {
    let options = Options {
        connect_timeout: Duration::from_mins(5),
        timeout: Duration::from_mins(5),
        ..Options::default()
    };
    Ledger::new(base, options, token).unwrap()
}

async fn kept(answers: Vec<String>) -> Result<String, LedgerError> {
    let (base, _peer) = peer(answers).await;
    patient(&base, None).keep(&HASH).await
}

#[tokio::test]
async fn a_hash_is_kept_and_asked_for_again() {
    let (base, peer) = peer(vec![answer("201 Created", &ours()), answer("200 OK", &ours())]).await;
    assert_eq!(patient(&base, Some("s3cret")).keep(&HASH).await.unwrap(), "0x17");
    let requests = peer.await.unwrap();
    let (post, get) = (requests[0].to_ascii_lowercase(), requests[1].to_ascii_lowercase());
    let key = format!("idempotency-key: {}", "ab".repeat(32));
    for line in ["post /ledger/transactions http/1.1", "authorization: bearer s3cret", &key] {
        assert!(post.lines().any(|one| one == line), "{line}:\n{post}");
    }
    assert!(requests[0].ends_with(&format!(r#"{{"algorithm":"SHA-256","hash":"{}"}}"#, "ab".repeat(32))));
    assert!(get.starts_with("get /ledger/transactions/0x17 http/1.1") && get.contains("bearer s3cret"));
}

#[tokio::test]
async fn an_entry_that_holds_another_hash_is_refused() {
    let other = entry("0x17", "SHA-256", &"cd".repeat(32));
    let (yes, no) = (answer("201 Created", &ours()), answer("201 Created", &other));
    assert_eq!(kept(vec![no]).await, Err(LedgerError::OtherHash), "as it is kept");
    assert_eq!(kept(vec![yes.clone(), answer("200 OK", &other)]).await, Err(LedgerError::OtherHash), "later");
    for (second, what) in [
        (answer("404 Not Found", ""), "the entry that it just named is not there"),
        (answer("200 OK", &entry("0x18", "SHA-256", &"ab".repeat(32))), "it is about another entry"),
        (answer("200 OK", &entry("0x17", "MD5", &"ab".repeat(32))), "its algorithm is not SHA-256"),
        (answer("200 OK", &entry("0x17", "SHA-256", "AB")), "its hash is no SHA-256"),
        (answer("200 OK", "<html>"), "it is not the JSON of an entry"),
    ] {
        let refused = kept(vec![yes.clone(), second]).await.unwrap_err();
        assert_eq!(refused, LedgerError::Answer(what));
        assert!(!refused.is_passing());
    }
}

#[tokio::test]
async fn what_is_no_entry_is_refused() {
    let unusable = "the entry's id is empty, too long or not visible ASCII";
    for id in ["", "two words", &"x".repeat(201)] {
        let wrong = answer("201 Created", &entry(id, "SHA-256", &"ab".repeat(32)));
        assert_eq!(kept(vec![wrong]).await, Err(LedgerError::Answer(unusable)), "{id}");
    }
    let twice = r#"{"transaction":"a","transaction":"b","algorithm":"SHA-256","hash":""}"#;
    for body in ["", "[]", "{}", twice] {
        let refused = kept(vec![answer("200 OK", body)]).await.unwrap_err();
        assert_eq!(refused, LedgerError::Answer("it is not the JSON of an entry"), "{body}");
    }
}

#[tokio::test]
async fn a_ledger_that_does_not_work_now_is_told_from_one_that_lies() {
    for (status, passing) in
        [("503 Service Unavailable", true), ("401 Unauthorized", true), ("400 Bad Request", false)]
    {
        assert_eq!(kept(vec![answer(status, "")]).await.unwrap_err().is_passing(), passing, "{status}");
    }
    let elsewhere =
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(kept(vec![elsewhere.to_owned()]).await, Err(LedgerError::Status(307)), "not followed");
    let endless = format!("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n{}", "x".repeat(200_000));
    assert_eq!(kept(vec![endless]).await, Err(LedgerError::Exchange(Error::TooLarge(64 * 1024))));
    let (base, _port) = common::nobody();
    let refused = patient(&base, None).keep(&HASH).await.unwrap_err();
    assert_eq!(refused, LedgerError::Exchange(Error::Refused));
    assert!(refused.is_passing());
}

#[tokio::test]
async fn an_entry_that_is_not_there_is_none() {
    let (base, _peer) = peer(vec![answer("404 Not Found", ""), answer("200 OK", &ours())]).await;
    let ledger = patient(&base, None);
    assert_eq!(ledger.find("0x17").await, Ok(None));
    assert_eq!(ledger.find("0x17").await, Ok(Some(HASH)));
    assert!(ledger.find("..").await.is_err() && ledger.find("a b").await.is_err());
}
