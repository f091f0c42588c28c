//! What a fix would change, as a unified diff.

use std::path::Path;

use crate::fix::Settled;
use crate::report::Masks;
use crate::report::visible::is_hidden;
use crate::report::visible::visible;
use crate::source::SourceMap;

/// What a run of fixes changes, as one unified diff over all files, with every secret masked.
///
/// It is for reading: where a secret was masked it does not apply.
pub fn changes(settled: &Settled) -> String {
    let Some(original) = &settled.original else { return String::new() };
    let (before, after) = (Masks::new(original), Masks::new(&settled.sources));
    let mut out = String::new();
    for change in &settled.changes {
        let masked = |sources: &SourceMap, masks: &Masks, text: &str| {
            let source = sources.by_path(Path::new(&change.path)).filter(|source| *source.text == *text);
            let text = source.map_or_else(|| text.to_owned(), |source| masks.source(&source));
            // Whatever one of the two knows as a secret is masked in both.
            before.text(&after.text(&text)).into_owned()
        };
        let old = masked(original, &before, &change.before);
        let new = masked(&settled.sources, &after, &change.after);
        out.push_str(&unified(&change.path, &old, &new));
    }
    out
}

/// A unified diff of one file with three lines of context; empty where nothing changed.
fn unified(path: &str, before: &str, after: &str) -> String {
    let path = visible(path);
    let diff = similar::TextDiff::from_lines(before, after);
    let (old, new) = (format!("a/{path}"), format!("b/{path}"));
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    // Line by line, so that what a terminal would obey is spelled out and line breaks stay.
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains(|character| character != '\t' && is_hidden(character)) {
            out.push_str(&visible(line));
        } else {
            out.push_str(line);
        }
        out.push_str(end);
    }
    out
}
