//! Every text and medium that can be shown: what [`crate::Questionnaire::display_sha256`] covers.

use fhir::Value;

use super::{Asks, Form, Item, Kind, NumberQuestion, Question};
use crate::language as words;

impl Form {
    /// Each text with the item and the element it belongs to.
    pub(super) fn shown_texts(&self, language: &str) -> Vec<Value> {
        let mut shown = Vec::new();
        let mut add = |item: &str, element: &str, text: &str| shown.push(fhir::array![item, element, text]);
        add("", "language", language);
        add("", "title", self.title.text(language));
        if let Some(copyright) = &self.copyright {
            add("", "copyright", copyright.text(language));
        }
        for constraint in &self.rules.constraints {
            add("", "targetConstraint", constraint.human.text(language));
        }
        for (index, item) in self.items.iter().enumerate() {
            let mut add = |element: &str, text: &str| add(&item.link_id, element, text);
            // What is not shown itself may be spoken of all the same.
            for constraint in self.rules.items.get(&index).iter().flat_map(|own| &own.constraints) {
                add("targetConstraint", constraint.human.text(language));
            }
            if !item.hidden {
                item_texts(item, language, &mut add);
            }
        }
        shown
    }
}

fn item_texts(item: &Item, language: &str, add: &mut impl FnMut(&str, &str)) {
    if let Some(prefix) = &item.prefix {
        add("prefix", prefix.text(language));
    }
    if let Some(text) = &item.text {
        add("text", text.text(language));
    }
    if let Some(category) = item.category {
        add("displayCategory", category.code());
    }
    for link in &item.links {
        add("supportHyperlink", link.text(language));
    }
    if let Some(media) = &item.media {
        add("itemMedia", &media.id);
        add("itemMedia.title", media.title.as_ref().map(|title| title.text(language)).unwrap_or_default());
    }
    if let Kind::Question(question) = &item.kind {
        question_texts(question, language, add);
    }
}

fn question_texts(question: &Question, language: &str, add: &mut impl FnMut(&str, &str)) {
    match &question.asks {
        Asks::Boolean if !question.chooses() => {
            let (yes, no) = words::yes_no(language).unwrap_or_default();
            add("true", yes);
            add("false", no);
        }
        Asks::Number(NumberQuestion { unit: Some(unit), .. }) => add("unit", unit.text(language)),
        Asks::Quantity(quantity) => {
            for unit in &quantity.units {
                add("unit", unit.label.text(language));
            }
        }
        _ => {}
    }
    for option in &question.options {
        if let Some(prefix) = &option.prefix {
            add("optionPrefix", prefix.text(language));
        }
        add("answerOption", option.label.text(language));
        if let Some(media) = &option.media {
            add("itemAnswerMedia", &media.id);
            let title = media.title.as_ref().map(|title| title.text(language));
            add("itemAnswerMedia.title", title.unwrap_or_default());
        }
    }
    if let Some(label) = &question.own_label {
        add("openLabel", label.text(language));
    }
    if let Some(hint) = &question.hint {
        add("entryFormat", hint.text(language));
    }
}
