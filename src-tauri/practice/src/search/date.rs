//! Dates in searches: each is the interval that its precision leaves open (FHIR R4, section 3.1.1.4.7).

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

/// A half-open interval, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

/// How a search compares (FHIR R4, section 3.1.1.4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    StartsAfter,
    EndsBefore,
}

impl Interval {
    /// Reads FHIR's date, dateTime or instant. A time without an offset is taken as UTC.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if !text.is_ascii() {
            return None;
        }
        if let Some((_, time)) = text.split_once('T') {
            return Self::parse_time(text, time);
        }
        let (first, next) = match text.len() {
            4 => {
                let first = Date::new(text.parse().ok()?, 1, 1).ok()?;
                (first, first.checked_add(1.year()).ok()?)
            }
            7 => {
                let first: Date = format!("{text}-01").parse().ok()?;
                (first, first.checked_add(1.month()).ok()?)
            }
            10 => {
                let first: Date = text.parse().ok()?;
                (first, first.checked_add(1.day()).ok()?)
            }
            _ => return None,
        };
        let start = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond());
        Some(Self { low: start(first)?, high: start(next)? })
    }

    fn parse_time(text: &str, time: &str) -> Option<Self> {
        let offset = time.find(['Z', '+', '-']);
        let clock = &time[..offset.unwrap_or(time.len())];
        let instant: Timestamp =
            if offset.is_some() { text.parse().ok()? } else { format!("{text}Z").parse().ok()? };
        let length = match (clock.split_once('.'), clock.matches(':').count()) {
            (Some((_, fraction)), _) => match fraction.len() {
                1 => 100,
                2 => 10,
                _ => 1,
            },
            (None, 2) => 1_000,
            (None, _) => 60_000,
        };
        let low = instant.as_millisecond();
        Some(Self { low, high: low + length })
    }
}

impl Prefix {
    /// Takes the prefix off a search value; no prefix means equal.
    pub(crate) fn split(value: &str) -> (Self, &str) {
        let prefix = match value.get(..2) {
            Some("eq") => Self::Equal,
            Some("ne") => Self::NotEqual,
            Some("gt") => Self::Greater,
            Some("lt") => Self::Less,
            Some("ge") => Self::GreaterOrEqual,
            Some("le") => Self::LessOrEqual,
            Some("sa") => Self::StartsAfter,
            Some("eb") => Self::EndsBefore,
            _ => return (Self::Equal, value),
        };
        (prefix, &value[2..])
    }

    /// The SQL condition on the columns `low` and `high`, where `?1`-like marks are the search's interval.
    pub(crate) fn condition(self, low: &str, high: &str) -> String {
        match self {
            Self::Equal => format!("(low >= {low} AND high <= {high})"),
            Self::NotEqual => format!("NOT (low >= {low} AND high <= {high})"),
            Self::Greater => format!("(high > {high})"),
            Self::Less => format!("(low < {low})"),
            Self::GreaterOrEqual => format!("(high > {high} OR (low >= {low} AND high <= {high}))"),
            Self::LessOrEqual => format!("(low < {low} OR (low >= {low} AND high <= {high}))"),
            Self::StartsAfter => format!("(low >= {high})"),
            Self::EndsBefore => format!("(high <= {low})"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn precision_decides_how_long_an_interval_is() {
        let length = |text: &str| {
            let interval = Interval::parse(text).unwrap();
            interval.high - interval.low
        };
        assert_eq!(length("2026"), 365 * 86_400_000);
        assert_eq!(length("2026-02"), 28 * 86_400_000);
        assert_eq!(length("2026-11-21"), 86_400_000);
        assert_eq!(length("2026-11-21T09:41Z"), 60_000);
        assert_eq!(length("2026-11-21T09:41:07+01:00"), 1_000);
        assert_eq!(length("2026-11-21T09:41:07.123Z"), 1);
    }

    #[test]
    fn offsets_are_resolved_and_nonsense_is_refused() {
        assert_eq!(Interval::parse("2026-11-21T10:41:07+01:00"), Interval::parse("2026-11-21T09:41:07Z"));
        assert_eq!(Interval::parse("2026-11-21T09:41:07"), Interval::parse("2026-11-21T09:41:07Z"));
        for text in ["", "26", "2026-13", "2026-02-30", "2026-11-21T", "soon", "٢٠٢٦"] {
            assert_eq!(Interval::parse(text), None, "{text} is not a date");
        }
    }
}
