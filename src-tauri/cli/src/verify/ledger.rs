//! What a ledger holds under the ids that Provenances name. What it answers is compared with the document; it is not
//! trusted for anything else.

use std::sync::Mutex;

use client::Options;
use client::ledger::Ledger as Remote;
use fhir::Value;
use seal::gravitate::{Entry, Recorded, transaction};
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::outcome::printable;

/// Provenances of one document that are asked about; nobody makes more.
const MOST_ASKED: usize = 16;

/// A ledger to ask.
pub(super) struct Ledger {
    remote: Remote,
    runtime: Mutex<Runtime>,
}

impl Ledger {
    pub(super) fn new(base: &str) -> Result<Self, Error> {
        let failed = |reason: String| Error::Server { what: printable(base), reason };
        let remote =
            Remote::new(base, Options::default(), None).map_err(|error| failed(error.to_string()))?;
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.to_string()))?;
        Ok(Self { remote, runtime: Mutex::new(runtime) })
    }

    /// Asks for each entry that one of the Provenances names.
    pub(super) fn ask(&self, provenances: &[Value]) -> Vec<Entry> {
        let named = provenances.iter().filter_map(transaction).take(MOST_ASKED);
        named
            .map(|transaction| Entry {
                transaction: transaction.to_owned(),
                recorded: self.find(transaction),
            })
            .collect()
    }

    fn find(&self, transaction: &str) -> Recorded {
        let Ok(runtime) = self.runtime.lock() else {
            return Recorded::Unknown("an earlier request failed".to_owned());
        };
        match runtime.block_on(self.remote.find(transaction)) {
            Ok(Some(hash)) => Recorded::Sha256(hash),
            Ok(None) => Recorded::Nothing,
            Err(error) => Recorded::Unknown(error.reason()),
        }
    }
}

/// What a reader has to know when the ledger was not asked about all of them.
pub(super) fn left_out(provenances: &[Value]) -> Option<String> {
    let named = provenances.iter().filter_map(transaction).count();
    (named > MOST_ASKED).then(|| {
        format!(
            "{named} Provenances name an entry of a ledger; the ledger was asked about the first {MOST_ASKED} alone. Verify the \
             others in another run."
        )
    })
}
