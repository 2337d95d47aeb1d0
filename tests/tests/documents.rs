//! A record as a document that a ledger covers: device, FHIR server and ledger of one practice server, then the export
//! as another program reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attesta_tests::delivery::{self, DEVICE, drained, insert, sign_as};
use client::ledger::Ledger;
use device::accounts::{Role, Staff};
use device::delivery::Worker;
use device::keystore::{Keystore, KeystoreProblem};
use device::{Configuration, Device, Error, FhirVersion, HttpLedger, Opening, Policy};
use fhir::{Value, Version};
use seal::gravitate::{Anchor, Entry, Recorded, transaction};
use seal::verify::{Aspect, Report, Trust, Verdict};
use seal::{Anchors, Crl, Signer, export};
use zeroize::Zeroizing;

/// The keystore is tested elsewhere.
#[derive(Default)]
struct MemoryKeystore(Mutex<HashMap<String, Vec<u8>>>);

impl Keystore for MemoryKeystore {
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
        let entries = self.0.lock().unwrap();
        let value = entries.get(name).ok_or_else(|| KeystoreProblem::EntryMissing(name.into()))?;
        Ok(Zeroizing::new(value.clone()))
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        self.0.lock().unwrap().insert(name.into(), value.to_vec());
        Ok(())
    }

    fn read_back(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        assert_eq!(*self.read(name)?, value);
        Ok(())
    }
}

/// A device with one proven record, and the server that keeps it.
struct Site {
    server: practice::Handle,
    device: Device,
    record: String,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Site {
    fn new(release: FhirVersion, ledger: impl FnOnce(&practice::Handle) -> Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let version = Version::from(release);
        let server = practice::Server::start(practice::Options {
            data_dir: folder.path().join("server"),
            port: 0,
            seeds: practice::Seeds::practice(DEVICE, Vec::new(), version),
            version,
        })
        .unwrap();
        let device = Device::open(Opening {
            data_folder: folder.path().join("device"),
            keystore: Arc::new(MemoryKeystore::default()),
            configuration: Configuration {
                server: server.base_url().to_owned(),
                site: "014".to_owned(),
                device_name: "Attesta 014-3".to_owned(),
                device_reference: "Device/device-014-3".to_owned(),
                trust_anchors: server.anchor_pem().to_owned(),
                export_folder: folder.path().join("exports"),
                policy: Policy { fhir_version: release, ledger: ledger(&server), ..Policy::default() },
            },
            clock: device::clock::system(),
        })
        .unwrap();
        device
            .enrol("setup", |request| Ok(server.issue_certificate(request.der()).unwrap().into_bytes()))
            .unwrap();
        let lists = server.crl_pem().unwrap();
        let lists: Vec<Vec<u8>> = lists
            .split_inclusive("-----END X509 CRL-----")
            .map(|list| list.trim_start().as_bytes().to_vec())
            .filter(|list| !list.is_empty())
            .collect();
        device.put_revocation_lists(&lists).unwrap();
        let key: Arc<dyn Signer> = device.sealing_key().unwrap();
        let record = insert(device.store(), sign_as(version, &device.party(), key.as_ref()));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let site = Self { server, device, record, runtime, folder };
        site.deliver(&key);
        site
    }

    fn with_its_ledger() -> Self {
        Self::new(FhirVersion::R5, |server| Some(server.ledger_url()))
    }

    fn deliver(&self, key: &Arc<dyn Signer>) {
        let store = self.device.store();
        let mut context = delivery::context(store, self.server.base_url(), key, Duration::from_millis(20));
        context.device = self.device.party();
        context.fhir_version = self.device.configuration().policy.fhir_version;
        let worker = Worker::start(Arc::new(context), self.runtime.handle());
        drained(&worker, Duration::from_secs(30));
        worker.stop();
        let state = delivery::item(store, &self.record).state;
        assert_eq!(state, device::delivery::State::Done);
    }

    fn export(&self) -> Result<PathBuf, Error> {
        let ledger = self.device.ledger()?;
        self.export_with(ledger.as_ref().map(|ledger| -> &dyn Anchor { ledger }))
    }

    fn export_with(&self, ledger: Option<&dyn Anchor>) -> Result<PathBuf, Error> {
        let by = Staff {
            user: "keller".to_owned(),
            display_name: "Maria Keller".to_owned(),
            role: Role::Coordinator,
        };
        self.device.export_document(&self.record, ledger, &by)
    }

    fn exported(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("exports")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    fn check(&self, files: &[(String, Vec<u8>)], ledger: &[Entry]) -> Report {
        let anchors = Anchors::from_pem(self.server.anchor_pem().as_bytes()).unwrap();
        let none: [Crl; 0] = [];
        let now = jiff::Timestamp::now();
        let trust = Trust::new(Some(&anchors), now).with_crls(&none).with_ledger(ledger);
        export::check_with(files, &trust)
    }

    /// What the ledger holds under the entry that the Provenance names.
    fn ask(&self, transaction: &str) -> Recorded {
        let ledger = Ledger::new(&self.server.ledger_url(), client::Options::default(), None).unwrap();
        match self.runtime.block_on(ledger.find(transaction)).unwrap() {
            Some(hash) => Recorded::Sha256(hash),
            None => Recorded::Nothing,
        }
    }
}

fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn json(files: &[(String, Vec<u8>)], name: &str) -> Value {
    Value::parse(&files.iter().find(|(other, _)| other == name).unwrap().1).unwrap()
}

#[test]
fn a_proven_record_is_exported_as_a_document_that_verifies_with_the_ledger() {
    let site = Site::with_its_ledger();
    let path = site.export().unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("attesta-document-") && !name.contains("0027"), "{name}");
    let files = unzip(&path);
    let (document, provenance) = (json(&files, "document.json"), json(&files, "provenance.json"));
    assert_eq!(document.str("type"), Some("document"));
    let kinds: Vec<_> = document
        .list("entry")
        .iter()
        .map(|entry| entry.get("resource").unwrap().resource_type().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["Composition", "QuestionnaireResponse", "Provenance", "Device", "Patient"]);
    for entry in document.list("entry") {
        let resource = entry.get("resource").unwrap();
        assert!(fhir::xml::to_xml(resource, Version::R5).is_ok(), "{:?} is R5", resource.resource_type());
    }
    let id = transaction(&provenance).unwrap().to_owned();
    let recorded = site.ask(&id);
    assert_eq!(recorded, Recorded::Sha256(seal::gravitate::digest(&document).unwrap()));
    for ledger in [vec![], vec![Entry { transaction: id.clone(), recorded }]] {
        let report = site.check(&files, &ledger);
        for aspect in Aspect::ALL {
            assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {:#?}", report.verdicts);
        }
        assert!(report.notes.iter().any(|note| note.contains(&id)), "{:?}", report.notes);
    }
    // A ledger that has lost the entry is found.
    let gone = Entry { transaction: id, recorded: site.ask(&"0".repeat(64)) };
    assert_eq!(site.check(&files, &[gone]).verdict(Aspect::Linkage), Verdict::Invalid);
}

#[test]
fn an_altered_leaf_of_an_exported_document_is_found() {
    let site = Site::with_its_ledger();
    let files = unzip(&site.export().unwrap());
    for (name, from, to) in [
        ("document.json", "Better after a walk", "Worse after a walk"),
        ("document.json", "\"valueInteger\":42", "\"valueInteger\":43"),
        ("document.json", "72.50", "72.5"),
        ("document.json", "Pain diary", "Pain Diary"),
        ("provenance.json", "assembler", "performer"),
    ] {
        let mut altered = files.clone();
        let content = &mut altered.iter_mut().find(|(other, _)| other == name).unwrap().1;
        let text = String::from_utf8(content.clone()).unwrap();
        assert!(text.contains(from), "{from} is in {name}");
        *content = text.replace(from, to).into_bytes();
        let report = site.check(&altered, &[]);
        assert_eq!(report.overall(), Verdict::Invalid, "{from} → {to}");
    }
}

#[test]
fn without_a_ledger_the_refusal_says_what_to_configure() {
    let site = Site::new(FhirVersion::R5, |_| None);
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "ledger-missing");
    assert!(refused.to_string().contains("policy.ledger"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
}

#[test]
fn a_ledger_that_is_offline_leaves_nothing_half_done() {
    let site = Site::with_its_ledger();
    site.server.close_listener();
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "ledger-unavailable");
    assert!(refused.to_string().contains("refused the connection"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
    site.server.reopen_listener().unwrap();
    site.export().unwrap();
    assert_eq!(site.exported().len(), 1, "later it works");
}

/// A ledger that says yes and keeps something else.
fn lying_ledger() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            let mut buffer = [0; 4096];
            // A question ends with its head, a hash to keep with its JSON.
            while !request.ends_with("\r\n\r\n") && !request.ends_with('}')
                || request.starts_with("POST") && !request.ends_with('}')
            {
                let read = stream.read(&mut buffer).unwrap();
                assert!(read > 0, "the device ended the request early");
                request.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            let hash = match request.rsplit_once("\"hash\":\"") {
                Some((_, rest)) => rest[..64].to_owned(),
                None => "ab".repeat(32),
            };
            let body = format!(r#"{{"transaction":"t1","algorithm":"SHA-256","hash":"{hash}"}}"#);
            let head = format!(
                "HTTP/1.1 201 Created\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let status =
                if request.starts_with("GET") { head.replace("201 Created", "200 OK") } else { head };
            stream.write_all((status + &body).as_bytes()).unwrap();
        }
    });
    base
}

#[test]
fn a_ledger_that_holds_another_hash_is_refused() {
    let site = Site::with_its_ledger();
    let lying = HttpLedger::new(&lying_ledger(), None).unwrap();
    let refused = site.export_with(Some(&lying)).unwrap_err();
    assert_eq!(refused.code(), "ledger-refused");
    assert!(refused.to_string().contains("another hash"), "{refused}");
    assert_eq!(site.exported(), Vec::<String>::new());
}

#[test]
fn a_study_of_r4_is_told_that_documents_need_r5() {
    let site = Site::new(FhirVersion::R4, |server| Some(server.ledger_url()));
    let refused = site.export().unwrap_err();
    assert_eq!(refused.code(), "document-release");
    assert_eq!(site.exported(), Vec::<String>::new());
}
