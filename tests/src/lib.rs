//! What the journeys share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

#[cfg(feature = "delivery")]
pub mod alerts;

#[cfg(feature = "delivery")]
pub mod delivery;

pub mod here;

#[cfg(feature = "delivery")]
pub mod interop;

#[cfg(feature = "delivery")]
pub mod practice_process;

#[cfg(feature = "delivery")]
pub mod seal_file;

#[cfg(feature = "delivery")]
pub mod site;

#[cfg(all(feature = "delivery", target_os = "linux"))]
#[allow(clippy::print_stdout)]
pub mod drain;

#[cfg(all(feature = "failpoints", unix))]
pub mod sweep;

#[cfg(target_os = "linux")]
pub mod desktop;
