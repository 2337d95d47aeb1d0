//! FHIRPath (HL7 FHIRPath 2.0.0, N1) over exact FHIR JSON, with what questionnaires need (SDC).
//!
//! [`Expression::parse`] reads an expression once; [`Expression::evaluate`] gives its result on data that is borrowed, not
//! copied. Decimals are exact and keep their digits, the clock is given by [`Context::now`], an undefined variable is an
//! error, and the work is bounded: by [`MAX_LENGTH`] and [`MAX_DEPTH`] when reading, by [`Context::steps`] when evaluating.
//!
//! The crate does no I/O and reads no clock. Nothing is fetched: `resolve()` finds what the data contains, and
//! `memberOf()` knows the value sets that the context was given.

mod beyond;
mod check;
mod context;
mod decimal;
mod error;
mod expression;
mod fraction;
mod item;
mod node;
mod picks;
mod quantity;
mod questionnaire;
mod references;
mod run;
mod syntax;
mod temporal;
mod types;
mod ucum;

pub use beyond::{Beyond, Known, Reached, Reading};
pub use check::{Checked, Declarations, MAX_PROBLEMS, Problem, ProblemKind, Shape, StaticType};
pub use context::{Context, DEFAULT_STEPS, Trace, Variables};
pub use error::{EvaluationError, EvaluationErrorKind, ParseError, ParseErrorKind};
pub use expression::Expression;
pub use item::{Collection, Item, Text, TypeInfo};
pub use node::Node;
pub use picks::Picks;
pub use quantity::{Calendar, Quantity, Unit};
pub use questionnaire::Questionnaire;
pub use references::{LinkIds, Origin, References};
pub use rust_decimal::Decimal;
pub use temporal::{Date, DateTime, Time};

/// The longest expression, in bytes.
pub const MAX_LENGTH: usize = 65_536;

/// How deeply parentheses, arguments, indexes and signs may be nested.
pub const MAX_DEPTH: usize = 100;
