//! A whole search: what is asked, how pages are followed, and what ends it, against a real socket.

use std::sync::{Arc, Mutex};

use client::find::{FindError, Found};
use client::{Client, Error, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A peer that gives its answers one after the other, the last one again and again; and what it was asked.
async fn peer(answers: impl Fn(&str) -> Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    let (asked, answers) = (Arc::default(), answers(&base));
    let log: Arc<Mutex<Vec<String>>> = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut next = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut request, mut buffer) = (Vec::new(), [0_u8; 4096]);
            while !request.ends_with(b"\r\n\r\n") {
                let Ok(read @ 1..) = stream.read(&mut buffer).await else { break };
                request.extend_from_slice(&buffer[..read]);
            }
            let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
            log.lock().unwrap().push(line);
            let answer = &answers[next.min(answers.len() - 1)];
            next += 1;
            // The client may have left already.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (base, asked)
}

fn says(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn bundle(ids: &[&str], next: Option<&str>) -> String {
    let entry = |id: &&str| format!(r#"{{"resource":{{"resourceType":"Task","id":"{id}"}}}}"#);
    let link =
        next.map(|url| format!(r#","link":[{{"relation":"next","url":"{url}"}}]"#)).unwrap_or_default();
    let other = r#"{"resource":{"resourceType":"Patient","id":"p"}}"#.to_owned();
    let entries: Vec<_> = ids.iter().map(entry).chain([other]).collect();
    let body =
        format!(r#"{{"resourceType":"Bundle","type":"searchset"{link},"entry":[{}]}}"#, entries.join(","));
    says("200 OK", &body)
}

async fn find(base: &str, most: usize) -> Result<Found, FindError> {
    let client = Client::new(base, Options { max_body: 100_000, ..Options::default() }).unwrap();
    client.find("Task", &[("code", "http://s|c,http://t|d"), ("owner", "Organization/o")], most).await
}

#[tokio::test]
async fn every_page_is_followed_and_other_types_are_left_out() {
    let (base, asked) =
        peer(|base| vec![bundle(&["a", "b"], Some(&format!("{base}/Task?page=2"))), bundle(&["c"], None)])
            .await;
    let found = find(&base, 10).await.unwrap();
    let ids: Vec<_> = found.matches.iter().filter_map(|task| task.str("id")).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(
        *asked.lock().unwrap(),
        [
            "GET /fhir/Task?code=http%3A%2F%2Fs%7Cc%2Chttp%3A%2F%2Ft%7Cd&owner=Organization%2Fo HTTP/1.1",
            "GET /fhir/Task?page=2 HTTP/1.1"
        ]
    );
    assert_eq!(format!("{found:?}"), "Found(3 matches, 0 refused)", "nothing of it in a log");
}

#[tokio::test]
async fn a_page_elsewhere_is_never_asked_for() {
    for elsewhere in
        ["http://127.0.0.1:1/fhir/Task?page=2", "https://other.example/fhir/Task?page=2", "/else"]
    {
        let (base, asked) = peer(|_| vec![bundle(&["a"], Some(elsewhere))]).await;
        let error = find(&base, 10).await.unwrap_err();
        assert!(matches!(error, FindError::NoAnswer(Error::Malformed(_))), "{elsewhere}: {error:?}");
        assert_eq!(asked.lock().unwrap().len(), 1, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_search_without_end_ends() {
    let (base, asked) = peer(|base| vec![bundle(&[], Some(&format!("{base}/Task?again")))]).await;
    assert!(matches!(find(&base, 10).await.unwrap_err(), FindError::TooMany(_)));
    assert_eq!(asked.lock().unwrap().len(), 50);
    let (base, _) = peer(|_| vec![bundle(&["a", "b", "c"], None)]).await;
    assert_eq!(find(&base, 2).await.unwrap_err(), FindError::TooMany(2));
}

#[tokio::test]
async fn all_pages_together_have_a_limit_in_octets() {
    // Of 30 000 octets each, where one answer may have 100 000: thirteen pages are 390 000 octets.
    let padded = |page: usize, next: Option<&str>| {
        let entry = format!(
            r#"{{"resource":{{"resourceType":"Task","id":"t-{page}","description":"{}"}}}}"#,
            "x".repeat(30_000)
        );
        let link =
            next.map(|url| format!(r#","link":[{{"relation":"next","url":"{url}"}}]"#)).unwrap_or_default();
        says("200 OK", &format!(r#"{{"resourceType":"Bundle","type":"searchset"{link},"entry":[{entry}]}}"#))
    };
    let pages = |count: usize| {
        move |base: &str| {
            let next = format!("{base}/Task?more");
            (1..=count).map(|page| padded(page, (page < count).then_some(next.as_str()))).collect()
        }
    };
    let (base, asked) = peer(pages(13)).await;
    assert_eq!(find(&base, 50).await.unwrap().matches.len(), 13);
    assert_eq!(asked.lock().unwrap().len(), 13);
    let (base, asked) = peer(pages(30)).await;
    let error = find(&base, 50).await.unwrap_err();
    assert_eq!(error, FindError::NoAnswer(Error::TooLarge(400_000)));
    assert!(error.is_of_one(), "another search may be answered");
    assert_eq!(asked.lock().unwrap().len(), 14, "the others are not asked for");
}

#[tokio::test]
async fn what_is_no_list_never_passes_for_an_empty_one() {
    let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"x","diagnostics":"words"}]}"#;
    for (status, code, is_of_one) in [
        ("401 Unauthorized", "unauthorised", false),
        ("403 Forbidden", "unauthorised", true),
        ("404 Not Found", "not-served", true),
        ("410 Gone", "not-served", true),
        ("501 Not Implemented", "not-served", true),
        ("400 Bad Request", "status", true),
        ("422 Unprocessable Content", "status", true),
        ("408 Request Timeout", "status", false),
        ("429 Too Many Requests", "status", false),
        ("500 Internal Server Error", "status", false),
        ("503 Service Unavailable", "status", false),
        ("200 OK", "malformed", true),
    ] {
        let (base, _) = peer(|_| vec![says(status, outcome)]).await;
        let error = find(&base, 10).await.unwrap_err();
        assert_eq!((error.code(), error.is_of_one()), (code, is_of_one), "{status}");
        assert!(!error.in_brief().contains("words"), "{status}");
    }
    let (base, _) = peer(|_| vec![says("400 Bad Request", outcome)]).await;
    let error = find(&base, 10).await.unwrap_err();
    assert_eq!(error.to_string(), "the server answered with HTTP status 400: words");
}

#[tokio::test]
async fn the_second_page_that_fails_ends_all() {
    let (base, _) = peer(|base| {
        vec![bundle(&["a"], Some(&format!("{base}/Task?page=2"))), says("500 Internal Server Error", "")]
    })
    .await;
    assert_eq!(find(&base, 10).await.unwrap_err().code(), "status");
}
