//! A compiled expression.

use fhir::Value;

use crate::beyond::{self, Known, Reading};
use crate::check::{self, Checked, Declarations};
use crate::error::position;
use crate::fraction;
use crate::references::{LinkIds, Origin, References};
use crate::run::{Failure, Run};
use crate::syntax::{self, Expr};
use crate::{Collection, Context, EvaluationError, EvaluationErrorKind, Item, ParseError};

/// An expression, read once and evaluated as often as needed, from any thread.
#[derive(Debug)]
pub struct Expression {
    text: String,
    root: Expr,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the first thing that is wrong: syntax, an unknown function, a wrong number of
    /// arguments, a regular expression that is none.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self { root: syntax::parse(text)?, text: text.to_owned() })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The result on `input`, a resource or any element of one (of a type that is then not known: see
    /// [`Context::node`]).
    ///
    /// # Errors
    /// [`EvaluationError`] with the place in the expression that has no result.
    pub fn evaluate<'a>(
        &self,
        context: &Context<'a>,
        input: &'a Value,
    ) -> Result<Collection<'a>, EvaluationError> {
        self.evaluate_items(context, &[Item::Node(context.node(input, ""))])
    }

    /// The result on items that the caller has, typed elements or the result of another expression.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn evaluate_items<'a>(
        &self,
        context: &Context<'a>,
        input: &[Item<'a>],
    ) -> Result<Collection<'a>, EvaluationError> {
        Run::new(context, input).whole(&self.root).map_err(|failure| self.located(failure))
    }

    /// The same within what is left of a budget that several evaluations share: it takes at most `left` steps, and those
    /// that it took are taken off.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn evaluate_within<'a>(
        &self,
        context: &Context<'a>,
        input: &[Item<'a>],
        left: &mut u64,
    ) -> Result<Collection<'a>, EvaluationError> {
        let start = context.steps.min(*left);
        let mut run = Run::new(context, input).steps(start);
        let result = run.whole(&self.root);
        let unused = match &result {
            Err(failure) if matches!(failure.kind, EvaluationErrorKind::Steps(_)) => 0,
            _ => run.steps_left(),
        };
        *left -= start - unused.min(start);
        result.map_err(|failure| self.located(failure))
    }

    fn located(&self, failure: Failure) -> EvaluationError {
        let (line, column) = position(&self.text, failure.at.map_or(0, |at| at as usize));
        EvaluationError { line, column, kind: failure.kind }
    }

    /// Whether the number that it gives may be a fraction where all that it reads are whole numbers: it divides, and
    /// does not round. What its variables hold is not looked at.
    pub fn may_give_fraction(&self) -> bool {
        fraction::may_be(&self.root)
    }

    /// What the result can be, and what in it can never give anything, on data of these types: before it runs, and
    /// without any.
    pub fn check(&self, declared: &Declarations) -> Checked {
        check::check(&self.text, &self.root, declared)
    }

    /// What it reads of known data beyond the elements that the data has.
    pub fn reads_beyond(&self, known: &Known<'_>) -> Reading {
        beyond::read(&self.text, &self.root, known)
    }

    /// What the result depends on.
    pub fn references(&self) -> References {
        References::of(&self.root, None)
    }

    /// The same, of the response to a form whose items have these `linkId`s: criteria about nothing else, such as
    /// `linkId.startsWith('a')`, name those of them for which they hold.
    pub fn references_among(&self, link_ids: &LinkIds) -> References {
        References::of(&self.root, Some(link_ids))
    }

    /// The same where what is read through a variable counts as if the variable's expression were written in its place:
    /// `known` says where the value of each comes from, `None` where no answer changes it. And where the result comes from.
    pub fn references_knowing(
        &self,
        link_ids: &LinkIds,
        known: &dyn Fn(&str) -> Option<Origin>,
    ) -> (References, Origin) {
        References::knowing(&self.root, Some(link_ids), known)
    }
}
