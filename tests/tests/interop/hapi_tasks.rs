//! Tasks on HAPI FHIR's JPA server: pulled by a whole device, answered, and completed once the response is proven.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use attesta_tests::delivery::{drained, item, patient};
use attesta_tests::site::{MemoryKeystore, Site};
use client::{Client, Options};
use device::assignment::Assignments;
use device::delivery::{Context, State, Worker};
use device::store::assignment::Told;
use device::store::visit::Visit;
use device::{Clock, Configuration, Device, Opening, Policy, Tolerances, Words};
use fhir::{Value, Version, array, object};
use practice::seeds;
use questionnaire::{Answer, Control, Position, Session, instruments};
use seal::Tolerance;

use crate::hapi;

const PHQ9: &str = "https://attesta.example/fhir/Questionnaire/phq-9|1.0.0";
const PIN: &str = "4826";
const WORDS: Words<'static> =
    Words { printed_name: "Participant 014-0027", meaning: "These are my answers.", title: "PHQ-9" };

/// The server already has the Patient and the Device that the responses refer to. One Task asks to have the form completed,
/// one to have a request fulfilled that names the form, and one is withdrawn.
pub(crate) fn tasks_are_pulled_answered_proven_and_completed(site: &hapi::Site) {
    let desk = Desk::new(site);
    desk.put(&seeds::organization());
    desk.put(&form(site.version));
    desk.put(&request());
    let task = |id: &str| seeds::task(id, &patient().identifier_value, PHQ9, ("2026-01-01", "2099-12-31"));
    desk.put(&task("t-1"));
    desk.put(&fulfilling(&task("t-2")));
    desk.put(&task("t-3"));

    desk.assignments.pull().unwrap();
    let listed = desk.assignments.list().unwrap();
    assert_eq!((listed.problem, listed.refused.len()), (None, 0), "{listed:?}");
    let mut due: Vec<_> = listed.due.iter().map(|due| due.id.as_str()).collect();
    due.sort_unstable();
    assert_eq!(due, ["t-1", "t-2", "t-3"]);

    let party = patient();
    for (id, input) in [("t-1", 1), ("t-2", 0)] {
        let visit = desk.device.start_assigned_visit(id, &Site::staff()).unwrap();
        assert!(desk.assignments.tell_now().unwrap(), "the response is still to come");
        assert_eq!(desk.status(id), ["requested", "in-progress"]);
        if id == "t-1" {
            // Before that, nobody knows the participant here.
            desk.device.choose_pin(&party.identifier_value, PIN, PIN).unwrap();
        }
        let record = desk.sign(&visit);
        let worker = desk.worker(&site.runtime);
        drained(&worker, Duration::from_mins(2));
        worker.stop();
        let record = item(desk.device.store(), &record);
        assert_eq!(record.state, State::Done, "{:?}", record.problem);

        assert!(!desk.assignments.tell_now().unwrap(), "all is told");
        let begun = desk.assignments.list().unwrap().begun;
        let begun = begun.iter().find(|one| one.id == id).unwrap();
        assert_eq!((begun.told, &begun.problem), (Told::Completed, &None));
        assert_eq!(desk.status(id), ["requested", "in-progress", "completed"]);
        let task = desk.read(&format!("Task/{id}"));
        let output = task.list("output")[0].get("valueReference").unwrap().str("reference").unwrap();
        assert_eq!(output, format!("QuestionnaireResponse/{}", record.server_id.unwrap()));
        assert_eq!(task.list("input").len(), input, "what was asked stands as it stood");
    }

    // Somebody else withdraws the third one: it goes by itself, and nothing of theirs is written over.
    desk.put(&withdrawn(desk.read("Task/t-3")));
    desk.assignments.pull().unwrap();
    assert!(desk.assignments.list().unwrap().due.is_empty());
    assert_eq!(desk.status("t-3"), ["requested", "cancelled"]);
}

/// What the second Task asks to have fulfilled.
fn request() -> Value {
    let form = object! {
        "url" => "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-servicerequest-questionnaire",
        "valueCanonical" => PHQ9,
    };
    object! {
        "resourceType" => "ServiceRequest",
        "id" => "r-1",
        "extension" => array![form],
        "status" => "active",
        "intent" => "order",
        "subject" => object! { "reference" => patient().reference },
    }
}

/// The Task that asks for the request instead of the form.
fn fulfilling(task: &Value) -> Value {
    let mut task = task.clone();
    let members = task.as_object_mut().unwrap();
    members.remove("input");
    members.insert(
        "code",
        object! { "coding" => array![object! {
            "system" => "http://hl7.org/fhir/CodeSystem/task-code", "code" => "fulfill",
        }] },
    );
    members.insert("focus", object! { "reference" => "ServiceRequest/r-1" });
    task
}

fn withdrawn(mut task: Value) -> Value {
    task.as_object_mut().unwrap().insert("status", "cancelled");
    task
}

/// The PHQ-9 with the names of the release (R5, Questionnaire.item.type).
fn form(version: Version) -> Value {
    let r4 = instruments::PHQ9;
    let text = match version {
        Version::R4 => r4.to_owned(),
        Version::R5 => r4.replace("\"choice\"", "\"coding\""),
    };
    Value::parse(text.as_bytes()).unwrap()
}

/// A study that assigns questionnaires to this site.
pub(crate) fn assigning() -> device::Assignments {
    device::Assignments {
        owners: [("014".to_owned(), seeds::organization_party().reference)].into(),
        participant_system: Some(seeds::PARTICIPANT_SYSTEM.to_owned()),
        ..device::Assignments::default()
    }
}

/// A device that is not enrolled yet, of a study that chose this.
pub(crate) fn open(site: &hapi::Site, policy: Policy, folder: &Path, clock: Clock) -> Device {
    Device::open(Opening {
        data_folder: folder.join("device"),
        keystore: Arc::new(MemoryKeystore::default()),
        configuration: Configuration {
            server: site.hapi.base_url(),
            site: "014".to_owned(),
            device_name: "Attesta 014-3".to_owned(),
            device_reference: "Device/device-014-3".to_owned(),
            trust_anchors: site.authority.anchor_pem().to_owned(),
            export_folder: folder.join("exports"),
            policy,
            study: None,
        },
        clock,
    })
    .unwrap()
}

/// An enrolled device whose study's server is HAPI FHIR, and which knows neither participant nor form.
struct Desk<'a> {
    device: Arc<Device>,
    assignments: Assignments,
    client: Client,
    runtime: &'a tokio::runtime::Runtime,
    _data: tempfile::TempDir,
}

impl<'a> Desk<'a> {
    fn new(site: &'a hapi::Site) -> Self {
        let data = tempfile::tempdir().unwrap();
        let policy = Policy {
            fhir_version: site.release(),
            tolerances: Tolerances::from(vec![Tolerance::ReferencesLoseVersion]),
            assignments: Some(assigning()),
            ..Policy::default()
        };
        let device = open(site, policy, data.path(), device::clock::system());
        let issue = |request: &seal::CertificateRequest| {
            Ok(site.authority.issue_certificate(request.der()).unwrap().into_bytes())
        };
        device.enrol("setup", issue).unwrap();
        let device = Arc::new(device);
        // The first requests of a Java process take their time.
        let options =
            Options { timeout: Duration::from_mins(1), version: site.version, ..Options::default() };
        let client = Client::new(&site.hapi.base_url(), options).unwrap();
        let at_once = Arc::new(|_| Duration::ZERO);
        let assignments = Assignments::of(&device, client.clone(), at_once, site.runtime.handle()).unwrap();
        Self { device, assignments, client, runtime: &site.runtime, _data: data }
    }

    fn worker(&self, runtime: &tokio::runtime::Runtime) -> device::delivery::WorkerHandle {
        let jitter = Arc::new(|ceiling: Duration| ceiling.min(Duration::from_millis(200)));
        let context = Context::of(&self.device, self.client.clone(), "Attesta tests", jitter).unwrap();
        Worker::start(Arc::new(context), runtime.handle())
    }

    fn put(&self, resource: &Value) {
        let (kind, id) = (resource.str("resourceType").unwrap(), resource.str("id").unwrap());
        let bytes = resource.to_json().into_bytes();
        let answer = self.runtime.block_on(self.client.update(kind, id, &bytes, None)).unwrap();
        assert!(matches!(answer.status, 200 | 201), "{kind}/{id}: {}", answer.status);
    }

    fn read(&self, target: &str) -> Value {
        let (kind, id) = target.split_once('/').unwrap();
        let answer = self.runtime.block_on(self.client.read(kind, id)).unwrap();
        assert_eq!(answer.status, 200, "{target}");
        answer.resource().unwrap().unwrap()
    }

    /// The status of each version of a Task, the first one first.
    fn status(&self, id: &str) -> Vec<String> {
        let last: u32 =
            self.read(&format!("Task/{id}")).get("meta").unwrap().str("versionId").unwrap().parse().unwrap();
        (1..=last)
            .map(|version| {
                let answer =
                    self.runtime.block_on(self.client.vread("Task", id, &version.to_string())).unwrap();
                answer.resource().unwrap().unwrap().str("status").unwrap().to_owned()
            })
            .collect()
    }

    /// The record that the participant signs on the visit.
    fn sign(&self, visit: &Visit) -> String {
        let device = &self.device;
        let party = patient();
        let at = device::clock::text(&device.now());
        let form = device.questionnaire(&visit.id).unwrap();
        let keep = |event| device.append(&visit.id, &event).unwrap();
        let (mut session, event) = Session::start(&form, "en", &at, &party.reference).unwrap();
        keep(event);
        keep(session.begin(&at, &party.reference).unwrap());
        while let Position::Screen { screen } = session.screen() {
            if let Control::Choice { options, .. } = &screen.control {
                let answer = Answer::Choice { option: options[1].key.clone() };
                keep(session.answer(&screen.key, vec![answer], &at, &party.reference).unwrap());
            }
            keep(session.next(&at, &party.reference).unwrap());
        }
        keep(session.confirm_review(&at, &party.reference).unwrap());
        let act = device.verify_pin(&visit.id, &session, &party.identifier_value, PIN).unwrap();
        device.freeze(&visit.id, &session, act, WORDS).unwrap().record
    }
}
