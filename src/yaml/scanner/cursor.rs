//! Where the scanner is: bytes, line breaks, columns.

use crate::yaml::scanner::Scanner;
use crate::yaml::scanner::runs::different;
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
    pub(super) fn at(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn current(&self) -> u8 {
        self.at(self.pos)
    }

    pub(super) fn offset(&self) -> u32 {
        u32::try_from(self.pos).unwrap_or(u32::MAX)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "sources are at most 16 MiB"
    )]
    #[inline]
    pub(super) fn column(&self) -> i32 {
        (self.pos - self.line_start) as i32
    }

    pub(super) fn at_end(&self, position: usize) -> bool {
        position >= self.bytes.len()
    }

    /// The length of the line break at a position; 0 where there is none.
    #[inline]
    pub(super) fn break_length(&self, position: usize) -> usize {
        match self.at(position) {
            b'\r' if self.at(position + 1) == b'\n' => 2,
            b'\n' | b'\r' => 1,
            0xc2 if self.wide_breaks && self.at(position + 1) == 0x85 => 2,
            0xe2 if self.wide_breaks
                && self.at(position + 1) == 0x80
                && matches!(self.at(position + 2), 0xa8 | 0xa9) =>
            {
                3
            }
            _ => 0,
        }
    }

    /// A blank, a line break, or the end.
    #[inline]
    pub(super) fn blank_or_end(&self, position: usize) -> bool {
        match self.at(position) {
            b' ' | b'\t' | b'\n' | b'\r' => true,
            0 => self.at_end(position),
            0xc2 | 0xe2 => self.break_length(position) > 0,
            _ => false,
        }
    }

    /// Steps over spaces: most of the text where much is nested.
    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        self.pos = self.find(self.pos, |word| different(word, b' '));
    }

    /// Steps over spaces, and no further than to `end`.
    #[inline]
    pub(super) fn skip_spaces_before(&mut self, end: usize) {
        let first = self.find(self.pos, |word| different(word, b' '));
        self.pos = first.min(end.max(self.pos));
    }

    /// Steps over a line break of that length.
    #[inline]
    pub(super) fn new_line(&mut self, length: usize) {
        self.pos += length;
        self.line += 1;
        self.line_start = self.pos;
    }

    pub(in crate::yaml) fn end_of_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        if !self.wide_breaks {
            return memchr::memchr2(b'\n', b'\r', rest).map_or(self.bytes.len(), |at| from + at);
        }
        let mut position = from;
        while !self.at_end(position) && self.break_length(position) == 0 {
            position += 1;
        }
        position
    }

    /// `---` or `...` at the start of a line.
    #[inline]
    pub(super) fn document_marker(&self, position: usize) -> Option<TokenKind> {
        let kind = match self.at(position) {
            b'-' => TokenKind::DocumentStart,
            b'.' => TokenKind::DocumentEnd,
            _ => return None,
        };
        let marker = self.bytes.get(position..position + 3)?;
        (matches!(marker, b"---" | b"...") && self.blank_or_end(position + 3)).then_some(kind)
    }

    pub(super) fn next_character(&self, position: usize) -> usize {
        let mut next = (position + 1).min(self.bytes.len());
        while !self.text.is_char_boundary(next) {
            next += 1;
        }
        next
    }

    /// The first place from here on that is neither a space nor a tab.
    pub(super) fn skip_blanks(&self, from: usize) -> usize {
        let end = self.bytes.len();
        (from..end).find(|&at| !matches!(self.at(at), b' ' | b'\t')).unwrap_or(end.max(from))
    }
}
