//! What the functions of an expression read, and where their results come from.

use std::collections::BTreeSet;

use super::picked::picked;
use super::{Finder, Source};
use crate::Item;
use crate::syntax::{Call, Expr, Function, Head, Path};

impl Finder<'_> {
    pub(super) fn call(&mut self, call: &Call, source: Source, this: Source) -> Source {
        use Function as F;
        match call.function {
            F::Where => {
                let inner = self.picking(call.arguments.first(), source);
                self.counting(source, |finder| {
                    for argument in &call.arguments {
                        finder.criterion(argument, inner);
                    }
                });
                inner
            }
            // Their results are the items that the projection finds.
            F::Select | F::Repeat | F::RepeatAll => {
                let projected = self.counting(source, |finder| {
                    call.arguments.first().map(|projection| finder.expression(projection, source))
                });
                let found = projected.unwrap_or(Source::Fixed);
                // Whatever it makes of each item, there are as many as there are items.
                if found == Source::Fixed {
                    self.read(source);
                }
                // What a repetition finds is what it looks through next.
                if call.function != F::Select && found != source {
                    let again = call.arguments.first().map(|projection| self.expression(projection, found));
                    return again.map_or(found, |again| self.merge(again, found));
                }
                found
            }
            F::Children | F::Descendants => match source {
                Source::Fixed => source,
                Source::PickedAnswers(picks) | Source::Items(picks) | Source::Below(picks) => {
                    Source::Below(picks)
                }
                _ => Source::Open,
            },
            // Which one that is depends on which others are there.
            F::First | F::Last | F::Tail | F::Single | F::Distinct | F::Skip | F::Take => {
                self.read(source);
                self.body(&call.arguments, this);
                source
            }
            F::Trace | F::OfType | F::As => {
                self.body(&call.arguments, this);
                source
            }
            F::Union | F::Combine | F::Coalesce => {
                if call.function == F::Coalesce {
                    self.read(source);
                }
                call.arguments.iter().fold(source, |source, argument| {
                    let other = self.expression(argument, this);
                    self.merge(source, other)
                })
            }
            F::Iif => {
                // It is an error on more than one item.
                if source != this {
                    self.read(source);
                }
                let mut arguments = call.arguments.iter();
                let criterion =
                    arguments.next().map_or(Source::Fixed, |criterion| self.expression(criterion, source));
                self.read(criterion);
                arguments.fold(Source::Fixed, |found, argument| {
                    let other = self.expression(argument, source);
                    self.merge(found, other)
                })
            }
            F::DefineVariable => {
                let value = call.arguments.get(1).map_or(source, |value| self.expression(value, source));
                match call.arguments.first() {
                    Some(Expr::Path(Path { head: Head::Literal(Item::String(name)), steps, .. }))
                        if steps.is_empty() =>
                    {
                        self.defined.push((name.to_string(), value));
                    }
                    // A name that is computed could be any.
                    _ => self.references.everything = true,
                }
                source
            }
            // A reference can lead anywhere in the resource.
            F::Resolve => {
                self.read(source);
                if source == Source::Fixed { source } else { Source::Open }
            }
            F::Now | F::Today | F::TimeOfDay => {
                self.references.clock = true;
                Source::Fixed
            }
            // All answers at any depth.
            F::Answers if source == Source::Own => {
                self.references.context = true;
                self.references.own_answers = true;
                self.references.own_inside = true;
                Source::Fixed
            }
            // The others read what they are applied to, and their arguments.
            function => {
                self.read(source);
                let inner = if matches!(function, F::Exists | F::All | F::Aggregate) { source } else { this };
                self.body(&call.arguments, inner);
                if function == F::Aggregate { source } else { Source::Fixed }
            }
        }
    }

    /// Where the items come from that `where()` looks at more closely: those that its criterion names.
    fn picking(&mut self, criterion: Option<&Expr>, source: Source) -> Source {
        if source == Source::Fixed {
            // Items of the form, or of what somebody else defined: no answer of the response is read.
            let named = criterion.and_then(|criterion| picked(criterion, None));
            self.references.named.extend(named.unwrap_or_default());
            return source;
        }
        match criterion.and_then(|criterion| self.picked(criterion)) {
            Some(link_ids) => {
                self.references.link_ids.extend(link_ids.iter().cloned());
                let picks: BTreeSet<String> = link_ids.into_iter().collect();
                Source::Items(self.pick(picks))
            }
            None => source,
        }
    }
}
