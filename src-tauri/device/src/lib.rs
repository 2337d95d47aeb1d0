//! The device: the encrypted store, the keys in the OS keystore, enrolment, staff accounts, patients' PINs, visits,
//! capture and delivery.
//!
//! Everything here that touches the disk, the keystore or a password blocks; call it off the async runtime. Private
//! keys live in this crate (and, for training, in `practice`) and nowhere else, and never across an `await`.

pub mod accounts;
pub mod assignment;
mod capture;
pub mod clock;
mod configuration;
pub mod connection;
pub mod delivery;
mod device;
mod document;
pub mod emergency;
mod error;
mod export;
mod folder;
mod forms;
mod jwk;
pub mod keystore;
mod ledger;
mod name;
pub mod network;
pub mod next_question;
mod password;
mod pin;
mod reason;
pub mod rights;
pub mod store;
pub mod study;
mod subject;
mod visits;

pub use capture::{Frozen, Words};
pub use clock::Clock;
pub use configuration::{
    Assignments, Authentication, Configuration, Create, Endpoint, FhirVersion, Organization, Policy,
    ProvenanceProfile, Tolerances,
};
pub use device::{DATABASE, Device, Opening, SiteProxy, TERMINAL, Unlocked};
pub use error::Error;
pub use folder::{FolderLock, Readers, write_new_file};
pub use forms::{CheckedForm, FormReport, SPOKEN, StoredValueSet, spoken};
pub use ledger::HttpLedger;
pub use name::Field;
pub use pin::{PatientAct, PinState};
pub(crate) use reason::reason;

/// The program as signatures and exports name it.
pub(crate) const APPLICATION: &str = concat!("Attesta ", env!("CARGO_PKG_VERSION"));

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
