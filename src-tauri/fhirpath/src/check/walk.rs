//! The walk through an expression: each part once, with the types that it can have.

use std::sync::Arc;

use fhir::Version;

use super::problem::{MAX_PROBLEMS, Problem, ProblemKind, shown};
use super::static_type::{Kind, StaticType};
use super::{Checked, Declarations, arithmetic};
use crate::error::position;
use crate::syntax::{
    Chain, Expr, Function, Head, Link, LinkKind, Member, Operator, Path, StepKind, TypeName,
};
use crate::types::{Definition, Form, Types};

/// So many parts are looked at for each byte of the expression, and [`STEPS`] more. Each is looked at once, but for what
/// `repeat()` repeats. What is beyond may be anything.
const STEPS_A_BYTE: usize = 8;
const STEPS: usize = 1024;

/// One check.
pub(super) struct Walk<'w> {
    text: &'w str,
    declared: &'w Declarations,
    pub(super) release: Version,
    types: &'static Types,
    problems: Vec<Problem>,
    /// Nothing is told while this is not 0: the types are not known yet.
    pub(super) quiet: usize,
    /// `defineVariable()`, the innermost last.
    pub(super) defined: Vec<(Arc<str>, StaticType)>,
    left: usize,
}

/// What `$this` and `$total` are.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) this: &'s StaticType,
    pub(super) total: Option<&'s StaticType>,
}

impl<'s> Scope<'s> {
    /// The same for another `$this`.
    pub(super) fn on(self, this: &'s StaticType) -> Self {
        Self { this, ..self }
    }
}

impl<'w> Walk<'w> {
    pub(super) fn new(text: &'w str, declared: &'w Declarations) -> Self {
        Self {
            text,
            declared,
            release: declared.release,
            types: Types::of(declared.release),
            problems: Vec::new(),
            quiet: 0,
            defined: Vec::new(),
            left: STEPS_A_BYTE * text.len() + STEPS,
        }
    }

    pub(super) fn whole(mut self, root: &Expr) -> Checked {
        let result = self.expression(root, Scope { this: &self.declared.input, total: None });
        Checked { result, problems: self.problems }
    }

    /// Tells of a problem. What comes after it is empty, and is not judged.
    pub(super) fn problem(&mut self, at: u32, kind: impl FnOnce() -> ProblemKind) {
        if self.quiet == 0 && self.problems.len() < MAX_PROBLEMS {
            let (line, column) = position(self.text, at as usize);
            self.problems.push(Problem { line, column, kind: kind() });
        }
    }

    pub(super) fn any(&self) -> StaticType {
        StaticType::any(self.release)
    }

    pub(super) fn system(&self, form: Form) -> StaticType {
        StaticType::system(self.release, form)
    }

    /// Whether there are steps left for one part more.
    fn step(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    pub(super) fn expression(&mut self, expression: &Expr, scope: Scope<'_>) -> StaticType {
        if !self.step() {
            return self.any();
        }
        let defined = self.defined.len();
        let found = match expression {
            Expr::Path(path) => self.path(path, scope),
            Expr::Chain(chain) => self.chain(chain, scope),
            Expr::Sign { operand, .. } => {
                let operand = self.expression(operand, scope);
                arithmetic::amounts(&operand)
            }
        };
        // Variables end with the chain that defined them.
        self.defined.truncate(defined);
        found
    }

    fn chain(&mut self, chain: &Chain, scope: Scope<'_>) -> StaticType {
        let mut left = self.expression(&chain.first, scope);
        for link in &chain.rest {
            left = self.link(link, left, scope);
        }
        left
    }

    fn link(&mut self, link: &Link, left: StaticType, scope: Scope<'_>) -> StaticType {
        if !self.step() {
            return self.any();
        }
        match &link.kind {
            LinkKind::Is(name) => {
                self.known_type(name, link.at);
                self.system(Form::Boolean)
            }
            LinkKind::As(name) => self.narrowed(&left, name, link.at),
            LinkKind::Binary(operator, right) => {
                let right = self.expression(right, scope);
                match operator {
                    Operator::Union => left.or(&right),
                    Operator::Join => self.system(Form::Text),
                    Operator::Times
                    | Operator::Over
                    | Operator::Div
                    | Operator::Mod
                    | Operator::Plus
                    | Operator::Minus => self.computed(*operator, &left, &right, link.at),
                    _ => self.system(Form::Boolean),
                }
            }
        }
    }

    fn computed(&mut self, operator: Operator, left: &StaticType, right: &StaticType, at: u32) -> StaticType {
        let found = arithmetic::result(self.release, operator, left, right);
        // What is empty on one side is so on purpose, or was told of.
        if found.is_empty() && !left.is_empty() && !right.is_empty() {
            self.problem(at, || ProblemKind::Operands {
                operator: operator.name(),
                left: left.to_string(),
                right: right.to_string(),
            });
            return StaticType::none(self.release);
        }
        found
    }

    fn path(&mut self, path: &Path, scope: Scope<'_>) -> StaticType {
        let mut found = self.head(path, scope);
        for step in &path.steps {
            if !self.step() {
                return self.any();
            }
            found = match &step.kind {
                StepKind::Member(member) => self.member(member, &found, step.at),
                StepKind::Call(call) => self.call(call, found, scope, step.at),
                StepKind::At(index) => {
                    self.expression(index, scope);
                    self.in_order(found, None, step.at)
                }
            };
        }
        found
    }

    fn head(&mut self, path: &Path, scope: Scope<'_>) -> StaticType {
        match &path.head {
            Head::Literal(item) => StaticType::from_kinds(self.release, [Kind::of(item)]),
            Head::Empty => StaticType::none(self.release),
            Head::This => scope.this.clone(),
            Head::Index => self.system(Form::Integer),
            Head::Total => scope.total.cloned().unwrap_or_else(|| self.any()),
            Head::Variable(name) => self.variable(name),
            Head::Member(member) => self.first_member(member, scope.this, path.at),
            Head::Call(call) => self.call(call, scope.this.clone(), scope, path.at),
            Head::Group(inner) => self.expression(inner, scope),
        }
    }

    fn variable(&self, name: &str) -> StaticType {
        if let Some((_, value)) = self.defined.iter().rev().find(|(defined, _)| &**defined == name) {
            return value.clone();
        }
        if let Some(value) = self.declared.variables.get(name) {
            return value.clone();
        }
        match name {
            "context" => self.declared.input.clone(),
            "resource" | "rootResource" => self.declared.resource.clone(),
            "questionnaire" => self.declared.questionnaire.clone(),
            "qitem" => self.declared.question.clone(),
            "ucum" | "sct" | "loinc" => self.system(Form::Text),
            name if name.starts_with("vs-") || name.starts_with("ext-") => self.system(Form::Text),
            _ => self.any(),
        }
    }

    /// The first name of a path: a member of `$this`, or its type.
    fn first_member(&mut self, member: &Member, this: &StaticType, at: u32) -> StaticType {
        // No element's name begins with a capital letter.
        if !member.capital {
            return self.member(member, this, at);
        }
        let found = this.derived(&member.name);
        if found.is_empty() && !this.is_empty() {
            if self.types.exists(&member.name) {
                self.problem(at, || ProblemKind::OtherContext {
                    name: shown(&member.name),
                    found: this.to_string(),
                });
                return StaticType::none(self.release);
            }
            return self.member(member, this, at);
        }
        found
    }

    pub(super) fn member(&mut self, member: &Member, of: &StaticType, at: u32) -> StaticType {
        let Some(kinds) = of.kinds() else { return self.any().in_order_of(of) };
        let mut found = StaticType::none(self.release);
        let (mut written, mut named) = (None, false);
        for kind in kinds {
            match self.member_of(&member.name, *kind) {
                Found::Nothing => {}
                Found::Element(kinds) => {
                    named = true;
                    found = found.or(&kinds);
                }
                Found::Written(element, kinds) => {
                    written = Some(element);
                    found = found.or(&kinds);
                }
            }
        }
        if found.is_empty() && !kinds.is_empty() {
            self.problem(at, || ProblemKind::NoElement { name: shown(&member.name), of: of.to_string() });
            return found;
        }
        if let Some(element) = written.filter(|_| !named) {
            self.problem(at, || ProblemKind::WrittenChoice { written: shown(&member.name), element });
        }
        found.in_order_of(of)
    }

    /// What a value of one type has by this name.
    fn member_of(&self, name: &str, kind: Kind) -> Found {
        let known = &self.types.known;
        let element = |kind| Found::Element(StaticType::from_kinds(self.release, [kind]));
        match kind {
            Kind::TypeInfo => match name {
                "namespace" | "name" => element(Kind::System(Form::Text)),
                _ => Found::Nothing,
            },
            Kind::System(Form::Quantity) => match name {
                "value" => element(Kind::System(Form::Decimal)),
                "unit" | "code" => element(Kind::System(Form::Text)),
                _ => Found::Nothing,
            },
            Kind::System(_) => Found::Nothing,
            Kind::Fhir(kind) => {
                let Some(definition) = self.types.definition(kind) else { return Found::Element(self.any()) };
                if is_primitive(definition) {
                    return match name {
                        "id" => element(Kind::Fhir(known.string)),
                        "extension" => element(Kind::Fhir(known.extension)),
                        _ => Found::Nothing,
                    };
                }
                match definition.element(name) {
                    Some(it) if it.choice => Found::Element(StaticType::from_kinds(
                        self.release,
                        it.choices.iter().map(|kind| Kind::Fhir(*kind)),
                    )),
                    Some(it) => element(Kind::Fhir(it.kind)),
                    None if name == "resourceType" && definition.resource => {
                        element(Kind::Fhir(known.string))
                    }
                    None => match (definition.choice_of(name), definition.written(name)) {
                        (Some(choice), Some(kind)) => {
                            Found::Written(choice, StaticType::from_kinds(self.release, [Kind::Fhir(kind)]))
                        }
                        _ => Found::Nothing,
                    },
                }
            }
        }
    }

    /// What a function of an order gives, or an index.
    pub(super) fn in_order(&mut self, of: StaticType, what: Option<Function>, at: u32) -> StaticType {
        if of.ordered {
            return of;
        }
        self.problem(at, || {
            let name = |function: Function| format!("{}()", function.name());
            ProblemKind::Unordered(what.map_or_else(|| "an index".to_owned(), name))
        });
        // It is told once.
        of.in_an_order()
    }

    /// Whether there is such a type.
    pub(super) fn known_type(&mut self, name: &TypeName, at: u32) -> bool {
        let known = match name.namespace.as_deref() {
            Some("FHIR") => self.types.exists(&name.name),
            Some("System") | None => crate::run::is_system_type(&name.name) || self.types.exists(&name.name),
            Some(_) => false,
        };
        if !known {
            self.problem(at, || ProblemKind::UnknownType(shown(&name.name)));
        }
        known
    }

    /// `as` and `ofType()`. Of a `code` as a `string`, and the like, nothing is told: some programs find one.
    pub(super) fn narrowed(&mut self, of: &StaticType, name: &TypeName, at: u32) -> StaticType {
        if !self.known_type(name, at) {
            return StaticType::none(self.release);
        }
        let found = of.only(name);
        if found.is_empty() && !of.is_empty() && !of.is_akin(&name.name) {
            self.problem(at, || ProblemKind::NeverType { name: shown(&name.name), found: of.to_string() });
            return StaticType::none(self.release);
        }
        found
    }
}

/// What a type has by a name.
enum Found {
    Nothing,
    Element(StaticType),
    /// By the name that the choice has in JSON.
    Written(&'static str, StaticType),
}

fn is_primitive(definition: &Definition) -> bool {
    !matches!(definition.form, Form::Complex | Form::Quantity)
}
