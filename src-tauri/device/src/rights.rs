//! What each role may do on a device (21 CFR 11.10(d) and (g)): a coordinator everything, everybody else what the study's
//! signed document says. Lists without answers are for all who can sign in.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::store::staff::{Role, Staff};
use crate::{Device, Error};

/// Something that a role may do or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Right {
    /// Starting visits, handing the device over, ending visits that were not signed, sending what waits.
    Visits,
    /// Being one of the two who reset a PIN.
    Pins,
    /// Looking at records: the answers, who signed them, every step of their delivery.
    Records,
    /// Writing records, documents and a participant's responses into files.
    Exports,
    /// Deciding about alerts.
    Alerts,
    /// Adding questionnaires and withdrawing them.
    Forms,
    /// The connection check, accounts, the clock, and the settings of the command line.
    Device,
    /// Emergency exports, and taking them over.
    Emergency,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Visits,
        Self::Pins,
        Self::Records,
        Self::Exports,
        Self::Alerts,
        Self::Forms,
        Self::Device,
        Self::Emergency,
    ];

    /// The name in the study's document, on the page and in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Pins => "pins",
            Self::Records => "records",
            Self::Exports => "exports",
            Self::Alerts => "alerts",
            Self::Forms => "forms",
            Self::Device => "device",
            Self::Emergency => "emergency",
        }
    }
}

/// What the roles may do that are not the coordinator's (`policy.roles`). A role that is left out keeps what it may do by
/// default: site staff visits, PINs and records; inspectors records and exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Roles {
    /// People who run visits.
    pub site_staff: BTreeSet<Right>,
    /// Monitors, auditors and inspectors.
    pub inspector: BTreeSet<Right>,
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            site_staff: BTreeSet::from([Right::Visits, Right::Pins, Right::Records]),
            inspector: BTreeSet::from([Right::Records, Right::Exports]),
        }
    }
}

impl Roles {
    /// What a role may do.
    pub fn of(&self, role: Role) -> Vec<Right> {
        let may = |right: &Right| match role {
            Role::Coordinator => true,
            Role::SiteStaff => self.site_staff.contains(right),
            Role::Inspector => self.inspector.contains(right),
        };
        Right::ALL.into_iter().filter(may).collect()
    }
}

impl Device {
    /// What this member of staff may do.
    pub fn rights(&self, staff: &Staff) -> Vec<Right> {
        self.configuration().policy.roles.of(staff.role)
    }

    /// Refuses what the role does not allow, and records that it was tried.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub fn permit(&self, by: &Staff, right: Right) -> Result<(), Error> {
        if self.rights(by).contains(&right) {
            return Ok(());
        }
        let subject = format!("staff/{}", by.user);
        let noted = self.record(&by.user, by.role.as_str(), "staff.notPermitted", &subject, right.as_str());
        if let Err(error) = noted {
            // Nothing is done either way.
            tracing::error!(code = error.code(), "a refusal was not recorded");
        }
        Err(Error::NotPermitted(by.role.as_str(), right.as_str()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_coordinator_may_do_everything_and_the_others_what_the_study_says() {
        let roles: Roles = serde_json::from_str(r#"{"siteStaff":["visits","exports"]}"#).unwrap();
        assert_eq!(roles.of(Role::Coordinator), Right::ALL);
        assert_eq!(roles.of(Role::SiteStaff), [Right::Visits, Right::Exports]);
        assert_eq!(roles.of(Role::Inspector), [Right::Records, Right::Exports], "what was left out stays");
        let nothing: Roles = serde_json::from_str(r#"{"inspector":[]}"#).unwrap();
        assert!(nothing.of(Role::Inspector).is_empty());
        for wrong in [r#"{"coordinator":[]}"#, r#"{"siteStaff":["everything"]}"#] {
            assert!(serde_json::from_str::<Roles>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_right_is_written_as_it_is_named() {
        for right in Right::ALL {
            assert_eq!(serde_json::to_value(right).unwrap(), right.as_str());
        }
    }
}
