//! What can go wrong between sending a request and holding its whole answer.

use std::time::Duration;

use crate::authentication::AccessProblem;
use crate::exchange::{Head, Sent};

/// Why no [`crate::Exchange`] came of a request. The texts name no address, no identifier and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The configured address cannot be used.
    #[error("the server address cannot be used: {0}; correct it in the connection settings")]
    Base(&'static str),
    /// A resource type, id or version that FHIR does not allow (it may have come from the server).
    #[error("{0} is not one that FHIR allows; the request was not sent")]
    Invalid(&'static str),
    /// Nothing listens at the address.
    #[error("the server refused the connection; it is sent again when the server is back")]
    Refused,
    /// The network knows no address for the server's name.
    #[error(
        "no server of this name is known; check its address, and the name service (DNS) of this device's network"
    )]
    UnknownHost,
    /// The network has no way to the server.
    #[error("the server cannot be reached; check the network connection")]
    Unreachable,
    /// The TLS session could not be set up.
    #[error("no secure connection to the server: {0}")]
    Tls(TlsProblem),
    /// The proxy did not let the request through.
    #[error("the proxy refuses: {0}; check the proxy in the connection settings")]
    Proxy(&'static str),
    /// There is no access token, so nothing was sent.
    #[error(transparent)]
    Access(AccessProblem),
    /// What the configuration says about the connection cannot be used.
    #[error("the connection settings cannot be used: {0}")]
    Settings(&'static str),
    /// The connection ended after the request was started and before an answer began.
    #[error("the connection ended before the server answered; whether it acted is looked up")]
    ResetBeforeAnswer,
    /// The connection ended within the answer.
    #[error("the connection ended within the server's answer; whether it acted is looked up")]
    ResetDuringAnswer,
    /// No connection within the time allowed.
    #[error("no connection to the server within {} s", .0.as_secs())]
    ConnectTimeout(Duration),
    /// No whole answer within the time allowed.
    #[error("no answer from the server within {} s; whether it acted is looked up", .0.as_secs())]
    Timeout(Duration),
    /// The answer is longer than allowed.
    #[error("the server's answer is longer than {0} octets and was not read")]
    TooLarge(usize),
    /// The server sends on to another address. Redirects are never followed.
    #[error(
        "the server sends on to another address, which is not followed; find out its FHIR base and correct the address, \
         or open a web browser: the network may ask for a sign-in first"
    )]
    Redirected,
    /// A web page came instead of FHIR: usually the sign-in page of a network (a captive portal), or a wrong address.
    #[error(
        "a web page came instead of the server's answer; the network may ask for a sign-in first (open a web browser), or \
         the address is not the server's FHIR base"
    )]
    WebPage,
    /// The answer says that it is something else than FHIR.
    #[error("the server's answer is neither FHIR JSON nor FHIR XML; check that the address is its FHIR base")]
    MediaType,
    /// The answer is compressed, which was not asked for: what it would grow to is not known.
    #[error("the server's answer is compressed although that was not asked for, and was not read")]
    Compressed,
    /// The answer is not HTTP, not FHIR JSON, or not the resource that it has to be.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(&'static str),
}

/// Why TLS could not be set up (RFC 8446, section 4.4.2; RFC 9525 for names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// The certificate is for another host than the one that was asked.
    #[error(
        "its certificate is for another host; check the address, and whether the network asks for a sign-in first"
    )]
    OtherHost,
    /// The certificate has ended.
    #[error("its certificate has expired; check this device's clock, then tell whoever runs the server")]
    Expired,
    /// The certificate has not begun.
    #[error("its certificate is not valid yet; check this device's clock, then tell whoever runs the server")]
    NotYetValid,
    /// The certificate was revoked.
    #[error("its certificate was revoked; tell whoever runs the server")]
    Revoked,
    /// The certificate does not lead to an authority that is trusted.
    #[error(
        "its certificate does not lead to an authority that is trusted here; tell the site's technician, and do not \
         go on"
    )]
    Untrusted,
    /// It speaks no TLS, or an old one.
    #[error("it does not speak TLS 1.2 or newer; check address and port, and tell whoever runs the server")]
    Protocol,
    /// It asks for a certificate of this device, or does not accept the one that it was shown.
    #[error(
        "it does not accept this device's certificate, or asks for one; renew the authentication certificate, or \
         have it registered"
    )]
    OurCertificate,
    /// The key of this device's certificate did not sign.
    #[error("this device's own authentication key could not be used; enrol the device again")]
    OurKey,
}

impl TlsProblem {
    /// Whether it is about this device's certificate and not the server's.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::OurCertificate | Self::OurKey)
    }

    /// A short stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherHost => "tls-other-host",
            Self::Expired => "tls-expired",
            Self::NotYetValid => "tls-not-yet-valid",
            Self::Revoked => "tls-revoked",
            Self::Untrusted => "tls-untrusted",
            Self::Protocol => "tls",
            Self::OurCertificate => "tls-our-certificate",
            Self::OurKey => "tls-our-key",
        }
    }
}

/// How far a failed request got. Decides whether the server has to be asked before anything is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It never left: the server cannot have acted.
    NotSent,
    /// It left at least in part: the server may have acted.
    Unknown,
}

impl Error {
    /// Whether the server may have acted on the request.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Base(_)
            | Self::Invalid(_)
            | Self::Refused
            | Self::UnknownHost
            | Self::Unreachable
            | Self::Tls(_)
            | Self::Proxy(_)
            | Self::Access(_)
            | Self::Settings(_)
            | Self::ConnectTimeout(_) => Reach::NotSent,
            Self::ResetBeforeAnswer
            | Self::ResetDuringAnswer
            | Self::Timeout(_)
            | Self::TooLarge(_)
            | Self::Redirected
            | Self::WebPage
            | Self::MediaType
            | Self::Compressed
            | Self::Malformed(_) => Reach::Unknown,
        }
    }

    /// Whether this device is not let in until a person has done something.
    pub fn is_unauthorised(&self) -> bool {
        match self {
            Self::Access(problem) => problem.is_refusal(),
            Self::Tls(problem) => problem.is_ours(),
            _ => false,
        }
    }

    /// Whether it is the server that cannot be reached, or the one that gives its tokens: what waits for that is due once it
    /// answers again.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Refused
            | Self::UnknownHost
            | Self::Unreachable
            | Self::ConnectTimeout(_)
            | Self::Tls(_)
            | Self::Proxy(_)
            | Self::Redirected
            | Self::WebPage => true,
            Self::Access(problem) => !problem.is_refusal(),
            _ => false,
        }
    }

    /// The [`Error::code`] of everything that [`Error::is_away`].
    pub const AWAY: [&str; 16] = [
        "refused",
        "unknown-host",
        "unreachable",
        // Also of a server that is there and slow.
        "timeout",
        "proxy",
        "redirected",
        "web-page",
        "token-unreachable",
        "tls",
        "tls-other-host",
        "tls-expired",
        "tls-not-yet-valid",
        "tls-revoked",
        "tls-untrusted",
        "tls-our-certificate",
        "tls-our-key",
    ];

    /// A short stable name, for records and for the page's own texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Base(_) => "address",
            Self::Invalid(_) => "invalid-request",
            Self::Refused => "refused",
            Self::UnknownHost => "unknown-host",
            Self::Unreachable => "unreachable",
            Self::Tls(problem) => problem.code(),
            Self::Proxy(_) => "proxy",
            Self::Access(problem) => problem.code(),
            Self::Settings(_) => "connection-settings",
            Self::ResetBeforeAnswer => "reset",
            Self::ResetDuringAnswer => "truncated",
            Self::ConnectTimeout(_) | Self::Timeout(_) => "timeout",
            Self::TooLarge(_) => "too-large",
            Self::Redirected => "redirected",
            Self::WebPage => "web-page",
            Self::MediaType => "media-type",
            Self::Compressed => "compressed",
            Self::Malformed(_) => "malformed",
        }
    }
}

/// A request that brought no whole answer: what was sent, and why there is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What was sent, or would have been.
    pub request: Box<Sent>,
    /// Why there is no answer.
    #[source]
    pub error: Error,
    /// The status line and headers, where those came whole: the body was cut short, or refused unread.
    pub head: Option<Box<Head>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_away_has_its_codes_in_one_list() {
        use TlsProblem::{
            Expired, NotYetValid, OtherHost, OurCertificate, OurKey, Protocol, Revoked, Untrusted,
        };
        let tls = [OtherHost, Expired, NotYetValid, Revoked, Untrusted, Protocol, OurCertificate, OurKey];
        let others = [
            Error::Refused,
            Error::UnknownHost,
            Error::Unreachable,
            Error::ConnectTimeout(Duration::ZERO),
            Error::Proxy(""),
            Error::Redirected,
            Error::WebPage,
            Error::Access(AccessProblem::Unavailable(Box::new(Error::Timeout(Duration::ZERO)))),
            Error::Access(AccessProblem::Answer("")),
        ];
        let mut codes: Vec<_> = tls
            .map(Error::Tls)
            .iter()
            .chain(&others)
            .map(|error| {
                assert!(error.is_away(), "{error:?}");
                error.code()
            })
            .collect();
        let mut known = Error::AWAY;
        codes.sort_unstable();
        codes.dedup();
        known.sort_unstable();
        assert_eq!(codes, known);
        for refusal in [AccessProblem::ClientRefused, AccessProblem::Missing, AccessProblem::Refused(400)] {
            assert!(!Error::Access(refusal).is_away(), "a person has to do something");
        }
        assert!(!Error::ResetBeforeAnswer.is_away() && !Error::Timeout(Duration::ZERO).is_away());
    }
}
