//! The clock as it was seen when waits were begun. They are stored as points in time: begun by a clock that has been set back
//! since, they would last longer than they were meant to, by as much. While the program runs its worker sees that; what was
//! seen before the last end of the program is kept here.

use rusqlite::{Connection, Transaction};

use super::meta;
use crate::Error;

/// A clock that is set right by less ends no wait.
const SET_BACK_MS: i64 = 60 * 1000;

/// Whose waits they are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// Those for the study's own server, or for a further one with this address.
    Server(Option<&'a str>),
    /// Those of what is to be told of Tasks.
    Tasks,
}

impl Whose<'_> {
    fn name(self) -> String {
        match self {
            Self::Server(None) => "clock.delivery".to_owned(),
            Self::Server(Some(address)) => format!("clock.delivery {address}"),
            Self::Tasks => "clock.tasks".to_owned(),
        }
    }
}

/// Notes what the clock says now, in milliseconds since 1970.
pub(crate) fn note(tx: &Transaction<'_>, whose: Whose<'_>, now_ms: i64) -> Result<(), Error> {
    meta::set(tx, &whose.name(), &now_ms.to_string())
}

/// What was noted last.
pub(crate) fn last(connection: &Connection, whose: Whose<'_>) -> Result<Option<i64>, Error> {
    Ok(meta::value(connection, &whose.name())?.and_then(|noted| noted.parse().ok()))
}

/// Whether the clock says that it is earlier, and not only by a little, than `before`.
pub(crate) fn is_set_back(before: Option<i64>, now_ms: i64) -> bool {
    before.is_some_and(|before| now_ms < before.saturating_sub(SET_BACK_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_is_set_back_is_one() {
        let now = 1_800_000_000_000;
        assert!(!is_set_back(None, now) && !is_set_back(Some(now), now) && !is_set_back(Some(now), now + 1));
        assert!(!is_set_back(Some(now), now - SET_BACK_MS), "it was set right");
        assert!(is_set_back(Some(now), now - SET_BACK_MS - 1) && is_set_back(Some(i64::MAX), now));
    }
}
