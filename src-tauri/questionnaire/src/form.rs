//! A compiled Questionnaire: the item tree in document order, and who depends on whom.

use std::{collections::HashMap, fmt, sync::Arc};

use fhir::{Value, canonical};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::{Answer, Problem, language};

/// A Questionnaire that was imported without a problem. Cheap to clone.
#[derive(Clone)]
pub struct Questionnaire {
    pub(crate) form: Arc<Form>,
}

/// What [`Questionnaire`] shares.
pub(crate) struct Form {
    pub(crate) id: Option<String>,
    pub(crate) url: String,
    pub(crate) version: String,
    pub(crate) title: Text,
    pub(crate) copyright: Option<Text>,
    pub(crate) languages: Vec<String>,
    pub(crate) sha256: String,
    /// In document order, so that descendants follow their ancestors.
    pub(crate) items: Vec<Item>,
    /// The item of each key.
    pub(crate) by_key: HashMap<String, usize>,
    /// Items in an order in which each comes after all that it depends on.
    pub(crate) order: Vec<usize>,
    /// The place of each item in `order`.
    pub(crate) rank: Vec<usize>,
    /// The items whose showing depends directly on each item.
    pub(crate) dependents: Vec<Vec<usize>>,
    pub(crate) notices: Vec<Problem>,
}

/// A text with its translations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) original: String,
    /// Language tag and content, from the `translation` extension.
    pub(crate) translations: Vec<(String, String)>,
}

impl Text {
    /// The text in `language`, or as the author wrote it.
    pub(crate) fn text(&self, language: &str) -> &str {
        self.translations
            .iter()
            .find(|(tag, _)| tag.eq_ignore_ascii_case(language))
            .map_or(self.original.as_str(), |(_, content)| content)
    }
}

/// One `Questionnaire.item`.
pub(crate) struct Item {
    pub(crate) link_id: String,
    pub(crate) parent: Option<usize>,
    /// The index after its last descendant.
    pub(crate) end: usize,
    pub(crate) text: Option<Text>,
    pub(crate) prefix: Option<Text>,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Hidden itself, or inside something hidden.
    pub(crate) hidden: bool,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) behavior: Behavior,
    pub(crate) initial: Option<Answer>,
}

/// What kind of item.
pub(crate) enum Kind {
    Group,
    Display(Role),
    Question(Question),
}

/// What a display item is for (`questionnaire-itemControl`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A lead-in of the next question, or a screen of its own.
    Text,
    /// Help of the question that it stands under.
    Help,
    /// The low end of a slider.
    Lower,
    /// The high end of a slider.
    Upper,
    /// The unit of a number.
    Unit,
}

/// What a question asks for.
pub(crate) enum Question {
    Boolean,
    Number(NumberQuestion),
    Date { min: Option<Date>, max: Option<Date> },
    Text(TextQuestion),
    Choice(Vec<OptionItem>),
}

/// Integers, decimals and scales. Limits keep the text that the Questionnaire wrote.
#[derive(Default)]
pub(crate) struct NumberQuestion {
    pub(crate) integer: bool,
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) max_decimal_places: Option<u32>,
    pub(crate) unit: Option<Text>,
    pub(crate) scale: Option<Scale>,
}

/// A visual analogue scale; its ends are the limits of its question.
pub(crate) struct Scale {
    pub(crate) min: i64,
    pub(crate) step: i64,
    pub(crate) show_value: bool,
}

/// Strings and texts. Lengths in Unicode characters.
#[derive(Default)]
pub(crate) struct TextQuestion {
    pub(crate) lines: bool,
    pub(crate) min_length: Option<u32>,
    pub(crate) max_length: Option<u32>,
}

/// One `answerOption`.
pub(crate) struct OptionItem {
    pub(crate) key: String,
    pub(crate) value: OptionValue,
    pub(crate) label: Text,
    pub(crate) prefix: Option<Text>,
}

/// Its `value[x]`.
pub(crate) enum OptionValue {
    /// System, version, code; the display is the label.
    Coding(fhir::Object),
    Integer(fhir::Number),
    Date(String),
    String,
}

/// `enableBehavior`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    All,
    Any,
}

/// One `enableWhen`.
pub(crate) struct Condition {
    pub(crate) question: usize,
    pub(crate) test: Test,
}

/// What it asks of the question's answer.
pub(crate) enum Test {
    Exists(bool),
    /// An operator, and the answer to compare with as the session would hold it.
    Compare(Operator, Answer),
}

/// `questionnaire-enable-operator`, without `exists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Questionnaire {
    /// `Questionnaire.url`.
    pub fn url(&self) -> &str {
        &self.form.url
    }

    /// `Questionnaire.version`.
    pub fn version(&self) -> &str {
        &self.form.version
    }

    /// The resource's own `id`, where it has one.
    pub fn id(&self) -> Option<&str> {
        self.form.id.as_deref()
    }

    /// `url|version`, as a response names it.
    pub fn canonical(&self) -> String {
        format!("{}|{}", self.form.url, self.form.version)
    }

    /// `Questionnaire.title` in `language`, or as the author wrote it.
    pub fn title(&self, language: &str) -> String {
        self.form.title.text(language).to_owned()
    }

    /// `Questionnaire.copyright` in `language`, or as the author wrote it.
    pub fn copyright(&self, language: &str) -> Option<String> {
        self.form.copyright.as_ref().map(|text| text.text(language).to_owned())
    }

    /// The languages in which every text is there (BCP 47), the resource's own first.
    pub fn languages(&self) -> Vec<String> {
        self.form.languages.clone()
    }

    /// Base64url of the SHA-256 of the resource in the number-text form: what events and signatures name it by.
    pub fn sha256(&self) -> String {
        self.form.sha256.clone()
    }

    /// How many questions a patient can be asked, whatever the answers.
    pub fn question_count(&self) -> u32 {
        let count = self.form.items.iter().filter(|item| item.question().is_some() && !item.hidden).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// What a study builder should know although the form can be used: languages that are not offered and why, markup
    /// shown as plain text, extensions that are not used.
    pub fn notices(&self) -> &[Problem] {
        &self.form.notices
    }

    /// Base64url of the SHA-256 over every text that can be shown in `language`, in document order: part of what is
    /// signed.
    pub fn display_sha256(&self, language: &str) -> String {
        sha256(&Value::Array(self.form.shown_texts(language)))
    }
}

/// Questionnaires are shown by their canonical.
impl fmt::Debug for Questionnaire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Questionnaire({})", self.canonical())
    }
}

impl Form {
    /// Each text with the item and the element it belongs to.
    fn shown_texts(&self, language: &str) -> Vec<Value> {
        let mut shown = Vec::new();
        let mut add = |item: &str, element: &str, text: &str| shown.push(fhir::array![item, element, text]);
        add("", "language", language);
        add("", "title", self.title.text(language));
        if let Some(copyright) = &self.copyright {
            add("", "copyright", copyright.text(language));
        }
        for item in self.items.iter().filter(|item| !item.hidden) {
            let mut add = |element: &str, text: &str| add(&item.link_id, element, text);
            if let Some(prefix) = &item.prefix {
                add("prefix", prefix.text(language));
            }
            if let Some(text) = &item.text {
                add("text", text.text(language));
            }
            match &item.kind {
                Kind::Question(Question::Boolean) => {
                    let (yes, no) = language::yes_no(language).unwrap_or_default();
                    add("true", yes);
                    add("false", no);
                }
                Kind::Question(Question::Number(NumberQuestion { unit: Some(unit), .. })) => {
                    add("unit", unit.text(language));
                }
                Kind::Question(Question::Choice(options)) => {
                    for option in options {
                        if let Some(prefix) = &option.prefix {
                            add("optionPrefix", prefix.text(language));
                        }
                        add("answerOption", option.label.text(language));
                    }
                }
                _ => {}
            }
        }
        shown
    }

    /// The item `key` and its index.
    pub(crate) fn find(&self, key: &str) -> Option<(usize, &Item)> {
        let index = *self.by_key.get(key)?;
        Some((index, &self.items[index]))
    }

    /// The language of this form that `tag` names, as the form writes it.
    pub(crate) fn language(&self, tag: &str) -> Option<&str> {
        self.languages.iter().find(|known| known.eq_ignore_ascii_case(tag)).map(String::as_str)
    }

    /// The direct children of `parent`, or the items of the root.
    pub(crate) fn children(&self, parent: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let (first, end) = parent.map_or((0, self.items.len()), |at| (at + 1, self.items[at].end));
        let mut next = first;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.items[child].end;
                child
            })
        })
    }
}

impl Item {
    /// The question, when it is one.
    pub(crate) fn question(&self) -> Option<&Question> {
        match &self.kind {
            Kind::Question(question) => Some(question),
            _ => None,
        }
    }
}

/// Base64url of the SHA-256 of the number-text form.
pub(crate) fn sha256(value: &Value) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical::number_text(value)))
}
