//! Accounts, PINs, drafts and freezing, against a real database.

use crate::common;

use common::{ACTOR, Bench, PARTICIPANT, PASSWORD, PIN, TestAuthority, events, fill, person};
use device::accounts::Purpose;
use device::store::visit::VisitState;
use device::store::{audit, outbox, visit};
use device::{Error, Words};
use jiff::ToSpan as _;
use questionnaire::Session;

const WORDS: Words<'static> = Words {
    printed_name: "Participant 014-0027",
    meaning: "I filled in this questionnaire myself. These are my answers.",
    title: "PHQ-9",
};

#[test]
fn a_frozen_response_is_signed_stored_and_recorded_in_one_step() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    let frozen = bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();

    let store = bench.device().store();
    let item = store.read(|connection| outbox::by_id(connection, &frozen.record)).unwrap();
    let response = fhir::Value::parse(&item.response).unwrap();
    assert_eq!(response.get("identifier").unwrap().str("value"), Some(frozen.identifier.as_str()));
    assert_eq!(response.str("authored"), Some("2026-11-21T09:41:07+01:00"));
    assert_eq!(response.list("extension").len(), 1, "the capture signature is inside");
    let visit_now = store.read(|connection| visit::by_id(connection, &visit.id)).unwrap();
    assert_eq!((visit_now.state, visit_now.record.as_ref()), (VisitState::Frozen, Some(&frozen.record)));
    assert_eq!(events(&bench, &format!("visit/{}", visit.id)), ["visit.started", "visit.frozen"]);
    assert_eq!(events(&bench, &format!("record/{}", frozen.record)), ["response.frozen"]);
    let all = store.read(audit::all).unwrap();
    assert_eq!(audit::first_break(&all), None);
}

/// The form of a visit is never changed. Had it been, here it requires an answer that the patient was never asked for.
#[test]
fn a_response_that_the_visits_form_does_not_allow_is_never_signed() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let store = bench.device().store();
    let kept = questionnaire::instruments::PHQ9;
    let other =
        kept.replacen("\"item\": [", r#""item": [{"linkId":"new","type":"string","required":true},"#, 1);
    assert_ne!(kept, other);
    let swap = |resource: String| {
        let sha256 = visit.questionnaire_sha256.clone();
        let change = "REPLACE INTO questionnaire (sha256, canonical, resource) VALUES (?1, 'x', ?2)";
        store
            .write(move |tx| {
                tx.execute(change, [&sha256, &resource])?;
                Ok(())
            })
            .unwrap();
    };
    let sign = || {
        let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
        bench.device().freeze(&visit.id, &session, act, WORDS)
    };

    swap(other);
    let refused = sign().unwrap_err();
    assert_eq!((refused.code(), refused.to_string().contains("required new")), ("response-invalid", true));
    assert_eq!(store.read(outbox::all).unwrap().len(), 0, "nothing was sealed");
    let subject = format!("visit/{}", visit.id);
    assert_eq!(events(&bench, &subject), ["visit.started", "response.refused"]);
    let entry = store.read(|connection| audit::of_subject(connection, &subject)).unwrap().pop().unwrap();
    assert_eq!(entry.detail, "required new");
    let visit_now = store.read(|connection| visit::by_id(connection, &visit.id)).unwrap();
    assert_eq!(visit_now.state, VisitState::InProgress, "nothing was lost");

    swap(kept.to_owned());
    sign().unwrap();
    assert_eq!(events(&bench, &subject), ["visit.started", "response.refused", "visit.frozen"]);
}

#[test]
fn an_act_is_good_for_one_visit_one_set_of_answers_and_one_minute() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let other = bench.start();
    let other_session = fill(bench.device(), &other);
    let act = || bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();

    let refused = bench.device().freeze(&other.id, &other_session, act(), WORDS);
    assert!(matches!(refused, Err(Error::ActInvalid)), "another visit: {refused:?}");

    let mut moved = session.clone();
    let at = device::clock::text(&bench.device().now());
    moved.goto_review(&at, ACTOR).unwrap();
    moved.confirm_review(&at, ACTOR).unwrap();
    let refused = bench.device().freeze(&visit.id, &moved, act(), WORDS);
    assert!(matches!(refused, Err(Error::ActInvalid)), "another revision: {refused:?}");

    let late = act();
    bench.clock.advance(61.seconds());
    let refused = bench.device().freeze(&visit.id, &session, late, WORDS);
    assert!(matches!(refused, Err(Error::ActInvalid)), "after a minute: {refused:?}");

    assert_eq!(
        bench.device().store().read(outbox::all).unwrap().len(),
        0,
        "nothing was frozen by any of them"
    );
    bench.device().freeze(&visit.id, &session, act(), WORDS).unwrap();
}

#[test]
fn an_act_does_not_outlive_a_reset_of_the_pin() {
    let bench = Bench::new();
    bench.device().staff_add(&person("ben"), PASSWORD, "anna").unwrap();
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().reset_pin(PARTICIPANT, ("anna", PASSWORD), ("ben", PASSWORD), "forgotten").unwrap();
    let refused = bench.device().freeze(&visit.id, &session, act, WORDS);
    assert!(matches!(refused, Err(Error::ActInvalid)), "{refused:?}");
    assert!(bench.device().session(&visit.id).unwrap().is_some(), "the draft is kept");
}

#[test]
fn freezing_leaves_nothing_behind_when_it_fails_halfway() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    let store = bench.device().store();
    let before = store.read(audit::all).unwrap().len();
    // The audit entry is the last thing written, so everything else has to be taken back.
    store
        .write(|tx| {
            Ok(tx.execute_batch(
                "CREATE TRIGGER fault BEFORE INSERT ON audit WHEN new.event = 'response.frozen'
                 BEGIN SELECT RAISE(ABORT, 'injected'); END",
            )?)
        })
        .unwrap();
    assert!(bench.device().freeze(&visit.id, &session, act, WORDS).is_err());
    assert_eq!(store.read(outbox::all).unwrap().len(), 0);
    assert_eq!(store.read(audit::all).unwrap().len(), before);
    let visit_now = store.read(|connection| visit::by_id(connection, &visit.id)).unwrap();
    assert_eq!(visit_now.state, VisitState::InProgress);
    store.write(|tx| Ok(tx.execute_batch("DROP TRIGGER fault")?)).unwrap();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();
}

#[test]
fn a_full_disk_never_says_saved_and_keeps_the_draft() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    let store = bench.device().store();
    store
        .write(|tx| {
            let pages: u32 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        })
        .unwrap();
    let refused = bench.device().freeze(&visit.id, &session, act, WORDS);
    assert!(matches!(refused, Err(Error::DiskFull)), "{refused:?}");
    let replayed = bench.device().session(&visit.id).unwrap().unwrap();
    assert_eq!(replayed.answers_sha256(), session.answers_sha256());
    assert_eq!(store.read(outbox::all).unwrap().len(), 0);
}

#[test]
fn a_clock_before_the_last_entry_or_outside_the_certificate_refuses_to_sign_and_keeps_the_draft() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let sign = || {
        let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
        bench.device().freeze(&visit.id, &session, act, WORDS)
    };
    for (span, code) in [
        ((-1).hours(), "clock-behind"),
        ((-30 * 24).hours(), "certificate-not-yet-valid"),
        ((2 * 365 * 24).hours(), "certificate-expired"),
    ] {
        bench.clock.advance(span);
        let refused = sign().unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
        bench.clock.advance(-span);
        let replayed = bench.device().session(&visit.id).unwrap().unwrap();
        assert_eq!(replayed.answers_sha256(), session.answers_sha256(), "{code}: the draft is kept");
    }
    assert_eq!(bench.device().store().read(outbox::all).unwrap().len(), 0);
    sign().unwrap();
}

#[test]
fn a_revoked_certificate_refuses_to_sign_and_keeps_the_draft() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let sign = || {
        let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
        bench.device().freeze(&visit.id, &session, act, WORDS)
    };
    let own = bench.device().certificate().unwrap().unwrap();
    let serial = seal::CertificateChain::from_pem(own.chain.as_bytes()).unwrap().serial().to_vec();
    let on_list = bench.authority.revoked("2026-11-20T00:00:00Z", &serial, "2026-11-19T00:00:00Z");
    let forged = TestAuthority::impostor().revoked("2026-11-20T00:00:00Z", &serial, "2026-11-19T00:00:00Z");
    bench.device().put_revocation_lists(&forged).unwrap();
    bench.device().put_revocation_lists(&on_list).unwrap();
    bench.device().put_revocation_lists(&on_list).unwrap();
    let refused = sign().unwrap_err();
    assert_eq!(refused.code(), "certificate-revoked");
    assert!(refused.to_string().contains("2026-11-19"), "{refused}");
    let replayed = bench.device().session(&visit.id).unwrap().unwrap();
    assert_eq!(replayed.answers_sha256(), session.answers_sha256(), "the draft is kept");
    // It was only held, and is on no later list.
    bench
        .device()
        .put_revocation_lists(&bench.authority.revocation_lists_of("2026-11-21T00:00:00Z"))
        .unwrap();
    sign().unwrap();
    let entries = bench.device().store().read(audit::all).unwrap();
    let told: Vec<_> = entries.iter().filter(|entry| entry.event.starts_with("certificate.revo")).collect();
    assert_eq!(
        told.iter().map(|entry| (entry.event.as_str(), entry.detail.as_str())).collect::<Vec<_>>(),
        [
            ("certificate.revoked", "CN=Test intermediate since 2026-11-19T00:00:00Z"),
            ("certificate.revocationEnded", "CN=Test intermediate"),
        ]
    );
    assert!(told.iter().all(|entry| entry.subject == format!("certificate/{}", own.thumbprint)));
}

#[test]
fn a_clock_that_had_been_ahead_is_accepted_by_staff_with_a_reason() {
    let bench = Bench::new();
    bench.clock.advance(48.hours());
    bench.device().staff_verify("anna", PASSWORD, Purpose::SignIn).unwrap();
    bench.clock.advance((-47).hours());
    let (visit, session) = bench.reviewed();
    let sign = || {
        let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
        bench.device().freeze(&visit.id, &session, act, WORDS)
    };
    assert_eq!(sign().unwrap_err().code(), "clock-behind");
    assert!(matches!(bench.device().accept_clock(&bench.staff, " "), Err(Error::ReasonMissing)));
    bench.device().accept_clock(&bench.staff, "set two days ahead by mistake").unwrap();
    sign().unwrap();
    let all = bench.device().store().read(audit::all).unwrap();
    assert_eq!(audit::first_break(&all), None, "order is by sequence, whatever the clock said");
}

#[test]
fn another_local_time_is_flagged_once_in_the_trail_and_changes_nothing_that_is_written() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let all = || bench.device().store().read(audit::all).unwrap();
    let before = all();
    let sign_in = || {
        bench.device().staff_verify("anna", PASSWORD, Purpose::SignIn).unwrap();
        all().pop().unwrap().at
    };
    // Summer time begins.
    bench.clock.advance((127 * 24).hours());
    assert_eq!(sign_in(), "2027-03-28T10:41:07.000+02:00");
    // As late as before, elsewhere; then earlier by the local time, and no instant earlier.
    bench.clock.carry_to("Europe/Paris");
    sign_in();
    bench.clock.carry_to("America/New_York");
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();
    bench.clock.advance(1.hours());
    sign_in();

    let after = all();
    assert_eq!(audit::first_break(&after), None);
    assert_eq!(after[..before.len()], before, "nothing is written anew");
    let is_flag = |entry: &&audit::Entry| entry.event == audit::LOCAL_TIME_CHANGED;
    let flags: Vec<_> = after.iter().filter(is_flag).collect();
    let said: Vec<_> = flags.iter().map(|entry| entry.detail.as_str()).collect();
    assert_eq!(
        said,
        [
            "+01:00 Europe/Berlin to +02:00 Europe/Berlin",
            "+02:00 Europe/Berlin to +02:00 Europe/Paris",
            "+02:00 Europe/Paris to -04:00 America/New_York",
        ]
    );
    for flag in flags {
        assert_eq!((flag.actor.as_str(), flag.subject.as_str()), ("device", ""));
        let (last, next) = (&after[flag.sequence as usize - 2], &after[flag.sequence as usize]);
        assert_ne!((&last.zone, &last.at[23..]), (&next.zone, &next.at[23..]), "it stands between them");
        assert_eq!((&flag.zone, &flag.at[23..]), (&next.zone, &next.at[23..]));
    }
}

#[test]
fn a_draft_is_replayed_after_a_restart_and_refuses_a_stale_event() {
    let mut bench = Bench::new();
    let (visit, session) = bench.reviewed();
    bench.reopen();
    let replayed = bench.device().session(&visit.id).unwrap().unwrap();
    assert_eq!(replayed.revision(), session.revision());
    assert_eq!(replayed.answers_sha256(), session.answers_sha256());

    let at = device::clock::text(&bench.device().now());
    let (mut first, mut second): (Session, Session) = (replayed.clone(), replayed);
    let one = first.goto_review(&at, ACTOR).unwrap();
    let two = second.goto_review(&at, ACTOR).unwrap();
    bench.device().append(&visit.id, &one).unwrap();
    let refused = bench.device().append(&visit.id, &two);
    assert!(matches!(refused, Err(Error::StaleRevision)), "{refused:?}");
}

#[test]
fn nothing_is_added_to_a_visit_that_is_over() {
    let bench = Bench::new();
    let (visit, mut session) = bench.reviewed();
    let at = device::clock::text(&bench.device().now());
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();
    let event = session.goto_review(&at, ACTOR).unwrap();
    assert!(
        matches!(bench.device().append(&visit.id, &event), Err(Error::WrongState(state)) if state == "frozen")
    );
    let refused = bench.device().end_visit(&visit.id, &bench.staff, "left");
    assert!(matches!(refused, Err(Error::WrongState(_))));

    let ended = bench.start();
    assert!(matches!(bench.device().end_visit(&ended.id, &bench.staff, " "), Err(Error::ReasonMissing)));
    bench.device().end_visit(&ended.id, &bench.staff, "left early").unwrap();
    assert_eq!(events(&bench, &format!("visit/{}", ended.id)), ["visit.started", "visit.ended"]);
}

/// Lower-case hexadecimal.
fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn no_answer_id_or_secret_is_readable_in_the_folder_or_in_debug_output() {
    let bench = Bench::new();
    let (visit, session) = bench.reviewed();
    let act = bench.device().verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
    let shown = format!("{act:?} {:?} {:?}", bench.device(), bench.device().sealing_key().unwrap());
    let frozen = bench.device().freeze(&visit.id, &session, act, WORDS).unwrap();
    let keys: Vec<Vec<u8>> = bench.keystore.entries.lock().unwrap().values().cloned().collect();
    for secret in &keys {
        assert!(!shown.contains(&hexadecimal(secret)));
        assert!(!shown.contains(&format!("{secret:?}")));
    }
    // Four digits may stand in a random identifier: that nothing but the visit is shown is said in full.
    assert!(shown.starts_with(&format!("PatientAct {{ visit: {:?}, .. }} Device {{", visit.id)), "{shown}");
    assert!(!shown.contains(PARTICIPANT));

    let canaries = [PARTICIPANT, "Little interest", "valueCoding", &frozen.identifier, PASSWORD, "argon2id"];
    for file in std::fs::read_dir(bench.folder.path()).unwrap() {
        let file = file.unwrap().path();
        let content = std::fs::read(&file).unwrap();
        let found = |needle: &[u8]| content.windows(needle.len()).any(|part| part == needle);
        for canary in canaries {
            assert!(!found(canary.as_bytes()), "{canary} is in {}", file.display());
        }
        assert!(keys.iter().all(|key| !found(key)), "a key is in {}", file.display());
    }
}
