//! One row for every request that a delivery made: what was sent, and what came back. Never content.

use rusqlite::{Connection, Row, Transaction, params};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE attempt (
    sequence    INTEGER PRIMARY KEY,
    subject     TEXT NOT NULL,
    at          TEXT NOT NULL,
    server      TEXT NOT NULL,
    method      TEXT NOT NULL,
    url         TEXT NOT NULL,
    conditions  TEXT NOT NULL,
    body_sha256 TEXT,
    status      INTEGER,
    etag        TEXT,
    location    TEXT,
    elapsed_ms  INTEGER,
    error       TEXT,
    CHECK ((status IS NULL) <> (error IS NULL))
) STRICT;
CREATE INDEX attempt_subject ON attempt (subject, sequence);
CREATE TRIGGER attempt_is_never_changed BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never changed'); END;
CREATE TRIGGER attempt_is_never_deleted BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;
";

/// Which refusals came without an OperationOutcome.
pub(super) const BARE_MIGRATION: &str = "
ALTER TABLE attempt ADD COLUMN bare INTEGER NOT NULL DEFAULT 0;
";

/// Why the body of an acknowledgement was not read.
pub(super) const UNREAD_MIGRATION: &str = "
ALTER TABLE attempt ADD COLUMN unread TEXT;
";

/// A request and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// `record/ID` or `posting/ID`.
    pub subject: String,
    /// RFC 3339 with offset: when the outcome was known.
    pub at: String,
    /// The server's base address.
    pub server: String,
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// The address without query values.
    pub url: String,
    /// Names of the conditional headers, separated by spaces.
    pub conditions: String,
    /// Lower-case hex SHA-256 of what was sent.
    pub body_sha256: Option<String>,
    /// HTTP status; `None` when no whole answer came, unless its head alone acknowledges the request.
    pub status: Option<u16>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// Milliseconds from sending to the last octet.
    pub elapsed_ms: Option<u32>,
    /// Short name of the failure when there is no status.
    pub error: Option<String>,
    /// Whether the status is that of a refusal without an OperationOutcome, which may not be the server's own. One that was
    /// waited out for long enough counts as the server's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bare: bool,
    /// Short name of why the body is missing of an answer whose head acknowledges the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// The device that made it, where that was not this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
}

impl Attempt {
    /// From a whole answer, or from a request without one.
    pub(crate) fn of(
        subject: &str,
        at: String,
        server: &str,
        answer: &Result<client::Exchange, client::Failure>,
    ) -> Self {
        match answer {
            Ok(exchange) => Self {
                status: Some(exchange.status),
                etag: exchange.headers.etag.clone(),
                location: exchange.headers.location.clone(),
                elapsed_ms: u32::try_from(exchange.elapsed.as_millis()).ok(),
                bare: exchange.is_bare_refusal(),
                ..Self::sent(subject, at, server, &exchange.request)
            },
            Err(failure) => Self {
                error: Some(failure.error.code().to_owned()),
                ..Self::sent(subject, at, server, &failure.request)
            },
        }
    }

    /// No request: what would have been sent was held back. It stands in an alert and is never stored as an attempt.
    pub(crate) fn held_back(subject: &str, at: String, server: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            at,
            server: server.to_owned(),
            method: String::new(),
            url: String::new(),
            conditions: String::new(),
            body_sha256: None,
            status: None,
            etag: None,
            location: None,
            elapsed_ms: None,
            error: Some("held-back".to_owned()),
            bare: false,
            unread: None,
            elsewhere: None,
        }
    }

    fn sent(subject: &str, at: String, server: &str, request: &client::Sent) -> Self {
        Self {
            subject: subject.to_owned(),
            at,
            server: server.to_owned(),
            method: request.method.to_owned(),
            url: request.url.clone(),
            conditions: request.conditions.join(" "),
            body_sha256: request.body_sha256.clone(),
            status: None,
            etag: None,
            location: None,
            elapsed_ms: None,
            error: None,
            bare: false,
            unread: None,
            elsewhere: None,
        }
    }
}

pub(crate) fn append(tx: &Transaction<'_>, attempt: &Attempt) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO attempt (subject, at, server, method, url, conditions, body_sha256, status, etag, location,
         elapsed_ms, error, elsewhere, bare, unread)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        attempt.subject,
        attempt.at,
        attempt.server,
        attempt.method,
        attempt.url,
        attempt.conditions,
        attempt.body_sha256,
        attempt.status,
        attempt.etag,
        attempt.location,
        attempt.elapsed_ms,
        attempt.error,
        attempt.elsewhere,
        attempt.bare,
        attempt.unread,
    ])?;
    Ok(())
}

/// The requests made for `record/ID` or `posting/ID`, oldest first.
pub fn of_subject(connection: &Connection, subject: &str) -> Result<Vec<Attempt>, Error> {
    let mut query =
        connection.prepare_cached("SELECT * FROM attempt WHERE subject = ?1 ORDER BY sequence")?;
    Ok(query.query_map([subject], attempt)?.collect::<Result<_, _>>()?)
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        subject: row.get("subject")?,
        at: row.get("at")?,
        server: row.get("server")?,
        method: row.get("method")?,
        url: row.get("url")?,
        conditions: row.get("conditions")?,
        body_sha256: row.get("body_sha256")?,
        status: row.get("status")?,
        etag: row.get("etag")?,
        location: row.get("location")?,
        elapsed_ms: row.get("elapsed_ms")?,
        error: row.get("error")?,
        bare: row.get("bare")?,
        unread: row.get("unread")?,
        elsewhere: row.get("elsewhere")?,
    })
}
