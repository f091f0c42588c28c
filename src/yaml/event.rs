//! What a YAML parser says, in the order of the text.

use std::ops::Range;

use crate::source::Span;

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `text`
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// How a mapping or sequence was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CollectionStyle {
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its `#`, without the line break.
    pub span: Span,
    /// True where nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// What an [`Event`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A document begins.
    DocumentStart,
    /// The document before goes on after a mistake.
    DocumentContinues,
    /// A document ends; the range is that of the token that ends it.
    DocumentEnd,
    /// A mapping begins.
    MappingStart(CollectionStyle),
    /// A sequence begins.
    SequenceStart(CollectionStyle),
    /// The innermost collection ends; the range is that of a closing bracket, empty for a block collection.
    CollectionEnd,
    /// A scalar.
    Scalar(Style),
    /// `*name`, with its `*`.
    Alias,
}

/// One step through a YAML stream. Offsets are bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is.
    pub kind: EventKind,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
    /// Of a plain or quoted scalar: 0 where its text is what stands there (between the quotes). Of a block scalar: the
    /// column of its content.
    pub detail: u32,
    /// `&name`, with its `&`; empty where there is none.
    pub(super) anchor: (u32, u32),
    /// The tag as written, with its `!`; empty where there is none.
    pub(super) tag: (u32, u32),
}

impl Event {
    /// The bytes of `&name`, with its `&`.
    pub fn anchor(&self) -> Option<Range<usize>> {
        range(self.anchor)
    }

    /// The bytes of the tag as written, with its `!`.
    pub fn tag(&self) -> Option<Range<usize>> {
        range(self.tag)
    }
}

fn range((start, end): (u32, u32)) -> Option<Range<usize>> {
    (start < end).then_some(start as usize..end as usize)
}
