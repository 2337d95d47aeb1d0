//! The values of a document by their number, for tests that change one of them.

use fhir::Value;

/// The value at `place` in document order, counted over every value.
pub(crate) fn nth<'v>(value: &'v mut Value, place: &mut usize) -> Option<&'v mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|element| nth(element, place)),
        Value::Object(object) => object.iter_mut().find_map(|(_, member)| nth(member, place)),
        _ => None,
    }
}

/// How many values there are, itself included.
pub(crate) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(size).sum::<usize>(),
        Value::Object(object) => object.iter().map(|(_, member)| size(member)).sum(),
        _ => 0,
    }
}
