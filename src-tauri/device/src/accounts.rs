//! Staff accounts: identification by user and password, lockout, unlocking by somebody else.

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::store::audit::{self, NewEntry};
use crate::store::staff;
use crate::{Device, Error, clock, password};

pub use crate::store::staff::{Role, Staff};

/// Wrong tries in a row that lock an account or a PIN.
pub const MOST_TRIES: u32 = 5;

/// Characters that a new password has at least (NIST SP 800-63B).
pub const SHORTEST_PASSWORD: u32 = 8;

/// When every account is locked, each of them takes one try again after this long.
const RELIEF: SignedDuration = SignedDuration::from_mins(15);

/// Why a password is asked for; recorded with the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Beginning a staff session.
    SignIn,
    /// Taking the device back from the patient.
    HandBack,
    /// Confirming a decision, such as one on an alert.
    Decision,
    /// Resetting a patient's PIN.
    PinReset,
}

impl Purpose {
    fn event(self) -> &'static str {
        match self {
            Self::SignIn => "staff.signedIn",
            Self::HandBack => "staff.tookBack",
            Self::Decision => "staff.confirmed",
            Self::PinReset => "staff.confirmedPinReset",
        }
    }
}

impl Device {
    /// Adds a staff account. `by` is who does it: another member of staff, or `device` when it is set up. Blocks for a
    /// password hash.
    ///
    /// # Errors
    /// [`Error::AccountExists`], [`Error::PasswordTooShort`].
    pub fn staff_add(&self, staff: &Staff, password: &str, by: &str) -> Result<(), Error> {
        // The audit trail calls the program itself so.
        if staff.user.trim().eq_ignore_ascii_case("device") {
            return Err(Error::AccountExists);
        }
        if password.chars().count() < SHORTEST_PASSWORD as usize {
            return Err(Error::PasswordTooShort(SHORTEST_PASSWORD));
        }
        let phc = password::hash(password)?;
        let (staff, by, now) = (staff.clone(), by.to_owned(), self.now());
        self.store().write(move |tx| {
            staff::insert(tx, &staff, &phc, &clock::text(&now))?;
            let subject = format!("staff/{}", staff.user);
            let (event, detail) = ("staff.added", staff.role.as_str());
            audit::append(
                tx,
                &NewEntry { actor: &by, role: "coordinator", event, subject: &subject, detail },
                &now,
            )?;
            Ok(())
        })
    }

    /// Identifies a member of staff. Blocks for a password hash, also for a user that does not exist. One check runs at
    /// a time, and each is counted before it is made, so that neither many at once nor ending the process gives a
    /// guesser more than five tries.
    ///
    /// # Errors
    /// [`Error::SignInRefused`], and [`Error::AccountLocked`] from the fifth wrong try on.
    pub fn staff_verify(&self, user: &str, password: &str, purpose: Purpose) -> Result<Staff, Error> {
        let _one_at_a_time = self.checking();
        let now = self.now();
        let Some(account) = self.store().read(|connection| staff::by_user(connection, user))? else {
            password::matches_nothing(password)?;
            // Without the typed name: people type their password into the wrong field.
            self.note("unknown", "staff.refused", "", "unknown user", &now)?;
            return Err(Error::SignInRefused);
        };
        let staff = account.staff;
        let subject = format!("staff/{}", staff.user);
        if let Some(locked_at) = &account.locked_at
            && !self.may_try_although_locked(locked_at, &now)?
        {
            self.note(&staff.user, "staff.refused", &subject, "locked", &now)?;
            return Err(Error::AccountLocked);
        }
        let counted = staff.user.clone();
        let tries = self.store().write(move |tx| staff::count_try(tx, &counted))?;
        if password::matches(password, &account.phc)? {
            let user = staff.user.clone();
            self.store().write(move |tx| {
                staff::clear_tries(tx, &user)?;
                let (role, event) = ("coordinator", purpose.event());
                audit::append(
                    tx,
                    &NewEntry { actor: &user, role, event, subject: &subject, detail: "" },
                    &now,
                )?;
                Ok(())
            })?;
            return Ok(staff);
        }
        if tries < MOST_TRIES {
            self.note(&staff.user, "staff.refused", &subject, "wrong password", &now)?;
            return Err(Error::SignInRefused);
        }
        let user = staff.user;
        self.store().write(move |tx| {
            staff::lock(tx, &user, &clock::text(&now))?;
            let (role, event, detail) = ("coordinator", "staff.locked", "wrong password");
            audit::append(tx, &NewEntry { actor: &user, role, event, subject: &subject, detail }, &now)?;
            Ok(())
        })?;
        Err(Error::AccountLocked)
    }

    /// Unlocks another person's account.
    ///
    /// # Errors
    /// [`Error::SecondPersonNeeded`] for one's own account.
    pub fn staff_unlock(&self, user: &str, by: &Staff) -> Result<(), Error> {
        if by.user.eq_ignore_ascii_case(user) {
            return Err(Error::SecondPersonNeeded);
        }
        let (user, by, now) = (user.to_owned(), by.clone(), self.now());
        self.store().write(move |tx| {
            staff::clear_tries(tx, &user)?;
            let (role, event, subject) = (by.role.as_str(), "staff.unlocked", format!("staff/{user}"));
            let entry = NewEntry { actor: &by.user, role, event, subject: &subject, detail: "" };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }

    /// Whether one more try is allowed on a locked account: only when every account is locked, so that nobody is left
    /// to unlock one, and [`RELIEF`] has passed. Without it, ten wrong tries at the hand-back, where a patient holds the
    /// device, would end its use for good.
    fn may_try_although_locked(&self, locked_at: &str, now: &Zoned) -> Result<bool, Error> {
        let (all, locked) =
            self.store().read(|connection| Ok((staff::all(connection)?, staff::locked(connection)?)))?;
        let since = locked_at.parse::<Timestamp>().map_err(|_| Error::Unreadable("time of a lock"))?;
        Ok(locked.len() == all.len() && now.timestamp().duration_since(since) >= RELIEF)
    }

    /// Records an event of the session that changes nothing else, such as signing out.
    pub fn record(
        &self,
        actor: &str,
        role: &str,
        event: &str,
        subject: &str,
        detail: &str,
    ) -> Result<(), Error> {
        let now = self.now();
        let [actor, role, event, subject, detail] = [actor, role, event, subject, detail].map(str::to_owned);
        self.store().write(move |tx| {
            let entry =
                NewEntry { actor: &actor, role: &role, event: &event, subject: &subject, detail: &detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }

    fn note(
        &self,
        actor: &str,
        event: &'static str,
        subject: &str,
        detail: &'static str,
        now: &Zoned,
    ) -> Result<(), Error> {
        let (actor, subject, now) = (actor.to_owned(), subject.to_owned(), now.clone());
        self.store().write(move |tx| {
            let entry = NewEntry { actor: &actor, role: "coordinator", event, subject: &subject, detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }
}
