//! Puts the tree together, whichever markup it comes from.

use std::collections::BTreeSet;

use super::{Block, MAX_DEPTH, MAX_SPANS, Parsed, Span, Style};

/// A formatted text that is being read.
#[derive(Default)]
pub(crate) struct Builder {
    done: Vec<Block>,
    /// The lists that are open, from the outermost: whether each has numbers, its items so far, and the item that is open.
    lists: Vec<(bool, Vec<Vec<Block>>, Vec<Block>)>,
    /// The words of the block that is open.
    words: Vec<Span>,
    heading: bool,
    spans: usize,
    dropped: BTreeSet<String>,
}

impl Builder {
    /// What could not be shown, by the name of its markup.
    pub(super) fn drop(&mut self, what: &str) {
        if self.dropped.len() < 20 {
            self.dropped.insert(what.chars().filter(|character| !character.is_control()).take(40).collect());
        }
    }

    /// Words; runs of white space are one space.
    pub(super) fn text(&mut self, text: &str, style: Style) {
        let mut words = String::with_capacity(text.len());
        let mut open = self.words.last().is_none_or(|span| span.text.ends_with([' ', '\n']));
        for character in text.chars() {
            // A space that keeps lines together would make them wider than a page.
            let space = character.is_whitespace();
            if character.is_control() && !space {
                continue;
            }
            if !space || !open {
                words.push(if space { ' ' } else { character });
            }
            open = space;
        }
        if !words.is_empty() {
            self.push(words, style);
        }
    }

    pub(super) fn line_break(&mut self, style: Style) {
        if !self.words.is_empty() {
            self.push("\n".to_owned(), style);
        }
    }

    fn push(&mut self, text: String, style: Style) {
        if let Some(last) = self.words.last_mut()
            && Style::of(last) == style
        {
            last.text.push_str(&text);
            return;
        }
        if self.spans >= MAX_SPANS {
            self.drop("what follows, because it is too long");
            return;
        }
        self.spans += 1;
        self.words.push(style.span(text));
    }

    /// What follows stands on its own.
    pub(super) fn block(&mut self, heading: bool) {
        let mut content = std::mem::take(&mut self.words);
        while let Some(last) = content.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            content.pop();
        }
        let is_heading = std::mem::replace(&mut self.heading, heading);
        if content.is_empty() {
            return;
        }
        let block = if is_heading { Block::Heading { content } } else { Block::Paragraph { content } };
        self.here().push(block);
    }

    fn here(&mut self) -> &mut Vec<Block> {
        match self.lists.last_mut() {
            Some((_, _, item)) => item,
            None => &mut self.done,
        }
    }

    /// Whether a further list may be begun here.
    pub(super) fn has_room(&self) -> bool {
        self.lists.len() < MAX_DEPTH
    }

    pub(super) fn begin_list(&mut self, ordered: bool) {
        self.block(false);
        self.lists.push((ordered, Vec::new(), Vec::new()));
    }

    /// The item that is open ends.
    pub(super) fn end_item(&mut self) {
        self.block(false);
        if let Some((_, items, item)) = self.lists.last_mut()
            && !item.is_empty()
        {
            items.push(std::mem::take(item));
        }
    }

    pub(super) fn end_list(&mut self) {
        self.end_item();
        if let Some((ordered, items, _)) = self.lists.pop()
            && !items.is_empty()
        {
            self.here().push(Block::List { ordered, items });
        }
    }

    pub(super) fn finish(mut self) -> Parsed {
        while !self.lists.is_empty() {
            self.end_list();
        }
        self.block(false);
        Parsed { blocks: self.done, dropped: self.dropped }
    }
}
