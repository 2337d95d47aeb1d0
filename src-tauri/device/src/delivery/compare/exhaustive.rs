//! Every element of a response and of a Provenance, R4 and R5: altered, removed, added, retyped, re-encoded; read as JSON
//! and as XML. Each is a difference that names its path. Another member order, another spelling of the same JSON and
//! what a server manages are none.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::similar_names, clippy::format_push_string)]

use std::collections::BTreeMap;

use fhir::{Object, Value, Version, array, object, xml};
use seal::profile::{About, BASE_R5, PART11, Profile};
use seal::testing::{self, TestAuthority};

use super::compare;

/// What is done to one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Altered,
    Removed,
    Added,
    Retyped,
    Reencoded,
}

/// A signed response and its Provenances, as a device of this release sends them.
fn fixtures(version: Version) -> Vec<Value> {
    let authority = TestAuthority::new(40);
    let signer = authority.signer(7, testing::DEVICE_IDENTIFIER);
    let (device, patient, at) = (testing::device(), testing::patient(), testing::signed_at());
    let mut response = testing::response();
    if version == Version::R5 {
        let members = response.as_object_mut().unwrap();
        let identifier = members.get("identifier").unwrap().clone();
        members.insert("identifier", array![identifier]);
    }
    let signed = seal::capture(&response, &testing::statement(), at, &device, &patient, &signer).unwrap();
    let returned = testing::returned(&signed);
    let (target, activity) = ("QuestionnaireResponse/r1/_history/1", seal::Activity::Create);
    let signature =
        seal::persistence(&returned, target, &activity, at, &device, "Attesta tests", &signer).unwrap();
    let about = About { resource: &returned, signature: &signature, version, transaction: None };
    let profiles: &[&dyn Profile] = if version == Version::R5 { &[PART11, BASE_R5] } else { &[PART11] };
    let mut all = vec![signed];
    all.extend(profiles.iter().map(|profile| profile.provenance(&about).unwrap()));
    all
}

/// Where an element is: members and indexes from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(usize),
}

fn places(value: &Value, at: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let children: Vec<(Step, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (Step::Member(name.to_owned()), value)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, value)| (Step::Index(index), value)).collect()
        }
        _ => Vec::new(),
    };
    for (step, child) in children {
        at.push(step);
        found.push(at.clone());
        places(child, at, found);
        at.pop();
    }
}

fn get<'v>(root: &'v Value, place: &[Step]) -> &'v Value {
    place.iter().fold(root, |value, step| match step {
        Step::Member(name) => value.get(name).unwrap(),
        Step::Index(index) => value.at(*index).unwrap(),
    })
}

fn get_mut<'v>(root: &'v mut Value, place: &[Step]) -> &'v mut Value {
    place.iter().fold(root, |value, step| match step {
        Step::Member(name) => value.as_object_mut().unwrap().get_mut(name).unwrap(),
        Step::Index(index) => value.as_array_mut().unwrap().get_mut(*index).unwrap(),
    })
}

/// The FHIRPath that a person reads: choice elements without their type.
fn path(root: &Value, place: &[Step]) -> String {
    let choice = |name: &str| {
        ["value", "occurred"]
            .into_iter()
            .find(|stem| {
                name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
            })
            .map_or_else(|| name.to_owned(), str::to_owned)
    };
    place.iter().fold(root.resource_type().unwrap().to_owned(), |path, step| match step {
        Step::Member(name) => format!("{path}.{}", choice(name)),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

/// The same text in another way, which is another text: numbers, times, base64, accents, white space.
fn reencoded(value: &Value) -> Vec<Value> {
    let parse = |text: String| Value::parse(text.as_bytes()).ok();
    match value {
        Value::Number(number) => {
            let text = number.as_str();
            let longer = if text.contains('.') { format!("{text}0") } else { format!("{text}.0") };
            [longer, format!("{text}e0")].into_iter().filter_map(parse).collect()
        }
        Value::String(text) => {
            let mut all = vec![format!(" {text}"), format!("{text} ")];
            all.extend(text.strip_suffix('Z').map(|time| format!("{time}+00:00")));
            if text.len() > 60 {
                all.push(format!("{}\n{}", &text[..60], &text[60..]));
            }
            all.push(format!("{text}\u{301}"));
            all.into_iter().map(Value::from).collect()
        }
        _ => Vec::new(),
    }
}

/// Every change of this kind to one element, each as the whole resource.
fn changed(sent: &Value, place: &[Step], change: Change) -> Vec<Value> {
    let (last, parent) = place.split_last().unwrap();
    let own = get(sent, place);
    let with = |new: Value| {
        let mut root = sent.clone();
        *get_mut(&mut root, place) = new;
        root
    };
    match change {
        Change::Altered => match own {
            Value::String(text) => vec![with(Value::from(format!("{text}x"))), with(Value::from("other"))],
            Value::Bool(flag) => vec![with(Value::Bool(!flag))],
            Value::Number(_) => vec![with(Value::from(7_301_u32))],
            _ => Vec::new(),
        },
        Change::Removed => {
            let mut root = sent.clone();
            match (last, get_mut(&mut root, parent)) {
                (Step::Member(name), Value::Object(members)) => _ = members.remove(name),
                (Step::Index(index), Value::Array(elements)) => _ = elements.remove(*index),
                _ => unreachable!(),
            }
            vec![root]
        }
        Change::Added => match own {
            Value::Object(members) => {
                let extension = object! { "url" => "https://other.example/added", "valueString" => "added" };
                let mut more = members.clone();
                let mut list = own.list("extension").to_vec();
                list.push(extension);
                more.insert("extension", Value::Array(list));
                vec![with(Value::Object(more))]
            }
            Value::Array(elements) => {
                let mut more = elements.clone();
                more.push(elements.first().unwrap().clone());
                vec![with(Value::Array(more))]
            }
            _ => Vec::new(),
        },
        Change::Retyped => match own {
            Value::String(text) => vec![with(array![text.as_str()]), with(Value::Bool(true))],
            Value::Bool(flag) => vec![with(Value::from(flag.to_string()))],
            Value::Number(number) => vec![with(Value::from(number.as_str()))],
            Value::Array(elements) => vec![with(elements.first().unwrap().clone())],
            Value::Object(_) => vec![with(array![own.clone()]), with(Value::from(own.to_json()))],
            Value::Null => Vec::new(),
        },
        Change::Reencoded => reencoded(own).into_iter().map(with).collect(),
    }
}

/// As a server keeps it: under its own id, with its own meta.
fn stored(resource: &Value) -> Value {
    let mut kept = object! { "id" => "s1", "meta" => object! { "versionId" => "1", "lastUpdated" => "2026-11-21T10:00:00Z", "source" => "#a" } };
    let members = kept.as_object_mut().unwrap();
    for (name, value) in resource.as_object().unwrap().iter() {
        members.insert(name, value.clone());
    }
    kept
}

fn paths(sent: &Value, returned: &Value) -> Vec<String> {
    compare(sent, returned, "s1", "1", &[]).changes.into_iter().map(|change| change.path).collect()
}

/// The last member or index is left away: a list that lost its only element is reported as its owner's.
fn related(expected: &str, found: &str) -> bool {
    expected.starts_with(found) || found.starts_with(expected) || {
        let parent = expected.rfind(['.', '[']).map_or("", |at| &expected[..at]);
        !parent.is_empty() && found.starts_with(parent)
    }
}

/// By XML and back, as the client reads it; `None` where XML cannot say it: such an answer is malformed, and no success.
fn through_xml(resource: &Value, version: Version) -> Option<Value> {
    let text = xml::to_xml(resource, version).ok()?;
    xml::from_xml(text.as_bytes(), version).ok()
}

#[test]
fn every_change_to_every_element_is_an_alert_that_names_it() {
    let mut runs: BTreeMap<(Change, &str), usize> = BTreeMap::new();
    for version in Version::ALL {
        for sent in fixtures(version) {
            let mut all = Vec::new();
            places(&sent, &mut Vec::new(), &mut all);
            for place in &all {
                let expected = path(&sent, place);
                let kinds =
                    [Change::Altered, Change::Removed, Change::Added, Change::Retyped, Change::Reencoded];
                for change in kinds {
                    for altered in changed(&sent, place, change) {
                        let when = format!("{} {change:?} {expected}", version.number());
                        one(&sent, &altered, &expected, &when, "JSON");
                        if change == Change::Altered {
                            assert_eq!(paths(&sent, &stored(&altered)), [expected.as_str()], "{when}");
                        }
                        *runs.entry((change, "JSON")).or_default() += 1;
                        let same = through_xml(&sent, version).unwrap();
                        match through_xml(&stored(&altered), version) {
                            // XML has no types of its own: there this is the same document.
                            Some(read) if change == Change::Retyped && paths(&same, &read).is_empty() => {}
                            Some(read) => {
                                one_read(&same, &read, &expected, &format!("{when} in XML"));
                                *runs.entry((change, "XML")).or_default() += 1;
                            }
                            None => *runs.entry((change, "not XML")).or_default() += 1,
                        }
                    }
                }
            }
        }
    }
    let total: usize = runs.values().sum();
    println!("comparison: {total} changes, none undetected: {runs:?}");
    assert!(total > 3_000, "the fixtures lost their elements: {total}");
}

fn one(sent: &Value, altered: &Value, expected: &str, when: &str, format: &str) {
    let read = Value::parse(stored(altered).to_json().as_bytes()).unwrap();
    one_read(sent, &read, expected, &format!("{when} in {format}"));
}

fn one_read(sent: &Value, read: &Value, expected: &str, when: &str) {
    let found = paths(sent, read);
    assert!(!found.is_empty(), "{when} went unnoticed");
    let named = found.iter().any(|found| related(expected, found));
    assert!(named, "{when} was named as {found:?}");
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut other = Object::new();
            let all: Vec<_> = members.iter().collect();
            for (name, value) in all.into_iter().rev() {
                other.insert(name, reversed(value));
            }
            Value::Object(other)
        }
        Value::Array(elements) => Value::Array(elements.iter().map(reversed).collect()),
        other => other.clone(),
    }
}

/// Every character that is no ASCII as an escape, and white space between everything.
fn respelt(resource: &Value) -> String {
    let mut text = String::new();
    for unit in resource.to_json().chars() {
        if unit.is_ascii() {
            text.push(unit);
        } else {
            let mut units = [0; 2];
            unit.encode_utf16(&mut units).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    format!("\n {text}\t")
}

#[test]
fn member_order_spelling_and_what_a_server_manages_are_no_differences() {
    let mut runs = 0;
    for version in Version::ALL {
        for sent in fixtures(version) {
            let kept = stored(&sent);
            let mut same = vec![kept.clone(), reversed(&kept)];
            same.push(Value::parse(respelt(&kept).as_bytes()).unwrap());
            for name in ["versionId", "lastUpdated", "source"] {
                let mut without = kept.clone();
                let meta = without.as_object_mut().unwrap().get_mut("meta").unwrap();
                meta.as_object_mut().unwrap().remove(name);
                same.push(without);
            }
            for read in &same {
                assert_eq!(paths(&sent, read), [""; 0]);
                let by_xml = through_xml(read, version).unwrap();
                assert_eq!(paths(&sent, &by_xml), [""; 0], "in XML");
                runs += 2;
            }
        }
    }
    println!("comparison: {runs} answers that say the same, no alert");
}
