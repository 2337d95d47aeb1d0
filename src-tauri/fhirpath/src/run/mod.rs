//! The evaluation.

mod aggregate;
mod arithmetic;
mod boundary;
mod collections;
mod compare;
mod convert;
mod equality;
mod fhir;
mod lambda;
mod math;
mod operators;
mod pick;
mod sdc;
mod seen;
mod text;
mod utility;

use std::sync::Arc;

pub(crate) use convert::{Conversion, decimal};
pub(crate) use equality::alike;
pub(crate) use operators::{is_system_type, system_type};
pub(crate) use sdc::extended;
pub(crate) use text::compile;

use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Call, Expr, Head, Member, Path, Step, StepKind};
use crate::types::{Type, Types};
use crate::{Collection, Context, Item};

/// Why there is no result, and at which byte of the expression.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Wrong,
    pub(crate) at: Option<u32>,
}

impl From<Wrong> for Failure {
    fn from(kind: Wrong) -> Self {
        Self { kind, at: None }
    }
}

impl Failure {
    /// The innermost place stays.
    fn at(mut self, at: u32) -> Self {
        self.at.get_or_insert(at);
        self
    }
}

pub(crate) type Outcome<T> = Result<T, Failure>;

/// One evaluation.
pub(crate) struct Run<'r, 'a> {
    context: &'r Context<'a>,
    types: &'static Types,
    input: &'r [Item<'a>],
    /// Steps that are left.
    steps: u64,
    /// `defineVariable()`, the innermost last.
    defined: Vec<(Arc<str>, Collection<'a>)>,
}

/// What `$this`, `$index` and `$total` are.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    this: &'s [Item<'a>],
    index: Option<usize>,
    total: Option<&'s Collection<'a>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The same for another `$this`.
    fn on(self, this: &'s [Item<'a>], index: Option<usize>) -> Self {
        Self { this, index, ..self }
    }
}

/// A collection of one.
fn one<'a>(item: impl Into<Item<'a>>) -> Collection<'a> {
    let mut collection = Collection::new();
    collection.push(item.into());
    collection
}

/// A collection of one or none.
fn optional<'a>(item: Option<impl Into<Item<'a>>>) -> Collection<'a> {
    item.map_or_else(Collection::new, one)
}

impl<'r, 'a> Run<'r, 'a> {
    pub(crate) fn new(context: &'r Context<'a>, input: &'r [Item<'a>]) -> Self {
        Self { context, types: context.types, input, steps: context.steps, defined: Vec::new() }
    }

    /// With so many steps.
    pub(crate) fn steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    pub(crate) fn steps_left(&self) -> u64 {
        self.steps
    }

    /// The whole expression.
    pub(crate) fn whole(&mut self, root: &Expr) -> Outcome<Collection<'a>> {
        self.expression(root, Scope { this: self.input, index: None, total: None })
    }

    /// Counts `count` steps of work.
    fn spend(&mut self, count: usize) -> Outcome<()> {
        match self.steps.checked_sub(count as u64) {
            Some(left) => self.steps = left,
            None => return Err(Wrong::Steps(self.context.steps).into()),
        }
        Ok(())
    }

    fn expression(&mut self, expression: &Expr, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        match expression {
            Expr::Path(path) => self.path(path, scope),
            Expr::Chain(chain) => self.chain(chain, scope),
            Expr::Sign { negative, at, operand } => {
                let operand = self.expression(operand, scope)?;
                self.sign(&operand, *negative).map_err(|failure| failure.at(*at))
            }
        }
    }

    fn path(&mut self, path: &Path, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let defined = self.defined.len();
        self.spend(1)?;
        let (start, done) = match self.kept(path, scope)? {
            Some(kept) => kept,
            None => (self.head(&path.head, scope).map_err(|failure| failure.at(path.at))?, 0),
        };
        let focus = self.steps_from(start, path.steps.get(done..).unwrap_or_default(), scope)?;
        // Variables end with the chain that defined them.
        self.defined.truncate(defined);
        Ok(focus)
    }

    fn steps_from(
        &mut self,
        start: Collection<'a>,
        steps: &[Step],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let mut focus = start;
        for step in steps {
            self.spend(1 + focus.len())?;
            let next = match &step.kind {
                StepKind::Member(member) => self.members(&focus, member),
                StepKind::Call(call) => self.call(call, focus, scope),
                StepKind::At(index) => self.index(focus, index, scope),
            };
            focus = next.map_err(|failure| failure.at(step.at))?;
        }
        Ok(focus)
    }

    fn head(&mut self, head: &Head, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        match head {
            Head::Literal(item) => Ok(one(item.clone())),
            Head::Empty => Ok(Collection::new()),
            Head::This => Ok(scope.this.into()),
            Head::Index => {
                Ok(optional(scope.index.and_then(|index| i64::try_from(index).ok()).map(Item::Integer)))
            }
            Head::Total => Ok(scope.total.cloned().unwrap_or_default()),
            Head::Variable(name) => self.variable(name),
            Head::Member(member) => self.first_member(member, scope),
            Head::Call(call) => self.call(call, scope.this.into(), scope),
            Head::Group(inner) => self.expression(inner, scope),
        }
    }

    /// The first name of a path: a member of `$this`, or `$this` itself where it is of the type that is named.
    fn first_member(&mut self, member: &Member, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        self.spend(scope.this.len())?;
        if !member.capital {
            return self.members(scope.this, member);
        }
        let mut found = Collection::new();
        for item in scope.this {
            if let Item::Node(node) = item {
                if self.types.derives(node.kind, &member.name) {
                    found.push(item.clone());
                } else {
                    node.member(&member.name, self.types, &mut found);
                }
            }
        }
        Ok(found)
    }

    fn members(&mut self, focus: &[Item<'a>], member: &Member) -> Outcome<Collection<'a>> {
        let mut found = Collection::with_capacity(focus.len());
        // Most often all are of one type, whose element is looked up once.
        let mut known = (Type::UNKNOWN, None);
        for item in focus {
            match item {
                Item::Node(node) => {
                    if node.kind != known.0 {
                        let definition = self.types.definition(node.kind);
                        known =
                            (node.kind, definition.and_then(|definition| definition.element(&member.name)));
                    }
                    node.member_as(&member.name, known.1, self.types, &mut found);
                }
                Item::Type(info) => match &*member.name {
                    "namespace" => found.push(info.namespace.into()),
                    "name" => found.push(info.name.into()),
                    _ => {}
                },
                Item::Quantity(quantity) => match &*member.name {
                    "value" => found.push(quantity.value.into()),
                    "unit" | "code" => found.push(Item::from(convert::unit_text(quantity))),
                    _ => {}
                },
                _ => {}
            }
        }
        self.spend(found.len())?;
        Ok(found)
    }

    fn index(
        &mut self,
        mut focus: Collection<'a>,
        index: &Expr,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let at = self.expression(index, scope)?;
        let Some(at) = self.integer(&at, "an index")? else { return Ok(Collection::new()) };
        let at = usize::try_from(at).ok().filter(|at| *at < focus.len());
        Ok(optional(at.map(|at| focus.swap_remove(at))))
    }

    fn variable(&mut self, name: &Arc<str>) -> Outcome<Collection<'a>> {
        if let Some((_, value)) = self.defined.iter().rev().find(|(defined, _)| defined == name) {
            return Ok(value.clone());
        }
        if let Some(value) = self.context.variables.get(&**name) {
            return Ok(value.clone());
        }
        if let Some(value) = self.fixed(name) {
            return Ok(value);
        }
        let supplied = match self.context.supplied {
            Some(supplied) => supplied.variable(name)?,
            None => None,
        };
        supplied.ok_or_else(|| Wrong::UnknownVariable(name.to_string()).into())
    }

    /// The variables that the specifications define.
    fn fixed(&self, name: &str) -> Option<Collection<'a>> {
        let own_resource = || {
            let [Item::Node(node)] = self.input else { return None };
            node.value().and_then(::fhir::Value::resource_type).map(|_| *node)
        };
        let resource = || self.context.resource.or_else(own_resource);
        Some(match name {
            "context" => self.context.original.clone().map_or_else(|| self.input.into(), one),
            "resource" => one(resource()?),
            "rootResource" => one(self.context.root_resource.or_else(resource)?),
            "questionnaire" => one(self.context.node(self.context.questionnaire?.value(), "")),
            "qitem" => one(self.context.question?),
            "ucum" => one(crate::quantity::UCUM),
            "sct" => one("http://snomed.info/sct"),
            "loinc" => one("http://loinc.org"),
            _ => {
                let (folder, id) = match name.strip_prefix("vs-") {
                    Some(id) => ("ValueSet", id),
                    None => ("StructureDefinition", name.strip_prefix("ext-")?),
                };
                one(format!("http://hl7.org/fhir/{folder}/{id}"))
            }
        })
    }

    /// The only item, or none.
    fn single<'i>(items: &'i [Item<'a>], of: &'static str) -> Outcome<Option<&'i Item<'a>>> {
        match items {
            [] => Ok(None),
            [item] => Ok(Some(item)),
            _ => Err(Wrong::NotSingle(of).into()),
        }
    }

    /// The argument at `index`, evaluated where the call stands.
    fn argument(&mut self, call: &Call, index: usize, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        match call.arguments.get(index) {
            Some(argument) => {
                // What an argument defines is its own.
                let defined = self.defined.len();
                let value = self.expression(argument, scope)?;
                self.defined.truncate(defined);
                Ok(value)
            }
            None => Ok(Collection::new()),
        }
    }
}
