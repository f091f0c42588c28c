//! Scalars in quotes, and their escapes.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::scanner::Scanned;
use crate::yaml::scanner::Scanner;
use crate::yaml::scanner::runs::equal;

impl Scanner<'_> {
    /// Reads a quoted scalar.
    pub(super) fn scan_quoted(&mut self, style: Style) -> Option<Scanned> {
        let start = self.pos;
        let (start_line, line_start) = (self.line, self.line_start);
        let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
        let stops = self.line_stops();
        let mut detail = 0;
        self.pos += 1;
        loop {
            self.pos = self.find(self.pos, |word| stops(word) | equal(word, quote) | equal(word, b'\\'));
            if self.at_end(self.pos) {
                break;
            }
            match self.current() {
                byte if byte == quote => {
                    if quote == b'\'' && self.at(self.pos + 1) == b'\'' {
                        detail = 1;
                        self.pos += 2;
                        continue;
                    }
                    self.pos += 1;
                    if self.line != start_line && self.junk_after_quote() {
                        break;
                    }
                    return Some(Scanned { start, end: self.pos, detail });
                }
                b'\\' if quote == b'"' => {
                    detail = 1;
                    match self.escape(self.pos) {
                        Ok(length) => {
                            let line_break = self.break_length(self.pos + 1);
                            if line_break > 0 {
                                self.pos += 1;
                                self.new_line(line_break);
                                if !self.quoted_line_is_well() {
                                    break;
                                }
                            } else {
                                self.pos += length;
                            }
                        }
                        Err(message) => {
                            let end = self.next_character(self.next_character(self.pos));
                            let span = self.span(self.pos, end);
                            self.report(ProblemCode::Escape, span, message);
                            self.pos += 1;
                        }
                    }
                }
                _ => match self.break_length(self.pos) {
                    0 => self.pos += 1,
                    length => {
                        detail = 1;
                        self.new_line(length);
                        if !self.quoted_line_is_well() {
                            break;
                        }
                    }
                },
            }
        }
        // It is never closed: it ends with its line.
        self.pos = start;
        self.line = start_line;
        self.line_start = line_start;
        let end = self.end_of_line(start);
        let text = self.text.get(start..end).unwrap_or_default().trim_end();
        let span = self.span(start, start + 1);
        self.report(ProblemCode::UnclosedQuote, span, "the quote opened here is never closed");
        let in_brackets = self.in_brackets();
        self.resynchronize();
        (!in_brackets).then_some(Scanned { start, end: start + text.len(), detail: 2 })
    }

    /// False where a quoted scalar cannot go on: at a document marker, or (strict) left of its parent.
    fn quoted_line_is_well(&self) -> bool {
        if self.document_marker(self.pos).is_some() {
            return false;
        }
        if self.dialect != Dialect::Strict || self.in_brackets() {
            return true;
        }
        let mut position = self.pos;
        while self.at(position) == b' ' {
            position += 1;
        }
        let column = i32::try_from(position - self.pos).unwrap_or(i32::MAX);
        let mut content = position;
        while matches!(self.at(content), b' ' | b'\t') {
            content += 1;
        }
        column > self.indent || self.break_length(content) > 0 || self.at_end(content)
    }

    /// After the end of a quoted scalar of several lines: is there something that shows that the quote was another one's?
    fn junk_after_quote(&self) -> bool {
        if self.in_brackets() || self.indent < 0 {
            return false;
        }
        let position = self.skip_blanks(self.pos);
        !(self.blank_or_end(position) || matches!(self.at(position), b'#' | b':'))
    }

    /// The length of the escape at a position, or what is wrong with it.
    fn escape(&self, position: usize) -> Result<usize, String> {
        let digits = match self.at(position + 1) {
            b'0' | b'a' | b'b' | b't' | b'\t' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'\\'
            | b'N' | b'_' | b'L' | b'P' => return Ok(2),
            b'\'' if self.dialect != Dialect::Strict => return Ok(2),
            b'/' if self.dialect == Dialect::Strict => return Ok(2),
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ if self.break_length(position + 1) > 0 => return Ok(1 + self.break_length(position + 1)),
            _ => {
                let rest = self.text.get(position + 1..).unwrap_or_default();
                let character = rest.chars().next().unwrap_or(' ');
                return Err(format!("`\\{character}` is no escape of YAML; a backslash itself is `\\\\`"));
            }
        };
        let digits = self.text.get(position + 2..position + 2 + digits).unwrap_or_default();
        let value = Some(digits)
            .filter(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match value {
            Some(value) if char::from_u32(value).is_some() => Ok(2 + digits.len()),
            Some(value) => Err(format!("there is no character U+{value:X}")),
            None => Err("hexadecimal digits are missing in this escape".to_owned()),
        }
    }
}
