//! Two devices of one study, and the server of both.

#![allow(unreachable_pub)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use device::accounts::Staff;
use device::delivery::State;
use device::emergency::{EmergencyExport, EmergencyImport, Order, Secret, Target, Typed};
use device::store::outbox::{self, Item};
use device::store::{audit, takeover};
use device::{Configuration, Device, Error, Opening, Policy};
use jiff::Timestamp;
use seal::Anchors;
use seal::verify::Trust;

use super::PASSPHRASE;
use crate::common::delivery::{Deliverer, practice_server, until};
use crate::common::{self, MemoryKeystore, PARTICIPANT, PASSWORD, PIN, WORDS, fill, person};

/// Why it is done.
pub const REASON: &str = "The tablet's battery is swelling.";

pub fn typed(passphrase: &str) -> Typed<'_> {
    Typed { passphrase, again: passphrase }
}

pub struct Tablet {
    pub folder: tempfile::TempDir,
    keystore: Arc<MemoryKeystore>,
    configuration: Configuration,
    device: Device,
    staff: Staff,
}

pub struct Pair {
    server: Option<practice::Handle>,
    server_data: tempfile::TempDir,
    pub anchors: String,
    anchor_list: Anchors,
    pub first: Tablet,
    pub second: Tablet,
}

impl Pair {
    pub fn new() -> Self {
        Self::under(&Policy::default())
    }

    pub fn under(policy: &Policy) -> Self {
        let server_data = tempfile::tempdir().unwrap();
        let server = practice_server(server_data.path());
        let (first, second) = (Tablet::new(&server, policy, "First"), Tablet::new(&server, policy, "Second"));
        let anchors = server.anchor_pem().to_owned();
        let anchor_list = Anchors::from_pem(anchors.as_bytes()).unwrap();
        Self { server: Some(server), server_data, anchors, anchor_list, first, second }
    }

    pub fn server(&self) -> &practice::Handle {
        self.server.as_ref().unwrap()
    }

    pub fn stop(&mut self) {
        self.server.take().unwrap().stop();
    }

    /// What the stopped server keeps.
    pub fn stored(&self, kind: &str) -> Vec<(String, u32, String)> {
        practice::storage::read_all(self.server_data.path(), kind).unwrap()
    }

    pub fn trust(&self) -> Trust<'_> {
        Trust::new(Some(&self.anchor_list), Timestamp::now())
    }
}

impl Tablet {
    pub fn new(server: &practice::Handle, policy: &Policy, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration {
            server: server.base_url().to_owned(),
            device_name: name.to_owned(),
            device_reference: format!("Device/{}", name.to_lowercase()),
            policy: policy.clone(),
            ..common::configuration(folder.path(), server.anchor_pem().to_owned())
        };
        Self::with(server, folder, configuration)
    }

    pub fn with(server: &practice::Handle, folder: tempfile::TempDir, configuration: Configuration) -> Self {
        let (clock, keystore) = (device::clock::system(), Arc::<MemoryKeystore>::default());
        let device = Device::open(Opening {
            data_folder: folder.path().to_path_buf(),
            keystore: keystore.clone(),
            configuration: configuration.clone(),
            clock,
        })
        .unwrap();
        device
            .enrol("setup", |request| Ok(server.issue_certificate(request.der()).unwrap().into_bytes()))
            .unwrap();
        let staff = person("anna");
        device.staff_add(&staff, PASSWORD, "setup").unwrap();
        Self { folder, keystore, configuration, device, staff }
    }

    /// Closes the device; what it needs to be opened again stays.
    pub fn close(self) -> (tempfile::TempDir, Arc<MemoryKeystore>, Configuration) {
        (self.folder, self.keystore, self.configuration)
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    pub fn begin(&self) -> String {
        self.reviewed().0
    }

    fn reviewed(&self) -> (String, questionnaire::Session) {
        self.device.put_participants(vec![common::participant()]).unwrap();
        let resource = questionnaire::instruments::PHQ9;
        let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
        let visit = self.device.start_visit(PARTICIPANT, &form, resource, &self.staff).unwrap();
        match self.device.choose_pin(PARTICIPANT, PIN, PIN) {
            Ok(()) | Err(Error::PinAlreadySet) => {}
            Err(error) => panic!("{error}"),
        }
        (visit.id.clone(), fill(&self.device, &visit))
    }

    pub fn freeze(&self) -> String {
        let (visit, session) = self.reviewed();
        let act = self.device.verify_pin(&visit, &session, PARTICIPANT, PIN).unwrap();
        self.device.freeze(&visit, &session, act, WORDS).unwrap().record
    }

    pub fn item(&self, record: &str) -> Item {
        self.device.store().read(|connection| outbox::by_id(connection, record)).unwrap()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn export(&self, name: &str) -> EmergencyExport {
        self.export_with(name, Some(typed(PASSPHRASE)), false).unwrap()
    }

    pub fn export_with(
        &self,
        name: &str,
        passphrase: Option<Typed<'_>>,
        drafts: bool,
    ) -> Result<EmergencyExport, Error> {
        let file = self.file(name);
        let order = Order { to: Target::File(&file), passphrase, drafts, reason: REASON };
        self.device.export_emergency(&order, &self.staff)
    }

    pub fn take(&self, file: &Path) -> Result<EmergencyImport, Error> {
        self.take_bytes(&std::fs::read(file).unwrap(), PASSPHRASE)
    }

    pub fn take_bytes(&self, file: &[u8], passphrase: &str) -> Result<EmergencyImport, Error> {
        let opened = self.device.open_emergency(file, Secret::Passphrase(passphrase))?;
        self.device.take_over(&opened, REASON, &self.staff)
    }

    pub fn start(&self) -> Deliverer {
        Deliverer::start(&self.device)
    }

    pub fn deliver(&self, records: u32) {
        self.start().delivered(records);
    }

    pub fn wait_for(&self, record: &str, state: State) {
        let at = || self.item(record).state;
        until(state.as_str(), || at() == state);
    }

    pub fn events(&self) -> Vec<String> {
        let all = self.device.store().read(audit::all).unwrap();
        all.into_iter().map(|entry| entry.event).collect()
    }

    /// Everything that an import could change.
    pub fn everything(&self) -> (Vec<Item>, Vec<audit::Entry>, Vec<takeover::Takeover>, usize) {
        self.device
            .store()
            .read(|connection| {
                let visits = device::store::visit::all(connection)?.len();
                Ok((outbox::all(connection)?, audit::all(connection)?, takeover::all(connection)?, visits))
            })
            .unwrap()
    }
}

/// The signed content of an export, decrypted with josekit's own reader: as somebody without this program would.
pub fn opened(file: &str, passphrase: &str) -> String {
    let decrypter = josekit::jwe::PBES2_HS512_A256KW.decrypter_from_bytes(passphrase.as_bytes()).unwrap();
    let (content, header) = josekit::jwe::deserialize_compact(file, &decrypter).unwrap();
    assert_eq!(header.content_type(), Some("JOSE"));
    String::from_utf8(content).unwrap()
}

/// What a compact JWS carries.
pub fn payload(signed: &str) -> String {
    use base64::Engine as _;
    let middle = signed.split('.').nth(1).unwrap();
    String::from_utf8(base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(middle).unwrap()).unwrap()
}
