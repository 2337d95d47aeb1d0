//! From when, and until when: FHIR dateTimes, which may name a year, a month or a day and mean all of it.

use jiff::civil::Date;
use jiff::{Span, Timestamp, Zoned};

/// Whether the moment has not come yet from which on it is sought. What cannot be read is no reason to wait.
pub(super) fn is_early(from: Option<&str>, now: &Zoned) -> bool {
    from.and_then(|from| moments(from, now)).is_some_and(|(first, _)| now.timestamp() < first)
}

/// Whether the last moment is over. What cannot be read has none.
pub(super) fn is_overdue(until: Option<&str>, now: &Zoned) -> bool {
    until.and_then(|until| moments(until, now)).is_some_and(|(_, end)| now.timestamp() >= end)
}

/// The first moment, and the one after the last, in the time zone of the device.
fn moments(text: &str, now: &Zoned) -> Option<(Timestamp, Timestamp)> {
    let (first, span) = match text.len() {
        4 => (format!("{text}-01-01"), Span::new().years(1)),
        7 => (format!("{text}-01"), Span::new().months(1)),
        10 => (text.to_owned(), Span::new().days(1)),
        _ => {
            let at = text.parse::<Timestamp>().ok()?;
            return Some((at, at));
        }
    };
    let first: Date = first.parse().ok()?;
    let at = |date: Date| Some(date.to_zoned(now.time_zone().clone()).ok()?.timestamp());
    Some((at(first)?, at(first.checked_add(span).ok()?)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_day_lasts_until_its_end_where_the_device_is() {
        let now: Zoned = "2026-11-21T23:30:00+01:00[Europe/Berlin]".parse().unwrap();
        for (until, overdue) in [
            ("2026-11-20", true),
            ("2026-11-21", false),
            ("2026-11", false),
            ("2026-10", true),
            ("2025", true),
            ("2026", false),
            ("2026-11-21T23:00:00+01:00", true),
            ("2026-11-21T22:45:00Z", false),
            ("soon", false),
            ("", false),
        ] {
            assert_eq!(is_overdue(Some(until), &now), overdue, "{until}");
        }
        assert!(!is_overdue(None, &now) && !is_early(None, &now));
        for (from, early) in
            [("2026-11-21", false), ("2026-11-22", true), ("2027", true), ("2026", false), ("soon", false)]
        {
            assert_eq!(is_early(Some(from), &now), early, "{from}");
        }
    }
}
