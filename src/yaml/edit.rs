//! Surgical edits: what is not meant to change stays as it is, byte for byte.

use crate::diagnostic::Edit;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Dialect;
use crate::yaml::Entry;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Style;
use crate::yaml::Tree;
use crate::yaml::scalar;
use crate::yaml::scalar::Tag;

/// Why an edit cannot be made without changing something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditRefused {
    /// The value is an alias: what it stands for is used elsewhere too.
    #[error("the value is an alias, and what it stands for is used elsewhere too")]
    Alias,
    /// An alias or `<<` elsewhere takes over what would change.
    #[error("it is in what an anchor names, so that other places would change too")]
    Anchored,
    /// It was merged in by `<<` and does not stand in this mapping.
    #[error("it does not stand in this mapping: `<<` merges it in")]
    Merged,
    /// It is a mapping or a list, or a value of several lines, which has no one place.
    #[error("it is no scalar on one line")]
    NotScalar,
    /// The mapping is written in braces, where lines cannot be edited one by one.
    #[error("the mapping is written in braces")]
    Flow,
    /// The last key of a mapping: without it the mapping would be nothing.
    #[error("it is the only key of its mapping")]
    OnlyKey,
    /// The new text cannot be written there in this way.
    #[error("the new text cannot be written here")]
    Text,
}

/// Replaces the text of a scalar. Its quotes stay where the new text can stand in them; a plain scalar gets quotes where
/// the new text needs them to stay a text, or would not be read back as it is. A number or truth value in `text` stays one
/// where the old value is no text.
pub fn replace_scalar(node: NodeRef<'_>, text: &str) -> Result<Vec<Edit>, EditRefused> {
    if node.is_alias() {
        return Err(EditRefused::Alias);
    }
    let Kind::Scalar(style) = node.kind() else { return Err(EditRefused::NotScalar) };
    let written = node.tree().text().get(node.span().range()).unwrap_or_default();
    if written.contains(['\n', '\r']) {
        return Err(EditRefused::NotScalar);
    }
    refuse_shared(node)?;
    let was_text = matches!(node.scalar(), Some(Scalar::String(_)));
    let text = match style {
        Style::SingleQuoted => quoted(text, b'\'')?,
        Style::Plain if is_plain(text, node.tree().dialect(), was_text) => text.to_owned(),
        Style::Plain | Style::DoubleQuoted => quoted(text, b'"')?,
        Style::Literal | Style::Folded => return Err(EditRefused::NotScalar),
    };
    let absent = node.is_absent();
    Ok(vec![Edit { span: node.span(), text: if absent { format!(" {text}") } else { text } }])
}

/// Inserts `key: value` on a line of its own after an entry of the same mapping, with what is nested in that entry. The
/// value is written as it is: one line of YAML, or lines that begin with a line break and are indented already.
pub fn insert_after(
    mapping: NodeRef<'_>,
    entry: Entry<'_>,
    key: &str,
    value: &str,
) -> Result<Vec<Edit>, EditRefused> {
    own_block_entry(mapping, entry)?;
    if !is_plain(key, mapping.tree().dialect(), false) || value.starts_with(' ') {
        return Err(EditRefused::Text);
    }
    let text = mapping.tree().text();
    let end = end_of_entry(mapping.tree(), entry);
    let indent = indentation(text, entry.key).ok_or(EditRefused::Text)?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let before = if end > 0 && !text.get(..end).is_some_and(|text| text.ends_with(['\n', '\r'])) {
        newline
    } else {
        ""
    };
    let after = if before.is_empty() { newline } else { "" };
    let blank = if value.is_empty() || value.starts_with(['\n', '\r']) { "" } else { " " };
    let line = format!("{before}{}{key}:{blank}{value}{after}", " ".repeat(indent));
    Ok(vec![Edit { span: Span::new(mapping.tree().source(), end, end), text: line }])
}

/// Removes an entry of a block mapping: its lines, with the comments right above it at its indentation.
pub fn remove_entry(mapping: NodeRef<'_>, entry: Entry<'_>) -> Result<Vec<Edit>, EditRefused> {
    own_block_entry(mapping, entry)?;
    if mapping.entries().len() < 2 {
        return Err(EditRefused::OnlyKey);
    }
    if has_anchor(entry.value) {
        return Err(EditRefused::Anchored);
    }
    let tree = mapping.tree();
    let text = tree.text();
    let mut start = line_start(text, entry.key.start_with_properties() as usize);
    let lead = text.get(start..entry.key.start_with_properties() as usize).unwrap_or_default();
    if !lead.bytes().all(|byte| byte == b' ') {
        // `- key: value`: the dash stays for the next key, which moves up.
        let own = mapping.entries().position(|other| other.key.id() == entry.key.id());
        let next = own.and_then(|at| mapping.entries().nth(at + 1)).ok_or(EditRefused::OnlyKey)?;
        let from = entry.key.start_with_properties();
        let until = next.key.start_with_properties();
        return Ok(vec![Edit {
            span: Span { source: tree.source(), start: from, end: until },
            text: String::new(),
        }]);
    }
    // Comments of their own right above, indented alike, belong to it.
    let before = tree.comments().partition_point(|comment| (comment.span.start as usize) < start);
    for comment in tree.comments().get(..before).unwrap_or_default().iter().rev() {
        let line = line_start(text, comment.span.start as usize);
        let next = end_of_line(text, comment.span.end as usize);
        if !comment.own_line || next != start || comment.span.start as usize - line != lead.len() {
            break;
        }
        start = line;
    }
    let end = end_of_entry(tree, entry);
    Ok(vec![Edit { span: Span::new(tree.source(), start, end), text: String::new() }])
}

fn own_block_entry(mapping: NodeRef<'_>, entry: Entry<'_>) -> Result<(), EditRefused> {
    if mapping.is_alias() {
        return Err(EditRefused::Alias);
    }
    match mapping.kind() {
        Kind::Mapping(CollectionStyle::Block) => {}
        Kind::Mapping(CollectionStyle::Flow) => return Err(EditRefused::Flow),
        _ => return Err(EditRefused::NotScalar),
    }
    if !mapping.entries().any(|own| own.key.id() == entry.key.id()) {
        return Err(EditRefused::Merged);
    }
    refuse_shared(mapping)
}

/// Refuses where the node is within what an anchor names that is used.
fn refuse_shared(node: NodeRef<'_>) -> Result<(), EditRefused> {
    let tree = node.tree();
    let target = node.span();
    let shared = tree.all_nodes().filter(|alias| alias.is_alias()).map(NodeRef::resolved);
    let around = |anchored: NodeRef<'_>| {
        let span = anchored.span();
        span.contains(target) && !(span == target && anchored.id() != node.id() && anchored.is_scalar())
    };
    if shared.into_iter().any(around) { Err(EditRefused::Anchored) } else { Ok(()) }
}

/// True where an anchor in the node is used outside of it.
fn has_anchor(node: NodeRef<'_>) -> bool {
    let span = node.span();
    let mut aliases = node.tree().all_nodes().filter(|alias| alias.is_alias());
    aliases.any(|alias| {
        span.contains(alias.resolved().span()) && !span.contains(alias.span()) && !node.is_alias()
    })
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The byte after the line break that ends the line of a place.
fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// The byte after the last line of an entry.
fn end_of_entry(tree: &Tree, entry: Entry<'_>) -> usize {
    let end = entry.value.span().end.max(entry.key.span().end) as usize;
    end_of_line(tree.text(), end)
}

/// How far a key is indented; of `- key: …` the column of the key.
fn indentation(text: &str, key: NodeRef<'_>) -> Option<usize> {
    let at = key.start_with_properties() as usize;
    let before = text.get(line_start(text, at)..at)?;
    before.bytes().all(|byte| matches!(byte, b' ' | b'-')).then_some(before.len())
}

/// True where a text can stand without quotes: it is read back as it is, and as a text where it must be one.
fn is_plain(text: &str, dialect: Dialect, must_be_text: bool) -> bool {
    let first = text.chars().next();
    let starts_well = first.is_some_and(|first| {
        first.is_alphanumeric()
            || matches!(first, '/' | '.' | '_' | '$' | '+' | '(' | '~' | '\\' | '^' | ';' | '<' | '=')
            || (first == '-' && text.len() > 1 && !text.starts_with("- ") && !text.starts_with("---"))
    });
    let holds = starts_well
        && text.trim() == text
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.contains(" #")
        && !text.contains([',', '[', ']', '{', '}'])
        && !text.chars().any(char::is_control)
        && !text.starts_with("...")
        && !text.contains(['\u{2028}', '\u{2029}', '\u{feff}']);
    if !holds || !must_be_text {
        return holds;
    }
    let is_text = |dialect| {
        matches!(scalar::resolve(text.into(), Style::Plain, Tag::None, dialect), Ok(Scalar::String(_)))
    };
    // A text for one tool and a truth value for another gets quotes all the same.
    is_text(dialect) && is_text(Dialect::Helm) && is_text(Dialect::Compose)
}

fn quoted(text: &str, quote: u8) -> Result<String, EditRefused> {
    let odd =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    if text.chars().any(odd) {
        return Err(EditRefused::Text);
    }
    Ok(if quote == b'\'' {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    })
}
