#![allow(clippy::unwrap_used)]

use rusqlite::Transaction;

use super::*;
use crate::store::outbox::{NewItem, insert_for};
use crate::store::{DatabaseKey, Store, plan};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.db"), &DatabaseKey::new([7; 32])).unwrap();
    (folder, store)
}

/// A record, signed in the same second as every other.
fn freeze(tx: &Transaction<'_>, id: u32, participant: &str, form: &str, elsewhere: &[Option<String>]) {
    let item = NewItem {
        id: format!("r{id}"),
        identifier: format!("urn:uuid:{id}"),
        participant: participant.to_owned(),
        canonical: form.to_owned(),
        title: "Q".to_owned(),
        signed_at: "2026-11-21T09:00:00Z".to_owned(),
        response: b"{}".to_vec(),
        response_sha256: "00".to_owned(),
    };
    insert_for(tx, &item, elsewhere).unwrap();
}

/// 250 records of five participants and two questionnaires; every tenth goes to a second server too, and of those the
/// study's own is done. Of the others every third is done.
fn filled() -> (tempfile::TempDir, Store) {
    let (folder, store) = store();
    store
        .write(|tx| {
            for id in 0..250 {
                let both = [None, Some("https://r.example/fhir".to_owned())];
                let elsewhere = if id % 10 == 0 { &both[..] } else { &[] };
                let form = if id % 2 == 0 { "https://a|1" } else { "https://b|1" };
                freeze(tx, id, &format!("p{}", id % 5), form, elsewhere);
                if id % 10 == 0 || id % 3 == 0 {
                    let done = "UPDATE outbox SET state = 'done', server_id = id WHERE id = ?1";
                    tx.execute(done, [format!("r{id}")])?;
                }
            }
            Ok(())
        })
        .unwrap();
    (folder, store)
}

/// The ids of all pages of seven, one after the other.
fn pages(store: &Store, narrowed: &Narrowed) -> Vec<String> {
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let found = store.read(|connection| page(connection, narrowed, before, 7)).unwrap();
        let Some(last) = found.last() else { return ids };
        before = Some(last.row);
        ids.extend(found.into_iter().map(|one| one.id));
    }
}

fn expected(which: impl Fn(u32) -> bool) -> Vec<String> {
    (0..250).rev().filter(|id| which(*id)).map(|id| format!("r{id}")).collect()
}

fn found(participants: &[&str], canonicals: &[&str], server_id: Option<&str>) -> Narrowed {
    let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    let found = Found {
        participants: owned(participants),
        canonicals: owned(canonicals),
        server_id: server_id.map(str::to_owned),
    };
    Narrowed { proven: None, found: Some(found) }
}

#[test]
fn pages_have_every_record_once_newest_first_whatever_it_is_narrowed_down_to() {
    let (_folder, store) = filled();
    let proven = |id: u32| !id.is_multiple_of(10) && id.is_multiple_of(3);
    let either = |proven| Narrowed { proven: Some(proven), found: None };
    let both = Narrowed { proven: Some(true), ..found(&["p1"], &[], None) };
    let cases: [(Narrowed, Vec<String>); 7] = [
        (Narrowed::default(), expected(|_| true)),
        (either(true), expected(proven)),
        (either(false), expected(|id| !proven(id))),
        (found(&["p1", "p3"], &[], None), expected(|id| matches!(id % 5, 1 | 3))),
        (found(&["p1"], &["https://a|1"], Some("r9")), expected(|id| id % 5 == 1 || id % 2 == 0 || id == 9)),
        (both, expected(|id| proven(id) && id % 5 == 1)),
        (found(&[], &[], None), Vec::new()),
    ];
    for (narrowed, expected) in cases {
        assert_eq!(pages(&store, &narrowed), expected, "{narrowed:?}");
        let count = store.read(|connection| count(connection, &narrowed)).unwrap();
        assert_eq!(count as usize, expected.len(), "{narrowed:?}");
    }
}

#[test]
fn what_is_signed_between_two_pages_moves_nothing() {
    let (_folder, store) = filled();
    let read = |before| store.read(|connection| page(connection, &Narrowed::default(), before, 100)).unwrap();
    let first = read(None);
    store
        .write(|tx| {
            freeze(tx, 250, "p9", "https://a|1", &[]);
            Ok(())
        })
        .unwrap();
    let second = read(first.last().map(|last| last.row));
    assert_eq!((first[99].id.as_str(), second[0].id.as_str()), ("r150", "r149"));
    assert_eq!(read(None)[0].id, "r250");
}

#[test]
fn a_record_is_proven_once_every_server_is() {
    let (_folder, store) = filled();
    let proven = || {
        let one = Narrowed { proven: Some(true), ..found(&[], &[], Some("r10")) };
        store.read(|connection| count(connection, &one)).unwrap() == 1
    };
    let becomes = |state: &'static str| {
        store
            .write(move |tx| Ok(tx.execute("UPDATE outbox SET state = ?1 WHERE record = 'r10'", [state])?))
            .unwrap();
    };
    assert!(!proven(), "the second server does not have it yet");
    becomes("done");
    assert!(proven());
    becomes("alert");
    assert!(!proven());
}

#[test]
fn the_choices_are_each_participant_and_each_questionnaire_once() {
    let (_folder, store) = filled();
    assert_eq!(store.read(participants).unwrap(), ["p0", "p1", "p2", "p3", "p4"]);
    assert_eq!(store.read(canonicals).unwrap(), ["https://a|1", "https://b|1"]);
    let (_folder, empty) = self::store();
    assert!(empty.read(participants).unwrap().is_empty());
    assert_eq!(empty.read(|connection| count(connection, &Narrowed::default())).unwrap(), 0);
}

#[test]
fn no_query_of_the_page_sorts_or_reads_rows_of_the_outbox_that_are_not_shown() {
    let (_folder, store) = filled();
    let plan = |sql: &str| store.read(|connection| Ok(plan(connection, sql))).unwrap();
    let searched = found(&["p1"], &["https://a|1"], Some("x"));
    for narrowed in [
        Narrowed::default(),
        Narrowed { proven: Some(true), found: None },
        searched.clone(),
        Narrowed { proven: Some(false), ..searched },
    ] {
        let index = if narrowed.proven.is_some() { "record_line_proven" } else { "INTEGER PRIMARY KEY" };
        let page = plan(&page_sql(&narrowed));
        assert!(page[0].starts_with("SEARCH record_line") && page[0].contains(index), "{page:?}");
        for steps in [page, plan(&count_sql(&narrowed))] {
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
            assert!(!steps.iter().any(|step| step.contains("SCAN outbox")), "{steps:?}");
        }
    }
    let all = plan(&count_sql(&Narrowed::default()));
    assert!(all[0].contains("COVERING INDEX"), "{all:?}");
    for column in ["participant", "canonical"] {
        let steps = plan(&each_sql(column));
        let index = format!("SEARCH record_line USING COVERING INDEX record_line_{column}");
        assert_eq!(steps.iter().filter(|step| step.contains(&index)).count(), 2, "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
    }
}
