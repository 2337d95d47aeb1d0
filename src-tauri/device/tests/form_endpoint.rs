//! A form that says where its answers go (SDC, `sdc-questionnaire-endpoint`): to a server that the study's configuration lists,
//! which learns nothing of what the study's own server is shown.

use crate::common;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use common::clinic::{Clinic, due_task, parse, started};
use common::delivery::{context, until};
use device::delivery::Worker;
use device::store::assignment::Told;
use device::store::outbox;
use device::{Authentication, Endpoint, Tolerances};
use fhir::{Value, Version, object};
use questionnaire::instruments;
use tempfile::TempDir;

const TOKEN: &str = "a-token-that-nobody-else-may-see";

/// The PHQ-9, which names this address.
fn form(address: &str) -> Value {
    let mut form = parse(instruments::PHQ9);
    let endpoint = object! {
        "url" => "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-endpoint",
        "valueUri" => address,
    };
    let mut extensions = form.list("extension").to_vec();
    extensions.push(endpoint);
    form.as_object_mut().unwrap().insert("extension", extensions);
    form
}

/// What stands before a server and keeps all that it is sent.
struct Overheard {
    port: u16,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Overheard {
    fn before(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Arc::<Mutex<Vec<u8>>>::default();
        let keep = Arc::clone(&sent);
        std::thread::spawn(move || {
            for device in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).unwrap();
                let (back, to) = (server.try_clone().unwrap(), device.try_clone().unwrap());
                std::thread::spawn(move || pass(&back, &to, |_| ()));
                let keep = Arc::clone(&keep);
                std::thread::spawn(move || {
                    pass(&device, &server, |some| keep.lock().unwrap().extend_from_slice(some));
                });
            }
        });
        Self { port, sent }
    }

    fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/fhir", self.port)
    }

    /// In small letters.
    fn sent(&self) -> String {
        String::from_utf8_lossy(&self.sent.lock().unwrap()).to_lowercase()
    }
}

fn pass(mut from: &TcpStream, mut to: &TcpStream, seen: impl Fn(&[u8])) {
    let mut octets = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut octets) {
        seen(&octets[..length]);
        if to.write_all(&octets[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

#[test]
fn a_form_is_filled_and_its_answers_go_to_the_listed_server_that_it_names_without_a_token() {
    let folder = TempDir::new().unwrap();
    let further = started(folder.path(), Version::R4, |_| ());
    let overheard = Overheard::before(further.port());
    let base = overheard.base_url();
    let clinic = Clinic::of(
        Version::R4,
        |seeds| {
            seeds.questionnaires = vec![form(&base)];
            seeds.tasks = vec![due_task()];
        },
        |configuration| {
            configuration.policy.authentication = Authentication::Bearer {};
            configuration.policy.assignments.as_mut().unwrap().endpoints = vec![Endpoint {
                base: base.clone(),
                name: "Registry".to_owned(),
                tolerances: Tolerances::default(),
                tls_anchors: None,
            }];
        },
    );
    clinic.server.authorization().demand();
    let scopes = format!("{} {}", client::smart::SCOPE, client::smart::ASSIGNMENT_SCOPE);
    clinic.server.authorization().hand_out(TOKEN, &scopes);
    clinic.device().put_access_token(TOKEN, &clinic.staff).unwrap();

    let pulled = clinic.pulled();
    assert_eq!((pulled.problem, pulled.refused.as_slice(), pulled.due.len()), (None, &[][..], 1));
    let visit = clinic.start();
    assert!(clinic.assignments().tell_now().unwrap());
    let record = clinic.sign(&visit);
    let study = context(clinic.device(), clinic.device().server().unwrap());
    let elsewhere = study.everywhere_else(clinic.device()).unwrap();
    let worker = Worker::start_all(Arc::new(study), elsewhere, clinic.runtime.handle());
    let store = clinic.device().store();
    until("proof", || store.read(|connection| outbox::is_proven(connection, &record)).unwrap());
    worker.stop();

    let kept = |folder: &TempDir, kind: &str| practice::storage::read_all(folder.path(), kind).unwrap();
    for (kind, name) in [
        ("QuestionnaireResponse", "post /fhir/questionnaireresponse "),
        ("DocumentReference", "post /fhir/documentreference "),
        ("Provenance", "post /fhir/provenance "),
    ] {
        assert_eq!((kept(&folder, kind).len(), kept(&clinic.server_data, kind).len()), (1, 0), "{kind}");
        assert_eq!(overheard.sent().matches(name).count(), 1, "{kind}");
    }
    let sent = overheard.sent();
    for secret in [TOKEN, "authorization", "cookie"] {
        assert!(!sent.contains(secret), "{secret} was sent to another server");
    }

    clinic.assignments().tell_now().unwrap();
    assert_eq!(clinic.assignments().list().unwrap().begun[0].told, Told::Completed);
    let (_, _, task) = kept(&clinic.server_data, "Task").pop().unwrap();
    let task = parse(&task);
    let item = store.read(|connection| outbox::by_id(connection, &record)).unwrap();
    assert_eq!(item.endpoint.as_deref(), Some(base.as_str()));
    let output = task.list("output")[0].get("valueReference").unwrap().str("reference").unwrap();
    assert_eq!(output, format!("{base}/QuestionnaireResponse/{}", item.server_id.unwrap()));
}
