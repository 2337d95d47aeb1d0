//! What each expression reads: the items that it names, through its variables too.

use std::{collections::BTreeSet, sync::Arc};

use fhir::Value;
use fhirpath::Origin;

use super::super::{
    item::Tree,
    read::{At, Findings},
};
use super::{
    direct::{Direct, Found, Known, Names, direct, variables},
    judge::Judge,
    read::{Raw, RawRule, Target},
};
use crate::{
    Reason,
    form::{Asks, Constraint, Item, Named, Reads, Rule, Rules, Standing, Stands, Toggle, Variable},
    report::Quoted,
};

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
            origin: Origin::default(),
        })
        .collect();
    let by_name = known
        .iter()
        .enumerate()
        .map(|(index, variable)| ((variable.place, variable.name.clone()), index))
        .collect();
    let names = Names { by_name, launch: &launch };
    for (index, variable) in known.iter_mut().enumerate() {
        if let Some(raw) = &variable.raw {
            variable.direct.names = names.of(findings, tree, raw, Some(index));
        }
    }
    let mut rules = Rules::default();
    let order = order(findings, &known);
    let mut judge = Judge::new(&launch);
    // What a variable holds is known before what others read in it.
    for &index in &order {
        let names = std::mem::take(&mut known[index].direct.names);
        let Some(raw) = &known[index].raw else { continue };
        let (direct, origin) = direct(findings, tree, &found.link_ids, &known, raw, names);
        judge.variable(findings, index, raw, &direct.names);
        (known[index].direct, known[index].origin) = (direct, origin);
    }
    for (target_place, target, raw) in raw_rules {
        let names = names.of(findings, tree, &raw, None);
        let (direct, _) = direct(findings, tree, &found.link_ids, &known, &raw, names);
        let at = raw.at.clone();
        judge.rule(findings, tree, &target, &raw, &direct.names);
        let reads_itself = matches!(target, Target::Calculated) && reads_itself(&known, &raw, &direct);
        let rule = complete(tree, &known, &order, &mut found, raw, direct);
        if reads_itself {
            let message = "this calculation reads the answer that it gives; remove that";
            findings.refuse(&at, Reason::Circular, message);
        }
        if !matches!(target, Target::Initial) {
            begins_alone(findings, &known, &at, &rule);
        }
        place(findings, tree, &mut rules, (target_place, &at), target, rule);
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

/// The variables that an expression needs, directly or through others.
fn needed(known: &[Known], direct: &Direct) -> BTreeSet<usize> {
    let mut needed: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<usize> = variables(direct);
    while let Some(variable) = open.pop() {
        if needed.insert(variable) {
            open.extend(variables(&known[variable].direct));
        }
    }
    needed
}

/// Whether a calculation reads the answers of its item without naming it.
fn reads_itself(known: &[Known], raw: &RawRule, direct: &Direct) -> bool {
    let reads = |variable: usize| known[variable].place == raw.place && known[variable].direct.own_answers;
    direct.own_answers || needed(known, direct).into_iter().any(reads)
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
    let needed = needed(known, &direct);
    let (mut items, mut inside, mut everything) = (direct.items, direct.inside, direct.everything);
    let (mut is_found, mut clock) = (direct.found, direct.clock);
    let mut view: BTreeSet<usize> = raw.place.into_iter().collect();
    for &variable in &needed {
        items.extend(&known[variable].direct.items);
        if known[variable].direct.own_answers && known[variable].place != raw.place {
            items.extend(known[variable].place);
        }
        inside |= known[variable].direct.inside;
        everything |= known[variable].direct.everything;
        is_found |= known[variable].direct.found;
        clock |= known[variable].direct.clock;
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
            clock,
        },
        variables: order.iter().copied().filter(|variable| needed.contains(variable)).collect(),
        names: direct.names,
        stands: Standing {
            extension: raw.at.extension.as_deref().map(str::to_owned).unwrap_or_default(),
            path: raw.at.path,
        },
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

/// A question about the patient that an expression answers first is said to whoever imports the form.
fn pre_answered(findings: &mut Findings, at: &At, item: &Item) {
    if !item.hidden && !item.read_only {
        findings.notice(
            at,
            Reason::PreAnswered,
            "an expression answers this before the patient sees it (initialExpression), which is not done with \
             patient-reported outcomes; remove it unless the instrument has it",
        );
    }
}

/// The element that says whether an answer may be changed is `readOnly`, not the calculation: without it the author may have
/// meant a value to begin with, which the patient changes.
fn answered_instead(findings: &mut Findings, at: &At, item: &Item) {
    if !item.hidden && !item.read_only {
        findings.notice(
            at,
            Reason::PreAnswered,
            "an expression answers this in the patient's place, and the patient cannot change it (calculatedExpression, \
             without readOnly); set readOnly where that is meant, or remove the expression",
        );
    }
}

/// An integer has no value where its calculation gives a fraction: a score that is there for some answers alone.
fn fractional(findings: &mut Findings, at: &At, item: &Item, rule: &Rule) {
    let is_integer = item.question().is_some_and(|question| {
        matches!(&question.asks, Asks::Number(number) if number.integer) && !question.chooses()
    });
    if is_integer && rule.expression.may_give_fraction() {
        findings.notice(
            at,
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
    (item, at): (Option<usize>, &At),
    target: Target,
    rule: Rule,
) {
    let Some(item) = item else {
        if let Target::Constraint(human, warns) = target {
            rules.constraints.push(Constraint { rule, warns, human });
        }
        return;
    };
    let here = rules.items.entry(item).or_default();
    match target {
        Target::Enable => here.enable = Some(rule.into()),
        Target::Calculated => {
            fractional(findings, at, &tree.items[item], &rule);
            answered_instead(findings, at, &tree.items[item]);
            here.calculated = Some(rule.into());
        }
        Target::Initial => {
            here.initial = Some(rule.into());
            pre_answered(findings, at, &tree.items[item]);
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
        Target::Constraint(human, warns) => here.constraints.push(Constraint { rule, warns, human }),
        Target::Toggle(options) => {
            let question = tree.items[item].question();
            let unknown =
                options.iter().find(|key| question.is_none_or(|question| question.option(key).is_none()));
            if let Some(unknown) = unknown {
                let message = format!(
                    "the question has no option {}, so it cannot be toggled; correct it",
                    Quoted(unknown)
                );
                findings.refuse(at, Reason::AnswerOption, message);
            }
            here.toggles.push(Toggle { options, rule });
        }
    }
}
