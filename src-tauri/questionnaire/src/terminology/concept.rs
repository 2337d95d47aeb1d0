//! A concept of an expansion: what the form keeps of it.

use fhir::{Object, Value, object};

use super::ExpansionError;

/// What the form keeps of a concept.
const KEPT_OF_CONCEPT: [&str; 5] = ["system", "version", "code", "display", "designation"];
/// Weights for scores, which stand beside a concept.
const WEIGHTS: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
];
/// The property of a concept that says the same.
const WEIGHT_PROPERTY: &str = "http://hl7.org/fhir/concept-properties#itemWeight";

/// What the form keeps of a concept.
pub(super) fn kept(concept: &Object, weight: &str) -> Result<Value, ExpansionError> {
    let mut kept = Object::new();
    let list = |name: &str| concept.get(name).and_then(Value::as_array).unwrap_or_default().iter();
    let is_weight = |extension: &&Value| extension.str("url").is_some_and(|url| WEIGHTS.contains(&url));
    let mut weights: Vec<Value> = list("extension").filter(is_weight).cloned().collect();
    // R5 has a property for it, R4 and the form's expressions the extension.
    let property = list("property").find(|property| property.str("code") == Some(weight));
    let number =
        property.and_then(|one| ["valueDecimal", "valueInteger"].iter().find_map(|name| one.get(name)));
    if number.is_some_and(|number| number.as_number().is_none()) {
        return Err(ExpansionError::Malformed("a weight is no number"));
    }
    if let (true, Some(number)) = (weights.is_empty(), number) {
        weights.push(object! { "url" => WEIGHTS[0], "valueDecimal" => number.clone() });
    }
    if !weights.is_empty() {
        kept.insert("extension", Value::Array(weights));
    }
    for name in KEPT_OF_CONCEPT {
        let Some(value) = concept.get(name) else { continue };
        let fits = match name {
            "designation" => value.as_array().is_some_and(|list| list.iter().all(is_designation)),
            _ => value.as_str().is_some_and(|text| !text.is_empty()),
        };
        if !fits {
            return Err(ExpansionError::Malformed("a concept has an element that FHIR does not allow so"));
        }
        kept.insert(name, value.clone());
    }
    Ok(Value::Object(kept))
}

/// The code of the property that the expansion declares to be a weight (FHIR R5, `ValueSet.expansion.property`).
pub(super) fn weight_property(expansion: &Value) -> &str {
    let declared =
        expansion.list("property").iter().find(|property| property.str("uri") == Some(WEIGHT_PROPERTY));
    declared.and_then(|property| property.str("code")).unwrap_or("itemWeight")
}

fn is_designation(designation: &Value) -> bool {
    let text = |name: &str| designation.get(name).is_none_or(|value| value.as_str().is_some());
    designation.str("value").is_some() && text("language")
}

pub(super) fn flag(concept: &Object, name: &str) -> Result<bool, ExpansionError> {
    match concept.get(name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(ExpansionError::Malformed("a concept has an element that FHIR does not allow so")),
    }
}

/// FHIR's `code`, and no less for a system.
pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
