//! The algorithms that a time stamp may use: SHA-2 from 256 bits, with ECDSA or RSA (PKCS #1 v1.5).

use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::certificate::{Certificate, Key};
use crate::time_stamp::asn1::{SHA256, SHA384, SHA512};

/// A hash algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(super) fn of(algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        let digest = match algorithm.oid {
            SHA256 => Self::Sha256,
            SHA384 => Self::Sha384,
            SHA512 => Self::Sha512,
            _ => return None,
        };
        has_no_parameters(algorithm).then_some(digest)
    }

    fn openssl(self) -> MessageDigest {
        match self {
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    pub(super) fn octets(self) -> usize {
        self.openssl().size()
    }

    /// `None` only where OpenSSL fails.
    pub(super) fn hash(self, bytes: &[u8]) -> Option<Vec<u8>> {
        hash(self.openssl(), bytes).ok().map(|digest| digest.to_vec())
    }
}

/// How a token is signed: with which hash, by which kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signature {
    digest: Digest,
    elliptic: bool,
}

impl Signature {
    /// `digest` is the signer's own: some authorities name with it only that they use RSA.
    pub(super) fn of(algorithm: &AlgorithmIdentifierOwned, digest: Digest) -> Option<Self> {
        let (named, elliptic) = match algorithm.oid.to_string().as_str() {
            "1.2.840.10045.4.3.2" => (Digest::Sha256, true),
            "1.2.840.10045.4.3.3" => (Digest::Sha384, true),
            "1.2.840.10045.4.3.4" => (Digest::Sha512, true),
            "1.2.840.113549.1.1.11" => (Digest::Sha256, false),
            "1.2.840.113549.1.1.12" => (Digest::Sha384, false),
            "1.2.840.113549.1.1.13" => (Digest::Sha512, false),
            "1.2.840.113549.1.1.1" => (digest, false),
            _ => return None,
        };
        (named == digest && has_no_parameters(algorithm)).then_some(Self { digest, elliptic })
    }

    /// Whether the certificate's key made `signature` over `bytes`. The key has to be of the kind that is named.
    pub(super) fn verify(self, certificate: &Certificate, bytes: &[u8], signature: &[u8]) -> bool {
        let fits = match certificate.key {
            Key::P256 | Key::P384 => self.elliptic,
            Key::Rsa { modulus_octets } => !self.elliptic && modulus_octets >= 256,
            Key::Ed25519 | Key::Other => false,
        };
        let verified = || {
            let key = PKey::public_key_from_der(&certificate.public_key_der)?;
            Verifier::new(self.digest.openssl(), &key)?.verify_oneshot(signature, bytes)
        };
        fits && verified().unwrap_or(false)
    }
}

/// RFC 5754: parameters are absent, or NULL as older software writes them.
fn has_no_parameters(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.parameters.as_ref().is_none_or(der::asn1::Any::is_null)
}
