//! What is stored stays stored: over restarts, concurrent creates, a closed listener.

use crate::common;

use common::{Answer, DEVICE, FHIR_JSON, Practice, client, questionnaire, response, start_in, uuid};
use fhir::Version;
use practice::{Error, Options, Seeds, Server, storage::read_all};

#[tokio::test]
async fn a_restart_finds_everything_and_makes_no_versions_of_equal_seeds() {
    let folder = tempfile::tempdir().unwrap();
    let first = start_in(folder.path(), vec![questionnaire()]);
    let anchor = first.anchor_pem().to_owned();
    let url = format!("{}/QuestionnaireResponse", first.base_url());
    let created =
        client().post(url).header("Content-Type", FHIR_JSON).body(response(1)).send().await.unwrap();
    let created = Answer::of(created).await;
    first.stop();

    let mut changed = questionnaire();
    changed.as_object_mut().unwrap().insert("title", "Changed");
    for (seed, versions) in [(questionnaire(), 1), (changed.clone(), 2), (changed, 2)] {
        let again = start_in(folder.path(), vec![seed]);
        assert_eq!(again.anchor_pem(), anchor, "the practice CA stays the same");
        let url = format!("{}/QuestionnaireResponse/{}", again.base_url(), created.id());
        let read = Answer::of(client().get(url).send().await.unwrap()).await;
        assert_eq!(read.body, created.body);
        assert_eq!(read_all(folder.path(), "Questionnaire").unwrap().len(), versions);
        assert_eq!(read_all(folder.path(), "Patient").unwrap().len(), 5);
        assert_eq!(read_all(folder.path(), "Device").unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_conditional_creates_make_one_resource() {
    let practice = std::sync::Arc::new(Practice::start());
    let creates: Vec<_> = (0..20)
        .map(|_| {
            let practice = std::sync::Arc::clone(&practice);
            tokio::spawn(async move {
                Answer::of(practice.create_once(&uuid(1), response(1)).send().await.unwrap()).await
            })
        })
        .collect();
    let mut statuses = Vec::new();
    let mut ids = Vec::new();
    for create in creates {
        let answer = create.await.unwrap();
        ids.push(answer.id());
        statuses.push(answer.status);
    }
    statuses.sort_unstable();
    ids.dedup();
    assert_eq!(statuses[19], 201);
    assert!(statuses[..19].iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(ids.len(), 1, "all are told of the same resource");
    assert_eq!(practice.stored("QuestionnaireResponse").len(), 1);
}

#[tokio::test]
async fn a_closed_listener_refuses_connections_and_opens_at_the_same_address() {
    let practice = Practice::start();
    let kept_alive = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/metadata", practice.handle.base_url());
    for _ in 0..3 {
        assert_eq!(kept_alive.get(&url).send().await.unwrap().status().as_u16(), 200);
        practice.handle.close_listener();
        assert!(!practice.handle.listener_open());
        let error = client().get(&url).send().await.expect_err("nothing listens");
        assert!(error.is_connect(), "{error:?}");
        kept_alive.get(&url).send().await.expect_err("open connections are ended too");
        practice.handle.reopen_listener().unwrap();
        practice.handle.reopen_listener().unwrap();
        assert_eq!(client().get(&url).send().await.unwrap().status().as_u16(), 200);
    }
    drop(practice);
    client().get(&url).send().await.expect_err("a dropped server is gone");
}

#[tokio::test]
async fn two_servers_can_share_one_folder_without_losing_anything() {
    let folder = tempfile::tempdir().unwrap();
    let handles = [start_in(folder.path(), vec![]), start_in(folder.path(), vec![])];
    for number in 0..20 {
        let url = format!("{}/QuestionnaireResponse", handles[number % 2].base_url());
        let body = response(u32::try_from(number).unwrap());
        let answer = client().post(url).header("Content-Type", FHIR_JSON).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
    }
    assert_eq!(read_all(folder.path(), "QuestionnaireResponse").unwrap().len(), 20);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_in(folder.path(), vec![]);
    let start = |data_dir: std::path::PathBuf, port, seeds| {
        Server::start(Options { data_dir, port, seeds, version: Version::R4 }).expect_err("it cannot start")
    };
    let other = tempfile::tempdir().unwrap();
    let taken = start(other.path().to_owned(), running.port(), Seeds::default());
    assert!(matches!(taken, Error::Bind { .. }), "{taken}");

    let file = folder.path().join("practice.db");
    let not_a_folder = start(file.join("below"), 0, Seeds::default());
    assert!(matches!(not_a_folder, Error::Folder { .. }), "{not_a_folder}");

    std::fs::write(other.path().join("practice.db"), "not a database, but long enough to look at").unwrap();
    let damaged = start(other.path().to_owned(), 0, Seeds::default());
    assert!(matches!(damaged, Error::Database(_)), "{damaged}");

    let without_id =
        Seeds::practice(DEVICE, vec![fhir::object! { "resourceType" => "Questionnaire" }], Version::R4);
    let empty = tempfile::tempdir().unwrap();
    let seed = start(empty.path().to_owned(), 0, without_id);
    assert!(matches!(seed, Error::Seed { .. }), "{seed}");
}

#[cfg(unix)]
#[test]
fn the_database_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let practice = Practice::start();
    for entry in std::fs::read_dir(practice.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} holds the practice CA's keys", entry.file_name());
    }
}
