//! FHIRPath's official suites for R4 and R5 (fhir-test-cases, as `scripts/setup test` takes them from Maven Central): every
//! test gives the result that is published for it, or `fhirpath/suites.txt` says why not. A reason that is not needed
//! fails, as a difference without one does. Each expression is checked against the type of its input before it runs: what
//! is found there is an error, and one that nobody wants is a difference, too.

use std::collections::BTreeMap;
use std::path::PathBuf;

use attesta_tests::interop::{Peer, folder};
use fhir::xml::{Document, Element, from_xml};
use fhir::{Value, Version};
use fhirpath::{Context, DateTime, Declarations, Expression, Item, ProblemKind, StaticType};

/// A suite: its release, its folder, and the least number of tests that it has.
const SUITES: [(Version, &str, usize); 2] = [(Version::R4, "r4", 900), (Version::R5, "r5", 1000)];

/// One test, as the suite has it.
struct Test {
    name: String,
    resource: Option<String>,
    expression: String,
    /// What is wrong with the expression, where an error is what must come.
    invalid: bool,
    /// The names that choices have in JSON are names.
    lenient: bool,
    /// Only whether the result is true, or there, is asked.
    predicate: bool,
    /// The type, where it is given, and the text of each item.
    output: Vec<(Option<String>, String)>,
}

impl Test {
    fn read(test: Element<'_>) -> Self {
        let attribute = |name: &str| test.attribute(name).map(str::to_owned);
        let expression = test.elements().find(|child| child.name() == "expression").expect("an expression");
        let output = test.elements().filter(|child| child.name() == "output");
        Self {
            name: attribute("name").unwrap_or_default(),
            resource: attribute("inputfile").filter(|file| !file.is_empty()),
            expression: expression.text(),
            invalid: expression.attribute("invalid").is_some_and(|kind| kind != "false"),
            lenient: test.attribute("mode") == Some("lenient/polymorphics"),
            predicate: test.attribute("predicate") == Some("true"),
            output: output.map(|one| (one.attribute("type").map(str::to_owned), one.text())).collect(),
        }
    }

    /// What came, where it is not what must come.
    fn difference<'a>(&self, release: Version, context: &Context<'a>, resource: &'a Value) -> Option<String> {
        let parsed = match Expression::parse(&self.expression) {
            Ok(parsed) => parsed,
            Err(error) => return (!self.invalid).then(|| error.to_string()),
        };
        let kind = StaticType::of(release, &[resource.resource_type().unwrap_or_default()]);
        let declared = Declarations::new(release).input(kind.clone()).resource(kind);
        let is_wrong =
            |kind: &ProblemKind| !(self.lenient && matches!(kind, ProblemKind::WrittenChoice { .. }));
        if let Some(problem) = parsed.check(&declared).problems.iter().find(|one| is_wrong(&one.kind)) {
            return (!self.invalid).then(|| format!("before it runs: {problem}"));
        }
        let found = match parsed.evaluate(context, resource) {
            Ok(found) => found,
            Err(error) => return (!self.invalid).then(|| error.to_string()),
        };
        let items = || found.iter().map(|item| shown(item, context)).collect::<Vec<_>>();
        if self.invalid {
            return Some(format!("no error: {:?}", items()));
        }
        if self.predicate {
            let holds = match found.as_slice() {
                [one] => one.as_bool().unwrap_or(true),
                many => !many.is_empty(),
            };
            return (self.output.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>()
                != [holds.to_string()])
            .then(|| format!("{holds}"));
        }
        let same = found.len() == self.output.len()
            && items().iter().zip(&self.output).all(|((kind, text), (wanted, output))| {
                text == output.trim_start_matches('@').trim_start_matches('T')
                    && wanted.as_deref().is_none_or(|wanted| is_kind(kind, wanted))
            });
        (!same).then(move || format!("{:?}", items()))
    }
}

/// Types are named without their model; ids and codes are strings too, and the suites call most of them so.
fn is_kind(kind: &str, wanted: &str) -> bool {
    let own = kind.rsplit('.').next().unwrap_or(kind);
    own.eq_ignore_ascii_case(wanted)
        || (wanted == "string" && matches!(own, "code" | "id" | "uri" | "url" | "markdown" | "xhtml"))
        || (wanted == "integer" && matches!(own, "positiveInt" | "unsignedInt" | "integer64"))
        || (wanted == "code" && own == "String")
}

/// The type of an item, and its text as the suites write it.
fn shown(item: &Item<'_>, context: &Context<'_>) -> (String, String) {
    let kind = item.type_name(context);
    let text = match item {
        Item::Quantity(quantity) => quantity.to_string(),
        Item::Type(info) => format!("{}.{}", info.namespace, info.name),
        _ => match item.to_value() {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_json(),
            None => String::new(),
        },
    };
    (kind, text.trim_start_matches('T').to_owned())
}

/// Why a test has another result here, by suite and name.
fn reasons() -> BTreeMap<String, &'static str> {
    let mut reasons = BTreeMap::new();
    let mut reason = "";
    for line in include_str!("fhirpath/suites.txt").lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("# ") {
            reason = words;
        } else if !line.is_empty() {
            assert!(!reason.is_empty() && reasons.insert(line.to_owned(), reason).is_none(), "{line}");
        }
    }
    reasons
}

#[test]
fn the_official_suites_give_the_published_results_but_for_listed_reasons() {
    if !Peer::Java.is_ready() {
        return;
    }
    let cases: PathBuf = folder().join("java/cases/org/hl7/fhir/testcases");
    let mut listed = reasons();
    let mut wrong = Vec::new();
    for (release, suite, least) in SUITES {
        let text = std::fs::read(cases.join(format!("{suite}/fhirpath/tests-fhir-{suite}.xml"))).unwrap();
        let document = Document::parse(&text).unwrap();
        let groups = document.root().elements().filter(|child| child.name() == "group");
        let tests: Vec<Test> = groups
            .flat_map(|group| group.elements().filter(|child| child.name() == "test").collect::<Vec<_>>())
            .map(Test::read)
            .collect();
        assert!(tests.len() >= least, "{suite}: {} tests", tests.len());
        let mut resources: BTreeMap<&str, Result<Value, String>> = BTreeMap::new();
        for test in &tests {
            let file = test.resource.as_deref().unwrap_or("patient-example.xml");
            let resource = resources.entry(file).or_insert_with(|| {
                // R4's copy has an element out of FHIR's order, R5's is the same Observation in order.
                let place = if file == "observation-example.xml" { "r5" } else { suite };
                let bytes = std::fs::read(cases.join(place).join(file)).map_err(|error| error.to_string())?;
                match file.rsplit_once('.') {
                    Some((_, "xml")) => from_xml(&bytes, release).map_err(|error| error.to_string()),
                    _ => Value::parse(&bytes).map_err(|error| error.to_string()),
                }
            });
            let difference = match resource {
                Ok(resource) => {
                    let context = Context::new(release)
                        .now(DateTime::parse("2026-11-21T12:00:00.000Z").unwrap())
                        .resource(resource);
                    test.difference(release, &context, resource)
                }
                Err(error) => Some(error.clone()),
            };
            match (difference, listed.remove(&format!("{suite} {}", test.name))) {
                (None, None) | (Some(_), Some(_)) => {}
                (None, Some(_)) => wrong.push(format!("{suite} {} is listed and does not differ", test.name)),
                (Some(came), None) => wrong.push(format!(
                    "{suite} {} ({})\n  wanted {}{:?}\n  came   {came}",
                    test.name,
                    test.expression.trim(),
                    if test.invalid { "an error " } else { "" },
                    test.output
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(listed.is_empty(), "listed and not in a suite: {:?}", listed.keys());
}
