//! Alerts that nobody can act on any more: open, though their record has been proven or closed. Earlier versions of this program
//! left them open: where two alerts were open about one record, the decision or the delivery that ended the record closed only
//! one. They would be shown for ever as waiting for a person.

use jiff::Zoned;
use rusqlite::Transaction;

use super::State;
use crate::store::alert::{self, Outcome};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox;
use crate::{Error, clock};

/// Closes them, each with an entry in the audit trail that says why. One of a record that was proven ends as `corrected`, one of
/// a record that a person closed as that person decided. Nothing is reported to the server: nobody has acted.
pub(super) fn close(tx: &Transaction<'_>, now: &Zoned) -> Result<(), Error> {
    for one in alert::left_open(tx)? {
        let state = outbox::by_id(tx, &one.record)?.state;
        let (outcome, why) = match state {
            State::Done => (Outcome::Corrected, "the record was proven"),
            State::ClosedDifferent => {
                let all = alert::of_record(tx, &one.record)?;
                let is_decision = |own: &Outcome| matches!(own, Outcome::Accepted | Outcome::Escalated);
                let decided = all.iter().rev().filter_map(|other| other.outcome).find(is_decision);
                // Without a decision nobody knows how it ended: it stays for a person to see.
                let Some(outcome) = decided else { continue };
                (outcome, "the record was closed by a decision about another alert")
            }
            _ => continue,
        };
        alert::settle(tx, &one.record, one.phase, "closed", Some(outcome), &clock::text(now))?;
        let (subject, detail) = (
            format!("record/{}", one.record),
            format!(
                "{} alert/{}: {why} before this version closed every alert with it",
                outcome.as_str(),
                one.id
            ),
        );
        let (actor, role, event) = ("device", "device", "alert.closedWithRecord");
        audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &detail }, now)?;
    }
    Ok(())
}
