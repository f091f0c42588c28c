//! What may be a key: nobody knows before its `:` comes.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::PossibleKey;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::Lead;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

/// A key without `?` is at most this long, in characters.
pub(super) const MAX_KEY: usize = 1024;

impl Scanner<'_> {
    pub(super) fn save_key(&mut self) {
        if !self.key_allowed {
            return;
        }
        let key = PossibleKey {
            possible: true,
            required: self.brackets.is_empty() && self.indent == self.column(),
            lost: false,
            token: 0,
            start: self.offset(),
            line: self.line,
            column: self.column(),
        };
        self.remove_key();
        let token = self.taken + (self.tokens.len() - self.head);
        if let Some(last) = self.keys.last_mut() {
            *last = PossibleKey { token, ..key };
            self.first_key = self.first_key.min(self.keys.len() - 1);
        }
    }

    /// What was read last is no key.
    pub(super) fn forget_key(&mut self) {
        if let Some(key) = self.keys.last_mut() {
            *key = PossibleKey::default();
        }
    }

    pub(super) fn remove_key(&mut self) {
        let index = self.keys.len().saturating_sub(1);
        let Some(key) = self.keys.get_mut(index) else { return };
        if key.possible && key.required {
            self.missing_colon(index);
            return;
        }
        key.possible = false;
        key.required = false;
    }

    pub(super) fn key_is_valid(&mut self, index: usize) -> bool {
        let Some(&key) = self.keys.get(index) else { return false };
        if !key.possible {
            return false;
        }
        let long = self.dialect != Dialect::Compose && self.longer_than_a_key(key.start as usize);
        if key.line == self.line && !long {
            return true;
        }
        // Strict: a key in braces may go over lines.
        let around = index.checked_sub(1).and_then(|level| self.brackets.get(level));
        if self.dialect == Dialect::Strict && matches!(around, Some((TokenKind::FlowMappingStart, _))) {
            return true;
        }
        if key.required {
            self.missing_colon(index);
        } else if let Some(key) = self.keys.get_mut(index) {
            key.possible = false;
        }
        false
    }

    fn longer_than_a_key(&self, start: usize) -> bool {
        let read = self.bytes.get(start..self.pos).unwrap_or_default();
        let begins_character = |byte: &&u8| **byte & 0xc0 != 0x80;
        read.len() > MAX_KEY
            && (read.len() > 4 * MAX_KEY || read.iter().filter(begins_character).count() > MAX_KEY)
    }

    /// Reports the line that should have been a key, and takes it out of the tokens where they are still here.
    fn missing_colon(&mut self, index: usize) {
        let Some(key) = self.keys.get_mut(index) else { return };
        key.possible = false;
        key.required = false;
        let key = *key;
        let start = key.start as usize;
        let line = self.text.get(start..self.end_of_line(start)).unwrap_or_default().trim_end();
        let span = self.span(start, start + line.len());
        let (code, message) = if line.starts_with("{{") {
            (ProblemCode::Template, "this is text of a template, which is no YAML before it is rendered")
        } else {
            (ProblemCode::MissingColon, "this line needs a `:` after its key")
        };
        self.report(code, span, message);
        let Some(at) = key.token.checked_sub(self.taken) else { return };
        let of_the_key = |token: &Token| {
            let kind = token.leading().kind;
            !matches!(
                kind,
                TokenKind::BlockEnd | TokenKind::BlockMappingStart | TokenKind::BlockSequenceStart
            )
        };
        let from = (self.head + at).min(self.tokens.len());
        let count = self.tokens.iter().skip(from).take_while(|token| of_the_key(token)).count();
        self.tokens.drain(from..from + count);
    }

    /// The common case: the scalar just read is a key, its `:` comes right after it.
    #[inline]
    pub(super) fn key_follows(&mut self, line: u32) {
        if self.current() != b':'
            || !self.keys.last().is_some_and(|key| key.possible)
            || line != self.line
            || self.in_brackets()
            || !self.blank_or_end(self.pos + 1)
        {
            return;
        }
        self.fetch_value();
    }

    pub(super) fn fetch_key(&mut self) {
        if !self.in_brackets() {
            if !self.key_allowed {
                let span = self.span(self.pos, self.pos + 1);
                self.report(ProblemCode::Syntax, span, "a key with `?` cannot begin here");
                return self.resynchronize();
            }
            self.remove_key();
            self.roll_here(TokenKind::BlockMappingStart);
        }
        self.remove_key();
        self.key_allowed = !self.in_brackets();
        self.take(TokenKind::Key, 1);
        self.skip_line_comment();
        self.check_tab_after_indicator();
    }

    pub(super) fn fetch_value(&mut self) {
        let index = self.keys.len().saturating_sub(1);
        if self.key_is_valid(index) {
            let key = self.keys.get(index).copied().unwrap_or_default();
            let opens = self.roll(key.column);
            let at = key.token.checked_sub(self.taken).map(|ahead| self.head + ahead);
            match at.and_then(|at| self.tokens.get_mut(at)).filter(|_| !key.lost) {
                Some(token) => token.lead = if opens { Lead::MappingAndKey } else { Lead::Key },
                // The key was handed out already: here its mapping is seen to begin.
                None => {
                    let here = self.offset();
                    self.tokens.push(Token::new(TokenKind::Key, here, here));
                    if opens {
                        self.tokens.push(Token::new(TokenKind::BlockMappingStart, here, here));
                    }
                }
            }
            if let Some(key) = self.keys.get_mut(index) {
                key.possible = false;
                key.required = false;
            }
            self.key_allowed = false;
            self.take(TokenKind::Value, 1);
            return;
        }
        if !self.in_brackets() {
            if !self.key_allowed {
                return self.fail_at_colon();
            }
            self.roll_here(TokenKind::BlockMappingStart);
        }
        self.key_allowed = !self.in_brackets();
        self.take(TokenKind::Value, 1);
        self.skip_line_comment();
        self.check_tab_after_indicator();
    }

    pub(super) fn colon_is_value(&self) -> bool {
        match self.dialect {
            Dialect::Helm => true,
            Dialect::Compose => {
                !matches!(self.last_kind, TokenKind::FlowEntry | TokenKind::FlowSequenceStart)
            }
            Dialect::Strict => {
                matches!(self.at(self.pos + 1), b',' | b'[' | b']' | b'{' | b'}') || self.after_json_key()
            }
        }
    }

    /// Strict: right after a quoted scalar or a closing bracket, `:` needs no blank.
    fn after_json_key(&self) -> bool {
        let Some(key) = self.keys.last().filter(|key| key.possible) else { return false };
        let before = self.pos.checked_sub(1).map_or(0, |before| self.at(before));
        matches!(self.at(key.start as usize), b'"' | b'\'' | b'[' | b'{')
            || matches!(before, b'"' | b'\'' | b']' | b'}')
    }
}
