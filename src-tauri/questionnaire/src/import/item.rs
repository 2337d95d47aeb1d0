//! The item tree: what every item has, whatever its type.

use std::collections::{HashMap, HashSet};

use fhir::{Object, Value};

use super::{
    MAX_ITEM_DEPTH, at, category, controls, enable, extension, formatted, limits, links, media, placing,
    question,
    read::{At, Findings},
    running, shown, types,
    value_set::Terminology,
};

use crate::{
    Reason,
    form::{Arrangement, Asks, Behavior, Item, Kind, Role, Rules},
    hl7::DISABLED_DISPLAY,
    report::Quoted,
};

/// The elements of Questionnaire.item in FHIR R4 and R5.
const ELEMENTS: [&str; 19] = [
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
    "answerConstraint",
    "disabledDisplay",
];

/// Items in document order, with where each stands and the conditions that are not resolved yet.
#[derive(Default)]
pub(super) struct Tree<'v> {
    pub(super) items: Vec<Item>,
    pub(super) places: Vec<At>,
    pub(super) by_key: HashMap<String, usize>,
    pub(super) objects: Vec<&'v Object>,
    pub(super) conditions: Vec<(usize, &'v [Value])>,
    /// Items refused for their type, which are read on as groups.
    pub(super) unreadable: HashSet<usize>,
}

impl Tree<'_> {
    /// The boolean questions that can be shown.
    pub(super) fn shown_booleans(&self) -> impl Iterator<Item = usize> + '_ {
        let shown = |item: &Item| {
            !item.hidden
                && item
                    .question()
                    .is_some_and(|question| matches!(question.asks, Asks::Boolean) && !question.chooses())
        };
        self.items.iter().enumerate().filter(move |(_, item)| shown(item)).map(|(index, _)| index)
    }
}

/// Where an item stands.
#[derive(Clone, Copy)]
struct Around<'t> {
    terminology: &'t Terminology<'t>,
    parent: Option<usize>,
    depth: usize,
    hidden: bool,
    in_question: bool,
}

/// Reads all items of the Questionnaire.
pub(super) fn read<'v>(
    findings: &mut Findings,
    questionnaire: &'v Object,
    terminology: &'v Terminology<'v>,
) -> Tree<'v> {
    let mut tree = Tree::default();
    let around = Around { terminology, parent: None, depth: 1, hidden: false, in_question: false };
    children(findings, &mut tree, &At::root(), questionnaire, around);
    tree
}

/// Recursion is bounded by [`MAX_ITEM_DEPTH`].
fn children<'v>(
    findings: &mut Findings,
    tree: &mut Tree<'v>,
    at: &At,
    object: &'v Object,
    around: Around<'_>,
) {
    let list = findings.list(at, object, "item");
    let at = at.child("item");
    if !list.is_empty() && around.depth > MAX_ITEM_DEPTH {
        let message = format!("items are nested more than {MAX_ITEM_DEPTH} deep; use fewer levels");
        findings.refuse(&at, Reason::TooDeep, message);
        return;
    }
    for (index, value) in list.iter().enumerate() {
        // The place of an item without linkId must not bear that of its parent.
        let place = At { link_id: None, ..at.index(index) };
        match value.as_object() {
            Some(object) => item(findings, tree, place, object, around),
            None => findings.refuse(&place, Reason::Malformed, "an item must be an object"),
        }
    }
}

fn item<'v>(
    findings: &mut Findings,
    tree: &mut Tree<'v>,
    mut at: At,
    object: &'v Object,
    around: Around<'_>,
) {
    let link_id = findings.string(&at, object, "linkId").unwrap_or_default().to_owned();
    if link_id.is_empty() && !object.contains("linkId") {
        findings.refuse(&at, Reason::Missing, "every item needs a linkId, by which answers name it; add one");
    }
    at.link_id = (!link_id.is_empty()).then(|| link_id.as_str().into());
    findings.elements(&at, object, &ELEMENTS);
    extension::scan(findings, &at, object, &["item"]);

    let hidden = around.hidden
        || shown::is_hidden(findings, &at, object)
        || shown::is_for_reading_only(findings, &at, object);
    let index = tree.items.len();
    if let Some(code) = object.get("type").and_then(Value::as_str).filter(|code| types::is_one(code)) {
        placing::fitting(findings, &at, object, code);
    }
    let kind = kind(findings, &at, object, hidden, around).unwrap_or_else(|| {
        tree.unreadable.insert(index);
        Kind::Group
    });
    let in_display = around.parent.is_some_and(|parent| matches!(tree.items[parent].kind, Kind::Display(_)));
    if in_display && !matches!(kind, Kind::Display(_)) {
        let message = "only texts can stand inside a display; move this out of it";
        findings.refuse(&at, Reason::NotAllowedHere, message);
    }
    let is_group = matches!(kind, Kind::Group);
    let text = match findings.text(&at, object, "text", !hidden) {
        None if !hidden && !is_group => shown::stand_in(findings, tree, &at, object, around.parent),
        text => text,
    };
    let mut text = text;
    formatted::read(findings, &at, object, "text", &mut text);
    let category = category::read(findings, &at, object, &kind, hidden);
    let prefix = findings.text(&at, object, "prefix", false);
    let links = links::read(findings, &at, object, &kind, hidden);
    let media = media::read(findings, &at, object, "itemMedia", hidden);
    let required = findings.boolean(&at, object, "required");
    let repeats = findings.boolean(&at, object, "repeats");
    let occurs = limits::occurs(findings, &at, object, repeats);
    if let (Kind::Question(question), true) = (&kind, repeats) {
        limits::enough_options(findings, &at, object, question, occurs);
    }
    // At least one answer where only one fits: it is required. What is computed says so later.
    let is_wanted = occurs.min > 0 && !limits::is_least_computed(object);
    let required = required || (!repeats && !matches!(kind, Kind::Display(_)) && is_wanted);
    let read_only = findings.boolean(&at, object, "readOnly");
    disabled_display(findings, &at, object);
    let initial = question::initial(findings, &at, object, &kind, (repeats, occurs));
    if !initial.is_empty() && !hidden && !read_only {
        findings.notice(
            &at.child("initial"),
            Reason::PreAnswered,
            "this is answered before the patient sees it, which is not done with patient-reported outcomes; remove the \
             initial value unless the instrument has it",
        );
    }
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
    // What stands inside a text goes with it.
    let in_question = !matches!(kind, Kind::Group);
    let parent = around.parent;
    tree.items.push(Item {
        link_id,
        parent,
        end: index + 1,
        scope: 0,
        slot: 0,
        inner: None,
        text,
        category,
        prefix,
        links,
        media,
        kind,
        required,
        hidden,
        read_only,
        repeats,
        occurs,
        conditions: Vec::new(),
        behavior,
        initial,
        page: None,
        arrangement: Arrangement::default(),
        fold: None,
    });
    tree.places.push(at.clone());
    tree.objects.push(object);
    let inside = Around { parent: Some(index), depth: around.depth + 1, hidden, in_question, ..around };
    children(findings, tree, &at, object, inside);
    tree.items[index].end = tree.items.len();
}

/// `disabledDisplay` (R5, or as an extension for older releases): what is not asked now is hidden, whatever it says.
fn disabled_display(findings: &mut Findings, at: &At, object: &Object) {
    let mut place = at.child("disabledDisplay");
    let mut said = findings.string(at, object, "disabledDisplay");
    if said.is_none()
        && let Some(backported) = at::single(findings, at, object, DISABLED_DISPLAY)
    {
        place = backported.at();
        // Without a value it is wrong as well.
        said = Some(findings.string(&place, backported.object, "valueCode").unwrap_or_default());
    }
    match said {
        None | Some("hidden") => {}
        Some("protected") => findings.notice(
            &place,
            Reason::Unused,
            "while its conditions do not hold this is hidden; it is not shown as something that cannot be changed",
        ),
        Some(_) => {
            findings.refuse(&place, Reason::Malformed, "disabledDisplay must be hidden or protected");
        }
    }
}

/// The type; `None` when it is refused. The item is read on as a group then, so that the items inside are named too.
fn kind(findings: &mut Findings, at: &At, object: &Object, hidden: bool, around: Around<'_>) -> Option<Kind> {
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
            refuse_elements(findings, at, object, "display", &["answerOption", "initial"]);
            for name in ["required", "repeats", "readOnly"] {
                if object.get(name).and_then(Value::as_bool) == Some(true) {
                    let message = "a text is not answered, and FHIR has this only for what is (rules que-6 and que-9); it is not used";
                    findings.notice(&at.child(name), Reason::Unused, message);
                }
            }
            controls::check(findings, at, object, &controls::OF_TEXTS, ("control", "the text is"));
            Kind::Display(role(object, around.in_question))
        }
        code if types::QUESTIONS.contains(&code) => {
            Kind::Question(Box::new(question::read(findings, at, object, code, hidden, around.terminology)))
        }
        other => {
            findings.refuse(&place, Reason::ItemType, types::why_none(other));
            return None;
        }
    })
}

fn group(findings: &mut Findings, at: &At, object: &Object) -> Kind {
    refuse_elements(findings, at, object, "group", &["answerOption", "initial", "maxLength"]);
    if !object.contains("item") {
        findings.notice(at, Reason::Unused, "a group without items asks nothing; add items or remove it");
    }
    Kind::Group
}

fn role(object: &Object, in_question: bool) -> Role {
    match at::item_control(object).first() {
        Some(control) if !in_question => running::role(control).unwrap_or(Role::Text),
        None if !in_question => Role::Text,
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
            // R5 leaves it out where all is meant; R4 demands it, because nobody knows what is meant.
            if conditions > 1 {
                let message =
                    "with several enableWhen, enableBehavior must say whether all or any must hold; add it";
                findings.refuse(&at.child("enableWhen"), Reason::EnableBehavior, message);
            }
            Behavior::All
        }
    }
}

/// What expressions change about their items: the form answers what it computes.
pub(super) fn complete(tree: &mut Tree<'_>, rules: &Rules) {
    for (&index, rules) in &rules.items {
        let item = &mut tree.items[index];
        item.read_only |= rules.calculated.is_some();
        // What is computed takes the place of what is written.
        if rules.min_occurs.is_some() {
            item.occurs.min = 0;
        }
        if rules.max_occurs.is_some() {
            item.occurs.max = None;
        }
        if let Kind::Question(question) = &mut item.kind {
            question.computed |= rules.options.is_some();
        }
    }
}

/// What only shows once all items are read.
/// The server of an adaptive form gives its questions, and the answers to those that nobody else can answer.
pub(super) fn check_tree(findings: &mut Findings, tree: &Tree<'_>, rules: &Rules, is_adaptive: bool) {
    for (index, item) in tree.items.iter().enumerate().filter(|(_, item)| item.must_be_answered()) {
        match item.kind {
            Kind::Question(_)
                if (item.hidden || item.read_only) && !(is_adaptive && item.read_only) =>
            {
                answered_by_form(findings, tree, rules, index);
            }
            Kind::Group if item.required && !enable::always_asks(&tree.items, index) => findings.notice(
                &tree.places[index].child("required"),
                Reason::Required,
                "a required group should hold a required question that is always asked; each question is asked as it \
                 is marked itself",
            ),
            _ => {}
        }
    }
    let shown = tree.items.iter().any(|item| item.question().is_some() && !item.hidden);
    if !shown && !is_adaptive && findings.problems.is_empty() {
        findings.refuse(
            &At::root().child("item"),
            Reason::NoQuestions,
            "there is no question to show; add items",
        );
    }
}

/// A question that must be answered, and not by the patient: its value is there from the start, or may come.
fn answered_by_form(findings: &mut Findings, tree: &Tree<'_>, rules: &Rules, index: usize) {
    let (at, item) = (&tree.places[index], &tree.items[index]);
    let wanted = if item.repeats { item.occurs.min.max(1) as usize } else { 1 };
    let computed =
        rules.items.get(&index).is_some_and(|rules| rules.calculated.is_some() || rules.initial.is_some());
    if computed {
        findings.notice(
            at,
            Reason::Required,
            "this must be answered, and only its expression answers it; where that gives nothing, because a question \
             that it reads is left out, the response is complete without it; require the questions that it reads",
        );
    } else if item.initial.len() < wanted {
        findings.refuse(
            at,
            Reason::Required,
            "this is required but hidden or read-only, so nobody could answer it; give it an initial value or show it",
        );
    }
}
