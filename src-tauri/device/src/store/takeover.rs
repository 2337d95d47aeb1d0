//! What was taken over from another device's emergency export: which export, that device's audit trail and certificates.
//! A record says by its `origin` that it came with one.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::audit::{self, Entry};
use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE takeover (
    export      TEXT NOT NULL PRIMARY KEY,
    -- The device that made it.
    device      TEXT NOT NULL,
    device_name TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    taken_at    TEXT NOT NULL,
    taken_by    TEXT NOT NULL
) STRICT;
CREATE TRIGGER takeover_is_never_changed BEFORE UPDATE ON takeover
BEGIN SELECT RAISE(ABORT, 'what was taken over is never changed'); END;
CREATE TRIGGER takeover_is_never_deleted BEFORE DELETE ON takeover
BEGIN SELECT RAISE(ABORT, 'what was taken over is never deleted'); END;
CREATE TABLE audit_elsewhere (
    device      TEXT NOT NULL,
    device_name TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    at          TEXT NOT NULL,
    zone        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    role        TEXT NOT NULL,
    event       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL,
    PRIMARY KEY (device, sequence)
) STRICT;
CREATE INDEX audit_elsewhere_subject ON audit_elsewhere (subject, device, sequence);
CREATE TRIGGER audit_elsewhere_has_no_gaps BEFORE INSERT ON audit_elsewhere
WHEN new.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit_elsewhere WHERE device = new.device)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_elsewhere_is_never_changed BEFORE UPDATE ON audit_elsewhere
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_elsewhere_is_never_deleted BEFORE DELETE ON audit_elsewhere
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TABLE certificate_elsewhere (
    thumbprint TEXT NOT NULL PRIMARY KEY,
    device     TEXT NOT NULL,
    chain      TEXT NOT NULL
) STRICT;
CREATE TRIGGER certificate_elsewhere_is_never_deleted BEFORE DELETE ON certificate_elsewhere
BEGIN SELECT RAISE(ABORT, 'certificates are kept for as long as what they signed'); END;
-- The emergency export that a record came with; NULL for this device's own.
ALTER TABLE outbox ADD COLUMN origin TEXT REFERENCES takeover (export);
CREATE TRIGGER outbox_origin_is_frozen BEFORE UPDATE OF origin ON outbox
BEGIN SELECT RAISE(ABORT, 'where a response comes from is never changed'); END;
-- The device that made a request; NULL for this one.
ALTER TABLE attempt ADD COLUMN elsewhere TEXT;
";

/// An emergency export that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// `urn:uuid:…`.
    pub export: String,
    /// The identifier of the device that made it, `urn:uuid:…`.
    pub device: String,
    /// That device's name as staff see it.
    pub device_name: String,
    /// RFC 3339 with offset.
    pub made_at: String,
    /// RFC 3339 with offset.
    pub taken_at: String,
    /// The staff user.
    pub taken_by: String,
}

/// Another device, by its identifier and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// `urn:uuid:…`.
    pub device: String,
    /// As staff see it.
    pub name: String,
}

pub(crate) fn insert(tx: &Transaction<'_>, one: &Takeover) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO takeover (export, device, device_name, made_at, taken_at, taken_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (export) DO NOTHING",
    )?
    .execute([
        &one.export,
        &one.device,
        &one.device_name,
        &one.made_at,
        &one.taken_at,
        &one.taken_by,
    ])?;
    Ok(())
}

/// The takeover of this export.
pub fn by_export(connection: &Connection, export: &str) -> Result<Option<Takeover>, Error> {
    Ok(connection
        .prepare_cached("SELECT * FROM takeover WHERE export = ?1")?
        .query_row([export], takeover)
        .optional()?)
}

/// All of them, oldest first.
pub fn all(connection: &Connection) -> Result<Vec<Takeover>, Error> {
    let mut query = connection.prepare_cached("SELECT * FROM takeover ORDER BY rowid")?;
    Ok(query.query_map([], takeover)?.collect::<Result<_, _>>()?)
}

/// Keeps an entry of another device's audit trail, which the caller has verified.
pub(crate) fn append_audit(tx: &Transaction<'_>, whose: &Elsewhere, entry: &Entry) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO audit_elsewhere (device, device_name, sequence, at, zone, actor, role, event, subject, detail,
         previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        whose.device,
        whose.name,
        entry.sequence,
        entry.at,
        entry.zone,
        entry.actor,
        entry.role,
        entry.event,
        entry.subject,
        entry.detail,
        entry.previous,
        entry.hash,
    ])?;
    Ok(())
}

/// The kept trail of another device, oldest first.
pub(crate) fn audit_of(connection: &Connection, device: &str) -> Result<Vec<Entry>, Error> {
    let mut query =
        connection.prepare_cached("SELECT * FROM audit_elsewhere WHERE device = ?1 ORDER BY sequence")?;
    Ok(query.query_map([device], entry)?.collect::<Result<_, _>>()?)
}

/// The devices whose trails are kept.
pub(crate) fn devices(connection: &Connection) -> Result<Vec<Elsewhere>, Error> {
    let mut query = connection
        .prepare_cached("SELECT device, max(device_name) AS name FROM audit_elsewhere GROUP BY device")?;
    let found = query.query_map([], |row| Ok(Elsewhere { device: row.get(0)?, name: row.get(1)? }))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What other devices recorded about one subject, oldest first, each with the device.
pub fn audit_of_subject(connection: &Connection, subject: &str) -> Result<Vec<(Elsewhere, Entry)>, Error> {
    let mut query = connection
        .prepare_cached("SELECT * FROM audit_elsewhere WHERE subject = ?1 ORDER BY device, sequence")?;
    let rows = query.query_map([subject], |row| {
        Ok((Elsewhere { device: row.get("device")?, name: row.get("device_name")? }, entry(row)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows about one subject on this device and, before them, on those that records were taken over from.
pub fn whole_trail(connection: &Connection, subject: &str) -> Result<Vec<(Option<Elsewhere>, Entry)>, Error> {
    let mut all: Vec<(Option<Elsewhere>, Entry)> = audit_of_subject(connection, subject)?
        .into_iter()
        .map(|(elsewhere, entry)| (Some(elsewhere), entry))
        .collect();
    all.extend(audit::of_subject(connection, subject)?.into_iter().map(|entry| (None, entry)));
    Ok(all)
}

/// Keeps a certificate of another device.
pub(crate) fn keep_certificate(
    tx: &Transaction<'_>,
    thumbprint: &str,
    device: &str,
    chain: &str,
) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO certificate_elsewhere (thumbprint, device, chain) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute([thumbprint, device, chain])?;
    Ok(())
}

/// The certificates of other devices: device and chain (PEM).
pub fn certificates(connection: &Connection) -> Result<Vec<(String, String)>, Error> {
    let mut query =
        connection.prepare_cached("SELECT device, chain FROM certificate_elsewhere ORDER BY rowid")?;
    Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

fn takeover(row: &Row<'_>) -> rusqlite::Result<Takeover> {
    Ok(Takeover {
        export: row.get("export")?,
        device: row.get("device")?,
        device_name: row.get("device_name")?,
        made_at: row.get("made_at")?,
        taken_at: row.get("taken_at")?,
        taken_by: row.get("taken_by")?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        sequence: row.get("sequence")?,
        at: row.get("at")?,
        zone: row.get("zone")?,
        actor: row.get("actor")?,
        role: row.get("role")?,
        event: row.get("event")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        previous: row.get("previous")?,
        hash: row.get("hash")?,
    })
}
