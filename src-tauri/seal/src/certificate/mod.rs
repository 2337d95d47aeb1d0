//! Certificates (RFC 5280): the chain that travels with a signature, the configured anchors, the request for a
//! certificate, the check of what was issued, revocation lists and OCSP
//! responses.

mod anchors;
mod chain;
mod crl;
mod enrolment;
pub mod ocsp;
mod path;
mod request;
mod revocation;

pub use anchors::Anchors;
pub use chain::CertificateChain;
pub use crl::Crl;
pub use enrolment::check_issued;
pub use ocsp::{OcspError, OcspResponse};
#[cfg(feature = "issue")]
pub(crate) use request::ECDSA_WITH_SHA256;
pub use request::{CertificateRequest, csr};

pub(crate) use chain::{Certificate, Key};
pub(crate) use path::Path;
pub(crate) use revocation::{Revocation, Values};
