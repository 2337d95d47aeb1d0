//! The tables in the order in which they were added. The database's `user_version` is how many of them it has.

use rusqlite::{Connection, TransactionBehavior};

use super::{
    alert, attempt, audit, certificate, draft_event, evidence, form, meta, outbox, participant, posting,
    questionnaire, staff, study, visit,
};
use crate::Error;

/// Each entry runs once, in its own transaction. An entry that has been released never changes: a table grows by a
/// further entry at the end.
const MIGRATIONS: &[&str] = &[
    meta::MIGRATION,
    audit::MIGRATION,
    staff::MIGRATION,
    participant::MIGRATION,
    questionnaire::MIGRATION,
    visit::MIGRATION,
    draft_event::MIGRATION,
    certificate::MIGRATION,
    outbox::MIGRATION,
    attempt::MIGRATION,
    alert::MIGRATION,
    posting::MIGRATION,
    evidence::MIGRATION,
    certificate::ORGANIZATION_MIGRATION,
    study::MIGRATION,
    certificate::AUTHENTICATION_MIGRATION,
    form::MIGRATION,
];

/// Brings the database up to date.
///
/// # Errors
/// [`Error::DatabaseNewer`] when the file has tables that this program does not know.
pub(super) fn apply(connection: &mut Connection) -> Result<(), Error> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(Error::DatabaseNewer { found, known });
    }
    for (version, migration) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}
