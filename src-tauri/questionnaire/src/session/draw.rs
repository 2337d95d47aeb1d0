//! What the page shows: the screen or the review, in the session's language.

use super::{
    Here, Session,
    index::{MISSING, QUESTION, SCREEN},
    untranslated::numbered,
};
use crate::{
    Block, Direction, FormattedTexts, Medium, MediumData, PageText, Position, Review, ReviewRow, Screen,
    form::{Asks, Kind, Role},
    formatted,
};

impl Session {
    /// What to show now.
    pub fn screen(&self) -> Position {
        match self.place {
            Here::Node(node) => Position::Screen { screen: Box::new(self.draw(node)) },
            Here::Review => Position::Review { review: self.review() },
            Here::Ahead => Position::Ahead { ahead: self.ahead() },
        }
    }

    /// The screen, where the session is at one. A review is not drawn: that of a large form is as large as the form.
    pub(crate) fn at_screen(&self) -> Option<Screen> {
        match self.place {
            Here::Node(node) => Some(self.draw(node)),
            Here::Review | Here::Ahead => None,
        }
    }

    /// Every question shown now, with its answers.
    pub fn review(&self) -> Review {
        let mut rows: Vec<_> = self.index.all(QUESTION).map(|node| self.row(node)).collect();
        self.run_along(&mut rows);
        let complete = self.index.missing_count() == 0 && !self.is_open();
        Review { complete, warnings: self.warnings_around(), rows }
    }

    fn row(&self, node: usize) -> ReviewRow {
        let here = &self.tree.nodes[node];
        let around = self.context(node);
        ReviewRow {
            key: self.tree.key(&self.form.form, node),
            formatted: self.formatted(node, &around, Vec::new()),
            context: around.into_iter().map(|(words, _)| words).collect(),
            text: self.words(node),
            answer: self.answers_in_words(node),
            values: here.answers.clone(),
            control: self.control(node),
            skipped: here.skipped,
            missing: self.index.has(node, MISSING),
            warnings: self.warnings_of(node),
            header: Vec::new(),
            footer: Vec::new(),
        }
    }

    /// The keys of the questions shown now that are neither answered nor left out on purpose, in order.
    pub fn missing(&self) -> Vec<String> {
        self.index.all(MISSING).map(|node| self.tree.key(&self.form.form, node)).collect()
    }

    /// Base64url of the SHA-256 over every text that can be shown in `language`.
    pub fn display_sha256(&self, language: &str) -> String {
        self.form.display_sha256(language)
    }

    fn draw(&self, node: usize) -> Screen {
        let own = self.ask(node);
        let media = self.media_around(node).into_iter().chain(own.media).collect();
        let around = self.context(node);
        let formatted = self.formatted(node, &around, self.formatted_help(node));
        let context = around.into_iter().map(|(words, _)| words).collect();
        let (page, tabs) = (self.page(node), self.tabs(node));
        let (header, footer) =
            (self.running(Some(node), Role::Header), self.running(Some(node), Role::Footer));
        Screen { context, media, formatted, page, tabs, header, footer, ..own }
    }

    /// A question without what is around it.
    pub(super) fn ask(&self, node: usize) -> Screen {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let here = &self.tree.nodes[node];
        let item = self.item(node);
        let (place, total) = self.index.place_of(node);
        let is_question = item.question().is_some();
        Screen {
            key: self.tree.key(&self.form.form, node),
            link_id: item.link_id.clone(),
            position: count(place + 1),
            total: count(total),
            open_end: self.is_open(),
            language: self.language.clone(),
            direction: Direction::of(&self.language),
            context: Vec::new(),
            text: self.words(node),
            help: self.help(node),
            media: self.media(node),
            formatted: self.formatted(node, &[], self.formatted_help(node)),
            required: self.is_required(node),
            control: self.control(node),
            answers: here.answers.clone(),
            several: is_question && self.most(node) > 1,
            max_answers: self.limit(node),
            read_only: self.is_read_only(node),
            shown: if self.is_read_only(node) { self.answers_in_words(node) } else { None },
            skipped: here.skipped,
            missing: self.index.has(node, MISSING),
            warnings: self.warnings_of(node),
            can_go_back: place > 0,
            page: None,
            tabs: Vec::new(),
            header: Vec::new(),
            footer: Vec::new(),
        }
    }

    /// The bytes of a medium that a screen named.
    pub fn medium(&self, id: &str) -> Option<&MediumData> {
        self.form.medium(id)
    }

    /// What is shown before a screen: of the groups around it, and of its lead-ins.
    fn media_around(&self, node: usize) -> Vec<Medium> {
        let form = &self.form.form;
        let parents = std::iter::successors(self.tree.parent(form, node), |&at| self.tree.parent(form, at));
        let groups = parents.filter(|&at| matches!(self.item(at).kind, Kind::Group));
        let mut around: Vec<usize> = self.leading_in(node).chain(groups).collect();
        around.sort_by_key(|&at| self.tree.nodes[at].item);
        around.into_iter().filter_map(|at| self.medium_of(at)).collect()
    }

    /// What is shown with a node: its own, and that of its help.
    pub(super) fn media(&self, node: usize) -> Vec<Medium> {
        std::iter::once(node)
            .chain(self.beside_in(node, Role::Help))
            .filter_map(|at| self.medium_of(at))
            .collect()
    }

    fn medium_of(&self, node: usize) -> Option<Medium> {
        Some(self.item(node).media.as_ref()?.shown(&self.language))
    }

    /// The texts of the groups around and of the lead-ins before a node, in document order, each with its formatted form.
    fn context(&self, node: usize) -> Vec<(String, Option<Vec<Block>>)> {
        let form = &self.form.form;
        // Along one path, the order of items is the order of the document.
        let lead_in = |text: usize| (self.tree.nodes[text].item, self.words(text), self.blocks(text));
        let mut around: Vec<(usize, String, Option<Vec<Block>>)> =
            self.leading_in(node).map(lead_in).collect();
        let mut here = node;
        while let Some(parent) = self.tree.parent(form, here) {
            let item = self.item(parent);
            if matches!(item.kind, Kind::Group) && item.text.is_some() {
                let instances = &self.tree.nodes[parent].inner;
                let number =
                    instances.iter().position(|&instance| instance == self.tree.nodes[here].instance);
                let (mut words, mut blocks) = (self.words(parent), self.blocks(parent));
                if let Some(number) = number.filter(|_| instances.len() > 1) {
                    words = numbered(&words, number + 1);
                    let number = format!("({})", number + 1);
                    if let Some(blocks) = &mut blocks {
                        formatted::around(blocks, None, Some(number));
                    }
                }
                around.push((self.tree.nodes[parent].item, words, blocks));
            }
            here = parent;
        }
        around.sort_by_key(|(item, ..)| *item);
        around.into_iter().map(|(_, words, blocks)| (words, blocks)).collect()
    }

    /// The text of a node with its prefix, as its author formatted it and set it apart; none where it is plain.
    pub(super) fn blocks(&self, node: usize) -> Option<Vec<Block>> {
        let item = self.item(node);
        let own = self.own_blocks(node);
        if !matches!(item.kind, Kind::Display(_)) {
            return own;
        }
        // Texts inside a text are read with it.
        let inside: Vec<(usize, Option<Vec<Block>>)> =
            self.beside_in(node, Role::Help).map(|child| (child, self.blocks(child))).collect();
        let plain = own.is_none() && inside.iter().all(|(_, blocks)| blocks.is_none());
        if plain && (item.category.is_none() || self.words(node).is_empty()) {
            return None;
        }
        let words = self.own_words(node);
        let plain = || if words.is_empty() { Vec::new() } else { vec![formatted::paragraph(&words)] };
        let mut content = own.unwrap_or_else(plain);
        for (child, blocks) in inside {
            content.extend(blocks.unwrap_or_else(|| vec![formatted::paragraph(&self.words(child))]));
        }
        content.extend(self.links(node).iter().map(|words| formatted::paragraph(words)));
        Some(match item.category {
            Some(category) => vec![Block::Note { category, content }],
            None => content,
        })
    }

    /// The same without what stands inside it.
    fn own_blocks(&self, node: usize) -> Option<Vec<Block>> {
        let item = self.item(node);
        let mut blocks = item.text.as_ref()?.formatted(&self.language)?.to_vec();
        if self.computed_text(node).is_some() {
            return None;
        }
        let prefix = item.prefix.as_ref().map(|prefix| prefix.text(&self.language).to_owned());
        formatted::around(&mut blocks, prefix, None);
        Some(blocks)
    }

    /// The text of a node with its prefix, as it is and as its author formatted it.
    pub(super) fn said(&self, node: usize) -> PageText {
        PageText { text: self.words(node), formatted: self.blocks(node).unwrap_or_default() }
    }

    /// The help of a question as its author formatted it; empty where all of it is plain.
    pub(super) fn formatted_help(&self, node: usize) -> Vec<Block> {
        let helpers = || self.beside_in(node, Role::Help);
        if !helpers().any(|child| self.blocks(child).is_some()) {
            return Vec::new();
        }
        let own = helpers().flat_map(|child| {
            self.blocks(child).unwrap_or_else(|| vec![formatted::paragraph(&self.words(child))])
        });
        let rest = self.links(node).into_iter().chain(self.format_hint(node));
        own.chain(rest.map(|words| formatted::paragraph(&words))).collect()
    }

    /// The formatted texts of a question with what is around it and this help, where there are any.
    fn formatted(
        &self,
        node: usize,
        around: &[(String, Option<Vec<Block>>)],
        help: Vec<Block>,
    ) -> Option<FormattedTexts> {
        let found = FormattedTexts {
            text: self.blocks(node).unwrap_or_default(),
            context: around.iter().map(|(_, blocks)| blocks.clone().unwrap_or_default()).collect(),
            help,
        };
        let plain = found.text.is_empty() && found.help.is_empty() && found.context.iter().all(Vec::is_empty);
        (!plain).then_some(found)
    }

    /// The text of an item, with its prefix.
    pub(super) fn words(&self, node: usize) -> String {
        let item = self.item(node);
        let words = self.own_words(node);
        // Texts inside a text are read with it.
        let index = self.tree.nodes[node].item;
        if matches!(item.kind, Kind::Display(_)) && (item.end > index + 1 || !item.links.is_empty()) {
            let inside = self.displays(node, Role::Help).into_iter().chain(self.links(node));
            return std::iter::once(words).chain(inside).collect::<Vec<_>>().join("\n");
        }
        words
    }

    /// The same without what stands inside it.
    pub(super) fn own_words(&self, node: usize) -> String {
        let item = self.item(node);
        let text = match self.computed_text(node) {
            Some(text) => text,
            None => item.text.as_ref().map(|text| text.text(&self.language)).unwrap_or_default().to_owned(),
        };
        match &item.prefix {
            Some(prefix) => format!("{} {text}", prefix.text(&self.language)),
            None => text,
        }
    }

    /// The display items of one role that stand under a question and are shown now.
    pub(super) fn displays(&self, question: usize, role: Role) -> Vec<String> {
        self.beside_in(question, role).map(|child| self.words(child)).collect()
    }

    /// The same as nodes.
    pub(super) fn beside_in(&self, question: usize, role: Role) -> impl Iterator<Item = usize> + '_ {
        let is_it = move |child: &usize| {
            self.is_shown(*child) && matches!(self.item(*child).kind, Kind::Display(found) if found == role)
        };
        self.tree.beside(&self.form.form, question).filter(is_it)
    }

    /// The texts that are shown with a question or a page because they lead in to it, and stand on no screen of their own.
    fn leading_in(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let is_led_to = self.item(node).question().is_some() || self.is_page(node);
        let leads_in = move |text: &usize| self.is_shown(*text) && !self.index.has(*text, SCREEN);
        self.index.lead_ins(node).filter(move |_| is_led_to).filter(leads_in)
    }

    /// `entryFormat`, where the control does not show it itself.
    fn format_hint(&self, node: usize) -> Option<String> {
        let question = self.item(node).question()?;
        let hint = question.hint.as_ref()?.text(&self.language);
        let shows = matches!(&question.asks, Asks::Text(text) if !text.lines) && !question.chooses();
        (!shows).then(|| hint.to_owned())
    }

    /// Where more is said about an item, one line each.
    fn links(&self, node: usize) -> Vec<String> {
        self.item(node).links.iter().map(|link| link.text(&self.language).to_owned()).collect()
    }

    pub(super) fn help(&self, node: usize) -> Option<String> {
        let mut help = self.displays(node, Role::Help);
        help.extend(self.links(node));
        help.extend(self.format_hint(node));
        (!help.is_empty()).then(|| help.join("\n"))
    }
}
