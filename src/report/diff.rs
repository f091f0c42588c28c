//! What a fix would change, as a unified diff.

use crate::report::visible::visible;

/// A unified diff of one file with three lines of context; empty where nothing changed.
///
/// The texts are printed as they are: mask them first (see [`Masks::source`](crate::report::Masks::source)).
pub fn unified(path: &str, before: &str, after: &str) -> String {
    let path = visible(path);
    let diff = similar::TextDiff::from_lines(before, after);
    let (old, new) = (format!("a/{path}"), format!("b/{path}"));
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    // Line by line, so that what a terminal would obey is spelled out and line breaks stay.
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains(|character| character != '\t' && crate::report::visible::is_hidden(character)) {
            out.push_str(&visible(line));
        } else {
            out.push_str(line);
        }
        out.push_str(end);
    }
    out
}
