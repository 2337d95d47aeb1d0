//! Refusals without a word of FHIR (ADR 55). What stands before a server, such as a gateway, answers so, and knows nothing of the
//! record: that is waited out, and staff are told once. A server may answer so too; a record that it never takes must reach a
//! person all the same. So must one of which the server never shows whether it has it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use client::Exchange;
use jiff::{SignedDuration, Timestamp};

use crate::store::attempt::Attempt;

/// Short name of what such a refusal says.
pub(super) const NOT_FHIR: &str = "not-fhir";
/// So many in a row, while the server keeps others of the same type, are the server's own word.
pub(super) const ENOUGH: usize = 10;
/// In a row for so long, they are taken for it though nothing else was kept: of one record at a time.
const LONG: SignedDuration = SignedDuration::from_hours(24);
/// Short name of a server that does not show what it keeps.
pub(super) const NOT_SHOWN: &str = "not-shown";
/// Why an answer that came could not be read, whenever it is asked for: it is too long, of another type, compressed.
const UNREADABLE: [&str; 3] = ["too-large", "media-type", "compressed"];
/// Reports hold up nobody.
const REPORT: &str = "AuditEvent";

/// What such refusals of one server were about, and what it kept meanwhile.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    refuses: bool,
    /// When the newest write that was kept was begun, by its type. Not when it ended: the way to the server may have been shut
    /// meanwhile.
    kept: BTreeMap<String, Instant>,
    /// Since when a subject is refused so.
    since: BTreeMap<String, Instant>,
}

impl Refusals {
    /// Takes notice of an answer that shows nothing.
    pub(super) fn note_look(&self, attempt: &Attempt) {
        if shows_nothing(attempt) {
            self.known().since.entry(attempt.subject.clone()).or_insert_with(Instant::now);
        }
    }

    /// Takes notice of an answer about `subject`.
    pub(super) fn note(&self, subject: &str, base: &str, exchange: &Exchange) {
        let resource_type = type_of(base, &exchange.request.url).to_owned();
        let now = Instant::now();
        let mut known = self.known();
        if exchange.is_bare_refusal() {
            known.refuses |= resource_type != REPORT;
            known.since.entry(subject.to_owned()).or_insert(now);
        } else if exchange.request.method != "GET" {
            // A search or read that works says nothing about the way of a write.
            known.refuses = false;
            known.since.remove(subject);
            if exchange.is_success() {
                let begun = now.checked_sub(exchange.elapsed).unwrap_or(now);
                let newest = known.kept.entry(resource_type).or_insert(begun);
                *newest = begun.max(*newest);
            }
        }
    }

    /// Whether the newest answer to a write was such a refusal, or one to a question since.
    pub(super) fn refuses(&self) -> bool {
        self.known().refuses
    }

    /// Whether the server has kept another one of this type since it began to refuse this subject, as far as is known since the
    /// start of the program.
    pub(super) fn keeps_others(&self, subject: &str, resource_type: &str) -> bool {
        let known = self.known();
        let (since, kept) = (known.since.get(subject), known.kept.get(resource_type));
        since.zip(kept).is_some_and(|(since, kept)| kept > since)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `QuestionnaireResponse` of `[base]/QuestionnaireResponse/7` and of `[base]/QuestionnaireResponse?identifier=…`.
fn type_of<'u>(base: &str, url: &'u str) -> &'u str {
    let path = url.strip_prefix(base).unwrap_or(url).trim_start_matches('/');
    path.split(['/', '?']).next().unwrap_or_default()
}

/// Whether the server was asked what it keeps, and its answer leaves that open, as it will again: it refuses the question, or
/// answers so that nobody can read it. What says who asks, when, or what is there already leaves it open for now only; who may
/// not ask is among them, but a server may also forbid this one question (403).
pub(super) fn shows_nothing(attempt: &Attempt) -> bool {
    let is_refused = match attempt.status {
        Some(401 | 407 | 408 | 409 | 412 | 425 | 429) => false,
        Some(400..=499 | 501) => true,
        _ => attempt.error.as_deref().is_some_and(|error| UNREADABLE.contains(&error)),
    };
    attempt.method == "GET" && is_refused
}

/// How often in a row, and since when, a request was refused so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) times: usize,
    since: Option<Timestamp>,
}

impl Row {
    /// The row of answers to the same request as `last` that ends the attempts, oldest first, of those that `is_such`. No
    /// answer neither ends it nor counts.
    pub(super) fn ending_with(
        last: &Attempt,
        attempts: &[Attempt],
        is_such: impl Fn(&Attempt) -> bool,
    ) -> Self {
        let is_same = |one: &&Attempt| {
            (one.status.is_some() || is_such(one))
                && (&one.server, &one.method, &one.url) == (&last.server, &last.method, &last.url)
        };
        let row: Vec<_> = attempts.iter().rev().filter(is_same).take_while(|one| is_such(one)).collect();
        Self { times: row.len(), since: row.last().and_then(|first| first.at.parse().ok()) }
    }

    /// Whether it is so long that a person has to know though nothing else was kept.
    pub(super) fn is_long(&self, now: Timestamp) -> bool {
        self.times >= ENOUGH && self.since.is_some_and(|since| now.duration_since(since) >= LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(method: &str, status: Option<u16>, error: Option<&str>) -> Attempt {
        Attempt {
            method: method.to_owned(),
            status,
            error: error.map(str::to_owned),
            ..Attempt::held_back("record/a", "2026-11-21T09:00:00Z".to_owned(), "https://fhir.example/r4")
        }
    }

    #[test]
    fn what_shows_nothing_for_good_is_told_from_what_does_not_now() {
        for status in [400, 403, 404, 405, 406, 410, 414, 422, 501] {
            assert!(shows_nothing(&answer("GET", Some(status), None)), "{status}");
            assert!(!shows_nothing(&answer("POST", Some(status), None)), "{status} is no question");
        }
        for status in [200, 304, 401, 408, 409, 412, 425, 429, 500, 502, 503, 504] {
            assert!(!shows_nothing(&answer("GET", Some(status), None)), "{status}");
        }
        for error in UNREADABLE {
            assert!(shows_nothing(&answer("GET", None, Some(error))), "{error}");
        }
        for error in ["refused", "timeout", "reset", "truncated", "web-page", "held-back"] {
            assert!(!shows_nothing(&answer("GET", None, Some(error))), "{error}");
        }
    }

    #[test]
    fn no_answer_neither_ends_a_row_nor_counts_and_another_one_ends_it() {
        let (refused, away) = (answer("GET", Some(501), None), answer("GET", None, Some("timeout")));
        let (shown, long) = (answer("GET", Some(200), None), answer("GET", None, Some("too-large")));
        let of = |made: &[&Attempt]| {
            let made: Vec<_> = made.iter().map(|one| (*one).clone()).collect();
            Row::ending_with(&refused, &made, shows_nothing).times
        };
        assert_eq!(of(&[&refused, &away, &long, &refused]), 3);
        assert_eq!(of(&[&refused, &shown, &refused]), 1);
        assert_eq!(of(&[&refused, &shown]), 0);
    }
}
