#![allow(clippy::unwrap_used)]
use super::*;

/// A Bundle of resources with these references between them; a name's part before the slash is the type.
fn bundle(resources: &[(&str, &[&str])]) -> Value {
    let entries: Vec<Value> = resources
        .iter()
        .map(|(name, references)| {
            let (kind, id) = name.split_once('/').unwrap();
            let to: Vec<Value> = references.iter().map(|&to| fhir::object! { "reference" => to }).collect();
            fhir::object! {
                "fullUrl" => format!("https://hospital.example/fhir/{name}"),
                "resource" => fhir::object! { "resourceType" => kind, "id" => id, "anything" => to },
            }
        })
        .collect();
    fhir::object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries }
}

fn parents(bundle: &Value) -> Vec<String> {
    let graph = Graph::new(bundle).unwrap();
    graph.parents().map(|node| graph.name(node)).collect()
}

#[test]
fn a_parent_is_what_no_other_listed_resource_references() {
    let bundle = bundle(&[
        ("Composition/c", &["Observation/o", "QuestionnaireResponse/q", "Composition/c"]),
        ("Observation/o", &["Patient/p", "Condition/elsewhere"]),
        ("QuestionnaireResponse/q", &["Patient/p", "Condition/only-by-a-response"]),
        ("Condition/only-by-a-response", &[]),
        ("Patient/p", &[]),
        ("Provenance/x", &["Composition/c"]),
    ]);
    assert_eq!(parents(&bundle), ["Composition/c", "Condition/only-by-a-response"]);
}

#[test]
fn in_a_cycle_every_resource_is_a_parent_and_what_hangs_on_it_is_not() {
    let ring = bundle(&[
        ("Observation/1", &["Observation/2"]),
        ("Observation/2", &["Observation/3"]),
        ("Observation/3", &["Observation/1", "Procedure/leaf"]),
        ("Procedure/leaf", &[]),
    ]);
    assert_eq!(parents(&ring), ["Observation/1", "Observation/2", "Observation/3"]);
    let entered = bundle(&[
        ("Composition/c", &["Observation/1"]),
        ("Observation/1", &["Observation/2"]),
        ("Observation/2", &["Observation/1"]),
    ]);
    assert_eq!(parents(&entered), ["Composition/c", "Observation/1", "Observation/2"]);
    let through_a_response = bundle(&[
        ("Observation/1", &["QuestionnaireResponse/q"]),
        ("QuestionnaireResponse/q", &["Observation/1"]),
    ]);
    assert_eq!(parents(&through_a_response), ["Observation/1"]);
    assert_eq!(parents(&bundle(&[("Observation/self", &["Observation/self"])])), ["Observation/self"]);
}

#[test]
fn references_are_resolved_as_urls_as_urns_and_as_type_and_id() {
    let text = br##"{"resourceType":"Bundle","type":"collection","entry":[
        {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Composition","section":[
            {"entry":[{"reference":"urn:uuid:2"},{"reference":"https://a.example/Observation/3"}]},
            {"entry":[{"reference":"Observation/4"},{"reference":"#inside"},{"reference":"Observation/5/_history/1"}]}]}},
        {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Observation"}},
        {"fullUrl":"https://a.example/Observation/3","resource":{"resourceType":"Observation","id":"3"}},
        {"resource":{"resourceType":"Observation","id":"4"}},
        {"resource":{"resourceType":"Observation","id":"5","meta":{"versionId":"2"}}}]}"##;
    let bundle = Value::parse(text).unwrap();
    assert_eq!(parents(&bundle), ["urn:uuid:1", "Observation/5"], "version 1 is not in the Bundle");
}

#[test]
fn a_relative_reference_stays_on_its_own_server() {
    let text = br#"{"resourceType":"Bundle","entry":[
        {"fullUrl":"https://a.example/Composition/1","resource":{"resourceType":"Composition","id":"1","section":{"reference":"Observation/1"}}},
        {"fullUrl":"https://a.example/Observation/1","resource":{"resourceType":"Observation","id":"1"}},
        {"fullUrl":"https://b.example/Observation/1","resource":{"resourceType":"Observation","id":"1"}}]}"#;
    let bundle = Value::parse(text).unwrap();
    let graph = Graph::new(&bundle).unwrap();
    assert_eq!(graph.parents().collect::<Vec<_>>(), [0, 2]);
    assert!(!graph.has_double(1) && !graph.has_double(2));
}

#[test]
fn two_entries_that_no_reference_can_tell_apart_are_doubles() {
    let text = br#"{"resourceType":"Bundle","entry":[
        {"resource":{"resourceType":"Observation","id":"1"}},
        {"fullUrl":"https://b.example/Observation/1","resource":{"resourceType":"Observation","id":"1"}},
        {"fullUrl":"urn:uuid:7","resource":{"resourceType":"Observation"}},
        {"fullUrl":"urn:uuid:7","resource":{"resourceType":"Condition"}},
        {"fullUrl":"urn:uuid:8","resource":{"resourceType":"Condition"}}]}"#;
    let bundle = Value::parse(text).unwrap();
    let graph = Graph::new(&bundle).unwrap();
    let doubles: Vec<bool> = (0..5).map(|node| graph.has_double(node)).collect();
    assert_eq!(doubles, [true, true, true, true, false]);
}

#[test]
fn a_chain_of_ten_thousand_is_walked_without_recursion() {
    let names: Vec<String> = (0..10_000).map(|n| format!("Observation/{n}")).collect();
    let chain: Vec<(&str, Vec<&str>)> = (0..names.len())
        .map(|n| (names[n].as_str(), names.get(n + 1).map(String::as_str).into_iter().collect()))
        .collect();
    let chain: Vec<(&str, &[&str])> = chain.iter().map(|(name, to)| (*name, to.as_slice())).collect();
    let line = bundle(&chain);
    assert_eq!(parents(&line), ["Observation/0"]);
    let graph = Graph::new(&line).unwrap();
    assert!(graph.reached_from([0]).iter().all(|&by| by == Some(0)));
    let mut ring = chain.clone();
    let back: [&str; 1] = ["Observation/0"];
    ring.last_mut().unwrap().1 = &back;
    assert_eq!(parents(&bundle(&ring)).len(), 10_000);
}

#[test]
fn a_bundle_beyond_the_bounds_is_refused() {
    let entries = vec![fhir::object! {}; MOST_ENTRIES + 1];
    let large = fhir::object! { "resourceType" => "Bundle", "entry" => entries };
    assert!(Graph::new(&large).is_err());
    let many = vec![fhir::object! { "reference" => "x" }; MOST_REFERENCES + 1];
    let resource = fhir::object! { "resourceType" => "Observation", "x" => many };
    let entry = fhir::array![fhir::object! { "resource" => resource }];
    assert!(Graph::new(&fhir::object! { "resourceType" => "Bundle", "entry" => entry }).is_err());
    assert!(Graph::new(&fhir::object! { "resourceType" => "Patient" }).is_err());
}

#[test]
fn references_that_each_mean_many_entries_are_counted_whoever_makes_them() {
    for (kind, reference) in [
        ("Provenance", "Patient/a"),
        ("Provenance", "Patient/a/_history/9"),
        ("Basic", "Patient/a/_history/9"),
    ] {
        let patient = fhir::object! {
            "resourceType" => "Patient", "id" => "a", "meta" => fhir::object! { "versionId" => "1" },
        };
        let mut entries = vec![fhir::object! { "resource" => patient }; 1_001];
        let targets = vec![fhir::object! { "reference" => reference }; 1_000];
        let about = fhir::object! { "resourceType" => kind, "target" => targets };
        entries.push(fhir::object! { "resource" => about });
        let bundle = fhir::object! { "resourceType" => "Bundle", "entry" => entries };
        assert!(Graph::new(&bundle).is_err(), "{kind} {reference}");
    }
}
