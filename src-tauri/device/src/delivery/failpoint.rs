//! Named points at which a kill test ends the process. Without the feature `failpoints` they are nothing.

/// Every point, in the order in which an undisturbed delivery passes them.
pub const ALL: [&str; 14] = [
    "frozen-committed",
    "sending-committed",
    "response-before-request",
    "response-after-request",
    "acknowledged-committed",
    "compared-committed",
    "document-before-request",
    "document-after-request",
    "document-committed",
    "provenance-sending-committed",
    "provenance-before-request",
    "provenance-after-request",
    "provenance-compared-committed",
    "done-committed",
];

/// Points before and after the commit by which a record comes to wait for a person.
pub const RAISING: [&str; 4] =
    ["alert-before-commit", "alert-committed", "quarantined-before-commit", "quarantined-committed"];

/// Points before and after the commit of what a person decides: to send again, and to close.
pub const DECIDING: [&str; 4] =
    ["send-again-before-commit", "send-again-committed", "closed-before-commit", "closed-committed"];

/// Points of the probe that a server has to pass before creates by `PUT`. The requests are passed twice.
pub const PROBING: [&str; 4] =
    ["probe-before-request", "probe-after-request", "probe-before-commit", "probe-committed"];

/// Points of the report of an alert, or of what a person decides about it.
pub const REPORTING: [&str; 4] =
    ["report-before-request", "report-after-request", "report-before-commit", "report-committed"];

/// Points at which a server is told what became of a Task.
pub const TELLING: [&str; 3] = ["task-before-request", "task-after-request", "task-told-committed"];

/// Ends the process here, without any clean-up, when `ATTESTA_FAILPOINT` is `name` or `name:n` and this is the `n`th
/// time (from 1).
#[cfg(feature = "failpoints")]
pub fn hit(name: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static HITS: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("ATTESTA_FAILPOINT") else { return };
    let (wanted, nth) = wanted
        .split_once(':')
        .map_or((wanted.as_str(), 1), |(wanted, nth)| (wanted, nth.parse::<u32>().unwrap_or(1)));
    if wanted == name && HITS.fetch_add(1, Ordering::SeqCst) + 1 == nth {
        std::process::abort();
    }
}

/// Whether a point is set: then every step waits for its own commit, so that a kill finds each of them alone.
#[cfg(feature = "failpoints")]
pub(crate) fn is_set() -> bool {
    std::env::var_os("ATTESTA_FAILPOINT").is_some()
}

#[cfg(not(feature = "failpoints"))]
pub(crate) const fn is_set() -> bool {
    false
}

#[cfg(not(feature = "failpoints"))]
pub(crate) fn hit(_name: &str) {}

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!("failpoints end the process on purpose; they have no place in a release build");
