//! Flow collections: in brackets.

use std::ops::ControlFlow;

use crate::yaml::CollectionStyle;
use crate::yaml::Event;
use crate::yaml::EventKind;
use crate::yaml::ProblemCode;
use crate::yaml::parser::Events;
use crate::yaml::parser::State;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

impl Events<'_> {
    /// The token that the next entry begins with, after the comma before it; or the end of the collection.
    fn next_in_brackets(&mut self, first: bool, closing: char) -> ControlFlow<Event, Token> {
        if !first && !self.scanner.peek().kind.closes() {
            self.comma(closing);
        }
        let token = self.scanner.peek();
        match token.kind {
            TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => {
                self.scanner.skip();
                self.pop();
                ControlFlow::Break(Self::event(EventKind::CollectionEnd, token.start, token.end))
            }
            kind if kind.ends_document() || kind == TokenKind::BlockEnd => {
                self.pop();
                ControlFlow::Break(self.end_here())
            }
            _ => ControlFlow::Continue(token),
        }
    }

    /// Reads the comma between two entries. False where something else stands there: then it is skipped.
    fn comma(&mut self, closing: char) {
        let token = self.scanner.peek();
        if token.kind == TokenKind::FlowEntry {
            self.scanner.skip();
            return;
        }
        if self.begins_mistake(token) {
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

    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Event {
        let token = match self.next_in_brackets(first, ']') {
            ControlFlow::Continue(token) => token,
            ControlFlow::Break(end) => return end,
        };
        match token.kind {
            TokenKind::Key => {
                self.scanner.skip();
                self.state = State::FlowPairKey;
                Self::event(EventKind::MappingStart(CollectionStyle::Flow), token.start, token.end)
            }
            TokenKind::Value if self.strict() => {
                self.state = State::FlowPairKey;
                Self::event(EventKind::MappingStart(CollectionStyle::Flow), token.start, token.end)
            }
            _ => self.node_before(State::FlowSequenceEntry, token, false, false),
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Event {
        let token = self.scanner.peek();
        let ends = matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry) || token.kind.closes();
        if !ends {
            return self.node_before(State::FlowPairValue, token, false, false);
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

    pub(super) fn flow_pair_value(&mut self) -> Event {
        self.flow_value(State::FlowPairEnd)
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Event {
        let token = match self.next_in_brackets(first, '}') {
            ControlFlow::Continue(token) => token,
            ControlFlow::Break(end) => return end,
        };
        match token.kind {
            TokenKind::Key => {
                self.scanner.skip();
                let next = self.scanner.peek();
                let ends = matches!(next.kind, TokenKind::Value | TokenKind::FlowEntry) || next.kind.closes();
                if ends {
                    self.state = State::FlowMappingValue;
                    return self.nothing();
                }
                self.node_before(State::FlowMappingValue, next, false, false)
            }
            TokenKind::Value if self.strict() => {
                self.state = State::FlowMappingValue;
                Self::absent(token.start)
            }
            _ => self.node_before(State::FlowMappingNoValue, token, false, false),
        }
    }

    pub(super) fn flow_mapping_value(&mut self) -> Event {
        self.flow_value(State::FlowMappingKey)
    }

    /// What stands after a `:`, if there is one; then comes `after`.
    fn flow_value(&mut self, after: State) -> Event {
        let token = self.scanner.peek();
        self.state = after;
        if token.kind != TokenKind::Value {
            return self.nothing();
        }
        self.scanner.skip();
        let next = self.scanner.peek();
        if next.kind == TokenKind::FlowEntry || next.kind.closes() {
            return self.nothing();
        }
        self.node_before(after, next, false, false)
    }
}
