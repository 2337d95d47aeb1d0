//! The token: CMS `SignedData` (RFC 5652) around a `TSTInfo`.

use std::fmt;

use der::asn1::{Any, Int, OctetString};
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};
use jiff::{SignedDuration, Timestamp};
use openssl::hash::{MessageDigest, hash};
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};

use crate::SealError;
use crate::certificate::{Anchors, Certificate, Path};
use crate::time_stamp::algorithm::{Digest, Signature};
use crate::time_stamp::asn1::{
    self, Attribute, ContentInfo, EssCertId, EssCertIdV2, IssuerAndSerialNumber, SignedData, SignerInfo,
    SigningCertificate, TstInfo,
};
use crate::time_stamp::request::refused;
use crate::time_stamp::{MOST_BYTES, StampError};

/// No authority sends more certificates.
const MOST_CERTIFICATES: usize = 16;
/// No authority signs more attributes.
const MOST_ATTRIBUTES: usize = 16;

/// A time stamp whose signature by its own certificate was verified, and whose certificate is for time stamps. Whom that
/// certificate belongs to is another question: [`TimeStampToken::leads_to`] asks for a way to a configured anchor.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeStampToken {
    der: Vec<u8>,
    digest: Digest,
    imprint: Vec<u8>,
    nonce: Option<Int>,
    time: Timestamp,
    accuracy: SignedDuration,
    signer: Certificate,
    others: Vec<Certificate>,
}

impl TimeStampToken {
    /// Reads a `TimeStampToken` and verifies everything that needs no trust.
    ///
    /// # Errors
    /// [`SealError::TimeStamp`] when it cannot be read, was altered, or is signed by what may not sign time stamps.
    pub fn from_der(der: &[u8]) -> Result<Self, SealError> {
        Self::read(der).map_err(|error| refused(error.reason))
    }

    /// The same, with the code of what is wrong.
    pub(crate) fn read(der: &[u8]) -> Result<Self, StampError> {
        if der.len() > MOST_BYTES {
            return Err(unreadable(format!("it has more than {MOST_BYTES} bytes")));
        }
        let content = ContentInfo::from_der(der).map_err(|error| unreadable(error.to_string()))?;
        if content.content_type != asn1::SIGNED_DATA {
            return Err(unreadable("it is not CMS SignedData"));
        }
        let data: SignedData =
            content.content.decode_as().map_err(|error: der::Error| unreadable(error.to_string()))?;
        if data.version != 3 || data.content.content_type != asn1::TST_INFO {
            return Err(unreadable("what it signs is not a TSTInfo"));
        }
        let [signer] = data.signers.as_slice() else {
            return Err(unreadable(format!("it has {} signers instead of one", data.signers.len())));
        };
        let info: SignerInfo =
            signer.decode_as().map_err(|error: der::Error| unreadable(error.to_string()))?;
        let certificates = certificates(&data)?;
        let (signer, others) = signers_own(&info, certificates)?;
        let content = data.content.content.as_bytes();
        signed(&data, &info, &signer, content)?;
        may_stamp(&signer)?;
        let tst = TstInfo::from_der(content).map_err(|error| unreadable(error.to_string()))?;
        Self::with(der, &tst, signer, others)
    }

    fn with(
        der: &[u8],
        tst: &TstInfo,
        signer: Certificate,
        others: Vec<Certificate>,
    ) -> Result<Self, StampError> {
        if tst.version != 1 {
            return Err(unreadable("its TSTInfo is not of version 1"));
        }
        if tst.extensions.iter().flatten().any(|extension| extension.critical) {
            return Err(unreadable("it has a critical extension, whose meaning is not known here"));
        }
        let digest = Digest::of(&tst.message_imprint.hash_algorithm)
            .ok_or_else(|| StampError::new("stamp-algorithm", "the time stamp is not over a SHA-2 hash"))?;
        let imprint = tst.message_imprint.hashed_message.as_bytes().to_vec();
        if imprint.len() != digest.octets() {
            return Err(unreadable("its imprint does not have the length of the hash"));
        }
        let time = general_time(&tst.gen_time).ok_or_else(|| unreadable("its time is not a time"))?;
        let accuracy = tst.accuracy.as_ref().map_or(SignedDuration::ZERO, |accuracy| {
            SignedDuration::from_secs(accuracy.seconds.unwrap_or_default().into())
                + SignedDuration::from_millis(accuracy.millis.unwrap_or_default().into())
                + SignedDuration::from_micros(accuracy.micros.unwrap_or_default().into())
        });
        let nonce = tst.nonce.clone();
        Ok(Self { der: der.to_vec(), digest, imprint, nonce, time, accuracy, signer, others })
    }

    /// The token as DER: what is kept.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The time in the token (`genTime`).
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// The latest time at which, by the token, it was made: what it covers existed before this.
    pub fn latest(&self) -> Timestamp {
        self.time.saturating_add(self.accuracy).unwrap_or(Timestamp::MAX)
    }

    /// The authority's name, as RFC 4514 writes names.
    pub fn authority(&self) -> &str {
        &self.signer.subject
    }

    /// Whether the token is over `bytes`.
    pub fn covers(&self, bytes: &[u8]) -> bool {
        self.digest.hash(bytes).is_some_and(|hash| hash == self.imprint)
    }

    /// Whether the authority's certificate leads to one of `anchors`, through the certificates in the token, each valid
    /// at the time in it.
    pub fn leads_to(&self, anchors: &Anchors) -> bool {
        self.path(&[], anchors).is_ok()
    }

    pub(super) fn has_imprint(&self, sha256: &[u8; 32]) -> bool {
        self.digest == Digest::Sha256 && self.imprint == sha256
    }

    pub(super) fn nonce(&self) -> Option<&Int> {
        self.nonce.as_ref()
    }

    /// The authority's certificate and the others that came with the token.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.signer).chain(&self.others)
    }

    /// The path from the authority's certificate to a configured anchor, every certificate of it valid at the time in
    /// the token; `more` are certificates that came with the signature.
    pub(crate) fn path(&self, more: &[Certificate], anchors: &Anchors) -> Result<Path, StampError> {
        let untrusted: Vec<&Certificate> = self.others.iter().chain(more).collect();
        let path = Path::build_through(&self.signer, &untrusted, anchors).map_err(|error| {
            StampError::new(
                "stamp-untrusted",
                format!(
                    "the time stamp authority {} does not lead to a configured trust anchor ({})",
                    self.signer.subject, error.reason
                ),
            )
        })?;
        match path.certificates.iter().find(|one| !one.is_valid_at(self.time)) {
            Some(certificate) => Err(StampError::new(
                "stamp-outside-validity",
                format!(
                    "the time stamp is of {}, when the certificate of {} was not valid",
                    self.time, certificate.subject
                ),
            )),
            None => Ok(path),
        }
    }
}

impl fmt::Debug for TimeStampToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeStampToken").field("time", &self.time).finish_non_exhaustive()
    }
}

/// The X.509 certificates in the token; other kinds in the same place mean nothing here.
fn certificates(data: &SignedData) -> Result<Vec<Certificate>, StampError> {
    let given = data.certificates.as_ref().map(der::asn1::SetOfVec::as_slice).unwrap_or_default();
    if given.len() > MOST_CERTIFICATES {
        return Err(unreadable(format!("it has more than {MOST_CERTIFICATES} certificates")));
    }
    given
        .iter()
        .filter(|one| one.tag() == Tag::Sequence)
        .map(|one| {
            let der = one.to_der().map_err(|error| unreadable(error.to_string()))?;
            Certificate::from_der(der).map_err(|error| unreadable(error.to_string()))
        })
        .collect()
}

/// The certificate that the signer names, and the others.
fn signers_own(
    info: &SignerInfo,
    mut certificates: Vec<Certificate>,
) -> Result<(Certificate, Vec<Certificate>), StampError> {
    let missing =
        || StampError::new("stamp-certificate-missing", "the time stamp lacks its authority's certificate");
    let own = certificates.iter().position(|one| is_named(info, one)).ok_or_else(missing)?;
    let own = certificates.remove(own);
    Ok((own, certificates))
}

/// `SignerIdentifier` (RFC 5652, section 5.3): by issuer and serial number in version 1, by key in version 3.
fn is_named(info: &SignerInfo, certificate: &Certificate) -> bool {
    let Ok(parsed) = x509_cert::Certificate::from_der(&certificate.der) else { return false };
    let tbs = parsed.tbs_certificate();
    if info.version == 1 {
        return info.signer.decode_as::<IssuerAndSerialNumber>().is_ok_and(|named| {
            named.issuer == *tbs.issuer() && named.serial_number.as_bytes() == tbs.serial_number().as_bytes()
        });
    }
    let key = tbs.get_extension::<SubjectKeyIdentifier>().ok().flatten();
    info.version == 3
        && info.signer.tag() == asn1::context(0, false)
        && key.is_some_and(|(_, key)| key.0.as_bytes() == info.signer.value())
}

/// The signed attributes are about this content and this certificate, and the certificate's key signed them.
fn signed(
    data: &SignedData,
    info: &SignerInfo,
    signer: &Certificate,
    content: &[u8],
) -> Result<(), StampError> {
    let refused =
        || StampError::new("stamp-algorithm", "the time stamp is not signed with SHA-2 and ECDSA or RSA");
    let digest = Digest::of(&info.digest_algorithm).ok_or_else(refused)?;
    let announced = data.digest_algorithms.iter().all(|one| {
        one.decode_as()
            .is_ok_and(|one: x509_cert::spki::AlgorithmIdentifierOwned| Digest::of(&one) == Some(digest))
    });
    if !announced || data.digest_algorithms.is_empty() {
        return Err(refused());
    }
    let algorithm = Signature::of(&info.signature_algorithm, digest).ok_or_else(refused)?;
    let attributes = attributes(&info.signed_attributes)?;
    let altered =
        |what: &str| StampError::new("stamp-altered", format!("the time stamp was altered: {what}"));
    if one(&attributes, asn1::CONTENT_TYPE)?.decode_as() != Ok(asn1::TST_INFO) {
        return Err(altered("what is signed is not a TSTInfo"));
    }
    let hashed: OctetString = one(&attributes, asn1::MESSAGE_DIGEST)?
        .decode_as()
        .map_err(|_| unreadable("its messageDigest cannot be read"))?;
    if Some(hashed.as_bytes()) != digest.hash(content).as_deref() {
        return Err(altered("its content is not what was signed"));
    }
    if !names(&attributes, signer)? {
        return Err(altered("it names another certificate than the one that it brings (signingCertificate)"));
    }
    // RFC 5652, section 5.4: the attributes are signed as the SET OF that they are, not under their tag in the token.
    let covered = Any::new(Tag::Set, info.signed_attributes.value())
        .and_then(|set| set.to_der())
        .map_err(|error| unreadable(error.to_string()))?;
    if !algorithm.verify(signer, &covered, info.signature.as_bytes()) {
        return Err(altered("its signature does not fit, or another key made it"));
    }
    Ok(())
}

fn attributes(set: &Any) -> Result<Vec<Attribute>, StampError> {
    if set.tag() != asn1::context(0, true) {
        return Err(unreadable("it has no signed attributes"));
    }
    let mut reader = SliceReader::new(set.value()).map_err(|error| unreadable(error.to_string()))?;
    let mut attributes = Vec::new();
    while !reader.is_finished() {
        if attributes.len() == MOST_ATTRIBUTES {
            return Err(unreadable("it has too many signed attributes"));
        }
        attributes.push(Attribute::decode(&mut reader).map_err(|error| unreadable(error.to_string()))?);
    }
    Ok(attributes)
}

/// The one value of the one attribute of this kind.
fn one(attributes: &[Attribute], kind: der::asn1::ObjectIdentifier) -> Result<&Any, StampError> {
    let mut found = attributes.iter().filter(|attribute| attribute.kind == kind);
    match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
        (Some([value]), None) => Ok(value),
        _ => Err(unreadable(format!("it does not have the signed attribute {kind} once"))),
    }
}

/// Whether the signed attributes name this certificate (RFC 5816): without it, another certificate for the same key could
/// be put in its place.
fn names(attributes: &[Attribute], signer: &Certificate) -> Result<bool, StampError> {
    let has = |kind| attributes.iter().any(|attribute| attribute.kind == kind);
    let unnamed = |_| unreadable("its signingCertificate cannot be read");
    let identifiers = |kind| -> Result<Vec<Any>, StampError> {
        let value: SigningCertificate = one(attributes, kind)?.decode_as().map_err(unnamed)?;
        Ok(value.certificates)
    };
    if has(asn1::SIGNING_CERTIFICATE_V2) {
        let identifiers = identifiers(asn1::SIGNING_CERTIFICATE_V2)?;
        let Some(first) = identifiers.first() else { return Ok(false) };
        let first = EssCertIdV2::read(first).map_err(unnamed)?;
        let digest = match &first.algorithm {
            None => Some(Digest::Sha256),
            Some(algorithm) => Digest::of(algorithm),
        };
        return Ok(
            digest.and_then(|digest| digest.hash(&signer.der)).as_deref() == Some(first.hash.as_bytes())
        );
    }
    let identifiers = identifiers(asn1::SIGNING_CERTIFICATE)?;
    let Some(first) = identifiers.first() else { return Ok(false) };
    let first: EssCertId = first.decode_as().map_err(unnamed)?;
    Ok(hash(MessageDigest::sha1(), &signer.der).is_ok_and(|hash| *hash == *first.hash.as_bytes()))
}

/// RFC 3161, section 2.3: the certificate is for time stamps and for nothing else, and says so critically.
fn may_stamp(certificate: &Certificate) -> Result<(), StampError> {
    let refused = |reason: &str| {
        StampError::new(
            "stamp-key-usage",
            format!("{} may not sign time stamps: {reason}", certificate.subject),
        )
    };
    let parsed =
        x509_cert::Certificate::from_der(&certificate.der).map_err(|error| unreadable(error.to_string()))?;
    let usage = parsed
        .tbs_certificate()
        .get_extension::<ExtendedKeyUsage>()
        .map_err(|_| refused("its extendedKeyUsage cannot be read"))?;
    match usage {
        Some((true, ExtendedKeyUsage(purposes))) if purposes == [asn1::TIME_STAMPING] => {}
        _ => return Err(refused("its extendedKeyUsage is not exactly timeStamping, and critical")),
    }
    if certificate.authority {
        return Err(refused("it is the certificate of an authority that issues certificates"));
    }
    let signs = |usage: x509_cert::ext::pkix::KeyUsage| usage.digital_signature() || usage.non_repudiation();
    if certificate.key_usage.is_some_and(|usage| !signs(usage)) {
        return Err(refused("its keyUsage has neither digitalSignature nor nonRepudiation"));
    }
    Ok(())
}

/// `GeneralizedTime` as RFC 3161 (section 2.4.2) writes it: `YYYYMMDDhhmmss[.s…]Z`.
fn general_time(time: &Any) -> Option<Timestamp> {
    let text = std::str::from_utf8(time.value()).ok()?;
    let (whole, fraction) = text.strip_suffix('Z')?.split_at_checked(14)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_fits = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digit| digits(digit) && digit.len() <= 9);
    if time.tag() != Tag::GeneralizedTime || !digits(whole) || !fraction_fits {
        return None;
    }
    let part = |range: std::ops::Range<usize>| whole.get(range);
    format!(
        "{}-{}-{}T{}:{}:{}{fraction}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?
    )
    .parse()
    .ok()
}

fn unreadable(reason: impl Into<String>) -> StampError {
    StampError::new("stamp-unreadable", format!("the time stamp cannot be read: {}", reason.into()))
}
