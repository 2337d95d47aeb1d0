//! What options name: whom to trust, and what authorities said.

use std::path::{Path, PathBuf};

use seal::{Anchors, CertificateChain, Crl, OcspResponse};

use crate::error::Error;
use crate::input;

/// A certificate authority's PEM file has a few kilobytes.
const MOST_TRUST_BYTES: u64 = 1 << 20;
/// Large authorities' revocation lists have some megabytes.
const MOST_CRL_BYTES: u64 = 32 << 20;
/// An OCSP response has some kilobytes.
const MOST_OCSP_BYTES: u64 = 1 << 20;

/// The only place that trust comes from.
pub(crate) fn anchors(files: &[PathBuf]) -> Result<Option<Anchors>, Error> {
    let Some(first) = files.first() else { return Ok(None) };
    let mut pem = Vec::new();
    for file in files {
        let content = beside(file, MOST_TRUST_BYTES, |path, reason| Error::Trust { path, reason })?;
        // Each by itself, so that the message names the file that is no good.
        Anchors::from_pem(&content)
            .map_err(|error| Error::Trust { path: file.clone(), reason: error.to_string() })?;
        pem.extend_from_slice(&content);
        pem.push(b'\n');
    }
    let anchors = Anchors::from_pem(&pem)
        .map_err(|error| Error::Trust { path: first.clone(), reason: error.to_string() })?;
    Ok(Some(anchors))
}

pub(crate) fn revocation_lists(file: &Path) -> Result<Vec<Crl>, Error> {
    let refused = |path, reason| Error::RevocationList { path, reason };
    Crl::all_from_bytes(&beside(file, MOST_CRL_BYTES, refused)?)
        .map_err(|error| refused(file.to_owned(), error.to_string()))
}

pub(super) fn ocsp_response(file: &Path) -> Result<OcspResponse, Error> {
    let refused = |path, reason| Error::OcspResponse { path, reason };
    OcspResponse::from_der(&beside(file, MOST_OCSP_BYTES, refused)?)
        .map_err(|error| refused(file.to_owned(), error.to_string()))
}

pub(super) fn certificates(file: &Path) -> Result<CertificateChain, Error> {
    let refused = |path, reason| Error::Certificate { path, reason };
    CertificateChain::from_pem(&beside(file, MOST_TRUST_BYTES, refused)?)
        .map_err(|error| refused(file.to_owned(), error.to_string()))
}

/// The bytes of a file that an option names: what is wrong with it says nothing about what is verified.
fn beside(file: &Path, limit: u64, refused: impl Fn(PathBuf, String) -> Error) -> Result<Vec<u8>, Error> {
    input::bytes(file, limit).map_err(|error| match error {
        Error::TooLarge { path, limit } => {
            refused(path, format!("it has more than {limit} bytes; check that it is the right file"))
        }
        other => other,
    })
}
