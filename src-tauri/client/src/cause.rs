//! Reading the cause of a failure out of what reqwest, hyper and rustls report.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::Duration;

use rustls::{AlertDescription as Alert, CertificateError as Refused};

use crate::error::{Error, TlsProblem};

impl Error {
    /// Reads the cause out of reqwest's error before the answer's head arrived.
    pub(crate) fn before_answer(error: &reqwest::Error, connect: Duration, total: Duration) -> Self {
        if error.is_timeout() {
            return if error.is_connect() { Self::ConnectTimeout(connect) } else { Self::Timeout(total) };
        }
        // With TLS 1.3, a server refuses a client's certificate after the client thinks that all is set up.
        if let Some(problem) = tls_problem(error).filter(|problem| error.is_connect() || problem.is_ours()) {
            return Self::Tls(problem);
        }
        if error.is_connect() {
            if let Some(problem) = proxy_problem(error) {
                return Self::Proxy(problem);
            }
            if is_lookup(error) {
                return Self::of_lookup(has_way_out());
            }
            return match io_kind(error) {
                Some(
                    ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted,
                ) => Self::Refused,
                // The last when the server ended the connection instead of answering.
                Some(ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof) => {
                    Self::Tls(TlsProblem::Protocol)
                }
                _ => Self::Unreachable,
            };
        }
        if error.is_builder() {
            return Self::Invalid("the request");
        }
        if is_parse_error(error) {
            return Self::Malformed("it is not HTTP");
        }
        Self::ResetBeforeAnswer
    }

    /// Of a name that could not be looked up: without any network, nothing is known of the name.
    fn of_lookup(has_way_out: bool) -> Self {
        if has_way_out { Self::UnknownHost } else { Self::Unreachable }
    }

    /// Reads the cause out of reqwest's error while the body was read.
    pub(crate) fn during_answer(error: &reqwest::Error, total: Duration) -> Self {
        if error.is_timeout() { Self::Timeout(total) } else { Self::ResetDuringAnswer }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = StdError::source(error);
    std::iter::from_fn(move || {
        let cause = next?;
        // What an I/O error was made of is not its source, but the thing itself.
        next = match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => cause.source(),
        };
        Some(cause)
    })
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind).last()
}

/// hyper-util says that it was the lookup in its text alone; what the operating system says is in the system's language.
fn is_lookup(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string() == "dns error")
}

/// Whether there is a way to anywhere else. Nothing is sent: a datagram socket that is connected only asks the routing table, here
/// for addresses that are reserved for documentation (RFC 5737, RFC 3849).
fn has_way_out() -> bool {
    let four = || UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?.connect((Ipv4Addr::new(192, 0, 2, 1), 9));
    let six = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    let six = || UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?.connect((six, 9));
    four().is_ok() || six().is_ok()
}

/// hyper keeps its parse errors to itself; its text is the only thing that tells them from a reset.
fn is_parse_error(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string();
        text.starts_with("invalid HTTP") || text.starts_with("message head is too large")
    })
}

/// hyper-util keeps these to itself as well.
fn proxy_problem(error: &reqwest::Error) -> Option<&'static str> {
    let text = causes(error).map(ToString::to_string).find(|text| text.starts_with("tunnel error: "))?;
    Some(if text.contains("proxy authorization required") {
        "it asks for a user name and password that it accepts"
    } else {
        "it does not let this device through to the server"
    })
}

fn tls_problem(error: &reqwest::Error) -> Option<TlsProblem> {
    use rustls::Error as Tls;
    let refused = match causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>())? {
        Tls::InvalidCertificate(refused) => refused,
        Tls::AlertReceived(alert) if is_about_certificate(*alert) => return Some(TlsProblem::OurCertificate),
        Tls::General(_) => return Some(TlsProblem::OurKey),
        _ => return Some(TlsProblem::Protocol),
    };
    Some(match refused {
        Refused::NotValidForName | Refused::NotValidForNameContext { .. } => TlsProblem::OtherHost,
        Refused::Expired | Refused::ExpiredContext { .. } => TlsProblem::Expired,
        Refused::NotValidYet | Refused::NotValidYetContext { .. } => TlsProblem::NotYetValid,
        Refused::Revoked => TlsProblem::Revoked,
        _ => TlsProblem::Untrusted,
    })
}

/// Alerts by which a server refuses a client's certificate, or the lack of one (RFC 8446, section 6.2).
fn is_about_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::NoCertificate
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_unknown_name_is_told_from_no_network() {
        assert_eq!(Error::of_lookup(true), Error::UnknownHost);
        assert_eq!(Error::of_lookup(false), Error::Unreachable);
    }

    #[tokio::test]
    async fn what_cannot_be_looked_up_is_known_as_that() {
        // A name that nobody has (RFC 6761).
        let asked =
            reqwest::Client::builder().no_proxy().build().unwrap().get("http://attesta.invalid/").send();
        assert!(is_lookup(&asked.await.unwrap_err()));
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let asked =
            reqwest::Client::builder().no_proxy().build().unwrap().get(format!("http://{free}/")).send();
        assert!(!is_lookup(&asked.await.unwrap_err()), "nothing listens there, and no name was looked up");
    }
}
