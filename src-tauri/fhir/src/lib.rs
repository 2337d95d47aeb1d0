//! Exact FHIR JSON.
//!
//! FHIR's decimals carry precision (`72.50` is not `72.5`), and a signature covers every character of a value. This
//! crate reads JSON strictly (RFC 8259, with duplicate names refused), keeps member order and number text, writes it
//! back unchanged, and offers the two canonical forms that Attesta knows: [`canonical::jcs`] (RFC 8785), which a JWS
//! covers, and [`canonical::number_text`], which decides equality. [`diff::differences`] says in FHIRPath where two
//! resources differ.
//!
//! The crate does no I/O, reads no clock and imports none of our other crates.

mod build;
pub mod canonical;
pub mod diff;
mod document;
mod element;
mod number;
mod parse;
pub mod reference;
pub mod shape;
mod table;
mod value;
mod version;
mod write;
pub mod xml;

pub use document::{begins_as_xml, without_byte_order_mark};
pub use number::{Number, NumberError};
pub use parse::{MAX_DEPTH, MAX_VALUES, ParseError, ParseErrorKind};
pub use value::{Object, Value};
pub use version::Version;
