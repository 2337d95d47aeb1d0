//! Which expressions stand where.

use std::collections::BTreeMap;

use fhir::{Object, Value};

use super::super::{
    at::{self, Instance},
    item::Tree,
    options,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{Declared, Item, Kind, Stands, Text},
    report::Quoted,
};

/// An expression that was read but not yet held against the items.
pub(super) struct RawRule {
    /// The extension that it belongs to.
    pub(super) at: At,
    pub(super) place: Option<usize>,
    pub(super) expression: fhirpath::Expression,
}

/// What an expression of an item decides.
pub(super) enum Target {
    Enable,
    Calculated,
    Initial,
    Options,
    Toggle(Vec<String>),
    Text,
    Required,
    Min,
    Max,
    ReadOnly,
    Repeats,
    MinOccurs,
    MaxOccurs,
    /// What the form says, and whether it only warns.
    Constraint(Text, bool),
}

#[derive(Default)]
pub(super) struct Raw {
    /// Of the whole form where there is no item.
    pub(super) rules: Vec<(Option<usize>, Target, RawRule)>,
    pub(super) variables: Vec<(String, Stands, RawRule)>,
    /// The names of `launchContext`, each with what the form says of it.
    pub(super) launch: BTreeMap<String, Declared>,
}

/// Names that a study may launch a form with, whether or not the form declares them.
const LAUNCH: [&str; 3] = ["patient", "encounter", "user"];

pub(super) fn root(findings: &mut Findings, raw: &mut Raw, object: &Object) {
    let at = At::root();
    raw.launch.extend(LAUNCH.map(|name| (name.to_owned(), Declared::default())));
    for found in at::all(&at, object, "launchContext") {
        let name = part(found.object, "name").and_then(|name| {
            name.get("valueCoding")
                .and_then(|coding| coding.str("code"))
                .or_else(|| name.get("valueId")?.as_str())
        });
        match name {
            Some(name) => {
                let types = parts(found.object, "type").filter_map(|part| part.get("valueCode")?.as_str());
                let declared = raw.launch.entry(name.to_owned()).or_default();
                declared.types.extend(types.map(str::to_owned));
                declared.path.get_or_insert_with(|| found.at().path);
            }
            None => {
                found.refuse(findings, Reason::Expression, "a launchContext needs a name; add it");
            }
        }
    }
    variables(findings, raw, &at, object, None);
    population(findings, raw, &at, object, None);
    constraints(findings, raw, &at, object, None);
}

pub(super) fn item(findings: &mut Findings, raw: &mut Raw, tree: &Tree<'_>, index: usize) {
    let (at, object) = (&tree.places[index], tree.objects[index]);
    if object.get("extension").is_some() {
        variables(findings, raw, at, object, Some(index));
        population(findings, raw, at, object, Some((index, &tree.items[index])));
        constraints(findings, raw, at, object, Some(index));
        let is_question = matches!(tree.items[index].kind, Kind::Question(_));
        for (name, target, only_questions) in [
            ("enableWhenExpression", Target::Enable, false),
            ("calculatedExpression", Target::Calculated, true),
            ("initialExpression", Target::Initial, true),
            ("answerExpression", Target::Options, true),
        ] {
            let Some(found) = at::single(findings, at, object, name) else { continue };
            if only_questions && !is_question {
                let message = format!("{name} belongs on a question; move or remove it");
                found.refuse(findings, Reason::Expression, message);
                continue;
            }
            if let Some(rule) = rule(findings, found.at(), found.object, Some(index)) {
                raw.rules.push((Some(index), target, rule));
            }
        }
        toggles(findings, raw, at, object, index);
        limits(findings, raw, at, object, index);
        occurs(findings, raw, tree, index);
    }
    for (name, target) in [
        ("_text", Target::Text),
        ("_required", Target::Required),
        ("_readOnly", Target::ReadOnly),
        ("_repeats", Target::Repeats),
    ] {
        let Some(sibling) = object.get(name).and_then(Value::as_object) else { continue };
        let place = at.child(name);
        let Some(found) = at::single(findings, &place, sibling, "cqf-expression") else { continue };
        if let (Target::ReadOnly | Target::Repeats, false) =
            (&target, matches!(tree.items[index].kind, Kind::Question(_)))
        {
            refuse_on_others(findings, &found);
        } else if let (Target::Repeats, false) = (&target, tree.items[index].repeats) {
            let message =
                "whether this repeats is computed; write repeats: true beside the expression, so that it can";
            found.refuse(findings, Reason::Repeats, message);
        } else if let Some(rule) = rule(findings, found.at(), found.object, Some(index)) {
            raw.rules.push((Some(index), target, rule));
        }
    }
}

/// `cqf-expression` on how often a question is answered.
fn occurs(findings: &mut Findings, raw: &mut Raw, tree: &Tree<'_>, index: usize) {
    let (at, object) = (&tree.places[index], tree.objects[index]);
    for (name, target) in [("minOccurs", Target::MinOccurs), ("maxOccurs", Target::MaxOccurs)] {
        let Some(limit) = at::single(findings, at, object, name) else { continue };
        let Some(value) = limit.get("_valueInteger").and_then(Value::as_object) else { continue };
        let here = limit.at().child("valueInteger");
        let Some(found) = at::single(findings, &here, value, "cqf-expression") else { continue };
        if !matches!(tree.items[index].kind, Kind::Question(_)) {
            refuse_on_others(findings, &found);
        } else if let Some(rule) = rule(findings, found.at(), found.object, Some(index)) {
            raw.rules.push((Some(index), target, rule));
        }
    }
}

/// How often a group stands there, and whether it can be changed, is not computed.
fn refuse_on_others(findings: &mut Findings, found: &Instance<'_, '_>) {
    let message = "whether and how often something is answered is computed on questions alone; write the value, or ask \
                   for the items by enableWhenExpression";
    found.refuse(findings, Reason::Expression, message);
}

fn variables(findings: &mut Findings, raw: &mut Raw, at: &At, object: &Object, place: Option<usize>) {
    for found in at::all(at, object, "variable") {
        let called = found.get("valueExpression").and_then(|expression| expression.str("name"));
        let Some(rule) = rule(findings, found.at(), found.object, place) else { continue };
        if let Some(called) = called {
            raw.variables.push((called.to_owned(), Stands::Whole, rule));
        } else {
            let message = "a variable needs a name; add it to its Expression";
            found.refuse(findings, Reason::Expression, message);
        }
    }
}

/// `itemPopulationContext`: a repeating group begins with an instance for each element, and what does not repeat, with the
/// first one (SDC, population).
fn population(
    findings: &mut Findings,
    raw: &mut Raw,
    at: &At,
    object: &Object,
    place: Option<(usize, &Item)>,
) {
    let Some(found) = at::single(findings, at, object, "itemPopulationContext") else { return };
    let called = found.get("valueExpression").and_then(|expression| expression.str("name"));
    let index = place.map(|(index, _)| index);
    let Some(rule) = rule(findings, found.at(), found.object, index) else { return };
    let stands = match place {
        Some((_, item)) if item.is_repeating_group() => Stands::Each,
        Some((_, item)) if item.repeats => Stands::Whole,
        _ => Stands::First,
    };
    let Some(called) = called else {
        let message = "this itemPopulationContext has no name, so nothing can read it, and nothing repeats by it; add the \
                       name to its Expression";
        found.notice(findings, Reason::Unused, message);
        return;
    };
    if stands != Stands::Each {
        let which = if stands == Stands::First { "the first element" } else { "all elements together" };
        let message =
            format!("this is no group that repeats, so that %{} stands for {which}", Quoted(called));
        found.notice(findings, Reason::Unused, message);
    }
    raw.variables.push((called.to_owned(), stands, rule));
}

/// `targetConstraint`, and the `constraint` before it.
fn constraints(findings: &mut Findings, raw: &mut Raw, at: &At, object: &Object, place: Option<usize>) {
    for name in ["targetConstraint", "constraint"] {
        for found in at::all(at, object, name) {
            let warns = part(found.object, "severity")
                .and_then(|severity| severity.get("valueCode")?.as_str())
                == Some("warning");
            let human = found.part("human").and_then(|(at, human)| {
                let element = if human.contains("valueMarkdown") { "valueMarkdown" } else { "valueString" };
                findings.text(&at, human, element, true)
            });
            if warns && human.is_none() {
                let message =
                    "a constraint that only warns, and does not say of what, is not used; add its `human`";
                found.notice(findings, Reason::Unused, message);
                continue;
            }
            let Some(expression) = part(found.object, "expression") else {
                found.refuse(findings, Reason::Expression, "a constraint needs an expression; add it");
                continue;
            };
            if let Some(rule) = rule(findings, found.at(), expression, place) {
                let human = human.unwrap_or_else(|| Text::plain(""));
                raw.rules.push((place, Target::Constraint(human, warns), rule));
            }
        }
    }
}

fn toggles(findings: &mut Findings, raw: &mut Raw, at: &At, object: &Object, index: usize) {
    for found in at::all(at, object, "answerOptionsToggleExpression") {
        let mut keys = Vec::new();
        for option in parts(found.object, "option") {
            let value = option.iter().find_map(|(name, value)| Some((name.strip_prefix("value")?, value)));
            keys.extend(value.and_then(|(kind, value)| options::key(kind, value)));
        }
        let Some(expression) = part(found.object, "expression") else {
            found.refuse(findings, Reason::Expression, "there is no expression here; add it");
            continue;
        };
        if let Some(rule) = rule(findings, found.at(), expression, Some(index)) {
            raw.rules.push((Some(index), Target::Toggle(keys), rule));
        }
    }
}

/// `cqf-expression` on the value of a limit.
fn limits(findings: &mut Findings, raw: &mut Raw, at: &At, object: &Object, index: usize) {
    for (names, above) in [(["minValue", "minQuantity"], false), (["maxValue", "maxQuantity"], true)] {
        for name in names {
            let Some(limit) = at::single(findings, at, object, name) else { continue };
            for (element, value) in limit.object.iter() {
                let companion = element.starts_with("_value") || element == "valueQuantity";
                let Some(value) = value.as_object().filter(|_| companion) else { continue };
                let here = limit.at().child(element);
                if let Some(found) = at::single(findings, &here, value, "cqf-expression")
                    && let Some(rule) = rule(findings, found.at(), found.object, Some(index))
                {
                    let target = if above { Target::Max } else { Target::Min };
                    raw.rules.push((Some(index), target, rule));
                }
            }
        }
    }
}

/// The extension `url` inside a complex one.
fn part<'v>(object: &'v Object, url: &'static str) -> Option<&'v Object> {
    parts(object, url).next()
}

/// All of them.
fn parts<'v>(object: &'v Object, url: &'static str) -> impl Iterator<Item = &'v Object> {
    let parts = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    parts.iter().filter(move |part| part.str("url") == Some(url)).filter_map(Value::as_object)
}

/// Compiles the `valueExpression` of an extension that stands `at` a place, or of its part.
fn rule(findings: &mut Findings, at: At, extension: &Object, place: Option<usize>) -> Option<RawRule> {
    let is_part = extension.get("url").and_then(Value::as_str) == Some("expression");
    let (language, text) = match (extension.get("valueExpression"), extension.get("valueString")) {
        (Some(expression), _) => (expression.str("language"), expression.str("expression")),
        // The form of earlier constraints.
        (None, Some(text)) => (Some("text/fhirpath"), text.as_str()),
        (None, None) => (None, None),
    };
    if language != Some("text/fhirpath") {
        // What was read as another language has been refused already; see `extension`.
        if language.is_none() {
            let message = "an expression must say that it is in text/fhirpath; add its language";
            findings.refuse(&at, Reason::Expression, message);
        } else if is_part {
            let language = Quoted(language.unwrap_or_default()).to_string();
            let message = format!("expressions in {language} are not evaluated here; write it in FHIRPath");
            findings.refuse(&at, Reason::Expression, message);
        }
        return None;
    }
    let Some(text) = text else {
        findings.refuse(&at, Reason::Expression, "there is no expression here; add it");
        return None;
    };
    match fhirpath::Expression::parse(text) {
        Ok(expression) => Some(RawRule { at, place, expression }),
        Err(error) => {
            let message = format!("the expression {} cannot be evaluated: {error}", Quoted(text));
            findings.refuse(&at, Reason::Expression, message);
            None
        }
    }
}
