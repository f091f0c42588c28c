//! Tags and directives.

use crate::yaml::Dialect;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
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
}
