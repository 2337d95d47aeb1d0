//! A device with visits that wait for their signature, and the signing of them: the ways of the real device.

use std::path::Path;
use std::sync::Arc;

use device::accounts::{Role, Staff};
use device::store::draft_event;
use device::store::participant::Participant;
use device::store::visit::{self, Visit, VisitState};
use device::{Clock, Configuration, Device, Error, FhirVersion, Opening, Policy, Words};
use questionnaire::{Answer, Control, Position, Session, instruments};

use super::keystore::FolderKeystore;
use super::lane::ANCHOR;
use super::told::Told;
use crate::delivery::patient;

const PIN: &str = "4826";
/// More than a questionnaire here has.
const MOST_SCREENS: u32 = 100;
/// Argon2id of the PIN, made with little memory: the cost of guessing is tested elsewhere, and is paid at every capture.
const PIN_PHC: &str =
    "$argon2id$v=19$m=8,t=1,p=1$dyBbLclAoD8I8D21pZa7Bw$sPoKznI3IdzrZWWgZPA2/WS6hM0+nghxdJePx1PSCN0";
const WORDS: Words<'static> = Words {
    printed_name: "014-0027",
    meaning: "I filled in this questionnaire myself. These are my answers.",
    title: "Pain diary",
};

/// Opens the device in `data`, whose keys and anchor are in `keys`.
///
/// # Errors
/// Those of [`Device::open`].
pub(super) fn open(
    data: &Path,
    keys: &Path,
    server: &str,
    release: FhirVersion,
    clock: Clock,
) -> Result<Device, Error> {
    Device::open(Opening {
        data_folder: data.to_owned(),
        keystore: Arc::new(FolderKeystore::new(keys)),
        configuration: Configuration {
            server: server.to_owned(),
            site: "014".to_owned(),
            device_name: "Attesta 014-3".to_owned(),
            device_reference: "Device/device-014-3".to_owned(),
            trust_anchors: std::fs::read_to_string(keys.join(ANCHOR)).unwrap(),
            export_folder: data.join("exports"),
            study: None,
            policy: Policy { fhir_version: release, ..Policy::default() },
        },
        clock,
    })
}

/// Makes a device ready: a participant with a PIN, and so many visits that were answered and reviewed. Goes on where it was
/// interrupted, and says of each visit which events of it are stored.
pub(super) fn prepare(device: &Device, visits: u32, tell: &dyn Fn(&Told)) {
    let participant = patient();
    let id = participant.identifier_value.clone();
    device
        .put_participants(vec![Participant {
            id: participant.identifier_value,
            identifier_system: participant.identifier_system,
            reference: participant.reference,
        }])
        .unwrap();
    let at = device::clock::seconds(&device.now());
    device
        .store()
        .write(move |tx| {
            tx.execute("UPDATE participant SET pin_phc = ?1, pin_set_at = ?2", [PIN_PHC, at.as_str()])?;
            Ok(())
        })
        .unwrap();
    let form = questionnaire::import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    let begun = |state| matches!(state, VisitState::Ready | VisitState::InProgress);
    let mut begun = oldest_first(device, begun).into_iter();
    for number in 0..visits {
        let start = || device.start_visit(&id, &form, instruments::PAIN_DIARY, &staff()).unwrap();
        let visit = begun.next().unwrap_or_else(start);
        answer(device, &visit, number, tell);
    }
}

/// The visits that wait for their signature, oldest first.
pub(super) fn waiting(device: &Device) -> Vec<Visit> {
    oldest_first(device, |state| state == VisitState::InProgress)
}

fn oldest_first(device: &Device, wanted: impl Fn(VisitState) -> bool) -> Vec<Visit> {
    let mut visits = device.store().read(visit::all).unwrap();
    visits.retain(|visit| wanted(visit.state));
    visits.sort_by(|one, other| one.started_at.cmp(&other.started_at).then(one.id.cmp(&other.id)));
    visits
}

/// Whether the draft of a visit is there with its review.
pub(super) fn is_reviewed(device: &Device, visit: &Visit) -> bool {
    device.session(&visit.id).is_ok_and(|session| session.is_some_and(|session| session.is_reviewed()))
}

/// The patient signs; gives the response's identifier once the device says that it is saved.
///
/// # Errors
/// Those of [`Device::verify_pin`] and [`Device::freeze`].
pub(super) fn sign(device: &Device, visit: &Visit) -> Result<String, Error> {
    let session = device.session(&visit.id)?.ok_or(Error::NotFound("draft"))?;
    let act = device.verify_pin(&visit.id, &session, &visit.participant, PIN)?;
    device.freeze(&visit.id, &session, act, WORDS).map(|frozen| frozen.identifier)
}

/// Whoever starts visits and decides about alerts.
pub(super) fn staff() -> Staff {
    Staff { user: "m.okafor".into(), display_name: "Maria Okafor".into(), role: Role::Coordinator }
}

/// Fills in the form from where it is and confirms the review, storing each event before the next step.
fn answer(device: &Device, visit: &Visit, number: u32, tell: &dyn Fn(&Told)) {
    let (at, actor) = (device::clock::text(&device.now()), patient().reference);
    let form = device.questionnaire(&visit.id).unwrap();
    let events = device.store().read(|store| draft_event::of_visit(store, &visit.id)).unwrap();
    tell(&Told::Found { visit: visit.id.clone(), events });
    let store = |event| {
        device.append(&visit.id, &event).unwrap();
        tell(&Told::Drafted { visit: visit.id.clone(), event: Box::new(event) });
    };
    let mut session = device.session(&visit.id).unwrap().unwrap_or_else(|| {
        let (session, event) = Session::start(&form, "en", &at, &actor).unwrap();
        store(event);
        session
    });
    if !session.has_begun() {
        store(session.begin(&at, &actor).unwrap());
    }
    let mut screens = 0;
    while let Position::Screen { screen } = session.screen() {
        screens += 1;
        assert!(screens <= MOST_SCREENS, "a session goes on from screen to screen");
        if let Some(answer) = answer_to(&screen.control, number) {
            store(session.answer(&screen.key, vec![answer], &at, &actor).unwrap());
        }
        store(session.next(&at, &actor).unwrap());
    }
    if !session.is_reviewed() {
        store(session.confirm_review(&at, &actor).unwrap());
    }
}

fn answer_to(control: &Control, number: u32) -> Option<Answer> {
    Some(match control {
        Control::Boolean { .. } => Answer::Boolean { value: true },
        Control::Choice { options, .. } => {
            Answer::Choice { option: options[number as usize % options.len()].key.clone() }
        }
        Control::Integer { .. } | Control::VisualAnalogueScale { .. } => {
            Answer::Number { text: format!("{}", 40 + number) }
        }
        Control::Decimal { .. } => Answer::Number { text: "7.5".to_owned() },
        Control::Date { .. } => Answer::Date { text: "2026-11-20".to_owned() },
        Control::String { .. } => Answer::Text { text: "left knee".to_owned() },
        Control::Text { .. } => {
            Answer::Text { text: format!("Better after a walk – “much” better, day {number}.") }
        }
        _ => return None,
    })
}
