//! What an expression depends on, so that it is evaluated again only when that has changed.
//!
//! The analysis is careful: what it does not understand depends on everything. It follows where a part of an expression
//! comes from ([`Source`]); answers that are read without `where(linkId = '…')` before them make
//! [`References::everything`] true.

mod calls;
pub(crate) mod fitting;
mod origin;
pub(crate) mod picked;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::syntax::{Chain, Expr, Head, LinkKind, Operator, Path, StepKind};
pub use fitting::LinkIds;
use fitting::{fitting, is_about_link_id};
pub use origin::Origin;
use picked::{is_link_id, picked};

/// What an expression depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub struct References {
    /// The variables, without `%`, that somebody else has to define: none of `%resource`, `%context`, `%questionnaire`
    /// and the like. What they depend on, the expression depends on.
    pub variables: BTreeSet<String>,
    /// The items of the response that it picks by their `linkId`: their answers, and whether they are there.
    pub link_ids: BTreeSet<String>,
    /// Those of them of which everything inside matters too: what is in them is read, or counted, without being picked
    /// itself. A group is there only when something in it is.
    pub subtrees: BTreeSet<String>,
    /// Those of them that were found among the form's, and need not be named: their `linkId` fits a criterion.
    pub found: BTreeSet<String>,
    /// Items that it picks by their `linkId` from what no answer changes, such as `%questionnaire`. They are not read.
    pub named: BTreeSet<String>,
    /// Whether it reads its own item: `%context`, or a path from the input.
    pub context: bool,
    /// Whether it reads the answers of its own item.
    pub own_answers: bool,
    /// Whether everything inside its own item matters, without being picked.
    pub own_inside: bool,
    /// What it reads of the response itself, beside where that is its input, that is known only when it is complete: `author`
    /// and the like.
    pub at_end: BTreeSet<String>,
    /// Whether it asks for the time.
    pub clock: bool,
    /// Whether it may depend on any answer of the response.
    pub everything: bool,
}

/// Where items come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// Nothing that an answer changes.
    Fixed,
    /// What is in answers of items that were picked; or the own item's answers.
    Picked,
    /// The answers of picked items: an index of [`Finder::picks`], like those of the next two.
    PickedAnswers(usize),
    /// Items that were picked by their `linkId`.
    Items(usize),
    /// What is inside such items, not picked itself.
    Below(usize),
    /// The own item, or the response where it is the input.
    Own,
    /// Items of the response that are not picked yet.
    Open,
    /// Their answers, of which only the items below are looked at.
    Answers,
    /// The response, and perhaps items of it.
    Response,
}

impl References {
    /// With the form's `linkId`s, a criterion that is about nothing else names those that it holds for.
    pub(crate) fn of(root: &Expr, among: Option<&LinkIds>) -> Self {
        Self::knowing(root, among, &|_| None).0
    }

    /// The same with where the values of variables come from, and where the result comes from.
    pub(crate) fn knowing(
        root: &Expr,
        among: Option<&LinkIds>,
        known: &dyn Fn(&str) -> Option<Origin>,
    ) -> (Self, Origin) {
        let mut found = Finder {
            among,
            known,
            references: Self::default(),
            picks: Vec::new(),
            defined: Vec::new(),
            indexed: false,
        };
        let source = found.expression(root, Source::Own);
        found.read(source);
        let origin = found.origin(source);
        (found.references, origin)
    }
}

struct Finder<'f> {
    among: Option<&'f LinkIds>,
    /// Where the value of a variable comes from that somebody else defines; `None` where no answer changes it.
    known: &'f dyn Fn(&str) -> Option<Origin>,
    references: References,
    /// The `linkId`s that were picked together.
    picks: Vec<Arc<BTreeSet<String>>>,
    /// What `defineVariable()` defines, anywhere in the expression.
    defined: Vec<(String, Source)>,
    /// Whether `$index` was read: it counts those before too.
    indexed: bool,
}

impl Finder<'_> {
    /// The content of what comes from `source` matters.
    fn read(&mut self, source: Source) {
        match source {
            Source::Fixed | Source::Picked | Source::PickedAnswers(_) => {}
            Source::Items(picks) | Source::Below(picks) => {
                if let Some(link_ids) = self.picks.get(picks) {
                    self.references.subtrees.extend(link_ids.iter().cloned());
                }
            }
            Source::Own => self.references.context = true,
            Source::Open | Source::Answers | Source::Response => self.references.everything = true,
        }
    }

    fn pick(&mut self, link_ids: impl Into<Arc<BTreeSet<String>>>) -> usize {
        self.picks.push(link_ids.into());
        self.picks.len() - 1
    }

    /// Where the items of two collections together come from.
    fn merge(&mut self, one: Source, other: Source) -> Source {
        if one == other {
            return one;
        }
        let (lower, higher) = if one <= other { (one, other) } else { (other, one) };
        let picks = match (lower, higher) {
            (
                Source::PickedAnswers(lower) | Source::Items(lower) | Source::Below(lower),
                Source::PickedAnswers(higher) | Source::Items(higher) | Source::Below(higher),
            ) if lower != higher => {
                let of =
                    |picks: usize| self.picks.get(picks).into_iter().flat_map(|picks| picks.iter().cloned());
                let together: BTreeSet<String> = of(lower).chain(of(higher)).collect();
                self.pick(together)
            }
            (_, Source::Own | Source::Open | Source::Answers | Source::Response) => {
                // Nothing remembers the other one.
                if let Source::PickedAnswers(picks) | Source::Items(picks) | Source::Below(picks) = lower {
                    self.read(Source::Below(picks));
                }
                return higher;
            }
            _ => return higher,
        };
        match higher {
            Source::PickedAnswers(_) => Source::PickedAnswers(picks),
            Source::Items(_) => Source::Items(picks),
            _ => Source::Below(picks),
        }
    }

    fn expression(&mut self, expression: &Expr, this: Source) -> Source {
        match expression {
            Expr::Path(path) => self.path(path, this),
            Expr::Sign { operand, .. } => {
                let source = self.expression(operand, this);
                self.read(source);
                Source::Fixed
            }
            Expr::Chain(chain) => self.chain(chain, this),
        }
    }

    fn chain(&mut self, chain: &Chain, this: Source) -> Source {
        let mut source = self.expression(&chain.first, this);
        for link in &chain.rest {
            match &link.kind {
                // Both sides together are read by whoever reads the union.
                LinkKind::Binary(Operator::Union, right) => {
                    let right = self.expression(right, this);
                    source = self.merge(source, right);
                }
                LinkKind::Binary(_, right) => {
                    self.read(source);
                    let right = self.expression(right, this);
                    self.read(right);
                    source = Source::Fixed;
                }
                LinkKind::Is(_) => {
                    self.read(source);
                    source = Source::Fixed;
                }
                LinkKind::As(_) => {}
            }
        }
        source
    }

    fn path(&mut self, path: &Path, this: Source) -> Source {
        let mut source = match &path.head {
            Head::Index => {
                self.indexed = true;
                Source::Fixed
            }
            Head::Literal(_) | Head::Empty => Source::Fixed,
            Head::This | Head::Total => this,
            Head::Variable(name) => self.variable(name),
            Head::Member(member) => self.member(&member.name, this),
            Head::Call(call) => self.call(call, this, this),
            Head::Group(inner) => self.expression(inner, this),
        };
        for step in &path.steps {
            source = match &step.kind {
                StepKind::Member(member) => self.member(&member.name, source),
                StepKind::Call(call) => self.call(call, source, this),
                StepKind::At(index) => {
                    let index = self.expression(index, this);
                    self.read(index);
                    self.read(source);
                    source
                }
            };
        }
        source
    }

    fn variable(&mut self, name: &str) -> Source {
        match name {
            "resource" | "rootResource" => return Source::Response,
            "context" => {
                self.references.context = true;
                return Source::Own;
            }
            "questionnaire" | "qitem" | "ucum" | "sct" | "loinc" => return Source::Fixed,
            _ => {}
        }
        if name.starts_with("vs-") || name.starts_with("ext-") {
            return Source::Fixed;
        }
        if let Some((_, source)) = self.defined.iter().rev().find(|(defined, _)| defined == name) {
            return *source;
        }
        // Whoever defines it knows what it depends on.
        self.references.variables.insert(name.to_owned());
        (self.known)(name).map_or(Source::Fixed, |origin| self.source(origin))
    }

    fn member(&mut self, name: &str, source: Source) -> Source {
        // What a resource says of itself is the same before and after an answer.
        let of_itself = STEADY.contains(&name) || name == "QuestionnaireResponse";
        if source == Source::Response && AT_END.contains(&name) {
            self.references.at_end.insert(name.to_owned());
        }
        match source {
            Source::Fixed => Source::Fixed,
            _ if name == "QuestionnaireResponse" => source,
            Source::PickedAnswers(picks) | Source::Items(picks) | Source::Below(picks) if name == "item" => {
                Source::Below(picks)
            }
            Source::Items(picks) if name == "answer" => Source::PickedAnswers(picks),
            Source::Items(_) | Source::Below(_) => {
                self.read(source);
                if name == "answer" { source } else { Source::Picked }
            }
            _ if name == "item" => {
                if source == Source::Own {
                    self.references.context = true;
                }
                Source::Open
            }
            Source::Own => {
                self.references.context = true;
                self.references.own_answers |= name == "answer";
                Source::Picked
            }
            Source::Open | Source::Answers | Source::Response if name == "answer" => Source::Answers,
            Source::Open | Source::Response if of_itself => Source::Fixed,
            Source::Open | Source::Answers | Source::Response => {
                self.references.everything = true;
                Source::Picked
            }
            Source::Picked | Source::PickedAnswers(_) => Source::Picked,
        }
    }

    /// The `linkId`s of the items that a criterion picks: those that it names, or else those of the form that it holds for.
    fn picked(&mut self, criterion: &Expr) -> Option<Vec<String>> {
        if let Some(named) = picked(criterion, self.among) {
            return Some(named);
        }
        let found = fitting(criterion, self.among?)?;
        self.references.found.extend(found.iter().cloned());
        Some(found)
    }

    /// What is done for each of the items from `source`: where it asks for `$index`, all of them matter.
    fn counting<T>(&mut self, source: Source, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::take(&mut self.indexed);
        let done = work(self);
        if self.indexed {
            self.read(source);
        }
        self.indexed |= before;
        done
    }

    /// What a criterion of `where()` reads of each item: its `linkId` is there with the item.
    fn criterion(&mut self, criterion: &Expr, this: Source) {
        match criterion {
            _ if is_link_id(criterion) || is_about_link_id(criterion) => {}
            Expr::Path(Path { head: Head::Group(inner), steps, .. }) if steps.is_empty() => {
                self.criterion(inner, this);
            }
            Expr::Chain(chain) if chain.rest.iter().all(|link| is_comparison(&link.kind)) => {
                self.criterion(&chain.first, this);
                for link in &chain.rest {
                    if let LinkKind::Binary(_, right) = &link.kind {
                        self.criterion(right, this);
                    }
                }
            }
            _ => {
                let source = self.expression(criterion, this);
                self.read(source);
            }
        }
    }

    /// Arguments whose values matter.
    fn body(&mut self, arguments: &[Expr], this: Source) {
        for argument in arguments {
            let source = self.expression(argument, this);
            self.read(source);
        }
    }
}

/// What answering does not change.
const STEADY: [&str; 14] = [
    "id",
    "meta",
    "language",
    "contained",
    "identifier",
    "basedOn",
    "partOf",
    "questionnaire",
    "subject",
    "encounter",
    "author",
    "source",
    "resourceType",
    "implicitRules",
];

/// What the response says of itself only when it is complete, or otherwise then.
const AT_END: [&str; 5] = ["subject", "author", "source", "identifier", "authored"];

/// An operator whose operands are read, each by itself.
fn is_comparison(link: &LinkKind) -> bool {
    matches!(link, LinkKind::Binary(operator, _) if *operator != Operator::Union)
}
