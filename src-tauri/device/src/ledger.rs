//! The study's ledger, as the signing side knows one.

use client::Transport;
use client::ledger::Ledger;
use seal::gravitate::{Anchor, AnchorError};
use tokio::runtime::{Builder, Runtime};

use crate::accounts::Staff;
use crate::device::access::entry_of;
use crate::{Device, Error};

/// A ledger over HTTP that signing can wait for.
pub struct HttpLedger {
    ledger: Ledger,
    runtime: Runtime,
}

impl HttpLedger {
    /// The ledger at `base`, with a bearer token where it asks for one.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address or token that cannot be used; [`Error::Io`] when the operating system
    /// gives no thread.
    pub fn new(base: &str, token: Option<&str>) -> Result<Self, Error> {
        Self::over(base, token, &Transport::default())
    }

    fn over(base: &str, token: Option<&str>, transport: &Transport) -> Result<Self, Error> {
        let ledger = Ledger::over(base, client::Options::default(), token, transport)
            .map_err(|error| Error::Configuration(format!("the ledger's address: {error}")))?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::io)?;
        Ok(Self { ledger, runtime })
    }
}

impl std::fmt::Debug for HttpLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.ledger.fmt(f)
    }
}

impl Anchor for HttpLedger {
    fn anchor(&self, sha256: &[u8; 32]) -> Result<String, AnchorError> {
        self.runtime.block_on(self.ledger.keep(sha256)).map_err(|error| {
            let reason = error.reason();
            if error.is_passing() { AnchorError::Unavailable(reason) } else { AnchorError::Refused(reason) }
        })
    }
}

impl Device {
    /// The ledger that the study's configuration names, with its access token where the configuration asks for one.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address that cannot be used; [`Error::LedgerTokenMissing`] when the keystore has no
    /// token for it, [`Error::Keystore`] when it cannot be asked.
    pub fn ledger(&self) -> Result<Option<HttpLedger>, Error> {
        let policy = &self.configuration().policy;
        let Some(base) = policy.ledger.as_deref() else { return Ok(None) };
        let transport = self.transport_beside()?;
        if !policy.ledger_token {
            return HttpLedger::over(base, None, &transport).map(Some);
        }
        let token = self.secret(&token_entry(base))?.ok_or(Error::LedgerTokenMissing)?;
        HttpLedger::over(base, Some(&token), &transport).map(Some)
    }

    /// Whether the keystore has an access token for the study's ledger.
    ///
    /// # Errors
    /// [`Error::Keystore`] when the keystore cannot be asked.
    pub fn has_ledger_token(&self) -> Result<bool, Error> {
        let Some(base) = self.configuration().policy.ledger.as_deref() else { return Ok(false) };
        Ok(self.secret(&token_entry(base))?.is_some())
    }

    /// Keeps the access token of the study's ledger in the keystore, for this ledger's address alone. The audit trail says
    /// who set it, never what it is.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the study names no ledger, or for a token that is none (RFC 6750, section 2.1);
    /// [`Error::Keystore`].
    pub fn put_ledger_token(&self, token: &str, by: &Staff) -> Result<(), Error> {
        let wrong = |reason: &str| Err(Error::Configuration(reason.to_owned()));
        let Some(base) = self.configuration().policy.ledger.as_deref() else {
            return wrong("policy.ledger names no ledger that a token could be for");
        };
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.is_empty() || token.len() > LONGEST_TOKEN || !token.bytes().all(is_token) {
            return wrong(
                "the ledger's access token is empty, too long, or has characters that no token has",
            );
        }
        self.keep_as(by, "ledger.tokenSet", base, (&token_entry(base), token))
    }
}

/// In octets.
const LONGEST_TOKEN: usize = 4096;

/// The keystore's entry for the token of the ledger at `base`.
fn token_entry(base: &str) -> String {
    entry_of("ledger-token", base)
}
