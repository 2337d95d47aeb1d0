//! The answering side of OCSP (RFC 6960): an authority answers for its own certificates, or has a responder do it.

use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use x509_cert::Certificate;
use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, Null, OctetString};
use x509_cert::der::{DateTime, Decode as _, Encode as _};

use super::profile::{Certified, Purpose};
use super::{Authority, Revoked, Validity, build, ecdsa_with_sha256, issue, name, public_key};
use crate::SealError;
use crate::certificate::ocsp::asn1::{
    BASIC, BasicResponse, CertId, CertStatus, OcspRequest, ResponderId, Response, ResponseBytes,
    ResponseData, ResponseStatus, RevokedInfo, SingleResponse, Version, nonce,
};
use crate::certificate::ocsp::nonce_extension;

/// What is asked at once at most.
const MOST_QUESTIONS: usize = 16;

/// What an authority knows about the certificates that it issued.
#[derive(Debug, Clone, Copy)]
pub struct Register<'a> {
    /// The serial numbers that it issued; `None` when it holds every number to be issued.
    pub issued: Option<&'a [Vec<u8>]>,
    /// Those that are no longer good.
    pub revoked: &'a [Revoked],
}

/// When an answer is given, and until when it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// Now.
    pub this_update: Timestamp,
    /// When newer information is due.
    pub next_update: Option<Timestamp>,
}

/// A responder that an authority authorized: its own key, and a certificate for nothing but answers.
pub struct Responder {
    key: SigningKey,
    certificate: Certificate,
    issuer: Certificate,
}

/// Who signs an answer.
struct Signatory<'a> {
    key: &'a SigningKey,
    id: ResponderId,
    certs: Option<Vec<Any>>,
    issuer: &'a Certificate,
}

impl Authority {
    /// A responder for this authority's certificates. `no_check` is `id-pkix-ocsp-nocheck`: verifiers need not ask
    /// whether the responder's own certificate was revoked.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn responder(
        &self,
        subject: &str,
        key: SigningKey,
        serial: [u8; 16],
        validity: Validity,
        no_check: bool,
    ) -> Result<Responder, SealError> {
        let purpose = Purpose::OcspResponder { no_check };
        let profile = Certified { subject: name(subject)?, issuer: Some(self.name()), purpose };
        let public_key = public_key(key.verifying_key())?;
        let certificate = build(profile, serial, validity, public_key, &self.key)?;
        Ok(Responder { key, certificate, issuer: self.certificate.clone() })
    }

    /// Answers a request (DER) with the authority's own key. A request that cannot be read is answered too, with
    /// `malformedRequest`; certificates of other authorities are unknown.
    ///
    /// # Errors
    /// [`SealError::Issue`] when a date cannot be encoded.
    pub fn respond(
        &self,
        request: &[u8],
        register: &Register<'_>,
        currency: Currency,
    ) -> Result<Vec<u8>, SealError> {
        let id = ResponderId::ByName(self.name());
        Signatory { key: &self.key, id, certs: None, issuer: &self.certificate }
            .answer(request, register, currency)
    }
}

impl Responder {
    /// A responder from storage, with the certificate (DER) of the authority that it answers for.
    ///
    /// # Errors
    /// [`SealError::Issue`] when a certificate cannot be read.
    pub fn load(key: SigningKey, certificate_der: &[u8], issuer_der: &[u8]) -> Result<Self, SealError> {
        let read = |der: &[u8]| Certificate::from_der(der).map_err(issue);
        Ok(Self { key, certificate: read(certificate_der)?, issuer: read(issuer_der)? })
    }

    /// The responder's certificate, DER.
    ///
    /// # Errors
    /// [`SealError::Issue`] when it cannot be encoded.
    pub fn certificate_der(&self) -> Result<Vec<u8>, SealError> {
        self.certificate.to_der().map_err(issue)
    }

    /// As [`Authority::respond`], with the responder's key and its certificate inside.
    ///
    /// # Errors
    /// As [`Authority::respond`].
    pub fn respond(
        &self,
        request: &[u8],
        register: &Register<'_>,
        currency: Currency,
    ) -> Result<Vec<u8>, SealError> {
        let key = self.certificate.tbs_certificate().subject_public_key_info();
        let hash = openssl::sha::sha1(key.subject_public_key.raw_bytes());
        let certificate = Any::from_der(&self.certificate_der()?).map_err(issue)?;
        let id = ResponderId::ByKey(OctetString::new(hash).map_err(issue)?);
        Signatory { key: &self.key, id, certs: Some(vec![certificate]), issuer: &self.issuer }
            .answer(request, register, currency)
    }
}

impl Signatory<'_> {
    fn answer(
        self,
        request: &[u8],
        register: &Register<'_>,
        currency: Currency,
    ) -> Result<Vec<u8>, SealError> {
        let read = OcspRequest::from_der(request).ok().filter(|request| {
            (1..=MOST_QUESTIONS).contains(&request.tbs_request.request_list.len())
                && nonce(request.tbs_request.request_extensions.as_ref()).is_ok()
        });
        let Some(request) = read else { return refusal(ResponseStatus::MalformedRequest) };
        let asked = request.tbs_request;
        let responses = asked
            .request_list
            .into_iter()
            .map(|one| self.single(one.req_cert, register, currency))
            .collect::<Result<Vec<_>, _>>()?;
        let nonce = nonce(asked.request_extensions.as_ref()).map_err(issue)?;
        let data = ResponseData {
            version: Version::V1,
            responder_id: self.id.clone(),
            produced_at: time(currency.this_update)?,
            responses,
            response_extensions: nonce.map(|nonce| nonce_extension(&nonce)).transpose().map_err(issue)?,
        };
        self.signed(&data)
    }

    fn single(
        &self,
        asked: CertId,
        register: &Register<'_>,
        currency: Currency,
    ) -> Result<SingleResponse, SealError> {
        let serial = asked.serial_number.as_bytes();
        let revoked = register.revoked.iter().find(|one| one.serial == serial);
        let issued = register.issued.is_none_or(|issued| issued.iter().any(|one| one.as_slice() == serial));
        let cert_status = match revoked {
            _ if !asked.is_of(self.issuer) => CertStatus::Unknown(Null),
            Some(revoked) => CertStatus::Revoked(RevokedInfo {
                revocation_time: time(revoked.at)?,
                revocation_reason: None,
            }),
            None if issued => CertStatus::Good(Null),
            None => CertStatus::Unknown(Null),
        };
        Ok(SingleResponse {
            cert_id: asked,
            cert_status,
            this_update: time(currency.this_update)?,
            next_update: currency.next_update.map(time).transpose()?,
            single_extensions: None,
        })
    }

    fn signed(self, data: &ResponseData) -> Result<Vec<u8>, SealError> {
        let bytes = data.to_der().map_err(issue)?;
        let signature: DerSignature = self.key.sign(&bytes);
        let basic = BasicResponse {
            tbs_response_data: Any::from_der(&bytes).map_err(issue)?,
            signature_algorithm: ecdsa_with_sha256(),
            signature: BitString::from_bytes(signature.as_bytes()).map_err(issue)?,
            certs: self.certs,
        };
        let response = OctetString::new(basic.to_der().map_err(issue)?).map_err(issue)?;
        let response_bytes = Some(ResponseBytes { response_type: BASIC, response });
        Response { response_status: ResponseStatus::Successful, response_bytes }.to_der().map_err(issue)
    }
}

/// The answer of whichever of `authorities` the request (DER) is about; `unauthorized` (RFC 5019, section 2.2.3) when it is
/// about none of them.
///
/// # Errors
/// As [`Authority::respond`].
pub fn respond(
    authorities: &[&Authority],
    request: &[u8],
    register: &Register<'_>,
    currency: Currency,
) -> Result<Vec<u8>, SealError> {
    let Ok(asked) = OcspRequest::from_der(request) else { return refusal(ResponseStatus::MalformedRequest) };
    let about = |authority: &Authority| {
        asked.tbs_request.request_list.iter().any(|one| one.req_cert.is_of(&authority.certificate))
    };
    match authorities.iter().find(|authority| about(authority)) {
        Some(authority) => authority.respond(request, register, currency),
        None => refusal(ResponseStatus::Unauthorized),
    }
}

/// An answer without an answer, which nobody signs.
fn refusal(response_status: ResponseStatus) -> Result<Vec<u8>, SealError> {
    Response { response_status, response_bytes: None }.to_der().map_err(issue)
}

/// Whole seconds (RFC 5280, section 4.1.2.5.2).
fn time(at: Timestamp) -> Result<GeneralizedTime, SealError> {
    let seconds = u64::try_from(at.as_second()).map_err(issue)?;
    let date = DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).map_err(issue)?;
    Ok(GeneralizedTime::from_date_time(date))
}

impl std::fmt::Debug for Responder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.certificate.tbs_certificate().subject().to_string();
        f.debug_struct("Responder").field("subject", &subject).finish_non_exhaustive()
    }
}
