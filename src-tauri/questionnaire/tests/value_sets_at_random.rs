//! Import and the check of responses read value sets alike, each with its own code (ADR 29), over definitions that chance makes.

use std::fmt::Write as _;

use questionnaire::{Control, import, respondent, validate};

use crate::common::{self, ACTOR, AT, chance::Chance, context};
use crate::value_sets::{allowed, form};

const CODES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// One code system, of which some concepts stand below others.
fn system(chance: &mut Chance, url: &str) -> String {
    let mut concepts: Vec<String> = Vec::new();
    for code in &CODES[..3 + chance.below(5)] {
        let mut properties = Vec::new();
        for (percent, property) in [
            (15, r#"{"code":"notSelectable","valueBoolean":true}"#),
            (10, r#"{"code":"hidden","valueBoolean":true}"#),
            (10, r#"{"code":"inactive","valueCode":"true"}"#),
            (10, r#"{"code":"status","valueCode":"deprecated"}"#),
            (40, r#"{"code":"kind","valueString":"x"}"#),
            (30, r#"{"code":"kind","valueInteger":2}"#),
        ] {
            if chance.percent(percent) {
                properties.push(property.to_owned());
            }
        }
        for (percent, name) in [(40, "parent"), (15, "child"), (15, "above")] {
            if chance.percent(percent) {
                properties.push(format!(r#"{{"code":"{name}","valueCode":"{}"}}"#, chance.one(&CODES)));
            }
        }
        let mut concept = format!(r#"{{"code":"{code}","display":"The {code}""#);
        if !properties.is_empty() {
            write!(concept, r#","property":[{}]"#, properties.join(",")).unwrap();
        }
        // A few stand below the one before.
        match concepts.pop() {
            Some(before) if !before.contains(r#""concept""#) && chance.percent(40) => {
                concepts.push(format!(r#"{before},"concept":[{concept}}}]"#));
            }
            before => {
                concepts.extend(before);
                concepts.push(concept);
            }
        }
    }
    let all: Vec<String> = concepts.into_iter().map(|concept| concept + "}").collect();
    let content = if chance.percent(90) { "complete" } else { "fragment" };
    let meaning = if chance.percent(5) { r#""hierarchyMeaning":"grouped-by","# } else { "" };
    let version = if chance.percent(30) { r#""version":"1","# } else { "" };
    format!(
        r#"{{"resourceType":"CodeSystem","id":"{}","url":"{url}",{version}{meaning}"status":"active","content":"{content}",
        "property":[{{"code":"hidden","uri":"http://hl7.org/fhir/concept-properties#notSelectable","type":"boolean"}},
        {{"code":"above","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}}],"concept":[{}]}}"#,
        url.replace(':', "-"),
        all.join(",")
    )
}

fn filter(chance: &mut Chance) -> String {
    let code = chance.one(&CODES);
    let (property, op, value) = match chance.below(9) {
        0..=2 => ("concept", "is-a", code),
        3 => ("concept", "descendent-of", code),
        4 => (chance.one(&["parent", "child", "above"]), "=", code),
        5 => ("kind", "=", chance.one(&["x", "2", "y"])),
        6 => (chance.one(&["notSelectable", "hidden", "inactive"]), "=", chance.one(&["true", "false"])),
        7 => ("code", "=", code),
        _ => ("status", chance.one(&["=", "in"]), "deprecated"),
    };
    format!(r#"{{"property":"{property}","op":"{op}","value":"{value}"}}"#)
}

/// An `include` or `exclude` of the set `index`, which may name the sets after it.
fn include(chance: &mut Chance, index: usize) -> String {
    let mut parts = Vec::new();
    if index == 3 || chance.percent(75) {
        parts.push(format!(r#""system":"{}""#, chance.one(&["urn:a", "urn:b", "urn:c"])));
        if chance.percent(10) {
            parts.push(r#""version":"1""#.to_owned());
        }
        match chance.below(4) {
            0 => {}
            1 => {
                let filters: Vec<_> = (0..=chance.below(2)).map(|_| filter(chance)).collect();
                parts.push(format!(r#""filter":[{}]"#, filters.join(",")));
            }
            _ => {
                let listed: Vec<_> = (0..=chance.below(4))
                    .map(|_| format!(r#"{{"code":"{}"}}"#, chance.one(&CODES)))
                    .collect();
                parts.push(format!(r#""concept":[{}]"#, listed.join(",")));
            }
        }
    }
    if index < 3 && (parts.is_empty() || chance.percent(30)) {
        let sets: Vec<_> = (0..=chance.below(2))
            .map(|_| format!(r#""{}{}""#, chance.one(&["#v", "urn:v"]), index + 1 + chance.below(3 - index)))
            .collect();
        parts.push(format!(r#""valueSet":[{}]"#, sets.join(",")));
    }
    format!("{{{}}}", parts.join(","))
}

fn set(chance: &mut Chance, index: usize) -> String {
    let definition = if index > 0 && chance.percent(20) {
        let contains: Vec<_> = (0..=chance.below(4))
            .map(|_| {
                let flag = chance.one(&["", "", r#","abstract":true"#, r#","inactive":true"#]);
                format!(r#"{{"system":"urn:a","code":"{}"{flag}}}"#, chance.one(&CODES))
            })
            .collect();
        format!(r#""expansion":{{"timestamp":"2026-11-21T09:00:00Z","contains":[{}]}}"#, contains.join(","))
    } else {
        let list = |chance: &mut Chance, most: usize| -> String {
            (0..most).map(|_| include(chance, index)).collect::<Vec<_>>().join(",")
        };
        let most = 1 + chance.below(2);
        let includes = list(chance, most);
        let excludes =
            if chance.percent(30) { format!(r#","exclude":[{}]"#, list(chance, 1)) } else { String::new() };
        format!(r#""compose":{{"include":[{includes}]{excludes}}}"#)
    };
    format!(
        r#"{{"resourceType":"ValueSet","id":"v{index}","url":"urn:v{index}","status":"active",{definition}}}"#
    )
}

#[test]
fn import_and_check_read_every_value_set_alike() {
    let (mut usable, mut all_of_them) = (0, 0);
    for seed in 0..1_500 {
        let mut chance = Chance(seed);
        let mut contained: Vec<String> = (0..4).map(|index| set(&mut chance, index)).collect();
        contained.extend(["urn:a", "urn:b"].map(|url| system(&mut chance, url)));
        let contained: Vec<&str> = contained.iter().map(String::as_str).collect();
        let raw = form("!#v0", &contained);
        let Ok(compiled) = import(&raw) else { continue };
        usable += 1;
        let Control::Choice { options, .. } = common::Filling::new(&compiled).screen().control else {
            panic!("no choice")
        };
        for system in ["urn:a", "urn:b", "urn:c"] {
            for code in CODES {
                let is_offered = options.iter().any(|option| option.key == format!("{system}|{code}"));
                all_of_them += usize::from(is_offered);
                let judged = allowed(&raw, system, code);
                assert_eq!(judged, Some(is_offered), "{seed}: {system} {code} in {}", raw.to_json());
            }
        }
        let (session, _) = respondent::fill(&compiled, "en", seed, AT, ACTOR)
            .unwrap_or_else(|stuck| panic!("{seed}: {stuck}"));
        let unsigned = validate::Options { unsigned: true, ..validate::Options::default() };
        let found = validate::validate(&raw, &session.response(&context()).unwrap(), unsigned);
        assert!(
            found.is_valid(),
            "{seed}: {:?}",
            found.errors().map(ToString::to_string).collect::<Vec<_>>()
        );
    }
    assert!(usable > 500 && all_of_them > 1_000, "{usable} forms, {all_of_them} options");
}
