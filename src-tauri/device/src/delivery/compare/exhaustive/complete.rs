//! What is changed is everything there is: the elements of FHIR's own definitions, not those that came to somebody's mind.

use std::collections::{BTreeMap, BTreeSet};

use fhir::{Value, Version};

use super::changes::{Change, changed, places};
use super::fixtures;

/// What is sent and compared.
const ROOTS: [&str; 2] = ["QuestionnaireResponse", "Provenance"];
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

/// The types of everything in what is sent. The value of an extension can be of any type, as a contained resource can: there are
/// some of each kind.
fn within(types: &Types) -> BTreeSet<&'static str> {
    let (mut found, mut open) = (BTreeSet::new(), ROOTS.to_vec());
    while let Some(kind) = open.pop() {
        let Some(elements) = types.get(kind) else { continue };
        if found.insert(kind) {
            let value = |name: &str| kind == "Extension" && name.starts_with("value");
            open.extend(elements.iter().filter(|(name, _)| !value(name)).map(|(_, of)| *of));
        }
    }
    found
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
        let missing = |met: &BTreeSet<String>, of: &str| -> Vec<String> {
            let kinds = within(&types).into_iter().filter(|kind| kind.starts_with(of));
            let all =
                kinds.flat_map(|kind| types.get(kind).unwrap().iter().map(move |(name, _)| (kind, name)));
            let wanted = all.filter(|(kind, name)| *kind != "Extension" || !name.starts_with("value"));
            let named = wanted.map(|(kind, name)| format!("{kind}.{name}"));
            named.filter(|one| !met.contains(one) && !MANAGED.contains(&one.as_str())).collect()
        };
        // Another profile's Provenance may have more than ours; a response may have anything.
        let sent = missing(&sent, ROOTS[0]);
        assert_eq!(sent, Vec::<String>::new(), "{version:?}: in no response that is sent");
        let added = missing(&met, "");
        assert_eq!(added, Vec::<String>::new(), "{version:?}: neither sent nor added");
    }
}
