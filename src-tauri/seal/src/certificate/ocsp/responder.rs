//! Who may answer for an issuer (RFC 6960, section 4.2.2.2): the issuer itself, or a responder whose
//! certificate it signed with OCSP among its purposes (`id-kp-OCSPSigning`).

use jiff::Timestamp;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use openssl::x509::X509;
use x509_cert::der::Encode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::certificate::ocsp::{OcspError, OcspResponse};
use crate::certificate::{Certificate, Crl, Revocation};

/// `id-kp-OCSPSigning`.
pub(crate) const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// `id-pkix-ocsp-nocheck`: the issuer vouches for the responder as long as its certificate lasts.
pub(crate) const NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
/// The responder's certificate and perhaps those above it.
const MOST_CERTIFICATES: usize = 8;

impl OcspResponse {
    /// Whether `issuer` or a responder that it authorized signed this response.
    pub(super) fn verify(&self, issuer: &[u8], lists: &[Crl]) -> Result<(), OcspError> {
        let issuer = read(issuer.to_vec())?;
        let by_delegate = || self.verify_delegate(&issuer, lists);
        if !self.data.responder_id.is(&super::certificate(&issuer.der)?) {
            return by_delegate();
        }
        // An authority may certify a responder under its own name.
        self.signed_with(&issuer).or_else(|error| by_delegate().map_err(|_| error))
    }

    /// The certificates inside that the responder's identifier fits.
    fn certificates(&self) -> Result<Vec<Certificate>, OcspError> {
        let inside = self.basic.certs.as_deref().unwrap_or_default();
        if inside.len() > MOST_CERTIFICATES {
            return Err(super::unreadable(format!("it has more than {MOST_CERTIFICATES} certificates")));
        }
        let mut fitting = Vec::new();
        for one in inside {
            let der = one.to_der().map_err(super::unreadable)?;
            if super::certificate(&der).is_ok_and(|x509| self.data.responder_id.is(&x509)) {
                fitting.push(read(der)?);
            }
        }
        Ok(fitting)
    }

    /// Whether a certificate inside that the issuer made for a responder signed this response. Its own signature comes
    /// first: to look through the lists for one that anybody could write costs time.
    fn verify_delegate(&self, issuer: &Certificate, lists: &[Crl]) -> Result<(), OcspError> {
        let mut refused = Err(responder("no certificate of the responder came with it"));
        for certificate in self.certificates()? {
            let signed = self.signed_with(&certificate);
            refused = signed.and_then(|()| authorized(&certificate, issuer, self.produced_at, lists));
            if refused.is_ok() {
                break;
            }
        }
        refused
    }

    /// OpenSSL verifies the bytes as they came.
    fn signed_with(&self, signer: &Certificate) -> Result<(), OcspError> {
        let digest = digest(&self.basic.signature_algorithm).ok_or_else(|| {
            responder(format!(
                "it is signed with {}, where ECDSA or RSA with SHA-2 is needed",
                self.basic.signature_algorithm.oid
            ))
        })?;
        let content = self.basic.tbs_response_data.to_der().map_err(super::unreadable)?;
        // Whole bytes, or a bit could be changed that no one signed.
        let signature = self.basic.signature.as_bytes().ok_or(OcspError::Signature)?;
        let verified = || {
            let key = PKey::public_key_from_der(&signer.public_key_der)?;
            Verifier::new(digest, &key)?.verify_oneshot(signature, &content)
        };
        if verified().unwrap_or(false) { Ok(()) } else { Err(OcspError::Signature) }
    }
}

/// Whether `issuer` made this certificate for a responder, and it was good when the response was made.
fn authorized(
    certificate: &Certificate,
    issuer: &Certificate,
    produced_at: Timestamp,
    lists: &[Crl],
) -> Result<(), OcspError> {
    let x509 = super::certificate(&certificate.der)?;
    let tbs = x509.tbs_certificate();
    let same_name = super::certificate(&issuer.der)
        .is_ok_and(|issuer| issuer.tbs_certificate().subject() == tbs.issuer());
    let by_issuer = || {
        let key = PKey::public_key_from_der(&issuer.public_key_der)?;
        X509::from_der(&certificate.der)?.verify(&key)
    };
    if !same_name || digest(x509.signature_algorithm()).is_none() || !by_issuer().unwrap_or(false) {
        return Err(responder("the responder's certificate is not by the same issuer"));
    }
    let usages = tbs.get_extension::<ExtendedKeyUsage>().ok().flatten();
    if !usages.is_some_and(|(_, usages)| usages.0.contains(&OCSP_SIGNING)) {
        return Err(responder("the responder's certificate is not for OCSP (id-kp-OCSPSigning)"));
    }
    if certificate.key_usage.is_some_and(|usage| !usage.digital_signature()) {
        return Err(responder("the responder's certificate may not be used for signatures (keyUsage)"));
    }
    if !certificate.is_valid_at(produced_at) {
        return Err(responder("the responder's certificate was not valid when the response was made"));
    }
    let extensions = tbs.extensions().into_iter().flatten();
    if extensions.into_iter().any(|extension| extension.extn_id == NO_CHECK) {
        return Ok(());
    }
    match Revocation::by_lists(certificate, issuer, lists, produced_at, Timestamp::MAX) {
        Revocation::Good { .. } => Ok(()),
        Revocation::Revoked { since } => {
            Err(responder(format!("the responder's certificate was revoked at {since}")))
        }
        Revocation::Unknown { .. } => Err(responder(
            "no revocation list says whether the responder's certificate was good, and it has no id-pkix-ocsp-nocheck",
        )),
    }
}

/// The digest of an algorithm that may sign a response, which are those that may sign a list.
fn digest(algorithm: &AlgorithmIdentifierOwned) -> Option<MessageDigest> {
    match algorithm.oid.to_string().as_str() {
        "1.2.840.10045.4.3.2" | "1.2.840.113549.1.1.11" => Some(MessageDigest::sha256()),
        "1.2.840.10045.4.3.3" | "1.2.840.113549.1.1.12" => Some(MessageDigest::sha384()),
        "1.2.840.10045.4.3.4" | "1.2.840.113549.1.1.13" => Some(MessageDigest::sha512()),
        _ => None,
    }
}

fn read(der: Vec<u8>) -> Result<Certificate, OcspError> {
    Certificate::from_der(der).map_err(|error| OcspError::Certificate { reason: error.to_string() })
}

fn responder(reason: impl Into<String>) -> OcspError {
    OcspError::Responder { reason: reason.into() }
}
