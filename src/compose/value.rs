//! The merged tree: what every step of the loading reads and writes, and what rules look at.

use indexmap::IndexMap;

use crate::source::Known;
use crate::source::Origin;
use crate::source::Span;
use crate::source::Unknown;

/// A value of a Compose project, with the place it stands at and the texts that decided it.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it stands in a Compose file: the scalar, list or mapping (at the anchor where an alias was used). A
    /// value that Compose implies stands where the thing stands that implies it.
    pub span: Span,
    /// The text that decided it (a scalar, a line of `.env`, the default inside `${X:-8080}`), what that overrode,
    /// and what it passed through.
    pub origin: Origin,
    /// The key of an entry that is now written `KEY=VALUE`: where the key was written.
    pub key: Option<Span>,
    /// Set where the value cannot be known here: an unset variable, or a mistake that has been reported already.
    pub unknown: Option<Box<Unknown>>,
    /// True where nobody wrote it: a default, an implicit network, an implied dependency.
    pub implied: bool,
}

/// What a [`Value`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above the largest `i64`.
    Unsigned(u64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// A number of single precision, as Compose keeps `cpus`.
    Single(f32),
    /// A point in time, as written.
    Time(String),
    /// Text.
    String(String),
    /// A list.
    Sequence(Vec<Value>),
    /// Keys and values, in the order of the files.
    Mapping(Mapping),
}

/// Keys and values; a key stands once.
pub type Mapping = IndexMap<String, Entry, Hasher>;

/// How keys are hashed: mappings are small and many, so that the hash of the standard library is most of a look-up.
pub(crate) type Hasher = foldhash::fast::RandomState;

/// A value in a mapping, and where its key was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Span,
    /// The value.
    pub value: Value,
}

impl Data {
    /// What it is, for messages: `a list`, `a string`.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Unsigned(_) => "an integer",
            Self::Float(_) | Self::Single(_) => "a number",
            Self::Time(_) => "a timestamp",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl Value {
    /// A value written at a place.
    pub fn new(data: Data, span: Span) -> Self {
        Self { data, span, origin: Origin::at(span), key: None, unknown: None, implied: false }
    }

    /// A value that Compose implies at a place.
    pub fn implied(data: Data, span: Span) -> Self {
        Self { implied: true, ..Self::new(data, span) }
    }

    /// Text that Compose implies at a place.
    pub(crate) fn implied_text(text: &str, span: Span) -> Self {
        Self::implied(Data::String(text.to_owned()), span)
    }

    /// The same place and origin with other content.
    #[must_use]
    pub fn with(&self, data: Data) -> Self {
        Self { data, ..self.shell() }
    }

    /// Place, origin and knowledge of this value, without its content.
    pub(crate) fn shell(&self) -> Self {
        Self {
            data: Data::Null,
            span: self.span,
            origin: self.origin.clone(),
            key: self.key,
            unknown: self.unknown.clone(),
            implied: self.implied,
        }
    }

    /// A part of a scalar as a value of its own: exactly that part where the text stands as it is in the file, else
    /// the whole scalar.
    pub(crate) fn part(&self, text: &str, range: std::ops::Range<usize>) -> Self {
        let span = self.part_span(range);
        let mut part = self.with(Data::String(text.to_owned()));
        if self.origin.span == self.span {
            part.origin.span = span;
        }
        part.span = span;
        part.key = None;
        part
    }

    /// The place of a byte range of this scalar's text.
    pub(crate) fn part_span(&self, range: std::ops::Range<usize>) -> Span {
        let Data::String(text) = &self.data else { return self.span };
        // A text that was interpolated, folded or unescaped no longer has the length it has in the file.
        let quote = match self.span.len().checked_sub(text.len()) {
            Some(0) => 0,
            Some(2) => 1,
            _ => return self.span,
        };
        let interpolated = self.origin.span != self.span || !self.origin.through.is_empty();
        if interpolated || range.end > text.len() || self.key.is_some() {
            return self.span;
        }
        let start = self.span.start as usize + quote;
        Span::new(self.span.source, start + range.start, start + range.end)
    }

    /// Marks the value as unknown, for a reason that fits after "unknown because".
    pub(crate) fn mark_unknown(&mut self, why: impl Into<String>, span: Option<Span>) {
        self.unknown = Some(Box::new(Unknown { why: why.into(), span }));
    }

    /// The value, or why it is not known.
    pub fn known(&self) -> Known<&Self> {
        match &self.unknown {
            None => Known::Known(self),
            Some(unknown) => Known::Unknown((**unknown).clone()),
        }
    }

    /// True where the value cannot be known here.
    pub fn is_unknown(&self) -> bool {
        self.unknown.is_some()
    }

    /// Where it is written, if what is changed there changes this value and nothing else; or else what decides it: a
    /// phrase that fits after "not fixed: ".
    pub fn written_at(&self) -> Result<Span, &'static str> {
        let origin = &self.origin;
        if self.implied {
            return Err("Compose implies it, and nobody wrote it");
        }
        if origin.span != self.span || origin.through.iter().any(|place| self.span.contains(*place)) {
            return Err("a variable decides it");
        }
        if !origin.through.is_empty() {
            return Err("`extends`, `<<` or an alias brings it in from another place");
        }
        Ok(self.span)
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        self.data == Data::Null
    }

    /// True for a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.data, Data::Mapping(_))
    }

    /// True for a list.
    pub fn is_sequence(&self) -> bool {
        matches!(self.data, Data::Sequence(_))
    }

    /// The text of a string. An unknown string has its variables as they were written: `shop:${TAG}`.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_i64(&self) -> Option<i64> {
        match self.data {
            Data::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A number.
    pub fn as_f64(&self) -> Option<f64> {
        match self.data {
            #[expect(clippy::cast_precision_loss, reason = "as in every reader of this file")]
            Data::Int(value) => Some(value as f64),
            #[expect(clippy::cast_precision_loss, reason = "as in every reader of this file")]
            Data::Unsigned(value) => Some(value as f64),
            Data::Float(value) => Some(value),
            Data::Single(value) => Some(f64::from(value)),
            _ => None,
        }
    }

    /// The entries of a mapping; `None` for anything else.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.data {
            Data::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The entries of a mapping; `None` for anything else.
    pub(crate) fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.data {
            Data::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The items of a list; `None` for anything else.
    pub(crate) fn as_sequence_mut(&mut self) -> Option<&mut Vec<Self>> {
        match &mut self.data {
            Data::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list; empty for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::Sequence(items) => items,
            _ => &[],
        }
    }

    /// Keys and values of a mapping, in order; empty for anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.as_mapping().into_iter().flatten().map(|(key, entry)| (key.as_str(), entry))
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_mapping()?.get(key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        Some(&self.entry(key)?.value)
    }

    /// The value of a key.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        Some(&mut self.as_mapping_mut()?.get_mut(key)?.value)
    }

    /// The text of a key's value.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The value at a path of keys and list positions: `services.api.ports.0`. A key may itself have dots.
    pub fn at(&self, path: &str) -> Option<&Self> {
        if path.is_empty() {
            return Some(self);
        }
        match &self.data {
            Data::Mapping(mapping) => {
                let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
                for end in ends {
                    let Some(entry) = path.get(..end).and_then(|key| mapping.get(key)) else { continue };
                    let rest = path.get(end + 1..).unwrap_or_default();
                    if let Some(found) = entry.value.at(rest) {
                        return Some(found);
                    }
                }
                None
            }
            Data::Sequence(items) => {
                let (first, rest) = path.split_once('.').unwrap_or((path, ""));
                let first = first.trim_start_matches('[').trim_end_matches(']');
                items.get(first.parse::<usize>().ok()?)?.at(rest)
            }
            _ => None,
        }
    }

    /// Puts an entry into a mapping, replacing one of the same key in its place.
    pub(crate) fn put(&mut self, key: &str, at: Span, value: Self) {
        if let Data::Mapping(mapping) = &mut self.data {
            mapping.insert(key.to_owned(), Entry { key: at, value });
        }
    }

    /// Puts an implied entry into a mapping where the key does not stand yet.
    pub(crate) fn put_default(&mut self, key: &str, data: Data) {
        let span = self.span;
        if let Data::Mapping(mapping) = &mut self.data
            && !mapping.contains_key(key)
        {
            mapping.insert(key.to_owned(), Entry { key: span, value: Self::implied(data, span) });
        }
    }

    /// Takes an entry out of a mapping, keeping the order of the others.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry> {
        self.as_mapping_mut()?.shift_remove(key)
    }

    /// Notes that this value of a higher layer replaced `lower`: what decided that one, and where it stood.
    pub(crate) fn lay_over(&mut self, lower: &Self) {
        self.origin = self.origin.clone().over(&lower.origin);
        if lower.span != lower.origin.span {
            self.origin.overridden.push(lower.span);
        }
    }

    /// True where both have the same content: types count, order of keys and places do not.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::Sequence(one), Data::Sequence(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.same(two))
            }
            (Data::Mapping(one), Data::Mapping(two)) => {
                one.len() == two.len()
                    && one
                        .iter()
                        .all(|(key, entry)| two.get(key).is_some_and(|other| entry.value.same(&other.value)))
            }
            (one, two) => one == two,
        }
    }

    /// A text that is the same for values with the same content: as [`Value::same`] has it.
    pub(crate) fn fingerprint(&self) -> String {
        let mut out = String::new();
        self.write_fingerprint(&mut out);
        out
    }

    fn write_fingerprint(&self, out: &mut String) {
        let mut tagged = |tag: char, text: &str| {
            out.push(tag);
            out.push_str(&text.len().to_string());
            out.push(':');
            out.push_str(text);
        };
        match &self.data {
            Data::Null => tagged('n', ""),
            Data::Bool(value) => tagged('b', &value.to_string()),
            Data::Int(value) => tagged('i', &value.to_string()),
            Data::Unsigned(value) => tagged('u', &value.to_string()),
            Data::Float(value) => tagged('f', &value.to_string()),
            Data::Single(value) => tagged('g', &value.to_string()),
            Data::Time(text) => tagged('t', text),
            Data::String(text) => tagged('s', text),
            Data::Sequence(items) => {
                tagged('[', &items.len().to_string());
                for item in items {
                    item.write_fingerprint(out);
                }
            }
            Data::Mapping(mapping) => {
                tagged('{', &mapping.len().to_string());
                let mut entries: Vec<(&String, &Entry)> = mapping.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                for (key, entry) in entries {
                    out.push_str(&key.len().to_string());
                    out.push(':');
                    out.push_str(key);
                    entry.value.write_fingerprint(out);
                }
            }
        }
    }

    /// The text that Compose makes of a scalar in `KEY=VALUE` places: numbers by value, not by spelling.
    pub(crate) fn print(&self) -> String {
        match &self.data {
            Data::Null => "<nil>".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Int(value) => value.to_string(),
            Data::Unsigned(value) => value.to_string(),
            Data::Float(value) => crate::compose::number::general(*value),
            Data::Single(value) => crate::compose::number::general_single(*value),
            Data::Time(text) => crate::compose::number::time(text),
            Data::String(text) => text.clone(),
            Data::Sequence(items) => {
                let items: Vec<String> = items.iter().map(Self::print).collect();
                format!("[{}]", items.join(" "))
            }
            Data::Mapping(mapping) => {
                let mut entries: Vec<(&String, &Entry)> = mapping.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                let entries: Vec<String> =
                    entries.iter().map(|(key, entry)| format!("{key}:{}", entry.value.print())).collect();
                format!("map[{}]", entries.join(" "))
            }
        }
    }
}
