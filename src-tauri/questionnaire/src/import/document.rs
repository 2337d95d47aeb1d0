//! The bytes of a form, as they come from elsewhere.

use fhir::xml::from_xml_of_any;
use fhir::{ParseErrorKind, Value, begins_as_xml, without_byte_order_mark};

use super::{MAX_BYTES, MAX_ITEM_DEPTH, whole};
use crate::{ImportReport, Reason};

/// Reads FHIR JSON, or FHIR XML of R4 or R5 (FHIR R4, sections 2.6.1 and 2.6.2), whatever resource it is.
///
/// # Errors
/// A report that says why it is neither, or that it is larger than [`MAX_BYTES`].
pub fn read_document(document: &[u8]) -> Result<Value, ImportReport> {
    if document.len() > MAX_BYTES {
        let message = format!(
            "the document has {} bytes, and at most {MAX_BYTES} are read; remove contained resources and pictures",
            document.len()
        );
        return Err(whole(Reason::TooLarge, message));
    }
    if begins_as_xml(document) {
        return from_xml_of_any(document).map(|(resource, _)| resource).map_err(|error| {
            let message =
                format!("the document is not acceptable FHIR XML: {error}; get it again from where it came");
            whole(Reason::NotXml, message)
        });
    }
    Value::parse(without_byte_order_mark(document)).map_err(|error| match error.kind {
        ParseErrorKind::TooDeep => {
            let message =
                format!("{error}; items may be nested {MAX_ITEM_DEPTH} deep: bring them further up");
            whole(Reason::TooDeep, message)
        }
        ParseErrorKind::TooManyValues => whole(Reason::TooLarge, format!("{error}; shorten the form")),
        _ => whole(Reason::NotJson, format!("the document is not strict JSON: {error}")),
    })
}
