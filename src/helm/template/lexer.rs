//! Template text to tokens.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::helm::go::quote;
use crate::helm::go::runes;
use crate::helm::text::part;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParenthesis,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParenthesis,
    Space,
    String,
    Text,
    Variable,
    // Keywords.
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    EndKeyword,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Kind {
    pub(crate) fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Break
                | Self::Continue
                | Self::Dot
                | Self::Define
                | Self::Else
                | Self::EndKeyword
                | Self::If
                | Self::Nil
                | Self::Range
                | Self::Template
                | Self::With
        )
    }
}

/// One token: `start..end` in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Hands over the tokens one by one.
pub(crate) struct Lexer<'t> {
    input: &'t [u8],
    at: usize,
    inside: bool,
    parentheses: usize,
    failure: Option<String>,
}

/// `{{`, looked for in every stretch of text.
static FIND_OPEN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("{{"));

/// True where a closing delimiter stands, without blanks.
fn closes(rest: &[u8]) -> bool {
    matches!(rest, [b'}', b'}', ..])
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_word(character: char) -> bool {
    character == '_' || runes::is_letter(character) || runes::is_digit(character)
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(input: &'t [u8]) -> Self {
        Self { input, at: 0, inside: false, parentheses: 0, failure: None }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.input.get(at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn character(&self) -> Option<(char, usize)> {
        runes::first(self.rest())
    }

    fn token(&self, kind: Kind, start: usize) -> Token {
        Token { kind, start, end: self.at }
    }

    fn error(&mut self, start: usize, error: impl Into<String>) -> Token {
        self.failure = Some(error.into());
        Token { kind: Kind::Error, start, end: self.at.max(start) }
    }

    /// The next token; after an error and at the end, [`Kind::End`] for ever.
    pub(crate) fn next(&mut self) -> Token {
        if self.failure.is_some() {
            return self.token(Kind::End, self.at);
        }
        if self.inside { self.action() } else { self.text() }
    }

    /// What is wrong at the one [`Kind::Error`] there can be.
    pub(crate) fn failure(&self) -> &str {
        self.failure.as_deref().unwrap_or_default()
    }

    fn text(&mut self) -> Token {
        let mut start = self.at;
        loop {
            let Some(found) = FIND_OPEN.find(self.rest()) else {
                self.at = self.input.len();
                let kind = if self.at > start { Kind::Text } else { Kind::End };
                return self.token(kind, start);
            };
            let open = self.at + found;
            let trim = self.byte(open + 2) == Some(b'-') && self.byte(open + 3).is_some_and(is_space);
            let mut end = open;
            if trim {
                while end > start && self.byte(end - 1).is_some_and(is_space) {
                    end -= 1;
                }
            }
            if end > start {
                self.at = open;
                return Token { kind: Kind::Text, start, end };
            }
            let body = open + 2 + if trim { 2 } else { 0 };
            if !part(self.input, body..body + 2).eq(b"/*") {
                self.at = open + 2;
                let token = self.token(Kind::LeftDelimiter, open);
                self.at = body;
                self.inside = true;
                self.parentheses = 0;
                return token;
            }
            self.at = body + 2;
            let Some(close) = memchr::memmem::find(self.rest(), b"*/") else {
                return self.error(body, "unclosed comment");
            };
            self.at += close + 2;
            let Some((skip, trim)) = self.right_delimiter() else {
                return self.error(body, "comment ends before closing delimiter");
            };
            self.at += skip;
            if trim {
                self.skip_spaces();
            }
            start = self.at;
        }
    }

    fn skip_spaces(&mut self) {
        while self.byte(self.at).is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// The length of a closing delimiter that stands here, and whether it trims.
    fn right_delimiter(&self) -> Option<(usize, bool)> {
        let rest = self.rest();
        if let [space, b'-', after @ ..] = rest
            && is_space(*space)
            && closes(after)
        {
            return Some((4, true));
        }
        closes(rest).then_some((2, false))
    }

    fn close(&mut self, length: usize, trim: bool) -> Token {
        let start = self.at + length - 2;
        self.at += length;
        let token = self.token(Kind::RightDelimiter, start);
        if trim {
            self.skip_spaces();
        }
        self.inside = false;
        token
    }

    fn action(&mut self) -> Token {
        let start = self.at;
        if let Some((length, trim)) = self.right_delimiter() {
            if self.parentheses == 0 {
                return self.close(length, trim);
            }
            return self.error(start, "unclosed left paren");
        }
        let Some((character, width)) = self.character() else {
            return self.error(start, "unclosed action");
        };
        let simple = |lexer: &mut Self, kind| {
            lexer.at += width;
            lexer.token(kind, start)
        };
        match character {
            ' ' | '\t' | '\r' | '\n' => self.space(start),
            '=' => simple(self, Kind::Assign),
            ':' if self.byte(start + 1) == Some(b'=') => {
                self.at += 2;
                self.token(Kind::Declare, start)
            }
            ':' => self.error(start, "expected :="),
            '|' => simple(self, Kind::Pipe),
            '"' => self.quoted(b'"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted(b'\'', Kind::CharConstant, "unterminated character constant"),
            '`' => {
                self.at += 1;
                let Some(close) = memchr::memchr(b'`', self.rest()) else {
                    return self.error(start, "unterminated raw quoted string");
                };
                self.at += close + 1;
                self.token(Kind::RawString, start)
            }
            '$' => self.name(Kind::Variable),
            '.' if !self.byte(start + 1).is_some_and(|byte| byte.is_ascii_digit()) => {
                if start + 1 >= self.input.len() {
                    // A point at the very end starts a number, as in Go.
                    return self.number(start);
                }
                self.name(Kind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => self.number(start),
            _ if is_word(character) => self.identifier(start),
            '(' => {
                self.parentheses += 1;
                simple(self, Kind::LeftParenthesis)
            }
            ')' => {
                if self.parentheses == 0 {
                    return self.error(start, "unexpected right paren");
                }
                self.parentheses -= 1;
                simple(self, Kind::RightParenthesis)
            }
            ' '..='~' => simple(self, Kind::Char),
            _ => {
                let shown =
                    if runes::is_print(character) { format!(" '{character}'") } else { String::new() };
                let code = u32::from(character);
                self.error(start, format!("unrecognized character in action: U+{code:04X}{shown}"))
            }
        }
    }

    fn space(&mut self, start: usize) -> Token {
        self.skip_spaces();
        let last = self.at - 1;
        // The last blank may belong to a closing delimiter that trims.
        self.at = last;
        if let Some((length, true)) = self.right_delimiter() {
            if last == start {
                return self.close(length, true);
            }
            return self.token(Kind::Space, start);
        }
        self.at = last + 1;
        self.token(Kind::Space, start)
    }

    fn quoted(&mut self, delimiter: u8, kind: Kind, unterminated: &str) -> Token {
        let start = self.at;
        self.at += 1;
        loop {
            let plain = memchr::memchr3(delimiter, b'\\', b'\n', self.rest());
            self.at = plain.map_or(self.input.len(), |plain| self.at + plain);
            match self.byte(self.at) {
                Some(b'\\') if !matches!(self.byte(self.at + 1), None | Some(b'\n')) => self.at += 2,
                Some(b'\\' | b'\n') | None => return self.error(start, unterminated),
                Some(_) => {
                    self.at += 1;
                    return self.token(kind, start);
                }
            }
        }
    }

    fn at_terminator(&self) -> bool {
        match self.byte(self.at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(') => true,
            Some(_) => closes(self.rest()),
        }
    }

    fn word(&mut self) {
        let ascii = self.rest().iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric());
        self.at += ascii.count();
        if self.byte(self.at).is_none_or(|byte| byte.is_ascii()) {
            return;
        }
        while let Some((_, width)) = self.character().filter(|(character, _)| is_word(*character)) {
            self.at += width;
        }
    }

    fn bad_character(&mut self, start: usize) -> Token {
        let character = self.character().map_or(char::REPLACEMENT_CHARACTER, |(character, _)| character);
        let shown = if runes::is_print(character) { format!(" '{character}'") } else { String::new() };
        self.error(start, format!("bad character U+{:04X}{shown}", u32::from(character)))
    }

    fn name(&mut self, kind: Kind) -> Token {
        let start = self.at;
        self.at += 1;
        if self.at_terminator() {
            return self.token(if kind == Kind::Field { Kind::Dot } else { kind }, start);
        }
        self.word();
        if !self.at_terminator() {
            return self.bad_character(start);
        }
        self.token(kind, start)
    }

    fn identifier(&mut self, start: usize) -> Token {
        self.word();
        if !self.at_terminator() {
            return self.bad_character(start);
        }
        let kind = match part(self.input, start..self.at) {
            b"block" => Kind::Block,
            b"break" => Kind::Break,
            b"continue" => Kind::Continue,
            b"define" => Kind::Define,
            b"else" => Kind::Else,
            b"end" => Kind::EndKeyword,
            b"if" => Kind::If,
            b"range" => Kind::Range,
            b"nil" => Kind::Nil,
            b"template" => Kind::Template,
            b"with" => Kind::With,
            b"true" | b"false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.token(kind, start)
    }

    fn number(&mut self, start: usize) -> Token {
        if !self.scan_number() {
            return self.bad_number(start);
        }
        if matches!(self.byte(self.at), Some(b'+' | b'-')) {
            if !self.scan_number() || self.byte(self.at - 1) != Some(b'i') {
                return self.bad_number(start);
            }
            return self.token(Kind::Complex, start);
        }
        self.token(Kind::Number, start)
    }

    fn bad_number(&mut self, start: usize) -> Token {
        let quoted = quote::quote(part(self.input, start..self.at));
        self.error(start, format!("bad number syntax: {}", String::from_utf8_lossy(&quoted)))
    }

    fn accept(&mut self, any: &[u8]) -> bool {
        let found = self.byte(self.at).is_some_and(|byte| any.contains(&byte));
        if found {
            self.at += 1;
        }
        found
    }

    fn accept_run(&mut self, any: &[u8]) {
        while self.accept(any) {}
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        let (mut decimal, mut hex) = (true, false);
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
                (decimal, hex) = (false, true);
            } else if self.accept(b"oO") {
                digits = b"01234567_";
                decimal = false;
            } else if self.accept(b"bB") {
                digits = b"01_";
                decimal = false;
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if decimal && self.accept(b"eE") || hex && self.accept(b"pP") {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if let Some((_, width)) = self.character().filter(|(character, _)| is_word(*character)) {
            self.at += width;
            return false;
        }
        true
    }
}
