//! A number or a text, where Kubernetes takes either: target ports, and counts that may be percentages.

use std::borrow::Cow;

use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// A number or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrString<'t> {
    /// A number.
    Int(i64),
    /// A text: a port name, a percentage.
    String(Cow<'t, str>),
}

impl<'t> IntOrString<'t> {
    /// Reads a scalar; `None` for anything else.
    pub fn read(node: NodeRef<'t>) -> Option<Self> {
        match node.scalar()? {
            Scalar::Int(number) => Some(Self::Int(number)),
            Scalar::String(text) => Some(Self::String(text)),
            _ => None,
        }
    }

    /// The count it means out of `total`: a number itself, a percentage of the total.
    /// `None` where it is neither.
    pub fn of(&self, total: i64, rounding: Rounding) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::String(text) => {
                let percent: i64 = text.strip_suffix('%')?.parse().ok().filter(|percent| *percent >= 0)?;
                let hundredths = total.checked_mul(percent)?;
                Some(match rounding {
                    Rounding::Up => hundredths.checked_add(99)? / 100,
                    Rounding::Down => hundredths / 100,
                })
            }
        }
    }
}

/// Which way a percentage of pods is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Budgets and surges: up.
    Up,
    /// Unavailable pods of a rolling update: down.
    Down,
}
