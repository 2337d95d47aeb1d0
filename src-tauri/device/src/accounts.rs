//! Staff accounts: identification by user and password, lockout, unlocking by somebody else.

use jiff::{SignedDuration, Timestamp, Zoned};

use crate::device::study::note_comparison;
use crate::name::Field;
use crate::rights::Right;
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

/// The account with its names as they are kept: without white space at their ends. Everything about it that needs no database
/// is held against the rules.
///
/// # Errors
/// [`Error::Name`], see [`Field`]; [`Error::AccountExists`] for what the audit trail calls the program itself;
/// [`Error::PasswordTooShort`].
pub fn checked(staff: &Staff, password: &str) -> Result<Staff, Error> {
    let user = Field::User.checked(&staff.user)?;
    if user.eq_ignore_ascii_case("device") {
        return Err(Error::AccountExists);
    }
    let display_name = Field::DisplayName.checked(&staff.display_name)?;
    if password.chars().count() < SHORTEST_PASSWORD as usize {
        return Err(Error::PasswordTooShort(SHORTEST_PASSWORD));
    }
    Ok(Staff { user, display_name, role: staff.role })
}

impl Device {
    /// Adds a staff account. `by` is who does it: another member of staff, or `device` when it is set up. Blocks for a
    /// password hash.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::AccountExists`], [`Error::PasswordTooShort`], [`Error::CoordinatorFirst`]; [`Error::NotPermitted`] for a
    /// role that may do more than that of `by`.
    pub fn staff_add(&self, staff: &Staff, password: &str, by: &str) -> Result<(), Error> {
        let staff = checked(staff, password)?;
        let phc = password::hash(password)?;
        let (by, now) = (by.to_owned(), self.now());
        let roles = self.configuration().policy.roles.clone();
        self.store().write(move |tx| {
            let first = staff::all(tx)?.is_empty();
            if staff.role != Role::Coordinator && first {
                return Err(Error::CoordinatorFirst);
            }
            staff::insert(tx, &staff, &phc, &clock::text(&now))?;
            let subject = format!("staff/{}", staff.user);
            let (event, detail) = ("staff.added", staff.role.as_str());
            let adder = staff::by_user(tx, &by)?.map(|account| account.staff.role);
            // Nobody gives away more than they have.
            if let Some(adder) = adder
                && let Some(right) =
                    roles.of(staff.role).iter().find(|right| !roles.of(adder).contains(right))
            {
                return Err(Error::NotPermitted(adder.as_str(), right.as_str()));
            }
            let role = adder.map_or("device", Role::as_str);
            audit::append(tx, &NewEntry { actor: &by, role, event, subject: &subject, detail }, &now)?;
            if first {
                note_comparison(tx, &staff, &now)?;
            }
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
            self.note(("unknown", "unknown"), "staff.refused", "", "unknown user", &now)?;
            return Err(Error::SignInRefused);
        };
        let staff = account.staff;
        let subject = format!("staff/{}", staff.user);
        if let Some(locked_at) = &account.locked_at
            && !self.may_try_although_locked(locked_at, &now)?
        {
            self.note((&staff.user, staff.role.as_str()), "staff.refused", &subject, "locked", &now)?;
            return Err(Error::AccountLocked);
        }
        let counted = staff.user.clone();
        let tries = self.store().write(move |tx| staff::count_try(tx, &counted))?;
        if password::matches(password, &account.phc)? {
            let (user, role) = (staff.user.clone(), staff.role.as_str());
            self.store().write(move |tx| {
                staff::clear_tries(tx, &user)?;
                let event = purpose.event();
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
            self.note((&staff.user, staff.role.as_str()), "staff.refused", &subject, "wrong password", &now)?;
            return Err(Error::SignInRefused);
        }
        let (user, role) = (staff.user, staff.role.as_str());
        self.store().write(move |tx| {
            staff::lock(tx, &user, &clock::text(&now))?;
            let (event, detail) = ("staff.locked", "wrong password");
            audit::append(tx, &NewEntry { actor: &user, role, event, subject: &subject, detail }, &now)?;
            Ok(())
        })?;
        Err(Error::AccountLocked)
    }

    /// [`Device::staff_verify`] for what a device must do whose disk takes nothing any more: a try that cannot be counted there
    /// is counted in memory, and nothing stands in the audit trail.
    ///
    /// # Errors
    /// Those of [`Device::staff_verify`].
    pub fn staff_verify_unwritten(
        &self,
        user: &str,
        password: &str,
        purpose: Purpose,
    ) -> Result<Staff, Error> {
        match self.staff_verify(user, password, purpose) {
            Err(error) if error.is_of_the_disk() => {}
            outcome => return outcome,
        }
        self.verify_in_memory(user, password)
    }

    /// Identifies a member of staff without writing anything: tries are counted as long as the process lives.
    pub(crate) fn verify_in_memory(&self, user: &str, password: &str) -> Result<Staff, Error> {
        let _one_at_a_time = self.checking();
        let Some(account) = self.store().read(|connection| staff::by_user(connection, user))? else {
            password::matches_nothing(password)?;
            return Err(Error::SignInRefused);
        };
        let user = &account.staff.user;
        let mut uncounted = self.uncounted();
        let tries = uncounted.entry(user.clone()).or_default();
        if account.locked_at.is_some() || *tries >= MOST_TRIES {
            return Err(Error::AccountLocked);
        }
        *tries += 1;
        if !password::matches(password, &account.phc)? {
            return Err(Error::SignInRefused);
        }
        uncounted.remove(user);
        Ok(account.staff)
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

    /// Whether one more try is allowed on a locked account: only when every account is locked whose role may unlock one, and
    /// [`RELIEF`] has passed. Without it, ten wrong tries at the hand-back, where a patient holds the
    /// device, would end its use for good.
    fn may_try_although_locked(&self, locked_at: &str, now: &Zoned) -> Result<bool, Error> {
        let (all, locked) =
            self.store().read(|connection| Ok((staff::all(connection)?, staff::locked(connection)?)))?;
        let since = locked_at.parse::<Timestamp>().map_err(|_| Error::Unreadable("time of a lock"))?;
        let may_unlock = |staff: &&Staff| self.rights(staff).contains(&Right::Device);
        let nobody_is_left = all.iter().filter(may_unlock).all(|staff| locked.contains(&staff.user));
        Ok(nobody_is_left && now.timestamp().duration_since(since) >= RELIEF)
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
        (actor, role): (&str, &'static str),
        event: &'static str,
        subject: &str,
        detail: &'static str,
        now: &Zoned,
    ) -> Result<(), Error> {
        let (actor, subject, now) = (actor.to_owned(), subject.to_owned(), now.clone());
        self.store().write(move |tx| {
            let entry = NewEntry { actor: &actor, role, event, subject: &subject, detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }
}
