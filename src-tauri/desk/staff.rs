//! Signing in and out.

use std::time::Instant;

use ::device::accounts::Purpose;

use super::seat::Seat;
use super::{Desk, Refused};
use crate::ipc::AppView;

impl Desk {
    /// Signs a member of staff in.
    ///
    /// # Errors
    /// [`Refused::PatientHasDevice`] while a patient has the device: staff then take it back instead.
    pub fn staff_sign_in(&self, user: &str, password: &str) -> Result<AppView, Refused> {
        if matches!(*self.seat(), Seat::Patient(_)) {
            return Err(Refused::PatientHasDevice);
        }
        // The password's hash takes long; the seat is looked at again when it is taken.
        let staff = self.device.staff_verify(user, password, Purpose::SignIn)?;
        let mut seat = self.seat();
        if matches!(*seat, Seat::Patient(_)) {
            return Err(Refused::PatientHasDevice);
        }
        *seat = Seat::staff(staff, Instant::now());
        if let Some(assignments) = &self.assignments {
            assignments.wake();
        }
        self.view_of(&seat)
    }

    /// Signs the member of staff out.
    pub fn staff_sign_out(&self, session: &str) -> Result<AppView, Refused> {
        let mut seat = self.seat();
        let leaving = seat.as_staff(session, Instant::now())?;
        self.device.record(
            &leaving.staff.user,
            leaving.staff.role.as_str(),
            "staff.signedOut",
            &format!("staff/{}", leaving.staff.user),
            "",
        )?;
        self.forget_chosen();
        *seat = Seat::Nobody;
        self.view_of(&seat)
    }
}
