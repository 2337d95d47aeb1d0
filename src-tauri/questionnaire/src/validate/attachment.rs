//! Files: their size, and their type (HL7's `maxSize`, in megabytes, and `mimeType`).

use std::cmp::Ordering;

use fhir::Value;

use super::definition::Item;
use super::finding::Rule;
use super::limits::Broken;
use super::value;

const MAX_SIZE: &str = "http://hl7.org/fhir/StructureDefinition/maxSize";
const MIME_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/mimeType";

/// What the item asks of a file.
pub(super) fn check(item: &Item<'_>, attachment: &Value, broken: &mut Vec<Broken>) {
    let data = attachment.str("data").and_then(value::decode);
    let said = attachment.get("size").and_then(|size| match size {
        Value::Number(number) => number.as_str().parse::<u64>().ok(),
        size => size.as_str().and_then(|size| size.parse::<u64>().ok()),
    });
    let real = data.as_ref().and_then(|data| u64::try_from(data.len()).ok());
    if let (Some(said), Some(real)) = (said, real)
        && said != real
    {
        let message = "the size of this file is not that of its data; attach the file again";
        broken.push(Broken::error(Rule::FileContent, message));
    }
    let max = item
        .extension(MAX_SIZE)
        .and_then(|extension| extension.get("valueDecimal"))
        .and_then(Value::as_number);
    if let (Some(max), Some(size)) = (max, real.into_iter().chain(said).max())
        && megabytes_exceed(size, max.as_str())
    {
        let message = format!("this file is larger than {} MB; attach a smaller one", max.as_str());
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

/// Whether `size` bytes are more than `limit` megabytes (of 1,048,576 bytes, and exact).
fn megabytes_exceed(size: u64, limit: &str) -> bool {
    // Compared as decimals: size > limit × 2^20 where size / 2^20 has at most 20 decimal places.
    let whole = size >> 20;
    let mut rest = size & ((1 << 20) - 1);
    let mut digits = String::new();
    while rest > 0 {
        rest *= 10;
        digits.push(char::from(b'0' + u8::try_from(rest >> 20).unwrap_or_default()));
        rest &= (1 << 20) - 1;
    }
    let size = if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") };
    crate::number::compare(&size, limit) == Some(Ordering::Greater)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_are_exact() {
        assert!(!megabytes_exceed(1 << 20, "1"));
        assert!(megabytes_exceed((1 << 20) + 1, "1.0"));
        assert!(!megabytes_exceed(1 << 19, "0.5"));
        assert!(megabytes_exceed(u64::MAX, "1"));
    }
}
