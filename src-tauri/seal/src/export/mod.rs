//! The export of one record: everything that an inspector needs to verify it years later, without the app and without
//! a network. The files travel in one zip, which others write and read; here they are names and bytes.
//!
//! `manifest.json` lists every file with its SHA-256; `manifest.jws` is a detached JWS over the exact bytes of
//! `manifest.json`, by the device that sealed the record. So no byte of any file can change unnoticed.

mod check;
mod evidence;
mod manifest;

use jiff::Timestamp;

use crate::encoding::{hex, pem, sha256};
use crate::{CertificateChain, Crl, SealError, Signer, TakenOver};

pub use check::{check, check_with};
pub use evidence::covered;

/// The format version, in `manifest.json` and in the header of `manifest.jws`.
pub const FORMAT: &str = "attesta-record/1";
/// The list of files.
pub const MANIFEST: &str = "manifest.json";
/// The signature over the list of files.
pub const MANIFEST_SIGNATURE: &str = "manifest.jws";
/// The QuestionnaireResponse as the server returned it, or as it was signed when no server kept it.
pub const RESPONSE: &str = "response.json";
/// The Provenance with the persistence signature, as the server returned it.
pub const PROVENANCE: &str = "provenance.json";
/// In place of [`RESPONSE`]: a document Bundle, whose Provenance is [`PROVENANCE`] ([`crate::gravitate`]).
pub const DOCUMENT: &str = "document.json";
/// The DocumentReference that publishes the sealing certificate.
pub const DOCUMENT_REFERENCE: &str = "document-reference.json";
/// The record's part of the audit trail.
pub const AUDIT_TRAIL: &str = "audit-trail.json";
/// Evidence that was added later: time stamps, certificates and revocation values ([`crate::jades`]). It may stand in the
/// list of files and need not.
pub const EVIDENCE: &str = "evidence.json";
/// How to verify, for a person.
pub const README: &str = "README.txt";

/// What is exported about one record. The JSON goes in byte for byte.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// See [`RESPONSE`].
    pub response: &'a [u8],
    /// See [`PROVENANCE`]; `None` while nothing is proven yet.
    pub provenance: Option<&'a [u8]>,
    /// See [`DOCUMENT_REFERENCE`].
    pub document_reference: Option<&'a [u8]>,
    /// The chain of every certificate that was used.
    pub chains: &'a [&'a CertificateChain],
    /// The newest revocation list of every authority on those chains.
    pub crls: &'a [Crl],
    /// See [`AUDIT_TRAIL`].
    pub audit_trail: &'a [u8],
    /// See [`EVIDENCE`]; `None` while there is none.
    pub evidence: Option<&'a [u8]>,
    /// From which device it was taken over, where another one captured it than the one that exports it.
    pub taken_over: Option<TakenOver<'a>>,
}

/// Lays a record out as files and signs the list of them; the result is what goes into the zip, in order.
///
/// # Errors
/// [`SealError::Sign`] when the key refuses.
pub fn pack_record(
    record: &Record<'_>,
    created_at: Timestamp,
    application: &str,
    signer: &dyn Signer,
) -> Result<Vec<(String, Vec<u8>)>, SealError> {
    pack_stating(record.files(), created_at, application, signer, record.taken_over)
}

/// What is exported as a document. The JSON goes in byte for byte.
#[derive(Clone, Copy)]
pub struct Anchored<'a> {
    /// See [`DOCUMENT`].
    pub document: &'a [u8],
    /// Its `ProvenanceGH`.
    pub provenance: &'a [u8],
    /// The chain of every certificate that was used.
    pub chains: &'a [&'a CertificateChain],
    /// The newest revocation list of every authority on those chains.
    pub crls: &'a [Crl],
}

/// Lays a document out as files and signs the list of them, as [`pack_record`] does with a record.
///
/// # Errors
/// [`SealError::Sign`] when the key refuses.
pub fn pack_document(
    anchored: &Anchored<'_>,
    created_at: Timestamp,
    application: &str,
    signer: &dyn Signer,
) -> Result<Vec<(String, Vec<u8>)>, SealError> {
    let mut files = vec![
        (README.to_owned(), DOCUMENT_README_TEXT.as_bytes().to_vec()),
        (DOCUMENT.to_owned(), anchored.document.to_vec()),
        (PROVENANCE.to_owned(), anchored.provenance.to_vec()),
    ];
    add_trust(&mut files, anchored.chains, anchored.crls);
    pack(files, created_at, application, signer)
}

/// Adds `manifest.json` and `manifest.jws` to `files`.
///
/// # Errors
/// [`SealError::Record`] when a name stands twice, is reserved, or would leave the folder; [`SealError::Sign`] when the
/// key refuses.
pub fn pack(
    files: Vec<(String, Vec<u8>)>,
    created_at: Timestamp,
    application: &str,
    signer: &dyn Signer,
) -> Result<Vec<(String, Vec<u8>)>, SealError> {
    pack_stating(files, created_at, application, signer, None)
}

fn pack_stating(
    mut files: Vec<(String, Vec<u8>)>,
    created_at: Timestamp,
    application: &str,
    signer: &dyn Signer,
    taken_over: Option<TakenOver<'_>>,
) -> Result<Vec<(String, Vec<u8>)>, SealError> {
    for (index, (name, _)) in files.iter().enumerate() {
        if !is_name(name) || [MANIFEST, MANIFEST_SIGNATURE].contains(&name.as_str()) {
            return Err(SealError::Record {
                reason: format!("{name:?} cannot be the name of a file in a record"),
            });
        }
        if files[..index].iter().any(|(other, _)| other == name) {
            return Err(SealError::Record { reason: format!("there are two files named {name:?}") });
        }
    }
    let list = manifest::write(&files, created_at, application, taken_over);
    let jws = manifest::sign(&list, created_at, signer)?;
    files.push((MANIFEST.to_owned(), list));
    files.push((MANIFEST_SIGNATURE.to_owned(), jws.into_bytes()));
    Ok(files)
}

impl Record<'_> {
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let readme = match self.provenance {
            Some(_) => README_TEXT.to_owned(),
            None => README_TEXT.replace(PROVENANCE_LINE, NO_PROVENANCE_LINE),
        };
        let mut files = vec![(README.to_owned(), readme.into_bytes())];
        files.push((RESPONSE.to_owned(), self.response.to_vec()));
        files.extend(self.provenance.map(|bytes| (PROVENANCE.to_owned(), bytes.to_vec())));
        files.extend(self.document_reference.map(|bytes| (DOCUMENT_REFERENCE.to_owned(), bytes.to_vec())));
        files.push((AUDIT_TRAIL.to_owned(), self.audit_trail.to_vec()));
        files.extend(self.evidence.map(|bytes| (EVIDENCE.to_owned(), bytes.to_vec())));
        add_trust(&mut files, self.chains, self.crls);
        files
    }
}

/// The certificates and the authorities' lists, each once: the same intermediate stands in every chain.
fn add_trust(files: &mut Vec<(String, Vec<u8>)>, chains: &[&CertificateChain], crls: &[Crl]) {
    let certificates = chains
        .iter()
        .flat_map(|chain| chain.ders())
        .map(|der| (format!("certificates/{}.pem", hex(sha256(der))), pem("CERTIFICATE", der).into_bytes()));
    let lists = crls.iter().map(|list| (format!("crl/{}.crl", hex(sha256(list.der()))), list.der().to_vec()));
    for file in certificates.chain(lists) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
}

/// Patients' answers, so nothing of them is shown.
impl std::fmt::Debug for Anchored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Anchored(…)")
    }
}

/// Patients' answers, so nothing of them is shown.
impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Record(…)")
    }
}

/// A relative path of plain segments: no way out of the folder that a zip is unpacked into.
fn is_name(name: &str) -> bool {
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split('/').all(plain)
}

const README_TEXT: &str = "\
One sealed record, format attesta-record/1

response.json            the answers as the server kept them, with the signature made when the patient signed
provenance.json          who, when, and the signature over what the server kept
document-reference.json  the certificate of the device as it was published
certificates/            the certificates that were used
crl/                     the authorities' lists of revoked certificates
audit-trail.json         what was done with this record on the device, by whom and when
evidence.json            time stamps and revocation values for the signatures, where there are any
manifest.json            every file above with its SHA-256
manifest.jws             the device's signature over manifest.json

To verify, ask the study for its certificate authority's certificate (never take it from here), then:

    attesta verify RECORD.zip --trust CA.pem

Exit code 0: everything holds. 1: something does not, and the report says what. 3: something could not be proven.

By hand: manifest.jws is a JSON Web Signature (RFC 7515, appendix F) whose payload is the exact bytes of manifest.json.
The signatures in response.json and provenance.json cover the RFC 8785 form of the response: the one in response.json
without its own extension, id and meta; the one in provenance.json all of it.
";

/// What the text says of a Provenance, and what it says instead where there is none: not yet, or never (profile cdex).
const PROVENANCE_LINE: &str = "who, when, and the signature over what the server kept";
const NO_PROVENANCE_LINE: &str = "not here: none was made, so no signature says what the server kept";

const DOCUMENT_README_TEXT: &str = "\
One sealed record as a FHIR document, format attesta-record/1

document.json            the document (FHIR 5.0.0): the answers with their signatures, and whom and what they name
provenance.json          who made the document, the signature over it, and the ledger's entry that holds its hash
certificates/            the certificates that were used
crl/                     the authorities' lists of revoked certificates
manifest.json            every file above with its SHA-256
manifest.jws             the device's signature over manifest.json

To verify, ask the study for its certificate authority's certificate (never take it from here), then:

    attesta verify DOCUMENT.zip --trust CA.pem --ledger https://LEDGER

Without --ledger everything but the ledger's own word is verified. Exit code 0: everything holds. 1: something does
not, and the report says what. 3: something could not be proven.

By hand: what the ledger holds is the SHA-256 of the RFC 8785 form of document.json; the signature in provenance.json
covers the same bytes.
";
