//! What a device's certificate is kept as on the server. Before its first Provenance a device looks for it and creates it:
//! without it no record is proven.

use client::{Exchange, Failure};

use super::back::Made;
use super::judged::wrong_second;
use super::{Fault, Trial};

const DOCUMENT: &str = "DocumentReference";

impl Trial {
    /// What keeps the device from having its certificate on the server: it looks for a document by its identifier, and creates
    /// it on the condition that there is none, as a delivery does whatever the study creates responses by. Gives what is there.
    pub(super) async fn try_document(&self, identifier: &str) -> Result<Made, Fault> {
        let search = self.client.search(DOCUMENT, &[("identifier", identifier)]).await;
        if let Some(wrong) = unsearched(&search) {
            return Err(wrong);
        }
        let document = self.document().to_json();
        let condition = format!("identifier={identifier}");
        let create = || self.client.create(DOCUMENT, document.as_bytes(), Some(&condition));
        let (first, _) = self.shown(create().await, DOCUMENT, None).await;
        let made = Made::of(&first, DOCUMENT).map_err(|fault| match fault.code() {
            "create-refused" => forbidden(),
            _ => fault,
        })?;
        wrong_second(&first, &create().await, DOCUMENT).map_or(Ok(made), Err)
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
