//! Certificates (RFC 5280): the chain that travels with a signature, the configured anchors, the request for a
//! certificate, the check of what was issued, and revocation lists.

mod anchors;
mod chain;
mod crl;
mod enrolment;
mod path;
mod request;

pub use anchors::Anchors;
pub use chain::CertificateChain;
pub use crl::Crl;
pub use enrolment::check_issued;
#[cfg(feature = "issue")]
pub(crate) use request::ECDSA_WITH_SHA256;
pub use request::{CertificateRequest, csr};

pub(crate) use chain::{Certificate, Key};
pub(crate) use crl::Revocation;
pub(crate) use path::Path;
