//! A small time stamp authority (RFC 3161), for practice mode and for tests: a request comes in as bytes, an answer goes
//! out as bytes. How they travel, and what the clock says, are the caller's.

use std::fmt;
use std::time::Duration;

use der::asn1::{Any, BitString, GeneralizedTime, Int, ObjectIdentifier, OctetString, SetOfVec};
use der::{DateTime, Decode as _, Encode as _, Tag};
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use x509_cert::Certificate;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::encoding::sha256;
use crate::issue::profile::{Certified, Purpose};
use crate::issue::{self, Validity, build, issue, public_key};
use crate::time_stamp::asn1::{
    self, Accuracy, Attribute, ContentInfo, EncapsulatedContent, IssuerAndSerialNumber, MessageImprint,
    SignedData, SignerInfo, SigningCertificate, StatusInfo, TimeStampReq, TimeStampResp, TstInfo,
};
use crate::{CertificateChain, SealError};

/// The policy in the tokens. The number 32473 is for examples (RFC 5612): nobody is promised anything.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3161.1");
/// No request is nearly this large, in bytes.
const LARGEST_REQUEST: usize = 64 * 1024;
/// `PKIStatus`: granted, rejected.
const GRANTED: u8 = 0;
const REJECTED: u8 = 2;

/// A time stamp authority: its key, its certificate, and those above it but for the root.
pub struct Authority {
    key: SigningKey,
    chain: CertificateChain,
}

/// A bit of `PKIFailureInfo` (RFC 3161, section 2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    BadAlgorithm = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
}

impl Authority {
    /// A new time stamp authority under `issuer`: a certificate for `key` that is good for time stamps alone.
    ///
    /// `subject` is an RFC 4514 name such as `CN=Attesta practice time stamps`; `serial` is 16 random bytes.
    ///
    /// # Errors
    /// [`SealError::Issue`] when the name or the dates cannot be encoded.
    pub fn new(
        issuer: &issue::Authority,
        subject: &str,
        key: SigningKey,
        serial: [u8; 16],
        validity: Validity,
    ) -> Result<Self, SealError> {
        let (subject, issuer_name) = (issue::name(subject)?, Some(issuer.name()));
        let profile = Certified { subject, issuer: issuer_name, purpose: Purpose::TimeStamping };
        let certificate = build(profile, serial, validity, public_key(key.verifying_key())?, &issuer.key)?;
        let mut ders = vec![certificate.to_der().map_err(issue)?];
        let tbs = issuer.certificate.tbs_certificate();
        // Who verifies has the root, or does not trust it.
        if tbs.issuer() != tbs.subject() {
            ders.push(issuer.certificate_der().to_vec());
        }
        Self::load(key, CertificateChain::from_ders(ders)?)
    }

    /// A time stamp authority from storage: its own certificate first, then those above it.
    ///
    /// # Errors
    /// [`SealError::Issue`] when the first certificate is for another key.
    pub fn load(key: SigningKey, chain: CertificateChain) -> Result<Self, SealError> {
        let own = public_key(key.verifying_key())?.to_der().map_err(issue)?;
        if chain.leaf().public_key_der != own {
            return Err(issue("the time stamp authority's certificate is for another key"));
        }
        Ok(Self { key, chain })
    }

    /// Its certificate and those above it but for the root.
    pub fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    /// Answers a `TimeStampReq` with a `TimeStampResp` (RFC 3161, section 2.4), both DER: a token of this time, whole
    /// seconds, or a rejection that says why.
    ///
    /// # Errors
    /// [`SealError::Issue`] when the answer cannot be encoded, as for a time before 1970.
    pub fn respond(&self, request: &[u8], now: Timestamp) -> Result<Vec<u8>, SealError> {
        let response = match read(request) {
            Ok(request) => {
                let token = self.token(&request, now)?;
                let status = StatusInfo { status: GRANTED, text: None, failure: None };
                TimeStampResp { status, token: Some(any(&token)?) }
            }
            Err((failure, reason)) => TimeStampResp { status: rejection(failure, reason)?, token: None },
        };
        response.to_der().map_err(issue)
    }

    fn token(&self, request: &TimeStampReq, now: Timestamp) -> Result<ContentInfo, SealError> {
        let seconds = u64::try_from(now.as_second()).map_err(issue)?;
        let clock = DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(issue)?;
        let info = TstInfo {
            version: 1,
            policy: any(&POLICY)?,
            message_imprint: request.message_imprint.clone(),
            serial_number: serial_number(request, seconds)?,
            gen_time: any(&GeneralizedTime::from_date_time(clock))?,
            accuracy: Some(Accuracy { seconds: Some(1), millis: None, micros: None }),
            ordering: false,
            nonce: request.nonce.clone(),
            tsa: None,
            extensions: None,
        };
        let info = info.to_der().map_err(issue)?;
        let signer = self.sign(&info)?;
        let certificates = self
            .chain
            .ders()
            .map(|der| Any::from_der(der).map_err(issue))
            .collect::<Result<Vec<_>, SealError>>()?;
        let data = SignedData {
            version: 3,
            digest_algorithms: set(vec![any(&algorithm(asn1::SHA256))?])?,
            content: EncapsulatedContent {
                content_type: asn1::TST_INFO,
                content: OctetString::new(info).map_err(issue)?,
            },
            certificates: request.certificates.then(|| set(certificates)).transpose()?,
            lists: None,
            signers: set(vec![any(&signer)?])?,
        };
        Ok(ContentInfo { content_type: asn1::SIGNED_DATA, content: any(&data)? })
    }

    fn sign(&self, info: &[u8]) -> Result<SignerInfo, SealError> {
        let certificate = Certificate::from_der(self.chain.leaf_der()).map_err(issue)?;
        let tbs = certificate.tbs_certificate();
        let named = SigningCertificate {
            // ESSCertIDv2 (RFC 5035): SHA-256 is the default and stands nowhere.
            certificates: vec![sequence(&[&octets(sha256(self.chain.leaf_der()))?])?],
            policies: None,
        };
        let attributes = set(vec![
            attribute(asn1::CONTENT_TYPE, any(&asn1::TST_INFO)?)?,
            attribute(asn1::MESSAGE_DIGEST, octets(sha256(info))?)?,
            attribute(asn1::SIGNING_CERTIFICATE_V2, any(&named)?)?,
        ])?
        .to_der()
        .map_err(issue)?;
        let signature: DerSignature = self.key.sign(&attributes);
        let attributes = Any::from_der(&attributes).map_err(issue)?;
        let serial_number = Int::new(tbs.serial_number().as_bytes()).map_err(issue)?;
        Ok(SignerInfo {
            version: 1,
            signer: any(&IssuerAndSerialNumber { issuer: tbs.issuer().clone(), serial_number })?,
            digest_algorithm: algorithm(asn1::SHA256),
            signed_attributes: Any::new(asn1::context(0, true), attributes.value()).map_err(issue)?,
            signature_algorithm: issue::ecdsa_with_sha256(),
            signature: OctetString::new(signature.as_bytes()).map_err(issue)?,
            unsigned_attributes: None,
        })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("chain", &self.chain).finish_non_exhaustive()
    }
}

/// Reads a request, or says why it is rejected.
fn read(request: &[u8]) -> Result<TimeStampReq, (Failure, &'static str)> {
    if request.len() > LARGEST_REQUEST {
        return Err((Failure::BadDataFormat, "the request is too large"));
    }
    let request = TimeStampReq::from_der(request)
        .map_err(|_| (Failure::BadDataFormat, "the request is not a TimeStampReq"))?;
    let MessageImprint { hash_algorithm, hashed_message } = &request.message_imprint;
    let octets = match hash_algorithm.oid {
        asn1::SHA256 => 32,
        asn1::SHA384 => 48,
        asn1::SHA512 => 64,
        _ => return Err((Failure::BadAlgorithm, "the hash is not SHA-256, SHA-384 or SHA-512")),
    };
    if request.version != 1 {
        return Err((Failure::BadRequest, "the request is not of version 1"));
    }
    if hashed_message.as_bytes().len() != octets {
        return Err((Failure::BadDataFormat, "the imprint does not have the length of the hash"));
    }
    if request.policy.is_some_and(|policy| policy != POLICY) {
        return Err((Failure::UnacceptedPolicy, "there is one policy here, and it is another one"));
    }
    if request.extensions.is_some() {
        return Err((Failure::UnacceptedExtension, "no extension is known here"));
    }
    Ok(request)
}

fn rejection(failure: Failure, reason: &str) -> Result<StatusInfo, SealError> {
    let bit = failure as usize;
    let mut bits = vec![0; bit / 8 + 1];
    bits[bit / 8] = 0x80 >> (bit % 8);
    // DER (X.690, section 11.2.2): a list of named bits ends with its last one.
    let unused = u8::try_from(7 - bit % 8).map_err(issue)?;
    let failure = BitString::new(unused, bits).map_err(issue)?;
    Ok(StatusInfo { status: REJECTED, text: Some(vec![reason.to_owned()]), failure: Some(failure) })
}

/// One for every token: the same imprint with the same nonce in the same second is the same token.
fn serial_number(request: &TimeStampReq, seconds: u64) -> Result<Int, SealError> {
    let mut whole = request.to_der().map_err(issue)?;
    whole.extend_from_slice(&seconds.to_be_bytes());
    let mut serial = sha256(whole);
    serial[0] = (serial[0] & 0x7f) | 0x40;
    Int::new(serial.get(..16).unwrap_or_default()).map_err(issue)
}

fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}

fn attribute(kind: ObjectIdentifier, value: Any) -> Result<Any, SealError> {
    any(&Attribute { kind, values: set(vec![value])? })
}

fn octets(bytes: impl AsRef<[u8]>) -> Result<Any, SealError> {
    any(&OctetString::new(bytes.as_ref()).map_err(issue)?)
}

fn sequence(values: &[&Any]) -> Result<Any, SealError> {
    let mut content = Vec::new();
    for value in values {
        value.encode_to_vec(&mut content).map_err(issue)?;
    }
    Any::new(Tag::Sequence, content).map_err(issue)
}

fn set(values: Vec<Any>) -> Result<SetOfVec<Any>, SealError> {
    SetOfVec::try_from(values).map_err(issue)
}

fn any(value: &impl der::Encode) -> Result<Any, SealError> {
    Any::from_der(&value.to_der().map_err(issue)?).map_err(issue)
}
