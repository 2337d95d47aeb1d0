//! Certification path validation (RFC 5280, section 6), by OpenSSL.

use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509Ref, X509StoreContext};

use crate::certificate::{Anchors, Certificate, CertificateChain};

/// OpenSSL's security level 2: at least 112 bits, so neither SHA-1 nor RSA under 2048 bits anywhere in the path.
const SECURITY_LEVEL: i32 = 2;
/// No path of a sealing certificate is longer.
const DEEPEST: i32 = 8;

/// A validated path: the signer's certificate, each issuer, and last the anchor.
pub(crate) struct Path {
    pub(crate) certificates: Vec<Certificate>,
}

/// Why there is no path to a configured anchor.
pub(crate) struct PathError {
    /// In OpenSSL's words.
    pub(crate) reason: String,
    /// The path would exist but for SHA-1 or a short key.
    pub(crate) weak: bool,
}

impl CertificateChain {
    /// Whether its signer's certificate leads to one of `anchors`, at whatever time.
    pub fn leads_to(&self, anchors: &Anchors) -> bool {
        Path::build(self, anchors).is_ok()
    }
}

impl Path {
    /// Each certificate with its issuer; of an anchor's own path there are none.
    pub(crate) fn issued(&self) -> impl Iterator<Item = (&Certificate, &Certificate)> {
        self.certificates.iter().zip(self.certificates.iter().skip(1))
    }

    /// Builds and validates the path from the chain's first certificate to an anchor.
    ///
    /// Dates are left out here on purpose: whether each certificate was valid when the signature was made is a
    /// separate verdict, and an expired certificate stays good for what it signed.
    pub(crate) fn build(chain: &CertificateChain, anchors: &Anchors) -> Result<Self, PathError> {
        let untrusted: Vec<&Certificate> = chain.certificates().iter().skip(1).collect();
        Self::build_through(chain.leaf(), &untrusted, anchors)
    }

    /// The same for `leaf`, through any of the certificates in `untrusted`.
    pub(crate) fn build_through(
        leaf: &Certificate,
        untrusted: &[&Certificate],
        anchors: &Anchors,
    ) -> Result<Self, PathError> {
        let internal = |reason: String| PathError { reason, weak: false };
        let store = store(anchors).map_err(|error| internal(error.to_string()))?;
        let read = |certificate: &Certificate| X509::from_der(&certificate.der);
        let leaf = read(leaf).map_err(|error| internal(error.to_string()))?;
        let mut others = Stack::new().map_err(|error| internal(error.to_string()))?;
        for certificate in untrusted {
            read(certificate)
                .and_then(|certificate| others.push(certificate))
                .map_err(|error| internal(error.to_string()))?;
        }
        let outcome = X509StoreContext::new()
            .and_then(|mut context| {
                context.init(&store, &leaf, &others, |context| {
                    let valid = context.verify_cert()?;
                    let path = context.chain().map(|chain| chain.iter().map(X509Ref::to_der).collect());
                    Ok((valid, context.error(), path))
                })
            })
            .map_err(|error| internal(error.to_string()))?;
        match outcome {
            (true, _, Some(path)) => {
                let ders: Vec<Vec<u8>> =
                    Result::from_iter::<Vec<_>>(path).map_err(|error| internal(error.to_string()))?;
                let certificates = ders
                    .into_iter()
                    .map(Certificate::from_der)
                    .collect::<Result<_, _>>()
                    .map_err(|error| internal(error.to_string()))?;
                Ok(Self { certificates })
            }
            (_, error, _) => Err(PathError {
                reason: error.error_string().to_owned(),
                // X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK.
                weak: matches!(error.as_raw(), 66..=68),
            }),
        }
    }
}

fn store(anchors: &Anchors) -> Result<X509Store, openssl::error::ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for anchor in anchors.certificates() {
        builder.add_cert(X509::from_der(&anchor.der)?)?;
    }
    let mut parameters = X509VerifyParam::new()?;
    // An intermediate authority may be the anchor: a study pins what it was told to trust.
    parameters.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME)?;
    parameters.set_auth_level(SECURITY_LEVEL);
    parameters.set_depth(DEEPEST);
    builder.set_param(&parameters)?;
    Ok(builder.build())
}
