//! What a scalar means: text, style and tag to a typed value, as each dialect has it.

use std::borrow::Cow;

use crate::yaml::Dialect;
use crate::yaml::Style;
use crate::yaml::timestamp::Timestamp;

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

/// What a tag asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tag {
    /// No tag stands there.
    #[default]
    None,
    /// `!`: what it looks like does not count.
    NonSpecific,
    String,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    /// Any other, `!!seq` and `!!map` included.
    Other,
}

impl Tag {
    /// The meaning of a full tag, `tag:yaml.org,2002:` spelled out.
    pub(crate) fn of(full: &str) -> Self {
        match full.strip_prefix(CORE) {
            Some("str") => Self::String,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("null") => Self::Null,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            None if full == "!" => Self::NonSpecific,
            _ => Self::Other,
        }
    }
}

/// What `!!` stands for.
pub(crate) const CORE: &str = "tag:yaml.org,2002:";

/// A scalar that is not what its tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagMismatch {
    /// What it is, in words.
    pub(crate) found: &'static str,
}

/// Resolves a scalar. `text` is what is left after escapes and folding.
pub(crate) fn resolve(
    text: Cow<'_, str>,
    style: Style,
    tag: Tag,
    dialect: Dialect,
) -> Result<Scalar<'_>, TagMismatch> {
    match tag {
        Tag::NonSpecific | Tag::String | Tag::Other => return Ok(Scalar::String(text)),
        Tag::None if style != Style::Plain => return Ok(Scalar::String(text)),
        Tag::Binary => {
            let bytes = decode_base64(&text).ok_or(TagMismatch { found: "no base64 text" })?;
            return Ok(Scalar::Binary(bytes));
        }
        Tag::Merge if dialect == Dialect::Helm => return Ok(Scalar::String(text)),
        _ => {}
    }
    let timed = matches!(tag, Tag::None | Tag::Timestamp);
    let scalar = plain(text, dialect, timed);
    match (tag, scalar) {
        (Tag::None | Tag::Merge, scalar)
        | (Tag::Null, scalar @ Scalar::Null)
        | (Tag::Bool, scalar @ Scalar::Bool(_))
        | (Tag::Int, scalar @ (Scalar::Int(_) | Scalar::Unsigned(_)))
        | (Tag::Float, scalar @ Scalar::Float(_))
        | (Tag::Timestamp, scalar @ Scalar::Timestamp(_)) => Ok(scalar),
        #[expect(clippy::cast_precision_loss, reason = "`!!float` asks for it")]
        (Tag::Float, Scalar::Int(value)) => Ok(Scalar::Float(value as f64)),
        (_, other) => Err(TagMismatch {
            found: match other {
                Scalar::Null => "nothing",
                Scalar::Bool(_) => "a truth value",
                Scalar::Int(_) | Scalar::Unsigned(_) => "a whole number",
                Scalar::Float(_) => "a number with a fraction",
                Scalar::Timestamp(_) => "a point in time",
                Scalar::Binary(_) => "bytes",
                Scalar::String(_) => "a text",
            },
        }),
    }
}

/// Helm keeps a timestamp as the text it is; everyone needs to know it from other texts where a tag asks.
pub(crate) fn without_timestamp(scalar: Scalar<'_>, dialect: Dialect) -> Scalar<'_> {
    match scalar {
        Scalar::Timestamp(text) if dialect == Dialect::Helm => Scalar::String(text),
        other => other,
    }
}

fn plain(text: Cow<'_, str>, dialect: Dialect, timed: bool) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    if dialect == Dialect::Strict {
        return core_schema(text, first);
    }
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            word(&text, dialect).unwrap_or(Scalar::String(text))
        }
        b'.' => match special_float(&text).or_else(|| go_float(&text)) {
            Some(number) => Scalar::Float(number),
            None => Scalar::String(text),
        },
        b'0'..=b'9' | b'+' | b'-' => match special_float(&text) {
            Some(number) => Scalar::Float(number),
            None if dialect == Dialect::Compose && matches!(&*text, "-0" | "-0.0") => Scalar::Float(-0.0),
            None if timed && Timestamp::parse(&text).is_some() => Scalar::Timestamp(text),
            None => go_number(&text, dialect).unwrap_or(Scalar::String(text)),
        },
        _ => Scalar::String(text),
    }
}

/// False where Helm is sure to write a plain key as it stands: it is no truth value and no whole number.
pub(crate) fn may_be_rewritten(text: &str) -> bool {
    match text.as_bytes() {
        [b'0'..=b'9' | b'+' | b'-', ..] => true,
        // `false` is the longest of the words.
        [b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O', ..] => text.len() <= 5,
        _ => false,
    }
}

fn word(text: &str, dialect: Dialect) -> Option<Scalar<'static>> {
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" if dialect == Dialect::Helm => {
            Scalar::Bool(true)
        }
        "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" if dialect == Dialect::Helm => {
            Scalar::Bool(false)
        }
        _ => return None,
    })
}

fn special_float(text: &str) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ => None,
    }
}

/// A number as go-yaml reads it: `_` anywhere, `0x`, `0o`, `0b`, and a leading `0` for octal.
fn go_number(text: &str, dialect: Dialect) -> Option<Scalar<'static>> {
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let (negative, digits) = signed(&plain);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', _, ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', _, ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if let Some(magnitude) = magnitude(digits, radix) {
        if let Some(number) = with_sign(magnitude, negative) {
            return Some(Scalar::Int(number));
        }
        if !plain.starts_with(['+', '-']) {
            return Some(Scalar::Unsigned(magnitude));
        }
    }
    if let Some(number) = decimal_float(&plain) {
        return Some(Scalar::Float(number));
    }
    // Version 2 alone reads `0b` once more, with a sign after it.
    if dialect == Dialect::Helm
        && let Some(rest) = plain.strip_prefix("0b").filter(|rest| rest.starts_with(['+', '-']))
    {
        let (negative, digits) = signed(rest);
        return with_sign(magnitude(digits, 2)?, negative).map(Scalar::Int);
    }
    None
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn magnitude(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

fn with_sign(magnitude: u64, negative: bool) -> Option<i64> {
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, where it fits a float.
fn decimal_float(text: &str) -> Option<f64> {
    let (_, digits) = signed(text);
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (digits.get(..at)?, Some(signed(digits.get(at + 1..)?).1)),
        None => (digits, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    if !fits || exponent.is_some_and(|exponent| exponent.is_empty() || !all_digits(exponent)) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number that begins with a point: digits, with single `_` between digits.
fn go_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let lone = |at: usize| {
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    if memchr::memchr_iter(b'_', bytes).all(lone) { decimal_float(&text.replace('_', "")) } else { None }
}

/// The core schema of YAML 1.2.
fn core_schema(text: Cow<'_, str>, first: u8) -> Scalar<'_> {
    match first {
        b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' => {
            return word(&text, Dialect::Strict).unwrap_or(Scalar::String(text));
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => {}
        _ => return Scalar::String(text),
    }
    let based = |prefix: &str, radix| text.strip_prefix(prefix).and_then(|digits| magnitude(digits, radix));
    if let Some(magnitude) = based("0x", 16).or_else(|| based("0o", 8)) {
        return i64::try_from(magnitude).map_or(Scalar::Unsigned(magnitude), Scalar::Int);
    }
    let (negative, digits) = signed(&text);
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(magnitude) = magnitude(digits, 10)
    {
        match with_sign(magnitude, negative) {
            Some(number) => return Scalar::Int(number),
            None if !negative => return Scalar::Unsigned(magnitude),
            None => {}
        }
    }
    match special_float(&text).or_else(|| decimal_float(&text)) {
        Some(number) => Scalar::Float(number),
        None => Scalar::String(text),
    }
}

/// The bytes of standard base64 with padding; line breaks may stand anywhere in it.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut bytes = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r'));
    loop {
        let Some(first) = bytes.next() else { return Some(decoded) };
        let quantum = [first, bytes.next()?, bytes.next()?, bytes.next()?];
        let padding = quantum.iter().rev().take_while(|&&byte| byte == b'=').count();
        if padding > 2 || (padding > 0 && bytes.next().is_some()) {
            return None;
        }
        let mut bits = 0_u32;
        for &byte in quantum.iter().take(4 - padding) {
            bits = bits << 6 | u32::from(sextet(byte)?);
        }
        bits <<= 6 * padding;
        let [_, one, two, three] = bits.to_be_bytes();
        decoded.extend([one, two, three].iter().take(3 - padding));
        if padding > 0 {
            return Some(decoded);
        }
    }
}

/// Bytes as standard base64 with padding.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS.get(bits >> (18 - 6 * place) & 0x3f).filter(|_| place <= group.len());
            text.push(digit.map_or('=', |&digit| char::from(digit)));
        }
    }
    text
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// A number as Go makes an integer of it on x86-64: the fraction cut off, and the smallest integer for one that does not fit.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit was sorted out before")]
pub(crate) fn truncated(value: f64) -> i64 {
    // Two to the 63rd, the first number too large.
    const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;
    if (-TOO_LARGE..TOO_LARGE).contains(&value) { value as i64 } else { i64::MIN }
}
