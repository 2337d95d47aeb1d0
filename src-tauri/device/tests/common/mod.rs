//! What the tests share: a keystore in memory, a certificate authority, a clock to set, a filled questionnaire.

// Each test file includes this one and uses its own part of it.
#![allow(dead_code, unreachable_pub)]

pub mod clinic;
pub mod delivery;
pub mod site;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use device::accounts::{Role, Staff};
use device::keystore::{Keystore, KeystoreProblem};
use device::store::audit;
use device::store::participant::Participant;
use device::store::visit::Visit;
use device::{Clock, Configuration, Device, Error, Opening, Organization, Policy, Words};
use jiff::{Span, Timestamp, Zoned};
use p256::ecdsa::SigningKey;
use questionnaire::{Answer, Control, Position, Session};
use seal::issue::{Authority, SanPolicy, Validity};
use zeroize::Zeroizing;

pub const PARTICIPANT: &str = "014-0027";
pub const PIN: &str = "4826";
pub const PASSWORD: &str = "correct horse battery";
pub const ACTOR: &str = "Patient/patient-014-0027";
pub const WORDS: Words<'static> =
    Words { printed_name: "Participant 014-0027", meaning: "These are my answers.", title: "PHQ-9" };

/// A keystore for tests that are not about keystores.
#[derive(Default)]
pub struct MemoryKeystore {
    pub entries: Mutex<HashMap<String, Vec<u8>>>,
    /// What every call answers instead of working.
    pub problem: Mutex<Option<KeystoreProblem>>,
    /// The second process reads something else.
    pub forgetful: Mutex<bool>,
}

impl MemoryKeystore {
    fn check(&self) -> Result<(), KeystoreProblem> {
        self.problem.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

impl Keystore for MemoryKeystore {
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
        self.check()?;
        let entries = self.entries.lock().unwrap();
        let value = entries.get(name).ok_or_else(|| KeystoreProblem::EntryMissing(name.into()))?;
        Ok(Zeroizing::new(value.clone()))
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        self.check()?;
        self.entries.lock().unwrap().insert(name.into(), value.to_vec());
        Ok(())
    }

    fn read_back(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        if *self.forgetful.lock().unwrap() || *self.read(name)? != value {
            return Err(KeystoreProblem::NotReadBack("it read another value".into()));
        }
        Ok(())
    }
}

/// Lets the database grow to so many pages and no further; to none more than it has, where that is left out. SQLite reports its
/// own page limit exactly as it reports a full disk.
pub fn limit_pages(device: &Device, pages: Option<u32>) {
    let limit = device.store().write(move |tx| {
        let now: u32 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let pages = pages.unwrap_or(now);
        Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
    });
    limit.unwrap();
}

/// Nothing fits into the audit trail any more.
pub fn fill_disk(device: &Device) {
    limit_pages(device, None);
    for _ in 0..1000 {
        match device.record("anna", "coordinator", "outbox.sendNow", "", "") {
            Ok(()) => {}
            Err(Error::DiskFull) => return,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the database is never full");
}

/// A clock that stands still until it is set.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Zoned>>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-21T09:41:07+01:00[Europe/Berlin]".parse().unwrap())))
    }

    pub fn advance(&self, span: Span) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(span).unwrap();
    }

    /// The device is carried into another time zone; the instant stays.
    pub fn carry_to(&self, zone: &str) {
        let mut now = self.0.lock().unwrap();
        *now = now.in_tz(zone).unwrap();
    }

    pub fn clock(&self) -> Clock {
        let shared = self.0.clone();
        Arc::new(move || shared.lock().unwrap().clone())
    }
}

/// A root, an intermediate under it, and a certificate's validity around the test's time.
pub struct TestAuthority {
    root: Authority,
    intermediate: Authority,
    pub leaf: Validity,
    /// The octet of the next serial number.
    next: AtomicU8,
}

impl TestAuthority {
    pub fn new() -> Self {
        let key = |byte: u8| SigningKey::from_slice(&[byte; 32]).unwrap();
        let years =
            Validity { not_before: time("2026-01-01T00:00:00Z"), not_after: time("2036-01-01T00:00:00Z") };
        let root = Authority::new("CN=Test root", key(1), [1; 16], years).unwrap();
        let intermediate = root.intermediate("CN=Test intermediate", key(2), [2; 16], years).unwrap();
        let leaf =
            Validity { not_before: time("2026-11-01T00:00:00Z"), not_after: time("2027-11-01T00:00:00Z") };
        Self { root, intermediate, leaf, next: AtomicU8::new(3) }
    }

    pub fn anchor(&self) -> String {
        self.root.certificate_pem()
    }

    /// Another one with the same names.
    pub fn impostor() -> Self {
        let key = |byte: u8| SigningKey::from_slice(&[byte; 32]).unwrap();
        let Self { leaf, .. } = Self::new();
        let years =
            Validity { not_before: time("2026-01-01T00:00:00Z"), not_after: time("2036-01-01T00:00:00Z") };
        let root = Authority::new("CN=Test root", key(3), [3; 16], years).unwrap();
        let intermediate = root.intermediate("CN=Test intermediate", key(4), [4; 16], years).unwrap();
        Self { root, intermediate, leaf, next: AtomicU8::new(3) }
    }

    /// One list, with nothing on it, from each authority.
    pub fn revocation_lists(&self) -> Vec<Vec<u8>> {
        self.revocation_lists_of("2026-11-20T00:00:00Z")
    }

    /// The same, made at this time.
    pub fn revocation_lists_of(&self, from: &str) -> Vec<Vec<u8>> {
        let (from, until) = (time(from), time("2026-12-20T00:00:00Z"));
        [&self.root, &self.intermediate]
            .map(|authority| authority.crl(&[], from, until, 1).unwrap().der().to_vec())
            .to_vec()
    }

    /// The same, with this certificate on the list of its issuer.
    pub fn revoked(&self, from: &str, serial: &[u8], at: &str) -> Vec<Vec<u8>> {
        let revoked = seal::issue::Revoked { serial: serial.to_vec(), at: time(at) };
        let list = self.intermediate.crl(&[revoked], time(from), time("2026-12-20T00:00:00Z"), 2).unwrap();
        vec![list.der().to_vec()]
    }

    pub fn issue(&self, request: &seal::CertificateRequest) -> Result<Vec<u8>, Error> {
        let (from, until) = (self.leaf.not_before, self.leaf.not_after);
        let serial = [self.next.fetch_add(1, Ordering::SeqCst); 16];
        let leaf = self.intermediate.issue_leaf(request.der(), SanPolicy::AnyUrnUuid, serial, from, until)?;
        let chain =
            seal::CertificateChain::from_ders(vec![leaf, self.intermediate.certificate_der().to_vec()])?;
        Ok(chain.to_pem().into_bytes())
    }
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn configuration(folder: &Path, anchor: String) -> Configuration {
    Configuration {
        server: "http://127.0.0.1:1/fhir".into(),
        site: "014".into(),
        device_name: "Attesta 014-3".into(),
        device_reference: "Device/device-014-3".into(),
        trust_anchors: anchor,
        export_folder: folder.join("export"),
        policy: Policy {
            organization: Some(Organization {
                reference: "Organization/site-014".into(),
                identifier: "urn:uuid:01400000-0000-4000-8000-000000000014".into(),
                name: "Site 014".into(),
            }),
            ..Policy::default()
        },
        study: None,
    }
}

/// An enrolled device with one coordinator and one participant.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub keystore: Arc<MemoryKeystore>,
    pub clock: TestClock,
    pub authority: TestAuthority,
    pub device: Option<Device>,
    pub staff: Staff,
}

impl Bench {
    pub fn new() -> Self {
        let bench = Self::without_enrolment();
        bench.device().enrol("setup", |request| bench.authority.issue(request)).unwrap();
        bench.device().put_participants(vec![participant()]).unwrap();
        bench.device().staff_add(&bench.staff, PASSWORD, "setup").unwrap();

        bench
    }

    pub fn without_enrolment() -> Self {
        let mut bench = Self {
            folder: tempfile::TempDir::new().unwrap(),
            keystore: Arc::default(),
            clock: TestClock::new(),
            authority: TestAuthority::new(),
            device: None,
            staff: person("anna"),
        };
        bench.device = Some(bench.open().unwrap());
        bench
    }

    pub fn open(&self) -> Result<Device, Error> {
        Device::open(Opening {
            data_folder: self.folder.path().to_path_buf(),
            keystore: self.keystore.clone(),
            configuration: configuration(self.folder.path(), self.authority.anchor()),
            clock: self.clock.clock(),
        })
    }

    pub fn device(&self) -> &Device {
        self.device.as_ref().unwrap()
    }

    pub fn reopen(&mut self) {
        self.device = None;
        self.device = Some(self.open().unwrap());
    }

    /// A visit with a chosen PIN and a reviewed PHQ-9.
    pub fn reviewed(&self) -> (Visit, Session) {
        let visit = self.start();
        (visit.clone(), fill(self.device(), &visit))
    }

    pub fn start(&self) -> Visit {
        let resource = questionnaire::instruments::PHQ9;
        let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
        let visit = self.device().start_visit(PARTICIPANT, &form, resource, &self.staff).unwrap();
        match self.device().choose_pin(PARTICIPANT, PIN, PIN) {
            Ok(()) | Err(Error::PinAlreadySet) => visit,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A record of one response, signed and waiting to be delivered.
pub fn frozen(bench: &Bench) -> String {
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().freeze(&visit.id, &session, act, WORDS).unwrap().record
}

/// What the audit trail says of one subject, oldest first.
pub fn events(bench: &Bench, subject: &str) -> Vec<String> {
    let rows = bench.device().store().read(|connection| audit::of_subject(connection, subject)).unwrap();
    rows.into_iter().map(|row| row.event).collect()
}

pub fn participant() -> Participant {
    Participant {
        id: PARTICIPANT.into(),
        identifier_system: "https://attesta.example/participants".into(),
        reference: ACTOR.into(),
    }
}

pub fn person(user: &str) -> Staff {
    Staff { user: user.into(), display_name: user.to_uppercase(), role: Role::Coordinator }
}

/// Answers every question and confirms the review, storing each event before the next step.
pub fn fill(device: &Device, visit: &Visit) -> Session {
    let at = device::clock::text(&device.now());
    let form = device.questionnaire(&visit.id).unwrap();
    let (mut session, event) = Session::start(&form, "en", &at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    let began = session.begin(&at, ACTOR).unwrap();
    device.append(&visit.id, &began).unwrap();
    while let Position::Screen { screen } = session.screen() {
        if let Control::Choice { options, .. } = &screen.control {
            let answer = Answer::Choice { option: options[1].key.clone() };
            let event = session.answer(&screen.key, vec![answer], &at, ACTOR).unwrap();
            device.append(&visit.id, &event).unwrap();
        }
        let event = session.next(&at, ACTOR).unwrap();
        device.append(&visit.id, &event).unwrap();
    }
    let event = session.confirm_review(&at, ACTOR).unwrap();
    device.append(&visit.id, &event).unwrap();
    session
}
