//! Whether an expression over whole numbers may give a fraction.

use crate::Item;
use crate::syntax::{Call, Expr, Function, Head, LinkKind, Operator, Path, StepKind};

/// Whether the number that an expression gives may lie between two whole ones although all that it reads are whole: it
/// divides, takes a mean or a root, or has a fraction in it, and rounds none of it off. What a variable holds is not
/// looked at.
pub(crate) fn may_be(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path_may_be(path),
        Expr::Sign { operand, .. } => may_be(operand),
        Expr::Chain(chain) => {
            let mut fraction = may_be(&chain.first);
            for link in &chain.rest {
                fraction = match &link.kind {
                    LinkKind::Binary(Operator::Over, _) => true,
                    LinkKind::Binary(
                        Operator::Times | Operator::Plus | Operator::Minus | Operator::Mod | Operator::Union,
                        operand,
                    ) => fraction || may_be(operand),
                    // A whole number, or none at all.
                    LinkKind::Binary(..) | LinkKind::Is(_) => false,
                    LinkKind::As(_) => fraction,
                };
            }
            fraction
        }
    }
}

fn path_may_be(path: &Path) -> bool {
    let mut fraction = match &path.head {
        Head::Literal(Item::Decimal(number)) => !number.normalize().scale().eq(&0),
        Head::Group(inner) => may_be(inner),
        Head::Call(call) => call_may_be(call, false),
        _ => false,
    };
    for step in &path.steps {
        fraction = match &step.kind {
            StepKind::Call(call) => call_may_be(call, fraction),
            StepKind::At(_) => fraction,
            // What is inside a number is no number.
            StepKind::Member(_) => false,
        };
    }
    fraction
}

/// The same of what a function gives for such an input.
fn call_may_be(call: &Call, input: bool) -> bool {
    match call.function {
        Function::Avg | Function::Sqrt | Function::Exp | Function::Ln | Function::Log => true,
        Function::Iif => call.arguments.iter().skip(1).any(may_be),
        Function::Select => call.arguments.iter().any(may_be),
        Function::Round => call.arguments.first().is_some_and(|places| !is_zero(places)) && input,
        Function::Truncate | Function::Floor | Function::Ceiling | Function::ToInteger | Function::ToLong => {
            false
        }
        _ => input,
    }
}

fn is_zero(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(Path { head: Head::Literal(Item::Integer(0)), steps, .. }) if steps.is_empty())
}
