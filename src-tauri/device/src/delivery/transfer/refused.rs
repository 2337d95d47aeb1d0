//! A refusal, and whose word it is.

use client::Exchange;

use super::{Later, Outcome, Transfer};
use crate::Error;
use crate::delivery::bare::{ENOUGH, NOT_FHIR, NOT_SHOWN, Row, shows_nothing};
use crate::store::alert::{self, Phase};
use crate::store::attempt::Attempt;
use crate::store::{attempt, outbox};

impl Transfer<'_> {
    /// What follows from the refusal that was noted last. One without a word of FHIR is tried again, until it is taken for the
    /// server's own word.
    pub(super) async fn refused(&mut self, exchange: Exchange) -> Outcome {
        if !exchange.is_bare_refusal() {
            return Outcome::refused(exchange);
        }
        // What cannot be looked up is not decided.
        if !self.is_servers_word().await.unwrap_or_default() {
            return self.later(&exchange, true);
        }
        if let Some(last) = self.attempts.last_mut() {
            last.bare = false;
        }
        Outcome::Refused { status: exchange.status, outcome: None }
    }

    /// What follows from a wait: where the server again and again does not show what it keeps, it is for a person to find out.
    /// By the same rule as a refusal without a word of FHIR: a gateway may be what does not show it.
    pub(super) async fn unless_never_shown(&self, later: Later) -> Outcome {
        let asked =
            self.attempts.last().is_some_and(|last| shows_nothing(last) && !self.asked_otherwise(last));
        // What cannot be looked up is not decided.
        if asked && self.is_for_good(shows_nothing, &later.problem).await.unwrap_or_default() {
            return Outcome::Stopped(NOT_SHOWN);
        }
        Outcome::Later(later)
    }

    async fn is_servers_word(&self) -> Result<bool, Error> {
        self.is_for_good(|one| one.bare, NOT_FHIR).await
    }

    /// Whether the last answer ends a row of such ones that is long enough. `problem` is the short name of what they say.
    async fn is_for_good(&self, is_such: impl Fn(&Attempt) -> bool, problem: &str) -> Result<bool, Error> {
        let Some(last) = self.attempts.last() else { return Ok(false) };
        let subject = self.parcel.subject.clone();
        let mut made = self.context.read(move |connection| attempt::of_subject(connection, &subject)).await?;
        made.extend_from_slice(&self.attempts);
        let row = Row::ending_with(last, &made, is_such);
        let refusals = &self.context.contact.refusals;
        if row.times >= ENOUGH && refusals.keeps_others(&self.parcel.subject, self.parcel.resource_type) {
            return Ok(true);
        }
        Ok(row.is_long((self.context.clock)().timestamp()) && self.is_next(problem).await?)
    }

    /// Whether this is the one that a person is asked about, for all that the server refuses so at this step.
    async fn is_next(&self, problem: &str) -> Result<bool, Error> {
        let phase = match self.parcel.name {
            "response" => Phase::Response,
            "provenance" => Phase::Provenance,
            "document" => Phase::Document,
            // Reports wait: nobody has to decide anything about them.
            _ => return Ok(false),
        };
        let record = self.parcel.subject.strip_prefix("record/").map(str::to_owned);
        let endpoint = self.context.endpoint().map(str::to_owned);
        let problem = problem.to_owned();
        self.context
            .read(move |connection| {
                let endpoint = endpoint.as_deref();
                // The certificate is posted by one at a time.
                if record.is_some() && outbox::oldest_with(connection, endpoint, &problem)? != record {
                    return Ok(false);
                }
                // After that: the one before this is no longer the oldest when its alert is there.
                Ok(!alert::is_open(connection, phase, endpoint)?)
            })
            .await
    }
}
