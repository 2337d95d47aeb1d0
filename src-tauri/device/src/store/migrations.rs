//! The tables in the order in which they were added. The database's `user_version` is how many of them it has.

use rusqlite::{Connection, TransactionBehavior};

use super::{
    alert, assignment, attempt, audit, certificate, draft_event, evidence, form, meta, notice, outbox,
    participant, posting, questionnaire, record_line, revoked, second_look, staff, study, takeover, visit,
};
use crate::Error;

/// Each entry runs once, in its own transaction. An entry that has been released never changes: a table grows by a
/// further entry at the end.
const MIGRATIONS: &[&str] = &[
    meta::MIGRATION,
    audit::MIGRATION,
    staff::MIGRATION,
    participant::MIGRATION,
    questionnaire::MIGRATION,
    visit::MIGRATION,
    draft_event::MIGRATION,
    certificate::MIGRATION,
    outbox::MIGRATION,
    attempt::MIGRATION,
    alert::MIGRATION,
    posting::MIGRATION,
    evidence::MIGRATION,
    certificate::ORGANIZATION_MIGRATION,
    study::MIGRATION,
    certificate::AUTHENTICATION_MIGRATION,
    form::MIGRATION,
    takeover::MIGRATION,
    assignment::MIGRATION,
    outbox::INDEX_MIGRATION,
    outbox::ENDPOINT_MIGRATION,
    assignment::POINTS_MIGRATION,
    staff::ROLES_MIGRATION,
    form::COMPLETED_MIGRATION,
    record_line::MIGRATION,
    alert::OPEN_MIGRATION,
    evidence::WANTING_MIGRATION,
    assignment::UNFINISHED_MIGRATION,
    attempt::BARE_MIGRATION,
    revoked::MIGRATION,
    attempt::UNREAD_MIGRATION,
    outbox::PART_MIGRATION,
    audit::LEANER_MIGRATION,
    notice::MIGRATION,
    second_look::MIGRATION,
    second_look::SEARCHES_MIGRATION,
    second_look::TRIES_MIGRATION,
];

/// Brings the database up to date.
///
/// # Errors
/// [`Error::DatabaseNewer`] when the file has tables that this program does not know.
pub(super) fn apply(connection: &mut Connection) -> Result<(), Error> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(Error::DatabaseNewer { found, known });
    }
    for (version, migration) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A trail of years is not copied for an index that it can do with.
        if *migration == audit::LEANER_MIGRATION && audit::is_empty(&transaction)? {
            transaction.execute_batch(audit::LEANER_TABLE)?;
        }
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::delivery::State;
    use crate::store::outbox::{NewItem, by_id, claim, further, insert_for};

    type Account = (String, String, String, u32, Option<String>, String);

    /// A store as it was before this step.
    fn before(step: &str) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        let before = MIGRATIONS.iter().position(|one| *one == step).unwrap();
        for migration in &MIGRATIONS[..before] {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", u32::try_from(before).unwrap()).unwrap();
        connection
    }

    #[test]
    fn accounts_from_before_there_were_roles_stay_coordinators_and_locked_ones_locked() {
        let mut connection = before(staff::ROLES_MIGRATION);
        let old = "INSERT INTO staff (user, display_name, role, phc, wrong_tries, locked_at, created_at)
            VALUES (?1, 'N', 'coordinator', '$argon2id$1', ?2, ?3, 't')";
        connection.execute(old, ("anna", 0, None::<&str>)).unwrap();
        connection.execute(old, ("eve", 5, Some("t"))).unwrap();
        apply(&mut connection).unwrap();

        let rows = "SELECT user, role, phc, wrong_tries, locked_at, created_at FROM staff ORDER BY user";
        let mut rows = connection.prepare(rows).unwrap();
        let found: Vec<Account> =
            rows.query_map([], |row| row.try_into()).unwrap().collect::<Result<_, _>>().unwrap();
        let text = str::to_owned;
        let kept = |user, tries, locked: Option<&str>| {
            (text(user), text("coordinator"), text("$argon2id$1"), tries, locked.map(text), text("t"))
        };
        assert_eq!(found, [kept("anna", 0, None), kept("eve", 5, Some("t"))]);
        let new = |role: &str| {
            let new =
                "INSERT INTO staff (user, display_name, role, phc, created_at) VALUES (?1, 'N', ?1, '', 't')";
            connection.execute(new, [role])
        };
        assert!(new("inspector").is_ok() && new("siteStaff").is_ok() && new("owner").is_err());
    }

    #[test]
    fn a_trail_from_before_it_had_fewer_indexes_is_the_same_and_goes_on() {
        let mut connection = before(audit::LEANER_MIGRATION);
        let now = "2026-11-21T09:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let append = |connection: &mut Connection, event| {
            let tx = connection.transaction().unwrap();
            let (actor, role, subject, detail) = ("anna", "coordinator", "staff/anna", "");
            audit::append(&tx, &audit::NewEntry { actor, role, event, subject, detail }, &now).unwrap();
            tx.commit().unwrap();
        };
        for event in ["staff.signedIn", audit::CLOCK_ACCEPTED, "staff.signedOut"] {
            append(&mut connection, event);
        }
        let trail = audit::all(&connection).unwrap();
        apply(&mut connection).unwrap();
        assert_eq!(audit::all(&connection).unwrap(), trail);
        append(&mut connection, "staff.signedIn");
        let trail = audit::all(&connection).unwrap();
        assert_eq!((trail.len(), audit::first_break(&trail)), (4, None));
        assert_eq!(audit::latest(&connection).unwrap(), Some(now.timestamp().as_millisecond()));
        assert!(connection.execute("DELETE FROM audit", []).is_err());
        assert!(connection.execute("UPDATE audit SET actor = 'x'", []).is_err());
    }

    #[test]
    fn records_from_before_there_were_lines_of_them_are_listed() {
        let mut connection = before(record_line::MIGRATION);
        for (id, state, record) in
            [("a", "done", None), ("b", "done", None), ("c", "sending", Some("b")), ("d", "sending", None)]
        {
            let old =
                "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response,
                response_sha256, state, record) VALUES (?1, ?1, 'p', 'q|1', 'Q', 't', x'7b7d', '00', ?2, ?3)";
            connection.execute(old, (id, state, record)).unwrap();
        }
        apply(&mut connection).unwrap();
        let listed = |proven| {
            let narrowed = record_line::Narrowed { proven: Some(proven), found: None };
            let page = record_line::page(&connection, &narrowed, None, 9).unwrap();
            page.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(
            (listed(true), listed(false)),
            (vec!["a".to_owned()], vec!["d".to_owned(), "b".to_owned()])
        );
    }

    #[test]
    fn records_that_were_proven_before_wants_were_kept_still_get_their_evidence() {
        let mut connection = before(evidence::WANTING_MIGRATION);
        for (id, state) in [("a", "done"), ("b", "done"), ("c", "done"), ("d", "sending")] {
            let old =
                "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response,
                response_sha256, state) VALUES (?1, ?1, 'p', 'q|1', 'Q', 't', x'7b7d', '00', ?2)";
            connection.execute(old, [id, state]).unwrap();
        }
        for (id, level) in [("b", "LT"), ("c", "T")] {
            let old = "INSERT INTO evidence (record, level, document, failures, next_attempt_ms, problem)
                VALUES (?1, ?2, x'7b7d', 2, 7, 'refused')";
            connection.execute(old, [id, level]).unwrap();
        }
        apply(&mut connection).unwrap();
        let due = |connection: &Connection| {
            let due = evidence::due(connection, 9, 9).unwrap();
            due.into_iter().map(|one| (one.record, one.failures)).collect::<Vec<_>>()
        };
        let new = |id: &str| (id.to_owned(), 0);
        let kept = ("c".to_owned(), 2);
        assert_eq!(due(&connection), [new("a"), kept.clone()]);
        connection.execute("UPDATE outbox SET state = 'done' WHERE id = 'd'", []).unwrap();
        assert_eq!(due(&connection), [new("a"), new("d"), kept], "and what is proven from now on");
    }

    #[test]
    fn reports_that_were_kept_otherwise_before_there_were_notices_have_one() {
        let mut connection = before(notice::MIGRATION);
        let record = "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response,
            response_sha256, state) VALUES ('a', 'a', 'p', 'q|1', 'Q', 't', x'7b7d', '00', 'alert')";
        connection.execute(record, []).unwrap();
        let alert = "INSERT INTO alert (id, record, kind, phase, revision, raised_at, server, found, exchange, changes,
            identical) VALUES ('x', 'a', 'different', 'response', 1, 't', 's', '', '', '', 0)";
        connection.execute(alert, []).unwrap();
        for (id, cause, state) in [
            ("p", "alert/x/raised", "different"),
            ("q", "alert/x/1", "done"),
            ("r", "alert/of-another-device/raised", "different"),
        ] {
            let posting = "INSERT INTO posting (id, kind, cause, resource, state, server_id, server_version)
                VALUES (?1, 'auditEvent', ?2, x'7b7d', ?3, ?1, '2')";
            connection.execute(posting, [id, cause, state]).unwrap();
        }
        let now = "2026-11-21T09:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let tx = connection.transaction().unwrap();
        let (actor, role, event, subject) = ("device", "device", "report.different", "posting/p");
        let entry = audit::NewEntry { actor, role, event, subject, detail: "alert/x/raised" };
        let at = audit::append(&tx, &entry, &now).unwrap().at;
        tx.commit().unwrap();
        apply(&mut connection).unwrap();
        let waiting = notice::waiting(&connection, 9).unwrap();
        let said: Vec<_> = waiting
            .iter()
            .map(|one| (one.record.as_deref(), one.found.concat(), one.raised_at.clone()))
            .collect();
        let found = |id: &str| format!("AuditEvent/{id}/_history/2");
        assert_eq!(said, [(Some("a"), found("p"), at), (None, found("r"), String::new())]);
    }

    #[test]
    fn documents_from_before_they_stood_beside_their_rows_are_read_and_never_changed() {
        let mut connection = before(outbox::PART_MIGRATION);
        for (id, provenance) in [("a", None), ("b", Some(b"{}"))] {
            let old = "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response,
                response_sha256, state, returned, provenance) VALUES (?1, ?1, 'p', 'q|1', 'Q', 't', x'7b7d', '00',
                'provenanceSending', x'5b5d', ?2)";
            connection.execute(old, (id, provenance)).unwrap();
        }
        apply(&mut connection).unwrap();

        let tx = connection.transaction().unwrap();
        let documents = |id: &str| {
            let item = by_id(&tx, id).unwrap();
            [Some(item.response), item.returned, item.provenance, item.provenance_returned]
        };
        let some = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(documents("a"), [some("{}"), some("[]"), None, None]);
        assert_eq!(documents("b"), [some("{}"), some("[]"), some("{}"), None]);

        let save = |id, change: fn(&mut outbox::Item)| {
            let mut item = by_id(&tx, id).unwrap();
            change(&mut item);
            outbox::save(&tx, outbox::By::Person, State::ProvenanceSending, &item)
        };
        save("a", |item| item.provenance = Some(b"p".to_vec())).unwrap();
        save("a", |item| item.returned = Some(b"new".to_vec())).unwrap();
        save("b", |item| item.provenance_returned = Some(b"kept".to_vec())).unwrap();
        assert_eq!(documents("a"), [some("{}"), some("new"), some("p"), None]);
        assert_eq!(documents("b"), [some("{}"), some("[]"), some("{}"), some("kept")]);
        save("a", |item| item.returned = None).unwrap();
        save("b", |item| (item.returned, item.provenance_returned) = (None, None)).unwrap();
        assert_eq!(documents("a"), [some("{}"), None, some("p"), None], "it is looked at anew");
        assert_eq!(documents("b"), [some("{}"), None, some("{}"), None]);
        for id in ["a", "b"] {
            let changed = save(id, |item| item.provenance = Some(b"other".to_vec()));
            assert!(changed.is_err(), "{id}: a signed Provenance is never changed");
        }
        let response = "INSERT INTO outbox_response SELECT rowid, x'00' FROM outbox WHERE id = 'a'";
        assert!(tx.execute(response, []).is_err(), "nor is a response");
        for signed in ["UPDATE outbox_provenance SET bytes = x'00'", "DELETE FROM outbox_provenance"] {
            assert!(tx.execute(signed, []).is_err(), "{signed} must be refused by the database itself");
        }
    }

    #[test]
    fn a_store_from_before_there_were_further_servers_keeps_what_it_has_and_goes_on() {
        let mut connection = before(outbox::ENDPOINT_MIGRATION);
        for (id, state) in [("a", "done"), ("b", "provenanceSending")] {
            let old = "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response,
                response_sha256, state, server_id) VALUES (?1, 'urn:uuid:' || ?1, 'p', 'q|1', 'Q', 't', x'7b7d', '00', ?2, ?1)";
            connection.execute(old, [id, state]).unwrap();
        }
        apply(&mut connection).unwrap();
        apply(&mut connection).unwrap();

        let tx = connection.transaction().unwrap();
        let kept = by_id(&tx, "a").unwrap();
        assert_eq!((kept.state, kept.identifier.as_str()), (State::Done, "urn:uuid:a"));
        assert_eq!((&kept.record, &kept.endpoint, kept.record()), (&None, &None, "a"));
        let waits: Vec<String> =
            claim(&tx, None, "w", 0, 9, 9, &[]).unwrap().into_iter().map(|item| item.id).collect();
        assert_eq!(waits, ["b"]);
        let new = NewItem {
            id: "c".to_owned(),
            identifier: "urn:uuid:c".to_owned(),
            participant: "p".to_owned(),
            canonical: "q|1".to_owned(),
            title: "Q".to_owned(),
            signed_at: "t".to_owned(),
            response: b"{}".to_vec(),
            response_sha256: "00".to_owned(),
        };
        let other = "https://r.example/fhir".to_owned();
        insert_for(&tx, &new, &[None, Some(other.clone())]).unwrap();
        let [one] = &further(&tx, "c").unwrap()[..] else { panic!("one further server") };
        assert_eq!(
            (one.identifier.as_str(), &one.endpoint, one.record()),
            ("urn:uuid:c", &Some(other.clone()), "c")
        );
        assert_eq!(claim(&tx, Some(&other), "w", 0, 9, 9, &[]).unwrap()[0].id, one.id);
        for wrong in [
            "UPDATE outbox SET endpoint = NULL WHERE record = 'c'",
            "UPDATE outbox SET endpoint = 'https://evil.example/fhir' WHERE id = 'a'",
            "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response, response_sha256, state,
             record, endpoint) SELECT 'd', 'd', participant, canonical, title, signed_at, response, '01', 'frozen', id, 'x'
             FROM outbox WHERE id = 'c'",
        ] {
            assert!(tx.execute(wrong, []).is_err(), "{wrong} must be refused by the database itself");
        }
    }
}
