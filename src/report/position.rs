//! Lines and columns of many places at once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::report::Report;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::source::Span;

/// Line and column from 1 (columns in characters), and the offset in bytes.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) offset: u32,
}

/// The positions of everything a report points at. Each text is gone through once, so that a thousand findings in a
/// file of one long line cost no more than one.
#[derive(Debug, Default)]
pub(super) struct Positions {
    known: BTreeMap<(SourceId, u32), Position>,
}

impl Positions {
    pub(super) fn of(report: &Report, sources: &SourceMap) -> Self {
        let mut wanted: BTreeMap<SourceId, BTreeSet<u32>> = BTreeMap::new();
        for span in spans(report) {
            wanted.entry(span.source).or_default().extend([span.start, span.end]);
        }
        let mut known = BTreeMap::new();
        for (id, offsets) in wanted {
            if let Some(source) = sources.get(id) {
                known.extend(counted(&source, &offsets).map(|position| ((id, position.offset), position)));
            }
        }
        Self { known }
    }

    /// The position of an offset in a source that is part of the report.
    pub(super) fn get(&self, source: SourceId, offset: u32) -> Option<Position> {
        self.known.get(&(source, offset)).copied()
    }
}

fn spans(report: &Report) -> impl Iterator<Item = Span> {
    let findings = report.diagnostics.iter().map(|diagnostic| &diagnostic.finding);
    let labels =
        findings.clone().flat_map(|finding| std::iter::once(&finding.primary).chain(&finding.related));
    let edits = findings.flat_map(|finding| &finding.fix).flat_map(|fix| &fix.edits);
    let costs = report.cost.iter().flat_map(|cost| &cost.environments);
    let items = costs.flat_map(|cost| {
        let unknown = cost.unknown.iter().filter_map(|unknown| unknown.at);
        cost.items.iter().filter_map(|item| item.at).chain(unknown)
    });
    labels
        .map(|label| label.span)
        .chain(edits.map(|edit| edit.span))
        .chain(report.unchecked.iter().filter_map(|unchecked| unchecked.span))
        .chain(items)
}

/// Counts on from one offset to the next.
fn counted(source: &Source, offsets: &BTreeSet<u32>) -> impl Iterator<Item = Position> {
    let text = &source.text;
    // Nobody counts a byte order mark as a column.
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let (mut line, mut column) = (1_u32, 1_u32);
    offsets.iter().map(move |&offset| {
        let to = text.floor_char_boundary((offset as usize).min(text.len())).max(at);
        let between = text.get(at..to).unwrap_or_default();
        at = to;
        let mut last_line = between;
        if let Some((before, after)) = between.rsplit_once('\n') {
            let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
            line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            column = 1;
            last_line = after;
        }
        column = column.saturating_add(u32::try_from(last_line.chars().count()).unwrap_or(u32::MAX));
        Position { line, column, offset }
    })
}
