//! The state of this device: certificate, keystore, server, clock, version.

use std::sync::atomic::Ordering;

use ::device::accounts::Purpose;
use ::device::rights::Right;
use ::device::store::staff;
use jiff::Timestamp;

use super::{Desk, Refused};
use crate::ipc::{Certificate, Clock, DeviceStatus, Keystore, ServerStatus, StaffAccount};

impl Desk {
    /// The state of this device.
    pub fn device_status(&self, session: &str) -> Result<DeviceStatus, Refused> {
        self.staff(session)?;
        self.shown_device()
    }

    /// Unlocks another member's account.
    pub fn staff_unlock(&self, session: &str, user: &str, password: &str) -> Result<DeviceStatus, Refused> {
        let by = self.permitted(session, Right::Device)?;
        let by = self.device.staff_verify(&by.user, password, Purpose::Decision)?;
        self.device.staff_unlock(user, &by)?;
        self.shown_device()
    }

    /// Takes the clock as right although it is before the last recorded time, because it had been ahead.
    pub fn clock_accept(&self, session: &str, password: &str, reason: &str) -> Result<DeviceStatus, Refused> {
        let by = self.permitted(session, Right::Device)?;
        let by = self.device.staff_verify(&by.user, password, Purpose::Decision)?;
        self.device.accept_clock(&by, reason)?;
        self.shown_device()
    }

    pub(super) fn shown_device(&self) -> Result<DeviceStatus, Refused> {
        let certificate = self.device.certificate()?.ok_or(device::Error::NotEnrolled)?;
        let delivery = self.worker.standing();
        Ok(DeviceStatus {
            certificate: Certificate {
                percent_used: percent_used(
                    &certificate.not_before,
                    &certificate.not_after,
                    self.device.now().timestamp(),
                ),
                subject: certificate.subject,
                issuer: certificate.issuer,
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                thumbprint: certificate.thumbprint,
            },
            keystore: Keystore { name: KEYSTORE.to_owned(), ok: self.device.sealing_key().is_ok() },
            server: ServerStatus {
                url: self.worker.server().to_owned(),
                reachable: !delivery.offline && delivery.last_contact.is_some(),
                last_contact: delivery.last_contact.map(|at| self.on_the_wall(&at.to_string())),
            },
            clock: Clock {
                difference_seconds: delivery.clock_difference.and_then(|seconds| i32::try_from(seconds).ok()),
                behind: self.device.clock_behind()?,
            },
            study: self.study_in_force(),
            accounts: self.staff_accounts()?,
            version: crate::start::APPLICATION.to_owned(),
            data_folder: self.places.data.display().to_string(),
            export_folder: self.places.exports.display().to_string(),
            restart: self.restart.load(Ordering::Relaxed),
            recovery_key: self.device.configuration().policy.usable_recovery_key().is_some(),
        })
    }
}

impl Desk {
    fn staff_accounts(&self) -> Result<Vec<StaffAccount>, Refused> {
        let (all, locked) = self
            .device
            .store()
            .read(|connection| Ok((staff::all(connection)?, staff::locked(connection)?)))?;
        Ok(all
            .into_iter()
            .map(|staff| StaffAccount {
                locked: locked.contains(&staff.user),
                user: staff.user,
                display_name: staff.display_name,
                role: staff.role.as_str().to_owned(),
            })
            .collect())
    }
}

/// What people call the keystore of this operating system.
const KEYSTORE: &str = if cfg!(target_os = "macos") {
    "Keychain"
} else if cfg!(windows) {
    "Windows Credential Manager"
} else {
    "Secret Service"
};

/// How much of the time from `from` to `until` is over at `now`; all of it where the times cannot be read.
pub(super) fn percent_used(from: &str, until: &str, now: Timestamp) -> u32 {
    let (Ok(from), Ok(until)) = (from.parse::<Timestamp>(), until.parse::<Timestamp>()) else { return 100 };
    let whole = until.as_second() - from.as_second();
    if whole <= 0 {
        return 100;
    }
    let part = (now.as_second() - from.as_second()).clamp(0, whole);
    u32::try_from(part * 100 / whole).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_used_part_of_a_certificate_is_between_nothing_and_all() {
        let (from, until) = ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z");
        let at = |time: &str| percent_used(from, until, time.parse().unwrap_or_default());
        assert_eq!(at("2025-06-01T00:00:00Z"), 0);
        assert_eq!(at("2026-07-02T00:00:00Z"), 50);
        assert_eq!(at("2027-06-01T00:00:00Z"), 100);
        assert_eq!(percent_used("?", until, Timestamp::UNIX_EPOCH), 100);
    }
}
