//! `enableWhen`: whom each item depends on, and in which order they are evaluated.

use std::collections::BTreeSet;

use fhir::{Object, Value};

use super::{
    at, circles,
    item::Tree,
    question,
    read::{At, Findings},
};
use crate::{
    Answer, Reason,
    check::{self, Ordered},
    form::{
        Asks, Condition, Item, Kind, Operator, OptionItem, QuantityQuestion, Question, Rules, Test, UnitItem,
    },
    number,
    report::Quoted,
};

/// The elements of Questionnaire.item.enableWhen in FHIR R4 and R5.
const ELEMENTS: [&str; 12] = [
    "question",
    "operator",
    "answerBoolean",
    "answerDecimal",
    "answerInteger",
    "answerDate",
    "answerDateTime",
    "answerTime",
    "answerString",
    "answerCoding",
    "answerQuantity",
    "answerReference",
];

/// Resolves the conditions of every item, now that all items are known.
pub(super) fn resolve(findings: &mut Findings, tree: &mut Tree<'_>) {
    for (index, list) in std::mem::take(&mut tree.conditions) {
        let at = tree.places[index].child("enableWhen");
        let mut conditions = Vec::new();
        for (number, value) in list.iter().enumerate() {
            conditions.extend(condition(findings, tree, &at.index(number), value));
        }
        tree.items[index].conditions = conditions;
    }
}

fn condition(findings: &mut Findings, tree: &Tree<'_>, at: &At, value: &Value) -> Option<Condition> {
    let Some(object) = value.as_object() else {
        findings.refuse(at, Reason::Malformed, "an enableWhen must be an object");
        return None;
    };
    findings.elements(at, object, &ELEMENTS);
    let Some(key) = findings.string(at, object, "question") else {
        let message = "enableWhen must name the question it depends on; add its linkId";
        findings.refuse(&at.child("question"), Reason::EnableWhenQuestion, message);
        return None;
    };
    let place = at.child("question");
    let Some(&source) = tree.by_key.get(key) else {
        let message = format!("no item has the linkId \"{}\"; correct it", Quoted(key));
        findings.refuse(&place, Reason::EnableWhenQuestion, message);
        return None;
    };
    let Some(question) = tree.items[source].question() else {
        // An item that is refused for its type has been reported already.
        if !tree.unreadable.contains(&source) {
            let message = format!("\"{}\" is not a question that has an answer; name one", Quoted(key));
            findings.refuse(&place, Reason::EnableWhenQuestion, message);
        }
        return None;
    };
    if question.chooses() && question.options.is_empty() && object.get("operator") != Some(&"exists".into()) {
        // Without any options it is refused already; nothing can be compared with it.
        if at::has(tree.objects[source], "answerExpression") {
            let message = format!(
                "the options of \"{}\" are computed, so that none is known to compare with; use exists, or an \
                 enableWhenExpression",
                Quoted(key)
            );
            findings.refuse(&place, Reason::EnableWhenAnswer, message);
        }
        return None;
    }
    let test = test(findings, at, object, question)?;
    Some(Condition { question: source, test })
}

fn test(findings: &mut Findings, at: &At, object: &Object, question: &Question) -> Option<Test> {
    let place = at.child("operator");
    let operator = match findings.string(at, object, "operator") {
        Some("exists") => None,
        Some("=") => Some(Operator::Equal),
        Some("!=") => Some(Operator::NotEqual),
        Some(">") => Some(Operator::Greater),
        Some("<") => Some(Operator::Less),
        Some(">=") => Some(Operator::GreaterOrEqual),
        Some("<=") => Some(Operator::LessOrEqual),
        _ => {
            let message = "operator must be one of exists, =, !=, >, <, >=, <=";
            findings.refuse(&place, Reason::EnableWhenAnswer, message);
            return None;
        }
    };
    let (kind, value) = findings.choice(at, object, "answer")?;
    let place = at.child("answer");
    if let (Some(operator), Asks::Quantity(asks), false) = (operator, &question.asks, question.chooses()) {
        return amount(findings, &place, asks, (kind, value)).map(|wanted| Test::Amount(operator, wanted));
    }
    let Some(operator) = operator else {
        let wanted = value.as_bool().filter(|_| kind == "Boolean");
        if wanted.is_none() {
            findings.refuse(&place, Reason::EnableWhenAnswer, "exists needs an answerBoolean");
        }
        return wanted.map(Test::Exists);
    };
    let answer = question::answer_from(question, kind, value)
        .or_else(|| of_like_type(question, operator, kind, value))
        .filter(|answer| is_comparable(question, answer));
    let Some(answer) = answer else {
        let message = incomparable(question, kind, value);
        findings.refuse(&place, Reason::EnableWhenAnswer, message);
        return None;
    };
    if !matches!(operator, Operator::Equal | Operator::NotEqual) {
        if !is_ordered(question, &answer) {
            let message = "answers of that question have no order; use = or !=";
            findings.refuse(&at.child("operator"), Reason::EnableWhenAnswer, message);
            return None;
        }
    } else if let Answer::Choice { option } = &answer
        && question.option(option).is_none()
    {
        let message = "that question has no such option, so this could never change; name an option with its system \
                       and code";
        findings.refuse(&place, Reason::EnableWhenAnswer, message);
        return None;
    }
    Some(Test::Compare(operator, answer))
}

/// What the answers of a quantity are compared with. One in a unit that no answer can have in common would never change.
fn amount(
    findings: &mut Findings,
    at: &At,
    asks: &QuantityQuestion,
    (kind, value): (&str, &Value),
) -> Option<Value> {
    let is_number = check::amount(value).is_some_and(|text| number::Decimal::parse(text).is_some());
    if !["Quantity", "Decimal", "Integer"].contains(&kind) || !is_number || value.get("comparator").is_some()
    {
        let message = if kind == "Quantity" {
            "answerQuantity must have a value, and no comparator; correct it".to_owned()
        } else {
            format!("answer{kind} cannot be compared with an answer of that question; use answerQuantity")
        };
        findings.refuse(at, Reason::EnableWhenAnswer, message);
        return None;
    }
    let fits = |unit: &UnitItem| check::order_against(&check::quantity::one(unit), value).is_some();
    if !asks.own_unit && !asks.units.iter().any(fits) {
        let message = format!(
            "the unit {} has nothing in common with those of that question; write one of its units, with system and code",
            Quoted(value.str("unit").or_else(|| value.str("code")).unwrap_or_default())
        );
        findings.refuse(at, Reason::EnableWhenAnswer, message);
        return None;
    }
    Some(value.clone())
}

/// A value that `answer[x]` has no type of its own for, or that compares all the same: addresses as texts, and whole
/// numbers with decimals.
fn of_like_type(question: &Question, operator: Operator, kind: &str, value: &Value) -> Option<Answer> {
    if question.chooses() {
        return None;
    }
    match (&question.asks, kind) {
        (Asks::Url(_), "String") => Some(Answer::Text { text: value.as_str()?.to_owned() }),
        (Asks::Number(_), "Decimal") => {
            let text = number::plain(value.as_number()?.as_str());
            // No whole number is ever equal to a fraction.
            let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
            (!is_equality || number::places_needed(&text) == 0).then_some(Answer::Number { text })
        }
        _ => None,
    }
}

/// Why a value cannot be compared with the answers of a question, and what can.
fn incomparable(question: &Question, kind: &str, value: &Value) -> String {
    let lacks_zone = |text: &str| text.contains('T') && check::read_date_time(text).is_none();
    if kind == "DateTime" && value.as_str().is_some_and(lacks_zone) {
        return "answerDateTime has a time without its offset from UTC, or none that is one; write both, such as \
                2026-01-31T09:00:00Z"
            .to_owned();
    }
    let wanted = question::value_type(question).replace("Uri", "String");
    if wanted == kind {
        return format!(
            "answer{kind} is not written as FHIR writes it, or has no order with answers; correct it"
        );
    }
    if wanted == "Attachment" {
        return "an answer that is a file is only asked for by exists; use that operator".to_owned();
    }
    format!("answer{kind} cannot be compared with an answer of that question; use answer{wanted}")
}

/// Numbers within reach, dates that are there in full, or as far as the form asks.
fn is_comparable(question: &Question, answer: &Answer) -> bool {
    match answer {
        Answer::Number { text } | Answer::Quantity { text, .. } => number::Decimal::parse(text).is_some(),
        Answer::Date { text } => check::read_partial_date(text),
        Answer::DateTime { text } => check::read_partial_date(text) || check::read_date_time(text).is_some(),
        Answer::Time { text } => check::read_time(text),
        // Only dates among the options can make the answer one.
        Answer::Choice { option } => {
            let dates = question.options.iter().all(|known| known.element() == "valueDate");
            !dates || check::read_partial_date(option)
        }
        Answer::Boolean { .. } | Answer::Text { .. } | Answer::Attachment { .. } => true,
    }
}

fn is_ordered(question: &Question, answer: &Answer) -> bool {
    match answer {
        Answer::Number { .. }
        | Answer::Quantity { .. }
        | Answer::Date { .. }
        | Answer::DateTime { .. }
        | Answer::Time { .. } => true,
        Answer::Choice { .. } => {
            let numbers = |option: &OptionItem| matches!(option.ordered(), Some(Ordered::Number(_)));
            let times = |option: &OptionItem| matches!(option.ordered(), Some(Ordered::Time(_)));
            question.options.iter().all(numbers) || question.options.iter().all(times)
        }
        Answer::Boolean { .. } | Answer::Text { .. } | Answer::Attachment { .. } => false,
    }
}

/// Whether a group holds a required question that is asked whenever the group is.
pub(super) fn always_asks(items: &[Item], group: usize) -> bool {
    (group + 1..items[group].end).any(|index| {
        let asks = items[index].required && items[index].question().is_some() && !items[index].hidden;
        asks && {
            let mut at = index;
            loop {
                if !items[at].conditions.is_empty() {
                    break false;
                }
                match items[at].parent {
                    Some(parent) if parent == group => break true,
                    Some(parent) if matches!(items[parent].kind, Kind::Group) => at = parent,
                    _ => break false,
                }
            }
        }
    })
}

/// In which order items are evaluated, and whom a change reaches.
pub(super) struct Graph {
    pub(super) order: Vec<usize>,
    pub(super) rank: Vec<usize>,
    pub(super) dependents: Vec<Vec<usize>>,
}

/// For each item those that depend on it.
fn edges(tree: &Tree<'_>, rules: &Rules) -> Vec<BTreeSet<usize>> {
    let mut dependents = vec![BTreeSet::new(); tree.items.len()];
    for (index, item) in tree.items.iter().enumerate() {
        for source in
            item.parent.into_iter().chain(item.conditions.iter().map(|condition| condition.question))
        {
            dependents[source].insert(index);
        }
    }
    for (&index, rules) in &rules.items {
        for source in rules.kept().filter(|rule| !rule.reads.everything).flat_map(|rule| &rule.reads.items) {
            dependents[*source].insert(index);
        }
    }
    dependents
}

/// Orders the items so that each comes after all it depends on: its parent, and the questions of its conditions.
///
/// `None` when items depend on each other in a circle; each of them is named.
///
/// Expressions that may read any answer are left out: they are evaluated after all others. So are those that read
/// items without naming them, where that would make a circle: they may well pass over what depends on them.
pub(super) fn graph(findings: &mut Findings, tree: &Tree<'_>, rules: &mut Rules) -> Option<Graph> {
    let count = tree.items.len();
    let mut dependents = edges(tree, rules);
    let mut order = sorted(&dependents);
    if order.len() < count {
        let placed: BTreeSet<usize> = order.iter().copied().collect();
        if rules.widen((0..count).filter(|item| !placed.contains(item))) {
            dependents = edges(tree, rules);
            order = sorted(&dependents);
        }
    }
    if order.len() < count {
        circles::name(findings, tree, rules, &dependents);
        return None;
    }
    let mut rank = vec![0; count];
    for (place, &index) in order.iter().enumerate() {
        rank[index] = place;
    }
    Some(Graph {
        order,
        rank,
        dependents: dependents.into_iter().map(|set| set.into_iter().collect()).collect(),
    })
}

/// Kahn's algorithm, the smallest first; nodes on or behind a circle are left out.
fn sorted(edges: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut incoming = vec![0_usize; edges.len()];
    edges.iter().flatten().for_each(|&to| incoming[to] += 1);
    let mut ready: BTreeSet<usize> = (0..edges.len()).filter(|&node| incoming[node] == 0).collect();
    let mut order = Vec::with_capacity(edges.len());
    while let Some(node) = ready.pop_first() {
        order.push(node);
        for &to in &edges[node] {
            incoming[to] -= 1;
            if incoming[to] == 0 {
                ready.insert(to);
            }
        }
    }
    order
}
