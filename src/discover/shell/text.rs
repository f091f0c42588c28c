//! A script taken out of its file, with the way back to the file.

use crate::source::Source;
use crate::source::Span;
use crate::yaml::NodeRef;

/// A text and, for each of its bytes, the place in the source it came from.
#[derive(Clone, Debug)]
pub(in crate::discover) struct Script {
    text: String,
    /// Ascending by `start`; the first starts at 0 where the text is not empty.
    runs: Vec<Run>,
    whole: Span,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    /// Where the run begins in the source.
    span: Span,
    /// True where the run is the source's text, byte by byte; otherwise all of it stands for all of `span`.
    exact: bool,
}

impl Script {
    /// An empty script that stands for `whole`.
    pub(in crate::discover) fn new(whole: Span) -> Self {
        Self { text: String::new(), runs: Vec::new(), whole }
    }

    /// A whole file.
    pub(in crate::discover) fn file(source: &Source) -> Self {
        let mut script = Self::new(source.whole());
        script.push(&source.text, source.whole().at_start());
        script
    }

    /// A scalar, after escapes, folding and the indentation of a block are taken away.
    pub(in crate::discover) fn scalar(source: &Source, node: NodeRef<'_>) -> Self {
        let node = node.resolved();
        let span = node.span();
        let mut script = Self::new(span);
        let raw = source.slice(span);
        let header =
            if raw.starts_with(['|', '>']) { raw.find('\n').map_or(raw.len(), |at| at + 1) } else { 0 };
        let mut cursor = span.start as usize + header;
        for line in node.text().split_inclusive('\n') {
            let wanted = line.trim_end_matches('\n');
            // The line stands in the source behind its indentation, or else it was folded or had escapes.
            let window = source.text.get(cursor..span.end as usize).unwrap_or_default();
            let near = window.len().min(wanted.len() + 512);
            let near = (near..=window.len()).find(|&at| window.is_char_boundary(at)).unwrap_or(0);
            let found = window.get(..near).and_then(|window| window.find(wanted));
            match found {
                Some(at) => {
                    script.push(line, Span::new(source.id, cursor + at, cursor + at));
                    cursor += at + wanted.len();
                }
                None => script.push_for(line, span),
            }
        }
        script
    }

    /// Adds a piece of the source's text that starts at `at`.
    pub(in crate::discover) fn push(&mut self, text: &str, at: Span) {
        self.runs.push(Run { start: self.text.len(), span: at.at_start(), exact: true });
        self.text.push_str(text);
    }

    /// Adds a text that stands for all of `span`.
    pub(in crate::discover) fn push_for(&mut self, text: &str, span: Span) {
        self.runs.push(Run { start: self.text.len(), span, exact: false });
        self.text.push_str(text);
    }

    /// The text.
    pub(in crate::discover) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a range of the text.
    pub(in crate::discover) fn span(&self, range: std::ops::Range<usize>) -> Span {
        let first = self.place(range.start);
        if range.is_empty() {
            return first.at_start();
        }
        first.cover(self.place(range.end - 1))
    }

    /// The place of one byte.
    fn place(&self, at: usize) -> Span {
        let index = self.runs.partition_point(|run| run.start <= at);
        let Some(run) = index.checked_sub(1).and_then(|index| self.runs.get(index)) else {
            return self.whole.at_start();
        };
        if !run.exact {
            return run.span;
        }
        let from = run.span.start as usize + (at - run.start);
        Span::new(run.span.source, from, from + 1)
    }

    /// A part of the script, as a script.
    pub(in crate::discover) fn part(&self, range: std::ops::Range<usize>) -> Self {
        let mut part = Self::new(self.span(range.clone()));
        let Some(text) = self.text.get(range.clone()) else { return part };
        let first = self.runs.partition_point(|run| run.start <= range.start).saturating_sub(1);
        for (index, run) in self.runs.iter().enumerate().skip(first) {
            if run.start >= range.end {
                break;
            }
            let begin = run.start.max(range.start);
            let end = self.runs.get(index + 1).map_or(range.end, |next| next.start.min(range.end));
            let piece = text.get(begin - range.start..end.max(begin) - range.start).unwrap_or_default();
            if run.exact {
                let from = run.span.start as usize + (begin - run.start);
                part.push(piece, Span::new(run.span.source, from, from));
            } else {
                part.push_for(piece, run.span);
            }
        }
        part
    }

    /// The script with every `open … close` replaced by what `change` makes of its inside; `None` leaves it.
    pub(in crate::discover) fn replaced(
        &self,
        open: &str,
        close: &str,
        change: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut changed = Self::new(self.whole);
        let mut done = 0;
        let mut from = 0;
        while let Some(start) = self.text.get(from..).and_then(|rest| rest.find(open)).map(|at| from + at) {
            let inside = start + open.len();
            // A name is short; what is longer is none, and looking further would take more than linear time.
            let rest = self.text.as_bytes().get(inside..).unwrap_or_default();
            let near = rest.get(..rest.len().min(256)).unwrap_or_default();
            let Some(length) = memchr::memmem::find(near, close.as_bytes()) else {
                from = inside;
                continue;
            };
            let end = inside + length + close.len();
            match self.text.get(inside..inside + length).and_then(&change) {
                Some(text) => {
                    changed.append(&self.part(done..start));
                    changed.push_for(&text, self.span(start..end));
                    done = end;
                    from = end;
                }
                None => from = inside,
            }
        }
        changed.append(&self.part(done..self.text.len()));
        changed
    }

    /// Adds another script at the end.
    pub(in crate::discover) fn append(&mut self, other: &Self) {
        let base = self.text.len();
        self.runs.extend(other.runs.iter().map(|run| Run { start: run.start + base, ..*run }));
        self.text.push_str(&other.text);
    }
}
