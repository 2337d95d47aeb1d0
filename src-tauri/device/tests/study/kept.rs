//! A document that an earlier version of the program took, and that this one would not take: nobody is locked out of what
//! was signed under it.

use std::path::Path;
use std::sync::Arc;

use client::Reach;
use device::accounts::{Role, Staff};
use device::delivery::State;
use device::emergency::{Order, Target, Typed};
use device::store::{form, outbox};
use device::study::{AtSite, Signer};
use device::{Device, Error, Policy, Unlocked, clock};
use fhir::Value;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer as _;

use super::*;
use crate::common::delivery::{Deliverer, practice_server};
use crate::common::site::{frozen, frozen_again};
use crate::common::{MemoryKeystore, PARTICIPANT, PASSWORD, PIN, WORDS, fill, participant, person};

/// The document with a valid signature, whatever is in it.
fn signed_unchecked(study: &Value, by: u8) -> String {
    let usual = Value::parse(signed(&super::study(), by).as_bytes()).unwrap();
    let (protected, _) = usual.str("signature").unwrap().split_once("..").unwrap();
    let canonical = fhir::canonical::jcs(study).unwrap();
    let input = format!("{protected}.{}", BASE64_URL_SAFE_NO_PAD.encode(canonical));
    let signature: Signature = key(by).sign(input.as_bytes());
    let signature = format!("{protected}..{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    fhir::object! { "attestaStudy" => "1", "study" => study.clone(), "signature" => signature }.to_json()
}

/// Puts a document where an earlier version of the program would have kept it.
fn keep(device: &Device, version: i64, document: &str) {
    let (document, sha256) = (document.to_owned(), format!("kept-{version}"));
    let kept = device.store().write(move |tx| {
        let row = (version, sha256, document);
        Ok(tx.execute(
            "INSERT INTO study (version, sha256, document, loaded_at, loaded_by) VALUES (?1, ?2, ?3, '', 'device')",
            row,
        )?)
    });
    assert_eq!(kept.unwrap(), 1);
}

/// A device with a practice server, set up under a study that is fit.
pub(super) struct Ward {
    folder: tempfile::TempDir,
    _server_data: tempfile::TempDir,
    keystore: Arc<MemoryKeystore>,
    pub(super) server: practice::Handle,
    device: Option<Device>,
    pub(super) staff: Staff,
}

impl Ward {
    pub(super) fn new() -> Self {
        let (folder, server_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = practice_server(server_data.path());
        let mut ward = Self {
            folder,
            _server_data: server_data,
            keystore: Arc::default(),
            server,
            device: None,
            staff: Staff { role: Role::Coordinator, ..person("anna") },
        };
        let at = AtSite {
            site: "014".into(),
            device_name: "Attesta 014-3".into(),
            device_reference: "Device/device-014-3".into(),
            export_folder: ward.folder.path().join("exports"),
        };
        let document = signed(&ward.study(1, |_| ()), 11);
        let unlocked = Unlocked::new(ward.folder.path(), ward.keystore.clone()).unwrap();
        let device =
            unlocked.set_up(document.as_bytes(), &Signer::named(&name(11)), at, clock::system()).unwrap();
        device
            .enrol("setup", |request| Ok(ward.server.issue_certificate(request.der()).unwrap().into_bytes()))
            .unwrap();
        device.staff_add(&ward.staff, PASSWORD, "setup").unwrap();
        device.put_participants(vec![participant()]).unwrap();
        device.follow_study().unwrap();
        ward.device = Some(device);
        ward
    }

    /// The ward's study, of which its server is the practice server.
    pub(super) fn study(&self, version: i32, change: impl FnOnce(&mut fhir::Object)) -> Value {
        let mut study = with("version", version);
        let members = study.as_object_mut().unwrap();
        members.insert("server", self.server.base_url());
        members.insert("trustAnchors", self.server.anchor_pem());
        members.insert("policy", fhir::object! { "pinDigits" => 4 });
        change(members);
        study
    }

    pub(super) fn device(&self) -> &Device {
        self.device.as_ref().unwrap()
    }

    /// What the next start of the program makes of it.
    pub(super) fn reopened(&mut self) -> Result<(), Error> {
        self.device = None;
        let unlocked = Unlocked::new(self.folder.path(), self.keystore.clone())?;
        self.device = Some(unlocked.open_study(clock::system())?);
        Ok(())
    }

    /// The same under a document that was kept and would not be taken today.
    fn under(&mut self, version: i32, change: impl FnOnce(&mut fhir::Object)) -> Result<(), Error> {
        let document = signed_unchecked(&self.study(version, change), 11);
        assert!(SignedStudy::read(document.as_bytes()).is_err(), "it would not be taken today");
        keep(self.device(), version.into(), &document);
        self.reopened()
    }

    fn start(&self) -> Result<device::store::visit::Visit, Error> {
        let forms = self.device().store().read(form::all).unwrap();
        self.device().start_visit_with(PARTICIPANT, &forms[0].id, &self.staff)
    }

    fn export(&self, file: &Path) -> usize {
        let passphrase = Typed { passphrase: PASSPHRASE, again: PASSPHRASE };
        let order = Order {
            to: Target::File(file),
            passphrase: Some(passphrase),
            drafts: true,
            reason: "The study's document is refused.",
        };
        let made = self.device().export_emergency(&order, &self.staff).unwrap();
        assert!(file.exists());
        made.records
    }
}

const PASSPHRASE: &str = "four words that nobody else has";

#[test]
fn what_was_begun_under_a_document_that_a_newer_app_would_not_take_is_finished_and_delivered() {
    let mut ward = Ward::new();
    frozen(ward.device(), &ward.staff);
    let begun = ward.start().unwrap();
    ward.under(2, |study| {
        study.insert("policy", fhir::object! { "pinDigits" => 3 });
    })
    .unwrap();
    let device = ward.device();
    assert!(device.unfit_study().unwrap().contains("policy.pinDigits"), "{:?}", device.unfit_study());
    device.follow_study().unwrap();
    let refused = ward.start().unwrap_err();
    assert_eq!(refused.code(), "study-unfit");
    let said = refused.to_string();
    assert!(said.contains("policy.pinDigits") && said.contains("the study's office"), "{said}");
    let resource = instruments::PHQ9;
    let form = questionnaire::import_bytes(resource.as_bytes()).unwrap();
    let directly = device.start_visit(PARTICIPANT, &form, resource, &ward.staff).unwrap_err();
    assert_eq!(directly.code(), "study-unfit", "by no way at all");
    // What a patient began is worth more than the rule.
    let session = fill(device, &begun);
    let act = device.verify_pin(&begun.id, &session, PARTICIPANT, PIN).unwrap();
    device.freeze(&begun.id, &session, act, WORDS).unwrap();
    assert_eq!(ward.export(&ward.folder.path().join("owed.jwe")), 2);
    Deliverer::start(device).delivered(2);
    // The way out: a document that this version takes.
    let third = signed(&ward.study(3, |_| ()), 11);
    device.load_study(third.as_bytes(), Some("The app is newer."), &ward.staff).unwrap();
    assert_eq!(ward.start().unwrap_err().code(), "study-unfit", "it is in force from the next start on");
    ward.reopened().unwrap();
    assert_eq!(ward.device().unfit_study(), None);
    frozen_again(ward.device(), &ward.staff);
    ward.start().unwrap();
    Deliverer::start(ward.device()).delivered(3);
}

#[test]
fn a_server_that_a_newer_app_would_not_ask_is_not_asked_and_what_is_owed_can_be_exported() {
    let mut ward = Ward::new();
    let record = frozen(ward.device(), &ward.staff);
    let endpoint = "http://registry.example.org/fhir";
    ward.under(2, |study| {
        study.insert("server", "http://ada:secret@fhir.example.org/r4");
        let listed = fhir::array![fhir::object! { "base" => endpoint, "name" => "Registry" }];
        study.insert("policy", fhir::object! { "assignments" => fhir::object! { "endpoints" => listed } });
    })
    .unwrap();
    let device = ward.device();
    assert!(device.unfit_study().unwrap().contains("study.server"), "{:?}", device.unfit_study());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let further = device.configuration().endpoint(endpoint).unwrap().clone();
    for client in [device.server().unwrap(), device.endpoint(&further).unwrap()] {
        let failure = runtime.block_on(client.metadata()).unwrap_err();
        assert_eq!((failure.error.code(), failure.error.reach()), ("connection-settings", Reach::NotSent));
        assert!(!failure.request.url.contains("secret") && !client.base_url().contains("secret"));
    }
    let deliverer = Deliverer::start(device);
    let item = || device.store().read(|connection| outbox::by_id(connection, &record)).unwrap();
    crate::common::delivery::until("the reason", || item().problem.as_deref() == Some("connection-settings"));
    drop(deliverer);
    assert_ne!(item().state, State::Quarantined, "it waits for another document");
    assert_eq!(ward.export(&ward.folder.path().join("owed.jwe")), 1);
}

/// What waits at this ward, and why.
fn problem_of(ward: &Ward, record: &str) -> Option<String> {
    ward.device().store().read(|connection| outbox::by_id(connection, record)).unwrap().problem
}

#[test]
fn another_address_mends_a_server_that_a_newer_app_would_not_ask_and_no_other() {
    for address in ["http://ada:secret@fhir.example.org/r4", "fhir.example.org"] {
        let mut ward = Ward::new();
        let record = frozen(ward.device(), &ward.staff);
        let elsewhere = with("version", 2);
        let refused = ward.device().load_study(signed(&elsewhere, 11).as_bytes(), None, &ward.staff);
        assert!(matches!(refused, Err(Error::Study(why)) if why.contains("a study keeps both")), "{address}");
        ward.under(2, |study| {
            study.insert("server", address);
        })
        .unwrap();
        let deliverer = Deliverer::start(ward.device());
        let waits = || problem_of(&ward, &record).as_deref() == Some("connection-settings");
        crate::common::delivery::until("the reason", waits);
        drop(deliverer);
        let third = signed(&ward.study(3, |_| ()), 11);
        ward.device().load_study(third.as_bytes(), Some("The address was wrong."), &ward.staff).unwrap();
        ward.reopened().unwrap();
        assert_eq!(ward.device().unfit_study(), None, "{address}");
        let deliverer = Deliverer::start(ward.device());
        deliverer.worker.send_now().unwrap();
        deliverer.delivered(1);
    }
}

#[test]
fn what_a_server_keeps_stays_there_when_its_address_is_mended() {
    let mut ward = Ward::new();
    frozen(ward.device(), &ward.staff);
    Deliverer::start(ward.device()).delivered(1);
    let own = ward.study(2, |_| ()).str("server").unwrap().to_owned();
    let named = own.replacen("://", "://ada:secret@", 1);
    ward.under(2, |study| {
        study.insert("server", named);
    })
    .unwrap();
    assert!(ward.device().unfit_study().is_some());
    let load = |version: i32, server: &str| {
        let next = ward.study(version, |study| {
            study.insert("server", server);
        });
        ward.device().load_study(signed(&next, 11).as_bytes(), Some("The address was wrong."), &ward.staff)
    };
    let refused = load(3, "https://elsewhere.example/fhir").unwrap_err();
    assert!(
        matches!(&refused, Error::Study(why) if why.contains("has records of this device already")),
        "{refused}"
    );
    load(3, &own).unwrap();
}

#[test]
fn trust_anchors_that_a_newer_app_cannot_read_hold_only_what_they_have_to_prove() {
    for verifies in [false, true] {
        let mut ward = Ward::new();
        let record = frozen(ward.device(), &ward.staff);
        ward.under(2, |study| {
            study.insert("trustAnchors", "none");
            let stamps = "http://tsa.example/";
            let policy = fhir::object! { "verifyBundles" => verifies, "timeStampAuthority" => stamps };
            study.insert("policy", policy);
        })
        .unwrap();
        let device = ward.device();
        assert!(device.unfit_study().unwrap().contains("study.trustAnchors"), "{:?}", device.unfit_study());
        assert!(device.anchors().unwrap().is_none());
        let deliverer = Deliverer::start(device);
        if verifies {
            let waits = || problem_of(&ward, &record).as_deref() == Some("connection-settings");
            crate::common::delivery::until("the reason", waits);
        } else {
            deliverer.delivered(1);
        }
        drop(deliverer);
        let third = signed(&ward.study(3, |_| ()), 11);
        ward.device().load_study(third.as_bytes(), Some("The anchors were wrong."), &ward.staff).unwrap();
        ward.reopened().unwrap();
        assert!(ward.device().anchors().unwrap().is_some());
        let deliverer = Deliverer::start(ward.device());
        deliverer.worker.send_now().unwrap();
        deliverer.delivered(1);
    }
}

#[test]
fn a_proxy_that_a_newer_app_would_not_take_is_said_and_set_anew() {
    let mut ward = Ward::new();
    let record = frozen(ward.device(), &ward.staff);
    let second = ward.study(2, |study| {
        let policy = fhir::object! {
            "timeStampAuthority" => "http://tsa.example/",
            "terminologyServers" => fhir::array!["https://terms.example/fhir"],
        };
        study.insert("policy", policy);
    });
    ward.device().load_study(signed(&second, 11).as_bytes(), None, &ward.staff).unwrap();
    ward.reopened().unwrap();
    assert_eq!(ward.device().unfit_study(), None);
    let kept = r#"{"url":"socks5://proxy.example:1080"}"#;
    let sql = "INSERT INTO meta (name, value) VALUES ('connection.proxy', ?1)";
    ward.device().store().write(move |tx| Ok(tx.execute(sql, [kept])?)).unwrap();
    ward.reopened().unwrap();
    let device = ward.device();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let failure = runtime.block_on(device.server().unwrap().metadata()).unwrap_err();
    assert_eq!((failure.error.code(), failure.error.reach()), ("connection-settings", Reach::NotSent));
    assert!(failure.error.to_string().contains("set it anew"), "{}", failure.error);
    let deliverer = Deliverer::start(device);
    let waits = || problem_of(&ward, &record).as_deref() == Some("connection-settings");
    crate::common::delivery::until("the reason", waits);
    drop(deliverer);
    // A form that needs a terminology server says what is wrong; any other can be taken.
    let form = r#"{"resourceType":"Questionnaire","id":"p","url":"https://x.example/p","version":"1","status":"active",
        "title":"P","language":"en","item":[{"linkId":"1","type":"choice","text":"Which?",
        "answerValueSet":"https://x.example/vs"}]}"#;
    let checked = device.check_form(form.as_bytes()).unwrap();
    assert!(checked.unexpanded().unwrap().contains("proxy"), "{:?}", checked.unexpanded());
    device.set_proxy(None, None, &ward.staff).unwrap();
    ward.reopened().unwrap();
    let deliverer = Deliverer::start(ward.device());
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(1);
}

#[test]
fn a_recovery_key_that_a_newer_app_does_not_take_keeps_no_export_back() {
    let mut ward = Ward::new();
    frozen(ward.device(), &ward.staff);
    ward.under(2, |study| {
        let key = fhir::object! { "kty" => "EC", "crv" => "P-256", "x" => "AAAA", "y" => "AAAA" };
        study.insert("policy", fhir::object! { "recoveryKey" => key });
    })
    .unwrap();
    assert!(ward.device().unfit_study().unwrap().contains("policy.recoveryKey"));
    assert_eq!(ward.export(&ward.folder.path().join("owed.jwe")), 1, "to a passphrase");
}

#[test]
fn a_kept_document_is_verified_at_every_start() {
    let mut ward = Ward::new();
    let fit = ward.study(2, |_| ());
    let document = signed(&fit, 11).replacen("Clinic 022", "Clinic 023", 1);
    keep(ward.device(), 2, &document);
    let refused = ward.reopened().unwrap_err();
    assert!(
        matches!(&refused, Error::Study(why) if why.contains("changed after it was signed")),
        "{refused}"
    );
}

/// The words of a study are never taken back: a document with one of them has to be read as long as there are devices that
/// work under it. Whoever takes one out of the program has to keep reading it.
#[test]
fn every_word_that_a_study_could_ever_choose_is_read() {
    for policy in [
        r#"{"provenanceProfile":"part11","fhirVersion":"R4","format":"json","create":"post"}"#,
        r#"{"provenanceProfile":"base-r5","fhirVersion":"R5","format":"xml","create":"put"}"#,
        r#"{"provenanceProfile":"cdex"}"#,
        r#"{"provenanceProfile":"iehr"}"#,
        r#"{"authentication":{"method":"none"}}"#,
        r#"{"authentication":{"method":"bearer"}}"#,
        r#"{"authentication":{"method":"mutualTls"}}"#,
        r#"{"authentication":{"method":"smartBackendServices","clientId":"a","algorithm":"ES384"}}"#,
        r#"{"authentication":{"method":"smartBackendServices","clientId":"a","algorithm":"ES256",
            "tokenEndpoint":"https://login.example/token","scope":"system/*.cruds"}}"#,
        r#"{"pinDigits":4,"ledger":"https://ledger.example","ledgerToken":true,"verifyBundles":true,
            "serverOrganization":"urn:uuid:1","timeStampAuthority":"http://tsa.example/",
            "ocspResponder":"http://ocsp.example/","revocationLists":["http://ca.example/a.crl"],
            "terminologyServers":["https://terms.example/fhir"],"formLanguage":"de","tlsAnchors":"pem",
            "mixedLanguages":["ar","de-CH"],
            "organization":{"reference":"Organization/1","identifier":"urn:uuid:1","name":"Site"},
            "recoveryKey":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}"#,
        r#"{"assignments":{"owners":{"014":"Organization/1"},"participantSystem":"urn:oid:1.2.3",
            "endpoints":[{"base":"https://r.example/fhir","name":"R","tolerances":[],"tlsAnchors":"pem"}]}}"#,
        r#"{"tolerances":["references-lose-version","meta-tag-added","meta-security-added","meta-profile-added",
            "narrative-added"]}"#,
        r#"{"roles":{"siteStaff":["visits","pins","records","exports"],
            "inspector":["alerts","forms","device","emergency"]}}"#,
    ] {
        serde_json::from_str::<Policy>(policy).unwrap_or_else(|error| panic!("{error}: {policy}"));
    }
}
