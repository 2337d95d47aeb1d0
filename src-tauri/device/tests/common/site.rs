//! A practice server, a device that delivers one record to it and gathers evidence, and sources that lie.

#![allow(dead_code, unreachable_pub)]

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use client::evidence::Fetcher;
use device::accounts::Staff;
use device::delivery::{SignedBundles, State, Worker, WorkerHandle};
use device::store::evidence::{self, Evidence, Level};
use device::store::outbox;
use device::{Clock, Configuration, Device, Opening, Policy};
use jiff::Timestamp;
use practice::faults::{Armed, Fault};
use seal::Anchors;
use seal::verify::Report;
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::common::delivery::{context, practice_server, until, unzip, wait_for};
use crate::common::{self, MemoryKeystore, PARTICIPANT, PASSWORD, PIN, WORDS, fill, person};

/// A practice server, and a device that delivers one record to it and gathers evidence as its study chose.
pub struct Site {
    pub server: Option<practice::Handle>,
    pub server_data: TempDir,
    _device_data: TempDir,
    pub device: Device,
    pub staff: Staff,
    pub worker: WorkerHandle,
    pub record: String,
    pub anchors: Anchors,
    _runtime: Runtime,
}

impl Site {
    /// `choose` gets the practice server's address without a path.
    pub fn start(choose: impl FnOnce(&str) -> Policy) -> Self {
        Self::start_at(device::clock::system(), choose)
    }

    /// The same, on a device with this clock.
    pub fn start_at(clock: Clock, choose: impl FnOnce(&str) -> Policy) -> Self {
        let (server_data, device_data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let server = practice_server(server_data.path());
        let root = server.base_url().trim_end_matches("/fhir").to_owned();
        let configuration = Configuration {
            server: server.base_url().to_owned(),
            policy: choose(&root),
            ..common::configuration(device_data.path(), server.anchor_pem().to_owned())
        };
        let device = Device::open(Opening {
            data_folder: device_data.path().to_path_buf(),
            keystore: Arc::<MemoryKeystore>::default(),
            configuration,
            clock,
        })
        .unwrap();
        device
            .enrol("setup", |request| Ok(server.issue_certificate(request.der()).unwrap().into_bytes()))
            .unwrap();
        device.put_participants(vec![common::participant()]).unwrap();
        let staff = person("anna");
        device.staff_add(&staff, PASSWORD, "setup").unwrap();
        let record = frozen(&device, &staff);
        let runtime = Runtime::new().unwrap();
        let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
        let receipt =
            SignedBundles::of(device.configuration(), device.store(), device::clock::system()).unwrap();
        let client = match receipt {
            Some(receipt) => {
                // Its first answers name nothing, so that the device has to search for what it sent.
                server.sign_searches(true).unwrap();
                for fault in [Fault::NoBody, Fault::NoLocation] {
                    server.faults().set(Armed::new(fault, 1).for_type("QuestionnaireResponse"));
                }
                client.verifying(Arc::new(receipt))
            }
            None => client,
        };
        let context = context(&device, client);
        let worker = Worker::start(Arc::new(context), runtime.handle());
        let anchors = Anchors::from_pem(server.anchor_pem().as_bytes()).unwrap();
        let server = Some(server);
        Self {
            server,
            server_data,
            _device_data: device_data,
            device,
            staff,
            worker,
            record,
            anchors,
            _runtime: runtime,
        }
    }

    pub fn delivered(&self) {
        until("delivery", || self.worker.status().unwrap().counts.get(&State::Done) == Some(&1));
    }

    pub fn evidence(&self) -> Option<Evidence> {
        self.device.store().read(|connection| evidence::of_record(connection, &self.record)).unwrap()
    }

    pub fn evidence_at(&self, level: Level) -> Evidence {
        wait_for("evidence", || self.evidence().filter(|evidence| evidence.level == level))
    }

    /// The first problem, with which the evidence stays at this level.
    pub fn problem(&self, level: Level) -> String {
        let has_failed = |evidence: &Evidence| evidence.level == level && evidence.problem.is_some();
        wait_for("a problem", || self.evidence().filter(has_failed)).problem.unwrap()
    }

    /// Without the server: what a verifier finds in an export.
    pub fn exported(&mut self) -> (Vec<(String, Vec<u8>)>, Report) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        let path = self.device.export_record(&self.record, &self.staff).unwrap();
        let files = unzip(&path);
        let report = seal::export::check(&files, Some(&self.anchors), Timestamp::now());
        (files, report)
    }

    /// One version of each was stored, and they are what the device holds to be delivered.
    pub fn assert_nothing_was_changed(&self) {
        let item = self.device.store().read(|connection| outbox::by_id(connection, &self.record)).unwrap();
        let stored = |kind| practice::storage::read_all(self.server_data.path(), kind).unwrap();
        let [(_, 1, response)] = &stored("QuestionnaireResponse")[..] else { panic!("one version") };
        let [(_, 1, provenance)] = &stored("Provenance")[..] else { panic!("one version") };
        let (kept, proof) = item.evidence();
        assert_eq!((response.as_bytes(), Some(provenance.as_bytes())), (kept, proof));
    }
}

pub fn frozen(device: &Device, staff: &Staff) -> String {
    frozen_by(device, staff, |device| device.choose_pin(PARTICIPANT, PIN, PIN).unwrap())
}

/// One more record of a participant who has a PIN.
pub fn frozen_again(device: &Device, staff: &Staff) -> String {
    frozen_by(device, staff, |_| ())
}

fn frozen_by(device: &Device, staff: &Staff, prepare: impl FnOnce(&Device)) -> String {
    let resource = questionnaire::instruments::PHQ9;
    let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
    let visit = device.start_visit(PARTICIPANT, &form, resource, staff).unwrap();
    prepare(device);
    let session = fill(device, &visit);
    let act = device.verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    device.freeze(&visit.id, &session, act, WORDS).unwrap().record
}

/// Every source that the practice server has.
pub fn everything(root: &str) -> Policy {
    Policy {
        time_stamp_authority: Some(format!("{root}/tsa")),
        ocsp_responder: Some(format!("{root}/ocsp")),
        revocation_lists: vec![format!("{root}/practice/ca/crl")],
        ..Policy::default()
    }
}

pub fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// An address where nobody listens yet. It is kept meanwhile, so that nobody else is given it.
pub struct Away(Socket);

impl Away {
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        Self(socket)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }

    /// Whoever was away is there.
    pub fn come_back(self) -> TcpListener {
        self.0.listen(128).unwrap();
        self.0.into()
    }
}

/// What the practice server answers.
pub fn asked_of(address: &str, request: &[u8]) -> Vec<u8> {
    let runtime = Runtime::new().unwrap();
    let answer = async {
        if address.ends_with("/tsa") {
            Fetcher::new().unwrap().time_stamp(address, request).await
        } else {
            Fetcher::new().unwrap().ocsp(address, request).await
        }
    };
    runtime.block_on(answer).unwrap()
}

/// The imprint in a request: the only 32 octets that are an OCTET STRING.
pub fn imprint(request: &[u8]) -> [u8; 32] {
    let at = request.windows(2).position(|window| window == [4, 32]).unwrap() + 2;
    request[at..at + 32].try_into().unwrap()
}

pub fn altered(mut answer: Vec<u8>) -> Vec<u8> {
    *answer.last_mut().unwrap() ^= 1;
    answer
}
