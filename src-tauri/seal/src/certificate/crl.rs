//! Certificate revocation lists (RFC 5280, section 5). A list proves itself: it is signed by the issuer whose
//! certificate leads to a configured anchor, so it may travel with the record that it speaks about.

use std::fmt;

use jiff::Timestamp;
use openssl::pkey::PKey;
use openssl::x509::X509Crl;
use x509_cert::crl::CertificateList;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier};
use x509_cert::ext::Extensions;
use x509_cert::time::Time;

use crate::SealError;
use crate::certificate::chain::timestamp;
use crate::certificate::{Anchors, Certificate, CertificateChain, Path};
use crate::encoding::{from_pem, pem};

/// `id-ce-invalidityDate`: since when the key is held to have been unsafe.
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
/// The lists of the authorities on a few paths.
const MOST_LISTS: usize = 32;
/// What may sign a list here: ECDSA and RSA with SHA-2 (RFC 5758, section 3.2; RFC 4055, section 5).
const SIGNED_WITH: [&str; 6] = [
    "1.2.840.10045.4.3.2",
    "1.2.840.10045.4.3.3",
    "1.2.840.10045.4.3.4",
    "1.2.840.113549.1.1.11",
    "1.2.840.113549.1.1.12",
    "1.2.840.113549.1.1.13",
];

/// A certificate revocation list, read but not yet believed: verification checks its signature and dates.
#[derive(Clone, PartialEq, Eq)]
pub struct Crl {
    der: Vec<u8>,
    issuer: String,
    algorithm: String,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    revoked: Vec<(Vec<u8>, Timestamp)>,
}

impl Crl {
    /// Reads the lists of a file: one in DER, or one or more in PEM, of at most 32.
    ///
    /// # Errors
    /// As [`Crl::from_bytes`], of the first that is no good.
    pub fn all_from_bytes(bytes: &[u8]) -> Result<Vec<Self>, SealError> {
        match from_pem("X509 CRL", bytes) {
            Some(blocks) if blocks.len() > MOST_LISTS => {
                Err(SealError::Crl { reason: format!("the file has more than {MOST_LISTS} lists") })
            }
            Some(blocks) => blocks.iter().map(|der| Self::from_bytes(der)).collect(),
            None => Ok(vec![Self::from_bytes(bytes)?]),
        }
    }

    /// Reads one list, DER or PEM.
    ///
    /// # Errors
    /// [`SealError::Crl`] when it cannot be read, or has a critical extension (as a delta or partial list has), whose
    /// meaning is not known here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let refuse = |reason: String| SealError::Crl { reason };
        let der = match from_pem("X509 CRL", bytes) {
            Some(mut blocks) if blocks.len() == 1 => blocks.remove(0),
            Some(_) => return Err(refuse("the file has more than one list".to_owned())),
            None => bytes.to_vec(),
        };
        let list: CertificateList = CertificateList::from_der(&der)
            .map_err(|error| refuse(format!("it is not one X.509 CRL ({error})")))?;
        let tbs = &list.tbs_cert_list;
        let of_list = tbs.crl_extensions.iter().flatten();
        let of_entries = tbs
            .revoked_certificates
            .iter()
            .flatten()
            .flat_map(|entry| entry.crl_entry_extensions.iter().flatten());
        if let Some(extension) = of_list.chain(of_entries).find(|extension| extension.critical) {
            return Err(refuse(format!(
                "it has the critical extension {}, which only a partial or delta list needs",
                extension.extn_id
            )));
        }
        let date = |time: Time| timestamp(time).map_err(|error| refuse(error.to_string()));
        let revoked = tbs
            .revoked_certificates
            .iter()
            .flatten()
            .map(|entry| {
                Ok((
                    entry.serial_number.as_bytes().to_vec(),
                    unsafe_since(entry.revocation_date, entry.crl_entry_extensions.as_ref())?,
                ))
            })
            .collect::<Result<_, SealError>>()?;
        Ok(Self {
            issuer: tbs.issuer.to_string(),
            algorithm: list.signature_algorithm.oid.to_string(),
            this_update: date(tbs.this_update)?,
            next_update: tbs.next_update.map(date).transpose()?,
            revoked,
            der,
        })
    }

    /// The list as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The list as PEM.
    pub fn to_pem(&self) -> String {
        pem("X509 CRL", &self.der)
    }

    /// The issuer's name, as RFC 4514 writes names.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When the list was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next list is due; a list without this date says nothing about later signatures.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// Whether an authority made this list that is an anchor, or that is on the path of one of `chains` to an anchor.
    pub fn is_by_authority_of(&self, chains: &[CertificateChain], anchors: &Anchors) -> bool {
        anchors.certificates().iter().any(|anchor| self.is_by(anchor))
            || chains
                .iter()
                .filter_map(|chain| Path::build(chain, anchors).ok())
                .any(|path| path.certificates.iter().skip(1).any(|issuer| self.is_by(issuer)))
    }

    /// Whether `issuer`, found on a path to a configured anchor, made this list.
    pub(crate) fn is_by(&self, issuer: &Certificate) -> bool {
        self.issuer == issuer.subject
            && issuer.may_sign_crls()
            && SIGNED_WITH.contains(&self.algorithm.as_str())
            && PKey::public_key_from_der(&issuer.public_key_der)
                .and_then(|key| X509Crl::from_der(&self.der)?.verify(&key))
                .unwrap_or(false)
    }

    /// Since when the list holds the certificate with this serial number to be revoked.
    pub(super) fn revoked_since(&self, serial: &[u8]) -> Option<Timestamp> {
        self.revoked.iter().filter(|(revoked, _)| revoked == serial).map(|(_, since)| *since).min()
    }

    /// Since when a certificate of `chain` is revoked by this list; `None` where none is on it, or it is another authority's.
    pub fn revokes(&self, chain: &CertificateChain) -> Option<Timestamp> {
        let issued = chain.certificates().iter().filter(|one| one.issuer == self.issuer);
        issued.filter_map(|one| self.revoked_since(&one.serial)).min()
    }

    /// Whether the list's silence means that `certificate` was not revoked at `signed_at`: the list was in force then
    /// or was made later, and was made before the certificate expired (expired ones are dropped from lists).
    pub(super) fn speaks_for(&self, certificate: &Certificate, signed_at: Timestamp) -> bool {
        self.this_update <= certificate.not_after
            && self.next_update.unwrap_or(self.this_update).max(self.this_update) >= signed_at
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer)
            .field("this_update", &self.this_update)
            .field("revoked", &self.revoked.len())
            .finish_non_exhaustive()
    }
}

/// Since when: the date of the revocation, or that from which the key was held to be unsafe where that is earlier
/// (RFC 5280, section 5.3.2; in OCSP, RFC 6960, section 4.4.5).
pub(super) fn unsafe_since(revoked: Time, extensions: Option<&Extensions>) -> Result<Timestamp, SealError> {
    let revoked = timestamp(revoked)?;
    let invalid = extensions
        .into_iter()
        .flatten()
        .find(|extension| extension.extn_id == INVALIDITY_DATE)
        .map(|extension| {
            let date = GeneralizedTime::from_der(extension.extn_value.as_bytes()).map_err(|error| {
                SealError::Crl { reason: format!("an invalidityDate cannot be read ({error})") }
            })?;
            timestamp(Time::GeneralTime(date))
        })
        .transpose()?;
    Ok(invalid.map_or(revoked, |invalid| invalid.min(revoked)))
}
