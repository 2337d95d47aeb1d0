//! Tasks with a visit, and how far the server has been told what became of them.

use std::time::Duration;

use rusqlite::{Connection, Row, Transaction, params};

use crate::Error;

/// No wait is longer than this, whatever the server asks for: one that is comes from a clock that has been set back since.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What the server's Task is known to say of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing yet.
    Nothing,
    /// `in-progress`.
    InProgress,
    /// `completed`, with the response as its output.
    Completed,
    /// Something that nobody here decides any more: it was completed by others, or withdrawn.
    Stopped,
}

impl Told {
    const ALL: [Self; 4] = [Self::Nothing, Self::InProgress, Self::Completed, Self::Stopped];

    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::InProgress => "inProgress",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
        }
    }
}

/// A Task with a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// `Task.id`.
    pub id: String,
    /// The participant's number.
    pub participant: String,
    /// The form's id on this device.
    pub form: String,
    /// The visit.
    pub visit: String,
    /// What the server is known to say.
    pub told: Told,
    /// Where the response is kept, once it is delivered to every server that was named, and proven on each:
    /// `QuestionnaireResponse/ID`, with the server's address before it where that is not the study's own.
    pub output: Option<String>,
    /// Failures since the last progress.
    pub failures: u32,
    /// Milliseconds since 1970; 0 for at once.
    pub next_attempt_ms: i64,
    /// Short name of what went wrong last.
    pub problem: Option<String>,
}

impl Begun {
    /// Whether the server has not been told all that there is to tell.
    pub fn is_untold(&self) -> bool {
        match self.told {
            Told::Nothing => true,
            Told::InProgress => self.output.is_some(),
            Told::Completed | Told::Stopped => false,
        }
    }
}

const BEGUN: &str = "SELECT a.id, a.participant, a.form, a.visit, a.told, a.failures, a.next_attempt_ms,
    coalesce(a.detail, a.problem) AS problem,
    iif(o.state = 'done' AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.record = o.id AND e.state <> 'done'),
        coalesce(o.endpoint || '/', '') || 'QuestionnaireResponse/' || o.server_id, NULL) AS output
    FROM assignment a JOIN visit v ON v.id = a.visit LEFT JOIN outbox o ON o.id = v.record";

const UNFINISHED: &str = "a.told IN ('nothing', 'inProgress')";

/// Every Task with a visit.
pub fn begun(connection: &Connection) -> Result<Vec<Begun>, Error> {
    let mut query = connection.prepare_cached(&format!("{BEGUN} ORDER BY a.id"))?;
    let rows = query.query_map([], one_begun)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Those of which the server does not know the end, whether there is something to tell it now or not.
pub(crate) fn unfinished(connection: &Connection) -> Result<Vec<Begun>, Error> {
    let mut query = connection.prepare_cached(&format!("{BEGUN} WHERE {UNFINISHED} ORDER BY a.id"))?;
    let rows = query.query_map([], one_begun)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Whether it is time to try this one.
pub(crate) fn is_time(begun: &Begun, now_ms: i64) -> bool {
    let ahead = u128::try_from(begun.next_attempt_ms.saturating_sub(now_ms)).unwrap_or_default();
    ahead == 0 || ahead > LONGEST_WAIT.as_millis()
}

/// Stores what came of telling the server.
pub(crate) fn save(tx: &Transaction<'_>, begun: &Begun) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE assignment SET told = ?2, failures = ?3, next_attempt_ms = ?4, problem = ?5 WHERE id = ?1",
    )?
    .execute(params![
        begun.id,
        begun.told.as_str(),
        begun.failures,
        begun.next_attempt_ms,
        begun.problem
    ])?;
    Ok(())
}

/// Makes everything that is to be told due at once.
pub(crate) fn make_due(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE assignment SET next_attempt_ms = 0 WHERE told IN ('nothing', 'inProgress')", [])?;
    Ok(())
}

/// Makes due at once what could not be told because of one of these problems, with the waits as after a first failure.
pub(crate) fn begin_anew(tx: &Transaction<'_>, problems: &[&str]) -> Result<(), Error> {
    let problems = serde_json::to_string(problems).map_err(|_| Error::Unreadable("problems"))?;
    tx.execute(
        "UPDATE assignment SET next_attempt_ms = 0, failures = 0 WHERE told IN ('nothing', 'inProgress')
         AND next_attempt_ms > 0 AND problem IN (SELECT value FROM json_each(?1))",
        [problems],
    )?;
    Ok(())
}

fn one_begun(row: &Row<'_>) -> rusqlite::Result<Result<Begun, Error>> {
    let told: String = row.get("told")?;
    let Some(told) = Told::ALL.into_iter().find(|known| known.as_str() == told) else {
        return Ok(Err(Error::Unreadable("assignment")));
    };
    Ok(Ok(Begun {
        id: row.get("id")?,
        participant: row.get("participant")?,
        form: row.get("form")?,
        visit: row.get("visit")?,
        told,
        output: row.get("output")?,
        failures: row.get("failures")?,
        next_attempt_ms: row.get("next_attempt_ms")?,
        problem: row.get("problem")?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::{outbox, plan};

    #[test]
    fn a_round_walks_past_nothing_that_has_ended() {
        let (_folder, store) = outbox::tests::store();
        let sql = format!("{BEGUN} WHERE {UNFINISHED} ORDER BY a.id");
        let plan = store.read(|connection| Ok(plan(connection, &sql))).unwrap();
        assert!(plan.iter().any(|step| step.contains("assignment_unfinished")), "{plan:?}");
    }

    #[test]
    fn what_waits_by_a_clock_that_was_ahead_is_told_at_once() {
        let now = 1_800_000_000_000;
        let waits = |next_attempt_ms| {
            let text = String::new;
            let begun = Begun {
                id: text(),
                participant: text(),
                form: text(),
                visit: text(),
                told: Told::Nothing,
                output: None,
                failures: 1,
                next_attempt_ms,
                problem: None,
            };
            !is_time(&begun, now)
        };
        let hour = 60 * 60 * 1000;
        assert!(waits(now + 1) && waits(now + hour), "as long as a server may ask for");
        assert!(!waits(0) && !waits(now) && !waits(now + hour + 1) && !waits(i64::MAX));
    }
}
