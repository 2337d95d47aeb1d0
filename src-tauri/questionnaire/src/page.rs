//! What a screen with several questions holds: a page, a tab, or a table of its own.

use serde::Serialize;

use crate::{Block, Medium, Screen};

/// What stands on a screen together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Page {
    /// In the author's order.
    pub parts: Vec<Part>,
    /// The key of the question that the patient was led to, from the review or by a new instance.
    pub focus: Option<String>,
}

impl Page {
    /// Every question on it, in order.
    pub fn questions(&self) -> Vec<&Screen> {
        let mut questions = Vec::new();
        self.parts.iter().for_each(|part| part.collect(&mut questions));
        questions
    }
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Part {
    /// A text.
    Text {
        /// Opaque, and stable for a Questionnaire.
        key: String,
        /// Plain text, never markup; empty beside the medium of a group.
        text: String,
        /// The same as its author formatted it; empty where they did not.
        formatted: Vec<Block>,
        /// What is shown with it.
        media: Vec<Medium>,
    },
    /// A question, as it would be on a screen of its own, but without context.
    Question {
        /// Never a page itself.
        question: Box<Screen>,
    },
    /// A group with its heading.
    Group {
        /// As of a text.
        key: String,
        /// The heading; may be empty.
        text: String,
        /// The same as its author formatted it; empty where they did not.
        formatted: Vec<Block>,
        /// Where it can be folded (`sdc-questionnaire-collapsible`), whether it is so at first.
        closed: Option<bool>,
        /// Never none.
        parts: Vec<Part>,
    },
    /// A table.
    Table {
        /// Its rows and columns.
        table: Table,
    },
    /// A group that repeats.
    Instances {
        /// What adding and removing name it by.
        key: String,
        /// The heading; empty where it is the page itself.
        text: String,
        /// The same as its author formatted it; empty where they did not.
        formatted: Vec<Block>,
        /// Those there are.
        instances: Vec<PageInstance>,
        /// Whether another may be added.
        can_add: bool,
        /// Whether one may be taken away.
        can_remove: bool,
    },
}

impl Part {
    fn collect<'b>(&'b self, questions: &mut Vec<&'b Screen>) {
        match self {
            Self::Text { .. } => {}
            Self::Question { question } => questions.push(question),
            Self::Group { parts, .. } => parts.iter().for_each(|part| part.collect(questions)),
            Self::Table { table } => {
                questions.extend(table.rows.iter().flat_map(|row| row.cells.iter().flatten()));
            }
            Self::Instances { instances, .. } => {
                let parts = instances.iter().flat_map(|instance| &instance.parts);
                parts.for_each(|part| part.collect(questions));
            }
        }
    }
}

/// A text on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct PageText {
    /// Plain text, never markup.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
}

/// A header or a footer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct RunningText {
    /// Opaque, and stable for a Questionnaire.
    pub key: String,
    /// Plain text, never markup; empty beside a medium alone.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
    /// What is shown with it.
    pub media: Vec<Medium>,
}

/// One instance of a repeating group on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct PageInstance {
    /// What it is taken away by.
    pub number: u32,
    /// What stands in it.
    pub parts: Vec<Part>,
}

/// A table of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Table {
    /// The group; what adding and removing name it by.
    pub key: String,
    /// The heading; empty where the table is the page itself.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
    /// Texts before it.
    pub texts: Vec<PageText>,
    /// What its rows and columns are.
    pub layout: TableLayout,
    /// In the author's order.
    pub columns: Vec<Column>,
    /// In order; never none, unless instances can be added.
    pub rows: Vec<Row>,
    /// Whether a row may be added.
    pub can_add: bool,
    /// Whether a row may be taken away.
    pub can_remove: bool,
}

/// What the rows and columns of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum TableLayout {
    /// Each row is one question, which is its only cell; each column is one of the options that all of them share.
    Options,
    /// Each row is a group or an instance; each column is a question, of which it has a cell of its own.
    Questions,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Column {
    /// The option's key, or what the column's questions have in common. `true` and `false` of a yes or no.
    pub key: String,
    /// What the patient reads.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
    /// The help of the questions in it.
    pub help: Option<PageText>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Row {
    /// Stable as long as the row is there.
    pub key: String,
    /// What an instance is taken away by.
    pub number: Option<u32>,
    /// Its heading; empty for an instance.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
    /// Its questions; none where one is not asked now.
    pub cells: Vec<Option<Screen>>,
}

/// One of several tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Tab {
    /// Its first screen: what `goto` names it by.
    pub key: String,
    /// Its heading; may be empty.
    pub text: String,
    /// The same as its author formatted it; empty where they did not.
    pub formatted: Vec<Block>,
    /// Whether its screen is the one shown.
    pub current: bool,
    /// Whether a question in it is neither answered nor left out on purpose.
    pub missing: bool,
}
