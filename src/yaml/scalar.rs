//! What a scalar means: text and style to a typed value, as each dialect has it.

use std::borrow::Cow;

use crate::yaml::Dialect;
use crate::yaml::Style;

/// The meaning of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `null`, `~`, or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above the largest `i64`.
    Unsigned(u64),
    /// A number with a fraction or an exponent, `.inf`, `.nan`.
    Float(f64),
    /// A point in time (go-yaml v4 only); as written.
    Timestamp(Cow<'t, str>),
    /// Bytes, decoded from `!!binary`.
    Binary(Vec<u8>),
    /// Text.
    String(Cow<'t, str>),
}

/// Resolves a scalar without a tag. `text` is what is left after escapes and folding.
pub(crate) fn resolve(text: Cow<'_, str>, style: Style, dialect: Dialect) -> Scalar<'_> {
    if style != Style::Plain {
        return Scalar::String(text);
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" if dialect == Dialect::Helm => {
            return Scalar::Bool(true);
        }
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" if dialect == Dialect::Helm => {
            return Scalar::Bool(false);
        }
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>() {
        return Scalar::Int(number);
    }
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'));
    if numeric
        && text.contains(|c: char| c.is_ascii_digit())
        && let Ok(number) = text.parse::<f64>()
    {
        return Scalar::Float(number);
    }
    Scalar::String(text)
}
