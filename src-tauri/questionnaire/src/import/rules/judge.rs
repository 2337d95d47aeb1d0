//! What can be said of expressions before they run: parts that can never give anything, and results that can never be
//! what is asked for. The form is not refused for it: the other parts may be enough.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use fhir::Version;
use fhirpath::{Declarations, Problem, ProblemKind, Shape, StaticType};

use super::super::{item::Tree, read::Findings};
use super::read::{RawRule, Target};
use crate::{
    Reason, converted,
    form::{Asks, Declared, Named, Question},
    report::Quoted,
};

/// The release whose types the engine reads responses, forms and launched resources by.
const RELEASE: Version = Version::R4;

/// What a device gives by a name where the form declares no type.
const LAUNCHED: [(&str, &str); 2] = [("patient", "Patient"), ("encounter", "Encounter")];

/// What expressions read, by type.
pub(super) struct Judge {
    /// For what stands at an item, and for what stands at the form.
    of_item: Declarations,
    of_form: Declarations,
    launch: HashMap<String, StaticType>,
    variables: HashMap<usize, StaticType>,
    /// How many expressions are in the report.
    named: usize,
}

/// So many expressions of a form are named, and so many problems of one.
const MOST_NAMED: usize = 1_000;
const MOST_SAID: usize = 4;

impl Judge {
    /// With the names of `launchContext`, each with the types that the form says it may have.
    pub(super) fn new(launch: &BTreeMap<String, Declared>) -> Self {
        let of = |(name, declared): (&String, &Declared)| {
            let known = LAUNCHED.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
            let types: Vec<&str> = match declared.types.as_slice() {
                [] => known.into_iter().collect(),
                types => types.iter().map(String::as_str).collect(),
            };
            let kind = match types.as_slice() {
                [] => StaticType::any(RELEASE),
                types => StaticType::of(RELEASE, types),
            };
            (name.clone(), kind)
        };
        let response = StaticType::of(RELEASE, &["QuestionnaireResponse"]);
        let of_form = Declarations::new(RELEASE).input(response.clone()).resource(response);
        Self {
            of_item: of_form.clone().input(StaticType::of(RELEASE, &["QuestionnaireResponse.item"])),
            of_form,
            launch: launch.iter().map(of).collect(),
            variables: HashMap::new(),
            named: 0,
        }
    }

    /// A variable, after those that it reads.
    pub(super) fn variable(
        &mut self,
        findings: &mut Findings,
        index: usize,
        raw: &RawRule,
        names: &[(String, Named)],
    ) {
        let kind = self.expression(findings, raw, names);
        self.variables.insert(index, kind);
    }

    /// An expression, and whether its result can be what it is for.
    pub(super) fn rule(
        &mut self,
        findings: &mut Findings,
        tree: &Tree<'_>,
        target: &Target,
        raw: &RawRule,
        names: &[(String, Named)],
    ) {
        let kind = self.expression(findings, raw, names);
        let question = raw.place.and_then(|place| tree.items[place].question());
        // What is always empty is so on purpose, or was named.
        let Some(shapes) = kind.shapes().filter(|_| !kind.is_empty()) else { return };
        let shapes: Vec<Shape<'_>> = shapes.collect();
        let Some(wanted) = wanted(target, question, &shapes) else { return };
        let message = format!(
            "the expression {} gives {kind}, which is never {wanted}; correct the expression or the type of the item",
            Quoted(raw.expression.text())
        );
        self.notice(findings, raw, message);
    }

    /// The type of an expression, whose problems are named.
    fn expression(
        &mut self,
        findings: &mut Findings,
        raw: &RawRule,
        names: &[(String, Named)],
    ) -> StaticType {
        let base = if raw.place.is_some() { &self.of_item } else { &self.of_form };
        let mut declared = Cow::Borrowed(base);
        for (name, named) in names {
            let kind = match named {
                Named::Variable(index) => self.variables.get(index),
                Named::Launch(name) => self.launch.get(name),
            };
            if let Some(kind) = kind {
                declared = Cow::Owned(declared.into_owned().variable(name.clone(), kind.clone()));
            }
        }
        let checked = raw.expression.check(&declared);
        if let Some(message) = named(&checked.problems, raw.expression.text()) {
            self.notice(findings, raw, message);
        }
        checked.result
    }

    /// Names an expression in the report.
    fn notice(&mut self, findings: &mut Findings, raw: &RawRule, message: String) {
        self.named += 1;
        let message = match self.named.cmp(&MOST_NAMED) {
            Ordering::Less => message,
            Ordering::Equal => "further expressions have such faults; correct these first".to_owned(),
            Ordering::Greater => return,
        };
        findings.notice(&raw.at, Reason::Expression, message);
    }
}

/// What the problems of an expression are called in the report.
fn named(problems: &[Problem], expression: &str) -> Option<String> {
    // Here, children are in the order of the document.
    let problems = problems.iter().filter(|one| !matches!(one.kind, ProblemKind::Unordered(_)));
    let (mut said, mut more, mut advice) = (Vec::new(), 0, None);
    for problem in problems {
        let own = match &problem.kind {
            ProblemKind::WrittenChoice { element, .. } => format!("write {element}"),
            // Of a decimal these give an integer.
            ProblemKind::NeverConverted { instead: Some(instead), .. } => format!("write {instead}"),
            _ => "correct it".to_owned(),
        };
        let is_other = advice.as_ref().is_some_and(|known| *known != own);
        advice = Some(if is_other { "correct it".to_owned() } else { own });
        if said.len() < MOST_SAID { said.push(problem.to_string()) } else { more += 1 }
    }
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    let advice = advice?;
    Some(format!("in the expression {}, {}; {advice}", Quoted(expression), said.join("; ")))
}

/// What the result of an expression has to be, where none of these shapes can be that.
fn wanted(target: &Target, question: Option<&Question>, shapes: &[Shape<'_>]) -> Option<&'static str> {
    let any = |fits: &dyn Fn(Shape<'_>) -> bool| shapes.iter().any(|shape| fits(*shape));
    let (fits, wanted) = match target {
        Target::Calculated | Target::Initial => {
            let question = question?;
            (any(&|shape| converted::takes(question, shape)), answered(question))
        }
        Target::Options => {
            let question = question?;
            (any(&|shape| converted::is_option(&question.asks, shape)), "an option of this item")
        }
        Target::Text => (any(&converted::is_text), "a text"),
        Target::MinOccurs | Target::MaxOccurs => (any(&|shape| shape == Shape::Number), "a number"),
        Target::Enable
        | Target::Toggle(_)
        | Target::Required
        | Target::ReadOnly
        | Target::Repeats
        | Target::Constraint(..) => (any(&|shape| shape == Shape::Boolean), "true or false"),
        Target::Min | Target::Max => return None,
    };
    (!fits).then_some(wanted)
}

/// What a question is answered with.
fn answered(question: &Question) -> &'static str {
    if question.chooses() {
        return "an option of this item";
    }
    match &question.asks {
        Asks::Boolean => "true or false",
        Asks::Number(number) if number.integer => "an integer",
        Asks::Number(_) => "a decimal",
        Asks::Quantity(_) => "a quantity",
        Asks::Date(_) => "a date",
        Asks::DateTime(_) => "a date and time",
        Asks::Time(_) => "a time",
        Asks::Text(_) => "a text",
        Asks::Url(_) => "an address",
        Asks::Attachment(_) => "a file",
        Asks::Coding | Asks::Reference => "an option of this item",
    }
}
