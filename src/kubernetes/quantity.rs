//! Amounts of CPU, memory and storage, in the exact grammar of Kubernetes.

use thiserror::Error;

/// An amount: `500m`, `1.5Gi`, `2e3`. Kept exactly to a billionth; what is finer is rounded up, as Kubernetes does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nanos: i128,
}

/// Why a text is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// Nothing, or no digit where one must stand.
    #[error("does not start with a number")]
    Number,
    /// A unit that is not one.
    #[error("has a unit other than n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent")]
    Unit,
}

const NANO: i128 = 1_000_000_000;

/// The largest amount Kubernetes counts: larger ones are capped.
const LARGEST: i128 = i64::MAX as i128 * NANO;

impl Quantity {
    /// Zero of anything.
    pub const ZERO: Self = Self { nanos: 0 };

    /// Reads a quantity: a signed decimal number, then a decimal unit, a binary unit or an exponent.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (negative, unsigned) = match text.strip_prefix(['+', '-']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, unit) = unsigned.split_at_checked(end).unwrap_or((unsigned, ""));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(QuantityError::Number);
        }
        let unit = Unit::parse(unit)?;
        let nanos = unit.nanos(whole, fraction);
        Ok(Self { nanos: if negative { -nanos } else { nanos } })
    }

    /// A whole amount.
    pub fn from_whole(amount: i64) -> Self {
        Self { nanos: i128::from(amount) * NANO }
    }

    /// An amount of thousandths.
    pub fn from_millis(amount: i64) -> Self {
        Self { nanos: i128::from(amount) * (NANO / 1_000) }
    }

    /// Whole units (bytes of memory, cores), rounded up.
    pub fn value(self) -> i64 {
        self.rounded_up(NANO)
    }

    /// Thousandths (millicores), rounded up.
    pub fn millis(self) -> i64 {
        self.rounded_up(NANO / 1_000)
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// True for zero.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// The sum; capped at the largest amount.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos).clamp(-LARGEST, LARGEST) }
    }

    /// So many times the amount; capped at the largest amount.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        Self { nanos: self.nanos.saturating_mul(i128::from(factor)).clamp(-LARGEST, LARGEST) }
    }

    fn rounded_up(self, unit: i128) -> i64 {
        let whole = self.nanos.div_euclid(unit);
        let up = if self.nanos.rem_euclid(unit) == 0 { whole } else { whole + 1 };
        i64::try_from(up).unwrap_or(if up < 0 { i64::MIN } else { i64::MAX })
    }
}

enum Unit {
    /// A power of ten.
    Decimal(i32),
    /// A power of 1,024.
    Binary(u32),
}

impl Unit {
    fn parse(text: &str) -> Result<Self, QuantityError> {
        Ok(match text {
            "n" => Self::Decimal(-9),
            "u" => Self::Decimal(-6),
            "m" => Self::Decimal(-3),
            "" => Self::Decimal(0),
            "k" => Self::Decimal(3),
            "M" => Self::Decimal(6),
            "G" => Self::Decimal(9),
            "T" => Self::Decimal(12),
            "P" => Self::Decimal(15),
            "E" => Self::Decimal(18),
            "Ki" => Self::Binary(1),
            "Mi" => Self::Binary(2),
            "Gi" => Self::Binary(3),
            "Ti" => Self::Binary(4),
            "Pi" => Self::Binary(5),
            "Ei" => Self::Binary(6),
            _ => {
                let exponent = text.strip_prefix(['e', 'E']).ok_or(QuantityError::Unit)?;
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(QuantityError::Unit);
                }
                // An exponent beyond all bounds is a number beyond all bounds.
                let far = if exponent.starts_with('-') { -1_000 } else { 1_000 };
                Self::Decimal(exponent.parse().unwrap_or(far))
            }
        })
    }

    /// A decimal number in this unit, in billionths, rounded up and capped.
    fn nanos(&self, whole: &str, fraction: &str) -> i128 {
        let (factor, shift) = match self {
            Self::Decimal(power) => (1, *power),
            Self::Binary(power) => (1_i128 << (10 * power), 0),
        };
        let digits = || whole.bytes().chain(fraction.bytes()).map(|byte| i128::from(byte - b'0'));
        if digits().all(|digit| digit == 0) {
            return 0;
        }
        // The value is `digits × factor × 10^places` billionths.
        let mut places = i64::from(shift) + 9 - i64::try_from(fraction.len()).unwrap_or(i64::MAX / 2);
        let mut amount: i128 = 0;
        let mut rest = false;
        for digit in digits() {
            // Digits that can no longer be kept only decide the rounding.
            if amount > LARGEST {
                places = places.saturating_add(1);
                rest |= digit != 0;
            } else {
                amount = amount * 10 + digit;
            }
        }
        amount = amount.saturating_mul(factor);
        while places > 0 && amount <= LARGEST {
            amount *= 10;
            places -= 1;
        }
        while places < 0 && (amount > 1 || (amount == 1 && !rest)) {
            rest |= amount % 10 != 0;
            amount /= 10;
            places += 1;
        }
        if rest || places < 0 {
            amount = amount.saturating_add(1).max(1);
        }
        amount.min(LARGEST)
    }
}
