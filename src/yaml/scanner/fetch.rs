//! One token after the other, by the character it begins with.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::scanner::MAX_DEPTH;
use crate::yaml::scanner::PIECE;
use crate::yaml::scanner::PossibleKey;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
    pub(super) fn fetch(&mut self) {
        self.skip_to_token();
        if self.two_marks {
            // Where they look further than a piece of the text they lose its beginning.
            self.two_marks = self.pos + 4 <= self.bytes.len().min(PIECE as usize);
        }
        let in_brackets = self.in_brackets();
        if in_brackets {
            if self.brackets_left_open() {
                return;
            }
            if self.dialect == Dialect::Strict {
                self.check_flow_indentation();
            }
        }
        let first = self.current();
        if first == b'\t' {
            return self.fail_at_tab();
        }
        if !in_brackets && self.column() < self.indent {
            if self.dedented_junk() {
                return;
            }
            self.unroll(self.column());
        }
        let follows_blank = self.blank_or_end(self.pos + 1);
        if self.column() == 0 {
            // Strict: in brackets it is content like any other.
            if first == b'%' && !(in_brackets && self.dialect == Dialect::Strict) {
                return self.fetch_directive();
            }
            if let Some(kind) = self.document_marker(self.pos) {
                return self.fetch_document_marker(kind);
            }
        }
        match first {
            0 if self.at_end(self.pos) => self.fetch_stream_end(),
            b'[' => self.fetch_opening(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_opening(TokenKind::FlowMappingStart),
            b']' => self.fetch_closing(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_closing(TokenKind::FlowMappingEnd),
            b',' => self.fetch_comma(),
            b'-' if follows_blank => self.fetch_block_entry(),
            b'?' if follows_blank || (in_brackets && self.dialect == Dialect::Helm) => self.fetch_key(),
            b':' if follows_blank || (in_brackets && self.colon_is_value()) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !in_brackets => self.fetch_block_scalar(first == b'|'),
            b'\'' => self.fetch_quoted(Style::SingleQuoted),
            b'"' => self.fetch_quoted(Style::DoubleQuoted),
            b'@' | b'`' | b'%' | b'|' | b'>' | b'#' => self.fail_at_character(),
            b'?' | b':' if in_brackets && self.dialect == Dialect::Helm => self.fail_at_character(),
            b'-' | b'?' | b':'
                if in_brackets
                    && self.dialect == Dialect::Strict
                    && matches!(self.at(self.pos + 1), b',' | b'[' | b']' | b'{' | b'}') =>
            {
                self.fail_at_character();
            }
            _ => self.fetch_plain(),
        }
    }

    fn fetch_stream_end(&mut self) {
        self.leave_brackets("never closed");
        self.unroll(-1);
        self.remove_key();
        self.key_allowed = false;
        self.finished = true;
        self.push(TokenKind::StreamEnd, self.pos, self.pos);
    }

    fn fetch_document_marker(&mut self, kind: TokenKind) {
        self.leave_brackets("not closed before the document ends");
        self.unroll(-1);
        self.remove_key();
        self.key_allowed = false;
        self.take(kind, 3);
        self.root_begun = false;
        self.line_comment = false;
        if kind == TokenKind::DocumentEnd && self.dialect == Dialect::Strict {
            let position = self.skip_blanks(self.pos);
            let comment = self.at(position) == b'#' && position > self.pos;
            if !comment && !self.at_end(position) && self.break_length(position) == 0 {
                let end = self.end_of_line(position);
                let span = self.span(position, end);
                self.report(ProblemCode::TrailingContent, span, "nothing may stand after `...` on its line");
                self.resynchronize();
            }
        }
    }

    fn fetch_directive(&mut self) {
        self.remove_key();
        let start = self.pos;
        match self.scan_directive() {
            Ok((kind, end)) => {
                self.leave_brackets("not closed before the document ends");
                self.unroll(-1);
                self.key_allowed = false;
                self.pos = end;
                self.push(kind, start, end);
                self.line_comment = false;
            }
            Err(message) => {
                let end = self.end_of_line(start);
                let span = self.span(start, end);
                self.report(ProblemCode::Directive, span, message);
                self.resynchronize();
            }
        }
    }

    fn fetch_opening(&mut self, kind: TokenKind) {
        self.save_key();
        if self.brackets.len() == MAX_DEPTH {
            let span = self.span(self.pos, self.pos + 1);
            let message = format!("brackets nested more than {MAX_DEPTH} levels deep are not read");
            self.report(ProblemCode::Limit, span, message);
            return self.resynchronize();
        }
        self.brackets.push((kind, self.offset()));
        self.keys.push(PossibleKey::default());
        self.key_allowed = true;
        self.take(kind, 1);
    }

    fn fetch_closing(&mut self, kind: TokenKind) {
        self.remove_key();
        if let Some((opened, start)) = self.brackets.pop() {
            let inner = self.keys.pop();
            if self.dialect == Dialect::Helm
                && inner.is_some_and(|inner| inner.line == 0)
                && let Some(key) = self.keys.last_mut().filter(|key| key.start == start)
            {
                key.lost = true;
            }
            if (opened == TokenKind::FlowSequenceStart) != (kind == TokenKind::FlowSequenceEnd) {
                let closing = if opened == TokenKind::FlowSequenceStart { ']' } else { '}' };
                let span = self.span(self.pos, self.pos + 1);
                let opening = self.span(start as usize, start as usize + 1);
                let message = format!("a `{closing}` should stand here");
                let related = Some((opening, "it would close this bracket".to_owned()));
                self.report_with(ProblemCode::Bracket, span, message, related);
                self.brackets.push((opened, start));
                self.keys.push(PossibleKey::default());
                return self.resynchronize();
            }
        }
        self.key_allowed = false;
        self.take(kind, 1);
    }

    fn fetch_comma(&mut self) {
        self.remove_key();
        self.key_allowed = true;
        self.take(TokenKind::FlowEntry, 1);
    }

    fn fetch_block_entry(&mut self) {
        if !self.in_brackets() {
            if !self.key_allowed {
                let span = self.span(self.pos, self.pos + 1);
                self.report(
                    ProblemCode::ListItem,
                    span,
                    "a list item cannot begin here; it stands on a line of its own",
                );
                return self.resynchronize();
            }
            self.remove_key();
            self.roll_here(TokenKind::BlockSequenceStart);
        } else if self.dialect == Dialect::Strict {
            let span = self.span(self.pos, self.pos + 1);
            self.report(ProblemCode::ListItem, span, "a list item with `-` cannot stand in brackets");
            return self.resynchronize();
        }
        self.remove_key();
        self.key_allowed = true;
        self.take(TokenKind::BlockEntry, 1);
        self.check_tab_after_indicator();
    }

    fn fetch_anchor(&mut self, kind: TokenKind) {
        self.save_key();
        self.key_allowed = false;
        let start = self.pos;
        let mut end = start + 1;
        while self.anchor_character(end) {
            end += 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let ends_well = self.blank_or_end(end)
            || match self.dialect {
                Dialect::Strict => matches!(self.at(end), b',' | b'[' | b']' | b'{' | b'}'),
                _ => matches!(self.at(end), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'),
            };
        if end == start + 1 || !ends_well {
            let what = if kind == TokenKind::Alias { "alias" } else { "anchor" };
            let message = if end == start + 1 {
                format!("the name of the {what} is missing")
            } else {
                format!("the name of an {what} has only letters, digits, `-` and `_`")
            };
            let span = self.span(start, end);
            self.report(ProblemCode::Anchor, span, message);
            return self.resynchronize();
        }
        self.pos = end;
        self.push(kind, start, end);
        self.line_comment = true;
    }

    fn anchor_character(&self, position: usize) -> bool {
        let byte = self.at(position);
        match self.dialect {
            Dialect::Helm => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Dialect::Compose => {
                !self.two_marks
                    && byte.is_ascii_graphic()
                    && !matches!(byte, b':' | b',' | b'[' | b']' | b'{' | b'}')
            }
            Dialect::Strict => {
                !self.blank_or_end(position) && !matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | 0)
            }
        }
    }

    fn fetch_tag(&mut self) {
        self.save_key();
        self.key_allowed = false;
        let start = self.pos;
        match self.scan_tag() {
            Ok(end) => {
                self.pos = end;
                self.push(TokenKind::Tag, start, end);
                self.line_comment = true;
            }
            Err((end, message)) => {
                let span = self.span(start, end.max(start + 1));
                self.report(ProblemCode::Tag, span, message);
                self.resynchronize();
            }
        }
    }

    fn fetch_block_scalar(&mut self, literal: bool) {
        self.remove_key();
        self.key_allowed = true;
        let scanned = self.scan_block_scalar();
        let style = if literal { Style::Literal } else { Style::Folded };
        self.push_scalar(style, scanned);
        self.line_comment = false;
    }

    fn fetch_quoted(&mut self, style: Style) {
        self.save_key();
        self.key_allowed = false;
        let line = self.line;
        if let Some(scanned) = self.scan_quoted(style) {
            self.push_scalar(style, scanned);
            self.line_comment = true;
            self.key_follows(line);
        }
    }

    fn fetch_plain(&mut self) {
        self.save_key();
        self.key_allowed = false;
        let line = self.line;
        if let Some(scanned) = self.scan_plain() {
            self.push_scalar(Style::Plain, scanned);
            self.line_comment = line == self.line;
            self.key_follows(line);
        }
    }
}
