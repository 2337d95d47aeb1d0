//! Exact ratios.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::decimal;

/// `numerator / denominator * 10^ten`, with a positive denominator. Everything that would overflow is `None`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ratio {
    numerator: i128,
    denominator: i128,
    ten: i32,
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Some(Ordering::Equal)
    }
}

fn divisor(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left.abs().max(1)
}

fn ten_to(power: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(power).ok()?)
}

impl Ratio {
    pub(crate) const ONE: Self = Self { numerator: 1, denominator: 1, ten: 0 };

    pub(crate) fn new(numerator: i128, denominator: i128, ten: i32) -> Self {
        Self { numerator, denominator, ten }.reduced()
    }

    /// Without common divisors, and tens in the exponent.
    fn reduced(mut self) -> Self {
        if self.numerator == 0 {
            return Self { numerator: 0, denominator: 1, ten: 0 };
        }
        let common = divisor(self.numerator, self.denominator);
        self.numerator /= common;
        self.denominator /= common;
        while self.numerator % 10 == 0 {
            self.numerator /= 10;
            self.ten += 1;
        }
        while self.denominator % 10 == 0 {
            self.denominator /= 10;
            self.ten -= 1;
        }
        self
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let (one, two) =
            (divisor(self.numerator, other.denominator), divisor(other.numerator, self.denominator));
        Some(Self::new(
            (self.numerator / one).checked_mul(other.numerator / two)?,
            (self.denominator / two).checked_mul(other.denominator / one)?,
            self.ten.checked_add(other.ten)?,
        ))
    }

    /// `None` for a division by zero, too.
    pub(crate) fn over(self, other: Self) -> Option<Self> {
        if other.numerator == 0 {
            return None;
        }
        let sign = other.numerator.signum();
        self.times(Self {
            numerator: other.denominator.checked_mul(sign)?,
            denominator: other.numerator.checked_mul(sign)?,
            ten: other.ten.checked_neg()?,
        })
    }

    pub(crate) fn negated(self) -> Self {
        Self { numerator: -self.numerator, ..self }
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let ten = self.ten.min(other.ten);
        let mine = self.numerator.checked_mul(ten_to(self.ten.checked_sub(ten)?)?)?;
        let others = other.numerator.checked_mul(ten_to(other.ten.checked_sub(ten)?)?)?;
        let sum = mine.checked_mul(other.denominator)?.checked_add(others.checked_mul(self.denominator)?)?;
        Some(Self::new(sum, self.denominator.checked_mul(other.denominator)?, ten))
    }

    /// `None` where the two are too far apart to be compared with whole numbers of 128 bits.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        if self.numerator.signum() != other.numerator.signum() || self.numerator == 0 {
            return Some(self.numerator.signum().cmp(&other.numerator.signum()));
        }
        let quotient = self.over(other)?;
        // Both have one sign: compared is the quotient with 1.
        let above = match quotient.ten {
            0.. => quotient.numerator.checked_mul(ten_to(quotient.ten)?)?.cmp(&quotient.denominator),
            ten => quotient.numerator.cmp(&quotient.denominator.checked_mul(ten_to(ten.checked_neg()?)?)?),
        };
        Some(if self.numerator < 0 { above.reverse() } else { above })
    }

    /// The decimal, rounded where it has no end.
    pub(crate) fn to_decimal(self) -> Option<Decimal> {
        let whole = Decimal::try_from_i128_with_scale(self.numerator, 0).ok()?;
        let quotient =
            decimal::quotient(whole, Decimal::try_from_i128_with_scale(self.denominator, 0).ok()?)?;
        let power = Decimal::try_from_i128_with_scale(ten_to(self.ten.abs())?, 0).ok()?;
        if self.ten < 0 {
            return decimal::quotient(quotient, power);
        }
        Some(decimal::product(quotient, power)?.normalize())
    }
}
