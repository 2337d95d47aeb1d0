//! A device that is set up for a study: opened again, given a newer version, never set up twice.

use std::path::Path;
use std::sync::Arc;

use device::accounts::{Role, Staff};
use device::store::audit;
use device::store::form::{self, FormState};
use device::study::{AtSite, Signer, sign};
use device::{Device, Error, TERMINAL, Unlocked};
use questionnaire::instruments;

use super::common::{MemoryKeystore, TestAuthority, TestClock, participant};
use super::{key, name, read, signed, study, with};

pub(super) struct Tablet {
    pub(super) folder: tempfile::TempDir,
    pub(super) keystore: Arc<MemoryKeystore>,
}

impl Tablet {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), keystore: Arc::default() }
    }

    fn unlocked(&self) -> Unlocked {
        Unlocked::new(self.folder.path(), self.keystore.clone()).unwrap()
    }

    pub(super) fn set_up(&self, document: &str, signer: &str, site: &str) -> Result<Device, Error> {
        self.set_up_by(document, &Signer::named(signer), site)
    }

    fn set_up_by(&self, document: &str, signer: &Signer<'_>, site: &str) -> Result<Device, Error> {
        let at = at_site(site, self.folder.path());
        self.unlocked().set_up(document.as_bytes(), signer, at, TestClock::new().clock())
    }

    pub(super) fn open(&self) -> Result<Device, Error> {
        self.unlocked().open_study(TestClock::new().clock())
    }
}

fn at_site(site: &str, folder: &Path) -> AtSite {
    AtSite {
        site: site.into(),
        device_name: "Attesta 014-3".into(),
        device_reference: "Device/device-014-3".into(),
        export_folder: folder.join("exports"),
    }
}

pub(super) fn keller() -> Staff {
    Staff { user: "keller".into(), display_name: "Maria Keller".into(), role: Role::Coordinator }
}

#[test]
fn a_device_is_set_up_once_enrolled_by_hand_and_opens_again_under_the_same_study() {
    let tablet = Tablet::new();
    assert!(matches!(tablet.open(), Err(Error::NotSetUp)));
    let document = signed(&study(), 11);
    let device = tablet.set_up(&document, &name(11), "014").unwrap();
    let hash = read(&study(), 11).sha256().to_owned();
    assert_eq!(device.configuration_sha256(), hash);
    // The request leaves the device on a stick; the answer comes back days later, to another start of the program.
    let request = device.certificate_request("device").unwrap();
    drop(device);
    let device = tablet.open().unwrap();
    let authority = TestAuthority::new();
    device
        .enrol("keller", |again| {
            assert_eq!(again.der(), request.der(), "the same key asks again");
            authority.issue(&request)
        })
        .unwrap();
    drop(device);
    let device = tablet.open().unwrap();
    device.sealing_key().unwrap();
    assert_eq!(device.configuration().server, "https://fhir.example.org/r4");
    assert_eq!((device.configuration_sha256(), device.configuration().site.as_str()), (hash.as_str(), "014"));
    assert_eq!(device.study().unwrap().unwrap().sha256(), hash);
    drop(device);
    let again = tablet.set_up(&document, &name(11), "022");
    assert!(matches!(again, Err(Error::WrongState(_))), "{again:?}");
    assert_eq!(tablet.open().unwrap().configuration().site, "014");
}

#[test]
fn a_refused_document_sets_nothing_up() {
    let tablet = Tablet::new();
    let document = signed(&study(), 11);
    let refused = |outcome: Result<Device, Error>| outcome.unwrap_err().code().to_owned();
    assert_eq!(refused(tablet.set_up(&document, &name(12), "014")), "study-refused");
    assert_eq!(refused(tablet.set_up(&document, &name(11), "015")), "configuration");
    assert_eq!(
        refused(tablet.set_up(&document.replace("Fatigue", "Pain"), &name(11), "014")),
        "study-refused"
    );
    for reference in ["", "014-3", "Patient/x", "Device/", "Device/a b"] {
        let at = AtSite { device_reference: reference.into(), ..at_site("014", tablet.folder.path()) };
        let signer = name(11);
        let signer = Signer::named(&signer);
        let outcome = tablet.unlocked().set_up(document.as_bytes(), &signer, at, TestClock::new().clock());
        let code = if reference.is_empty() { "name-reference" } else { "configuration" };
        assert_eq!(refused(outcome), code, "{reference}");
    }
    for wrong in [" ", "Tablet\u{202e}", &"n".repeat(65)] {
        let at = AtSite { device_name: wrong.into(), ..at_site("014", tablet.folder.path()) };
        assert_eq!(at.of(document.as_bytes(), &name(11)).unwrap_err().code(), "name-device", "{wrong}");
    }
    assert!(matches!(tablet.open(), Err(Error::NotSetUp)));
    tablet.set_up(&document, &name(11), "014").unwrap();
}

#[test]
fn who_compared_the_signer_stands_in_the_audit_trail_and_names_are_kept_as_they_look() {
    let tablet = Tablet::new();
    let document = signed(&study(), 11);
    let device = tablet.set_up_by(&document, &Signer::compared(&read(&study(), 11), 2), "014").unwrap();
    drop(device);
    // The account is added later, in another step.
    let device = tablet.open().unwrap();
    let wrong = Staff { user: "kel\u{200f}ler".into(), ..keller() };
    assert_eq!(device.staff_add(&wrong, "practice-keller", "device").unwrap_err().code(), "name-user");
    let typed = Staff { user: " keller ".into(), ..keller() };
    device.staff_add(&typed, "practice-keller", "device").unwrap();
    let second = Staff { user: "okafor".into(), ..keller() };
    device.staff_add(&second, "practice-okafor", "keller").unwrap();
    let entries = device.store().read(audit::all).unwrap();
    let added = entries.iter().find(|entry| entry.event == "staff.added").unwrap();
    assert_eq!(added.subject, "staff/keller");
    let mut comparisons = entries.iter().filter(|entry| entry.event == "study.signerConfirmed");
    let compared = comparisons.next().unwrap();
    assert!(comparisons.next().is_none(), "once");
    assert_eq!((compared.actor.as_str(), compared.role.as_str()), ("keller", "coordinator"));
    assert_eq!(compared.subject, format!("study/{}", device.configuration_sha256()));
    assert_eq!(compared.detail, format!("{}, after 2 wrong tries", name(11)));
    let tablet = Tablet::new();
    let device = tablet.set_up(&document, &name(11), "014").unwrap();
    device.staff_add(&keller(), "practice-keller", "device").unwrap();
    let entries = device.store().read(audit::all).unwrap();
    let compared = entries.iter().any(|entry| entry.event == "study.signerConfirmed");
    assert!(!compared, "nobody compared anything at this device: the subcommand was told whose it has to be");
}

#[test]
fn requests_at_once_are_for_one_key_and_the_trail_says_who_made_it_and_who_enrolled() {
    let tablet = Tablet::new();
    let device = tablet.set_up(&signed(&study(), 11), &name(11), "014").unwrap();
    device.staff_add(&keller(), "practice-keller", TERMINAL).unwrap();
    let together = std::sync::Barrier::new(8);
    let requests: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            together.wait();
            device.certificate_request("keller").unwrap()
        };
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let authority = TestAuthority::new();
    let issued = |again: &seal::CertificateRequest| {
        assert!(requests.iter().all(|one| one.der() == again.der()), "one key for all of them");
        authority.issue(again)
    };
    device.enrol(TERMINAL, issued).unwrap();
    let entries = device.store().read(audit::all).unwrap();
    let by = |event: &str| {
        let of = entries.iter().filter(|entry| entry.event == event);
        of.map(|entry| (entry.actor.as_str(), entry.role.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(by("device.keyMade"), [("keller", "coordinator")]);
    assert_eq!(by("device.enrolled"), [(TERMINAL, "device")]);
    assert_eq!(by("staff.added"), [(TERMINAL, "device")]);
    let named = Staff { user: TERMINAL.to_owned(), ..keller() };
    assert_eq!(device.staff_add(&named, "practice-keller", "keller").unwrap_err().code(), "name-user");
}

#[test]
fn a_newer_version_is_in_force_from_the_next_start_and_the_older_one_is_kept() {
    let tablet = Tablet::new();
    let first = read(&study(), 11);
    let device = tablet.set_up(&signed(&study(), 11), &name(11), "014").unwrap();
    let second = with("version", 2);
    let why = Some("Two more sites.");
    let loaded = device.load_study(signed(&second, 11).as_bytes(), why, &keller()).unwrap();
    assert_eq!(device.configuration_sha256(), first.sha256(), "what runs was begun under the first");
    for refused in [signed(&study(), 11), signed(&second, 11)] {
        assert_eq!(
            device.load_study(refused.as_bytes(), None, &keller()).unwrap_err().code(),
            "study-refused"
        );
    }
    let mut elsewhere = with("version", 3);
    let site = fhir::object! { "id" => "022", "name" => "Clinic 022" };
    elsewhere.as_object_mut().unwrap().insert("sites", fhir::array![site]);
    let reason =
        device.load_study(signed(&elsewhere, 11).as_bytes(), None, &keller()).unwrap_err().to_string();
    assert!(reason.contains("014"), "{reason}");
    let third = signed(&with("version", 3), 11);
    let refused = device.load_study(third.as_bytes(), Some(" "), &keller());
    assert!(matches!(refused, Err(Error::ReasonMissing)));
    assert_eq!(device.next_study(third.as_bytes()).unwrap().study().version, 3);
    let entries = device.store().read(audit::all).unwrap();
    let loadings: Vec<_> = entries.iter().filter(|entry| entry.event == "study.loaded").collect();
    assert_eq!(loadings[1].detail, format!("version 2 by {}: Two more sites.", name(11)));
    assert_eq!(loadings.iter().map(|entry| entry.actor.as_str()).collect::<Vec<_>>(), ["device", "keller"]);
    drop(device);
    let device = tablet.open().unwrap();
    assert_eq!(device.configuration_sha256(), loaded.sha256());
    let kept = device.store().read(|connection| device::store::study::by_sha256(connection, first.sha256()));
    assert_eq!(kept.unwrap().as_deref(), Some(signed(&study(), 11).as_str()));
}

#[test]
fn a_version_that_does_not_trust_the_devices_certificate_is_refused() {
    let tablet = Tablet::new();
    let device = tablet.set_up(&signed(&study(), 11), &name(11), "014").unwrap();
    let with_anchors = |version: i32, anchors: String| {
        let mut next = with("version", version);
        next.as_object_mut().unwrap().insert("trustAnchors", anchors);
        signed(&next, 11)
    };
    let (ours, other) = (TestAuthority::new(), TestAuthority::impostor().anchor());
    device.next_study(with_anchors(2, other.clone()).as_bytes()).unwrap();
    device.enrol("keller", |request| ours.issue(request)).unwrap();
    let refused = device.load_study(with_anchors(2, other.clone()).as_bytes(), None, &keller()).unwrap_err();
    assert_eq!(refused.code(), "study-refused");
    assert!(refused.to_string().contains("CN=Test intermediate"), "{refused}");
    // While both are trusted, the device can get a certificate of the new one.
    let both = with_anchors(2, ours.anchor() + &other);
    device.load_study(both.as_bytes(), None, &keller()).unwrap();
}

#[test]
fn practice_is_no_study() {
    let bench = super::common::Bench::new();
    let device = bench.device();
    assert!(device.study().unwrap().is_none());
    let refused = device.load_study(signed(&study(), 11).as_bytes(), None, &keller());
    assert!(matches!(refused, Err(Error::NotSetUp)));
}

#[test]
fn the_study_decides_which_forms_there_are() {
    let tablet = Tablet::new();
    let device = tablet.set_up(&signed(&study(), 11), &name(11), "014").unwrap();
    let offered = |device: &Device| {
        let forms = device.store().read(form::all).unwrap();
        let offered = forms.into_iter().filter(|form| form.state == FormState::Offered);
        offered.map(|form| form.canonical).collect::<Vec<_>>()
    };
    let listed = questionnaire::import_bytes(instruments::PHQ9.as_bytes()).unwrap().canonical();
    for _ in 0..2 {
        device.follow_study().unwrap();
        assert_eq!(offered(&device), [listed.as_str()]);
    }
    let stranger = device.check_form(instruments::GAD7.as_bytes()).unwrap();
    let reason = device.add_form(&stranger, &keller()).unwrap_err();
    assert_eq!(reason.code(), "study-refused");
    assert!(reason.to_string().contains("gad-7"), "{reason}");
    // The next version lists another form, and leaves that to a file.
    let other = questionnaire::import_bytes(instruments::GAD7.as_bytes()).unwrap();
    let mut second = with("version", 2);
    let entry = fhir::object! { "canonical" => other.canonical(), "sha256" => other.sha256() };
    second.as_object_mut().unwrap().insert("questionnaires", fhir::array![entry]);
    device.load_study(signed(&second, 11).as_bytes(), None, &keller()).unwrap();
    drop(device);
    let device = tablet.open().unwrap();
    device.follow_study().unwrap();
    assert_eq!(offered(&device), [] as [&str; 0]);
    let found = device.check_form(instruments::GAD7.as_bytes()).unwrap();
    device.add_form(&found, &keller()).unwrap();
    assert_eq!(offered(&device), [other.canonical()]);
    // The third lists the first form again.
    device.load_study(signed(&with("version", 3), 11).as_bytes(), None, &keller()).unwrap();
    device.follow_study().unwrap();
    assert_eq!(offered(&device), [listed]);
}

/// The study with this period for its one questionnaire.
fn during(period: fhir::Value) -> fhir::Value {
    let mut questionnaire = study().get("questionnaires").unwrap().as_array().unwrap()[0].clone();
    questionnaire.as_object_mut().unwrap().insert("period", period);
    with("questionnaires", fhir::array![questionnaire])
}

#[test]
fn a_visit_is_started_only_on_the_studys_days() {
    let period = |start: &str, end: &str| during(fhir::object! { "start" => start, "end" => end });
    // The clock stands on 21 November, at 09:41 in Berlin.
    for (document, may) in [
        (period("2026-11-21", "2026-11-21"), true),
        (period("2026-01-01", "2026-11-20"), false),
        (period("2026-11-22", "2027-01-01"), false),
        (during(fhir::object! { "start" => "2026-11-22" }), false),
        (during(fhir::object! { "end" => "2026-11-21" }), true),
    ] {
        let tablet = Tablet::new();
        let device = tablet.set_up(&signed(&document, 11), &name(11), "014").unwrap();
        device.put_participants(vec![participant()]).unwrap();
        device.follow_study().unwrap();
        let forms = device.store().read(form::all).unwrap();
        let started = device.start_visit_with(&participant().id, &forms[0].id, &keller());
        match started {
            Ok(_) => assert!(may, "{}", document.to_json()),
            Err(error) => {
                assert_eq!((error.code(), may), ("outside-period", false), "{}", document.to_json());
            }
        }
    }
    let backwards = sign(period("2026-11-22", "2026-11-21").to_json().as_bytes(), &key(11)).unwrap_err();
    assert!(backwards.to_string().contains("2026-11-21, before it starts"), "{backwards}");
    for wrong in [
        fhir::object! { "start" => "2026-02-30" },
        fhir::object! { "start" => "2026-11" },
        fhir::object! { "from" => "2026-11-01" },
    ] {
        let refused = sign(during(wrong.clone()).to_json().as_bytes(), &key(11)).unwrap_err();
        assert_eq!(refused.code(), "study-refused", "{}", wrong.to_json());
    }
}
