//! What lists and responses say together about one certificate.

use jiff::Timestamp;

use crate::certificate::ocsp::{Known, OcspError, Status};
use crate::certificate::{Certificate, Crl, OcspResponse};

/// Revocation values, from anywhere: each is signed by the authority that it speaks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Values<'a> {
    pub(crate) lists: &'a [Crl],
    pub(crate) responses: &'a [OcspResponse],
}

/// What the values say about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// Not revoked, by a value (`the list`, `the OCSP response`) of this time.
    Good { by: &'static str, of: Timestamp },
    /// Revoked, or its key held to be unsafe, since this time.
    Revoked { since: Timestamp },
    /// No value can tell.
    Unknown { code: &'static str, reason: String },
}

impl Revocation {
    /// What `values` say about `certificate`, which `issuer` issued, for a signature made at `signed_at`; values from
    /// after `at` are not yet known.
    pub(crate) fn of(
        certificate: &Certificate,
        issuer: &Certificate,
        values: Values<'_>,
        signed_at: Timestamp,
        at: Timestamp,
    ) -> Self {
        let by_lists = Self::by_lists(certificate, issuer, values.lists, signed_at, at);
        let by_responses = Self::by_responses(certificate, issuer, values, signed_at, at);
        by_lists.and(by_responses)
    }

    /// What lists alone say.
    pub(super) fn by_lists(
        certificate: &Certificate,
        issuer: &Certificate,
        lists: &[Crl],
        signed_at: Timestamp,
        at: Timestamp,
    ) -> Self {
        let lists: Vec<_> =
            lists.iter().filter(|list| list.this_update() <= at && list.is_by(issuer)).collect();
        if let Some(since) = lists.iter().filter_map(|list| list.revoked_since(&certificate.serial)).min() {
            return Self::Revoked { since };
        }
        let newest = lists
            .iter()
            .filter(|list| list.speaks_for(certificate, signed_at))
            .map(|list| list.this_update())
            .max();
        match newest {
            Some(of) => Self::Good { by: "the list", of },
            None if lists.is_empty() => Self::Unknown {
                code: "no-revocation-list",
                reason: format!("no revocation list made by {} came with the record", issuer.subject),
            },
            None => Self::Unknown {
                code: "revocation-stale",
                reason: format!("no revocation list of {} covers the time of the signature", issuer.subject),
            },
        }
    }

    fn by_responses(
        certificate: &Certificate,
        issuer: &Certificate,
        values: Values<'_>,
        signed_at: Timestamp,
        at: Timestamp,
    ) -> Self {
        let known = values
            .responses
            .iter()
            .filter(|response| response.produced_at() <= at)
            .map(|response| response.about(&certificate.der, &issuer.der, values.lists))
            // A response about the other certificates of the path is nothing to wonder about.
            .filter(|known| *known != Err(OcspError::OtherCertificate));
        let none = Self::Unknown { code: "no-revocation-list", reason: String::new() };
        known.fold(none, |before, known| before.and(Self::by_response(certificate, known, signed_at)))
    }

    fn by_response(certificate: &Certificate, known: Result<Known, OcspError>, signed_at: Timestamp) -> Self {
        let subject = &certificate.subject;
        match known {
            Ok(Known { status: Status::Revoked { at, .. }, .. }) => Self::Revoked { since: at },
            Ok(Known { status: Status::Unknown, this_update, .. }) => Self::Unknown {
                code: "revocation-unknown",
                reason: format!("the OCSP responder did not know {subject} at {this_update}"),
            },
            Ok(known) if known.speaks_for(certificate, signed_at) => {
                Self::Good { by: "the OCSP response", of: known.this_update }
            }
            Ok(Known { this_update, .. }) => Self::Unknown {
                code: "revocation-stale",
                reason: format!(
                    "the OCSP response of {this_update} about {subject} does not cover the time of the signature"
                ),
            },
            Err(error) => Self::Unknown { code: error.code(), reason: format!("{subject}: {error}") },
        }
    }

    /// Both together: one revocation is enough, one good value makes up for those that say nothing.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Revoked { since: one }, Self::Revoked { since: other }) => {
                Self::Revoked { since: one.min(other) }
            }
            (revoked @ Self::Revoked { .. }, _) | (_, revoked @ Self::Revoked { .. }) => revoked,
            (Self::Good { of: one, .. }, newer @ Self::Good { of, .. }) if of > one => newer,
            (good @ Self::Good { .. }, _) | (_, good @ Self::Good { .. }) => good,
            (one, Self::Unknown { code: "no-revocation-list", .. }) => one,
            (Self::Unknown { code: "no-revocation-list", .. }, other) => other,
            (Self::Unknown { code, reason: one }, Self::Unknown { reason: other, .. }) => {
                Self::Unknown { code, reason: format!("{one}; {other}") }
            }
        }
    }
}

impl Known {
    /// Whether the answer means that `certificate` was not revoked at `signed_at`: it was in force then or was given
    /// later, and was given before the certificate expired (responders may forget those).
    fn speaks_for(&self, certificate: &Certificate, signed_at: Timestamp) -> bool {
        self.this_update <= certificate.not_after
            && self.next_update.unwrap_or(self.this_update).max(self.this_update) >= signed_at
    }
}
