//! The lines around a diagnostic, fit for printing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::shown::Place;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;
use crate::report::visible::is_hidden;
use crate::report::visible::stand_in;
use crate::report::visible::visible;
use crate::source::Source;

/// A place that spans more lines than this is shown by its first one.
const MOST_LINES: u32 = 6;
/// Lines shown above and below a place.
const CONTEXT: u32 = 1;
/// A line with more bytes than this is cut around what is marked in it.
const LONGEST_LINE: usize = 500;
/// What is left of a cut line before and after the start of the mark, in bytes.
const BEFORE: usize = 40;
const AFTER: usize = 160;
/// How far beyond a cut a secret is looked for that begins or ends there, in bytes.
const MARGIN: usize = 4_096;
/// Stands for what was cut off.
const CUT: &str = "...";
/// A diagnostic with more related places than this shows the first ones.
pub(super) const MOST_RELATED: usize = 8;

/// Some lines of one file, and what is marked in them. Never empty.
pub(super) struct Excerpt {
    pub(super) file: String,
    pub(super) lines: Vec<Line>,
    pub(super) marks: Vec<Mark>,
}

/// A line: secrets masked, hidden characters replaced, cut where it is very long.
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) text: String,
}

/// A place in an excerpt. Offsets are bytes in the text of a line as it is shown.
pub(super) struct Mark {
    pub(super) primary: bool,
    pub(super) label: String,
    /// Line and column in the file, from 1.
    pub(super) at: (u32, u32),
    /// Index of the first line, and offset in it.
    pub(super) start: (usize, usize),
    /// Index of the last line, and offset in it.
    pub(super) end: (usize, usize),
}

/// The excerpts of a diagnostic: the primary place first, then the related ones in their order; places that lie
/// close together share one.
pub(super) fn excerpts(shown: &Shown<'_>, diagnostic: &ShownDiagnostic) -> Vec<Excerpt> {
    let places = std::iter::once(&diagnostic.primary).chain(diagnostic.related.iter().take(MOST_RELATED));
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (rank, place) in places.enumerate() {
        let Some(source) = shown.sources.get(place.span.source) else { continue };
        let mut group = Group::of(source, rank, place);
        // Joining one may bring another within reach.
        while let Some(near) = groups.iter().position(|known| known.is_near(&group)) {
            group = groups.remove(near).join(group);
        }
        groups.push(group);
    }
    groups.sort_by_key(|group| group.rank);
    groups.iter().map(|group| group.excerpt(shown)).collect()
}

/// Places of one file whose lines touch.
struct Group<'p> {
    source: Arc<Source>,
    rank: usize,
    first: u32,
    last: u32,
    places: Vec<(usize, &'p Place, Clipped)>,
}

/// The part of a place that is shown.
#[derive(Clone, Copy)]
struct Clipped {
    start: (u32, usize),
    end: (u32, usize),
}

impl<'p> Group<'p> {
    fn of(source: Arc<Source>, rank: usize, place: &'p Place) -> Self {
        let clipped = clipped(&source, place);
        let (first, last) = (clipped.start.0, clipped.end.0);
        Self { source, rank, first, last, places: vec![(rank, place, clipped)] }
    }

    /// True where the lines with their context touch or overlap.
    fn is_near(&self, other: &Self) -> bool {
        let reach = 2 * CONTEXT + 1;
        self.source.id == other.source.id
            && self.first <= other.last.saturating_add(reach)
            && other.first <= self.last.saturating_add(reach)
    }

    fn join(mut self, other: Self) -> Self {
        self.rank = self.rank.min(other.rank);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.places.extend(other.places);
        self
    }

    fn excerpt(&self, shown: &Shown<'_>) -> Excerpt {
        let source = &*self.source;
        let first = self.first.saturating_sub(CONTEXT).max(1);
        // What follows the last line break is no line, unless something is marked there.
        let end = u32::try_from(source.text.trim_end_matches('\n').len()).unwrap_or(u32::MAX);
        let last = self.last.saturating_add(CONTEXT).min(source.line(end).max(self.last));
        let mut lines = Vec::new();
        let mut places: BTreeMap<(u32, usize), (usize, usize)> = self
            .places
            .iter()
            .flat_map(|(_, _, clipped)| [clipped.start, clipped.end])
            .map(|at| (at, (0, 0)))
            .collect();
        for number in first..=last {
            let index = lines.len();
            let of_line = places.range_mut((number, 0)..=(number, usize::MAX));
            let mut of_line: Vec<_> = of_line.map(|(&(_, offset), shown)| (offset, shown)).collect();
            let offsets: Vec<usize> = of_line.iter().map(|(offset, _)| *offset).collect();
            let (text, at) = line(shown, source, number, &offsets);
            for ((_, shown), at) in of_line.iter_mut().zip(at) {
                **shown = (index, at);
            }
            lines.push(Line { number, text });
        }
        let at = |place: (u32, usize)| places.get(&place).copied().unwrap_or_default();
        let marks = self.places.iter().map(|(rank, place, clipped)| Mark {
            primary: *rank == 0,
            label: place.label.clone(),
            at: (place.start.line, place.start.column),
            start: at(clipped.start),
            end: at(clipped.end),
        });
        Excerpt { file: visible(&source.path).into_owned(), lines, marks: marks.collect() }
    }
}

/// What is shown of a place: without blanks at its end, and of a long one the first line.
fn clipped(source: &Source, place: &Place) -> Clipped {
    let range = place.span.range();
    let written = source.text.get(range.clone()).unwrap_or_default();
    let kept = written.trim_end().len();
    let end = u32::try_from(range.start + kept).unwrap_or(u32::MAX).max(place.span.start);
    let start_line = place.start.line;
    let end_line = source.line(end);
    let mut end = (end_line, end as usize);
    if end_line >= start_line.saturating_add(MOST_LINES) {
        let first = written.lines().next().unwrap_or_default().trim_end();
        end = (start_line, range.start + first.len());
    }
    Clipped { start: (start_line, range.start), end }
}

/// A line as it is shown, and where the given offsets into the source (sorted, on that line) are in it.
fn line(shown: &Shown<'_>, source: &Source, number: u32, marked: &[usize]) -> (String, Vec<usize>) {
    let begin = source.offset_utf16(number.saturating_sub(1), 0) as usize;
    let full = source.line_text(number);
    let mut window = 0..full.len();
    if full.len() > LONGEST_LINE {
        let anchor = marked.first().map_or(0, |first| first.saturating_sub(begin)).min(full.len());
        let from = full.floor_char_boundary(anchor.saturating_sub(BEFORE));
        window = from..full.ceil_char_boundary((anchor + AFTER).min(full.len()));
    }
    let masked_near = full.floor_char_boundary(window.start.saturating_sub(MARGIN))
        ..full.ceil_char_boundary((window.end + MARGIN).min(full.len()));
    let masked = shown.masks.ranges(source, &(begin + masked_near.start..begin + masked_near.end));
    let mut masked = masked.into_iter().peekable();
    let mut masked_to = 0;
    let mut out = String::with_capacity(window.len() + 8);
    if window.start > 0 {
        out.push_str(CUT);
    }
    let mut marked_at = Vec::with_capacity(marked.len());
    let mut marked = marked.iter().peekable();
    for (at, character) in full.get(window.clone()).unwrap_or_default().char_indices() {
        let at = begin + window.start + at;
        while marked.next_if(|&&offset| offset <= at).is_some() {
            marked_at.push(out.len());
        }
        while let Some(range) = masked.next_if(|range| range.start <= at) {
            masked_to = masked_to.max(range.end);
        }
        out.push(match character {
            _ if at < masked_to => '*',
            hidden if is_hidden(hidden) => stand_in(hidden),
            plain => plain,
        });
    }
    marked_at.extend(marked.map(|_| out.len()));
    if window.end < full.len() {
        out.push_str(CUT);
    }
    (out, marked_at)
}
