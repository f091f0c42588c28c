//! Block scalars: the line with `|` or `>`, and what is indented below it.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::Scanned;
use crate::yaml::scanner::Scanner;

impl Scanner<'_> {
    /// Reads a block scalar: the line with `|` or `>`, and what is indented below it.
    pub(super) fn scan_block_scalar(&mut self) -> Scanned {
        let start = self.pos;
        self.pos += 1;
        let mut explicit = 0;
        let sign = |byte: u8| matches!(byte, b'+' | b'-');
        if sign(self.current()) {
            self.pos += 1;
        }
        if self.current().is_ascii_digit() {
            explicit = i32::from(self.current() - b'0');
            self.pos += 1;
            if explicit == 0 {
                return self.fail_block_header(start, "a block scalar is indented by 1 to 9, not by 0");
            }
            if sign(self.current()) && !sign(self.at(start + 1)) {
                self.pos += 1;
            }
        }
        let header = self.pos;
        while matches!(self.current(), b' ' | b'\t') {
            self.pos += 1;
        }
        if self.current() == b'#' && (self.dialect != Dialect::Strict || self.pos > header) {
            self.add_comment();
        }
        let length = self.break_length(self.pos);
        if length == 0 && !self.at_end(self.pos) {
            return self.fail_block_header(start, "after `|` or `>` the text begins on the next line");
        }
        let header_end = header;
        if length > 0 {
            self.new_line(length);
        }
        let lowest = match (self.indent, self.dialect) {
            (-1, Dialect::Helm) => 1,
            (indent, _) => indent + 1,
        };
        let mut indent = if explicit > 0 { self.indent.max(0) + explicit } else { -1 };
        let mut end = header_end;
        let mut widest = 0;
        loop {
            // Blanks that indent, and lines that have nothing else.
            loop {
                let indented = usize::try_from(indent).map_or(usize::MAX, |indent| self.line_start + indent);
                self.skip_spaces_before(indented);
                if indent < 0 {
                    widest = widest.max(self.column());
                }
                if self.current() == b'\t'
                    && (indent < 0 || self.column() < indent)
                    && !self.tab_ends_block(indent, lowest)
                {
                    let span = self.span(self.line_start, self.pos + 1);
                    self.report(ProblemCode::Tab, span, "a tab cannot indent");
                    self.resynchronize();
                    return Scanned { start, end, detail: u32::try_from(indent.max(lowest)).unwrap_or(0) };
                }
                match self.break_length(self.pos) {
                    0 => break,
                    length => self.new_line(length),
                }
            }
            if indent < 0 {
                if self.dialect == Dialect::Strict && widest > self.column() && self.column() >= lowest {
                    let span = self.span(self.line_start, self.pos);
                    let message = "the empty lines before are indented further than this first line of text";
                    self.report(ProblemCode::Indentation, span, message);
                }
                indent = match self.dialect {
                    Dialect::Strict if self.column() >= lowest && !self.at_end(self.pos) => self.column(),
                    _ => widest.max(lowest),
                };
            }
            if self.column() != indent || self.at_end(self.pos) {
                break;
            }
            if self.dialect == Dialect::Strict && indent == 0 && self.document_marker(self.pos).is_some() {
                break;
            }
            self.pos = self.end_of_line(self.pos);
            end = self.pos;
            let length = self.break_length(self.pos);
            if length > 0 {
                self.new_line(length);
            }
        }
        if self.dialect == Dialect::Strict
            && self.column() < indent
            && self.column() > self.indent
            && !self.at_end(self.pos)
            && self.current() != b'#'
            && self.document_marker(self.pos).is_none()
            && self.column() > 0
        {
            let line_end = self.end_of_line(self.pos);
            let span = self.span(self.pos, line_end);
            self.report(
                ProblemCode::Indentation,
                span,
                "this line is indented less than the block scalar it is in",
            );
            self.resynchronize();
        }
        Scanned { start, end, detail: u32::try_from(indent).unwrap_or(0) }
    }

    /// Strict: a tab left of the content of a block scalar ends it, or is part of a blank line.
    fn tab_ends_block(&self, indent: i32, lowest: i32) -> bool {
        self.dialect == Dialect::Strict && (indent >= 0 || self.column() >= lowest)
    }

    fn fail_block_header(&mut self, start: usize, message: &str) -> Scanned {
        let end = self.end_of_line(start);
        let span = self.span(start, end);
        self.report(ProblemCode::BlockHeader, span, message);
        self.resynchronize();
        Scanned { start, end: start + 1, detail: 0 }
    }
}
