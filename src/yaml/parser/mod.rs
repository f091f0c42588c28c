//! Tokens to events, balanced whatever the text.
//!
//! Where the grammar is broken, what cannot stand is reported and skipped up to the next key, item or end.

mod block;
mod document;
mod flow;

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
    BlockMappingAfterColon,
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
    /// The grammar refused a token.
    refused: bool,
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
            refused: false,
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

    #[inline]
    fn scalar(style: Style, token: Token) -> Event {
        Event { detail: token.detail, ..Self::event(EventKind::Scalar(style), token.start, token.end) }
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
            State::BlockNode => Some(self.block_node()),
            State::BlockSequenceEntry => Some(self.block_sequence_entry()),
            State::IndentlessSequenceEntry => Some(self.indentless_sequence_entry()),
            State::BlockMappingKey => Some(self.block_mapping_key()),
            State::BlockMappingValue => Some(self.block_mapping_value()),
            State::BlockMappingAfterColon => Some(self.block_mapping_after_colon()),
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

    fn block_node(&mut self) -> Event {
        let token = self.scanner.peek();
        self.node(token, true, false)
    }

    /// The node that begins with a token, which was looked at and not taken; then comes `after`.
    #[inline]
    fn node_before(&mut self, after: State, token: Token, block: bool, indentless: bool) -> Event {
        if let TokenKind::Scalar(style) = token.kind {
            self.scanner.skip();
            self.state = after;
            return Self::scalar(style, token);
        }
        self.states.push(after);
        self.node(token, block, indentless)
    }

    /// The node that begins with a token, which was looked at and not taken; then comes the state that was pushed last.
    fn node(&mut self, mut token: Token, block: bool, indentless: bool) -> Event {
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
                with(Self::scalar(style, token))
            }
            // Helm has an empty root here, and reads no further.
            TokenKind::Alias if !(properties && self.at_root_of_helm()) => {
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

    /// Notes that the grammar refuses a token. True where it is to be told: there was no mistake on its line yet.
    fn begins_mistake(&mut self, token: Token) -> bool {
        self.refused = true;
        !self.scanner.failed_at(token.start)
    }

    fn at_root_of_helm(&self) -> bool {
        self.scanner.dialect == Dialect::Helm && self.states.last() == Some(&State::DocumentEnd)
    }

    /// Nothing that could be a value stands where one should.
    fn no_node(&mut self, token: Token) -> Event {
        let stays = token.kind.ends_document()
            || token.kind.closes()
            || matches!(token.kind, TokenKind::Key | TokenKind::Value);
        if self.begins_mistake(token) {
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
