//! Creates by `PUT`: only where the server has proven that it never overwrites, and then as exactly once as by `POST`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use attesta_tests::delivery::{Rig, insert, sign};
use client::{Client, Options};
use device::Create;
use device::delivery::{State, alert_rows};
use device::store::outbox::Item;
use fhir::Version;
use practice::faults::{Armed, Fault};

fn rig(version: Version) -> Rig {
    Rig::of(version, |context| context.create = Create::Put)
}

/// What the probe left on the server: a document that is marked as an error, in one version.
fn probes(rig: &Rig) -> usize {
    rig.stored("DocumentReference").iter().filter(|(_, _, text)| text.contains("entered-in-error")).count()
}

fn assert_proven(rig: &Rig, record: &Item, when: &str) {
    assert_eq!(record.state, State::Done, "{when}: {:?}", record.problem);
    let stored = rig.stored("QuestionnaireResponse");
    assert_eq!(stored.len(), 1, "{when}: one resource in one version");
    let uuid = record.identifier.strip_prefix("urn:uuid:").unwrap();
    assert_eq!((stored[0].0.as_str(), stored[0].1), (uuid, 1), "{when}: under the identifier's UUID");
    assert_eq!(rig.stored("Provenance").len(), 1, "{when}");
    assert!(alert_rows(&rig.store).unwrap().is_empty(), "{when}");
    rig.assert_verifies(record, when);
}

#[test]
fn a_record_is_created_under_its_own_id_once_the_server_has_passed_the_probe() {
    for version in [Version::R4, Version::R5] {
        let rig = rig(version);
        let record = rig.freeze();
        let record = rig.settled(&record);
        assert_proven(&rig, &record, version.number());
        assert_eq!(probes(&rig), 1, "one probe, one version of it");
        let again = rig.freeze();
        assert_eq!(rig.settled(&again).state, State::Done);
        assert_eq!(probes(&rig), 1, "what is proven is not asked again");
    }
}

#[test]
fn whatever_happens_to_the_answer_there_is_one_resource() {
    for fault in [
        Fault::NoBody,
        Fault::Status500,
        Fault::Status500Before,
        Fault::NoAnswer,
        Fault::ResetBefore,
        Fault::Truncate,
        Fault::Refuse { status: 409, retry_after: None },
        Fault::Refuse { status: 412, retry_after: None },
    ] {
        let rig = rig(Version::R4);
        rig.server.faults().set(Armed::new(fault.clone(), 1).for_type("QuestionnaireResponse"));
        let record = rig.freeze();
        assert_proven(&rig, &rig.settled(&record), fault.id());
    }
}

#[test]
fn what_the_server_created_under_the_devices_id_is_not_looked_up_once_more() {
    let rig = rig(Version::R4);
    rig.server.faults().set(Armed::new(Fault::Status500Before, 1).for_type("QuestionnaireResponse"));
    let record = rig.freeze();
    assert_proven(&rig, &rig.settled(&record), "500");
    let requests = rig.server.faults().requests();
    let of = requests.iter().filter(|one| one.path.contains("QuestionnaireResponse"));
    let methods: Vec<_> = of.map(|one| one.method.as_str()).collect();
    // Under its id, by its identifier, and by its time, before it is sent again: then nothing can be there twice. The last one
    // reads back.
    assert_eq!(methods, ["PUT", "GET", "GET", "GET", "PUT", "GET"]);
}

#[test]
fn a_server_that_asks_the_probe_to_wait_is_obeyed() {
    let rig = rig(Version::R4);
    let refused = Fault::Refuse { status: 503, retry_after: Some(2) };
    rig.server.faults().set(Armed::new(refused, 1).for_type("DocumentReference"));
    let started = Instant::now();
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert!(started.elapsed() >= Duration::from_secs(2), "asked again after {:?}", started.elapsed());
    assert_proven(&rig, &record, "503");
}

#[test]
fn what_was_created_by_post_before_is_found_and_not_created_again() {
    let rig = rig(Version::R4);
    let signed = sign(rig.signer.as_ref());
    let bytes = signed.response.clone();
    rig.request(async |client| {
        assert_eq!(client.create("QuestionnaireResponse", &bytes, None).await.unwrap().status, 201);
    });
    // As after a request whose answer never came.
    let record = insert(&rig.store, signed);
    let unsure = record.clone();
    rig.store
        .write(move |tx| Ok(tx.execute("UPDATE outbox SET unsure = 1 WHERE id = ?1", [unsure])?))
        .unwrap();
    rig.worker.wake();
    assert_eq!(rig.settled(&record).state, State::Done);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
}

/// A server that does not know `If-None-Match`: the header never reaches it.
fn forgetful(server: &str) -> String {
    let to = server.strip_prefix("http://").unwrap().strip_suffix("/fhir").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/fhir", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for device in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(&to) else { break };
            let (mut from_server, mut to_device) = (server.try_clone().unwrap(), device.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from_server, &mut to_device));
            std::thread::spawn(move || forget(device, server));
        }
    });
    address
}

fn forget(mut device: TcpStream, mut server: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = device.read(&mut buffer) {
        // Of the same length, and nothing that a server knows.
        let at = buffer[..length].windows(14).position(|name| name.eq_ignore_ascii_case(b"if-none-match:"));
        if let Some(at) = at {
            buffer[at..at + 13].copy_from_slice(b"x-unheard-of-");
        }
        if server.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
}

#[test]
fn a_server_that_overwrites_is_refused_with_plain_words_and_sent_nothing() {
    let rig = Rig::with_server(Version::R4, |context, server| {
        context.create = Create::Put;
        context.client = Client::new(&forgetful(server.base_url()), Options::default()).unwrap();
    });
    let record = rig.freeze();
    let stuck = attesta_tests::delivery::wait_for(Duration::from_secs(20), || {
        let item = attesta_tests::delivery::item(&rig.store, &record);
        (item.problem.as_deref() == Some("put-unproven")).then_some(item)
    });
    assert_eq!(stuck.state, State::Frozen);
    rig.worker.send_now().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(rig.stored("QuestionnaireResponse").is_empty());
    assert_eq!(probes(&rig), 2, "the second version that the server made, and no further probe");
}
