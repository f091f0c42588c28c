//! What a YAML parser says, in the order of the text.

use std::borrow::Cow;

use crate::source::Span;
use crate::yaml::Problem;

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

/// Anchor and tag of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    /// `&name`, with its `&`.
    pub(crate) anchor: Option<Span>,
    /// The tag as written, with its `!`.
    pub(crate) tag: Option<Span>,
}

/// One step through a YAML stream.
#[derive(Clone, Debug)]
pub(crate) enum Event<'t> {
    /// A document begins.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A mapping begins at the start of the span.
    MappingStart(Properties, CollectionStyle, Span),
    /// A sequence begins at the start of the span.
    SequenceStart(Properties, CollectionStyle, Span),
    /// The innermost collection ends; the span is that of a closing bracket, empty for a block collection.
    CollectionEnd(Span),
    /// A scalar: its text after escapes and folding.
    Scalar(Properties, Style, Span, Cow<'t, str>),
    /// `*name`, with its `*`.
    Alias(Span),
    /// A comment.
    Comment(Comment),
    /// A mistake; parsing goes on where it can.
    Problem(Problem),
}

/// A parser: hands its events over one by one, balanced, whatever the text.
pub(crate) trait Events<'t> {
    /// The next event; `None` at the end of the stream.
    fn next_event(&mut self) -> Option<Event<'t>>;
}
