//! Decimal arithmetic for the `…f` functions: exact sums and products, quotients to sixteen places.

#![expect(clippy::needless_pass_by_value, reason = "one signature for all operations")]

use crate::helm::go::numbers;

/// More digits than this are cut from the end: far beyond what a `float64` shows.
const MAX_DIGITS: usize = 400;

/// `digits * 10^exponent`, the digits from the most significant on, without leading zeros.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// The decimal that the shortest text of a number names; `None` for what is no number.
    pub(super) fn of(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let (digits, point) = numbers::shortest_digits(number.abs());
        let exponent = i64::from(point) - numbers::int(digits.len());
        let digits = digits.iter().map(|digit| digit - b'0').collect();
        Some(Self { negative: number < 0.0, digits, exponent })
    }

    pub(super) fn to_float(&self) -> f64 {
        let digits: String = self.digits.iter().map(|digit| char::from(digit + b'0')).collect();
        if digits.is_empty() {
            return 0.0;
        }
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or(0.0)
    }

    fn trimmed(mut self) -> Self {
        let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..zeros);
        if self.digits.len() > MAX_DIGITS {
            self.exponent += numbers::int(self.digits.len() - MAX_DIGITS);
            self.digits.truncate(MAX_DIGITS);
        }
        self
    }

    /// The digits, lowest first, when written with another exponent that is not larger.
    fn aligned(&self, exponent: i64) -> Vec<u8> {
        let zeros = usize::try_from(self.exponent - exponent).unwrap_or(0).min(2 * MAX_DIGITS);
        std::iter::repeat_n(0, zeros).chain(self.digits.iter().rev().copied()).collect()
    }

    #[expect(clippy::unnecessary_wraps, reason = "one signature for all operations")]
    pub(super) fn add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let (one, two) = (self.aligned(exponent), other.aligned(exponent));
        let same = self.negative == other.negative;
        let (large, small, negative) = if same || compare(&one, &two).is_ge() {
            (&one, &two, self.negative)
        } else {
            (&two, &one, other.negative)
        };
        let mut digits = Vec::with_capacity(large.len().max(small.len()) + 1);
        let mut carry = 0_i8;
        for at in 0..large.len().max(small.len()) {
            let digit = |digits: &[u8]| digits.get(at).copied().unwrap_or(0).cast_signed();
            let sum =
                if same { digit(large) + digit(small) + carry } else { digit(large) - digit(small) + carry };
            carry = sum.div_euclid(10);
            digits.push(sum.rem_euclid(10).cast_unsigned());
        }
        if carry > 0 {
            digits.push(carry.cast_unsigned());
        }
        digits.reverse();
        Some(Self { negative, digits, exponent }.trimmed())
    }

    pub(super) fn subtract(self, mut other: Self) -> Option<Self> {
        other.negative = !other.negative;
        self.add(other)
    }

    #[expect(clippy::unnecessary_wraps, reason = "one signature for all operations")]
    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let mut columns = vec![0_u32; self.digits.len() + other.digits.len()];
        for (at, one) in self.digits.iter().rev().enumerate() {
            for (shift, two) in other.digits.iter().rev().enumerate() {
                if let Some(column) = columns.get_mut(at + shift) {
                    *column += u32::from(*one) * u32::from(*two);
                }
            }
        }
        let mut carry = 0;
        let mut digits: Vec<u8> = columns
            .into_iter()
            .map(|column| {
                let sum = column + carry;
                carry = sum / 10;
                u8::try_from(sum % 10).unwrap_or(0)
            })
            .collect();
        digits.reverse();
        let negative = self.negative != other.negative;
        Some(Self { negative, digits, exponent: self.exponent + other.exponent }.trimmed())
    }

    /// The quotient, rounded half away from zero to sixteen places after the point; `None` by zero.
    pub(super) fn divide(self, other: Self) -> Option<Self> {
        const PLACES: i64 = 16;
        if other.digits.is_empty() {
            return None;
        }
        // Long division of `self * 10^shift` by the digits of the divisor.
        let shift = PLACES + self.exponent - other.exponent;
        let mut dividend = self.digits.clone();
        let wanted = numbers::int(dividend.len()) + shift;
        let mut exponent = -PLACES;
        if shift >= 0 {
            let zeros = usize::try_from(shift).unwrap_or(0).min(2 * MAX_DIGITS);
            exponent += shift - numbers::int(zeros);
            dividend.extend(std::iter::repeat_n(0, zeros));
        } else {
            dividend.truncate(usize::try_from(wanted).unwrap_or(0));
        }
        let divisor: Vec<u8> = other.digits.iter().rev().copied().collect();
        let mut remainder: Vec<u8> = Vec::new();
        let mut quotient = Vec::with_capacity(dividend.len());
        for digit in dividend {
            remainder.insert(0, digit);
            let mut times = 0;
            while compare(&remainder, &divisor).is_ge() {
                subtract_from(&mut remainder, &divisor);
                times += 1;
            }
            quotient.push(times);
        }
        // Twice the remainder against the divisor decides the rounding.
        let doubled = double(&remainder);
        let mut result = Self { negative: false, digits: quotient, exponent };
        if compare(&doubled, &divisor).is_ge() && wanted >= 0 {
            result = result.add(Self { negative: false, digits: vec![1], exponent })?;
        }
        result.negative = self.negative != other.negative;
        Some(result.trimmed())
    }
}

fn compare(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    let significant = |digits: &[u8]| digits.len() - digits.iter().rev().take_while(|d| **d == 0).count();
    let (long, short) = (significant(one), significant(other));
    long.cmp(&short).then_with(|| {
        let reversed =
            |digits: &[u8], length: usize| -> Vec<u8> { digits.iter().take(length).rev().copied().collect() };
        reversed(one, long).cmp(&reversed(other, short))
    })
}

fn subtract_from(remainder: &mut [u8], divisor: &[u8]) {
    let mut borrow = 0;
    for (at, digit) in remainder.iter_mut().enumerate() {
        let less = divisor.get(at).copied().unwrap_or(0) + borrow;
        if *digit < less {
            *digit += 10 - less;
            borrow = 1;
        } else {
            *digit -= less;
            borrow = 0;
        }
    }
}

fn double(digits: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut doubled: Vec<u8> = digits
        .iter()
        .map(|digit| {
            let sum = digit * 2 + carry;
            carry = sum / 10;
            sum % 10
        })
        .collect();
    doubled.push(carry);
    doubled
}
