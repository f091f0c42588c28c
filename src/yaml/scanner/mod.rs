//! Text to tokens: indentation, brackets, and which scalar is a key.
//!
//! The rules are those of libyaml, from which both go-yamls descend, with what each changed since. After a mistake the
//! scanner closes what brackets are open, skips to the next line, and goes on.

mod blanks;
mod block_scalar;
mod cursor;
mod fetch;
mod keys;
mod plain;
mod quoted;
mod recovery;
mod runs;
mod shortcut;
mod survey;
mod tags;

use crate::source::SourceId;
use crate::source::Span;
use crate::yaml::Comment;
use crate::yaml::Dialect;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::token::Lead;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

/// Brackets, and lines further right, may nest this deep: the limit of go-yaml.
pub(super) const MAX_DEPTH: usize = 10_000;
/// Both go-yamls read their input in pieces of so many bytes.
pub(super) const PIECE: u32 = 512;

/// A scalar, alias or bracket that is a key if a `:` follows.
#[derive(Clone, Copy, Debug, Default)]
struct PossibleKey {
    possible: bool,
    /// It stands at the column of its mapping's keys: it must be one.
    required: bool,
    /// go-yaml v2 lost track of it: the tokens from it on do not wait for its `:`.
    lost: bool,
    token: usize,
    start: u32,
    line: u32,
    column: i32,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own, as in libyaml")]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) source: SourceId,
    pub(super) dialect: Dialect,
    /// True where line breaks of more than one byte may come up.
    pub(super) wide_breaks: bool,
    pub(super) pos: usize,
    pub(super) line: u32,
    pub(super) line_start: usize,
    /// The text begins with two marks of the encoding: see [`Scanner::pass_over_mark`].
    two_marks: bool,
    pub(super) indent: i32,
    indents: Vec<i32>,
    /// The open brackets: kind of the token that opened it, and where.
    pub(super) brackets: Vec<(TokenKind, u32)>,
    pub(super) key_allowed: bool,
    keys: Vec<PossibleKey>,
    /// No key below this one is possible.
    first_key: usize,
    tokens: Vec<Token>,
    head: usize,
    taken: usize,
    /// What the last token is that was found.
    last_kind: TokenKind,
    /// Where the text of the token that was taken last ends.
    pub(super) last_end: u32,
    finished: bool,
    /// Something of the root of the document was read.
    pub(super) root_begun: bool,
    /// A `#` that comes now ends the line of the last token (only go-yaml v4 tells the two apart).
    line_comment: bool,
    /// The end of the line of the last mistake: no other is told up to here.
    failed_until: usize,
    /// A comment stands here, and between it and an earlier place nothing but blanks.
    blank_until: usize,
    /// The last line in brackets whose indentation was looked at.
    line_checked: u32,
    /// The outermost open bracket that is known to be closed.
    closed_bracket: Option<u32>,
    /// How many bytes may still be read ahead to find out whether brackets are closed.
    ahead_budget: usize,
    pub(super) problems: Vec<Problem>,
    pub(super) comments: Vec<Comment>,
}

/// A scalar that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned {
    pub(super) start: usize,
    pub(super) end: usize,
    /// See [`Event::detail`](crate::yaml::event::Event::detail).
    pub(super) detail: u32,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(source: SourceId, text: &'t str, dialect: Dialect) -> Self {
        let bytes = text.as_bytes();
        // After the mark of the encoding both go-yamls pass over another one, as over a blank.
        let marks = text.chars().take_while(|&character| character == '\u{feff}').count();
        let two_marks = marks > 1 && dialect != Dialect::Strict;
        let start = marks.min(1 + usize::from(two_marks)) * '\u{feff}'.len_utf8();
        let mut scanner = Self {
            text,
            bytes,
            source,
            dialect,
            wide_breaks: false,
            pos: start,
            line: 1,
            line_start: start - usize::from(two_marks),
            two_marks,
            indent: -1,
            indents: Vec::new(),
            brackets: Vec::new(),
            key_allowed: true,
            keys: vec![PossibleKey::default()],
            first_key: 0,
            tokens: Vec::with_capacity(16),
            head: 0,
            taken: 0,
            last_kind: TokenKind::StreamEnd,
            last_end: 0,
            finished: false,
            root_begun: false,
            line_comment: false,
            failed_until: 0,
            blank_until: 0,
            line_checked: 0,
            closed_bracket: None,
            ahead_budget: text.len().saturating_mul(4),
            problems: Vec::new(),
            comments: Vec::new(),
        };
        scanner.survey();
        scanner
    }

    /// The token that comes next. After the end of the stream always [`TokenKind::StreamEnd`].
    #[inline]
    pub(super) fn peek(&mut self) -> Token {
        if self.head == self.tokens.len() || self.head_may_be_key() {
            self.fill();
        }
        let end = || Token::new(TokenKind::StreamEnd, self.offset(), self.offset());
        self.tokens.get(self.head).map_or_else(end, |token| token.leading())
    }

    /// Takes the token that [`Scanner::peek`] shows.
    #[inline]
    pub(super) fn skip(&mut self) {
        if let Some(token) = self.tokens.get_mut(self.head) {
            match token.lead {
                Lead::MappingAndKey => token.lead = Lead::Key,
                Lead::Key => token.lead = Lead::Nothing,
                Lead::Nothing => {
                    if token.kind != TokenKind::BlockEnd {
                        self.last_end = token.end;
                    }
                    self.head += 1;
                    self.taken += 1;
                }
            }
        }
        if self.head == self.tokens.len() {
            self.tokens.clear();
            self.head = 0;
        }
    }

    /// The lowest key that is still possible is the only one that the next token can belong to.
    #[inline]
    fn head_may_be_key(&mut self) -> bool {
        while let Some(key) = self.keys.get(self.first_key) {
            if key.possible {
                return key.token == self.taken && !key.lost;
            }
            self.first_key += 1;
        }
        false
    }

    fn fill(&mut self) {
        while !self.finished {
            if self.head < self.tokens.len()
                && !(self.head_may_be_key() && self.key_is_valid(self.first_key))
                && self.head < self.tokens.len()
            {
                break;
            }
            self.fetch();
        }
    }

    pub(super) fn in_brackets(&self) -> bool {
        !self.brackets.is_empty()
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.push_token(Token::spanning(kind, start, end));
    }

    #[inline]
    fn push_scalar(&mut self, style: Style, scanned: Scanned) {
        self.push_token(Token::scalar(style, scanned));
    }

    #[inline]
    fn push_token(&mut self, token: Token) {
        self.root_begun = true;
        self.last_kind = token.kind;
        self.tokens.push(token);
    }

    /// Takes `length` bytes as a token.
    fn take(&mut self, kind: TokenKind, length: usize) {
        let start = self.pos;
        self.pos += length;
        self.push(kind, start, self.pos);
        self.line_comment = kind != TokenKind::BlockEntry;
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// Begins a block collection where the column is further right than those that are open. True where it did.
    fn roll(&mut self, column: i32) -> bool {
        if self.in_brackets() || self.indent >= column {
            return false;
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() == MAX_DEPTH + 1 {
            let span = self.span(self.pos, self.pos);
            let message = format!("lines indented more than {MAX_DEPTH} levels deep are not read");
            self.report(ProblemCode::Limit, span, message);
        }
        true
    }

    /// Begins a block collection here.
    fn roll_here(&mut self, kind: TokenKind) {
        if self.roll(self.column()) {
            self.tokens.push(Token::new(kind, self.offset(), self.offset()));
        }
    }

    #[inline]
    fn unroll(&mut self, column: i32) {
        if self.in_brackets() {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.pos, self.pos);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }
}
