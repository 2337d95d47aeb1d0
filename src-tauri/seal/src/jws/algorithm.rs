//! The signature algorithms that are allowed (RFC 7518, section 3.1), verified by josekit on OpenSSL.

use josekit::jws::{ES256, JwsVerifier as _, RS256};

use crate::certificate::{Certificate, Key};

/// An allowed `alg`. Everything else, `none` above all, is refused before any key is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// ECDSA on P-256 with SHA-256: made and verified.
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256: verified only.
    Rs256,
}

impl Algorithm {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// `alg` is case-sensitive.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256].into_iter().find(|one| one.name() == name)
    }

    /// Whether the certificate's key is of the kind that this algorithm needs: the header alone does not choose.
    pub(crate) fn fits(self, certificate: &Certificate) -> bool {
        matches!((self, certificate.key), (Self::Es256, Key::P256) | (Self::Rs256, Key::Rsa))
    }

    /// Whether a signature has a length that this algorithm makes; ES256 is raw r‖s, never DER.
    pub(crate) fn has_length(self, signature: &[u8]) -> bool {
        match self {
            Self::Es256 => signature.len() == 64,
            Self::Rs256 => signature.len() >= 256,
        }
    }

    pub(crate) fn verify(self, certificate: &Certificate, input: &[u8], signature: &[u8]) -> bool {
        let key = &certificate.public_key_der;
        self.fits(certificate)
            && self.has_length(signature)
            && match self {
                Self::Es256 => {
                    ES256.verifier_from_der(key).is_ok_and(|key| key.verify(input, signature).is_ok())
                }
                Self::Rs256 => {
                    RS256.verifier_from_der(key).is_ok_and(|key| key.verify(input, signature).is_ok())
                }
            }
    }
}
