//! One request and its answer.

use std::fmt;
use std::time::Duration;

use fhir::Value;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::error::Error;
use crate::terminology::issues;

/// What was sent: enough to say so in a record, without the content.
#[derive(Clone, PartialEq, Eq)]
pub struct Sent {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// The address with query values left out: they may name a person.
    pub url: String,
    /// Names of the conditional headers that were set (`If-None-Exist`, `If-Match`).
    pub conditions: Vec<&'static str>,
    /// SHA-256 of the body as it was sent, lower-case hex.
    pub body_sha256: Option<String>,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.url, self.conditions)
    }
}

/// The headers of an answer that mean something to FHIR.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// `ETag`, usually `W/"1"`: the version.
    pub etag: Option<String>,
    /// `Location` of a create: `[base]/[type]/[id]/_history/[vid]`.
    pub location: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<RetryAfter>,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// The server's clock.
    pub date: Option<Timestamp>,
}

impl Headers {
    /// How long the server asks to wait. A point in time is one of the server's own clock; seen from `now` where it does not
    /// say what that shows, and `None` where nothing is known.
    pub fn wait(&self, now: Option<Timestamp>) -> Option<Duration> {
        match (self.retry_after?, self.date.or(now)) {
            (RetryAfter::Delay(delay), _) => Some(delay),
            (at, Some(now)) => Some(at.wait(now)),
            (RetryAfter::At(_), None) => None,
        }
    }

    /// The same of an answer with this status, where that asks everybody to wait: see [`Exchange::asks_for_rest`].
    pub(crate) fn rest(&self, status: u16, now: Option<Timestamp>) -> Option<Duration> {
        self.wait(now).filter(|_| matches!(status, 429 | 503))
    }
}

/// What of an answer came whole although the answer did not. Never a part of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: Headers,
    /// From sending until the answer was given up.
    pub elapsed: Duration,
}

/// `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// A delay.
    Delay(Duration),
    /// A point in time.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header's text; a text that is neither of its two forms counts as absent.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Self::Delay(Duration::from_secs(seconds)));
        }
        http_date(text).map(Self::At)
    }

    /// The time to wait, seen from `now`.
    pub fn wait(self, now: Timestamp) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::At(at) => Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO),
        }
    }
}

/// An HTTP date (RFC 9110, section 5.6.7): in its preferred form, or in one of the two in which servers wrote it before and
/// which everybody has to read.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let preferred = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
    preferred.ok().or_else(|| asctime_date(text)).or_else(|| rfc850_date(text, Timestamp::now()))
}

/// `Sun Nov  6 08:49:37 1994`, as C writes it.
fn asctime_date(text: &str) -> Option<Timestamp> {
    // The name of the day says nothing that the date does not.
    let (_, date) = text.split_once(' ')?;
    in_utc(DateTime::strptime("%b %e %H:%M:%S %Y", date).ok().filter(|date| date.year() > 999)?)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`. Of the years that end in these two digits it is the last one that is not more than 50
/// years ahead.
fn rfc850_date(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (_, date) = text.split_once(", ")?;
    let date = DateTime::strptime("%d-%b-%y %H:%M:%S GMT", date).ok()?;
    let now = now.to_zoned(TimeZone::UTC).datetime();
    let (century, latest) = (now.year() - now.year() % 100, now.checked_add(Span::new().years(50)).ok()?);
    let in_century = |century: i16| date.with().year(century + date.year() % 100).build().ok();
    let years = [century + 100, century, century - 100].into_iter().filter_map(in_century);
    in_utc(years.into_iter().find(|year| *year <= latest)?)
}

fn in_utc(date: DateTime) -> Option<Timestamp> {
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A request and the whole answer to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: Sent,
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: Headers,
    /// The answer's body, `None` when it is empty: exactly as it came, but FHIR XML as JSON.
    pub body: Option<Vec<u8>>,
    /// From sending to the last octet.
    pub elapsed: Duration,
}

/// Whether a status says nothing about this request, nor would about any other now: what answers has too much to do, or stands
/// before a server that is away (RFC 6585, section 4; RFC 9110, sections 15.6.3 to 15.6.5).
pub const fn is_away(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

impl Exchange {
    /// What the server says in an OperationOutcome instead of doing as it was asked, cut short and on one line. It is the server's
    /// text and must be printed as such.
    pub fn words(&self) -> Option<String> {
        let outcome = self.resource().ok().flatten()?;
        let words = (outcome.resource_type() == Some("OperationOutcome")).then(|| issues(&outcome).1)?;
        let words = words.split(|letter: char| letter.is_whitespace() || letter.is_control());
        let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        (!words.is_empty()).then_some(words)
    }

    /// Whether the status is one of success (200–299).
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How long the server asks to be left alone, by everybody and with everything: 429 (RFC 6585, section 4) or 503 (RFC
    /// 9110, section 15.6.4) with `Retry-After`.
    pub fn asks_for_rest(&self, now: Option<Timestamp>) -> Option<Duration> {
        self.headers.rest(self.status, now)
    }

    /// Whether this refuses a request without a word of FHIR: without an OperationOutcome, which may come with any such status
    /// and need not (FHIR R4, section "HTTP Status Codes"). So answers what stands before a server and knows nothing of
    /// FHIR; so may a server answer itself. Statuses about who asks, about when, and about what is there already say as much
    /// alone.
    pub fn is_bare_refusal(&self) -> bool {
        (400..500).contains(&self.status)
            && !matches!(self.status, 401 | 403 | 407 | 408 | 409 | 412 | 425 | 429)
            && self
                .resource()
                .ok()
                .flatten()
                .and_then(|body| body.resource_type().map(str::to_owned))
                .as_deref()
                != Some("OperationOutcome")
    }

    /// Whether the answer to a read of one version says that the server has none such to show: it knows no versions, or does
    /// not have this one (FHIR R4, section 3.1.0.3, "vread").
    pub fn shows_no_version(&self) -> bool {
        matches!(self.status, 400 | 404 | 405 | 410 | 501)
    }

    /// The body as exact JSON; `None` when there is no body.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the body is not a JSON object with a `resourceType`.
    pub fn resource(&self) -> Result<Option<Value>, Error> {
        let Some(body) = &self.body else { return Ok(None) };
        if std::str::from_utf8(body).is_err() {
            return Err(Error::Malformed("it is not UTF-8"));
        }
        let value = Value::parse(body).map_err(|_| Error::Malformed("it is not exact FHIR JSON or XML"))?;
        if value.get("resourceType").and_then(Value::as_str).is_none() {
            return Err(Error::Malformed("it is not a FHIR resource"));
        }
        Ok(Some(value))
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.body.as_ref().map_or(0, Vec::len);
        write!(f, "{:?} -> {} ({octets} octets)", self.request, self.status)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_of_its_forms() {
        assert_eq!(RetryAfter::parse("120"), Some(RetryAfter::Delay(Duration::from_mins(2))));
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let at = RetryAfter::parse("Sat, 21 Nov 2026 09:00:30 GMT").unwrap();
        assert_eq!(at.wait(now), Duration::from_secs(30));
        let past = RetryAfter::parse("Sat, 21 Nov 2026 08:00:30 GMT").unwrap();
        assert_eq!(past.wait(now), Duration::ZERO, "a point in the past is no wait");
        assert_eq!(RetryAfter::parse("soon"), None);
        assert_eq!(RetryAfter::parse("-5"), None);
    }

    #[test]
    fn a_date_is_read_in_all_three_forms() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // The examples of RFC 9110, section 5.6.7.
        let example = Some(at("1994-11-06T08:49:37Z"));
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), example);
        assert_eq!(http_date("Sunday, 06-Nov-94 08:49:37 GMT"), example);
        assert_eq!(http_date("Sun Nov  6 08:49:37 1994"), example);
        assert_eq!(http_date("Sat Nov 21 09:00:00 2026"), Some(at("2026-11-21T09:00:00Z")));
        for wrong in [
            "",
            "soon",
            "Sunday, 06-Nov-94 08:49:37",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 31-Feb-94 08:49:37 GMT",
            "Sunday, 06-Nov-94 24:49:37 GMT",
            "Sun Nov 6 1994",
            "Sun Nov  6 08:49:37 94",
            "Sun Nov  6 08:49:37 1994 GMT",
        ] {
            assert_eq!(http_date(wrong), None, "{wrong}");
        }
        let after = RetryAfter::parse("Saturday, 21-Nov-26 09:00:30 GMT").unwrap();
        assert_eq!(after.wait(at("2026-11-21T09:00:00Z")), Duration::from_secs(30));
    }

    #[test]
    fn a_year_of_two_digits_is_never_more_than_fifty_years_ahead() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (now, text, expected) in [
            ("2026-11-21T09:00:00Z", "Saturday, 21-Nov-26 09:00:00 GMT", "2026-11-21T09:00:00Z"),
            ("2026-11-21T09:00:00Z", "Saturday, 21-Nov-76 09:00:00 GMT", "2076-11-21T09:00:00Z"),
            ("2026-11-21T09:00:00Z", "Saturday, 21-Nov-76 09:00:01 GMT", "1976-11-21T09:00:01Z"),
            ("2026-11-21T09:00:00Z", "Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00Z"),
            ("2026-11-21T09:00:00Z", "Tuesday, 29-Feb-00 00:00:00 GMT", "2000-02-29T00:00:00Z"),
            ("2099-12-31T23:59:59Z", "Friday, 01-Jan-00 00:00:00 GMT", "2100-01-01T00:00:00Z"),
            ("2099-12-31T23:59:59Z", "Friday, 31-Dec-99 23:59:59 GMT", "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc850_date(text, at(now)), Some(at(expected)), "{text} at {now}");
        }
    }

    #[test]
    fn a_refusal_is_a_servers_own_with_an_operation_outcome_alone() {
        let outcome = r#"{"resourceType":"OperationOutcome","issue":[]}"#;
        let is_bare = |status, body: &str| {
            let request =
                Sent { method: "POST", url: String::new(), conditions: Vec::new(), body_sha256: None };
            let body = (!body.is_empty()).then(|| body.as_bytes().to_vec());
            let headers = Headers::default();
            Exchange { request, status, headers, body, elapsed: Duration::ZERO }.is_bare_refusal()
        };
        for bare in
            ["", "<html>default backend</html>", r#"{"statusCode":404}"#, r#"{"resourceType":"Basic"}"#]
        {
            for status in [400, 404, 405, 410, 413, 422] {
                assert!(is_bare(status, bare), "{status} {bare}");
                assert!(!is_bare(status, outcome), "{status}");
            }
            for other in [200, 304, 401, 403, 409, 412, 429, 500, 503] {
                assert!(!is_bare(other, bare), "{other} {bare}");
            }
        }
    }

    #[test]
    fn debug_shows_neither_body_nor_query_values() {
        let exchange = Exchange {
            request: Sent {
                method: "GET",
                url: "https://server.example/fhir/Patient?identifier=…".to_owned(),
                conditions: vec![],
                body_sha256: None,
            },
            status: 200,
            headers: Headers::default(),
            body: Some(b"{\"name\":\"Ada\"}".to_vec()),
            elapsed: Duration::ZERO,
        };
        let text = format!("{exchange:?}");
        assert_eq!(text, "GET https://server.example/fhir/Patient?identifier=… [] -> 200 (14 octets)");
    }
}
