//! The patient's PIN, and the act of signing that only a right PIN creates.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::accounts::{MOST_TRIES, Purpose, Staff};
use crate::rights::Right;
use crate::store::audit::{self, NewEntry};
use crate::store::{participant, visit};
use crate::{Device, Error, clock, password};

/// How long a right PIN may be followed by the signature.
const ACT_LASTS: SignedDuration = SignedDuration::from_secs(60);

/// One patient's decision to sign exactly what was just reviewed.
///
/// Only [`Device::verify_pin`] makes one. It cannot be copied, and [`Device::freeze`] consumes it: each signature
/// needs its own. It is bound to the visit, the participant, the hash of the reviewed answers and the session's
/// revision, and it expires after a minute.
#[must_use]
pub struct PatientAct {
    pub(crate) visit: String,
    pub(crate) participant: String,
    pub(crate) pin_set_at: String,
    answers_sha256: String,
    revision: u32,
    verified_at: Timestamp,
}

impl PatientAct {
    /// Whether the act was for these answers at this revision, and is recent.
    pub(crate) fn check(
        &self,
        visit: &str,
        session: &questionnaire::Session,
        now: Timestamp,
    ) -> Result<(), Error> {
        let age = now.duration_since(self.verified_at);
        let holds = self.visit == visit
            && self.answers_sha256 == session.answers_sha256()
            && self.revision == session.revision()
            && !age.is_negative()
            && age <= ACT_LASTS;
        if holds { Ok(()) } else { Err(Error::ActInvalid) }
    }
}

impl fmt::Debug for PatientAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientAct").field("visit", &self.visit).finish_non_exhaustive()
    }
}

/// What a patient screen needs to know before it asks for the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinState {
    /// None yet, or reset: the patient chooses one.
    NotSet,
    /// Set; so many tries are left.
    Set {
        /// Tries before it locks.
        tries_left: u32,
    },
    /// Locked after too many wrong tries.
    Locked,
}

impl Device {
    /// Where the participant's PIN stands.
    pub fn pin_state(&self, participant: &str) -> Result<PinState, Error> {
        let pin = self.store().read(|connection| participant::pin(connection, participant))?;
        Ok(match (pin.phc, pin.locked_at) {
            (None, _) => PinState::NotSet,
            (Some(_), Some(_)) => PinState::Locked,
            (Some(_), None) => PinState::Set { tries_left: MOST_TRIES.saturating_sub(pin.wrong_tries) },
        })
    }

    /// Sets the PIN that the patient has chosen and typed twice. Blocks for a password hash.
    ///
    /// # Errors
    /// [`Error::PinMalformed`], [`Error::PinTrivial`], [`Error::PinsDiffer`], [`Error::PinAlreadySet`].
    pub fn choose_pin(&self, participant: &str, pin: &str, again: &str) -> Result<(), Error> {
        check_new_pin(participant, pin, self.configuration().policy.pin_digits)?;
        if pin != again {
            return Err(Error::PinsDiffer);
        }
        if self.pin_state(participant)? != PinState::NotSet {
            return Err(Error::PinAlreadySet);
        }
        let phc = password::hash(pin)?;
        let (participant, now) = (participant.to_owned(), self.now());
        self.store().write(move |tx| {
            participant::set_pin(tx, &participant, &phc, &clock::seconds(&now))?;
            append(tx, &participant, "patient", "pin.chosen", &participant, "", &now)
        })
    }

    /// Checks the id and the PIN that the patient typed to sign what `session` shows. Blocks for a password hash (well
    /// under 300 ms). Counted like [`Device::staff_verify`].
    ///
    /// # Errors
    /// [`Error::PinWrong`] (never says whether the id or the PIN), [`Error::PinLocked`] from the fifth wrong try on,
    /// [`Error::PinNotSet`].
    pub fn verify_pin(
        &self,
        visit: &str,
        session: &questionnaire::Session,
        typed_id: &str,
        pin: &str,
    ) -> Result<PatientAct, Error> {
        let _one_at_a_time = self.checking();
        let visit = self.store().read(|connection| visit::by_id(connection, visit))?;
        let id = visit.participant;
        let stored = self.store().read(|connection| participant::pin(connection, &id))?;
        let (Some(phc), Some(pin_set_at)) = (stored.phc, stored.set_at) else { return Err(Error::PinNotSet) };
        if stored.locked_at.is_some() {
            return Err(Error::PinLocked);
        }
        let counted = id.clone();
        let tries = self.store().write(move |tx| participant::count_try(tx, &counted))?;
        let right_pin = password::matches(pin, &phc)?;
        if right_pin && typed_id.trim() == id {
            let verified = id.clone();
            self.store().write(move |tx| participant::clear_tries(tx, &verified))?;
            return Ok(PatientAct {
                visit: visit.id,
                participant: id,
                pin_set_at,
                answers_sha256: session.answers_sha256(),
                revision: session.revision(),
                verified_at: self.now().timestamp(),
            });
        }
        let (now, locks) = (self.now(), tries >= MOST_TRIES);
        self.store().write(move |tx| {
            if locks {
                participant::lock(tx, &id, &clock::text(&now))?;
            }
            let event = if locks { "pin.locked" } else { "pin.refused" };
            append(tx, &id, "patient", event, &id, &format!("visit/{}", visit.id), &now)
        })?;
        if locks { Err(Error::PinLocked) } else { Err(Error::PinWrong { tries_left: MOST_TRIES - tries }) }
    }

    /// Resets a PIN: two different members of staff identify themselves and give a reason. The patient then chooses a
    /// new one, whose time (`pinSetAt`) shows in every later signature. Blocks for two password hashes.
    ///
    /// # Errors
    /// [`Error::SecondPersonNeeded`], [`Error::ReasonMissing`], [`Error::ReasonUnusable`], [`Error::NotPermitted`], those of
    /// [`Device::staff_verify`].
    pub fn reset_pin(
        &self,
        participant: &str,
        first: (&str, &str),
        second: (&str, &str),
        reason: &str,
    ) -> Result<(), Error> {
        let reason = crate::reason(reason)?;
        let first: Staff = self.staff_verify(first.0, first.1, Purpose::PinReset)?;
        let second: Staff = self.staff_verify(second.0, second.1, Purpose::PinReset)?;
        self.permit(&first, Right::Pins)?;
        self.permit(&second, Right::Pins)?;
        if first.user == second.user {
            return Err(Error::SecondPersonNeeded);
        }
        let (participant, now) = (participant.to_owned(), self.now());
        self.store().write(move |tx| {
            participant::forget_pin(tx, &participant)?;
            for person in [&first, &second] {
                append(tx, &person.user, person.role.as_str(), "pin.reset", &participant, &reason, &now)?;
            }
            Ok(())
        })
    }
}

fn append(
    tx: &rusqlite::Transaction<'_>,
    actor: &str,
    role: &str,
    event: &str,
    participant: &str,
    detail: &str,
    now: &jiff::Zoned,
) -> Result<(), Error> {
    let subject = format!("participant/{participant}");
    audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail }, now)?;
    Ok(())
}

/// Refuses what is not from `least` to 8 digits, and what a stranger would try first.
fn check_new_pin(participant: &str, pin: &str, least: u32) -> Result<(), Error> {
    let as_long = u32::try_from(pin.len()).is_ok_and(|digits| (least..=8).contains(&digits));
    if !as_long || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::PinMalformed(least));
    }
    let digits = pin.as_bytes();
    let own_id: String = participant.chars().filter(char::is_ascii_digit).collect();
    if is_run(digits) || is_repetition(digits) || is_year(pin) || own_id.contains(pin) {
        return Err(Error::PinTrivial);
    }
    Ok(())
}

/// 1234, 4321, 7890.
fn is_run(digits: &[u8]) -> bool {
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[1] - b'0') == (pair[0] - b'0' + step) % 10);
    steps(1) || steps(9)
}

/// 1111, 1212, 123123.
fn is_repetition(digits: &[u8]) -> bool {
    (1..=digits.len() / 2).any(|length| {
        digits.len().is_multiple_of(length) && digits.chunks(length).all(|part| part == &digits[..length])
    })
}

/// A year in which somebody now alive may have been born.
fn is_year(pin: &str) -> bool {
    pin.len() == 4 && (pin.starts_with("19") || pin.starts_with("20"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn pins_that_everybody_tries_first_are_refused() {
        for pin in [
            "1111", "0000", "1212", "123123", "12341234", "1234", "4321", "7890", "0987", "1984", "2024",
            "0027",
        ] {
            assert!(matches!(check_new_pin("014-0027", pin, 4), Err(Error::PinTrivial)), "{pin}");
        }
        for pin in ["", "123", "123456789", "12a4", "12 4", "١٢٣٤"] {
            assert!(matches!(check_new_pin("014-0027", pin, 4), Err(Error::PinMalformed(4))), "{pin:?}");
        }
        for pin in ["4826", "1357", "90210", "11112", "48264827"] {
            assert!(check_new_pin("014-0027", pin, 4).is_ok(), "{pin}");
        }
    }

    #[test]
    fn a_study_may_want_longer_pins() {
        for (pin, least) in [("4826", 5), ("90210", 6), ("4826482", 8), ("482648261", 8)] {
            let refused = check_new_pin("014-0027", pin, least);
            assert!(matches!(refused, Err(Error::PinMalformed(wanted)) if wanted == least), "{pin}, {least}");
        }
        for (pin, least) in [("90210", 5), ("482691", 6), ("48269157", 8)] {
            assert!(check_new_pin("014-0027", pin, least).is_ok(), "{pin}, {least}");
        }
    }
}
