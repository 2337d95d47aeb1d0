//! Alerts that earlier versions left open about records that have ended are closed at the start of delivery, and the trail says so.

use crate::common;

use common::delivery::{Deliverer, practice_server, until};
use common::{Bench, events, frozen};
use device::delivery::{Actor, Decision, State, alert_detail, alert_rows, outbox_row_of};
use device::store::alert::{self, Action, AlertKind, Outcome};
use device::store::audit;
use practice::faults::{Armed, Fault};
use tempfile::TempDir;

const CLOSED: &str = "alert.closedWithRecord";

/// Another alert about this record, as an earlier version left it, with an act that nothing came of.
fn left_open(bench: &Bench, id: &'static str, record: &str) {
    let exchange =
        r#"{"subject":"","at":"","server":"s","method":"","url":"","conditions":"","error":"held-back"}"#;
    let raise =
        "INSERT INTO alert (id, record, kind, phase, revision, raised_at, server, found, exchange, changes,
        identical) VALUES (?1, ?2, 'duplicates', 'provenance', 1, 't', 's', '[]', ?3, '[]', 0)";
    let act = "INSERT INTO alert_action (alert, number, action, user, display_name, at, reason, result)
        VALUES (?1, 1, 'sendAgain', 'u', 'U', 't', 'r', 'pending')";
    let record = record.to_owned();
    let made = bench.device().store().write(move |tx| {
        tx.execute(raise, (id, record, exchange))?;
        Ok(tx.execute(act, [id])?)
    });
    assert_eq!(made.unwrap(), 1);
}

/// A record that the server keeps altered; gives it with its alert.
fn altered(bench: &Bench, server: &practice::Handle, deliverer: &Deliverer) -> (String, String) {
    server.faults().set(Armed::new(Fault::AlterAnswer, 1));
    let record = frozen(bench);
    deliverer.worker.wake();
    let store = bench.device().store();
    until("alert", || outbox_row_of(store, &record).unwrap().state == State::Alert);
    let rows = alert_rows(store).unwrap();
    let alert = rows.into_iter().find(|row| row.record == record).unwrap().id;
    (record, alert)
}

fn one(bench: &Bench, id: &str) -> (Option<Outcome>, String) {
    let read = |connection: &rusqlite::Connection| {
        Ok((alert::by_id(connection, id)?.outcome, alert::acts(connection, id)?.remove(0).result))
    };
    bench.device().store().read(read).unwrap()
}

#[test]
fn alerts_left_open_about_ended_records_are_closed_once_and_the_trail_says_why() {
    let bench = Bench::new();
    let folder = TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = || client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let deliverer = Deliverer::over(client(), bench.device());
    let proven = frozen(&bench);
    deliverer.worker.wake();
    deliverer.delivered(1);
    let (escalated, decided) = altered(&bench, &server, &deliverer);
    let store = bench.device().store();
    let decision = Decision {
        revision: alert_detail(store, &decided).unwrap().revision,
        alert: decided,
        action: Action::Escalate,
        actor: Actor {
            user: "m.okafor".to_owned(),
            display_name: "Maria Okafor".to_owned(),
            role: "coordinator".to_owned(),
        },
        reason: "The study has to know".to_owned(),
    };
    deliverer.worker.act(decision).unwrap();
    let (waiting, _) = altered(&bench, &server, &deliverer);
    drop(deliverer);
    left_open(&bench, "of-proven", &proven);
    left_open(&bench, "of-escalated", &escalated);
    left_open(&bench, "of-waiting", &waiting);
    let open = || store.read(alert::open).unwrap();
    assert_eq!(open(), 4);

    for _ in 0..2 {
        let deliverer = Deliverer::over(client(), bench.device());
        until("end of the orphans", || open() == 2);
        drop(deliverer);
        assert_eq!(one(&bench, "of-proven"), (Some(Outcome::Corrected), "closed".to_owned()));
        assert_eq!(one(&bench, "of-escalated"), (Some(Outcome::Escalated), "closed".to_owned()));
        assert_eq!(one(&bench, "of-waiting"), (None, "pending".to_owned()), "a person can still act on it");
        for (record, times) in [(&proven, 1), (&escalated, 1), (&waiting, 0)] {
            let entries = events(&bench, &format!("record/{record}"));
            assert_eq!(entries.iter().filter(|event| *event == CLOSED).count(), times);
        }
    }
    let trail = store.read(audit::all).unwrap();
    assert_eq!(audit::first_break(&trail), None);
    let why: Vec<_> = trail.iter().filter(|one| one.event == CLOSED).map(|one| one.detail.as_str()).collect();
    assert!(why[0].starts_with("corrected alert/of-proven: the record was proven"), "{why:?}");
    assert!(why[1].starts_with("escalated alert/of-escalated: the record was closed"), "{why:?}");
    assert_eq!(alert_rows(store).unwrap().iter().filter(|row| row.kind == AlertKind::Different).count(), 2);
    assert_eq!(server.faults().armed().len(), 0);
}
