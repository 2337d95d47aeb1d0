//! Every text and medium that can be shown: what [`crate::Questionnaire::display_sha256`] covers.

use fhir::Value;

use super::{Asks, Form, Item, Kind, NumberQuestion, Question, Text};
use crate::{language, media::Placed};

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
                item_texts(self, item, language, &mut |element, said| add(element, said.words));
            }
        }
        shown
    }
}

/// Words as they are shown in a language.
#[derive(Clone, Copy)]
pub(crate) struct Said<'f> {
    pub(crate) words: &'f str,
    /// They are in the form's own language, because they are not there in that one.
    pub(crate) untranslated: bool,
}

impl<'f> From<&'f str> for Said<'f> {
    /// What is in no language, or said of none.
    fn from(words: &'f str) -> Self {
        Self { words, untranslated: false }
    }
}

impl Text {
    pub(crate) fn said(&self, language: &str) -> Said<'_> {
        Said {
            words: self.text(language),
            untranslated: self.is_in_a_language() && !self.is_translated(language),
        }
    }
}

/// Each text of an item with the element that it belongs to.
pub(crate) fn item_texts<'f>(
    form: &'f Form,
    item: &'f Item,
    language: &str,
    add: &mut impl FnMut(&'static str, Said<'f>),
) {
    if let Some(prefix) = &item.prefix {
        add("prefix", prefix.said(language));
    }
    if let Some(text) = &item.text {
        add("text", text.said(language));
    }
    if let Some(category) = item.category {
        add("displayCategory", category.code().into());
    }
    for link in &item.links {
        add("supportHyperlink", link.said(language));
    }
    if let Some(media) = &item.media {
        add("itemMedia", media.id.as_str().into());
        add("itemMedia.title", title(media, language));
    }
    if let Kind::Question(question) = &item.kind {
        question_texts(form, question, language, add);
    }
}

fn title<'f>(media: &'f Placed, language: &str) -> Said<'f> {
    media.title.as_ref().map_or_else(|| "".into(), |title| title.said(language))
}

fn question_texts<'f>(
    form: &Form,
    question: &'f Question,
    language: &str,
    add: &mut impl FnMut(&'static str, Said<'f>),
) {
    match &question.asks {
        Asks::Boolean if !question.chooses() => {
            let (yes, no) = form.yes_no(language);
            let untranslated = language::yes_no(language).is_none();
            add("true", Said { words: yes, untranslated });
            add("false", Said { words: no, untranslated });
        }
        Asks::Number(NumberQuestion { unit: Some(unit), .. }) => add("unit", unit.said(language)),
        Asks::Quantity(quantity) => {
            for unit in &quantity.units {
                add("unit", unit.label.said(language));
            }
        }
        _ => {}
    }
    for option in &question.options {
        if let Some(prefix) = &option.prefix {
            add("optionPrefix", prefix.said(language));
        }
        add("answerOption", option.label.said(language));
        if let Some(media) = &option.media {
            add("itemAnswerMedia", media.id.as_str().into());
            add("itemAnswerMedia.title", title(media, language));
        }
    }
    if let Some(label) = &question.own_label {
        add("openLabel", label.said(language));
    }
    if let Some(hint) = &question.hint {
        add("entryFormat", hint.said(language));
    }
}
