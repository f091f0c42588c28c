//! Events from `granit-parser`.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use granit_parser::Event as Read;
use granit_parser::ScalarStyle;
use granit_parser::StructureStyle;

use crate::source::Source;
use crate::source::Span;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::event::CollectionStyle;
use crate::yaml::event::Comment;
use crate::yaml::event::Event;
use crate::yaml::event::Events;
use crate::yaml::event::Properties;
use crate::yaml::event::Style;

/// Hands over all events of a text; after an error, what is open is closed.
pub(crate) struct Granit<'t> {
    events: VecDeque<Event<'t>>,
}

impl<'t> Events<'t> for Granit<'t> {
    fn next_event(&mut self) -> Option<Event<'t>> {
        self.events.pop_front()
    }
}

impl<'t> Granit<'t> {
    pub(crate) fn new(source: &Source, text: &'t str) -> Self {
        let mut options = granit_parser::Options::default();
        options.emit_anchor_events = true;
        options.emit_unresolved_aliases = true;
        options.max_buffered_comment_events = 100_000;
        let mut events: VecDeque<Event<'t>> = VecDeque::new();
        let mut anchors: BTreeMap<usize, Span> = BTreeMap::new();
        let mut open = 0_usize;
        let mut in_document = false;
        for next in granit_parser::Parser::new_from_str_with_options(text, options) {
            let (read, place) = match next {
                Ok(next) => next,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                    events.push_back(Event::Problem(Problem {
                        code: ProblemCode::Syntax,
                        span: Span::new(source.id, at, at),
                        message: error.info(),
                        related: None,
                    }));
                    let end = Span::new(source.id, at, at);
                    events.extend((0..open).map(|_| Event::CollectionEnd(end)));
                    if in_document {
                        events.push_back(Event::DocumentEnd);
                    }
                    break;
                }
            };
            let range = place.byte_range().unwrap_or(0..0);
            let mut span = Span::new(source.id, range.start, range.end);
            let tag = place.tag_span().and_then(|tag| tag.byte_range());
            let tag = tag.map(|tag| Span::new(source.id, tag.start, tag.end));
            let properties = Properties { anchor: None, tag };
            match read {
                Read::DocumentStart(..) => {
                    in_document = true;
                    events.push_back(Event::DocumentStart);
                }
                Read::DocumentEnd => {
                    in_document = false;
                    events.push_back(Event::DocumentEnd);
                }
                Read::MappingStart(style, ..) => {
                    open += 1;
                    events.push_back(Event::MappingStart(properties, collection(style), span));
                }
                Read::SequenceStart(style, ..) => {
                    open += 1;
                    events.push_back(Event::SequenceStart(properties, collection(style), span));
                }
                Read::MappingEnd | Read::SequenceEnd => {
                    open = open.saturating_sub(1);
                    events.push_back(Event::CollectionEnd(span));
                }
                Read::Scalar(value, style, ..) => {
                    let absent = style == ScalarStyle::Plain && span.is_empty();
                    let style = match style {
                        ScalarStyle::SingleQuoted => Style::SingleQuoted,
                        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                        ScalarStyle::Literal => Style::Literal,
                        ScalarStyle::Folded => Style::Folded,
                        ScalarStyle::Plain => Style::Plain,
                    };
                    if matches!(style, Style::Literal | Style::Folded) {
                        let trimmed = text.get(span.range()).unwrap_or_default().trim_end().len();
                        span = Span::new(source.id, range.start, range.start + trimmed);
                    }
                    let value = if absent { "".into() } else { value };
                    events.push_back(Event::Scalar(properties, style, span, value));
                }
                Read::Anchor(id, _) => {
                    anchors.insert(id, span);
                    let last = events.back_mut();
                    if let Some(
                        Event::Scalar(properties, ..)
                        | Event::MappingStart(properties, ..)
                        | Event::SequenceStart(properties, ..),
                    ) = last
                    {
                        properties.anchor = Some(span);
                    }
                }
                Read::Alias(_) | Read::UnresolvedAlias(_) => events.push_back(Event::Alias(span)),
                Read::Comment(..) => {
                    let before = text.get(..range.start).unwrap_or_default();
                    let line = before.rsplit('\n').next().unwrap_or_default();
                    let own_line = line.trim().is_empty();
                    events.push_back(Event::Comment(Comment { span, own_line }));
                }
                _ => {}
            }
        }
        Self { events }
    }
}

fn collection(style: StructureStyle) -> CollectionStyle {
    match style {
        StructureStyle::Block => CollectionStyle::Block,
        StructureStyle::Flow => CollectionStyle::Flow,
    }
}
