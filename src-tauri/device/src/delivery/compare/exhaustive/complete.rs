//! What is changed is everything there is: the elements of FHIR's own definitions, not those that came to somebody's mind.

use std::collections::{BTreeMap, BTreeSet};

use fhir::{Value, Version};

use super::changes::{Change, changed, places};
use super::fixtures;

/// The types of which each element has to be changed, or added at least. The value of an extension can be of any type: there are
/// some of each kind.
const TYPES: [&str; 17] = [
    "QuestionnaireResponse",
    "QuestionnaireResponse.item",
    "QuestionnaireResponse.item.answer",
    "Provenance",
    "Provenance.agent",
    "Provenance.entity",
    "Attachment",
    "CodeableConcept",
    "Coding",
    "Extension",
    "Identifier",
    "Meta",
    "Narrative",
    "Period",
    "Quantity",
    "Reference",
    "Signature",
];
/// What a server manages: another one is no difference.
const MANAGED: [&str; 5] =
    ["QuestionnaireResponse.id", "Provenance.id", "Meta.versionId", "Meta.lastUpdated", "Meta.source"];

/// Each type's elements and their types, each type of a choice by itself.
type Types = BTreeMap<&'static str, Vec<(String, &'static str)>>;

fn types(version: Version) -> Types {
    let text = match version {
        Version::R4 => include_str!("../../../../../fhir/tables/r4.txt"),
        Version::R5 => include_str!("../../../../../fhir/tables/r5.txt"),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let typed = lines.map(|line| {
        let mut words = line.trim_start_matches('+').split(' ');
        let name = words.next().unwrap();
        (name, words.flat_map(elements).collect())
    });
    typed.collect()
}

fn elements(word: &'static str) -> Vec<(String, &'static str)> {
    let (name, kinds) = word.trim_start_matches('@').split_once('=').unwrap();
    let name = name.trim_end_matches('*');
    let Some(stem) = name.strip_suffix("[x]") else { return vec![(name.to_owned(), kinds)] };
    let choice = |kind: &'static str| {
        let (first, rest) = kind.split_at(1);
        (format!("{stem}{}{rest}", first.to_uppercase()), kind)
    };
    kinds.split('|').map(choice).collect()
}

/// Notes each element below `value`, of which `kind` is the type.
fn meet(value: &Value, kind: &str, types: &Types, met: &mut BTreeSet<String>) {
    for one in value.as_array().unwrap_or(std::slice::from_ref(value)) {
        for (name, of) in types.get(kind).into_iter().flatten() {
            if let Some(inside) = one.get(name) {
                met.insert(format!("{kind}.{name}"));
                meet(inside, of, types, met);
            }
        }
    }
}

#[test]
fn each_element_of_the_definitions_is_changed_or_added() {
    for version in Version::ALL {
        let types = types(version);
        let (mut sent, mut met) = (BTreeSet::new(), BTreeSet::new());
        for resource in fixtures::all(version) {
            let kind = resource.resource_type().unwrap();
            meet(&resource, kind, &types, &mut sent);
            let mut all = Vec::new();
            places(&resource, &mut Vec::new(), &mut all);
            for place in &all {
                for more in changed(&resource, place, Change::Added) {
                    meet(&more, kind, &types, &mut met);
                }
            }
        }
        let missing = |met: &BTreeSet<String>, kinds: &[&str]| -> Vec<String> {
            let all = kinds.iter().flat_map(|kind| {
                types.get(kind).unwrap().iter().map(move |(name, _)| format!("{kind}.{name}"))
            });
            let wanted =
                |one: &String| !MANAGED.contains(&one.as_str()) && !one.starts_with("Extension.value");
            all.filter(|one| !met.contains(one) && wanted(one)).collect()
        };
        // Another profile's Provenance may have more than ours; a response may have anything.
        let missing = (missing(&sent, &TYPES[..3]), missing(&met, &TYPES));
        assert_eq!(
            missing,
            (Vec::new(), Vec::new()),
            "{version:?}: of a response that is sent; sent or added"
        );
    }
}
