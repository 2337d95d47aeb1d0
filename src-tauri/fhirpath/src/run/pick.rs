//! Items that are picked by their `linkId`, from those that are kept.

use super::{Outcome, Run, Scope};
use crate::Collection;
use crate::picks::{Criterion, Key, Picks, items};
use crate::syntax::{Head, Path, StepKind};

impl<'a> Run<'_, 'a> {
    /// What the first steps of a path from `%resource` find, and how many steps those are: as far as items that are kept
    /// tell it. `None` where they tell nothing.
    pub(super) fn kept(
        &mut self,
        path: &Path,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Option<(Collection<'a>, usize)>> {
        let Some(picks) = self.context.picks.clone().filter(|picks| self.is_from(path, picks)) else {
            return Ok(None);
        };
        let mut key = Key::default();
        let mut so_far = None;
        for (place, step) in path.steps.iter().enumerate() {
            let criterion = match &step.kind {
                StepKind::Call(call) => Criterion::of(call).map(|criterion| (call, criterion)),
                _ => None,
            };
            let Some((call, criterion)) = criterion else {
                if key.add(&step.kind) {
                    continue;
                }
                break;
            };
            let known = if let Some(known) = picks.get(&key) {
                known
            } else {
                let (start, done) = match so_far.take() {
                    Some(so_far) => so_far,
                    None => (self.head(&path.head, scope).map_err(|failure| failure.at(path.at))?, 0),
                };
                let steps = path.steps.get(done..place).unwrap_or_default();
                let whole = self.steps_from(start, steps, scope)?;
                self.spend(whole.len())?;
                let known = picks.keep(&key, &whole);
                so_far = Some((whole, place));
                known
            };
            let Some(known) = known.filter(|known| known.answers(&criterion)) else { break };
            self.spend(known.cost(&criterion.wanted))?;
            let found = known.with(&criterion.wanted);
            self.spend(found.len())?;
            if key.pick(&criterion) {
                so_far = Some((items(found), place + 1));
                continue;
            }
            if criterion.alone {
                so_far = Some((items(found), place + 1));
                break;
            }
            let mut fit = Collection::new();
            for (index, item) in found {
                let holds = self.holds(call, &item, index, scope).map_err(|failure| failure.at(step.at))?;
                if holds == Some(true) {
                    fit.push(item);
                }
            }
            so_far = Some((fit, place + 1));
            break;
        }
        Ok(so_far)
    }

    /// Whether a path begins with the resource whose items are kept.
    fn is_from(&self, path: &Path, picks: &Picks<'a>) -> bool {
        let Head::Variable(name) = &path.head else { return false };
        &**name == "resource"
            && picks.is_of(self.context.resource.as_ref(), self.types)
            && !self.defined.iter().any(|(defined, _)| defined == name)
            && !self.context.variables.contains_key(&**name)
    }
}
