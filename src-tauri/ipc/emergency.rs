//! The emergency export of this device, and another one's.

use serde::Serialize;

row! {
    /// What was exported.
    EmergencyExported {
        /// The file.
        path: String,
        /// Whether it is for the study's recovery key alone.
        recovery_key: bool,
        /// Responses that the device owes.
        records: u32,
        /// Unfinished drafts.
        drafts: u32,
        /// Responses that are complete, of which the list is in it.
        done: u32,
        /// Why the audit trail does not have it, as a text key: the disk took no entry.
        unrecorded: Option<String>,
    }
}

row! {
    /// What is in another device's export, of which nothing was taken over yet.
    EmergencyInside {
        /// Its identifier.
        export: String,
        /// The device that made it.
        device: String,
        /// Its site.
        site: String,
        /// The study.
        study: String,
        /// Whether this device made it.
        own: bool,
        /// When, RFC 3339.
        made_at: String,
        /// The user name of who made it.
        made_by: String,
        /// Why, in their words.
        reason: String,
        /// Why that device's audit trail does not have it, as a text key.
        unrecorded: Option<String>,
        /// Responses in it.
        records: u32,
        /// Those among them that are here already.
        known: u32,
        /// Unfinished drafts.
        drafts: u32,
        /// Responses that are complete.
        done: u32,
    }
}

row! {
    /// What was taken over.
    EmergencyTaken {
        /// The device that they are from.
        device: String,
        /// Responses that were added.
        records: u32,
        /// Responses that were here already.
        known: u32,
        /// Unfinished drafts that were added.
        drafts: u32,
    }
}
