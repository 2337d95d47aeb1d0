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
const WANTING: &str = "FROM outbox LEFT JOIN evidence ON evidence.record = outbox.id
    WHERE outbox.state = 'done' AND coalesce(level, 'B') <> 'LT'";

/// What there is for a record.
pub fn of_record(connection: &Connection, record: &str) -> Result<Option<Evidence>, Error> {
    let row = connection
        .prepare_cached("SELECT record, level, document, failures, problem FROM evidence WHERE record = ?1")?
        .query_row([record], row)
        .optional()?;
    row.map(read).transpose()
}

/// The proven records that are due, oldest first.
pub(crate) fn due(connection: &Connection, now_ms: i64, most: u32) -> Result<Vec<Evidence>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT outbox.id, coalesce(level, 'B'), document, coalesce(evidence.failures, 0), evidence.problem {WANTING}
         AND (coalesce(evidence.next_attempt_ms, 0) <= ?1 OR evidence.next_attempt_ms > ?1 + {LONGEST_WAIT_MS}) ORDER BY outbox.rowid LIMIT ?2"
    ))?;
    let rows = query.query_map(params![now_ms, most], row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(read).collect()
}

/// When the next one is due, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<i64>, Error> {
    let query = format!("SELECT min(coalesce(evidence.next_attempt_ms, 0)) {WANTING}");
    Ok(connection.prepare_cached(&query)?.query_row([], |row| row.get(0))?)
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
    tx.execute("UPDATE evidence SET next_attempt_ms = 0 WHERE level <> 'LT'", [])?;
    Ok(())
}

type Row = (String, String, Option<Vec<u8>>, u32, Option<String>);

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn read((record, level, document, failures, problem): Row) -> Result<Evidence, Error> {
    Ok(Evidence { record, level: Level::read(&level)?, document, failures, problem })
}
