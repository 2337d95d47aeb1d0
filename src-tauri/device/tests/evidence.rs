//! Evidence for proven records: from the practice server's time stamps and OCSP to an export that proves itself offline;
//! sources that are away, and sources that lie.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{MemoryKeystore, PARTICIPANT, PASSWORD, PIN, fill, person};
use device::accounts::Staff;
use device::delivery::{Contact, Context, Sources, State, Worker, WorkerHandle};
use device::store::evidence::{self, Evidence, Level};
use device::store::outbox;
use device::store::participant::Participant;
use device::{Configuration, Device, Opening, Policy, Words};
use jiff::{SignedDuration, Timestamp};
use practice::{Options, Seeds, Server};
use seal::issue::{Authority, Validity, tsa};
use seal::time_stamp::TimeStampRequest;
use seal::verify::{Aspect, Report, Verdict};
use seal::{Anchors, OcspResponse};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PATIENCE: Duration = Duration::from_mins(1);
const WORDS: Words<'static> =
    Words { printed_name: "Participant 014-0027", meaning: "These are my answers.", title: "PHQ-9" };

/// A practice server, and a device that delivers one record to it and gathers evidence as its study chose.
struct Site {
    server: Option<practice::Handle>,
    server_data: TempDir,
    _device_data: TempDir,
    device: Device,
    staff: Staff,
    worker: WorkerHandle,
    record: String,
    anchors: Anchors,
    _runtime: Runtime,
}

impl Site {
    /// `choose` gets the practice server's address without a path.
    fn start(choose: impl FnOnce(&str) -> Policy) -> Self {
        let (server_data, device_data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let options = Options {
            data_dir: server_data.path().to_owned(),
            port: 0,
            seeds: Seeds::default(),
            version: fhir::Version::R4,
        };
        let server = Server::start(options).unwrap();
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
            clock: device::clock::system(),
        })
        .unwrap();
        device
            .enrol("setup", |request| Ok(server.issue_certificate(request.der()).unwrap().into_bytes()))
            .unwrap();
        let participant = Participant {
            id: PARTICIPANT.into(),
            identifier_system: "https://attesta.example/participants".into(),
            reference: common::ACTOR.into(),
        };
        device.put_participants(vec![participant]).unwrap();
        let staff = person("anna");
        device.staff_add(&staff, PASSWORD, "setup").unwrap();
        let record = frozen(&device, &staff);
        let runtime = Runtime::new().unwrap();
        let context = Context {
            store: device.store().clone(),
            client: client::Client::new(server.base_url(), client::Options::default()).unwrap(),
            signer: device.sealing_key().unwrap(),
            device: device.party(),
            application: "Attesta tests".to_owned(),
            profile: device::ProvenanceProfile::default().profile(),
            fhir_version: device::FhirVersion::default(),
            clock: device::clock::system(),
            jitter: Arc::new(|ceiling| ceiling.min(Duration::from_millis(50))),
            sources: Sources::of(device.configuration()).unwrap(),
            contact: Contact::default(),
        };
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

    fn delivered(&self) {
        wait_for("delivery", || {
            (self.worker.status().unwrap().counts.get(&State::Done) == Some(&1)).then_some(())
        });
    }

    fn evidence(&self) -> Option<Evidence> {
        self.device.store().read(|connection| evidence::of_record(connection, &self.record)).unwrap()
    }

    fn evidence_at(&self, level: Level) -> Evidence {
        wait_for("evidence", || self.evidence().filter(|evidence| evidence.level == level))
    }

    /// The first problem, with which the evidence stays at this level.
    fn problem(&self, level: Level) -> String {
        let has_failed = |evidence: &Evidence| evidence.level == level && evidence.problem.is_some();
        wait_for("a problem", || self.evidence().filter(has_failed)).problem.unwrap()
    }

    /// Without the server: what a verifier finds in an export.
    fn exported(&mut self) -> (Vec<(String, Vec<u8>)>, Report) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        let path = self.device.export_record(&self.record, &self.staff).unwrap();
        let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        let files: Vec<_> = (0..zip.len())
            .map(|index| {
                let mut file = zip.by_index(index).unwrap();
                let mut content = Vec::new();
                file.read_to_end(&mut content).unwrap();
                (file.name().unwrap().into_owned(), content)
            })
            .collect();
        let report = seal::export::check(&files, Some(&self.anchors), Timestamp::now());
        (files, report)
    }

    /// One version of each was stored, and they are what the device holds to be delivered.
    fn assert_nothing_was_changed(&self) {
        let item = self.device.store().read(|connection| outbox::by_id(connection, &self.record)).unwrap();
        let stored = |kind| practice::storage::read_all(self.server_data.path(), kind).unwrap();
        let [(_, 1, response)] = &stored("QuestionnaireResponse")[..] else { panic!("one version") };
        let [(_, 1, provenance)] = &stored("Provenance")[..] else { panic!("one version") };
        let (kept, proof) = item.evidence();
        assert_eq!((response.as_bytes(), Some(provenance.as_bytes())), (kept, proof));
    }
}

fn frozen(device: &Device, staff: &Staff) -> String {
    let resource = questionnaire::instruments::PHQ9;
    let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
    let visit = device.start_visit(PARTICIPANT, &form, resource, staff).unwrap();
    device.choose_pin(PARTICIPANT, PIN, PIN).unwrap();
    let session = fill(device, &visit);
    let act = device.verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    device.freeze(&visit.id, &session, act, WORDS).unwrap().record
}

fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "no {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn levels(report: &Report) -> Vec<(&str, Option<&str>)> {
    report.signatures.iter().map(|signature| (signature.kind, signature.level)).collect()
}

/// Every source that the practice server has.
fn everything(root: &str) -> Policy {
    Policy {
        time_stamp_authority: Some(format!("{root}/tsa")),
        ocsp_responder: Some(format!("{root}/ocsp")),
        revocation_lists: vec![format!("{root}/practice/ca/crl")],
        ..Policy::default()
    }
}

#[test]
fn an_export_proves_its_signatures_at_level_lt_offline() {
    let mut site = Site::start(everything);
    site.delivered();
    let kept = site.evidence_at(Level::Lt);
    assert_eq!((kept.failures, kept.problem), (0, None));
    site.assert_nothing_was_changed();
    let (files, report) = site.exported();
    assert_eq!(
        levels(&report),
        [("capture", Some("LT")), ("persistence", Some("LT")), ("manifest", Some("B"))]
    );
    assert_eq!(report.exit_code(), 0, "{:#?}", report.verdicts);
    // What was sealed needs nothing but its own evidence; the lists are for the export's own signature.
    let without: Vec<_> = files.into_iter().filter(|(name, _)| !name.starts_with("crl/")).collect();
    let report = seal::export::check(&without, Some(&site.anchors), Timestamp::now());
    for signature in &report.signatures[..2] {
        let revocation =
            signature.verdicts.iter().find(|finding| finding.name == Aspect::Revocation).unwrap();
        assert_eq!(revocation.verdict, Verdict::Valid, "{}", revocation.reason);
    }
}

#[test]
fn ocsp_alone_makes_level_lt_and_lists_alone_too() {
    for (ocsp, lists) in [(true, false), (false, true)] {
        let mut site = Site::start(|root| {
            let mut policy = everything(root);
            policy.ocsp_responder = policy.ocsp_responder.filter(|_| ocsp);
            policy.revocation_lists.retain(|_| lists);
            policy
        });
        site.evidence_at(Level::Lt);
        let (_, report) = site.exported();
        assert_eq!(levels(&report)[..2], [("capture", Some("LT")), ("persistence", Some("LT"))]);
        assert_eq!(report.exit_code(), if lists { 0 } else { 3 }, "{:#?}", report.verdicts);
    }
}

#[test]
fn without_a_time_stamp_authority_nothing_is_gathered() {
    let mut site = Site::start(|_| Policy::default());
    site.delivered();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(site.evidence(), None);
    let (files, report) = site.exported();
    assert!(files.iter().all(|(name, _)| name != seal::export::EVIDENCE));
    assert!(levels(&report).iter().all(|(_, level)| *level == Some("B")));
}

/// A server that answers every request with what `answer` makes of its body.
fn answering(
    listener: TcpListener,
    media_type: &'static str,
    answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static,
) -> String {
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let Some(asked) = body(&mut stream) else { continue };
            let answer = answer(&asked);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            // Whoever asked may be gone.
            let _ = stream.write_all(&[head.as_bytes(), &answer].concat());
        }
    });
    address
}

fn body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut asked, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        asked.extend_from_slice(&part[..read]);
        let Some(end) = asked.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&asked[..end]).to_ascii_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
        if asked.len() >= end + 4 + length {
            return Some(asked[end + 4..].to_vec());
        }
    }
}

fn loopback() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// What the practice server answers.
fn asked_of(address: &str, request: &[u8]) -> Vec<u8> {
    let runtime = Runtime::new().unwrap();
    let answer = async {
        if address.ends_with("/tsa") {
            client::evidence::time_stamp(address, request).await
        } else {
            client::evidence::ocsp(address, request).await
        }
    };
    runtime.block_on(answer).unwrap()
}

#[test]
fn an_authority_that_is_away_harms_no_delivery_and_is_asked_again() {
    // An address where nobody listens yet.
    let listener = loopback();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut practice = String::new();
    let mut site = Site::start(|root| {
        practice = format!("{root}/tsa");
        Policy { time_stamp_authority: Some(format!("http://{address}/")), ..everything(root) }
    });
    site.delivered();
    assert_eq!(site.problem(Level::B), "refused");
    assert_eq!(site.worker.status().unwrap().problem, None, "delivery knows nothing of it");
    site.assert_nothing_was_changed();
    let came_back = TcpListener::bind(address).unwrap();
    answering(came_back, "application/timestamp-reply", move |request| asked_of(&practice, request));
    site.worker.send_now().unwrap();
    site.evidence_at(Level::Lt);
    assert_eq!(site.exported().1.exit_code(), 0);
}

#[test]
fn time_stamps_without_revocation_values_are_level_t() {
    let mut site =
        Site::start(|root| Policy { time_stamp_authority: Some(format!("{root}/tsa")), ..Policy::default() });
    assert_eq!(site.problem(Level::T), "evidence-refused");
    let (_, report) = site.exported();
    assert_eq!(levels(&report)[..2], [("capture", Some("T")), ("persistence", Some("T"))], "{report:#?}");
    assert_eq!(report.verdict(Aspect::Time), Verdict::Valid, "{:#?}", report.verdicts);
}

/// The imprint in a request: the only 32 octets that are an OCTET STRING.
fn imprint(request: &[u8]) -> [u8; 32] {
    let at = request.windows(2).position(|window| window == [4, 32]).unwrap() + 2;
    request[at..at + 32].try_into().unwrap()
}

fn altered(mut answer: Vec<u8>) -> Vec<u8> {
    *answer.last_mut().unwrap() ^= 1;
    answer
}

/// A time stamp authority that nobody trusts.
fn stranger() -> tsa::Authority {
    let now = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let validity = Validity { not_before: now - day, not_after: now + day };
    let key = |byte| p256::ecdsa::SigningKey::from_slice(&[byte; 32]).unwrap();
    let root = Authority::new("CN=Attesta practice root", key(1), [1; 16], validity).unwrap();
    tsa::Authority::new(&root, "CN=Attesta practice time stamps", key(2), [2; 16], validity).unwrap()
}

#[test]
fn a_time_stamp_authority_that_lies_is_refused() {
    type Lie = fn(&str, &[u8]) -> Vec<u8>;
    let lies: [(&str, &str, Lie); 4] = [
        ("another nonce", "time-stamp-refused", |practice, request| {
            asked_of(practice, TimeStampRequest::new(imprint(request), [9; 8]).unwrap().der())
        }),
        ("another content", "time-stamp-refused", |practice, _| {
            asked_of(practice, TimeStampRequest::new([9; 32], [9; 8]).unwrap().der())
        }),
        ("altered", "time-stamp-refused", |practice, request| altered(asked_of(practice, request))),
        ("another authority", "time-stamp-untrusted", |_, request| {
            stranger().respond(request, Timestamp::now()).unwrap()
        }),
    ];
    for (what, expected, lie) in lies {
        let site = Site::start(|root| {
            let practice = format!("{root}/tsa");
            let liar =
                answering(loopback(), "application/timestamp-reply", move |request| lie(&practice, request));
            Policy { time_stamp_authority: Some(liar), ..everything(root) }
        });
        site.delivered();
        assert_eq!(site.problem(Level::B), expected, "{what}");
        site.assert_nothing_was_changed();
    }
}

#[test]
fn a_responder_that_lies_is_refused() {
    type Lie = fn(&str, &[u8]) -> Vec<u8>;
    let lies: [(&str, &str, Lie); 4] = [
        ("another nonce", "ocsp-nonce", |practice, request| {
            // The request's own ends with the nonce, which is its last octets.
            asked_of(practice, &altered(request.to_vec()))
        }),
        ("altered", "ocsp-signature", |practice, request| altered(asked_of(practice, request))),
        ("another certificate", "ocsp-other-certificate", |practice, request| {
            let mut other = request.to_vec();
            // The serial number stands before the extensions with the nonce.
            let at = other.windows(2).rposition(|window| window[0] == 0xa2).unwrap() - 1;
            other[at] ^= 1;
            asked_of(practice, &other)
        }),
        ("no answer", "ocsp-no-answer", |_, _| vec![0x30, 3, 10, 1, 3]),
    ];
    for (what, expected, lie) in lies {
        let site = Site::start(|root| {
            let practice = format!("{root}/ocsp");
            let liar =
                answering(loopback(), "application/ocsp-response", move |request| lie(&practice, request));
            Policy { ocsp_responder: Some(liar), revocation_lists: Vec::new(), ..everything(root) }
        });
        site.delivered();
        assert_eq!(site.problem(Level::T), expected, "{what}");
        site.assert_nothing_was_changed();
    }
    assert!(OcspResponse::from_der(&[0x30, 3, 10, 1, 3]).is_err());
}

#[test]
fn what_was_kept_is_never_taken_away() {
    let site = Site::start(everything);
    site.evidence_at(Level::Lt);
    for change in [
        "DELETE FROM evidence",
        "UPDATE evidence SET level = 'T'",
        "UPDATE evidence SET document = NULL",
        "UPDATE evidence SET document = x'00'",
    ] {
        let refused = site.device.store().write(move |tx| Ok(tx.execute(change, [])?));
        assert!(refused.is_err(), "{change}");
    }
}
