//! The item tree: what every item has, whatever its type.

use std::collections::{HashMap, HashSet};

use fhir::{Object, Value};

use super::{
    MAX_ITEM_DEPTH, enable, extension, question,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{Behavior, Item, Kind, Question, Role},
    report::Quoted,
};

/// The elements of Questionnaire.item in FHIR R4.
const ELEMENTS: [&str; 17] = [
    "linkId",
    "definition",
    "code",
    "prefix",
    "text",
    "type",
    "enableWhen",
    "enableBehavior",
    "required",
    "repeats",
    "readOnly",
    "maxLength",
    "answerValueSet",
    "answerOption",
    "initial",
    "item",
    "id",
];

/// Items in document order, with where each stands and the conditions that are not resolved yet.
#[derive(Default)]
pub(super) struct Tree<'v> {
    pub(super) items: Vec<Item>,
    pub(super) places: Vec<At>,
    pub(super) by_key: HashMap<String, usize>,
    pub(super) conditions: Vec<(usize, &'v [Value])>,
    /// Items refused for their type, which are read on as groups.
    pub(super) unreadable: HashSet<usize>,
}

impl Tree<'_> {
    /// The boolean questions that can be shown.
    pub(super) fn shown_booleans(&self) -> impl Iterator<Item = usize> + '_ {
        let shown = |item: &Item| !item.hidden && matches!(item.kind, Kind::Question(Question::Boolean));
        self.items.iter().enumerate().filter(move |(_, item)| shown(item)).map(|(index, _)| index)
    }
}

/// Where an item stands.
#[derive(Clone, Copy)]
struct Around {
    parent: Option<usize>,
    depth: usize,
    hidden: bool,
    in_question: bool,
}

/// Reads all items of the Questionnaire.
pub(super) fn read<'v>(findings: &mut Findings, questionnaire: &'v Object) -> Tree<'v> {
    let mut tree = Tree::default();
    let around = Around { parent: None, depth: 1, hidden: false, in_question: false };
    children(findings, &mut tree, &At::root(), questionnaire, around);
    tree
}

/// Recursion is bounded by [`MAX_ITEM_DEPTH`].
fn children<'v>(findings: &mut Findings, tree: &mut Tree<'v>, at: &At, object: &'v Object, around: Around) {
    let list = findings.list(at, object, "item");
    let at = at.child("item");
    if !list.is_empty() && around.depth > MAX_ITEM_DEPTH {
        let message = format!("items are nested more than {MAX_ITEM_DEPTH} deep; use fewer levels");
        findings.refuse(&at, Reason::TooDeep, message);
        return;
    }
    for (index, value) in list.iter().enumerate() {
        // The place of an item without linkId must not bear that of its parent.
        let place = At { link_id: None, path: at.index(index).path };
        match value.as_object() {
            Some(object) => item(findings, tree, place, object, around),
            None => findings.refuse(&place, Reason::Malformed, "an item must be an object"),
        }
    }
}

fn item<'v>(findings: &mut Findings, tree: &mut Tree<'v>, mut at: At, object: &'v Object, around: Around) {
    let link_id = findings.string(&at, object, "linkId").unwrap_or_default().to_owned();
    if link_id.is_empty() && !object.contains("linkId") {
        findings.refuse(&at, Reason::Missing, "every item needs a linkId, by which answers name it; add one");
    }
    at.link_id = (!link_id.is_empty()).then(|| link_id.clone());
    findings.elements(&at, object, &ELEMENTS);
    extension::scan(findings, &at, object, &["item"]);

    let hidden = around.hidden || is_hidden(findings, &at, object);
    let index = tree.items.len();
    let kind = kind(findings, &at, object, hidden, around).unwrap_or_else(|| {
        tree.unreadable.insert(index);
        Kind::Group
    });
    let is_group = matches!(kind, Kind::Group);
    let text = findings.text(&at, object, "text", !hidden);
    if text.is_none() && !hidden && !is_group && !object.contains("text") {
        findings.refuse(
            &at,
            Reason::MissingText,
            "the patient would see nothing here; add a text, or hide the item",
        );
    }
    let prefix = findings.text(&at, object, "prefix", false);
    let required = findings.boolean(&at, object, "required");
    common(findings, &at, object, hidden);
    let initial = question::initial(findings, &at, object, &kind);
    if !link_id.is_empty() && tree.by_key.insert(link_id.clone(), index).is_some() {
        let message =
            format!("another item has the linkId \"{}\" too; give each item its own", Quoted(&link_id));
        findings.refuse(&at, Reason::DuplicateLinkId, message);
    }
    let conditions = findings.list(&at, object, "enableWhen");
    if !conditions.is_empty() {
        tree.conditions.push((index, conditions));
    }
    let behavior = behavior(findings, &at, object, conditions.len());
    let in_question = matches!(kind, Kind::Question(_));
    let parent = around.parent;
    tree.items.push(Item {
        link_id,
        parent,
        end: index + 1,
        text,
        prefix,
        kind,
        required,
        hidden,
        conditions: Vec::new(),
        behavior,
        initial,
    });
    tree.places.push(at.clone());
    let inside = Around { parent: Some(index), depth: around.depth + 1, hidden, in_question };
    children(findings, tree, &at, object, inside);
    tree.items[index].end = tree.items.len();
}

fn is_hidden(findings: &mut Findings, at: &At, object: &Object) -> bool {
    let Some(hidden) = extension::single(findings, at, object, "hidden") else { return false };
    hidden.get("valueBoolean").and_then(Value::as_bool).unwrap_or_else(|| {
        findings.refuse(at, Reason::Malformed, "questionnaire-hidden must have a valueBoolean");
        false
    })
}

/// The type; `None` when it is refused. The item is read on as a group then, so that the items inside are named too.
fn kind(findings: &mut Findings, at: &At, object: &Object, hidden: bool, around: Around) -> Option<Kind> {
    let place = at.child("type");
    let Some(code) = findings.string(at, object, "type") else {
        if !object.contains("type") {
            findings.refuse(&place, Reason::Missing, "every item needs a type; add one");
        }
        return None;
    };
    Some(match code {
        "group" => group(findings, at, object),
        "display" => {
            refuse_elements(
                findings,
                at,
                object,
                "display",
                &["item", "answerOption", "initial", "required", "repeats", "maxLength"],
            );
            Kind::Display(role(object, around.in_question))
        }
        "boolean" | "integer" | "decimal" | "date" | "string" | "text" | "choice" => {
            Kind::Question(question::read(findings, at, object, code, hidden))
        }
        "coding" => {
            findings.refuse(
                &place,
                Reason::FhirVersion,
                "the type coding belongs to FHIR R5; convert the Questionnaire to FHIR R4 (4.0.1), where it is choice",
            );
            return None;
        }
        other => {
            let message = format!(
                "the item type {} is not supported; use boolean, integer, decimal, date, string, text or choice",
                Quoted(other)
            );
            findings.refuse(&place, Reason::ItemType, message);
            return None;
        }
    })
}

fn group(findings: &mut Findings, at: &At, object: &Object) -> Kind {
    refuse_elements(findings, at, object, "group", &["answerOption", "initial", "maxLength"]);
    if !object.contains("item") {
        findings.refuse(
            at,
            Reason::NotAllowedHere,
            "a group without items asks nothing; add items or remove it",
        );
    }
    for control in extension::item_control(object) {
        if !["list", "page", "tab-container"].contains(&control) {
            let message =
                format!("the layout {} is not used: one question is shown at a time", Quoted(control));
            findings.notice(at, Reason::Unused, message);
        }
    }
    Kind::Group
}

fn role(object: &Object, in_question: bool) -> Role {
    match extension::item_control(object).first() {
        _ if !in_question => Role::Text,
        Some(&"lower") => Role::Lower,
        Some(&"upper") => Role::Upper,
        Some(&"unit") => Role::Unit,
        _ => Role::Help,
    }
}

/// FHIR R4's invariants on what an item of some type cannot have.
pub(super) fn refuse_elements(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    kind: &str,
    elements: &[&str],
) {
    for name in elements {
        // `required: false` and the like say nothing.
        if object.get(name).is_some_and(|value| *value != Value::Bool(false)) {
            let message = format!("an item of type {kind} cannot have this element here; remove it");
            findings.refuse(&at.child(name), Reason::NotAllowedHere, message);
        }
    }
}

/// What is not supported on any type.
fn common(findings: &mut Findings, at: &At, object: &Object, hidden: bool) {
    if findings.boolean(at, object, "repeats") {
        let message = "repeated answers are not supported; ask for each answer in its own item";
        findings.refuse(&at.child("repeats"), Reason::Repeats, message);
    }
    if findings.boolean(at, object, "readOnly") && !hidden {
        let message =
            "read-only items are not supported; hide the item, or show its content as a display item";
        findings.refuse(&at.child("readOnly"), Reason::ReadOnly, message);
    }
    if object.contains("answerValueSet") {
        let message = "value sets are not supported; list the options as answerOption";
        findings.refuse(&at.child("answerValueSet"), Reason::AnswerValueSet, message);
    }
}

fn behavior(findings: &mut Findings, at: &At, object: &Object, conditions: usize) -> Behavior {
    match findings.string(at, object, "enableBehavior") {
        Some("any") => Behavior::Any,
        Some("all") => Behavior::All,
        Some(_) => {
            findings.refuse(
                &at.child("enableBehavior"),
                Reason::Malformed,
                "enableBehavior must be all or any",
            );
            Behavior::All
        }
        None => {
            if conditions > 1 {
                let message =
                    "with several enableWhen, enableBehavior must say whether all or any must hold; add it";
                findings.refuse(&at.child("enableWhen"), Reason::EnableBehavior, message);
            }
            Behavior::All
        }
    }
}

/// What only shows once all items are read.
pub(super) fn check_tree(findings: &mut Findings, tree: &Tree<'_>) {
    for (index, item) in tree.items.iter().enumerate().filter(|(_, item)| item.required) {
        match item.kind {
            Kind::Question(_) if item.hidden && item.initial.is_none() => findings.refuse(
                &tree.places[index],
                Reason::Required,
                "this is required but hidden, so nobody could answer it; give it an initial value or show it",
            ),
            Kind::Group if !enable::always_asks(&tree.items, index) => findings.refuse(
                &tree.places[index].child("required"),
                Reason::Required,
                "a required group must hold a required question that is always asked; mark the questions instead",
            ),
            _ => {}
        }
    }
    let shown = tree.items.iter().any(|item| item.question().is_some() && !item.hidden);
    if !shown && findings.problems.is_empty() {
        findings.refuse(
            &At::root().child("item"),
            Reason::NoQuestions,
            "there is no question to show; add items",
        );
    }
}
