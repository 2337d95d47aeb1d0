//! The practice ledger: each hash once, append-only, over restarts.

use crate::common;

use common::{Answer, client, start_in};
use practice::Handle;

const JSON: &str = "application/json";

fn wanted(hash: &str) -> String {
    format!(r#"{{"algorithm":"SHA-256","hash":"{hash}"}}"#)
}

async fn post(server: &Handle, body: String) -> Answer {
    let url = format!("{}/transactions", server.ledger_url());
    Answer::of(client().post(url).header("Content-Type", JSON).body(body).send().await.unwrap()).await
}

async fn get(server: &Handle, id: &str) -> Answer {
    let url = format!("{}/transactions/{id}", server.ledger_url());
    Answer::of(client().get(url).send().await.unwrap()).await
}

fn text<'a>(entry: &'a serde_json::Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap()
}

fn entry(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn a_hash_is_kept_once_and_found_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_in(folder.path(), Vec::new());
    let hash = "ab".repeat(32);
    let first = post(&server, wanted(&hash)).await;
    assert_eq!((first.status, first.header("content-type")), (201, Some(JSON)));
    let kept = entry(&first);
    assert_eq!((text(&kept, "hash"), text(&kept, "algorithm")), (hash.as_str(), "SHA-256"));
    let id = text(&kept, "transaction").to_owned();
    assert_eq!(first.header("location").unwrap(), format!("/ledger/transactions/{id}"));

    let again = post(&server, wanted(&hash)).await;
    assert_eq!((again.status, entry(&again)), (200, kept.clone()), "the same hash, the same entry");
    let other = post(&server, wanted(&"cd".repeat(32))).await;
    assert_eq!(other.status, 201);
    assert_ne!(text(&entry(&other), "transaction"), id);
    server.stop();

    let server = start_in(folder.path(), Vec::new());
    assert_eq!(entry(&get(&server, &id).await), kept);
    assert_eq!(entry(&post(&server, wanted(&hash)).await), kept);
    get(&server, &"0".repeat(64)).await.is_refused(404, "not-found");
}

#[tokio::test]
async fn what_is_no_hash_is_refused_and_nothing_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_in(folder.path(), Vec::new());
    let hash = "ab".repeat(32);
    for (body, code) in [
        (wanted(&"AB".repeat(32)), "value"),
        (wanted("ab"), "value"),
        (format!(r#"{{"algorithm":"SHA-1","hash":"{hash}"}}"#), "value"),
        (format!(r#"{{"algorithm":"SHA-256","hash":"{hash}","name":"Ada"}}"#), "structure"),
        (String::new(), "structure"),
    ] {
        post(&server, body).await.is_refused(400, code);
    }
    let url = format!("{}/transactions", server.ledger_url());
    let send = async |request: reqwest::RequestBuilder| Answer::of(request.send().await.unwrap()).await;
    send(client().post(&url).body(wanted(&hash))).await.is_refused(415, "not-supported");
    send(client().get(&url)).await.is_refused(405, "not-supported");
    let id = text(&entry(&post(&server, wanted(&hash)).await), "transaction").to_owned();
    send(client().delete(format!("{url}/{id}"))).await.is_refused(405, "not-supported");
    send(client().get(server.ledger_url())).await.is_refused(404, "not-supported");
}
