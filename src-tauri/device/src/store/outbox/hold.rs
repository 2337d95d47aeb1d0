//! Who delivers an item: what is due is held by one sender, for so long.

use rusqlite::{Connection, Transaction, params};

use super::{COLUMNS, Item, item};
use crate::Error;

/// A stored time further ahead than this was written by a clock that has since been set back, and counts as past.
pub(crate) const LONGEST_WAIT_MS: i64 = 24 * 60 * 60 * 1000;

/// Takes up to `most` due items: each belongs to `owner` until `until_ms`, or until it is given back.
pub(crate) fn claim(
    tx: &Transaction<'_>,
    owner: &str,
    now_ms: i64,
    until_ms: i64,
    most: u32,
) -> Result<Vec<Item>, Error> {
    let mut query = tx.prepare_cached(&format!(
        "UPDATE outbox SET lease_owner = ?1, lease_until_ms = ?3 WHERE id IN (
            SELECT id FROM outbox
            WHERE state IN ('frozen', 'sending', 'acknowledged', 'compared', 'provenanceSending', 'provenanceCompared')
              AND (next_attempt_ms <= ?2 OR next_attempt_ms > ?2 + {LONGEST_WAIT_MS})
              AND (lease_until_ms IS NULL OR lease_until_ms <= ?2 OR lease_until_ms > ?2 + {LONGEST_WAIT_MS})
            ORDER BY next_attempt_ms, rowid LIMIT ?4)
         RETURNING {COLUMNS}"
    ))?;
    let rows =
        query.query_map(params![owner, now_ms, until_ms, most], item)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Frees every item: only for the start of the one worker, which the lock on the data folder makes the only sender.
pub(crate) fn free_all(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute(
        "UPDATE outbox SET lease_owner = NULL, lease_until_ms = NULL WHERE lease_owner IS NOT NULL",
        [],
    )?;
    Ok(())
}

/// When the next item that nobody holds is due, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<i64>, Error> {
    Ok(connection
        .prepare_cached(
            "SELECT min(max(next_attempt_ms, coalesce(lease_until_ms, 0))) FROM outbox
             WHERE state IN ('frozen', 'sending', 'acknowledged', 'compared', 'provenanceSending',
                             'provenanceCompared')",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Makes every waiting item due at once; with `problems`, only those that wait for one of them.
pub(crate) fn make_due(tx: &Transaction<'_>, problems: &[&str]) -> Result<(), Error> {
    let mut one = tx.prepare_cached("UPDATE outbox SET next_attempt_ms = 0 WHERE ?1 = '' OR problem = ?1")?;
    if problems.is_empty() {
        one.execute([""])?;
    }
    for problem in problems {
        one.execute([problem])?;
    }
    Ok(())
}

/// Ends `owner`'s hold on the item.
pub(crate) fn free(tx: &Transaction<'_>, owner: &str, id: &str) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE outbox SET lease_owner = NULL, lease_until_ms = NULL WHERE id = ?1 AND lease_owner = ?2",
    )?
    .execute([id, owner])?;
    Ok(())
}

/// Lengthens `owner`'s hold; before every request, so that a long journey never loses it half-way.
pub(crate) fn renew(tx: &Transaction<'_>, owner: &str, id: &str, until_ms: i64) -> Result<(), Error> {
    let changed = tx
        .prepare_cached("UPDATE outbox SET lease_until_ms = ?3 WHERE id = ?1 AND lease_owner = ?2")?
        .execute(params![id, owner, until_ms])?;
    if changed == 1 { Ok(()) } else { Err(Error::WrongState("held by another sender".into())) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::delivery::State;
    use crate::store::Store;
    use crate::store::outbox::tests::store;
    use crate::store::outbox::{by_id, save};

    fn claimed(store: &Store, owner: &'static str, now: i64, until: i64) -> usize {
        store.write(move |tx| Ok(claim(tx, owner, now, until, 8)?.len())).unwrap()
    }

    #[test]
    fn a_hold_keeps_others_off_until_it_ends() {
        let (_folder, store) = store();
        assert_eq!(claimed(&store, "one", 1000, 2000), 1);
        assert_eq!(claimed(&store, "two", 1999, 3000), 0, "the item is held");
        assert_eq!(claimed(&store, "two", 2000, 3000), 1, "a sender that died blocks nobody for ever");
        let late = store.write(|tx| save(tx, Some("one"), State::Frozen, &by_id(tx, "a")?));
        assert!(matches!(late, Err(Error::WrongState(_))), "whoever lost the hold changes nothing");
    }

    #[test]
    fn a_hold_from_a_clock_that_was_ahead_ends_too() {
        let (_folder, store) = store();
        assert_eq!(claimed(&store, "one", 10 * LONGEST_WAIT_MS, 10 * LONGEST_WAIT_MS + 1000), 1);
        assert_eq!(claimed(&store, "two", 1000, 2000), 1);
    }
}
