//! Staff accounts. Passwords are kept as Argon2id PHC strings only.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE staff (
    user         TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    display_name TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('coordinator')),
    phc          TEXT NOT NULL,
    wrong_tries  INTEGER NOT NULL DEFAULT 0,
    locked_at    TEXT,
    created_at   TEXT NOT NULL
) STRICT;
";

/// Further roles. The table is made anew, because a check cannot be changed.
pub(super) const ROLES_MIGRATION: &str = "
ALTER TABLE staff RENAME TO staff_before;
CREATE TABLE staff (
    user         TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    display_name TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('coordinator', 'siteStaff', 'inspector')),
    phc          TEXT NOT NULL,
    wrong_tries  INTEGER NOT NULL DEFAULT 0,
    locked_at    TEXT,
    created_at   TEXT NOT NULL
) STRICT;
INSERT INTO staff SELECT user, display_name, role, phc, wrong_tries, locked_at, created_at FROM staff_before;
DROP TABLE staff_before;
";

/// As what a member of staff works; [`crate::rights`] says what that allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Answers for the study at the site, and may do everything.
    Coordinator,
    /// Runs visits.
    SiteStaff,
    /// Looks, and changes nothing: monitors, auditors, inspectors.
    Inspector,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Coordinator, Self::SiteStaff, Self::Inspector];

    /// The name that is stored and recorded.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::SiteStaff => "siteStaff",
            Self::Inspector => "inspector",
        }
    }

    /// The role of this name.
    pub fn of_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A member of staff who has been identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The name typed at sign-in; letters' case does not matter.
    pub user: String,
    /// The name shown and printed.
    pub display_name: String,
    /// As what the person works.
    pub role: Role,
}

/// An account as stored.
pub(crate) struct Account {
    pub(crate) staff: Staff,
    pub(crate) phc: String,
    pub(crate) locked_at: Option<String>,
}

pub(crate) fn insert(tx: &Transaction<'_>, staff: &Staff, phc: &str, created_at: &str) -> Result<(), Error> {
    let added = tx
        .prepare_cached(
            "INSERT INTO staff (user, display_name, role, phc, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (user) DO NOTHING",
        )?
        .execute([&staff.user, &staff.display_name, staff.role.as_str(), phc, created_at])?;
    if added == 0 { Err(Error::AccountExists) } else { Ok(()) }
}

pub(crate) fn by_user(connection: &Connection, user: &str) -> Result<Option<Account>, Error> {
    connection
        .prepare_cached("SELECT user, display_name, role, phc, locked_at FROM staff WHERE user = ?1")?
        .query_row([user], |row| Ok((staff(row)?, row.get(3)?, row.get(4)?)))
        .optional()?
        .map(|(staff, phc, locked_at)| Ok(Account { staff: staff?, phc, locked_at }))
        .transpose()
}

/// All accounts, by user.
pub fn all(connection: &Connection) -> Result<Vec<Staff>, Error> {
    let mut query = connection.prepare_cached("SELECT user, display_name, role FROM staff ORDER BY user")?;
    let rows = query.query_map([], staff)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The users whose accounts are locked after too many wrong tries.
pub fn locked(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut query = connection.prepare_cached("SELECT user FROM staff WHERE locked_at IS NOT NULL")?;
    Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Counts a try before its password is checked, so that ending the process meanwhile saves nobody a try. Returns the
/// number of tries since the last right one.
pub(crate) fn count_try(tx: &Transaction<'_>, user: &str) -> Result<u32, Error> {
    Ok(tx
        .prepare_cached(
            "UPDATE staff SET wrong_tries = wrong_tries + 1 WHERE user = ?1 RETURNING wrong_tries",
        )?
        .query_row([user], |row| row.get(0))?)
}

pub(crate) fn lock(tx: &Transaction<'_>, user: &str, at: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE staff SET locked_at = ?2 WHERE user = ?1")?.execute([user, at])?;
    Ok(())
}

/// Forgets wrong tries and the lock.
pub(crate) fn clear_tries(tx: &Transaction<'_>, user: &str) -> Result<(), Error> {
    let changed = tx
        .prepare_cached("UPDATE staff SET wrong_tries = 0, locked_at = NULL WHERE user = ?1")?
        .execute([user])?;
    if changed == 0 { Err(Error::NotFound("account")) } else { Ok(()) }
}

fn staff(row: &Row<'_>) -> rusqlite::Result<Result<Staff, Error>> {
    let role: String = row.get(2)?;
    let (user, display_name) = (row.get(0)?, row.get(1)?);
    Ok(Role::of_name(&role)
        .map(|role| Staff { user, display_name, role })
        .ok_or(Error::Unreadable("role of an account")))
}
