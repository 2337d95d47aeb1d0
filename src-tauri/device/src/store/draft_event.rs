//! The drafts: for each visit an append-only log, from which the session, the response and the per-field audit trail
//! are computed. The database refuses to change or delete an event.

use rusqlite::{Connection, Transaction};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE draft_event (
    visit                TEXT NOT NULL REFERENCES visit (id),
    sequence             INTEGER NOT NULL,
    at                   TEXT NOT NULL,
    at_ms                INTEGER NOT NULL,
    event                TEXT NOT NULL,
    PRIMARY KEY (visit, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_event_at_ms ON draft_event (at_ms);
CREATE TRIGGER draft_event_is_never_changed BEFORE UPDATE ON draft_event
BEGIN SELECT RAISE(ABORT, 'a draft is append-only'); END;
CREATE TRIGGER draft_event_is_never_deleted BEFORE DELETE ON draft_event
BEGIN SELECT RAISE(ABORT, 'a draft is append-only'); END;
";
