//! Refusals without a word of FHIR (ADR 55). What stands before a server, such as a gateway, answers so, and knows nothing of the
//! record: that is waited out, and staff are told once. A server may answer so too; a record that it never takes must reach a
//! person all the same.

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

/// How often in a row, and since when, a request was refused so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) times: usize,
    since: Option<Timestamp>,
}

impl Row {
    /// The row of answers to the same request as `last` that ends the attempts, oldest first. No answer neither ends it nor
    /// counts.
    pub(super) fn ending_with(last: &Attempt, attempts: &[Attempt]) -> Self {
        let is_same = |one: &&Attempt| {
            one.status.is_some()
                && (&one.server, &one.method, &one.url) == (&last.server, &last.method, &last.url)
        };
        let row: Vec<_> = attempts.iter().rev().filter(is_same).take_while(|one| one.bare).collect();
        Self { times: row.len(), since: row.last().and_then(|first| first.at.parse().ok()) }
    }

    /// Whether it is so long that a person has to know though nothing else was kept.
    pub(super) fn is_long(&self, now: Timestamp) -> bool {
        self.times >= ENOUGH && self.since.is_some_and(|since| now.duration_since(since) >= LONG)
    }
}
