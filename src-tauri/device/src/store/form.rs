//! The study's forms: which Questionnaires new visits are started with, and which were offered before. The forms under
//! started visits are in [`super::questionnaire`].

use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE form (
    sequence  INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    sha256    TEXT NOT NULL,
    url       TEXT NOT NULL,
    canonical TEXT NOT NULL,
    resource  TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('offered', 'replaced', 'withdrawn')),
    added_at  TEXT NOT NULL,
    added_by  TEXT NOT NULL,
    ended_at  TEXT,
    ended_by  TEXT,
    reason    TEXT,
    CHECK ((state = 'offered') = (ended_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX form_offered ON form (url) WHERE state = 'offered';
CREATE INDEX form_canonical ON form (canonical, sequence);
CREATE TRIGGER form_is_never_deleted BEFORE DELETE ON form
BEGIN SELECT RAISE(ABORT, 'a form is withdrawn, never deleted'); END;
CREATE TRIGGER form_stays_as_it_was_added BEFORE UPDATE ON form
WHEN old.state <> 'offered' OR new.state = 'offered' OR new.sequence <> old.sequence OR new.id <> old.id
    OR new.sha256 <> old.sha256 OR new.url <> old.url OR new.canonical <> old.canonical
    OR new.resource <> old.resource OR new.added_at <> old.added_at OR new.added_by <> old.added_by
BEGIN SELECT RAISE(ABORT, 'a form stays as it was added'); END;
";

/// What the study added to a form when it came; forms from before have nothing of it.
pub(super) const COMPLETED_MIGRATION: &str = "
ALTER TABLE form ADD COLUMN completed TEXT;
CREATE TRIGGER form_stays_as_it_was_completed BEFORE UPDATE ON form WHEN new.completed IS NOT old.completed
BEGIN SELECT RAISE(ABORT, 'a form stays as it was added'); END;
";

/// Whether new visits may be started with a form. All but `Offered` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormState {
    /// They may.
    Offered,
    /// A form of the same address was added after it.
    Replaced,
    /// Staff took it out of the study.
    Withdrawn,
}

impl FormState {
    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_stored(text: &str) -> Option<Self> {
        [Self::Offered, Self::Replaced, Self::Withdrawn].into_iter().find(|state| state.as_str() == text)
    }
}

/// A form of the study, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What this device calls it: `Questionnaire.id`, where no form before it had that, otherwise a UUID.
    pub id: String,
    /// [`questionnaire::Questionnaire::sha256`].
    pub sha256: String,
    /// `Questionnaire.url`.
    pub url: String,
    /// `url|version`.
    pub canonical: String,
    /// Whether new visits may be started with it.
    pub state: FormState,
    /// RFC 3339 with offset.
    pub added_at: String,
    /// The staff user, or `device` for what came with the program.
    pub added_by: String,
    /// When it was replaced or withdrawn.
    pub ended_at: Option<String>,
    /// Who did that.
    pub ended_by: Option<String>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
}

/// How a form stops being offered.
pub(crate) struct End<'a> {
    pub(crate) state: FormState,
    pub(crate) at: &'a str,
    pub(crate) by: &'a str,
    pub(crate) reason: Option<&'a str>,
}

const COLUMNS: &str =
    "id, sha256, url, canonical, state, added_at, added_by, ended_at, ended_by, reason FROM form";

/// With what the study added to it, as JSON.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    form: &Form,
    resource: &str,
    completed: Option<&str>,
) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO form (id, sha256, url, canonical, resource, state, added_at, added_by, completed)
         VALUES (?1, ?2, ?3, ?4, ?5, 'offered', ?6, ?7, ?8)",
    )?
    .execute((
        &form.id,
        &form.sha256,
        &form.url,
        &form.canonical,
        resource,
        &form.added_at,
        &form.added_by,
        completed,
    ))?;
    Ok(())
}

/// Lets an offered form end.
///
/// # Errors
/// [`Error::WrongState`] when it is not offered (any more).
pub(crate) fn end(tx: &Transaction<'_>, id: &str, end: &End<'_>) -> Result<(), Error> {
    let changed = tx
        .prepare_cached(
            "UPDATE form SET state = ?2, ended_at = ?3, ended_by = ?4, reason = ?5
             WHERE id = ?1 AND state = 'offered'",
        )?
        .execute((id, end.state.as_str(), end.at, end.by, end.reason))?;
    if changed == 1 { Ok(()) } else { Err(Error::WrongState(by_id(tx, id)?.state.as_str().into())) }
}

/// All forms, those that were added last first.
pub fn all(connection: &Connection) -> Result<Vec<Form>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} ORDER BY sequence DESC"))?;
    let rows = query.query_map([], form)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The form of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Form, Error> {
    one(connection, "WHERE id = ?1", id)?.ok_or(Error::NotFound("questionnaire"))
}

/// The offered form of this address.
pub fn offered(connection: &Connection, url: &str) -> Result<Option<Form>, Error> {
    one(connection, "WHERE url = ?1 AND state = 'offered'", url)
}

/// The form of this content that was added last.
pub fn by_sha256(connection: &Connection, sha256: &str) -> Result<Option<Form>, Error> {
    one(connection, "WHERE sha256 = ?1 ORDER BY sequence DESC LIMIT 1", sha256)
}

/// The JSON of a form.
pub fn resource(connection: &Connection, id: &str) -> Result<String, Error> {
    connection
        .prepare_cached("SELECT resource FROM form WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or(Error::NotFound("questionnaire"))
}

/// What the study added to a form, as JSON; nothing for most.
pub(crate) fn completed(connection: &Connection, id: &str) -> Result<Option<String>, Error> {
    connection
        .prepare_cached("SELECT completed FROM form WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or(Error::NotFound("questionnaire"))
}

fn one(connection: &Connection, condition: &str, value: &str) -> Result<Option<Form>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} {condition}"))?;
    query.query_row([value], form).optional()?.transpose()
}

fn form(row: &Row<'_>) -> rusqlite::Result<Result<Form, Error>> {
    let stored: String = row.get(4)?;
    let Some(state) = FormState::from_stored(&stored) else {
        return Ok(Err(Error::Unreadable("state of a form")));
    };
    Ok(Ok(Form {
        id: row.get(0)?,
        sha256: row.get(1)?,
        url: row.get(2)?,
        canonical: row.get(3)?,
        state,
        added_at: row.get(5)?,
        added_by: row.get(6)?,
        ended_at: row.get(7)?,
        ended_by: row.get(8)?,
        reason: row.get(9)?,
    }))
}
