//! Which of a form's items a criterion such as `linkId.startsWith('…')` can hold for.
//!
//! A criterion about nothing but the `linkId`, with constants, says the same of an item however it is answered. So it is
//! tried on the form's `linkId`s once, and what it picks is a list of names, as if the author had written them all.

use std::cell::Cell;

use regex::Regex;

use super::picked::{is_link_id, literal_texts};
use crate::Item;
use crate::syntax::{Call, Expr, Function, Head, LinkKind, Operator, Path, Step, StepKind};

/// So many comparisons of a `linkId` with a constant are made for one form: a fraction of a second.
const MOST_COMPARISONS: usize = 5_000_000;

/// The `linkId`s of a form, in which criteria find theirs.
#[derive(Debug)]
pub struct LinkIds {
    sorted: Vec<String>,
    left: Cell<usize>,
}

impl LinkIds {
    /// All of a form. Together, its expressions may make five million comparisons with them; what a further criterion
    /// picks is not known.
    pub fn new<T: Into<String>>(link_ids: impl IntoIterator<Item = T>) -> Self {
        let mut sorted: Vec<String> = link_ids.into_iter().map(Into::into).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted, left: Cell::new(MOST_COMPARISONS) }
    }

    /// Those that begin so.
    fn starting(&self, start: &str) -> &[String] {
        let from = self.sorted.partition_point(|link_id| link_id.as_str() < start);
        let those = self.sorted.get(from..).unwrap_or_default();
        let count = those.partition_point(|link_id| link_id.starts_with(start));
        those.get(..count).unwrap_or_default()
    }

    pub(super) fn spend(&self, comparisons: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(comparisons)?);
        Some(())
    }

    /// Those that equal one of `wanted` but for upper case and white space (FHIRPath's `~`); and those of `wanted` that no
    /// other one equals.
    pub(super) fn alike(&self, wanted: Vec<String>) -> Option<Vec<String>> {
        self.spend(self.sorted.len().saturating_mul(wanted.len()))?;
        let mut found = Vec::new();
        for wanted in wanted {
            let before = found.len();
            let is_wanted = |link_id: &&String| crate::run::alike(link_id, &wanted);
            found.extend(self.sorted.iter().filter(is_wanted).cloned());
            if found.len() == before {
                found.push(wanted);
            }
        }
        Some(found)
    }
}

/// The `linkId`s of `among` that a criterion can hold for; `None` where it is not known. Of any other item it is not even
/// asked more than its `linkId`.
pub(super) fn fitting(criterion: &Expr, among: &LinkIds) -> Option<Vec<String>> {
    if let Expr::Path(Path { head: Head::Group(inner), steps, .. }) = criterion
        && steps.is_empty()
    {
        return fitting(inner, among);
    }
    if let Some(all) = operands(criterion, Operator::Or) {
        let mut found = Vec::new();
        for each in all {
            found.extend(fitting(each, among)?);
        }
        return Some(found);
    }
    let pattern = Pattern::of(criterion)?;
    let candidates = among.starting(pattern.start);
    among.spend(pattern.comparisons.saturating_mul(candidates.len()))?;
    Some(candidates.iter().filter(|link_id| pattern.fits(link_id)).cloned().collect())
}

/// What a criterion demands of the `linkId`, before anything else.
pub(crate) struct Pattern<'e> {
    all: Vec<&'e Expr>,
    /// It demands nothing else.
    pub(crate) alone: bool,
    /// What every `linkId` begins with that fits.
    pub(crate) start: &'e str,
    /// With so many constants one `linkId` is compared.
    pub(crate) comparisons: usize,
}

impl<'e> Pattern<'e> {
    /// `None` where a criterion demands nothing of it, or something else before.
    pub(crate) fn of(criterion: &'e Expr) -> Option<Self> {
        let whole = operands(criterion, Operator::And).unwrap_or_else(|| vec![criterion]);
        // What follows something else is asked only of the items for which that holds.
        let all: Vec<&Expr> = whole.iter().copied().take_while(|each| cost(each).is_some()).collect();
        let start = all.iter().filter_map(|each| start(each)).max_by_key(|start| start.len())?;
        let comparisons = all.iter().filter_map(|each| cost(each)).sum();
        Some(Self { alone: all.len() == whole.len(), start, comparisons, all })
    }

    pub(crate) fn fits(&self, link_id: &str) -> bool {
        self.all.iter().all(|each| holds(each, link_id))
    }
}

/// Whether a criterion is about nothing but the `linkId`.
pub(super) fn is_about_link_id(criterion: &Expr) -> bool {
    cost(criterion).is_some()
}

/// What an operator joins, where there is no other one beside it.
fn operands(expression: &Expr, operator: Operator) -> Option<Vec<&Expr>> {
    let Expr::Chain(chain) = expression else { return None };
    let rest = chain.rest.iter().map(|link| match &link.kind {
        LinkKind::Binary(found, right) if *found == operator => Some(right),
        _ => None,
    });
    std::iter::once(Some(&chain.first)).chain(rest).collect()
}

/// Something that is said of a `linkId`.
enum Test<'e> {
    Starts(&'e str),
    Ends(&'e str),
    Contains(&'e str),
    Matches(&'e Regex, &'e str),
    Among(Vec<&'e str>),
    Other(&'e str),
}

/// The number of constants that a criterion compares a `linkId` with; `None` where it is about anything else. Its result
/// on an item with a `linkId` is true or false, and never an error.
fn cost(criterion: &Expr) -> Option<usize> {
    if let Some((test, _)) = test(criterion) {
        return Some(if let Test::Among(names) = test { names.len() } else { 1 });
    }
    match criterion {
        Expr::Path(Path { head: Head::Group(inner), steps, .. }) => {
            is_negated(steps).and_then(|_| cost(inner))
        }
        Expr::Chain(chain) => {
            let rest = chain.rest.iter().map(|link| match &link.kind {
                LinkKind::Binary(Operator::And | Operator::Or | Operator::Xor, right) => cost(right),
                _ => None,
            });
            std::iter::once(cost(&chain.first)).chain(rest).sum()
        }
        _ => None,
    }
}

/// Whether a criterion that has a [`cost`] holds for an item with this `linkId`.
fn holds(criterion: &Expr, link_id: &str) -> bool {
    if let Some((test, negated)) = test(criterion) {
        return negated
            != match test {
                Test::Starts(start) => link_id.starts_with(start),
                Test::Ends(end) => link_id.ends_with(end),
                Test::Contains(part) => link_id.contains(part),
                Test::Matches(regex, _) => regex.is_match(link_id),
                Test::Among(names) => names.contains(&link_id),
                Test::Other(name) => name != link_id,
            };
    }
    match criterion {
        Expr::Path(Path { head: Head::Group(inner), steps, .. }) => {
            is_negated(steps).is_some_and(|negated| negated != holds(inner, link_id))
        }
        Expr::Chain(chain) => {
            chain.rest.iter().fold(holds(&chain.first, link_id), |left, link| match &link.kind {
                LinkKind::Binary(Operator::And, right) => left && holds(right, link_id),
                LinkKind::Binary(Operator::Or, right) => left || holds(right, link_id),
                LinkKind::Binary(Operator::Xor, right) => left != holds(right, link_id),
                _ => false,
            })
        }
        Expr::Path(_) | Expr::Sign { .. } => false,
    }
}

/// What every `linkId` begins with for which a criterion can hold.
fn start(criterion: &Expr) -> Option<&str> {
    match test(criterion) {
        Some((Test::Starts(start) | Test::Matches(_, start), false)) => Some(start),
        _ => cost(criterion).map(|_| ""),
    }
}

/// One comparison with constants, and whether it is turned round.
fn test(criterion: &Expr) -> Option<(Test<'_>, bool)> {
    match criterion {
        Expr::Path(path) => {
            let (call, rest) = called(path)?;
            let negated = is_negated(rest)?;
            let [Expr::Path(Path { head: Head::Literal(Item::String(constant)), steps, .. })] =
                call.arguments.as_slice()
            else {
                return None;
            };
            let found = match call.function {
                _ if !steps.is_empty() => return None,
                Function::StartsWith => Test::Starts(constant),
                Function::EndsWith => Test::Ends(constant),
                Function::Contains => Test::Contains(constant),
                Function::Matches | Function::MatchesFull => {
                    Test::Matches(call.regex.get()?, literal_start(call.function, constant))
                }
                _ => return None,
            };
            Some((found, negated))
        }
        Expr::Chain(chain) => {
            let [link] = chain.rest.as_slice() else { return None };
            let LinkKind::Binary(operator, right) = &link.kind else { return None };
            let (left, right) = (&chain.first, right);
            let names = match operator {
                Operator::In if is_link_id(left) => literal_texts(right)?,
                Operator::Contains if is_link_id(right) => literal_texts(left)?,
                Operator::Equal | Operator::NotEqual if is_link_id(left) => one(literal_texts(right)?)?,
                Operator::Equal | Operator::NotEqual if is_link_id(right) => one(literal_texts(left)?)?,
                _ => return None,
            };
            match (operator, names.as_slice()) {
                (Operator::NotEqual, [name]) => Some((Test::Other(name), false)),
                _ => Some((Test::Among(names), false)),
            }
        }
        Expr::Sign { .. } => None,
    }
}

fn one(names: Vec<&str>) -> Option<Vec<&str>> {
    (names.len() == 1).then_some(names)
}

/// The function that is called on `linkId` or `$this.linkId`, and what follows it.
fn called(path: &Path) -> Option<(&Call, &[Step])> {
    let is_name = |name: &str| name == "linkId";
    let steps = match (&path.head, path.steps.as_slice()) {
        (Head::Member(member), steps) if is_name(&member.name) => steps,
        (Head::This, [Step { kind: StepKind::Member(member), .. }, steps @ ..]) if is_name(&member.name) => {
            steps
        }
        _ => return None,
    };
    match steps {
        [Step { kind: StepKind::Call(call), .. }, rest @ ..] => Some((call, rest)),
        _ => None,
    }
}

/// Whether `not()` follows, or nothing.
fn is_negated(steps: &[Step]) -> Option<bool> {
    match steps {
        [] => Some(false),
        [Step { kind: StepKind::Call(call), .. }] if call.function == Function::Not => Some(true),
        _ => None,
    }
}

/// The plain characters that whatever matches begins with.
fn literal_start(function: Function, pattern: &str) -> &str {
    let anchored = match function {
        Function::MatchesFull => Some(pattern.strip_prefix('^').unwrap_or(pattern)),
        _ => pattern.strip_prefix('^'),
    };
    // One of several alternatives may begin otherwise.
    let Some(anchored) = anchored.filter(|pattern| !pattern.contains('|')) else { return "" };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_:/".contains(character);
    let (start, rest) =
        anchored.split_at(anchored.find(|character| !is_plain(character)).unwrap_or(anchored.len()));
    // What is repeated may be there no times.
    let last = usize::from(rest.starts_with(['*', '?', '{']));
    start.get(..start.len().saturating_sub(last)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_begins_with_its_plain_characters() {
        for (pattern, start) in [
            ("^a1-b", "a1-b"),
            ("^ab*c", "a"),
            ("^ab+c", "ab"),
            ("^ab{0}c", "a"),
            ("^ab?", "a"),
            (r"^a\.b", "a"),
            ("^a|b", ""),
            ("^(?i)a", ""),
            ("(?i)^a", ""),
            ("a", ""),
            ("^", ""),
            ("^*", ""),
        ] {
            assert_eq!(literal_start(Function::Matches, pattern), start, "{pattern}");
        }
        assert_eq!(literal_start(Function::MatchesFull, "ab.*"), "ab");
        assert_eq!(literal_start(Function::MatchesFull, "^ab.*"), "ab");
        assert_eq!(literal_start(Function::MatchesFull, "a|b"), "");
    }
}
