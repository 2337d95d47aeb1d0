//! XML signatures: detached XML-DSig at XAdES baseline B (ETSI EN 319 132-1, section 6), made here.
//!
//! The content is the C14N 1.1 bytes of a resource and travels elsewhere; the signature names it [`CONTENT_NAME`]. What
//! is signed is written in canonical form to begin with, so nothing has to be canonicalised before it is hashed.

mod signer;
mod write;

pub use signer::{XmlAlgorithm, XmlSigner};
pub use write::{CONTENT_NAME, Claims, sign};
