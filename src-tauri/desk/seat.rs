//! Who has the device: nobody, a member of staff, or a patient. Exactly one of them, and only this file changes it.

use std::time::{Duration, Instant};

use ::device::store::staff::Staff;
use questionnaire::Session;

use super::Refused;

/// Staff are signed out after this long without touching the page (21 CFR 11.300; 11.10(d)). Commands do not count:
/// the page asks for its lists again and again by itself.
pub const IDLE_LIMIT: Duration = Duration::from_mins(10);

/// Who has the device.
pub(super) enum Seat {
    /// Nobody is signed in.
    Nobody,
    /// A member of staff.
    Staff(StaffSeat),
    /// A patient.
    Patient(Box<PatientSeat>),
}

/// A member of staff at the device.
#[derive(Clone)]
pub(super) struct StaffSeat {
    /// What every staff command must name.
    pub(super) session: String,
    /// Who.
    pub(super) staff: Staff,
    used: Instant,
}

/// A patient at the device.
pub(super) struct PatientSeat {
    /// What every patient command must name.
    pub(super) session: String,
    /// The visit.
    pub(super) visit: String,
    /// The participant's number.
    pub(super) participant: String,
    /// Whether the patient went back from the instructions to choose another language.
    pub(super) choosing_language: bool,
    /// The filling of the questionnaire so far; `None` once it is signed.
    pub(super) filling: Option<Session>,
}

impl Seat {
    /// A member of staff sits down.
    pub(super) fn staff(staff: Staff, now: Instant) -> Self {
        Self::Staff(StaffSeat { session: new_session(), staff, used: now })
    }

    /// A patient sits down.
    pub(super) fn patient(visit: String, participant: String, filling: Option<Session>) -> Self {
        Self::Patient(Box::new(PatientSeat {
            session: new_session(),
            visit,
            participant,
            choosing_language: false,
            filling,
        }))
    }

    /// Signs staff out after [`IDLE_LIMIT`]; who that was.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Staff> {
        let Self::Staff(seat) = self else { return None };
        if !seat.is_idle(now) {
            return None;
        }
        let staff = seat.staff.clone();
        *self = Self::Nobody;
        Some(staff)
    }

    /// The member of staff of `session` has touched the page.
    pub(super) fn stay(&mut self, session: &str, now: Instant) {
        if let Self::Staff(seat) = self
            && seat.session == session
            && !seat.is_idle(now)
        {
            seat.used = now;
        }
    }

    /// The member of staff of `session`.
    ///
    /// # Errors
    /// [`Refused::PatientHasDevice`], or [`Refused::SessionOver`] for any other session than the open one.
    pub(super) fn as_staff(&self, session: &str, now: Instant) -> Result<StaffSeat, Refused> {
        match self {
            Self::Staff(seat) if seat.session == session && !seat.is_idle(now) => Ok(seat.clone()),
            Self::Patient(_) => Err(Refused::PatientHasDevice),
            Self::Nobody | Self::Staff(_) => Err(Refused::SessionOver),
        }
    }

    /// The patient of `session`.
    ///
    /// # Errors
    /// [`Refused::NoPatient`], or [`Refused::SessionOver`] for any other session than the open one.
    pub(super) fn as_patient(&mut self, session: &str) -> Result<&mut PatientSeat, Refused> {
        match self {
            Self::Patient(seat) if seat.session == session => Ok(seat),
            Self::Patient(_) => Err(Refused::SessionOver),
            Self::Nobody | Self::Staff(_) => Err(Refused::NoPatient),
        }
    }
}

impl StaffSeat {
    fn is_idle(&self, now: Instant) -> bool {
        now.duration_since(self.used) >= IDLE_LIMIT
    }
}

fn new_session() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use device::store::staff::Role;

    use super::*;

    fn seated(now: Instant) -> (Seat, String) {
        let staff =
            Staff { user: "keller".into(), display_name: "M. Keller".into(), role: Role::Coordinator };
        let seat = Seat::staff(staff, now);
        let Seat::Staff(StaffSeat { session, .. }) = &seat else { unreachable!() };
        let session = session.clone();
        (seat, session)
    }

    #[test]
    fn staff_are_signed_out_after_the_idle_limit_and_not_before() {
        let start = Instant::now();
        let almost = IDLE_LIMIT.saturating_sub(Duration::from_secs(1));
        let (mut seat, session) = seated(start);
        seat.stay(&session, start + almost);
        assert!(seat.as_staff(&session, start + almost + almost).is_ok(), "touching the page is activity");
        seat.stay("guessed", start + almost + almost);
        let over = start + almost + IDLE_LIMIT;
        assert!(
            matches!(seat.as_staff(&session, over), Err(Refused::SessionOver)),
            "neither a command nor another session is activity"
        );
        seat.stay(&session, over);
        assert!(seat.as_staff(&session, over).is_err(), "a session that is over stays over");
        assert_eq!(seat.expire(over).map(|staff| staff.user).as_deref(), Some("keller"));
        assert!(matches!(seat, Seat::Nobody));
        assert!(seat.expire(over).is_none());
    }

    #[test]
    fn another_session_is_refused_and_does_not_end_the_open_one() {
        let now = Instant::now();
        let (mut seat, session) = seated(now);
        assert!(matches!(seat.as_staff("guessed", now), Err(Refused::SessionOver)));
        assert!(matches!(seat.as_patient(&session), Err(Refused::NoPatient)));
        assert!(seat.as_staff(&session, now).is_ok());
    }
}
