//! Every element of a response and of a Provenance, R4 and R5: altered, removed, added, retyped, re-encoded; read as JSON
//! and as XML. Each is a difference that names its path. Another member order, another spelling of the same JSON and
//! what a server manages are none.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::similar_names, clippy::format_push_string)]

use std::collections::BTreeMap;

use fhir::{Object, Value, Version, object, xml};

use self::changes::{Change, changed, path, places};
use super::compare;

mod changes;
mod complete;
mod fixtures;

/// As a server keeps it: under its own id, with its own meta.
fn stored(resource: &Value) -> Value {
    let mut kept = object! { "id" => "s1", "meta" => Object::new() };
    let members = kept.as_object_mut().unwrap();
    for (name, value) in resource.as_object().unwrap().iter() {
        members.insert(name, value.clone());
    }
    // Beside what was sent there.
    if let Some(meta) = members.get_mut("meta").and_then(Value::as_object_mut) {
        for (name, given) in [("versionId", "1"), ("lastUpdated", "2026-11-21T10:00:00Z"), ("source", "#a")] {
            meta.insert(name, given);
        }
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

/// Whether a place is the expected one or in it: at the root, a member of it.
fn is_below(expected: &str, found: &str) -> bool {
    found.strip_prefix(expected).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// By XML and back, as the client reads it; `None` where XML cannot say it: such an answer is malformed, and no success.
fn through_xml(resource: &Value, version: Version) -> Option<Value> {
    let text = xml::to_xml(resource, version).ok()?;
    xml::from_xml(text.as_bytes(), version).ok()
}

#[test]
fn every_change_to_every_element_is_an_alert_that_names_it() {
    let counted = std::thread::scope(|scope| {
        let releases = Version::ALL.map(|version| scope.spawn(move || every_change(version)));
        releases.map(|release| release.join().unwrap())
    });
    let mut runs: BTreeMap<(Change, &str), usize> = BTreeMap::new();
    for (what, number) in counted.into_iter().flatten() {
        *runs.entry(what).or_default() += number;
    }
    let answered = runs.iter().filter(|((_, format), _)| *format != "not XML");
    let total: usize = answered.map(|(_, number)| number).sum();
    println!("comparison: {total} answers that differ, none undetected: {runs:?}");
    assert!(total > 15_000, "the fixtures lost their elements: {total}");
}

/// How many changes there were of each kind, in each format.
fn every_change(version: Version) -> BTreeMap<(Change, &'static str), usize> {
    let mut runs: BTreeMap<(Change, &str), usize> = BTreeMap::new();
    for sent in fixtures::all(version) {
        let same = through_xml(&sent, version).unwrap();
        assert!(paths(&sent, &stored(&same)).is_empty(), "XML carries the fixture");
        let mut all = Vec::new();
        places(&sent, &mut Vec::new(), &mut all);
        for place in &all {
            let expected = path(&sent, place);
            for change in Change::ALL {
                for altered in changed(&sent, place, change) {
                    let when = format!("{} {change:?} {expected}", version.number());
                    one(&sent, &altered, &expected, &when, "JSON");
                    match change {
                        Change::Altered => {
                            assert_eq!(paths(&sent, &stored(&altered)), [expected.as_str()], "{when}");
                        }
                        Change::Added => {
                            let found = paths(&sent, &stored(&altered));
                            let below = found.iter().all(|found| is_below(&expected, found));
                            assert!(below, "{when} was named as {found:?}");
                        }
                        _ => {}
                    }
                    *runs.entry((change, "JSON")).or_default() += 1;
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
    runs
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
        for sent in fixtures::all(version) {
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
