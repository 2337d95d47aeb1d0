//! What lists and responses say together about one certificate.

use jiff::Timestamp;

use crate::certificate::ocsp::{Known, OcspError, Status};
use crate::certificate::{Certificate, Crl, OcspResponse};
use crate::verify::time::later;

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
    /// What `values` say about `certificate`, which `issuer` issued, for a signature made at `signed_at`; values of a time
    /// after `at`, by more than clocks may differ, are not yet known. Of a response that is the time at which its status was
    /// known to be correct (`thisUpdate`, RFC 6960, section 4.2.2.1), whenever it was signed (`producedAt`).
    pub(crate) fn of(
        certificate: &Certificate,
        issuer: &Certificate,
        values: Values<'_>,
        signed_at: Timestamp,
        at: Timestamp,
    ) -> Self {
        let at = later(at);
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
            .map(|response| response.about(&certificate.der, &issuer.der, values.lists))
            .filter(|known| known.as_ref().map_or(true, |known| known.this_update <= at))
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

#[cfg(all(test, feature = "testing"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use p256::ecdsa::signature::Signer as _;
    use p256::ecdsa::{DerSignature, SigningKey};
    use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, OctetString};
    use x509_cert::der::{DateTime, Decode as _, Encode as _};

    use super::*;
    use crate::certificate::ocsp::asn1::{BasicResponse, Response, ResponseData};
    use crate::certificate::ocsp::request;
    use crate::issue::ocsp::{Currency, Register};
    use crate::testing::{DEVICE_IDENTIFIER, TestAuthority, days, key};
    use crate::{Signer as _, issue};

    /// The same response, signed at another time than that of what it says.
    fn produced(response: &[u8], at: Timestamp, by: &SigningKey) -> OcspResponse {
        let mut response = Response::from_der(response).unwrap();
        let mut bytes = response.response_bytes.take().unwrap();
        let mut basic = BasicResponse::from_der(bytes.response.as_bytes()).unwrap();
        let mut data: ResponseData = basic.tbs_response_data.decode_as().unwrap();
        let seconds = u64::try_from(at.as_second()).unwrap();
        let time = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).unwrap();
        data.produced_at = GeneralizedTime::from_date_time(time);
        let content = data.to_der().unwrap();
        let signature: DerSignature = by.sign(&content);
        basic.tbs_response_data = Any::from_der(&content).unwrap();
        basic.signature = BitString::from_bytes(signature.as_bytes()).unwrap();
        bytes.response = OctetString::new(basic.to_der().unwrap()).unwrap();
        response.response_bytes = Some(bytes);
        OcspResponse::from_der(&response.to_der().unwrap()).unwrap()
    }

    /// What a response of this day, signed on another, says on the tenth day about a signature of the first.
    fn said(this_update: i64, produced_at: i64, revoked: &[issue::Revoked]) -> Revocation {
        said_at(this_update, produced_at, revoked, days(10))
    }

    fn said_at(this_update: i64, produced_at: i64, revoked: &[issue::Revoked], at: Timestamp) -> Revocation {
        let authority = TestAuthority::new(40);
        let device = authority.signer(7, DEVICE_IDENTIFIER);
        let issuer = &authority.intermediate;
        let asked = request(device.chain().leaf_der(), issuer.certificate_der(), None).unwrap();
        let currency = Currency { this_update: days(this_update), next_update: Some(days(30)) };
        let answer = issuer.respond(&asked, &Register { issued: None, revoked }, currency).unwrap();
        let response = produced(&answer, days(produced_at), &key(41));
        let values = Values { lists: &[], responses: &[response] };
        let issuer = Certificate::from_der(issuer.certificate_der().to_vec()).unwrap();
        Revocation::of(device.chain().leaf(), &issuer, values, days(1), at)
    }

    #[test]
    fn a_response_counts_from_the_time_of_what_it_says_not_from_when_it_was_signed() {
        let good = |day| Revocation::Good { by: "the OCSP response", of: days(day) };
        assert_eq!(said(2, 2, &[]), good(2));
        // Made of what was known on the second day, and signed later.
        assert_eq!(said(2, 12, &[]), good(2));
        // Nobody knows on the second day what will be so on the twelfth.
        for produced_at in [2, 12] {
            let unknown = said(12, produced_at, &[]);
            assert!(matches!(unknown, Revocation::Unknown { code: "no-revocation-list", .. }), "{unknown:?}");
        }
        let serial = TestAuthority::new(40).signer(7, DEVICE_IDENTIFIER).chain().serial().to_vec();
        let revoked = [issue::Revoked { serial, at: days(0) }];
        assert_eq!(said(2, 12, &revoked), Revocation::Revoked { since: days(0) });
    }
    #[test]
    fn a_responder_whose_clock_is_a_little_ahead_is_understood() {
        let minutes = |minutes| days(12) - jiff::SignedDuration::from_mins(minutes);
        assert_eq!(
            said_at(12, 12, &[], minutes(4)),
            Revocation::Good { by: "the OCSP response", of: days(12) }
        );
        assert!(matches!(said_at(12, 12, &[], minutes(6)), Revocation::Unknown { .. }));
    }
}
