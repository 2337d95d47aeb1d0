//! Every change to every element of a resource: altered, removed, retyped, re-encoded, and everything that can be added.

use fhir::{Object, Value, array, object};

/// What is done to one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Altered,
    Removed,
    Added,
    Retyped,
    Reencoded,
}

impl Change {
    pub(super) const ALL: [Self; 5] =
        [Self::Altered, Self::Removed, Self::Added, Self::Retyped, Self::Reencoded];
}

/// Where an element is: members and indexes from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Index(usize),
}

/// Every place at and below `value`, which is at `at`.
pub(super) fn places(value: &Value, at: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    found.push(at.clone());
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
pub(super) fn path(root: &Value, place: &[Step]) -> String {
    let choice = |name: &str| {
        ["value", "occurred"]
            .into_iter()
            .find(|stem| {
                name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
            })
            // A word of FHIRPath is delimited where it is a name (FHIRPath N1, section 7.2).
            .map_or_else(|| if name == "div" { "`div`".to_owned() } else { name.to_owned() }, str::to_owned)
    };
    place.iter().fold(root.resource_type().unwrap().to_owned(), |path, step| match step {
        // A sibling holds the id and the extensions of the element whose name it has.
        Step::Member(name) => format!("{path}.{}", choice(name.strip_prefix('_').unwrap_or(name))),
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
pub(super) fn changed(sent: &Value, place: &[Step], change: Change) -> Vec<Value> {
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
            let Some((last, parent)) = place.split_last() else { return Vec::new() };
            match (last, get_mut(&mut root, parent)) {
                (Step::Member(name), Value::Object(members)) => _ = members.remove(name),
                (Step::Index(index), Value::Array(elements)) => _ = elements.remove(*index),
                _ => unreachable!(),
            }
            vec![root]
        }
        Change::Added => additions(own, nearest(place)).into_iter().map(with).collect(),
        Change::Retyped => match own {
            Value::String(text) => vec![with(array![text.as_str()]), with(Value::Bool(true))],
            Value::Bool(flag) => vec![with(Value::from(flag.to_string()))],
            Value::Number(number) => vec![with(Value::from(number.as_str()))],
            Value::Array(elements) => vec![with(elements.first().unwrap().clone())],
            // A resource that is none is no answer of FHIR.
            Value::Object(_) if place.is_empty() => Vec::new(),
            Value::Object(_) => vec![with(array![own.clone()]), with(Value::from(own.to_json()))],
            Value::Null => Vec::new(),
        },
        Change::Reencoded => reencoded(own).into_iter().map(with).collect(),
    }
}

/// Members that an element of this name, or one in a list of this name, can have beside its own.
fn possible(name: &str) -> Vec<(&'static str, Value)> {
    let item = || object! { "linkId" => "added", "answer" => array![object! { "valueInteger" => 1 }] };
    match name {
        "item" => vec![
            ("definition", "https://attesta.example/added#d".into()),
            ("text", "Added".into()),
            ("answer", array![object! { "valueBoolean" => true }]),
            ("item", array![item()]),
        ],
        "answer" => vec![
            ("valueInteger", 7_301.into()),
            ("valueCoding", object! { "code" => "added" }),
            ("item", array![item()]),
        ],
        "valueCoding" | "coding" | "tag" | "security" => vec![
            ("system", "https://attesta.example/added".into()),
            ("version", "1".into()),
            ("code", "added".into()),
            ("display", "Added".into()),
            ("userSelected", false.into()),
        ],
        "valueQuantity" | "low" | "high" => vec![
            ("value", 1.into()),
            ("comparator", "<".into()),
            ("unit", "added".into()),
            ("system", "http://unitsofmeasure.org".into()),
            ("code", "1".into()),
        ],
        "valueAttachment" => {
            let numbers = ["pages", "height", "width", "frames", "duration"].map(|name| (name, 1.into()));
            let url = ("url", "https://attesta.example/added".into());
            std::iter::once(url).chain(numbers).collect()
        }
        "valueCodeableConcept" | "type" | "activity" => {
            vec![("coding", array![object! { "code" => "added" }]), ("text", "Added".into())]
        }
        "subject" | "author" | "source" | "encounter" | "basedOn" | "partOf" | "who" | "onBehalfOf"
        | "target" | "valueReference" | "assigner" => vec![
            ("reference", "Basic/added".into()),
            ("type", "Basic".into()),
            ("identifier", object! { "value" => "added" }),
            ("display", "Added".into()),
        ],
        "identifier" => vec![
            ("use", "old".into()),
            ("type", object! { "text" => "Added" }),
            ("system", "https://attesta.example/added".into()),
            ("value", "added".into()),
            ("period", object! { "start" => "2026" }),
            ("assigner", object! { "display" => "Added" }),
        ],
        "valuePeriod" | "period" => vec![("start", "2026".into()), ("end", "2027".into())],
        "meta" => vec![
            ("profile", array!["https://attesta.example/added"]),
            ("security", array![object! { "code" => "R" }]),
            ("tag", array![object! { "code" => "added" }]),
        ],
        "extension" => vec![("valueString", "added".into())],
        "agent" => vec![
            ("role", array![object! { "text" => "Added" }]),
            ("onBehalfOf", object! { "display" => "Added" }),
            ("modifierExtension", modifier()),
        ],
        "signature" | "valueSignature" => vec![("onBehalfOf", object! { "display" => "Added" })],
        _ => Vec::new(),
    }
}

fn modifier() -> Value {
    array![object! { "url" => "https://attesta.example/added", "valueBoolean" => true }]
}

/// The same of a resource.
fn possible_at_the_root(kind: &str) -> Vec<(&'static str, Value)> {
    let added = || object! { "display" => "Added" };
    let mut all = vec![
        ("implicitRules", "https://attesta.example/added".into()),
        ("language", "de".into()),
        (
            "contained",
            array![
                object! { "resourceType" => "Basic", "id" => "added", "code" => object! { "text" => "a" } }
            ],
        ),
        ("modifierExtension", modifier()),
    ];
    let div = r#"<div xmlns="http://www.w3.org/1999/xhtml">Added</div>"#;
    all.push(("text", object! { "status" => "additional", "div" => div }));
    all.extend(match kind {
        "Provenance" => vec![
            ("policy", array!["https://attesta.example/added"]),
            ("location", added()),
            ("patient", added()),
            ("encounter", added()),
            ("basedOn", array![added()]),
            ("reason", array![object! { "text" => "Added" }]),
            ("authorization", array![object! { "concept" => object! { "text" => "Added" } }]),
            ("authorization", array![object! { "reference" => added() }]),
            ("activity", object! { "text" => "Added" }),
            (
                "entity",
                array![object! {
                    "id" => "added",
                    "extension" => modifier(),
                    "modifierExtension" => modifier(),
                    "role" => "source",
                    "what" => added(),
                    "agent" => array![object! { "who" => added() }],
                }],
            ),
            ("meta", object! { "tag" => array![object! { "code" => "added" }] }),
            ("occurredDateTime", "2026-11-21".into()),
            ("occurredPeriod", object! { "start" => "2026" }),
        ],
        _ => vec![
            ("basedOn", array![added()]),
            ("partOf", array![added()]),
            ("encounter", added()),
            ("author", added()),
            ("item", array![object! { "linkId" => "added" }]),
        ],
    });
    all
}

/// The name of the element, or of the list that it is in.
fn nearest(place: &[Step]) -> &str {
    place
        .iter()
        .rev()
        .find_map(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Index(_) => None,
        })
        .unwrap_or_default()
}

/// An element with one more of everything that it can have: its members, another element of each of its lists, an id, an
/// extension, a sibling of each of its primitive members; a list with one more element at each of its places.
fn additions(own: &Value, name: &str) -> Vec<Value> {
    let Some(members) = own.as_object() else {
        let Some(elements) = own.as_array() else { return Vec::new() };
        let inserted = |at: usize, new: &Value| {
            let mut more = elements.to_vec();
            more.insert(at, new.clone());
            Value::Array(more)
        };
        let places = 0..=elements.len();
        return places
            .flat_map(|at| elements.iter().map(move |new| (at, new)))
            .map(|(at, new)| inserted(at, new))
            .collect();
    };
    let mut all = more(members, own.resource_type().map_or_else(|| possible(name), possible_at_the_root));
    let extension = object! { "url" => "https://attesta.example/added", "valueString" => "added" };
    all.extend(more(members, vec![("id", "added".into()), ("extension", array![extension.clone()])]));
    let is_primitive = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
    for (name, _) in members.iter().filter(|(name, value)| is_primitive(value) && *name != "resourceType") {
        let sibling = format!("_{name}");
        if !members.contains(&sibling) {
            for new in [object! { "id" => "added" }, object! { "extension" => array![extension.clone()] }] {
                let mut more = members.clone();
                more.insert(sibling.as_str(), new);
                all.push(Value::Object(more));
            }
        }
    }
    all
}

/// The members with each of the new ones: where there is none of that name, or, of a list, at its end.
fn more(members: &Object, new: Vec<(&'static str, Value)>) -> Vec<Value> {
    let mut all = Vec::new();
    for (name, value) in new {
        let mut more = members.clone();
        match (members.get(name), value) {
            (None, value) => more.insert(name, value),
            (Some(Value::Array(own)), Value::Array(value)) => {
                more.insert(name, Value::Array(own.iter().chain(&value).cloned().collect()))
            }
            _ => continue,
        };
        all.push(Value::Object(more));
    }
    all
}
