//! What the web view draws: one question a screen or a page of several, and the review. It computes nothing of its own.

use std::fmt;

use serde::Serialize;

use crate::{Answer, Block, Direction, FormattedTexts, Medium, Page, RunningText, Tab};

/// Where a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "position", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Position {
    /// At a question or a text of its own.
    Screen {
        /// What to show.
        screen: Box<Screen>,
    },
    /// At the review of all answers.
    Review {
        /// What to show.
        review: Review,
    },
    /// Before a question of an adaptive form that its server has to say.
    Ahead {
        /// What to show.
        ahead: Ahead,
    },
}

/// The place of a question that is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Ahead {
    /// The place that its screen will have, from 1.
    pub position: u32,
    /// The language of the session (BCP 47).
    pub language: String,
    /// The direction of that language's script.
    pub direction: Direction,
    /// Whether there is a screen before.
    pub can_go_back: bool,
    /// What stands at the top of every screen of the form, as far as it is known.
    pub header: Vec<RunningText>,
    /// The same at the bottom.
    pub footer: Vec<RunningText>,
}

/// One question, one text that stands on its own, or a page with several questions. `Debug` never shows its answers.
// The page needs each of them by itself.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Screen {
    /// What answers, skips and moves name the item by. Opaque, and stable for a Questionnaire.
    pub key: String,
    /// `Questionnaire.item.linkId`.
    pub link_id: String,
    /// The place among the screens shown now, from 1.
    pub position: u32,
    /// How many screens are shown now; it changes with the answers that others depend on.
    pub total: u32,
    /// More may come than `total`: a server chooses the questions and has not said that it is done.
    pub open_end: bool,
    /// The language of every text here (BCP 47).
    pub language: String,
    /// The direction of that language's script.
    pub direction: Direction,
    /// The texts of the enclosing groups and of the lead-ins before the question, outermost first.
    pub context: Vec<String>,
    /// The question, with its prefix when it has one. Plain text, never markup.
    pub text: String,
    /// Help and instructions, one a line.
    pub help: Option<String>,
    /// What is shown between the question and its control: of the groups around it, of lead-ins, of the question and
    /// of its help.
    pub media: Vec<Medium>,
    /// The same texts as their author formatted them, where there are such.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<FormattedTexts>,
    /// Whether it cannot be left out.
    pub required: bool,
    /// What to answer with.
    pub control: Control,
    /// The answers so far; at most one unless `several`.
    pub answers: Vec<Answer>,
    /// Whether it takes several answers.
    pub several: bool,
    /// How many answers it takes at most.
    pub max_answers: Option<u32>,
    /// Whether the form itself gives the answer: there is nothing to do but to read it and go on.
    pub read_only: bool,
    /// The answers in words, for what is only read.
    pub shown: Option<String>,
    /// Whether it was left out on purpose.
    pub skipped: bool,
    /// Whether it is neither answered nor left out on purpose.
    pub missing: bool,
    /// What the form says of these answers where a constraint that only warns does not hold (`targetConstraint`, severity
    /// `warning`): nobody is kept from going on.
    pub warnings: Vec<String>,
    /// Whether there is a screen before.
    pub can_go_back: bool,
    /// The questions that it carries together, where it is a page: the text is its heading then, and the control is
    /// [`Control::Display`].
    pub page: Option<Page>,
    /// The tabs that it is one of; none where there are none.
    pub tabs: Vec<Tab>,
    /// What stands at the top of it, as of every screen of the form or of a group (`questionnaire-itemControl` header).
    pub header: Vec<RunningText>,
    /// The same at the bottom (footer).
    pub footer: Vec<RunningText>,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("key", &self.key)
            .field("answered", &!self.answers.is_empty())
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}

/// What to answer with. Limits are inclusive and cross as their text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Control {
    /// Yes or no.
    Boolean {
        /// The word for `true`.
        yes: String,
        /// The word for `false`.
        no: String,
    },
    /// One or several of a list of options.
    Choice {
        /// In the author's order.
        options: Vec<ChoiceOption>,
        /// How they are laid out.
        layout: ChoiceLayout,
        /// Side by side where they fit.
        horizontal: bool,
        /// The patient may answer in their own words: what to answer with, and what stands beside it.
        own: Option<OwnAnswer>,
    },
    /// A whole number.
    Integer {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
        /// Shown behind the field.
        unit: Option<String>,
        /// The distance of two values of a spinner; none where the number is only typed.
        #[cfg_attr(feature = "ts", ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// A number with decimals.
    Decimal {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
        /// How many decimals at most.
        max_decimal_places: Option<u32>,
        /// Shown behind the field.
        unit: Option<String>,
        /// The distance of two values of a spinner; none where the number is only typed.
        #[cfg_attr(feature = "ts", ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// A number with a unit.
    Quantity {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
        /// How many decimals at most.
        max_decimal_places: Option<u32>,
        /// The units to choose from; a single one goes without saying.
        units: Vec<ChoiceOption>,
        /// Whether the patient may write another unit.
        own_unit: bool,
        /// The distance of two values of a spinner; none where the number is only typed.
        #[cfg_attr(feature = "ts", ts(optional))]
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// A calendar date.
    Date {
        /// Earliest, `YYYY-MM-DD`.
        min: Option<String>,
        /// Latest, `YYYY-MM-DD`.
        max: Option<String>,
        /// The least that must be known.
        precision: DatePrecision,
    },
    /// A date with a time.
    DateTime {
        /// Earliest.
        min: Option<String>,
        /// Latest.
        max: Option<String>,
    },
    /// A time of day.
    Time {
        /// Earliest, `hh:mm:ss`.
        min: Option<String>,
        /// Latest, `hh:mm:ss`.
        max: Option<String>,
    },
    /// One line of text.
    String {
        /// In Unicode characters.
        max_length: Option<u32>,
        /// An example of the form that is asked for.
        hint: Option<String>,
    },
    /// Text of several lines.
    Text {
        /// In Unicode characters.
        max_length: Option<u32>,
    },
    /// An address, such as `https://example.org`.
    Url {
        /// In Unicode characters.
        max_length: Option<u32>,
    },
    /// A file.
    Attachment {
        /// In bytes.
        max_size: u32,
        /// Such as `image/png` or `image/*`; none where every type is taken.
        types: Vec<String>,
    },
    /// The end of a repeating group: another one, or on.
    Instances {
        /// Those there are.
        instances: Vec<Instance>,
        /// Whether another may be added.
        can_add: bool,
        /// Whether one may be taken away.
        can_remove: bool,
    },
    /// A line to mark a point on. Nothing is marked until the patient touches it.
    VisualAnalogueScale {
        /// The value at the low end.
        min: String,
        /// The value at the high end.
        max: String,
        /// The distance of two points.
        step: String,
        /// The words at the low end; may be empty.
        low_label: String,
        /// The words at the high end; may be empty.
        high_label: String,
        /// Whether the number may be shown.
        show_value: bool,
    },
    /// Nothing to answer: a text of its own.
    Display,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct ChoiceOption {
    /// What the answer names it by.
    pub key: String,
    /// What the patient reads.
    pub label: String,
    /// The option's own number or letter (`questionnaire-optionPrefix`).
    pub prefix: Option<String>,
    /// Whether it excludes all others (`questionnaire-optionExclusive`).
    pub exclusive: bool,
    /// What is shown with it (`sdc-questionnaire-itemAnswerMedia`).
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Medium>,
    /// The label as its author formatted it.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<Vec<Block>>,
}

/// An answer beside the options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct OwnAnswer {
    /// What stands beside it, where the form says (`sdc-questionnaire-openLabel`).
    pub label: Option<String>,
    /// What to answer with.
    pub control: Box<Control>,
}

/// How options are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum ChoiceLayout {
    /// All at once.
    List,
    /// A list that opens.
    DropDown,
    /// Those that match what is typed.
    Autocomplete,
}

/// The least that must be known of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum DatePrecision {
    /// The day.
    Day,
    /// Month and year.
    Month,
    /// The year.
    Year,
}

/// One instance of a repeating group. `Debug` never shows its answers.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Instance {
    /// What it is taken away by.
    pub number: u32,
    /// Its first screen.
    pub key: Option<String>,
    /// Its first answers in words, so that the patient knows which one it is.
    pub summary: String,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Every question that is shown now, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Review {
    /// In the author's order.
    pub rows: Vec<ReviewRow>,
    /// Whether every question is answered or left out on purpose.
    pub complete: bool,
    /// What the form says of itself as a whole, of its groups, and of what is not shown, where constraints that only warn do
    /// not hold.
    pub warnings: Vec<String>,
}

/// One question of the review. `Debug` never shows the answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct ReviewRow {
    /// What `goto` names it by.
    pub key: String,
    /// As on its screen.
    pub context: Vec<String>,
    /// As on its screen.
    pub text: String,
    /// The same texts as their author formatted them, where there are such; without help, which is not read here.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<FormattedTexts>,
    /// The answer in words: the option's label, yes or no, the number with its unit, the date, the text.
    pub answer: Option<String>,
    /// The answers themselves, for a page that draws scales and dates.
    pub values: Vec<Answer>,
    /// As on its screen.
    pub control: Control,
    /// Whether it was left out on purpose.
    pub skipped: bool,
    /// Whether it is neither answered nor left out on purpose.
    pub missing: bool,
    /// As on its screen.
    pub warnings: Vec<String>,
    /// The headers that stand above it and what follows.
    pub header: Vec<RunningText>,
    /// The footers that stand below it and what comes before.
    pub footer: Vec<RunningText>,
}

impl fmt::Debug for ReviewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReviewRow")
            .field("key", &self.key)
            .field("answered", &!self.values.is_empty())
            .field("skipped", &self.skipped)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}
