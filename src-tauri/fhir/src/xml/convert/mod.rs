//! FHIR's JSON and XML converted into each other.
//!
//! Every value, `id`, extension, comment-free narrative and order survives: JSON that is converted to XML and back is
//! equal in [`crate::canonical::number_text`]. What could not survive is refused. What XML has besides (comments,
//! processing instructions, prefixes, white space between elements, `xsi:schemaLocation`) is not part of the resource.

mod error;
mod from_xml;
mod to_xml;

pub use error::{ConvertError, ConvertReason};
pub use from_xml::from_xml;
pub use to_xml::to_xml;

use crate::{Value, Version};

/// The resource in `document`, of R4, or of R5 where R4 does not have it so; and which of them it was read by.
///
/// # Errors
/// What both releases refuse is refused in the words of R4, the release that most is written in.
pub fn from_xml_of_any(document: &[u8]) -> Result<(Value, Version), ConvertError> {
    let read = |version| from_xml(document, version).map(|resource| (resource, version));
    read(Version::R4).or_else(|first| read(Version::R5).map_err(|_| first))
}

/// The namespace of a narrative's `div`.
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Whether `div` is a narrative by itself: one `div` of XHTML that declares every prefix that it uses.
pub(crate) fn is_narrative(div: &str) -> bool {
    narrative_depth(div).is_some()
}

/// How deeply the elements of such a `div` are nested, itself counted.
fn narrative_depth(div: &str) -> Option<usize> {
    let document = super::Document::parse(div.as_bytes()).ok()?;
    let root = document.root();
    // A byte order mark is not counted, so that one makes the lengths differ.
    (root.is(XHTML, "div") && root.source().len() == div.len()).then(|| depth(root))
}

/// Recursion is bounded: a document is at most [`super::MAX_DEPTH`] deep.
fn depth(element: super::Element<'_>) -> usize {
    1 + element.elements().map(depth).max().unwrap_or(0)
}
