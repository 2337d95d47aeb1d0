//! The evidence for proven records: time stamps and revocation values, which come after delivery and go in exports. The
//! resources themselves stay as they were delivered.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::Error;
use crate::store::outbox::LONGEST_WAIT_MS;

pub(super) const MIGRATION: &str = "
CREATE TABLE evidence (
    record          TEXT NOT NULL PRIMARY KEY,
    -- Of the signature that has least of it.
    level           TEXT NOT NULL CHECK (level IN ('B', 'T', 'LT')),
    -- attesta-evidence/1; NULL while there is none.
    document        BLOB,
    failures        INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL DEFAULT 0,
    problem         TEXT
) STRICT;
CREATE TRIGGER evidence_only_grows BEFORE UPDATE OF level, document ON evidence
WHEN old.level = 'LT' OR (old.level = 'T' AND new.level = 'B')
    OR (old.document IS NOT NULL AND new.document IS NULL)
BEGIN SELECT RAISE(ABORT, 'evidence is never taken away'); END;
CREATE TRIGGER evidence_is_never_deleted BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
";

/// What is proven has a row at once, and the index names those rows that want something: however many records are complete,
/// nobody looks at them.
pub(super) const WANTING_MIGRATION: &str = "
INSERT INTO evidence (record, level) SELECT id, 'B' FROM outbox WHERE state = 'done' ORDER BY rowid
ON CONFLICT (record) DO NOTHING;
CREATE INDEX evidence_wanting ON evidence (next_attempt_ms) WHERE level <> 'LT';
CREATE TRIGGER evidence_is_wanted AFTER UPDATE OF state ON outbox WHEN new.state = 'done'
BEGIN
    INSERT INTO evidence (record, level) VALUES (new.id, 'B') ON CONFLICT (record) DO NOTHING;
END;
CREATE TRIGGER evidence_is_wanted_at_once AFTER INSERT ON outbox WHEN new.state = 'done'
BEGIN
    INSERT INTO evidence (record, level) VALUES (new.id, 'B') ON CONFLICT (record) DO NOTHING;
END;
";

/// A level of the `JAdES` baseline, as far as a device takes a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing was added yet.
    B,
    /// Time stamps.
    T,
    /// Revocation values too: nothing is left to do.
    Lt,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::B => "B",
            Self::T => "T",
            Self::Lt => "LT",
        }
    }

    fn read(text: &str) -> Result<Self, Error> {
        let known = [Self::B, Self::T, Self::Lt].into_iter().find(|level| level.as_str() == text);
        known.ok_or(Error::Unreadable("evidence"))
    }
}

/// What there is for one record.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The record.
    pub record: String,
    /// Of the signature that has least of it.
    pub level: Level,
    /// `attesta-evidence/1` ([`seal::jades::read_evidence`]).
    pub document: Option<Vec<u8>>,
    /// Failures since the last progress.
    pub failures: u32,
    /// Short name of what went wrong last.
    pub problem: Option<String>,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Evidence({}, {:?})", self.record, self.level)
    }
}

/// Proven records without all of their evidence.
const WANTING: &str = "FROM evidence INDEXED BY evidence_wanting WHERE level <> 'LT'";

/// What there is for a record; `None` before it is proven.
pub fn of_record(connection: &Connection, record: &str) -> Result<Option<Evidence>, Error> {
    let row = connection
        .prepare_cached("SELECT record, level, document, failures, problem FROM evidence WHERE record = ?1")?
        .query_row([record], row)
        .optional()?;
    row.map(read).transpose()
}

/// The proven records that are due, those first that wait longest.
pub(crate) fn due(connection: &Connection, now_ms: i64, most: u32) -> Result<Vec<Evidence>, Error> {
    let of = |which, bound_ms: i64| {
        let mut query = connection.prepare_cached(&due_sql(which))?;
        let rows = query.query_map(params![bound_ms, most], row)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(read).collect::<Result<Vec<_>, Error>>()
    };
    let mut due = of("<=", now_ms)?;
    // A time that lies too far ahead was written by a clock that was ahead.
    due.extend(of(">", now_ms.saturating_add(LONGEST_WAIT_MS))?);
    due.truncate(most as usize);
    Ok(due)
}

fn due_sql(which: &str) -> String {
    format!(
        "SELECT record, level, document, failures, problem {WANTING} AND next_attempt_ms {which} ?1
         ORDER BY next_attempt_ms, rowid LIMIT ?2"
    )
}

/// When the next one is due, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<i64>, Error> {
    Ok(connection.prepare_cached(&next_sql())?.query_row([], |row| row.get(0))?)
}

fn next_sql() -> String {
    format!("SELECT min(next_attempt_ms) {WANTING}")
}

/// Keeps what there is now, and when more is to be fetched.
pub(crate) fn save(tx: &Transaction<'_>, evidence: &Evidence, next_attempt_ms: i64) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO evidence (record, level, document, failures, next_attempt_ms, problem)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (record) DO UPDATE
         SET level = ?2, document = ?3, failures = ?4, next_attempt_ms = ?5, problem = ?6",
    )?
    .execute(params![
        evidence.record,
        evidence.level.as_str(),
        evidence.document,
        evidence.failures,
        next_attempt_ms,
        evidence.problem,
    ])?;
    Ok(())
}

/// Makes everything that is wanting due at once.
pub(crate) fn make_due(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute(MAKE_DUE, [])?;
    Ok(())
}

const MAKE_DUE: &str = "UPDATE evidence SET next_attempt_ms = 0 WHERE level <> 'LT' AND next_attempt_ms > 0";

type Row = (String, String, Option<Vec<u8>>, u32, Option<String>);

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn read((record, level, document, failures, problem): Row) -> Result<Evidence, Error> {
    Ok(Evidence { record, level: Level::read(&level)?, document, failures, problem })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;
    use crate::store::plan;

    #[test]
    fn what_is_proven_wants_evidence_until_it_has_all_and_is_tried_in_turn() {
        let (_folder, store) = store();
        let due = |now_ms| {
            let due = store.read(|connection| due(connection, now_ms, 9)).unwrap();
            due.into_iter().map(|one| (one.record, one.level, one.failures)).collect::<Vec<_>>()
        };
        let next = || store.read(next_due).unwrap();
        assert_eq!((due(5), next()), (vec![], None), "nothing is proven");
        let proven = "UPDATE outbox SET state = 'done' WHERE id = 'a'";
        store.write(|tx| Ok(tx.execute(proven, [])?)).unwrap();
        let at_first = ("a".to_owned(), Level::B, 0);
        assert_eq!((due(5), next()), (vec![at_first], Some(0)));
        let keep = |level, failures, next_attempt_ms| {
            let problem = (failures > 0).then(|| "refused".to_owned());
            let kept = Evidence { record: "a".to_owned(), level, document: Some(vec![0]), failures, problem };
            store.write(move |tx| save(tx, &kept, next_attempt_ms)).unwrap();
        };
        keep(Level::T, 1, 1000);
        assert_eq!((due(999), next()), (vec![], Some(1000)));
        let later = ("a".to_owned(), Level::T, 1);
        assert_eq!(due(1000), vec![later.clone()]);
        assert_eq!(due(999 - LONGEST_WAIT_MS), vec![later.clone()], "a clock that was ahead wrote that");
        store.write(make_due).unwrap();
        assert_eq!(due(0), vec![later]);
        keep(Level::Lt, 0, 0);
        assert_eq!((due(i64::MAX), next()), (vec![], None), "it has all");
    }

    #[test]
    fn nobody_looks_at_records_that_have_all_of_their_evidence() {
        let (_folder, store) = store();
        for sql in [due_sql("<="), due_sql(">"), next_sql(), MAKE_DUE.to_owned()] {
            let steps = store.read(|connection| Ok(plan(connection, &sql))).unwrap();
            assert!(steps.iter().all(|step| step.contains("INDEX evidence_wanting")), "{sql}: {steps:?}");
        }
    }
}
