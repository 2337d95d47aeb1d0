//! What each expression reads: the items that it names, through its variables too.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use fhir::Value;
use fhirpath::LinkIds;

use super::super::{
    MAX_OPEN_READS,
    item::Tree,
    read::{At, Findings},
};
use super::{
    judge::Judge,
    read::{Raw, RawRule, Target},
    resource,
};
use crate::{
    Reason,
    form::{Asks, Constraint, Named, Reads, Rule, Rules, Stands, Toggle, Variable},
    report::Quoted,
};

/// A variable and what is known of it while the others are resolved.
struct Known {
    name: String,
    raw: Option<RawRule>,
    place: Option<usize>,
    stands: Stands,
    direct: Direct,
}

/// What an expression names itself.
#[derive(Default, Clone)]
struct Direct {
    items: BTreeSet<usize>,
    inside: bool,
    everything: bool,
    /// Some of the items are not named: their `linkId` fits a pattern.
    found: bool,
    names: Vec<(String, Named)>,
}

/// The form's `linkId`s, among which patterns find theirs, and how many of them all expressions together may still read.
struct Found {
    link_ids: LinkIds,
    most: usize,
    left: usize,
}

/// An expression whose patterns fit at most so many items of a small form reads them, and not everything; of a large form,
/// an eighth of its items. What reads more shares the response that all such expressions have.
const MOST_FOUND: usize = 256;

impl Found {
    fn of(tree: &Tree<'_>) -> Self {
        Self {
            link_ids: LinkIds::new(tree.by_key.keys()),
            most: MOST_FOUND.max(tree.items.len() / 8),
            left: MAX_OPEN_READS,
        }
    }

    /// Whether so many items may be kept for one expression more.
    fn keeps(&mut self, count: usize) -> bool {
        let left = self.left.checked_sub(count).filter(|_| count <= self.most);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

pub(super) fn resolve(
    findings: &mut Findings,
    tree: &Tree<'_>,
    raw: Raw,
    resource: impl FnOnce() -> Arc<Value>,
) -> Rules {
    let Raw { rules: raw_rules, variables, launch } = raw;
    if raw_rules.is_empty() && variables.is_empty() {
        return Rules::default();
    }
    let mut found = Found::of(tree);
    let mut known: Vec<Known> = variables
        .into_iter()
        .map(|(name, stands, raw)| Known {
            name,
            place: raw.place,
            raw: Some(raw),
            stands,
            direct: Direct::default(),
        })
        .collect();
    let by_name: HashMap<(Option<usize>, String), usize> = known
        .iter()
        .enumerate()
        .map(|(index, variable)| ((variable.place, variable.name.clone()), index))
        .collect();
    for (index, variable) in known.iter_mut().enumerate() {
        if let Some(raw) = &variable.raw {
            variable.direct = direct(findings, tree, &found.link_ids, &launch, &by_name, raw, Some(index));
        }
    }
    let mut rules = Rules::default();
    let order = order(findings, &known);
    let mut judge = Judge::new(&launch);
    for &index in &order {
        let variable = &known[index];
        if let Some(raw) = &variable.raw {
            judge.variable(findings, index, raw, &variable.direct.names);
        }
    }
    for (target_place, target, raw) in raw_rules {
        let direct = direct(findings, tree, &found.link_ids, &launch, &by_name, &raw, None);
        let at = raw.at.clone();
        judge.rule(findings, tree, &target, &raw, &direct.names);
        let rule = complete(tree, &known, &order, &mut found, raw, direct);
        if !matches!(target, Target::Initial) {
            begins_alone(findings, &known, &at, &rule);
        }
        place(findings, tree, &mut rules, target_place, target, rule);
    }
    // Rules hold the indexes of variables, so that these are completed in the order in which they were found.
    for index in 0..known.len() {
        let direct = known[index].direct.clone();
        let Some(raw) = known[index].raw.take() else { continue };
        let rule = complete(tree, &known, &order, &mut found, raw, direct);
        let Known { place, stands, .. } = known[index];
        rules.variables.push(Variable { place, rule, stands });
        if let (Some(group), Stands::Each) = (place, stands) {
            rules.items.entry(group).or_default().population = Some(index);
        }
    }
    rules.launch = launch;
    rules.questionnaire = Some(fhirpath::Questionnaire::new(resource()));
    rules.find_late();
    rules
}

/// The items and variables that an expression names.
fn direct(
    findings: &mut Findings,
    tree: &Tree<'_>,
    link_ids: &LinkIds,
    launch: &BTreeMap<String, Vec<String>>,
    by_name: &HashMap<(Option<usize>, String), usize>,
    raw: &RawRule,
    itself: Option<usize>,
) -> Direct {
    let references = raw.expression.references_among(link_ids);
    resource::check(findings, tree, raw);
    let mut direct = Direct {
        everything: references.everything,
        found: !references.found.is_empty(),
        ..Direct::default()
    };
    for link_id in references.link_ids.union(&references.named) {
        let Some(&item) = tree.by_key.get(link_id) else {
            let message = format!(
                "the expression {} reads an item \"{}\" that the form does not have; correct the linkId",
                Quoted(raw.expression.text()),
                Quoted(link_id)
            );
            findings.refuse(&raw.at, Reason::Expression, message);
            continue;
        };
        if !references.link_ids.contains(link_id) {
            continue;
        }
        direct.items.insert(item);
        if references.subtrees.contains(link_id) {
            direct.inside = true;
            direct.items.extend(item + 1..tree.items[item].end);
        }
    }
    for name in references.variables {
        // The nearest one wins; an expression is not its own variable.
        let around =
            std::iter::successors(Some(raw.place), |place| place.map(|item| tree.items[item].parent));
        let found = around
            .filter_map(|place| by_name.get(&(place, name.clone())).copied())
            .find(|&variable| Some(variable) != itself);
        let named = match found {
            Some(variable) => Named::Variable(variable),
            None if launch.contains_key(&name) => Named::Launch(name.clone()),
            None => {
                let message = format!(
                    "%{} is defined nowhere around this expression; define it as a variable",
                    Quoted(&name)
                );
                findings.refuse(&raw.at, Reason::Expression, message);
                continue;
            }
        };
        direct.names.push((name, named));
    }
    direct
}

/// The variables, each after those that it needs; those on a circle are refused and left out.
fn order(findings: &mut Findings, known: &[Known]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let mut placed = vec![false; known.len()];
    loop {
        let before = order.len();
        for index in 0..known.len() {
            let ready = known[index].direct.names.iter().all(|(_, named)| match named {
                Named::Variable(needed) => placed[*needed],
                Named::Launch(_) => true,
            });
            if !placed[index] && ready {
                placed[index] = true;
                order.push(index);
            }
        }
        if order.len() == before {
            break;
        }
    }
    for (index, variable) in known.iter().enumerate().filter(|(index, _)| !placed[*index]) {
        if let Some(raw) = &variable.raw {
            let message = format!(
                "the variable %{} needs itself, directly or through others",
                Quoted(&known[index].name)
            );
            findings.refuse(&raw.at, Reason::Circular, message);
        }
    }
    order
}

/// The rule with all that it reads through its variables.
fn complete(
    tree: &Tree<'_>,
    known: &[Known],
    order: &[usize],
    limit: &mut Found,
    raw: RawRule,
    direct: Direct,
) -> Rule {
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<usize> = variables(&direct);
    while let Some(variable) = open.pop() {
        if needed.insert(variable) {
            open.extend(variables(&known[variable].direct));
        }
    }
    let (mut items, mut inside, mut everything) = (direct.items, direct.inside, direct.everything);
    let mut is_found = direct.found;
    let mut view: BTreeSet<usize> = raw.place.into_iter().collect();
    for &variable in &needed {
        items.extend(&known[variable].direct.items);
        inside |= known[variable].direct.inside;
        everything |= known[variable].direct.everything;
        is_found |= known[variable].direct.found;
        view.extend(known[variable].place);
    }
    if is_found && !everything && !limit.keeps(items.len()) {
        everything = true;
        items.clear();
    }
    view.extend(&items);
    for item in view.clone() {
        view.extend(std::iter::successors(tree.items[item].parent, |&parent| tree.items[parent].parent));
    }
    Rule {
        expression: raw.expression,
        reads: Reads {
            items: items.into_iter().collect(),
            view: view.into_iter().collect(),
            inside: inside || is_found,
            everything,
        },
        variables: order.iter().copied().filter(|variable| needed.contains(variable)).collect(),
        names: direct.names,
    }
}

/// The element that an instance began with is known as long as the form begins: the response does not say it, so that
/// nobody could tell later whether what was made of it is right.
fn begins_alone(findings: &mut Findings, known: &[Known], at: &At, rule: &Rule) {
    if let Some(&index) = rule.variables.iter().find(|&&index| known[index].stands == Stands::Each) {
        let message = format!(
            "%{} is the element that an instance of the group begins with, and only what begins with it \
             (initialExpression) can read it; keep what is needed in a hidden question, and read that",
            Quoted(&known[index].name)
        );
        findings.refuse(at, Reason::Expression, message);
    }
}

fn variables(direct: &Direct) -> Vec<usize> {
    let of = |(_, named): &(String, Named)| match named {
        Named::Variable(variable) => Some(*variable),
        Named::Launch(_) => None,
    };
    direct.names.iter().filter_map(of).collect()
}

/// A question about the patient that an expression answers first is said to whoever imports the form.
fn pre_answered(findings: &mut Findings, tree: &Tree<'_>, index: usize) {
    let item = &tree.items[index];
    if !item.hidden && !item.read_only {
        findings.notice(
            &tree.places[index].child("extension"),
            Reason::PreAnswered,
            "an expression answers this before the patient sees it (initialExpression), which is not done with \
             patient-reported outcomes; remove it unless the instrument has it",
        );
    }
}

/// The element that says whether an answer may be changed is `readOnly`, not the calculation: without it the author may have
/// meant a value to begin with, which the patient changes.
fn answered_instead(findings: &mut Findings, tree: &Tree<'_>, index: usize) {
    let item = &tree.items[index];
    if !item.hidden && !item.read_only {
        findings.notice(
            &tree.places[index].child("extension"),
            Reason::PreAnswered,
            "an expression answers this in the patient's place, and the patient cannot change it (calculatedExpression, \
             without readOnly); set readOnly where that is meant, or remove the expression",
        );
    }
}

/// An integer has no value where its calculation gives a fraction: a score that is there for some answers alone.
fn fractional(findings: &mut Findings, tree: &Tree<'_>, index: usize, rule: &Rule) {
    let is_integer = tree.items[index].question().is_some_and(|question| {
        matches!(&question.asks, Asks::Number(number) if number.integer) && !question.chooses()
    });
    if is_integer && rule.expression.may_give_fraction() {
        findings.notice(
            &tree.places[index].child("extension"),
            Reason::Expression,
            "this calculation may give a fraction, and an integer has none: it has no value then; round it \
             (round(0)), or make the item a decimal",
        );
    }
}

fn place(
    findings: &mut Findings,
    tree: &Tree<'_>,
    rules: &mut Rules,
    item: Option<usize>,
    target: Target,
    rule: Rule,
) {
    let Some(item) = item else {
        if let Target::Constraint(human) = target {
            rules.constraints.push(Constraint { rule, human });
        }
        return;
    };
    let here = rules.items.entry(item).or_default();
    match target {
        Target::Enable => here.enable = Some(rule.into()),
        Target::Calculated => {
            fractional(findings, tree, item, &rule);
            answered_instead(findings, tree, item);
            here.calculated = Some(rule.into());
        }
        Target::Initial => {
            here.initial = Some(rule.into());
            pre_answered(findings, tree, item);
        }
        Target::Options => here.options = Some(rule.into()),
        Target::Text => here.text = Some(rule.into()),
        Target::Required => here.required = Some(rule.into()),
        Target::Min => here.min = Some(rule.into()),
        Target::Max => here.max = Some(rule.into()),
        Target::ReadOnly => here.read_only = Some(rule.into()),
        Target::Repeats => here.repeats = Some(rule.into()),
        Target::MinOccurs => here.min_occurs = Some(rule.into()),
        Target::MaxOccurs => here.max_occurs = Some(rule.into()),
        Target::Constraint(human) => here.constraints.push(Constraint { rule, human }),
        Target::Toggle(options) => {
            let question = tree.items[item].question();
            let unknown =
                options.iter().find(|key| question.is_none_or(|question| question.option(key).is_none()));
            if let Some(unknown) = unknown {
                let message = format!(
                    "the question has no option {}, so it cannot be toggled; correct it",
                    Quoted(unknown)
                );
                findings.refuse(&tree.places[item].child("extension"), Reason::AnswerOption, message);
            }
            here.toggles.push(Toggle { options, rule });
        }
    }
}
