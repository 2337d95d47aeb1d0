//! One `Questionnaire.item`, compiled.

use std::sync::Arc;

use fhir::{Object, Value};

use super::Text;
use crate::{Answer, Category, media::Placed};

/// One `Questionnaire.item`.
// Each is a property of its own in FHIR.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Item {
    pub(crate) link_id: String,
    pub(crate) parent: Option<usize>,
    /// The index after its last descendant.
    pub(crate) end: usize,
    /// The scope that it stands in, and its place there; see [`super::Scope`].
    pub(crate) scope: usize,
    pub(crate) slot: usize,
    /// The scope that each of its instances, or each of its answers, opens.
    pub(crate) inner: Option<usize>,
    pub(crate) text: Option<Text>,
    /// What a text is for, where it is drawn as such (`questionnaire-displayCategory`).
    pub(crate) category: Option<Category>,
    pub(crate) prefix: Option<Text>,
    /// Where more is said (`questionnaire-supportHyperlink`), one line each.
    pub(crate) links: Vec<Text>,
    /// `sdc-questionnaire-itemMedia`.
    pub(crate) media: Option<Arc<Placed>>,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Hidden itself, or inside something hidden.
    pub(crate) hidden: bool,
    /// Shown, but filled in by the form.
    pub(crate) read_only: bool,
    pub(crate) repeats: bool,
    pub(crate) occurs: Occurs,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) behavior: Behavior,
    pub(crate) initial: Vec<Answer>,
    /// The group on whose screen it stands, itself perhaps; none where it is a screen of its own.
    pub(crate) page: Option<usize>,
    /// How a group lays out what is inside it.
    pub(crate) arrangement: Arrangement,
    /// Whether a group on a page can be folded, and how it begins (`sdc-questionnaire-collapsible`).
    pub(crate) fold: Option<Fold>,
}

/// How a group lays out what is inside it (`questionnaire-itemControl`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Arrangement {
    /// One below the other.
    #[default]
    List,
    /// Questions that share their options: a row for each question, a column for each option (`table`, `htable`).
    Options,
    /// A row for each group inside, a column for each of its questions (`grid`).
    Grid,
    /// A repeating group: a row for each instance, a column for each question (`gtable`).
    Instances,
    /// Each item inside is a tab (`tab-container`).
    Tabs,
}

/// How a group that can be folded begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Open,
    Closed,
}

impl Item {
    /// The question, when it is one.
    pub(crate) fn question(&self) -> Option<&Question> {
        match &self.kind {
            Kind::Question(question) => Some(question),
            _ => None,
        }
    }

    pub(crate) fn is_repeating_group(&self) -> bool {
        self.repeats && matches!(self.kind, Kind::Group)
    }

    /// Whether it cannot be left out: what must be given so and so often must be given.
    pub(crate) fn must_be_answered(&self) -> bool {
        self.required || (self.repeats && self.occurs.min > 0)
    }

    /// Whether a repeating group has as many instances as it must, and no others.
    pub(crate) fn is_fixed(&self) -> bool {
        self.read_only || self.occurs.max.is_some_and(|max| max <= self.occurs.min.max(1))
    }

    /// How many answers, or instances, there may be.
    pub(crate) fn most(&self) -> u32 {
        if self.repeats { self.occurs.max.unwrap_or(u32::MAX) } else { 1 }
    }
}

/// `questionnaire-minOccurs` and `questionnaire-maxOccurs`; they say something only about what repeats.
#[derive(Default, Clone, Copy)]
pub(crate) struct Occurs {
    pub(crate) min: u32,
    pub(crate) max: Option<u32>,
}

/// What kind of item.
pub(crate) enum Kind {
    Group,
    Display(Role),
    Question(Box<Question>),
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
    /// At the top of every screen of the group that it stands in, or of the form.
    Header,
    /// The same at the bottom.
    Footer,
}

/// What a question asks for.
pub(crate) struct Question {
    /// The type of what is answered in the patient's own way.
    pub(crate) asks: Asks,
    /// The answers to choose from; none where everything of its type is an answer.
    pub(crate) options: Vec<OptionItem>,
    /// What may be answered beside the options.
    pub(crate) own: Own,
    /// The options are computed (`answerExpression`).
    pub(crate) computed: bool,
    pub(crate) layout: Layout,
    /// `entryFormat`.
    pub(crate) hint: Option<Text>,
    /// `sdc-questionnaire-openLabel`: what stands beside the field for own words.
    pub(crate) own_label: Option<Text>,
}

impl Question {
    /// Of a type, without options.
    pub(crate) fn of(asks: Asks) -> Self {
        Self {
            asks,
            options: Vec::new(),
            own: Own::Nothing,
            computed: false,
            layout: Layout::default(),
            hint: None,
            own_label: None,
        }
    }

    /// Whether answers are chosen from options, at least among others.
    pub(crate) fn chooses(&self) -> bool {
        self.computed || !self.options.is_empty() || matches!(self.asks, Asks::Coding | Asks::Reference)
    }

    /// What own words beside the options have to keep, where they are texts (`maxLength`, `minLength`, `regex`).
    pub(crate) fn own_text(&self) -> Option<&TextQuestion> {
        match (&self.asks, self.own) {
            (Asks::Text(asks) | Asks::Url(asks), Own::Text) => Some(asks),
            _ => None,
        }
    }

    pub(crate) fn option(&self, key: &str) -> Option<&OptionItem> {
        self.options.iter().find(|option| option.key == key)
    }
}

/// The type of a question.
pub(crate) enum Asks {
    Boolean,
    Number(NumberQuestion),
    Date(Temporal),
    DateTime(Temporal),
    Time(Temporal),
    Text(TextQuestion),
    Url(TextQuestion),
    Quantity(QuantityQuestion),
    Attachment(AttachmentQuestion),
    /// Options alone.
    Coding,
    /// Options alone.
    Reference,
}

/// `answerConstraint` (R5), or the type open-choice (R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Own {
    #[default]
    Nothing,
    /// A text (`optionsOrString`).
    Text,
    /// What nobody has a code or a reference for: words, which stand in the `display` of one (`optionsOrType`).
    Words,
    /// Anything of the question's type (`optionsOrType`).
    Type,
}

/// How options are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    pub(crate) form: LayoutForm,
    pub(crate) horizontal: bool,
}

/// `questionnaire-itemControl` of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LayoutForm {
    #[default]
    List,
    DropDown,
    Autocomplete,
}

/// Integers, decimals and scales. Limits keep the text that the Questionnaire wrote.
#[derive(Default)]
pub(crate) struct NumberQuestion {
    pub(crate) integer: bool,
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) max_decimal_places: Option<u32>,
    /// How many characters it is written with at most.
    pub(crate) max_length: Option<u32>,
    pub(crate) unit: Option<Text>,
    pub(crate) scale: Option<Scale>,
    /// The distance of two values of a spinner, as a decimal without exponent.
    pub(crate) step: Option<String>,
}

/// A visual analogue scale; its ends are the limits of its question. Numbers are in units of the last decimal place
/// that any of its points has: with one place, 25 is 2.5.
pub(crate) struct Scale {
    pub(crate) min: i64,
    pub(crate) step: i64,
    pub(crate) places: u32,
    pub(crate) show_value: bool,
}

/// Dates, dates with times, and times of day. Limits as FHIR writes them.
#[derive(Default)]
pub(crate) struct Temporal {
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) precision: Precision,
}

/// The least that must be known of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Precision {
    #[default]
    Day,
    Month,
    Year,
}

/// Strings, texts and addresses. Lengths in Unicode characters.
#[derive(Default)]
pub(crate) struct TextQuestion {
    pub(crate) lines: bool,
    pub(crate) min_length: Option<u32>,
    pub(crate) max_length: Option<u32>,
    /// The whole text must match.
    pub(crate) regex: Option<regex::Regex>,
}

/// A number with a unit.
#[derive(Default)]
pub(crate) struct QuantityQuestion {
    pub(crate) number: NumberQuestion,
    /// The units to choose from, or the one that is fixed.
    pub(crate) units: Vec<UnitItem>,
    /// Whether the patient may write another unit.
    pub(crate) own_unit: bool,
    /// The least and the greatest value: a FHIR Quantity, or a number that binds whatever the unit.
    pub(crate) min: Option<Value>,
    pub(crate) max: Option<Value>,
}

/// One unit.
pub(crate) struct UnitItem {
    pub(crate) key: String,
    /// `system` and `code`, as the answer carries them.
    pub(crate) coding: Object,
    pub(crate) label: Text,
}

/// Files.
#[derive(Default)]
pub(crate) struct AttachmentQuestion {
    /// In bytes.
    pub(crate) max_size: Option<u32>,
    /// Such as `image/png` or `image/*`; none where every type is taken.
    pub(crate) types: Vec<String>,
}

/// One `answerOption`.
#[derive(Clone, PartialEq)]
pub(crate) struct OptionItem {
    pub(crate) key: String,
    pub(crate) value: OptionValue,
    pub(crate) label: Text,
    /// A coding without a display: the label is its code, and no answer calls it so.
    pub(crate) unnamed: bool,
    pub(crate) prefix: Option<Text>,
    /// `questionnaire-optionExclusive`.
    pub(crate) exclusive: bool,
    /// `sdc-questionnaire-itemAnswerMedia`.
    pub(crate) media: Option<Arc<Placed>>,
}

/// Its `value[x]`.
#[derive(Clone, PartialEq)]
pub(crate) enum OptionValue {
    /// System, version, code; the display is the label, unless it has none.
    Coding(Object),
    /// The label is the value.
    String,
    /// Any other type, by the name of its element.
    Other(&'static str, Value),
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

/// What it asks of the question's answers.
pub(crate) enum Test {
    Exists(bool),
    /// An operator, and the answer to compare with as the session would hold it.
    Compare(Operator, Answer),
    /// The same of a quantity: a FHIR Quantity in any unit, or a number that is compared whatever the unit.
    Amount(Operator, Value),
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
