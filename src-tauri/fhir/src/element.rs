//! How FHIRPath names what a JSON member holds.

use std::fmt::Write as _;

/// The element that the member `name` of a `resource_type` (or of any other object) holds: `value` for
/// `valueCoding`, because FHIRPath names a choice element without its type (FHIR R4, section 2.9.2 "Polymorphism in
/// FHIR"), and `authored` for `_authored`, which holds that primitive's id and extensions (FHIR R4, section 2.6.2.2).
pub(crate) fn element<'n>(resource_type: Option<&str>, name: &'n str) -> &'n str {
    let name = name.strip_prefix('_').unwrap_or(name);
    // Definitions (Questionnaire, Measure …) have an element that is called so; only in events is it a choice.
    if name == "effectivePeriod" && !resource_type.is_some_and(|kind| EFFECTIVE_CHOICE.contains(&kind)) {
        return name;
    }
    CHOICE_ELEMENTS
        .iter()
        .find_map(|element| {
            name.strip_prefix(element).is_some_and(is_datatype).then(|| &name[..element.len()])
        })
        .unwrap_or(name)
}

fn is_datatype(name: &str) -> bool {
    DATATYPES.contains(&name)
}

/// Writes `name` as FHIRPath's grammar has it: bare when it is an identifier, else delimited and escaped (FHIRPath
/// 2.0.0, sections 3.5 and 3.6). A document's own names can so neither forge a path nor drive a terminal.
pub(crate) fn write_identifier(name: &str, out: &mut String) {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|other| other.is_ascii_alphanumeric() || other == '_');
    if plain && !KEYWORDS.contains(&name) {
        out.push_str(name);
        return;
    }
    out.push('`');
    for character in name.chars() {
        match character {
            '`' | '\\' => out.extend(['\\', character]),
            // Writing to a String cannot fail.
            control if control.is_control() || is_invisible(control) => {
                let mut units = [0; 2];
                for unit in control.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
            _ => out.push(character),
        }
    }
    out.push('`');
}

/// Marks that turn the reading direction or take no place: they could make one path look like another.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Words that cannot stand as bare identifiers (FHIRPath 2.0.0, appendix A; `as`, `contains`, `in`, `is` can).
const KEYWORDS: [&str; 24] = [
    "and",
    "day",
    "days",
    "div",
    "false",
    "hour",
    "hours",
    "implies",
    "millisecond",
    "milliseconds",
    "minute",
    "minutes",
    "mod",
    "month",
    "months",
    "or",
    "second",
    "seconds",
    "true",
    "week",
    "weeks",
    "xor",
    "year",
    "years",
];

/// The resources whose `effective[x]` is a choice.
const EFFECTIVE_CHOICE: [&str; 5] =
    ["DiagnosticReport", "MedicationAdministration", "MedicationStatement", "MedicationUsage", "Observation"];

/// The choice elements of the R4 and R5 resources that Attesta touches.
const CHOICE_ELEMENTS: [&str; 16] = [
    "abatement",
    "answer",
    "authored",
    "content",
    "deceased",
    "defaultValue",
    "effective",
    "medication",
    "multipleBirth",
    "occurred",
    "onset",
    "performed",
    "subject",
    "timing",
    "value",
    "versionAlgorithm",
];

/// The types that a choice element's name can end with (FHIR R4, section 2.24, and R5's additions).
const DATATYPES: [&str; 54] = [
    "Base64Binary",
    "Boolean",
    "Canonical",
    "Code",
    "Date",
    "DateTime",
    "Decimal",
    "Id",
    "Instant",
    "Integer",
    "Integer64",
    "Markdown",
    "Oid",
    "PositiveInt",
    "String",
    "Time",
    "UnsignedInt",
    "Uri",
    "Url",
    "Uuid",
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "CodeableConcept",
    "CodeableReference",
    "Coding",
    "ContactPoint",
    "Count",
    "Distance",
    "Duration",
    "HumanName",
    "Identifier",
    "Money",
    "Period",
    "Quantity",
    "Range",
    "Ratio",
    "RatioRange",
    "Reference",
    "SampledData",
    "Signature",
    "Timing",
    "ContactDetail",
    "Contributor",
    "DataRequirement",
    "Expression",
    "ParameterDefinition",
    "RelatedArtifact",
    "TriggerDefinition",
    "UsageContext",
    "Availability",
    "ExtendedContactDetail",
    "Dosage",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_element_loses_its_type() {
        for (name, expected) in [
            ("valueCoding", "value"),
            ("_valueDateTime", "value"),
            ("answerBoolean", "answer"),
            ("answerOption", "answerOption"),
            ("valueSet", "valueSet"),
            ("subjectType", "subjectType"),
            ("contentType", "contentType"),
            ("authored", "authored"),
            ("_authored", "authored"),
        ] {
            assert_eq!(element(None, name), expected);
        }
        assert_eq!(element(Some("Questionnaire"), "effectivePeriod"), "effectivePeriod");
        assert_eq!(element(Some("Observation"), "effectivePeriod"), "effective");
    }

    #[test]
    fn names_that_are_no_identifiers_are_delimited() {
        for (name, expected) in [
            ("item", "item"),
            ("_x9", "_x9"),
            ("contains", "contains"),
            ("div", "`div`"),
            ("", "``"),
            ("9a", "`9a`"),
            ("a.b", "`a.b`"),
            ("a`b\\", "`a\\`b\\\\`"),
            ("\u{1b}[31m", "`\\u001B[31m`"),
            ("a\u{202e}b", "`a\\u202Eb`"),
            ("größe", "`größe`"),
        ] {
            let mut out = String::new();
            write_identifier(name, &mut out);
            assert_eq!(out, expected);
        }
    }
}
