//! What is shown of the outbox, however long it is: never what was signed, nor what came back.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::hold::WAITING;
use super::stored_state;
use crate::Error;
use crate::delivery::State;

/// An item as the outbox shows it: everything but what was signed and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The row, which grows with every new item: where a page ends.
    pub row: i64,
    /// See [`super::NewItem`].
    pub id: String,
    /// See [`super::NewItem`].
    pub participant: String,
    /// See [`super::NewItem`].
    pub canonical: String,
    /// See [`super::NewItem`].
    pub title: String,
    /// See [`super::NewItem`].
    pub signed_at: String,
    /// See [`super::Item`].
    pub state: State,
    /// See [`super::Item`].
    pub attempts: u32,
    /// See [`super::Item`].
    pub next_attempt_ms: i64,
    /// See [`super::Item`].
    pub problem: Option<String>,
    /// See [`super::Item::target`].
    pub target: Option<String>,
    /// See [`super::Item`].
    pub record: Option<String>,
    /// See [`super::Item`].
    pub endpoint: Option<String>,
}

const SUMMARY: &str = "rowid, id, participant, canonical, title, signed_at, state, attempts, next_attempt_ms, problem, \
    'QuestionnaireResponse/' || server_id || '/_history/' || server_version, \
    record, endpoint";

/// Up to `most` items, newest first; those that came before the row `before`, where that is given.
pub fn page(connection: &Connection, before: Option<i64>, most: u32) -> Result<Vec<Summary>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {SUMMARY} FROM outbox WHERE rowid < ?1 ORDER BY rowid DESC LIMIT ?2"
    ))?;
    let rows = query
        .query_map(params![before.unwrap_or(i64::MAX), most], read_summary)?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// What the outbox's screen shows of however many items: what needs a person, what waits longest and what is newest, up to
/// `most` of each, newest first.
pub fn foremost(connection: &Connection, most: u32) -> Result<Vec<Summary>, Error> {
    let held = "state IN ('alert', 'quarantined') ORDER BY rowid DESC";
    // What is sorted there is read from the index alone.
    let elsewhere = format!(
        "rowid IN (SELECT rowid FROM outbox INDEXED BY outbox_elsewhere WHERE endpoint IS NOT NULL AND {WAITING}
         ORDER BY next_attempt_ms, rowid LIMIT ?1)"
    );
    let waiting = format!("endpoint IS NULL AND {WAITING} ORDER BY next_attempt_ms, rowid");
    let mut found = BTreeMap::new();
    for (index, which) in [
        ("", "true ORDER BY rowid DESC"),
        ("", held),
        ("INDEXED BY outbox_waiting", &waiting),
        ("", &elsewhere),
    ] {
        let sql = format!("SELECT {SUMMARY} FROM outbox {index} WHERE {which} LIMIT ?1");
        let mut query = connection.prepare_cached(&sql)?;
        for summary in query.query_map([most], read_summary)?.collect::<Result<Vec<_>, _>>()? {
            let summary = summary?;
            found.insert(summary.row, summary);
        }
    }
    Ok(found.into_values().rev().collect())
}

/// The item of this id, as the outbox shows it.
pub fn summary(connection: &Connection, id: &str) -> Result<Summary, Error> {
    connection
        .prepare_cached(&format!("SELECT {SUMMARY} FROM outbox WHERE id = ?1"))?
        .query_row([id], read_summary)
        .optional()?
        .ok_or(Error::NotFound("record"))?
}

/// The item in this row, as the outbox shows it.
pub(crate) fn at_row(connection: &Connection, row: i64) -> Result<Summary, Error> {
    connection
        .prepare_cached(&format!("SELECT {SUMMARY} FROM outbox WHERE rowid = ?1"))?
        .query_row([row], read_summary)
        .optional()?
        .ok_or(Error::NotFound("record"))?
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<Result<Summary, Error>> {
    let state: String = row.get(6)?;
    let state = match stored_state(&state) {
        Ok(state) => state,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(Summary {
        row: row.get(0)?,
        id: row.get(1)?,
        participant: row.get(2)?,
        canonical: row.get(3)?,
        title: row.get(4)?,
        signed_at: row.get(5)?,
        state,
        attempts: row.get(7)?,
        next_attempt_ms: row.get(8)?,
        problem: row.get(9)?,
        target: row.get(10)?,
        record: row.get(11)?,
        endpoint: row.get(12)?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;
    use crate::store::outbox::{NewItem, insert};
    use crate::store::plan;

    #[test]
    fn the_screen_shows_what_needs_somebody_what_waits_and_what_is_newest() {
        let (_folder, store) = store();
        let shown = |most| {
            let rows = store.read(|connection| foremost(connection, most)).unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        store
            .write(|tx| {
                for id in ["b", "c", "d", "e"] {
                    let (id, identifier) = (id.to_owned(), format!("urn:uuid:{id}"));
                    let (participant, canonical) = ("p".to_owned(), "q|1".to_owned());
                    let (title, signed_at) = ("Q".to_owned(), "2026-11-21T09:00:00Z".to_owned());
                    let (response, response_sha256) = (b"{}".to_vec(), "00".to_owned());
                    let item = NewItem {
                        id,
                        identifier,
                        participant,
                        canonical,
                        title,
                        signed_at,
                        response,
                        response_sha256,
                    };
                    insert(tx, &item)?;
                }
                tx.execute("UPDATE outbox SET state = 'done' WHERE id IN ('c', 'd', 'e')", [])?;
                tx.execute("UPDATE outbox SET state = 'alert' WHERE id = 'b'", [])?;
                Ok(())
            })
            .unwrap();
        assert_eq!(shown(1), ["e", "b", "a"]);
        assert_eq!(shown(2), ["e", "d", "b", "a"]);
        assert_eq!(shown(9), ["e", "d", "c", "b", "a"]);
        let page = |before| store.read(|connection| page(connection, before, 2)).unwrap();
        assert_eq!(page(None).iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["e", "d"]);
        assert_eq!(page(Some(page(None)[1].row))[0].id, "c");
    }

    #[test]
    fn nothing_that_the_worker_or_the_screen_asks_walks_through_the_outbox() {
        let (_folder, store) = store();
        let asked = [
            "SELECT rowid FROM outbox INDEXED BY outbox_waiting WHERE endpoint IS NULL AND WAITING
             AND next_attempt_ms <= 5 ORDER BY next_attempt_ms, rowid LIMIT 3",
            "SELECT rowid FROM outbox INDEXED BY outbox_elsewhere WHERE endpoint = 'x' AND WAITING
             AND next_attempt_ms <= 5 ORDER BY next_attempt_ms, rowid LIMIT 3",
            "SELECT rowid FROM outbox INDEXED BY outbox_elsewhere WHERE endpoint IS NOT NULL AND WAITING
             ORDER BY next_attempt_ms, rowid LIMIT 3",
            "SELECT endpoint FROM outbox INDEXED BY outbox_elsewhere WHERE endpoint > 'x' AND WAITING
             ORDER BY endpoint LIMIT 1",
            "UPDATE outbox INDEXED BY outbox_elsewhere SET problem = 'p' WHERE endpoint = 'x' AND WAITING
             AND problem IS NOT 'p'",
            "SELECT id FROM outbox WHERE record = 'x'",
            "UPDATE outbox SET next_attempt_ms = 0 WHERE endpoint = 'x' AND WAITING AND next_attempt_ms > 0",
            "SELECT min(lease_until_ms) FROM outbox INDEXED BY outbox_held WHERE lease_until_ms IS NOT NULL",
            "UPDATE outbox SET next_attempt_ms = 0 WHERE endpoint IS NULL AND WAITING AND next_attempt_ms > 0",
            "UPDATE outbox SET lease_owner = NULL, lease_until_ms = NULL WHERE lease_until_ms IS NOT NULL",
            "SELECT id FROM outbox WHERE state IN ('alert', 'quarantined') ORDER BY rowid DESC LIMIT 3",
            "SELECT id FROM outbox WHERE server_id = 'x'",
            "SELECT state, count(*) FROM outbox GROUP BY state",
        ];
        for sql in asked {
            let sql = sql.replace("WAITING", WAITING);
            let plan = store.read(|connection| Ok(plan(connection, &sql))).unwrap();
            assert!(
                plan.iter().all(|step| step.contains("INDEX") || step.starts_with("USE TEMP")),
                "{sql}: {plan:?}"
            );
            assert!(plan[0].contains("INDEX"), "{sql}: {plan:?}");
        }
    }
}
