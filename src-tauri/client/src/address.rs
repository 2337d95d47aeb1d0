//! Addresses that may be asked.

use reqwest::Url;

use crate::error::Error;

/// What is wrong with the base address of a server or a ledger; `None` where it can be asked.
pub fn wrong_base(base: &str) -> Option<&'static str> {
    match checked_base(base) {
        Err(Error::Base(reason)) => Some(reason),
        _ => None,
    }
}

/// Whether two base addresses name one server, however each is written: the same host, port and path.
pub fn is_same_server(one: &str, other: &str) -> bool {
    let place = |base: &str| {
        let url = Url::parse(base).ok()?;
        Some((url.host_str()?.to_owned(), url.port(), url.path().trim_end_matches('/').to_owned()))
    };
    place(one).is_some_and(|one| place(other) == Some(one))
}

/// A base address that may be asked; see [`crate::Client::new`].
pub(crate) fn checked_base(base: &str) -> Result<Url, Error> {
    let mut base = Url::parse(base).map_err(|_| Error::Base("it is not a URL"))?;
    match base.scheme() {
        "https" => {}
        "http" if is_loopback(&base) => {}
        "http" => return Err(Error::Base("it is not encrypted (https)")),
        _ => return Err(Error::Base("it is not a web address")),
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err(Error::Base("it carries a user name or password"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(Error::Base("it carries a query or a fragment"));
    }
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty();
    }
    Ok(base)
}

pub(crate) fn is_loopback(base: &Url) -> bool {
    // `Url` writes an IPv6 host in brackets.
    let host = base.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What answers, or should, at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name, or its number on the network.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it is this computer, which no proxy reaches.
    pub is_here: bool,
}

impl Place {
    /// That of an address with a scheme whose usual port is known.
    pub fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
        Some(Self { host, port, is_here: is_loopback(&url) })
    }
}
