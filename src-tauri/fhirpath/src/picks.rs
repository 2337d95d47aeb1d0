//! The items of one resource by their `linkId`, found once for all expressions that pick them.
//!
//! `%resource.item.item.where(linkId = 'a')` looks at every item there is: a form with as many such expressions as items
//! takes the square of their number. What stands before the `where()` is the same for all of them, so it is evaluated
//! once and kept in the order of the `linkId`s.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::rc::Rc;

use fhir::{Value, Version};

use crate::references::fitting::Pattern;
use crate::references::picked::{is_link_id, literals};
use crate::syntax::{Call, Chain, Expr, Function, Head, LinkKind, Operator, Path, StepKind};
use crate::types::Types;
use crate::{Collection, Item, Node};

/// So many items are kept of all paths together; what goes beyond is evaluated each time.
const ROOM: usize = 200_000;

/// What [`crate::Context::picks`] takes: the items of one resource by their `linkId`, kept from one evaluation to the next.
///
/// Results are the same with and without; only the steps are fewer.
pub struct Picks<'a> {
    resource: &'a Value,
    types: &'static Types,
    kept: RefCell<Kept<'a>>,
}

#[derive(Default)]
struct Kept<'a> {
    paths: HashMap<String, Option<Rc<Found<'a>>>>,
    items: usize,
}

impl<'a> Picks<'a> {
    /// Of `resource`, which has to be the context's.
    pub fn new(release: Version, resource: &'a Value) -> Self {
        Self { resource, types: Types::of(release), kept: RefCell::default() }
    }

    /// Whether it is of this resource, with these types.
    pub(crate) fn is_of(&self, resource: Option<&Node<'a>>, types: &Types) -> bool {
        let same = resource.and_then(Node::value).is_some_and(|value| std::ptr::eq(value, self.resource));
        same && std::ptr::eq(types, self.types)
    }

    /// What a path finds, by its [`Key`]: `None` where it was not evaluated yet, `Some(None)` where it is not kept.
    #[allow(clippy::option_option)]
    pub(crate) fn get(&self, key: &Key) -> Option<Option<Rc<Found<'a>>>> {
        self.kept.borrow().paths.get(&key.0).cloned()
    }

    /// Keeps what a path finds, where there is room, and where each item has its `linkId` or none.
    pub(crate) fn keep(&self, key: &Key, whole: &[Item<'a>]) -> Option<Rc<Found<'a>>> {
        let mut kept = self.kept.borrow_mut();
        let takes = 1 + key.0.len() / 64;
        if kept.items + takes > ROOM {
            return None;
        }
        kept.items += takes;
        let found = Found::of(whole, self.types).filter(|found| kept.items + found.items.len() <= ROOM);
        kept.items += found.as_ref().map_or(0, |found| found.items.len());
        let found = found.map(Rc::new);
        kept.paths.insert(key.0.clone(), found.clone());
        found
    }
}

impl fmt::Debug for Picks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Picks(…)")
    }
}

/// What a path finds: its items that have a `linkId`, by it, each with its place among all.
pub(crate) struct Found<'a> {
    items: Vec<(&'a str, usize, Item<'a>)>,
    /// Each item has a `linkId`.
    complete: bool,
}

impl<'a> Found<'a> {
    /// `None` where a `linkId` is not a plain string: it is left to the evaluation to say what that means.
    fn of(whole: &[Item<'a>], types: &Types) -> Option<Self> {
        let mut items = Vec::new();
        for (place, item) in whole.iter().enumerate() {
            let node = item.as_node()?;
            let is_link_id = |name: &str| name.trim_start_matches('_').starts_with("linkId");
            let members = node.element().into_iter().flat_map(fhir::Object::iter);
            let mut named = members.map(|(name, _)| name).filter(|name| is_link_id(name));
            match (named.next(), named.next()) {
                (None, _) => {}
                (Some("linkId"), None) => {
                    items.push((node.plain_text("linkId", types)?, place, item.clone()));
                }
                _ => return None,
            }
        }
        let complete = items.len() == whole.len();
        items.sort_unstable_by_key(|(link_id, place, _)| (*link_id, *place));
        items.shrink_to_fit();
        Some(Self { items, complete })
    }

    /// The items whose `linkId` begins so.
    fn starting(&self, start: &str) -> &[(&'a str, usize, Item<'a>)] {
        let from = self.items.partition_point(|(link_id, ..)| *link_id < start);
        let those = self.items.get(from..).unwrap_or_default();
        let count = those.partition_point(|(link_id, ..)| link_id.starts_with(start));
        those.get(..count).unwrap_or_default()
    }

    /// How many comparisons it takes to find the items that are wanted.
    pub(crate) fn cost(&self, wanted: &Wanted<'_>) -> usize {
        match wanted {
            Wanted::Named(link_ids) => 1 + link_ids.len(),
            Wanted::Fitting(pattern) => 1 + self.starting(pattern.start).len() * pattern.comparisons,
        }
    }

    /// The items that are wanted and their places, in their order.
    pub(crate) fn with(&self, wanted: &Wanted<'_>) -> Vec<(usize, Item<'a>)> {
        let mut found = Vec::new();
        match wanted {
            Wanted::Named(link_ids) => {
                for wanted in link_ids {
                    let from = self.items.partition_point(|(link_id, ..)| *link_id < wanted.as_str());
                    let these =
                        self.items.iter().skip(from).take_while(|(link_id, ..)| *link_id == wanted.as_str());
                    found.extend(these.map(|(_, place, item)| (*place, item.clone())));
                }
            }
            Wanted::Fitting(pattern) => {
                let these = self.starting(pattern.start).iter().filter(|(link_id, ..)| pattern.fits(link_id));
                found.extend(these.map(|(_, place, item)| (*place, item.clone())));
            }
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        found.dedup_by_key(|(place, _)| *place);
        found
    }

    /// Whether it can answer this criterion.
    pub(crate) fn answers(&self, criterion: &Criterion<'_>) -> bool {
        criterion.alone || self.complete
    }
}

/// Which `linkId`s a criterion demands.
pub(crate) enum Wanted<'e> {
    /// One of these.
    Named(Vec<String>),
    /// One that fits.
    Fitting(Pattern<'e>),
}

/// A criterion that holds only for items with one of some `linkId`s.
pub(crate) struct Criterion<'e> {
    pub(crate) wanted: Wanted<'e>,
    /// It holds for all of them. Otherwise it demands more, of each item that has a `linkId` only after that one was seen
    /// to be among these.
    pub(crate) alone: bool,
}

impl<'e> Criterion<'e> {
    pub(crate) fn of(call: &'e Call) -> Option<Self> {
        let criterion = call.arguments.first().filter(|_| call.function == Function::Where)?;
        if let Some(link_ids) = exactly(criterion) {
            return Some(Self { wanted: Wanted::Named(link_ids), alone: true });
        }
        if let Expr::Chain(chain) = criterion
            && chain.rest.iter().all(|link| matches!(link.kind, LinkKind::Binary(Operator::And, _)))
            && let Some(link_ids) = exactly(&chain.first)
        {
            return Some(Self { wanted: Wanted::Named(link_ids), alone: false });
        }
        let pattern = Pattern::of(criterion)?;
        Some(Self { alone: pattern.alone, wanted: Wanted::Fitting(pattern) })
    }
}

/// The `linkId`s of the items for which a criterion holds, where it is about nothing else.
fn exactly(criterion: &Expr) -> Option<Vec<String>> {
    let chain = match criterion {
        Expr::Chain(chain) => chain,
        Expr::Path(Path { head: Head::Group(inner), steps, .. }) if steps.is_empty() => {
            return exactly(inner);
        }
        _ => return None,
    };
    let Chain { first, rest } = &**chain;
    let mut operators = rest.iter().map(|link| match &link.kind {
        LinkKind::Binary(operator, right) => Some((*operator, right)),
        _ => None,
    });
    if rest.len() == 1 {
        let (operator, right) = operators.next()??;
        return match operator {
            Operator::Equal if is_link_id(first) => literals(right).filter(|all| all.len() == 1),
            Operator::Equal if is_link_id(right) => literals(first).filter(|all| all.len() == 1),
            Operator::In if is_link_id(first) => literals(right),
            Operator::Contains if is_link_id(right) => literals(first),
            Operator::Or => Some([exactly(first)?, exactly(right)?].concat()),
            _ => None,
        };
    }
    let mut found = exactly(first)?;
    for link in operators {
        let (Operator::Or, right) = link? else { return None };
        found.extend(exactly(right)?);
    }
    Some(found)
}

/// A path from the resource, written so that paths which differ are written differently: names stand in quotes.
#[derive(Default)]
pub(crate) struct Key(String);

impl Key {
    /// Adds a step; `false` where its result depends on more than what it is applied to.
    pub(crate) fn add(&mut self, step: &StepKind) -> bool {
        match step {
            StepKind::Member(member) => self.write(format_args!(".{:?}", member.name)),
            StepKind::Call(call) => match (call.function, call.arguments.as_slice()) {
                (Function::Children | Function::Descendants, []) => {
                    self.write(format_args!(".{}()", call.function.name()))
                }
                (Function::Repeat | Function::RepeatAll, [projection]) => {
                    self.write(format_args!(".{}(", call.function.name()))
                        && self.projection(projection)
                        && self.write(format_args!(")"))
                }
                _ => false,
            },
            StepKind::At(_) => false,
        }
    }

    /// Adds a `where()` that is about nothing but the `linkId`.
    pub(crate) fn pick(&mut self, criterion: &Criterion<'_>) -> bool {
        match &criterion.wanted {
            Wanted::Named(link_ids) => criterion.alone && self.write(format_args!("{link_ids:?}")),
            // What is found in these is not kept.
            Wanted::Fitting(_) => false,
        }
    }

    /// `item`, or `item | answer.item`.
    fn projection(&mut self, projection: &Expr) -> bool {
        match projection {
            Expr::Path(Path { head: Head::Member(member), steps, .. }) => {
                self.write(format_args!("{:?}", member.name))
                    && steps
                        .iter()
                        .all(|step| matches!(step.kind, StepKind::Member(_)) && self.add(&step.kind))
            }
            Expr::Chain(chain) => {
                self.projection(&chain.first)
                    && chain.rest.iter().all(|link| match &link.kind {
                        LinkKind::Binary(Operator::Union, right) => {
                            self.write(format_args!("|")) && self.projection(right)
                        }
                        _ => false,
                    })
            }
            _ => false,
        }
    }

    fn write(&mut self, text: fmt::Arguments<'_>) -> bool {
        self.0.write_fmt(text).is_ok()
    }
}

/// The items alone.
pub(crate) fn items(found: Vec<(usize, Item<'_>)>) -> Collection<'_> {
    found.into_iter().map(|(_, item)| item).collect()
}
