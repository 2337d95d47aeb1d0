//! The server misbehaves in what it answers, and the connection breaks: one response, one Provenance, nothing lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use attesta_tests::delivery::{Rig, insert, item, sign, wait_for};
use device::delivery::{Pause, State, alert_detail, alert_rows};
use device::store::alert::AlertKind;
use device::store::attempt;
use practice::faults::{Armed, Fault, On};

/// Everything that a server can do wrong without keeping anything else than what was sent.
fn harmless() -> Vec<Fault> {
    vec![
        Fault::NoBody,
        Fault::Status500,
        Fault::Status500Before,
        Fault::NoAnswer,
        Fault::ResetBefore,
        Fault::Truncate,
        Fault::Reorder,
        Fault::Refuse { status: 409, retry_after: None },
        Fault::Refuse { status: 412, retry_after: None },
        Fault::Refuse { status: 503, retry_after: None },
        Fault::SlowDrip { bytes: 512, every_milliseconds: 5 },
    ]
}

#[test]
fn every_fault_on_every_resource_ends_in_one_proof_and_no_alert() {
    for resource_type in ["QuestionnaireResponse", "Provenance", "DocumentReference"] {
        for fault in harmless() {
            let when = format!("{} of a {resource_type}", fault.id());
            let rig = Rig::new();
            rig.server.faults().set(Armed::new(fault, 1).for_type(resource_type));
            let record = rig.freeze();
            let record = rig.settled(&record);
            if when.starts_with("reorder") {
                // What is stored has another member order, which is no change in FHIR.
                assert_eq!(record.state, State::Done, "{when}");
                assert!(alert_rows(&rig.store).unwrap().is_empty(), "{when}: member order is no difference");
            } else {
                rig.assert_proven(&record, &when);
            }
            assert!(rig.server.faults().armed().is_empty(), "{when}: the fault was not met");
        }
    }
}

#[test]
fn faults_in_a_row_and_in_searches_end_in_one_proof() {
    let rig = Rig::new();
    let faults = rig.server.faults();
    faults.set(Armed::new(Fault::NoAnswer, 1).for_type("*"));
    faults.set(Armed::new(Fault::Truncate, 3).for_type("*").on(On::Read));
    faults.set(Armed::new(Fault::Status500Before, 2).for_type("*").on(On::Any));
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "three kinds of fault at once");
}

#[test]
fn an_answer_that_never_ends_is_given_up_and_looked_up() {
    let rig = Rig::with(|context| {
        let options = client::Options { timeout: Duration::from_millis(700), ..client::Options::default() };
        context.client = client::Client::new(context.client.base_url(), options).unwrap();
    });
    rig.server.faults().set(Armed::new(Fault::SlowDrip { bytes: 8, every_milliseconds: 200 }, 1));
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "slow drip");
    let attempts = rig
        .store
        .read(|connection| attempt::of_subject(connection, &format!("record/{}", record.id)))
        .unwrap();
    assert!(attempts.iter().any(|attempt| attempt.error.as_deref() == Some("timeout")), "{attempts:?}");
}

#[test]
fn a_closed_listener_loses_nothing_and_a_reopened_one_gets_each_response_once() {
    let rig = Rig::new();
    rig.server.close_listener();
    let records: Vec<String> = (0..12).map(|_| rig.freeze()).collect();
    wait_for(Duration::from_secs(20), || {
        let status = rig.worker.status().unwrap();
        let refused = |id: &String| item(&rig.store, id).problem.as_deref() == Some("refused");
        (status.own.offline && records.iter().all(refused)).then_some(())
    });
    assert!(records.iter().all(|id| item(&rig.store, id).state == State::Sending));
    rig.server.reopen_listener().unwrap();
    for id in &records {
        assert_eq!(rig.settled(id).state, State::Done);
    }
    let mut sent: Vec<String> = rig.stored_as_sent("QuestionnaireResponse");
    let mut frozen: Vec<String> =
        records.iter().map(|id| String::from_utf8(item(&rig.store, id).response).unwrap()).collect();
    sent.sort();
    frozen.sort();
    assert!(sent == frozen, "the server's responses are not the frozen ones, each once");
    assert_eq!(rig.stored("Provenance").len(), records.len());
    assert_eq!(rig.stored("DocumentReference").len(), 1, "the certificate is posted once");
    assert!(!rig.worker.standing().offline);
}

#[test]
fn a_listener_that_closes_in_the_middle_changes_nothing() {
    let rig = Rig::new();
    let records: Vec<String> = (0..10).map(|_| rig.freeze()).collect();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(30));
        rig.server.close_listener();
        rig.server.reopen_listener().unwrap();
    }
    for id in &records {
        assert_eq!(rig.settled(id).state, State::Done);
    }
    assert_eq!(rig.stored("QuestionnaireResponse").len(), records.len());
    assert_eq!(rig.stored("Provenance").len(), records.len());
    assert!(alert_rows(&rig.store).unwrap().is_empty());
}

#[test]
fn retry_after_is_obeyed() {
    let rig = Rig::new();
    rig.server.faults().set(Armed::new(Fault::Refuse { status: 429, retry_after: Some(2) }, 1));
    let started = Instant::now();
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert!(started.elapsed() >= Duration::from_secs(2), "sent again after {:?}", started.elapsed());
    rig.assert_proven(&record, "429");
}

#[test]
fn an_unauthorised_device_pauses_and_goes_on_when_told() {
    for status in [401, 403] {
        let rig = Rig::new();
        rig.server.faults().set(Armed::new(Fault::Refuse { status, retry_after: None }, 1000));
        let record = rig.freeze();
        wait_for(Duration::from_secs(10), || {
            (rig.worker.standing().paused == Some(Pause::Unauthorised)).then_some(())
        });
        let attempts = item(&rig.store, &record).attempts;
        rig.freeze();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(item(&rig.store, &record).attempts, attempts, "{status}: a paused queue sends nothing");
        rig.server.faults().clear();
        rig.worker.send_now().unwrap();
        assert_eq!(rig.settled(&record).state, State::Done);
        assert_eq!(rig.stored("QuestionnaireResponse").len(), 2);
    }
}

#[test]
fn a_refused_response_is_set_aside_with_its_outcome_and_blocks_no_other() {
    for status in [400, 404, 413, 422] {
        let rig = Rig::new();
        rig.server.faults().set(Armed::new(Fault::Refuse { status, retry_after: None }, 1));
        let refused = rig.freeze();
        assert_eq!(rig.settled(&refused).state, State::Quarantined, "{status}");
        let other = rig.freeze();
        assert_eq!(rig.settled(&other).state, State::Done, "{status}: one bad item blocks no other");
        let alerts = alert_rows(&rig.store).unwrap();
        assert_eq!(alerts.len(), 1);
        let detail = alert_detail(&rig.store, &alerts[0].id).unwrap();
        assert_eq!(detail.status, Some(status));
        assert!(!detail.refusal.is_empty(), "{status}: the server's OperationOutcome is kept");
        assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
    }
}

#[test]
fn an_expired_certificate_holds_delivery() {
    let rig = Rig::with(|context| {
        context.clock = Arc::new(|| &jiff::Zoned::now() + jiff::Span::new().years(20));
    });
    let record = rig.freeze();
    wait_for(Duration::from_secs(10), || {
        (rig.worker.standing().paused == Some(Pause::CertificateExpired)).then_some(())
    });
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(item(&rig.store, &record).state, State::Frozen);
    assert!(rig.stored("QuestionnaireResponse").is_empty());
}

#[test]
fn an_earlier_create_that_won_is_compared_and_proven() {
    let rig = Rig::new();
    let signed = sign(rig.signer.as_ref());
    // The signed bytes reach the server on another way first.
    rig.request(async |client| client.create("QuestionnaireResponse", &signed.response, None).await.unwrap());
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "an earlier create won");
}

#[test]
fn an_earlier_create_is_compared_in_its_first_version_whatever_came_later() {
    let rig = Rig::new();
    let signed = sign(rig.signer.as_ref());
    rig.request(async |client| {
        let created = client.create("QuestionnaireResponse", &signed.response, None).await.unwrap();
        let mut other = created.resource().unwrap().unwrap();
        let id = other.str("id").unwrap().to_owned();
        other.as_object_mut().unwrap().insert("status", "amended");
        client.update("QuestionnaireResponse", &id, other.to_json().as_bytes(), Some("1")).await.unwrap();
    });
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done);
    assert!(
        record.target().unwrap().ends_with("/_history/1"),
        "the version that was signed is the one proven"
    );
}

#[test]
fn concurrent_creates_end_in_an_alert_that_names_all() {
    let rig = Rig::new();
    let signed = sign(rig.signer.as_ref());
    rig.request(async |client| {
        client.create("QuestionnaireResponse", &signed.response, None).await.unwrap();
        client.create("QuestionnaireResponse", &signed.response, None).await.unwrap();
    });
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    assert_eq!(rig.settled(&record).state, State::Alert);
    let alert = alert_detail(&rig.store, &alert_rows(&rig.store).unwrap()[0].id).unwrap();
    assert_eq!(alert.row.kind, AlertKind::Duplicates);
    let mut named = alert.found.clone();
    let mut kept: Vec<String> = rig
        .stored("QuestionnaireResponse")
        .iter()
        .map(|(id, version, _)| format!("QuestionnaireResponse/{id}/_history/{version}"))
        .collect();
    named.sort();
    kept.sort();
    assert_eq!(named, kept, "the alert names every resource that the server keeps");
    assert_eq!(kept.len(), 2, "and the device adds none");
    assert!(rig.stored("Provenance").is_empty(), "nothing is proven while there are two");
}

#[test]
fn a_create_that_is_acted_on_twice_is_noticed() {
    let rig = Rig::new();
    let signed = sign(rig.signer.as_ref());
    let late = signed.response.clone();
    rig.server.faults().set(Armed::new(Fault::Status500Before, 1));
    rig.server.faults().set(Armed::new(Fault::Refuse { status: 503, retry_after: Some(5) }, 1).on(On::Read));
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    wait_for(Duration::from_secs(10), || rig.server.faults().armed().is_empty().then_some(()));
    // While the device waits, its first request is acted on late, twice.
    rig.request(async |client| {
        client.create("QuestionnaireResponse", &late, None).await.unwrap();
        client.create("QuestionnaireResponse", &late, None).await.unwrap();
    });
    assert_eq!(rig.settled(&record).state, State::Alert);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 2);
}

#[test]
fn replaying_the_outbox_twice_leaves_the_server_as_it_is() {
    let rig = Rig::new();
    let records: Vec<String> = (0..3).map(|_| rig.freeze()).collect();
    for id in &records {
        assert_eq!(rig.settled(id).state, State::Done);
    }
    let snapshot = || {
        ["QuestionnaireResponse", "Provenance", "DocumentReference"]
            .map(|resource_type| rig.stored(resource_type))
    };
    let before = snapshot();
    for unsure in [0, 1] {
        rig.store
            .write(move |tx| {
                tx.execute("UPDATE outbox SET state = 'sending', unsure = ?1", [unsure])?;
                Ok(())
            })
            .unwrap();
        rig.worker.wake();
        for id in &records {
            assert_eq!(rig.settled(id).state, State::Done);
        }
        assert!(snapshot() == before, "a replay (unsure = {unsure}) changed the server");
    }
}

/// A first try whose outcome is not known, and then an answer to the second one that no search leads to.
fn acknowledged_and_not_found(resource_type: &str, path: &str) -> (Rig, String) {
    let rig = Rig::new();
    let faults = rig.server.faults();
    faults.set(Armed::new(Fault::Status500Before, 1).for_type(resource_type));
    let fault = Fault::AlterLeaf { path: Some(path.to_owned()) };
    faults.set(Armed::new(fault, 100).for_type(resource_type));
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).state, State::Alert, "{path}");
    (rig, record)
}

fn assert_created_once(rig: &Rig, record: &str, resource_type: &str, alerts: usize) {
    assert_eq!(rig.stored(resource_type).len(), 1, "an acknowledged create is never followed by another");
    let subject = format!("record/{record}");
    let made = rig.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
    let is_create = |one: &&attempt::Attempt| one.method == "POST" && one.url.ends_with(resource_type);
    let answers: Vec<_> = made.iter().filter(is_create).map(|one| one.status).collect();
    assert_eq!(answers, [Some(500), Some(201)], "the ambiguous create and one more");
    let rows = alert_rows(&rig.store).unwrap();
    assert_eq!(rows.len(), alerts);
    assert_eq!(item(&rig.store, record).state, State::Alert);
}

#[test]
fn an_acknowledged_response_that_no_search_finds_is_compared_and_never_sent_again() {
    let kind = "QuestionnaireResponse";
    let (rig, record) = acknowledged_and_not_found(kind, "QuestionnaireResponse.identifier.value");
    assert_created_once(&rig, &record, kind, 1);
    // What a kill between the acknowledgement and the search leaves.
    let sql = "UPDATE outbox SET state = 'sending', unsure = 1, server_id = NULL, server_version = NULL;
        DELETE FROM outbox_returned";
    rig.store.write(move |tx| Ok(tx.execute_batch(sql)?)).unwrap();
    rig.worker.wake();
    rig.settled(&record);
    assert_created_once(&rig, &record, kind, 2);
}

#[test]
fn an_acknowledged_provenance_that_no_search_finds_is_compared_and_never_sent_again() {
    let (rig, record) = acknowledged_and_not_found("Provenance", "Provenance.signature[0].data");
    assert_created_once(&rig, &record, "Provenance", 1);
    let sql = "UPDATE outbox SET state = 'provenanceSending', unsure = 1, provenance_id = NULL,
        provenance_version = NULL; DELETE FROM outbox_provenance_returned";
    rig.store.write(move |tx| Ok(tx.execute_batch(sql)?)).unwrap();
    rig.worker.wake();
    rig.settled(&record);
    assert_created_once(&rig, &record, "Provenance", 2);
}

/// The first try of a record got the server's acknowledgement of another one; `acted`: the server keeps it, too.
fn told_of_another(acted: bool) {
    let rig = Rig::new();
    let first = rig.freeze();
    assert_eq!(rig.settled(&first).state, State::Done);
    let signed = sign(rig.signer.as_ref());
    if acted {
        let kept = signed.response.clone();
        rig.request(async |client| {
            client.create("QuestionnaireResponse", &kept, None).await.unwrap();
        });
    }
    let other = insert(&rig.store, signed);
    let mixed = "INSERT INTO attempt (subject, at, server, method, url, conditions, status, location)
        SELECT 'record/' || ?1, at, server, method, url, conditions, status, location FROM attempt
        WHERE subject = 'record/' || ?2 AND method = 'POST' AND url LIKE '%/QuestionnaireResponse'";
    let names = [other.clone(), first];
    let copied = rig
        .store
        .write(move |tx| {
            let copied = tx.execute(mixed, names)?;
            tx.execute("UPDATE outbox SET state = 'sending', unsure = 1 WHERE state = 'frozen'", [])?;
            Ok(copied)
        })
        .unwrap();
    assert_eq!(copied, 1, "one answer is mixed up");
    rig.worker.wake();
    assert_eq!(rig.settled(&other).state, State::Done);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 2, "each response once");
    assert!(alert_rows(&rig.store).unwrap().is_empty());
}

#[test]
fn an_acknowledgement_of_another_record_is_no_acknowledgement_of_this_one() {
    told_of_another(true);
    told_of_another(false);
}
