//! Tokens to events, balanced whatever the text.
//!
//! Where the grammar is broken, what cannot stand is reported and skipped up to the next key, item or end.

use std::collections::HashSet;

use crate::source::SourceId;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Comment;
use crate::yaml::Dialect;
use crate::yaml::Event;
use crate::yaml::EventKind;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::scanner::Scanner;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FirstDocument,
    Document,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequenceEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingNoValue,
    End,
}

/// `%TAG`: a handle and what it stands for, from a place of the text on.
#[derive(Clone, Debug)]
pub(super) struct TagDirective {
    /// Where the document begins that it is for.
    pub(super) from: u32,
    pub(super) handle: Box<str>,
    pub(super) prefix: Box<str>,
}

/// What was found besides the events.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) problems: Vec<Problem>,
    pub(super) comments: Vec<Comment>,
    pub(super) directives: Vec<TagDirective>,
    /// True where a mistake stands before the end of the first document, or in the token that ends it.
    pub(super) first_document_broken: bool,
}

/// Reads a text step by step.
#[derive(Debug)]
pub struct Events<'t> {
    scanner: Scanner<'t>,
    state: State,
    states: Vec<State>,
    /// For every open block collection, how many starts of collections in it were ignored.
    ignored: Vec<u32>,
    directives: Vec<TagDirective>,
    /// The handles that the directives of the document declare.
    handles: HashSet<Box<str>>,
    /// The document before ended, and nothing but its end has come since.
    after_root: bool,
    /// Whether there was a mistake up to the token that ended the first document.
    first_document_broken: Option<bool>,
}

impl<'t> Events<'t> {
    /// Begins to read a text.
    pub fn new(source: SourceId, text: &'t str, dialect: Dialect) -> Self {
        Self {
            scanner: Scanner::new(source, text, dialect),
            state: State::FirstDocument,
            states: Vec::with_capacity(16),
            ignored: Vec::with_capacity(16),
            directives: Vec::new(),
            handles: HashSet::new(),
            after_root: false,
            first_document_broken: None,
        }
    }

    /// The mistakes and comments found until now, in the order of the text.
    pub fn finish(mut self) -> (Vec<Problem>, Vec<Comment>) {
        self.scanner.problems.sort_by_key(|problem| problem.span);
        (self.scanner.problems, self.scanner.comments)
    }

    pub(super) fn into_parts(self) -> Parts {
        Parts {
            problems: self.scanner.problems,
            comments: self.scanner.comments,
            directives: self.directives,
            first_document_broken: self.first_document_broken.unwrap_or(true),
        }
    }

    fn event(kind: EventKind, start: u32, end: u32) -> Event {
        Event { kind, start, end, detail: 0, anchor: (0, 0), tag: (0, 0) }
    }

    fn absent(position: u32) -> Event {
        Self::event(EventKind::Scalar(Style::Plain), position, position)
    }

    /// Where what was read last ends.
    fn end_of_last(&self) -> u32 {
        self.scanner.last_end
    }

    /// An absent value, right after what was read last.
    fn nothing(&self) -> Event {
        Self::absent(self.end_of_last())
    }

    /// The end of a collection that has no closing bracket.
    fn end_here(&self) -> Event {
        Self::event(EventKind::CollectionEnd, self.end_of_last(), self.end_of_last())
    }

    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn strict(&self) -> bool {
        self.scanner.dialect == Dialect::Strict
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { source: self.scanner.source, start, end }
    }

    fn step(&mut self) -> Option<Event> {
        match self.state {
            State::FirstDocument => self.document_start(true),
            State::Document => self.document_start(false),
            State::DocumentContent => Some(self.document_content()),
            State::DocumentEnd => Some(self.document_end()),
            State::BlockNode => Some(self.node(true, false)),
            State::BlockSequenceEntry => Some(self.block_sequence_entry()),
            State::IndentlessSequenceEntry => Some(self.indentless_sequence_entry()),
            State::BlockMappingKey => Some(self.block_mapping_key()),
            State::BlockMappingValue => Some(self.block_mapping_value()),
            State::FlowSequenceFirst => Some(self.flow_sequence_entry(true)),
            State::FlowSequenceEntry => Some(self.flow_sequence_entry(false)),
            State::FlowPairKey => Some(self.flow_pair_key()),
            State::FlowPairValue => Some(self.flow_pair_value()),
            State::FlowPairEnd => {
                self.state = State::FlowSequenceEntry;
                Some(self.end_here())
            }
            State::FlowMappingFirst => Some(self.flow_mapping_key(true)),
            State::FlowMappingKey => Some(self.flow_mapping_key(false)),
            State::FlowMappingValue => Some(self.flow_mapping_value()),
            State::FlowMappingNoValue => {
                self.state = State::FlowMappingKey;
                Some(self.nothing())
            }
            State::End => None,
        }
    }

    // ---- documents ----

    fn document_start(&mut self, first: bool) -> Option<Event> {
        let mut token = self.scanner.peek();
        if !first || self.scanner.dialect != Dialect::Helm {
            while token.kind == TokenKind::DocumentEnd {
                self.scanner.skip();
                self.after_root = false;
                token = self.scanner.peek();
            }
        }
        if token.kind == TokenKind::StreamEnd {
            self.state = State::End;
            return None;
        }
        let start = token.start;
        self.scanner.last_end = self.scanner.last_end.max(start);
        self.handles.clear();
        let explicit = matches!(
            token.kind,
            TokenKind::DocumentStart | TokenKind::VersionDirective | TokenKind::TagDirective
        );
        if first && !explicit {
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            return Some(Self::event(EventKind::DocumentStart, start, start));
        }
        if explicit {
            self.process_directives(start);
            token = self.scanner.peek();
        }
        self.states.push(State::DocumentEnd);
        if token.kind == TokenKind::DocumentStart {
            self.scanner.skip();
            self.state = State::DocumentContent;
            self.after_root = false;
            return Some(Self::event(EventKind::DocumentStart, start, token.end));
        }
        self.state = State::BlockNode;
        if explicit {
            let span = self.span(start, start + 1);
            self.scanner.report(
                ProblemCode::Directive,
                span,
                "after a directive the document begins with `---`",
            );
            if token.kind.ends_document() {
                self.state = State::DocumentContent;
            }
            return Some(Self::event(EventKind::DocumentStart, start, start));
        }
        if self.strict() && !self.after_root {
            return Some(Self::event(EventKind::DocumentStart, start, start));
        }
        if !self.scanner.failed_at(token.start) {
            let span = self.span(token.start, token.end);
            let message = "the document is complete before this; what follows stands at no place in it";
            self.scanner.report(ProblemCode::TrailingContent, span, message);
        }
        Some(Self::event(EventKind::DocumentContinues, start, start))
    }

    fn process_directives(&mut self, from: u32) {
        let mut version = false;
        loop {
            let token = self.scanner.peek();
            let span = self.span(token.start, token.end);
            let text = self.scanner.text.get(span.range()).unwrap_or_default();
            match token.kind {
                TokenKind::VersionDirective => {
                    let number = text
                        .strip_prefix("%YAML")
                        .filter(|rest| rest.starts_with([' ', '\t']))
                        .map(str::trim);
                    let known = match number {
                        Some(number) if self.strict() => number.starts_with("1."),
                        Some(number) => {
                            let same = |part: Option<&str>| part.is_some_and(|part| part.parse() == Ok(1_u8));
                            let mut parts = number.split('.');
                            same(parts.next()) && same(parts.next())
                        }
                        // Strict: a directive that is not known is passed over.
                        None => {
                            self.scanner.skip();
                            continue;
                        }
                    };
                    if version {
                        self.scanner.report(
                            ProblemCode::Directive,
                            span,
                            "a second `%YAML` for the same document",
                        );
                    } else if !known {
                        let message = "this tool reads YAML 1.1 and refuses any other version named here";
                        self.scanner.report(ProblemCode::Directive, span, message);
                    }
                    version = true;
                }
                TokenKind::TagDirective => {
                    let mut parts = text.split([' ', '\t']).filter(|part| !part.is_empty()).skip(1);
                    let handle = parts.next().unwrap_or_default();
                    let prefix = parts.next().unwrap_or_default();
                    if self.handles.contains(handle) {
                        let message = format!("a second `%TAG {handle}` for the same document");
                        self.scanner.report(ProblemCode::Directive, span, message);
                    } else {
                        self.handles.insert(handle.into());
                        self.directives.push(TagDirective {
                            from,
                            handle: handle.into(),
                            prefix: prefix.into(),
                        });
                    }
                }
                _ => return,
            }
            self.scanner.skip();
        }
    }

    fn document_content(&mut self) -> Event {
        let token = self.scanner.peek();
        if token.kind.ends_document() {
            self.pop();
            return self.nothing();
        }
        self.node(true, false)
    }

    fn document_end(&mut self) -> Event {
        let token = self.scanner.peek();
        // What the grammar refuses go-yaml finds when it comes there, which Helm does not after the first document.
        let seen = |problem: &Problem| match problem.code {
            ProblemCode::ControlCharacter => false,
            ProblemCode::Bracket | ProblemCode::MissingColon | ProblemCode::Indentation => {
                problem.span.start < token.start
            }
            _ => true,
        };
        if self.first_document_broken.is_none() {
            self.first_document_broken = Some(self.scanner.problems.iter().any(seen));
        }
        let mut end = token.start;
        self.after_root = true;
        if token.kind == TokenKind::DocumentEnd {
            self.scanner.skip();
            end = token.end;
            self.after_root = false;
        } else if token.kind == TokenKind::DocumentStart {
            end = token.end;
        } else if self.strict() && matches!(token.kind, TokenKind::VersionDirective | TokenKind::TagDirective)
        {
            let span = self.span(token.start, token.end);
            let message = "`...` must end the document before a directive for the next one";
            self.scanner.report(ProblemCode::Directive, span, message);
        }
        self.state = State::Document;
        Self::event(EventKind::DocumentEnd, token.start, end)
    }

    // ---- nodes ----

    fn node(&mut self, block: bool, indentless: bool) -> Event {
        let mut token = self.scanner.peek();
        let mut anchor = (0, 0);
        let mut tag = (0, 0);
        let start = token.start;
        while matches!(token.kind, TokenKind::Anchor | TokenKind::Tag) {
            let slot = if token.kind == TokenKind::Anchor { &mut anchor } else { &mut tag };
            if slot.1 > 0 {
                break;
            }
            *slot = (token.start, token.end);
            self.scanner.skip();
            token = self.scanner.peek();
        }
        if tag.1 > 0 {
            self.check_handle(tag);
        }
        let properties = anchor.1 > 0 || tag.1 > 0;
        let with = |event: Event| Event { anchor, tag, ..event };
        match token.kind {
            TokenKind::Scalar(style) => {
                self.scanner.skip();
                self.pop();
                let kind = EventKind::Scalar(style);
                Event { kind, start: token.start, end: token.end, detail: token.detail, anchor, tag }
            }
            TokenKind::Alias => {
                if properties {
                    let span = self.span(start, token.end);
                    let message = "an alias cannot have an anchor or a tag of its own";
                    self.scanner.report(ProblemCode::Anchor, span, message);
                }
                self.scanner.skip();
                self.pop();
                Self::event(EventKind::Alias, token.start, token.end)
            }
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessSequenceEntry;
                let kind = EventKind::SequenceStart(CollectionStyle::Block);
                with(Self::event(kind, token.start, token.end))
            }
            TokenKind::FlowSequenceStart => {
                self.scanner.skip();
                self.state = State::FlowSequenceFirst;
                with(Self::event(EventKind::SequenceStart(CollectionStyle::Flow), token.start, token.end))
            }
            TokenKind::FlowMappingStart => {
                self.scanner.skip();
                self.state = State::FlowMappingFirst;
                with(Self::event(EventKind::MappingStart(CollectionStyle::Flow), token.start, token.end))
            }
            TokenKind::BlockSequenceStart if block => {
                self.scanner.skip();
                self.ignored.push(0);
                self.state = State::BlockSequenceEntry;
                with(Self::event(EventKind::SequenceStart(CollectionStyle::Block), token.start, token.end))
            }
            TokenKind::BlockMappingStart if block => {
                self.scanner.skip();
                self.ignored.push(0);
                self.state = State::BlockMappingKey;
                with(Self::event(EventKind::MappingStart(CollectionStyle::Block), token.start, token.end))
            }
            _ if properties => {
                self.pop();
                let end = anchor.1.max(tag.1);
                with(Self::absent(end))
            }
            _ => self.no_node(token),
        }
    }

    /// Nothing that could be a value stands where one should.
    fn no_node(&mut self, token: Token) -> Event {
        let stays = token.kind.ends_document()
            || token.kind.closes()
            || matches!(token.kind, TokenKind::Key | TokenKind::Value);
        if !self.scanner.failed_at(token.start) {
            let end = token.end.max(token.start);
            let span = self.span(token.start, end);
            let text = self.scanner.text.get(span.range()).unwrap_or_default();
            let (code, message) = match token.kind {
                TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd if !self.scanner.in_brackets() => {
                    (ProblemCode::Bracket, format!("this `{text}` closes no bracket"))
                }
                TokenKind::BlockEntry => (ProblemCode::ListItem, "a list item cannot begin here".to_owned()),
                TokenKind::DocumentStart | TokenKind::DocumentEnd => {
                    (ProblemCode::Syntax, format!("a value should stand before this `{text}`"))
                }
                _ if text.is_empty() => (ProblemCode::Syntax, "a value should stand here".to_owned()),
                _ => (ProblemCode::Syntax, format!("a value should stand here instead of `{text}`")),
            };
            self.scanner.report(code, span, message);
        }
        // A bracket that closes nothing open is nobody's end.
        let nobodys = matches!(token.kind, TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd)
            && !matches!(
                self.states.last(),
                Some(
                    State::FlowSequenceEntry
                        | State::FlowPairValue
                        | State::FlowPairEnd
                        | State::FlowMappingKey
                        | State::FlowMappingValue
                        | State::FlowMappingNoValue
                )
            );
        let at_root = self.states.last() == Some(&State::DocumentEnd) && !token.kind.ends_document();
        let nothing = self.nothing();
        if !stays || nobodys || at_root {
            self.scanner.skip();
        }
        self.pop();
        nothing
    }

    fn check_handle(&mut self, (start, end): (u32, u32)) {
        let text = self.scanner.text.get(start as usize..end as usize).unwrap_or_default();
        let Some(handle) = handle(text).filter(|&handle| handle != "!" && handle != "!!") else { return };
        if !self.handles.contains(handle) {
            let span = self.span(start, end);
            let message = format!("no `%TAG` says what `{handle}` stands for");
            self.scanner.report(ProblemCode::Tag, span, message);
        }
    }

    // ---- block collections ----

    fn block_sequence_entry(&mut self) -> Event {
        loop {
            let token = self.scanner.peek();
            if token.kind == TokenKind::BlockEntry {
                self.scanner.skip();
                let next = self.scanner.peek();
                if !matches!(next.kind, TokenKind::BlockEntry | TokenKind::BlockEnd) {
                    self.states.push(State::BlockSequenceEntry);
                    return self.node(true, false);
                }
                self.state = State::BlockSequenceEntry;
                return self.nothing();
            }
            let message = "this is no item of the list it stands in: a `-` is missing";
            if let Some(event) = self.close_or_skip(token, message, TokenKind::BlockEntry) {
                return event;
            }
        }
    }

    fn indentless_sequence_entry(&mut self) -> Event {
        let token = self.scanner.peek();
        if token.kind == TokenKind::BlockEntry {
            self.scanner.skip();
            let next = self.scanner.peek();
            let ends = matches!(
                next.kind,
                TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
            );
            if !ends {
                self.states.push(State::IndentlessSequenceEntry);
                return self.node(true, false);
            }
            self.state = State::IndentlessSequenceEntry;
            return self.nothing();
        }
        self.pop();
        self.end_here()
    }

    fn block_mapping_key(&mut self) -> Event {
        loop {
            let token = self.scanner.peek();
            match token.kind {
                TokenKind::Key => {
                    self.scanner.skip();
                    let next = self.scanner.peek();
                    if !matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
                        self.states.push(State::BlockMappingValue);
                        return self.node(true, true);
                    }
                    self.state = State::BlockMappingValue;
                    return self.nothing();
                }
                TokenKind::Value if self.strict() => {
                    self.state = State::BlockMappingValue;
                    return Self::absent(token.start);
                }
                _ => {
                    let message = match token.kind {
                        TokenKind::Value => "the key before this `:` is missing",
                        TokenKind::BlockEntry => "a list item cannot stand among the keys of a mapping",
                        TokenKind::BlockMappingStart => {
                            "this line is indented differently from the keys of the mapping around it"
                        }
                        TokenKind::FlowMappingStart if self.template_at(token.start) => {
                            "this is text of a template, which is no YAML before it is rendered"
                        }
                        _ => "a key with `:` should stand here",
                    };
                    if let Some(event) = self.close_or_skip(token, message, TokenKind::Key) {
                        return event;
                    }
                }
            }
        }
    }

    fn template_at(&self, start: u32) -> bool {
        self.scanner.bytes.get(start as usize..).is_some_and(|rest| rest.starts_with(b"{{"))
    }

    /// In a block collection that `token` cannot go on: its end, or a mistake that is skipped up to the next `wanted`.
    fn close_or_skip(&mut self, token: Token, message: &str, wanted: TokenKind) -> Option<Event> {
        match token.kind {
            TokenKind::BlockEnd => {
                self.scanner.skip();
                if let Some(count) = self.ignored.last_mut().filter(|count| **count > 0) {
                    *count -= 1;
                    return None;
                }
                self.ignored.pop();
                self.pop();
                return Some(self.end_here());
            }
            // The document ended without ending its collections: only a mistake before can lead here.
            kind if kind.ends_document() => {
                self.ignored.pop();
                self.pop();
                return Some(self.end_here());
            }
            _ => {}
        }
        if !self.scanner.failed_at(token.start) {
            let code = match token.kind {
                TokenKind::BlockMappingStart => ProblemCode::Indentation,
                TokenKind::BlockEntry | TokenKind::BlockSequenceStart => ProblemCode::ListItem,
                TokenKind::FlowMappingStart if self.template_at(token.start) => ProblemCode::Template,
                _ if wanted == TokenKind::BlockEntry => ProblemCode::ListItem,
                _ => ProblemCode::MissingColon,
            };
            let end = self.scanner.end_of_line(token.start as usize);
            let line = self.scanner.text.get(token.start as usize..end).unwrap_or_default().trim_end();
            let end = token.start + u32::try_from(line.len()).unwrap_or(0);
            let span = self.span(token.start, end);
            self.scanner.report(code, span, message);
        }
        // Entries at another indentation still belong here more than anywhere.
        let same = match wanted {
            TokenKind::Key => TokenKind::BlockMappingStart,
            _ => TokenKind::BlockSequenceStart,
        };
        if token.kind == same {
            self.scanner.skip();
            if let Some(count) = self.ignored.last_mut() {
                *count += 1;
            }
            return None;
        }
        let mut depth = 0_u32;
        loop {
            let token = self.scanner.peek();
            match token.kind {
                kind if kind.ends_document() => return None,
                kind if kind == wanted && depth == 0 => return None,
                TokenKind::BlockEnd if depth == 0 => return None,
                kind if kind.opens() => depth += 1,
                kind if kind.closes() => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.scanner.skip();
        }
    }

    fn block_mapping_value(&mut self) -> Event {
        let token = self.scanner.peek();
        self.state = State::BlockMappingKey;
        if token.kind != TokenKind::Value {
            return self.nothing();
        }
        self.scanner.skip();
        let next = self.scanner.peek();
        if matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
            return self.nothing();
        }
        self.states.push(State::BlockMappingKey);
        self.node(true, true)
    }

    // ---- flow collections ----

    fn flow_end(&mut self, token: Token) -> Event {
        self.scanner.skip();
        self.pop();
        Self::event(EventKind::CollectionEnd, token.start, token.end)
    }

    /// Reads the comma between two entries. False where something else stands there: then it is skipped.
    fn comma(&mut self, closing: char) {
        let token = self.scanner.peek();
        if token.kind == TokenKind::FlowEntry {
            self.scanner.skip();
            return;
        }
        if !self.scanner.failed_at(token.start) {
            let span = self.span(token.start, token.end);
            let message = format!("a `,` or `{closing}` should stand before this");
            self.scanner.report(ProblemCode::Bracket, span, message);
        }
        let mut depth = 0_u32;
        loop {
            let token = self.scanner.peek();
            match token.kind {
                kind if kind.ends_document() => return,
                TokenKind::FlowEntry if depth == 0 => {
                    self.scanner.skip();
                    return;
                }
                kind if kind.closes() && depth == 0 => return,
                kind if kind.opens() => depth += 1,
                kind if kind.closes() => depth -= 1,
                _ => {}
            }
            self.scanner.skip();
        }
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Event {
        if !first && !self.scanner.peek().kind.closes() {
            self.comma(']');
        }
        let token = self.scanner.peek();
        match token.kind {
            TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => self.flow_end(token),
            kind if kind.ends_document() || kind == TokenKind::BlockEnd => {
                self.pop();
                self.end_here()
            }
            TokenKind::Key => {
                self.scanner.skip();
                self.state = State::FlowPairKey;
                Self::event(EventKind::MappingStart(CollectionStyle::Flow), token.start, token.end)
            }
            TokenKind::Value if self.strict() => {
                self.state = State::FlowPairKey;
                Self::event(EventKind::MappingStart(CollectionStyle::Flow), token.start, token.end)
            }
            _ => {
                self.states.push(State::FlowSequenceEntry);
                self.node(false, false)
            }
        }
    }

    fn flow_pair_key(&mut self) -> Event {
        let token = self.scanner.peek();
        let ends = matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry) || token.kind.closes();
        if !ends {
            self.states.push(State::FlowPairValue);
            return self.node(false, false);
        }
        // Both go-yamls lose the token here, whatever it is.
        let synthetic = token.kind.closes() && token.start == token.end;
        let place = if token.kind == TokenKind::Value { token.start } else { self.end_of_last() };
        if !self.strict() && !synthetic {
            self.scanner.skip();
        }
        self.state = State::FlowPairValue;
        Self::absent(place)
    }

    fn flow_pair_value(&mut self) -> Event {
        let token = self.scanner.peek();
        self.state = State::FlowPairEnd;
        if token.kind != TokenKind::Value {
            return self.nothing();
        }
        self.scanner.skip();
        let next = self.scanner.peek();
        if next.kind == TokenKind::FlowEntry || next.kind.closes() {
            return self.nothing();
        }
        self.states.push(State::FlowPairEnd);
        self.node(false, false)
    }

    fn flow_mapping_key(&mut self, first: bool) -> Event {
        if !first && !self.scanner.peek().kind.closes() {
            self.comma('}');
        }
        let token = self.scanner.peek();
        match token.kind {
            TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => self.flow_end(token),
            kind if kind.ends_document() || kind == TokenKind::BlockEnd => {
                self.pop();
                self.end_here()
            }
            TokenKind::Key => {
                self.scanner.skip();
                let next = self.scanner.peek();
                let ends = matches!(next.kind, TokenKind::Value | TokenKind::FlowEntry) || next.kind.closes();
                if ends {
                    self.state = State::FlowMappingValue;
                    return self.nothing();
                }
                self.states.push(State::FlowMappingValue);
                self.node(false, false)
            }
            TokenKind::Value if self.strict() => {
                self.state = State::FlowMappingValue;
                Self::absent(token.start)
            }
            _ => {
                self.states.push(State::FlowMappingNoValue);
                self.node(false, false)
            }
        }
    }

    fn flow_mapping_value(&mut self) -> Event {
        let token = self.scanner.peek();
        self.state = State::FlowMappingKey;
        if token.kind != TokenKind::Value {
            return self.nothing();
        }
        self.scanner.skip();
        let next = self.scanner.peek();
        if next.kind == TokenKind::FlowEntry || next.kind.closes() {
            return self.nothing();
        }
        self.states.push(State::FlowMappingKey);
        self.node(false, false)
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.step()
    }
}

/// The handle of a tag: `!`, `!!` or `!name!`; `None` for `!<…>`.
pub(super) fn handle(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix('!')?;
    if rest.starts_with('<') {
        return None;
    }
    let name =
        rest.find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_')));
    match name {
        Some(at) if rest.get(at..).is_some_and(|rest| rest.starts_with('!')) => tag.get(..at + 2),
        _ => Some("!"),
    }
}
