//! Which texts of a screen are in the form's own language, because the one that the patient chose lacks them: a page says of
//! each text in which language it is, so that it is read and set in that one (WCAG 2.2, 3.1.2).

use std::collections::BTreeSet;

use super::{Here, Session, index::QUESTION};
use crate::{
    Answer, Direction, Untranslated,
    form::{Arrangement, Asks, Form, Kind, Question, Role, item_texts},
    language,
};

impl Session {
    /// Of what [`Session::screen`] shows now, and of the form's title and copyright. `None` where all of the form is there in
    /// the language of the session.
    pub fn untranslated(&self) -> Option<Untranslated> {
        let form = &self.form.form;
        let own = form.languages.first().filter(|_| form.mixed.contains(&self.language))?;
        let mut lines = BTreeSet::new();
        self.add_texts_of_form(&mut lines);
        match self.place {
            Here::Review | Here::Ahead => {
                (0..form.items.len()).for_each(|item| self.add_texts(item, &mut lines));
            }
            Here::Node(node) => {
                for item in around(form, self.tree.nodes[node].item) {
                    self.add_texts(item, &mut lines);
                }
            }
        }
        let lines = lines.into_iter().collect();
        Some(Untranslated { language: own.clone(), direction: Direction::of(own), lines })
    }

    fn add_texts_of_form(&self, lines: &mut BTreeSet<String>) {
        let form = &self.form.form;
        let constraints = form.rules.constraints.iter().map(|constraint| &constraint.human);
        for text in [&form.title].into_iter().chain(&form.copyright).chain(constraints) {
            let said = text.said(&self.language);
            if said.untranslated {
                add(lines, said.words);
            }
        }
    }

    fn add_texts(&self, item: usize, lines: &mut BTreeSet<String>) {
        let form = &self.form.form;
        let here = &form.items[item];
        let rules = form.rules.items.get(&item);
        for constraint in rules.iter().flat_map(|own| &own.constraints) {
            let said = constraint.human.said(&self.language);
            if said.untranslated {
                add(lines, said.words);
            }
        }
        if here.hidden {
            return;
        }
        let mut is_text_untranslated = false;
        item_texts(form, here, &self.language, &mut |element, said| {
            if said.untranslated {
                is_text_untranslated |= element == "text";
                add(lines, said.words);
            }
        });
        if let Kind::Question(question) = &here.kind {
            for option in &question.options {
                let said = option.label.said(&self.language);
                if let Some(prefix) = option.prefix.as_ref().filter(|_| said.untranslated) {
                    // As the column of a table is drawn.
                    add(lines, &format!("{} {}", prefix.text(&self.language), said.words));
                }
            }
        }
        // What is computed is in the form's own language, unless its expression asks for the language.
        let computed = rules.and_then(|own| own.text.as_ref());
        let is_computed_in_own = computed.is_some_and(|rule| !form.rules.asks_for_language(rule));
        for node in self.tree.of_item(form, item) {
            let is_computed = computed.is_some() && self.computed_text(node).is_some();
            let in_own = if is_computed { is_computed_in_own } else { is_text_untranslated };
            if in_own {
                self.add_said(node, lines);
            }
        }
        if let Kind::Question(question) = &here.kind {
            for node in self.tree.of_item(form, item) {
                self.add_answers(node, question, lines);
            }
        }
    }

    /// As the text of a node is drawn: with its prefix, and with the number of its instance.
    fn add_said(&self, node: usize, lines: &mut BTreeSet<String>) {
        let words = self.own_words(node);
        for number in 1..=self.tree.nodes[node].inner.len() {
            add(lines, &numbered(&words, number));
        }
        add(lines, &words);
    }

    /// What is drawn of several texts at once.
    fn add_answers(&self, node: usize, question: &Question, lines: &mut BTreeSet<String>) {
        if matches!(&question.asks, Asks::Number(number) if number.scale.is_some()) {
            for role in [Role::Lower, Role::Upper] {
                let texts = || self.beside_in(node, role).filter_map(|label| self.item(label).text.as_ref());
                if texts().any(|text| text.said(&self.language).untranslated)
                    && !texts().any(|text| text.is_translated(&self.language))
                {
                    add(lines, &self.displays(node, role).join(" "));
                }
            }
        }
        let is_shown_in_own = |answer: &Answer| match answer {
            Answer::Choice { option } => {
                let option = self.option(node, question, option);
                option.is_some_and(|option| option.label.said(&self.language).untranslated)
            }
            Answer::Boolean { .. } => language::yes_no(&self.language).is_none(),
            Answer::Number { .. } | Answer::Quantity { .. } => self.is_unit_untranslated(question, answer),
            _ => false,
        };
        if self.index.has(node, QUESTION)
            && self.tree.nodes[node].answers.iter().all(is_shown_in_own)
            && let Some(words) = self.answers_in_words(node)
        {
            add(lines, &words);
        }
    }

    /// A number alone is in no language.
    fn is_unit_untranslated(&self, question: &Question, answer: &Answer) -> bool {
        let label = match (&question.asks, answer) {
            (Asks::Number(number), _) => number.unit.as_ref(),
            (Asks::Quantity(asks), Answer::Quantity { unit: Some(key), .. }) => {
                asks.units.iter().find(|unit| unit.key == *key).map(|unit| &unit.label)
            }
            _ => None,
        };
        label.is_some_and(|label| label.said(&self.language).untranslated)
    }
}

/// The text of a group of which there are several, as it stands above one of them.
pub(super) fn numbered(words: &str, number: usize) -> String {
    format!("{words} ({number})")
}

fn add(lines: &mut BTreeSet<String>, words: &str) {
    // As the page cuts them, which keeps a carriage return.
    lines.extend(words.split('\n').filter(|line| !line.trim().is_empty()).map(str::to_owned));
}

/// The items whose texts can stand on the screen of an item: itself with all that is inside it, those around it, and the texts
/// and groups beside these.
fn around(form: &Form, item: usize) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = (item..form.items[item].end).collect();
    let mut here = Some(item);
    while let Some(inside) = here {
        let parent = form.items[inside].parent;
        found.extend(parent);
        let in_tabs = parent.is_some_and(|parent| form.items[parent].arrangement == Arrangement::Tabs);
        for sibling in form.children(parent) {
            match form.items[sibling].kind {
                Kind::Display(_) => found.extend(sibling..form.items[sibling].end),
                Kind::Group => found.extend([sibling]),
                Kind::Question(_) if in_tabs => found.extend([sibling]),
                Kind::Question(_) => {}
            }
        }
        here = parent;
    }
    found
}
