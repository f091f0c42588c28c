//! Mistakes: how they are told, and where the scanner goes on after them.

use crate::source::Span;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::PossibleKey;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
    /// Records a mistake; one a line is enough.
    pub(in crate::yaml) fn report(&mut self, code: ProblemCode, span: Span, message: impl Into<String>) {
        self.report_with(code, span, message, None);
    }

    pub(super) fn report_with(
        &mut self,
        code: ProblemCode,
        span: Span,
        message: impl Into<String>,
        related: Option<(Span, String)>,
    ) {
        let start = span.start as usize;
        if start >= self.failed_until {
            self.failed_until = self.end_of_line(start).max(start + 1);
            self.problems.push(Problem { code, span, message: message.into(), related });
        }
    }

    /// True where a mistake was told on the line of that offset.
    pub(in crate::yaml) fn failed_at(&self, offset: u32) -> bool {
        (offset as usize) < self.failed_until
    }

    /// Goes on at the next line: brackets are closed, and what might have been a key is none.
    pub(super) fn resynchronize(&mut self) {
        self.close_brackets(self.pos);
        if let Some(key) = self.keys.last_mut() {
            key.possible = false;
            key.required = false;
        }
        self.skip_line();
        self.key_allowed = true;
        self.line_comment = false;
    }

    fn skip_line(&mut self) {
        self.pos = self.end_of_line(self.pos);
        let length = self.break_length(self.pos);
        if length > 0 {
            self.new_line(length);
        }
    }

    pub(super) fn close_brackets(&mut self, position: usize) {
        while let Some((kind, _)) = self.brackets.pop() {
            let end = if kind == TokenKind::FlowSequenceStart {
                TokenKind::FlowSequenceEnd
            } else {
                TokenKind::FlowMappingEnd
            };
            self.keys.pop();
            self.push(end, position, position);
        }
        if self.keys.is_empty() {
            self.keys.push(PossibleKey::default());
        }
    }

    /// A line further left than the one before that can be no key and no item: where everything around it is complete,
    /// it has no place, and what is open stays open.
    pub(super) fn dedented_junk(&mut self) -> bool {
        let column = self.column();
        let root = self.indents.get(1).copied().unwrap_or(self.indent);
        if column < root || root < 0 || !self.key_allowed {
            return false;
        }
        let first = self.current();
        let follows_blank = self.blank_or_end(self.pos + 1);
        let structure = match first {
            0 => self.at_end(self.pos),
            b'-' | b'?' | b':' => follows_blank || (column == 0 && self.document_marker(self.pos).is_some()),
            b'.' => column == 0 && self.document_marker(self.pos).is_some(),
            b'%' => column == 0 && self.scan_directive().is_ok(),
            b'[' | b'{' | b']' | b'}' | b',' | b'&' | b'*' | b'!' | b'"' | b'\'' => true,
            _ => false,
        };
        if structure || self.line_has_key(self.pos) {
            return false;
        }
        let end = self.end_of_line(self.pos);
        let line = self.text.get(self.pos..end).unwrap_or_default().trim_end();
        let span = self.span(self.pos, self.pos + line.len());
        let conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
        if conflict && column == 0 {
            self.report(ProblemCode::Syntax, span, "a merge conflict is not resolved here");
        } else if first == b'%' {
            let message = "a line cannot begin with `%` except for a directive before `---`";
            self.report(ProblemCode::Directive, span, message);
        } else {
            self.report(ProblemCode::MissingColon, span, "this line needs a `:` after its key");
        }
        self.remove_key();
        self.resynchronize();
        true
    }

    pub(super) fn fail_at_tab(&mut self) {
        let span = self.span(self.pos, self.skip_blanks(self.pos));
        self.report(ProblemCode::Tab, span, "a tab cannot indent");
        self.resynchronize();
    }

    pub(super) fn fail_at_character(&mut self) {
        let character = self.text.get(self.pos..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let span = self.span(self.pos, self.pos + character.len_utf8());
        self.report(
            ProblemCode::Character,
            span,
            format!("a value cannot begin with `{character}`; it needs quotes"),
        );
        self.resynchronize();
    }

    pub(super) fn fail_at_colon(&mut self) {
        let span = self.span(self.pos, self.pos + 1);
        self.report(
            ProblemCode::ExtraColon,
            span,
            "a second `: ` on this line; a text that contains one needs quotes",
        );
        self.resynchronize();
    }

    /// Reports the outermost bracket that is open, and closes all.
    pub(super) fn leave_brackets(&mut self, why: &str) {
        let Some(&(_, start)) = self.brackets.first() else { return };
        let start = start as usize;
        let bracket = self.text.get(start..=start).unwrap_or_default();
        let span = self.span(start, start + 1);
        self.report(ProblemCode::Bracket, span, format!("this `{bracket}` is {why}"));
        self.close_brackets(self.pos);
    }

    /// A line that looks like block structure, at or left of the mapping that the open bracket is in: was the bracket
    /// forgotten? If nothing ever closes it, it ends here.
    pub(super) fn brackets_left_open(&mut self) -> bool {
        let Some(&(_, start)) = self.brackets.first() else { return false };
        if self.column() > self.indent
            || self.indent < 0
            || self.closed_bracket == Some(start)
            || matches!(self.current(), b']' | b'}' | b',')
        {
            return false;
        }
        if self.brackets_close(start) {
            self.closed_bracket = Some(start);
            return false;
        }
        self.leave_brackets("never closed");
        self.forget_key();
        self.key_allowed = true;
        true
    }

    /// Reads ahead: do the open brackets end well?
    fn brackets_close(&mut self, start: u32) -> bool {
        if self.ahead_budget == 0 {
            return false;
        }
        // What was found until now is not looked at, and not copied.
        let found = (std::mem::take(&mut self.problems), std::mem::take(&mut self.comments));
        let mut ahead = self.clone();
        (self.problems, self.comments) = found;
        ahead.closed_bracket = Some(start);
        ahead.failed_until = 0;
        while ahead.in_brackets() && !ahead.finished && ahead.problems.is_empty() {
            ahead.fetch();
        }
        self.ahead_budget = self.ahead_budget.saturating_sub(ahead.pos - self.pos);
        !ahead.in_brackets() && ahead.problems.is_empty()
    }
}
