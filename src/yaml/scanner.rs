//! Text to tokens: indentation, brackets, and which scalar is a key.
//!
//! The rules are those of libyaml, from which both go-yamls descend, with what each changed since. After a mistake the
//! scanner closes what brackets are open, skips to the next line, and goes on.

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
/// A key without `?` is at most this long, in characters.
const MAX_KEY: usize = 1024;
/// So far go-yaml v4 looks for the next comment.
const COMMENT_REACH: usize = 512;

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

impl<'t> Scanner<'t> {
    pub(super) fn new(source: SourceId, text: &'t str, dialect: Dialect) -> Self {
        let bytes = text.as_bytes();
        // After the mark of the encoding both go-yamls pass over another one.
        let marks = text.chars().take_while(|&character| character == '\u{feff}').count();
        let start = marks.min(if dialect == Dialect::Strict { 1 } else { 2 }) * '\u{feff}'.len_utf8();
        let mut scanner = Self {
            text,
            bytes,
            source,
            dialect,
            wide_breaks: false,
            pos: start,
            line: 1,
            line_start: start,
            indent: -1,
            indents: Vec::new(),
            brackets: Vec::new(),
            key_allowed: true,
            keys: vec![PossibleKey::default()],
            first_key: 0,
            tokens: Vec::with_capacity(16),
            head: 0,
            taken: 0,
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

    /// Looks once through the whole text for what hardly ever comes up: control characters and long line breaks.
    fn survey(&mut self) {
        const CHUNK: usize = 64;
        let rare = |byte: u8| byte >= 0x7f || (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'));
        let mut start = 0;
        while let Some(rest) = self.bytes.get(start..).filter(|rest| !rest.is_empty()) {
            let chunk = rest.get(..CHUNK).unwrap_or(rest);
            if chunk.iter().fold(false, |found, &byte| found | rare(byte)) {
                self.survey_chunk(start, start + chunk.len());
            }
            start += chunk.len();
        }
    }

    fn survey_chunk(&mut self, start: usize, end: usize) {
        let mut from = start;
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let mut told = self.problems.last().map_or(0, |problem| problem.span.end as usize);
        for (at, character) in self.text.get(from..).unwrap_or_default().char_indices() {
            let at = from + at;
            if at >= end {
                break;
            }
            match character {
                '\u{85}' | '\u{2028}' | '\u{2029}' => self.wide_breaks |= self.dialect != Dialect::Strict,
                '\t' | '\n' | '\r' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => {}
                '\u{7f}'..='\u{9f}' if self.dialect != Dialect::Helm => {}
                _ => {
                    // A run of control characters is one mistake.
                    if told < at || at == 0 {
                        let span = Span::new(self.source, at, at + character.len_utf8());
                        self.problems.push(Problem {
                            code: ProblemCode::ControlCharacter,
                            span,
                            message: format!(
                                "the control character U+{:04X} cannot stand in YAML",
                                u32::from(character)
                            ),
                            related: None,
                        });
                    }
                    told = at + character.len_utf8();
                }
            }
        }
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

    pub(super) fn at(&self, position: usize) -> u8 {
        self.bytes.get(position).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn current(&self) -> u8 {
        self.at(self.pos)
    }

    pub(super) fn offset(&self) -> u32 {
        u32::try_from(self.pos).unwrap_or(u32::MAX)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "sources are at most 16 MiB"
    )]
    #[inline]
    pub(super) fn column(&self) -> i32 {
        (self.pos - self.line_start) as i32
    }

    pub(super) fn at_end(&self, position: usize) -> bool {
        position >= self.bytes.len()
    }

    /// The length of the line break at a position; 0 where there is none.
    #[inline]
    pub(super) fn break_length(&self, position: usize) -> usize {
        match self.at(position) {
            b'\r' if self.at(position + 1) == b'\n' => 2,
            b'\n' | b'\r' => 1,
            0xc2 if self.wide_breaks && self.at(position + 1) == 0x85 => 2,
            0xe2 if self.wide_breaks
                && self.at(position + 1) == 0x80
                && matches!(self.at(position + 2), 0xa8 | 0xa9) =>
            {
                3
            }
            _ => 0,
        }
    }

    /// A blank, a line break, or the end.
    #[inline]
    pub(super) fn blank_or_end(&self, position: usize) -> bool {
        match self.at(position) {
            b' ' | b'\t' | b'\n' | b'\r' => true,
            0 => self.at_end(position),
            0xc2 | 0xe2 => self.break_length(position) > 0,
            _ => false,
        }
    }

    /// Steps over a line break of that length.
    #[inline]
    pub(super) fn new_line(&mut self, length: usize) {
        self.pos += length;
        self.line += 1;
        self.line_start = self.pos;
    }

    pub(super) fn end_of_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        if !self.wide_breaks {
            return memchr::memchr2(b'\n', b'\r', rest).map_or(self.bytes.len(), |at| from + at);
        }
        let mut position = from;
        while !self.at_end(position) && self.break_length(position) == 0 {
            position += 1;
        }
        position
    }

    /// `---` or `...` at the start of a line.
    #[inline]
    pub(super) fn document_marker(&self, position: usize) -> Option<TokenKind> {
        let kind = match self.at(position) {
            b'-' => TokenKind::DocumentStart,
            b'.' => TokenKind::DocumentEnd,
            _ => return None,
        };
        let marker = self.bytes.get(position..position + 3)?;
        (matches!(marker, b"---" | b"...") && self.blank_or_end(position + 3)).then_some(kind)
    }

    pub(super) fn in_brackets(&self) -> bool {
        !self.brackets.is_empty()
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.push_scalar(kind, start, end, 0);
    }

    #[expect(clippy::cast_possible_truncation, reason = "sources are at most 16 MiB")]
    #[inline]
    fn push_scalar(&mut self, kind: TokenKind, start: usize, end: usize, detail: u32) {
        self.root_begun = true;
        let (start, end) = (start as u32, end as u32);
        self.tokens.push(Token { detail, ..Token::new(kind, start, end) });
    }

    /// Takes `length` bytes as a token.
    fn take(&mut self, kind: TokenKind, length: usize) {
        let start = self.pos;
        self.pos += length;
        self.push(kind, start, self.pos);
        self.line_comment = kind != TokenKind::BlockEntry;
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// Records a mistake; one a line is enough.
    pub(super) fn report(&mut self, code: ProblemCode, span: Span, message: impl Into<String>) {
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
    pub(super) fn failed_at(&self, offset: u32) -> bool {
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

    fn close_brackets(&mut self, position: usize) {
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

    // ---- what may be a key ----

    fn key_is_valid(&mut self, index: usize) -> bool {
        let Some(&key) = self.keys.get(index) else { return false };
        if !key.possible {
            return false;
        }
        let long = self.dialect != Dialect::Compose && self.longer_than_a_key(key.start as usize);
        if key.line == self.line && !long {
            return true;
        }
        // Strict: a key in braces may go over lines.
        let around = index.checked_sub(1).and_then(|level| self.brackets.get(level));
        if self.dialect == Dialect::Strict && matches!(around, Some((TokenKind::FlowMappingStart, _))) {
            return true;
        }
        if key.required {
            self.missing_colon(index);
        } else if let Some(key) = self.keys.get_mut(index) {
            key.possible = false;
        }
        false
    }

    fn longer_than_a_key(&self, start: usize) -> bool {
        let read = self.bytes.get(start..self.pos).unwrap_or_default();
        let begins_character = |byte: &&u8| **byte & 0xc0 != 0x80;
        read.len() > MAX_KEY
            && (read.len() > 4 * MAX_KEY || read.iter().filter(begins_character).count() > MAX_KEY)
    }

    /// Reports the line that should have been a key, and takes it out of the tokens where they are still here.
    fn missing_colon(&mut self, index: usize) {
        let Some(key) = self.keys.get_mut(index) else { return };
        key.possible = false;
        key.required = false;
        let key = *key;
        let start = key.start as usize;
        let line = self.text.get(start..self.end_of_line(start)).unwrap_or_default().trim_end();
        let span = self.span(start, start + line.len());
        let (code, message) = if line.starts_with("{{") {
            (ProblemCode::Template, "this is text of a template, which is no YAML before it is rendered")
        } else {
            (ProblemCode::MissingColon, "this line needs a `:` after its key")
        };
        self.report(code, span, message);
        let Some(at) = key.token.checked_sub(self.taken) else { return };
        let of_the_key = |token: &Token| {
            let kind = token.leading().kind;
            !matches!(
                kind,
                TokenKind::BlockEnd | TokenKind::BlockMappingStart | TokenKind::BlockSequenceStart
            )
        };
        let from = (self.head + at).min(self.tokens.len());
        let count = self.tokens.iter().skip(from).take_while(|token| of_the_key(token)).count();
        self.tokens.drain(from..from + count);
    }

    /// What was read last is no key.
    pub(super) fn forget_key(&mut self) {
        if let Some(key) = self.keys.last_mut() {
            *key = PossibleKey::default();
        }
    }

    fn save_key(&mut self) {
        if !self.key_allowed {
            return;
        }
        let key = PossibleKey {
            possible: true,
            required: self.brackets.is_empty() && self.indent == self.column(),
            lost: false,
            token: 0,
            start: self.offset(),
            line: self.line,
            column: self.column(),
        };
        self.remove_key();
        let token = self.taken + (self.tokens.len() - self.head);
        if let Some(last) = self.keys.last_mut() {
            *last = PossibleKey { token, ..key };
            self.first_key = self.first_key.min(self.keys.len() - 1);
        }
    }

    fn remove_key(&mut self) {
        let index = self.keys.len().saturating_sub(1);
        let Some(key) = self.keys.get_mut(index) else { return };
        if key.possible && key.required {
            self.missing_colon(index);
            return;
        }
        key.possible = false;
        key.required = false;
    }

    // ---- indentation ----

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

    // ---- one token ----

    fn fetch(&mut self) {
        self.skip_to_token();
        if self.in_brackets() && self.brackets_left_open() {
            return;
        }
        if self.dialect == Dialect::Strict && self.in_brackets() {
            self.check_flow_indentation();
        }
        if self.current() == b'\t' {
            return self.fail_at_tab();
        }
        if self.dedented_junk() {
            return;
        }
        self.unroll(self.column());
        let first = self.current();
        let follows_blank = self.blank_or_end(self.pos + 1);
        let in_brackets = self.in_brackets();
        if self.column() == 0 {
            if first == b'%' && !in_brackets_block(self) {
                return self.fetch_directive();
            }
            if let Some(kind) = self.document_marker(self.pos) {
                return self.fetch_document_marker(kind);
            }
        }
        match first {
            0 if self.at_end(self.pos) => self.fetch_stream_end(),
            b'[' => self.fetch_opening(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_opening(TokenKind::FlowMappingStart),
            b']' => self.fetch_closing(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_closing(TokenKind::FlowMappingEnd),
            b',' => self.fetch_comma(),
            b'-' if follows_blank => self.fetch_block_entry(),
            b'?' if follows_blank || (in_brackets && self.dialect == Dialect::Helm) => self.fetch_key(),
            b':' if follows_blank || (in_brackets && self.colon_is_value()) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !in_brackets => self.fetch_block_scalar(first == b'|'),
            b'\'' => self.fetch_quoted(Style::SingleQuoted),
            b'"' => self.fetch_quoted(Style::DoubleQuoted),
            b'@' | b'`' | b'%' | b'|' | b'>' | b'#' => self.fail_at_character(),
            b'?' | b':' if in_brackets && self.dialect == Dialect::Helm => self.fail_at_character(),
            b'-' | b'?' | b':'
                if in_brackets
                    && self.dialect == Dialect::Strict
                    && matches!(self.at(self.pos + 1), b',' | b'[' | b']' | b'{' | b'}') =>
            {
                self.fail_at_character();
            }
            _ => self.fetch_plain(),
        }
    }

    /// Strict: lines in brackets are indented further than the mapping or list they are in.
    fn check_flow_indentation(&mut self) {
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

    fn skip_to_token(&mut self) {
        let mut comment_before = false;
        let mut same_line = true;
        loop {
            let tabs = self.in_brackets() || !self.key_allowed;
            loop {
                match self.current() {
                    b' ' => self.pos += 1,
                    b'\t' if tabs || (comment_before && self.comment_follows()) => self.pos += 1,
                    b'\t' if self.dialect == Dialect::Strict && self.blank_line_or_flow() => {
                        self.pos = self.skip_blanks(self.pos);
                    }
                    _ => break,
                }
            }
            if self.current() == b'#' {
                if self.dialect == Dialect::Strict && self.glued_comment() {
                    return;
                }
                self.add_comment();
                comment_before |= self.dialect == Dialect::Compose && !(same_line && self.line_comment);
            }
            let length = self.break_length(self.pos);
            if length == 0 {
                return;
            }
            self.new_line(length);
            same_line = false;
            if !self.in_brackets() {
                self.key_allowed = true;
            }
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

    /// Strict: tabs may stand on a line that has nothing else, or before a bracket that begins a document.
    fn blank_line_or_flow(&self) -> bool {
        let position = self.skip_blanks(self.pos);
        let indicator = matches!(self.at(position), b'-' | b'?' | b':') && self.blank_or_end(position + 1);
        self.at_end(position)
            || matches!(self.at(position), b'#' | b'[' | b'{' | b']' | b'}')
            || self.break_length(position) > 0
            || (self.indent >= 0 && self.column() > self.indent && !indicator && !self.line_has_key(position))
    }

    /// Strict: a `#` begins a comment only after a blank.
    fn glued_comment(&self) -> bool {
        self.pos > self.line_start && !matches!(self.at(self.pos - 1), b' ' | b'\t')
    }

    fn colon_is_value(&self) -> bool {
        match self.dialect {
            Dialect::Helm => true,
            Dialect::Compose => !matches!(
                self.tokens.last().map(|token| token.kind).or(self.last_taken()),
                Some(TokenKind::FlowEntry | TokenKind::FlowSequenceStart)
            ),
            Dialect::Strict => {
                matches!(self.at(self.pos + 1), b',' | b'[' | b']' | b'{' | b'}') || self.after_json_key()
            }
        }
    }

    /// Strict: right after a quoted scalar or a closing bracket, `:` needs no blank.
    fn after_json_key(&self) -> bool {
        let Some(key) = self.keys.last().filter(|key| key.possible) else { return false };
        let before = self.pos.checked_sub(1).map_or(0, |before| self.at(before));
        matches!(self.at(key.start as usize), b'"' | b'\'' | b'[' | b'{')
            || matches!(before, b'"' | b'\'' | b']' | b'}')
    }

    /// The kind of the last token, where it was taken already: what stands before the position tells.
    fn last_taken(&self) -> Option<TokenKind> {
        let before = self.bytes.get(..self.pos).unwrap_or_default();
        match before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            Some(b',') => Some(TokenKind::FlowEntry),
            Some(b'[') => Some(TokenKind::FlowSequenceStart),
            _ => None,
        }
    }

    fn fetch_stream_end(&mut self) {
        if let Some(&(_, start)) = self.brackets.first() {
            let start = start as usize;
            let bracket = self.text.get(start..=start).unwrap_or_default();
            let span = self.span(start, start + 1);
            self.report(ProblemCode::Bracket, span, format!("this `{bracket}` is never closed"));
            self.close_brackets(self.pos);
        }
        self.unroll(-1);
        self.remove_key();
        self.key_allowed = false;
        self.finished = true;
        self.push(TokenKind::StreamEnd, self.pos, self.pos);
    }

    fn fetch_document_marker(&mut self, kind: TokenKind) {
        if self.in_brackets() {
            let start = self.brackets.first().map_or(self.pos, |bracket| bracket.1 as usize);
            let bracket = self.text.get(start..=start).unwrap_or_default();
            let span = self.span(start, start + 1);
            let message = format!("this `{bracket}` is not closed before the document ends");
            self.report(ProblemCode::Bracket, span, message);
            self.close_brackets(self.pos);
        }
        self.unroll(-1);
        self.remove_key();
        self.key_allowed = false;
        self.take(kind, 3);
        self.root_begun = false;
        self.line_comment = false;
        if kind == TokenKind::DocumentEnd && self.dialect == Dialect::Strict {
            let position = self.skip_blanks(self.pos);
            let comment = self.at(position) == b'#' && position > self.pos;
            if !comment && !self.at_end(position) && self.break_length(position) == 0 {
                let end = self.end_of_line(position);
                let span = self.span(position, end);
                self.report(ProblemCode::TrailingContent, span, "nothing may stand after `...` on its line");
                self.resynchronize();
            }
        }
    }

    fn fetch_opening(&mut self, kind: TokenKind) {
        self.save_key();
        if self.brackets.len() == MAX_DEPTH {
            let span = self.span(self.pos, self.pos + 1);
            let message = format!("brackets nested more than {MAX_DEPTH} levels deep are not read");
            self.report(ProblemCode::Limit, span, message);
            return self.resynchronize();
        }
        self.brackets.push((kind, self.offset()));
        self.keys.push(PossibleKey::default());
        self.key_allowed = true;
        self.take(kind, 1);
    }

    fn fetch_closing(&mut self, kind: TokenKind) {
        self.remove_key();
        if let Some((opened, start)) = self.brackets.pop() {
            let inner = self.keys.pop();
            if self.dialect == Dialect::Helm
                && inner.is_some_and(|inner| inner.line == 0)
                && let Some(key) = self.keys.last_mut().filter(|key| key.start == start)
            {
                key.lost = true;
            }
            if (opened == TokenKind::FlowSequenceStart) != (kind == TokenKind::FlowSequenceEnd) {
                let closing = if opened == TokenKind::FlowSequenceStart { ']' } else { '}' };
                let span = self.span(self.pos, self.pos + 1);
                let opening = self.span(start as usize, start as usize + 1);
                let message = format!("a `{closing}` should stand here");
                let related = Some((opening, "it would close this bracket".to_owned()));
                self.report_with(ProblemCode::Bracket, span, message, related);
                self.brackets.push((opened, start));
                self.keys.push(PossibleKey::default());
                return self.resynchronize();
            }
        }
        self.key_allowed = false;
        self.take(kind, 1);
    }

    fn fetch_comma(&mut self) {
        self.remove_key();
        self.key_allowed = true;
        self.take(TokenKind::FlowEntry, 1);
    }

    fn fetch_block_entry(&mut self) {
        if !self.in_brackets() {
            if !self.key_allowed {
                let span = self.span(self.pos, self.pos + 1);
                self.report(
                    ProblemCode::ListItem,
                    span,
                    "a list item cannot begin here; it stands on a line of its own",
                );
                return self.resynchronize();
            }
            self.remove_key();
            self.roll_here(TokenKind::BlockSequenceStart);
        } else if self.dialect == Dialect::Strict {
            let span = self.span(self.pos, self.pos + 1);
            self.report(ProblemCode::ListItem, span, "a list item with `-` cannot stand in brackets");
            return self.resynchronize();
        }
        self.remove_key();
        self.key_allowed = true;
        self.take(TokenKind::BlockEntry, 1);
        self.check_tab_after_indicator();
    }

    fn fetch_key(&mut self) {
        if !self.in_brackets() {
            if !self.key_allowed {
                let span = self.span(self.pos, self.pos + 1);
                self.report(ProblemCode::Syntax, span, "a key with `?` cannot begin here");
                return self.resynchronize();
            }
            self.remove_key();
            self.roll_here(TokenKind::BlockMappingStart);
        }
        self.remove_key();
        self.key_allowed = !self.in_brackets();
        self.take(TokenKind::Key, 1);
        self.skip_line_comment();
        self.check_tab_after_indicator();
    }

    fn fetch_value(&mut self) {
        let index = self.keys.len().saturating_sub(1);
        if self.key_is_valid(index) {
            let key = self.keys.get(index).copied().unwrap_or_default();
            let opens = self.roll(key.column);
            let at = key.token.checked_sub(self.taken).map(|ahead| self.head + ahead);
            match at.and_then(|at| self.tokens.get_mut(at)).filter(|_| !key.lost) {
                Some(token) => token.lead = if opens { Lead::MappingAndKey } else { Lead::Key },
                // The key was handed out already: here its mapping is seen to begin.
                None => {
                    let here = self.offset();
                    self.tokens.push(Token::new(TokenKind::Key, here, here));
                    if opens {
                        self.tokens.push(Token::new(TokenKind::BlockMappingStart, here, here));
                    }
                }
            }
            if let Some(key) = self.keys.get_mut(index) {
                key.possible = false;
                key.required = false;
            }
            self.key_allowed = false;
            self.take(TokenKind::Value, 1);
            return;
        }
        if !self.in_brackets() {
            if !self.key_allowed {
                return self.fail_at_colon();
            }
            self.roll_here(TokenKind::BlockMappingStart);
        }
        self.key_allowed = !self.in_brackets();
        self.take(TokenKind::Value, 1);
        self.skip_line_comment();
        self.check_tab_after_indicator();
    }

    /// Strict: what follows `-`, `?` or `:` on its line begins a new level, which a tab cannot indent.
    fn check_tab_after_indicator(&mut self) {
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

    fn line_has_key(&self, from: usize) -> bool {
        if matches!(self.at(from), b'"' | b'\'' | b'#' | b'[' | b'{') {
            return false;
        }

        let end = self.end_of_line(from);
        (from..end).any(|at| self.at(at) == b':' && self.blank_or_end(at + 1))
    }

    /// Version 4 takes a comment together with the token before it, past tabs too.
    fn skip_line_comment(&mut self) {
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

    fn fetch_anchor(&mut self, kind: TokenKind) {
        self.save_key();
        self.key_allowed = false;
        let start = self.pos;
        let mut end = start + 1;
        while self.anchor_character(end) {
            end += 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let ends_well = self.blank_or_end(end)
            || match self.dialect {
                Dialect::Strict => matches!(self.at(end), b',' | b'[' | b']' | b'{' | b'}'),
                _ => matches!(self.at(end), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'),
            };
        if end == start + 1 || !ends_well {
            let what = if kind == TokenKind::Alias { "alias" } else { "anchor" };
            let message = if end == start + 1 {
                format!("the name of the {what} is missing")
            } else {
                format!("the name of an {what} has only letters, digits, `-` and `_`")
            };
            let span = self.span(start, end);
            self.report(ProblemCode::Anchor, span, message);
            return self.resynchronize();
        }
        self.pos = end;
        self.push(kind, start, end);
        self.line_comment = true;
    }

    fn anchor_character(&self, position: usize) -> bool {
        let byte = self.at(position);
        match self.dialect {
            Dialect::Helm => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Dialect::Compose => {
                byte.is_ascii_graphic() && !matches!(byte, b':' | b',' | b'[' | b']' | b'{' | b'}')
            }
            Dialect::Strict => {
                !self.blank_or_end(position) && !matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | 0)
            }
        }
    }

    fn fetch_tag(&mut self) {
        self.save_key();
        self.key_allowed = false;
        let start = self.pos;
        match self.scan_tag() {
            Ok(end) => {
                self.pos = end;
                self.push(TokenKind::Tag, start, end);
                self.line_comment = true;
            }
            Err((end, message)) => {
                let span = self.span(start, end.max(start + 1));
                self.report(ProblemCode::Tag, span, message);
                self.resynchronize();
            }
        }
    }

    fn fetch_directive(&mut self) {
        self.remove_key();
        let start = self.pos;
        match self.scan_directive() {
            Ok((kind, end)) => {
                self.unroll(-1);
                self.key_allowed = false;
                self.pos = end;
                self.push(kind, start, end);
                self.line_comment = false;
            }
            Err(message) => {
                let end = self.end_of_line(start);
                let span = self.span(start, end);
                self.report(ProblemCode::Directive, span, message);
                self.resynchronize();
            }
        }
    }

    fn fetch_block_scalar(&mut self, literal: bool) {
        self.remove_key();
        self.key_allowed = true;
        let scanned = self.scan_block_scalar();
        let style = if literal { Style::Literal } else { Style::Folded };
        self.push_scalar(TokenKind::Scalar(style), scanned.start, scanned.end, scanned.detail);
        self.line_comment = false;
    }

    fn fetch_quoted(&mut self, style: Style) {
        self.save_key();
        self.key_allowed = false;
        let line = self.line;
        if let Some(scanned) = self.scan_quoted(style) {
            self.push_scalar(TokenKind::Scalar(style), scanned.start, scanned.end, scanned.detail);
            self.line_comment = true;
            self.key_follows(line);
        }
    }

    fn fetch_plain(&mut self) {
        self.save_key();
        self.key_allowed = false;
        let line = self.line;
        if let Some(scanned) = self.scan_plain() {
            self.push_scalar(TokenKind::Scalar(Style::Plain), scanned.start, scanned.end, scanned.detail);
            self.line_comment = line == self.line;
            self.key_follows(line);
        }
    }

    /// The common case: the scalar just read is a key, its `:` comes right after it.
    #[inline]
    fn key_follows(&mut self, line: u32) {
        if self.current() != b':'
            || !self.keys.last().is_some_and(|key| key.possible)
            || line != self.line
            || self.in_brackets()
            || !self.blank_or_end(self.pos + 1)
        {
            return;
        }
        self.fetch_value();
    }

    // ---- mistakes ----

    /// A line further left than the one before that can be no key and no item: where everything around it is complete,
    /// it has no place, and what is open stays open.
    fn dedented_junk(&mut self) -> bool {
        let column = self.column();
        let root = self.indents.get(1).copied().unwrap_or(self.indent);
        if self.in_brackets() || column >= self.indent || column < root || root < 0 || !self.key_allowed {
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

    fn fail_at_tab(&mut self) {
        let span = self.span(self.pos, self.skip_blanks(self.pos));
        self.report(ProblemCode::Tab, span, "a tab cannot indent");
        self.resynchronize();
    }

    fn fail_at_character(&mut self) {
        let character = self.text.get(self.pos..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let span = self.span(self.pos, self.pos + character.len_utf8());
        self.report(
            ProblemCode::Character,
            span,
            format!("a value cannot begin with `{character}`; it needs quotes"),
        );
        self.resynchronize();
    }

    fn fail_at_colon(&mut self) {
        let span = self.span(self.pos, self.pos + 1);
        self.report(
            ProblemCode::ExtraColon,
            span,
            "a second `: ` on this line; a text that contains one needs quotes",
        );
        self.resynchronize();
    }

    /// A line that looks like block structure, at or left of the mapping that the open bracket is in: was the bracket
    /// forgotten? If nothing ever closes it, it ends here.
    fn brackets_left_open(&mut self) -> bool {
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
        let bracket = self.text.get(start as usize..=start as usize).unwrap_or_default();
        let span = self.span(start as usize, start as usize + 1);
        let message = format!("this `{bracket}` is never closed");
        self.report(ProblemCode::Bracket, span, message);
        self.close_brackets(self.pos);
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

/// Strict: a `%` at the start of a line in brackets is content like any other.
fn in_brackets_block(scanner: &Scanner<'_>) -> bool {
    scanner.dialect == Dialect::Strict && scanner.in_brackets()
}
