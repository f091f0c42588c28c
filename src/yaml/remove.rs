//! Takes an entry or an item out of its collection, with its lines and the comments that are about it.

use crate::diagnostic::Edit;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::EditRefused;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Tree;
use crate::yaml::edit::end_of_line;
use crate::yaml::edit::line_start;
use crate::yaml::edit::refuse_line_breaks;
use crate::yaml::edit::refuse_shared;
use crate::yaml::locate::Child;

/// Removes the last child of a way, and up to `emptied` of the collections it is in where they would be left with
/// nothing.
pub(super) fn remove(way: &[Child<'_>], emptied: usize) -> Result<Vec<Edit>, EditRefused> {
    let mut left = emptied;
    let mut inward = way.iter().rev();
    let mut child = *inward.next().ok_or(EditRefused::OnlyKey)?;
    while child.siblings() < 2 {
        left = left.checked_sub(1).ok_or(EditRefused::OnlyKey)?;
        child = *inward.next().ok_or(EditRefused::OnlyKey)?;
    }
    refuse_shared(child.parent)?;
    if has_anchor(child.value) {
        return Err(EditRefused::Anchored);
    }
    let span = match child.parent.kind() {
        Kind::Mapping(CollectionStyle::Flow) | Kind::Sequence(CollectionStyle::Flow) => {
            between_commas(child)?
        }
        _ => lines(child)?,
    };
    Ok(vec![Edit { span, text: String::new() }])
}

/// A child in braces or brackets, with the comma that its neighbour no longer needs.
fn between_commas(child: Child<'_>) -> Result<Span, EditRefused> {
    let tree = child.parent.tree();
    let end = |child: Child<'_>| child.key.map_or(0, |key| key.span().end).max(child.value.span().end);
    let (start, end) = match (child.next(), child.previous()) {
        (Some(next), _) => (child.start(), next.start()),
        (None, Some(previous)) => (end(previous), end(child)),
        (None, None) => return Err(EditRefused::OnlyKey),
    };
    let span = Span::new(tree.source(), start as usize, end as usize);
    refuse_comment(tree, span)?;
    Ok(span)
}

/// The lines of a child of a block collection.
fn lines(child: Child<'_>) -> Result<Span, EditRefused> {
    let tree = child.parent.tree();
    refuse_line_breaks(tree)?;
    let text = tree.text();
    let from = child.start() as usize;
    let mut start = line_start(text, from);
    let lead = text.get(start..from).unwrap_or_default();
    let is_item = child.key.is_none();
    let marks = lead.trim_start_matches(' ');
    if !is_item && !marks.is_empty() {
        // `- key: value`: the dash stays for the next key, which moves up.
        let next = child.next().filter(|_| marks.starts_with('-')).ok_or(EditRefused::OnlyKey)?;
        let span = Span::new(tree.source(), from, next.start() as usize);
        refuse_comment(tree, span)?;
        return Ok(span);
    }
    if is_item && marks.trim_end() != "-" {
        return Err(EditRefused::Text);
    }
    let indent = lead.len() - marks.len();
    let end = child.value.span().end.max(child.key.map_or(0, |key| key.span().end)) as usize;
    let mut end = end_of_line(text, end);
    // A comment above the first child is as likely about all of them.
    if child.index > 0 {
        start = with_comments(tree, start, indent);
    }
    let blank_before = text
        .get(..start)
        .is_some_and(|before| before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n"));
    if end == text.len() && blank_before {
        start = text.get(..start).map_or(start, |before| with_one_break(before, before.trim_end().len()));
    } else if blank_before {
        while text.get(end..).is_some_and(|rest| rest.starts_with(['\n', '\r'])) {
            end = end_of_line(text, end);
        }
    }
    Ok(Span::new(tree.source(), start, end))
}

/// The end of a text without its last blanks, with the line break after it.
fn with_one_break(text: &str, trimmed: usize) -> usize {
    if trimmed == 0 { 0 } else { end_of_line(text, trimmed) }
}

/// Where the comments begin that stand right above a line, indented as far as what is on it. What was commented out
/// there is no comment about it.
fn with_comments(tree: &Tree, line: usize, indent: usize) -> usize {
    let text = tree.text();
    let mut start = line;
    let before = tree.comments().partition_point(|comment| (comment.span.start as usize) < line);
    for comment in tree.comments().get(..before).unwrap_or_default().iter().rev() {
        let begin = line_start(text, comment.span.start as usize);
        let next = end_of_line(text, comment.span.end as usize);
        let said = text.get(comment.span.range()).unwrap_or_default().trim_start_matches('#').trim();
        let commented_out = said.contains(": ") || said.ends_with(':') || said.starts_with("- ");
        let beside = comment.own_line && next == start && comment.span.start as usize - begin == indent;
        if !beside || commented_out {
            break;
        }
        start = begin;
    }
    start
}

/// Refuses to take away a comment that stands between what is removed and what stays.
fn refuse_comment(tree: &Tree, span: Span) -> Result<(), EditRefused> {
    let at = tree.comments().partition_point(|comment| comment.span.start < span.start);
    let inside = tree.comments().get(at).is_some_and(|comment| comment.span.start < span.end);
    if inside { Err(EditRefused::Comment) } else { Ok(()) }
}

/// True where an anchor in the node is used outside of it.
fn has_anchor(node: NodeRef<'_>) -> bool {
    let span = node.span();
    let mut aliases = node.tree().aliases().iter();
    !node.is_alias() && aliases.any(|(alias, target)| span.contains(*target) && !span.contains(*alias))
}
