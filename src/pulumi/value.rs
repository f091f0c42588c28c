//! Values as configuration files and programs write them.

use indexmap::IndexMap;

use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Unknown;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// A value, known or not, and the place that decided it.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is, or why that cannot be known without running the program.
    pub data: Known<Data>,
    /// Where it was written: a literal in a program, a line of a stack file.
    pub span: Span,
    /// True where it was read as a secret or stands under `secure:`.
    pub secret: bool,
}

/// The content of a known value.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `null`, `None`, `nil`, `undefined`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Keys and values, in the order they were written. In properties of resources the keys are in camel case.
    Map(IndexMap<String, Value>),
}

impl Value {
    /// A known value.
    pub fn known(data: Data, span: Span) -> Self {
        Self { data: Known::Known(data), span, secret: false }
    }

    /// A value that cannot be known, and why.
    pub fn unknown(why: impl Into<String>, span: Span) -> Self {
        Self { data: Known::unknown(why, Some(span)), span, secret: false }
    }

    /// Why it is not known; `None` where it is.
    pub fn why_unknown(&self) -> Option<&Unknown> {
        match &self.data {
            Known::Known(_) => None,
            Known::Unknown(unknown) => Some(unknown),
        }
    }

    /// The text of a known string.
    pub fn text(&self) -> Option<&str> {
        match self.data.known()? {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A known whole number; a string of digits counts, because stack files store every value as a string.
    pub fn int(&self) -> Option<i64> {
        match self.data.known()? {
            Data::Int(number) => Some(*number),
            #[expect(clippy::cast_possible_truncation, reason = "only whole numbers pass")]
            Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
            Data::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A known number.
    pub fn float(&self) -> Option<f64> {
        match self.data.known()? {
            Data::Float(number) => Some(*number),
            Data::Text(text) => text.trim().parse().ok(),
            #[expect(clippy::cast_precision_loss, reason = "prices and sizes stay far below 2^52")]
            _ => self.int().map(|number| number as f64),
        }
    }

    /// A known truth value; the strings `true` and `false` count.
    pub fn bool(&self) -> Option<bool> {
        match self.data.known()? {
            Data::Bool(value) => Some(*value),
            Data::Text(text) => match text.as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The items of a known list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match self.data.known() {
            Some(Data::List(items)) => items,
            _ => &[],
        }
    }

    /// The entries of a known mapping.
    pub fn map(&self) -> Option<&IndexMap<String, Self>> {
        match self.data.known()? {
            Data::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key of a known mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.get(key)
    }

    /// True for a known null.
    pub fn is_null(&self) -> bool {
        matches!(self.data.known(), Some(Data::Null))
    }

    /// What a YAML node says. A mapping with the single key `secure` is a secret that cannot be known; its place
    /// is marked, so that nothing prints it.
    pub fn from_yaml(node: NodeRef<'_>, sources: &SourceMap) -> Self {
        Self::read_yaml(node, sources, 0)
    }

    fn read_yaml(node: NodeRef<'_>, sources: &SourceMap, depth: usize) -> Self {
        let span = node.span();
        // Aliases make a small text large; below this depth nothing is configured by people.
        if depth > 32 {
            return Self::unknown("the value is nested too deep", span);
        }
        if node.is_mapping() {
            if let Some(cipher) = secure(node) {
                sources.mark_secret(cipher.span());
                let mut value = Self::unknown("it is encrypted in the stack file", span);
                value.secret = true;
                return value;
            }
            let entries = node.merged().into_iter();
            let entries = entries.map(|entry| {
                (entry.key.text().into_owned(), Self::read_yaml(entry.value, sources, depth + 1))
            });
            return Self::known(Data::Map(entries.collect()), span);
        }
        if node.is_sequence() {
            let items = node.items().map(|item| Self::read_yaml(item, sources, depth + 1));
            return Self::known(Data::List(items.collect()), span);
        }
        let data = match node.scalar() {
            None | Some(Scalar::Null) => Data::Null,
            Some(Scalar::Bool(value)) => Data::Bool(value),
            Some(Scalar::Int(value)) => Data::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "as every reader of these files has it")]
            Some(Scalar::Unsigned(value)) => Data::Float(value as f64),
            Some(Scalar::Float(value)) => Data::Float(value),
            Some(Scalar::String(text) | Scalar::Timestamp(text)) => Data::Text(text.into_owned()),
            Some(Scalar::Binary(_)) => Data::Text(node.text().into_owned()),
        };
        Self::known(data, span)
    }
}

/// The value of `{secure: …}`, the form an encrypted value has in a stack file.
pub(crate) fn secure(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut entries = node.entries();
    let only = entries.next().filter(|_| entries.next().is_none())?;
    (only.key.text() == "secure" && only.value.is_scalar()).then_some(only.value)
}
