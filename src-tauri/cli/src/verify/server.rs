//! A resource as a server has it, with what the server has to say about its signatures.
//!
//! Nothing that comes from a server is trusted: it is verified as a file is.

use std::sync::Mutex;

use client::bundle::Page;
use client::{Client, Exchange, Failure, Options, is_id};
use fhir::{Value, Version};
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::outcome::printable;

/// Provenances of one resource; a server that has more is not answering the question.
const MOST_PROVENANCES: usize = 1_000;
/// Pages of a search.
const MOST_PAGES: usize = 100;

/// A FHIR server to ask.
pub(super) struct Server {
    base: String,
    /// The release that was named; otherwise the server is asked for its own.
    named: Option<Version>,
    /// What is known of it after the first question; held by whoever asks.
    asked: Mutex<Asked>,
}

struct Asked {
    runtime: Runtime,
    /// Reads XML by the server's own release.
    client: Client,
    /// How the release is known; `None` before it is.
    release: Option<String>,
}

/// What the server has.
pub(super) struct Found {
    pub(super) resource: Value,
    pub(super) provenances: Vec<Value>,
    pub(super) notes: Vec<String>,
}

/// A reference, in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'r> {
    kind: &'r str,
    id: &'r str,
    version: Option<&'r str>,
}

impl Server {
    /// The server at `base`, which speaks the release `named`, or the one that its CapabilityStatement says.
    ///
    /// # Errors
    /// [`Error::Server`] for an address that cannot be used.
    pub(super) fn new(base: &str, named: Option<Version>) -> Result<Self, Error> {
        // The address is not repeated: somebody may have put a password into it.
        let failed = |reason: String| Error::Server { what: "--server".to_owned(), reason };
        let client = client(base, named.unwrap_or(Version::R4)).map_err(|error| failed(error.to_string()))?;
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.to_string()))?;
        let base = client.base_url().to_owned();
        Ok(Self { base, named, asked: Mutex::new(Asked { runtime, client, release: None }) })
    }

    /// Reads `reference` (`Type/id`, or `Type/id/_history/version`) and searches the Provenances that speak for it.
    ///
    /// # Errors
    /// [`Error::Server`] with what to do, when the server cannot be reached or does not have it.
    pub(super) fn fetch(&self, reference: &str) -> Result<Found, Error> {
        let failed = |reason: String| Error::Server { what: printable(reference), reason };
        let own = Reference::parse(reference, &self.base).ok_or_else(|| {
            failed(
                "write it as QuestionnaireResponse/123, or QuestionnaireResponse/123/_history/2".to_owned(),
            )
        })?;
        let mut asked = self.asked.lock().map_err(|_| failed("an earlier request failed".to_owned()))?;
        let Asked { runtime, client, release } = &mut *asked;
        if release.is_none() {
            let known = runtime.block_on(self.release(client)).map_err(failed)?;
            *release = Some(known);
        }
        let mut found = runtime.block_on(Asking { client }.ask(&own)).map_err(failed)?;
        found.notes.extend(release.clone());
        Ok(found)
    }

    /// Finds out which release the server speaks, and how that is known. XML cannot be read without; JSON says the same in
    /// every release.
    async fn release(&self, client: &mut Client) -> Result<String, String> {
        if let Some(named) = self.named {
            return Ok(format!("The server was asked in FHIR {}, as named.", named.number()));
        }
        // A statement in XML is readable in its own release alone.
        for version in [Version::R4, Version::R5] {
            let asked = self::client(&self.base, version).map_err(|error| reason(&error))?;
            let exchange = asked.metadata().await.map_err(|failure| reason(&failure.error))?;
            let statement = Some(exchange).filter(|exchange| exchange.status == 200);
            let statement = statement.and_then(|exchange| exchange.resource().ok().flatten());
            let Some(number) = statement.as_ref().and_then(|statement| statement.str("fhirVersion")) else {
                continue;
            };
            let spoken = match number.split('.').next() {
                // 4.3 (R4B) has the same resources where it matters here.
                Some("4") => Version::R4,
                Some("5") => Version::R5,
                _ => {
                    let number = printable(number);
                    return Err(format!(
                        "the server speaks FHIR {number}, and 4.0.1 and 5.0.0 are understood here; save the resource and \
                         its Provenances as JSON, and verify the files"
                    ));
                }
            };
            *client = self::client(&self.base, spoken).map_err(|error| reason(&error))?;
            return Ok(format!("The server speaks FHIR {}, by its CapabilityStatement.", printable(number)));
        }
        Ok("The server does not say which release of FHIR it speaks (CapabilityStatement); XML was read as R4. Name another \
            with --fhir."
            .to_owned())
    }
}

/// A client that reads XML by this release.
fn client(base: &str, version: Version) -> Result<Client, client::Error> {
    Client::new(base, Options { version, ..Options::default() })
}

/// Questions in the server's own release.
struct Asking<'c> {
    client: &'c Client,
}

impl Asking<'_> {
    async fn ask(&self, own: &Reference<'_>) -> Result<Found, String> {
        let exchange = match own.version {
            Some(version) => self.client.vread(own.kind, own.id, version).await,
            None => self.client.read(own.kind, own.id).await,
        };
        let resource = body(exchange)?;
        if resource.resource_type() != Some(own.kind) || resource.str("id") != Some(own.id) {
            return Err("the server answered with another resource; tell whoever runs it".to_owned());
        }
        let target = format!("{}/{}", own.kind, own.id);
        let provenances = self.provenances(&target).await?;
        let notes = vec![format!(
            "Read from {}; the server has {} Provenances for it.",
            self.client.base_url(),
            provenances.len()
        )];
        Ok(Found { resource, provenances, notes })
    }

    async fn provenances(&self, target: &str) -> Result<Vec<Value>, String> {
        let mut found = Vec::new();
        let mut allowance = self.client.allowance();
        let mut answer = self.client.search("Provenance", &[("target", target)]).await;
        for _ in 0..MOST_PAGES {
            if let Ok(exchange) = &answer {
                allowance.take(exchange).map_err(|error| reason(&error))?;
            }
            let page = body(answer)?;
            let page = Page::parse(&page).map_err(|error| error.to_string())?;
            found.extend(page.matches);
            if found.len() > MOST_PROVENANCES {
                return Err(format!("the server has more than {MOST_PROVENANCES} Provenances for it"));
            }
            match page.next {
                Some(next) => answer = self.client.next_page(&next).await,
                None => return Ok(found),
            }
        }
        Err(format!("the server's search has more than {MOST_PAGES} pages"))
    }
}

/// The resource in an answer, or why there is none and what to do.
fn body(answer: Result<Exchange, Failure>) -> Result<Value, String> {
    let exchange = answer.map_err(|failure| reason(&failure.error))?;
    match exchange.status {
        200 => {}
        401 | 403 => {
            return Err(
                "the server asks for a sign-in; save the resource and its Provenances, and verify the files"
                    .to_owned(),
            );
        }
        404 => return Err("the server does not have it; check the address, type, id and version".to_owned()),
        410 => {
            return Err("it was deleted; earlier versions may be there (Type/id/_history/version)".to_owned());
        }
        status => return Err(format!("the server answered with HTTP status {status}; try again later")),
    }
    match exchange.resource() {
        Ok(Some(resource)) => Ok(resource),
        Ok(None) | Err(_) => {
            Err("the answer is not FHIR JSON; check that the address is the server's FHIR base".to_owned())
        }
    }
}

/// The client speaks to somebody who sends; here nothing is sent again.
fn reason(error: &client::Error) -> String {
    match error {
        client::Error::Refused => {
            "the server refused the connection; check the address and the port".to_owned()
        }
        client::Error::Redirected => {
            "the server sends on to another address; find out its FHIR base, and name that with --server"
                .to_owned()
        }
        client::Error::MediaType => {
            "the answer is not FHIR JSON; check that the address is the server's FHIR base".to_owned()
        }
        client::Error::Malformed(_) => {
            "the answer is not FHIR over HTTP; check that the address is the server's FHIR base".to_owned()
        }
        client::Error::ResetBeforeAnswer | client::Error::ResetDuringAnswer => {
            "the connection ended before the answer was complete; try again".to_owned()
        }
        client::Error::Timeout(_) => "the server did not answer in time; try again".to_owned(),
        other => other.to_string(),
    }
}

impl<'r> Reference<'r> {
    /// Reads a reference, relative or below `base`.
    fn parse(text: &'r str, base: &str) -> Option<Self> {
        let relative = match text.strip_prefix(base) {
            Some(rest) => rest.strip_prefix('/')?,
            None => text,
        };
        let parts: Vec<&str> = relative.split('/').collect();
        let (kind, id, version) = match parts.as_slice() {
            [kind, id] => (*kind, *id, None),
            [kind, id, "_history", version] => (*kind, *id, Some(*version)),
            _ => return None,
        };
        let named = kind.starts_with(|first: char| first.is_ascii_uppercase())
            && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        (named && is_id(id) && version.is_none_or(is_id)).then_some(Self { kind, id, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_relative_or_below_the_server_s_own_address() {
        let base = "https://server.example/fhir";
        let expected = |version| Some(Reference { kind: "QuestionnaireResponse", id: "12", version });
        assert_eq!(Reference::parse("QuestionnaireResponse/12", base), expected(None));
        assert_eq!(Reference::parse("QuestionnaireResponse/12/_history/3", base), expected(Some("3")));
        let absolute = format!("{base}/QuestionnaireResponse/12");
        assert_eq!(Reference::parse(&absolute, base), expected(None));
        for other in [
            "https://other.example/fhir/QuestionnaireResponse/12",
            "QuestionnaireResponse",
            "QuestionnaireResponse/",
            "questionnaireresponse/12",
            "QuestionnaireResponse/12/_history/",
            "QuestionnaireResponse/12/$meta",
            "../QuestionnaireResponse/12",
            "QuestionnaireResponse/1?2",
        ] {
            assert_eq!(Reference::parse(other, base), None, "{other}");
        }
    }
}
