//! Expressions (SDC): what they are evaluated on, and whom they depend on.

use std::collections::{BTreeMap, HashMap};

use super::{Declared, Text};

/// An expression in its place.
pub(crate) struct Rule {
    pub(crate) expression: fhirpath::Expression,
    pub(crate) reads: Reads,
    /// The variables that it needs, each after those that it needs itself: indexes of [`Rules::variables`].
    pub(crate) variables: Vec<usize>,
    /// The names by which the expression itself knows some of them.
    pub(crate) names: Vec<(String, Named)>,
    /// Where it stands.
    pub(crate) stands: Standing,
}

/// Where an expression stands in the form.
pub(crate) struct Standing {
    /// The place as FHIRPath.
    pub(crate) path: String,
    /// The url of the extension that it belongs to.
    pub(crate) extension: String,
}

/// What a variable's name stands for.
#[derive(Clone)]
pub(crate) enum Named {
    /// One of [`Rules::variables`].
    Variable(usize),
    /// A resource that the session was started with (`launchContext`).
    Launch(String),
}

/// What the result may depend on.
#[derive(Default, Clone)]
pub(crate) struct Reads {
    /// The items whose answers are read, sorted.
    pub(crate) items: Vec<usize>,
    /// These, the expression's own item and all items around them, sorted: what has to be there when it is evaluated.
    pub(crate) view: Vec<usize>,
    /// Among them are items that the expression does not name: they are inside another one, or their `linkId` fits a
    /// pattern.
    pub(crate) inside: bool,
    /// Any answer may matter.
    pub(crate) everything: bool,
    /// The time matters.
    pub(crate) clock: bool,
}

/// A `variable`, or the named result of an `itemPopulationContext`.
pub(crate) struct Variable {
    /// The item that defines it; `None` for the Questionnaire.
    pub(crate) place: Option<usize>,
    pub(crate) rule: Rule,
    pub(crate) stands: Stands,
}

/// What the name of a variable stands for, of the result of its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// All of it.
    Whole,
    /// Its first element: an `itemPopulationContext` of what does not repeat.
    First,
    /// In each instance of a repeating group the element that it began with: an `itemPopulationContext` (SDC, population).
    Each,
}

/// The expressions of one item: few of those that there may be.
#[derive(Default)]
pub(crate) struct ItemRules {
    pub(crate) enable: Option<Box<Rule>>,
    pub(crate) calculated: Option<Box<Rule>>,
    pub(crate) initial: Option<Box<Rule>>,
    /// `answerExpression`: the options.
    pub(crate) options: Option<Box<Rule>>,
    pub(crate) toggles: Vec<Toggle>,
    /// `cqf-expression` on the text.
    pub(crate) text: Option<Box<Rule>>,
    /// `cqf-expression` on `required`.
    pub(crate) required: Option<Box<Rule>>,
    /// `cqf-expression` on minValue or minQuantity.
    pub(crate) min: Option<Box<Rule>>,
    /// `cqf-expression` on maxValue or maxQuantity.
    pub(crate) max: Option<Box<Rule>>,
    /// `cqf-expression` on `readOnly`.
    pub(crate) read_only: Option<Box<Rule>>,
    /// `cqf-expression` on `repeats`.
    pub(crate) repeats: Option<Box<Rule>>,
    /// `cqf-expression` on minOccurs.
    pub(crate) min_occurs: Option<Box<Rule>>,
    /// `cqf-expression` on maxOccurs.
    pub(crate) max_occurs: Option<Box<Rule>>,
    pub(crate) constraints: Vec<Constraint>,
    /// `itemPopulationContext` of a repeating group: one of [`Rules::variables`], which begins an instance for each element.
    pub(crate) population: Option<usize>,
}

impl ItemRules {
    fn kept_mut(&mut self) -> impl Iterator<Item = &mut Rule> {
        let is_calculated = self.calculated.is_some();
        let limits = [&mut self.min, &mut self.max].into_iter().filter(move |_| is_calculated);
        let often = [&mut self.read_only, &mut self.repeats, &mut self.min_occurs, &mut self.max_occurs];
        let single = [&mut self.enable, &mut self.calculated, &mut self.options];
        let single = single.into_iter().chain(limits).chain(often).flatten().map(Box::as_mut);
        single.chain(self.toggles.iter_mut().map(|toggle| &mut toggle.rule))
    }

    /// Those whose result is kept, and evaluated again when what they read has changed; [`ItemRules::kept_mut`] lists the
    /// same.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Rule> {
        // Whether a calculation is within its limits is part of its result.
        let limits = [&self.min, &self.max].into_iter().filter(|_| self.calculated.is_some());
        let often = [&self.read_only, &self.repeats, &self.min_occurs, &self.max_occurs];
        let single =
            [&self.enable, &self.calculated, &self.options].into_iter().chain(limits).chain(often).flatten();
        single.map(Box::as_ref).chain(self.toggles.iter().map(|toggle| &toggle.rule))
    }
}

/// `answerOptionsToggleExpression`: options that are offered only while it is true.
pub(crate) struct Toggle {
    /// Their keys.
    pub(crate) options: Vec<String>,
    pub(crate) rule: Rule,
}

/// `targetConstraint`.
pub(crate) struct Constraint {
    pub(crate) rule: Rule,
    /// It only warns (`severity`): who answers is told, and goes on.
    pub(crate) warns: bool,
    /// What the form says when it does not hold.
    pub(crate) human: Text,
}

/// All expressions of a form.
#[derive(Default)]
pub(crate) struct Rules {
    /// Boxed, because few items have any, and a table has room for many more.
    pub(crate) items: HashMap<usize, Box<ItemRules>>,
    pub(crate) variables: Vec<Variable>,
    /// Constraints of the whole form.
    pub(crate) constraints: Vec<Constraint>,
    /// The names of the resources that expressions may read (`launchContext`), each with what the form says of it.
    pub(crate) launch: BTreeMap<String, Declared>,
    /// The form itself, for `%questionnaire`, `%qitem` and `weight()`; only where there are expressions.
    pub(crate) questionnaire: Option<fhirpath::Questionnaire>,
    /// The items whose expressions may depend on any answer, in document order.
    pub(crate) late: Vec<usize>,
    /// One of the expressions asks for the time.
    pub(crate) asks_for_the_time: bool,
    /// The items of which expressions say whether they must be answered, or can be, in document order.
    pub(crate) demanding: Vec<usize>,
}

impl Rules {
    /// Whether a repeating group begins with an instance for each element of something.
    pub(crate) fn populates(&self) -> bool {
        self.variables.iter().any(|variable| variable.stands == Stands::Each)
    }

    /// Whether what the expressions give changes with the answers alone, and each names those that it reads.
    pub(crate) fn depends_on_answers_alone(&self) -> bool {
        self.late.is_empty() && !self.asks_for_the_time
    }

    /// Finds the items whose expressions may depend on any answer, and those that must be answered by one.
    pub(crate) fn find_late(&mut self) {
        let is_late = |rules: &ItemRules| rules.kept().any(|rule| rule.reads.everything);
        self.late = self.items.iter().filter(|(_, rules)| is_late(rules)).map(|(index, _)| *index).collect();
        self.late.sort_unstable();
        self.asks_for_the_time = self.items.values().any(|rules| rules.kept().any(|rule| rule.reads.clock));
        let is_demanding =
            |rules: &ItemRules| rules.required.is_some() || rules.min.is_some() || rules.max.is_some();
        self.demanding =
            self.items.iter().filter(|(_, rules)| is_demanding(rules)).map(|(index, _)| *index).collect();
        self.demanding.sort_unstable();
    }

    /// An expression of one of these items that reads items without naming them counts as one that may read any
    /// answer; whether there was one.
    pub(crate) fn widen(&mut self, items: impl Iterator<Item = usize>) -> bool {
        let mut widened = false;
        for item in items {
            let kept = self.items.get_mut(&item).into_iter().flat_map(|rules| rules.kept_mut());
            for rule in kept.filter(|rule| rule.reads.inside && !rule.reads.everything) {
                rule.reads.everything = true;
                widened = true;
            }
        }
        self.find_late();
        widened
    }
}
