//! Surgical edits: what is not meant to change stays as it is, byte for byte.

use crate::diagnostic::Edit;
use crate::diagnostic::What;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Dialect;
use crate::yaml::Entry;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Style;
use crate::yaml::Tree;
use crate::yaml::locate::Child;
use crate::yaml::locate::locate;
use crate::yaml::remove::remove;
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
    #[error("the value takes several lines")]
    NotScalar,
    /// The last key of a mapping: without it the mapping would be nothing.
    #[error("nothing would be left around it")]
    OnlyKey,
    /// A comment stands where the edit would be made.
    #[error("a comment stands in between")]
    Comment,
    /// The name that a key should get is taken.
    #[error("the right key stands beside it already")]
    Taken,
    /// An entry or item is to be added to what is no mapping or list.
    #[error("nothing can be added to what stands here")]
    NoCollection,
    /// No key and no value stands at the place.
    #[error("it is not written in one place")]
    Nowhere,
    /// Lines end otherwise than with a line feed.
    #[error("lines of the file end with something else than a line feed")]
    LineBreaks,
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
    refuse_tag(node, &text)?;
    written_at(node, text)
}

/// Makes a change of the key or value that stands at a place.
pub fn change(tree: &Tree, at: Span, what: &What) -> Result<Vec<Edit>, EditRefused> {
    if let What::Text(text) = what {
        return Ok(vec![Edit { span: at, text: text.clone() }]);
    }
    let way = locate(tree, at).ok_or(EditRefused::Nowhere)?;
    let child = *way.last().ok_or(EditRefused::Nowhere)?;
    let is_whole = child.value.span() == at || child.key.is_some_and(|key| key.span() == at);
    if !is_whole && !matches!(what, What::Part(_)) {
        return Err(EditRefused::Nowhere);
    }
    match what {
        What::Remove { emptied } => remove(&way, *emptied),
        What::Replace(text) => replace_scalar(child.value, text),
        What::Prefix(text) => replace_scalar(child.value, &format!("{text}{}", child.value.text())),
        What::Part(text) => part(child.value, at, text),
        What::Quote => quote(child.value),
        What::Rename(name) => rename(child, name),
        What::Set { key, value } => set(child.value, key, value),
        What::Append(item) => append(child.value, item),
        What::Text(_) => Err(EditRefused::Text),
    }
}

/// Writes over a part of a scalar.
fn part(node: NodeRef<'_>, at: Span, text: &str) -> Result<Vec<Edit>, EditRefused> {
    if !node.is_scalar()
        || !text.chars().all(|letter| letter.is_ascii_alphanumeric() || "$.{".contains(letter))
    {
        return Err(EditRefused::Text);
    }
    refuse_shared(node)?;
    Ok(vec![Edit { span: at, text: text.to_owned() }])
}

/// Puts quotes around a plain scalar.
fn quote(node: NodeRef<'_>) -> Result<Vec<Edit>, EditRefused> {
    if node.is_alias() {
        return Err(EditRefused::Alias);
    }
    if node.kind() != Kind::Scalar(Style::Plain) || node.is_absent() {
        return Err(EditRefused::Text);
    }
    let written = node.tree().text().get(node.span().range()).unwrap_or_default();
    write_over(node, &quoted(written, b'"')?)
}

/// The keys from the root to what stands at a place; `None` where it is within a list.
pub fn keys_to(tree: &Tree, at: Span) -> Option<Vec<String>> {
    locate(tree, at)?.into_iter().map(|child| Some(child.key?.key_text().into_owned())).collect()
}

/// Gives the key of an entry another name.
fn rename(child: Child<'_>, name: &str) -> Result<Vec<Edit>, EditRefused> {
    let key = child.key.ok_or(EditRefused::Nowhere)?;
    if child.parent.get(name).is_some() || own(child.parent, name).is_some() {
        return Err(EditRefused::Taken);
    }
    replace_scalar(key, name)
}

/// The entry of a mapping with that key, as it is written or as it is read; of equal ones the last.
fn own<'t>(mapping: NodeRef<'t>, key: &str) -> Option<Entry<'t>> {
    mapping.entries().rev().find(|entry| entry.key.text() == key || entry.name() == key)
}

/// Sets a key of a mapping: replaces its scalar, or adds an entry. A short one goes to the other short ones at the top.
fn set(mapping: NodeRef<'_>, key: &str, value: &str) -> Result<Vec<Edit>, EditRefused> {
    if mapping.is_alias() {
        return Err(EditRefused::Alias);
    }
    let Kind::Mapping(style) = mapping.kind() else { return Err(EditRefused::NoCollection) };
    refuse_shared(mapping)?;
    if let Some(own) = own(mapping, key) {
        if own.value.is_alias() {
            return Err(EditRefused::Alias);
        }
        return write_over(own.value, value);
    }
    if !is_plain(key, mapping.tree().dialect(), false) {
        return Err(EditRefused::Text);
    }
    if style == CollectionStyle::Flow {
        return into_flow(mapping, &format!("{key}: {value}"));
    }
    let short = |entry: &Entry<'_>| {
        let written = mapping.tree().text().get(entry.value.span().range()).unwrap_or_default();
        entry.value.is_scalar() && !entry.value.is_absent() && !written.contains('\n')
    };
    let last_short = mapping.entries().take_while(short).last();
    let after = last_short.or_else(|| mapping.entries().next_back()).ok_or(EditRefused::NoCollection)?;
    insert_after(mapping, after, key, value)
}

/// Adds an item to a list.
fn append(list: NodeRef<'_>, item: &str) -> Result<Vec<Edit>, EditRefused> {
    if list.is_alias() {
        return Err(EditRefused::Alias);
    }
    let Kind::Sequence(style) = list.kind() else { return Err(EditRefused::NoCollection) };
    refuse_shared(list)?;
    if style == CollectionStyle::Flow {
        return into_flow(list, item);
    }
    let tree = list.tree();
    let last = list.items().next_back().ok_or(EditRefused::NoCollection)?;
    let from = last.start_with_properties() as usize;
    let lead = tree.text().get(line_start(tree.text(), from)..from).unwrap_or_default();
    if lead.trim() != "-" {
        return Err(EditRefused::Text);
    }
    let indent = " ".repeat(lead.len() - lead.trim_start().len());
    new_lines(tree, end_of_lines(tree, last), &format!("{indent}- {item}"))
}

/// Adds text as the last child of a collection in braces or brackets.
fn into_flow(collection: NodeRef<'_>, text: &str) -> Result<Vec<Edit>, EditRefused> {
    let value = collection.entries().next_back().map(|entry| entry.value);
    let last = value.or_else(|| collection.items().next_back());
    if let Some(last) = last {
        return after_in_flow(collection, last, text);
    }
    let at = collection.span().start as usize + 1;
    Ok(vec![Edit { span: Span::new(collection.tree().source(), at, at), text: text.to_owned() }])
}

/// Adds text as a child after the one that ends with a value, in braces or brackets.
fn after_in_flow(collection: NodeRef<'_>, value: NodeRef<'_>, text: &str) -> Result<Vec<Edit>, EditRefused> {
    let tree = collection.tree();
    let begins = tree.text().get(collection.span().start as usize..).unwrap_or_default();
    // A pair in a list, `[key: value]`, is a mapping without braces.
    if !begins.starts_with(['{', '[']) || (collection.is_mapping() && begins.starts_with('[')) {
        return Err(EditRefused::NoCollection);
    }
    let at = value.span().end as usize;
    // Behind `key:` a comma would be part of the text.
    let blank = if value.is_absent() { " " } else { "" };
    Ok(vec![Edit { span: Span::new(tree.source(), at, at), text: format!("{blank}, {text}") }])
}

/// Sets the value at a path of keys from the root of a file, with the mappings on the way that are not there yet.
pub fn set_path(tree: &Tree, keys: &[&str], value: &str) -> Result<Vec<Edit>, EditRefused> {
    let plain = keys.iter().all(|key| is_plain(key, tree.dialect(), false));
    let root = tree.root().filter(|root| !root.is_null());
    let Some(mut at) = root else {
        refuse_document(tree)?;
        if !plain {
            return Err(EditRefused::Text);
        }
        let text = nested(keys, value, 0, 2);
        return new_lines(tree, tree.text().len(), &text);
    };
    let mut rest = keys;
    while let [key, below @ ..] = rest {
        if at.is_alias() {
            return Err(EditRefused::Alias);
        }
        if !at.is_mapping() {
            return Err(EditRefused::NoCollection);
        }
        let Some(own) = own(at, key) else { break };
        at = own.value;
        rest = below;
    }
    let [key, below @ ..] = rest else {
        return if at.is_alias() { Err(EditRefused::Alias) } else { write_over(at, value) };
    };
    refuse_shared(at)?;
    if !plain {
        return Err(EditRefused::Text);
    }
    if at.is_null() {
        return Err(EditRefused::NoCollection);
    }
    if at.kind() == Kind::Mapping(CollectionStyle::Flow) {
        let inner = below.iter().rev().fold(value.to_owned(), |inner, key| format!("{{{key}: {inner}}}"));
        return into_flow(at, &format!("{key}: {inner}"));
    }
    let last = at.entries().next_back().ok_or(EditRefused::NoCollection)?;
    let indent = indentation(tree.text(), last.key).ok_or(EditRefused::Text)?;
    let end = with_comments(tree, end_of_entry(tree, last), indent);
    new_lines(tree, end, &nested(rest, value, indent, step(root)))
}

/// Refuses where something stands in the place of the root, or another document may follow.
fn refuse_document(tree: &Tree) -> Result<(), EditRefused> {
    let written = |root: NodeRef<'_>| !root.is_absent() || root.start_with_properties() < root.span().start;
    let ended = tree.text().lines().any(|line| line.starts_with("..."));
    if tree.root().is_some_and(written) || tree.documents().len() > 1 || ended {
        return Err(EditRefused::NoCollection);
    }
    Ok(())
}

/// A path of keys as nested block mappings.
fn nested(keys: &[&str], value: &str, indent: usize, step: usize) -> String {
    let mut lines = String::new();
    for (depth, key) in keys.iter().enumerate() {
        if depth > 0 {
            lines.push('\n');
        }
        lines.push_str(&" ".repeat(indent + depth * step));
        lines.push_str(key);
        lines.push(':');
    }
    lines + " " + value
}

/// How far the first nested mapping of a file is indented.
fn step(root: Option<NodeRef<'_>>) -> usize {
    let nested = |entry: Entry<'_>| {
        let Kind::Mapping(CollectionStyle::Block) = entry.value.kind() else { return None };
        let first = entry.value.entries().next()?;
        indentation(entry.value.tree().text(), first.key).filter(|step| !entry.value.is_alias() && *step > 0)
    };
    root.and_then(|root| root.entries().find_map(nested)).unwrap_or(2)
}

/// The byte after the comments that follow an entry and are indented at least so far.
fn with_comments(tree: &Tree, end: usize, indent: usize) -> usize {
    let text = tree.text();
    let mut end = end;
    while let Some(rest) = text.get(end..) {
        let line = rest.split('\n').next().unwrap_or_default();
        let said = line.trim_start_matches(' ');
        if !said.starts_with('#') || line.len() - said.len() < indent {
            break;
        }
        end = end_of_line(text, end);
    }
    end
}

/// Writes YAML over a scalar.
fn write_over(node: NodeRef<'_>, value: &str) -> Result<Vec<Edit>, EditRefused> {
    let written = node.tree().text().get(node.span().range()).unwrap_or_default();
    if !node.is_scalar() || written.contains(['\n', '\r']) {
        return Err(EditRefused::NotScalar);
    }
    refuse_shared(node)?;
    refuse_tag(node, value)?;
    written_at(node, value.to_owned())
}

/// Refuses where the tag of a scalar asks for another value than the one that is to be written.
fn refuse_tag(node: NodeRef<'_>, value: &str) -> Result<(), EditRefused> {
    let dialect = node.tree().dialect();
    let (tag, style) = match value.as_bytes().first() {
        Some(b'\'' | b'"') => (node.tag_kind(), Style::DoubleQuoted),
        _ => (node.tag_kind(), Style::Plain),
    };
    let fits = tag == Tag::None
        || scalar::resolve(value.trim_matches(['\'', '"']).into(), style, tag, dialect).is_ok();
    if fits { Ok(()) } else { Err(EditRefused::Text) }
}

/// The blanks and line breaks from a place on.
fn blanks_at(tree: &Tree, place: usize) -> &str {
    let rest = tree.text().get(place..).unwrap_or_default();
    rest.get(..rest.len() - rest.trim_start().len()).unwrap_or_default()
}

/// True where the blank lines after a scalar hold tabs, which may stand there only after one without quotes.
fn before_tabs(node: NodeRef<'_>) -> bool {
    let blanks = blanks_at(node.tree(), node.span().end as usize);
    blanks.contains('\t') && blanks.contains(['\n', '\r'])
}

/// Writes a text where a scalar stands, or where one is absent: behind its `:` or `-`, and only there.
fn written_at(node: NodeRef<'_>, text: String) -> Result<Vec<Edit>, EditRefused> {
    if text.starts_with(['\'', '"']) && node.kind() == Kind::Scalar(Style::Plain) && before_tabs(node) {
        return Err(EditRefused::Text);
    }
    if !node.is_absent() {
        return Ok(vec![Edit { span: node.span(), text }]);
    }
    let tree = node.tree();
    let before = node.start_with_properties();
    let indicator = tree.indicator_before(before, ':').or_else(|| tree.indicator_before(before, '-'));
    // `{a:}` has a key with a colon in its text, and none after it.
    let of_a_text =
        |place: Span| tree.all_nodes().any(|other| other.is_scalar() && other.span().contains(place));
    if indicator.is_none_or(of_a_text) {
        return Err(EditRefused::Text);
    }
    Ok(vec![Edit { span: node.span(), text: format!(" {text}") }])
}

/// Inserts lines after the line that a place is on. Line breaks are those of the file.
fn new_lines(tree: &Tree, place: usize, lines: &str) -> Result<Vec<Edit>, EditRefused> {
    refuse_line_breaks(tree)?;
    let text = tree.text();
    let begins = place == 0 || text.get(..place).is_some_and(|before| before.ends_with('\n'));
    let at = if begins { place } else { end_of_line(text, place) };
    // A tab may be allowed after what stands before it now, and not after the new lines.
    if blanks_at(tree, at).contains('\t') {
        return Err(EditRefused::Text);
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = lines.replace('\n', newline);
    let ended = at == 0 || text.get(..at).is_some_and(|before| before.ends_with('\n'));
    let text = if ended { format!("{lines}{newline}") } else { format!("{newline}{lines}") };
    Ok(vec![Edit { span: Span::new(tree.source(), at, at), text }])
}

/// Refuses where lines end with something else than a line feed: lines are counted by these here.
pub(super) fn refuse_line_breaks(tree: &Tree) -> Result<(), EditRefused> {
    let text = tree.text();
    let lone = text.match_indices('\r').any(|(at, _)| text.as_bytes().get(at + 1) != Some(&b'\n'));
    let wide = tree.dialect() != Dialect::Strict && text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
    if lone || wide { Err(EditRefused::LineBreaks) } else { Ok(()) }
}

/// Inserts `key: value` on a line of its own after an entry of the same mapping, with what is nested in that entry. The
/// value is written as it is: one line of YAML.
pub fn insert_after(
    mapping: NodeRef<'_>,
    entry: Entry<'_>,
    key: &str,
    value: &str,
) -> Result<Vec<Edit>, EditRefused> {
    let tree = mapping.tree();
    own_entry(mapping, entry)?;
    if !is_plain(key, tree.dialect(), false) || value.contains('\n') {
        return Err(EditRefused::Text);
    }
    if own(mapping, key).is_some() {
        return Err(EditRefused::Taken);
    }
    if mapping.kind() == Kind::Mapping(CollectionStyle::Flow) {
        return after_in_flow(mapping, entry.value, &format!("{key}: {value}"));
    }
    let indent = indentation(tree.text(), entry.key).ok_or(EditRefused::Text)?;
    let end = with_comments(tree, end_of_entry(tree, entry), indent + 1);
    new_lines(tree, end, &format!("{}{key}: {value}", " ".repeat(indent)))
}

/// Removes an entry: its lines, with the comments right above it at its indentation.
pub fn remove_entry(mapping: NodeRef<'_>, entry: Entry<'_>) -> Result<Vec<Edit>, EditRefused> {
    own_entry(mapping, entry)?;
    let index = mapping.entries().position(|own| own.key.id() == entry.key.id()).unwrap_or_default();
    remove(&[Child { parent: mapping, index, key: Some(entry.key), value: entry.value }], 0)
}

fn own_entry(mapping: NodeRef<'_>, entry: Entry<'_>) -> Result<(), EditRefused> {
    if mapping.is_alias() {
        return Err(EditRefused::Alias);
    }
    if !mapping.entries().any(|own| own.key.id() == entry.key.id()) {
        return Err(EditRefused::Merged);
    }
    refuse_shared(mapping)
}

/// Refuses where the node is within what an anchor names that is used.
pub(super) fn refuse_shared(node: NodeRef<'_>) -> Result<(), EditRefused> {
    let place = node.span();
    let around = |anchored: Span| anchored.contains(place);
    let shared = node.tree().aliases().iter().any(|(_, target)| around(*target));
    if shared { Err(EditRefused::Anchored) } else { Ok(()) }
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The byte after the line break that ends the line of a place.
pub(super) fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// The byte after the last line of an entry.
fn end_of_entry(tree: &Tree, entry: Entry<'_>) -> usize {
    end_of_lines(tree, entry.value).max(end_of_line(tree.text(), entry.key.span().end as usize))
}

/// The byte after the last line of a node. The blank lines after a block scalar with `+` are its own.
fn end_of_lines(tree: &Tree, node: NodeRef<'_>) -> usize {
    let text = tree.text();
    let mut end = end_of_line(text, node.span().end as usize);
    if keeps_blank_lines(node) {
        while let Some(rest) = text.get(end..).filter(|rest| !rest.is_empty()) {
            let line = rest.split_inclusive('\n').next().unwrap_or_default();
            if !line.trim().is_empty() {
                break;
            }
            end += line.len();
        }
    }
    end
}

/// True where a node ends with a block scalar that keeps the blank lines after it.
fn keeps_blank_lines(node: NodeRef<'_>) -> bool {
    let mut last = node;
    while !last.is_alias() {
        let below = last.entries().next_back().map(|entry| entry.value).or_else(|| last.items().next_back());
        match below {
            Some(below) => last = below,
            None => break,
        }
    }
    let header = last.block_scalar().filter(|_| !last.is_alias()).map(|(header, _)| header);
    header
        .and_then(|header| node.tree().text().get(header.range()))
        .is_some_and(|header| header.contains('+'))
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
        // In brackets Helm takes a `?` for the mark of a key.
        && !(dialect == Dialect::Helm && text.contains('?'))
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

/// A text as YAML on one line: plain where that is read back as the same text, else in double quotes. `None` where it
/// has line breaks or other control characters.
pub fn one_line(text: &str) -> Option<String> {
    if is_plain(text, Dialect::Helm, true) { Some(text.to_owned()) } else { quoted(text, b'"').ok() }
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
