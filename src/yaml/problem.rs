//! What is wrong with a text as YAML.

use crate::source::Span;

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// The text cannot be read as YAML here.
    Syntax,
    /// The same key stands twice in one mapping.
    DuplicateKey,
    /// An alias names an anchor that was not defined before it.
    UnknownAnchor,
    /// Nested deeper, or expanding to more nodes, than is read.
    Limit,
}

/// One mistake, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The kind of mistake.
    pub code: ProblemCode,
    /// Where it is.
    pub span: Span,
    /// What is wrong, in words a person understands.
    pub message: String,
    /// Another place that explains it: the first of two equal keys, the bracket that is never closed.
    pub related: Option<(Span, String)>,
}
