//! NLM's fhirpath.js evaluates the same expressions on the same resources. Where the two differ, `differences.txt` says why;
//! a difference that is not listed fails, and so does one that is listed and not there.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use attesta_tests::interop::{Lines, Peer, folder};
use fhir::{Value, Version};
use fhirpath::{Context, DateTime, Expression, Item, Questionnaire};
use serde_json::{Value as Json, json};

/// The cases of the crate itself: on its response.
const CASES: [&str; 12] = [
    include_str!("../../../src-tauri/fhirpath/tests/cases/existence.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/filtering.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/subsets.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/conversion.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/strings.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/mathematics.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/dates.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/quantities.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/operators.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/navigation.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/sdc.txt"),
    include_str!("../../../src-tauri/fhirpath/tests/cases/variables.txt"),
];

const FORM: &str = include_str!("../../../src-tauri/fhirpath/tests/fixtures/phq9.json");

/// The resources that a section of `expressions.txt` can name.
const RESOURCES: [(&str, Version, &str); 4] = [
    ("response", Version::R4, include_str!("../../../src-tauri/fhirpath/tests/fixtures/response.json")),
    ("questionnaire", Version::R4, FORM),
    ("patient", Version::R4, include_str!("fhirpath/patient.json")),
    ("observation", Version::R5, include_str!("fhirpath/observation.json")),
];

/// One question: an expression on a resource.
struct Question {
    resource: usize,
    expression: &'static str,
}

/// All of them. What asks for the time is left out: the peer has its own clock.
fn questions() -> Vec<Question> {
    let of_cases = CASES.iter().flat_map(|cases| cases.lines()).filter_map(|line| line.split_once('⇒'));
    let mut all: Vec<Question> =
        of_cases.map(|(expression, _)| Question { resource: 0, expression: expression.trim() }).collect();
    let mut resource = 0;
    for line in include_str!("fhirpath/expressions.txt").lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("# on ") {
            resource =
                RESOURCES.iter().position(|(known, ..)| *known == name).expect("the resource is known");
        } else if !line.is_empty() && !line.starts_with('#') {
            all.push(Question { resource, expression: line });
        }
    }
    all.retain(|one| !["now()", "today()", "timeOfDay()"].iter().any(|clock| one.expression.contains(clock)));
    all
}

/// Why the two differ, by expression.
fn differences() -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("fhirpath/differences.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('⇒')).map(|(it, why)| (it.trim(), why.trim())).collect()
}

/// What a result is, and its type; `None` where there is none.
type Answer = Option<Vec<(Json, String)>>;

fn ours(context: &Context<'_>, resource: &'static Value, expression: &str) -> Answer {
    let parsed = Expression::parse(expression).ok()?;
    // A context lives as long as its data.
    let found = parsed.evaluate(context, resource).ok()?;
    let parse = |text: String| serde_json::from_str(&text).expect("what we write is JSON");
    let item = |item: &Item<'_>| match item {
        Item::Quantity(quantity) => (json!(quantity.to_string()), item.type_name(context)),
        Item::Type(info) => (json!({ "namespace": info.namespace, "name": info.name }), String::new()),
        _ => (item.to_value().map_or(Json::Null, |value| parse(value.to_json())), item.type_name(context)),
    };
    Some(found.iter().map(item).collect())
}

fn theirs(answer: &Json) -> Answer {
    if answer.get("failed").is_some() {
        return None;
    }
    let (items, types) = (answer["items"].as_array()?, answer["types"].as_array()?);
    let kind = |kind: &Json| kind.as_str().unwrap_or_default().to_owned();
    Some(items.iter().zip(types).map(|(item, each)| (item.clone(), kind(each))).collect())
}

/// Numbers are JavaScript's there: equal to nine digits is equal, and whole decimals are integers.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap_or(f64::NAN), right.as_f64().unwrap_or(f64::NAN));
            (left - right).abs() <= 1e-9 * left.abs().max(right.abs())
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        // The same moment, whatever the offset that it is told with.
        (Json::String(left), Json::String(right)) => {
            let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
            left == right || moment(left).is_some_and(|left| Some(left) == moment(right))
        }
        _ => left == right,
    }
}

fn same_type(left: &str, right: &str, item: &Json) -> bool {
    let number = |name: &str| matches!(name, "System.Integer" | "System.Decimal");
    left == right
        || left.is_empty()
        || (item.is_number() && number(left) && number(right))
        // Ids and the urls of extensions are FHIRPath's own strings in the definitions.
        || (matches!(left, "FHIR.string" | "FHIR.uri") && right == "System.String")
        // Elements that have no type of their own are told by their path here.
        || (left.matches('.').count() > 1 && right == "FHIR.BackboneElement")
}

fn agree(ours: &Answer, theirs: &Answer) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(ours), Some(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|((item, kind), (other, other_kind))| {
                    same(item, other) && same_type(kind, other_kind, item)
                })
        }
        _ => false,
    }
}

#[test]
fn fhirpath_js_gives_the_same_results_but_for_listed_reasons() {
    if !Peer::Jose.is_ready() {
        return;
    }
    let mut command = Command::new("node");
    command.arg("fhirpath.js").env("TZ", "UTC").current_dir(folder().join("node"));
    let peer = Lines::start(&mut command);
    let form: &'static Questionnaire = Box::leak(Box::new(Questionnaire::new(Arc::new(parse(FORM)))));
    let resources = RESOURCES.map(|(_, _, text)| -> &'static Value { Box::leak(Box::new(parse(text))) });
    let mut listed = differences();
    let (mut wrong, mut asked, mut differ) = (Vec::new(), 0, 0);
    for Question { resource, expression } in questions() {
        let (_, release, text) = RESOURCES[resource];
        let context = Context::new(release)
            .now(DateTime::parse("2026-11-21T12:00:00.000Z").unwrap())
            .resource(resources[resource])
            .questionnaire(form);
        let mut question =
            json!({ "release": release.to_string(), "resource": text, "expression": expression });
        question["questionnaire"] = json!(FORM);
        let answer = peer.ask(&question);
        let (ours, theirs) = (ours(&context, resources[resource], expression), theirs(&answer));
        asked += 1;
        let reason = listed.remove(expression);
        differ += usize::from(reason.is_some());
        match (agree(&ours, &theirs), reason) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => wrong.push(format!("{expression}\n  is listed and does not differ")),
            (false, None) => {
                wrong.push(format!("{expression}\n  ours   {ours:?}\n  theirs {theirs:?} {answer}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(listed.is_empty(), "listed and not asked: {:?}", listed.keys());
    assert!(asked >= 400 && differ * 5 < asked, "{asked} asked, {differ} differ");
}

fn parse(text: &str) -> Value {
    Value::parse(text.as_bytes()).expect("the resource is JSON")
}
