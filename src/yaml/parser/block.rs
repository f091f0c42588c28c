//! Block collections: by indentation.

use crate::yaml::Event;
use crate::yaml::ProblemCode;
use crate::yaml::parser::Events;
use crate::yaml::parser::State;
use crate::yaml::token::Token;
use crate::yaml::token::TokenKind;

impl Events<'_> {
    pub(super) fn block_sequence_entry(&mut self) -> Event {
        if self.scanner.take_dash() {
            return self.item(State::BlockSequenceEntry);
        }
        loop {
            let token = self.scanner.peek();
            if token.kind == TokenKind::BlockEntry {
                self.scanner.skip();
                return self.item(State::BlockSequenceEntry);
            }
            let message = "this is no item of the list it stands in: a `-` is missing";
            if let Some(event) = self.close_or_skip(token, message, TokenKind::BlockEntry) {
                return event;
            }
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Event {
        if self.scanner.take_dash() {
            return self.item(State::IndentlessSequenceEntry);
        }
        let token = self.scanner.peek();
        if token.kind == TokenKind::BlockEntry {
            self.scanner.skip();
            return self.item(State::IndentlessSequenceEntry);
        }
        self.pop();
        self.end_here()
    }

    /// What stands after a `-`, if there is something; then comes `after`.
    fn item(&mut self, after: State) -> Event {
        self.state = after;
        if let Some((style, token)) = self.scanner.take_value() {
            return Self::scalar(style, token);
        }
        let next = self.scanner.peek();
        let ends = match next.kind {
            TokenKind::BlockEntry | TokenKind::BlockEnd => true,
            TokenKind::Key | TokenKind::Value => after == State::IndentlessSequenceEntry,
            _ => false,
        };
        if ends {
            return self.nothing();
        }
        self.node_before(after, next, true, false)
    }

    pub(super) fn block_mapping_key(&mut self) -> Event {
        if let Some((style, key)) = self.scanner.take_key() {
            self.state = State::BlockMappingAfterColon;
            return Self::scalar(style, key);
        }
        loop {
            let token = self.scanner.peek();
            match token.kind {
                TokenKind::Key => {
                    self.scanner.skip();
                    let next = self.scanner.peek();
                    if !matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
                        return self.node_before(State::BlockMappingValue, next, true, true);
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

    pub(super) fn block_mapping_value(&mut self) -> Event {
        if self.scanner.peek().kind != TokenKind::Value {
            self.state = State::BlockMappingKey;
            return self.nothing();
        }
        self.scanner.skip();
        self.block_mapping_after_colon()
    }

    pub(super) fn block_mapping_after_colon(&mut self) -> Event {
        self.state = State::BlockMappingKey;
        if let Some((style, token)) = self.scanner.take_value() {
            return Self::scalar(style, token);
        }
        let next = self.scanner.peek();
        if matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
            return self.nothing();
        }
        self.node_before(State::BlockMappingKey, next, true, true)
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
        if self.begins_mistake(token) {
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
}
