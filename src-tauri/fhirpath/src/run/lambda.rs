//! Which function does what, and the functions whose arguments are evaluated for each item.

use super::seen::Seen;
use super::{Outcome, Run, Scope, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Call, Expr, Function, Head, LinkKind, Operator};
use crate::{Collection, Item};

/// How many rounds `repeat()` may go: as deep as data can be nested.
const MAX_ROUNDS: usize = fhir::MAX_DEPTH;

impl<'a> Run<'_, 'a> {
    pub(super) fn call(
        &mut self,
        call: &Call,
        focus: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        use Function as F;
        match call.function {
            F::Where => self.filter(call, focus, scope),
            F::Select => self.select(call, &focus, scope),
            F::Repeat => self.repeat(call, &focus, scope, false),
            F::RepeatAll => self.repeat(call, &focus, scope, true),
            F::Exists if !call.arguments.is_empty() => {
                for (index, item) in focus.iter().enumerate() {
                    if self.holds(call, item, index, scope)? == Some(true) {
                        return Ok(one(true));
                    }
                }
                Ok(one(false))
            }
            F::All => {
                for (index, item) in focus.iter().enumerate() {
                    if self.holds(call, item, index, scope)? != Some(true) {
                        return Ok(one(false));
                    }
                }
                Ok(one(true))
            }
            F::Iif => self.iif(call, &focus, scope),
            F::Aggregate => self.aggregate(call, &focus, scope),
            F::Sort => self.sort(call, focus, scope),
            F::Coalesce => {
                for index in 0..call.arguments.len() {
                    let value = self.argument(call, index, scope)?;
                    if !value.is_empty() {
                        return Ok(value);
                    }
                }
                Ok(Collection::new())
            }
            F::DefineVariable => self.define(call, focus, scope),
            F::Trace => self.trace(call, focus, scope),
            F::Is | F::As | F::OfType => match &call.type_name {
                Some(name) if call.function == F::Is => self.is_type(&focus, name),
                Some(name) => self.as_type(focus, name, call.function == F::As),
                None => Ok(Collection::new()),
            },
            function => match function.group() {
                Group::Collections => self.collections(call, focus, scope),
                Group::Conversion => {
                    let unit = self.argument(call, 0, scope)?;
                    let unit = self.string(&unit, function.name())?;
                    self.conversion(function, &focus, unit.as_deref())
                }
                Group::Text => self.text(call, &focus, scope),
                Group::Math => self.math(call, &focus, scope),
                Group::Utility => self.utility(call, &focus, scope),
                Group::Fhir => self.fhir(call, focus, scope),
            },
        }
    }

    /// The first argument for one item.
    pub(super) fn apply(&mut self, argument: &Expr, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let defined = self.defined.len();
        let value = self.expression(argument, scope)?;
        self.defined.truncate(defined);
        Ok(value)
    }

    pub(super) fn holds(
        &mut self,
        call: &Call,
        item: &Item<'a>,
        index: usize,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Option<bool>> {
        let Some(criterion) = call.arguments.first() else { return Ok(None) };
        self.spend(1)?;
        if let Some(decided) = self.plain_criterion(criterion, item) {
            return Ok(Some(decided));
        }
        let value = self.apply(criterion, scope.on(std::slice::from_ref(item), Some(index)))?;
        Self::boolean(&value, call.function.name())
    }

    /// `linkId = 'a'`, or several of them joined by `or`: most criteria of forms are, and need no collections. `None`
    /// where the criterion or the data is of another kind.
    fn plain_criterion(&self, criterion: &Expr, item: &Item<'a>) -> Option<bool> {
        let Expr::Chain(chain) = criterion else { return None };
        let mut links = chain.rest.iter().map(|link| match &link.kind {
            LinkKind::Binary(operator, right) => Some((*operator, right)),
            _ => None,
        });
        let (operator, right) = links.next()??;
        match operator {
            Operator::Equal if chain.rest.len() == 1 => {
                let (Expr::Path(left), Expr::Path(right)) = (&chain.first, right) else { return None };
                let (Head::Member(member), Head::Literal(Item::String(text))) = (&left.head, &right.head)
                else {
                    return None;
                };
                if member.capital || !left.steps.is_empty() || !right.steps.is_empty() {
                    return None;
                }
                let found = item.as_node()?.plain_text(&member.name, self.types)?;
                Some(*found == **text)
            }
            Operator::Or => {
                let mut decided =
                    self.plain_criterion(&chain.first, item)? | self.plain_criterion(right, item)?;
                for link in links {
                    let (Operator::Or, right) = link? else { return None };
                    decided |= self.plain_criterion(right, item)?;
                }
                Some(decided)
            }
            _ => None,
        }
    }

    fn filter(
        &mut self,
        call: &Call,
        focus: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let mut found = Collection::new();
        for (index, item) in focus.into_iter().enumerate() {
            if self.holds(call, &item, index, scope)? == Some(true) {
                found.push(item);
            }
        }
        Ok(found)
    }

    fn select(&mut self, call: &Call, focus: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let mut found = Collection::new();
        let Some(projection) = call.arguments.first() else { return Ok(found) };
        for (index, item) in focus.iter().enumerate() {
            let part = self.apply(projection, scope.on(std::slice::from_ref(item), Some(index)))?;
            self.spend(part.len())?;
            found.extend(part);
        }
        Ok(found)
    }

    /// What the projection finds, and what it finds in that. `all` keeps equal items.
    fn repeat(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
        all: bool,
    ) -> Outcome<Collection<'a>> {
        let mut seen = Seen::default();
        let mut open: Collection<'a> = focus.into();
        let mut rounds = 0;
        while !open.is_empty() {
            rounds += 1;
            // Values that the expression makes anew each round could go on for ever; elements cannot.
            if all && rounds > MAX_ROUNDS {
                return Err(Wrong::Depth.into());
            }
            let next = self.select(call, &open, scope)?;
            open = Collection::new();
            for item in next {
                if all {
                    seen.items.push(item.clone());
                    open.push(item);
                } else if seen.add(&item, self)? {
                    open.push(item);
                }
            }
        }
        Ok(seen.items)
    }

    fn iif(&mut self, call: &Call, focus: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        Self::single(focus, "iif()")?;
        let inner = scope.on(focus, scope.index);
        let Some(criterion) = call.arguments.first() else { return Ok(Collection::new()) };
        let criterion = self.apply(criterion, inner)?;
        let branch = match Self::single(&criterion, "iif()")? {
            None => 2,
            Some(item) => match item.as_bool() {
                Some(true) => 1,
                Some(false) => 2,
                None => return Err(self.unfit("iif()", item)),
            },
        };
        match call.arguments.get(branch) {
            Some(result) => self.apply(result, inner),
            None => Ok(Collection::new()),
        }
    }

    /// Sorts by each key, the first first; what has no key comes first, and a minus sign turns the order round.
    fn sort(&mut self, call: &Call, focus: Collection<'a>, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let mut keyed: Vec<(Vec<Option<Item<'a>>>, Item<'a>)> = Vec::with_capacity(focus.len());
        for (index, item) in focus.into_iter().enumerate() {
            let mut keys = Vec::new();
            for argument in &call.arguments {
                let key = match argument {
                    Expr::Sign { operand, .. } => operand,
                    other => other,
                };
                let value = self.apply(key, scope.on(std::slice::from_ref(&item), Some(index)))?;
                keys.push(Self::single(&value, "sort()")?.cloned());
            }
            if call.arguments.is_empty() {
                keys.push(Some(item.clone()));
            }
            keyed.push((keys, item));
        }
        let mut failed = None;
        keyed.sort_by(|(left, _), (right, _)| {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                let order = match (left, right) {
                    (Some(left), Some(right)) => {
                        self.order(left, right, "sort()").unwrap_or_else(|failure| {
                            failed.get_or_insert(failure);
                            None
                        })
                    }
                    (left, right) => Some(left.is_some().cmp(&right.is_some())),
                };
                let order = order.unwrap_or(std::cmp::Ordering::Equal);
                let turned = matches!(call.arguments.get(index), Some(Expr::Sign { negative: true, .. }));
                if order.is_ne() {
                    return if turned { order.reverse() } else { order };
                }
            }
            std::cmp::Ordering::Equal
        });
        match failed {
            Some(failure) => Err(failure),
            None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
        }
    }

    fn define(
        &mut self,
        call: &Call,
        focus: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let name = self.argument(call, 0, scope)?;
        let expected = "the first argument is the variable's name";
        let name = self.string(&name, "defineVariable()")?;
        let name = name.ok_or(Wrong::Argument { function: "defineVariable()", expected })?;
        let taken = self.defined.iter().any(|(defined, _)| **defined == *name)
            || self.context.variables.contains_key(&*name)
            || self.fixed(&name).is_some();
        if taken {
            return Err(Wrong::VariableTaken(name.to_string()).into());
        }
        let value = match call.arguments.get(1) {
            Some(value) => self.apply(value, scope.on(&focus, scope.index))?,
            None => focus.clone(),
        };
        self.defined.push(((*name).into(), value));
        Ok(focus)
    }

    fn trace(&mut self, call: &Call, focus: Collection<'a>, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let name = self.argument(call, 0, scope)?;
        let name = self.string(&name, "trace()")?;
        let seen = match call.arguments.get(1) {
            Some(projection) => {
                let mut seen = Collection::new();
                for (index, item) in focus.iter().enumerate() {
                    seen.extend(self.apply(projection, scope.on(std::slice::from_ref(item), Some(index)))?);
                }
                Some(seen)
            }
            None => None,
        };
        if let Some(sink) = self.context.trace {
            sink(name.as_deref().unwrap_or_default(), seen.as_ref().unwrap_or(&focus));
        }
        Ok(focus)
    }

    /// `allTrue()` and its kin: whether `wanted` holds for all, or for any.
    pub(super) fn truths(&mut self, focus: &[Item<'a>], wanted: bool, all: bool) -> Outcome<Collection<'a>> {
        let mut result = all;
        for item in focus {
            let Some(value) = item.as_bool() else { return Err(self.unfit("allTrue()", item)) };
            if (value == wanted) != all {
                result = !all;
            }
        }
        Ok(one(result))
    }

    /// `not()`
    pub(super) fn not(focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        Ok(optional(Self::boolean(focus, "not()")?.map(|value| !value)))
    }
}

/// Where a function is.
pub(super) enum Group {
    Collections,
    Conversion,
    Text,
    Math,
    Utility,
    Fhir,
}

impl Function {
    fn group(self) -> Group {
        let place = self as usize;
        let upto = |last: Self| place <= last as usize;
        // The functions stand in this order.
        if upto(Self::Sort) {
            Group::Collections
        } else if upto(Self::ConvertsToText) {
            Group::Conversion
        } else if upto(Self::Join) {
            Group::Text
        } else if upto(Self::Precision) {
            Group::Math
        } else if upto(Self::Difference) {
            Group::Utility
        } else {
            Group::Fhir
        }
    }
}
