//! Headers and footers: which of them stand on a screen, and once each in the review.

use super::Session;
use crate::{
    PageText, ReviewRow, RunningText,
    form::{Kind, Role},
};

impl Session {
    /// The headers or footers of a screen: those of the form, and of each group around it or that it is. Where no screen
    /// is known yet, those of the form.
    pub(super) fn running(&self, screen: Option<usize>, role: Role) -> Vec<RunningText> {
        let form = &self.form.form;
        let here = screen.map(|screen| &self.tree.nodes[screen]);
        let is_around =
            |group: usize| here.is_some_and(|here| (group..form.items[group].end).contains(&here.item));
        let mut texts = Vec::new();
        for &item in &form.running {
            let stands_here = form.items[item].parent.is_none_or(is_around);
            if stands_here
                && matches!(form.items[item].kind, Kind::Display(found) if found == role)
                && let Some(node) = self.tree.around(form, here.map_or(0, |here| here.instance), item)
            {
                self.collect(node, &mut texts);
            }
        }
        texts
    }

    /// The texts of one, and of those inside it. Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn collect(&self, node: usize, texts: &mut Vec<RunningText>) {
        if !self.is_shown(node) {
            return;
        }
        let form = &self.form.form;
        let (PageText { text, formatted }, media) = (self.said(node), self.media(node));
        if !text.is_empty() || !media.is_empty() {
            texts.push(RunningText { key: self.tree.key(form, node), text, formatted, media });
        }
        for inside in self.tree.beside(form, node) {
            if matches!(self.item(inside).kind, Kind::Display(Role::Header | Role::Footer)) {
                self.collect(inside, texts);
            }
        }
    }

    /// Puts each before the first or after the last of the rows that it stands with. Of a group that repeats, the first
    /// instance says it for all.
    pub(super) fn run_along(&self, rows: &mut [ReviewRow]) {
        let form = &self.form.form;
        for &item in &form.running {
            let mut texts = Vec::new();
            let Some(node) = self.tree.of_item(form, item).find(|&node| self.is_shown(node)) else {
                continue;
            };
            self.collect(node, &mut texts);
            let with =
                self.tree.parent(form, node).map_or(0..rows.len(), |group| self.index.rows_inside(group));
            let is_header = matches!(form.items[item].kind, Kind::Display(Role::Header));
            let at = if is_header { Some(with.start) } else { with.end.checked_sub(1) };
            if let Some(row) = at.filter(|at| with.contains(at)).and_then(|at| rows.get_mut(at)) {
                if is_header { &mut row.header } else { &mut row.footer }.extend(texts);
            }
        }
    }
}
