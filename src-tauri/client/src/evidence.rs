//! Fetching what makes evidence: time stamps (RFC 3161, section 3.4), OCSP responses (RFC 6960, appendix A) and revocation
//! lists (RFC 2585, section 3).
//!
//! What comes back is bytes that prove themselves, or do not: `seal` reads them. So these addresses may be `http:`, as
//! those in certificates are. One call is one request: nothing is sent again, no redirect is followed.

use std::fmt;
use std::time::Duration;

use reqwest::header::{self, HeaderValue};
use reqwest::{RequestBuilder, Url};

use crate::address::is_loopback;
use crate::answer::body;
use crate::error::Error;
use crate::rest::Options;
use crate::transport::Transport;

/// Time allowed for the connection.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Time allowed from the connection to the answer's last octet.
const TIME: Duration = Duration::from_secs(30);
/// With every certificate inside, a time stamp or a response has some kilobytes.
const LARGEST_ANSWER: usize = 128 * 1024;
/// Large authorities' lists have some megabytes.
const LARGEST_LIST: usize = 32 * 1024 * 1024;

/// Whom something was asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Who says when something existed.
    TimeStampAuthority,
    /// Who says whether a certificate was revoked.
    OcspResponder,
    /// Where an authority publishes its revocation list.
    ListPublisher,
}

/// Why nothing was fetched. The texts name no address and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The configured address cannot be used.
    #[error("the address of {peer} cannot be used: {reason}; correct it in the study's configuration")]
    Address {
        /// Whose address.
        peer: Peer,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No whole answer came back.
    #[error("{peer} gave no answer ({}); it is asked again later", error.code())]
    NoAnswer {
        /// Who.
        peer: Peer,
        /// Why.
        #[source]
        error: Error,
    },
    /// The answer is not one of success. A redirect is none: it could lead anywhere.
    #[error("{peer} answered with the HTTP status {status}; check its address, and ask again later")]
    Status {
        /// Who.
        peer: Peer,
        /// The status.
        status: u16,
    },
    /// Something else than evidence answers at the address.
    #[error("{peer} answered with another media type than {expected}; check its address")]
    MediaType {
        /// Who.
        peer: Peer,
        /// What it should have answered with.
        expected: &'static str,
    },
}

impl Problem {
    /// A short stable name, for records and for the page's own texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::NoAnswer { error, .. } => error.code(),
            Self::Status { .. } => "status",
            Self::MediaType { .. } => "media-type",
        }
    }
}

/// What fetches. To be made once: making it reads the platform's trust store.
#[derive(Clone)]
pub struct Fetcher {
    /// For addresses on this computer, which no proxy reaches.
    here: reqwest::Client,
    elsewhere: reqwest::Client,
}

impl Fetcher {
    /// # Errors
    /// [`Error::Settings`] when the platform's trust store cannot be read.
    pub fn new() -> Result<Self, Error> {
        Self::over(&Transport::default())
    }

    /// What fetches over this way.
    ///
    /// # Errors
    /// As for [`Fetcher::new`].
    pub fn over(transport: &Transport) -> Result<Self, Error> {
        let options = Options { connect_timeout: CONNECT_TIME, timeout: TIME, ..Options::default() };
        Ok(Self { here: transport.http(true, &options)?, elsewhere: transport.http(false, &options)? })
    }

    /// Sends a `TimeStampReq` to the authority at `url`; its `TimeStampResp`, both DER.
    ///
    /// # Errors
    /// [`Problem`] when no answer of the right kind came back.
    pub async fn time_stamp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Problem> {
        let asked = Asked {
            peer: Peer::TimeStampAuthority,
            query: Some("application/timestamp-query"),
            expected: &["application/timestamp-reply"],
            limit: LARGEST_ANSWER,
        };
        asked.fetch(self, url, Some(request)).await
    }

    /// Sends an `OCSPRequest` to the responder at `url`; its `OCSPResponse`, both DER.
    ///
    /// # Errors
    /// [`Problem`] when no answer of the right kind came back.
    pub async fn ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Problem> {
        let asked = Asked {
            peer: Peer::OcspResponder,
            query: Some("application/ocsp-request"),
            expected: &["application/ocsp-response"],
            limit: LARGEST_ANSWER,
        };
        asked.fetch(self, url, Some(request)).await
    }

    /// The revocation list at `url`, DER or PEM as it is published.
    ///
    /// # Errors
    /// [`Problem`] when no answer of the right kind came back.
    pub async fn crl(&self, url: &str) -> Result<Vec<u8>, Problem> {
        let asked = Asked {
            peer: Peer::ListPublisher,
            query: None,
            // Publishers do not all know the type that RFC 2585 gives it; a list proves itself, whatever it is called.
            expected: &[
                "application/pkix-crl",
                "application/pkcs7-crl",
                "application/x-pkcs7-crl",
                "application/x-pem-file",
                "application/octet-stream",
                "text/plain",
            ],
            limit: LARGEST_LIST,
        };
        asked.fetch(self, url, None).await
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetcher")
    }
}

/// One kind of question.
struct Asked {
    peer: Peer,
    /// The media type of what is sent.
    query: Option<&'static str>,
    /// The media types of an answer, the proper one first.
    expected: &'static [&'static str],
    limit: usize,
}

impl Asked {
    async fn fetch(&self, fetcher: &Fetcher, url: &str, request: Option<&[u8]>) -> Result<Vec<u8>, Problem> {
        let no_answer = |error| Problem::NoAnswer { peer: self.peer, error };
        let prepared = self.prepare(fetcher, url, request)?;
        let response = prepared
            .send()
            .await
            .map_err(|error| no_answer(Error::before_answer(&error, CONNECT_TIME, TIME)))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Problem::Status { peer: self.peer, status });
        }
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !self.expected.iter().any(|expected| expected.eq_ignore_ascii_case(media_type)) {
            let expected = self.expected.first().copied().unwrap_or_default();
            return Err(Problem::MediaType { peer: self.peer, expected });
        }
        body(response, self.limit, TIME).await.map_err(no_answer)
    }

    fn prepare(
        &self,
        fetcher: &Fetcher,
        url: &str,
        request: Option<&[u8]>,
    ) -> Result<RequestBuilder, Problem> {
        let url = checked(url).map_err(|reason| Problem::Address { peer: self.peer, reason })?;
        let http = if is_loopback(&url) { &fetcher.here } else { &fetcher.elsewhere };
        let accepted = self.expected.first().copied().unwrap_or_default();
        Ok(match (request, self.query) {
            (Some(request), Some(query)) => http
                .post(url)
                .header(header::CONTENT_TYPE, HeaderValue::from_static(query))
                .header(header::ACCEPT, HeaderValue::from_static(accepted))
                .body(request.to_vec()),
            _ => http.get(url),
        })
    }
}

/// What is wrong with an address from which evidence is to be fetched; `None` where it can be asked.
pub fn wrong_address(url: &str) -> Option<&'static str> {
    checked(url).err()
}

fn checked(url: &str) -> Result<Url, &'static str> {
    let url = Url::parse(url).map_err(|_| "it is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it is not a web address");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a user name or password");
    }
    Ok(url)
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimeStampAuthority => "the time stamp authority",
            Self::OcspResponder => "the OCSP responder",
            Self::ListPublisher => "the publisher of the revocation list",
        })
    }
}
