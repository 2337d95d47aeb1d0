//! A device without a window, for the tests of delivery: a real store, a sealing key of its own, frozen responses.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use client::{Client, Options};
use device::delivery::{Contact, Context, State, Worker, WorkerHandle};
use device::store::outbox::{self, Item, NewItem};
use device::store::{DatabaseKey, Store};
use fhir::{Object, Value, Version, array, object};
use jiff::Zoned;
use seal::verify::{Aspect, Trust, Verdict, verify_response};
use seal::{Anchors, Party, Signer, Statement};
use sha2::{Digest, Sha256};

mod key;
mod runner;

pub use key::{MemoryKey, secret};
pub use runner::Runner;

/// The identifier of the device in these tests.
pub const DEVICE: &str = "urn:uuid:01400030-0000-4000-8000-000000000003";

/// The device as the server knows it.
pub fn device_party() -> Party {
    Party {
        reference: "Device/device-014-3".to_owned(),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: DEVICE.to_owned(),
    }
}

/// Whose answers they are.
pub fn patient() -> Party {
    Party {
        reference: "Patient/patient-014-0027".to_owned(),
        identifier_system: "https://attesta.example/participants".to_owned(),
        identifier_value: "014-0027".to_owned(),
    }
}

/// A completed response with an answer of every kind, nested items and a deliberate skip, as the release has it.
pub fn response(version: Version, device: &Party, uuid: &str, authored: &str) -> Value {
    let identifier = object! { "system" => "urn:ietf:rfc:3986", "value" => format!("urn:uuid:{uuid}") };
    let identifier = match version {
        Version::R4 => identifier,
        Version::R5 => array![identifier],
    };
    let question = |link: &str, text: &str, answer: Value| {
        object! { "linkId" => link, "text" => text, "answer" => array![answer] }
    };
    let decimal = Value::parse(br#"{"valueDecimal":72.50}"#).expect("a constant");
    object! {
        "resourceType" => "QuestionnaireResponse",
        "language" => "en",
        "identifier" => identifier,
        "questionnaire" => "https://attesta.example/Questionnaire/pain-diary|1.0.0",
        "status" => "completed",
        "subject" => patient().to_reference(),
        "authored" => authored,
        "author" => device.to_reference(),
        "source" => patient().to_reference(),
        "item" => array![
            object! {
                "linkId" => "g",
                "text" => "About today",
                "item" => array![
                    question("pain", "Did you have pain?", object! { "valueBoolean" => true }),
                    question("often", "How often?", object! { "valueCoding" => object! {
                        "system" => "http://loinc.org", "code" => "LA6570-1", "display" => "More than half the days",
                    } }),
                    question("weight", "Your weight", decimal),
                ],
            },
            question("score", "How strong was it?", object! { "valueInteger" => 42 }),
            question("day", "Which day?", object! { "valueDate" => "2026-11-20" }),
            question("note", "Anything else?", object! { "valueString" => "Better after a walk – “much” better." }),
            object! {
                "linkId" => "skip",
                "text" => "A question left out",
                "extension" => array![object! {
                    "url" => "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                    "valueCode" => "asked-declined",
                }],
            },
        ],
    }
}

/// Signs a response and freezes it; gives the record.
pub fn freeze(store: &Store, signer: &dyn Signer) -> String {
    insert(store, sign(signer))
}

/// Puts a signed response into the outbox; gives the record.
pub fn insert(store: &Store, item: NewItem) -> String {
    let id = item.id.clone();
    store.write(move |tx| outbox::insert(tx, &item)).expect("the disk takes it");
    id
}

/// A signed response that is not frozen yet.
pub fn sign(key: &dyn Signer) -> NewItem {
    sign_as(Version::R4, &device_party(), key)
}

/// A signed response of this release, by this device.
pub fn sign_as(version: Version, device: &Party, key: &dyn Signer) -> NewItem {
    sign_with(version, device, key, seal::capture)
}

/// How a response is signed: [`seal::capture`], or [`seal::capture_cdex`].
pub type Capture =
    fn(&Value, &Statement, jiff::Timestamp, &Party, &Party, &dyn Signer) -> Result<Value, seal::SealError>;

/// The same, signed as `capture` does it.
pub fn sign_with(version: Version, device: &Party, key: &dyn Signer, capture: Capture) -> NewItem {
    let now = Zoned::now();
    let signed_at = device::clock::seconds(&now);
    let uuid = uuid::Uuid::new_v4().to_string();
    let hash = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU".to_owned();
    let statement = Statement {
        printed_name: "014-0027".to_owned(),
        meaning: "I filled in this questionnaire myself. These are my answers.".to_owned(),
        signed_at: signed_at.clone(),
        subject_id: "014-0027".to_owned(),
        authentication: "id+pin".to_owned(),
        pin_set_at: signed_at.clone(),
        language: "en".to_owned(),
        questionnaire_s256: hash.clone(),
        display_s256: hash.clone(),
        configuration_s256: hash,
        application: "Attesta tests".to_owned(),
    };
    let complete = response(version, device, &uuid, &signed_at);
    let captured = capture(&complete, &statement, now.timestamp(), device, &patient(), key)
        .expect("the response is complete");
    let bytes = captured.to_json().into_bytes();
    NewItem {
        id: uuid::Uuid::new_v4().to_string(),
        identifier: format!("urn:uuid:{uuid}"),
        participant: "014-0027".to_owned(),
        canonical: "https://attesta.example/Questionnaire/pain-diary|1.0.0".to_owned(),
        title: "Pain diary".to_owned(),
        signed_at,
        response_sha256: Sha256::digest(&bytes).iter().fold(String::new(), |hex, b| format!("{hex}{b:02x}")),
        response: bytes,
    }
}

/// Opens the store in `folder`.
pub fn open_store(folder: &Path, key: &[u8; 32]) -> Arc<Store> {
    Arc::new(Store::open(&folder.join("attesta.db"), &DatabaseKey::new(*key)).expect("the store opens"))
}

/// What a worker needs. Waits are cut to at most `longest`, so that a test need not sleep through them; a server's own
/// `Retry-After` is not.
pub fn context(store: &Arc<Store>, server: &str, signer: &Arc<dyn Signer>, longest: Duration) -> Context {
    let options = Options {
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(10),
        max_body: device::delivery::MOST_SHOWN,
        ..Options::default()
    };
    Context {
        store: Arc::clone(store),
        client: Client::new(server, options).expect("the server's address is on loopback"),
        signer: device::delivery::always(Arc::clone(signer)),
        device: device_party(),
        application: "Attesta tests".to_owned(),
        profile: device::ProvenanceProfile::default().profile(),
        fhir_version: device::FhirVersion::default(),
        create: device::Create::default(),
        tolerances: device::Tolerances::default(),
        clock: device::clock::system(),
        jitter: Arc::new(move |ceiling| ceiling.min(longest)),
        sources: None,
        contact: Contact::default(),
    }
}

/// Waits until nothing is left for the worker; says which states the items reached.
pub fn drained(handle: &WorkerHandle, patience: Duration) -> Vec<(State, u32)> {
    wait_for(patience, || {
        let status = handle.status().expect("the store answers");
        (status.active() == 0).then(|| status.counts.into_iter().collect())
    })
}

/// What a busy machine may take for anything: only a test that fails waits as long.
const PATIENCE: Duration = Duration::from_mins(2);

/// Asks again and again until there is something, at least as long as a busy machine may take.
pub fn wait_for<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let patience = patience.max(PATIENCE);
    let until = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "nothing came within {patience:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The record as stored.
pub fn item(store: &Store, id: &str) -> Item {
    store.read(|connection| outbox::by_id(connection, id)).expect("the record is there")
}

/// A stored version without what the server gave it: its text is what was sent.
pub fn as_sent(stored: &str) -> String {
    let mut value = Value::parse(stored.as_bytes()).expect("the server keeps JSON");
    let members = value.as_object_mut().expect("a resource is an object");
    remove_given(members);
    value.to_json()
}

/// Takes away what every server gives a resource: its id, its version and their time, and nothing else of `meta`.
pub fn remove_given(resource: &mut Object) {
    resource.remove("id");
    let is_empty = resource.get_mut("meta").and_then(Value::as_object_mut).is_some_and(|meta| {
        meta.remove("versionId");
        meta.remove("lastUpdated");
        meta.is_empty()
    });
    if is_empty {
        resource.remove("meta");
    }
}

/// A practice server and a device beside it, in one process.
pub struct Rig {
    /// The server.
    pub server: practice::Handle,
    /// The device's store.
    pub store: Arc<Store>,
    /// The device's sealing key.
    pub signer: Arc<dyn Signer>,
    /// The worker.
    pub worker: WorkerHandle,
    version: Version,
    runtime: tokio::runtime::Runtime,
    server_data: tempfile::TempDir,
    _device_data: tempfile::TempDir,
}

impl Rig {
    /// Starts both.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// Starts both, with a context of the test's own making.
    pub fn with(prepare: impl FnOnce(&mut Context)) -> Self {
        Self::of(Version::R4, prepare)
    }

    /// The same for a release of FHIR, which server and device speak.
    pub fn of(version: Version, prepare: impl FnOnce(&mut Context)) -> Self {
        Self::with_server(version, |context, _| prepare(context))
    }

    /// The same, for a context that has to know the server.
    pub fn with_server(version: Version, prepare: impl FnOnce(&mut Context, &practice::Handle)) -> Self {
        let (server_data, device_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = practice::Server::start(practice::Options {
            data_dir: server_data.path().to_owned(),
            port: 0,
            seeds: practice::Seeds::practice(DEVICE, Vec::new(), version),
            version,
        })
        .expect("the practice server starts");
        let key =
            MemoryKey::enrol(&secret(), |request| server.issue_certificate(request.as_bytes()).unwrap());
        let signer: Arc<dyn Signer> = Arc::new(key);
        let store = open_store(device_data.path(), &secret());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut context = context(&store, server.base_url(), &signer, Duration::from_millis(20));
        context.fhir_version = match version {
            Version::R4 => device::FhirVersion::R4,
            Version::R5 => device::FhirVersion::R5,
        };
        prepare(&mut context, &server);
        let worker = Worker::start(Arc::new(context), runtime.handle());
        Self { server, store, signer, worker, version, runtime, server_data, _device_data: device_data }
    }

    /// Signs and freezes one response, and wakes the worker; gives the record.
    pub fn freeze(&self) -> String {
        let item = sign_as(self.version, &device_party(), self.signer.as_ref());
        let id = insert(&self.store, item);
        self.worker.wake();
        id
    }

    /// The same under the profile `cdex`.
    pub fn freeze_cdex(&self) -> String {
        let signer = self.signer.as_ref();
        let id = insert(&self.store, sign_with(self.version, &device_party(), signer, seal::capture_cdex));
        self.worker.wake();
        id
    }

    /// Waits until the worker has nothing left to do, and gives the record.
    pub fn settled(&self, record: &str) -> Item {
        drained(&self.worker, Duration::from_secs(30));
        item(&self.store, record)
    }

    /// Every stored version of a type, as `(id, version, text)`.
    pub fn stored(&self, resource_type: &str) -> Vec<(String, u32, String)> {
        practice::storage::read_all(self.server_data.path(), resource_type).unwrap()
    }

    /// Every stored version of a type, without what the server gave it.
    pub fn stored_as_sent(&self, resource_type: &str) -> Vec<String> {
        self.stored(resource_type).iter().map(|(_, _, text)| as_sent(text)).collect()
    }

    /// Whoever runs the server deletes a resource.
    pub fn delete(&self, resource_type: &str, id: &str) {
        let authority =
            self.server.base_url().strip_prefix("http://").unwrap().strip_suffix("/fhir").unwrap();
        let mut stream = TcpStream::connect(authority).unwrap();
        let headers = format!("host: {authority}\r\nconnection: close");
        write!(stream, "DELETE /fhir/{resource_type}/{id} HTTP/1.1\r\n{headers}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }

    /// Sends a request of the test's own to the server.
    pub fn request<T>(&self, request: impl AsyncFnOnce(&Client) -> T) -> T {
        let client = Client::new(self.server.base_url(), Options::default()).unwrap();
        self.runtime.block_on(request(&client))
    }

    /// That what the server keeps verifies on its own: signature, identity, time and linkage.
    pub fn assert_verifies(&self, record: &Item, when: &str) {
        let parse = |text: &String| Value::parse(text.as_bytes()).expect("the server keeps JSON");
        let version = record.server_version.clone().unwrap_or_default();
        let stored = self.stored("QuestionnaireResponse");
        let kept = stored
            .iter()
            .find(|(id, kept, _)| Some(id) == record.server_id.as_ref() && kept.to_string() == version)
            .map(|(_, _, text)| parse(text))
            .expect("the server keeps the version that is proven");
        let provenances: Vec<Value> =
            self.stored("Provenance").iter().map(|(_, _, text)| parse(text)).collect();
        let anchors = Anchors::from_pem(self.server.anchor_pem().as_bytes()).expect("the CA has an anchor");
        let report =
            verify_response(&kept, &provenances, &Trust::new(Some(&anchors), Zoned::now().timestamp()));
        for aspect in [Aspect::Signature, Aspect::Identity, Aspect::Time, Aspect::Linkage] {
            assert_eq!(report.verdict(aspect), Verdict::Valid, "{when}: {aspect:?} in {report:?}");
        }
    }

    /// That the record is proven: exactly this response and this Provenance are on the server.
    pub fn assert_proven(&self, record: &Item, when: &str) {
        assert_eq!(record.state, State::Done, "{when}: {:?}", record.problem);
        let frozen = String::from_utf8(record.response.clone()).unwrap();
        assert!(
            self.stored_as_sent("QuestionnaireResponse") == [frozen],
            "{when}: not exactly the frozen response"
        );
        let provenance = String::from_utf8(record.provenance.clone().unwrap()).unwrap();
        assert!(
            self.stored_as_sent("Provenance") == [provenance],
            "{when}: not exactly the stored Provenance"
        );
        assert_eq!(self.stored("DocumentReference").len(), 1, "{when}: certificates");
        self.assert_verifies(record, when);
        assert_eq!(device::delivery::alert_rows(&self.store).unwrap().len(), 0, "{when}: alerts");
    }
}

impl Default for Rig {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.worker.stop();
    }
}
