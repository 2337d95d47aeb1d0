//! What an expression reads of data beyond the elements that the data has: it is always empty there, and nothing says so
//! when it is evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::Item;
use crate::error::position;
use crate::syntax::{Call, Chain, Expr, Function, Head, LinkKind, Member, Operator, Path, StepKind};

/// Elements of known data that a value may hold, and what is inside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached(BTreeSet<(Arc<str>, String)>);

impl Reached {
    /// The whole of what [`Known::data`] has by this name.
    pub fn whole(name: &str) -> Self {
        Self(BTreeSet::from([(name.into(), String::new())]))
    }

    fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// What is known of the data that variables hold.
#[derive(Debug, Default)]
pub struct Known<'k> {
    /// The elements that there are, by the name of the data: dotted paths to those that have a value.
    pub data: BTreeMap<&'k str, &'k [&'k str]>,
    /// What variables hold, without their `%`. What is not here is not looked at.
    pub variables: BTreeMap<&'k str, Reached>,
}

/// An element that is read and that the data does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column, in characters.
    pub column: usize,
    /// The name of the data.
    pub name: String,
    /// The path that is read: `birthDate`, `name.family`, `children()`.
    pub element: String,
}

/// What an expression reads of known data.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What its result may hold.
    pub result: Reached,
    /// What it reads beyond the data, in the order of the expression.
    pub beyond: Vec<Beyond>,
}

/// Reads an expression; `text` is as it was written.
pub(crate) fn read(text: &str, root: &Expr, known: &Known<'_>) -> Reading {
    let mut walk = Walk { text, known, defined: Vec::new(), beyond: Vec::new() };
    let nothing = Reached::default();
    let result = walk.expression(root, Scope { this: &nothing, total: &nothing });
    walk.beyond.sort_by_key(|one| (one.line, one.column));
    Reading { result, beyond: walk.beyond }
}

/// Each part of an expression is looked at once.
struct Walk<'w> {
    text: &'w str,
    known: &'w Known<'w>,
    defined: Vec<(Arc<str>, Reached)>,
    beyond: Vec<Beyond>,
}

#[derive(Clone, Copy)]
struct Scope<'s> {
    this: &'s Reached,
    total: &'s Reached,
}

impl Walk<'_> {
    fn expression(&mut self, expression: &Expr, scope: Scope<'_>) -> Reached {
        let defined = self.defined.len();
        let found = match expression {
            Expr::Path(path) => self.path(path, scope),
            Expr::Chain(chain) => self.chain(chain, scope),
            Expr::Sign { operand, .. } => {
                self.expression(operand, scope);
                Reached::default()
            }
        };
        self.defined.truncate(defined);
        found
    }

    fn chain(&mut self, chain: &Chain, scope: Scope<'_>) -> Reached {
        let mut left = self.expression(&chain.first, scope);
        for link in &chain.rest {
            left = match &link.kind {
                LinkKind::Binary(operator, right) => {
                    let right = self.expression(right, scope);
                    if *operator == Operator::Union { left.and(right) } else { Reached::default() }
                }
                LinkKind::Is(_) => Reached::default(),
                LinkKind::As(_) => left,
            };
        }
        left
    }

    fn path(&mut self, path: &Path, scope: Scope<'_>) -> Reached {
        let mut found = match &path.head {
            Head::Literal(_) | Head::Empty | Head::Index => Reached::default(),
            Head::Total => scope.total.clone(),
            Head::Variable(name) => self.variable(name),
            // A path that begins with a type stays where it is.
            Head::This | Head::Member(Member { capital: true, .. }) => scope.this.clone(),
            Head::Member(member) => self.member(&member.name, scope.this, path.at),
            Head::Call(call) => self.call(call, scope.this.clone(), scope, path.at),
            Head::Group(inner) => self.expression(inner, scope),
        };
        for step in &path.steps {
            found = match &step.kind {
                StepKind::Member(member) => self.member(&member.name, &found, step.at),
                StepKind::Call(call) => self.call(call, found, scope, step.at),
                StepKind::At(index) => {
                    self.expression(index, scope);
                    found
                }
            };
        }
        found
    }

    fn variable(&self, name: &str) -> Reached {
        let defined = self.defined.iter().rev().find(|(defined, _)| &**defined == name);
        let found = defined.map(|(_, value)| value).or_else(|| self.known.variables.get(name));
        found.cloned().unwrap_or_default()
    }

    fn member(&mut self, name: &str, of: &Reached, at: u32) -> Reached {
        let mut found = Reached::default();
        for (data, parent) in &of.0 {
            let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
            if self.has(data, &path) {
                found.0.insert((data.clone(), path));
            } else {
                self.tell(data, path, at);
            }
        }
        found
    }

    fn has(&self, data: &str, path: &str) -> bool {
        let elements = self.known.data.get(data).copied().unwrap_or_default();
        let is_it = |element: &str| {
            element.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        elements.iter().any(|element| is_it(element))
    }

    fn tell(&mut self, data: &str, element: String, at: u32) {
        let (line, column) = position(self.text, at as usize);
        self.beyond.push(Beyond { line, column, name: data.to_owned(), element });
    }

    /// A function that looks at more than any data has.
    fn all_of(&mut self, function: Function, focus: &Reached, at: u32) -> Reached {
        for (data, parent) in &focus.0 {
            let dot = if parent.is_empty() { "" } else { "." };
            self.tell(data, format!("{parent}{dot}{}()", function.name()), at);
        }
        Reached::default()
    }

    fn call(&mut self, call: &Call, focus: Reached, scope: Scope<'_>, at: u32) -> Reached {
        use Function as F;
        let on = |this| Scope { this, ..scope };
        let inner = on(&focus);
        match call.function {
            F::Where | F::Sort => {
                self.all(&call.arguments, inner);
                focus
            }
            F::Exists | F::All => {
                self.all(&call.arguments, inner);
                Reached::default()
            }
            F::Select => self.all(&call.arguments, inner),
            F::Iif => {
                if let Some((criterion, results)) = call.arguments.split_first() {
                    self.expression(criterion, inner);
                    return self.all(results, inner);
                }
                Reached::default()
            }
            F::Coalesce => self.all(&call.arguments, scope),
            F::Union | F::Combine => {
                let other = self.all(&call.arguments, scope);
                focus.and(other)
            }
            F::Aggregate => {
                let start = call.arguments.get(1).map(|start| self.expression(start, scope));
                let total = start.unwrap_or_default().and(focus.clone());
                let body = Scope { this: &focus, total: &total };
                let found = call.arguments.first().map(|body_of| self.expression(body_of, body));
                found.unwrap_or_default().and(total)
            }
            F::DefineVariable => {
                self.define(call, &focus, scope);
                focus
            }
            F::Trace => {
                if let Some((name, projection)) = call.arguments.split_first() {
                    self.expression(name, scope);
                    self.all(projection, inner);
                }
                focus
            }
            F::Repeat | F::RepeatAll => {
                self.all(&call.arguments, scope);
                self.all_of(call.function, &focus, at)
            }
            F::Children | F::Descendants | F::Resolve => self.all_of(call.function, &focus, at),
            F::Extension => {
                self.all(&call.arguments, scope);
                self.member("extension", &focus, at)
            }
            F::GetResourceKey => {
                self.member("id", &focus, at);
                Reached::default()
            }
            function => {
                self.all(&call.arguments, scope);
                if keeps(function) { focus } else { Reached::default() }
            }
        }
    }

    /// What all of these together hold.
    fn all(&mut self, arguments: &[Expr], scope: Scope<'_>) -> Reached {
        let each = arguments.iter().map(|argument| self.expression(argument, scope));
        each.fold(Reached::default(), Reached::and)
    }

    fn define(&mut self, call: &Call, focus: &Reached, scope: Scope<'_>) {
        let value = call.arguments.get(1);
        let value = value.map(|value| self.expression(value, Scope { this: focus, ..scope }));
        if let Some(Expr::Path(Path { head: Head::Literal(Item::String(name)), steps, .. })) =
            call.arguments.first()
            && steps.is_empty()
        {
            self.defined.push((name.to_string().into(), value.unwrap_or_else(|| focus.clone())));
        }
    }
}

/// Functions that give some of what they are applied to.
fn keeps(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::Distinct
            | F::Exclude
            | F::Intersect
            | F::Single
            | F::First
            | F::Last
            | F::Tail
            | F::Skip
            | F::Take
            | F::As
            | F::OfType
            | F::Min
            | F::Max
            | F::CheckModifiers
    )
}
