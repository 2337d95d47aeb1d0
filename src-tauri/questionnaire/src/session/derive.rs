//! What expressions make of the answers: values, options, texts, limits, and whether constraints hold.

use std::{borrow::Cow, collections::HashMap};

use fhir::{Value, Version};
use fhirpath::{Collection, Context, DateTime};

use super::{Session, index::Index, value};
use crate::{
    Answer, check,
    form::{Named, OptionItem, Question, Rule, Stands},
};

/// An expression takes at most this many steps: well under the time that a person notices.
const STEPS: u64 = 500_000;
/// A computed list of options is no longer than this.
const MAX_OPTIONS: usize = 10_000;

/// What is kept of an item's expressions beside its answers.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Derived {
    /// `answerExpression`.
    options: Vec<OptionItem>,
    /// The options that are not offered now.
    off: Vec<String>,
    /// The value could not be computed.
    pub(super) failed: bool,
    /// `readOnly`, where it is computed.
    pub(super) read_only: bool,
    /// `repeats` is computed, and does not hold.
    pub(super) single: bool,
    /// `minOccurs` and `maxOccurs`, where they are computed.
    pub(super) min: Option<u32>,
    pub(super) max: Option<u32>,
}

/// An expression without a result.
pub(super) enum Failed {
    /// It takes too many steps.
    TooLong,
    Otherwise,
}

impl From<fhirpath::EvaluationError> for Failed {
    fn from(error: fhirpath::EvaluationError) -> Self {
        match error.kind {
            fhirpath::EvaluationErrorKind::Steps(_) => Self::TooLong,
            _ => Self::Otherwise,
        }
    }
}

impl Session {
    /// Evaluates a rule of `node`, or of the whole form, and hands its result to `read`.
    pub(super) fn evaluated<T>(
        &self,
        rule: &Rule,
        node: Option<usize>,
        read: impl FnOnce(&Collection<'_>) -> T,
    ) -> Result<T, Failed> {
        self.evaluated_of(rule, node, None, read)
    }

    /// The same of one instance of a repeating group; of its first one without.
    pub(super) fn evaluated_of<T>(
        &self,
        rule: &Rule,
        node: Option<usize>,
        instance: Option<usize>,
        read: impl FnOnce(&Collection<'_>) -> T,
    ) -> Result<T, Failed> {
        let wanted = (!rule.reads.everything).then_some(rule.reads.view.as_slice());
        self.evaluated_on(rule, (node, instance), wanted, read)
    }

    /// The same on these items of the response; on all of them without.
    pub(super) fn evaluated_on<T>(
        &self,
        rule: &Rule,
        (node, instance): (Option<usize>, Option<usize>),
        wanted: Option<&[usize]>,
        read: impl FnOnce(&Collection<'_>) -> T,
    ) -> Result<T, Failed> {
        #[cfg(test)]
        super::counted::note(rule);
        let form = &self.form.form;
        let chain = self.chain(node);
        let view = match wanted {
            Some(_) => self.view(wanted, &chain, instance),
            None => self.whole_view(&chain, instance),
        };
        let mut left = if wanted.is_none() { self.whole.steps() } else { u64::MAX };
        let depth_of = |place: Option<usize>| match place {
            None => Some(None),
            Some(item) => chain.iter().position(|&node| self.tree.nodes[node].item == item).map(Some),
        };
        let mut values: HashMap<usize, Collection<'_>> = HashMap::new();
        for &index in &rule.variables {
            let variable = &form.rules.variables[index];
            let input =
                depth_of(variable.place).and_then(|depth| view.around(depth)).ok_or(Failed::Otherwise)?;
            let context = self.surroundings(&view, input, &variable.rule, &values);
            if variable.stands == Stands::Each {
                let value = self.element(variable.place, &chain, instance, &context);
                values.insert(index, value);
                continue;
            }
            let input = Self::input(&context, input);
            let value = variable.rule.expression.evaluate_within(&context, &input, &mut left);
            self.whole.spend(left);
            let mut value = value?;
            if variable.stands == Stands::First {
                value.truncate(1);
            }
            values.insert(index, value);
        }
        let own = view.around(chain.len().checked_sub(1)).ok_or(Failed::Otherwise)?;
        let mut context = self.surroundings(&view, own, rule, &values);
        let link_id = node.map(|node| self.item(node).link_id.as_str());
        if let Some(item) = link_id.and_then(|link_id| form.rules.questionnaire.as_ref()?.item(link_id)) {
            context = context.question(item);
        }
        let result = rule.expression.evaluate_within(&context, &Self::input(&context, own), &mut left);
        self.whole.spend(left);
        Ok(read(&result?))
    }

    /// The element that the instance of `group` around the end of `chain` began with, if any; of `meant` at the group itself.
    fn element<'a>(
        &'a self,
        group: Option<usize>,
        chain: &[usize],
        meant: Option<usize>,
        context: &Context<'a>,
    ) -> Collection<'a> {
        let at = chain.iter().position(|&node| Some(self.tree.nodes[node].item) == group);
        let instance =
            at.and_then(|at| chain.get(at + 1).map(|&node| self.tree.nodes[node].instance).or(meant));
        let element = instance.and_then(|instance| self.tree.instances[instance].element.as_deref());
        element.map(|element| element.collection(context)).unwrap_or_default()
    }

    fn input<'a>(context: &Context<'a>, input: &'a Value) -> [fhirpath::Item<'a>; 1] {
        [fhirpath::Item::Node(context.node(input, "QuestionnaireResponse.item"))]
    }

    fn surroundings<'a>(
        &'a self,
        view: &'a super::view::View,
        own: &'a Value,
        rule: &Rule,
        values: &HashMap<usize, Collection<'a>>,
    ) -> Context<'a> {
        let mut context = Context::new(Version::R4).steps(STEPS).resource(view.resource());
        context = match DateTime::parse(&self.clock) {
            Some(now) => context.now(now),
            None => context,
        };
        let original = fhirpath::Item::Node(context.node(own, "QuestionnaireResponse.item"));
        context = context.original(original);
        if let Some(questionnaire) = &self.form.form.rules.questionnaire {
            context = context.questionnaire(questionnaire);
        }
        for (name, named) in &rule.names {
            let value = match named {
                Named::Variable(index) => values.get(index).cloned().unwrap_or_default(),
                Named::Launch(name) => match self.launch.get(name) {
                    Some(resource) => {
                        [fhirpath::Item::Node(context.node(resource, ""))].into_iter().collect()
                    }
                    None => Collection::new(),
                },
            };
            context = context.variable(name.clone(), value);
        }
        context
    }

    /// Whether a condition holds: one true, and nothing else.
    pub(super) fn is_true(&self, rule: &Rule, node: usize) -> bool {
        self.truth(rule, node).unwrap_or(false)
    }

    /// The same; `None` where it has no result.
    pub(super) fn truth(&self, rule: &Rule, node: usize) -> Option<bool> {
        let single =
            |result: &Collection<'_>| matches!(result.as_slice(), [item] if item.as_bool() == Some(true));
        self.evaluated(rule, Some(node), single).ok()
    }

    /// Computes what a node's expressions give; whether its answers, or the options for them, are others now.
    pub(super) fn derive(&mut self, node: usize) -> bool {
        let form = self.form.form.clone();
        let item = self.tree.nodes[node].item;
        let (Some(rules), Some(question)) = (form.rules.items.get(&item), form.items[item].question()) else {
            return false;
        };
        let count = |rule: &Option<Box<Rule>>| {
            let single = |result: &Collection<'_>| value::count(result);
            rule.as_ref().and_then(|rule| self.evaluated(rule, Some(node), single).ok().flatten())
        };
        let mut derived = Derived {
            read_only: rules.read_only.as_ref().is_some_and(|rule| self.is_true(rule, node)),
            single: rules.repeats.as_ref().is_some_and(|rule| !self.is_true(rule, node)),
            min: count(&rules.min_occurs),
            max: count(&rules.max_occurs),
            ..Derived::default()
        };
        if let Some(rule) = &rules.options {
            let options = self.evaluated(rule, Some(node), |result| value::options(question, result));
            derived.options = options.unwrap_or_default();
            derived.options.truncate(MAX_OPTIONS);
        }
        for toggle in &rules.toggles {
            if !self.is_true(&toggle.rule, node) {
                derived.off.extend(toggle.options.iter().cloned());
            }
        }
        let mut answers = self.tree.nodes[node].answers.clone();
        if let Some(rule) = &rules.calculated {
            // A value that does not fit is none, and the response says that there was an error.
            let computed = self.calculated(node, question, rule, &derived);
            derived.failed = computed.is_none();
            answers = computed.unwrap_or_default();
        }
        let computed_options = rules.options.is_some();
        answers.retain(|answer| match answer {
            Answer::Choice { option } => {
                let known = !computed_options || derived.options.iter().any(|known| known.key == *option);
                known && !derived.off.contains(option)
            }
            _ => true,
        });
        let derived = (derived != Derived::default()).then(|| Box::new(derived));
        self.restructure(node, &answers);
        let here = &mut self.tree.nodes[node];
        let changed = here.answers != answers || here.derived != derived;
        here.answers = answers;
        here.derived = derived;
        changed
    }

    /// Begins and ends what stands under the answers of a node, where they are about to be these. What is evaluated next
    /// finds its way by the order of all nodes, so that is made anew at once.
    fn restructure(&mut self, node: usize, answers: &[Answer]) {
        let form = self.form.form.clone();
        if self.tree.nodes[node].answers != answers && self.tree.keep_under_answers(&form, node, answers) {
            self.restructured = true;
            self.index = Index::new(&form, &self.tree);
        }
    }

    /// The result of a calculation, where it is one that could have been given: of the question's type, among its
    /// options and within its limits.
    fn calculated(
        &self,
        node: usize,
        question: &Question,
        rule: &Rule,
        derived: &Derived,
    ) -> Option<Vec<Answer>> {
        let computed = self.evaluated(rule, Some(node), |result| value::answers(question, result));
        let mut offered = Cow::Borrowed(if question.computed { &derived.options } else { &question.options });
        if !derived.off.is_empty() {
            offered.to_mut().retain(|option| !derived.off.contains(&option.key));
        }
        let computed = check::accept_computed(self.item(node), question, &offered, computed.ok()??)?;
        self.within_computed(node, &computed).ok()?;
        let most = if derived.single { Some(1) } else { derived.max };
        let fits = most.is_none_or(|most| computed.len() <= most as usize)
            && self.tree.has_room(&self.form.form, node, computed.len());
        fits.then_some(computed)
    }

    /// The options of a question, as far as they are offered now.
    pub(super) fn options<'s>(
        &'s self,
        node: usize,
        question: &'s Question,
    ) -> impl Iterator<Item = &'s OptionItem> {
        let derived = self.tree.nodes[node].derived.as_deref();
        let computed = derived.map_or(&[][..], |derived| &derived.options);
        let off = derived.map_or(&[][..], |derived| &derived.off);
        let options = if question.computed { computed } else { &question.options[..] };
        options.iter().filter(move |option| !off.contains(&option.key))
    }

    /// The option of this key, offered or not.
    pub(super) fn option<'s>(
        &'s self,
        node: usize,
        question: &'s Question,
        key: &str,
    ) -> Option<&'s OptionItem> {
        if question.computed {
            let derived = self.tree.nodes[node].derived.as_deref()?;
            return derived.options.iter().find(|option| option.key == key);
        }
        question.option(key)
    }

    /// `initialExpression`: the answers that a node begins with.
    pub(super) fn begin_with(&mut self, node: usize) -> bool {
        let form = self.form.form.clone();
        let item = self.tree.nodes[node].item;
        let (Some(rules), Some(question)) = (form.rules.items.get(&item), form.items[item].question()) else {
            return false;
        };
        let Some(rule) = rules.initial.as_ref().filter(|_| self.tree.nodes[node].answers.is_empty()) else {
            return false;
        };
        let answers = self.evaluated(rule, Some(node), |result| value::answers(question, result));
        let Ok(Some(answers)) = answers else { return false };
        let options: Vec<OptionItem> = self.options(node, question).cloned().collect();
        match check::accept_all(&form.items[item], question, &options, answers, &self.language) {
            Ok(answers) if !answers.is_empty() && self.tree.has_room(&form, node, answers.len()) => {
                self.restructure(node, &answers);
                self.tree.nodes[node].answers = answers;
                true
            }
            _ => false,
        }
    }

    pub(super) fn has_computed_text(&self, node: usize) -> bool {
        let rules = self.form.form.rules.items.get(&self.tree.nodes[node].item);
        rules.is_some_and(|rules| rules.text.is_some())
    }

    /// The text of a node where it is computed.
    pub(super) fn computed_text(&self, node: usize) -> Option<String> {
        let rule = self.form.form.rules.items.get(&self.tree.nodes[node].item)?.text.as_ref()?;
        self.evaluated(rule, Some(node), value::text).ok().flatten()
    }

    /// Whether a node must be answered: not while expressions leave it no option to choose.
    pub(super) fn is_required(&self, node: usize) -> bool {
        let item = self.tree.nodes[node].item;
        let is_demanded =
            match self.form.form.rules.items.get(&item).and_then(|rules| rules.required.as_ref()) {
                Some(rule) => self.is_true(rule, node),
                None => self.form.form.items[item].must_be_answered() || self.fewest(node) > 0,
            };
        is_demanded && self.choosable(node) != Some(0) && !self.leaves_nothing(node)
    }
}
