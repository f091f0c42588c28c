//! The text of a scalar: escapes, folded lines, block scalars. Works on what the scanner found well.

use std::borrow::Cow;

use crate::yaml::Dialect;
use crate::yaml::Style;

/// The text of a scalar that stands at `start..end`; `detail` is that of its event.
pub(super) fn decode(
    text: &str,
    start: usize,
    end: usize,
    style: Style,
    detail: u32,
    dialect: Dialect,
) -> Cow<'_, str> {
    let raw = text.get(start..end).unwrap_or_default();
    let lines = Lines { wide: dialect != Dialect::Strict };
    match style {
        Style::Plain if detail == 0 => Cow::Borrowed(raw),
        Style::Plain => Cow::Owned(lines.fold(raw, Escapes::None)),
        Style::SingleQuoted | Style::DoubleQuoted => {
            let end = if detail == 2 { raw.len() } else { raw.len().saturating_sub(1) };
            let inner = raw.get(1..end).unwrap_or_default();
            if detail == 0 {
                return Cow::Borrowed(inner);
            }
            let escapes = if style == Style::SingleQuoted { Escapes::Quotes } else { Escapes::Backslashes };
            Cow::Owned(lines.fold(inner, escapes))
        }
        Style::Literal | Style::Folded => Cow::Owned(lines.block(
            text.get(start..).unwrap_or_default(),
            style == Style::Folded,
            detail as usize,
            dialect,
        )),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    None,
    Quotes,
    Backslashes,
}

/// Which line breaks count.
#[derive(Clone, Copy)]
struct Lines {
    /// U+0085, U+2028 and U+2029 too.
    wide: bool,
}

impl Lines {
    /// The length of the line break that a text begins with, and what it stands for.
    fn line_break(self, text: &str) -> Option<(usize, &str)> {
        match text.as_bytes() {
            [b'\r', b'\n', ..] => Some((2, "\n")),
            [b'\n' | b'\r', ..] => Some((1, "\n")),
            [0xc2, 0x85, ..] if self.wide => Some((2, "\n")),
            [0xe2, 0x80, 0xa8 | 0xa9, ..] if self.wide => Some((3, text.get(..3)?)),
            _ => None,
        }
    }

    /// Where the next line break is, or the end.
    fn end_of_line(self, text: &str) -> usize {
        let bytes = text.as_bytes();
        if !self.wide {
            return memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
        }
        let mut from = 0;
        while let Some(rest) = text.get(from..) {
            let found = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r' | 0xc2 | 0xe2));
            let Some(at) = found else { return bytes.len() };
            from += at;
            let rest = text.get(from..).unwrap_or_default();
            if self.line_break(rest).is_some() {
                return from;
            }
            from += rest.chars().next().map_or(1, char::len_utf8);
        }
        bytes.len()
    }

    /// Folds the lines of a plain or quoted scalar.
    fn fold(self, text: &str, escapes: Escapes) -> String {
        let mut folded = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let stop = rest.find(|character| match character {
                ' ' | '\t' | '\n' | '\r' => true,
                '\u{85}' | '\u{2028}' | '\u{2029}' => self.wide,
                '\'' => escapes == Escapes::Quotes,
                '\\' => escapes == Escapes::Backslashes,
                _ => false,
            });
            let Some(stop) = stop else {
                folded.push_str(rest);
                return folded;
            };
            let (before, from) = rest.split_at_checked(stop).unwrap_or((rest, ""));
            folded.push_str(before);
            rest = match from.as_bytes().first() {
                Some(b'\'') => {
                    folded.push('\'');
                    from.get(2..).unwrap_or_default()
                }
                Some(b'\\') => self.unescape(from, &mut folded),
                _ => self.fold_blanks(from, &mut folded, true),
            };
        }
    }

    /// Blanks, and line breaks among them. `keep`: blanks before the first break count where no break comes.
    fn fold_blanks<'t>(self, text: &'t str, folded: &mut String, keep: bool) -> &'t str {
        let content = text.trim_start_matches([' ', '\t']);
        let Some((length, first)) = self.line_break(content) else {
            if keep {
                let blanks = text.len() - content.len();
                folded.push_str(text.get(..blanks).unwrap_or_default());
            }
            return content;
        };
        let mut rest = content.get(length..).unwrap_or_default();
        let mut more = String::new();
        loop {
            let content = rest.trim_start_matches([' ', '\t']);
            let Some((length, one)) = self.line_break(content) else {
                rest = content;
                break;
            };
            more.push_str(one);
            rest = content.get(length..).unwrap_or_default();
        }
        if first != "\n" {
            folded.push_str(first);
        } else if more.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&more);
        rest
    }

    fn unescape<'t>(self, text: &'t str, unescaped: &mut String) -> &'t str {
        let after = text.get(1..).unwrap_or_default();
        if let Some((length, _)) = self.line_break(after) {
            // The break is gone, and so are the blanks that begin the next line; further breaks stay.
            let mut rest = after.get(length..).unwrap_or_default();
            loop {
                let content = rest.trim_start_matches([' ', '\t']);
                let Some((length, one)) = self.line_break(content) else { return content };
                unescaped.push_str(one);
                rest = content.get(length..).unwrap_or_default();
            }
        }
        let Some(letter) = after.chars().next() else {
            unescaped.push('\\');
            return "";
        };
        let rest = after.get(letter.len_utf8()..).unwrap_or_default();
        let digits = match letter {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let value = rest.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if let Some(character) = value.and_then(char::from_u32) {
                unescaped.push(character);
                return rest.get(digits..).unwrap_or_default();
            }
        }
        let character = match letter {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            ' ' | '"' | '\'' | '\\' | '/' => letter,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            // An escape that does not exist was told as a problem; its text stays.
            other => {
                unescaped.push('\\');
                other
            }
        };
        unescaped.push(character);
        rest
    }

    /// A block scalar; `text` begins with its `|` or `>`.
    fn block(self, text: &str, folded: bool, indent: usize, dialect: Dialect) -> String {
        let header_end = self.end_of_line(text);
        let header = text.get(1..header_end).unwrap_or_default();
        let header = header.split([' ', '\t', '#']).next().unwrap_or_default();
        let (strip, keep) = (header.contains('-'), header.contains('+'));
        let mut rest = text.get(header_end..).unwrap_or_default();
        if let Some((length, _)) = self.line_break(rest) {
            rest = rest.get(length..).unwrap_or_default();
        }
        let mut scalar = String::new();
        let mut breaks = String::new();
        let mut last_break = "";
        let mut last_blank = false;
        let mut first = true;
        loop {
            // Lines that have nothing but blanks left of the content.
            loop {
                let blanks = rest.bytes().take(indent).take_while(|&byte| byte == b' ').count();
                let Some((length, one)) = rest.get(blanks..).and_then(|rest| self.line_break(rest)) else {
                    break;
                };
                breaks.push_str(one);
                rest = rest.get(blanks + length..).unwrap_or_default();
            }
            let blanks = rest.bytes().take(indent).take_while(|&byte| byte == b' ').count();
            let line = rest.get(blanks..).unwrap_or_default();
            if dialect == Dialect::Strict && blanks > 0 && line.is_empty() {
                // Blanks at the end of the text are an empty line too.
                breaks.push('\n');
            }
            if blanks < indent
                || line.is_empty()
                || (indent == 0 && dialect == Dialect::Strict && marker(line))
            {
                break;
            }
            let blank = line.starts_with([' ', '\t']);
            if folded && !last_blank && !blank && last_break == "\n" {
                if breaks.is_empty() && !first {
                    scalar.push(' ');
                }
            } else {
                scalar.push_str(last_break);
            }
            scalar.push_str(&breaks);
            breaks.clear();
            first = false;
            last_blank = blank;
            let end = self.end_of_line(line);
            scalar.push_str(line.get(..end).unwrap_or_default());
            rest = line.get(end..).unwrap_or_default();
            match self.line_break(rest) {
                Some((length, one)) => {
                    last_break = one;
                    rest = rest.get(length..).unwrap_or_default();
                }
                // YAML 1.2 sees a line break at the end of the text.
                None => last_break = if dialect == Dialect::Strict { "\n" } else { "" },
            }
        }
        if !strip {
            scalar.push_str(last_break);
        }
        if keep {
            scalar.push_str(&breaks);
        }
        scalar
    }
}

fn marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}
