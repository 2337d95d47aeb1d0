//! What an expression is made of.
//!
//! Chains of operators and of invocations are lists, not trees: `1 + 1 + …` of any length is evaluated and dropped
//! without recursion. Only parentheses, arguments, indexes and signs nest, and those are counted.

mod function;
mod lexer;
mod parser;

use std::sync::{Arc, OnceLock};

use regex::Regex;

pub(crate) use function::Function;
pub(crate) use parser::parse;

use crate::Item;

/// An expression; `at` is the byte where its text begins.
#[derive(Debug)]
pub(crate) enum Expr {
    /// A term and what is invoked on it.
    Path(Path),
    /// Operators of one precedence, from left to right.
    Chain(Box<Chain>),
    /// `-x`, and `+x` where `negative` is false.
    Sign { negative: bool, at: u32, operand: Box<Expr> },
}

#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) head: Head,
    pub(crate) at: u32,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug)]
pub(crate) enum Head {
    Literal(Item<'static>),
    /// `{}`
    Empty,
    Variable(Arc<str>),
    This,
    Index,
    Total,
    /// A member of `$this`, or its type's name.
    Member(Member),
    Call(Call),
    Group(Box<Expr>),
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) at: u32,
    pub(crate) kind: StepKind,
}

#[derive(Debug)]
pub(crate) enum StepKind {
    Member(Member),
    Call(Call),
    At(Expr),
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: Arc<str>,
    /// Whether it can be a type's name.
    pub(crate) capital: bool,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) arguments: Vec<Expr>,
    /// The type of `is()`, `as()` and `ofType()`.
    pub(crate) type_name: Option<TypeName>,
    /// A regular expression that is the same each time.
    pub(crate) regex: OnceLock<Regex>,
}

/// A type as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeName {
    /// `System` or `FHIR`, where it is written.
    pub(crate) namespace: Option<Arc<str>>,
    pub(crate) name: Arc<str>,
}

#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) first: Expr,
    pub(crate) rest: Vec<Link>,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) at: u32,
    pub(crate) kind: LinkKind,
}

#[derive(Debug)]
pub(crate) enum LinkKind {
    Binary(Operator, Expr),
    Is(TypeName),
    As(TypeName),
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Times,
    Over,
    Div,
    Mod,
    Plus,
    Minus,
    Join,
    Union,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

impl Operator {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Times => "*",
            Self::Over => "/",
            Self::Div => "div",
            Self::Mod => "mod",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Join => "&",
            Self::Union => "|",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Equivalent => "~",
            Self::NotEquivalent => "!~",
            Self::In => "in",
            Self::Contains => "contains",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Implies => "implies",
        }
    }

    /// How tightly it binds (FHIRPath 2.0.0, section 6.8); `is` and `as` are 8.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::Times | Self::Over | Self::Div | Self::Mod => 10,
            Self::Plus | Self::Minus | Self::Join => 9,
            Self::Union => 7,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 6,
            Self::Equal | Self::NotEqual | Self::Equivalent | Self::NotEquivalent => 5,
            Self::In | Self::Contains => 4,
            Self::And => 3,
            Self::Or | Self::Xor => 2,
            Self::Implies => 1,
        }
    }
}
