//! A ledger over HTTP: it keeps hashes, append-only, and gives each an entry's id.
//!
//! `POST [base]/transactions` with `{"algorithm":"SHA-256","hash":"<lower-case hex>"}` answers 201 with
//! `{"transaction":"…","algorithm":…,"hash":…}`; for a hash that is kept already, 200 with the entry that it has.
//! `GET [base]/transactions/ID` answers 200 with the same document. What the ledger answers is compared, never believed.

use std::fmt;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};

use crate::Options;
use crate::address::{checked_base, is_loopback};
use crate::answer::body;
use crate::error::Error;
use crate::rest::hex;
use crate::transport::Transport;

/// The longest answer that is read, in octets.
const MOST_BODY: usize = 64 * 1024;
/// The longest id of an entry.
const LONGEST_ID: usize = 200;

const ALGORITHM: &str = "SHA-256";
const JSON: &str = "application/json";

/// A ledger at one base address. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    http: reqwest::Client,
    base: Url,
    options: Options,
    token: Option<HeaderValue>,
}

/// Shows the address, never the token.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({})", self.base)
    }
}

/// Why a ledger's entry cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// No whole answer came back.
    #[error(transparent)]
    Exchange(#[from] Error),
    /// It does not let us in.
    #[error("the ledger does not accept this device (HTTP status {0}); check its access token")]
    Unauthorised(u16),
    /// It refused or failed.
    #[error("the ledger answered with HTTP status {0}")]
    Status(u16),
    /// Its answer is not what was asked for.
    #[error("the ledger's answer cannot be used: {0}")]
    Answer(&'static str),
    /// It holds another hash than the one that it was given.
    #[error("the ledger holds another hash under the entry that it names")]
    OtherHash,
}

impl LedgerError {
    /// Whether the same may work later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Exchange(error) => {
                !matches!(error, Error::Malformed(_) | Error::TooLarge(_) | Error::Base(_))
            }
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::Unauthorised(_) => true,
            Self::Answer(_) | Self::OtherHash => false,
        }
    }

    /// What went wrong, in words about the ledger: those of [`Error`] speak of the FHIR server to somebody who sends.
    pub fn reason(&self) -> String {
        match self {
            Self::Exchange(Error::Refused) => "it refused the connection".to_owned(),
            Self::Exchange(Error::Invalid(what)) => format!("{what} is not one that can be asked for"),
            Self::Exchange(error) => format!("no whole answer came ({})", error.code()),
            other => other.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Wanted<'a> {
    algorithm: &'static str,
    hash: &'a str,
}

/// What a ledger may answer; whatever else it says is left aside.
#[derive(Deserialize)]
struct Entry {
    transaction: String,
    algorithm: String,
    hash: String,
}

impl Ledger {
    /// A ledger at `base`, for example `https://ledger.example/v1`, with a bearer token where it asks for one. Of
    /// `options` the times count; answers are bounded more tightly than a FHIR server's.
    ///
    /// # Errors
    /// Those of [`crate::Client::new`]; [`Error::Invalid`] for a token that no header can carry.
    pub fn new(base: &str, options: Options, token: Option<&str>) -> Result<Self, Error> {
        Self::over(base, options, token, &Transport::default())
    }

    /// The same over this way.
    ///
    /// # Errors
    /// As for [`Ledger::new`]; [`Error::Settings`] when the way cannot be used.
    pub fn over(
        base: &str,
        options: Options,
        token: Option<&str>,
        transport: &Transport,
    ) -> Result<Self, Error> {
        let base = checked_base(base)?;
        let token = match token {
            None => None,
            Some(token) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                    .map_err(|_| Error::Invalid("the ledger's access token"))?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Ok(Self { http: transport.http(is_loopback(&base), &options)?, base, options, token })
    }

    /// The base address, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Has the ledger keep `sha256` and gives the entry's id. Then asks for that entry again: only an entry that holds
    /// this hash is given. The same hash gives the same entry, so that asking again after a broken connection is safe.
    ///
    /// # Errors
    /// [`LedgerError`]; whether the ledger keeps the hash is then not known, and nothing may name an entry.
    pub async fn keep(&self, sha256: &[u8; 32]) -> Result<String, LedgerError> {
        let hash = hex(sha256);
        let wanted = serde_json::to_vec(&Wanted { algorithm: ALGORITHM, hash: &hash })
            .map_err(|_| Error::Invalid("the hash"))?;
        let answer = self.send(Method::POST, self.address(None)?, Some((wanted, &hash))).await?;
        let entry = match answer {
            (200 | 201, body) => read(&body)?,
            (status, _) => return Err(refusal(status)),
        };
        if !is_transaction(&entry.transaction) {
            return Err(LedgerError::Answer("the entry's id is empty, too long or not visible ASCII"));
        }
        if entry.hash != hash {
            return Err(LedgerError::OtherHash);
        }
        match self.find(&entry.transaction).await? {
            Some(kept) if kept == *sha256 => Ok(entry.transaction),
            Some(_) => Err(LedgerError::OtherHash),
            None => Err(LedgerError::Answer("the entry that it just named is not there")),
        }
    }

    /// The SHA-256 that the ledger holds under an id; `None` where it has no such entry.
    ///
    /// # Errors
    /// [`LedgerError`] when it could not be asked, or its answer is none.
    pub async fn find(&self, transaction: &str) -> Result<Option<[u8; 32]>, LedgerError> {
        if !is_transaction(transaction) {
            return Err(Error::Invalid("the id of the ledger's entry").into());
        }
        match self.send(Method::GET, self.address(Some(transaction))?, None).await? {
            (200, body) => {
                let entry = read(&body)?;
                if entry.transaction != transaction {
                    return Err(LedgerError::Answer("it is about another entry"));
                }
                from_hex(&entry.hash).map(Some).ok_or(LedgerError::Answer("its hash is no SHA-256"))
            }
            (404 | 410, _) => Ok(None),
            (status, _) => Err(refusal(status)),
        }
    }

    fn address(&self, transaction: Option<&str>) -> Result<Url, Error> {
        let mut url = self.base.clone();
        {
            let mut segments =
                url.path_segments_mut().map_err(|()| Error::Base("it is not a web address"))?;
            segments.push("transactions");
            if let Some(transaction) = transaction {
                // `Url` drops these as steps of a path, and would ask for another address.
                if matches!(transaction, "." | "..") {
                    return Err(Error::Invalid("the id of the ledger's entry"));
                }
                segments.push(transaction);
            }
        }
        Ok(url)
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        content: Option<(Vec<u8>, &str)>,
    ) -> Result<(u16, Vec<u8>), Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(JSON));
        if let Some(token) = &self.token {
            headers.insert(header::AUTHORIZATION, token.clone());
        }
        let mut request = self.http.request(method, url);
        if let Some((content, hash)) = content {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
            // For ledgers that tell repeats by this header instead of by the hash.
            let key = HeaderValue::from_str(hash).map_err(|_| Error::Invalid("the hash"))?;
            headers.insert(HeaderName::from_static("idempotency-key"), key);
            request = request.body(content);
        }
        let Options { connect_timeout, timeout, .. } = self.options;
        let sent = request.headers(headers).send().await;
        let response = sent.map_err(|error| Error::before_answer(&error, connect_timeout, timeout))?;
        let status = response.status().as_u16();
        let limit = self.options.max_body.min(MOST_BODY);
        Ok((status, body(response, limit, timeout).await?))
    }
}

fn refusal(status: u16) -> LedgerError {
    match status {
        401 | 403 => LedgerError::Unauthorised(status),
        status => LedgerError::Status(status),
    }
}

fn read(body: &[u8]) -> Result<Entry, LedgerError> {
    let entry: Entry =
        serde_json::from_slice(body).map_err(|_| LedgerError::Answer("it is not the JSON of an entry"))?;
    if entry.algorithm != ALGORITHM {
        return Err(LedgerError::Answer("its algorithm is not SHA-256"));
    }
    Ok(entry)
}

/// Visible ASCII, so that it can be shown and asked for.
fn is_transaction(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Lower-case hexadecimal alone: a second spelling would be a second hash.
fn from_hex(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || !bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut hash = [0; 32];
    for (octet, pair) in hash.iter_mut().zip(bytes.chunks_exact(2)) {
        *octet = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let hash: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 7).unwrap());
        assert_eq!(from_hex(&hex(&hash)), Some(hash));
        let upper = hex(&hash).to_uppercase();
        for other in [upper.as_str(), "", "00", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(from_hex(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_cannot_lead_to_another_address() {
        let ledger = Ledger::new("https://ledger.example/v1/", Options::default(), None).unwrap();
        let address = |id| ledger.address(Some(id)).map(|url| url.to_string());
        let at = "https://ledger.example/v1/transactions";
        assert_eq!(address("0x17").unwrap(), format!("{at}/0x17"));
        assert_eq!(address("../x?y#z").unwrap(), format!("{at}/..%2Fx%3Fy%23z"));
        assert!(address("..").is_err() && address(".").is_err());
        assert!(!is_transaction("") && !is_transaction("a b") && !is_transaction(&"a".repeat(201)));
    }

    #[test]
    fn the_token_is_never_shown() {
        let ledger = Ledger::new("https://ledger.example", Options::default(), Some("secret")).unwrap();
        assert_eq!(format!("{ledger:?}"), "Ledger(https://ledger.example/)");
        assert!(Ledger::new("https://ledger.example", Options::default(), Some("a\nb")).is_err());
        assert!(Ledger::new("http://ledger.example", Options::default(), None).is_err(), "not encrypted");
    }
}
