//! How words look: the part of CSS that cannot hide, move or load anything.

use super::{Block, Script, Span};

/// The marks of words.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) underlined: bool,
    pub(super) struck: bool,
    pub(super) script: Script,
}

impl Style {
    pub(super) fn of(span: &Span) -> Self {
        let Span { bold, italic, underlined, struck, script, .. } = *span;
        Self { bold, italic, underlined, struck, script }
    }

    pub(super) fn span(self, text: String) -> Span {
        let Self { bold, italic, underlined, struck, script } = self;
        Span { text, bold, italic, underlined, struck, script }
    }

    /// With the declarations of `css` that are honoured; `dropped` is told the names of all others.
    pub(crate) fn with(mut self, css: &str, mut dropped: impl FnMut(&str)) -> Self {
        for declaration in css.split(';').filter(|declaration| !declaration.trim().is_empty()) {
            let (name, value) = declaration.split_once(':').unwrap_or((declaration, ""));
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
            match (name.as_str(), value.as_str()) {
                ("font-weight", "bold" | "bolder" | "600" | "700" | "800" | "900") => self.bold = true,
                ("font-weight", "normal" | "400") => self.bold = false,
                ("font-style", "italic" | "oblique") => self.italic = true,
                ("font-style", "normal") => self.italic = false,
                ("text-decoration" | "text-decoration-line", "underline") => self.underlined = true,
                ("text-decoration" | "text-decoration-line", "line-through") => self.struck = true,
                ("vertical-align", "super") => self.script = Script::Super,
                ("vertical-align", "sub") => self.script = Script::Sub,
                _ => dropped(&format!("the style {name}")),
            }
        }
        self
    }

    /// Adds these marks to all words.
    pub(crate) fn mark(self, blocks: &mut [Block]) {
        for block in blocks {
            match block {
                Block::Paragraph { content } | Block::Heading { content } => {
                    for span in content {
                        span.bold |= self.bold;
                        span.italic |= self.italic;
                        span.underlined |= self.underlined;
                        span.struck |= self.struck;
                        if self.script != Script::Normal {
                            span.script = self.script;
                        }
                    }
                }
                Block::List { items, .. } => items.iter_mut().for_each(|item| self.mark(item)),
                Block::Note { content, .. } => self.mark(content),
            }
        }
    }
}
