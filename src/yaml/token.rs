//! What the scanner hands to the parser.

use crate::yaml::Style;
use crate::yaml::scanner::Scanned;

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

/// What a token turns out to begin when the `:` after it comes: then these tokens stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    Nothing,
    Key,
    MappingAndKey,
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
    /// What stands before it without a text of its own.
    pub(super) lead: Lead,
}

impl Token {
    #[expect(clippy::cast_possible_truncation, reason = "sources are at most 16 MiB")]
    #[inline]
    pub(super) fn spanning(kind: TokenKind, start: usize, end: usize) -> Self {
        Self::new(kind, start as u32, end as u32)
    }

    #[inline]
    pub(super) fn scalar(style: Style, scanned: Scanned) -> Self {
        let token = Self::spanning(TokenKind::Scalar(style), scanned.start, scanned.end);
        Self { detail: scanned.detail, ..token }
    }

    pub(super) fn new(kind: TokenKind, start: u32, end: u32) -> Self {
        Self { kind, start, end, detail: 0, lead: Lead::Nothing }
    }

    /// The token that is to be read first: its lead, or itself.
    #[inline]
    pub(super) fn leading(self) -> Self {
        match self.lead {
            Lead::Nothing => self,
            Lead::Key => Self::new(TokenKind::Key, self.start, self.start),
            Lead::MappingAndKey => Self::new(TokenKind::BlockMappingStart, self.start, self.start),
        }
    }
}
