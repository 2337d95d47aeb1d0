//! Which nodes are enabled, and what follows from that for the screens.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    Here, Session,
    index::{Index, MISSING, PART, QUESTION, SCREEN},
    tree::named,
};
use crate::{
    Answer, check,
    form::{Behavior, Condition, Kind, Operator, Role, Test},
};

/// How often what may depend on any answer is evaluated before it is said not to settle.
const MAX_ROUNDS: usize = 16;

impl Session {
    /// Whether the node can be seen now.
    pub(super) fn is_shown(&self, node: usize) -> bool {
        let here = &self.tree.nodes[node];
        here.enabled && !self.form.form.items[here.item].hidden
    }

    /// The answers of a node, as far as they count: not while it is disabled (FHIR R4, `enableWhen`).
    pub(super) fn effective(&self, node: usize) -> &[Answer] {
        let here = &self.tree.nodes[node];
        if here.enabled { &here.answers } else { &[] }
    }

    /// Evaluates every node once, each after all that it depends on; again where instances began or ended by it.
    pub(super) fn evaluate_all(&mut self) {
        let form = self.form.form.clone();
        for round in 0..MAX_ROUNDS {
            self.restructured = false;
            self.index = Index::new(&form, &self.tree);
            for &item in &form.order {
                // What may depend on any answer is settled below, and keeps what it gave there.
                if round > 0 && form.rules.late.binary_search(&item).is_ok() {
                    continue;
                }
                let nodes: Vec<usize> = self.tree.of_item(&form, item).collect();
                for node in nodes {
                    self.evaluate_node(node);
                }
            }
            let mut touched = Vec::new();
            self.settle(&mut touched);
            if !self.restructured {
                break;
            }
        }
        if std::mem::take(&mut self.restructured) && self.unstable.is_empty() {
            let late = form.rules.late.iter().flat_map(|&item| self.tree.of_item(&form, item));
            self.unstable = late.map(|node| self.tree.key(&form, node)).collect();
        }
        let all: Vec<usize> = (0..self.tree.nodes.len()).filter(|&node| self.tree.is_alive(node)).collect();
        self.refresh(&all);
        if let Here::Node(here) = self.place
            && !self.tree.is_alive(here)
        {
            self.place = self.index.first_screen().map_or(self.end(), Here::Node);
        }
    }

    /// Evaluates every node, and gives what begins by it the answers that it begins with.
    pub(super) fn evaluate_anew(&mut self) {
        let before = self.tree.nodes.len();
        self.evaluate_all();
        self.begin_all(before..self.tree.nodes.len());
    }

    /// Evaluates again only what depends on the nodes that have changed, in order, as far as changes reach. After
    /// instances began or ended, the order of all nodes is made anew.
    pub(super) fn evaluate(&mut self, changed: &[usize], began: std::ops::Range<usize>, rebuilt: bool) {
        let form = self.form.form.clone();
        if rebuilt {
            self.index = Index::new(&form, &self.tree);
        }
        let mut waiting: BTreeSet<(usize, usize)> =
            began.clone().map(|node| (form.rank[self.tree.nodes[node].item], node)).collect();
        for &node in changed {
            self.wait_for_dependents(node, &mut waiting);
            if rebuilt {
                self.wait_for_others(node, &mut waiting);
            }
        }
        let mut touched = changed.to_vec();
        self.work_off(&mut waiting, &mut touched);
        self.settle(&mut touched);
        if self.restructured {
            self.evaluate_all();
            return;
        }
        if rebuilt {
            touched = (0..self.tree.nodes.len()).filter(|&node| self.tree.is_alive(node)).collect();
        }
        self.refresh(&touched);
    }

    fn work_off(&mut self, waiting: &mut BTreeSet<(usize, usize)>, touched: &mut Vec<usize>) {
        while let Some((_, node)) = waiting.pop_first() {
            if self.tree.is_alive(node) && self.evaluate_node(node) {
                touched.push(node);
                self.wait_for_dependents(node, waiting);
            }
        }
    }

    /// Whether a node is enabled, and what its expressions give then; whether anything of it changed.
    fn evaluate_node(&mut self, node: usize) -> bool {
        let enabled = self.enabled(node);
        self.tree.nodes[node].undecided = enabled.is_none();
        let enabled = enabled.unwrap_or(false);
        let changed = self.tree.nodes[node].enabled != enabled;
        self.tree.nodes[node].enabled = enabled;
        let derived = enabled
            && self.form.form.rules.items.contains_key(&self.tree.nodes[node].item)
            && self.derive(node);
        if changed || derived {
            self.whole.clear();
        }
        changed || derived
    }

    /// Evaluates what may depend on any answer, in document order, until nothing changes any more. Where that never
    /// happens, or takes too many steps, the session says so and cannot be completed.
    fn settle(&mut self, touched: &mut Vec<usize>) {
        let form = self.form.form.clone();
        self.unstable.clear();
        if form.rules.late.is_empty() {
            return;
        }
        for _ in 0..MAX_ROUNDS {
            let mut changed = Vec::new();
            for &item in &form.rules.late {
                let nodes: Vec<usize> = self.tree.of_item(&form, item).collect();
                for node in nodes {
                    if self.whole.steps() == 0 {
                        return;
                    }
                    if self.tree.is_alive(node) && self.evaluate_node(node) {
                        changed.push(node);
                        let mut waiting = BTreeSet::new();
                        self.wait_for_dependents(node, &mut waiting);
                        self.work_off(&mut waiting, touched);
                    }
                }
            }
            if changed.is_empty() {
                self.unstable.clear();
                return;
            }
            self.unstable = changed.iter().map(|&node| self.tree.key(&form, node)).collect();
            touched.extend(changed);
        }
    }

    /// The items that do not settle, each once.
    pub(crate) fn unsettled(&self) -> BTreeSet<usize> {
        self.unstable.iter().filter_map(|key| self.item_of(key)).collect()
    }

    /// The item of a key, whose instance may never have begun.
    pub(crate) fn item_of(&self, key: &str) -> Option<usize> {
        named(&self.form.form, key).map(|(item, _)| item)
    }

    /// Whether the expressions that may read any answer took more steps than they may.
    pub(crate) fn is_too_costly(&self) -> bool {
        self.too_costly
    }

    fn wait_for_dependents(&self, node: usize, waiting: &mut BTreeSet<(usize, usize)>) {
        let form = &self.form.form;
        let here = &self.tree.nodes[node];
        for &item in &form.dependents[here.item] {
            let rank = form.rank[item];
            // A condition means the question of its own instance; an expression may read all of them.
            let own = here.instance == 0 || !form.rules.items.contains_key(&item);
            if form.items[item].scope == form.items[here.item].scope && own {
                waiting.insert((rank, self.tree.instances[here.instance].first + form.items[item].slot));
            } else {
                waiting.extend(self.tree.of_item(form, item).map(|node| (rank, node)));
            }
        }
    }

    /// Instances of a node, or what stands under its answers, began or ended: who looks at what stands inside from elsewhere
    /// may now look at another one.
    fn wait_for_others(&self, node: usize, waiting: &mut BTreeSet<(usize, usize)>) {
        let form = &self.form.form;
        let item = self.tree.nodes[node].item;
        for inner in item + 1..form.items[item].end {
            let scope = form.items[inner].scope;
            for &other in form.dependents[inner].iter().filter(|&&other| form.items[other].scope != scope) {
                waiting.extend(self.tree.of_item(form, other).map(|node| (form.rank[other], node)));
            }
        }
    }

    /// Brings the index up to date for these nodes, and for the texts that hang on them.
    pub(super) fn refresh(&mut self, nodes: &[usize]) {
        let (mut texts, mut pages) = (Vec::new(), BTreeSet::new());
        let form = self.form.form.clone();
        let demanding = form.rules.demanding.iter().flat_map(|&item| self.tree.of_item(&form, item));
        let left_out: Vec<usize> =
            demanding.filter(|&node| self.tree.nodes[node].answers.is_empty()).collect();
        for &node in nodes.iter().chain(&left_out).filter(|&&node| self.tree.is_alive(node)) {
            let item = &self.form.form.items[self.tree.nodes[node].item];
            let shown = self.is_shown(node);
            let page = self.page_of(node);
            pages.extend(page);
            if page == Some(node) {
                continue;
            }
            let place = if page.is_some() { PART } else { SCREEN };
            let flags = match &item.kind {
                Kind::Display(Role::Text) if page.is_none() => {
                    texts.push(node);
                    continue;
                }
                Kind::Display(Role::Text) if shown => place,
                Kind::Group if item.is_repeating_group() && shown && !item.is_fixed() => place,
                Kind::Question(_) if shown => {
                    let missing = if self.lacks_answers(node) { MISSING } else { 0 };
                    QUESTION | place | missing
                }
                Kind::Group | Kind::Question(_) | Kind::Display(_) => 0,
            };
            if self.index.set(node, QUESTION | SCREEN | MISSING | PART, flags) {
                texts.extend(self.index.lead_ins(node));
            }
        }
        for page in pages {
            let item = self.item(page);
            let grows = item.is_repeating_group() && !item.is_fixed();
            let shown = self.is_shown(page) && (grows || self.index.has_parts(page));
            self.index.set(page, SCREEN, if shown { SCREEN } else { 0 });
        }
        // What stands on a page is shown there in any case.
        texts.retain(|&text| self.page_of(text).is_none());
        for text in texts {
            let alone = self.is_shown(text) && !self.index.is_followed(text);
            self.index.set(text, SCREEN, if alone { SCREEN } else { 0 });
        }
    }

    /// Whether a question that is shown would be neither answered, as often as it must be, nor left out on purpose.
    fn lacks_answers(&self, node: usize) -> bool {
        let here = &self.tree.nodes[node];
        let (given, fewest) = (here.answers.len(), self.fewest(node));
        // What was left out may have to be answered since.
        (!here.skipped || fewest > 0 || self.is_required(node))
            && !self.is_read_only(node)
            && (given < self.least(node) || given > self.most(node) as usize)
    }

    /// Whether a node is enabled; `None` where all hangs on an expression that has no result. Such an item is not asked
    /// (SDC enables what an expression says true of), and staff are told.
    fn enabled(&self, node: usize) -> Option<bool> {
        let form = &self.form.form;
        let here = &self.tree.nodes[node];
        let item = &form.items[here.item];
        let inside = self.tree.parent(form, node).is_none_or(|parent| {
            // Items under a question belong to its answer (QuestionnaireResponse.item.answer.item); its help does not.
            let answered = form.items[self.tree.nodes[parent].item].question().is_none()
                || matches!(item.kind, Kind::Display(_))
                || !self.effective(parent).is_empty();
            self.tree.nodes[parent].enabled && answered
        });
        let mut conditions = item.conditions.iter().map(|condition| self.holds(node, condition));
        let holds = inside
            && match item.behavior {
                Behavior::All => conditions.all(|holds| holds),
                Behavior::Any => item.conditions.is_empty() || conditions.any(|holds| holds),
            };
        match form.rules.items.get(&here.item).and_then(|rules| rules.enable.as_ref()) {
            Some(rule) if holds => self.truth(rule, node),
            _ => Some(holds),
        }
    }

    /// The keys of the items that are not asked because their `enableWhenExpression` has no result now, such as
    /// several items where one is needed. The form's author has to change it; what was answered
    /// there is kept.
    pub fn undecided(&self) -> Vec<String> {
        let nodes = self.tree.nodes.iter().enumerate().filter(|(_, here)| here.undecided);
        nodes.map(|(node, _)| self.tree.key(&self.form.form, node)).collect()
    }

    /// The node that a condition of `node` on `item` means: the one around it; else the nearest before it, else the
    /// nearest after it (FHIR R4, `Questionnaire.item.enableWhen.question`).
    pub(super) fn source(&self, node: usize, item: usize) -> Option<usize> {
        let form = &self.form.form;
        if let Some(around) = self.tree.around(form, self.tree.nodes[node].instance, item) {
            return Some(around);
        }
        let here = self.index.position(node);
        let at = |other: &usize| self.index.position(*other);
        let before = self.tree.of_item(form, item).filter(|other| at(other) < here).max_by_key(at);
        before.or_else(|| self.tree.of_item(form, item).min_by_key(at))
    }

    /// FHIR R4, `questionnaire-enable-operator`: one of several answers is enough. `!=` holds when *no* answer equals,
    /// so also without any answer.
    fn holds(&self, node: usize, condition: &Condition) -> bool {
        let source = self.source(node, condition.question);
        let answers = source.map_or(&[][..], |source| self.effective(source));
        let Some(question) = self.form.form.items[condition.question].question() else { return false };
        let operator = match &condition.test {
            Test::Exists(wanted) => return answers.is_empty() != *wanted,
            Test::Compare(operator, _) | Test::Amount(operator, _) => *operator,
        };
        let mut orders = answers.iter().map(|answer| match &condition.test {
            Test::Compare(_, wanted) => check::compare(question, answer, wanted),
            Test::Amount(_, wanted) => check::compare_amount(question, answer, wanted, &self.language),
            Test::Exists(_) => None,
        });
        match operator {
            Operator::Equal => orders.any(|order| order == Some(Ordering::Equal)),
            Operator::NotEqual => orders.all(|order| order != Some(Ordering::Equal)),
            Operator::Greater => orders.any(|order| order == Some(Ordering::Greater)),
            Operator::Less => orders.any(|order| order == Some(Ordering::Less)),
            Operator::GreaterOrEqual => orders.any(|order| order.is_some_and(Ordering::is_ge)),
            Operator::LessOrEqual => orders.any(|order| order.is_some_and(Ordering::is_le)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::{Place, Position};

    /// Booleans that depend on up to two earlier or later ones, never in a circle (`shift` turns the order around).
    fn document(depends: &[(usize, usize, bool)], turned: bool) -> String {
        let items: Vec<_> = depends
            .iter()
            .enumerate()
            .map(|(index, (first, second, any))| {
                let condition = |source: usize, operator: &str| {
                    format!(
                        r#"{{"question":"{}","operator":"{operator}","answerBoolean":true}}"#,
                        source % index.max(1)
                    )
                };
                let when = if index == 0 {
                    String::new()
                } else {
                    let behavior = if *any { "any" } else { "all" };
                    let conditions = [condition(*first, "="), condition(*second, "!=")].join(",");
                    format!(r#","enableBehavior":"{behavior}","enableWhen":[{conditions}]"#)
                };
                format!(r#"{{"linkId":"{index}","text":"Q","type":"boolean"{when}}}"#)
            })
            .collect();
        let items = if turned { items.into_iter().rev().collect() } else { items };
        format!(
            r#"{{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en","item":[{}]}}"#,
            items.join(",")
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn evaluating_only_what_depends_on_a_change_is_enough(
            depends in prop::collection::vec((any::<usize>(), any::<usize>(), any::<bool>()), 2..20),
            turned in any::<bool>(),
            answers in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..40),
        ) {
            let form = crate::import_bytes(document(&depends, turned).as_bytes()).unwrap();
            let at = "2026-11-21T09:41:07Z";
            let (mut session, _) = Session::start(&form, "en", at, "x").unwrap();
            for (pick, value) in answers {
                let screens: Vec<usize> = session.index.all(SCREEN).collect();
                let Some(&screen) = screens.get(pick.index(screens.len().max(1))) else { break };
                let key = session.tree.key(&form.form, screen);
                session.goto(&key, at, "x").unwrap();
                let event = session.answer(&key, vec![Answer::Boolean { value }], at, "x").unwrap();
                prop_assert_eq!(event.sequence, session.revision());
                let mut whole = session.clone();
                whole.evaluate_all();
                prop_assert!(whole == session, "evaluating everything anew changes nothing");
                let stays = matches!(session.screen(), Position::Screen { screen } if screen.key == key);
                prop_assert!(stays, "answering never takes the question away: {:?}", Place::Item { item: key });
            }
        }
    }
}
