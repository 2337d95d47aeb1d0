//! `ProvenanceGH`: the signature over a document, and the ledger's entry that covers it.

use fhir::{Value, Version, object};
use jiff::Timestamp;

use super::{Anchor, AnchorError, document::gaps};
use crate::capture::complete;
use crate::encoding::sha256;
use crate::payload::{self, Canonicalization};
use crate::profile::{About, TRANSACTION, by_name};
use crate::signature::{Purpose, signature};
use crate::{Party, SealError, Signer, jws};

/// The longest id of a ledger's entry.
const LONGEST_TRANSACTION: usize = 200;

/// Who makes a Provenance, and when.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// The device, whose identifier is the URI in the certificate.
    pub who: &'a Party,
    /// The time of the signature.
    pub at: Timestamp,
    /// The program and its version.
    pub application: &'a str,
}

/// What a ledger keeps of a document: the SHA-256 of its RFC 8785 form, which the signature covers too.
///
/// # Errors
/// [`SealError::Canonical`] for a number that RFC 8785 cannot write.
pub fn digest(bundle: &Value) -> Result<[u8; 32], SealError> {
    Ok(sha256(payload::jcs(Canonicalization::Json.covered(bundle))?))
}

/// The id of the ledger's entry that a Provenance names (`blockchain-transaction-id`), where it names exactly one.
pub fn transaction(provenance: &Value) -> Option<&str> {
    let mut named = provenance.list("extension").iter().filter(|one| one.str("url") == Some(TRANSACTION));
    let first = named.next()?.str("valueString")?;
    named.next().is_none().then_some(first)
}

/// Has `anchor` keep the document's hash, then signs the document and makes its `ProvenanceGH`.
///
/// The id of the ledger's entry goes into the signed header too, because the Provenance around it is not signed.
///
/// # Errors
/// [`SealError::Anchor`] without a ledger, and when it does not keep the hash; [`SealError::Incomplete`] when the document
/// is none, or the certificate is not the maker's or not valid then; [`SealError::Canonical`], [`SealError::Sign`].
pub fn prove(
    bundle: &Value,
    anchor: Option<&dyn Anchor>,
    maker: &Maker<'_>,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    let anchor = anchor.ok_or(AnchorError::Missing)?;
    complete::check_signer(maker.who, maker.at, signer.chain())?;
    if let Some((element, reason)) = gaps(bundle)?.into_iter().next() {
        return Err(SealError::incomplete(element, reason));
    }
    let (Some(id), Some(version)) =
        (bundle.str("id"), bundle.get("meta").and_then(|meta| meta.str("versionId")))
    else {
        return Err(SealError::incomplete("Bundle.meta.versionId", "or Bundle.id is missing"));
    };
    let transaction = anchor.anchor(&digest(bundle)?)?;
    if !is_transaction(&transaction) {
        let reason = "the id that it gives is empty, too long or not visible ASCII";
        return Err(AnchorError::Refused(reason.to_owned()).into());
    }
    let covered = Canonicalization::Json.covered(bundle);
    let qualifiers = object! {
        "target" => format!("Bundle/{id}/_history/{version}"),
        "activity" => "CREATE",
        "transaction" => transaction.as_str(),
        "numberTextS256" => payload::number_text_s256(covered.clone()),
        "application" => maker.application,
    };
    let header = jws::protected_header(Purpose::Source, maker.at, signer.chain(), qualifiers)?;
    let token = jws::sign(&header, &payload::jcs(covered)?, signer)?;
    let signature = signature(Purpose::Source, maker.at, maker.who, None, &token);
    let about = About {
        resource: bundle,
        signature: &signature,
        version: Version::R5,
        transaction: Some(&transaction),
    };
    match by_name("gravitate") {
        Some(profile) => profile.provenance(&about),
        None => Err(SealError::incomplete("Provenance", "has a profile that this program does not have")),
    }
}

/// Visible ASCII: it is shown to people, and asked for as part of an address.
fn is_transaction(text: &str) -> bool {
    (1..=LONGEST_TRANSACTION).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
