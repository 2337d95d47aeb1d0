//! What an extension is: the one place that decides it, for import and for the check of responses alike.

use fhir::Value;

/// R5's `Questionnaire.item.answerConstraint` as an extension for older releases (FHIR R5, section 2.1.28.0.5).
pub(crate) const ANSWER_CONSTRAINT: &str = "extension-Questionnaire.item.answerConstraint";

/// The same of R5's `Questionnaire.item.disabledDisplay`.
pub(crate) const DISABLED_DISPLAY: &str = "extension-Questionnaire.item.disabledDisplay";

/// The name of an HL7 extension without its base and without the prefixes that changed between guides: forms in the field
/// carry the addresses of every release.
pub(crate) fn name(url: &str) -> Option<&str> {
    let path = url.strip_prefix("http://hl7.org/fhir/")?;
    let name = match path.rsplit_once('/') {
        Some((before, name)) if before.ends_with("StructureDefinition") => name,
        _ => path.rsplit_once("StructureDefinition/")?.1,
    };
    Some(
        ["sdc-questionnaire-", "questionnaire-", "sdc-"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name),
    )
}

/// Whether two addresses mean the same extension.
pub(crate) fn is_same(url: &str, other: &str) -> bool {
    // The name stands last in both, so that most pairs need not be taken apart.
    let alike = url.as_bytes().last() == other.as_bytes().last();
    url == other || (alike && name(url).is_some_and(|name_of_it| name(other) == Some(name_of_it)))
}

/// Whether a resource, or anything in it, has a modifier extension or implicit rules: either may turn its meaning round, and
/// none is known here (FHIR R4, sections 2.4.0.2 and 2.26.3.2).
pub(crate) fn has_modifier(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(name, value)| is_modifier(name) || has_modifier(value)),
        Value::Array(elements) => elements.iter().any(has_modifier),
        _ => false,
    }
}

/// Whether an element of this name may change the meaning of what stands beside it.
pub(crate) fn is_modifier(name: &str) -> bool {
    ["modifierExtension", "implicitRules", "_implicitRules"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_the_same_under_every_base() {
        let calculated =
            "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
        for url in [
            "http://hl7.org/fhir/StructureDefinition/questionnaire-calculatedExpression",
            "http://hl7.org/fhir/us/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
            calculated,
        ] {
            assert!(is_same(url, calculated), "{url}");
        }
        assert!(!is_same("https://example.org/StructureDefinition/calculatedExpression", calculated));
        assert!(!is_same("http://hl7.org/fhir/StructureDefinition/variable", calculated));
    }
}
