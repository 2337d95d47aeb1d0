//! Where two resources differ, for people to read.

use crate::{Value, canonical};

/// One element that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    /// The element's FHIRPath, such as `QuestionnaireResponse.item[8].answer[0].value.code`. Choice elements lose
    /// their type as FHIRPath has them (`value`, not `valueCoding`); a primitive's `_name` object is its `extension`.
    pub path: String,
    /// What was sent there; `None` when the element was added.
    pub sent: Option<Value>,
    /// What came back there; `None` when the element was dropped.
    pub returned: Option<Value>,
}

impl std::fmt::Debug for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Difference").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The elements that differ between `sent` and `returned`, in the order of `sent`, then what was added.
///
/// Object order never matters, array order always does, and numbers are equal only when their text is. The list is
/// empty exactly when [`canonical::number_text`] of both is the same. A difference names the deepest element that
/// holds all of it: a changed leaf by itself, a dropped or added element as a whole. Where an array has lost or gained
/// elements, those that are still there are recognised, so that one dropped answer is one difference.
pub fn differences(sent: &Value, returned: &Value) -> Vec<Difference> {
    let root = sent.resource_type().or_else(|| returned.resource_type()).unwrap_or("$this").to_owned();
    let mut found = Vec::new();
    compare(&root, sent, returned, &mut found);
    found
}

fn compare(path: &str, sent: &Value, returned: &Value, found: &mut Vec<Difference>) {
    match (sent, returned) {
        (Value::Object(a), Value::Object(b)) => {
            let mut dropped = Vec::new();
            for (name, value) in a.iter() {
                match b.get(name) {
                    Some(other) => compare(&member_path(path, name), value, other, found),
                    None => dropped.push((member_path(path, name), name, value)),
                }
            }
            let mut added: Vec<_> = b
                .iter()
                .filter(|(name, _)| !a.contains(name))
                .map(|(name, value)| (member_path(path, name), value))
                .collect();
            for (path, _, value) in dropped {
                // A choice that came back with another type (valueDecimal, valueInteger) is one changed element.
                let replaced =
                    added.iter().position(|(other, _)| *other == path).map(|index| added.remove(index));
                found.push(Difference {
                    path,
                    sent: Some(value.clone()),
                    returned: replaced.map(|(_, value)| value.clone()),
                });
            }
            found.extend(added.into_iter().map(|(path, value)| Difference {
                path,
                sent: None,
                returned: Some(value.clone()),
            }));
        }
        (Value::Array(a), Value::Array(b)) => compare_arrays(path, a, b, found),
        _ if sent == returned => {}
        _ => found.push(Difference {
            path: path.to_owned(),
            sent: Some(sent.clone()),
            returned: Some(returned.clone()),
        }),
    }
}

/// Equal elements at both ends are set aside; what is left is compared pair by pair when nothing was lost or gained,
/// and otherwise named as dropped or added.
fn compare_arrays(path: &str, sent: &[Value], returned: &[Value], found: &mut Vec<Difference>) {
    if sent.len() == returned.len() {
        for (index, (a, b)) in sent.iter().zip(returned).enumerate() {
            compare(&format!("{path}[{index}]"), a, b, found);
        }
        return;
    }
    let sent_forms: Vec<_> = sent.iter().map(canonical::number_text).collect();
    let returned_forms: Vec<_> = returned.iter().map(canonical::number_text).collect();
    let common = longest_common(&sent_forms, &returned_forms);
    let (mut at, mut other) = (0, 0);
    for (next, other_next) in common.into_iter().chain([(sent.len(), returned.len())]) {
        let paired = (next - at).min(other_next - other);
        for offset in 0..paired {
            compare(
                &format!("{path}[{}]", at + offset),
                &sent[at + offset],
                &returned[other + offset],
                found,
            );
        }
        found.extend((at + paired..next).map(|index| Difference {
            path: format!("{path}[{index}]"),
            sent: Some(sent[index].clone()),
            returned: None,
        }));
        found.extend((other + paired..other_next).map(|index| Difference {
            path: format!("{path}[{index}]"),
            sent: None,
            returned: Some(returned[index].clone()),
        }));
        (at, other) = (next + 1, other_next + 1);
    }
}

/// Above this many comparisons, elements are only matched from both ends: a hostile server must not cost us minutes.
const MOST_COMPARISONS: usize = 4_000_000;

/// The index pairs of a longest common subsequence.
fn longest_common(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[start..], &b[start..]);
    let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&rest_a[..rest_a.len() - end], &rest_b[..rest_b.len() - end]);

    let mut pairs: Vec<_> = (0..start).map(|index| (index, index)).collect();
    let width = middle_b.len() + 1;
    if middle_a.len().saturating_mul(width) <= MOST_COMPARISONS {
        let mut lengths = vec![0_u32; (middle_a.len() + 1) * width];
        for i in (0..middle_a.len()).rev() {
            for j in (0..middle_b.len()).rev() {
                lengths[i * width + j] = if middle_a[i] == middle_b[j] {
                    lengths[(i + 1) * width + j + 1] + 1
                } else {
                    lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < middle_a.len() && j < middle_b.len() {
            if middle_a[i] == middle_b[j] {
                pairs.push((start + i, start + j));
                (i, j) = (i + 1, j + 1);
            } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..end).map(|offset| (a.len() - end + offset, b.len() - end + offset)));
    pairs
}

fn member_path(parent: &str, name: &str) -> String {
    let element = name.strip_prefix('_').unwrap_or(name);
    format!("{parent}.{}", choice_element(element).unwrap_or(element))
}

/// `value` for `valueCoding`: FHIRPath names a choice element without its type (FHIRPath on FHIR, "Choice elements").
fn choice_element(name: &str) -> Option<&str> {
    CHOICE_ELEMENTS
        .iter()
        .find(|element| name.strip_prefix(**element).is_some_and(|datatype| DATATYPES.contains(&datatype)))
        .copied()
}

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
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn paths(sent: &str, returned: &str) -> Vec<String> {
        let sent = Value::parse(sent.as_bytes()).unwrap();
        let returned = Value::parse(returned.as_bytes()).unwrap();
        differences(&sent, &returned).into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn a_changed_code_is_named_by_its_fhirpath() {
        let sent =
            r#"{"resourceType":"QuestionnaireResponse","item":[{"answer":[{"valueCoding":{"code":"a"}}]}]}"#;
        assert_eq!(
            paths(sent, &sent.replace("\"a\"", "\"b\"")),
            ["QuestionnaireResponse.item[0].answer[0].value.code"]
        );
    }

    #[test]
    fn decimal_text_is_content_and_member_order_is_not() {
        assert_eq!(paths(r#"{"valueDecimal":72.50}"#, r#"{"valueDecimal":72.5}"#), ["$this.value"]);
        assert!(paths(r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#).is_empty());
        assert_eq!(paths(r#"{"b":[1,2]}"#, r#"{"b":[2,1]}"#), ["$this.b[0]", "$this.b[1]"]);
    }

    #[test]
    fn one_dropped_element_is_one_difference() {
        assert_eq!(
            paths(r#"{"item":[{"l":1},{"l":2},{"l":3}]}"#, r#"{"item":[{"l":1},{"l":3}]}"#),
            ["$this.item[1]"]
        );
        assert_eq!(paths(r#"{"item":[{"l":1}]}"#, r#"{"item":[{"l":0},{"l":1}]}"#), ["$this.item[0]"]);
        assert_eq!(paths(r#"{"a":1,"b":2}"#, r#"{"a":1}"#), ["$this.b"]);
    }

    #[test]
    fn another_type_of_a_choice_is_one_changed_element() {
        assert_eq!(paths(r#"{"valueDecimal":1.0}"#, r#"{"valueInteger":1}"#), ["$this.value"]);
        assert_eq!(
            paths(r#"{"_authored":{"id":"x"}}"#, r#"{"_authored":{"id":"y"}}"#),
            ["$this.authored.id"]
        );
        assert_eq!(paths(r#"{"valueSet":"x"}"#, r#"{"valueSet":"y"}"#), ["$this.valueSet"]);
    }
}
