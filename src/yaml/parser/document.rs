//! Documents: where they begin and end, and the directives before them.

use crate::yaml::Dialect;
use crate::yaml::Event;
use crate::yaml::EventKind;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::parser::Events;
use crate::yaml::parser::State;
use crate::yaml::parser::TagDirective;
use crate::yaml::token::TokenKind;

impl Events<'_> {
    pub(super) fn document_start(&mut self, first: bool) -> Option<Event> {
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

    pub(super) fn document_content(&mut self) -> Event {
        let token = self.scanner.peek();
        if token.kind.ends_document() {
            self.pop();
            return self.nothing();
        }
        self.node(token, true, false)
    }

    pub(super) fn document_end(&mut self) -> Event {
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
            self.first_document_broken = Some(self.refused || self.scanner.problems.iter().any(seen));
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
}
