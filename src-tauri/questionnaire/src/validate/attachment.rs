//! Files: their size, and their type (HL7's `maxSize`, in bytes (ADR 54), and `mimeType`).

use std::cmp::Ordering;

use fhir::Value;

use super::definition::Item;
use super::encoded::decoded_length;
use super::finding::Rule;
use super::limits::Broken;

const MAX_SIZE: &str = "http://hl7.org/fhir/StructureDefinition/maxSize";
const MIME_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/mimeType";

/// What the item asks of a file.
pub(super) fn check(item: &Item<'_>, attachment: &Value, broken: &mut Vec<Broken>) {
    let real = attachment.str("data").and_then(decoded_length);
    let said = attachment.get("size").and_then(|size| match size {
        Value::Number(number) => number.as_str().parse::<u64>().ok(),
        size => size.as_str().and_then(|size| size.parse::<u64>().ok()),
    });
    if let (Some(said), Some(real)) = (said, real)
        && said != real
    {
        let message = "the size of this file is not that of its data; attach the file again";
        broken.push(Broken::error(Rule::FileContent, message));
    }
    let max = item
        .extension(MAX_SIZE)
        .and_then(|extension| extension.get("valueDecimal").or(extension.get("valueInteger")))
        .and_then(Value::as_number);
    if let (Some(max), Some(size)) = (max, real.into_iter().chain(said).max())
        && crate::number::compare(&size.to_string(), max.as_str()) == Some(Ordering::Greater)
    {
        let message = format!("this file is larger than {} bytes; attach a smaller one", max.as_str());
        broken.push(Broken::error(Rule::FileSize, message));
    }
    let mut types = item
        .extensions(MIME_TYPE)
        .filter_map(|extension| extension.str("valueCode").or(extension.str("valueString")))
        .peekable();
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if types.peek().is_some() {
        let given = attachment.str("contentType").map(essence).unwrap_or_default();
        let allowed = |wanted: &str| {
            let wanted = essence(wanted);
            wanted == given
                || wanted == "*/*"
                || wanted
                    .strip_suffix('*')
                    .is_some_and(|family| family.ends_with('/') && given.starts_with(family))
        };
        if !types.any(allowed) {
            let message = "files of this type are not allowed here; attach one of another type";
            broken.push(Broken::error(Rule::FileType, message));
        }
    }
}
