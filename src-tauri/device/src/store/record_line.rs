//! One short line a record, for the list of records: who, which questionnaire, and whether it is proven.
//!
//! Whether a record is proven may be said by several rows of the outbox, and old ones are some pages long. A list that is
//! narrowed down walks through these lines instead, newest first, and reads of the outbox only what it shows.

use std::fmt::Write as _;

use rusqlite::{Connection, named_params};

use super::outbox::{self, Summary};
use crate::Error;

/// `row` is the record's in the outbox, where rows only grow and are never deleted. The database itself keeps `proven`:
/// every server that the record goes to is proven to keep it.
pub(super) const MIGRATION: &str = "
CREATE TABLE record_line (
    row         INTEGER PRIMARY KEY,
    participant TEXT NOT NULL,
    canonical   TEXT NOT NULL,
    proven      INTEGER NOT NULL CHECK (proven IN (0, 1))
) STRICT;
INSERT INTO record_line SELECT rowid, participant, canonical, state = 'done' AND NOT EXISTS (
    SELECT 1 FROM outbox AS other WHERE other.record = own.id AND other.state <> 'done')
FROM outbox AS own WHERE record IS NULL ORDER BY rowid;
CREATE INDEX record_line_participant ON record_line (participant);
CREATE INDEX record_line_canonical ON record_line (canonical);
CREATE INDEX record_line_proven ON record_line (proven);
CREATE TRIGGER record_line_begins AFTER INSERT ON outbox WHEN new.record IS NULL
BEGIN
    INSERT INTO record_line VALUES (new.rowid, new.participant, new.canonical, new.state = 'done');
END;
CREATE TRIGGER record_line_goes_elsewhere AFTER INSERT ON outbox WHEN new.record IS NOT NULL AND new.state <> 'done'
BEGIN
    UPDATE record_line SET proven = 0 WHERE row = (SELECT rowid FROM outbox WHERE id = new.record);
END;
CREATE TRIGGER record_line_is_proven AFTER UPDATE OF state ON outbox WHEN (old.state = 'done') <> (new.state = 'done')
BEGIN
    UPDATE record_line SET proven = new.state = 'done'
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE id = coalesce(new.record, new.id) AND state <> 'done')
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE record = coalesce(new.record, new.id) AND state <> 'done')
    WHERE row = (SELECT rowid FROM outbox WHERE id = coalesce(new.record, new.id));
END;
";

/// Which records a list is narrowed down to; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Only those that are proven on every server, or only the others.
    pub proven: Option<bool>,
    /// Only those that a search found.
    pub found: Option<Found>,
}

/// What a search found: a record that has any of it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Ids of participants.
    pub participants: Vec<String>,
    /// `url|version` of questionnaires.
    pub canonicals: Vec<String>,
    /// The id that the server gave to a response.
    pub server_id: Option<String>,
}

impl Narrowed {
    /// What follows WHERE; its parameters are [`Narrowed::bound`].
    fn sql(&self) -> String {
        let mut sql = String::from("row < :before");
        if self.proven.is_some() {
            // Writing to a String does not fail.
            let _ = write!(sql, " AND proven = :proven");
        }
        if self.found.is_some() {
            // With a plus none of them is looked up in an index: what is found that way would have to be sorted.
            let _ = write!(
                sql,
                " AND (+participant IN (SELECT value FROM json_each(:participants))
                  OR +canonical IN (SELECT value FROM json_each(:canonicals))
                  OR +row IN (SELECT rowid FROM outbox WHERE server_id = :server_id))"
            );
        }
        sql
    }

    /// Runs `query`, which is [`Narrowed::sql`] and what the caller puts around it.
    fn rows(&self, connection: &Connection, query: &str, before: i64, most: u32) -> Result<Vec<i64>, Error> {
        let mut query = connection.prepare_cached(query)?;
        let list = |items: &[String]| serde_json::Value::from(items.to_vec()).to_string();
        let found = self.found.as_ref();
        let participants = found.map(|found| list(&found.participants));
        let canonicals = found.map(|found| list(&found.canonicals));
        let server_id = found.and_then(|found| found.server_id.as_deref());
        let all = named_params! {
            ":before": before, ":most": most, ":proven": self.proven, ":participants": participants,
            ":canonicals": canonicals, ":server_id": server_id,
        };
        // Not every query has them all.
        for (name, value) in all {
            if let Some(index) = query.parameter_index(name)? {
                query.raw_bind_parameter(index, value)?;
            }
        }
        let mut rows = query.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(row.get(0)?);
        }
        Ok(found)
    }
}

/// Up to `most` records, newest first; those that came before the row `before`, where that is given.
pub fn page(
    connection: &Connection,
    narrowed: &Narrowed,
    before: Option<i64>,
    most: u32,
) -> Result<Vec<Summary>, Error> {
    let query = page_sql(narrowed);
    let rows = narrowed.rows(connection, &query, before.unwrap_or(i64::MAX), most)?;
    rows.into_iter().map(|row| outbox::at_row(connection, row)).collect()
}

fn page_sql(narrowed: &Narrowed) -> String {
    format!("SELECT row FROM record_line WHERE {} ORDER BY row DESC LIMIT :most", narrowed.sql())
}

/// How many records there are, narrowed down.
pub fn count(connection: &Connection, narrowed: &Narrowed) -> Result<u32, Error> {
    let counted = narrowed.rows(connection, &count_sql(narrowed), i64::MAX, 1)?;
    Ok(counted.first().and_then(|count| u32::try_from(*count).ok()).unwrap_or(u32::MAX))
}

fn count_sql(narrowed: &Narrowed) -> String {
    match narrowed {
        // The shortest index is counted.
        Narrowed { proven: None, found: None } => "SELECT count(*) FROM record_line".to_owned(),
        _ => format!("SELECT count(*) FROM record_line WHERE {}", narrowed.sql()),
    }
}

/// Every participant with a record, in order. It steps from one to the next, however many records each has.
pub fn participants(connection: &Connection) -> Result<Vec<String>, Error> {
    each(connection, &each_sql("participant"))
}

/// `url|version` of every questionnaire with a record, in order.
pub fn canonicals(connection: &Connection) -> Result<Vec<String>, Error> {
    each(connection, &each_sql("canonical"))
}

fn each_sql(column: &str) -> String {
    format!(
        "WITH RECURSIVE one (it) AS (
             SELECT min({column}) FROM record_line
             UNION ALL
             SELECT (SELECT min({column}) FROM record_line WHERE {column} > it) FROM one WHERE it IS NOT NULL)
         SELECT it FROM one WHERE it IS NOT NULL"
    )
}

fn each(connection: &Connection, query: &str) -> Result<Vec<String>, Error> {
    let mut query = connection.prepare_cached(query)?;
    Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
