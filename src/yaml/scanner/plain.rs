//! Scalars without quotes.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::scanner::Scanned;
use crate::yaml::scanner::Scanner;
use crate::yaml::scanner::runs::different;
use crate::yaml::scanner::runs::equal;

impl Scanner<'_> {
    /// Reads an unquoted scalar, and the blanks and line breaks after it.
    #[inline]
    pub(super) fn scan_plain(&mut self) -> Option<Scanned> {
        self.scan_plain_line().or_else(|| self.scan_plain_lines())
    }

    /// The common scalar: it ends at a `:`, or with its line where the next is indented no further.
    #[inline]
    fn scan_plain_line(&mut self) -> Option<Scanned> {
        if self.in_brackets() {
            return None;
        }
        let start = self.pos;
        let end = self.end_of_words();
        match self.at(end) {
            b':' => self.pos = end,
            b'\n' => {
                let line = end + 1;
                let next = self.find(line, |word| different(word, b' '));
                let further = i32::try_from(next - line).is_ok_and(|column| column > self.indent);
                if further || self.at(next) == b'\t' || self.break_length(next) > 0 {
                    return None;
                }
                self.new_line(line - self.pos);
                self.pos = next;
                self.key_allowed = true;
            }
            _ => return None,
        }
        Some(Scanned { start, end, detail: 0 })
    }

    #[inline(never)]
    fn scan_plain_lines(&mut self) -> Option<Scanned> {
        let start = self.pos;
        let mut end = start;
        let mut last_line = start;
        let indent = self.indent + 1;
        let in_brackets = self.in_brackets();
        let mut broken = false;
        loop {
            if self.pos == self.line_start && self.document_marker(self.pos).is_some() {
                break;
            }
            if self.current() == b'#' {
                break;
            }
            let word = self.pos;
            self.pos = if in_brackets { self.end_of_word_in_brackets() } else { self.end_of_words() };
            if self.pos > word {
                end = self.pos;
                if broken {
                    last_line = word;
                    broken = false;
                }
            }
            let blanks = self.pos;
            loop {
                match self.current() {
                    b' ' => self.skip_spaces(),
                    b'\t' => {
                        if broken && self.column() < indent && self.tab_may_stand() {
                            self.pos = self.skip_blanks(self.pos);
                            continue;
                        }
                        if broken && self.column() < indent {
                            let span = self.span(self.line_start, self.pos + 1);
                            self.report(ProblemCode::Tab, span, "a tab cannot indent");
                            self.resynchronize();
                            let detail = u32::from(last_line > start);
                            return (!in_brackets).then_some(Scanned { start, end, detail });
                        }
                        self.pos += 1;
                    }
                    _ => match self.break_length(self.pos) {
                        0 => break,
                        length => {
                            self.new_line(length);
                            broken = true;
                        }
                    },
                }
            }
            if self.pos == blanks {
                break;
            }
            if !in_brackets && broken && self.column() < indent {
                break;
            }
        }
        let multiline = last_line > start;
        if broken {
            self.key_allowed = true;
        } else if multiline
            && !in_brackets
            && !self.passed_over()
            && self.current() == b':'
            && self.blank_or_end(self.pos + 1)
        {
            return self.plain_before_key(start, last_line);
        }
        Some(Scanned { start, end, detail: u32::from(multiline) })
    }

    /// Helm reads what follows its first document no further than one token: there is no mistake in that yet.
    fn passed_over(&self) -> bool {
        self.dialect == Dialect::Helm && self.root_begun && self.indent < 0
    }

    /// Strict: blanks of a line that has nothing else may be tabs.
    fn tab_may_stand(&self) -> bool {
        if self.dialect != Dialect::Strict {
            return false;
        }
        let position = self.skip_blanks(self.pos);
        self.at_end(position) || self.break_length(position) > 0
    }

    /// The end of the run of characters that hold no blank and nothing that ends a plain scalar in brackets.
    fn end_of_word_in_brackets(&self) -> usize {
        let bracket = |word| {
            equal(word, b'[') | equal(word, b']') | equal(word, b'{') | equal(word, b'}') | equal(word, b',')
        };
        let stops = self.line_stops();
        let stops =
            |word| stops(word) | equal(word, b' ') | equal(word, b':') | equal(word, b'?') | bracket(word);
        let mut position = self.pos;
        loop {
            position = self.find(position, stops);
            let ends = match self.at(position) {
                b' ' | b'\t' | b',' | b'[' | b']' | b'{' | b'}' => true,
                b':' => self.blank_or_end(position + 1) || self.colon_ends_word(position),
                b'?' => match self.dialect {
                    Dialect::Helm => true,
                    Dialect::Compose => self.blank_or_end(position + 1),
                    Dialect::Strict => false,
                },
                _ => self.at_end(position) || self.break_length(position) > 0,
            };
            if ends {
                return position;
            }
            position += 1;
        }
    }

    /// The end of all words up to the end of the line, a comment, or a `:` that may end a key. Outside of brackets.
    #[inline]
    pub(super) fn end_of_words(&self) -> usize {
        let blank = |position: usize| matches!(self.at(position), b' ' | b'\t');
        let stops = self.line_stops();
        let mut end = self.pos;
        loop {
            end = self.find(end, |word| stops(word) | equal(word, b':') | equal(word, b'#'));
            let ends = match self.at(end) {
                b':' => self.blank_or_end(end + 1),
                b'#' => end > self.pos && blank(end - 1),
                _ => self.at_end(end) || self.break_length(end) > 0,
            };
            if ends {
                break;
            }
            end += 1;
        }
        while end > self.pos && blank(end - 1) {
            end -= 1;
        }
        end
    }

    fn colon_ends_word(&self, position: usize) -> bool {
        match self.dialect {
            Dialect::Helm => false,
            Dialect::Compose => matches!(self.at(position + 1), b',' | b']' | b'}'),
            Dialect::Strict => matches!(self.at(position + 1), b',' | b'[' | b']' | b'{' | b'}'),
        }
    }

    /// A plain scalar of several lines, and the last of them is a key: one of the lines is a mistake.
    fn plain_before_key(&mut self, start: usize, last_line: usize) -> Option<Scanned> {
        let column = |scanner: &Self, at: usize| {
            let before = scanner.text.get(..at).unwrap_or_default();
            before.len() - before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
        };
        let own_line = {
            let from = start - column(self, start);
            self.bytes
                .get(from..start)
                .unwrap_or_default()
                .iter()
                .all(|&byte| matches!(byte, b' ' | b'-' | b'?'))
        };
        let first_end = self.end_of_line(start);
        let text = self.text.get(start..first_end).unwrap_or_default();
        let text = text.split(" #").next().unwrap_or_default().trim_end();
        if own_line && column(self, last_line) <= column(self, start) {
            let span = self.span(start, start + text.len());
            let template = text.starts_with("{{");
            let message = "this line needs a `:` after its key";
            let code = if template { ProblemCode::Template } else { ProblemCode::MissingColon };
            self.report(code, span, message);
            // What stood here is dropped; the last line is read again, as the key it is.
            self.forget_key();
            self.pos = last_line;
            self.key_allowed = true;
            return None;
        }
        let end = self.end_of_line(last_line);
        let line = self.text.get(last_line..end).unwrap_or_default().trim_end();
        let span = self.span(last_line, last_line + line.len());
        let related = Some((self.span(start, start + text.len()), "the value before it".to_owned()));
        let message = "this key stands further right than the mapping it belongs to";
        self.report_with(ProblemCode::Indentation, span, message, related);
        self.resynchronize();
        Some(Scanned { start, end: start + text.len(), detail: 0 })
    }
}
