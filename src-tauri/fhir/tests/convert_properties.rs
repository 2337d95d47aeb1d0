//! Whatever resource the tables allow survives its way through XML.

use std::collections::HashMap;

use fhir::{Number, Object, Value, Version, canonical, xml};
use proptest::prelude::*;

/// The types of one release: name, then elements as the table writes them.
type Types = HashMap<&'static str, Vec<&'static str>>;

fn lines(version: Version) -> impl Iterator<Item = &'static str> {
    let text = match version {
        Version::R4 => include_str!("../tables/r4.txt"),
        Version::R5 => include_str!("../tables/r5.txt"),
    };
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Every type of resource, sorted.
fn resources(version: Version) -> Vec<&'static str> {
    let marked = lines(version).filter_map(|line| line.strip_prefix('+'));
    let mut names: Vec<_> = marked.filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    names
}

fn types(version: Version) -> Types {
    lines(version)
        .map(|line| {
            let mut words = line.split(' ');
            (words.next().unwrap().trim_start_matches('+'), words.collect())
        })
        .collect()
}

/// The types that Attesta touches.
const TOUCHED: [&str; 16] = [
    "Questionnaire",
    "QuestionnaireResponse",
    "Provenance",
    "DocumentReference",
    "Bundle",
    "Patient",
    "Device",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Composition",
    "Task",
    "AuditEvent",
    "OperationOutcome",
    "CapabilityStatement",
    "Parameters",
];

/// Draws a resource from a list of numbers, so that a failure shrinks.
struct Draw<'a> {
    types: &'a Types,
    numbers: std::slice::Iter<'a, u32>,
    resources: &'a [&'static str],
}

impl Draw<'_> {
    fn next(&mut self, below: usize) -> usize {
        self.numbers.next().map_or(0, |&number| number as usize % below.max(1))
    }

    fn spent(&self) -> bool {
        self.numbers.len() == 0
    }

    fn resource(&mut self, depth: usize) -> Value {
        let name = self.resources[self.next(self.resources.len())];
        let mut object = Object::new();
        object.insert("resourceType", name);
        self.members(name, &mut object, depth);
        Value::Object(object)
    }

    fn members(&mut self, name: &str, object: &mut Object, depth: usize) {
        let elements = &self.types[name];
        for _ in 0..=self.next(5) {
            let element = elements[self.next(elements.len())];
            self.element(element, object, depth);
        }
        if object.is_empty() {
            object.insert("id", "only");
        }
    }

    fn element(&mut self, element: &str, object: &mut Object, depth: usize) {
        let (name, kinds) = element.split_once('=').unwrap();
        let kinds: Vec<_> = kinds.split('|').collect();
        let kind = kinds[self.next(kinds.len())];
        let attribute = name.starts_with('@');
        let name = name.trim_start_matches('@');
        let many = name.ends_with('*');
        let name = name.trim_end_matches('*');
        let taken = name.strip_suffix("[x]").unwrap_or(name);
        if object.iter().any(|(member, _)| member.trim_start_matches('_').starts_with(taken)) {
            return;
        }
        let name = match name.strip_suffix("[x]") {
            Some(name) => format!("{name}{}{}", kind[..1].to_ascii_uppercase(), &kind[1..]),
            None => name.to_owned(),
        };
        if kind.starts_with(char::is_uppercase) || kind == "xhtml" {
            if depth == 0 {
                return;
            }
            let count = if many { 1 + self.next(2) } else { 1 };
            let mut list: Vec<_> = (0..count).map(|_| self.content(kind, depth - 1)).collect();
            object.insert(name, if many { Value::Array(list) } else { list.remove(0) });
        } else if attribute {
            object.insert(name, self.text());
        } else {
            self.primitive(kind, &name, many, object);
        }
    }

    fn content(&mut self, kind: &str, depth: usize) -> Value {
        match kind {
            "Resource" => self.resource(depth),
            "xhtml" => {
                let bodies = ["/>", ">a &amp; b<br/>\n\t'</div>", "><p xml:lang=\"en\">é&#160;</p></div>"];
                let body = bodies[self.next(3)];
                format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"{body}").into()
            }
            _ => {
                let mut object = Object::new();
                self.members(kind, &mut object, depth);
                Value::Object(object)
            }
        }
    }

    /// Values and companions, either of which may be missing, but not both.
    fn primitive(&mut self, kind: &str, name: &str, many: bool, object: &mut Object) {
        let count = if many { 1 + self.next(3) } else { 1 };
        let (mut values, mut companions) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let which = self.next(3);
            values.push(if which == 2 { Value::Null } else { self.value(kind) });
            companions.push(if which == 0 { Value::Null } else { self.companion() });
        }
        for (name, mut list) in [(name.to_owned(), values), (format!("_{name}"), companions)] {
            if list.iter().any(|value| *value != Value::Null) {
                object.insert(name, if many { Value::Array(list) } else { list.remove(0) });
            }
        }
    }

    fn companion(&mut self) -> Value {
        let extension = fhir::object! { "url" => self.text(), "valueDecimal" => self.number() };
        match self.next(3) {
            0 => fhir::object! { "id" => self.text() },
            1 => fhir::object! { "extension" => fhir::array![extension] },
            _ => fhir::object! { "id" => "a", "extension" => fhir::array![extension] },
        }
    }

    fn value(&mut self, kind: &str) -> Value {
        match kind {
            "boolean" => (self.next(2) == 0).into(),
            "decimal" | "integer" | "positiveInt" | "unsignedInt" => self.number(),
            _ => self.text(),
        }
    }

    fn number(&mut self) -> Value {
        let texts =
            ["0", "-0", "1.10", "1e2", "1E-7", "72.50", "9007199254740993", "-12345678901234567890.10"];
        Value::Number(Number::new(texts[self.next(texts.len())]).unwrap())
    }

    fn text(&mut self) -> Value {
        let texts = [
            "a",
            " a  b ",
            "",
            "<&>\"'",
            "\t\r\n",
            "\u{7f}\u{85}\u{a0}\u{2028}\u{3000}é🩺\u{10fffd}",
            "&#10;]]>",
            "true",
            "\u{feff}",
        ];
        texts[self.next(texts.len())].into()
    }
}

fn resource(numbers: &[u32], version: Version, touched: bool) -> Value {
    let types = types(version);
    let all = resources(version);
    assert!(TOUCHED.iter().all(|name| all.contains(name)));
    let resources = if touched { &TOUCHED[..] } else { &all };
    let mut draw = Draw { types: &types, numbers: numbers.iter(), resources };
    let drawn = draw.resource(6);
    assert!(draw.spent() || draw.numbers.len() < numbers.len());
    drawn
}

proptest! {
    #[test]
    fn json_through_xml_is_equal(
        numbers in proptest::collection::vec(any::<u32>(), 1..400),
        r5 in any::<bool>(),
        touched in any::<bool>(),
    ) {
        let version = if r5 { Version::R5 } else { Version::R4 };
        let value = resource(&numbers, version, touched);
        let written = xml::to_xml(&value, version)
            .unwrap_or_else(|error| panic!("{error}: {}", value.to_json()));
        let back = xml::from_xml(written.as_bytes(), version)
            .unwrap_or_else(|error| panic!("{error}: {written}"));
        prop_assert_eq!(canonical::number_text(&value), canonical::number_text(&back), "{}", written);
        prop_assert_eq!(xml::to_xml(&back, version).unwrap(), written);
    }
}

#[test]
fn each_type_that_attesta_touches_survives_in_both_releases() {
    for version in Version::ALL {
        for (index, name) in TOUCHED.into_iter().enumerate() {
            for seed in 0..40_u32 {
                let mut number = seed;
                let mut numbers = vec![u32::try_from(index).unwrap(), 4];
                numbers.extend((0..200).map(|_| {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    number >> 8
                }));
                let value = resource(&numbers, version, true);
                assert_eq!(value.resource_type(), Some(name));
                let written = xml::to_xml(&value, version).unwrap();
                let back = xml::from_xml(written.as_bytes(), version).unwrap();
                assert_eq!(canonical::number_text(&value), canonical::number_text(&back), "{written}");
            }
        }
    }
}
