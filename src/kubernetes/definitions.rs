//! What each minor knows, read in place from the files that `tools/kubernetes-schemas` writes.
//!
//! Both files are sorted, one line a definition or a kind: a lookup is a binary search in the text, and only the line
//! that is asked for is taken apart. Nothing is decoded at start.

use crate::kubernetes::Minor;

static DEFINITIONS: &str = include_str!("../../schemas/kubernetes/definitions.txt");

/// The line that starts with `name` and a blank (or is just `name`), without the name.
pub(super) fn line(text: &'static str, name: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let (before, bytes) = (text.get(..middle)?, text.as_bytes());
        let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1).max(low);
        let end = memchr::memchr(b'\n', bytes.get(middle..)?).map_or(text.len(), |at| middle + at);
        let found = text.get(start..end)?;
        let rest = match found.strip_prefix(name) {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => return Some(rest),
            _ => found,
        };
        // Blanks sort before all else that stands in a name, so whole lines compare as their names do.
        if rest < name {
            low = end + 1;
        } else {
            high = start;
        }
    }
    None
}

/// An object type: its fields in one minor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition {
    fields: &'static str,
}

/// A field of a definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) kind: Type,
    /// Whether it must be there.
    pub(super) required: bool,
    from: u32,
    to: u32,
}

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Any text.
    String,
    /// One of several texts, separated by `|`; blanks are written as `_`.
    Enumeration(&'static str),
    /// Bytes in base64.
    Bytes,
    /// A point in time.
    Time,
    /// True or false.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// Any number.
    Number,
    /// An amount.
    Quantity,
    /// A number or a text.
    IntOrString,
    /// Anything at all.
    Any,
    /// A mapping with any keys and values.
    Object,
    /// A list of something; the type of its items as written.
    List(&'static str),
    /// A mapping with any keys; the type of its values as written.
    Map(&'static str),
    /// An object with known fields.
    Definition(&'static str),
}

impl Type {
    pub(super) fn parse(code: &'static str) -> Self {
        match code {
            "s" => Self::String,
            "y" => Self::Bytes,
            "t" => Self::Time,
            "b" => Self::Bool,
            "i" => Self::Int32,
            "l" => Self::Int64,
            "n" => Self::Number,
            "q" => Self::Quantity,
            "x" => Self::IntOrString,
            "a" => Self::Any,
            "o" => Self::Object,
            _ => {
                if let Some(values) = code.strip_prefix('=') {
                    Self::Enumeration(values)
                } else if let Some(items) = code.strip_prefix('[') {
                    Self::List(items)
                } else if let Some(values) = code.strip_prefix('{') {
                    Self::Map(values)
                } else {
                    Self::Definition(code)
                }
            }
        }
    }
}

impl Definition {
    /// The definition of that name, in any minor.
    pub(super) fn find(name: &str) -> Option<Self> {
        line(DEFINITIONS, name).map(|fields| Self { fields })
    }

    /// The fields that one minor has.
    pub(super) fn fields(self, minor: Minor) -> impl Iterator<Item = Field> {
        self.every_field().filter(move |field| field.is_in(minor))
    }

    /// The fields of all minors.
    pub(super) fn every_field(self) -> impl Iterator<Item = Field> {
        self.fields.split_ascii_whitespace().filter_map(Field::parse)
    }
}

impl Field {
    fn parse(text: &'static str) -> Option<Self> {
        let (head, code) = text.split_once(':')?;
        let (name, range) = head.split_once('@').unwrap_or((head, ""));
        let (name, required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
        let (from, to) = parse_range(range);
        Some(Self { name, kind: Type::parse(code), required, from, to })
    }

    /// Whether a minor has it.
    pub(super) fn is_in(self, minor: Minor) -> bool {
        (self.from..=self.to).contains(&minor.0)
    }

    /// The first minor that has it.
    pub(super) fn from(self) -> Minor {
        Minor(self.from)
    }

    /// The last minor that has it.
    pub(super) fn to(self) -> Minor {
        Minor(self.to)
    }
}

/// `34-`, `-35`, `34-35`, or nothing for every minor.
pub(super) fn parse_range(range: &str) -> (u32, u32) {
    let (from, to) = range.split_once('-').unwrap_or_default();
    (from.parse().unwrap_or(Minor::OLDEST.0), to.parse().unwrap_or(Minor::NEWEST.0))
}
