//! The items of a response in document order, each beside the item of the Questionnaire that it answers.

use std::collections::HashMap;

use fhir::Value;

use super::definition::{Definition, Item, Kind, MAX_ITEM_DEPTH, MAX_ITEMS};
use super::finding::{Rule, Severity};
use super::report::Report;

/// One item of the response.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    /// The item of the Questionnaire, unless it has none or this one stands in the wrong place.
    pub(super) item: Option<usize>,
    pub(super) parent: Option<usize>,
    /// The answer of the parent that it stands under.
    pub(super) answer: Option<usize>,
    index: usize,
    pub(super) children: Vec<usize>,
    /// One past the last node below.
    end: usize,
    /// The latest item of the Questionnaire among those in the same place, up to this one.
    latest: Option<usize>,
}

impl<'a> Node<'a> {
    pub(super) fn answers(&self) -> &'a [Value] {
        self.value.list("answer")
    }
}

/// The response.
#[derive(Debug)]
pub(super) struct Response<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) roots: Vec<usize>,
    /// For each item of the Questionnaire, the nodes that answer it, in order.
    by_item: Vec<Vec<usize>>,
    /// For each item that can repeat, those of them that open a place: its repetitions, or the questions with answers.
    openings: Vec<Vec<usize>>,
}

/// Where items are looked for: the response, a group, or one answer of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) node: Option<usize>,
    pub(super) answer: Option<usize>,
}

impl Place {
    pub(super) const ROOT: Self = Self { node: None, answer: None };
}

struct Waiting<'a> {
    parent: Option<usize>,
    answer: Option<usize>,
    index: usize,
    depth: usize,
    value: &'a Value,
}

impl<'a> Response<'a> {
    /// Reads the items; `None`, with a finding, when there are too many of them or too deep.
    pub(super) fn read(
        response: &'a Value,
        definition: &Definition<'a>,
        report: &mut Report,
    ) -> Option<Self> {
        let none = vec![Vec::new(); definition.items.len()];
        let mut found = Self { nodes: Vec::new(), roots: Vec::new(), by_item: none.clone(), openings: none };
        let mut waiting = Vec::new();
        push(&mut waiting, None, 1, response);
        while let Some(next) = waiting.pop() {
            if next.depth > MAX_ITEM_DEPTH || found.nodes.len() >= MAX_ITEMS {
                let (rule, message) = if next.depth > MAX_ITEM_DEPTH {
                    (Rule::TooDeep, format!("items are nested more than {MAX_ITEM_DEPTH} deep"))
                } else {
                    (Rule::TooLarge, format!("the response has more than {MAX_ITEMS} items"))
                };
                report.add(Severity::Fatal, rule, None, "QuestionnaireResponse", message);
                return None;
            }
            let (depth, value) = (next.depth, next.value);
            let place = found.add(&next, definition);
            push(&mut waiting, Some(place), depth + 1, value);
        }
        for place in (0..found.nodes.len()).rev() {
            let end = match found.nodes.get(place).and_then(|node| node.children.last()) {
                Some(last) => found.nodes.get(*last).map_or(place + 1, |node| node.end),
                None => place + 1,
            };
            if let Some(node) = found.nodes.get_mut(place) {
                node.end = end;
            }
        }
        found.note_latest();
        Some(found)
    }

    /// Fills in [`Node::latest`], so that a place is searched and not read through.
    fn note_latest(&mut self) {
        // Beside each other stand those of one parent and one answer; what is below is numbered in between.
        let mut latest: HashMap<(Option<usize>, Option<usize>), Option<usize>> = HashMap::new();
        for node in &mut self.nodes {
            let known = latest.entry((node.parent, node.answer)).or_default();
            *known = (*known).max(node.item);
            node.latest = *known;
        }
    }

    fn add(&mut self, next: &Waiting<'a>, definition: &Definition<'a>) -> usize {
        let place = self.nodes.len();
        let under = next.parent.and_then(|parent| self.nodes.get(parent)).map(|node| node.item);
        let item = next.value.str("linkId").and_then(|link_id| definition.find(link_id)).filter(|item| {
            let wanted = definition.get(*item).and_then(|item| item.parent);
            match under {
                None => wanted.is_none(),
                Some(above) => above.is_some() && wanted == above,
            }
        });
        self.nodes.push(Node {
            value: next.value,
            item,
            parent: next.parent,
            answer: next.answer,
            index: next.index,
            children: Vec::new(),
            end: place + 1,
            latest: item,
        });
        match next.parent.and_then(|parent| self.nodes.get_mut(parent)) {
            Some(parent) => parent.children.push(place),
            None => self.roots.push(place),
        }
        if let Some(known) = item.and_then(|item| self.by_item.get_mut(item)) {
            known.push(place);
        }
        let repeated = item.and_then(|item| definition.get(item)).filter(|item| item.can_repeat());
        let opens = |item: &Item<'_>| item.kind == Kind::Group || !next.value.list("answer").is_empty();
        if repeated.is_some_and(opens)
            && let Some(openings) = item.and_then(|item| self.openings.get_mut(item))
        {
            openings.push(place);
        }
        place
    }

    pub(super) fn get(&self, node: usize) -> Option<&Node<'a>> {
        self.nodes.get(node)
    }

    /// The nodes in a place, in the order written.
    pub(super) fn in_place(&self, place: Place) -> &[usize] {
        let Some(node) = place.node else { return &self.roots };
        let children = self.nodes.get(node).map_or(&[][..], |node| &node.children);
        // Those under the item come first, then those under its answers, one after the other.
        let answer = |child: &usize| self.nodes.get(*child).and_then(|child| child.answer);
        let from = children.partition_point(|child| answer(child) < place.answer);
        let to = children.partition_point(|child| answer(child) <= place.answer);
        children.get(from..to).unwrap_or_default()
    }

    /// The nodes that answer `item`, anywhere.
    pub(super) fn of_item(&self, item: usize) -> &[usize] {
        self.by_item.get(item).map_or(&[], Vec::as_slice)
    }

    /// Those of them that open a place, if `item` can repeat.
    pub(super) fn openings(&self, item: usize) -> &[usize] {
        self.openings.get(item).map_or(&[], Vec::as_slice)
    }

    /// Where a node stands.
    pub(super) fn place_of(&self, node: usize) -> Place {
        self.get(node).map_or(Place::ROOT, |node| Place { node: node.parent, answer: node.answer })
    }

    /// The places that a node opens: a group itself, a question one under each answer.
    pub(super) fn places(
        &self,
        node: usize,
        is_group: bool,
    ) -> impl DoubleEndedIterator<Item = Place> + use<> {
        let answers = if is_group { 0 } else { self.get(node).map_or(0, |node| node.answers().len()) };
        let group = is_group.then_some(Place { node: Some(node), answer: None });
        group
            .into_iter()
            .chain((0..answers).map(move |answer| Place { node: Some(node), answer: Some(answer) }))
    }

    /// The nodes that answer `item`, anywhere in a place.
    pub(super) fn of_item_in(&self, item: usize, place: Place) -> &[usize] {
        let all = self.of_item(item);
        let inside = self.in_place(place);
        let Some((first, last)) = inside.first().zip(inside.last()) else { return &[] };
        let end = self.nodes.get(*last).map_or(*last, |node| node.end);
        let from = all.partition_point(|node| node < first);
        let to = all.partition_point(|node| *node < end);
        all.get(from..to).unwrap_or_default()
    }

    /// The number of the node before which an item that is not there would stand: the first one of a later item.
    pub(super) fn position(&self, place: Place, item: usize) -> usize {
        let end = |node: &usize| self.nodes.get(*node).map_or(0, |node| node.end);
        let inside = self.in_place(place);
        let is_before = |node: &usize| self.nodes.get(*node).is_some_and(|node| node.latest <= Some(item));
        let later = inside.get(inside.partition_point(is_before));
        match (later, inside.last(), place.node) {
            (Some(later), ..) => *later,
            (None, Some(last), _) => end(last),
            (None, None, None) => self.nodes.len(),
            (None, None, Some(node)) => {
                // Behind what stands under the answers before.
                let children = self.nodes.get(node).map_or(&[][..], |node| &node.children);
                let before =
                    |child: &usize| self.nodes.get(*child).is_some_and(|child| child.answer < place.answer);
                let (before, _) = children.split_at(children.partition_point(before));
                before.last().map_or(node + 1, end)
            }
        }
    }

    /// Whether there is an answer with a value at or below `node`.
    pub(super) fn is_answered(&self, node: usize) -> bool {
        let end = self.nodes.get(node).map_or(node, |node| node.end);
        self.nodes
            .get(node..end)
            .unwrap_or_default()
            .iter()
            .any(|node| node.answers().iter().any(|answer| super::value::of(answer).is_some()))
    }

    /// The place of a node as FHIRPath.
    pub(super) fn path(&self, node: usize) -> String {
        let mut steps = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            steps.push(match node.answer {
                Some(answer) => format!(".answer[{answer}].item[{}]", node.index),
                None => format!(".item[{}]", node.index),
            });
            at = node.parent;
        }
        steps.push("QuestionnaireResponse".to_owned());
        steps.reverse();
        steps.concat()
    }

    /// The place of an answer as FHIRPath.
    pub(super) fn answer_path(&self, node: usize, answer: usize) -> String {
        format!("{}.answer[{answer}]", self.path(node))
    }

    /// Where something is missing.
    pub(super) fn place_path(&self, place: Place) -> String {
        match (place.node, place.answer) {
            (None, _) => "QuestionnaireResponse".to_owned(),
            (Some(node), None) => self.path(node),
            (Some(node), Some(answer)) => self.answer_path(node, answer),
        }
    }
}

/// Pushed in reverse, items come out in document order: those under the item, then those under its answers.
fn push<'a>(waiting: &mut Vec<Waiting<'a>>, parent: Option<usize>, depth: usize, above: &'a Value) {
    let mut under = |answer, items: &'a [Value]| {
        for (index, value) in items.iter().enumerate().rev() {
            waiting.push(Waiting { parent, answer, index, depth, value });
        }
    };
    if parent.is_some() {
        for (answer, value) in above.list("answer").iter().enumerate().rev() {
            under(Some(answer), value.list("item"));
        }
    }
    under(None, above.list("item"));
}

/// What is wrong with where items stand: unknown, misplaced, out of order, twice, under the wrong kind.
pub(super) fn structure(response: &Response<'_>, definition: &Definition<'_>, report: &mut Report) {
    for (place, node) in response.nodes.iter().enumerate() {
        let above = node.parent.and_then(|parent| response.get(parent));
        if node.item.is_none() {
            // What stands under an item that is not known is not known either; that is said once.
            if above.is_none_or(|above| above.item.is_some()) {
                not_known(response, definition, place, node, report);
            }
            continue;
        }
        let kind =
            above.and_then(|above| above.item).and_then(|item| definition.get(item)).map(|item| item.kind);
        let beside = node.answer.is_none() && kind.is_some_and(Kind::is_question);
        // A display item says something about the question, not about one of its answers.
        let display =
            node.item.and_then(|item| definition.get(item)).is_some_and(|item| item.kind == Kind::Display);
        if beside && !display {
            let message = "items under a question belong under its answer (answer.item); move this one there";
            report.add(
                Severity::Error,
                Rule::ItemsBesideAnswer,
                node.value.str("linkId"),
                &response.path(place),
                message,
            );
        }
    }
    order(response, Place::ROOT, report);
    for (place, node) in response.nodes.iter().enumerate() {
        order(response, Place { node: Some(place), answer: None }, report);
        if node.children.iter().any(|child| response.get(*child).is_some_and(|child| child.answer.is_some()))
        {
            for answer in 0..node.answers().len() {
                order(response, Place { node: Some(place), answer: Some(answer) }, report);
            }
        }
    }
}

fn not_known(
    response: &Response<'_>,
    definition: &Definition<'_>,
    place: usize,
    node: &Node<'_>,
    report: &mut Report,
) {
    let path = response.path(place);
    let Some(link_id) = node.value.str("linkId").filter(|link_id| !link_id.is_empty()) else {
        let message =
            "this item has no linkId; take it out, or give it the linkId of the item that it answers";
        report.add(Severity::Error, Rule::WithoutLinkId, None, &path, message);
        return;
    };
    let Some(item) = definition.find(link_id) else {
        let message = "the Questionnaire has no item with this linkId; check that it is the Questionnaire that was answered, or take the item out";
        report.add(Severity::Error, Rule::UnknownLinkId, Some(link_id), &path, message);
        return;
    };
    let wanted =
        match definition.get(item).and_then(|item| item.parent).and_then(|above| definition.get(above)) {
            Some(above) => format!("under the item {}", above.link_id.chars().take(80).collect::<String>()),
            None => "at the top".to_owned(),
        };
    let message = format!("the Questionnaire has this item elsewhere; it belongs {wanted}");
    report.add(Severity::Error, Rule::Misplaced, Some(link_id), &path, message);
}

/// The Questionnaire's items are numbered in document order, so those beside each other must not go down.
fn order(response: &Response<'_>, place: Place, report: &mut Report) {
    let mut last = 0;
    let mut late = Vec::new();
    for &child in response.in_place(place) {
        let Some(item) = response.get(child).and_then(|child| child.item) else { continue };
        if item < last {
            late.push(child);
        }
        last = last.max(item);
    }
    for child in late {
        let link_id = response.get(child).and_then(|child| child.value.str("linkId"));
        let message =
            "this item stands after one that the Questionnaire has later; put the items in its order";
        report.add(Severity::Error, Rule::OutOfOrder, link_id, &response.path(child), message);
    }
}
