//! The injected clock and how its times are written.

use std::sync::Arc;

use jiff::{Timestamp, Zoned};

/// Where the device takes the time from. The shell passes [`system`]; tests pass what they need.
pub type Clock = Arc<dyn Fn() -> Zoned + Send + Sync>;

/// The operating system's clock with its time zone.
pub fn system() -> Clock {
    Arc::new(Zoned::now)
}

/// RFC 3339 with milliseconds and offset, as stored: `2026-11-21T09:41:07.250+01:00`.
pub fn text(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// RFC 3339 with whole seconds and offset, as signed and shown: `2026-11-21T09:41:07+01:00`.
pub fn seconds(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The time zone's IANA name, or nothing where the system knows the offset alone.
pub(crate) fn zone(at: &Zoned) -> String {
    at.time_zone().iana_name().unwrap_or_default().to_owned()
}

/// A stored time in milliseconds since 1970, as RFC 3339 in UTC.
pub(crate) fn utc(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| milliseconds.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn stored_and_shown_times_carry_the_offset() {
        let at: Zoned = "2026-11-21T09:41:07.25+01:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(text(&at), "2026-11-21T09:41:07.250+01:00");
        assert_eq!(seconds(&at), "2026-11-21T09:41:07+01:00");
        assert_eq!(zone(&at), "Europe/Berlin");
        assert_eq!(utc(at.timestamp().as_millisecond()), "2026-11-21T08:41:07.25Z");
    }
}
