//! A device that is failing exports what it owes, and another one of the same study delivers it.

use crate::common;
mod hostile;
mod pair;
mod unwritten;
mod whole;

use common::delivery::unzip;
use common::{PARTICIPANT, PASSWORD, person};
use device::delivery::{State, timeline};
use device::emergency::{RecoverySecret, Refusal, Secret, recover};
use device::store::{attempt, audit, outbox, takeover, visit};
use device::{Error, Policy};
use fhir::Value;
use jiff::Timestamp;
use pair::{Pair, REASON, Tablet, typed};
use practice::faults::{Armed, Fault};
use seal::Anchors;
use seal::verify::{Verdict, verify_response};

const PASSPHRASE: &str = "four words that nobody else has";

#[test]
fn the_second_device_delivers_and_proves_what_the_first_one_signed() {
    let mut pair = Pair::new();
    let (record, frozen) = {
        let record = pair.first.freeze();
        (record.clone(), pair.first.item(&record).response)
    };
    let export = pair.first.export("dying.jwe");
    assert_eq!((export.records, export.drafts, export.done), (1, 0, 0));
    let import = pair.second.take(&export.path).unwrap();
    assert_eq!((import.records, import.known, import.device_name.as_str()), (1, 0, "First"));
    let taken = pair.second.item(&record);
    assert_eq!(
        (taken.state, taken.response.as_slice(), taken.origin.as_deref()),
        (State::Frozen, frozen.as_slice(), Some(export.export.as_str()))
    );
    pair.second.deliver(1);
    pair.stop();
    let stored = pair.stored("QuestionnaireResponse");
    let [(_, 1, kept)] = &stored[..] else { panic!("one resource in one version") };
    let (kept, sent) = (Value::parse(kept.as_bytes()).unwrap(), Value::parse(&frozen).unwrap());
    assert_eq!(kept.list("item"), sent.list("item"));
    let [(_, 1, provenance)] = &pair.stored("Provenance")[..] else { panic!("one Provenance") };
    let provenance = Value::parse(provenance.as_bytes()).unwrap();
    let report = verify_response(&kept, std::slice::from_ref(&provenance), &pair.trust());
    assert!(report.verdicts.iter().all(|one| one.verdict != Verdict::Invalid), "{:?}", report.verdicts);
    let who = provenance.list("signature")[0].get("who").unwrap().get("identifier").unwrap().str("value");
    assert_eq!(who, Some(pair.second.device().identifier()));
    assert_eq!(pair.stored("DocumentReference").len(), 2, "the certificates of both devices");
    // Both say so: in the trail, in the record, in its export.
    let noted = |tablet: &Tablet, event: &str| tablet.events().iter().filter(|one| *one == event).count();
    assert_eq!(noted(&pair.first, "emergency.exported"), 1);
    assert_eq!((noted(&pair.second, "emergency.takenOver"), noted(&pair.second, "record.takenOver")), (1, 1));
    let timeline = timeline(pair.second.device().store(), &record).unwrap();
    let kinds: Vec<_> = timeline.iter().map(|one| one.kind).collect();
    assert!(kinds.starts_with(&["signed", "takenOver"]) && kinds.contains(&"proven"), "{kinds:?}");
    let zip = pair.second.device().export_record(&record, &person("anna")).unwrap();
    let anchors = Anchors::from_pem(pair.anchors.as_bytes()).unwrap();
    let files = unzip(&zip);
    let report = seal::export::check(&files, Some(&anchors), Timestamp::now());
    assert!(report.verdicts.iter().all(|one| one.verdict != Verdict::Invalid), "{:?}", report.verdicts);
    let trail = &files.iter().find(|(name, _)| name == seal::export::AUDIT_TRAIL).unwrap().1;
    let trail: serde_json::Value = serde_json::from_slice(trail).unwrap();
    assert_eq!(trail["takenOver"]["entries"][0]["device"], pair.first.device().identifier());
}

#[test]
fn importing_twice_changes_nothing_and_a_later_export_adds_what_is_new() {
    let pair = Pair::new();
    let first = pair.first.freeze();
    let export = pair.first.export("one.jwe");
    pair.second.take(&export.path).unwrap();
    let before = pair.second.everything();
    let again = pair.second.take(&export.path).unwrap();
    assert_eq!((again.records, again.known), (0, 1));
    assert_eq!(pair.second.everything(), before);
    // Its own export is nothing new to a device either.
    let own = pair.first.everything();
    assert_eq!(pair.first.take(&export.path).unwrap().known, 1);
    assert_eq!(pair.first.everything(), own);
    let second = pair.first.freeze();
    let later = pair.first.export("two.jwe");
    assert_eq!(later.records, 2);
    let import = pair.second.take(&later.path).unwrap();
    assert_eq!((import.records, import.known), (1, 1));
    assert_eq!(pair.second.item(&first).origin.as_deref(), Some(export.export.as_str()));
    assert_eq!(pair.second.item(&second).origin.as_deref(), Some(later.export.as_str()));
    let kept = pair.second.device().store().read(takeover::all).unwrap();
    assert_eq!(kept.len(), 2);
}

#[test]
fn both_devices_delivering_at_once_make_one_resource_and_two_proofs() {
    let mut pair = Pair::new();
    let records: Vec<String> = (0..4).map(|_| pair.first.freeze()).collect();
    let export = pair.first.export("alive.jwe");
    pair.second.take(&export.path).unwrap();
    let (first, second) = (pair.first.start(), pair.second.start());
    first.delivered(4);
    second.delivered(4);
    drop((first, second));
    pair.stop();
    let responses = pair.stored("QuestionnaireResponse");
    assert_eq!(responses.len(), records.len(), "each once");
    let provenances: Vec<Value> =
        pair.stored("Provenance").iter().map(|(.., text)| Value::parse(text.as_bytes()).unwrap()).collect();
    assert_eq!(provenances.len(), 2 * records.len());
    for (_, version, text) in &responses {
        assert_eq!(*version, 1);
        let response = Value::parse(text.as_bytes()).unwrap();
        let target = format!("QuestionnaireResponse/{}/_history/1", response.str("id").unwrap());
        let about = |one: &&Value| one.list("target")[0].str("reference") == Some(target.as_str());
        let own: Vec<Value> = provenances.iter().filter(about).cloned().collect();
        let report = verify_response(&response, &own, &pair.trust());
        assert_eq!(own.len(), 2);
        assert!(report.verdicts.iter().all(|one| one.verdict != Verdict::Invalid), "{:?}", report.verdicts);
    }
}

#[test]
fn a_provenance_that_was_signed_is_sent_as_it_is() {
    let mut pair = Pair::new();
    let record = pair.first.freeze();
    // The server takes the response, and nothing else for as long as the first device lives.
    pair.server().faults().set(Armed::new(Fault::Status500Before, 1000).for_type("Provenance"));
    let worker = pair.first.start();
    pair.first.wait_for(&record, State::ProvenanceSending);
    drop(worker);
    let signed = pair.first.item(&record).provenance.unwrap();
    let export = pair.first.export("half.jwe");
    pair.server().faults().clear();
    pair.second.take(&export.path).unwrap();
    assert_eq!(pair.second.item(&record).provenance.as_ref(), Some(&signed));
    let requests =
        pair.second.device().store().read(|c| attempt::of_subject(c, &format!("record/{record}"))).unwrap();
    assert!(
        !requests.is_empty()
            && requests.iter().all(|one| one.elsewhere.as_deref() == Some(pair.first.device().identifier()))
    );
    pair.second.deliver(1);
    assert_eq!(pair.second.item(&record).provenance, Some(signed));
    pair.stop();
    assert_eq!(pair.stored("Provenance").len(), 1);
    assert_eq!(pair.stored("QuestionnaireResponse").len(), 1);
}

#[test]
fn what_one_device_compared_is_looked_for_again_before_the_other_signs() {
    let mut pair = Pair::new();
    let record = pair.first.freeze();
    // The certificate is not taken: the response is compared, and no Provenance is signed.
    pair.server().faults().set(Armed::new(Fault::Status500Before, 1000).for_type("DocumentReference"));
    let worker = pair.first.start();
    pair.first.wait_for(&record, State::Compared);
    drop(worker);
    let export = pair.first.export("compared.jwe");
    pair.server().faults().clear();
    pair.second.take(&export.path).unwrap();
    let taken = pair.second.item(&record);
    assert_eq!((taken.state, taken.unsure, taken.returned), (State::Frozen, true, None));
    pair.second.deliver(1);
    pair.stop();
    assert_eq!(pair.stored("QuestionnaireResponse").len(), 1);
}

#[test]
fn an_alert_waits_for_a_person_on_the_second_device_too() {
    let pair = Pair::new();
    let record = pair.first.freeze();
    pair.server().faults().set(Armed::new(Fault::AlterAnswer, 1).for_type("QuestionnaireResponse"));
    let worker = pair.first.start();
    pair.first.wait_for(&record, State::Alert);
    drop(worker);
    let export = pair.first.export("alert.jwe");
    pair.second.take(&export.path).unwrap();
    assert_eq!(pair.second.item(&record).state, State::Alert);
    let alerts = |tablet: &Tablet| {
        tablet
            .device()
            .store()
            .read(|connection| device::store::alert::of_record(connection, &record))
            .unwrap()
    };
    let (there, here) = (alerts(&pair.first), alerts(&pair.second));
    assert_eq!((here.len(), &here[0].id, &here[0].changes), (1, &there[0].id, &there[0].changes));
}

#[test]
fn unfinished_drafts_go_along_where_that_is_wanted() {
    let pair = Pair::new();
    let visit = pair.first.begin();
    assert_eq!(pair.first.export("without.jwe").drafts, 0);
    let export = pair.first.export_with("with.jwe", Some(typed(PASSPHRASE)), true).unwrap();
    assert_eq!((export.records, export.drafts), (0, 1));
    let import = pair.second.take(&export.path).unwrap();
    assert_eq!(import.drafts, 1);
    let (there, here) =
        (pair.first.device().session(&visit).unwrap(), pair.second.device().session(&visit).unwrap());
    assert_eq!(there.unwrap().revision(), here.unwrap().revision());
    // No PIN goes along: the patient chooses one there.
    let state = pair.second.device().pin_state(PARTICIPANT).unwrap();
    assert!(matches!(state, device::PinState::NotSet), "{state:?}");
}

#[test]
fn what_is_complete_is_listed_and_not_taken_over() {
    let mut pair = Pair::new();
    let done = pair.first.freeze();
    pair.first.deliver(1);
    let owed = pair.first.freeze();
    let export = pair.first.export("mixed.jwe");
    assert_eq!((export.records, export.done), (1, 1));
    let import = pair.second.take(&export.path).unwrap();
    assert_eq!((import.records, import.done.len(), &import.done[0].id), (1, 1, &done));
    assert_eq!(import.done[0].response_sha256, pair.first.item(&done).response_sha256);
    pair.second.item(&owed);
    let unknown = pair.second.device().store().read(|connection| outbox::by_id(connection, &done));
    assert!(matches!(unknown, Err(Error::NotFound(_))));
    pair.stop();
}

#[test]
fn the_studys_key_reads_what_no_passphrase_does() {
    let secret = RecoverySecret::make().unwrap();
    let policy = Policy { recovery_key: Some(secret.public()), ..Policy::default() };
    let pair = Pair::under(&policy);
    let record = pair.first.freeze();
    let export = pair.first.export_with("office.jwe", None, false).unwrap();
    let file = std::fs::read(&export.path).unwrap();
    let refusal = |outcome: Result<_, Error>| match outcome {
        Err(Error::Emergency(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let by = person("anna");
    let second = pair.second.device();
    let refused = refusal(second.open_emergency(&file, Secret::Passphrase(PASSPHRASE)));
    assert_eq!(refused, Refusal::RecoveryKeyNeeded { key: secret.public().thumbprint() });
    let stranger = RecoverySecret::make().unwrap();
    assert_eq!(
        refusal(second.open_emergency(&file, Secret::Recovery(&stranger))).code(),
        "emergency-recovery-key"
    );
    // The office's key stays in the office: it encrypts the export anew.
    let kept = secret.to_file(PASSPHRASE).unwrap();
    assert!(!kept.contains(PASSPHRASE));
    assert!(matches!(
        RecoverySecret::from_file(kept.as_bytes(), "another passphrase"),
        Err(Refusal::PassphraseWrong)
    ));
    let secret = RecoverySecret::from_file(kept.as_bytes(), PASSPHRASE).unwrap();
    let anew = recover(&file, &secret, typed("and another one, by telephone")).unwrap();
    let opened =
        second.open_emergency(anew.as_bytes(), Secret::Passphrase("and another one, by telephone")).unwrap();
    let import = second.take_over(&opened, REASON, &by).unwrap();
    assert_eq!(import.records, 1);
    pair.second.item(&record);
    let opened = second.open_emergency(&file, Secret::Recovery(&secret)).unwrap();
    assert_eq!(second.take_over(&opened, REASON, &by).unwrap().known, 1);
}

#[test]
fn nothing_that_is_secret_is_in_an_export() {
    let pair = Pair::new();
    pair.first.freeze();
    let export = pair.first.export_with("all.jwe", Some(typed(PASSPHRASE)), true).unwrap();
    let file = std::fs::read_to_string(&export.path).unwrap();
    let signed = pair::opened(&file, PASSPHRASE);
    let content = pair::payload(&signed);
    for secret in ["argon2", PASSWORD, "keyEntry", "sealing-key"] {
        assert!(!content.contains(secret), "{secret}");
    }
    assert!(content.contains("capture") || content.contains("response.frozen"));
    // No permission to look at it for others on the same machine matters: it is encrypted. The file is whole or not there.
    assert!(matches!(
        pair.first.export_with("all.jwe", Some(typed(PASSPHRASE)), true),
        Err(Error::FileExists)
    ));
}

#[test]
fn delivering_goes_on_while_and_after_an_export_is_made() {
    let mut pair = Pair::new();
    let record = pair.first.freeze();
    pair.first.export("still-alive.jwe");
    pair.first.deliver(1);
    assert_eq!(pair.first.item(&record).state, State::Done);
    let trail = pair.first.device().store().read(audit::all).unwrap();
    assert_eq!(audit::first_break(&trail), None);
    let visits = pair.first.device().store().read(visit::all).unwrap();
    assert_eq!(visits.len(), 1);
    pair.stop();
}
