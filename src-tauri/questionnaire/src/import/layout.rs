//! Which questions stand on a screen together: pages, tabs and tables (`questionnaire-itemControl` of groups), and the
//! groups on them that fold. What cannot be laid out as its author meant is asked in the default way, and the report
//! says so.

use std::collections::HashSet;

use fhir::Value;

use super::{at, controls, item::Tree, read::Findings, running};
use crate::{
    Reason,
    form::{Arrangement, Asks, Fold, Item, Kind, Own, Question, Rules},
    session::tree::starting_instances,
};

/// A page begins with at most this many questions: more than anybody looks through at once.
const MAX_QUESTIONS: usize = 60;
/// As many options as fit beside a question on the narrowest screen on which there is a table.
const MAX_OPTIONS: usize = 7;
/// As many fields as fit beside each other.
const MAX_FIELDS: usize = 6;

/// The layouts that are known, the strongest first.
const LAYOUTS: [&str; 9] =
    ["tab-container", "page", "gtable", "grid", "table", "htable", "list", "header", "footer"];

/// Gives every item its page, and every group its arrangement.
pub(super) fn arrange(findings: &mut Findings, tree: &mut Tree<'_>, rules: &Rules) {
    running::groups(findings, tree);
    let split = holding_pages(tree);
    for index in 0..tree.items.len() {
        let parent = tree.items[index].parent;
        let around = parent.and_then(|parent| tree.items[parent].page);
        tree.items[index].page = around;
        running::on_page(tree, index);
        if matches!(tree.items[index].kind, Kind::Group) && !tree.items[index].hidden {
            let is_tab = parent.is_some_and(|parent| tree.items[parent].arrangement == Arrangement::Tabs);
            group(findings, tree, rules, index, (is_tab, split.contains(&index)));
        }
        fold(findings, tree, index);
    }
}

/// The groups inside which there are pages or tabs: those are the pages then.
fn holding_pages(tree: &Tree<'_>) -> HashSet<usize> {
    let mut holding = HashSet::new();
    for (index, object) in tree.objects.iter().enumerate() {
        let item = &tree.items[index];
        let is_page = || at::item_control(object).iter().any(|one| ["page", "tab-container"].contains(one));
        if !matches!(item.kind, Kind::Group) || item.hidden || !is_page() {
            continue;
        }
        let mut around = item.parent;
        while let Some(at) = around.filter(|&at| holding.insert(at)) {
            around = tree.items[at].parent;
        }
    }
    holding
}

fn group(
    findings: &mut Findings,
    tree: &mut Tree<'_>,
    rules: &Rules,
    index: usize,
    (is_tab, is_split): (bool, bool),
) {
    let object = tree.objects[index];
    let controls = at::item_control(object);
    let at = tree.places[index].clone();
    controls::check(findings, &at, object, &LAYOUTS, ("layout", "the questions are"));
    let control = LAYOUTS.iter().copied().find(|known| controls.contains(known)).unwrap_or_default();
    let inside = tree.items[index].page.is_some();
    match control {
        "tab-container" => {
            tree.items[index].arrangement = Arrangement::Tabs;
            return;
        }
        "gtable" | "grid" | "table" | "htable" => {
            let why = match arrangement(&tree.items, rules, index, control) {
                Ok(arrangement) => {
                    tree.items[index].arrangement = arrangement;
                    if !inside {
                        start_page(findings, tree, index, control);
                    }
                    return;
                }
                Err(why) => why,
            };
            let instead = if inside || is_tab { "one below the other" } else { "one at a time" };
            let message =
                format!("the layout {control} is not used: {why}; its questions are asked {instead}");
            findings.notice(&at::control_at(&at, object, control), Reason::Unused, message);
        }
        _ => {}
    }
    if inside || !(is_tab || control == "page") {
        return;
    }
    if is_split {
        let message =
            "the pages and tabs inside this group are the pages; its other questions are asked one at a time";
        findings.notice(&at::control_at(&at, object, control), Reason::Unused, message);
        return;
    }
    start_page(findings, tree, index, "page");
}

/// The group becomes a screen of its own, with all that is inside it.
fn start_page(findings: &mut Findings, tree: &mut Tree<'_>, index: usize, control: &str) {
    let questions = questions_of(&tree.items, index);
    if questions > MAX_QUESTIONS {
        let message = format!(
            "the layout {control} is not used: {questions} questions on one screen are more than {MAX_QUESTIONS}; they \
             are asked one at a time"
        );
        let place = at::control_at(&tree.places[index], tree.objects[index], control);
        findings.notice(&place, Reason::Unused, message);
        tree.items[index].arrangement = Arrangement::List;
    } else if questions > 0 {
        tree.items[index].page = Some(index);
    }
}

/// How many questions are inside an item at the start, with all that must repeat.
fn questions_of(items: &[Item], index: usize) -> usize {
    let mut times: Vec<(usize, usize)> = Vec::new();
    let mut count: usize = 0;
    for (at, item) in items.iter().enumerate().take(items[index].end).skip(index) {
        times.retain(|(end, _)| *end > at);
        if item.is_repeating_group() {
            times.push((item.end, starting_instances(item)));
        }
        if item.question().is_some() && !item.hidden {
            let here = times.iter().fold(1_usize, |all, (_, times)| all.saturating_mul(*times));
            count = count.saturating_add(here);
        }
    }
    count
}

/// Whether the group can be a table, or why not.
fn arrangement(
    items: &[Item],
    rules: &Rules,
    index: usize,
    control: &str,
) -> Result<Arrangement, &'static str> {
    match control {
        "gtable" => {
            if !items[index].is_repeating_group() {
                return Err("only what repeats has a row for each time");
            }
            fields(items, index).map(|_| Arrangement::Instances)
        }
        // Its rows would be there once, and its instances often.
        _ if items[index].is_repeating_group() => Err("it repeats, and this table does not"),
        "grid" => grid(items, index).map(|()| Arrangement::Grid),
        // Groups inside a table are its rows.
        _ if shown_inside(items, index).any(|at| matches!(items[at].kind, Kind::Group)) => {
            grid(items, index).map(|()| Arrangement::Grid)
        }
        _ => options(items, rules, index).map(|()| Arrangement::Options),
    }
}

/// The items directly inside a group that can be shown, but for texts.
fn shown_inside(items: &[Item], index: usize) -> impl Iterator<Item = usize> + '_ {
    let mut next = index + 1;
    let children = std::iter::from_fn(move || {
        (next < items[index].end).then(|| {
            let child = next;
            next = items[child].end;
            child
        })
    });
    children.filter(|&at| !items[at].hidden && !matches!(items[at].kind, Kind::Display(_)))
}

/// Whether all that is inside a question is its help.
fn stands_alone(items: &[Item], index: usize) -> bool {
    items[index + 1..items[index].end].iter().all(|item| matches!(item.kind, Kind::Display(_)))
}

/// The questions that are the fields of a row.
fn fields(items: &[Item], index: usize) -> Result<Vec<usize>, &'static str> {
    let inside: Vec<usize> = shown_inside(items, index).collect();
    for &at in &inside {
        let Some(question) = items[at].question() else { return Err("a group inside a row has no column") };
        if items[at].repeats {
            return Err("a question in it takes several answers");
        }
        if !stands_alone(items, at) {
            return Err("questions stand under another one in it");
        }
        let is_wide = items[at].media.is_some()
            || match &question.asks {
                Asks::Attachment(_) => true,
                Asks::Number(number) => number.scale.is_some(),
                _ => false,
            };
        if is_wide {
            return Err("files, pictures and scales are too wide for a column");
        }
    }
    match inside.len() {
        0 => Err("there is no question in it"),
        1..=MAX_FIELDS => Ok(inside),
        _ => Err("it has more columns than fit on a screen"),
    }
}

/// Groups whose questions have the same words in the same places.
fn grid(items: &[Item], index: usize) -> Result<(), &'static str> {
    let mut heads: Option<Vec<_>> = None;
    for row in shown_inside(items, index) {
        if !matches!(items[row].kind, Kind::Group) || items[row].repeats {
            return Err("its rows must be groups that do not repeat, and nothing else");
        }
        let texts: Vec<_> = fields(items, row)?.into_iter().map(|at| &items[at].text).collect();
        if heads.get_or_insert_with(|| texts.clone()) != &texts {
            return Err("its rows do not have the same questions");
        }
    }
    heads.map(|_| ()).ok_or("there is no row in it")
}

/// Questions that can be answered with the same few options.
fn options(items: &[Item], rules: &Rules, index: usize) -> Result<(), &'static str> {
    let mut shared: Option<&Question> = None;
    for at in shown_inside(items, index) {
        let Some(question) = items[at].question().filter(|_| stands_alone(items, at)) else {
            return Err("questions stand under another one in it");
        };
        let computed =
            question.computed || rules.items.get(&at).is_some_and(|rules| !rules.toggles.is_empty());
        if items[at].media.is_some() || question.options.iter().any(|option| option.media.is_some()) {
            return Err("it shows pictures or plays sound");
        }
        if computed || question.own != Own::Nothing {
            return Err("the options are not the same at all times");
        }
        if !question.chooses() && !matches!(question.asks, Asks::Boolean) {
            return Err("not all of its questions are choices");
        }
        let first = *shared.get_or_insert(question);
        if question.chooses() != first.chooses() || question.options != first.options {
            return Err("its questions do not share their options");
        }
    }
    match shared {
        None => Err("there is no question in it"),
        Some(question) if question.options.len() > MAX_OPTIONS => {
            Err("it has more columns than fit on a screen")
        }
        Some(_) => Ok(()),
    }
}

/// `sdc-questionnaire-collapsible`: a group on a page folds.
fn fold(findings: &mut Findings, tree: &mut Tree<'_>, index: usize) {
    let Some(found) = at::all(&tree.places[index], tree.objects[index], "collapsible").next() else { return };
    let fold = match found.get("valueCode").and_then(Value::as_str) {
        Some("default-open") => Fold::Open,
        Some("default-closed") => Fold::Closed,
        _ => {
            let message = "nothing is folded: the value must be the code default-open or default-closed";
            found.notice(findings, Reason::Unused, message);
            return;
        }
    };
    let item = &tree.items[index];
    let is_list = matches!(item.kind, Kind::Group);
    if is_list && item.page.is_some_and(|page| page != index) {
        findings.support(&found.at());
        tree.items[index].fold = Some(fold);
    } else {
        let message =
            "nothing is folded: only a group on a page is, and everything else is asked one at a time";
        found.notice(findings, Reason::Unused, message);
    }
}
