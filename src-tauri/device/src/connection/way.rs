//! What stands at the other end of the way to the server: the server, or the site's proxy.

use client::{Error, Place};

use super::Fault;
use crate::SiteProxy;

/// See the module.
pub(super) struct Way {
    place: Option<Place>,
    is_proxy: bool,
}

impl Way {
    pub(super) fn to(server: &str, proxy: Option<&SiteProxy>) -> Self {
        let server = Place::of(server);
        let proxy = proxy.filter(|_| server.as_ref().is_some_and(|server| !server.is_here));
        match proxy {
            Some(proxy) => Self { place: Place::of(&proxy.url), is_proxy: true },
            None => Self { place: server, is_proxy: false },
        }
    }

    /// Why there is no connection, naming what has to be put right.
    pub(super) fn fault(&self, error: &Error) -> Fault {
        let Some(Place { host, port, .. }) = &self.place else { return Fault::of(error) };
        match (error, self.is_proxy) {
            (Error::UnknownHost, false) => Fault::new(
                error.code(),
                format!(
                    "no server of the name {host} is known: check the address in the study's document, and the name \
                     service (DNS) of this device's network"
                ),
            )
            .with(host),
            (Error::Refused, false) => Fault::new(
                error.code(),
                format!(
                    "the computer {host} answers, but nothing listens on port {port}: check the port in the study's \
                     address, or whether the server runs"
                ),
            )
            .with(format_args!("{host}:{port}")),
            (Error::UnknownHost, true) => Fault::new(
                "proxy-unknown",
                format!(
                    "no proxy of the name {host} is known: check the proxy's address in the settings, and the name \
                     service (DNS) of this device's network"
                ),
            )
            .with(host),
            (Error::Refused, true) => Fault::new(
                "proxy-closed",
                format!(
                    "the computer {host} answers, but nothing listens on port {port}: check the proxy's address in the \
                     settings, or whether the proxy runs"
                ),
            )
            .with(format_args!("{host}:{port}")),
            _ => Fault::of(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_and_a_closed_port_are_named_and_a_proxys_are_its_own() {
        let proxy = SiteProxy { url: "http://proxy.example:3128".to_owned(), user: None };
        let of = |server: &str, proxy: Option<&SiteProxy>, error: &Error| Way::to(server, proxy).fault(error);
        let value = |fault: &Fault| fault.value().map(str::to_owned);
        let server = "https://fhir.example/base";
        let unknown = of(server, None, &Error::UnknownHost);
        assert_eq!((unknown.code(), value(&unknown)), ("unknown-host", Some("fhir.example".to_owned())));
        assert!(unknown.text().contains("no server of the name fhir.example is known"), "{unknown}");
        let closed = of(server, None, &Error::Refused);
        assert_eq!((closed.code(), value(&closed)), ("refused", Some("fhir.example:443".to_owned())));
        assert!(closed.text().contains("nothing listens on port 443"), "{closed}");
        assert_eq!(of(server, Some(&proxy), &Error::UnknownHost).code(), "proxy-unknown");
        let closed = of(server, Some(&proxy), &Error::Refused);
        assert_eq!((closed.code(), value(&closed)), ("proxy-closed", Some("proxy.example:3128".to_owned())));
        let here = of("http://127.0.0.1:8080/fhir", Some(&proxy), &Error::Refused);
        assert_eq!(value(&here), Some("127.0.0.1:8080".to_owned()), "no proxy reaches this computer");
        assert_eq!(
            of(server, None, &Error::Unreachable).code(),
            "unreachable",
            "and no network is another thing"
        );
    }
}
