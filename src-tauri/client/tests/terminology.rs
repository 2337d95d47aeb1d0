//! `$expand`: what is asked, and what the client says of every kind of answer, against a real socket.

use client::terminology::{ExpandError, Wanted};
use client::{Client, Error, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const VALUE_SET: &str = r#"{"resourceType":"ValueSet","status":"active"}"#;

/// A peer that says `answer` to one request, and then more of the same as long as it is heard.
async fn peer(answer: Vec<u8>, endless: bool) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0_u8; 4096]);
        while !request.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "the client ended the request early");
            request.extend_from_slice(&buffer[..read]);
        }
        // The client may have left already (an oversized answer).
        let mut heard = stream.write_all(&answer).await.is_ok();
        while endless && heard {
            heard = stream.write_all(&[b' '; 4096]).await.is_ok();
        }
        String::from_utf8(request).unwrap()
    });
    (base, task)
}

fn says(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn client(base: &str) -> Client {
    Client::new(base, Options { max_body: 100_000, ..Options::default() }).unwrap()
}

const WANTED: Wanted<'static> =
    Wanted { url: "http://x.example/vs?a=b&c", version: Some("1|2"), offset: 20, count: 10 };

async fn error_of(answer: Vec<u8>) -> ExpandError {
    let (base, _peer) = peer(answer, false).await;
    client(&base).expand(&WANTED).await.expect_err("this answer must not pass for a value set")
}

#[tokio::test]
async fn a_page_is_asked_for_by_address_version_offset_and_count() {
    let (base, peer) = peer(says("200 OK", "application/fhir+json;charset=utf-8", VALUE_SET), false).await;
    let answer = client(&base).expand(&WANTED).await.unwrap();
    assert_eq!(answer.resource_type(), Some("ValueSet"));
    let request = peer.await.unwrap();
    assert!(
        request.starts_with(
            "GET /fhir/ValueSet/$expand?url=http%3A%2F%2Fx.example%2Fvs%3Fa%3Db%26c&valueSetVersion=1%7C2&offset=20\
             &count=10&includeDesignations=true HTTP/1.1\r\n"
        ),
        "{request}"
    );
    assert!(request.to_ascii_lowercase().contains("\r\naccept: application/fhir+json\r\n"), "{request}");
}

#[tokio::test]
async fn an_answer_in_xml_is_read() {
    let xml = r#"<ValueSet xmlns="http://hl7.org/fhir"><status value="active"/></ValueSet>"#;
    let (base, _peer) = peer(says("200 OK", "application/fhir+xml", xml), false).await;
    assert_eq!(client(&base).expand(&WANTED).await.unwrap().str("status"), Some("active"));
}

#[tokio::test]
async fn what_is_no_value_set_is_said_in_kind() {
    let outcome = |code: &str| {
        format!(
            r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}","diagnostics":"words"}}]}}"#
        )
    };
    let fhir = "application/fhir+json";
    let words = || "words".to_owned();
    for (answer, error) in [
        (says("200 OK", "text/html", "<html>Welcome</html>"), ExpandError::NotFhir),
        (says("200 OK", "text/html", VALUE_SET), ExpandError::NotFhir),
        (says("200 OK", fhir, "<html>Welcome</html>"), ExpandError::NotFhir),
        (says("200 OK", fhir, ""), ExpandError::NotFhir),
        (says("200 OK", fhir, r#"{"resourceType":"ValueSet","id":"a","id":"b"}"#), ExpandError::NotFhir),
        (says("200 OK", fhir, r#"{"resourceType":"Bundle"}"#), ExpandError::NotAValueSet),
        (says("200 OK", fhir, &outcome("not-found")), ExpandError::NotAValueSet),
        (says("404 Not Found", fhir, &outcome("not-found")), ExpandError::NotFound(words())),
        (says("404 Not Found", "text/html", "<html>"), ExpandError::NotFound(String::new())),
        (says("422 Unprocessable Entity", fhir, &outcome("not-found")), ExpandError::NotFound(words())),
        (says("422 Unprocessable Entity", fhir, &outcome("too-costly")), ExpandError::TooCostly(words())),
        (
            says("500 Internal Server Error", fhir, &outcome("exception")),
            ExpandError::Status { status: 500, words: words() },
        ),
        (says("401 Unauthorized", "text/plain", "no"), ExpandError::SignIn),
        (says("204 No Content", fhir, ""), ExpandError::Status { status: 204, words: String::new() }),
    ] {
        assert_eq!(error_of(answer.clone()).await, error, "{}", String::from_utf8_lossy(&answer));
    }
    let long = outcome("invalid").replace("words", &"ä".repeat(1_000));
    let ExpandError::Status { words, .. } = error_of(says("400 Bad Request", fhir, &long)).await else {
        panic!("a status")
    };
    assert_eq!(words.chars().count(), 151, "a server's words are cut short");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let (base, peer) = peer(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/elsewhere\r\nContent-Length: 0\r\n\r\n".to_vec(),
        false,
    )
    .await;
    assert_eq!(client(&base).expand(&WANTED).await, Err(ExpandError::SentOn));
    peer.await.unwrap();
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n\r\n";
    let (base, _peer) = peer(head.to_vec(), true).await;
    assert_eq!(client(&base).expand(&WANTED).await, Err(ExpandError::NoAnswer(Error::TooLarge(100_000))));
}

#[test]
fn another_base_is_taken_at_the_same_origin_alone() {
    let client = Client::new("https://tx.example/r4", Options::default()).unwrap();
    for base in ["https://tx.example/r5", "https://tx.example:443/r4/", "https://TX.example"] {
        assert!(client.at_same_origin(base).is_some(), "{base}");
    }
    for base in [
        "http://tx.example/r4",
        "https://tx.example:8443/r4",
        "https://tx.example.evil.example/r4",
        "https://user@tx.example/r4",
        "https://evil.example/https://tx.example",
        "https://tx.example/r4?a=b",
        "nowhere",
    ] {
        assert!(client.at_same_origin(base).is_none(), "{base}");
    }
    assert_eq!(client.at_same_origin("https://tx.example/r5").unwrap().base_url(), "https://tx.example/r5");
}
