//! Screens with several questions: which page something stands on, and what is drawn there.

use super::Session;
use crate::{
    Column, Control, Page, PageInstance, Part, Row, Screen, Tab, Table, TableLayout,
    form::{Arrangement, Fold, Kind, Role},
};

impl Session {
    /// The page that a node stands on, or is.
    pub(super) fn page_of(&self, node: usize) -> Option<usize> {
        let page = self.item(node).page?;
        let mut here = node;
        while self.tree.nodes[here].item != page {
            here = self.tree.parent(&self.form.form, here)?;
        }
        Some(here)
    }

    pub(super) fn is_page(&self, node: usize) -> bool {
        self.item(node).page == Some(self.tree.nodes[node].item)
    }

    /// What stands on the page that a node is.
    pub(super) fn page(&self, node: usize) -> Option<Page> {
        let key = |node: usize| self.tree.key(&self.form.form, node);
        self.is_page(node).then(|| Page { parts: self.arranged(node, true), focus: self.focus.map(key) })
    }

    /// The tabs around a screen, of the nearest container.
    pub(super) fn tabs(&self, screen: usize) -> Vec<Tab> {
        let form = &self.form.form;
        let mut inside = screen;
        let container = loop {
            let Some(parent) = self.tree.parent(form, inside) else { return Vec::new() };
            if self.item(parent).arrangement == Arrangement::Tabs {
                break parent;
            }
            inside = parent;
        };
        let instance = self.tree.nodes[inside].instance;
        let tabs = if instance == self.tree.nodes[container].instance {
            self.tree.beside(form, container).collect::<Vec<_>>()
        } else {
            self.tree.inside(form, container, instance).collect()
        };
        let tab = |tab: usize| {
            let first = self.index.screen_inside(tab)?;
            Some(Tab {
                key: self.tree.key(form, first),
                text: self.words(tab),
                current: tab == inside,
                missing: self.index.misses_inside(tab),
            })
        };
        tabs.into_iter().filter_map(tab).collect()
    }

    /// What is inside a group, laid out as it says.
    fn arranged(&self, group: usize, is_page: bool) -> Vec<Part> {
        let text = if is_page { String::new() } else { self.words(group) };
        match self.item(group).arrangement {
            Arrangement::Options => self.options_table(group, text),
            Arrangement::Grid => self.grid(group, text),
            Arrangement::Instances => vec![Part::Table { table: self.instances_table(group, text) }],
            Arrangement::List | Arrangement::Tabs if self.item(group).is_repeating_group() => {
                self.repeated(group, text)
            }
            Arrangement::List | Arrangement::Tabs => {
                let parts = self.parts(self.tree.beside(&self.form.form, group));
                if is_page {
                    return parts;
                }
                self.folded(group, text, parts)
            }
        }
    }

    fn folded(&self, group: usize, text: String, parts: Vec<Part>) -> Vec<Part> {
        if parts.is_empty() {
            return parts;
        }
        let closed = self.item(group).fold.map(|fold| fold == Fold::Closed);
        vec![Part::Group { key: self.tree.key(&self.form.form, group), text, closed, parts }]
    }

    /// Of these nodes, what is shown. Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn parts(&self, nodes: impl Iterator<Item = usize>) -> Vec<Part> {
        let mut parts = Vec::new();
        for node in nodes.filter(|&node| self.is_shown(node)) {
            match &self.item(node).kind {
                Kind::Display(Role::Text) => {
                    let key = self.tree.key(&self.form.form, node);
                    let formatted = self.blocks(node).unwrap_or_default();
                    let (text, media) = (self.words(node), self.media(node));
                    parts.push(Part::Text { key, text, formatted, media });
                }
                Kind::Display(_) => {}
                Kind::Question(_) => {
                    parts.push(Part::Question { question: Box::new(self.ask(node)) });
                    parts.extend(self.parts(self.tree.beside(&self.form.form, node)));
                    for &answer in &self.tree.nodes[node].inner {
                        parts.extend(self.parts(self.tree.inside(&self.form.form, node, answer)));
                    }
                }
                Kind::Group => {
                    let inside = self.arranged(node, false);
                    let media = self.media(node);
                    if !inside.is_empty() && !media.is_empty() {
                        let key = self.tree.key(&self.form.form, node);
                        parts.push(Part::Text { key, text: String::new(), formatted: Vec::new(), media });
                    }
                    let is_list = matches!(inside.as_slice(), [Part::Group { .. }]);
                    if self.item(node).fold.is_some() && !is_list {
                        parts.extend(self.folded(node, self.words(node), inside));
                    } else {
                        parts.extend(inside);
                    }
                }
            }
        }
        parts
    }

    /// The questions among these nodes, those that are not shown as gaps, and the texts beside them.
    fn fields(&self, nodes: impl Iterator<Item = usize>) -> (Vec<Option<Screen>>, Vec<String>) {
        let (mut cells, mut texts) = (Vec::new(), Vec::new());
        for node in nodes.filter(|&node| !self.item(node).hidden) {
            match &self.item(node).kind {
                Kind::Display(Role::Text) if self.is_shown(node) => texts.push(self.words(node)),
                Kind::Question(_) => cells.push(self.is_shown(node).then(|| self.ask(node))),
                _ => {}
            }
        }
        (cells, texts)
    }

    /// A row for each question, a column for each option.
    fn options_table(&self, group: usize, text: String) -> Vec<Part> {
        let (questions, texts) = self.fields(self.tree.beside(&self.form.form, group));
        let questions: Vec<Screen> = questions.into_iter().flatten().collect();
        let column =
            |key: &str, text: &str| Column { key: key.to_owned(), text: text.to_owned(), help: None };
        let columns = match questions.first().map(|question| &question.control) {
            Some(Control::Choice { options, .. }) => options
                .iter()
                .map(|option| {
                    let prefix =
                        option.prefix.as_ref().map(|prefix| format!("{prefix} ")).unwrap_or_default();
                    column(&option.key, &format!("{prefix}{}", option.label))
                })
                .collect(),
            Some(Control::Boolean { yes, no }) => vec![column("true", yes), column("false", no)],
            _ => Vec::new(),
        };
        let rows: Vec<Row> = questions
            .into_iter()
            .map(|question| Row {
                key: question.key.clone(),
                number: None,
                text: question.text.clone(),
                cells: vec![Some(question)],
            })
            .collect();
        self.table(group, TableLayout::Options, text, (texts, columns, rows))
    }

    /// A row for each group inside, a column for each of its questions.
    fn grid(&self, group: usize, text: String) -> Vec<Part> {
        let form = &self.form.form;
        let (_, mut texts) = self.fields(self.tree.beside(form, group));
        let groups = self.tree.beside(form, group).filter(|&row| self.is_shown(row));
        let mut columns = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        for row in groups.filter(|&row| matches!(self.item(row).kind, Kind::Group)) {
            if columns.is_empty() {
                columns = self.columns(self.tree.beside(form, row));
            }
            let (cells, beside) = self.fields(self.tree.beside(form, row));
            texts.extend(beside);
            rows.push(Row { key: self.tree.key(form, row), number: None, text: self.words(row), cells });
        }
        self.table(group, TableLayout::Questions, text, (texts, columns, rows))
    }

    /// A row for each instance, a column for each question.
    fn instances_table(&self, group: usize, text: String) -> Table {
        let form = &self.form.form;
        let instances = &self.tree.nodes[group].inner;
        let mut texts = Vec::new();
        let mut rows = Vec::new();
        for &instance in instances {
            let (cells, beside) = self.fields(self.tree.inside(form, group, instance));
            if rows.is_empty() {
                texts = beside;
            }
            let number = u32::try_from(instance).ok();
            rows.push(Row { key: instance.to_string(), number, text: String::new(), cells });
        }
        let first = instances.first().map(|&first| self.columns(self.tree.inside(form, group, first)));
        let (can_add, can_remove) = self.changes(group);
        Table {
            key: self.tree.key(form, group),
            text,
            texts,
            layout: TableLayout::Questions,
            columns: first.unwrap_or_default(),
            rows,
            can_add,
            can_remove,
        }
    }

    /// The heads of the columns: what is asked in each.
    fn columns(&self, nodes: impl Iterator<Item = usize>) -> Vec<Column> {
        nodes
            .filter(|&node| self.item(node).question().is_some() && !self.item(node).hidden)
            .map(|node| Column {
                key: self.item(node).link_id.clone(),
                text: self.words(node),
                help: self.help(node),
            })
            .collect()
    }

    fn table(
        &self,
        group: usize,
        layout: TableLayout,
        text: String,
        (texts, columns, rows): (Vec<String>, Vec<Column>, Vec<Row>),
    ) -> Vec<Part> {
        if rows.is_empty() {
            return Vec::new();
        }
        let key = self.tree.key(&self.form.form, group);
        let table = Table { key, text, texts, layout, columns, rows, can_add: false, can_remove: false };
        vec![Part::Table { table }]
    }

    /// A group that repeats, one instance below the other.
    fn repeated(&self, group: usize, text: String) -> Vec<Part> {
        let form = &self.form.form;
        let instance = |&instance: &usize| PageInstance {
            number: u32::try_from(instance).unwrap_or(u32::MAX),
            parts: self.parts(self.tree.inside(form, group, instance)),
        };
        let instances: Vec<PageInstance> = self.tree.nodes[group].inner.iter().map(instance).collect();
        let (can_add, can_remove) = self.changes(group);
        vec![Part::Instances { key: self.tree.key(form, group), text, instances, can_add, can_remove }]
    }
}
