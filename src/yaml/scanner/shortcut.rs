//! The common tokens, taken without waiting for others: a key in its column with its `:`, a `-` in its column, and a scalar
//! right after either.
//!
//! Each takes exactly what [`Scanner::fetch`] would find, or nothing where that may have more to say.

use crate::yaml::Style;
use crate::yaml::scanner::Scanned;
use crate::yaml::scanner::Scanner;
use crate::yaml::scanner::keys::MAX_KEY;
use crate::yaml::token::Lead;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
    /// True where every token that was found is taken, and none of them may turn out to be a key.
    #[inline]
    fn nothing_waits(&self) -> bool {
        self.tokens.is_empty()
            && !self.two_marks
            && matches!(self.keys.as_slice(), [outside_of_brackets] if !outside_of_brackets.possible)
    }

    /// Goes on to what comes next. True where it begins an entry of the innermost block collection.
    #[inline]
    fn at_entry(&mut self) -> bool {
        if !self.nothing_waits() {
            return false;
        }
        self.skip_to_token();
        self.key_allowed && self.column() == self.indent
    }

    /// Takes a key and its `:`.
    #[inline]
    pub(in crate::yaml) fn take_key(&mut self) -> Option<(Style, Token)> {
        if !self.tokens.is_empty() {
            return self.take_found_key();
        }
        if !self.at_entry() || !begins_plain(self.current()) || self.document_marker(self.pos).is_some() {
            return None;
        }
        let start = self.pos;
        let end = self.end_of_words();
        if self.at(end) != b':' || end - start > MAX_KEY {
            return None;
        }
        self.pos = end + 1;
        self.last_end = self.offset();
        self.key_allowed = false;
        self.line_comment = true;
        Some((Style::Plain, Token::scalar(Style::Plain, Scanned { start, end, detail: 0 })))
    }

    /// The first key of a mapping was found with the mapping.
    fn take_found_key(&mut self) -> Option<(Style, Token)> {
        let Some(&[key, value]) = self.tokens.get(self.head..) else { return None };
        let TokenKind::Scalar(style) = key.kind else { return None };
        if key.lead != Lead::Key || value.kind != TokenKind::Value || self.head_may_be_key() {
            return None;
        }
        self.tokens.clear();
        self.head = 0;
        self.taken += 2;
        self.last_end = value.end;
        Some((style, key))
    }

    /// Takes the `-` of an item.
    #[inline]
    pub(in crate::yaml) fn take_dash(&mut self) -> bool {
        if !self.at_entry() || self.current() != b'-' || self.at(self.pos + 1) != b' ' {
            return false;
        }
        self.pos += 1;
        self.last_end = self.offset();
        self.line_comment = false;
        self.check_tab_after_indicator();
        true
    }

    /// Takes the scalar that follows the `:` or `-` taken last on its line, if it is no key.
    #[inline]
    pub(in crate::yaml) fn take_value(&mut self) -> Option<(Style, Token)> {
        if self.pos != self.last_end as usize || !self.nothing_waits() {
            return None;
        }
        self.skip_spaces();
        let style = match self.current() {
            b'"' => Style::DoubleQuoted,
            b'\'' => Style::SingleQuoted,
            byte if begins_plain(byte) => Style::Plain,
            _ => return None,
        };
        let (start, line, key_allowed) = (self.pos, self.line, self.key_allowed);
        self.key_allowed = false;
        let scanned = if style == Style::Plain { self.scan_plain()? } else { self.scan_quoted(style)? };
        let same_line = line == self.line;
        if key_allowed && same_line && !self.at_end(self.pos) && self.break_length(self.pos) == 0 {
            // Something follows on its line.
            self.pos = start;
            self.key_allowed = true;
            return None;
        }
        self.line_comment = style != Style::Plain || same_line;
        let token = Token::scalar(style, scanned);
        self.last_end = token.end;
        Some((style, token))
    }
}

/// True for most of what an unquoted scalar may begin with.
#[inline]
fn begins_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'.' | b'$' | b'<' | b'~')
}
