//! Dates and times that a patient types or takes from the clock: the device's clock and its zone say what they are, never
//! those of the web view.

use ::device::clock;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use questionnaire::Answer;

use super::{Desk, Refused};

impl Desk {
    /// What the device's clock shows, RFC 3339 with whole seconds and offset: for the buttons *Today* and *Now*.
    pub fn patient_now(&self, session: &str) -> Result<String, Refused> {
        self.seat().as_patient(session)?;
        Ok(clock::seconds(&self.device.now()))
    }

    /// Gives each date with a time that has no offset the one of the device's zone.
    ///
    /// # Errors
    /// [`Refused::TimeSkipped`] for a time that the clock is put forward over.
    pub(super) fn placed(&self, answers: Vec<Answer>) -> Result<Vec<Answer>, Refused> {
        let zone = self.device.now().time_zone().clone();
        let placed = |answer| match answer {
            Answer::DateTime { text } => Ok(Answer::DateTime { text: with_offset(text, &zone)? }),
            other => Ok(other),
        };
        answers.into_iter().map(placed).collect()
    }
}

/// A time that is there twice, because the clock is put back over it, is the first of the two. What has an offset, is a
/// date alone or is no time at all stays as it is: the engine judges it.
fn with_offset(text: String, zone: &TimeZone) -> Result<String, Refused> {
    const LOCAL: usize = "2026-11-21T09:41:00".len();
    let Some(wall) = text.parse::<DateTime>().ok().filter(|_| text.len() == LOCAL) else { return Ok(text) };
    let offset = match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { .. } => return Err(Refused::TimeSkipped),
        AmbiguousOffset::Fold { before, .. } => before,
    };
    // FHIR writes whole minutes; zones had seconds too before they were agreed upon.
    let minutes = (offset.seconds().abs() + 30) / 60;
    let sign = if offset.is_negative() { '-' } else { '+' };
    Ok(format!("{text}{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn placed(zone: &str, text: &str) -> Result<String, String> {
        with_offset(text.to_owned(), &TimeZone::get(zone).unwrap()).map_err(|error| error.code().to_owned())
    }

    #[test]
    fn a_typed_time_has_the_offset_of_its_day_in_the_devices_zone() {
        for (zone, text, expected) in [
            ("Europe/Berlin", "2026-11-21T09:41:00", "2026-11-21T09:41:00+01:00"),
            ("Europe/Berlin", "2026-07-21T09:41:00", "2026-07-21T09:41:00+02:00"),
            ("America/St_Johns", "2026-11-21T09:41:00", "2026-11-21T09:41:00-03:30"),
            ("UTC", "2026-11-21T09:41:00", "2026-11-21T09:41:00+00:00"),
            ("Europe/Berlin", "1890-01-01T12:00:00", "1890-01-01T12:00:00+00:53"),
        ] {
            assert_eq!(placed(zone, text).as_deref(), Ok(expected), "{zone}");
        }
    }

    #[test]
    fn where_the_clock_is_put_forward_a_time_is_refused_and_where_it_is_put_back_it_is_the_first() {
        assert_eq!(placed("Europe/Berlin", "2026-03-29T02:30:00"), Err("time-skipped".to_owned()));
        let at = |text| placed("Europe/Berlin", text).unwrap();
        assert_eq!(at("2026-03-29T01:59:00"), "2026-03-29T01:59:00+01:00");
        assert_eq!(at("2026-03-29T03:00:00"), "2026-03-29T03:00:00+02:00");
        assert_eq!(at("2026-10-25T02:30:00"), "2026-10-25T02:30:00+02:00");
        assert_eq!(at("2026-10-25T03:00:00"), "2026-10-25T03:00:00+01:00");
    }

    #[test]
    fn what_has_an_offset_or_is_no_such_time_is_left_to_the_engine() {
        for text in [
            "2026-10-25T02:30:00+01:00",
            "2026-11-21T09:41:00Z",
            "2026-11-21",
            "2026-11",
            "2026-02-30T09:41:00",
            "2026-11-21T25:41:00",
            "2026-11-21T09:41",
            "soon",
            "",
        ] {
            assert_eq!(placed("Europe/Berlin", text).as_deref(), Ok(text));
        }
    }
}
