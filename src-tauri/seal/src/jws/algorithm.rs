//! The signature algorithms that are allowed (RFC 7518, section 3.1; RFC 8037), verified by OpenSSL, in part through
//! josekit.

use std::fmt;
use std::sync::{Arc, LazyLock};

use josekit::jws::{ES256, ES384, JwsVerifier as _, RS256};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};
use sha2::{Digest as _, Sha256};

use crate::certificate::{Certificate, Key};
use crate::encoding::{base64url_parts, sha256};
use crate::jws::Header;

/// An allowed `alg`. Everything else, `none` above all, is refused before any key is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// ECDSA on P-256 with SHA-256: made and verified.
    Es256,
    /// ECDSA on P-384 with SHA-384: verified only, as all that follow.
    Es384,
    /// RSA PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256, a salt of 32 bytes.
    Ps256,
    /// `EdDSA`, with Ed25519 only.
    EdDsa,
}

impl Algorithm {
    const ALL: [Self; 5] = [Self::Es256, Self::Es384, Self::Rs256, Self::Ps256, Self::EdDsa];
    /// For people.
    pub(crate) const NAMES: &str = "ES256, ES384, RS256, PS256, EdDSA";

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// `alg` is case-sensitive.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether the certificate's key is of the kind that this algorithm needs: the header alone does not choose.
    pub(crate) fn fits(self, certificate: &Certificate) -> bool {
        match (self, certificate.key) {
            (Self::Es256, Key::P256) | (Self::Es384, Key::P384) | (Self::EdDsa, Key::Ed25519) => true,
            // RFC 7518, sections 3.3 and 3.5: 2048 bits or more.
            (Self::Rs256 | Self::Ps256, Key::Rsa { modulus_octets }) => modulus_octets >= 256,
            _ => false,
        }
    }

    /// Whether a signature has the length that this algorithm makes with this key; ECDSA is raw r‖s, never DER.
    pub(crate) fn has_length(self, certificate: &Certificate, signature: &[u8]) -> bool {
        match (self, certificate.key) {
            (Self::Es256 | Self::EdDsa, _) => signature.len() == 64,
            (Self::Es384, _) => signature.len() == 96,
            (Self::Rs256 | Self::Ps256, Key::Rsa { modulus_octets }) => signature.len() == modulus_octets,
            _ => false,
        }
    }

    pub(crate) fn verify(self, certificate: &Certificate, input: &[u8], signature: &[u8]) -> bool {
        let key = &certificate.public_key_der;
        self.fits(certificate)
            && self.has_length(certificate, signature)
            && match self {
                Self::Es256 => es256(key, input, signature),
                Self::Es384 => {
                    ES384.verifier_from_der(key).is_ok_and(|key| key.verify(input, signature).is_ok())
                }
                Self::Rs256 => {
                    RS256.verifier_from_der(key).is_ok_and(|key| key.verify(input, signature).is_ok())
                }
                Self::Ps256 => ps256(key, input, signature).unwrap_or(false),
                Self::EdDsa => eddsa(key, input, signature).unwrap_or(false),
            }
    }
}

/// What stands before the 65 octets of an uncompressed P-256 point in a `SubjectPublicKeyInfo`.
const P256_PREFIX: usize = 26;
const P256_UNCOMPRESSED: usize = P256_PREFIX + 65;

/// Set up once: OpenSSL's decoder of keys takes nearly as long as a verification.
static P256: LazyLock<Option<EcGroup>> =
    LazyLock::new(|| EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok());

fn es256(key: &[u8], input: &[u8], signature: &[u8]) -> bool {
    match (P256.as_ref(), key.get(P256_PREFIX..)) {
        (Some(group), Some(point)) if key.len() == P256_UNCOMPRESSED => {
            let verified = p256_key(group, point)
                .and_then(|key| p256_signature(signature)?.verify(&sha256(input), &key));
            verified.unwrap_or(false)
        }
        _ => ES256.verifier_from_der(key).is_ok_and(|key| key.verify(input, signature).is_ok()),
    }
}

/// Reading the point refuses one that is not on the curve; P-256 has no other subgroup.
fn p256_key(group: &EcGroup, point: &[u8]) -> Result<EcKey<Public>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(group, point, &mut context)?;
    EcKey::from_public_key(group, &point)
}

/// Raw r‖s. OpenSSL refuses r or s that is zero or not below the order.
fn p256_signature(raw: &[u8]) -> Result<EcdsaSig, ErrorStack> {
    let (r, s) = raw.split_at(raw.len() / 2);
    EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)
}

/// One ES256 signature whose payload is looked for: what is the same for every payload is read once.
#[derive(Clone)]
pub(crate) struct Es256 {
    key: EcKey<Public>,
    signature: Arc<EcdsaSig>,
    /// The hash of the protected header and the dot after it.
    hashed: Sha256,
}

impl Es256 {
    /// `None` for another algorithm, or a key or signature that [`Algorithm::verify`] reads in its own way.
    pub(crate) fn new(header: &Header, protected: &str, signature: &[u8]) -> Option<Self> {
        let certificate = header.chain.leaf();
        let fits = header.algorithm == Algorithm::Es256
            && header.algorithm.fits(certificate)
            && header.algorithm.has_length(certificate, signature)
            && certificate.public_key_der.len() == P256_UNCOMPRESSED;
        let point = certificate.public_key_der.get(P256_PREFIX..).filter(|_| fits)?;
        Some(Self {
            key: p256_key(P256.as_ref()?, point).ok()?,
            signature: Arc::new(p256_signature(signature).ok()?),
            hashed: Sha256::new().chain_update(protected).chain_update("."),
        })
    }

    /// Whether the key signed the protected header and `payload`.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        let mut hashed = self.hashed.clone();
        base64url_parts(payload, |part| hashed.update(part));
        self.signature.verify(&hashed.finalize(), &self.key).unwrap_or(false)
    }
}

impl fmt::Debug for Es256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Es256").finish_non_exhaustive()
    }
}

fn ps256(key: &[u8], input: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
    let key = PKey::public_key_from_der(key)?;
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key)?;
    verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
    verifier.set_rsa_mgf1_md(MessageDigest::sha256())?;
    verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
    verifier.verify_oneshot(signature, input)
}

fn eddsa(key: &[u8], input: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
    let key = PKey::public_key_from_der(key)?;
    Verifier::new_without_digest(&key)?.verify_oneshot(signature, input)
}
