//! The resources that a form's expressions read (SDC `launchContext`): which, and for what.

use std::collections::{BTreeMap, BTreeSet};

use super::{ItemRules, Named, Questionnaire, Rule, Rules};

/// A resource that expressions of the form read by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchContext {
    /// The name, such as `patient`.
    pub name: String,
    /// The types that the form says it may have; none where it does not declare it.
    pub types: Vec<String>,
    /// Where the form declares it, as FHIRPath.
    pub path: Option<String>,
    /// The items whose expressions read it, in document order.
    pub reads: Vec<LaunchRead>,
}

/// An expression that reads a launch context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchRead {
    /// The item; `None` for the form itself.
    pub link_id: Option<String>,
    /// It only begins a question with an answer (`initialExpression`), which the patient can give as well.
    pub only_begins: bool,
}

/// What a form says of a launch context: the types that it may have, and where it says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Declared {
    pub(crate) types: Vec<String>,
    pub(crate) path: Option<String>,
}

/// What SDC says of the contexts that a form may read without declaring them: their types
/// (SDC, `launchContext`).
const UNDECLARED: [(&str, &[&str]); 3] = [
    ("patient", &["Patient"]),
    ("encounter", &["Encounter"]),
    ("user", &["Patient", "Practitioner", "PractitionerRole", "RelatedPerson"]),
];

impl Questionnaire {
    /// The launch contexts that the form can be started with, by name, each with the types that it may have: those that it
    /// declares, and those that its expressions read all the same.
    pub fn launch_types(&self) -> BTreeMap<&str, Vec<&str>> {
        let read = self.launch_contexts();
        let types = self.form.rules.launch.iter().filter_map(|(name, declared)| {
            let standard = UNDECLARED.iter().find(|(known, _)| known == name).map(|(_, types)| *types);
            match (declared.types.as_slice(), standard) {
                ([], Some(types)) => {
                    read.iter().any(|context| context.name == *name).then(|| (name.as_str(), types.to_vec()))
                }
                (declared, _) => Some((name.as_str(), declared.iter().map(String::as_str).collect())),
            }
        });
        types.collect()
    }

    /// The launch contexts that are read, by name. Those that are only declared are left out: nobody needs them.
    pub fn launch_contexts(&self) -> Vec<LaunchContext> {
        let rules = &self.form.rules;
        let mut found: BTreeMap<&str, BTreeSet<(Option<usize>, bool)>> = BTreeMap::new();
        let mut note = |rule, item, only_begins| {
            for name in rules.launch_names(rule) {
                found.entry(name).or_default().insert((item, only_begins));
            }
        };
        for (item, own) in &rules.items {
            let population = own.population.and_then(|index| rules.variables.get(index));
            let begins = own.initial.as_deref().into_iter().chain(population.map(|variable| &variable.rule));
            begins.for_each(|rule| note(rule, Some(*item), true));
            own.other_than_initial().for_each(|rule| note(rule, Some(*item), false));
        }
        rules.constraints.iter().for_each(|constraint| note(&constraint.rule, None, false));
        let link_id = |item: Option<usize>| Some(self.form.items.get(item?)?.link_id.clone());
        let context = |(name, reads): (&str, BTreeSet<_>)| LaunchContext {
            name: name.to_owned(),
            types: rules.launch.get(name).map(|declared| declared.types.clone()).unwrap_or_default(),
            path: rules.launch.get(name).and_then(|declared| declared.path.clone()),
            reads: reads
                .into_iter()
                .map(|(item, only_begins)| LaunchRead { link_id: link_id(item), only_begins })
                .collect(),
        };
        found.into_iter().map(context).collect()
    }
}

impl Rules {
    /// Whether an expression reads nothing that an answer or a launch context could change.
    pub(crate) fn is_constant(&self, rule: &Rule) -> bool {
        let reads = &rule.reads;
        reads.items.is_empty() && !reads.everything && self.launch_names(rule).next().is_none()
    }

    /// Whether an expression names the language of the session, itself or through variables: only such a text is in more
    /// than one.
    pub(crate) fn asks_for_language(&self, rule: &Rule) -> bool {
        let variables = rule.variables.iter().filter_map(|&index| self.variables.get(index));
        let mut rules = std::iter::once(rule).chain(variables.map(|variable| &variable.rule));
        rules.any(|rule| rule.expression.text().contains("language"))
    }

    /// The launch contexts that an expression reads, itself or through variables.
    fn launch_names<'r>(&'r self, rule: &'r Rule) -> impl Iterator<Item = &'r str> {
        let variables = rule.variables.iter().filter_map(|&index| self.variables.get(index));
        let rules = std::iter::once(rule).chain(variables.map(|variable| &variable.rule));
        rules.flat_map(|rule| &rule.names).filter_map(|(_, named)| match named {
            Named::Launch(name) => Some(name.as_str()),
            Named::Variable(_) => None,
        })
    }
}

impl ItemRules {
    pub(crate) fn other_than_initial(&self) -> impl Iterator<Item = &Rule> {
        // The limits of a calculation are among what is kept too.
        let drawn = [&self.text, &self.required, &self.min, &self.max].into_iter().flatten().map(Box::as_ref);
        let constraints = self.constraints.iter().map(|constraint| &constraint.rule);
        self.kept().chain(drawn).chain(constraints)
    }
}
