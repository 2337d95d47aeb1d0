//! Notices: what the server keeps otherwise than it should, and nothing on this device can put right. They stop no record; a
//! person confirms having seen them. A row is never deleted.

use jiff::Zoned;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::audit::{self, NewEntry};
use crate::{Error, clock};

/// With what was found before there were notices.
pub(super) const MIGRATION: &str = "
CREATE TABLE notice (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('reportAltered', 'provenanceTwice')),
    -- What it is about: nothing here, where another device's report was taken over without its record.
    record       TEXT REFERENCES outbox (id),
    -- A JSON list of TYPE/ID/_history/VERSION.
    found        TEXT NOT NULL,
    raised_at    TEXT NOT NULL,
    confirmed_at TEXT,
    confirmed_by TEXT,
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL))
) STRICT;
CREATE INDEX notice_unconfirmed ON notice (confirmed_at) WHERE confirmed_at IS NULL;
CREATE TRIGGER notice_is_never_deleted BEFORE DELETE ON notice
BEGIN SELECT RAISE(ABORT, 'a notice is never deleted'); END;
CREATE TRIGGER notice_is_frozen BEFORE UPDATE OF id, kind, record, found, raised_at ON notice
BEGIN SELECT RAISE(ABORT, 'what a notice says is never changed'); END;
CREATE TRIGGER notice_is_confirmed_once BEFORE UPDATE OF confirmed_at, confirmed_by ON notice
WHEN old.confirmed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a notice is confirmed once'); END;
INSERT INTO notice (id, kind, record, found, raised_at)
SELECT posting.id, 'reportAltered', alert.record,
    json_array('AuditEvent/' || posting.server_id || '/_history/' || posting.server_version),
    coalesce((SELECT max(at) FROM audit WHERE subject = 'posting/' || posting.id), '')
FROM posting LEFT JOIN alert ON posting.cause GLOB 'alert/' || alert.id || '/*'
WHERE posting.kind = 'auditEvent' AND posting.state = 'different' AND posting.server_id IS NOT NULL
ORDER BY posting.rowid;
";

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The server keeps the report of an alert otherwise than it was sent.
    ReportAltered,
    /// The server keeps the Provenance of a record more than once.
    ProvenanceTwice,
}

impl Kind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReportAltered => "reportAltered",
            Self::ProvenanceTwice => "provenanceTwice",
        }
    }

    fn from_stored(text: &str) -> Result<Self, Error> {
        let known = [Self::ReportAltered, Self::ProvenanceTwice].into_iter().find(|one| one.as_str() == text);
        known.ok_or(Error::Unreadable("notice"))
    }
}

/// A notice as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// UUID.
    pub id: String,
    /// What it says.
    pub kind: Kind,
    /// The row of the outbox that it is about, where there is one here.
    pub record: Option<String>,
    /// What the server keeps: `TYPE/ID/_history/VERSION` of each.
    pub found: Vec<String>,
    /// RFC 3339 with offset.
    pub raised_at: String,
}

impl Notice {
    /// What the audit trail says of it.
    fn detail(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.found.join(" "))
    }

    /// Under what it stands there.
    fn subject(&self) -> String {
        self.record.as_ref().map(|record| format!("record/{record}")).unwrap_or_default()
    }
}

/// Raises a notice about a row of the outbox, with its entry in the audit trail.
pub(crate) fn raise(
    tx: &Transaction<'_>,
    kind: Kind,
    record: Option<String>,
    found: Vec<String>,
    now: &Zoned,
) -> Result<(), Error> {
    let id = uuid::Uuid::new_v4().to_string();
    let notice = Notice { id, kind, record, found, raised_at: clock::text(now) };
    let found = serde_json::to_string(&notice.found).map_err(|_| Error::Unreadable("notice"))?;
    tx.prepare_cached("INSERT INTO notice (id, kind, record, found, raised_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![notice.id, kind.as_str(), notice.record, found, notice.raised_at])?;
    let (subject, detail) = (notice.subject(), notice.detail());
    let (actor, role, event) = ("device", "device", "notice.raised");
    audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &detail }, now)?;
    Ok(())
}

/// Keeps that a person has seen these notices, each with an entry in the audit trail: all of them or none.
///
/// # Errors
/// [`Error::StaleRevision`] when one of them does not wait to be seen (any more).
pub(crate) fn confirm(
    tx: &Transaction<'_>,
    ids: &[String],
    (actor, role): (&str, &str),
    reason: &str,
    now: &Zoned,
) -> Result<(), Error> {
    let at = clock::text(now);
    for id in ids {
        let waiting = tx
            .prepare_cached(
                "UPDATE notice SET confirmed_at = ?2, confirmed_by = ?3 WHERE id = ?1 AND confirmed_at IS NULL
                 RETURNING id, kind, record, found, raised_at",
            )?
            .query_row([id, &at, actor], notice)
            .optional()?;
        let notice = waiting.ok_or(Error::StaleRevision)??;
        let (subject, detail) = (notice.subject(), format!("{}: {reason}", notice.detail()));
        let event = "notice.confirmed";
        audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &detail }, now)?;
    }
    Ok(())
}

/// How many wait to be seen.
pub fn unconfirmed(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.prepare_cached(COUNT)?.query_row([], |row| row.get(0))?)
}

const COUNT: &str = "SELECT count(*) FROM notice WHERE confirmed_at IS NULL";

/// Up to `most` of those that wait to be seen, oldest first.
pub fn waiting(connection: &Connection, most: u32) -> Result<Vec<Notice>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT id, kind, record, found, raised_at FROM notice INDEXED BY notice_unconfirmed
         WHERE confirmed_at IS NULL ORDER BY rowid LIMIT ?1",
    )?;
    let rows = query.query_map([most], notice)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Result<Notice, Error>> {
    let (kind, found): (String, String) = (row.get("kind")?, row.get("found")?);
    let (id, record, raised_at) = (row.get("id")?, row.get("record")?, row.get("raised_at")?);
    Ok((|| {
        let found = serde_json::from_str(&found).map_err(|_| Error::Unreadable("notice"))?;
        Ok(Notice { id, kind: Kind::from_stored(&kind)?, record, found, raised_at })
    })())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;
    use crate::store::plan;

    fn now() -> Zoned {
        "2026-11-21T09:00:00+01:00[Europe/Berlin]".parse().unwrap()
    }

    #[test]
    fn a_notice_is_confirmed_once_and_all_that_were_looked_at_or_none() {
        let (_folder, store) = store();
        let raise = |version: &str| {
            let found = vec![format!("AuditEvent/7/_history/{version}")];
            store
                .write(move |tx| super::raise(tx, Kind::ReportAltered, Some("a".to_owned()), found, &now()))
                .unwrap();
        };
        let waits = || store.read(|connection| waiting(connection, 9)).unwrap();
        let confirm = |ids: Vec<String>| {
            store.write(move |tx| super::confirm(tx, &ids, ("anna", "coordinator"), "told", &now()))
        };
        raise("1");
        raise("2");
        let ids: Vec<String> = waits().into_iter().map(|one| one.id).collect();
        let unknown = confirm(vec![ids[0].clone(), "none".to_owned()]);
        assert!(matches!(unknown, Err(Error::StaleRevision)), "{unknown:?}");
        assert_eq!(waits().len(), 2, "what was refused confirmed nothing");
        confirm(vec![ids[0].clone()]).unwrap();
        assert_eq!(waits()[0].found, ["AuditEvent/7/_history/2"]);
        assert!(matches!(confirm(ids.clone()), Err(Error::StaleRevision)), "one is confirmed already");
        confirm(ids[1..].to_vec()).unwrap();
        assert_eq!((waits(), store.read(unconfirmed).unwrap()), (vec![], 0));
        raise("3");
        assert_eq!(store.read(unconfirmed).unwrap(), 1, "a later one is another");

        let trail = store.read(|connection| audit::of_subject(connection, "record/a")).unwrap();
        let said: Vec<_> = trail.iter().map(|one| (one.event.as_str(), one.actor.as_str())).collect();
        let (raised, confirmed) = (("notice.raised", "device"), ("notice.confirmed", "anna"));
        assert_eq!(said, [raised, raised, confirmed, confirmed, raised]);
        assert_eq!(trail[2].detail, "reportAltered AuditEvent/7/_history/1: told");
        for wrong in [
            "DELETE FROM notice",
            "UPDATE notice SET found = '[]'",
            "UPDATE notice SET confirmed_at = NULL, confirmed_by = NULL WHERE confirmed_at IS NOT NULL",
        ] {
            assert!(store.write(move |tx| Ok(tx.execute(wrong, [])?)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn those_that_wait_are_counted_without_a_look_at_the_others() {
        let (_folder, store) = store();
        let steps = store.read(|connection| Ok(plan(connection, COUNT))).unwrap();
        assert_eq!(steps, ["SEARCH notice USING COVERING INDEX notice_unconfirmed (confirmed_at=?)"]);
    }
}
