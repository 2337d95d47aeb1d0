//! Formatted texts (`rendering-xhtml`, `rendering-markdown`, `rendering-style`): read into a small tree of paragraphs, lists
//! and marks, and nothing else. The page draws the tree; markup never reaches it.

mod build;
mod markdown;
mod style;
mod xhtml;

use std::collections::BTreeSet;

use serde::Serialize;

pub(crate) use build::Builder;
pub(crate) use markdown::markdown;
pub(crate) use style::Style;
pub(crate) use xhtml::xhtml;

/// The longest source that is read, in bytes.
pub(crate) const MAX_SOURCE: usize = 64 * 1024;
/// The most pieces of text; what follows is left out.
const MAX_SPANS: usize = 2_000;
/// How deeply elements and lists may be nested; what is deeper is left out.
const MAX_DEPTH: usize = 16;

/// A piece of a formatted text that stands on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Block {
    /// Some lines.
    Paragraph {
        /// Its words.
        content: Vec<Span>,
    },
    /// The title of what follows.
    Heading {
        /// Its words.
        content: Vec<Span>,
    },
    /// One thing below the other.
    List {
        /// With numbers from 1.
        ordered: bool,
        /// Each of them.
        items: Vec<Vec<Block>>,
    },
    /// A text that is set apart by what it is for.
    Note {
        /// What it is for.
        category: Category,
        /// What it says.
        content: Vec<Block>,
    },
}

/// What a text is for, by the code system `http://hl7.org/fhir/questionnaire-display-category` (FHIR R4; `legal` is in HL7's
/// extensions pack, 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Category {
    /// How to fill in the form, or a part of it.
    Instructions,
    /// What becomes of the answers, and who sees them.
    Security,
    /// More about what is asked.
    Help,
    /// Copyright, trade marks, regulations.
    Legal,
}

impl Category {
    /// Every code of the system.
    pub(crate) const CODES: [&str; 4] = ["instructions", "security", "help", "legal"];

    /// The category of a code; the system is case-sensitive.
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "instructions" => Self::Instructions,
            "security" => Self::Security,
            "help" => Self::Help,
            "legal" => Self::Legal,
            _ => return None,
        })
    }

    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Security => "security",
            Self::Help => "help",
            Self::Legal => "legal",
        }
    }
}

/// Words that look alike. A line break is `\n`.
// Each can be there or not.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Span {
    /// The words.
    pub text: String,
    /// Heavier.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underlined: bool,
    /// With a line through.
    pub struck: bool,
    /// Above or below the line.
    pub script: Script,
}

/// Where small letters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Script {
    /// On the line, of the usual size.
    #[default]
    Normal,
    /// As in m².
    Super,
    /// As in H₂O.
    Sub,
}

/// The formatted texts of a screen; where one is empty, its plain text is all there is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct FormattedTexts {
    /// Of the question.
    pub text: Vec<Block>,
    /// Of each text around it.
    pub context: Vec<Vec<Block>>,
    /// Of the help.
    pub help: Vec<Block>,
}

/// What a source was read as, and what was left out of it.
pub(crate) struct Parsed {
    pub(crate) blocks: Vec<Block>,
    pub(crate) dropped: BTreeSet<String>,
}

/// A plain text as a paragraph.
pub(crate) fn paragraph(text: &str) -> Block {
    Block::Paragraph { content: vec![Span { text: text.to_owned(), ..Span::default() }] }
}

/// Puts words before the first or behind the last of a formatted text.
pub(crate) fn around(blocks: &mut Vec<Block>, before: Option<String>, behind: Option<String>) {
    let words = |text: String| Span { text, ..Span::default() };
    if let Some(before) = before {
        match blocks.first_mut() {
            Some(Block::Paragraph { content } | Block::Heading { content }) => {
                content.insert(0, words(before + " "));
            }
            _ => blocks.insert(0, paragraph(&before)),
        }
    }
    if let Some(behind) = behind {
        match blocks.last_mut() {
            Some(Block::Paragraph { content } | Block::Heading { content }) => {
                content.push(words(format!(" {behind}")));
            }
            _ => blocks.push(paragraph(&behind)),
        }
    }
}

/// Whether a formatted text has the words of a plain one, however they are written and spaced, and with or without the
/// numbers of its lists. What is recorded is the plain text, so that a patient must not read another.
pub(crate) fn says(blocks: &[Block], plain: &str) -> bool {
    let wanted: String = letters(plain).collect();
    [false, true].into_iter().any(|numbers| {
        let mut words = String::new();
        collect(blocks, numbers, &mut words);
        letters(&words).eq(wanted.chars())
    })
}

fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn collect(blocks: &[Block], numbers: bool, words: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { content } | Block::Heading { content } => {
                words.extend(content.iter().map(|span| span.text.as_str()));
            }
            Block::List { ordered, items } => {
                for (index, item) in items.iter().enumerate() {
                    if numbers && *ordered {
                        words.push_str(&(index + 1).to_string());
                    }
                    collect(item, numbers, words);
                }
            }
            Block::Note { content, .. } => collect(content, numbers, words),
        }
    }
}
