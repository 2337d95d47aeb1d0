//! Markdown (`rendering-markdown`): `CommonMark`, with lines through words. HTML inside it is left out.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Builder, Parsed, Style};

/// What a text in markdown is.
pub(crate) fn markdown(source: &str) -> Parsed {
    let mut reader = Reader::default();
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        reader.event(event);
    }
    reader.builder.finish()
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    bold: usize,
    italic: usize,
    struck: usize,
    /// Inside a picture or a block of HTML: nothing is shown.
    hidden: usize,
    /// Whether each open list is one here.
    lists: Vec<bool>,
}

impl Reader {
    fn style(&self) -> Style {
        Style { bold: self.bold > 0, italic: self.italic > 0, struck: self.struck > 0, ..Style::default() }
    }

    fn event(&mut self, event: Event<'_>) {
        let style = self.style();
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            _ if self.hidden > 0 => {}
            Event::Text(text) | Event::Code(text) => self.builder.text(&text, style),
            // A soft break is a space, as everywhere.
            Event::SoftBreak => self.builder.text(" ", style),
            Event::HardBreak => self.builder.line_break(style),
            Event::Rule => self.builder.block(false),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.builder.block(true),
            Tag::List(number) => {
                let room = self.builder.has_room();
                self.lists.push(room);
                if room {
                    self.builder.begin_list(number.is_some());
                } else {
                    self.builder.drop("what is nested too deeply");
                }
            }
            Tag::Item => self.builder.end_item(),
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Image { .. } => {
                self.builder.drop("a picture");
                self.hidden += 1;
            }
            Tag::Link { .. } => self.builder.drop("a link, whose words are shown"),
            Tag::HtmlBlock => self.hidden += 1,
            _ => self.builder.block(false),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                if self.lists.pop() == Some(true) {
                    self.builder.end_list();
                }
            }
            TagEnd::Item => self.builder.end_item(),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strikethrough => self.struck = self.struck.saturating_sub(1),
            TagEnd::Image | TagEnd::HtmlBlock => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::Link => {}
            _ => self.builder.block(false),
        }
    }

    /// Of HTML only the line break is meant as what it is.
    fn html(&mut self, html: &str) {
        let tag: String = html.chars().filter(|character| !character.is_whitespace()).collect();
        if ["<br>", "<br/>"].contains(&tag.to_ascii_lowercase().as_str()) {
            self.builder.line_break(self.style());
        } else {
            self.builder.drop("HTML");
        }
    }
}
