//! SMART Backend Services (SMART App Launch 2.2): access tokens for a device without a person, by a signed assertion
//! (`client_credentials` with `private_key_jwt`; RFC 7523).
//!
//! A token is kept until shortly before it ends, and one request for tokens is made at a time. Assertions last four
//! minutes, in the server's own time where its `Date` is known: a device with a wrong clock is let in all the same.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{self, HeaderValue};
use reqwest::{RequestBuilder, Url};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::discovery::{self, Endpoint};
pub use super::scope::{ASSIGNMENT_SCOPE, SCOPE, allows, assignment_scope, scope};
use super::{AccessProblem, authorization};
use crate::address::{checked_base, is_loopback};
use crate::answer::body;
use crate::error::Error;
use crate::rest::{Options, read_headers};
use crate::transport::Transport;

/// How long an assertion is good; the specification allows five minutes.
const ASSERTION_TIME: SignedDuration = SignedDuration::from_mins(4);
/// What a server may say about the difference of the clocks at most. More is a clock of its own that is wrong, or worse: its
/// `Date` is then taken for none.
const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Clocks that differ by less are the same.
const SAME_CLOCK: SignedDuration = SignedDuration::from_secs(30);
/// A token is not used in the last moments of its life, at most this long.
const EARLY: Duration = Duration::from_secs(30);
/// What `expires_in` is where it is left out, and the most that is believed.
const USUAL_LIFE: u64 = 300;
const LONGEST_LIFE: u64 = 24 * 60 * 60;
/// After a failure nobody asks again for this long: several requests wait for the same token.
const REST: Duration = Duration::from_secs(1);
/// What the authorization server may ask for instead (`Retry-After`) at most.
const LONGEST_REST: Duration = Duration::from_hours(1);
/// The longest answer that is read, in octets.
const MOST_BODY: usize = 64 * 1024;

/// With what an assertion is signed (RFC 7518, section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// P-384 with SHA-384.
    #[default]
    #[serde(rename = "ES384")]
    Es384,
    /// P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

impl Algorithm {
    /// As in `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es384 => "ES384",
            Self::Es256 => "ES256",
        }
    }
}

/// What is wrong with a token endpoint of the FHIR server at `base`; `None` where assertions can be sent to it.
pub fn wrong_endpoint(endpoint: &str, base: &str) -> Option<&'static str> {
    let server = checked_base(base).ok()?;
    Endpoint::parse(endpoint, &server).err()
}

/// The key that signs assertions. It stays where it is.
pub trait AssertionKey: Send + Sync {
    /// With what it signs.
    fn algorithm(&self) -> Algorithm;

    /// A JWT (RFC 7519) of these claims, compact, with `alg`, `kid` and `typ` in its header. `None` when it cannot be made.
    fn sign(&self, claims: &[u8]) -> Option<Zeroizing<String>>;
}

/// Where the time comes from.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// As what a device is registered at an authorization server.
#[derive(Clone)]
pub struct Registration {
    /// `client_id`.
    pub client_id: String,
    /// Where tokens are asked for; discovered where it is left out.
    pub token_endpoint: Option<String>,
    /// What is asked for, such as [`SCOPE`].
    pub scope: String,
    /// The key whose public half is registered.
    pub key: Arc<dyn AssertionKey>,
}

/// A registered client of one FHIR server's authorization server.
pub struct BackendServices {
    registration: Registration,
    server: Url,
    named: Option<Endpoint>,
    /// For this computer, which no proxy reaches, and for elsewhere.
    http: [reqwest::Client; 2],
    options: Options,
    now: Now,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    discovered: Option<Endpoint>,
    /// The server's clock minus ours, at most [`MOST_AHEAD`] either way.
    ahead: SignedDuration,
    /// Why there was no token, and until when that is not asked again.
    failed: Option<(Instant, AccessProblem)>,
    /// For how long the server asked to be left alone with its last answer.
    asked: Option<Duration>,
}

struct Token {
    value: HeaderValue,
    until: Instant,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Zeroizing<String>,
    token_type: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl BackendServices {
    /// The client of the FHIR server at `base`, over the same way as that.
    ///
    /// # Errors
    /// Those of [`crate::Client::over`]; [`Error::Settings`] for a token endpoint that cannot be used.
    pub fn new(
        registration: Registration,
        base: &str,
        options: Options,
        transport: &Transport,
        now: Now,
    ) -> Result<Self, Error> {
        let server = checked_base(base)?;
        let named = registration.token_endpoint.as_deref();
        let named = named.map(|text| Endpoint::parse(text, &server)).transpose().map_err(Error::Settings)?;
        let http = [transport.http(true, &options)?, transport.http(false, &options)?];
        Ok(Self { registration, server, named, http, options, now, held: Mutex::default() })
    }

    /// What to show, and whether it was kept from an earlier request.
    pub(super) async fn authorization(&self) -> Result<(HeaderValue, bool), Error> {
        let mut held = self.held.lock().await;
        if let Some(token) = held.token.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok((token.value.clone(), true));
        }
        if let Some((_, problem)) = held.failed.as_ref().filter(|(until, _)| Instant::now() < *until) {
            return Err(Error::Access(problem.clone()));
        }
        match self.ask(&mut held).await {
            Ok(token) => {
                let value = token.value.clone();
                held.token = Some(token);
                Ok((value, false))
            }
            Err(problem) => {
                let rest = held.asked.map_or(REST, |asked| asked.clamp(REST, LONGEST_REST));
                held.failed = Some((Instant::now() + rest, problem.clone()));
                Err(Error::Access(problem))
            }
        }
    }

    pub(super) async fn forget(&self, shown: &HeaderValue) {
        let mut held = self.held.lock().await;
        // Another request may have got a new one already.
        if held.token.as_ref().is_some_and(|token| token.value == *shown) {
            held.token = None;
        }
    }

    async fn ask(&self, held: &mut Held) -> Result<Token, AccessProblem> {
        let endpoint = self.endpoint(held).await?;
        let assumed = held.ahead;
        let outcome = self.request(held, &endpoint).await;
        let corrected = (held.ahead - assumed).abs() > SAME_CLOCK;
        match outcome {
            // The assertion may have been refused for its time alone, which is known now.
            Err(problem) if problem.is_refusal() && corrected => self.request(held, &endpoint).await,
            outcome => outcome,
        }
    }

    async fn endpoint(&self, held: &mut Held) -> Result<Endpoint, AccessProblem> {
        if let Some(known) = self.named.as_ref().or(held.discovered.as_ref()) {
            return Ok(known.clone());
        }
        let mut url = self.server.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend([".well-known", "smart-configuration"]);
        }
        let (status, body) = self.exchange(held, self.http(&url).get(url)).await?;
        match status {
            200 => {}
            500.. | 429 => return Err(failed()),
            _ => return Err(AccessProblem::Unsupported("it has no .well-known/smart-configuration")),
        }
        let found = discovery::read(&body, &self.server, self.registration.key.algorithm())?;
        held.discovered = Some(found.clone());
        Ok(found)
    }

    async fn request(&self, held: &mut Held, endpoint: &Endpoint) -> Result<Token, AccessProblem> {
        let Registration { client_id, scope, key, .. } = &self.registration;
        let good_for = held.ahead.saturating_add(ASSERTION_TIME).as_secs();
        let exp = (self.now)().as_second().saturating_add(good_for);
        let jti = uuid::Uuid::new_v4().to_string();
        let claims = Claims { iss: client_id, sub: client_id, aud: &endpoint.text, jti, exp };
        let claims = serde_json::to_vec(&claims).map_err(|_| AccessProblem::Missing)?;
        let assertion = key.sign(&claims).ok_or(AccessProblem::Missing)?;
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        let form = form(&endpoint.url, &fields);
        let started = Instant::now();
        let request = self
            .http(&endpoint.url)
            .post(endpoint.url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let (status, body) = self.exchange(held, request).await?;
        match status {
            200 => granted(&Zeroizing::new(body), started),
            429 | 500.. => Err(failed()),
            300..=399 => Err(AccessProblem::Unavailable(Box::new(Error::Redirected))),
            status => Err(refusal(status, &body)),
        }
    }

    async fn exchange(
        &self,
        held: &mut Held,
        request: RequestBuilder,
    ) -> Result<(u16, Vec<u8>), AccessProblem> {
        let Options { connect_timeout, timeout, .. } = self.options;
        let unavailable = |error| AccessProblem::Unavailable(Box::new(error));
        held.asked = None;
        let sent = request.header(header::ACCEPT, "application/json").send().await;
        let response =
            sent.map_err(|error| unavailable(Error::before_answer(&error, connect_timeout, timeout)))?;
        let (headers, now) = (read_headers(response.headers()), (self.now)());
        let ahead = headers.date.map(|date| date.duration_since(now));
        if let Some(ahead) = ahead.filter(|ahead| ahead.unsigned_abs() <= MOST_AHEAD.unsigned_abs()) {
            held.ahead = ahead;
        }
        let status = response.status().as_u16();
        held.asked = headers.rest(status, Some(now));
        Ok((status, body(response, MOST_BODY, timeout).await.map_err(unavailable)?))
    }

    fn http(&self, url: &Url) -> &reqwest::Client {
        let [here, elsewhere] = &self.http;
        if is_loopback(url) { here } else { elsewhere }
    }
}

/// Shows whom it asks, never with what.
impl fmt::Debug for BackendServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BackendServices({})", self.server)
    }
}

fn granted(body: &[u8], started: Instant) -> Result<Token, AccessProblem> {
    let granted: Granted =
        serde_json::from_slice(body).map_err(|_| AccessProblem::Answer("it is not the JSON of a token"))?;
    if !granted.token_type.eq_ignore_ascii_case("bearer") {
        return Err(AccessProblem::Answer("its token is not to be shown as Bearer"));
    }
    let value = authorization(&granted.access_token).ok_or(AccessProblem::Answer("its token is none"))?;
    let life = Duration::from_secs(granted.expires_in.unwrap_or(USUAL_LIFE).min(LONGEST_LIFE));
    Ok(Token { value, until: started + life.saturating_sub(EARLY.min(life / 4)) })
}

/// The authorization server has a problem of its own.
fn failed() -> AccessProblem {
    AccessProblem::Unavailable(Box::new(Error::Malformed("it failed")))
}

/// RFC 6749, section 5.2.
fn refusal(status: u16, body: &[u8]) -> AccessProblem {
    let refused = serde_json::from_slice::<Refused>(body).map(|refused| refused.error);
    match refused.as_deref() {
        Ok("invalid_client" | "unauthorized_client") => AccessProblem::ClientRefused,
        Ok("invalid_scope") => AccessProblem::ScopeRefused,
        Ok("temporarily_unavailable" | "server_error") => failed(),
        _ if status == 401 => AccessProblem::ClientRefused,
        _ => AccessProblem::Refused(status),
    }
}

/// `application/x-www-form-urlencoded`, which is what a query is written in too.
fn form(address: &Url, fields: &[(&str, &str)]) -> String {
    let mut url = address.clone();
    url.set_query(None);
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}
