//! From a place in rendered text to the very place in the template that wrote it.

use std::ops::Range;

use crate::helm::Manifest;
use crate::helm::Rendered;
use crate::helm::RenderedOrigin;
use crate::source::SourceMap;
use crate::source::Span;

impl Rendered {
    /// As [`Rendered::origin`], with the template place narrowed from a whole stretch of template text to the words
    /// that were copied. An action (`{{ … }}`) stays whole.
    pub fn origin_in(&self, sources: &SourceMap, place: Span) -> Option<RenderedOrigin> {
        let manifest = self.all().find(|manifest| manifest.source.id == place.source)?;
        let mut origin = manifest.origin(place);
        if let Some(stretch) = origin.template {
            // What a helper works out is looked for where it is asked for.
            let asked =
                sources.slice(stretch).starts_with("{{").then(|| asked_at(sources, &origin)).flatten();
            let exact = || manifest.narrowed(sources, place, stretch).unwrap_or(stretch);
            origin.template = Some(asked.unwrap_or_else(exact));
        }
        Some(origin)
    }

    /// The value that kept a key from being written into what begins at a place of a template, and the condition that
    /// asked for it. It has to stand below that place, before the next line that belongs to something else.
    pub fn left_out(&self, sources: &SourceMap, from: Span, key: &str) -> Option<(Span, Span)> {
        let source = sources.get(from.source)?;
        let after = Span { start: from.end, end: from.end, ..from };
        let mut later = self.left_out.range(after..).take_while(|(at, _)| at.source == from.source);
        let (at, left_out) = later.find(|(_, left_out)| left_out.key == key)?;
        let start = source.text.get(..from.range().start)?.rfind('\n').map_or(0, |line| line + 1);
        let mut lines = source.text.get(start..at.range().start)?.lines();
        let column = |line: &str| line.len() - line.trim_start().len();
        let first = lines.next()?;
        let own = column(first) + usize::from(first.trim_start().starts_with('-'));
        let foreign = |line: &str| {
            let text = line.trim_start();
            !text.is_empty() && !text.starts_with("{{") && column(line) < own
        };
        if lines.any(foreign) {
            return None;
        }
        Some((left_out.values.iter().next()?.span, *at))
    }
}

/// The outermost call that stands for one value, as in `name: {{ include "name" . }}`: what has a line to itself
/// brings a block, and the helper's own lines are nearer then.
fn asked_at(sources: &SourceMap, origin: &RenderedOrigin) -> Option<Span> {
    let within_line = |call: &&Span| {
        let Some(source) = sources.get(call.source) else { return false };
        let before = source.text.get(..call.range().start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        !line.trim_matches([' ', '\t', '{', '-']).is_empty()
    };
    origin.calls.iter().rev().find(within_line).copied()
}

impl Manifest {
    /// Where the words of a place stand in the stretch of template text that wrote them.
    fn narrowed(&self, sources: &SourceMap, place: Span, stretch: Span) -> Option<Span> {
        let source = sources.get(stretch.source)?;
        let written = source.slice(stretch);
        if written.starts_with("{{") {
            return None;
        }
        let run = self.run_around(place.range().start)?;
        let rendered = self.source.text.get(run.clone())?;
        let inside = place.range().start - run.start;
        let at = match written.find(rendered) {
            Some(at) => at + inside,
            None => by_line(written, rendered, inside)?,
        };
        let end = (at + place.len().min(run.end - place.range().start)).min(written.len());
        let exact = Span::new(stretch.source, stretch.range().start + at, stretch.range().start + end);
        // What is not on character boundaries is no place.
        (!source.slice(exact).is_empty()).then_some(exact)
    }

    /// The whole run of text with one mark that a byte is in.
    fn run_around(&self, at: usize) -> Option<Range<usize>> {
        self.text.runs().map(|(run, _)| run).find(|run| run.contains(&at))
    }
}

/// The same for text that was indented or trimmed on the way: its lines are still the same, in the same order.
fn by_line(written: &str, rendered: &str, inside: usize) -> Option<usize> {
    let before = rendered.get(..inside)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = rendered.get(start..)?.lines().next()?;
    let wanted = line.trim();
    if wanted.is_empty() {
        return None;
    }
    let earlier = rendered.get(..start)?.lines().filter(|line| line.trim() == wanted).count();
    let mut offset = 0;
    let mut seen = 0;
    for candidate in written.split_inclusive('\n') {
        if candidate.trim() == wanted {
            if seen == earlier {
                let blanks = candidate.len() - candidate.trim_start().len();
                let column = (inside - start).checked_sub(line.len() - line.trim_start().len())?;
                return Some(offset + blanks + column);
            }
            seen += 1;
        }
        offset += candidate.len();
    }
    None
}
