//! What an expression can give, and what in it can never give anything, told before it runs (FHIRPath 2.0.0, section 11:
//! "Type safety and strict evaluation").
//!
//! Paths are followed through the tables of FHIR's types with all types that each part may have. What is not known may be
//! anything and is never judged, so that a [`Problem`] is certain: no data of the declared types makes it go away.

mod arithmetic;
mod calls;
mod problem;
mod static_type;
mod walk;

use std::collections::HashMap;

use fhir::Version;

pub use problem::{MAX_PROBLEMS, Problem, ProblemKind};
pub use static_type::{Shape, StaticType};

use crate::syntax::Expr;

/// Of which types the input and the variables are: what an expression is checked against. What is not declared may be
/// anything.
#[derive(Debug, Clone)]
pub struct Declarations {
    release: Version,
    input: StaticType,
    resource: StaticType,
    questionnaire: StaticType,
    question: StaticType,
    variables: HashMap<String, StaticType>,
}

impl Declarations {
    /// For data of this release. `%questionnaire` and `%qitem` are a Questionnaire and its item.
    pub fn new(release: Version) -> Self {
        Self {
            release,
            input: StaticType::any(release),
            resource: StaticType::any(release),
            questionnaire: StaticType::of(release, &["Questionnaire"]),
            question: StaticType::of(release, &["Questionnaire.item"]),
            variables: HashMap::new(),
        }
    }

    /// What the expression is evaluated on: `$this` at its beginning, and `%context`.
    #[must_use]
    pub fn input(mut self, input: StaticType) -> Self {
        self.input = input;
        self
    }

    /// `%resource` and `%rootResource`.
    #[must_use]
    pub fn resource(mut self, resource: StaticType) -> Self {
        self.resource = resource;
        self
    }

    /// A variable, without its `%`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: StaticType) -> Self {
        self.variables.insert(name.into(), value);
        self
    }
}

/// What was found out about an expression.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What its result can be.
    pub result: StaticType,
    /// What can never give anything, or never be evaluated: the first [`MAX_PROBLEMS`], in the order in which they are met.
    pub problems: Vec<Problem>,
}

/// Checks an expression; `text` is as it was written.
pub(crate) fn check(text: &str, root: &Expr, declared: &Declarations) -> Checked {
    walk::Walk::new(text, declared).whole(root)
}
