//! What import tries on a form that has just begun: expressions that show by themselves that they will not do.

use fhir::Value;
use fhirpath::{Collection, Item};

use super::{Session, derive::Failed};
use crate::form::{Rule, Rules};

/// So many expressions that run out of steps are named.
const MOST_NAMED: usize = 8;
/// What may read more of the response than its items.
const WIDE: [&str; 3] = ["descendants", "children", "repeat"];

/// Why an expression will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unfit {
    /// It reads nothing that could change, and takes too many steps.
    Endless,
    /// It is a constraint that does not hold, whatever is answered.
    Never,
    /// It gives something else as soon as the response says who gave it and how it is named.
    Signed,
}

/// An expression that will not do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Misfit {
    /// The item; `None` for the form itself.
    pub(crate) item: Option<usize>,
    pub(crate) why: Unfit,
    pub(crate) expression: String,
    /// Where it stands as FHIRPath.
    pub(crate) path: String,
    /// The url of the extension that it belongs to.
    pub(crate) extension: String,
}

impl Misfit {
    fn of(item: Option<usize>, why: Unfit, rule: &Rule) -> Self {
        Self {
            item,
            why,
            expression: rule.expression.text().to_owned(),
            path: rule.stands.path.clone(),
            extension: rule.stands.extension.clone(),
        }
    }
}

/// Whether a form has expressions that are worth to be tried.
pub(crate) fn is_suspect(rules: &Rules) -> bool {
    let of_items = rules.items.values().flat_map(|own| own.other_than_initial());
    let mut all = of_items.chain(rules.constraints.iter().map(|constraint| &constraint.rule));
    all.any(|rule| is_wide(rules, rule) || rules.is_constant(rule))
}

/// Whether an expression reads so, itself or through its variables.
fn is_wide(rules: &Rules, rule: &Rule) -> bool {
    let variables = rule.variables.iter().filter_map(|&index| rules.variables.get(index));
    let mut all = std::iter::once(rule).chain(variables.map(|variable| &variable.rule));
    all.any(|rule| WIDE.iter().any(|name| rule.expression.text().contains(name)))
}

/// Whether an expression gives the same for every response, whenever that is, itself and in its variables.
fn is_fixed(rules: &Rules, rule: &Rule) -> bool {
    let variables = rule.variables.iter().filter_map(|&index| rules.variables.get(index));
    let mut all = std::iter::once(rule).chain(variables.map(|variable| &variable.rule));
    rules.is_constant(rule) && all.all(|rule| {
        let read = rule.expression.references();
        let reads_own = read.context || read.own_answers || read.own_inside;
        !reads_own && !read.everything && !read.clock && read.at_end.is_empty() && read.link_ids.is_empty()
                // The language is that of the session.
                && !rule.expression.text().contains("esource")
    })
}

impl Session {
    /// The items with such expressions, in document order; none for the form itself. Each expression is named once.
    pub(crate) fn unfit(&mut self) -> Vec<Misfit> {
        let form = self.form.form.clone();
        let mut items: Vec<usize> = form.rules.items.keys().copied().collect();
        items.sort_unstable();
        let mut rules: Vec<(Option<usize>, &Rule)> = Vec::new();
        for item in items {
            rules.extend(form.rules.items[&item].other_than_initial().map(|rule| (Some(item), rule)));
        }
        rules.extend(form.rules.constraints.iter().map(|constraint| (None, &constraint.rule)));
        let mut found: Vec<Misfit> = Vec::new();
        let mut endless = 0;
        for &(item, rule) in rules.iter().filter(|(_, rule)| form.rules.is_constant(rule)) {
            if endless < MOST_NAMED && matches!(self.tried(item, rule), Err(Failed::TooLong)) {
                endless += 1;
                found.push(Misfit::of(item, Unfit::Endless, rule));
            }
        }
        found.extend(self.never_held());
        rules.retain(|(_, rule)| is_wide(&form.rules, rule));
        let before: Vec<_> = rules.iter().map(|&(item, rule)| self.tried(item, rule).ok()).collect();
        self.whole.sign(true);
        let after: Vec<_> = rules.iter().map(|&(item, rule)| self.tried(item, rule).ok()).collect();
        self.whole.sign(false);
        let differ =
            rules.iter().zip(before.iter().zip(&after)).filter(|(_, (before, after))| before != after);
        found.extend(differ.map(|((item, rule), _)| Misfit::of(*item, Unfit::Signed, rule)));
        found.dedup();
        found
    }

    /// The constraints that nobody gets past: they hold for no answer, because they read none, and nothing else that may be
    /// another one day, and no answer keeps them from being asked for. One that stands under a condition ends the form for
    /// some on purpose.
    fn never_held(&self) -> impl Iterator<Item = Misfit> {
        let form = &self.form.form;
        let rules = &form.rules;
        let is_always_there = |item: usize| {
            std::iter::successors(Some(item), |&item| form.items[item].parent).all(|item| {
                form.items[item].conditions.is_empty()
                    && rules.items.get(&item).is_none_or(|own| own.enable.is_none())
            })
        };
        let grows = form.adaptive.is_some();
        let binds = |item: &usize| !grows && form.items[*item].must_be_answered() && is_always_there(*item);
        let of_items = rules.items.iter().filter(|(item, _)| binds(item)).flat_map(|(&item, own)| {
            let blocking = own.constraints.iter().filter(|constraint| !constraint.warns);
            blocking.map(move |constraint| (Some(item), &constraint.rule))
        });
        let blocking = rules.constraints.iter().filter(|constraint| !grows && !constraint.warns);
        let of_form = blocking.map(|constraint| (None, &constraint.rule));
        let is_false = |&(item, rule): &(Option<usize>, &Rule)| {
            is_fixed(rules, rule)
                && matches!(self.tried(item, rule).as_deref(), Ok([Some(Value::Bool(false))]))
        };
        let mut found: Vec<_> = of_items
            .chain(of_form)
            .filter(is_false)
            .map(|(item, rule)| Misfit::of(item, Unfit::Never, rule))
            .collect();
        found.sort();
        found.truncate(MOST_NAMED);
        found.into_iter()
    }

    fn tried(&self, item: Option<usize>, rule: &Rule) -> Result<Vec<Option<Value>>, Failed> {
        let node = item.map(|item| self.tree.of_item(&self.form.form, item).next());
        // What begins with no instance has nothing to be tried on.
        let Some(node) = node.map_or(Some(None), |node| node.map(Some)) else { return Ok(Vec::new()) };
        let values = |result: &Collection<'_>| result.iter().map(Item::to_value).collect();
        self.evaluated(rule, node, values)
    }
}
