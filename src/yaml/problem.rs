//! What is wrong with a text as YAML.

use crate::source::Span;

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCode {
    /// The text cannot be read as YAML here, for a reason that has no code of its own.
    Syntax,
    /// The same key stands twice in one mapping.
    DuplicateKey,
    /// An alias names an anchor that was not defined before it.
    UnknownAnchor,
    /// Nested deeper, or expanding to more nodes, than is read.
    Limit,
    /// A quote is never closed.
    UnclosedQuote,
    /// A bracket is never closed, or one closes that was never opened.
    Bracket,
    /// A tab where only spaces may indent.
    Tab,
    /// A line stands further right or left than its neighbours allow.
    Indentation,
    /// A line of a mapping that has no `:`.
    MissingColon,
    /// A second `: ` on a line.
    ExtraColon,
    /// A `- ` where no list item can stand.
    ListItem,
    /// A character that cannot begin a value.
    Character,
    /// A control character, which YAML does not allow anywhere.
    ControlCharacter,
    /// An escape in double quotes that does not exist.
    Escape,
    /// An anchor or alias without a name, or with a wrong one.
    Anchor,
    /// A tag that cannot be read, or whose handle is not declared.
    Tag,
    /// A scalar that is not what its tag says.
    TagMismatch,
    /// A line that begins with `%`.
    Directive,
    /// The first line of a block scalar.
    BlockHeader,
    /// Text of a template (`{{ … }}`) where YAML should stand.
    Template,
    /// Something stands after a value that is already complete.
    TrailingContent,
}

impl ProblemCode {
    /// True where the text itself is broken. False for what can only be seen in a tree: equal keys, unknown anchors, tags
    /// that do not fit, limits.
    pub fn is_syntax(self) -> bool {
        !matches!(self, Self::DuplicateKey | Self::UnknownAnchor | Self::Limit | Self::TagMismatch)
    }
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
