//! Screens with several questions: which page something stands on, and what is drawn there.

use super::Session;
use crate::{
    Block, Column, Control, Page, PageInstance, PageText, Part, Row, Screen, Tab, Table, TableLayout,
    form::{Arrangement, Fold, Kind, Role},
    formatted,
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
            let PageText { text, formatted } = self.said(tab);
            Some(Tab {
                key: self.tree.key(form, first),
                text,
                formatted,
                current: tab == inside,
                missing: self.index.misses_inside(tab),
            })
        };
        tabs.into_iter().filter_map(tab).collect()
    }

    /// What is inside a group, laid out as it says.
    fn arranged(&self, group: usize, is_page: bool) -> Vec<Part> {
        let heading = if is_page { PageText::default() } else { self.said(group) };
        match self.item(group).arrangement {
            Arrangement::Options => self.options_table(group, heading),
            Arrangement::Grid => self.grid(group, heading),
            Arrangement::Instances => vec![Part::Table { table: self.instances_table(group, heading) }],
            Arrangement::List | Arrangement::Tabs if self.item(group).is_repeating_group() => {
                self.repeated(group, heading)
            }
            Arrangement::List | Arrangement::Tabs => {
                let parts = self.parts(self.tree.beside(&self.form.form, group));
                if is_page {
                    return parts;
                }
                self.folded(group, heading, parts)
            }
        }
    }

    fn folded(&self, group: usize, heading: PageText, parts: Vec<Part>) -> Vec<Part> {
        if parts.is_empty() {
            return parts;
        }
        let closed = self.item(group).fold.map(|fold| fold == Fold::Closed);
        let PageText { text, formatted } = heading;
        vec![Part::Group { key: self.tree.key(&self.form.form, group), text, formatted, closed, parts }]
    }

    /// Of these nodes, what is shown. Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn parts(&self, nodes: impl Iterator<Item = usize>) -> Vec<Part> {
        let mut parts = Vec::new();
        for node in nodes.filter(|&node| self.is_shown(node)) {
            match &self.item(node).kind {
                Kind::Display(Role::Text) => {
                    let key = self.tree.key(&self.form.form, node);
                    let PageText { text, formatted } = self.said(node);
                    let media = self.media(node);
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
                        parts.extend(self.folded(node, self.said(node), inside));
                    } else {
                        parts.extend(inside);
                    }
                }
            }
        }
        parts
    }

    /// The questions among these nodes, those that are not shown as gaps, and the texts beside them.
    fn fields(&self, nodes: impl Iterator<Item = usize>) -> (Vec<Option<Screen>>, Vec<PageText>) {
        let (mut cells, mut texts) = (Vec::new(), Vec::new());
        for node in nodes.filter(|&node| !self.item(node).hidden) {
            match &self.item(node).kind {
                Kind::Display(Role::Text) if self.is_shown(node) => texts.push(self.said(node)),
                Kind::Question(_) => cells.push(self.is_shown(node).then(|| self.ask(node))),
                _ => {}
            }
        }
        (cells, texts)
    }

    /// A row for each question, a column for each option.
    fn options_table(&self, group: usize, heading: PageText) -> Vec<Part> {
        let (questions, texts) = self.fields(self.tree.beside(&self.form.form, group));
        let questions: Vec<Screen> = questions.into_iter().flatten().collect();
        let column = |key: &str, text: String, formatted: Vec<Block>| {
            let key = key.to_owned();
            Column { key, text, formatted, help: None }
        };
        let columns = match questions.first().map(|question| &question.control) {
            Some(Control::Choice { options, .. }) => options
                .iter()
                .map(|option| {
                    let mut formatted = option.formatted.clone().unwrap_or_default();
                    let text = match &option.prefix {
                        Some(prefix) => format!("{prefix} {}", option.label),
                        None => option.label.clone(),
                    };
                    if !formatted.is_empty() {
                        formatted::around(&mut formatted, option.prefix.clone(), None);
                    }
                    column(&option.key, text, formatted)
                })
                .collect(),
            Some(Control::Boolean { yes, no }) => {
                vec![column("true", yes.clone(), Vec::new()), column("false", no.clone(), Vec::new())]
            }
            _ => Vec::new(),
        };
        let rows: Vec<Row> = questions
            .into_iter()
            .map(|question| Row {
                key: question.key.clone(),
                number: None,
                text: question.text.clone(),
                formatted: question.formatted.as_ref().map(|own| own.text.clone()).unwrap_or_default(),
                cells: vec![Some(question)],
            })
            .collect();
        self.table(group, TableLayout::Options, heading, (texts, columns, rows))
    }

    /// A row for each group inside, a column for each of its questions.
    fn grid(&self, group: usize, heading: PageText) -> Vec<Part> {
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
            let PageText { text, formatted } = self.said(row);
            rows.push(Row { key: self.tree.key(form, row), number: None, text, formatted, cells });
        }
        self.table(group, TableLayout::Questions, heading, (texts, columns, rows))
    }

    /// A row for each instance, a column for each question.
    fn instances_table(&self, group: usize, heading: PageText) -> Table {
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
            let PageText { text, formatted } = PageText::default();
            rows.push(Row { key: instance.to_string(), number, text, formatted, cells });
        }
        let first = instances.first().map(|&first| self.columns(self.tree.inside(form, group, first)));
        let (can_add, can_remove) = self.changes(group);
        Table {
            key: self.tree.key(form, group),
            text: heading.text,
            formatted: heading.formatted,
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
            .map(|node| {
                let PageText { text, formatted } = self.said(node);
                let help =
                    self.help(node).map(|text| PageText { text, formatted: self.formatted_help(node) });
                Column { key: self.item(node).link_id.clone(), text, formatted, help }
            })
            .collect()
    }

    fn table(
        &self,
        group: usize,
        layout: TableLayout,
        heading: PageText,
        (texts, columns, rows): (Vec<PageText>, Vec<Column>, Vec<Row>),
    ) -> Vec<Part> {
        if rows.is_empty() {
            return Vec::new();
        }
        let key = self.tree.key(&self.form.form, group);
        let PageText { text, formatted } = heading;
        let (can_add, can_remove) = (false, false);
        let table = Table { key, text, formatted, texts, layout, columns, rows, can_add, can_remove };
        vec![Part::Table { table }]
    }

    /// A group that repeats, one instance below the other.
    fn repeated(&self, group: usize, heading: PageText) -> Vec<Part> {
        let form = &self.form.form;
        let instance = |&instance: &usize| PageInstance {
            number: u32::try_from(instance).unwrap_or(u32::MAX),
            parts: self.parts(self.tree.inside(form, group, instance)),
        };
        let instances: Vec<PageInstance> = self.tree.nodes[group].inner.iter().map(instance).collect();
        let (can_add, can_remove) = self.changes(group);
        let (key, PageText { text, formatted }) = (self.tree.key(form, group), heading);
        vec![Part::Instances { key, text, formatted, instances, can_add, can_remove }]
    }
}
