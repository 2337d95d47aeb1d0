//! What expressions read of a launched resource beyond what a device gives of it. FHIRPath makes nothing of such an element
//! and does not say so: `iif(%patient.gender = 'female', 0.742, 1)` is 1 for everybody.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use fhirpath::{Beyond, Known, Reached};

use super::{Named, Questionnaire, Rule, Rules};
use crate::{Problem, Reason, report::Quoted};

/// The elements that devices give of the resources that a form is launched with, by the name of their `launchContext`: dotted
/// paths to those that have a value.
pub const LAUNCH_ELEMENTS: [(&str, &[&str]); 3] = [
    ("patient", &["resourceType", "id", "identifier.system", "identifier.value"]),
    ("user", &["resourceType", "name.text"]),
    (
        "encounter",
        &[
            "resourceType",
            "identifier.system",
            "identifier.value",
            "status",
            "class.system",
            "class.code",
            "subject.reference",
            "period.start",
        ],
    ),
];

/// An expression that depends on elements that nobody gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchBeyond {
    /// The item; `None` for the form itself.
    pub link_id: Option<String>,
    /// The place of the expression as FHIRPath.
    pub path: String,
    /// The url of the extension that it belongs to.
    pub extension: String,
    /// It only begins a question with an answer (`initialExpression`), which the patient can give as well.
    pub only_begins: bool,
    /// The expression that reads them, itself or a variable's; each with the places in it.
    reads: Vec<(String, Vec<Beyond>)>,
}

/// So many elements are named for one expression.
const MOST_NAMED: usize = 4;

impl LaunchBeyond {
    /// As a finding of a report. `consequence` says what becomes of it.
    pub fn finding(&self, consequence: &str) -> Problem {
        Problem {
            link_id: self.link_id.clone(),
            path: self.path.clone(),
            extension: Some(Quoted(&self.extension).to_string()),
            reason: Reason::LaunchContext,
            message: format!("{self}: {consequence}"),
        }
    }
}

/// Which elements are read where, and what is given instead.
impl fmt::Display for LaunchBeyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = BTreeSet::new();
        for (index, (expression, beyond)) in self.reads.iter().enumerate() {
            let joint = if index == 0 { "" } else { ", and " };
            write!(f, "{joint}the expression {} reads ", Quoted(expression))?;
            for (at, one) in beyond.iter().take(MOST_NAMED).enumerate() {
                let joint = if at == 0 { "" } else { ", " };
                let element = Quoted(&one.element);
                write!(f, "{joint}%{}.{element} (line {}, column {})", one.name, one.line, one.column)?;
            }
            if let Some(more) = beyond.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
                write!(f, " and {more} more")?;
            }
            names.extend(beyond.iter().map(|one| one.name.as_str()));
        }
        for (name, elements) in LAUNCH_ELEMENTS.iter().filter(|(name, _)| names.contains(name)) {
            let elements: Vec<&str> =
                elements.iter().copied().filter(|element| *element != "resourceType").collect();
            write!(f, "; the device gives of %{name} only {}", elements.join(", "))?;
        }
        Ok(())
    }
}

impl Questionnaire {
    /// The expressions that read more of launched resources than is `given` of them (see [`LAUNCH_ELEMENTS`]), in document
    /// order. Of names that are not given nothing is said.
    pub fn beyond_launch(&self, given: &[(&str, &[&str])]) -> Vec<LaunchBeyond> {
        let rules = &self.form.rules;
        let mut walk = Walk { rules, given, variables: HashMap::new() };
        let mut found = Vec::new();
        let mut note = |item: Option<usize>, only_begins, rule: &Rule| {
            let reads = walk.reads(rule);
            if reads.is_empty() {
                return;
            }
            let link_id = item.and_then(|item| Some(self.form.items.get(item)?.link_id.clone()));
            let (path, extension) = (rule.stands.path.clone(), rule.stands.extension.clone());
            let one = LaunchBeyond { link_id, path, extension, only_begins, reads };
            // The limits of a calculation are met twice.
            if !found.contains(&one) {
                found.push(one);
            }
        };
        rules.constraints.iter().for_each(|constraint| note(None, false, &constraint.rule));
        let mut items: Vec<_> = rules.items.iter().collect();
        items.sort_unstable_by_key(|(item, _)| **item);
        for (item, own) in items {
            let population = own.population.and_then(|index| rules.variables.get(index));
            let begins = own.initial.as_deref().into_iter().chain(population.map(|variable| &variable.rule));
            begins.for_each(|rule| note(Some(*item), true, rule));
            own.other_than_initial().for_each(|rule| note(Some(*item), false, rule));
        }
        found
    }
}

struct Walk<'w> {
    rules: &'w Rules,
    given: &'w [(&'w str, &'w [&'w str])],
    /// What variables hold, and what they read beyond what is given.
    variables: HashMap<usize, (Reached, Vec<Beyond>)>,
}

impl Walk<'_> {
    /// What an expression reads beyond what is given, itself and through its variables.
    fn reads(&mut self, rule: &Rule) -> Vec<(String, Vec<Beyond>)> {
        let rules = self.rules;
        let mut reads = Vec::new();
        // Each variable stands after those that it needs itself.
        for &index in &rule.variables {
            let Some(variable) = rules.variables.get(index) else { continue };
            if !self.variables.contains_key(&index) {
                let read = self.read(&variable.rule);
                self.variables.insert(index, read);
            }
            if let Some((_, beyond)) = self.variables.get(&index).filter(|(_, beyond)| !beyond.is_empty()) {
                reads.push((variable.rule.expression.text().to_owned(), beyond.clone()));
            }
        }
        let (_, beyond) = self.read(rule);
        if !beyond.is_empty() {
            reads.insert(0, (rule.expression.text().to_owned(), beyond));
        }
        reads
    }

    fn read(&self, rule: &Rule) -> (Reached, Vec<Beyond>) {
        let mut known = Known { data: self.given.iter().copied().collect(), ..Known::default() };
        for (name, named) in &rule.names {
            let holds = match named {
                Named::Variable(index) => self.variables.get(index).map(|(reached, _)| reached.clone()),
                Named::Launch(launched) => {
                    known.data.contains_key(launched.as_str()).then(|| Reached::whole(launched))
                }
            };
            known.variables.extend(holds.map(|holds| (name.as_str(), holds)));
        }
        let read = rule.expression.reads_beyond(&known);
        (read.result, read.beyond)
    }
}
