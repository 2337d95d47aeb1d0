//! Products, quotients and powers of decimals of 28 digits. What overflows or underflows has no result (FHIRPath 2.0.0,
//! section 6.6): nothing is taken for a zero that is none.

use rust_decimal::{Decimal, MathematicalOps as _};

/// The product, to 28 digits after the point.
pub(crate) fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_mul(right).filter(|product| !product.is_zero() || left.is_zero() || right.is_zero())
}

/// The quotient, to 28 digits after the point and without trailing zeros: it has no digits of its own, only those that it
/// needs. There is none by zero.
pub(crate) fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    let quotient = left.checked_div(right)?;
    (!quotient.is_zero() || left.is_zero()).then(|| quotient.normalize())
}

/// The power with a whole exponent. There is none of zero with a negative one.
pub(crate) fn power(base: Decimal, exponent: i64) -> Option<Decimal> {
    if base.is_zero() {
        return match exponent {
            ..0 => None,
            0 => Some(Decimal::ONE),
            _ => Some(Decimal::ZERO),
        };
    }
    // Of a number below one, the power would lose its digits before it is turned over.
    let (base, exponent) = match exponent {
        ..0 if base.abs() < Decimal::ONE => (Decimal::ONE.checked_div(base)?, exponent.checked_neg()?),
        _ => (base, exponent),
    };
    base.checked_powi(exponent).filter(|power| !power.is_zero())
}

/// The root of a number above zero, or another power with an exponent that is not whole.
pub(crate) fn root(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    base.checked_powd(exponent).filter(|root| !root.is_zero() || base.is_zero())
}

/// e raised to this, which is never zero.
pub(crate) fn exponential(exponent: Decimal) -> Option<Decimal> {
    exponent.checked_exp().filter(|power| !power.is_zero())
}
