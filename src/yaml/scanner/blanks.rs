//! What stands between tokens: blanks, line breaks and comments, and the tabs among them.

use crate::yaml::Comment;
use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::Scanner;
use crate::yaml::scanner::runs::equal;

/// So far go-yaml v4 looks for the next comment.
const COMMENT_REACH: usize = 512;

impl Scanner<'_> {
    pub(super) fn skip_to_token(&mut self) {
        let mut comment_before = false;
        loop {
            self.pass_over_mark();
            self.skip_spaces();
            match self.current() {
                b'#' if self.dialect != Dialect::Strict || !self.glued_comment() => {
                    self.add_comment();
                    comment_before |= self.dialect == Dialect::Compose && !self.line_comment;
                }
                b'\t' if self.in_brackets() || !self.key_allowed => self.pos += 1,
                b'\t' if comment_before && self.comment_follows() => self.pos += 1,
                b'\t' if self.dialect == Dialect::Strict && self.blank_line_or_flow() => {
                    self.pos = self.skip_blanks(self.pos);
                }
                _ => match self.break_length(self.pos) {
                    0 => return,
                    length => {
                        self.new_line(length);
                        self.line_comment = false;
                        self.key_allowed |= !self.in_brackets();
                    }
                },
            }
        }
    }

    /// After a second mark of the encoding both go-yamls take the first character of every line for one more, as long as
    /// they have the beginning of the text before them.
    fn pass_over_mark(&mut self) {
        if self.two_marks && self.pos == self.line_start && !self.at_end(self.pos) {
            self.pos = self.next_character(self.pos);
            self.line_start = self.pos - 1;
        }
    }

    pub(super) fn add_comment(&mut self) {
        let start = self.pos;
        self.pos = self.end_of_line(start);
        let before = self.bytes.get(self.line_start..start).unwrap_or_default();
        let own_line = before.iter().all(|&byte| byte == b' ' || byte == b'\t');
        self.comments.push(Comment { span: self.span(start, self.pos), own_line });
    }

    /// Version 4 looks past blanks of any kind for the next comment.
    fn comment_follows(&mut self) -> bool {
        let reach = self.pos + COMMENT_REACH;
        let mut position = self.pos.max(self.blank_until.min(reach));
        while position < reach {
            match self.at(position) {
                b' ' | b'\t' => position += 1,
                b'#' => {
                    self.blank_until = position;
                    return true;
                }
                _ => match self.break_length(position) {
                    0 => return false,
                    length => position += length,
                },
            }
        }
        false
    }

    /// Strict: a `#` begins a comment only after a blank.
    fn glued_comment(&self) -> bool {
        self.pos > self.line_start && !matches!(self.at(self.pos - 1), b' ' | b'\t')
    }

    /// Version 4 takes a comment together with the token before it, past tabs too.
    pub(super) fn skip_line_comment(&mut self) {
        if self.dialect != Dialect::Compose {
            return;
        }
        let mut position = self.pos;
        while matches!(self.at(position), b' ' | b'\t') && position < self.pos + COMMENT_REACH {
            position += 1;
        }
        if self.at(position) == b'#' {
            self.pos = position;
            self.add_comment();
        }
    }

    /// Strict: tabs may stand on a line that has nothing else, or before a bracket that begins a document.
    fn blank_line_or_flow(&self) -> bool {
        let position = self.skip_blanks(self.pos);
        let indicator = matches!(self.at(position), b'-' | b'?' | b':') && self.blank_or_end(position + 1);
        self.at_end(position)
            || matches!(self.at(position), b'#' | b'[' | b'{' | b']' | b'}')
            || self.break_length(position) > 0
            || (self.indent >= 0 && self.column() > self.indent && !indicator && !self.line_has_key(position))
    }

    pub(super) fn line_has_key(&self, from: usize) -> bool {
        if matches!(self.at(from), b'"' | b'\'' | b'#' | b'[' | b'{') {
            return false;
        }
        let stops = self.line_stops();
        let mut position = from;
        loop {
            position = self.find(position, |word| stops(word) | equal(word, b':'));
            match self.at(position) {
                b':' if self.blank_or_end(position + 1) => return true,
                _ if self.at_end(position) || self.break_length(position) > 0 => return false,
                _ => position += 1,
            }
        }
    }

    /// Strict: lines in brackets are indented further than the mapping or list they are in.
    pub(super) fn check_flow_indentation(&mut self) {
        if self.line_checked == self.line {
            return;
        }
        self.line_checked = self.line;
        let line = self.bytes.get(self.line_start..self.pos).unwrap_or_default();
        let spaces = line.iter().take_while(|&&byte| byte == b' ').count();
        let first = line.iter().all(|byte| matches!(byte, b' ' | b'\t'));
        let begins = self.brackets.last().is_some_and(|bracket| bracket.1 as usize >= self.line_start);
        if first
            && !begins
            && i32::try_from(spaces).is_ok_and(|column| column <= self.indent)
            && !self.at_end(self.pos)
        {
            let end = self.end_of_line(self.pos);
            let span = self.span(self.pos, end);
            self.report(
                ProblemCode::Indentation,
                span,
                "a line in brackets must be indented further than what it is in",
            );
        }
    }

    /// Strict: what follows `-`, `?` or `:` on its line begins a new level, which a tab cannot indent.
    pub(super) fn check_tab_after_indicator(&mut self) {
        if self.dialect != Dialect::Strict || self.in_brackets() || !self.key_allowed {
            return;
        }
        let position = self.skip_blanks(self.pos);
        let blanks = self.bytes.get(self.pos..position).unwrap_or_default();
        if !blanks.contains(&b'\t') || self.at_end(position) || self.break_length(position) > 0 {
            return;
        }
        let indicator = matches!(self.at(position), b'-' | b'?' | b':') && self.blank_or_end(position + 1);
        if indicator || self.line_has_key(position) {
            let span = self.span(self.pos, position);
            self.report(ProblemCode::Tab, span, "a tab cannot indent");
            self.resynchronize();
        } else {
            self.pos = position;
        }
    }
}
