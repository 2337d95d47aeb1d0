//! The value sets that are bundled are HL7's own, in R4 and in R5, as HAPI FHIR expands them.

use std::collections::BTreeSet;

use attesta_tests::interop::Lines;
use serde_json::{Value as Json, json};

use crate::java::peer;

const BUNDLED: &str = include_str!("../../../src-tauri/questionnaire/src/import/bundled.json");
/// What R5 has more of, with its codes: forms in R4 name the set far more often, and those in R5 are asked without these.
const MORE_IN_R5: [(&str, &[&str]); 1] = [("http://hl7.org/fhir/ValueSet/marital-status", &["C"])];

/// System, code and display of each concept.
type Concepts = BTreeSet<[String; 3]>;

fn concept(system: &Json, concept: &Json) -> [String; 3] {
    [system, &concept["code"], &concept["display"]].map(|text| text.as_str().unwrap_or_default().to_owned())
}

fn bundled() -> Vec<(String, Concepts)> {
    let sets: Vec<Json> = serde_json::from_str(BUNDLED).unwrap();
    let of = |set: &Json| {
        let includes = set["compose"]["include"].as_array().unwrap().iter();
        let concepts = includes.flat_map(|include| {
            let listed = include["concept"].as_array().unwrap().iter();
            listed.map(|one| concept(&include["system"], one)).collect::<Vec<_>>()
        });
        (set["url"].as_str().unwrap().to_owned(), concepts.collect())
    };
    sets.iter().map(of).collect()
}

fn expanded(peer: &Lines, version: &str, url: &str) -> Concepts {
    let answer = peer.ask(&json!({ "do": "expand-fhir", "version": version, "url": url }));
    let concepts = answer["concepts"].as_array().unwrap_or_else(|| panic!("{url} in {version}: {answer}"));
    concepts.iter().map(|one| concept(&one["system"], one)).collect()
}

#[test]
fn each_bundled_value_set_is_hl7s_own_in_either_release() {
    let Some(peer) = peer() else { return };
    let mut problems = Vec::new();
    for (url, ours) in bundled() {
        for version in ["R4", "R5"] {
            let more = MORE_IN_R5.iter().filter(|(name, _)| *name == url && version == "R5");
            let more: Vec<_> = more.flat_map(|(_, codes)| codes.iter().copied()).collect();
            let theirs = expanded(peer, version, &url);
            let theirs: Concepts =
                theirs.into_iter().filter(|one| !more.contains(&one[1].as_str())).collect();
            if ours != theirs {
                let (here, there): (Vec<_>, Vec<_>) =
                    (ours.difference(&theirs).collect(), theirs.difference(&ours).collect());
                problems.push(format!("{url} in {version}: only here {here:?}, only there {there:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
