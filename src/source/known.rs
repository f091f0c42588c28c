//! What is known, and what cannot be known without running anything.

use crate::source::Span;

/// An attribute that was read, or the reason why it cannot be.
///
/// A rule never guesses about the unknown: it stays silent, and the report says once what was not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// The value that holds.
    Known(T),
    /// The value is decided elsewhere: at deploy time, by a secret store, by an unset variable.
    Unknown(Unknown),
}

/// Why a value is not known, and where that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// A phrase that fits after "unknown because": "`$VERSION` is set only when the workflow runs".
    pub why: String,
    /// The place that makes it unknown.
    pub span: Option<Span>,
}

impl<T> Known<T> {
    /// An unknown value with its reason.
    pub fn unknown(why: impl Into<String>, span: Option<Span>) -> Self {
        Self::Unknown(Unknown { why: why.into(), span })
    }

    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::Known(value) => Known::Known(value),
            Self::Unknown(unknown) => Known::Unknown(unknown.clone()),
        }
    }

    /// Changes a known value, keeps the reason of an unknown one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(value) => Known::Known(change(value)),
            Self::Unknown(unknown) => Known::Unknown(unknown),
        }
    }
}
