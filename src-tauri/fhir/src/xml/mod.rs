//! XML, read strictly and kept as it was written.
//!
//! [`Document::parse`] reads one document: UTF-8, XML 1.0 with namespaces, without a document type, so no entity can be
//! declared, fetched or expanded. [`canonical`] writes what an XML signature covers. [`to_xml`] and [`from_xml`] convert
//! resources from and to JSON.

pub mod canonical;
mod convert;
mod element;
mod error;
mod names;
mod read;
mod tree;

pub(crate) use convert::is_narrative;
pub use convert::{ConvertError, ConvertReason, from_xml, from_xml_of_any, to_xml};
pub use element::{Attribute, Declaration, Element, Node};
pub use error::{XmlError, XmlErrorKind};
pub use read::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES, MAX_NODES};
pub use tree::Document;

/// The namespace of FHIR's elements.
pub const FHIR: &str = "http://hl7.org/fhir";
/// The namespace that the prefix `xml` always stands for (Namespaces in XML 1.0, section 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
