//! What was signed and what came back, beside the rows.
//!
//! Every step of a delivery writes its row again, and `SQLite` writes a row with everything that is in it: with the documents in
//! the row, each of them would go to the disk, encrypted, five times and more (ADR 62).

use rusqlite::{Transaction, params};

use super::Item;
use crate::Error;

/// A table for each document, by the row that it belongs to: each grows at its end, and a document is in one piece. A row from
/// before these tables keeps what it had until it is written again; what stands here is newer. What is signed is never changed, in
/// the row or here, and a row stays the one that it is.
pub(in crate::store) const PART_MIGRATION: &str = "
CREATE TABLE outbox_response (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE outbox_returned (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE outbox_provenance (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE outbox_provenance_returned (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TRIGGER outbox_response_is_one BEFORE INSERT ON outbox_response
WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE rowid = new.row AND response = x'')
    OR EXISTS (SELECT 1 FROM outbox_response WHERE row = new.row)
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
CREATE TRIGGER outbox_response_is_frozen BEFORE UPDATE ON outbox_response
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
CREATE TRIGGER outbox_response_is_never_deleted BEFORE DELETE ON outbox_response
BEGIN SELECT RAISE(ABORT, 'a frozen response is never deleted'); END;
CREATE TRIGGER outbox_provenance_is_one BEFORE INSERT ON outbox_provenance
WHEN NOT EXISTS (SELECT 1 FROM outbox WHERE rowid = new.row AND (provenance IS NULL OR provenance = new.bytes))
    OR EXISTS (SELECT 1 FROM outbox_provenance WHERE row = new.row AND bytes <> new.bytes)
BEGIN SELECT RAISE(ABORT, 'a signed Provenance is never changed'); END;
CREATE TRIGGER outbox_provenance_stays BEFORE UPDATE ON outbox_provenance
BEGIN SELECT RAISE(ABORT, 'a signed Provenance is never changed'); END;
CREATE TRIGGER outbox_provenance_is_never_deleted BEFORE DELETE ON outbox_provenance
BEGIN SELECT RAISE(ABORT, 'a signed Provenance is never deleted'); END;
CREATE TRIGGER outbox_row_stays BEFORE UPDATE ON outbox WHEN new.rowid <> old.rowid
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
CREATE TRIGGER outbox_is_never_replaced BEFORE INSERT ON outbox
WHEN EXISTS (SELECT 1 FROM outbox WHERE id = new.id OR identifier = new.identifier)
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
DROP TRIGGER outbox_bytes_are_one;
CREATE TRIGGER outbox_bytes_are_one BEFORE INSERT ON outbox WHEN new.record IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE id = new.record AND record IS NULL AND response_sha256 = new.response_sha256)
BEGIN SELECT RAISE(ABORT, 'every server gets the same response'); END;
";

/// What stands in the row where the response is here.
pub(super) const ELSEWHERE: &[u8] = &[];

/// Stores the response, with what is there of the rest.
pub(super) fn insert(tx: &Transaction<'_>, row: i64, item: &Item) -> Result<(), Error> {
    tx.prepare_cached("INSERT INTO outbox_response (row, bytes) VALUES (?1, ?2)")?
        .execute(params![row, item.response])?;
    save(tx, row, item)
}

/// Stores what came since, and only that.
pub(super) fn save(tx: &Transaction<'_>, row: i64, item: &Item) -> Result<(), Error> {
    let parts = [
        ("outbox_returned", &item.returned),
        ("outbox_provenance", &item.provenance),
        ("outbox_provenance_returned", &item.provenance_returned),
    ];
    for (table, bytes) in parts {
        if let Some(bytes) = bytes {
            tx.prepare_cached(&format!(
                "INSERT INTO {table} (row, bytes) VALUES (?1, ?2)
                 ON CONFLICT (row) DO UPDATE SET bytes = excluded.bytes WHERE bytes <> excluded.bytes"
            ))?
            .execute(params![row, bytes])?;
        }
    }
    Ok(())
}

/// Takes away what came back and is to be looked at anew, from an old row too.
pub(super) fn clear(tx: &Transaction<'_>, row: i64, item: &Item) -> Result<(), Error> {
    let parts = [("returned", &item.returned), ("provenance_returned", &item.provenance_returned)];
    for (column, _) in parts.into_iter().filter(|(_, bytes)| bytes.is_none()) {
        tx.execute(&format!("DELETE FROM outbox_{column} WHERE row = ?1"), [row])?;
        tx.execute(
            &format!("UPDATE outbox SET {column} = NULL WHERE rowid = ?1 AND {column} IS NOT NULL"),
            [row],
        )?;
    }
    Ok(())
}
