//! The table and its indexes, as they came.

pub(in crate::store) const MIGRATION: &str = "
CREATE TABLE outbox (
    id                  TEXT NOT NULL PRIMARY KEY,
    identifier          TEXT NOT NULL UNIQUE,
    participant         TEXT NOT NULL,
    canonical           TEXT NOT NULL,
    title               TEXT NOT NULL,
    signed_at           TEXT NOT NULL,
    response            BLOB NOT NULL,
    response_sha256     TEXT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('frozen', 'sending', 'acknowledged', 'compared',
        'provenanceSending', 'provenanceCompared', 'done', 'alert', 'quarantined', 'closedDifferent')),
    -- Whether the server may have acted on a request of this phase whose answer is not known.
    unsure              INTEGER NOT NULL DEFAULT 0,
    server_id           TEXT,
    server_version      TEXT,
    -- The altered version that a correction replaces (If-Match).
    replaces            TEXT,
    returned            BLOB,
    provenance          BLOB,
    provenance_id       TEXT,
    provenance_version  TEXT,
    provenance_replaces TEXT,
    provenance_returned BLOB,
    attempts            INTEGER NOT NULL DEFAULT 0,
    failures            INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms     INTEGER NOT NULL DEFAULT 0,
    lease_owner         TEXT,
    lease_until_ms      INTEGER,
    problem             TEXT,
    CHECK ((lease_owner IS NULL) = (lease_until_ms IS NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_attempt_ms);
CREATE TRIGGER outbox_bytes_are_frozen
BEFORE UPDATE OF id, identifier, participant, canonical, title, signed_at, response, response_sha256 ON outbox
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
CREATE TRIGGER outbox_provenance_is_frozen BEFORE UPDATE OF provenance ON outbox
WHEN old.provenance IS NOT NULL AND new.provenance IS NOT old.provenance
BEGIN SELECT RAISE(ABORT, 'a signed Provenance is never changed'); END;
CREATE TRIGGER outbox_is_never_deleted BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'a frozen response is never deleted'); END;
";

/// What the worker asks for, without a walk through all that ever was: what waits, by when it is due, and what is held.
pub(in crate::store) const INDEX_MIGRATION: &str = "
CREATE INDEX outbox_waiting ON outbox (next_attempt_ms) WHERE state IN ('frozen', 'sending', 'acknowledged', 'compared',
    'provenanceSending', 'provenanceCompared');
CREATE INDEX outbox_held ON outbox (lease_until_ms) WHERE lease_until_ms IS NOT NULL;
CREATE INDEX outbox_server_id ON outbox (server_id) WHERE server_id IS NOT NULL;
";

/// A response can go to other servers than the study's own (ADR 47). Each server has a row of its own; the first is the
/// record's, and the others name it. `identifier` has been unique here from the beginning, and a table with years of
/// records is not copied for that: those others have a space and the server's address behind it.
///
/// What waits for the study's server and what waits for others are two indexes, so that a server that is away for weeks is
/// never walked past, and no row is in both.
pub(in crate::store) const ENDPOINT_MIGRATION: &str = "
ALTER TABLE outbox ADD COLUMN record TEXT REFERENCES outbox (id);
-- The server's base address; none for the study's own.
ALTER TABLE outbox ADD COLUMN endpoint TEXT;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (next_attempt_ms) WHERE endpoint IS NULL AND state IN ('frozen', 'sending',
    'acknowledged', 'compared', 'provenanceSending', 'provenanceCompared');
CREATE INDEX outbox_elsewhere ON outbox (endpoint, next_attempt_ms) WHERE endpoint IS NOT NULL AND state IN ('frozen',
    'sending', 'acknowledged', 'compared', 'provenanceSending', 'provenanceCompared');
CREATE INDEX outbox_record ON outbox (record) WHERE record IS NOT NULL;
CREATE TRIGGER outbox_endpoint_is_frozen BEFORE UPDATE OF record, endpoint ON outbox
BEGIN SELECT RAISE(ABORT, 'where a response goes is never changed'); END;
CREATE TRIGGER outbox_bytes_are_one BEFORE INSERT ON outbox WHEN new.record IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE id = new.record AND record IS NULL AND response = new.response)
BEGIN SELECT RAISE(ABORT, 'every server gets the same response'); END;
";
