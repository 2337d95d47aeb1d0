//! Which items are enabled, and which screens follow from that.

use std::{cmp::Ordering, collections::BTreeSet};

use super::Session;
use crate::{
    Answer, check,
    form::{Behavior, Condition, Item, Kind, Operator, Role, Test},
};

/// One screen: an item, and the display items that lead in to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScreenItem {
    pub(super) item: usize,
    pub(super) lead_ins: Vec<usize>,
}

impl Session {
    /// Whether the item can be seen now.
    pub(super) fn is_shown(&self, index: usize) -> bool {
        self.enabled[index] && !self.form.form.items[index].hidden
    }

    /// The answer of an item, as far as it counts: not while the item is disabled (FHIR R4, `enableWhen`).
    pub(super) fn effective(&self, index: usize) -> Option<&Answer> {
        self.answers[index].as_ref().filter(|_| self.enabled[index])
    }

    /// Evaluates every item once, each after all that it depends on.
    pub(super) fn evaluate_all(&mut self) {
        let form = self.form.form.clone();
        for &index in &form.order {
            self.enabled[index] = self.is_enabled(&form.items[index]);
        }
    }

    /// Evaluates again only what depends on the item that has changed, in order, as far as changes reach.
    pub(super) fn evaluate_dependents(&mut self, changed: usize) {
        let form = self.form.form.clone();
        let ranks = |index: usize| form.dependents[index].iter().map(|&dependent| form.rank[dependent]);
        let mut waiting: BTreeSet<usize> = ranks(changed).collect();
        while let Some(rank) = waiting.pop_first() {
            let index = form.order[rank];
            let enabled = self.is_enabled(&form.items[index]);
            if self.enabled[index] != enabled {
                self.enabled[index] = enabled;
                waiting.extend(ranks(index));
            }
        }
    }

    fn is_enabled(&self, item: &Item) -> bool {
        let inside = item.parent.is_none_or(|parent| {
            // Items under a question belong to its answer (QuestionnaireResponse.item.answer.item); its help does not.
            let answered = self.form.form.items[parent].question().is_none()
                || matches!(item.kind, Kind::Display(_))
                || self.effective(parent).is_some();
            self.enabled[parent] && answered
        });
        let mut conditions = item.conditions.iter().map(|condition| self.holds(condition));
        inside
            && match item.behavior {
                Behavior::All => conditions.all(|holds| holds),
                Behavior::Any => item.conditions.is_empty() || conditions.any(|holds| holds),
            }
    }

    /// FHIR R4, `questionnaire-enable-operator`. `!=` holds when *no* answer equals, so also without any answer.
    fn holds(&self, condition: &Condition) -> bool {
        let answer = self.effective(condition.question);
        let (operator, wanted) = match &condition.test {
            Test::Exists(wanted) => return answer.is_some() == *wanted,
            Test::Compare(operator, wanted) => (*operator, wanted),
        };
        let question = self.form.form.items[condition.question].question();
        let ordering =
            question.zip(answer).and_then(|(question, answer)| check::compare(question, answer, wanted));
        match operator {
            Operator::Equal => ordering == Some(Ordering::Equal),
            Operator::NotEqual => ordering != Some(Ordering::Equal),
            Operator::Greater => ordering == Some(Ordering::Greater),
            Operator::Less => ordering == Some(Ordering::Less),
            Operator::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
            Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
        }
    }

    /// The screens shown now, in order. Display items lead in to the next question of their group; those that no
    /// question follows stand alone.
    pub(super) fn screens(&self) -> Vec<ScreenItem> {
        let mut screens = Vec::new();
        self.collect(None, &mut Vec::new(), &mut screens);
        screens
    }

    /// Recursion is bounded by [`crate::MAX_ITEM_DEPTH`]. `waiting` holds, for each enclosing item, the display items
    /// that no question has followed yet.
    fn collect(&self, parent: Option<usize>, waiting: &mut Vec<Vec<usize>>, screens: &mut Vec<ScreenItem>) {
        waiting.push(Vec::new());
        for index in self.form.form.children(parent).filter(|&index| self.is_shown(index)) {
            match &self.form.form.items[index].kind {
                Kind::Display(Role::Text) => {
                    if let Some(here) = waiting.last_mut() {
                        here.push(index);
                    }
                }
                Kind::Display(_) => {}
                Kind::Group => self.collect(Some(index), waiting, screens),
                Kind::Question(_) => {
                    let lead_ins = waiting.iter_mut().flat_map(std::mem::take).collect();
                    screens.push(ScreenItem { item: index, lead_ins });
                    self.collect(Some(index), waiting, screens);
                }
            }
        }
        let alone = waiting.pop().unwrap_or_default();
        screens.extend(alone.into_iter().map(|item| ScreenItem { item, lead_ins: Vec::new() }));
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
                let screens = session.screens();
                let Some(screen) = screens.get(pick.index(screens.len().max(1))) else { break };
                let key = form.form.items[screen.item].link_id.clone();
                session.goto(&key, at, "x").unwrap();
                let event = session.answer(&key, Some(Answer::Boolean { value }), at, "x").unwrap();
                prop_assert_eq!(event.sequence, session.revision());
                let mut whole = session.clone();
                whole.evaluate_all();
                prop_assert_eq!(&whole.enabled, &session.enabled);
                let stays = matches!(session.screen(), Position::Screen { screen } if screen.key == key);
                prop_assert!(stays, "answering never takes the question away: {:?}", Place::Item { item: key });
            }
        }
    }
}
