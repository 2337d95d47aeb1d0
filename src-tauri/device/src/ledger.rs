//! The study's ledger, as the signing side knows one.

use client::ledger::{Ledger, LedgerError};
use seal::gravitate::{Anchor, AnchorError};
use tokio::runtime::{Builder, Runtime};

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
        let ledger = Ledger::new(base, client::Options::default(), token)
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
            let reason = words(&error);
            if error.is_passing() { AnchorError::Unavailable(reason) } else { AnchorError::Refused(reason) }
        })
    }
}

/// The client's words speak of the FHIR server.
fn words(error: &LedgerError) -> String {
    match error {
        LedgerError::Exchange(client::Error::Refused) => "it refused the connection".to_owned(),
        LedgerError::Exchange(error) => format!("no whole answer came ({})", error.code()),
        other => other.to_string(),
    }
}

impl Device {
    /// The ledger that the study's configuration names.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address that cannot be used.
    pub fn ledger(&self) -> Result<Option<HttpLedger>, Error> {
        self.configuration().policy.ledger.as_deref().map(|base| HttpLedger::new(base, None)).transpose()
    }
}
