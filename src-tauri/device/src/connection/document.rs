//! What a device's certificate is kept as on the server. Before its first Provenance a device looks for it and creates it:
//! without it no record is proven.

use client::{Exchange, Failure};

use super::judged::{kept, wrong_second};
use super::{Fault, Trial};

const DOCUMENT: &str = "DocumentReference";

impl Trial {
    /// What keeps the device from having its certificate on the server: it looks for a document by its identifier, and creates
    /// it on the condition that there is none, as a delivery does whatever the study creates responses by.
    pub(super) async fn try_document(&self, identifier: &str) -> Option<Fault> {
        let search = self.client.search(DOCUMENT, &[("identifier", identifier)]).await;
        if let Some(wrong) = unsearched(&search) {
            return Some(wrong);
        }
        let document = self.document().to_json();
        let condition = format!("identifier={identifier}");
        let create = || self.client.create(DOCUMENT, document.as_bytes(), Some(&condition));
        let (first, _) = self.shown(create().await, DOCUMENT, None).await;
        if let Err(fault) = kept(&first, DOCUMENT) {
            return Some(if fault.code() == "create-refused" { forbidden() } else { fault });
        }
        wrong_second(&first, &create().await, DOCUMENT)
    }
}

fn unsearched(search: &Result<Exchange, Failure>) -> Option<Fault> {
    match search.as_ref().map(|exchange| exchange.status) {
        Err(failure) => Some(Fault::of(&failure.error)),
        Ok(200) => None,
        Ok(401 | 403) => Some(forbidden()),
        Ok(status) => {
            let text = format!(
                "a search for a {DOCUMENT} by its identifier is answered with HTTP status {status}; have it supported: this \
                 device's certificate is kept as one"
            );
            Some(Fault::new("document-unsupported", text).with(status))
        }
    }
}

fn forbidden() -> Fault {
    Fault::new(
        "document-forbidden",
        "the server does not let this device create DocumentReferences, or look for them; let this device create \
         DocumentReference: its certificate is kept as one, before anything is proven",
    )
}
