//! Searches answered as Bundles that are signed for transmission (`InteropEHRate`, FHIR 4.0.1), where that is asked for.
//! The server's own organization is their custodian.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fhir::{Value, object};
use jiff::Timestamp;
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer as _},
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
};
use seal::{
    CertificateChain, SignError,
    iehr::{self, Transmission},
};

use crate::{
    Error,
    authority::{self, Authority, LEAF_LIFE},
    seeds,
    storage::Storage,
};

const KEY: &str = "organization-key";
const NAME: &str = "Attesta practice site 014";

/// Whether searches are signed, and by whom.
#[derive(Default)]
pub(crate) struct Transmissions {
    organization: Mutex<Option<Arc<Organization>>>,
}

/// The organization's own key, which signs nothing else, and a certificate that names it.
struct Organization {
    key: SigningKey,
    chain: CertificateChain,
}

impl Transmissions {
    /// From now on every search is signed. The key is made once and kept; the certificate is new each time.
    pub(crate) fn begin(&self, storage: &Storage, authority: &Authority) -> Result<(), Error> {
        let key = storage.transact(|work| {
            if let Some(key) = work.authority(KEY)? {
                return SigningKey::from_pkcs8_der(&key).map_err(|_| Error::AuthorityIncomplete);
            }
            let key = authority::make_key()?;
            let stored = key.to_pkcs8_der().map_err(|_| Error::AuthorityIncomplete)?;
            work.set_authority(KEY, stored.as_bytes())?;
            Ok(key)
        })?;
        let request = seal::csr(key.verifying_key(), NAME, seeds::ORGANIZATION_IDENTIFIER, |bytes| {
            let signature: Signature =
                key.try_sign(bytes).map_err(|error| SignError::new(error.to_string()))?;
            Ok(signature.to_bytes().into())
        })?;
        let chain = authority.issue(request.der(), Timestamp::now(), LEAF_LIFE)?;
        let chain = CertificateChain::from_pem(chain.as_bytes())?;
        *self.organization() = Some(Arc::new(Organization { key, chain }));
        Ok(())
    }

    pub(crate) fn end(&self) {
        *self.organization() = None;
    }

    /// The searchset as it is answered. Each Provenance is marked as included: it is no match.
    pub(crate) fn sign(&self, bundle: Value) -> Result<Value, Error> {
        let Some(organization) = self.organization().clone() else { return Ok(bundle) };
        let matches = bundle.list("entry").len();
        let custodian = seeds::organization_party();
        let transmission = Transmission {
            authors: std::slice::from_ref(&custodian),
            custodian: &custodian,
            issued_at: Timestamp::now(),
            application: concat!("Attesta practice server ", env!("CARGO_PKG_VERSION")),
        };
        let mut new_id = || uuid::Uuid::new_v4().to_string();
        let bundle = without_earlier(bundle);
        let mut signed = iehr::sign_bundle(&bundle, &transmission, &mut new_id, organization.as_ref())?;
        let entries = signed.as_object_mut().and_then(|bundle| bundle.get_mut("entry"));
        for entry in entries.and_then(Value::as_array_mut).into_iter().flatten().skip(matches) {
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("search", object! { "mode" => "include" });
            }
        }
        Ok(signed)
    }

    fn organization(&self) -> MutexGuard<'_, Option<Arc<Organization>>> {
        self.organization.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A resource may have come here signed for an earlier transmission, whose Provenance is not in this Bundle.
fn without_earlier(mut bundle: Value) -> Value {
    let entries = bundle.as_object_mut().and_then(|bundle| bundle.get_mut("entry"));
    for entry in entries.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(resource) = entry.as_object_mut().and_then(|entry| entry.get_mut("resource")) {
            iehr::remove_provenance_extension(resource);
        }
    }
    bundle
}

impl seal::Signer for Organization {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn sign(&self, signing_input: &[u8]) -> Result<[u8; 64], SignError> {
        let signature: Signature =
            self.key.try_sign(signing_input).map_err(|error| SignError::new(error.to_string()))?;
        Ok(signature.to_bytes().into())
    }
}
