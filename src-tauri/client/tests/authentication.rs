//! Access tokens: where they come from, whom they are shown to, and what becomes of refusals; against real sockets.

use crate::common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use client::smart::{Algorithm, AssertionKey, BackendServices, Registration};
use client::{AccessProblem, Authentication, Client, Error, Exchange, Reach, Transport};
use common::{answer, listener, options, read_request};
use jiff::Timestamp;
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

const JSON: &str = "Content-Type: application/json\r\nConnection: close\r\n";
const FHIR: &str = "Content-Type: application/fhir+json\r\nConnection: close\r\n";

/// Signs nothing, and shows what it was asked to sign.
struct Key;

impl AssertionKey for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es384
    }

    fn sign(&self, claims: &[u8]) -> Option<Zeroizing<String>> {
        let text = String::from_utf8_lossy(claims).replace(['"', '{', '}', ':', ','], "~");
        Some(Zeroizing::new(text))
    }
}

/// Answers one connection with each of these; the requests.
async fn peer(answers: Vec<String>) -> (u16, JoinHandle<Vec<String>>) {
    let (listener, port) = listener().await;
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for text in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(read_request(&mut stream).await);
            // The client may have left already (an oversized answer).
            let _ = stream.write_all(text.as_bytes()).await;
        }
        requests
    });
    (port, task)
}

fn granted(token: &str) -> String {
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#);
    answer("200 OK", JSON, &body)
}

/// A client whose server is on one port, and its token endpoint on another.
fn client(server: u16, tokens: u16) -> Client {
    let base = format!("http://127.0.0.1:{server}/fhir");
    let registration = Registration {
        client_id: "device".to_owned(),
        token_endpoint: Some(format!("http://127.0.0.1:{tokens}/token")),
        scope: "system/Patient.r".to_owned(),
        key: Arc::new(Key),
    };
    let now = Arc::new(|| "2026-11-21T09:00:00Z".parse().unwrap());
    let transport = Transport::default();
    let services = BackendServices::new(registration, &base, options(), &transport, now).unwrap();
    let client = Client::over(&base, options(), &transport).unwrap();
    client.authenticated(Authentication::backend_services(services))
}

async fn read(client: &Client) -> Result<Exchange, Error> {
    client.read("Patient", "a").await.map_err(|failure| {
        assert!(!format!("{failure} {failure:?}").contains("sekret"), "{failure:?}");
        failure.error
    })
}

fn shown(request: &str) -> Option<&str> {
    request.lines().find_map(|line| line.strip_prefix("authorization: "))
}

#[tokio::test]
async fn a_token_is_asked_for_as_the_specification_says_and_used_until_it_is_refused() {
    let resource = || answer("200 OK", FHIR, "{}");
    let refused = || answer("401 Unauthorized", FHIR, "");
    let (server, at_server) =
        peer(vec![resource(), resource(), refused(), resource(), refused(), refused()]).await;
    let (tokens, at_tokens) = peer(vec![granted("one"), granted("two"), granted("three")]).await;
    let client = client(server, tokens);
    for status in [200, 200, 200, 401] {
        assert_eq!(read(&client).await.unwrap().status, status);
    }
    let requests = at_server.await.unwrap();
    let tokens_shown: Vec<_> = requests.iter().map(|request| shown(request).unwrap()).collect();
    assert_eq!(
        tokens_shown,
        ["Bearer one", "Bearer one", "Bearer one", "Bearer two", "Bearer two", "Bearer three"],
        "once more with a new one, and not again"
    );
    let asked = at_tokens.await.unwrap();
    assert!(asked[0].starts_with("POST /token HTTP/1.1\r\n"), "{}", asked[0]);
    for part in [
        "content-type: application/x-www-form-urlencoded\r\n",
        "grant_type=client_credentials&scope=system%2FPatient.r&client_assertion_type=\
         urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=",
        "iss%7E%7E%7Edevice", // with what stands in for quotes and colons
        "sub%7E%7E%7Edevice",
    ] {
        assert!(
            asked[0].contains(part) || asked[0].contains(&part.replace("%7E", "~")),
            "{part}: {}",
            asked[0]
        );
    }
    assert!(shown(&asked[0]).is_none(), "a token endpoint sees no token");
}

#[tokio::test]
async fn several_requests_at_once_wait_for_one_token() {
    let (server, at_server) = peer(vec![answer("200 OK", FHIR, "{}"); 4]).await;
    let (tokens, at_tokens) = peer(vec![granted("one")]).await;
    let client = client(server, tokens);
    let (a, b, c, d) = tokio::join!(read(&client), read(&client), read(&client), read(&client));
    assert!([a, b, c, d].iter().all(|outcome| outcome.as_ref().unwrap().status == 200));
    assert_eq!((at_server.await.unwrap().len(), at_tokens.await.unwrap().len()), (4, 1));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(70_000));
    let refused = |status: &str, error: &str| answer(status, JSON, &format!(r#"{{"error":"{error}"}}"#));
    for (text, code, pauses) in [
        (refused("401 Unauthorized", "invalid_client"), "client-refused", true),
        (refused("400 Bad Request", "unauthorized_client"), "client-refused", true),
        (refused("400 Bad Request", "invalid_scope"), "token-refused", true),
        (refused("400 Bad Request", "sekret"), "token-refused", true),
        (refused("503 Busy", "temporarily_unavailable"), "token-unreachable", false),
        (answer("302 Found", "Location: http://127.0.0.1:9/\r\n", ""), "token-unreachable", false),
        (answer("200 OK", "Content-Type: text/html\r\n", "<html>sekret"), "token-unreachable", false),
        (
            answer("200 OK", JSON, r#"{"access_token":"sekret","token_type":"mac"}"#),
            "token-unreachable",
            false,
        ),
        (
            answer("200 OK", JSON, r#"{"access_token":"a\nb","token_type":"bearer"}"#),
            "token-unreachable",
            false,
        ),
        (answer("200 OK", "Content-Encoding: gzip\r\n", "x"), "token-unreachable", false),
        (answer("200 OK", JSON, &long), "token-unreachable", false),
    ] {
        let (idle, server) = listener().await;
        let (tokens, _asked) = peer(vec![text.clone()]).await;
        let error = read(&client(server, tokens)).await.expect_err(&text);
        assert_eq!((error.code(), error.is_unauthorised()), (code, pauses), "{text}");
        assert_eq!(error.reach(), Reach::NotSent);
        let asked = tokio::time::timeout(Duration::from_millis(20), idle.accept()).await;
        assert!(asked.is_err(), "nothing may be sent: {text}");
    }
}

#[tokio::test]
async fn an_authorization_server_that_is_away_is_asked_again_later() {
    let (closed, tokens) = listener().await;
    drop(closed);
    let (server, _at_server) = peer(vec![answer("200 OK", FHIR, "{}")]).await;
    let client = client(server, tokens);
    let refused = Error::Access(AccessProblem::Unavailable(Box::new(Error::Refused)));
    assert_eq!(read(&client).await, Err(refused.clone()));
    assert_eq!(read(&client).await, Err(refused.clone()), "it is let rest for a moment");
    assert!(refused.is_away() && Error::AWAY.contains(&refused.code()));
}

#[tokio::test]
async fn an_authorization_server_that_asks_for_time_gets_it() {
    for (status, header) in [
        ("503 Busy", "Retry-After: 3\r\n"),
        (
            "429 Too Many",
            "Date: Sat, 21 Nov 2026 09:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 09:00:03 GMT\r\n",
        ),
    ] {
        let busy = answer(status, &format!("{JSON}{header}"), "");
        let (server, _at_server) = peer(vec![answer("200 OK", FHIR, "{}")]).await;
        let (tokens, _at_tokens) = peer(vec![busy, granted("one")]).await;
        let client = client(server, tokens);
        let begun = Instant::now();
        assert_eq!(read(&client).await.unwrap_err().code(), "token-unreachable");
        assert_eq!(read_at_last(&client).await.status, 200);
        // The machine's load only makes it longer.
        assert!(begun.elapsed() >= Duration::from_secs(3), "{status}: {:?}", begun.elapsed());
    }
}

/// What its requests say about their end, in seconds since 1970.
fn ends(requests: &[String]) -> Vec<i64> {
    let after = |request: &str| {
        let claims = request.replace("%7E", "~");
        let (_, rest) = claims.split_once("exp~~").unwrap();
        rest.trim_end_matches('~').parse().unwrap()
    };
    requests.iter().map(|request| after(request)).collect()
}

/// When an assertion ends that is made now by this device's clock.
fn usual_end() -> i64 {
    "2026-11-21T09:04:00Z".parse::<Timestamp>().unwrap().as_second()
}

/// Asks until the rest after a failure is over.
async fn read_at_last(client: &Client) -> Exchange {
    for _ in 0..2_000 {
        match read(client).await {
            Ok(exchange) => return exchange,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("nothing was read")
}

#[tokio::test]
async fn a_clock_that_cannot_be_right_is_not_believed_and_harms_nothing() {
    for date in [
        "Thu, 30 Dec 9999 21:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31-Dec-99 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sun, 22 Nov 2026 09:00:01 GMT",
        "Fri, 20 Nov 2026 08:59:59 GMT",
    ] {
        let with_date = format!("{JSON}Date: {date}\r\n");
        let refused = answer("400 Bad Request", &with_date, r#"{"error":"invalid_request"}"#);
        let (server, at_server) = peer(vec![answer("200 OK", FHIR, "{}")]).await;
        let (tokens, at_tokens) = peer(vec![refused, granted("one")]).await;
        let client = client(server, tokens);
        assert_eq!(read(&client).await.unwrap_err().code(), "token-refused", "{date}");
        assert_eq!(read_at_last(&client).await.status, 200, "{date}");
        assert_eq!(ends(&at_tokens.await.unwrap()), [usual_end(); 2], "{date}");
        assert_eq!(at_server.await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_assertion_is_one_of_the_servers_own_time_up_to_a_day() {
    for (date, ahead) in
        [("Sun, 22 Nov 2026 09:00:00 GMT", 86_400), ("Fri, 20 Nov 2026 09:00:00 GMT", -86_400)]
    {
        let with_date = format!("{JSON}Date: {date}\r\n");
        let refused = answer("400 Bad Request", &with_date, r#"{"error":"invalid_request"}"#);
        let (server, _at_server) = peer(vec![answer("200 OK", FHIR, "{}")]).await;
        let (tokens, at_tokens) = peer(vec![refused, granted("one")]).await;
        assert_eq!(read(&client(server, tokens)).await.unwrap().status, 200, "at once: {date}");
        assert_eq!(ends(&at_tokens.await.unwrap()), [usual_end(), usual_end() + ahead], "{date}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let (idle, port) = listener().await;
    let client = Client::new(&format!("http://127.0.0.1:{port}/fhir"), options()).unwrap();
    let error = read(&client.authenticated(Authentication::missing())).await.unwrap_err();
    assert_eq!((&error, error.code()), (&Error::Access(AccessProblem::Missing), "credentials"));
    assert!(error.is_unauthorised());
    assert!(tokio::time::timeout(Duration::from_millis(20), idle.accept()).await.is_err());
}

#[tokio::test]
async fn a_stored_token_is_shown_to_its_own_server_alone() {
    let (server, at_server) = peer(vec![answer("200 OK", FHIR, "{}"), answer("401 No", FHIR, "")]).await;
    let base = format!("http://127.0.0.1:{server}/fhir");
    let client = Client::new(&base, options()).unwrap();
    let client = client.authenticated(Authentication::bearer("sekret").unwrap());
    assert!(!format!("{client:?}").contains("sekret"));
    assert_eq!(read(&client).await.unwrap().status, 200);
    assert_eq!(read(&client).await.unwrap().status, 401, "another token cannot be had");
    for request in at_server.await.unwrap() {
        assert_eq!(shown(&request), Some("Bearer sekret"));
    }
    let elsewhere = client.next_page("http://127.0.0.1:9/fhir?page=2").await;
    assert!(elsewhere.is_err(), "a link cannot lead it elsewhere");
    assert!(client.at_same_origin("http://127.0.0.1:9/fhir").is_none());
}
