//! Pages: question after question, as they come and go, and then on.

use super::{MOST_ADDED, Respondent, Stuck, TRIES};
use crate::{Action, AnswerError, Page, Part, Position, Screen};

/// How many steps a page takes at most.
const STEPS: usize = 2_000;

impl Respondent<'_> {
    /// Answers what is on a page, or leaves it out, and goes on.
    pub(super) fn pass_page(&mut self, screen: &Screen) -> Result<(), Stuck> {
        if let Some(page) = &screen.page {
            self.again(page)?;
            self.grow(page)?;
        }
        let mut tries = 0;
        for _ in 0..STEPS {
            let Position::Screen { screen: now } = self.session.screen() else { return Ok(()) };
            let Some(page) = now.page.as_ref().filter(|_| now.key == screen.key) else { return Ok(()) };
            if let Some(question) = page.questions().into_iter().find(|question| question.missing) {
                self.settle(question)?;
                continue;
            }
            let wrong = match self.act(&Action::Next) {
                Ok(()) => return Ok(()),
                Err(AnswerError::Constraint { key, .. }) if tries < TRIES => key,
                Err(error) => return Err(Stuck::At { key: now.key, error }),
            };
            tries += 1;
            if let Some(question) = page.questions().into_iter().find(|question| question.key == wrong) {
                self.settle(question)?;
            }
        }
        Err(Stuck::Endless(STEPS))
    }

    /// Answers a question on the page, or leaves it out.
    fn settle(&mut self, question: &Screen) -> Result<(), Stuck> {
        let key = &question.key;
        let mut last = None;
        if question.required || self.is_eager || !self.chance.one_in(5) {
            for _ in 0..TRIES {
                let answers = self.answers(question, last.as_ref());
                match self.act(&Action::Answer { key: key.clone(), answers }) {
                    Ok(()) if !self.session.missing().contains(key) => return Ok(()),
                    Ok(()) => {}
                    Err(error) => last = Some(error),
                }
            }
        }
        let skipped = self.act(&Action::Skip { key: key.clone() });
        skipped.map_err(|error| Stuck::At { key: key.clone(), error: last.unwrap_or(error) })
    }

    /// Changes the question that the patient was led to, or any where all are answered: one that was may be wrong.
    fn again(&mut self, page: &Page) -> Result<(), Stuck> {
        let asked: Vec<&Screen> =
            page.questions().into_iter().filter(|question| !question.read_only).collect();
        let led_to = asked.iter().find(|question| page.focus.as_ref() == Some(&question.key));
        let any =
            || asked.get(self.chance.below(asked.len())).filter(|_| !asked.iter().any(|one| one.missing));
        match led_to.or_else(any) {
            Some(question) => self.settle(question),
            None => Ok(()),
        }
    }

    /// Begins further instances of what repeats on the page, and takes some away.
    fn grow(&mut self, page: &Page) -> Result<(), Stuck> {
        let mut groups = Vec::new();
        repeating(&page.parts, &mut groups);
        for (key, numbers, can_add, can_remove) in groups {
            let stuck = |error| Stuck::At { key: key.clone(), error };
            let taken = numbers.get(self.chance.below(numbers.len()));
            if let Some(&instance) = taken.filter(|_| can_remove && self.chance.one_in(6)) {
                self.act(&Action::RemoveInstance { key: key.clone(), instance }).map_err(stuck)?;
            } else if can_add && (numbers.len() as u64) <= MOST_ADDED && self.chance.one_in(2) {
                self.act(&Action::AddInstance { key: key.clone() }).map_err(stuck)?;
            }
        }
        Ok(())
    }
}

type Repeating = (String, Vec<u32>, bool, bool);

/// What repeats, without what repeats inside it: that may be gone by then.
fn repeating(parts: &[Part], found: &mut Vec<Repeating>) {
    for part in parts {
        match part {
            Part::Group { parts, .. } => repeating(parts, found),
            Part::Instances { key, instances, can_add, can_remove, .. } => {
                let numbers = instances.iter().map(|instance| instance.number).collect();
                found.push((key.clone(), numbers, *can_add, *can_remove));
            }
            Part::Table { table } => {
                let numbers = table.rows.iter().filter_map(|row| row.number).collect();
                found.push((table.key.clone(), numbers, table.can_add, table.can_remove));
            }
            Part::Text { .. } | Part::Question { .. } => {}
        }
    }
}
