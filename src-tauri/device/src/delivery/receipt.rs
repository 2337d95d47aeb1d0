//! What the server answers to a search, held against its signatures where the study demands that (`verifyBundles`).

use std::sync::Arc;

use client::{Receipt, Received, Refused};
use fhir::Value;
use seal::iehr::remove_provenance_extension;
use seal::verify::{BundleReport, Trust, verify_bundle};
use seal::{Anchors, Crl};

use crate::store::{Store, certificate};
use crate::{Clock, Error};

/// Lets through what is signed for transmission by an organization that the configured anchors lead to, and refuses the
/// rest. What is let through is given on as it was before it was signed.
pub struct SignedBundles {
    store: Arc<Store>,
    anchors: Anchors,
    clock: Clock,
}

impl SignedBundles {
    /// With the study's trust anchors (PEM), and the revocation lists that `store` keeps.
    ///
    /// # Errors
    /// [`Error::Seal`] when the anchors cannot be read.
    pub fn new(store: Arc<Store>, trust_anchors: &str, clock: Clock) -> Result<Self, Error> {
        Ok(Self { store, anchors: Anchors::from_pem(trust_anchors.as_bytes())?, clock })
    }

    fn report(&self, bundle: &Value) -> Result<BundleReport, Error> {
        let lists = self.store.read(certificate::revocation_lists)?;
        let lists = lists.iter().map(|der| Crl::from_bytes(der)).collect::<Result<Vec<_>, _>>()?;
        let trust = Trust::new(Some(&self.anchors), (self.clock)().timestamp()).with_crls(&lists);
        Ok(verify_bundle(bundle, &trust)?)
    }
}

impl Receipt for SignedBundles {
    fn receive(&self, bundle: &Value) -> Result<Received, String> {
        let report = self.report(bundle).map_err(|error| error.to_string())?;
        let entries = bundle.list("entry");
        let kept = report.kept.iter().filter_map(|one| {
            let mut entry = entries.get(one.entry)?.clone();
            if one.covered
                && let Some(resource) = entry.as_object_mut().and_then(|entry| entry.get_mut("resource"))
            {
                remove_provenance_extension(resource);
            }
            Some(entry)
        });
        let mut outcome = bundle.clone();
        if let Some(members) = outcome.as_object_mut()
            && members.get("entry").is_some()
        {
            members.insert("entry", kept.collect::<Vec<_>>());
        }
        let refused = report.refused.into_iter().map(|one| Refused {
            resource: entries
                .get(one.entry)
                .and_then(|entry| entry.get("resource"))
                .cloned()
                .unwrap_or(Value::Null),
            reference: one.reference,
            code: one.code,
            reason: one.reason,
        });
        Ok(Received { bundle: outcome, refused: refused.collect() })
    }
}

impl std::fmt::Debug for SignedBundles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedBundles").finish_non_exhaustive()
    }
}
