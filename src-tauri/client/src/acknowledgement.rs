//! An answer whose body is of no use, and which says all the same that the server has acted.

use reqwest::Url;

use crate::error::Failure;
use crate::exchange::Exchange;
use crate::location::Location;
use crate::rest::Client;

impl Client {
    /// The answer to a create or an update of this type of which only the body is missing: too long, cut short, compressed, or
    /// of a content type that is not FHIR's. Its status line and its headers came whole, and they acknowledge the request:
    ///
    /// - the status is one of success, and
    /// - `Location` (else `Content-Location`), resolved against the request's address (RFC 9110, section 10.2.2), is
    ///   `[base]/[type]/[id]` or `[base]/[type]/[id]/_history/[version]` under this server's own base address, of the type that
    ///   was sent, and under the id that was asked for, where one was asked for (FHIR R4, `RESTful` API, "create", "update").
    ///
    /// Only who knows FHIR and this server's base writes such a header. What stands before a server and answers in its place (a
    /// captive portal, a gateway) does not: its 200 with a web page is `None`, and whether the server acted stays as unknown as
    /// it was. So does an address on another host or under another base. With a whole answer, which shows the resource itself,
    /// that is tolerated (see [`Location`]); here nothing else speaks for it, and a search costs less than a wrong belief.
    ///
    /// Whose resource the `Location` names is not decided here.
    pub fn acknowledgement(&self, failure: &Failure, resource_type: &str) -> Option<Exchange> {
        let head = failure.head.as_deref().filter(|head| (200..300).contains(&head.status))?;
        let request = &failure.request;
        let asked = match request.method {
            "POST" if request.url == format!("{}/{resource_type}", self.base_url()) => None,
            "PUT" => Some(Location::parse(&request.url, resource_type)?.id),
            _ => return None,
        };
        let named = self.named(&request.url, head.headers.location.as_deref()?, resource_type)?;
        asked.is_none_or(|asked| asked == named.id).then(|| Exchange {
            request: (**request).clone(),
            status: head.status,
            headers: head.headers.clone(),
            body: None,
            elapsed: head.elapsed,
        })
    }

    /// The resource or version under this server's base that `location`, in the answer from `address`, names.
    fn named(&self, address: &str, location: &str, resource_type: &str) -> Option<Location> {
        let base = Url::parse(self.base_url()).ok()?;
        let url = Url::parse(address).ok()?.join(location).ok()?;
        if url.origin() != base.origin() {
            return None;
        }
        let below = url.path().strip_prefix(base.path().trim_end_matches('/'))?.strip_prefix('/')?;
        let segments = below.split('/').count();
        let named = Location::parse(below, resource_type)?;
        (segments == if named.version.is_some() { 4 } else { 2 }).then_some(named)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::error::Error;
    use crate::exchange::{Head, Headers, Sent};
    use crate::rest::Options;

    const BASE: &str = "https://server.example/fhir/r4";

    /// Whether an answer with this head, and without a body that can be read, acknowledges the request.
    fn acknowledges(method: &'static str, path: &str, status: u16, location: Option<&str>) -> bool {
        let client = Client::new(BASE, Options::default()).unwrap();
        let headers = Headers { location: location.map(str::to_owned), ..Headers::default() };
        let request =
            Sent { method, url: format!("{BASE}/{path}"), conditions: Vec::new(), body_sha256: None };
        let head = Head { status, headers, elapsed: Duration::ZERO };
        let failure =
            Failure { request: Box::new(request), error: Error::WebPage, head: Some(Box::new(head)) };
        let answer = client.acknowledgement(&failure, "Basic");
        answer.is_some_and(|answer| answer.status == status && answer.body.is_none())
    }

    #[test]
    fn a_location_of_that_type_under_the_base_acknowledges() {
        let own = |path: &str| format!("{BASE}/{path}");
        for location in
            [&own("Basic/7"), &own("Basic/7/_history/1"), "/fhir/r4/Basic/7/_history/1", "Basic/7"]
        {
            assert!(acknowledges("POST", "Basic", 201, Some(location)), "{location}");
        }
        assert!(acknowledges("POST", "Basic", 200, Some(&own("Basic/7"))), "an earlier create won");
        assert!(acknowledges("PUT", "Basic/7", 200, Some(&own("Basic/7/_history/2"))));
    }

    #[test]
    fn nothing_else_does() {
        assert!(!acknowledges("POST", "Basic", 200, None), "a captive portal");
        for location in [
            "",
            "/",
            "login.html",
            "https://portal.example/fhir/r4/Basic/7/_history/1",
            "http://server.example/fhir/r4/Basic/7",
            "https://server.example:8443/fhir/r4/Basic/7",
            "https://server.example/Basic/7",
            "https://server.example/fhir/r4b/Basic/7",
            "https://server.example/fhir/r4/../Basic/7",
            "https://server.example/fhir/r4/x/Basic/7",
            "https://server.example/fhir/r4/Basic",
            "https://server.example/fhir/r4/Patient/7/_history/1",
            "https://server.example/fhir/r4/Basic/%2e%2e/_history/1",
        ] {
            assert!(!acknowledges("POST", "Basic", 201, Some(location)), "{location}");
        }
        let location = format!("{BASE}/Basic/7/_history/1");
        for status in [199, 302, 304, 404, 500] {
            assert!(!acknowledges("POST", "Basic", status, Some(&location)), "{status}");
        }
        assert!(!acknowledges("GET", "Basic/7", 200, Some(&location)), "nothing was asked to be kept");
        assert!(!acknowledges("POST", "Basic/$validate", 200, Some(&location)));
        assert!(!acknowledges("PUT", "Basic/8", 200, Some(&location)), "another one than was asked for");
    }

    #[test]
    fn without_a_head_nothing_is_acknowledged() {
        let client = Client::new(BASE, Options::default()).unwrap();
        let request =
            Sent { method: "POST", url: format!("{BASE}/Basic"), conditions: Vec::new(), body_sha256: None };
        let failure = Failure { request: Box::new(request), error: Error::ResetBeforeAnswer, head: None };
        assert!(client.acknowledgement(&failure, "Basic").is_none());
    }
}
