//! XML signatures: detached XML-DSig at XAdES baseline B (ETSI EN 319 132-1, section 6), made and read here.
//!
//! The content is the C14N 1.1 bytes of a resource and travels elsewhere; the signature names it [`CONTENT_NAME`]. What
//! is signed is written in canonical form to begin with, so nothing has to be canonicalised before it is hashed.

mod algorithm;
mod element;
mod properties;
mod read;
mod refused;
mod signer;
mod write;

pub use read::Detached;
pub use refused::Refused;
pub use signer::{XmlAlgorithm, XmlSigner};
pub use write::{CONTENT_NAME, Claims, sign};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
