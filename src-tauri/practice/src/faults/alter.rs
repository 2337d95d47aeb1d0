//! Changing any one leaf.

use std::fmt::Write as _;

use fhir::{Number, Object, Value};

use super::Change;

/// A step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Index(usize),
}

/// A place inside a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) steps: Vec<Step>,
}

impl Place {
    /// FHIRPath: a choice element without its type, a primitive's `_name` as its element.
    pub(super) fn path(&self, resource: &Value) -> String {
        let mut path = resource.resource_type().unwrap_or("$this").to_owned();
        for step in &self.steps {
            match step {
                Step::Member(name) => {
                    path.push('.');
                    // The one element of R4 whose name is a word of FHIRPath: a narrative's div.
                    path.push_str(if name == "div" { "`div`" } else { element(name) });
                }
                Step::Index(index) => {
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        path
    }

    /// The value there.
    pub(super) fn value<'v>(&self, resource: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(resource, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Index(index) => value.at(*index),
        })
    }

    /// The value there, to change it.
    pub(super) fn value_mut<'v>(&self, resource: &'v mut Value) -> Option<&'v mut Value> {
        self.steps.iter().try_fold(resource, |value, step| match step {
            Step::Member(name) => value.as_object_mut()?.get_mut(name),
            Step::Index(index) => value.as_array_mut()?.get_mut(*index),
        })
    }

    pub(super) fn then(&self, step: Step) -> Self {
        Self { steps: self.steps.iter().cloned().chain([step]).collect() }
    }

    /// The name of the member that this is, or is an element of.
    pub(super) fn member(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Index(_) => None,
        })
    }
}

/// Puts `after` at `place`.
pub(super) fn replace(resource: &mut Value, place: &Place, after: Value) -> Option<Change> {
    let path = place.path(resource);
    let found = place.value_mut(resource)?;
    let before = std::mem::replace(found, after.clone());
    Some(Change { path, before: Some(before), after: Some(after) })
}

/// Changes the leaf of that FHIRPath.
pub(super) fn leaf_at(resource: &mut Value, path: &str) -> Option<Change> {
    let place = leaves(resource).into_iter().find(|place| place.path(resource) == path)?;
    change(resource, &place)
}

/// Changes the leaf that `seed` chooses.
pub(super) fn any_leaf(resource: &mut Value, seed: u64) -> Option<Change> {
    let places = leaves(resource);
    let place = places.get(choose(seed, places.len())?)?;
    change(resource, place)
}

fn change(resource: &mut Value, place: &Place) -> Option<Change> {
    let after = other(place.value(resource)?)?;
    replace(resource, place, after)
}

/// An index below `length`, evenly spread over seeds (`SplitMix64`).
pub(super) fn choose(seed: u64, length: usize) -> Option<usize> {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    usize::try_from(mixed.checked_rem(u64::try_from(length).ok()?)?).ok()
}

/// Every leaf that can hold another value, apart from what the server manages.
pub(super) fn leaves(resource: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    collect(resource, &Place { steps: Vec::new() }, &mut found);
    found.retain(|place| match place.steps.as_slice() {
        [Step::Member(name)] => !matches!(name.as_str(), "resourceType" | "id"),
        [Step::Member(meta), Step::Member(name)] if meta == "meta" => {
            !matches!(name.as_str(), "versionId" | "lastUpdated" | "source")
        }
        _ => true,
    });
    found
}

fn collect(value: &Value, place: &Place, found: &mut Vec<Place>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object.iter() {
                collect(member, &place.then(Step::Member(name.to_owned())), found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                collect(element, &place.then(Step::Index(index)), found);
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push(place.clone()),
    }
}

/// Another value of the same JSON type.
pub(super) fn other(leaf: &Value) -> Option<Value> {
    Some(match leaf {
        Value::Bool(value) => Value::Bool(!value),
        Value::Number(number) => Value::Number(other_number(number)?),
        Value::String(text) => Value::String(other_text(text)),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

/// The last digit before any exponent becomes the next one.
fn other_number(number: &Number) -> Option<Number> {
    let text = number.as_str();
    let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
    let (rest, last) = mantissa.split_at(mantissa.len().checked_sub(1)?);
    let next = (last.parse::<u8>().ok()? + 1) % 10;
    // "-0" would be a number too, but -9 must not become an unusual zero.
    let next = if next == 0 && matches!(rest, "" | "-") { 1 } else { next };
    Number::new(format!("{rest}{next}{exponent}")).ok()
}

/// The last letter or digit becomes the next of its kind, so that dates stay dates and Base64 stays Base64.
fn other_text(text: &str) -> String {
    let Some(at) = text.rfind(|character: char| character.is_ascii_alphanumeric()) else {
        return format!("{text}x");
    };
    let next = match text.as_bytes()[at] {
        b'9' => b'0',
        b'z' => b'a',
        b'Z' => b'A',
        byte => byte + 1,
    };
    format!("{}{}{}", &text[..at], char::from(next), &text[at + 1..])
}

/// Reverses the members of every object.
pub(super) fn reorder(resource: &mut Value) -> Option<Change> {
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let mut members: Vec<_> = object.iter().collect();
                members.reverse();
                let members = members.into_iter().map(|(name, value)| (name.to_owned(), reversed(value)));
                Value::Object(members.collect::<Object>())
            }
            Value::Array(elements) => Value::Array(elements.iter().map(reversed).collect()),
            other => other.clone(),
        }
    }
    let path = resource.resource_type()?.to_owned();
    *resource = reversed(resource);
    Some(Change { path, before: None, after: None })
}

/// The element's name in FHIRPath for a member's name in JSON.
fn element(name: &str) -> &str {
    const CHOICES: [&str; 6] = ["value", "answer", "occurred", "deceased", "multipleBirth", "content"];
    /// Members that only look like a choice.
    const NAMES: [&str; 6] =
        ["valueSet", "answerOption", "answerValueSet", "contentType", "contentReference", "contentMode"];
    let name = name.strip_prefix('_').unwrap_or(name);
    let choice = CHOICES.into_iter().find(|choice| {
        name.strip_prefix(choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    match choice {
        Some(choice) if !NAMES.contains(&name) => &name[..choice.len()],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const RESPONSE: &str = r##"{"resourceType":"QuestionnaireResponse","id":"1",
        "meta":{"versionId":"1","lastUpdated":"2026-11-21T09:41:07Z","source":"#s","profile":["p"]},
        "status":"completed","_status":{"extension":[{"url":"u","valueBoolean":true}]},
        "item":[{"linkId":"a","answer":[{"valueDecimal":72.50},{"valueCoding":{"code":"x"}}]},
                {"linkId":"b","answer":[{"valueInteger":-9}]}]}"##;

    const SEALED: &str = r#"{"resourceType":"QuestionnaireResponse","id":"1","text":{"status":"generated","div":"<div/>"},
        "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature","valueSignature":{
            "type":[{"system":"urn:iso-astm:E1762-95:2013","code":"1.2.840.10065.1.12.1.8"}],"when":"2026-11-21T09:41:07Z",
            "who":{"reference":"Device/1","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}},"data":"ZXlK"}}],
        "item":[{"linkId":"a","_text":{"extension":[{"url":"t","extension":[{"url":"lang","valueCode":"de"},
            {"url":"content","valueString":"Wie?"}]}]},"answer":[{"valueQuantity":{"value":1.0,"unit":"kg"}},
            {"valueDate":"2026-11-21","_valueDate":{"id":"x"}}]}]}"#;

    const PROVENANCE: &str = r#"{"resourceType":"Provenance","target":[{"reference":"QuestionnaireResponse/1/_history/1"}],
        "occurredDateTime":"2026-11-21T09:41:07+01:00","recorded":"2026-11-21T09:41:07Z",
        "agent":[{"type":{"coding":[{"system":"urn:pki:thumbprint","code":"ab"}]},"who":{"reference":"Device/1"}}],
        "signature":[{"sigFormat":"application/jose","data":"ZXlK"}]}"#;

    const DOCUMENT: &str = r#"{"resourceType":"DocumentReference","status":"current",
        "content":[{"attachment":{"contentType":"application/pkix-cert","data":"AA=="}}]}"#;

    #[test]
    fn each_leaf_can_be_altered_and_the_difference_is_named_at_its_path_only() {
        for (document, expected) in [(RESPONSE, 9), (SEALED, 20), (PROVENANCE, 8), (DOCUMENT, 3)] {
            let original = Value::parse(document.as_bytes()).unwrap();
            let places = leaves(&original);
            assert_eq!(places.len(), expected, "everything but type, id and three members of meta");
            for place in places {
                let mut altered = original.clone();
                let change = change(&mut altered, &place).unwrap();
                let found = fhir::diff::differences(&original, &altered);
                assert_eq!(found.len(), 1, "{} is one difference", change.path);
                assert_eq!(found[0].path, change.path);
            }
        }
    }

    #[test]
    fn a_path_names_the_leaf_to_be_altered() {
        let mut resource = Value::parse(RESPONSE.as_bytes()).unwrap();
        let change = leaf_at(&mut resource, "QuestionnaireResponse.item[0].answer[0].value").unwrap();
        assert_eq!(change.before.unwrap().to_json(), "72.50");
        assert_eq!(change.after.unwrap().to_json(), "72.51");
        assert!(leaf_at(&mut resource, "QuestionnaireResponse.id").is_none(), "the server's own");
        assert!(leaf_at(&mut resource, "QuestionnaireResponse.item[7]").is_none(), "not there");
    }

    #[test]
    fn seeds_reach_every_leaf() {
        let resource = Value::parse(RESPONSE.as_bytes()).unwrap();
        let length = leaves(&resource).len();
        let reached: std::collections::BTreeSet<_> =
            (0..200).filter_map(|seed| choose(seed, length)).collect();
        assert_eq!(reached.len(), length);
        assert_eq!(choose(1, 0), None);
    }

    #[test]
    fn altered_values_keep_their_kind() {
        for (before, after) in [
            ("9", "1"),
            ("-9", "-1"),
            ("19", "10"),
            ("0", "1"),
            ("1.5e3", "1.6e3"),
            ("true", "false"),
            ("\"2026-11-21\"", "\"2026-11-22\""),
            ("\"YQ==\"", "\"YR==\""),
            ("\"ع\"", "\"عx\""),
        ] {
            assert_eq!(other(&Value::parse(before.as_bytes()).unwrap()).unwrap().to_json(), after);
        }
    }

    #[test]
    fn reordering_changes_text_and_nothing_else() {
        let original = Value::parse(RESPONSE.as_bytes()).unwrap();
        let mut reordered = original.clone();
        reorder(&mut reordered).unwrap();
        assert_ne!(original.to_json(), reordered.to_json());
        assert!(fhir::diff::differences(&original, &reordered).is_empty());
    }
}
