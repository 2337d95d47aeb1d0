//! `$next-question`: what is asked, and what the client says of every kind of answer, against a real socket.

use crate::common;

use std::time::Duration;

use client::next_question::AskError;
use client::{Client, Error, Options};
use fhir::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const FHIR: &str = "application/fhir+json";
const SENT: &str = r#"{"resourceType":"QuestionnaireResponse","status":"in-progress"}"#;
const NEXT: &str = r#"{"resourceType":"QuestionnaireResponse","status":"completed"}"#;

/// A peer that hears one whole request and gives one answer.
async fn peer(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0_u8; 4096]);
        while !request.ends_with(b"}]}") {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "the client ended the request early");
            request.extend_from_slice(&buffer[..read]);
        }
        // The client may have left already (an oversized answer).
        let _ = stream.write_all(&answer).await;
        String::from_utf8(request).unwrap()
    });
    (base, task)
}

fn says(status: &str, media_type: &str, more: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn ask(base: &str) -> Result<Value, AskError> {
    let options = Options { max_body: 100_000, timeout: Duration::from_mins(5), ..Options::default() };
    Client::new(base, options).unwrap().next_question(&Value::parse(SENT.as_bytes()).unwrap()).await
}

async fn said(answer: Vec<u8>) -> Result<Value, AskError> {
    let (base, _peer) = peer(answer).await;
    ask(&base).await
}

#[tokio::test]
async fn the_response_goes_out_in_parameters() {
    let (base, peer) = peer(says("200 OK", FHIR, "", NEXT)).await;
    assert_eq!(ask(&base).await.unwrap().to_json(), NEXT);
    let request = peer.await.unwrap();
    assert!(request.starts_with("POST /fhir/Questionnaire/$next-question HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("\r\ncontent-type: application/fhir+json"), "{request}");
    let body = request.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(
        body,
        format!(
            r#"{{"resourceType":"Parameters","parameter":[{{"name":"questionnaire-response","resource":{SENT}}}]}}"#
        )
    );
}

#[tokio::test]
async fn the_next_response_comes_in_parameters_or_alone() {
    for name in ["return", "questionnaire-response"] {
        let wrapped =
            format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"{name}","resource":{NEXT}}}]}}"#);
        assert_eq!(said(says("200 OK", FHIR, "", &wrapped)).await.unwrap().to_json(), NEXT);
    }
    let xml = r#"<QuestionnaireResponse xmlns="http://hl7.org/fhir"><status value="completed"/></QuestionnaireResponse>"#;
    assert_eq!(said(says("200 OK", "application/fhir+xml", "", xml)).await.unwrap().to_json(), NEXT);
}

#[tokio::test]
async fn what_is_no_response_is_said_in_kind() {
    let outcome = |code: &str| {
        format!(
            r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}","diagnostics":"words"}}]}}"#
        )
    };
    let twice = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"return","resource":{NEXT}}},{{"name":"return","resource":{NEXT}}}]}}"#
    );
    for (status, media_type, body, code, passes) in [
        ("200 OK", FHIR, r#"{"resourceType":"Patient"}"#, "not-a-response", false),
        ("200 OK", FHIR, twice.as_str(), "not-a-response", false),
        ("200 OK", FHIR, r#"{"resourceType":"Parameters"}"#, "not-a-response", false),
        // A portal in between, which may let the next request through.
        ("200 OK", "text/html", "<html></html>", "web-page", true),
        ("200 OK", "text/plain", "next", "media-type", false),
        ("200 OK", FHIR, "{", "not-fhir", false),
        ("401 Unauthorized", FHIR, "", "sign-in", false),
        ("404 Not Found", FHIR, "", "not-served", false),
        ("422 Unprocessable", FHIR, &outcome("not-found"), "not-served", false),
        ("422 Unprocessable", FHIR, &outcome("required"), "refused-answers", false),
        ("302 Found", FHIR, "", "redirected", true),
        ("429 Too Many", FHIR, "", "later", true),
        ("500 Broken", FHIR, &outcome("exception"), "later", true),
    ] {
        let error = said(says(status, media_type, "", body)).await.unwrap_err();
        assert_eq!((error.code(), error.may_pass()), (code, passes), "{status} {body}");
    }
    let error = said(says("422 Unprocessable", FHIR, "", &outcome("required"))).await.unwrap_err();
    assert!(error.to_string().ends_with(": words"), "{error}");
}

#[tokio::test]
async fn a_server_may_ask_to_wait() {
    let error = said(says("503 Busy", FHIR, "Retry-After: 7\r\n", "")).await.unwrap_err();
    assert_eq!(error.wait(), Some(Duration::from_secs(7)));
    let dated = "Date: Sat, 21 Nov 2026 09:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 09:00:09 GMT\r\n";
    let error = said(says("503 Busy", FHIR, dated, "")).await.unwrap_err();
    assert_eq!(error.wait(), Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn a_line_that_fails_may_pass_and_a_flood_does_not() {
    let (base, _port) = common::nobody();
    let error = ask(&base).await.unwrap_err();
    assert_eq!(error, AskError::NoAnswer(Error::Refused));
    assert!(error.may_pass());
    let cut =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 500\r\n\r\n{".to_vec();
    let error = said(cut).await.unwrap_err();
    assert_eq!((error.code(), error.may_pass()), ("truncated", true));
    let flood = format!(r#"{{"resourceType":"Patient","id":"{}"}}"#, "x".repeat(200_000));
    let error = said(says("200 OK", FHIR, "", &flood)).await.unwrap_err();
    assert_eq!((error.code(), error.may_pass()), ("too-large", false));
}
