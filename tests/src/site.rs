//! A whole device with one proven record, beside the server that keeps it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::ledger::Ledger;
use device::accounts::{Role, Staff};
use device::delivery::Worker;
use device::keystore::{Keystore, KeystoreProblem};
use device::store::participant::Participant;
use device::{Configuration, Device, Error, FhirVersion, Opening, Organization, Policy};
use fhir::Version;
use seal::gravitate::{Anchor, Entry, Recorded};
use seal::verify::{Report, Trust};
use seal::{Anchors, Party, Signer, export};
use zeroize::Zeroizing;

use crate::delivery::{self, DEVICE, drained, insert, patient, sign_as};

/// A keystore in memory: the real ones are tested elsewhere.
#[derive(Default)]
pub struct MemoryKeystore(Mutex<HashMap<String, Vec<u8>>>);

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
pub struct Site {
    /// The server, with its ledger.
    pub server: practice::Handle,
    /// The device.
    pub device: Device,
    /// The record.
    pub record: String,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Site {
    /// A site of this release, whose configuration names this ledger. In R4, where Bundles are signed for transmission,
    /// it belongs to an organization.
    pub fn new(release: FhirVersion, ledger: impl FnOnce(&practice::Handle) -> Option<String>) -> Self {
        Self::of(
            |server| Policy {
                fhir_version: release,
                ledger: ledger(server),
                organization: (release == FhirVersion::R4).then(organization),
                ..Policy::default()
            },
            release,
        )
    }

    /// A site of this release, whose study chose this.
    pub fn of(policy: impl FnOnce(&practice::Handle) -> Policy, release: FhirVersion) -> Self {
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
                policy: policy(&server),
                study: None,
            },
            clock: device::clock::system(),
        })
        .unwrap();
        let issue = |request: &seal::CertificateRequest| {
            Ok(server.issue_certificate(request.der()).unwrap().into_bytes())
        };
        device.enrol("setup", issue).unwrap();
        if device.configuration().policy.organization.is_some() {
            device.enrol_organization("setup", issue).unwrap();
        }
        let Party { reference, identifier_system, identifier_value } = patient();
        device
            .put_participants(vec![Participant { id: identifier_value, identifier_system, reference }])
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

    /// A site of R5 whose configuration names the server's own ledger.
    pub fn with_its_ledger() -> Self {
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

    /// One more record, signed and not sent yet.
    pub fn freeze(&self) -> String {
        let key = self.device.sealing_key().unwrap();
        let version = self.device.configuration().policy.fhir_version.into();
        insert(self.device.store(), sign_as(version, &self.device.party(), key.as_ref()))
    }

    /// Exports everything that the participant signed, as one Bundle of the organization.
    pub fn export_subject(&self) -> Result<PathBuf, Error> {
        self.device.export_subject(&patient().identifier_value, &Self::staff())
    }

    /// Exports the record as a document, with the configured ledger.
    pub fn export(&self) -> Result<PathBuf, Error> {
        let ledger = self.device.ledger()?;
        self.export_with(ledger.as_ref().map(|ledger| -> &dyn Anchor { ledger }))
    }

    /// Exports the record as a document, with this ledger.
    pub fn export_with(&self, ledger: Option<&dyn Anchor>) -> Result<PathBuf, Error> {
        self.device.export_document(&self.record, ledger, &Self::staff())
    }

    /// Who acts.
    pub fn staff() -> Staff {
        let (user, display_name) = ("keller".to_owned(), "Maria Keller".to_owned());
        Staff { user, display_name, role: Role::Coordinator }
    }

    /// The names of what was exported.
    pub fn exported(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("exports")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    /// Verifies an export with the site's anchor.
    pub fn check(&self, files: &[(String, Vec<u8>)], ledger: &[Entry]) -> Report {
        let anchors = Anchors::from_pem(self.server.anchor_pem().as_bytes()).unwrap();
        let trust = Trust::new(Some(&anchors), jiff::Timestamp::now()).with_ledger(ledger);
        export::check_with(files, &trust)
    }

    /// What the ledger holds under the entry that the Provenance names.
    pub fn ask(&self, transaction: &str) -> Recorded {
        let ledger = Ledger::new(&self.server.ledger_url(), client::Options::default(), None).unwrap();
        match self.runtime.block_on(ledger.find(transaction)).unwrap() {
            Some(hash) => Recorded::Sha256(hash),
            None => Recorded::Nothing,
        }
    }
}

fn organization() -> Organization {
    let party = practice::seeds::organization_party();
    Organization {
        reference: party.reference,
        identifier: party.identifier_value,
        name: "Attesta practice site 014".to_owned(),
    }
}

/// The files of an export.
pub fn unzip(path: &Path) -> Vec<(String, Vec<u8>)> {
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
