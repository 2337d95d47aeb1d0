//! What sums, products and signs give (FHIRPath 2.0.0, section 6.6).

use fhir::Version;

use super::static_type::{Kind, StaticType};
use crate::syntax::Operator;
use crate::types::Form;

/// The type of a result; empty where the operator is defined for none of the types.
pub(super) fn result(
    release: Version,
    operator: Operator,
    left: &StaticType,
    right: &StaticType,
) -> StaticType {
    let (Some(left), Some(right)) = (left.forms(), right.forms()) else {
        return possible(release, operator, left, right);
    };
    let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (*left, *right)));
    let found = pairs.flat_map(|(left, right)| pair(operator, left, right)).copied();
    StaticType::from_kinds(release, found.map(Kind::System))
}

/// Where one side may be anything: what the operator may give at all.
fn possible(release: Version, operator: Operator, left: &StaticType, right: &StaticType) -> StaticType {
    if left.is_empty() || right.is_empty() {
        return StaticType::none(release);
    }
    let forms: &[Form] = match operator {
        Operator::Div => &[Form::Integer],
        Operator::Mod => &[Form::Integer, Form::Decimal],
        Operator::Over => &[Form::Decimal, Form::Quantity],
        Operator::Times => &[Form::Integer, Form::Decimal, Form::Quantity],
        _ => return StaticType::any(release),
    };
    StaticType::from_kinds(release, forms.iter().copied().map(Kind::System))
}

fn pair(operator: Operator, left: Form, right: Form) -> &'static [Form] {
    use Form::{Date, DateTime, Decimal, Integer, Quantity, Text, Time};
    match (operator, left, right) {
        (Operator::Over, Integer | Decimal, Integer | Decimal) => &[Decimal],
        (Operator::Div, Integer | Decimal, Integer | Decimal) | (_, Integer, Integer) => &[Integer],
        (_, Integer | Decimal, Integer | Decimal) => &[Decimal],
        (Operator::Plus, Text, Text) => &[Text],
        (Operator::Plus | Operator::Minus, Date, Quantity) => &[Date],
        (Operator::Plus | Operator::Minus, DateTime, Quantity) => &[DateTime],
        (Operator::Plus | Operator::Minus, Time, Quantity) => &[Time],
        (Operator::Div | Operator::Mod, ..) => &[],
        // A number is a quantity of unit 1; what its unit goes out of is a number again.
        (_, Quantity, Quantity | Integer | Decimal) | (_, Integer | Decimal, Quantity) => {
            &[Quantity, Decimal]
        }
        _ => &[],
    }
}

/// What of a type is a number or a quantity: what a sign can stand before.
pub(super) fn amounts(of: &StaticType) -> StaticType {
    only(of, &[Form::Integer, Form::Decimal, Form::Quantity])
}

/// Those of FHIRPath's own types that the values of a type can be.
pub(super) fn only(of: &StaticType, wanted: &[Form]) -> StaticType {
    let forms = of.forms();
    let found = wanted.iter().filter(|form| forms.as_ref().is_none_or(|forms| forms.contains(form)));
    StaticType::from_kinds(of.release(), found.map(|form| Kind::System(*form)))
}
