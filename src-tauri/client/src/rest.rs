//! Sending one request and reading its whole answer.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, Request, Response, Url};
use sha2::{Digest, Sha256};

use crate::address::{checked_base, is_loopback};
use crate::answer;
use crate::authentication::Authentication;
use crate::bundle::Page;
use crate::error::{Error, Failure};
use crate::exchange::{Exchange, Head, Headers, RetryAfter, Sent, http_date};
use crate::format::{self, Format};
use crate::location::etag_version;
use crate::receipt::Receipt;
use crate::transport::Transport;

/// Bounds of one request.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Time allowed for the connection.
    pub connect_timeout: Duration,
    /// Time allowed from the connection to the answer's last octet.
    pub timeout: Duration,
    /// Octets allowed in an answer's body.
    pub max_body: usize,
    /// The format of resources on the way; callers give and get JSON.
    pub format: Format,
    /// The release of FHIR that XML is written and read by.
    pub version: fhir::Version,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            max_body: 10 * 1024 * 1024,
            format: Format::Json,
            version: fhir::Version::R4,
        }
    }
}

/// A FHIR server at one base address. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    /// What sends, or why nothing is ever sent.
    http: Result<reqwest::Client, Error>,
    pub(crate) base: Url,
    options: Options,
    receipt: Option<Arc<dyn Receipt>>,
    authentication: Option<Authentication>,
}

/// Status, headers and body.
type Answer = (u16, Headers, Option<Vec<u8>>);
/// Why there is no answer, with status and headers where those came whole.
type Unanswered = (Error, Option<(u16, Headers)>);

/// In place of what is no address at all.
const NOWHERE: &str = "https://unusable.invalid";

/// A longer `Location` or `ETag` (octets) is none: an id has at most 64, and everything else is the base address.
const LONGEST_NAME: usize = 2048;

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.base)
    }
}

impl Client {
    /// A client for the server at `base`, for example `https://server.example/fhir`.
    ///
    /// # Errors
    /// [`Error::Base`] when the address is not `https:` (or `http:` on this computer), or carries credentials, a query
    /// or a fragment; [`Error::Settings`] when the platform's trust store cannot be read.
    pub fn new(base: &str, options: Options) -> Result<Self, Error> {
        Self::over(base, options, &Transport::default())
    }

    /// The same over this way: the study's anchors, its proxy, the device's own certificate.
    ///
    /// # Errors
    /// As for [`Client::new`]; [`Error::Settings`] when the way cannot be used.
    pub fn over(base: &str, options: Options, transport: &Transport) -> Result<Self, Error> {
        let base = checked_base(base)?;
        let http = Ok(transport.http(is_loopback(&base), &options)?);
        Ok(Self { http, base, options, receipt: None, authentication: None })
    }

    /// A client for a server that may not be asked: it sends nothing, and each request fails with `because`.
    ///
    /// Where `base` is not even an address, it is said to be asked at one that nobody has ([RFC 6761], section 6.4).
    ///
    /// # Errors
    /// [`Error::Base`] when `base` is an address and none of the web.
    ///
    /// [RFC 6761]: https://www.rfc-editor.org/rfc/rfc6761
    pub fn silent(base: &str, options: Options, because: Error) -> Result<Self, Error> {
        let mut base =
            Url::parse(base).or_else(|_| Url::parse(NOWHERE)).map_err(|_| Error::Base("it is not a URL"))?;
        // What is written down of a request names no credentials.
        if !base.username().is_empty() || base.password().is_some() {
            let gone = base.set_username("").and_then(|()| base.set_password(None));
            gone.map_err(|()| Error::Base("it is not a web address"))?;
        }
        Ok(Self { http: Err(because), base, options, receipt: None, authentication: None })
    }

    /// The same client, which lets `receipt` judge each searchset before it is used.
    #[must_use]
    pub fn verifying(self, receipt: Arc<dyn Receipt>) -> Self {
        Self { receipt: Some(receipt), ..self }
    }

    /// The same client, which is let in this way. Where the server no longer accepts a token that was kept, the request is
    /// sent once more with a new one: it was not acted on.
    #[must_use]
    pub fn authenticated(self, authentication: Authentication) -> Self {
        Self { authentication: Some(authentication), ..self }
    }

    /// The same client, which shows no token: for what a server tells everybody.
    #[must_use]
    pub fn without_authentication(&self) -> Self {
        Self { authentication: None, ..self.clone() }
    }

    /// What the answer to [`Client::search`] or [`Client::next_page`] found, without what the study's receipt refuses.
    /// Blocks as long as the receipt does.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the answer is no searchset or cannot be verified.
    pub fn page(&self, answer: &Exchange) -> Result<Page, Error> {
        let bundle = answer.resource()?.ok_or(Error::Malformed("it is not a searchset"))?;
        match &self.receipt {
            Some(receipt) => Page::receive(&bundle, receipt.as_ref()),
            None => Page::parse(&bundle),
        }
    }

    /// Octets allowed in one answer's body.
    pub(crate) fn max_body(&self) -> usize {
        self.options.max_body
    }

    /// The base address, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The same client for another base address, when that has this one's origin (scheme, host and port); see
    /// [`Client::new`] for addresses.
    pub fn at_same_origin(&self, base: &str) -> Option<Self> {
        let base = checked_base(base).ok().filter(|base| base.origin() == self.base.origin())?;
        Some(Self { base, ..self.clone() })
    }

    /// Sends one request to one of the addresses of this server.
    pub(crate) async fn send(
        &self,
        method: Method,
        address: Result<Url, Error>,
        body: Option<&[u8]>,
        condition: Option<(HeaderName, &str)>,
    ) -> Result<Exchange, Failure> {
        let Options { format, version, .. } = self.options;
        let written =
            body.map(|resource| format.write(resource, version).ok_or(Error::Invalid("the resource's XML")));
        let (body, unwritten) = match written.transpose() {
            Ok(body) => (body, None),
            Err(error) => (None, Some(error)),
        };
        let mut request = describe(&method, address.as_ref().unwrap_or(&self.base), body.as_deref());
        let address = unwritten.map_or(address, Err);
        request.conditions.extend(condition.iter().map(|(name, _)| condition_name(name)));
        let prepared = address.and_then(|url| {
            let mut prepared = Request::new(method, url);
            *prepared.headers_mut() = headers(format, body.is_some(), condition.as_ref())?;
            *prepared.body_mut() = body.map(Body::from);
            Ok(prepared)
        });
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Err(Failure { request: Box::new(request), error, head: None }),
        };
        let started = Instant::now();
        let answer = self.exchange(prepared).await;
        let elapsed = started.elapsed();
        match answer {
            Ok((status, headers, body)) => Ok(Exchange { request, status, headers, body, elapsed }),
            Err((error, head)) => {
                let head = head.map(|(status, headers)| Box::new(Head { status, headers, elapsed }));
                Err(Failure { request: Box::new(request), error, head })
            }
        }
    }

    async fn exchange(&self, prepared: Request) -> Result<Answer, Unanswered> {
        // Before a token is asked for.
        self.http.as_ref().map_err(|error| unsent(error.clone()))?;
        let Some(authentication) = &self.authentication else { return self.once(prepared, None).await };
        let (shown, kept) = authentication.authorization().await.map_err(unsent)?;
        // The body is in memory and is shared by both.
        let again = if kept { prepared.try_clone() } else { None };
        let answer = self.once(prepared, Some(shown.clone())).await?;
        if answer.0 != 401 {
            return Ok(answer);
        }
        authentication.forget(&shown).await;
        let Some(again) = again else { return Ok(answer) };
        let (shown, _) = authentication.authorization().await.map_err(unsent)?;
        self.once(again, Some(shown)).await
    }

    async fn once(&self, mut request: Request, shown: Option<HeaderValue>) -> Result<Answer, Unanswered> {
        if let Some(shown) = shown {
            request.headers_mut().insert(header::AUTHORIZATION, shown);
        }
        let http = self.http.as_ref().map_err(|error| unsent(error.clone()))?;
        match http.execute(request).await {
            Ok(response) => self.receive(response).await,
            Err(error) => {
                Err(unsent(Error::before_answer(&error, self.options.connect_timeout, self.options.timeout)))
            }
        }
    }

    async fn receive(&self, response: Response) -> Result<Answer, Unanswered> {
        let status = response.status().as_u16();
        let headers = read_headers(response.headers());
        match self.receive_body(response).await {
            Ok(body) => {
                let body = (!body.is_empty())
                    .then(|| format::read(headers.content_type.as_deref(), body, self.options.version));
                Ok((status, headers, body))
            }
            Err(error) => Err((error, Some((status, headers)))),
        }
    }

    async fn receive_body(&self, response: Response) -> Result<Vec<u8>, Error> {
        let is_success = response.status().is_success();
        answer::check_head(&response)?;
        let body = answer::body(response, self.options.max_body, self.options.timeout).await?;
        if is_success && answer::is_web_page(&body) { Err(Error::WebPage) } else { Ok(body) }
    }
}

/// No head of an answer came.
fn unsent(error: Error) -> Unanswered {
    (error, None)
}

fn describe(method: &Method, url: &Url, body: Option<&[u8]>) -> Sent {
    let names: Vec<String> = url.query_pairs().map(|(name, _)| format!("{name}=…")).collect();
    let mut shown = url.clone();
    shown.set_query(None);
    let mut address = shown.to_string();
    if !names.is_empty() {
        address.push('?');
        address.push_str(&names.join("&"));
    }
    Sent {
        method: match *method {
            Method::POST => "POST",
            Method::PUT => "PUT",
            _ => "GET",
        },
        url: address,
        conditions: Vec::new(),
        body_sha256: body.map(|body| hex(&Sha256::digest(body))),
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn condition_name(name: &HeaderName) -> &'static str {
    match *name {
        header::IF_MATCH => "If-Match",
        header::IF_NONE_MATCH => "If-None-Match",
        _ => "If-None-Exist",
    }
}

fn headers(
    format: Format,
    has_body: bool,
    condition: Option<&(HeaderName, &str)>,
) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(format.media_type()));
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_static("return=representation"));
    } else {
        // Some servers answer a search from what they found a minute ago (HAPI FHIR's default).
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    if let Some((name, value)) = condition {
        let value = HeaderValue::from_str(value).map_err(|_| Error::Invalid("the condition"))?;
        headers.insert(name.clone(), value);
    }
    Ok(headers)
}

/// What of an answer's headers means something here.
pub(crate) fn read_headers(headers: &HeaderMap) -> Headers {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let name = |header: HeaderName| text(header).filter(|text| text.len() <= LONGEST_NAME);
    Headers {
        etag: name(header::ETAG),
        location: name(header::LOCATION).or_else(|| name(header::CONTENT_LOCATION)),
        last_modified: text(header::LAST_MODIFIED),
        retry_after: text(header::RETRY_AFTER).as_deref().and_then(RetryAfter::parse),
        content_type: text(header::CONTENT_TYPE),
        date: text(header::DATE).as_deref().and_then(http_date),
    }
}

impl Headers {
    /// The version that `ETag` names.
    pub fn version(&self) -> Option<&str> {
        self.etag.as_deref().and_then(etag_version)
    }
}
