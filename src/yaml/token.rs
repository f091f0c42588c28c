//! What the scanner hands to the parser.

use crate::yaml::Style;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar(Style),
}

impl TokenKind {
    /// True where a collection begins.
    pub(super) fn opens(self) -> bool {
        matches!(
            self,
            Self::BlockSequenceStart
                | Self::BlockMappingStart
                | Self::FlowSequenceStart
                | Self::FlowMappingStart
        )
    }

    /// True where a collection ends.
    pub(super) fn closes(self) -> bool {
        matches!(self, Self::BlockEnd | Self::FlowSequenceEnd | Self::FlowMappingEnd)
    }

    /// True where no node of the document can go on.
    pub(super) fn ends_document(self) -> bool {
        matches!(
            self,
            Self::StreamEnd
                | Self::VersionDirective
                | Self::TagDirective
                | Self::DocumentStart
                | Self::DocumentEnd
        )
    }
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// The first byte.
    pub(super) start: u32,
    /// The byte after the last one.
    pub(super) end: u32,
    /// Of a scalar: see [`Event::detail`](super::event::Event::detail).
    pub(super) detail: u32,
}
