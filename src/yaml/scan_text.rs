//! Scalars, tags and directives: where they end, and what cannot stand in them.

use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::TokenKind;

/// A scalar that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned {
    pub(super) start: usize,
    pub(super) end: usize,
    /// See [`Event::detail`](crate::yaml::event::Event::detail).
    pub(super) detail: u32,
}

impl Scanner<'_> {
    /// Reads an unquoted scalar, and the blanks and line breaks after it.
    pub(super) fn scan_plain(&mut self) -> Option<Scanned> {
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
            self.pos = self.end_of_word(in_brackets);
            if self.pos > word {
                end = self.pos;
                if broken {
                    last_line = word;
                    broken = false;
                }
            }
            // The common end: a `:` or a line break right after the text.
            match self.current() {
                b' ' | b'\t' => {}
                _ if self.break_length(self.pos) > 0 => {}
                _ => break,
            }
            loop {
                match self.current() {
                    b' ' => self.pos += 1,
                    b'\t' => {
                        if broken && self.column() < indent && self.tab_may_stand() {
                            self.pos = self.skip_blanks(self.pos);
                            continue;
                        }
                        if broken && self.column() < indent {
                            let span = self.span(self.line_start, self.pos + 1);
                            self.report(ProblemCode::Tab, span, "a tab cannot indent");
                            self.resynchronize();
                            return (!in_brackets).then_some(Scanned {
                                start,
                                end,
                                detail: u32::from(last_line > start),
                            });
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

    /// The end of the run of characters that hold no blank and nothing that ends a plain scalar.
    #[inline]
    fn end_of_word(&self, in_brackets: bool) -> usize {
        let mut position = self.pos;
        loop {
            let rest = self.bytes.get(position..).unwrap_or_default();
            let stop = if in_brackets {
                rest.iter().position(|&byte| {
                    matches!(
                        byte,
                        b' ' | b'\t'
                            | b'\n'
                            | b'\r'
                            | b':'
                            | b','
                            | b'['
                            | b']'
                            | b'{'
                            | b'}'
                            | b'?'
                            | 0xc2
                            | 0xe2
                    )
                })
            } else {
                rest.iter()
                    .position(|&byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b':' | 0xc2 | 0xe2))
            };
            let Some(stop) = stop else { return self.bytes.len() };
            position += stop;
            match self.at(position) {
                b':' => {
                    if self.blank_or_end(position + 1) || (in_brackets && self.colon_ends_word(position)) {
                        return position;
                    }
                }
                b'?' => match self.dialect {
                    Dialect::Helm => return position,
                    Dialect::Compose if self.blank_or_end(position + 1) => return position,
                    Dialect::Compose | Dialect::Strict => {}
                },
                0xc2 | 0xe2 => {
                    if self.break_length(position) > 0 {
                        return position;
                    }
                }
                _ => return position,
            }
            position += 1;
        }
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

    /// Reads a quoted scalar.
    pub(super) fn scan_quoted(&mut self, style: Style) -> Option<Scanned> {
        let start = self.pos;
        let (start_line, line_start) = (self.line, self.line_start);
        let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
        let mut detail = 0;
        self.pos += 1;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let stop = rest
                .iter()
                .position(|&byte| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r' | 0xc2 | 0xe2));
            let Some(stop) = stop else {
                self.pos = self.bytes.len();
                break;
            };
            self.pos += stop;
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

    fn next_character(&self, position: usize) -> usize {
        let mut next = (position + 1).min(self.bytes.len());
        while !self.text.is_char_boundary(next) {
            next += 1;
        }
        next
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
                while self.current() == b' ' && (indent < 0 || self.column() < indent) {
                    self.pos += 1;
                }
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

    /// Reads a tag, up to the blank after it. An error says how far it went, and what is wrong.
    pub(super) fn scan_tag(&self) -> Result<usize, (usize, &'static str)> {
        let start = self.pos;
        let end = if self.at(start + 1) == b'<' {
            let end = self.tag_uri(start + 2, true)?;
            if self.at(end) != b'>' {
                return Err((end, "the `>` that ends this tag is missing"));
            }
            if end == start + 2 {
                return Err((end + 1, "the name of the tag is missing"));
            }
            end + 1
        } else {
            let handle = self.end_of_handle(start);
            let end = self.tag_uri(handle, false)?;
            if handle > start + 1 && self.at(handle - 1) == b'!' && end == handle {
                return Err((end, "the name of the tag is missing"));
            }
            end
        };
        let ends_in_brackets = self.dialect == Dialect::Strict
            && self.in_brackets()
            && matches!(self.at(end), b',' | b']' | b'}');
        if self.blank_or_end(end) || ends_in_brackets {
            return Ok(end);
        }
        Err((self.next_character(end), "a blank must follow a tag, and a tag has no such character"))
    }

    /// The end of `!`, `!!` or `!name!`; of `!` where no handle with a name stands.
    fn end_of_handle(&self, start: usize) -> usize {
        let mut end = start + 1;
        while self.at(end).is_ascii_alphanumeric() || matches!(self.at(end), b'-' | b'_') {
            end += 1;
        }
        if self.at(end) == b'!' { end + 1 } else { start + 1 }
    }

    fn tag_uri(&self, start: usize, verbatim: bool) -> Result<usize, (usize, &'static str)> {
        let mut end = start;
        loop {
            match self.at(end) {
                b'%' => {
                    end = self
                        .uri_escape(end)
                        .ok_or((end + 1, "`%` and two hexadecimal digits make a character in a tag"))?;
                }
                b'a'..=b'z'
                | b'A'..=b'Z'
                | b'0'..=b'9'
                | b'-'
                | b'_'
                | b';'
                | b'/'
                | b'?'
                | b':'
                | b'@'
                | b'&'
                | b'='
                | b'+'
                | b'$'
                | b'.'
                | b'!'
                | b'~'
                | b'*'
                | b'\''
                | b'('
                | b')' => end += 1,
                b'#' if self.dialect == Dialect::Strict => end += 1,
                b',' | b'[' | b']' if verbatim || self.dialect == Dialect::Helm => end += 1,
                b'{' | b'}' if verbatim && self.dialect == Dialect::Compose => end += 1,
                _ => return Ok(end),
            }
        }
    }

    /// The end of the escaped bytes of one character.
    fn uri_escape(&self, start: usize) -> Option<usize> {
        let octet = |at: usize| {
            let digits = self.text.get(at + 1..at + 3).filter(|_| self.at(at) == b'%')?;
            u8::from_str_radix(digits, 16)
                .ok()
                .filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        };
        let width = match octet(start)? {
            0..0x80 => 1,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf8 => 4,
            _ => return None,
        };
        for index in 1..width {
            octet(start + 3 * index).filter(|octet| octet & 0xc0 == 0x80)?;
        }
        Some(start + 3 * width)
    }

    /// Reads `%YAML 1.1` or `%TAG !e! prefix` up to the end of the line.
    pub(super) fn scan_directive(&self) -> Result<(TokenKind, usize), String> {
        let start = self.pos;
        let mut end = start + 1;
        while self.at(end).is_ascii_alphanumeric() || matches!(self.at(end), b'-' | b'_') {
            end += 1;
        }
        let name = self.text.get(start + 1..end).unwrap_or_default();
        if !self.blank_or_end(end) || name.is_empty() {
            return Err("a line that begins with `%` is a directive: `%YAML` or `%TAG`".to_owned());
        }
        let kind = match name {
            "YAML" => {
                end = self.skip_blanks(end);
                let digits = |from: usize| {
                    (from..self.bytes.len()).take_while(|&at| self.at(at).is_ascii_digit()).count()
                };
                let major = digits(end);
                let minor = digits(end + major + 1);
                let well = |count: usize| (1..=2).contains(&count);
                if !well(major) || !well(minor) || self.at(end + major) != b'.' {
                    return Err("the version looks like `1.1`".to_owned());
                }
                end += major + 1 + minor;
                TokenKind::VersionDirective
            }
            "TAG" => {
                end = self.skip_blanks(end);
                let handle = end;
                if self.at(handle) != b'!' {
                    return Err("a handle like `!e!` is missing".to_owned());
                }
                end = self.end_of_handle(handle);
                if !matches!(self.at(end), b' ' | b'\t') {
                    return Err("a handle is `!`, `!!` or `!name!`".to_owned());
                }
                end = self.skip_blanks(end);
                let prefix = end;
                end = self.tag_uri(prefix, true).map_err(|(_, message)| message.to_owned())?;
                if end == prefix {
                    return Err("the prefix that the handle stands for is missing".to_owned());
                }
                TokenKind::TagDirective
            }
            _ if self.dialect == Dialect::Strict => {
                return Ok((TokenKind::VersionDirective, self.end_of_line(end)));
            }
            _ => return Err(format!("there is no directive `%{name}`")),
        };
        if !self.blank_or_end(end) && (kind == TokenKind::TagDirective || self.dialect == Dialect::Strict) {
            return Err("a blank must follow here".to_owned());
        }
        let after = self.skip_blanks(end);
        if self.at(after) != b'#' && !self.at_end(after) && self.break_length(after) == 0 {
            return Err("nothing more may stand on the line of a directive".to_owned());
        }
        Ok((kind, end))
    }

    /// The first place from here on that is neither a space nor a tab.
    pub(super) fn skip_blanks(&self, from: usize) -> usize {
        let end = self.bytes.len();
        (from..end).find(|&at| !matches!(self.at(at), b' ' | b'\t')).unwrap_or(end.max(from))
    }
}
